//! Where drafts come from: what is in force, an older version, a starting point, a file.

use chrono::{DateTime, Utc};
use domain::{
    agent_file::AgentFile,
    authoring::draft::{DraftSeen, Origin},
    entry::{AgentImported, Detail, DraftBegun, Name},
    id::DraftId,
    money::Money,
    permission::PermissionSet,
    role::Capability,
    view::AgentLink,
};
use serde_json::json;
use sqlx::PgConnection;

use super::{agent_to_edit, need_room, need_seen};
use crate::{
    Actor, Error, Governance, Result,
    catalog::{
        apply::{Known, put_catalog},
        changes::meaning::InForce,
    },
    db::{self, drafts::NewDraft},
    entry::NewEntry,
    error::corrupt,
    id,
    permissions::starting_points::StartingPoint,
    permit::Permit,
};

impl Governance {
    /// Begins a draft that brings an older version back. An open draft, which has to be the one that was seen, is
    /// discarded.
    pub async fn restore_version(
        &self,
        actor: &Actor,
        slug: &str,
        version: i32,
        open: Option<DraftSeen>,
    ) -> Result<DraftSeen> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let (agent, now) = agent_to_edit(&mut tx, slug).await?;
        let (_, permissions) = db::versions::find(&mut tx, agent.id, version).await?.ok_or(Error::NotFound)?;

        let seen = begin(&mut tx, &permit, &agent, &Origin::Version { version }, &permissions, open, now).await?;
        self.commit(tx).await?;
        Ok(seen)
    }

    /// Begins a draft from a starting point, and adds what it names and the shop does not have; what the shop has stays as
    /// it is. Amounts come in the currency of `worth_over`, above which a customer counts as valued.
    pub async fn begin_from_starting_point(
        &self,
        actor: &Actor,
        slug: &str,
        point: &str,
        worth_over: Money,
        open: Option<DraftSeen>,
    ) -> Result<DraftSeen> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let file = file_of(point, worth_over)?;
        let mut tx = self.0.controls.begin_with(db::begin::BEGIN).await?;
        let (agent, _) = agent_to_edit(&mut tx, slug).await?;
        // The draft before control, as everywhere.
        db::drafts::open_for_update(&mut tx, agent.id).await?;
        db::control::lock_exclusive(&mut tx).await?;
        let now = db::control::raise_revision(&mut tx).await?;

        let seen = start_from(&mut tx, &permit, &agent, point, &file, open, now).await?;
        self.commit(tx).await?;
        Ok(seen)
    }
}

pub(crate) fn file_of(point: &str, worth_over: Money) -> Result<AgentFile> {
    let point = StartingPoint::find(point).ok_or(Error::NotFound)?;
    point.file(worth_over).map_err(|_| corrupt("a starting point"))
}

/// Begins a draft from a starting point that was read, under the control lock.
pub(crate) async fn start_from(
    connection: &mut PgConnection,
    permit: &Permit,
    agent: &AgentLink,
    point: &str,
    file: &AgentFile,
    open: Option<DraftSeen>,
    now: DateTime<Utc>,
) -> Result<DraftSeen> {
    // Nobody has accepted that permissions in force mean something else: what would, stays away, and the draft says so.
    let in_force = InForce::load(connection).await?;
    let mut harmless = in_force.without_meaning(file);
    harmless.call_apart(&in_force.catalog);
    let added = put_catalog(connection, &harmless, Known::Leave, permit.person()?, now).await?;
    if !added.is_empty() {
        let detail = Detail::AgentImported(AgentImported { starting_point: Some(Name::of(point)) });
        let entry = NewEntry::new(detail, permit).agent(agent.id);
        entry.personal(json!({ "changes": added }))?.write(connection, now).await?;
    }
    let origin = Origin::StartingPoint { name: point.to_owned() };
    begin(connection, permit, agent, &origin, &file.permissions, open, now).await
}

/// Begins a draft in the place of the open one, which has to be the one that was seen.
pub(crate) async fn begin(
    connection: &mut PgConnection,
    permit: &Permit,
    agent: &AgentLink,
    origin: &Origin,
    permissions: &PermissionSet,
    open: Option<DraftSeen>,
    now: DateTime<Utc>,
) -> Result<DraftSeen> {
    need_room(permissions)?;
    let replaced = need_seen(db::drafts::open_for_update(connection, agent.id).await?, open)?;
    if let Some(draft) = &replaced {
        db::drafts::forget_discarded(connection, agent.id, None).await?;
        db::drafts::discard(connection, draft.head.seen.draft, permit.person()?, now).await?;
    }
    let base = db::versions::published(connection, agent.id).await?.map(|(version, _)| version);
    if insert(connection, permit, agent, origin, base, permissions, now).await? {
        let draft = db::drafts::open(connection, agent.id).await?;
        return draft.map(|draft| draft.head.seen).ok_or_else(|| crate::Conflict::ChangedMeanwhile.into());
    }
    // Somebody has begun one just now.
    need_seen(db::drafts::open(connection, agent.id).await?, None)?;
    Err(crate::Conflict::ChangedMeanwhile.into())
}

/// `false`: somebody else has begun one meanwhile, and nothing was done.
pub(super) async fn insert(
    connection: &mut PgConnection,
    permit: &Permit,
    agent: &AgentLink,
    origin: &Origin,
    base: Option<i32>,
    permissions: &PermissionSet,
    now: DateTime<Utc>,
) -> Result<bool> {
    let id = DraftId(id::next());
    let new = NewDraft { id, agent: agent.id, origin, base, permissions, by: permit.person()? };
    if !db::drafts::insert(connection, &new, now).await? {
        return Ok(false);
    }
    let (from, version, starting_point) = match origin {
        Origin::Nothing => ("nothing", None, None),
        Origin::Published { version } => ("published", Some(*version), None),
        Origin::Version { version } => ("version", Some(*version), None),
        Origin::StartingPoint { name } => ("starting_point", None, Some(Name::of(name))),
        Origin::File => ("file", None, None),
    };
    let detail = DraftBegun { draft: id, base, from: Name::of(from), version, starting_point };
    NewEntry::new(Detail::DraftBegun(detail), permit).agent(agent.id).write(connection, now).await?;
    Ok(true)
}
