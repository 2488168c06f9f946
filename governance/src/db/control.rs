use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    action::{ActionType, WordLists},
    agent::Tightening,
    as_one::AsOne,
    clock::Span,
    decision::Prepared,
    facts::Words,
    id::{AgentId, PersonId, TighteningId},
    kept,
    sentence::Names,
    standing::Members,
    view::{AgentLink, KeyKind},
};
use sqlx::{PgConnection, PgPool};

use crate::{
    control::{AgentControl, Control, KeyControl, Revision, with_built_ins},
    db::{phases, schema},
    error::Result,
    id::told,
};

/// The one advisory key of all control changes.
pub const CONTROL_LOCK: i64 = 90_457_536_090_880;

pub struct Head {
    pub revision: Revision,
    pub stop_epoch: i64,
    pub secret: Vec<u8>,
    pub now: DateTime<Utc>,
}

pub async fn lock_exclusive(connection: &mut PgConnection) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock($1)", CONTROL_LOCK).execute(connection).await?;
    Ok(())
}

/// Until the end of the transaction, no control state changes; decisions go on.
pub async fn lock_shared(connection: &mut PgConnection) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock_shared($1)", CONTROL_LOCK).execute(connection).await?;
    Ok(())
}

/// An error where the schema has left this program behind.
pub async fn head(connection: &mut PgConnection) -> Result<Head> {
    let row = sqlx::query!(
        r#"
        select revision,
            nonce,
            stop_epoch,
            grant_secret as secret,
            least_version,
            told(control) as "now!"
        from control
        "#
    );
    let row = row.fetch_one(connection).await?;
    schema::need_version(row.least_version)?;
    let revision = Revision { number: row.revision, nonce: row.nonce };
    Ok(Head { revision, stop_epoch: row.stop_epoch, secret: row.secret, now: told(row.now) })
}

/// Makes what is in memory, here and on every other replica, out of date; gives the time.
pub async fn raise_revision(connection: &mut PgConnection) -> Result<DateTime<Utc>> {
    let row = sqlx::query!(
        r#"
        update control
        set revision = revision + 1,
            nonce = gen_random_uuid()
        returning least_version, told(control) as "now!"
        "#
    );
    let row = row.fetch_one(connection).await?;
    schema::need_version(row.least_version)?;
    Ok(told(row.now))
}

/// What was read `before` and is as it was is not read again: permissions are many and long, and a change is of one agent's.
pub async fn load(connection: &mut PgConnection, head: &Head, before: Option<&Control>) -> Result<Control> {
    let (actions, unread) = actions(connection).await?;
    let actions = with_built_ins(actions);
    let names = names(connection, &actions).await?;
    let mut control = Control {
        revision: head.revision,
        stop_epoch: head.stop_epoch,
        everything_stopped: false,
        secret: head.secret.clone(),
        agents: agents(connection, &names, &unread, before).await?,
        keys: keys(connection).await?,
        actions,
        words: words(connection).await?,
        open_breakers: Default::default(),
        stops: Vec::new(),
        pauses: pauses(connection).await?,
        members: members(connection).await?,
        as_one: as_one(connection).await?,
        names,
    };
    control.stops = stops(connection).await?;
    for (stopped, _) in control.stops.iter().filter(|(_, span)| span.until.is_none()) {
        match stopped {
            None => control.everything_stopped = true,
            Some(agent) => {
                if let Some(agent) = control.agents.get_mut(agent) {
                    agent.stopped = true;
                }
            }
        }
    }
    for (agent, tightening) in tightenings(connection).await? {
        if let Some(agent) = control.agents.get_mut(&agent) {
            agent.tightenings.push(tightening);
        }
    }
    let open = sqlx::query!(
        r#"
        select i.slug,
            i.name
        from pauses p
        join integrations i on i.slug = p.integration
        where p.ended_at is null
        "#
    );
    let open = open.fetch_all(connection).await?;
    control.open_breakers = open.into_iter().map(|row| (row.slug, row.name)).collect();
    Ok(control)
}

async fn names(connection: &mut PgConnection, actions: &HashMap<String, (i32, ActionType)>) -> Result<Names> {
    let queues = sqlx::query!("select slug, name from queues").fetch_all(&mut *connection).await?;
    let data_sets = sqlx::query!("select name, label from data_sets").fetch_all(connection).await?;
    Ok(Names {
        actions: actions.iter().map(|(name, (_, action))| (name.clone(), action.label.clone())).collect(),
        data_sets: data_sets.into_iter().map(|row| (row.name, row.label)).collect(),
        queues: queues.into_iter().map(|row| (row.slug, row.name)).collect(),
    })
}

async fn agents(
    connection: &mut PgConnection,
    names: &Names,
    unread: &[String],
    before: Option<&Control>,
) -> Result<HashMap<AgentId, AgentControl>> {
    // What is prepared says names, too.
    let before = before.filter(|before| before.names == *names).map(|before| &before.agents);
    let known = before.into_iter().flatten();
    let (known, published): (Vec<_>, Vec<_>) =
        known.filter_map(|(id, known)| Some((id.0, known.published_at?))).unzip();
    let rows = sqlx::query!(
        r#"
        select a.id as "id!",
            a.slug as "slug!",
            a.name as "name!",
            a.retired_at is not null as "retired!",
            h.kind as "phase?",
            a.stop_epoch as "stop_epoch!",
            p.version as "version?",
            p.published_at as "published_at?",
            case when k.id is null then p.body end as "body?"
        from agents a
        left join permission_sets p on p.agent_id = a.id and p.version = a.permission_version
        left join unnest($1::uuid[], $2::timestamptz[]) as k (id, published_at)
            on k.id = a.id and k.published_at = p.published_at
        left join agent_phases h on h.agent_id = a.id and h.ended_at is null
        "#,
        &known,
        &published,
    );
    let mut agents = HashMap::new();
    for row in rows.fetch_all(connection).await? {
        let id = AgentId(row.id);
        // Whatever cannot be read of one agent holds up that one alone.
        let stands = phases::read(row.retired, row.phase.as_deref(), false);
        let read = |body| kept::read(body).map(|set| Arc::new(Prepared::new(set, names)));
        let as_before = || before?.get(&id)?.permissions.as_ref().map(|(_, set)| set.clone());
        let set = match (row.version, row.body) {
            (None, _) => Ok(None),
            (Some(_), Some(body)) => read(body).map(Some),
            (Some(_), None) => Ok(as_before()),
        };
        let may_do = |action| matches!(&set, Ok(Some(set)) if set.action_scope.allow.contains_key(action));
        let unreadable = stands.is_err() || set.is_err() || unread.iter().any(may_do);
        if unreadable {
            tracing::error!(agent = row.slug, "an agent cannot be read, and counts as stopped");
        }
        let permissions = row.version.zip(set.ok().flatten());
        let agent = AgentControl {
            link: AgentLink { id, slug: row.slug, name: row.name },
            mode: stands.unwrap_or_default().mode(),
            unreadable,
            stopped: false,
            stop_epoch: row.stop_epoch,
            published_at: permissions.as_ref().and(row.published_at),
            permissions,
            tightenings: Vec::new(),
        };
        agents.insert(id, agent);
    }
    Ok(agents)
}

async fn keys(connection: &mut PgConnection) -> Result<HashMap<Vec<u8>, KeyControl>> {
    let rows = sqlx::query!("select kind, agent_id, hash from keys where revoked_at is null");
    let mut keys = HashMap::new();
    for row in rows.fetch_all(connection).await? {
        // A key of a kind that this version does not know opens nothing.
        let Some(kind) = KeyKind::parse(&row.kind) else { continue };
        keys.insert(row.hash, KeyControl { kind, agent: AgentId(row.agent_id) });
    }
    Ok(keys)
}

/// What is known of actions, and the names of those that cannot be read: who may do one of them, cannot be judged.
async fn actions(connection: &mut PgConnection) -> Result<(HashMap<String, (i32, ActionType)>, Vec<String>)> {
    let rows = sqlx::query!(
        r#"
        select distinct on (name) name,
            revision,
            body
        from action_types
        order by name, revision desc
        "#
    );
    let (mut actions, mut unread) = (HashMap::new(), Vec::new());
    for row in rows.fetch_all(connection).await? {
        match kept::read(row.body) {
            Ok(action) => drop(actions.insert(row.name, (row.revision, action))),
            Err(error) => {
                tracing::error!(action = row.name, %error, "an action cannot be read");
                unread.push(row.name);
            }
        }
    }
    Ok((actions, unread))
}

async fn words(connection: &mut PgConnection) -> Result<Words> {
    let rows = sqlx::query!("select topic, words from word_lists").fetch_all(connection).await?;
    let lists: WordLists = rows.into_iter().map(|row| (row.topic, row.words)).collect();
    Ok(Words::from(&lists))
}

async fn stops(connection: &mut PgConnection) -> Result<Vec<(Option<AgentId>, Span)>> {
    let rows = sqlx::query!(
        r#"
        select agent_id, engaged_at, released_at
        from stops
        where released_at is null or released_at > told_now() - interval '1 year'
        "#
    );
    let rows = rows.fetch_all(connection).await?;
    let read = rows.into_iter().map(|row| {
        let span = Span { from: row.engaged_at, until: row.released_at };
        (row.agent_id.map(AgentId), span)
    });
    Ok(read.collect())
}

async fn pauses(connection: &mut PgConnection) -> Result<HashMap<String, Vec<Span>>> {
    let rows = sqlx::query!(
        r#"
        select integration, began_at, ended_at
        from pauses
        where ended_at is null or ended_at > told_now() - interval '1 year'
        "#
    );
    let mut pauses: HashMap<String, Vec<Span>> = HashMap::new();
    for row in rows.fetch_all(connection).await? {
        pauses.entry(row.integration).or_default().push(Span { from: row.began_at, until: row.ended_at });
    }
    Ok(pauses)
}

async fn members(connection: &mut PgConnection) -> Result<Members> {
    let rows = sqlx::query!(
        r#"
        select q.slug,
            m.person_id,
            greatest(m.since, p.decides_since) as "since!"
        from queue_members m
        join queues q on q.id = m.queue_id
        join people p on p.id = m.person_id
        where p.disabled_at is null and p.role = any ($1)
        "#,
        &super::people::deciding() as &[&str],
    );
    let mut members = Members::new();
    for row in rows.fetch_all(connection).await? {
        members.entry(row.slug).or_default().insert(PersonId(row.person_id), row.since);
    }
    Ok(members)
}

/// Who counts as one person where it takes two; otherwise nobody does, as one admin alone can change the rules as well.
pub async fn as_one(connection: &mut PgConnection) -> Result<AsOne> {
    match two_to_publish(connection).await? {
        true => super::people::as_one(connection).await,
        false => Ok(AsOne::default()),
    }
}

async fn tightenings(connection: &mut PgConnection) -> Result<Vec<(AgentId, Tightening)>> {
    let rows = sqlx::query!("select id, agent_id, actions, reason, until from tightenings where lifted_at is null");
    let rows = rows.fetch_all(connection).await?;
    let read = rows.into_iter().map(|row| {
        let id = TighteningId(row.id);
        let actions = row.actions.into_iter().collect();
        (AgentId(row.agent_id), Tightening { id, actions, reason: row.reason, until: row.until })
    });
    Ok(read.collect())
}

/// Whether a database answers, and be it with a refusal.
pub async fn answers(pool: &PgPool) -> bool {
    match sqlx::query("select 1").execute(pool).await {
        Ok(_) => true,
        Err(error) => error.as_database_error().is_some(),
    }
}

pub async fn is_durable(pool: &PgPool) -> Result<bool> {
    let durable = sqlx::query_scalar!(
        r#"select current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on' as "durable!""#
    );
    Ok(durable.fetch_one(pool).await?)
}

pub async fn describe_shop(connection: &mut PgConnection) -> Result<(String, String, bool)> {
    let row = sqlx::query!("select brand, time_zone, demo from control").fetch_one(connection).await?;
    Ok((row.brand, row.time_zone, row.demo))
}

pub async fn is_time_zone(connection: &mut PgConnection, name: &str) -> Result<bool> {
    let found =
        sqlx::query_scalar!(r#"select exists (select from pg_timezone_names where name = $1) as "found!""#, name);
    Ok(found.fetch_one(connection).await?)
}

/// The day in the brand's time zone.
pub async fn today(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<NaiveDate> {
    let day =
        sqlx::query_scalar!(r#"select ($1::timestamptz at time zone time_zone)::date as "day!" from control"#, now);
    Ok(day.fetch_one(connection).await?)
}

pub async fn two_to_publish(connection: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar!("select two_to_publish from control").fetch_one(connection).await?)
}

/// `false` when it was so already.
pub async fn set_two_to_publish(connection: &mut PgConnection, two: bool) -> Result<bool> {
    let done = sqlx::query!("update control set two_to_publish = $1 where two_to_publish <> $1", two);
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

pub async fn set_shop(connection: &mut PgConnection, brand: &str, time_zone: &str) -> Result<()> {
    sqlx::query!("update control set brand = $1, time_zone = $2", brand, time_zone).execute(connection).await?;
    Ok(())
}
