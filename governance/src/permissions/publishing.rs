//! Publishing: what makes a draft the version in force.

use chrono::{DateTime, Utc};
use domain::{
    authoring::{
        draft::{DraftConflict, Publication, VersionRow, need_accepted},
        risk,
        statement::Statement,
    },
    entry::{Detail, OfRevision, Published, PublishingChanged},
    permission::PermissionSet,
    role::Capability,
    view::AgentLink,
};
use serde_json::json;
use sqlx::PgConnection;

use crate::{
    Actor, Conflict, Governance, Result,
    db::{self, drafts::Draft, versions::NewVersion},
    entry::NewEntry,
    permissions::drafts::{agent_to_edit, lock_seen, need_difference, need_second_person},
    reasons::need_reason,
};

/// A draft that is about to be published or proposed, locked, and what it would replace.
struct Publishing {
    agent: AgentLink,
    now: DateTime<Utc>,
    draft: Draft,
    in_force: Option<(VersionRow, PermissionSet)>,
}

impl Governance {
    /// Says that the draft as it was seen should be published, and lets somebody else look at it.
    pub async fn propose(&self, actor: &Actor, slug: &str, publication: &Publication) -> Result<()> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let note = need_reason(&publication.note)?;
        let me = actor.person()?.id;
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let (agent, _) = agent_to_edit(&mut tx, slug).await?;
        lock_seen(&mut tx, &agent, publication.seen).await?;
        // What a proposal rests on is changed either before this, and was read so, or by two.
        db::control::lock_shared(&mut tx).await?;
        let Publishing { agent, now, draft, in_force } = lock(&mut tx, slug, publication).await?;
        need_difference(&draft, in_force.as_ref())?;
        let accepted = &need_as_read(&mut tx, &agent, &draft, publication).await?;

        db::drafts::propose(&mut tx, draft.head.seen, note, accepted, me, now).await?;
        let detail = OfRevision { draft: draft.head.seen.draft, revision: draft.head.seen.revision };
        let entry = NewEntry::new(Detail::Proposed(detail), &permit).agent(agent.id);
        entry.personal(json!({ "accepted": accepted, "note": note }))?.write(&mut tx, now).await?;
        self.commit(tx).await
    }

    /// Publishes the draft as it was seen; gives the version.
    pub async fn publish(&self, actor: &Actor, slug: &str, publication: &Publication) -> Result<i32> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let note = need_reason(&publication.note)?;
        let me = actor.person()?.id;
        let mut tx = self.0.controls.begin_with(db::begin::BEGIN).await?;
        // The draft before control: who waits for another admin must not hold up decisions.
        let (agent, _) = agent_to_edit(&mut tx, slug).await?;
        lock_seen(&mut tx, &agent, publication.seen).await?;
        db::control::lock_exclusive(&mut tx).await?;
        db::control::raise_revision(&mut tx).await?;
        let Publishing { agent, now, draft, in_force } = lock(&mut tx, slug, publication).await?;
        need_difference(&draft, in_force.as_ref())?;
        let two_to_publish = db::control::two_to_publish(&mut tx).await?;
        if let Err(conflict) = need_second_person(&draft.head, me, two_to_publish) {
            tx.rollback().await?;
            self.refused(actor, "publish permissions alone", Some(slug)).await?;
            return Err(conflict.into());
        }
        let proposed_by = draft.head.proposal.as_ref().map(|proposal| proposal.stamp.by.id);
        if let Some(by) = proposed_by.filter(|_| two_to_publish)
            && !db::people::as_one(&mut tx).await?.are_two(by, me)
        {
            tx.rollback().await?;
            self.refused(actor, "publish permissions with a password that both know", Some(slug)).await?;
            return Err(DraftConflict::SharedPassword.into());
        }
        let accepted = &need_as_read(&mut tx, &agent, &draft, publication).await?;

        let version = in_force.map_or(1, |(row, _)| row.version + 1);
        let permissions = &draft.permissions;
        let proposed = draft.head.proposal.as_ref().map(|proposal| (proposal.stamp.by.id, proposal.note.as_str()));
        let new = NewVersion { agent: agent.id, version, permissions, by: me, note, accepted, proposed };
        db::versions::publish(&mut tx, &new, now).await?;
        db::drafts::remove(&mut tx, draft.head.seen).await?;
        let detail = Published { version, draft: Some(draft.head.seen.draft), proposed_by };
        let entry = NewEntry::new(Detail::Published(detail), &permit).agent(agent.id);
        entry.personal(json!({ "accepted": accepted, "note": note }))?.write(&mut tx, now).await?;
        self.commit(tx).await?;
        Ok(version)
    }

    /// Whether it takes two people to publish.
    pub async fn two_to_publish(&self, actor: &Actor) -> Result<bool> {
        self.allow(actor, Capability::Look).await?;
        let mut connection = self.0.pages.acquire().await?;
        db::control::two_to_publish(&mut connection).await
    }

    /// From now on it takes two people to publish: one who proposes, another who publishes. The way back takes two, and so
    /// there have to be two, of whom nobody may be able to sign in as both.
    pub async fn need_two_to_publish(&self, actor: &Actor) -> Result<()> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let (mut tx, now) = self.begin_control().await?;
        if db::people::admins_apart(&mut tx).await?.len() < 2 {
            return Err(DraftConflict::SharedPassword.into());
        }
        if !db::control::set_two_to_publish(&mut tx, true).await? {
            return Err(Conflict::ChangedMeanwhile.into());
        }
        let detail = PublishingChanged { two_to_publish: true, proposal: None, proposed_by: None };
        let entry = NewEntry::new(Detail::PublishingChanged(detail), &permit);
        entry.write(&mut tx, now).await?;
        self.commit(tx).await
    }
}

/// What it is read by is what it was read by, and its risks are those that were accepted, and given; under the control lock.
async fn need_as_read(
    connection: &mut PgConnection,
    agent: &AgentLink,
    draft: &Draft,
    publication: &Publication,
) -> Result<Vec<Statement>> {
    let catalog = db::catalog::shop(connection).await?;
    if catalog.read_by(&agent.name)? != publication.read_by {
        return Err(Conflict::ChangedMeanwhile.into());
    }
    Ok(need_accepted(risk::risks(&draft.permissions, &catalog), &publication.accepted)?)
}

async fn lock(connection: &mut PgConnection, slug: &str, publication: &Publication) -> Result<Publishing> {
    let (agent, now) = agent_to_edit(connection, slug).await?;
    let draft = lock_seen(connection, &agent, publication.seen).await?;
    let in_force = db::versions::in_force(connection, agent.id).await?;
    Ok(Publishing { agent, now, draft, in_force })
}
