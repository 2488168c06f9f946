//! Agents: their list, their page, their days, and what is stopped.

use std::collections::BTreeMap;

use domain::{
    sentence::Names,
    view::{MOST_COUNTED, MOST_WAITING},
};

use super::*;

pub async fn agents(pool: &PgPool, control: &Control, now: DateTime<Utc>) -> Result<Vec<AgentRow>> {
    let mut connection = pool.acquire().await?;
    agent_rows(&mut connection, control, now, None).await
}

/// All agents, or one, with how much waits.
pub async fn agent_rows(
    connection: &mut PgConnection,
    control: &Control,
    now: DateTime<Utc>,
    slug: Option<&str>,
) -> Result<Vec<AgentRow>> {
    let stops = db::stops::all_holding(connection).await?;
    let rows = sqlx::query!(
        r#"
        select a.id,
            a.slug,
            a.name,
            a.purpose,
            a.retired_at is not null as "retired!",
            h.kind as "phase?",
            h.began_at as "began_at?",
            a.permission_version,
            (
                select count(*) from (
                    select from requests r
                    where r.agent_id = a.id and r.asked_at > $1::timestamptz - interval '1 day'
                    limit $2
                ) counted
            ) as "asked!",
            (
                select count(*) from (
                    select from requests r
                    where kind_of(r.agent_id, r.action, r.revision, r.pending) >= rpad(kinds_of(a.id), 32, '0')::uuid
                        and kind_of(r.agent_id, r.action, r.revision, r.pending) <= rpad(kinds_of(a.id), 32, 'f')::uuid
                        and r.state in ('waiting', 'approved')
                        and (r.state = 'waiting' or r.approved_epoch is distinct from a.stop_epoch + $4)
                    order by kind_of(r.agent_id, r.action, r.revision, r.pending)
                    limit $5
                ) counted
            ) as "waiting!",
            exists (
                select from tightenings t
                where t.agent_id = a.id and t.lifted_at is null and (t.until is null or t.until > $1)
            ) as "tightened!"
        from agents a
        left join agent_phases h on h.agent_id = a.id and h.ended_at is null
        where $3::text is null or a.slug = $3
        order by a.retired_at is not null, a.name
        limit 1000
        "#,
        now,
        i64::from(MOST_COUNTED),
        slug,
        control.stop_epoch,
        i64::from(MOST_WAITING),
    );
    let rows = rows.fetch_all(connection).await?;
    let mut agents = Vec::new();
    for row in rows {
        let id = AgentId(row.id);
        let stands = db::phases::read(row.retired, row.phase.as_deref(), false).unwrap_or_default();
        let used = control.integrations_of(id);
        let broken = used.iter().filter_map(|slug| control.open_breakers.get(slug)).cloned().collect();
        agents.push(AgentRow {
            link: AgentLink { id, slug: row.slug, name: row.name },
            purpose: row.purpose,
            mode: stands.mode(),
            phase: stands.phase.zip(row.began_at),
            unreadable: control.agents.get(&id).is_some_and(|known| known.unreadable),
            permission_version: row.permission_version,
            stop: stop_of(&stops, id),
            asked: u32::try_from(row.asked).unwrap_or(u32::MAX),
            waiting: u32::try_from(row.waiting).unwrap_or(MOST_WAITING),
            tightened: row.tightened,
            broken,
        });
    }
    Ok(agents)
}

pub async fn agent_row(
    connection: &mut PgConnection,
    control: &Control,
    slug: &str,
    now: DateTime<Utc>,
) -> Result<Option<AgentRow>> {
    Ok(agent_rows(connection, control, now, Some(slug)).await?.pop())
}

/// The stop that holds an agent: that of everything before its own.
fn stop_of(stops: &[StopView], agent: AgentId) -> Option<StopView> {
    let everything = stops.iter().find(|stop| stop.agent.is_none());
    everything.or_else(|| stops.iter().find(|s| s.agent.as_ref().is_some_and(|a| a.id == agent))).cloned()
}

/// The agent without its days.
pub async fn agent(
    connection: &mut PgConnection,
    control: &Control,
    slug: &str,
    now: DateTime<Utc>,
) -> Result<Option<AgentView>> {
    let Some(row) = agent_row(connection, control, slug, now).await? else { return Ok(None) };
    let id = row.link.id;
    let lines = sqlx::query_as!(
        Line,
        r#"
        select id, agent_id, action, shown(agent_id, permission_version, action, sentence) as "sentence!", customer_id, amount_minor, currency, state, decision, asked_at, deadline,
            approved_epoch, pending, digest, revision
        from requests
        where agent_id = $1
        order by asked_at desc
        limit 20
        "#,
        id.0,
    );
    let lines = lines.fetch_all(&mut *connection).await?;
    let recent = read(&mut *connection, lines, control, now).await?;
    let open = db::outcome::open(&mut *connection).await?.into_iter().find(|open| open.agent.id == id);
    let breaches = match &open {
        Some(open) if open.breaches.0 > 0 => db::outcome::open_breaches(&mut *connection).await?,
        _ => Vec::new(),
    };
    let used = control.integrations_of(id);
    let integrations = db::integrations::rows(&mut *connection, control).await?;
    let set = control.agents.get(&id).and_then(|a| a.permissions.as_ref());
    Ok(Some(AgentView {
        permissions: db::versions::published_view(&mut *connection, id, &control.names).await?,
        stands: db::phases::stands(&mut *connection, id).await?,
        phases: db::phases::of_agent(&mut *connection, id).await?,
        tightenings: db::agents::tightenings(&mut *connection, id).await?,
        integrations: integrations.into_iter().filter(|i| used.contains(&i.slug)).collect(),
        days: Vec::new(),
        days_behind: false,
        recent,
        to_settle: open.map_or((0, 0), |open| (open.breaches.0, open.unknown.0)),
        breached: breaches.into_iter().filter(|breach| breach.agent.id == id).map(|breach| breach.request).collect(),
        actions: set.map(|(_, set)| called(set.action_scope.allow.keys(), &control.names)).unwrap_or_default(),
        row,
        now,
    }))
}

fn called<'a>(actions: impl Iterator<Item = &'a String>, names: &Names) -> BTreeMap<String, String> {
    actions.map(|name| (name.clone(), names.actions.get(name).unwrap_or(name).clone())).collect()
}

/// Each agent with what may have gone out before its last stop, up to a bound of its own, and the stops that are over.
pub async fn stop(pool: &PgPool, control: &Control, now: DateTime<Utc>) -> Result<StopPage> {
    let mut connection = pool.acquire().await?;
    let rows = agent_rows(&mut connection, control, now, None).await?;
    let holding = db::stops::all_holding(&mut connection).await?;
    let (stops, _) = db::stops::page(&mut connection, None).await?;
    // What leaves no trace is listed for as long as its grant lasts, as nobody reports it later.
    let open = sqlx::query!(
        r#"
        with stopped as (
            select a.id as agent_id, greatest(own.engaged_at, everything.engaged_at) as at
            from agents a
            left join lateral (
                select s.engaged_at from stops s where s.agent_id = a.id order by s.engaged_at desc, s.id desc limit 1
            ) own on true
            left join lateral (
                select s.engaged_at from stops s where s.agent_id is null order by s.engaged_at desc, s.id desc limit 1
            ) everything on true
        ), granted as (
            select r.id, r.agent_id, r.asked_at, r.deadline
            from stopped s
            cross join lateral (
                select id, agent_id, asked_at, deadline
                from requests
                where agent_id = s.agent_id and state = 'granted' and deadline is not null
                    and deadline <= s.at + interval '30 seconds'
                order by deadline desc
                limit $2
            ) r
        ), brief as (
            select r.id, r.agent_id, r.asked_at, r.asked_at + interval '30 seconds' as deadline
            from stopped s
            cross join lateral (
                select id, agent_id, asked_at
                from requests
                where agent_id = s.agent_id and state = 'granted' and deadline is null
                    and asked_at > $1::timestamptz - interval '30 seconds' and asked_at <= s.at
                order by asked_at desc
                limit 1000
            ) r
        ), unknown as (
            select r.id, r.agent_id, r.asked_at, null::timestamptz as deadline
            from stopped s
            cross join lateral (
                select id, agent_id, asked_at
                from requests
                where agent_id = s.agent_id and state = 'unknown' and asked_at <= s.at
                order by changed_at desc
                limit $2
            ) r
        ), open as (
            select *,
                row_number() over (partition by agent_id order by asked_at desc, id) as place,
                count(*) over (partition by agent_id) as total,
                max(deadline) over (partition by agent_id) as last
            from (select * from granted union all select * from brief union all select * from unknown) o
        )
        select id as "id!", agent_id as "agent_id!", total as "total!", last
        from open
        where place <= 20
        order by place
        "#,
        now,
        i64::from(MOST_COUNTED),
    );
    let open = open.fetch_all(&mut *connection).await?;
    let lines = sqlx::query_as!(
        Line,
        r#"
        select id, agent_id, action, shown(agent_id, permission_version, action, sentence) as "sentence!", customer_id, amount_minor, currency, state, decision, asked_at, deadline,
            approved_epoch, pending, digest, revision
        from requests
        where id = any ($1)
        order by asked_at desc
        "#,
        &open.iter().map(|row| row.id).collect::<Vec<_>>(),
    );
    let mut outstanding: HashMap<AgentId, Vec<RequestRow>> = HashMap::new();
    let lines = lines.fetch_all(&mut *connection).await?;
    for row in read(&mut connection, lines, control, now).await? {
        outstanding.entry(row.agent.id).or_default().push(row);
    }
    let agents = rows.into_iter().map(|row| {
        let counted = open.iter().find(|o| o.agent_id == row.link.id.0);
        AgentStop {
            own: holding.iter().find(|s| s.agent.as_ref().is_some_and(|a| a.id == row.link.id)).cloned(),
            outstanding: outstanding.remove(&row.link.id).unwrap_or_default(),
            outstanding_total: counted.map_or(0, |o| u32::try_from(o.total).unwrap_or(u32::MAX)),
            last_grant_ends: counted.and_then(|o| o.last),
            row,
        }
    });
    let agents = agents.filter(|a| a.row.mode != Mode::Retired || a.own.is_some() || a.outstanding_total > 0).collect();
    let over = stops.into_iter().filter(|past| past.release.is_some()).take(5).collect();
    let releasers = db::people::releasers(&mut connection).await?;
    let everything = holding.into_iter().find(|stop| stop.agent.is_none());
    Ok(StopPage { everything, agents, releasers, over, now })
}
