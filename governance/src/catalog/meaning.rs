//! What a changed action type means for permissions in force: they stay as they were published, and yet decide otherwise.

use domain::{
    action::ActionType, agent_file::AgentFile, catalog::Catalog, draft::are_accepted, permission::PermissionSet, risk,
    role::Capability, view::catalog::ActionMeaning,
};
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
    let sentences = InForce::load(connection).await?.meaning(action);
    let takes_two = !sentences.is_empty() && db::control::two_to_publish(connection).await?;
    Ok(ActionMeaning { sentences, takes_two })
}

/// The action types as they are, and every permission set that counts, by its agent's name.
struct InForce {
    catalog: Catalog,
    published: Vec<(String, PermissionSet)>,
}

impl InForce {
    async fn load(connection: &mut PgConnection) -> Result<Self> {
        let catalog = db::catalog::shop(connection).await?;
        Ok(Self { catalog, published: db::versions::all_published(connection).await? })
    }

    fn meaning(&self, action: &ActionType) -> Vec<String> {
        let of_agent =
            |(agent, set): &(String, PermissionSet)| risk::of_action_change(agent, set, &self.catalog, action);
        self.published.iter().flat_map(of_agent).collect()
    }
}

/// Exactly what it means was accepted.
pub(super) fn need_accepted(sentences: Vec<String>, accepted: &[String]) -> Result<()> {
    match are_accepted(sentences.iter().map(String::as_str), accepted) {
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
    let in_force = InForce::load(connection).await?;
    let is_another = |action: &&ActionType| {
        let known = in_force.catalog.action(&action.name);
        known.is_some_and(|known| known != *action) && !in_force.meaning(action).is_empty()
    };
    Ok(file.actions.iter().filter(is_another).map(|action| action.name.as_str()).collect())
}
