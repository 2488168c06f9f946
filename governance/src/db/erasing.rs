use chrono::{DateTime, Utc};
use domain::{
    id::{AgentId, EntryId},
    view::{AgentLink, erasing::CustomerView},
};
use sqlx::PgConnection;

use crate::error::Result;

/// What is kept of a customer, by their mark. `id` is as somebody has written it.
pub async fn of(connection: &mut PgConnection, mark: &str, id: &str, now: DateTime<Utc>) -> Result<CustomerView> {
    let row = sqlx::query!(
        r#"
        select r.requests as "requests!",
            r.erased as "erased!",
            r.open as "open!",
            r.first,
            r.last,
            array(
                select distinct customer_id from requests where customer_folded = $1 and customer_id is not null limit 10
            ) as "written!: Vec<String>",
            (select max(synced_at) from customers where customer_folded = $1) as synced_at,
            (
                select count(*)
                from requests q
                join feedback f on f.request_id = q.id
                where q.customer_folded = $1 and f.kind = 'complaint' and f.resolved_at is null
            ) as "complaints!",
            held(null, $1) or exists (
                select from (select distinct agent_id from requests where customer_folded = $1) a where held(a.agent_id, null)
            ) as "held!"
        from (
            select count(*) filter (where says_of_whom(q)) as requests,
                count(*) filter (where not says_of_whom(q)) as erased,
                count(*) filter (where state in ('waiting', 'approved')) as open,
                min(asked_at) filter (where customer_id is not null) as first,
                max(asked_at) filter (where customer_id is not null) as last
            from requests q
            where customer_folded = $1
        ) r
        "#,
        mark,
    );
    let row = row.fetch_one(&mut *connection).await?;
    let agents = sqlx::query_as!(
        Agent,
        r#"
        select id, slug, name
        from agents
        where id in (select agent_id from requests where customer_folded = $1 and customer_id is not null)
        order by name, id
        "#,
        mark,
    );
    let agents = agents.fetch_all(connection).await?.into_iter();
    let number = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(CustomerView {
        id: id.to_owned(),
        written: row.written,
        requests: number(row.requests),
        asked: row.first.zip(row.last),
        agents: agents.map(|agent| AgentLink { id: AgentId(agent.id), slug: agent.slug, name: agent.name }).collect(),
        open: number(row.open),
        complaints: number(row.complaints),
        synced_at: row.synced_at,
        erased: number(row.erased),
        held: row.held,
        now,
    })
}

struct Agent {
    id: uuid::Uuid,
    slug: String,
    name: String,
}

/// Locks the requests that `erase` would erase, so that nothing becomes of them meanwhile.
pub async fn lock(connection: &mut PgConnection, mark: &str, most: i32) -> Result<()> {
    sqlx::query!(
        r#"
        select id
        from requests
        where customer_folded = $1 and says_of_whom(requests)
        order by asked_at
        limit $2
        for update
        "#,
        mark,
        i64::from(most),
    )
    .fetch_all(connection)
    .await?;
    Ok(())
}

/// Erases what the entry says, which this transaction has written.
pub async fn erase(connection: &mut PgConnection, mark: &str, entry: EntryId, most: i32) -> Result<()> {
    sqlx::query!(r#"select erase_customer($1, $2, $3) as "erased!: ()""#, mark, entry.0, most)
        .execute(connection)
        .await?;
    Ok(())
}
