use chrono::{DateTime, Utc};
use domain::{
    entry::Kind,
    id::{AgentId, EntryId, PersonId, RequestId},
    view::{AgentLink, EntryRow, PersonLink, RecordFilter, RecordPage},
};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::{
    error::{Result, corrupt},
    record::{NewEntry, Who},
};

/// Entries a page.
const PAGE: i64 = 50;

/// Writes entries with their personal data, in one statement.
pub async fn append(connection: &mut PgConnection, now: DateTime<Utc>, entries: &[NewEntry]) -> Result<()> {
    let mut ids = Vec::with_capacity(entries.len());
    let mut kinds = Vec::with_capacity(entries.len());
    let mut actor_kinds = Vec::with_capacity(entries.len());
    let mut actors: Vec<Option<Uuid>> = Vec::with_capacity(entries.len());
    let mut agents: Vec<Option<Uuid>> = Vec::with_capacity(entries.len());
    let mut requests: Vec<Option<Uuid>> = Vec::with_capacity(entries.len());
    let mut actions: Vec<Option<String>> = Vec::with_capacity(entries.len());
    let mut decisions: Vec<Option<String>> = Vec::with_capacity(entries.len());
    let mut details = Vec::with_capacity(entries.len());
    let mut hashes: Vec<Option<Vec<u8>>> = Vec::with_capacity(entries.len());
    let (mut personal_ids, mut salts, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        let (actor_kind, actor) = match entry.who {
            Who::Agent(id) => ("agent", Some(id.0)),
            Who::Person(id) => ("person", Some(id.0)),
            Who::System => ("system", None),
        };
        ids.push(entry.id.0);
        kinds.push(entry.kind.name().to_owned());
        actor_kinds.push(actor_kind.to_owned());
        actors.push(actor);
        agents.push(entry.agent.map(|id| id.0));
        requests.push(entry.request.map(|id| id.0));
        actions.push(entry.action.clone());
        decisions.push(entry.decision.clone());
        details.push(entry.detail.clone());
        hashes.push(entry.personal.as_ref().map(|personal| personal.hash.to_vec()));
        if let Some(personal) = &entry.personal {
            personal_ids.push(entry.id.0);
            salts.push(personal.salt.to_vec());
            bodies.push(personal.body.clone());
        }
    }
    sqlx::query!(
        r#"
        with beside as (
            insert into personal (entry_id, salt, body)
            select * from unnest($12::uuid[], $13::bytea[], $14::jsonb[])
        )
        insert into entries (id, at, kind, actor_kind, actor_id, agent_id, request_id, action, decision, detail, personal_hash)
        select e.id, $2, e.kind, e.actor_kind, e.actor_id, e.agent_id, e.request_id, e.action, e.decision, e.detail, e.hash
        from unnest($1::uuid[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::text[],
            $10::jsonb[], $11::bytea[])
            as e (id, kind, actor_kind, actor_id, agent_id, request_id, action, decision, detail, hash)
        "#,
        &ids,
        now,
        &kinds,
        &actor_kinds,
        &actors as &[Option<Uuid>],
        &agents as &[Option<Uuid>],
        &requests as &[Option<Uuid>],
        &actions as &[Option<String>],
        &decisions as &[Option<String>],
        &details,
        &hashes as &[Option<Vec<u8>>],
        &personal_ids,
        &salts,
        &bodies,
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn page(pool: &PgPool, filter: &RecordFilter, now: DateTime<Utc>) -> Result<RecordPage> {
    // Looked up first: only of a value that it knows can the planner say how much of the record it is.
    let agent = match &filter.agent {
        None => None,
        Some(slug) => {
            let id = sqlx::query_scalar!("select id from agents where slug = $1", slug).fetch_optional(pool).await?;
            Some(id.unwrap_or_default())
        }
    };
    let rows = sqlx::query!(
        r#"
        select e.id,
            e.at,
            e.kind,
            e.actor_kind,
            coalesce(p.name, actor.name) as "actor?",
            e.request_id,
            e.action,
            e.decision,
            e.detail,
            a.id as "agent_id?",
            a.slug as "agent_slug?",
            a.name as "agent_name?",
            r.sentence as "sentence?"
        from entries e
        left join people p on e.actor_kind = 'person' and p.id = e.actor_id
        left join agents actor on e.actor_kind = 'agent' and actor.id = e.actor_id
        left join agents a on a.id = e.agent_id
        left join requests r on r.id = e.request_id
        where ($1::uuid is null or e.agent_id = $1)
            and ($2::text is null or e.action = $2)
            and ($3::text is null or e.decision = $3)
            and ($4::text is null or e.kind = $4)
            and ($5::uuid is null or (e.actor_kind = 'person' and e.actor_id = $5))
            and ($6::text is null or e.request_id = any (array(select id from requests where customer_id = $6)))
            and ($7::timestamptz is null or e.at >= $7)
            and ($8::timestamptz is null or e.at < $8)
            and ($9::uuid is null or (e.at, e.id) < (select b.at, b.id from entries b where b.id = $9))
        order by e.at desc, e.id desc
        limit $10
        "#,
        agent,
        filter.action,
        filter.decision,
        filter.kind.map(Kind::name),
        filter.person.map(|id| id.0),
        filter.customer,
        filter.from,
        filter.to,
        filter.before.map(|id| id.0),
        PAGE + 1,
    );
    let mut entries = Vec::new();
    for row in rows.fetch_all(pool).await? {
        entries.push(EntryRow {
            id: EntryId(row.id),
            at: row.at,
            kind: Kind::parse(&row.kind).ok_or_else(|| corrupt("entries.kind"))?,
            who: row.actor.unwrap_or_else(|| "Reins".to_owned()),
            agent: link(row.agent_id, row.agent_slug, row.agent_name),
            request: row.request_id.map(RequestId),
            action: row.action,
            decision: row.decision,
            detail: row.detail,
            sentence: row.sentence,
        });
    }
    let more = entries.len() > PAGE as usize;
    entries.truncate(PAGE as usize);
    let next = if more { entries.last().map(|entry| entry.id) } else { None };

    let agents = sqlx::query!("select id, slug, name from agents order by name").fetch_all(pool).await?;
    let people = sqlx::query!("select id, name from people order by name").fetch_all(pool).await?;
    let actions = sqlx::query_scalar!("select distinct name from action_types order by name").fetch_all(pool).await?;
    Ok(RecordPage {
        entries,
        next,
        agents: agents
            .into_iter()
            .map(|row| AgentLink { id: AgentId(row.id), slug: row.slug, name: row.name })
            .collect(),
        people: people.into_iter().map(|row| PersonLink { id: PersonId(row.id), name: row.name }).collect(),
        actions,
        now,
    })
}

pub fn link(id: Option<Uuid>, slug: Option<String>, name: Option<String>) -> Option<AgentLink> {
    Some(AgentLink { id: AgentId(id?), slug: slug?, name: name? })
}

/// What happened to a request, the oldest first, at most 200.
pub async fn of_request(connection: &mut PgConnection, request: RequestId) -> Result<Vec<EntryRow>> {
    let rows = sqlx::query!(
        r#"
        select e.id,
            e.at,
            e.kind,
            coalesce(p.name, a.name) as "who?",
            e.action,
            e.decision,
            e.detail,
            b.body as "body?"
        from entries e
        left join people p on e.actor_kind = 'person' and p.id = e.actor_id
        left join agents a on e.actor_kind = 'agent' and a.id = e.actor_id
        left join personal b on b.entry_id = e.id and e.kind <> 'asked'
        where e.request_id = $1
        order by e.at, e.id
        limit 200
        "#,
        request.0,
    );
    let mut entries = Vec::new();
    for row in rows.fetch_all(connection).await? {
        let mut detail = row.detail;
        if let (Some(detail), Some(serde_json::Value::Object(body))) = (detail.as_object_mut(), row.body) {
            detail.extend(body);
        }
        entries.push(EntryRow {
            id: EntryId(row.id),
            at: row.at,
            kind: Kind::parse(&row.kind).ok_or_else(|| corrupt("entries.kind"))?,
            who: row.who.unwrap_or_else(|| "Reins".to_owned()),
            agent: None,
            request: Some(request),
            action: row.action,
            decision: row.decision,
            detail,
            sentence: None,
        });
    }
    Ok(entries)
}

pub async fn make_partitions(pool: &PgPool) -> Result<()> {
    sqlx::query!("select make_entry_partitions(current_date)").execute(pool).await?;
    Ok(())
}
