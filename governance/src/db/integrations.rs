use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    agent_file::IntegrationHead,
    id::{AgentId, PersonId},
    integration::{Integration, Numbering},
    view::{
        AgentLink, PersonLink,
        integrations::{IntegrationRow, PauseEnd, PauseView, RunsOnIt},
    },
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    control::{AgentControl, Control},
    error::{Result, corrupt},
};

/// What permissions can name, by slug.
pub async fn heads(connection: &mut PgConnection) -> Result<Vec<IntegrationHead>> {
    let rows = sqlx::query_as!(IntegrationHead, "select slug, name, version from integrations order by slug");
    Ok(rows.fetch_all(connection).await?)
}

pub async fn name(connection: &mut PgConnection, slug: &str) -> Result<Option<String>> {
    let name = sqlx::query_scalar!("select name from integrations where slug = $1", slug);
    Ok(name.fetch_optional(connection).await?)
}

pub async fn rename(connection: &mut PgConnection, slug: &str, name: &str) -> Result<()> {
    sqlx::query!("update integrations set name = $2 where slug = $1", slug, name).execute(connection).await?;
    Ok(())
}

/// Puts what a file says; what it does not say stays. `true` when this changed something.
pub async fn put(connection: &mut PgConnection, head: &Integration) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        insert into integrations as i
            (slug, name, version, vendor, product, numbering, version_ends, documentation, status_page, account)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (slug) do update
        set name = $2,
            version = coalesce(nullif($3, ''), i.version),
            vendor = coalesce(nullif($4, ''), i.vendor),
            product = coalesce(nullif($5, ''), i.product),
            numbering = coalesce($6, i.numbering),
            version_ends = case when $3 in ('', i.version) then coalesce($7, i.version_ends) else $7 end,
            documentation = coalesce(nullif($8, ''), i.documentation),
            status_page = coalesce(nullif($9, ''), i.status_page),
            account = coalesce(nullif($10, ''), i.account)
        where i.name <> $2
            or $3 not in ('', i.version)
            or $4 not in ('', i.vendor)
            or $5 not in ('', i.product)
            or $6 is distinct from i.numbering and $6 is not null
            or $7 is distinct from i.version_ends and $7 is not null
            or $8 not in ('', i.documentation)
            or $9 not in ('', i.status_page)
            or $10 not in ('', i.account)
        "#,
        head.slug,
        head.name,
        head.version,
        head.vendor,
        head.product,
        head.numbering.map(Numbering::name),
        head.version_ends,
        head.documentation,
        head.status_page,
        head.account,
    );
    Ok(done.execute(connection).await?.rows_affected() > 0)
}

struct Head {
    slug: String,
    name: String,
    version: String,
    vendor: String,
    product: String,
    numbering: Option<String>,
    version_ends: Option<NaiveDate>,
    documentation: String,
    status_page: String,
    account: String,
    owner: Option<Uuid>,
    owner_name: Option<String>,
}

impl Head {
    fn read(self) -> Result<(Integration, Option<PersonLink>)> {
        let parse = |name: &str| Numbering::parse(name).ok_or_else(|| corrupt("integrations.numbering"));
        let head = Integration {
            slug: self.slug,
            name: self.name,
            version: self.version,
            vendor: self.vendor,
            product: self.product,
            numbering: self.numbering.as_deref().map(parse).transpose()?,
            version_ends: self.version_ends,
            documentation: self.documentation,
            status_page: self.status_page,
            account: self.account,
        };
        Ok((head, self.owner.zip(self.owner_name).map(|(id, name)| PersonLink { id: PersonId(id), name })))
    }
}

/// Every integration with all that is known of it, by slug.
pub async fn all(connection: &mut PgConnection) -> Result<Vec<Integration>> {
    let rows = sqlx::query_as!(
        Head,
        r#"
        select i.slug, i.name, i.version, i.vendor, i.product, i.numbering, i.version_ends, i.documentation, i.status_page,
            i.account, i.owner, p.name as "owner_name?"
        from integrations i
        left join people p on p.id = i.owner
        order by i.slug
        "#
    );
    rows.fetch_all(connection).await?.into_iter().map(|row| Ok(row.read()?.0)).collect()
}

/// An integration, and whose it is.
pub async fn find(connection: &mut PgConnection, slug: &str) -> Result<Option<(Integration, Option<PersonLink>)>> {
    let row = sqlx::query_as!(
        Head,
        r#"
        select i.slug, i.name, i.version, i.vendor, i.product, i.numbering, i.version_ends, i.documentation, i.status_page,
            i.account, i.owner, p.name as "owner_name?"
        from integrations i
        left join people p on p.id = i.owner
        where i.slug = $1
        "#,
        slug,
    );
    row.fetch_optional(connection).await?.map(Head::read).transpose()
}

/// Nobody else changes it until the end of the transaction.
pub async fn lock(connection: &mut PgConnection, slug: &str) -> Result<()> {
    sqlx::query!("select from integrations where slug = $1 for update", slug).fetch_optional(connection).await?;
    Ok(())
}

/// All but what it is called.
pub async fn describe(connection: &mut PgConnection, head: &Integration, owner: Option<PersonId>) -> Result<()> {
    sqlx::query!(
        r#"
        update integrations
        set version = $2,
            vendor = $3,
            product = $4,
            numbering = $5,
            version_ends = $6,
            documentation = $7,
            status_page = $8,
            account = $9,
            owner = $10
        where slug = $1
        "#,
        head.slug,
        head.version,
        head.vendor,
        head.product,
        head.numbering.map(Numbering::name),
        head.version_ends,
        head.documentation,
        head.status_page,
        head.account,
        owner.map(|owner| owner.0),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// `false` when it is paused already, or not there.
pub async fn pause(
    connection: &mut PgConnection,
    slug: &str,
    by: Option<PersonId>,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        insert into pauses (integration, began_at, began_by, reason)
        select slug, $4, $2, $3
        from integrations
        where slug = $1
        on conflict do nothing
        "#,
        slug,
        by.map(|by| by.0),
        reason,
        now,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// `false` when it is not paused since then.
pub async fn resume(
    connection: &mut PgConnection,
    slug: &str,
    began: DateTime<Utc>,
    by: Option<PersonId>,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        update pauses
        set ended_at = $5,
            ended_by = $3,
            end_reason = $4
        where integration = $1 and began_at = $2 and ended_at is null
        "#,
        slug,
        began,
        by.map(|by| by.0),
        reason,
        now,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Integrations by name, each with the agents whose permissions name an action that runs on it.
pub async fn rows(connection: &mut PgConnection, control: &Control) -> Result<Vec<IntegrationRow>> {
    let rows = sqlx::query!(
        r#"
        select i.slug,
            i.name,
            i.version,
            i.version_ends,
            p.began_at as "began_at?",
            p.reason as "reason?",
            w.name as "by?"
        from integrations i
        left join pauses p on p.integration = i.slug and p.ended_at is null
        left join people w on w.id = p.began_by
        order by i.name
        "#
    );
    let read = rows.fetch_all(connection).await?.into_iter().map(|row| IntegrationRow {
        agents: control.agents_on(&row.slug),
        slug: row.slug,
        name: row.name,
        version: row.version,
        version_ends: row.version_ends,
        pause: row.began_at.map(|began_at| PauseView {
            began_at,
            by: row.by,
            reason: row.reason.unwrap_or_default(),
            end: None,
        }),
    });
    Ok(read.collect())
}

/// How often an integration was paused, the newest first, at most 50.
pub async fn pauses(connection: &mut PgConnection, slug: &str) -> Result<Vec<PauseView>> {
    let rows = sqlx::query!(
        r#"
        select p.began_at,
            b.name as "by?",
            p.reason,
            p.ended_at,
            e.name as "ended_by?",
            p.end_reason
        from pauses p
        left join people b on b.id = p.began_by
        left join people e on e.id = p.ended_by
        where p.integration = $1
        order by p.began_at desc
        limit 50
        "#,
        slug,
    );
    let read = rows.fetch_all(connection).await?.into_iter().map(|row| PauseView {
        began_at: row.began_at,
        by: row.by,
        reason: row.reason,
        end: row.ended_at.map(|at| PauseEnd { at, by: row.ended_by, reason: row.end_reason.unwrap_or_default() }),
    });
    Ok(read.collect())
}

/// Who may be asked about an integration: everybody who can sign in, by name.
pub async fn owners(connection: &mut PgConnection) -> Result<Vec<PersonLink>> {
    let rows = sqlx::query!("select id, name from people where disabled_at is null order by name limit 1000");
    let rows = rows.fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| PersonLink { id: PersonId(row.id), name: row.name }).collect())
}

impl Control {
    /// The agents that may take an action that runs on this integration.
    pub fn agents_on(&self, integration: &str) -> Vec<AgentLink> {
        let agents = self.agents.values().filter(|agent| self.integrations_of(agent.link.id).contains(integration));
        by_name(agents.map(|agent| agent.link.clone()).collect())
    }

    /// The actions that run on an integration, by label, with who may take them.
    pub fn runs_on(&self, integration: &str) -> Vec<RunsOnIt> {
        let may = |agent: &AgentControl, name: &str| {
            let scope = agent.permissions.as_ref().map(|(_, set)| &set.action_scope);
            scope.is_some_and(|scope| scope.allow.contains_key(name) && !scope.deny.contains(name))
        };
        let taking = |name: &str| {
            let agents = self.agents.values().filter(|agent| may(agent, name)).map(|agent| agent.link.clone());
            by_name(agents.collect())
        };
        let on_it = self.actions_on(integration);
        let mut actions: Vec<RunsOnIt> =
            on_it.map(|name| RunsOnIt { label: self.label(&name), agents: taking(&name), name }).collect();
        actions.sort_by(|a, b| (&a.label, &a.name).cmp(&(&b.label, &b.name)));
        actions
    }

    pub fn integrations_of(&self, agent: AgentId) -> BTreeSet<String> {
        let set = self.agents.get(&agent).and_then(|a| a.permissions.as_ref());
        let allowed = set.into_iter().flat_map(|(_, set)| set.action_scope.allow.keys());
        allowed.filter_map(|name| self.action(name)?.1.integration.clone()).collect()
    }
}

fn by_name(mut agents: Vec<AgentLink>) -> Vec<AgentLink> {
    agents.sort_by(|a, b| (&a.name, &a.slug).cmp(&(&b.name, &b.slug)));
    agents
}
