use axum::http::request::Parts;
use domain::{
    action::{DataSet, Sensitivity},
    authoring::meaning::{Change, NewAdmin, Thing},
    fault::Fault,
    id::ProposalId,
    role::Capability,
};
use governance::Came;
use islands::fields::Fields;
use leptos::prelude::*;

use super::{
    example::with_example,
    row::Row,
    typed::{MOST_ROWS, Typed},
};
use crate::{
    drawn::draw,
    error::UiError,
    feature::{Call, function},
    paths::{self, after},
    server::{actor, answered, done, governance, is_plain_form},
    ui::Done,
};

/// The functions below, and who may call them.
pub const CALLS: &[Call] = &[
    function::<PutActionType>(Capability::Govern),
    function::<RedrawActionType>(Capability::Look),
    function::<PutDataSet>(Capability::Govern),
    function::<PutWords>(Capability::Govern),
    function::<Rename>(Capability::Govern),
    function::<AcceptChange>(Capability::Govern),
    function::<WithdrawChange>(Capability::Govern),
];

/// Adds an action type, or a revision of one.
#[server]
pub async fn put_action_type(
    #[server(default)] fields: Fields,
    #[server(default)] accepted: Vec<String>,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let typed = Typed { accepted, ..Typed::read(&fields) };
    let saved = match typed.action_type() {
        // Nobody is refused for what does not fit before it is known whether they may.
        Err(_) if actor.can(Capability::Govern) => Err(UiError::Invalid(Fault::Action)),
        action => {
            let action = action.unwrap_or_else(|_| domain::action::ActionType::data_read());
            let seen = typed.seen.parse().ok();
            let saved = governance.put_action_type(&actor, &action, seen, &typed.note, &typed.accepted).await;
            saved.map_err(UiError::from)
        }
    };
    match saved {
        Ok(Came::Done) => done(after(paths::action(&typed.name), Done::ActionChanged)),
        Ok(Came::Proposed) => done(after(paths::changes(), Done::ChangeProposed)),
        Err(error) if !is_plain_form() => Err(answered(error)),
        Err(error) => draw::<PutActionType>(page(&typed), typed, Some(error)),
    }
}

/// Shows the form again with another row, or one less, or with the arguments of a pasted call, as the step in the address
/// says; changes nothing.
#[server]
pub async fn redraw_action_type(
    #[server(default)] fields: Fields,
    #[server(default)] accepted: Vec<String>,
) -> Result<(), UiError> {
    actor().await?;
    let mut typed = Typed { accepted, ..Typed::read(&fields) };
    let step = step();
    match step.split_once('/') {
        Some(("remove", at)) => {
            if let Some(at) = at.parse().ok().filter(|at: &usize| *at < typed.rows.len()) {
                typed.rows.remove(at);
            }
        }
        _ if step == "add" && typed.rows.len() < MOST_ROWS => {
            typed.rows.push(Row { kind: "text".to_owned(), required: true, ..Row::default() })
        }
        _ if step == "example" => typed = with_example(typed),
        _ => {}
    }
    draw::<RedrawActionType>(page(&typed), typed, None)
}

/// A button that is off while its form is on its way says nothing, so that its address does.
fn step() -> String {
    let query = use_context::<Parts>().and_then(|parts| parts.uri.query().map(str::to_owned)).unwrap_or_default();
    query.split('&').find_map(|pair| pair.strip_prefix("step=")).unwrap_or_default().to_owned()
}

/// The page that shows what was typed.
fn page(typed: &Typed) -> String {
    match typed.seen.is_empty() {
        true => paths::new_action(),
        false => paths::action(&paths::escaped(&typed.name)),
    }
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
    #[server(default)] accepted: Vec<String>,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let set = |label: &str, sensitivity: &str| {
        let sensitivity = Sensitivity::parse(sensitivity)?;
        Some(DataSet { name: name.trim().to_owned(), label: label.trim().to_owned(), sensitivity })
    };
    let seen = set(&seen_label, &seen_sensitivity).filter(|_| !seen_label.is_empty());
    let set = set(&label, &sensitivity).ok_or_else(|| answered(UiError::Invalid(Fault::Other)))?;
    match governance.put_data_set(&actor, &set, seen.as_ref(), &note, &accepted).await? {
        Came::Done => done(after(paths::data_sets(), Done::DataSetChanged)),
        Came::Proposed => done(after(paths::changes(), Done::ChangeProposed)),
    }
}

/// A word a line, each once, as somebody wrote them.
pub fn words_of(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !words.iter().any(|known| known == line) {
            words.push(line.to_owned());
        }
    }
    words
}

/// Says which words give a topic away; without any, the shop has none for it. `seen` are the words that were there.
#[server]
pub async fn put_words(
    topic: String,
    #[server(default)] words: String,
    #[server(default)] seen: String,
    note: String,
    #[server(default)] accepted: Vec<String>,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let change = Change::Words { topic: topic.trim().to_owned(), words: words_of(&words), seen: words_of(&seen) };
    match governance.put_change(&actor, &change, &note, &accepted).await? {
        Came::Done => done(after(paths::words(), Done::WordsChanged)),
        Came::Proposed => done(after(paths::changes(), Done::ChangeProposed)),
    }
}

/// Calls a queue or an integration otherwise than it was seen.
#[server]
pub async fn rename(
    thing: Thing,
    slug: String,
    seen: String,
    name: String,
    note: String,
    #[server(default)] accepted: Vec<String>,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let page = match thing {
        Thing::Queue => paths::queues(),
        Thing::Integration => paths::integration(&slug),
    };
    let change = Change::Rename { thing, slug, seen, name: name.trim().to_owned() };
    match governance()?.put_change(&actor, &change, &note, &accepted).await? {
        Came::Done => done(after(page, Done::Renamed)),
        Came::Proposed => done(after(paths::changes(), Done::ChangeProposed)),
    }
}

/// Accepts what somebody else has proposed, which makes the change.
#[server]
pub async fn accept_change(
    id: ProposalId,
    note: String,
    #[server(default)] accepted: Vec<String>,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let change = governance()?.accept_change(&actor, id, &note, &accepted).await?;
    let what = match change {
        Change::ActionType { .. } | Change::DataSet { .. } | Change::Words { .. } => Done::ChangeAccepted,
        Change::Agent { .. } | Change::Rename { .. } => Done::NameAccepted,
        Change::OneToPublish => Done::OneAccepted,
        Change::Member { .. } => Done::MemberAccepted,
        Change::Admin { by: NewAdmin::Role { .. }, .. } => Done::AdminAccepted,
        Change::Admin { by: NewAdmin::Enabled { .. }, .. } => Done::EnabledAccepted,
        Change::Admin { by: NewAdmin::Password, .. } => Done::PasswordAccepted,
    };
    done(after(paths::changes(), what))
}

/// Takes a proposed change back, or turns it down.
#[server]
pub async fn withdraw_change(id: ProposalId) -> Result<(), UiError> {
    let actor = actor().await?;
    governance()?.withdraw_change(&actor, id).await?;
    done(after(paths::changes(), Done::ChangeWithdrawn))
}
