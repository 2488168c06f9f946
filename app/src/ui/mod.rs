//! Building blocks of pages: they take values and give markup, and call nothing.
//!
//! The client takes a page that was loaded again into the one that is there. `data-key` says which element is which
//! among its siblings, for what comes and goes: no typed word moves to another item. What has `data-client` is the
//! client's to show and hide.

mod badge;
mod choice;
mod done;
mod empty;
mod error_note;
mod facts;
mod field;
mod icon;
mod layers;
mod lines;
mod loaded;
mod notice;
mod page_title;
mod post;
mod request_line;
mod section;
mod sign_in_again;
mod submit;
mod tag;
mod text_area;
mod time;
mod title;
pub mod words;
mod written;

pub use crate::told::{failure, sent};
pub use badge::{Badge, DecisionBadge, RowBadge, decision_words, state_words};
pub use choice::Choice;
pub use done::{Done, DoneNote};
pub use empty::Empty;
pub use error_note::{ErrorNote, Failed, said};
pub use facts::{Fact, Facts};
pub use field::{Field, NewPassword, NoEnter, Reason, TextField};
pub use icon::Icon;
pub use layers::Layers;
pub use lines::Lines;
pub use loaded::{LoadError, loaded};
pub use notice::Notice;
pub use page_title::PageTitle;
pub use post::{BY, by_reader, post_to};
pub use request_line::RequestLine;
pub use section::Section;
pub use sign_in_again::SignInAgain;
pub use submit::Submit;
pub use tag::Tag;
pub use text_area::TextArea;
pub use time::{Ago, AnswerDue, At, Dated, DatedAt, Due, Left, On};
pub use title::Title;
pub use written::Written;

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
