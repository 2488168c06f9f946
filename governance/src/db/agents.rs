use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    agent_file::AgentHead,
    id::{AgentId, PersonId, TighteningId},
    view::{AgentLink, IntegrationView, TighteningView},
};
use sqlx::PgConnection;

use crate::{control::Control, error::Result};

pub async fn by_slug(connection: &mut PgConnection, slug: &str) -> Result<Option<AgentLink>> {
    let row = sqlx::query!("select id, slug, name from agents where slug = $1", slug);
    let row = row.fetch_optional(connection).await?;
    Ok(row.map(|row| AgentLink { id: AgentId(row.id), slug: row.slug, name: row.name }))
}

/// What all agents but one are called.
pub async fn other_names(connection: &mut PgConnection, slug: &str) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!("select name from agents where slug <> $1", slug).fetch_all(connection).await?)
}

pub async fn purpose(connection: &mut PgConnection, id: AgentId) -> Result<String> {
    Ok(sqlx::query_scalar!("select purpose from agents where id = $1", id.0).fetch_one(connection).await?)
}

pub async fn insert(connection: &mut PgConnection, id: AgentId, head: &AgentHead, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "insert into agents (id, slug, name, purpose, created_at) values ($1, $2, $3, $4, $5)",
        id.0,
        head.slug,
        head.name,
        head.purpose,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn rename(connection: &mut PgConnection, id: AgentId, head: &AgentHead) -> Result<()> {
    sqlx::query!("update agents set name = $2, purpose = $3 where id = $1", id.0, head.name, head.purpose)
        .execute(connection)
        .await?;
    Ok(())
}

/// Renames the agent as it was seen; `false`: it is called or described otherwise by now.
pub async fn describe(connection: &mut PgConnection, seen: &AgentHead, name: &str, purpose: &str) -> Result<bool> {
    let done = sqlx::query!(
        "update agents set name = $2, purpose = $3 where slug = $1 and name = $4 and purpose = $5",
        seen.slug,
        name,
        purpose,
        seen.name,
        seen.purpose,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// `false` when it is open already.
pub async fn open_breaker(connection: &mut PgConnection, slug: &str, reason: &str, now: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        with opened as (
            update integrations
            set breaker_open = true,
                breaker_reason = $2,
                changed_at = $3
            where slug = $1 and not breaker_open
            returning slug
        )
        insert into pauses (integration, began_at)
        select slug, $3
        from opened
        "#,
        slug,
        reason,
        now,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// `false` when it is not open since then.
pub async fn close_breaker(
    connection: &mut PgConnection,
    slug: &str,
    opened: DateTime<Utc>,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        with closed as (
            update pauses
            set ended_at = $4
            where integration = $1 and began_at = $2 and ended_at is null
            returning integration
        )
        update integrations
        set breaker_open = false,
            breaker_reason = $3,
            changed_at = $4
        from closed
        where slug = closed.integration and breaker_open
        "#,
        slug,
        opened,
        reason,
        now,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Integrations, each with the agents whose permissions name an action that runs on it.
pub async fn integrations(connection: &mut PgConnection, control: &Control) -> Result<Vec<IntegrationView>> {
    let rows = sqlx::query!(
        r#"
        select i.slug,
            i.name,
            i.version,
            i.breaker_reason,
            i.changed_at,
            p.began_at as "paused_since?"
        from integrations i
        left join pauses p on p.integration = i.slug and p.ended_at is null
        order by i.name
        "#
    );
    let rows = rows.fetch_all(connection).await?;
    let read = rows.into_iter().map(|row| IntegrationView {
        agents: control.agents_on(&row.slug),
        slug: row.slug,
        name: row.name,
        version: row.version,
        paused_since: row.paused_since,
        breaker_reason: row.breaker_reason,
        changed_at: row.changed_at,
    });
    Ok(read.collect())
}

impl Control {
    /// The agents that may take an action that runs on this integration.
    pub fn agents_on(&self, integration: &str) -> Vec<AgentLink> {
        let mut agents: Vec<AgentLink> = self
            .agents
            .values()
            .filter(|agent| self.integrations_of(agent.link.id).contains(integration))
            .map(|agent| agent.link.clone())
            .collect();
        agents.sort_by(|a, b| a.name.cmp(&b.name));
        agents
    }

    pub fn integrations_of(&self, agent: AgentId) -> BTreeSet<String> {
        let set = self.agents.get(&agent).and_then(|a| a.permissions.as_ref());
        let allowed = set.into_iter().flat_map(|(_, set)| set.action_scope.allow.keys());
        allowed.filter_map(|name| self.action(name)?.1.integration.clone()).collect()
    }
}

pub struct NewTightening<'a> {
    pub id: TighteningId,
    pub agent: AgentId,
    pub actions: &'a BTreeSet<String>,
    pub reason: &'a str,
    pub until: Option<DateTime<Utc>>,
    pub by: PersonId,
}

pub async fn add_tightening(connection: &mut PgConnection, new: &NewTightening<'_>, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        r#"
        insert into tightenings (id, agent_id, actions, reason, until, added_by, added_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        "#,
        new.id.0,
        new.agent.0,
        &new.actions.iter().cloned().collect::<Vec<_>>(),
        new.reason,
        new.until,
        new.by.0,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn lift_tightening(
    connection: &mut PgConnection,
    id: TighteningId,
    by: PersonId,
    now: DateTime<Utc>,
    reason: &str,
) -> Result<Option<AgentId>> {
    let agent = sqlx::query_scalar!(
        r#"
        update tightenings
        set lifted_by = $2,
            lifted_at = $3,
            lift_reason = $4
        where id = $1 and lifted_at is null
        returning agent_id
        "#,
        id.0,
        by.0,
        now,
        reason,
    );
    Ok(agent.fetch_optional(connection).await?.map(AgentId))
}

/// The tightenings of an agent that hold, the newest first.
pub async fn tightenings(connection: &mut PgConnection, agent: AgentId) -> Result<Vec<TighteningView>> {
    let rows = sqlx::query!(
        r#"
        select t.id,
            t.actions,
            t.reason,
            t.until,
            t.added_at,
            p.name as by
        from tightenings t
        join people p on p.id = t.added_by
        where t.agent_id = $1 and t.lifted_at is null and (t.until is null or t.until > now())
        order by t.added_at desc
        "#,
        agent.0,
    );
    let rows = rows.fetch_all(connection).await?;
    let read = rows.into_iter().map(|row| TighteningView {
        id: TighteningId(row.id),
        actions: row.actions.into_iter().collect(),
        reason: row.reason,
        until: row.until,
        by: row.by,
        at: row.added_at,
    });
    Ok(read.collect())
}
