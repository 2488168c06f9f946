use chrono::{DateTime, Utc};
use domain::{
    id::{AgentId, EntryId, RequestId},
    kept::{self, Written},
    life::Life,
    money::{Currency, Money},
    request::Ask,
    state::State,
};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    answer::Asked,
    error::{AgentError, Result, corrupt},
    reports::Cost,
};

/// A request as it is stored, with the body that holds now.
pub struct Stored {
    pub id: RequestId,
    pub agent: AgentId,
    pub action: String,
    pub body_digest: Vec<u8>,
    pub revision: Option<i32>,
    pub life: Life,
    pub answer: Asked,
    pub digest: Vec<u8>,
    /// `None`: it was erased.
    pub ask: Option<Ask>,
    pub asked_at: DateTime<Utc>,
    pub claim_key: Option<String>,
    pub changed_at: DateTime<Utc>,
    pub outcome: Option<Value>,
    pub cost: Option<Cost>,
}

impl Stored {
    /// What was asked; once it is erased nothing may be done that rests on it.
    pub fn body(&self) -> std::result::Result<&Ask, AgentError> {
        self.ask.as_ref().ok_or(AgentError::Erased(self.id))
    }

    /// Whether somebody has said what came of it; a grant that merely ran out has no outcome.
    pub fn is_reported(&self) -> bool {
        self.outcome.is_some() || !matches!(self.life.state(), State::Granted | State::Unknown)
    }
}

/// A request before it is stored.
pub struct NewRequest {
    pub id: RequestId,
    pub agent: AgentId,
    pub idempotency_key: String,
    pub body_digest: [u8; 32],
    pub action: String,
    pub revision: Option<i32>,
    pub customer: Option<String>,
    /// What stands in for the customer where requests are counted.
    pub mark: Option<String>,
    /// What stands in for the trigger.
    pub occasion: Option<String>,
    pub template: Option<String>,
    pub amount: Option<Money>,
    pub answer: Asked,
    pub digest: [u8; 32],
    pub body_entry: EntryId,
    pub sentence: String,
    pub deadline: Option<DateTime<Utc>>,
}

/// Writes requests in one statement, in the order of their keys, so that two groups never wait for each other.
///
/// A conflict: a key was taken meanwhile. To pass over such ones would cost each of the others a second look at its key.
///
/// Arrays are unfolded beside each other, here and where entries are written: as a table of functions each of them would be
/// kept whole before it is read.
pub async fn insert(connection: &mut PgConnection, now: DateTime<Utc>, mut new: Vec<NewRequest>) -> Result<()> {
    new.sort_by(|a, b| (a.agent, &a.idempotency_key).cmp(&(b.agent, &b.idempotency_key)));
    let answers = new
        .iter()
        .map(|r| serde_json::to_string(&Written::of(&r.answer)))
        .collect::<std::result::Result<Vec<_>, _>>()?;
    let pending = new
        .iter()
        .map(|r| serde_json::to_string(&Written::all(&r.answer.approvals)))
        .collect::<std::result::Result<Vec<_>, _>>()?;

    sqlx::query!(
        r#"
        insert into requests (id, agent_id, idempotency_key, body_digest, action, revision, permission_version, customer_id,
            customer_folded, occasion, template, amount_minor, currency, state, decision, answer, pending, digest, body_entry,
            sentence, asked_at, changed_at, deadline, due, falls_due)
        select id, agent_id, key, body_digest, action, revision, permission_version, customer_id,
            customer_folded, occasion, template, amount_minor, currency, state, decision, answer::json, pending::jsonb, digest, body_entry,
            sentence, $1, $1, deadline, case when state = 'waiting' then least(deadline, $1::timestamptz + interval '1 day') end,
            case when state = 'waiting' then deadline end
        from (
            select unnest($2::uuid[]) as id,
                unnest($3::uuid[]) as agent_id,
                unnest($4::text[]) as key,
                unnest($5::bytea[]) as body_digest,
                unnest($6::text[]) as action,
                unnest($7::integer[]) as revision,
                unnest($8::integer[]) as permission_version,
                unnest($9::text[]) as customer_id,
                unnest($10::text[]) as occasion,
                unnest($11::text[]) as template,
                unnest($12::bigint[]) as amount_minor,
                unnest($13::text[]) as currency,
                unnest($14::text[]) as state,
                unnest($15::text[]) as decision,
                unnest($16::text[]) as answer,
                unnest($17::text[]) as pending,
                unnest($18::bytea[]) as digest,
                unnest($19::uuid[]) as body_entry,
                unnest($20::text[]) as sentence,
                unnest($21::timestamptz[]) as deadline,
                unnest($22::text[]) as customer_folded
        ) r
        "#,
        now,
        &new.iter().map(|r| r.id.0).collect::<Vec<Uuid>>(),
        &new.iter().map(|r| r.agent.0).collect::<Vec<Uuid>>(),
        &new.iter().map(|r| r.idempotency_key.as_str()).collect::<Vec<_>>() as &[&str],
        &new.iter().map(|r| &r.body_digest[..]).collect::<Vec<_>>() as &[&[u8]],
        &new.iter().map(|r| r.action.as_str()).collect::<Vec<_>>() as &[&str],
        &new.iter().map(|r| r.revision).collect::<Vec<_>>() as &[Option<i32>],
        &new.iter().map(|r| r.answer.permission_version).collect::<Vec<_>>() as &[Option<i32>],
        &new.iter().map(|r| r.customer.as_deref()).collect::<Vec<_>>() as &[Option<&str>],
        &new.iter().map(|r| r.occasion.as_deref()).collect::<Vec<_>>() as &[Option<&str>],
        &new.iter().map(|r| r.template.as_deref()).collect::<Vec<_>>() as &[Option<&str>],
        &new.iter().map(|r| r.amount.map(|m| m.minor)).collect::<Vec<_>>() as &[Option<i64>],
        &new.iter().map(|r| r.amount.as_ref().map(|m| m.currency.code())).collect::<Vec<_>>() as &[Option<&str>],
        &new.iter().map(|r| r.answer.state.name()).collect::<Vec<_>>() as &[&str],
        &new.iter().map(|r| r.answer.decision.as_str()).collect::<Vec<_>>() as &[&str],
        &answers,
        &pending,
        &new.iter().map(|r| &r.digest[..]).collect::<Vec<_>>() as &[&[u8]],
        &new.iter().map(|r| r.body_entry.0).collect::<Vec<Uuid>>(),
        &new.iter().map(|r| r.sentence.as_str()).collect::<Vec<_>>() as &[&str],
        &new.iter().map(|r| r.deadline).collect::<Vec<_>>() as &[Option<DateTime<Utc>>],
        &new.iter().map(|r| r.mark.as_deref()).collect::<Vec<_>>() as &[Option<&str>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn find(connection: &mut PgConnection, id: RequestId) -> Result<Option<Stored>> {
    // Not locked: for looking, and for learning which windows to lock first.
    let row = sqlx::query_as!(
        Row,
        r#"
        select r.id, r.agent_id, r.action, r.body_digest, r.revision, r.state, r.answer, r.pending, r.digest,
            r.asked_at, r.changed_at, r.approved_epoch, r.deadline, r.claim_key, r.outcome, r.cost_micros,
            r.cost_currency,
            (b.body::json -> 'ask')::text as "body?"
        from requests r
        left join personal b on b.entry_id = r.body_entry
        where r.id = $1
        "#,
        id.0,
    );
    row.fetch_optional(connection).await?.map(Row::read).transpose()
}

/// What was asked, with its sentence, where people have changed it since.
pub async fn before_changes(connection: &mut PgConnection, id: RequestId) -> Result<Option<(String, Ask)>> {
    let row = sqlx::query!(
        r#"
        select shown(r.agent_id, r.permission_version, r.action, r.asked_sentence) as "sentence!", (b.body::json -> 'ask')::text as "body!"
        from requests r
        join entries e on e.request_id = r.id and e.kind = 'asked'
        join personal b on b.entry_id = e.id
        where r.id = $1 and r.asked_sentence is not null
        order by e.at
        limit 1
        "#,
        id.0,
    );
    let row = row.fetch_optional(connection).await?;
    row.map(|row| Ok((row.sentence, serde_json::from_str(&row.body)?))).transpose()
}

/// Locks the request until the end of the transaction: two people may press at once, and the second must see the first.
pub async fn find_for_update(connection: &mut PgConnection, id: RequestId) -> Result<Option<Stored>> {
    let row = sqlx::query_as!(
        Row,
        r#"
        select r.id, r.agent_id, r.action, r.body_digest, r.revision, r.state, r.answer, r.pending, r.digest,
            r.asked_at, r.changed_at, r.approved_epoch, r.deadline, r.claim_key, r.outcome, r.cost_micros,
            r.cost_currency,
            (b.body::json -> 'ask')::text as "body?"
        from requests r
        left join personal b on b.entry_id = r.body_entry
        where r.id = $1
        for update of r
        "#,
        id.0,
    );
    row.fetch_optional(connection).await?.map(Row::read).transpose()
}

struct Row {
    id: Uuid,
    agent_id: Uuid,
    action: String,
    body_digest: Vec<u8>,
    revision: Option<i32>,
    state: String,
    answer: Value,
    pending: Value,
    digest: Vec<u8>,
    asked_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    approved_epoch: Option<i64>,
    deadline: Option<DateTime<Utc>>,
    claim_key: Option<String>,
    outcome: Option<Value>,
    cost_micros: Option<i64>,
    cost_currency: Option<String>,
    body: Option<String>,
}

impl Row {
    fn read(self) -> Result<Stored> {
        // Whoever waited for an erasure reads the request as it has become, and what lay beside it as it was.
        let is_erased = self.body_digest.is_empty();
        Ok(Stored {
            id: RequestId(self.id),
            agent: AgentId(self.agent_id),
            action: self.action,
            body_digest: self.body_digest,
            revision: self.revision,
            life: life(&self.state, self.pending, self.deadline, self.approved_epoch)?,
            answer: kept::read(self.answer)?,
            digest: self.digest,
            ask: self.body.filter(|_| !is_erased).map(|body| serde_json::from_str(&body)).transpose()?,
            asked_at: self.asked_at,
            changed_at: self.changed_at,
            claim_key: self.claim_key,
            outcome: self.outcome,
            cost: cost(self.cost_micros, self.cost_currency)?,
        })
    }
}

/// A life from its columns.
pub fn life(state: &str, pending: Value, deadline: Option<DateTime<Utc>>, approved_epoch: Option<i64>) -> Result<Life> {
    let state = State::parse(state).ok_or_else(|| corrupt("requests.state"))?;
    let life = Life::read(state, kept::read_all(pending)?, deadline, approved_epoch);
    life.ok_or_else(|| corrupt("a request's deadline"))
}

/// Stores what a request has become; an error where it is no longer in the state that this comes from.
///
/// A claim leaves its key. What is open is looked at soon; until then its clock is taken to lag as it did.
pub async fn store(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    id: RequestId,
    from: &Life,
    life: &Life,
    claim_key: Option<&str>,
) -> Result<()> {
    let done = sqlx::query!(
        r#"
        update requests
        set state = $3,
            changed_at = $4,
            pending = $5,
            deadline = $6,
            approved_epoch = $7,
            due = case when $3 in ('waiting', 'approved') then $4::timestamptz end,
            falls_due = case when $3 in ('waiting', 'approved') then $6::timestamptz + (falls_due - deadline) end,
            complete = false,
            claim_key = coalesce($8, claim_key),
            claimed_at = case when $8 is null then claimed_at else $4 end
        where id = $1 and state = $2
        "#,
        id.0,
        from.state().name(),
        life.state().name(),
        now,
        kept::write_all(life.pending())?,
        life.deadline(),
        life.approved_epoch(),
        claim_key,
    );
    match done.execute(connection).await?.rows_affected() {
        1 => Ok(()),
        _ => Err(crate::error::Conflict::ChangedMeanwhile.into()),
    }
}

/// What a person changed a request to.
pub struct Changed<'a> {
    pub digest: [u8; 32],
    pub body_entry: EntryId,
    pub sentence: &'a str,
    pub amount: Option<Money>,
}

pub async fn change(connection: &mut PgConnection, id: RequestId, changed: Changed<'_>) -> Result<()> {
    sqlx::query!(
        r#"
        update requests
        set digest = $2,
            body_entry = $3,
            sentence = $4,
            asked_sentence = coalesce(asked_sentence, sentence),
            former = former || jsonb_build_object(encode(digest, 'hex'), sentence),
            amount_minor = $5,
            currency = $6
        where id = $1
        "#,
        id.0,
        &changed.digest[..],
        changed.body_entry.0,
        changed.sentence,
        changed.amount.map(|m| m.minor),
        changed.amount.map(|m| m.currency.code().to_owned()),
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn cost(micros: Option<i64>, currency: Option<String>) -> Result<Option<Cost>> {
    let (Some(micros), Some(code)) = (micros, currency) else { return Ok(None) };
    let currency = Currency::parse(&code).map_err(|_| corrupt("a currency"))?;
    Ok(Some(Cost { micros, currency }))
}

/// Money from its two columns.
pub fn money(minor: Option<i64>, currency: Option<String>) -> Result<Option<Money>> {
    match (minor, currency) {
        (Some(minor), Some(code)) => {
            let currency = Currency::parse(code.trim()).map_err(|_| corrupt("a currency"))?;
            Ok(Some(Money { minor, currency }))
        }
        _ => Ok(None),
    }
}

/// What the standing of a request rests on, beside the yeses and the control state.
#[derive(Clone, Copy)]
pub(crate) struct Judged<'a> {
    pub agent: AgentId,
    pub action: &'a str,
    pub asked_at: DateTime<Utc>,
    pub digest: &'a [u8],
    pub life: &'a Life,
}

impl Stored {
    pub fn judged(&self) -> Judged<'_> {
        Judged {
            agent: self.agent,
            action: &self.action,
            asked_at: self.asked_at,
            digest: &self.digest,
            life: &self.life,
        }
    }
}
