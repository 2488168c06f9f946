//! Action types and data sets: what agents can ask to do, and what they can read.

pub(crate) mod meaning;

use std::collections::BTreeSet;

use domain::{
    action::{ActionType, DataSet},
    agent_file::is_name,
    entry::Kind,
    fault::Fault,
    permission::PermissionSet,
    role::Capability,
    view::{
        AgentLink,
        catalog::{ActionRow, ActionView, CatalogPage, DataSetRow, RevisionRow},
    },
};
use serde_json::json;
use sqlx::PgConnection;

use crate::{Actor, Conflict, Error, Governance, Result, control::Control, db, record::NewEntry, settle::need_reason};

/// The longest label of a data set.
const MOST_LABEL: usize = 80;

impl Governance {
    /// All action types and data sets, with the agents that they matter to.
    pub async fn catalog(&self, actor: &Actor) -> Result<CatalogPage> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let known = db::catalog::actions(&mut connection).await?;
        let data_sets = db::catalog::data_sets(&mut connection).await?;
        let integrations = db::catalog::integrations(&mut connection).await?;
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
        let integrations = db::catalog::integrations(&mut connection).await?;
        Ok(ActionView { row, revisions, data_sets, integrations, may_edit: actor.can(Capability::Govern), now })
    }

    /// Adds an action type, or changes the one whose revision was seen; gives its revision. What that means for permissions
    /// in force has to be `accepted`, in its sentences.
    pub async fn put_action_type(
        &self,
        actor: &Actor,
        action: &ActionType,
        seen: Option<i32>,
        note: &str,
        accepted: &[String],
    ) -> Result<i32> {
        self.allow(actor, Capability::Govern).await?;
        let note = need_reason(note)?;
        let me = actor.person()?.id;
        let (mut tx, now) = self.begin_control().await?;
        need_sound(&mut tx, action).await?;
        let known = db::catalog::action(&mut tx, &action.name).await?;
        let revision = match (&known, seen) {
            (None, None) => 1,
            (Some((_, before)), _) if before == action => {
                return Err(Error::Invalid(Fault::Same, "nothing is changed".to_owned()));
            }
            (Some((revision, _)), Some(seen)) if *revision == seen => revision + 1,
            (Some(_), None) => return Err(Conflict::Exists.into()),
            _ => return Err(Conflict::ChangedMeanwhile.into()),
        };
        let meaning = meaning::of(&mut tx, action).await?;
        if meaning.takes_two {
            tx.rollback().await?;
            self.refused(actor, &format!("change what `{}` means for permissions in force alone", action.name)).await?;
            return Err(meaning::takes_two());
        }
        meaning::need_accepted(meaning.sentences, accepted)?;

        db::catalog::add_action(&mut tx, revision, action, me, now).await?;
        let entry = NewEntry::new(Kind::ActionChanged, actor).action(&action.name);
        let entry = entry.detail(json!({ "revision": revision, "action": action, "accepted": accepted }));
        entry.personal(json!({ "note": note }))?.write(&mut tx, now).await?;
        self.commit(tx).await?;
        Ok(revision)
    }

    /// Adds a data set, or changes the one that was seen.
    pub async fn put_data_set(&self, actor: &Actor, set: &DataSet, seen: Option<&DataSet>, note: &str) -> Result<()> {
        self.allow(actor, Capability::Govern).await?;
        let note = need_reason(note)?;
        if !is_name(&set.name) {
            return Err(invalid_name(&set.name));
        }
        if set.label.trim().is_empty() || set.label.chars().count() > MOST_LABEL {
            let words = format!("a data set needs a label of at most {MOST_LABEL} characters");
            return Err(Error::Invalid(Fault::Label, words));
        }
        if seen == Some(set) {
            return Err(Error::Invalid(Fault::Same, "nothing is changed".to_owned()));
        }
        let (mut tx, now) = self.begin_control().await?;
        if !db::catalog::change_data_set(&mut tx, set, seen).await? {
            return Err(if seen.is_none() { Conflict::Exists } else { Conflict::ChangedMeanwhile }.into());
        }
        let entry = NewEntry::new(Kind::DataSetChanged, actor).detail(json!({ "data_set": set, "before": seen }));
        entry.personal(json!({ "note": note }))?.write(&mut tx, now).await?;
        self.commit(tx).await
    }
}

fn invalid_name(name: &str) -> Error {
    let words = format!("`{name}` is not a name: lower-case letters, digits, dots, hyphens and underscores");
    Error::Invalid(Fault::Name, words)
}

/// An action type that does not contradict itself, and names only what is there.
async fn need_sound(connection: &mut PgConnection, action: &ActionType) -> Result<()> {
    if !is_name(&action.name) {
        return Err(invalid_name(&action.name));
    }
    let mut faults = action.faults();
    if let Some(slug) = &action.integration
        && !db::catalog::integration_exists(connection, slug).await?
    {
        faults.push(format!("runs on `{slug}`, which is not an integration"));
    }
    let known: BTreeSet<String> = db::catalog::data_sets(connection).await?.into_iter().map(|set| set.name).collect();
    for name in action.data_sets.iter().filter(|name| !known.contains(*name)) {
        faults.push(format!("rests on `{name}`, which is not a data set"));
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Error::Invalid(Fault::Action, format!("`{}` {}", action.name, faults.join("; ")))),
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
