use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    id::{AgentId, HoldId, PersonId},
    view::{
        AgentLink,
        erasing::{HoldView, Kept},
    },
};
use sqlx::PgConnection;

use crate::error::{Result, corrupt};

/// What a hold is on.
#[derive(Clone, Copy)]
pub enum On<'a> {
    Agent(AgentId),
    Customer { mark: &'a str, id: &'a str },
}

pub struct NewHold<'a> {
    pub id: HoldId,
    pub on: On<'a>,
    pub why: &'a str,
    pub by: PersonId,
    pub until: Option<NaiveDate>,
    pub now: DateTime<Utc>,
}

/// `false`: its last day is over. The same for the same reason is a conflict.
pub async fn place(connection: &mut PgConnection, new: &NewHold<'_>) -> Result<bool> {
    let (agent, mark, id) = match new.on {
        On::Agent(agent) => (Some(agent.0), None, None),
        On::Customer { mark, id } => (None, Some(mark), Some(id)),
    };
    // What is over holds nothing, and is no reason not to hold the same again.
    sqlx::query!(
        r#"
        update holds
        set released_by = $3,
            released_at = $4,
            released_why = 'Its last day was over, and it was placed again.'
        where (agent_id = $1 or customer_folded = $2) and why = $5 and released_at is null and until < held_until()
        "#,
        agent,
        mark,
        new.by.0,
        new.now,
        new.why,
    )
    .execute(&mut *connection)
    .await?;
    let done = sqlx::query!(
        r#"
        insert into holds (id, agent_id, customer_folded, customer_id, why, placed_by, placed_at, until)
        select $1, $2, $3, $4, $5, $6, $7, $8
        from control
        where $8::date is null or $8 >= ($7::timestamptz at time zone time_zone)::date
        "#,
        new.id.0,
        agent,
        mark,
        id,
        new.why,
        new.by.0,
        new.now,
        new.until,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// `None`: nobody holds it any more. Gives whose it is, of an agent.
pub async fn release(
    connection: &mut PgConnection,
    id: HoldId,
    by: PersonId,
    now: DateTime<Utc>,
    why: &str,
) -> Result<Option<Option<AgentId>>> {
    let row = sqlx::query!(
        r#"
        update holds
        set released_by = $2,
            released_at = $3,
            released_why = $4
        where id = $1 and released_at is null
        returning agent_id
        "#,
        id.0,
        by.0,
        now,
        why,
    );
    Ok(row.fetch_optional(connection).await?.map(|row| row.agent_id.map(AgentId)))
}

/// Those that nobody has released, and the last 50 that somebody has, the newest first; at most 500 of the former.
pub async fn all(connection: &mut PgConnection) -> Result<Vec<HoldView>> {
    let rows = sqlx::query!(
        r#"
        select h.id as "id!",
            h.customer_id,
            h.why as "why!",
            h.placed_at as "placed_at!",
            h.until,
            h.until is null or h.until >= (select held_until()) as "is_open!",
            h.released_at,
            h.released_why,
            a.id as "agent_id?",
            a.slug as "slug?",
            a.name as "name?",
            p.name as "by!",
            r.name as "released_by?"
        from (
            (
                select *
                from holds
                where released_at is null
                order by placed_at desc, id desc
                limit 500
            ) union all (
                select *
                from holds
                where released_at is not null
                order by placed_at desc, id desc
                limit 50
            )
        ) h
        join people p on p.id = h.placed_by
        left join people r on r.id = h.released_by
        left join agents a on a.id = h.agent_id
        order by h.placed_at desc, h.id desc
        "#,
    );
    let read = rows.fetch_all(connection).await?.into_iter().map(|row| {
        let keeps = match (row.agent_id, row.slug, row.name) {
            (Some(id), Some(slug), Some(name)) => Kept::Agent(AgentLink { id: AgentId(id), slug, name }),
            _ => Kept::Customer(row.customer_id),
        };
        let released = match (row.released_by, row.released_at, row.released_why) {
            (Some(by), Some(at), Some(why)) => Some((by, at, why)),
            (None, None, None) => None,
            _ => return Err(corrupt("holds")),
        };
        Ok(HoldView {
            id: HoldId(row.id),
            keeps,
            why: row.why,
            by: row.by,
            at: row.placed_at,
            until: row.until,
            holds: row.is_open && released.is_none(),
            released,
        })
    });
    read.collect()
}
