use chrono::{DateTime, Utc};
use domain::{
    authoring::{
        draft::{DraftHead, DraftSeen, Origin, Proposal, ProposalRow, SEEN_SECONDS, Stamp},
        statement::Statement,
    },
    id::{AgentId, DraftId, PersonId},
    kept,
    permission::PermissionSet,
    view::{AgentLink, PersonLink},
};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Result, corrupt};

/// A draft, whole.
pub struct Draft {
    pub head: DraftHead,
    pub permissions: PermissionSet,
}

struct Row {
    id: Uuid,
    origin: Value,
    base_version: Option<i32>,
    revision: i32,
    body: Value,
    begun_by: Uuid,
    beginner: String,
    begun_at: DateTime<Utc>,
    changed_by: Uuid,
    changer: String,
    changed_at: DateTime<Utc>,
    proposed_by: Option<Uuid>,
    proposer: Option<String>,
    proposed_at: Option<DateTime<Utc>>,
    proposed_note: Option<String>,
    proposed_accepted: Option<Value>,
}

fn stamp(id: Uuid, name: String, at: DateTime<Utc>) -> Stamp {
    Stamp { by: PersonLink { id: PersonId(id), name }, at }
}

impl Row {
    fn read(self) -> Result<Draft> {
        let proposed = self.proposed_by.zip(self.proposer).zip(self.proposed_at);
        let said = self.proposed_note.zip(self.proposed_accepted);
        let proposal = match proposed.zip(said) {
            None => None,
            Some((((id, name), at), (note, accepted))) => {
                Some(Proposal { stamp: stamp(id, name, at), note, accepted: kept::read_all(accepted)? })
            }
        };
        let head = DraftHead {
            seen: DraftSeen { draft: DraftId(self.id), revision: self.revision },
            origin: kept::read(self.origin)?,
            base: self.base_version,
            begun: stamp(self.begun_by, self.beginner, self.begun_at),
            changed: stamp(self.changed_by, self.changer, self.changed_at),
            proposal,
        };
        Ok(Draft { head, permissions: kept::read(self.body)? })
    }
}

/// The open draft, not locked: for looking.
pub async fn open(connection: &mut PgConnection, agent: AgentId) -> Result<Option<Draft>> {
    let row = sqlx::query_as!(
        Row,
        r#"
        select d.id, d.origin, d.base_version, d.revision, d.body,
            d.begun_by, b.name as beginner, d.begun_at,
            d.changed_by, c.name as changer, d.changed_at,
            d.proposed_by, p.name as "proposer?", d.proposed_at, d.proposed_note, d.proposed_accepted
        from drafts d
        join people b on b.id = d.begun_by
        join people c on c.id = d.changed_by
        left join people p on p.id = d.proposed_by
        where d.agent_id = $1 and d.discarded_at is null
        "#,
        agent.0,
    );
    row.fetch_optional(connection).await?.map(Row::read).transpose()
}

/// Locks the open draft until the end of the transaction. Drafts are locked before control.
pub async fn open_for_update(connection: &mut PgConnection, agent: AgentId) -> Result<Option<Draft>> {
    let id =
        sqlx::query_scalar!("select id from drafts where agent_id = $1 and discarded_at is null for update", agent.0,);
    match id.fetch_optional(&mut *connection).await? {
        // Read once it is locked: who waited for the lock must see what the other did.
        Some(_) => open(connection, agent).await,
        None => Ok(None),
    }
}

/// The draft that was discarded last, locked; with who discarded it.
pub async fn discarded_for_update(connection: &mut PgConnection, agent: AgentId) -> Result<Option<DraftId>> {
    let id = sqlx::query_scalar!(
        r#"
        select id
        from drafts
        where agent_id = $1 and discarded_at is not null
        order by discarded_at desc
        limit 1
        for update
        "#,
        agent.0,
    );
    Ok(id.fetch_optional(connection).await?.map(DraftId))
}

/// Who discarded the draft that can be taken back, and when.
pub async fn discarded(connection: &mut PgConnection, agent: AgentId) -> Result<Option<Stamp>> {
    let row = sqlx::query!(
        r#"
        select p.id,
            p.name,
            d.discarded_at as "at!"
        from drafts d
        join people p on p.id = d.discarded_by
        where d.agent_id = $1 and d.discarded_at is not null
        order by d.discarded_at desc
        limit 1
        "#,
        agent.0,
    );
    Ok(row.fetch_optional(connection).await?.map(|row| stamp(row.id, row.name, row.at)))
}

pub struct NewDraft<'a> {
    pub id: DraftId,
    pub agent: AgentId,
    pub origin: &'a Origin,
    pub base: Option<i32>,
    pub permissions: &'a PermissionSet,
    pub by: PersonId,
}

/// `false`: somebody else has begun one meanwhile.
pub async fn insert(connection: &mut PgConnection, new: &NewDraft<'_>, now: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        insert into drafts (id, agent_id, origin, base_version, body, begun_by, begun_at, changed_by, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $6, $7)
        on conflict (agent_id) where discarded_at is null do nothing
        "#,
        new.id.0,
        new.agent.0,
        kept::write(new.origin)?,
        new.base,
        kept::write(new.permissions)?,
        new.by.0,
        now,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Changes the draft as it was seen, and withdraws its proposal; gives how far it has come.
pub async fn change(
    connection: &mut PgConnection,
    seen: DraftSeen,
    base: Option<i32>,
    permissions: &PermissionSet,
    by: PersonId,
    now: DateTime<Utc>,
) -> Result<DraftSeen> {
    let revision = sqlx::query_scalar!(
        r#"
        update drafts
        set body = $3,
            base_version = $4,
            revision = revision + 1,
            changed_by = $5,
            changed_at = $6,
            proposed_by = null,
            proposed_at = null,
            proposed_note = null,
            proposed_accepted = null
        where id = $1 and revision = $2 and discarded_at is null
        returning revision
        "#,
        seen.draft.0,
        seen.revision,
        kept::write(permissions)?,
        base,
        by.0,
        now,
    );
    let revision = revision.fetch_optional(&mut *connection).await?.ok_or(crate::error::Conflict::ChangedMeanwhile)?;
    super::runs::cancel_of(connection, seen.draft).await?;
    Ok(DraftSeen { revision, ..seen })
}

pub async fn propose(
    connection: &mut PgConnection,
    seen: DraftSeen,
    note: &str,
    accepted: &[Statement],
    by: PersonId,
    now: DateTime<Utc>,
) -> Result<()> {
    let done = sqlx::query!(
        r#"
        update drafts
        set proposed_by = $3,
            proposed_at = $4,
            proposed_note = $5,
            proposed_accepted = $6
        where id = $1 and revision = $2 and discarded_at is null
        "#,
        seen.draft.0,
        seen.revision,
        by.0,
        now,
        note,
        kept::write_all(accepted)?,
    );
    one(done.execute(connection).await?.rows_affected())
}

/// Every proposal that stands, the oldest first, at most 100.
pub async fn proposals(connection: &mut PgConnection) -> Result<Vec<ProposalRow>> {
    let rows = sqlx::query!(
        r#"
        select a.id as agent_id,
            a.slug,
            a.name as agent_name,
            p.id,
            p.name,
            d.proposed_at as "at!",
            d.proposed_note as "note!"
        from drafts d
        join agents a on a.id = d.agent_id and a.retired_at is null
        join people p on p.id = d.proposed_by
        where d.discarded_at is null
        order by d.proposed_at
        limit 100
        "#
    );
    let rows = rows.fetch_all(connection).await?;
    let read = rows.into_iter().map(|row| ProposalRow {
        agent: AgentLink { id: AgentId(row.agent_id), slug: row.slug, name: row.agent_name },
        stamp: stamp(row.id, row.name, row.at),
        note: row.note,
    });
    Ok(read.collect())
}

/// What every proposal says that stands.
pub async fn all_proposed(connection: &mut PgConnection) -> Result<Vec<(AgentLink, PermissionSet)>> {
    let rows = sqlx::query!(
        r#"
        select a.id,
            a.slug,
            a.name,
            d.body
        from drafts d
        join agents a on a.id = d.agent_id and a.retired_at is null
        where d.discarded_at is null and d.proposed_at is not null
        order by a.name, a.slug
        "#
    );
    let rows = rows.fetch_all(connection).await?;
    let link = |id, slug, name| AgentLink { id: AgentId(id), slug, name };
    rows.into_iter().map(|row| Ok((link(row.id, row.slug, row.name), kept::read(row.body)?))).collect()
}

pub async fn discard(connection: &mut PgConnection, id: DraftId, by: PersonId, now: DateTime<Utc>) -> Result<()> {
    let done = sqlx::query!(
        r#"
        update drafts
        set discarded_by = $2,
            discarded_at = $3
        where id = $1 and discarded_at is null
        "#,
        id.0,
        by.0,
        now,
    );
    one(done.execute(&mut *connection).await?.rows_affected())?;
    super::runs::forget_of(connection, id).await
}

/// Opens it again, as another revision that nobody has read or proposed: what it rests on could change meanwhile.
pub async fn take_back(connection: &mut PgConnection, id: DraftId) -> Result<()> {
    let done = sqlx::query!(
        r#"
        update drafts
        set discarded_by = null,
            discarded_at = null,
            revision = revision + 1,
            proposed_by = null,
            proposed_at = null,
            proposed_note = null,
            proposed_accepted = null
        where id = $1 and discarded_at is not null
        "#,
        id.0,
    );
    one(done.execute(connection).await?.rows_affected())
}

/// Forgets the discarded drafts of an agent, but for `keep`.
pub async fn forget_discarded(connection: &mut PgConnection, agent: AgentId, keep: Option<DraftId>) -> Result<()> {
    sqlx::query!(
        "delete from drafts where agent_id = $1 and discarded_at is not null and id is distinct from $2",
        agent.0,
        keep.map(|id| id.0),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes a draft that has become a version.
pub async fn remove(connection: &mut PgConnection, seen: DraftSeen) -> Result<()> {
    let done = sqlx::query!("delete from drafts where id = $1 and revision = $2", seen.draft.0, seen.revision);
    one(done.execute(&mut *connection).await?.rows_affected())?;
    super::runs::forget_of(connection, seen.draft).await
}

fn one(rows: u64) -> Result<()> {
    match rows {
        1 => Ok(()),
        0 => Err(crate::error::Conflict::ChangedMeanwhile.into()),
        _ => Err(corrupt("drafts of one id")),
    }
}

/// Marks somebody as looking.
pub async fn look(connection: &mut PgConnection, agent: AgentId, me: PersonId) -> Result<()> {
    sqlx::query!(
        r#"
        insert into draft_readers (agent_id, person_id, seen_at)
        values ($1, $2, told_now())
        on conflict (agent_id, person_id) do update
        set seen_at = excluded.seen_at
        "#,
        agent.0,
        me.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Who was seen looking a short while ago, without this person.
pub async fn others(connection: &mut PgConnection, agent: AgentId, me: PersonId) -> Result<Vec<Stamp>> {
    let rows = sqlx::query!(
        r#"
        select p.id,
            p.name,
            r.seen_at
        from draft_readers r
        join people p on p.id = r.person_id and p.disabled_at is null
        where r.agent_id = $1 and r.person_id <> $2 and r.seen_at > told_now() - make_interval(secs => $3)
        order by p.name
        "#,
        agent.0,
        me.0,
        f64::from(SEEN_SECONDS),
    );
    let rows = rows.fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| stamp(row.id, row.name, row.seen_at)).collect())
}
