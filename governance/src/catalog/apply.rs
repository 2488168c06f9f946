//! Applying a reviewed agent file: all of it or nothing, and nothing where nothing is new.

use chrono::{DateTime, Utc};
use domain::{
    agent_file::AgentFile,
    authoring::{
        draft::DraftConflict,
        risk::{self, Severity},
        statement::Statement,
    },
    entry::{Detail, Nothing, Published},
    fault::Fault,
    id::{AgentId, PersonId, QueueId},
    role::Capability,
    view::AgentLink,
};
use serde_json::json;
use sqlx::PgConnection;

use crate::{
    Actor, Conflict, Error, Governance, Result,
    catalog::{
        changes::meaning::{InForce, need_accepted},
        ending::carries_out,
    },
    db::{self, versions::NewVersion},
    entry::NewEntry,
    id,
    names::{Labels, need_agents_own},
    reasons::need_reason,
};

/// What taking a file in changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Each thing in words.
    pub changes: Vec<String>,
    /// What that means for permissions in force: it has to be accepted.
    pub meaning: Vec<Statement>,
    /// What is risky in the permissions that it publishes: it has to be accepted, as on their page.
    pub risks: Vec<Statement>,
    /// How much that waits or is approved could not be carried out any more, counted up to
    /// [`MOST_WAITING`](domain::view::MOST_WAITING); only where nothing was changed.
    pub ends: u32,
    /// Whether the file alone cannot change it, as it takes two.
    pub takes_two: bool,
}

impl Taken {
    /// All that has to be accepted.
    pub fn to_accept(&self) -> Vec<Statement> {
        [&self.meaning[..], &self.risks].concat()
    }
}

impl Governance {
    /// Applies the file and publishes its permission set; gives what changed. What it means for permissions in force, and
    /// what is risky in those that it publishes, has to be `accepted`, by its [keys](Statement::key). `dry` changes nothing, needs
    /// nobody's word, and says the same.
    pub async fn apply(
        &self,
        actor: &Actor,
        file: &AgentFile,
        note: &str,
        accepted: &[String],
        dry: bool,
    ) -> Result<Taken> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let note = need_reason(note)?;
        let me = actor.person()?.id;
        let faults = file.faults();
        if !faults.is_empty() {
            return Err(Error::Invalid(Fault::Other, faults.join("; ")));
        }
        let (mut tx, now) = self.begin_control().await?;
        need_what_is_named(&mut tx, file).await?;

        let two_to_publish = db::control::two_to_publish(&mut tx).await?;
        let in_force = InForce::load(&mut tx).await?;
        let meaning = in_force.meaning_of_file(file);
        let mut changes = Vec::new();
        let agent = put_agent(&mut tx, file, now, &mut changes).await?.id;
        changes.extend(put_catalog(&mut tx, file, Known::Change, me, now).await?);
        let before = db::versions::published(&mut tx, agent).await?;
        let version = before.as_ref().map_or(1, |(version, _)| version + 1);
        let publishes = before.is_none_or(|(_, set)| set != file.permissions);
        if two_to_publish && (publishes || !meaning.is_empty()) {
            tx.rollback().await?;
            self.refused(actor, "publish an agent file alone", Some(&file.agent.slug)).await?;
            return Err(if meaning.is_empty() { DraftConflict::NeedsSecondPerson.into() } else { alone(&meaning) });
        }
        let risks = match publishes {
            true => risk::risks(&file.permissions, &db::catalog::shop(&mut tx).await?),
            false => Vec::new(),
        };
        let risks = risks.into_iter().filter(|risk| risk.severity == Severity::Risky).map(|risk| risk.said);
        let mut taken = Taken { changes, meaning, risks: risks.collect(), ends: 0, takes_two: false };
        let accepted = &if dry { Vec::new() } else { need_accepted(taken.to_accept(), accepted)? };
        if publishes {
            let permissions = &file.permissions;
            let new = NewVersion { agent, version, permissions, by: me, note, accepted, proposed: None };
            db::versions::publish(&mut tx, &new, now).await?;
            let published = Published { version, draft: None, proposed_by: None };
            let entry = NewEntry::new(Detail::Published(published), &permit).agent(agent);
            entry.personal(json!({ "note": note }))?.write(&mut tx, now).await?;
            taken.changes.push(format!("permission version {version} published"));
        }
        if taken.changes.is_empty() || dry {
            tx.rollback().await?;
            let denied = |of, action: &str| publishes && of == agent && !carries_out(&file.permissions, action);
            taken.ends = self.ending(|of, action| denied(of, action) || in_force.is_revised_by(file, action)).await?;
            return Ok(taken);
        }
        let entry = NewEntry::new(Detail::AgentApplied(Nothing {}), &permit).agent(agent);
        let beside = json!({ "changes": taken.changes, "accepted": accepted, "note": note });
        entry.personal(beside)?.write(&mut tx, now).await?;
        self.commit(tx).await?;
        Ok(taken)
    }
}

/// A file is not proposed: what takes two is changed on its page.
pub(crate) fn alone(meaning: &[Statement]) -> Error {
    let told: Vec<&str> = meaning.iter().map(|said| said.sentence.as_str()).collect();
    let words = format!(
        "it takes two people to publish, and this file changes what permissions in force or proposed mean: change that by \
         itself under Settings (Actions, Data sets, Words or Queues), Integrations or on the page of its agent, where another \
         admin accepts it, and take the file in then. It means: {}",
        told.join(" ")
    );
    Conflict::Other(words).into()
}

/// The agent of the file, called as the file calls it; a new one is a draft.
pub(crate) async fn put_agent(
    connection: &mut PgConnection,
    file: &AgentFile,
    now: DateTime<Utc>,
    changes: &mut Vec<String>,
) -> Result<AgentLink> {
    let head = &file.agent;
    let link = |id| AgentLink { id, slug: head.slug.clone(), name: head.name.clone() };
    let Some(agent) = db::agents::by_slug(connection, &head.slug).await? else {
        need_agents_own(connection, head).await?;
        let id = AgentId(id::next());
        db::agents::insert(connection, id, head, now).await?;
        changes.push(format!("new agent `{}`, as a draft", head.slug));
        return Ok(link(id));
    };
    let purpose = db::agents::purpose(connection, agent.id).await?;
    if agent.name != head.name || purpose != head.purpose {
        if agent.name != head.name {
            need_agents_own(connection, head).await?;
        }
        db::agents::rename(connection, agent.id, head).await?;
        changes.push(format!("agent `{}` renamed or described anew", agent.slug));
    }
    Ok(link(agent.id))
}

/// What the file names and does not define has to be there.
pub(crate) async fn need_what_is_named(connection: &mut PgConnection, file: &AgentFile) -> Result<()> {
    let mut missing = Vec::new();
    for name in file.actions_elsewhere() {
        if db::catalog::action(connection, name).await?.is_none() {
            missing.push(format!("action `{name}`"));
        }
    }
    for slug in file.queues_elsewhere() {
        if !db::queues::exists(connection, slug).await? {
            missing.push(format!("queue `{slug}`"));
        }
    }
    for slug in file.integrations_elsewhere() {
        if db::integrations::name(connection, slug).await?.is_none() {
            missing.push(format!("integration `{slug}`"));
        }
    }
    match missing.is_empty() {
        true => Ok(()),
        false => Err(Error::Invalid(
            Fault::Other,
            format!("named, but neither in the file nor in Reins: {}", missing.join(", ")),
        )),
    }
}

/// What to do with what the shop has under the same name already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    Change,
    Leave,
}

/// Puts what the file defines; gives what changed, in words.
pub(crate) async fn put_catalog(
    connection: &mut PgConnection,
    file: &AgentFile,
    known: Known,
    by: PersonId,
    now: DateTime<Utc>,
) -> Result<Vec<String>> {
    let change = known == Known::Change;
    let shop = db::catalog::shop(connection).await?;
    Labels::of(&shop).need_own_of_file(file, change)?;
    let mut changes = Vec::new();
    for queue in &file.queues {
        if !db::queues::exists(connection, &queue.slug).await? {
            db::queues::insert(connection, QueueId(id::next()), &queue.slug, &queue.name).await?;
            changes.push(format!("new queue `{}`, without members", queue.slug));
        } else if change && db::queues::rename(connection, &queue.slug, &queue.name).await? {
            changes.push(format!("queue `{}` renamed", queue.slug));
        }
    }
    for integration in &file.integrations {
        let slug = &integration.slug;
        if (change || shop.integration(slug).is_none()) && db::integrations::put(connection, integration).await? {
            changes.push(format!("integration `{slug}`"));
        }
    }
    for set in &file.data_sets {
        if match change {
            true => db::catalog::put_data_set(connection, set).await?,
            false => db::catalog::change_data_set(connection, set, None).await?,
        } {
            changes.push(format!("data set `{}`", set.name));
        }
    }
    let topics = db::catalog::word_lists(connection).await?;
    for (topic, words) in file.word_lists.iter().filter(|(topic, _)| change || !topics.contains_key(*topic)) {
        if db::catalog::put_words(connection, topic, words).await? {
            let quoted = |words: &[String]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
            let before = topics.get(topic).map(|known| format!(", before {}", quoted(known))).unwrap_or_default();
            changes.push(format!("words for `{topic}`: {}{before}", quoted(words)));
        }
    }
    for action in &file.actions {
        let before = db::catalog::action(connection, &action.name).await?;
        let revision = before.as_ref().map_or(1, |(revision, _)| revision + 1);
        if before.is_none_or(|(_, known)| change && known != *action) {
            db::catalog::add_action(connection, revision, action, by, now).await?;
            changes.push(format!("action `{}`, revision {revision}", action.name));
        }
    }
    Ok(changes)
}
