use chrono::{DateTime, Utc};
use domain::{
    id::{AgentId, KeyId, PersonId},
    view::{AgentLink, KeyKind, KeyRow},
};
use sqlx::{PgConnection, PgPool};

use crate::error::{Result, corrupt};

pub async fn all(pool: &PgPool) -> Result<Vec<KeyRow>> {
    let rows = sqlx::query!(
        r#"
        select k.id,
            k.kind,
            k.label,
            k.prefix,
            k.created_at,
            k.revoked_at,
            p.name as "created_by?",
            a.id as agent_id,
            a.slug,
            a.name
        from keys k
        join agents a on a.id = k.agent_id
        left join people p on p.id = k.created_by
        order by k.revoked_at is not null, k.created_at desc
        limit 500
        "#
    );
    let mut keys = Vec::new();
    for row in rows.fetch_all(pool).await? {
        keys.push(KeyRow {
            id: KeyId(row.id),
            kind: KeyKind::parse(&row.kind).ok_or_else(|| corrupt("keys.kind"))?,
            agent: AgentLink { id: AgentId(row.agent_id), slug: row.slug, name: row.name },
            label: row.label,
            prefix: row.prefix,
            created_at: row.created_at,
            created_by: row.created_by,
            revoked_at: row.revoked_at,
        });
    }
    Ok(keys)
}

pub async fn insert(connection: &mut PgConnection, key: &KeyRow, hash: &[u8], by: Option<PersonId>) -> Result<()> {
    sqlx::query!(
        r#"
        insert into keys (id, kind, agent_id, label, prefix, hash, created_by, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        "#,
        key.id.0,
        key.kind.name(),
        key.agent.id.0,
        key.label,
        key.prefix,
        hash,
        by.map(|id| id.0),
        key.created_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn revoke(connection: &mut PgConnection, id: KeyId, now: DateTime<Utc>) -> Result<Option<(AgentId, String)>> {
    let row = sqlx::query!(
        "update keys set revoked_at = $2 where id = $1 and revoked_at is null returning agent_id, prefix",
        id.0,
        now,
    );
    Ok(row.fetch_optional(connection).await?.map(|row| (AgentId(row.agent_id), row.prefix)))
}
