//! Agent files in and out: what `apply` takes, written from Reins, and taken in as a draft.

use std::collections::BTreeSet;

use domain::{
    action::{DATA_READ, WordLists},
    agent_file::{AgentFile, AgentHead, QueueHead},
    authoring::draft::{DraftSeen, Origin},
    entry::{AgentExported, AgentImported, Detail},
    facts::as_word,
    fault::Fault,
    id::AgentId,
    permission::{AppliesTo, Condition, Limit, Otherwise, PermissionSet},
    role::Capability,
};
use serde_json::json;
use sqlx::PgConnection;

use crate::{
    Actor, Error, Governance, Result, Taken,
    catalog::{
        apply::{Known, alone, need_what_is_named, put_agent, put_catalog},
        changes::meaning::{InForce, need_accepted},
    },
    db,
    entry::NewEntry,
    permissions::drafts::{begin, need_not_retired},
    reasons::need_reason,
};

impl Governance {
    /// The file of an agent: a version of its permissions, or the one in force, with all that they name. Applied elsewhere
    /// and written out there, it is the same file.
    pub async fn export_agent(&self, actor: &Actor, slug: &str, version: Option<i32>) -> Result<AgentFile> {
        let permit = self.allow(actor, Capability::Look).await?;
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let now = db::control::head(&mut tx).await?.now;
        let agent = db::agents::by_slug(&mut tx, slug).await?.ok_or(Error::NotFound)?;
        let found = match version {
            Some(version) => db::versions::find(&mut tx, agent.id, version).await?,
            None => db::versions::in_force(&mut tx, agent.id).await?,
        };
        let (row, permissions) = found.ok_or(Error::NotFound)?;
        let purpose = db::agents::purpose(&mut tx, agent.id).await?;

        let head = AgentHead { slug: agent.slug, name: agent.name, purpose };
        let file = with_all_it_names(&mut tx, head, permissions).await?;
        let detail = Detail::AgentExported(AgentExported { version: row.version });
        NewEntry::new(detail, &permit).agent(agent.id).write(&mut tx, now).await?;
        self.commit(tx).await?;
        Ok(file)
    }

    /// Takes a file in: what it defines at once, its permissions as a draft; gives what changed. An open draft, which has
    /// to be the one that was seen, is discarded. What it means for permissions in force has to be `accepted`, by its
    /// [keys](domain::authoring::statement::Statement::key). `dry` changes nothing, needs no note and nobody's word, and
    /// says the same.
    pub async fn import_agent(
        &self,
        actor: &Actor,
        file: &AgentFile,
        note: &str,
        open: Option<DraftSeen>,
        accepted: &[String],
        dry: bool,
    ) -> Result<Taken> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let note = if dry { note } else { need_reason(note)? };
        let me = actor.person()?.id;
        let faults = file.faults();
        if !faults.is_empty() {
            return Err(Error::Invalid(Fault::Other, faults.join("; ")));
        }
        let mut tx = self.0.controls.begin_with(db::begin::BEGIN).await?;
        // The draft before control, as everywhere.
        if let Some(agent) = db::agents::by_slug(&mut tx, &file.agent.slug).await? {
            need_not_retired(&mut tx, agent.id).await?;
            db::drafts::open_for_update(&mut tx, agent.id).await?;
        }
        db::control::lock_exclusive(&mut tx).await?;
        let now = db::control::raise_revision(&mut tx).await?;
        need_what_is_named(&mut tx, file).await?;
        let in_force = InForce::load(&mut tx).await?;
        let meaning = in_force.meaning_of_file(file);
        let takes_two = !meaning.is_empty() && db::control::two_to_publish(&mut tx).await?;
        if takes_two && !dry {
            tx.rollback().await?;
            self.refused(actor, "take in an agent file alone", Some(&file.agent.slug)).await?;
            return Err(alone(&meaning));
        }
        let accepted = if dry { Vec::new() } else { need_accepted(meaning.clone(), accepted)? };

        let mut changes = Vec::new();
        let agent = put_agent(&mut tx, file, now, &mut changes).await?;
        changes.extend(put_catalog(&mut tx, file, Known::Change, me, now).await?);
        if !stands(&mut tx, agent.id, &file.permissions).await? {
            begin::begin(&mut tx, &permit, &agent, &Origin::File, &file.permissions, open, now).await?;
            changes.push("the permissions are a draft".to_owned());
        }
        let mut taken = Taken { changes, meaning, risks: Vec::new(), ends: 0, takes_two };
        if taken.changes.is_empty() || dry {
            tx.rollback().await?;
            taken.ends = self.ending(|_, action| in_force.is_revised_by(file, action)).await?;
            return Ok(taken);
        }
        let detail = Detail::AgentImported(AgentImported { starting_point: None });
        let entry = NewEntry::new(detail, &permit).agent(agent.id);
        let beside = json!({ "changes": taken.changes, "accepted": accepted, "note": note });
        entry.personal(beside)?.write(&mut tx, now).await?;
        self.commit(tx).await?;
        Ok(taken)
    }
}

/// Whether the open draft says so already, or without one what is in force.
async fn stands(connection: &mut PgConnection, agent: AgentId, permissions: &PermissionSet) -> Result<bool> {
    if let Some(draft) = db::drafts::open(connection, agent).await? {
        return Ok(draft.permissions == *permissions);
    }
    let in_force = db::versions::published(connection, agent).await?;
    Ok(in_force.is_some_and(|(_, in_force)| in_force == *permissions))
}

/// An agent file is no use without what its permissions name.
async fn with_all_it_names(
    connection: &mut PgConnection,
    agent: AgentHead,
    permissions: PermissionSet,
) -> Result<AgentFile> {
    let named = Named::by(&permissions);
    let mut actions: Vec<_> = db::catalog::actions(connection).await?.into_iter().map(|row| row.action).collect();
    actions.retain(|action| named.actions.contains(action.name.as_str()));
    let mut integrations = db::integrations::all(connection).await?;
    integrations.retain(|one| actions.iter().any(|action| action.integration.as_ref() == Some(&one.slug)));
    let mut data_sets = db::catalog::data_sets(connection).await?;
    let rests_on = |name: &String| actions.iter().any(|action| action.data_sets.contains(name));
    data_sets.retain(|set| named.data_sets.contains(set.name.as_str()) || rests_on(&set.name));
    let mut word_lists: WordLists = db::catalog::word_lists(connection).await?;
    word_lists.retain(|topic, _| named.topics.contains(as_word(topic).as_ref()));
    let queues = db::queues::all(&mut *connection, None).await?.into_iter();
    let queues = queues.filter(|queue| named.queues.contains(queue.slug.as_str()));
    let mut queues: Vec<_> = queues.map(|queue| QueueHead { slug: queue.slug, name: queue.name }).collect();
    queues.sort_by(|a, b| a.slug.cmp(&b.slug));
    Ok(AgentFile { agent, queues, integrations, data_sets, actions, word_lists, permissions })
}

/// What a permission set names, in rules that are switched off, too.
struct Named<'a> {
    actions: BTreeSet<&'a str>,
    data_sets: BTreeSet<&'a str>,
    queues: BTreeSet<&'a str>,
    /// As they are compared.
    topics: BTreeSet<String>,
}

impl<'a> Named<'a> {
    fn by(permissions: &'a PermissionSet) -> Self {
        let PermissionSet { data_access, action_scope, approval_thresholds, .. } = permissions;
        let rules = &approval_thresholds.rules;
        let conditions = || rules.iter().flat_map(|rule| &rule.when);

        let limits = action_scope.allow.values().flat_map(|allowance| &allowance.limits);
        let windows = limits.filter_map(Limit::window).chain(conditions().filter_map(Condition::window));
        let applied = rules.iter().filter_map(|rule| match &rule.applies_to {
            AppliesTo::Actions(names) => Some(names),
            AppliesTo::Any | AppliesTo::Effects(_) => None,
        });
        let actions = action_scope.allow.keys().chain(&action_scope.deny);
        let actions = actions.chain(windows.flat_map(|window| &window.actions)).chain(applied.flatten());
        let escalated = rules.iter().filter_map(|rule| match &rule.otherwise {
            Otherwise::Escalate { queue, .. } => Some(queue),
            Otherwise::Reject => None,
        });
        let queues = rules.iter().map(|rule| &rule.queue).chain(escalated).chain([&approval_thresholds.queue]);
        let topics = conditions().filter_map(|condition| match condition {
            Condition::Touches { topics } => Some(topics),
            _ => None,
        });
        Self {
            actions: actions.map(String::as_str).filter(|name| *name != DATA_READ).collect(),
            data_sets: data_access.read.keys().chain(&data_access.deny).map(String::as_str).collect(),
            queues: queues.map(String::as_str).collect(),
            topics: topics.flatten().map(|topic| as_word(topic).into_owned()).collect(),
        }
    }
}
