//! Applying a reviewed agent file: all of it or nothing, and nothing where nothing is new.

use domain::{
    agent_file::AgentFile,
    entry::Kind,
    fault::Fault,
    id::{AgentId, QueueId},
    role::Capability,
};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Actor, Error, Governance, Result, db, db::agents::NewVersion, record::NewEntry, settle::need_reason};

/// One thing that applying a file changes, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change(pub String);

impl Governance {
    /// Applies the file and publishes its permission set; gives what changed. `dry` changes nothing and says the same.
    pub async fn apply(&self, actor: &Actor, file: &AgentFile, note: &str, dry: bool) -> Result<Vec<Change>> {
        self.allow(actor, Capability::Govern).await?;
        let note = need_reason(note)?;
        let me = actor.person()?.id;
        let faults = file.faults();
        if !faults.is_empty() {
            return Err(Error::Invalid(Fault::Other, faults.join("; ")));
        }
        let (mut tx, now) = self.begin_control().await?;
        need_what_is_named(&mut tx, file).await?;

        let mut changes = Vec::new();
        let mut say = |text: String| changes.push(Change(text));
        let agent = match db::agents::by_slug(&mut tx, &file.agent.slug).await? {
            None => {
                let id = AgentId(Uuid::now_v7());
                db::agents::insert(&mut tx, id, &file.agent, now).await?;
                say(format!("new agent `{}`, as a draft", file.agent.slug));
                id
            }
            Some(agent) => {
                let purpose = db::agents::purpose(&mut tx, agent.id).await?;
                if agent.name != file.agent.name || purpose != file.agent.purpose {
                    db::agents::rename(&mut tx, agent.id, &file.agent).await?;
                    say(format!("agent `{}` renamed or described anew", agent.slug));
                }
                agent.id
            }
        };
        for text in put_catalog(&mut tx, file).await? {
            say(text);
        }
        let before = db::agents::published(&mut tx, agent).await?;
        let version = before.as_ref().map_or(1, |(version, _)| version + 1);
        if before.is_none_or(|(_, set)| set != file.permissions) {
            let new = NewVersion { agent, version, permissions: &file.permissions, by: me, note };
            db::agents::publish(&mut tx, &new, now).await?;
            let entry = NewEntry::new(Kind::Published, actor).agent(agent).detail(json!({ "version": version }));
            entry.personal(json!({ "note": note }))?.write(&mut tx, now).await?;
            say(format!("permission version {version} published"));
        }
        if changes.is_empty() || dry {
            return Ok(changes);
        }
        let texts: Vec<&str> = changes.iter().map(|change| change.0.as_str()).collect();
        let entry = NewEntry::new(Kind::AgentApplied, actor).agent(agent).detail(json!({ "changes": texts }));
        entry.personal(json!({ "note": note }))?.write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(changes)
    }
}

/// What the file names and does not define has to be there.
async fn need_what_is_named(connection: &mut PgConnection, file: &AgentFile) -> Result<()> {
    let mut missing = Vec::new();
    for name in file.actions_elsewhere() {
        if db::agents::action(connection, name).await?.is_none() {
            missing.push(format!("action `{name}`"));
        }
    }
    for slug in file.queues_elsewhere() {
        if !db::queues::exists(connection, slug).await? {
            missing.push(format!("queue `{slug}`"));
        }
    }
    for slug in file.integrations_elsewhere() {
        if !db::agents::integration_exists(connection, slug).await? {
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

async fn put_catalog(connection: &mut PgConnection, file: &AgentFile) -> Result<Vec<String>> {
    let mut changes = Vec::new();
    for queue in &file.queues {
        if !db::queues::exists(connection, &queue.slug).await? {
            db::queues::insert(connection, QueueId(Uuid::now_v7()), &queue.slug, &queue.name).await?;
            changes.push(format!("new queue `{}`, without members", queue.slug));
        } else if db::queues::rename(connection, &queue.slug, &queue.name).await? {
            changes.push(format!("queue `{}` renamed", queue.slug));
        }
    }
    for integration in &file.integrations {
        if db::agents::put_integration(connection, integration).await? {
            changes.push(format!("integration `{}`", integration.slug));
        }
    }
    for set in &file.data_sets {
        if db::agents::put_data_set(connection, set).await? {
            changes.push(format!("data set `{}`", set.name));
        }
    }
    for (topic, words) in &file.word_lists {
        if db::agents::put_words(connection, topic, words).await? {
            changes.push(format!("words for `{topic}`"));
        }
    }
    for action in &file.actions {
        let before = db::agents::action(connection, &action.name).await?;
        let revision = before.as_ref().map_or(1, |(revision, _)| revision + 1);
        if before.is_none_or(|(_, known)| known != *action) {
            db::agents::add_action(connection, revision, action).await?;
            changes.push(format!("action `{}`, revision {revision}", action.name));
        }
    }
    Ok(changes)
}
