//! What a changed action type means for permissions in force: they stay as they were published, and yet decide otherwise.

use domain::{action::ActionType, agent_file::AgentFile, risk, role::Capability, view::catalog::ActionMeaning};
use sqlx::PgConnection;

use crate::{Actor, Conflict, Error, Governance, Result, db};

impl Governance {
    /// What it would mean if the action type of this name were this one.
    pub async fn action_meaning(&self, actor: &Actor, action: &ActionType) -> Result<ActionMeaning> {
        self.allow(actor, Capability::Look).await?;
        let mut connection = self.0.pages.acquire().await?;
        of(&mut connection, action).await
    }
}

pub(super) async fn of(connection: &mut PgConnection, action: &ActionType) -> Result<ActionMeaning> {
    let catalog = db::catalog::shop(connection).await?;
    let mut sentences = Vec::new();
    for (agent, permissions) in db::versions::all_published(connection).await? {
        sentences.extend(risk::of_action_change(&agent, &permissions, &catalog, action));
    }
    let takes_two = !sentences.is_empty() && db::control::two_to_publish(connection).await?;
    Ok(ActionMeaning { sentences, takes_two })
}

/// Exactly what it means was accepted.
pub(super) fn need_accepted(mut sentences: Vec<String>, accepted: &[String]) -> Result<()> {
    let mut accepted = accepted.to_vec();
    sentences.sort_unstable();
    accepted.sort_unstable();
    match sentences == accepted {
        true => Ok(()),
        false => Err(Conflict::NotAccepted { sentences }.into()),
    }
}

/// There is no proposal of an action type.
pub(super) fn takes_two() -> Error {
    let words = "it takes two people to publish, and this changes what permissions in force mean: \
        another admin has to switch that off first";
    Conflict::Other(words.to_owned()).into()
}

/// The action types that the file changes so that permissions in force mean something else.
pub(crate) async fn changed_by_file<'a>(connection: &mut PgConnection, file: &'a AgentFile) -> Result<Vec<&'a str>> {
    let mut changed = Vec::new();
    for action in &file.actions {
        let known = db::catalog::action(connection, &action.name).await?;
        if known.is_some_and(|(_, known)| known != *action) && !of(connection, action).await?.sentences.is_empty() {
            changed.push(action.name.as_str());
        }
    }
    Ok(changed)
}
