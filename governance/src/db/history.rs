use chrono::{DateTime, NaiveDate, Utc};
use domain::{approval::Pending, state::State};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::requests::NewRequest;
use crate::{
    error::Result,
    record::{NewEntry, Who},
};

/// A request together with what has become of it since.
pub struct PastRequest {
    pub asked_at: DateTime<Utc>,
    pub new: NewRequest,
    pub state: State,
    pub changed_at: DateTime<Utc>,
    pub pending: Vec<Pending>,
    pub approved_epoch: Option<i64>,
    pub claim_key: Option<String>,
    pub outcome: Option<Value>,
}

/// Makes the partitions of a past month and of all that follow it.
pub async fn make_partitions_since(connection: &mut PgConnection, first: NaiveDate) -> Result<()> {
    sqlx::query!("select make_entry_partitions($1)", first).execute(connection).await?;
    Ok(())
}

pub async fn insert_requests(connection: &mut PgConnection, past: &[PastRequest]) -> Result<()> {
    let answers = past.iter().map(|p| serde_json::to_value(&p.new.answer));
    let pending = past.iter().map(|p| serde_json::to_value(&p.pending));
    let column = |pick: fn(&PastRequest) -> &str| past.iter().map(|p| pick(p).to_owned()).collect::<Vec<String>>();
    let maybe = |pick: fn(&PastRequest) -> Option<String>| past.iter().map(pick).collect::<Vec<Option<String>>>();

    sqlx::query!(
        r#"
        insert into requests (id, agent_id, idempotency_key, body_digest, action, revision, permission_version, customer_id,
            trigger, template, amount_minor, currency, state, decision, answer, pending, digest, body_entry, sentence,
            asked_at, changed_at, deadline, approved_epoch, claim_key, outcome)
        select *
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::text[], $6::integer[], $7::integer[], $8::text[],
            $9::text[], $10::text[], $11::bigint[], $12::text[], $13::text[], $14::text[], $15::jsonb[], $16::jsonb[],
            $17::bytea[], $18::uuid[], $19::text[], $20::timestamptz[], $21::timestamptz[], $22::timestamptz[],
            $23::bigint[], $24::text[], $25::jsonb[])
        "#,
        &past.iter().map(|p| p.new.id.0).collect::<Vec<Uuid>>(),
        &past.iter().map(|p| p.new.agent.0).collect::<Vec<Uuid>>(),
        &column(|p| &p.new.idempotency_key),
        &past.iter().map(|p| p.new.body_digest.to_vec()).collect::<Vec<_>>(),
        &column(|p| &p.new.action),
        &past.iter().map(|p| p.new.revision).collect::<Vec<_>>() as &[Option<i32>],
        &past.iter().map(|p| p.new.answer.permission_version).collect::<Vec<_>>() as &[Option<i32>],
        &maybe(|p| p.new.customer.clone()) as &[Option<String>],
        &maybe(|p| p.new.trigger.clone()) as &[Option<String>],
        &maybe(|p| p.new.template.clone()) as &[Option<String>],
        &past.iter().map(|p| p.new.amount.map(|m| m.minor)).collect::<Vec<_>>() as &[Option<i64>],
        &maybe(|p| p.new.amount.map(|m| m.currency.code().to_owned())) as &[Option<String>],
        &column(|p| p.state.name()),
        &column(|p| &p.new.answer.decision),
        &answers.collect::<std::result::Result<Vec<_>, _>>()?,
        &pending.collect::<std::result::Result<Vec<_>, _>>()?,
        &past.iter().map(|p| p.new.digest.to_vec()).collect::<Vec<_>>(),
        &past.iter().map(|p| p.new.body_entry.0).collect::<Vec<Uuid>>(),
        &column(|p| &p.new.sentence),
        &past.iter().map(|p| p.asked_at).collect::<Vec<_>>(),
        &past.iter().map(|p| p.changed_at).collect::<Vec<_>>(),
        &past.iter().map(|p| p.new.deadline).collect::<Vec<_>>() as &[Option<DateTime<Utc>>],
        &past.iter().map(|p| p.approved_epoch).collect::<Vec<_>>() as &[Option<i64>],
        &maybe(|p| p.claim_key.clone()) as &[Option<String>],
        &past.iter().map(|p| p.outcome.clone()).collect::<Vec<_>>() as &[Option<Value>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes entries with their personal data, each at its own time.
pub async fn append(connection: &mut PgConnection, entries: &[(DateTime<Utc>, NewEntry)]) -> Result<()> {
    let maybe = |pick: fn(&NewEntry) -> Option<String>| entries.iter().map(|(_, e)| pick(e)).collect::<Vec<_>>();
    let actor = |entry: &NewEntry| match entry.who {
        Who::Agent(id) => ("agent".to_owned(), Some(id.0)),
        Who::Person(id) => ("person".to_owned(), Some(id.0)),
        Who::System => ("system".to_owned(), None),
    };
    let personal = || entries.iter().filter_map(|(_, entry)| Some((entry.id.0, entry.personal.as_ref()?)));

    sqlx::query!(
        r#"
        with beside as (
            insert into personal (entry_id, salt, body)
            select * from unnest($12::uuid[], $13::bytea[], $14::jsonb[])
        )
        insert into entries (id, at, kind, actor_kind, actor_id, agent_id, request_id, action, decision, detail, personal_hash)
        select *
        from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[],
            $9::text[], $10::jsonb[], $11::bytea[])
        "#,
        &entries.iter().map(|(_, e)| e.id.0).collect::<Vec<Uuid>>(),
        &entries.iter().map(|(at, _)| *at).collect::<Vec<_>>(),
        &entries.iter().map(|(_, e)| e.kind.name().to_owned()).collect::<Vec<String>>(),
        &entries.iter().map(|(_, e)| actor(e).0).collect::<Vec<String>>(),
        &entries.iter().map(|(_, e)| actor(e).1).collect::<Vec<_>>() as &[Option<Uuid>],
        &entries.iter().map(|(_, e)| e.agent.map(|id| id.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &entries.iter().map(|(_, e)| e.request.map(|id| id.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &maybe(|e| e.action.clone()) as &[Option<String>],
        &maybe(|e| e.decision.clone()) as &[Option<String>],
        &entries.iter().map(|(_, e)| e.detail.clone()).collect::<Vec<_>>(),
        &entries.iter().map(|(_, e)| e.personal.as_ref().map(|p| p.hash.to_vec())).collect::<Vec<_>>()
            as &[Option<Vec<u8>>],
        &personal().map(|(id, _)| id).collect::<Vec<Uuid>>(),
        &personal().map(|(_, p)| p.salt.to_vec()).collect::<Vec<_>>(),
        &personal().map(|(_, p)| p.body.clone()).collect::<Vec<_>>(),
    )
    .execute(connection)
    .await?;
    Ok(())
}
