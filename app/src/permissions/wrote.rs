//! What somebody wrote into a form that was not taken: the address carries it back into the form, so that no word is lost.

use domain::permission::Limit;
use serde::{Deserialize, Serialize};

use super::form::{ClauseForm, RuleForm, SpanForm};
use crate::{
    error::UiError,
    paths::{self, escaped},
    told::{self, Back},
};

/// The form, and what its blanks hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case", deny_unknown_fields)]
pub enum Wrote {
    DataSet {
        name: String,
        standing: String,
    },
    Action {
        name: String,
        standing: String,
    },
    /// `was` is the limit that it is about; a new one has none.
    Limit {
        action: String,
        was: Option<Limit>,
        clause: ClauseForm,
    },
    Rule {
        id: String,
        rule: RuleForm,
    },
    Fallback {
        queue: String,
        within: SpanForm,
    },
    Record {
        record: Vec<String>,
    },
    Require {
        fields: Vec<String>,
    },
    Mask {
        pointers: String,
    },
    KeepDays {
        days: String,
    },
}

/// What was not taken, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    pub wrote: Wrote,
    pub error: UiError,
}

/// Stands for the forms of the editor.
const EDITOR: &str = "editor";

/// The editor, with what somebody wrote back in its form; `None` without a session.
pub fn refused(slug: &str, error: UiError, wrote: &Wrote, anchor: &str) -> Option<Back> {
    let page = format!("{}#{}", paths::permissions(slug), escaped(anchor));
    told::after_refusal(&page, EDITOR, error, wrote)
}

impl Refused {
    /// What the address says, or the page that is the answer itself.
    pub fn of_address() -> Option<Self> {
        told::refused(EDITOR).map(|(wrote, error)| Self { wrote, error })
    }
}
