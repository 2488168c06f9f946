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

/// Marks what was refused for as long as it is not known how a stop stands: the next page says that.
const OPEN_PRESS: &str = "data-open-press";

/// Says why the server did not do what was sent.
pub fn refuse(words: &str, open_press: bool) {
    if let Some(place) = by_id("refusal") {
        place.set_text_content(Some(words));
        _ = place.toggle_attribute_with_force(OPEN_PRESS, open_press);
    }
    Note::Refused.show();
}

/// Whether what was refused is told better by any page that comes.
pub fn is_passing() -> bool {
    by_id("refusal").is_some_and(|place| place.has_attribute(OPEN_PRESS))
}
