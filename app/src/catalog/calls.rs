use domain::{
    action::{DataSet, Sensitivity},
    fault::Fault,
    role::Capability,
};
use islands::fields::Fields;
use leptos::prelude::*;

use super::{example::with_example, row::Row, typed::Typed};
use crate::{
    error::UiError,
    paths::{self, after},
    server::{actor, again, done, governance},
    ui::Done,
};

/// Adds an action type, or a revision of one.
#[server]
pub async fn put_action_type(#[server(default)] fields: Fields) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let typed = Typed::read(&fields);
    let saved = match typed.action_type() {
        // Nobody is refused for what does not fit before it is known whether they may.
        Err(_) if actor.can(Capability::Govern) => Err(UiError::Invalid(Fault::Action)),
        action => {
            let action = action.unwrap_or_else(|_| domain::action::ActionType::data_read());
            let saved = governance.put_action_type(&actor, &action, typed.seen.parse().ok(), &typed.note).await;
            saved.map_err(UiError::from)
        }
    };
    match saved {
        Ok(_) => done(after(paths::action(&typed.name), Done::ActionChanged)),
        Err(error) => again::<PutActionType>(&page(&typed), error),
    }
}

/// Shows the form again with another row, or one less, or with the arguments of a pasted call; changes nothing.
#[server]
pub async fn redraw_action_type(
    #[server(default)] fields: Fields,
    #[server(default)] step: String,
) -> Result<(), UiError> {
    actor().await?;
    let mut typed = Typed::read(&fields);
    match step.split_once('/') {
        Some(("remove", at)) => {
            if let Some(at) = at.parse().ok().filter(|at: &usize| *at < typed.rows.len()) {
                typed.rows.remove(at);
            }
        }
        _ if step == "add" => typed.rows.push(Row { kind: "text".to_owned(), required: true, ..Row::default() }),
        _ if step == "example" => typed = with_example(typed),
        _ => {}
    }
    done(page(&typed))
}

/// The page that shows what was typed.
fn page(typed: &Typed) -> String {
    let path = match typed.seen.is_empty() {
        true => paths::new_action(),
        false => paths::action(&paths::escaped(&typed.name)),
    };
    format!("{path}?{}", typed.query())
}

/// Adds a data set; or changes the one that was seen, by its label and sensitivity.
#[server]
pub async fn put_data_set(
    name: String,
    label: String,
    sensitivity: String,
    #[server(default)] seen_label: String,
    #[server(default)] seen_sensitivity: String,
    note: String,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let set = |label: &str, sensitivity: &str| {
        let sensitivity = Sensitivity::parse(sensitivity)?;
        Some(DataSet { name: name.trim().to_owned(), label: label.trim().to_owned(), sensitivity })
    };
    let seen = set(&seen_label, &seen_sensitivity).filter(|_| !seen_label.is_empty());
    let set = set(&label, &sensitivity).ok_or(UiError::Invalid(Fault::Other))?;
    governance.put_data_set(&actor, &set, seen.as_ref(), &note).await?;
    done(after(paths::data_sets(), Done::DataSetChanged))
}
