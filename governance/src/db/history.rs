use chrono::{DateTime, NaiveDate, Utc};
use domain::{approval::Pending, folding::folded, state::State};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::requests::NewRequest;
use crate::{error::Result, reports::Cost};

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
    pub cost: Option<Cost>,
}

/// Makes the partitions of a past month and of all that follow it.
pub async fn make_partitions_since(connection: &mut PgConnection, first: NaiveDate) -> Result<()> {
    sqlx::query_scalar!("select make_entry_partitions($1)", first).fetch_one(connection).await?;
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
            occasion, template, amount_minor, currency, state, decision, answer, pending, digest, body_entry, sentence,
            asked_at, changed_at, deadline, approved_epoch, claim_key, outcome, customer_folded, claimed_at,
            cost_micros, cost_currency, due, falls_due)
        select *, case when r.state in ('waiting', 'approved') then r.asked_at end,
            case when r.state in ('waiting', 'approved') then r.deadline end
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::text[], $6::integer[], $7::integer[], $8::text[],
            $9::text[], $10::text[], $11::bigint[], $12::text[], $13::text[], $14::text[], $15::json[], $16::jsonb[],
            $17::bytea[], $18::uuid[], $19::text[], $20::timestamptz[], $21::timestamptz[], $22::timestamptz[],
            $23::bigint[], $24::text[], $25::jsonb[], $26::text[], $27::timestamptz[], $28::bigint[], $29::text[])
            as r (id, agent_id, idempotency_key, body_digest, action, revision, permission_version, customer_id, occasion,
                template, amount_minor, currency, state, decision, answer, pending, digest, body_entry, sentence, asked_at,
                changed_at, deadline, approved_epoch, claim_key, outcome, customer_folded, claimed_at, cost_micros, cost_currency)
        "#,
        &past.iter().map(|p| p.new.id.0).collect::<Vec<Uuid>>(),
        &past.iter().map(|p| p.new.agent.0).collect::<Vec<Uuid>>(),
        &column(|p| &p.new.idempotency_key),
        &past.iter().map(|p| p.new.body_digest.to_vec()).collect::<Vec<_>>(),
        &column(|p| &p.new.action),
        &past.iter().map(|p| p.new.revision).collect::<Vec<_>>() as &[Option<i32>],
        &past.iter().map(|p| p.new.answer.permission_version).collect::<Vec<_>>() as &[Option<i32>],
        &maybe(|p| p.new.customer.clone()) as &[Option<String>],
        &maybe(|p| p.new.occasion.clone()) as &[Option<String>],
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
        &maybe(|p| p.new.customer.as_deref().map(|id| folded(id).into_owned())) as &[Option<String>],
        &past.iter().map(|p| p.claim_key.as_ref().map(|_| p.changed_at)).collect::<Vec<_>>() as &[Option<DateTime<Utc>>],
        &past.iter().map(|p| p.cost.map(|cost| cost.micros)).collect::<Vec<_>>() as &[Option<i64>],
        &maybe(|p| p.cost.map(|cost| cost.currency.code().to_owned())) as &[Option<String>],
    )
    .execute(connection)
    .await?;
    Ok(())
}
