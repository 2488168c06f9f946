//! Building blocks of pages: they take values and give markup, and call nothing.
//!
//! A page that loads again keeps its old content until the new has come, but not the signals and memos that were made
//! with it. What follows a clock, an address or an action there is a closure or an `ArcSignal`, which it owns.
//! Elements stand outside of closures: a closure makes its elements anew, and a press or a typed word would be lost.

mod badge;
mod clock;
mod done;
mod each;
mod empty;
mod error_note;
mod facts;
mod field;
mod icon;
mod lines;
pub mod live;
mod loaded;
mod notice;
mod page_title;
mod request_line;
mod section;
mod sign_in_again;
mod submit;
mod tag;
mod time;
pub mod words;

pub use badge::{Badge, DecisionBadge, decision_words, state_words};
pub use clock::{Clock, provide_clock};
pub use done::{Done, DoneNote};
pub use each::each;
pub use empty::Empty;
pub use error_note::{ErrorNote, busy, failure};
pub use facts::{Fact, Facts};
pub use field::{Field, Reason, TextField};
pub use icon::Icon;
pub use lines::Lines;
pub use live::{Live, use_live};
pub use loaded::{FrameResource, LoadError, Loaded, LoadedForMe, Loading};
pub use notice::Notice;
pub use page_title::PageTitle;
pub use request_line::RequestLine;
pub use section::Section;
pub use sign_in_again::SignInAgain;
pub use submit::Submit;
pub use tag::Tag;
pub use time::{Ago, At, Left, On, Until};

/// What a colour says. It never says it alone: a word or an icon stands beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Neutral,
    /// What to do next.
    Accent,
    /// Healthy or allowed.
    Good,
    /// Waits, or is overdue.
    Waiting,
    /// The stop, and what is stopped or failed.
    Bad,
}

impl Tone {
    pub fn name(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Accent => "accent",
            Self::Good => "good",
            Self::Waiting => "waiting",
            Self::Bad => "bad",
        }
    }
}
