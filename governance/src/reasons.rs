//! What people say why.

use domain::{
    agent_file::MOST_TEXT,
    fault::Fault,
    seen::{length, says_nothing},
};

use crate::error::{Error, Result};

/// A reason that says something.
pub(crate) fn need_reason(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    if says_nothing(reason) {
        return Err(Error::Invalid(Fault::Reason, "a reason is needed".to_owned()));
    }
    match length(reason) {
        ..=MOST_TEXT => Ok(reason),
        _ => Err(Error::Invalid(Fault::Reason, "a reason has at most 2000 characters".to_owned())),
    }
}

/// A note that may stay away; what says nothing is none.
pub(crate) fn take_note(note: &str) -> Result<&str> {
    let note = if says_nothing(note) { "" } else { note.trim() };
    match length(note) {
        ..=MOST_TEXT => Ok(note),
        _ => Err(Error::Invalid(Fault::Note, "a note has at most 2000 characters".to_owned())),
    }
}
