//! What a change of what decisions rest on means for permissions in force, and for those that are proposed.

use domain::{
    action::{ActionType, WordLists},
    agent_file::AgentFile,
    as_one::AsOne,
    authoring::{
        meaning::{Change, NewAdmin, meaning, replaced_words},
        statement::{Given, Statement, are_accepted},
    },
    catalog::Catalog,
    permission::PermissionSet,
    statement,
    view::AgentLink,
};
use sqlx::PgConnection;

use crate::{Conflict, Result, db};

/// What decisions rest on, and every permission set that counts, with its agent.
pub(crate) struct InForce {
    pub catalog: Catalog,
    published: Vec<(AgentLink, PermissionSet)>,
    /// Another admin is reading what these say now: they count as those in force.
    proposed: Vec<(AgentLink, PermissionSet)>,
    as_one: AsOne,
}

impl InForce {
    pub async fn load(connection: &mut PgConnection) -> Result<Self> {
        let catalog = db::catalog::shop(connection).await?;
        let published = db::versions::all_published(connection).await?;
        let proposed = db::drafts::all_proposed(connection).await?;
        Ok(Self { catalog, published, proposed, as_one: db::people::as_one(connection).await? })
    }

    /// What has to be accepted of a change.
    pub fn meaning(&self, change: &Change) -> Vec<Statement> {
        match change {
            Change::Agent { seen, name, .. } => self.agent_called(&seen.slug, name),
            Change::OneToPublish => {
                vec![statement!(
                    "one_to_publish",
                    "One admin alone can publish permissions from now on, and change what they mean."
                )]
            }
            Change::Member { queue, person } => {
                let mut found = vec![statement!(
                    "member",
                    "They can say yes and no to what waits in {queue}, and count there as one of those it takes.",
                    queue = Given::name(self.catalog.queue(queue).map_or(queue, |known| &known.name))
                )];
                if self.as_one.is_shared(*person) {
                    found.push(statement!(
                        "member.shared_password",
                        "Somebody else may know their password, and can decide there in their name until another admin confirms \
                         that they have chosen one of their own."
                    ));
                }
                found
            }
            Change::Admin { by: NewAdmin::Password, .. } => {
                vec![statement!(
                    "password",
                    "Whoever proposes this can sign in as them, and counts as one with them until another admin confirms that \
                     they have chosen a password of their own."
                )]
            }
            Change::Admin { .. } => {
                vec![statement!("admin", "They can do all that an admin can, and be the second where it takes two.")]
            }
            _ => self.of(&self.catalog.clone().with(change)),
        }
    }

    /// What has to be accepted of all that a file defines.
    pub fn meaning_of_file(&self, file: &AgentFile) -> Vec<Statement> {
        let mut found = self.of(&self.catalog.clone().with_file(file));
        found.extend(replaced_words(file, &self.catalog));
        found.extend(self.agent_called(&file.agent.slug, &file.agent.name));
        found
    }

    /// People who decide see who asks.
    fn agent_called(&self, slug: &str, name: &str) -> Vec<Statement> {
        let mut read = self.read().map(|(agent, _)| agent);
        let renamed = read.find(|agent| agent.slug == slug && agent.name != name);
        let said = |agent: &AgentLink| {
            statement!(
                "agent.called",
                "The agent {old} is called {new} from now on.",
                old = Given::name(&agent.name),
                new = Given::name(name)
            )
        };
        renamed.map(said).into_iter().collect()
    }

    /// What people go by who decide, or read before they publish it.
    fn read(&self) -> impl Iterator<Item = &(AgentLink, PermissionSet)> {
        self.published.iter().chain(&self.proposed)
    }

    /// Whether the file has another definition of an action type that is there.
    pub fn is_revised_by(&self, file: &AgentFile, name: &str) -> bool {
        let known = self.catalog.action(name);
        file.actions.iter().any(|action| action.name == name && known.is_some_and(|known| known != action))
    }

    fn of(&self, after: &Catalog) -> Vec<Statement> {
        let mut found: Vec<Statement> = Vec::new();
        for (agent, set) in self.read() {
            let said = meaning(&agent.name, set, &self.catalog, after).into_iter();
            found.extend(said.filter(|one| !found.contains(one)).collect::<Vec<_>>());
        }
        found
    }

    /// The file without the new action types and words that would mean something to permissions in force.
    pub fn without_meaning(&self, file: &AgentFile) -> AgentFile {
        let is_new = |action: &ActionType| self.catalog.action(&action.name).is_none();
        let means_nothing = |change: Change| self.meaning(&change).is_empty();
        let mut file = file.clone();
        file.actions.retain(|action| {
            !is_new(action) || means_nothing(Change::ActionType { action: action.clone(), seen: None })
        });
        let words = std::mem::take(&mut file.word_lists).into_iter().filter(|(topic, words)| {
            let change = Change::Words { topic: topic.clone(), words: words.clone(), seen: Vec::new() };
            self.catalog.word_lists.contains_key(topic) || means_nothing(change)
        });
        file.word_lists = words.collect::<WordLists>();
        file
    }
}

/// Exactly what it means was accepted, by its [keys](Statement::key); gives that.
pub(crate) fn need_accepted(statements: Vec<Statement>, accepted: &[String]) -> Result<Vec<Statement>> {
    match are_accepted(&statements, accepted) {
        true => Ok(statements),
        false => Err(Conflict::NotAccepted { statements }.into()),
    }
}
