use chrono::{DateTime, Utc};
use domain::{
    id::{PersonId, QueueId},
    view::{PersonLink, QueueView},
};
use sqlx::{PgConnection, PgExecutor, types::Json};

use crate::error::Result;

/// Queues with their members; `waiting` is filled in where it is needed.
pub async fn all(executor: impl PgExecutor<'_>, reader: Option<PersonId>) -> Result<Vec<QueueView>> {
    let rows = sqlx::query!(
        r#"
        select q.slug,
            q.name,
            coalesce(
                jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name) order by p.name) filter (where p.id is not null), '[]'
            ) as "members!: Json<Vec<PersonLink>>",
            coalesce(bool_or(p.id = $1), false) as "mine!"
        from queues q
        left join queue_members m on m.queue_id = q.id
        left join people p on p.id = m.person_id and p.disabled_at is null
        group by q.id
        order by q.name
        limit 200
        "#,
        reader.map(|id| id.0),
    );
    let rows = rows.fetch_all(executor).await?;
    let read = rows.into_iter().map(|row| QueueView {
        slug: row.slug,
        name: row.name,
        members: row.members.0,
        waiting: 0,
        mine: row.mine,
    });
    Ok(read.collect())
}

pub async fn exists(connection: &mut PgConnection, slug: &str) -> Result<bool> {
    let found = sqlx::query_scalar!(r#"select exists (select from queues where slug = $1) as "found!""#, slug);
    Ok(found.fetch_one(connection).await?)
}

pub async fn name(connection: &mut PgConnection, slug: &str) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!("select name from queues where slug = $1", slug).fetch_optional(connection).await?)
}

/// The queue that comes first among all, where there is one.
pub async fn first(connection: &mut PgConnection) -> Result<Option<String>> {
    let first = sqlx::query_scalar!("select slug from queues order by name, slug limit 1");
    Ok(first.fetch_optional(connection).await?)
}

pub async fn insert(connection: &mut PgConnection, id: QueueId, slug: &str, name: &str) -> Result<()> {
    sqlx::query!("insert into queues (id, slug, name) values ($1, $2, $3)", id.0, slug, name)
        .execute(connection)
        .await?;
    Ok(())
}

pub async fn rename(connection: &mut PgConnection, slug: &str, name: &str) -> Result<bool> {
    let done = sqlx::query!("update queues set name = $2 where slug = $1 and name <> $2", slug, name);
    Ok(done.execute(connection).await?.rows_affected() > 0)
}

pub async fn is_member(connection: &mut PgConnection, queue: &str, person: PersonId) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"
        select exists (
            select from queue_members m join queues q on q.id = m.queue_id where q.slug = $1 and m.person_id = $2
        ) as "found!"
        "#,
        queue,
        person.0,
    );
    Ok(found.fetch_one(connection).await?)
}

/// The queues that somebody is a member of.
pub async fn of_person(connection: &mut PgConnection, person: PersonId) -> Result<Vec<String>> {
    let found = sqlx::query_scalar!(
        "select q.slug from queue_members m join queues q on q.id = m.queue_id where m.person_id = $1 order by q.slug",
        person.0,
    );
    Ok(found.fetch_all(connection).await?)
}

/// Takes somebody out of all their queues; gives those.
pub async fn leave_all(connection: &mut PgConnection, person: PersonId) -> Result<Vec<String>> {
    let left = sqlx::query_scalar!(
        "delete from queue_members m using queues q where q.id = m.queue_id and m.person_id = $1 returning q.slug",
        person.0,
    );
    Ok(left.fetch_all(connection).await?)
}

/// `None` when there is no such queue or person, `false` when it was so already.
pub async fn set_member(
    connection: &mut PgConnection,
    queue: &str,
    person: PersonId,
    member: bool,
    now: DateTime<Utc>,
) -> Result<Option<bool>> {
    let found = sqlx::query!("select q.id from queues q, people p where q.slug = $1 and p.id = $2", queue, person.0,);
    let Some(found) = found.fetch_optional(&mut *connection).await? else { return Ok(None) };
    let done = if member {
        sqlx::query!(
            "insert into queue_members (queue_id, person_id, since) values ($1, $2, $3) on conflict do nothing",
            found.id,
            person.0,
            now,
        )
        .execute(connection)
        .await?
    } else {
        sqlx::query!("delete from queue_members where queue_id = $1 and person_id = $2", found.id, person.0)
            .execute(connection)
            .await?
    };
    Ok(Some(done.rows_affected() > 0))
}
