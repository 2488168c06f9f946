//! What somebody wrote into a form that was not taken: the address carries it back into the form, so that no word is lost.

use axum::http::{HeaderMap, header::HeaderName};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::form::{ClauseForm, RuleForm, SpanForm};
use crate::{
    error::UiError,
    paths::{self, escaped},
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
    /// `at` is empty for a new one.
    Limit {
        action: String,
        at: String,
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

/// Longer addresses are cut off on the way.
const MOST: usize = 6_000;

/// The editor, with what somebody wrote back in its form; `None` where that is too long for an address.
pub fn refused(slug: &str, error: UiError, wrote: &Wrote, anchor: &str) -> Option<String> {
    let wrote = escaped(&serde_json::to_string(wrote).ok()?);
    let error = escaped(&serde_json::to_string(&error).ok()?);
    let address = format!("{}?refused={error}&wrote={wrote}#{}", paths::permissions(slug), escaped(anchor));
    (address.len() <= MOST).then_some(address)
}

impl Refused {
    /// What the address says; nothing where another site has led here, as anybody could have written it.
    pub async fn of_address() -> Option<Self> {
        let (wrote, error) = use_query_map().with_untracked(|query| {
            let read = |name: &str| query.get(name).filter(|text| !text.is_empty());
            Some((serde_json::from_str(&read("wrote")?).ok()?, serde_json::from_str(&read("refused")?).ok()?))
        })?;
        (!is_from_elsewhere().await).then_some(Self { wrote, error })
    }
}

/// Whether another site has led here.
pub async fn is_from_elsewhere() -> bool {
    let Ok(headers) = leptos_axum::extract::<HeaderMap>().await else { return true };
    let site = headers.get(HeaderName::from_static("sec-fetch-site")).and_then(|site| site.to_str().ok());
    matches!(site, Some("cross-site" | "same-site"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_in_the_address_and_too_much_of_it_is_not() {
        let mask = |pointers: String| Wrote::Mask { pointers };
        let address = refused("support", UiError::ChangedMeanwhile, &mask("/a & b".to_owned()), "mask").unwrap();
        assert!(address.starts_with("/agents/support/permissions?refused=%22changed_meanwhile%22&wrote=%7B"));
        assert!(address.ends_with("%7D#mask") && address.contains("%2Fa%20%26%20b"), "{address}");
        assert_eq!(refused("support", UiError::Conflict, &mask("x".repeat(9_000)), "mask"), None);
    }
}
