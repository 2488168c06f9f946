mod verifying;

use chrono::{DateTime, Utc};
use domain::{
    entry::{Detail, FORMAT, Kind},
    id::{AgentId, EntryId, PersonId, RequestId},
    sentence::Names,
    view::{AgentLink, EntryRow, PersonLink, RecordFilter, RecordPage},
};
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::{
    entry::{NewEntry, Sealed},
    error::Result,
};

pub use verifying::verify;

/// Entries a page.
const PAGE: i64 = 50;

/// When the days of a filter begin and are over, and where.
struct Span {
    time_zone: String,
    starts: Option<DateTime<Utc>>,
    ends: Option<DateTime<Utc>>,
}

/// Writes entries with their personal data, each at its own time, in one statement. Nothing else writes any.
pub async fn append(connection: &mut PgConnection, entries: &[(DateTime<Utc>, NewEntry)]) -> Result<()> {
    let sealed: Vec<Sealed> = entries.iter().map(|(at, entry)| entry.sealed(*at)).collect::<Result<_>>()?;
    let each = || sealed.iter();
    let personal = || each().filter_map(|entry| Some((entry.id, entry.personal?)));

    // JSON goes as text: it is written once, and PostgreSQL reads it in any case.
    sqlx::query!(
        r#"
        with beside as (
            insert into personal (entry_id, salt, body)
            select unnest($16::uuid[]), unnest($17::bytea[]), unnest($18::text[])
        )
        insert into entries (id, at, format, kind, actor_kind, actor_id, job, agent_id, request_id, call, action, decision,
            detail, personal_hash, leaf)
        select id, at, $1, kind, actor_kind, actor_id, job, agent_id, request_id, call, action, decision, detail::jsonb, hash, leaf
        from (
            select unnest($2::uuid[]) as id,
                unnest($3::timestamptz[]) as at,
                unnest($4::text[]) as kind,
                unnest($5::text[]) as actor_kind,
                unnest($6::uuid[]) as actor_id,
                unnest($7::text[]) as job,
                unnest($8::uuid[]) as agent_id,
                unnest($9::uuid[]) as request_id,
                unnest($10::uuid[]) as call,
                unnest($11::text[]) as action,
                unnest($12::text[]) as decision,
                unnest($13::text[]) as detail,
                unnest($14::bytea[]) as hash,
                unnest($15::bytea[]) as leaf
        ) e
        "#,
        FORMAT,
        &each().map(|e| e.id).collect::<Vec<Uuid>>(),
        &each().map(|e| e.at).collect::<Vec<_>>(),
        &each().map(|e| e.kind).collect::<Vec<_>>() as &[&str],
        &each().map(|e| e.by.stored().0).collect::<Vec<_>>() as &[&str],
        &each().map(|e| e.by.stored().1).collect::<Vec<_>>() as &[Option<Uuid>],
        &each().map(|e| e.by.job()).collect::<Vec<_>>() as &[Option<&str>],
        &each().map(|e| e.agent).collect::<Vec<_>>() as &[Option<Uuid>],
        &each().map(|e| e.request).collect::<Vec<_>>() as &[Option<Uuid>],
        &each().map(|e| e.call).collect::<Vec<_>>() as &[Option<Uuid>],
        &each().map(|e| e.action).collect::<Vec<_>>() as &[Option<&str>],
        &each().map(|e| e.decision).collect::<Vec<_>>() as &[Option<&str>],
        &each().map(|e| e.detail.as_str()).collect::<Vec<_>>() as &[&str],
        &each().map(|e| e.personal.map(|p| &p.hash[..])).collect::<Vec<_>>() as &[Option<&[u8]>],
        &each().map(|e| &e.leaf[..]).collect::<Vec<_>>() as &[&[u8]],
        &personal().map(|(id, _)| id).collect::<Vec<Uuid>>(),
        &personal().map(|(_, p)| &p.salt[..]).collect::<Vec<_>>() as &[&[u8]],
        &personal().map(|(_, p)| p.body.as_str()).collect::<Vec<_>>() as &[&str],
    )
    .execute(connection)
    .await?;
    Ok(())
}

impl NewEntry {
    pub async fn write(self, connection: &mut PgConnection, now: DateTime<Utc>) -> Result<EntryId> {
        let id = self.id();
        append(connection, &[(now, self)]).await?;
        Ok(id)
    }
}

async fn span(pool: &PgPool, filter: &RecordFilter) -> Result<Span> {
    let span = sqlx::query_as!(
        Span,
        r#"
        select time_zone,
            $1::date::timestamp at time zone time_zone as starts,
            ($2::date + 1)::timestamp at time zone time_zone as ends
        from control
        "#,
        filter.from,
        filter.to,
    );
    Ok(span.fetch_one(pool).await?)
}

/// `mark`: of the customer whose requests are looked for.
pub async fn page(
    pool: &PgPool,
    filter: &RecordFilter,
    mark: Option<&str>,
    names: &Names,
    now: DateTime<Utc>,
) -> Result<RecordPage> {
    let span = span(pool, filter).await?;
    // Looked up first: only of a value that it knows can the planner say how much of the record it is.
    let agent = match &filter.agent {
        None => None,
        Some(slug) => {
            let id = sqlx::query_scalar!("select id from agents where slug = $1", slug).fetch_optional(pool).await?;
            Some(id.unwrap_or_default())
        }
    };
    let mut entries = rows(pool, filter, mark, &span, agent, false).await?;
    // A stop of everything is every agent's.
    if agent.is_some_and(|id| !id.is_nil()) {
        entries.extend(rows(pool, filter, mark, &span, None, true).await?);
        entries.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.id)));
    }
    let more = entries.len() > PAGE as usize;
    entries.truncate(PAGE as usize);
    let next = if more { entries.last().map(|entry| entry.id) } else { None };

    let agents = sqlx::query!("select id, slug, name from agents order by name").fetch_all(pool).await?;
    let people = sqlx::query!("select id, name from people order by name").fetch_all(pool).await?;
    let people: Vec<_> = people.into_iter().map(|row| PersonLink { id: PersonId(row.id), name: row.name }).collect();
    // Agents write nothing into those.
    for entry in entries.iter_mut().filter(|entry| entry.request.is_none()) {
        name_people(&mut entry.detail, &people);
    }
    Ok(RecordPage {
        entries,
        next,
        agents: agents
            .into_iter()
            .map(|row| AgentLink { id: AgentId(row.id), slug: row.slug, name: row.name })
            .collect(),
        people,
        actions: names.actions.clone(),
        time_zone: span.time_zone,
        now,
    })
}

/// Puts the names that people have now where an entry holds their ids.
fn name_people(detail: &mut Value, people: &[PersonLink]) {
    match detail {
        Value::String(text) => {
            let name = |word: &str| {
                let id = word.parse().ok().map(PersonId)?;
                people.iter().find(|person| person.id == id).map(|person| person.name.clone())
            };
            if text.split(' ').any(|word| name(word).is_some()) {
                let words: Vec<_> = text.split(' ').map(|word| name(word).unwrap_or_else(|| word.to_owned())).collect();
                *text = words.join(" ");
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| name_people(value, people)),
        Value::Object(members) => members.iter_mut().for_each(|(_, value)| name_people(value, people)),
        _ => {}
    }
}

/// One more than a page of entries: those of an agent, or those about all agents, or all.
async fn rows(
    pool: &PgPool,
    filter: &RecordFilter,
    mark: Option<&str>,
    span: &Span,
    agent: Option<Uuid>,
    of_everything: bool,
) -> Result<Vec<EntryRow>> {
    let rows = sqlx::query!(
        r#"
        select e.id,
            e.at,
            e.format,
            e.kind,
            coalesce(p.name, case when e.actor_kind = 'hook' then 'A hook of ' || actor.name else actor.name end) as "actor?",
            e.request_id,
            e.action,
            e.decision,
            e.detail,
            case
                when e.kind = 'asked' then jsonb_build_object('reasons', r.answer -> 'reasons')
                -- What agents write is on the request's page.
                when e.request_id is not null
                    then jsonb_build_object('reason', b.body::jsonb -> 'reason', 'note', b.body::jsonb -> 'note')
                else b.body::jsonb - 'email'
            end as "beside?",
            a.id as "agent_id?",
            a.slug as "agent_slug?",
            a.name as "agent_name?",
            shown(
                r.agent_id,
                r.permission_version,
                r.action,
                case
                    when e.kind = 'asked' then coalesce(r.asked_sentence, r.sentence)
                    else coalesce(r.former ->> (e.detail ->> 'digest'), r.sentence)
                end
            ) as "sentence?",
            case
                when e.kind = 'changed'
                    then shown(r.agent_id, r.permission_version, r.action, r.former ->> (e.detail ->> 'old_digest'))
            end as "was?"
        from entries e
        left join people p on e.actor_kind = 'person' and p.id = e.actor_id
        left join agents actor on e.actor_kind in ('agent', 'hook') and actor.id = e.actor_id
        left join agents a on a.id = e.agent_id
        left join requests r on r.id = e.request_id
        left join personal b on b.entry_id = e.id and e.kind not in ('asked', 'changed')
        where ($1::uuid is null or e.agent_id = $1)
            and ($2::text is null or e.action = $2)
            and ($3::text is null or e.decision = $3)
            and ($4::text is null or e.kind = $4)
            and ($5::uuid is null or (e.actor_kind = 'person' and e.actor_id = $5))
            and ($6::text is null or e.request_id = any (array(select id from requests where customer_folded = $12 and customer_id = $6)))
            and ($7::timestamptz is null or e.at >= $7)
            and ($8::timestamptz is null or e.at < $8)
            and ($9::uuid is null or (e.at, e.id) < (select b.at, b.id from entries b where b.id = $9))
            and (not $11 or (e.agent_id is null and e.kind in ('stopped', 'stop_joined', 'stop_repeated', 'stop_explained', 'released')))
        order by e.at desc, e.id desc
        limit $10
        "#,
        agent,
        filter.action,
        filter.decision,
        filter.kind.map(Kind::name),
        filter.person.map(|id| id.0),
        filter.customer,
        span.starts,
        span.ends,
        filter.before.map(|id| id.0),
        PAGE + 1,
        of_everything,
        mark,
    );
    let mut entries = Vec::new();
    for row in rows.fetch_all(pool).await? {
        let who = row.actor.unwrap_or_else(|| by_nobody(&row.kind));
        let (kind, detail) = read(&row.kind, row.format, row.detail, row.beside);
        entries.push(EntryRow {
            id: EntryId(row.id),
            at: row.at,
            kind,
            who,
            agent: link(row.agent_id, row.agent_slug, row.agent_name),
            request: row.request_id.map(RequestId),
            action: row.action,
            decision: row.decision,
            detail,
            sentence: row.sentence,
            was: row.was,
        });
    }
    Ok(entries)
}

/// What an entry says, with what lies beside; of what this version of Reins does not know only that.
fn read(kind: &str, format: i16, mut detail: Value, beside: Option<Value>) -> (Option<Kind>, Value) {
    let Some(known) = Detail::read(kind, format, &detail) else { return (None, json!({ "kind": kind })) };
    if let (Some(detail), Some(Value::Object(beside))) = (detail.as_object_mut(), beside) {
        detail.extend(beside.into_iter().filter(|(_, value)| !value.is_null()));
    }
    (Some(known.kind()), detail)
}

/// Who did what neither a person nor an agent has done.
fn by_nobody(kind: &str) -> String {
    if kind == Kind::SignInFailed.name() { "Somebody".to_owned() } else { "Reins".to_owned() }
}

pub fn link(id: Option<Uuid>, slug: Option<String>, name: Option<String>) -> Option<AgentLink> {
    Some(AgentLink { id: AgentId(id?), slug: slug?, name: name? })
}

/// What happened to a request, the oldest first, at most 200; with its sentence where that was another then.
pub async fn of_request(connection: &mut PgConnection, request: RequestId) -> Result<Vec<EntryRow>> {
    let rows = sqlx::query!(
        r#"
        select e.id,
            e.at,
            e.format,
            e.kind,
            coalesce(p.name, case when e.actor_kind = 'hook' then 'A hook of ' || a.name else a.name end) as "who?",
            e.action,
            e.decision,
            e.detail,
            case
                when e.kind = 'asked' then jsonb_build_object('reasons', r.answer -> 'reasons')
                when e.kind = 'changed' then b.body::jsonb -> 'ask'
                else b.body::jsonb
            end as "beside?",
            case
                when r.former ? (e.detail ->> 'digest')
                    then shown(r.agent_id, r.permission_version, r.action, r.former ->> (e.detail ->> 'digest'))
            end as "former?"
        from entries e
        left join people p on e.actor_kind = 'person' and p.id = e.actor_id
        left join agents a on e.actor_kind in ('agent', 'hook') and a.id = e.actor_id
        left join personal b on b.entry_id = e.id and e.kind <> 'asked'
        left join requests r on r.id = e.request_id
        where e.request_id = $1
        order by e.at, e.id
        limit 200
        "#,
        request.0,
    );
    let mut entries = Vec::new();
    for row in rows.fetch_all(connection).await? {
        let (kind, detail) = read(&row.kind, row.format, row.detail, row.beside);
        entries.push(EntryRow {
            id: EntryId(row.id),
            at: row.at,
            kind,
            who: row.who.unwrap_or_else(|| "Reins".to_owned()),
            agent: None,
            request: Some(request),
            action: row.action,
            decision: row.decision,
            detail,
            sentence: row.former,
            was: None,
        });
    }
    Ok(entries)
}

/// `false` while somebody reads the record for so long that a month cannot be made room for.
pub async fn make_partitions(pool: &PgPool) -> Result<bool> {
    let whole =
        sqlx::query_scalar!(r#"select make_entry_partitions((told_now() at time zone 'UTC')::date) as "whole!""#);
    Ok(whole.fetch_one(pool).await?)
}
