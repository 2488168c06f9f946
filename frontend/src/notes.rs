//! What the page says of itself. The server has put it there; here it is shown and hidden.

use crate::dom::by_id;

#[derive(Clone, Copy)]
pub enum Note {
    /// The stream has broken off.
    Lost,
    /// The page could not be loaded again.
    Old,
    SignedOut,
    /// No answer came to what was sent.
    Unreachable,
    /// The answer was no.
    Refused,
}

impl Note {
    fn id(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Old => "old",
            Self::SignedOut => "signed-out",
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
        }
    }

    pub fn show(self) {
        self.set(true);
    }

    pub fn hide(self) {
        self.set(false);
    }

    pub fn is_shown(self) -> bool {
        by_id(self.id()).is_some_and(|note| !note.hidden())
    }

    fn set(self, shown: bool) {
        if let Some(note) = by_id(self.id()) {
            note.set_hidden(!shown);
        }
    }
}

/// Says why the server did not do what was sent.
pub fn refuse(words: &str) {
    if let Some(place) = by_id("refusal") {
        place.set_text_content(Some(words));
    }
    Note::Refused.show();
}
