use chrono::{DateTime, Utc};
use domain::{
    able::apart,
    action::{ActionType, DataSet, Sensitivity, WordLists},
    authoring::draft::Stamp,
    catalog::{Catalog, Queue},
    id::PersonId,
    kept,
    role::{Capability, Role},
    view::{PersonLink, catalog::RevisionRow},
};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Result, corrupt};

pub async fn action(connection: &mut PgConnection, name: &str) -> Result<Option<(i32, ActionType)>> {
    let row =
        sqlx::query!("select revision, body from action_types where name = $1 order by revision desc limit 1", name,);
    let row = row.fetch_optional(connection).await?;
    row.map(|row| Ok((row.revision, kept::read(row.body)?))).transpose()
}

pub async fn add_action(
    connection: &mut PgConnection,
    revision: i32,
    action: &ActionType,
    by: PersonId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into action_types (name, revision, body, added_at, added_by) values ($1, $2, $3, $4, $5)",
        action.name,
        revision,
        kept::write(action)?,
        now,
        by.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// `true` when this changed something.
pub async fn put_data_set(connection: &mut PgConnection, set: &DataSet) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        insert into data_sets as d (name, label, sensitivity)
        values ($1, $2, $3)
        on conflict (name) do update
        set label = excluded.label,
            sensitivity = excluded.sensitivity
        where (d.label, d.sensitivity) is distinct from (excluded.label, excluded.sensitivity)
        "#,
        set.name,
        set.label,
        set.sensitivity.name(),
    );
    Ok(done.execute(connection).await?.rows_affected() > 0)
}

/// `true` when this changed something.
pub async fn put_words(connection: &mut PgConnection, topic: &str, words: &[String]) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        insert into word_lists as w (topic, words)
        values ($1, $2)
        on conflict (topic) do update
        set words = excluded.words
        where w.words is distinct from excluded.words
        "#,
        topic,
        words,
    );
    Ok(done.execute(connection).await?.rows_affected() > 0)
}

/// The shop has no words for the topic any more.
pub async fn remove_words(connection: &mut PgConnection, topic: &str) -> Result<()> {
    sqlx::query!("delete from word_lists where topic = $1", topic).execute(connection).await?;
    Ok(())
}

struct Row {
    revision: i32,
    body: Value,
    added_at: DateTime<Utc>,
    added_by: Uuid,
    name: String,
}

impl Row {
    fn read(self) -> Result<RevisionRow> {
        Ok(RevisionRow {
            revision: self.revision,
            action: kept::read(self.body)?,
            changed: Stamp { by: PersonLink { id: PersonId(self.added_by), name: self.name }, at: self.added_at },
        })
    }
}

/// Every action type as it is now, by name; without what is built in.
pub async fn actions(connection: &mut PgConnection) -> Result<Vec<RevisionRow>> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select a.revision as "revision!", a.body as "body!", a.added_at as "added_at!", a.added_by as "added_by!",
            p.name as "name!"
        from (select distinct on (name) * from action_types order by name, revision desc) a
        join people p on p.id = a.added_by
        order by a.name
        "#
    );
    rows.fetch_all(connection).await?.into_iter().map(Row::read).collect()
}

/// How an action type was, the newest first, at most 100.
pub async fn revisions(connection: &mut PgConnection, name: &str) -> Result<Vec<RevisionRow>> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select a.revision, a.body, a.added_at, a.added_by, p.name
        from action_types a
        join people p on p.id = a.added_by
        where a.name = $1
        order by a.revision desc
        limit 100
        "#,
        name,
    );
    rows.fetch_all(connection).await?.into_iter().map(Row::read).collect()
}

/// Every data set, by name.
pub async fn data_sets(connection: &mut PgConnection) -> Result<Vec<DataSet>> {
    let rows = sqlx::query!("select name, label, sensitivity from data_sets order by name");
    let read = rows.fetch_all(connection).await?.into_iter().map(|row| {
        let sensitivity = Sensitivity::parse(&row.sensitivity).ok_or_else(|| corrupt("data_sets.sensitivity"))?;
        Ok(DataSet { name: row.name, label: row.label, sensitivity })
    });
    read.collect()
}

/// `false`: it is there already, or it is not as it was seen.
pub async fn change_data_set(connection: &mut PgConnection, set: &DataSet, seen: Option<&DataSet>) -> Result<bool> {
    let done = match seen {
        None => {
            let insert = sqlx::query!(
                "insert into data_sets (name, label, sensitivity) values ($1, $2, $3) on conflict do nothing",
                set.name,
                set.label,
                set.sensitivity.name(),
            );
            insert.execute(connection).await?
        }
        Some(seen) => {
            let update = sqlx::query!(
                r#"
                update data_sets
                set label = $2,
                    sensitivity = $3
                where name = $1 and label = $4 and sensitivity = $5
                "#,
                set.name,
                set.label,
                set.sensitivity.name(),
                seen.label,
                seen.sensitivity.name(),
            );
            update.execute(connection).await?
        }
    };
    Ok(done.rows_affected() == 1)
}

/// All that a permission set can name.
pub async fn shop(connection: &mut PgConnection) -> Result<Catalog> {
    let known = actions(connection).await?.into_iter().map(|row| row.action);
    Ok(Catalog {
        actions: known.chain([ActionType::data_read()]).collect(),
        data_sets: data_sets(connection).await?,
        queues: apart(&queues(connection).await?, &super::control::as_one(connection).await?),
        integrations: super::integrations::heads(connection).await?,
        word_lists: word_lists(connection).await?,
        knows_customers: Some(knows_customers(connection).await?),
    })
}

async fn knows_customers(connection: &mut PgConnection) -> Result<bool> {
    let found = sqlx::query_scalar!(r#"select exists (select from customers) as "found!""#);
    Ok(found.fetch_one(connection).await?)
}

/// Every queue, by name, with its members who can decide.
pub async fn queues(connection: &mut PgConnection) -> Result<Vec<Queue>> {
    let deciding = Role::ALL.into_iter().filter(|role| role.can(Capability::Decide));
    let rows = sqlx::query!(
        r#"
        select q.slug,
            q.name,
            array_agg(p.id) filter (where p.id is not null) as "able?: Vec<Uuid>"
        from queues q
        left join queue_members m on m.queue_id = q.id
        left join people p on p.id = m.person_id and p.disabled_at is null and p.role = any ($1)
        group by q.id
        order by q.name
        "#,
        &deciding.map(|role| role.name().to_owned()).collect::<Vec<_>>(),
    );
    let rows = rows.fetch_all(connection).await?;
    let able = |ids: Option<Vec<Uuid>>| Some(ids.unwrap_or_default().into_iter().map(PersonId).collect());
    Ok(rows.into_iter().map(|row| Queue { slug: row.slug, name: row.name, able: able(row.able) }).collect())
}

/// The brand's words, by topic.
pub async fn word_lists(connection: &mut PgConnection) -> Result<WordLists> {
    let rows = sqlx::query!("select topic, words from word_lists").fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.topic, row.words)).collect())
}
