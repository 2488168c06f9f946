//! Whether a change fits how things stand, and carrying it out.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    action::{ActionType, DataSet},
    agent_file::{AgentHead, is_name, word_faults},
    authoring::{
        meaning::{Change, NewAdmin, Thing},
        statement::Statement,
    },
    entry::{
        ActionChanged, DataSetChanged, Detail, IntegrationChanged, Name, OfProposal, PersonChanged, PublishingChanged,
        QueueChanged,
    },
    fault::Fault,
    role::{Capability, Role},
};
use serde_json::json;
use sqlx::PgConnection;

use super::steps;
use crate::{
    Conflict, Error, Result,
    db::{self, people::Edit, proposals::Proposal},
    entry::NewEntry,
    error::corrupt,
    names::{Labels, need_agents_own, need_name as need_plain_name, need_purpose},
    permit::Permit,
};

/// It can be, it changes something, and what it changes is as it was seen.
pub(crate) async fn need_fitting(connection: &mut PgConnection, change: &Change) -> Result<()> {
    match change {
        Change::ActionType { action, seen } => {
            need_sound(connection, action).await?;
            Labels::load(connection).await?.actions.need_own(&action.name, &action.label)?;
            match (db::catalog::action(connection, &action.name).await?, seen) {
                (None, None) => Ok(()),
                (Some((_, before)), _) if before == *action => Err(same()),
                (Some((revision, _)), Some(seen)) if revision == *seen => Ok(()),
                (Some(_), None) => Err(Conflict::Exists.into()),
                _ => Err(Conflict::ChangedMeanwhile.into()),
            }
        }
        Change::DataSet { set, seen } => {
            need_name(set)?;
            Labels::load(connection).await?.data_sets.need_own(&set.name, &set.label)?;
            let known = db::catalog::data_sets(connection).await?.into_iter().find(|known| known.name == set.name);
            match (known, seen) {
                (_, Some(seen)) if seen == set => Err(same()),
                (None, None) => Ok(()),
                (Some(_), None) => Err(Conflict::Exists.into()),
                (Some(known), Some(seen)) if known == *seen => Ok(()),
                _ => Err(Conflict::ChangedMeanwhile.into()),
            }
        }
        Change::Words { topic, words, seen } => {
            need_words(topic, words)?;
            let known = db::catalog::word_lists(connection).await?.remove(topic).unwrap_or_default();
            match (known == *words, known == *seen) {
                (true, _) => Err(same()),
                (false, true) => Ok(()),
                (false, false) if seen.is_empty() => Err(Conflict::Exists.into()),
                (false, false) => Err(Conflict::ChangedMeanwhile.into()),
            }
        }
        Change::Agent { seen, name, purpose } => {
            need_plain_name("an agent", name)?;
            need_purpose(purpose)?;
            if seen.name == *name && seen.purpose == *purpose {
                return Err(same());
            }
            let agent = db::agents::by_slug(connection, &seen.slug).await?.ok_or(Error::NotFound)?;
            let head = AgentHead { slug: agent.slug, name: name.clone(), purpose: purpose.clone() };
            need_agents_own(connection, &head).await?;
            match agent.name == seen.name && db::agents::purpose(connection, agent.id).await? == seen.purpose {
                true => Ok(()),
                false => Err(Conflict::ChangedMeanwhile.into()),
            }
        }
        Change::Rename { thing, slug, seen, name } => {
            if name == seen {
                return Err(same());
            }
            let known = match thing {
                Thing::Queue => {
                    need_plain_name("a queue", name)?;
                    Labels::load(connection).await?.queues.need_own(slug, name)?;
                    db::queues::name(connection, slug).await?
                }
                Thing::Integration => {
                    need_plain_name("an integration", name)?;
                    Labels::load(connection).await?.integrations.need_own(slug, name)?;
                    db::integrations::name(connection, slug).await?
                }
            };
            match known.ok_or(Error::NotFound)? == *seen {
                true => Ok(()),
                false => Err(Conflict::ChangedMeanwhile.into()),
            }
        }
        Change::OneToPublish => match db::control::two_to_publish(connection).await? {
            true => Ok(()),
            false => Err(Conflict::ChangedMeanwhile.into()),
        },
        Change::Member { person, queue } => {
            let role = db::people::find(connection, *person).await?.ok_or(Error::NotFound)?.role;
            if !role.can(Capability::Decide) {
                return Err(Error::Invalid(Fault::Role, format!("an {} decides nothing", role.name())));
            }
            if !db::queues::exists(connection, queue).await? {
                return Err(Error::NotFound);
            }
            match db::queues::is_member(connection, queue, *person).await? {
                true => Err(Conflict::ChangedMeanwhile.into()),
                false => Ok(()),
            }
        }
        Change::Admin { person, by } => {
            let stands = db::people::find(connection, *person).await?.ok_or(Error::NotFound)?;
            match (by, stands.role) {
                (NewAdmin::Role { seen }, role) if role == *seen && role != Role::Admin => Ok(()),
                (NewAdmin::Enabled { disabled_at }, Role::Admin) if stands.disabled_at == Some(*disabled_at) => Ok(()),
                (NewAdmin::Password, _) => Ok(()),
                _ => Err(Conflict::ChangedMeanwhile.into()),
            }
        }
    }
}

/// Carries it out, and writes its entry, which says what was accepted, and who proposed it.
pub(super) async fn carry_out(
    connection: &mut PgConnection,
    permit: &Permit,
    change: &Change,
    proposal: Option<&Proposal>,
    note: &str,
    accepted: &[Statement],
    now: DateTime<Utc>,
) -> Result<()> {
    let me = permit.person()?;
    let proposed = proposal.map(|Proposal { head, .. }| (head.id, head.stamp.by.id));
    let (proposal_id, proposed_by) = (proposed.map(|(id, _)| id), proposed.map(|(_, by)| by));
    let (mut action_name, mut agent) = (None, None);
    let (detail, mut beside) = match change {
        Change::ActionType { action, seen } => {
            let revision = seen.map_or(1, |seen| seen + 1);
            db::catalog::add_action(connection, revision, action, me, now).await?;
            action_name = Some(action.name.as_str());
            let changed = ActionChanged { revision, proposal: proposal_id, proposed_by };
            (Detail::ActionChanged(changed), json!({ "action": action }))
        }
        Change::DataSet { set, seen } => {
            if !db::catalog::change_data_set(connection, set, seen.as_ref()).await? {
                return Err(Conflict::ChangedMeanwhile.into());
            }
            let changed = DataSetChanged { name: Name::of(&set.name), proposal: proposal_id, proposed_by };
            (Detail::DataSetChanged(changed), json!({ "data_set": set, "before": seen }))
        }
        Change::Words { topic, words, seen } => {
            match words.is_empty() {
                true => db::catalog::remove_words(connection, topic).await?,
                false => drop(db::catalog::put_words(connection, topic, words).await?),
            }
            let changed = OfProposal { proposal: proposal_id, proposed_by };
            (Detail::WordsChanged(changed), json!({ "topic": topic, "words": words, "before": seen }))
        }
        Change::Agent { seen, name, purpose } => {
            let beside = steps::describe(connection, seen, name, purpose).await?;
            agent = Some(db::agents::by_slug(connection, &seen.slug).await?.ok_or(Error::NotFound)?.id);
            (Detail::AgentDescribed(OfProposal { proposal: proposal_id, proposed_by }), beside)
        }
        Change::Rename { thing, slug, seen, name } => {
            let beside = json!({ "name": name, "before": seen });
            let (known, proposal) = (Name::of(slug), proposal_id);
            match thing {
                Thing::Queue => {
                    db::queues::rename(connection, slug, name).await?;
                    let (person, member) = (None, None);
                    let changed = QueueChanged { queue: known, person, member, proposal, proposed_by };
                    (Detail::QueueChanged(changed), beside)
                }
                Thing::Integration => {
                    db::integrations::rename(connection, slug, name).await?;
                    let changed = IntegrationChanged { integration: known, proposal, proposed_by };
                    (Detail::IntegrationChanged(changed), beside)
                }
            }
        }
        Change::OneToPublish => {
            db::control::set_two_to_publish(connection, false).await?;
            let changed = PublishingChanged { two_to_publish: false, proposal: proposal_id, proposed_by };
            (Detail::PublishingChanged(changed), json!({}))
        }
        Change::Member { person, queue } => {
            let changed = steps::set_member(connection, queue, *person, true, now).await?;
            (Detail::QueueChanged(QueueChanged { proposal: proposal_id, proposed_by, ..changed }), json!({}))
        }
        Change::Admin { person, by } => {
            let edit = match (by, proposal) {
                (NewAdmin::Role { seen }, _) => Edit::Role { seen: *seen, role: Role::Admin },
                (NewAdmin::Enabled { disabled_at }, _) => Edit::Enable { disabled_at: *disabled_at },
                (NewAdmin::Password, Some(Proposal { secret: Some(hash), head, .. })) => {
                    Edit::Password { hash: hash.clone(), by: Some(head.stamp.by.id) }
                }
                (NewAdmin::Password, _) => return Err(corrupt("proposals.secret")),
            };
            let changed = steps::edit(connection, *person, edit, now).await?;
            (Detail::PersonChanged(PersonChanged { proposal: proposal_id, proposed_by, ..changed }), json!({}))
        }
    };
    beside["accepted"] = json!(accepted);
    beside["note"] = json!(note);
    let mut entry = NewEntry::new(detail, permit).personal(beside)?;
    entry.agent = agent;
    let entry = if let Some(name) = action_name { entry.action(name) } else { entry };
    entry.write(connection, now).await?;
    Ok(())
}

fn same() -> Error {
    Error::Invalid(Fault::Same, "nothing is changed".to_owned())
}

fn invalid_name(name: &str) -> Error {
    let words = format!("`{name}` is not a name: lower-case letters, digits, dots, hyphens and underscores");
    Error::Invalid(Fault::Name, words)
}

fn need_name(set: &DataSet) -> Result<()> {
    if !is_name(&set.name) {
        return Err(invalid_name(&set.name));
    }
    match set.fault() {
        None => Ok(()),
        Some(fault) => Err(Error::Invalid(Fault::Label, format!("the data set `{}` {fault}", set.name))),
    }
}

fn need_words(topic: &str, words: &[String]) -> Result<()> {
    match word_faults(topic, words) {
        None => Ok(()),
        Some((fault, words)) => Err(Error::Invalid(fault, words)),
    }
}

/// An action type that does not contradict itself, and names only what is there.
async fn need_sound(connection: &mut PgConnection, action: &ActionType) -> Result<()> {
    if !is_name(&action.name) {
        return Err(invalid_name(&action.name));
    }
    let mut faults = action.faults();
    if let Some(slug) = &action.integration
        && db::integrations::name(connection, slug).await?.is_none()
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
