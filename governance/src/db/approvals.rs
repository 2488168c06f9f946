use domain::{
    approval::Given,
    id::{PersonId, RequestId},
};
use sqlx::PgConnection;

use crate::{Vote, error::Result};

pub struct NewApproval<'a> {
    pub request: RequestId,
    pub digest: &'a [u8],
    pub epoch: i64,
    pub given: &'a Given,
}

pub async fn insert(connection: &mut PgConnection, new: &NewApproval<'_>) -> Result<()> {
    sqlx::query!(
        r#"
        insert into approvals (request_id, person_id, digest, epoch, queues, note, at)
        values ($1, $2, $3, $4, $5, $6, $7)
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

/// The approvals that count: of this very request, given since the last stop, by people who may still sign in.
pub async fn given(connection: &mut PgConnection, request: RequestId, digest: &[u8], epoch: i64) -> Result<Vec<Given>> {
    let rows = sqlx::query!(
        r#"
        select a.person_id,
            a.queues,
            a.at,
            a.note
        from approvals a
        join people p on p.id = a.person_id
        where a.request_id = $1 and a.digest = $2 and a.epoch = $3 and p.disabled_at is null
        order by a.at
        "#,
        request.0,
        digest,
        epoch,
    );
    let rows = rows.fetch_all(connection).await?;
    let read = rows.into_iter().map(|row| Given {
        by: PersonId(row.person_id),
        queues: row.queues.into_iter().collect(),
        at: row.at,
        note: row.note,
    });
    Ok(read.collect())
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
            coalesce(b.body ->> 'note', b.body ->> 'reason', '') as "note!",
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
