use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    as_one::AsOne,
    id::PersonId,
    role::{Capability, Role},
    view::{
        Me,
        people::{KnownTo, PersonRow},
    },
};
use sqlx::{PgConnection, PgExecutor, PgPool};

use crate::error::{Result, corrupt};

fn role(name: &str) -> Result<Role> {
    Role::parse(name).ok_or_else(|| corrupt("people.role"))
}

pub async fn me(executor: impl PgExecutor<'_>, id: PersonId) -> Result<Option<Me>> {
    let row = sqlx::query!("select id, name, email, role from people where id = $1 and disabled_at is null", id.0);
    let row = row.fetch_optional(executor).await?;
    row.map(|row| Ok(Me { id: PersonId(row.id), name: row.name, email: row.email, role: role(&row.role)? })).transpose()
}

pub async fn for_sign_in(pool: &PgPool, email: &str) -> Result<Option<(Me, String)>> {
    let row = sqlx::query!(
        "select id, name, email, role, password_hash from people where lower(email) = $1 and disabled_at is null",
        email,
    );
    let row = row.fetch_optional(pool).await?;
    row.map(|row| {
        let me = Me { id: PersonId(row.id), name: row.name, email: row.email, role: role(&row.role)? };
        Ok((me, row.password_hash))
    })
    .transpose()
}

/// The hash of somebody's password; `None` when they may no longer sign in.
pub async fn password(pool: &PgPool, id: PersonId) -> Result<Option<String>> {
    let hash = sqlx::query_scalar!("select password_hash from people where id = $1 and disabled_at is null", id.0);
    Ok(hash.fetch_optional(pool).await?)
}

/// `false` when it is not the old one any more, or they may no longer sign in. Who else knew the old one may have chosen
/// the new one.
pub async fn replace_password(
    connection: &mut PgConnection,
    id: PersonId,
    old: &str,
    new: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        update people
        set password_hash = $3, own_since = $4
        where id = $1 and password_hash = $2 and disabled_at is null
        "#,
        id.0,
        old,
        new,
        now,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

pub async fn has_admin(executor: impl PgExecutor<'_>) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"select exists (select from people where role = 'admin' and disabled_at is null) as "found!""#
    );
    Ok(found.fetch_one(executor).await?)
}

/// The admins who may sign in; of those who count as one person, one.
pub async fn admins_apart(connection: &mut PgConnection) -> Result<BTreeSet<PersonId>> {
    let as_one = as_one(connection).await?;
    let admins = sqlx::query_scalar!("select id from people where role = 'admin' and disabled_at is null");
    let admins = admins.fetch_all(connection).await?;
    Ok(admins.into_iter().map(|id| as_one.of(PersonId(id))).collect())
}

/// `reader` is who may confirm the passwords of others.
pub async fn all(connection: &mut PgConnection, reader: Option<PersonId>) -> Result<Vec<PersonRow>> {
    let as_one = as_one(connection).await?;
    let rows = sqlx::query!(
        r#"
        select p.id,
            p.name,
            p.email,
            p.role,
            p.disabled_at,
            p.own_since,
            k.name as "known_to?",
            array(
                select q.slug from queue_members m join queues q on q.id = m.queue_id
                where m.person_id = p.id order by q.slug
            ) as "queues!"
        from people p
        left join people k on k.id = p.password_by
        order by p.disabled_at is not null, p.name
        limit 1000
        "#
    );
    let mut people = Vec::new();
    for row in rows.fetch_all(connection).await? {
        let may_confirm = reader.is_some_and(|reader| as_one.are_two(reader, PersonId(row.id)));
        let known_to = row.known_to.map(|by| KnownTo { by, own_since: row.own_since, may_confirm });
        people.push(PersonRow {
            id: PersonId(row.id),
            name: row.name,
            email: row.email,
            role: role(&row.role)?,
            disabled_at: row.disabled_at,
            queues: row.queues,
            known_to,
        });
    }
    Ok(people)
}

/// The name and address of everybody else who is or was here.
pub async fn others(connection: &mut PgConnection, id: PersonId) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query!("select name, email from people where id <> $1", id.0).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.name, row.email)).collect())
}

/// `by` has chosen the password, if they did not choose it themselves.
pub async fn insert(
    connection: &mut PgConnection,
    me: &Me,
    hash: &str,
    by: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        insert into people (id, email, name, password_hash, password_by, role, created_at, decides_since)
        values ($1, $2, $3, $4, $5, $6, $7, $7)
        "#,
        me.id.0,
        me.email,
        me.name,
        hash,
        by.map(|by| by.0),
        me.role.name(),
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A change of a person, of what was seen.
pub enum Edit {
    Role {
        seen: Role,
        role: Role,
    },
    Disable,
    Enable {
        disabled_at: DateTime<Utc>,
    },
    /// Another one's hash, and who has chosen it.
    Password {
        hash: String,
        by: Option<PersonId>,
    },
}

/// The roles that decide.
pub fn deciding() -> Vec<&'static str> {
    Role::ALL.into_iter().filter(|role| role.can(Capability::Decide)).map(Role::name).collect()
}

/// `false` when the person is not as it was seen.
pub async fn edit(connection: &mut PgConnection, id: PersonId, edit: &Edit, now: DateTime<Utc>) -> Result<bool> {
    let done = match edit {
        Edit::Role { seen, role } => {
            let update = sqlx::query!(
                r#"
                update people
                set role = $2,
                    decides_since = case when role = any ($4) then decides_since else $5 end
                where id = $1 and role = $3 and role <> $2
                "#,
                id.0,
                role.name(),
                seen.name(),
                &deciding() as &[&str],
                now,
            );
            update.execute(connection).await?
        }
        Edit::Disable => {
            sqlx::query!("update people set disabled_at = $2 where id = $1 and disabled_at is null", id.0, now)
                .execute(connection)
                .await?
        }
        Edit::Password { hash, by } => {
            // Whoever is signed in as the person chooses their own.
            let update = sqlx::query!(
                r#"
                update people
                set password_hash = $2,
                    password_by = case when id = $3 then password_by else $3 end,
                    own_since = case when id = $3 then $4::timestamptz end
                where id = $1
                "#,
                id.0,
                hash,
                by.map(|by| by.0),
                now,
            );
            update.execute(connection).await?
        }
        Edit::Enable { disabled_at } => {
            let update = sqlx::query!(
                r#"
                update people
                set disabled_at = null,
                    decides_since = $2
                where id = $1 and disabled_at = $3
                "#,
                id.0,
                now,
                disabled_at,
            );
            update.execute(connection).await?
        }
    };
    Ok(done.rows_affected() == 1)
}

/// What somebody is, and whether they may sign in.
pub struct Found {
    pub role: Role,
    pub disabled_at: Option<DateTime<Utc>>,
}

pub async fn find(connection: &mut PgConnection, id: PersonId) -> Result<Option<Found>> {
    let row = sqlx::query!("select role, disabled_at from people where id = $1", id.0);
    let row = row.fetch_optional(connection).await?;
    row.map(|row| Ok(Found { role: role(&row.role)?, disabled_at: row.disabled_at })).transpose()
}

/// Who counts as one person, as one of them may know the other's password.
pub async fn as_one(connection: &mut PgConnection) -> Result<AsOne> {
    let rows = sqlx::query!(r#"select id, password_by as "by!" from people where password_by is not null"#);
    let rows = rows.fetch_all(connection).await?;
    Ok(AsOne::new(rows.into_iter().map(|row| (PersonId(row.id), PersonId(row.by)))))
}

/// Nobody else knows the password that somebody has chosen since then; `false` where they have another one by now.
pub async fn confirm_password(connection: &mut PgConnection, id: PersonId, own_since: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        "update people set password_by = null where id = $1 and own_since = $2 and password_by is not null",
        id.0,
        own_since,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Who may release what is stopped, by name, at most 10.
pub async fn releasers(connection: &mut PgConnection) -> Result<Vec<String>> {
    let roles: Vec<&str> = Role::ALL.into_iter().filter(|role| role.can(Capability::Release)).map(Role::name).collect();
    let names = sqlx::query_scalar!(
        "select name from people where role = any ($1) and disabled_at is null order by role desc, name limit 10",
        &roles as &[&str],
    );
    Ok(names.fetch_all(connection).await?)
}

/// Adds to the counts of this minute, by kind and source.
pub async fn add_attempts(pool: &PgPool, counts: &HashMap<(&str, String), i32>) -> Result<()> {
    sqlx::query!(
        r#"
        insert into attempts as a (minute, kind, source, count)
        select date_trunc('minute', told_now()), kind, source, count
        from unnest($1::text[], $2::text[], $3::int[]) as n (kind, source, count)
        order by kind, source
        on conflict (kind, source, minute) do update set count = a.count + excluded.count
        "#,
        &counts.keys().map(|(kind, _)| *kind).collect::<Vec<_>>() as &[&str],
        &counts.keys().map(|(_, source)| source.as_str()).collect::<Vec<_>>() as &[&str],
        &counts.values().copied().collect::<Vec<_>>(),
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Forgets at most 1,000 counts of 30 days ago; gives how many.
pub async fn forget_old_attempts(pool: &PgPool) -> Result<u64> {
    let done = sqlx::query!(
        r#"
        delete from attempts
        where (kind, source, minute) in (
            select kind, source, minute from attempts where minute < told_now() - interval '30 days' limit 1000
        )
        "#
    );
    Ok(done.execute(pool).await?.rows_affected())
}
