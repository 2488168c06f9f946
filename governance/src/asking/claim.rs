//! Claims: an approved request is judged again, right before it is carried out.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    approval::Given,
    entry::{Because, Claimed as GrantClaimed, Detail, Nothing},
    facts::Facts,
    id::{AgentId, RequestId},
    life::Stage,
    standing::{are_still_met, standing},
    state::{GRANT_SECONDS, State},
};
use sqlx::PgConnection;

use crate::{
    AgentError, Claimed, Governance, Key, Result,
    asking::weigh::{gather_again, permits},
    control::Control,
    db::{self, requests::Stored},
};

impl Governance {
    /// Gives the grant of an approved request, once; the same idempotency key gives the same grant.
    pub async fn claim(
        &self,
        key: &Key,
        idempotency_key: &str,
        id: RequestId,
    ) -> std::result::Result<Claimed, AgentError> {
        if self.holds_back() {
            return Err(AgentError::Unavailable);
        }
        let claimed = self.give_grant(key, idempotency_key, id).await;
        self.0.presses.let_out(claimed)
    }

    async fn give_grant(
        &self,
        key: &Key,
        idempotency_key: &str,
        id: RequestId,
    ) -> std::result::Result<Claimed, AgentError> {
        let (mut tx, control, now) = self.begin_decision().await?;
        let (agent, permit) = key.agent(&control)?;
        control.need_readable(agent)?;
        // Windows are locked before rows; which windows, the request itself says.
        let seen = db::requests::find(&mut tx, id).await?.filter(|r| r.agent == agent).ok_or(AgentError::NotFound)?;
        let facts = gather_again(&mut tx, &control, agent, seen.body()?, id).await?;
        let stored = db::requests::find_for_update(&mut tx, id).await?.ok_or(AgentError::NotFound)?;
        // Its arguments were changed while the windows were locked: which ones they are may have changed, too.
        if stored.digest != seen.digest {
            return Err(AgentError::NotApproved(id));
        }
        let arguments = stored.body()?.arguments.clone();

        if let Some(again) = claimed_before(&control, now, idempotency_key, &stored)? {
            let claimed = again?;
            let yeses = db::approvals::of_one(&mut tx, id).await?;
            let clock = control.clock(agent, &stored.action, stored.asked_at, now);
            let holds = control.holds(agent, &stored.digest, &clock);
            let standing = standing(stored.life.pending(), None, &yeses, &holds);
            still_permits(&control, now, &stored, &facts, &standing.counted)?;
            return Ok(claimed);
        }
        let judged = self.judge_claim(&mut tx, &control, now, agent, &stored, &facts).await?;
        if let Err(refusal) = judged {
            let detail = Detail::ClaimRefused(Because { because: why_not(&refusal).into() });
            stored.entry(detail, &permit).write(&mut tx, now).await?;
            tx.commit().await?;
            return Err(refusal);
        }

        let execute_before = now + TimeDelta::seconds(GRANT_SECONDS);
        let next = stored.life.granted(execute_before).ok_or(AgentError::NotApproved(id))?;
        db::requests::store(&mut tx, now, id, &stored.life, &next, Some(idempotency_key)).await?;
        let detail = Detail::Claimed(GrantClaimed { execute_before });
        stored.entry(detail, &permit).write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(Claimed { grant: control.grant(id, execute_before)?, arguments })
    }

    /// Steps 1 to 4 must pass again, and every rule that fits now must be met by the approvals given.
    async fn judge_claim(
        &self,
        connection: &mut PgConnection,
        control: &Control,
        now: DateTime<Utc>,
        agent: AgentId,
        stored: &Stored,
        facts: &Facts,
    ) -> Result<std::result::Result<(), AgentError>> {
        let id = stored.id;
        let no = |refusal: AgentError| Ok(Err(refusal));
        if control.stopped(agent).is_some() {
            return no(AgentError::Stopped(id));
        }
        let yeses = db::approvals::of_one(connection, id).await?;
        let stands = control.stands(stored.judged(), &yeses, now);
        if stands.state == State::Expired {
            return no(AgentError::Expired(id));
        }
        let Some(standing) = stands.standing.filter(|_| stands.state == State::Approved) else {
            return no(AgentError::NotApproved(id));
        };
        Ok(still_permits(control, now, stored, facts, &standing.counted))
    }

    /// Withdraws a request that is not carried out yet.
    pub async fn cancel(&self, key: &Key, id: RequestId) -> std::result::Result<State, AgentError> {
        let (mut tx, control, now) = self.begin_decision().await?;
        let (agent, permit) = key.agent(&control)?;
        let stored = db::requests::find_for_update(&mut tx, id).await?;
        let stored = stored.filter(|r| r.agent == agent).ok_or(AgentError::NotFound)?;
        if stored.life.state() == State::Cancelled {
            return Ok(State::Cancelled);
        }
        let next = stored.life.ends(State::Cancelled).ok_or(AgentError::NotOpen(id))?;
        db::requests::store(&mut tx, now, id, &stored.life, &next, None).await?;
        stored.entry(Detail::Cancelled(Nothing {}), &permit).write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(State::Cancelled)
    }
}

/// Why a claim came to nothing, in words of Reins.
fn why_not(refusal: &AgentError) -> &'static str {
    match refusal {
        AgentError::Stopped(_) => "the agent is stopped",
        AgentError::Paused(_) => "what it runs on is paused",
        AgentError::Expired(_) => "the approval is over",
        AgentError::NotApproved(_) => "it is not approved",
        AgentError::NoLongerPermitted(_) => "the rules no longer permit it",
        _ => "it could not be judged",
    }
}

type Again = Option<std::result::Result<Claimed, AgentError>>;

/// Whether it may be claimed now: every rule that fits now must be met by the yeses that count.
fn still_permits(
    control: &Control,
    now: DateTime<Utc>,
    stored: &Stored,
    facts: &Facts,
    counted: &[Given],
) -> std::result::Result<(), AgentError> {
    let revision = control.action(&stored.action).map(|(revision, _)| revision);
    if revision != stored.revision {
        return Err(AgentError::NoLongerPermitted(stored.id));
    }
    let given = control.as_one.apart(counted);
    permits(control, now, stored.id, stored.agent, stored.body()?, facts, |needs| {
        are_still_met(needs, stored.life.pending(), &given)
    })
}

/// A repeated claim gets its grant again while that is unexpired, unreported, and would still be given.
fn claimed_before(control: &Control, now: DateTime<Utc>, idempotency_key: &str, stored: &Stored) -> Result<Again> {
    let id = stored.id;
    let Some(claim_key) = &stored.claim_key else {
        let granted_at_once = stored.answer.state == State::Granted;
        return Ok(granted_at_once.then_some(Err(AgentError::AlreadyClaimed(id))));
    };
    if claim_key != idempotency_key {
        return Ok(Some(Err(AgentError::AlreadyClaimed(id))));
    }
    if control.stopped(stored.agent).is_some() {
        return Ok(Some(Err(AgentError::Stopped(id))));
    }
    if stored.is_reported() {
        return Ok(Some(Err(AgentError::AlreadyReported(id))));
    }
    let runs = match stored.life.stage() {
        Stage::Granted { until } => until.filter(|before| now < *before),
        _ => None,
    };
    let Some(execute_before) = runs else {
        return Ok(Some(Err(AgentError::GrantExpired(id))));
    };
    Ok(Some(
        stored.body().and_then(|ask| {
            Ok(Claimed { grant: control.grant(id, execute_before)?, arguments: ask.arguments.clone() })
        }),
    ))
}
