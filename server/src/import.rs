//! Takes in an agent file that somebody chose or pasted: first shows what it would change, then changes it.
//!
//! The answer is a page that holds the file again, so that no word of it is lost: a plain form, as those of `forms.rs`.

use app::{Answer, Found, Pasted, Would, error::UiError, paths, told, ui::Done};
use axum::{
    Extension,
    extract::{Request, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use domain::{agent_file::AgentFile, role::Capability, view::catalog::Meaning};
use governance::{Actor, Error, Governance, Seal};
use leptos::prelude::provide_context;

use crate::{House, answers, pages, sent};

#[derive(Default)]
pub struct ImportForm {
    file: String,
    note: String,
    /// What was shown of what it would change; empty of a file that nobody has looked at yet.
    seen: String,
    /// The keys of what it means for permissions in force, as far as that is accepted.
    accepted: Vec<String>,
}

impl From<Vec<(String, String)>> for ImportForm {
    fn from(pairs: Vec<(String, String)>) -> Self {
        let (mut form, mut chosen) = (Self::default(), String::new());
        for (name, text) in pairs {
            // A browser ends the lines of a form with both characters.
            let text = text.replace("\r\n", "\n");
            match name.as_str() {
                "file" => form.file = text,
                "chosen" => chosen = text,
                "note" => form.note = text,
                "seen" => form.seen = text,
                "accepted[]" => form.accepted.push(text),
                _ => {}
            }
        }
        if !chosen.is_empty() {
            form.file = chosen;
        }
        form
    }
}

pub async fn import(
    State(house): State<House>,
    Extension(actor): Extension<Actor>,
    parts: Parts,
    request: Request,
) -> Response {
    if !actor.can(Capability::Govern) {
        // The refusal stands even if it cannot be recorded.
        let _ = house.governance.refused(&actor, Capability::Govern.words(), None).await;
        let words = "Only an admin takes in agent files, so nothing was changed.";
        return pages::refused(StatusCode::FORBIDDEN, words, "/agents");
    }
    let Some(form) = sent::fields(request).await else {
        let words = "What was sent is too long, or no text, so nothing was changed.";
        return pages::refused(StatusCode::UNPROCESSABLE_ENTITY, words, &paths::import_agent());
    };
    let form = ImportForm::from(form);
    let (found, error) = match look(&house.governance, &actor, &form.file).await {
        Ok(would) if form.seen.is_empty() => (Found::Changes(would.into()), None),
        Ok(would) => match take(&house.governance, &actor, &would, &form).await {
            Ok(()) => {
                let path = paths::permissions(&would.file.agent.slug);
                let path = told::after_for(parts.extensions.get::<Seal>(), path, Done::TakenIn);
                return Redirect::to(&path).into_response();
            }
            Err(error) => (Found::Changes(would.into()), Some(error)),
        },
        Err(Not::Right(faults)) => (Found::Faults(faults), None),
        Err(Not::Now(error)) => (Found::Nothing, Some(error)),
    };
    show(&house, parts, Pasted { text: form.file, note: form.note, accepted: form.accepted, found, error }).await
}

/// Why a file is not taken in.
enum Not {
    /// It has these faults, in words.
    Right(Vec<String>),
    Now(UiError),
}

impl From<Error> for Not {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(_, words) => Self::Right(words.split("; ").map(str::to_owned).collect()),
            error => Self::Now(error.into()),
        }
    }
}

/// What it would change; nothing is changed.
async fn look(governance: &Governance, actor: &Actor, text: &str) -> Result<Would, Not> {
    let file = read(text).map_err(|fault| Not::Right(vec![fault]))?;
    let before = match governance.draft(actor, &file.agent.slug).await {
        Ok(view) => Some(view),
        Err(Error::NotFound) => None,
        Err(error) => return Err(error.into()),
    };
    let mut would = Would { file, before, changes: Vec::new(), meaning: Meaning::default() };
    let taken = governance.import_agent(actor, &would.file, "", would.open(), &[], true).await?;
    would.changes = taken.changes;
    would.meaning = Meaning { statements: taken.meaning, takes_two: taken.takes_two, ends: taken.ends };
    Ok(would)
}

/// Takes it in, if that changes what was shown.
async fn take(governance: &Governance, actor: &Actor, would: &Would, form: &ImportForm) -> Result<(), UiError> {
    if would.seen() != form.seen {
        return Err(UiError::ChangedMeanwhile);
    }
    governance.import_agent(actor, &would.file, &form.note, would.open(), &form.accepted, false).await?;
    Ok(())
}

fn read(text: &str) -> Result<AgentFile, String> {
    // What some editors put before a text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        match before {
            Some(before) => format!("line {}: {}", before.matches('\n').count() + 1, error.message()),
            None => error.message().to_owned(),
        }
    })
}

/// The page, as the answer to this form.
async fn show(house: &House, parts: Parts, pasted: Pasted) -> Response {
    let status = match (&pasted.error, &pasted.found) {
        (Some(UiError::Invalid(_)), _) | (None, Found::Faults(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        (Some(_), _) => StatusCode::CONFLICT,
        _ => StatusCode::OK,
    };
    let provide = move || {
        provide_context(Answer { path: app::paths::import_agent() });
        provide_context(pasted.clone());
    };
    answers::page(house, parts, status, provide).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_file_is_said_with_its_line() {
        assert_eq!(read("[agent]\nslug = ").unwrap_err().split(':').next(), Some("line 2"));
        let fault = read("[agent]\nslug = \"x\"\nname = \"X\"\nmode = \"live\"\n").unwrap_err();
        assert!(fault.starts_with("line 4: unknown field `mode`"), "{fault}");
        let marked = read("\u{feff}[agent]\nslug = ").unwrap_err();
        assert_eq!(marked, read("[agent]\nslug = ").unwrap_err(), "a mark in front is nobody's fault");
        assert!(read("").unwrap_err().contains("missing field `agent`"));
    }

    #[tokio::test]
    async fn a_file_that_is_chosen_counts_before_what_is_pasted() {
        let form = async |kind: &str, body: &'static str| {
            let request = Request::post("/agents/import").header("content-type", kind).body(body.into()).unwrap();
            sent::fields(request).await.map(|fields| ImportForm::from(fields).file)
        };
        let part = |name: &str, text: &str| {
            format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
        };
        let both: &'static str = (part("chosen", "theirs\r\nwhole") + &part("file", "pasted") + "--x--\r\n").leak();
        let none: &'static str = (part("chosen", "") + &part("file", "pasted") + "--x--\r\n").leak();
        let (with_file, plain) = ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded");
        assert_eq!(form(with_file, both).await.as_deref(), Some("theirs\nwhole"));
        assert_eq!(form(with_file, none).await.as_deref(), Some("pasted"));
        assert_eq!(form(plain, "chosen=&file=pasted").await.as_deref(), Some("pasted"));
        assert_eq!(form(plain, "chosen=sent+again&file=pasted").await.as_deref(), Some("sent again"));
        assert_eq!(form(with_file, "--y").await, None);
        assert_eq!(form("application/json", "{}").await, None);
    }
}
