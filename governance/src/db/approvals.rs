use std::collections::HashMap;

use domain::{
    approval::Given,
    id::{AgentId, PersonId, RequestId},
    standing::Yes,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{answer::Vote, control::Control, error::Result};

pub struct NewApproval<'a> {
    pub request: RequestId,
    pub digest: &'a [u8],
    pub epoch: i64,
    pub given: &'a Given,
}

/// Writes a yes in each of its queues; said again in one, it is given now.
pub async fn insert(connection: &mut PgConnection, new: &NewApproval<'_>) -> Result<()> {
    sqlx::query!(
        r#"
        insert into approvals (request_id, person_id, digest, epoch, queue, note, at)
        select $1, $2, $3, $4, queue, $6, $7
        from unnest($5::text[]) as queue
        on conflict (request_id, person_id, digest, epoch, queue) do update
        set note = excluded.note,
            at = excluded.at
        "#,
        new.request.0,
        new.given.by.0,
        new.digest,
        new.epoch,
        &new.given.queues.iter().cloned().collect::<Vec<_>>(),
        new.given.note,
        new.given.at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes back every yes that was given to this of a request; the record keeps them.
pub async fn forget(connection: &mut PgConnection, request: RequestId, digest: &[u8]) -> Result<()> {
    sqlx::query!("delete from approvals where request_id = $1 and digest = $2", request.0, digest)
        .execute(connection)
        .await?;
    Ok(())
}

/// Every yes that was given to these requests; which of them count, `domain::standing` says.
pub async fn of(connection: &mut PgConnection, requests: &[RequestId]) -> Result<HashMap<RequestId, Vec<Yes>>> {
    if requests.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        r#"
        select request_id, person_id, digest, epoch, queue, at, note
        from approvals
        where request_id = any ($1)
        order by at
        "#,
        &requests.iter().map(|id| id.0).collect::<Vec<_>>(),
    );
    let mut yeses: HashMap<RequestId, Vec<Yes>> = HashMap::new();
    for row in rows.fetch_all(connection).await? {
        let given = Given { by: PersonId(row.person_id), queues: [row.queue].into(), at: row.at, note: row.note };
        let yes = Yes { given, digest: row.digest, epoch: row.epoch };
        yeses.entry(RequestId(row.request_id)).or_default().push(yes);
    }
    Ok(yeses)
}

pub async fn of_one(connection: &mut PgConnection, request: RequestId) -> Result<Vec<Yes>> {
    Ok(of(connection, &[request]).await?.remove(&request).unwrap_or_default())
}

/// To how much that is open somebody has given a yes that counts: in a queue, and in all of theirs
/// together; of more than 100,000 that are open, some.
pub async fn counting(
    connection: &mut PgConnection,
    control: &Control,
) -> Result<HashMap<(Option<String>, PersonId), u32>> {
    let agents: Vec<AgentId> = control.agents.keys().copied().collect();
    let epochs: Vec<i64> = agents.iter().map(|agent| control.epoch(*agent)).collect();
    let rows = sqlx::query!(
        r#"
        select v.person_id as "person_id!",
            q.slug as "queue?",
            count(distinct r.id) as "count!"
        from (
            select id, agent_id, digest from requests where state in ('waiting', 'approved') limit 100000
        ) r
        join unnest($1::uuid[], $2::bigint[]) as a (id, epoch) on a.id = r.agent_id
        join approvals v on v.request_id = r.id and v.digest = r.digest and v.epoch = a.epoch
        join queues q on q.slug = v.queue
        join queue_members m on m.queue_id = q.id and m.person_id = v.person_id and m.since <= v.at
        group by grouping sets ((v.person_id, q.slug), (v.person_id))
        "#,
        &agents.iter().map(|agent| agent.0).collect::<Vec<Uuid>>(),
        &epochs,
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    Ok(rows.map(|row| ((row.queue, PersonId(row.person_id)), u32::try_from(row.count).unwrap_or(u32::MAX))).collect())
}

/// To how much that is open somebody has given a yes that counts by all but whether they may decide; of their newest
/// 10,000.
pub async fn undone(connection: &mut PgConnection, control: &Control, person: PersonId) -> Result<u32> {
    let agents: Vec<AgentId> = control.agents.keys().copied().collect();
    let epochs: Vec<i64> = agents.iter().map(|agent| control.epoch(*agent)).collect();
    let count = sqlx::query_scalar!(
        r#"
        select count(distinct r.id) as "count!"
        from (
            select request_id, digest, epoch, queue, at
            from approvals
            where person_id = $1 and open
            order by request_id desc
            limit 10000
        ) v
        join requests r on r.id = v.request_id and r.digest = v.digest and r.state in ('waiting', 'approved')
        join unnest($2::uuid[], $3::bigint[]) as a (id, epoch) on a.id = r.agent_id and a.epoch = v.epoch
        join queues q on q.slug = v.queue
        join queue_members m on m.queue_id = q.id and m.person_id = $1 and m.since <= v.at
        "#,
        person.0,
        &agents.iter().map(|agent| agent.0).collect::<Vec<Uuid>>(),
        &epochs,
    );
    Ok(u32::try_from(count.fetch_one(connection).await?).unwrap_or(u32::MAX))
}

/// Who decided last, and what.
pub async fn who_decided(connection: &mut PgConnection, request: RequestId) -> Result<Option<(String, String)>> {
    let row = sqlx::query!(
        r#"
        select coalesce(p.name, a.name, 'Reins') as "by!",
            e.kind
        from entries e
        left join people p on e.actor_kind = 'person' and p.id = e.actor_id
        left join agents a on e.actor_kind = 'agent' and a.id = e.actor_id
        where e.request_id = $1 and e.kind in ('approved', 'rejected', 'expired', 'cancelled')
        order by e.at desc, e.id desc
        limit 1
        "#,
        request.0,
    );
    Ok(row.fetch_optional(connection).await?.map(|row| (row.by, row.kind)))
}

/// Who decided what and why, for the agent that follows.
pub async fn votes(connection: &mut PgConnection, request: RequestId) -> Result<Vec<Vote>> {
    let rows = sqlx::query!(
        r#"
        select coalesce(p.name, 'Reins') as "by!",
            e.kind,
            e.at,
            coalesce(b.body::jsonb ->> 'note', b.body::jsonb ->> 'reason', '') as "note!",
            array(select jsonb_array_elements_text(coalesce(e.detail -> 'queues', '[]'))) as "queues!"
        from entries e
        left join people p on e.actor_kind = 'person' and p.id = e.actor_id
        left join personal b on b.entry_id = e.id
        where e.request_id = $1 and e.kind in ('approved', 'changed', 'rejected', 'expired', 'escalated')
        order by e.at, e.id
        limit 100
        "#,
        request.0,
    );
    let rows = rows.fetch_all(connection).await?;
    let read =
        rows.into_iter().map(|row| Vote { by: row.by, what: row.kind, at: row.at, note: row.note, queues: row.queues });
    Ok(read.collect())
}
