//! Action types, data sets and words, as pages show them: what agents can ask to do and read, and what rules look for.

use domain::{
    action::{ActionType, DataSet},
    facts::as_word,
    permission::{Condition, PermissionSet},
    role::Capability,
    view::{
        AgentLink,
        catalog::{ActionRow, ActionView, CatalogPage, DataSetRow, RevisionRow, WordsRow},
    },
};

use crate::{Actor, Error, Governance, Result, control::Control, db};

impl Governance {
    /// All action types and data sets, with the agents that they matter to.
    pub async fn catalog(&self, actor: &Actor) -> Result<CatalogPage> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let known = db::catalog::actions(&mut connection).await?;
        let data_sets = db::catalog::data_sets(&mut connection).await?;
        let integrations = db::integrations::heads(&mut connection).await?;
        drop(connection);

        let rests_on = |set: &DataSet| {
            let on = known.iter().filter(|row| row.action.data_sets.contains(&set.name));
            on.map(|row| row.action.name.clone()).collect()
        };
        let data_sets = data_sets.into_iter().map(|set| DataSetRow {
            agents: control.agents_that(|permissions| names_data_set(permissions, &set.name)),
            actions: rests_on(&set),
            set,
        });
        let data_sets = data_sets.collect();
        let built_in = ActionType::data_read();
        let agents = control.agents_that(|permissions| names_action(permissions, &built_in.name));
        let mut actions = vec![ActionRow { action: built_in, revision: 1, changed: None, agents }];
        actions.extend(known.into_iter().map(|row| control.action_row(row)));
        Ok(CatalogPage { actions, data_sets, integrations, may_edit: actor.can(Capability::Govern), now })
    }

    /// One action type, with all its revisions.
    pub async fn action_type(&self, actor: &Actor, name: &str) -> Result<ActionView> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let revisions = db::catalog::revisions(&mut connection, name).await?;
        let row = control.action_row(revisions.first().cloned().ok_or(Error::NotFound)?);
        let data_sets = db::catalog::data_sets(&mut connection).await?;
        let integrations = db::integrations::heads(&mut connection).await?;
        Ok(ActionView { row, revisions, data_sets, integrations, may_edit: actor.can(Capability::Govern), now })
    }

    /// The words of each topic, by topic, with the agents whose rules in force ask about it.
    pub async fn word_lists(&self, actor: &Actor) -> Result<Vec<WordsRow>> {
        self.allow(actor, Capability::Look).await?;
        let (control, _) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let lists = db::catalog::word_lists(&mut connection).await?;
        let row = |(topic, words): (String, Vec<String>)| {
            let agents = control.agents_that(|permissions| asks_about(permissions, &topic));
            WordsRow { topic, words, agents }
        };
        Ok(lists.into_iter().map(row).collect())
    }
}

fn names_action(permissions: &PermissionSet, name: &str) -> bool {
    let scope = &permissions.action_scope;
    scope.allow.contains_key(name) || scope.deny.contains(name)
}

fn names_data_set(permissions: &PermissionSet, name: &str) -> bool {
    let access = &permissions.data_access;
    access.read.contains_key(name) || access.deny.contains(name)
}

fn asks_about(permissions: &PermissionSet, topic: &str) -> bool {
    let is_it = |known: &String| as_word(known) == as_word(topic);
    permissions.approval_thresholds.in_force().flat_map(|rule| &rule.when).any(|condition| match condition {
        Condition::Touches { topics } => topics.iter().any(is_it),
        _ => false,
    })
}

impl Control {
    /// The agents whose permissions in force are such, by name.
    fn agents_that(&self, are_such: impl Fn(&PermissionSet) -> bool) -> Vec<AgentLink> {
        let such =
            self.agents.values().filter(|agent| agent.permissions.as_ref().is_some_and(|(_, set)| are_such(set)));
        let mut links: Vec<AgentLink> = such.map(|agent| agent.link.clone()).collect();
        links.sort_by(|a, b| a.name.cmp(&b.name));
        links
    }

    fn action_row(&self, row: RevisionRow) -> ActionRow {
        let agents = self.agents_that(|permissions| names_action(permissions, &row.action.name));
        ActionRow { action: row.action, revision: row.revision, changed: Some(row.changed), agents }
    }
}
