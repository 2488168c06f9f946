//! Outcomes and feedback: what came of a request.

use domain::{
    entry::{Breach, Cost as CostDetail, Detail, Feedback as FeedbackDetail, Name, Reported as ReportedDetail},
    id::RequestId,
    request::Ask,
    schema::Misfit,
    state::State,
    view::KeyKind,
};
use serde_json::{Value, json};

use crate::{
    AgentError, Cost, Feedback, FeedbackKind, Governance, Key, Outcome, Reported, Result, db, db::requests::Stored,
    entry::NewEntry, id, permit::Permit,
};

impl Governance {
    /// Takes an outcome once; the same again is accepted, and `unknown` may become certain.
    ///
    /// Without the request's grant it is a breach: recorded, and refused.
    pub async fn report(
        &self,
        key: &Key,
        id: RequestId,
        token: Option<&str>,
        outcome: &Outcome,
    ) -> std::result::Result<Reported, AgentError> {
        let (mut tx, control, now) = self.begin_decision().await?;
        let (agent, permit) = key.agent(&control)?;
        let stored = db::requests::find_for_update(&mut tx, id).await?;
        let stored = stored.filter(|r| r.agent == agent).ok_or(AgentError::NotFound)?;
        let token_fits = match token {
            Some(token) => control.token_fits(id, token)?,
            None => false,
        };
        let was_granted = stored.answer.state == State::Granted || stored.claim_key.is_some();
        // What lies beside an erased request would say again what was erased.
        let body = match stored.ask {
            Some(_) => json!({ "status": outcome.status, "reference": outcome.reference, "detail": outcome.detail }),
            None => json!({ "status": outcome.status, "reference": "", "detail": {} }),
        };

        if !token_fits || !was_granted {
            let status = outcome.status;
            let detail = Detail::Breach(Breach { status, granted: was_granted, state: stored.life.state() });
            let entry = beside(&stored, detail, &permit, body)?.write(&mut tx, now).await?;
            db::outcome::add_breach(&mut tx, entry, (id, agent), now, (status, was_granted)).await?;
            tx.commit().await?;
            return Err(AgentError::NoGrant(id));
        }

        let to = outcome.status.state();
        // What an earlier report has cost is not taken back by one that says nothing of it.
        let same_cost = outcome.cost.is_none() || outcome.cost == stored.cost;
        if stored.outcome.as_ref() == Some(&body) && same_cost {
            return Ok(Reported { id, state: stored.life.state() });
        }
        // Reins gave up waiting, and the agent does not know either.
        let known = stored.life.state() == State::Unknown && to == State::Unknown && stored.outcome.is_none();
        if !known {
            let next = stored.life.ends(to).ok_or(AgentError::AlreadyReported(id))?;
            db::requests::store(&mut tx, now, id, &stored.life, &next, None).await?;
        }
        db::outcome::set(&mut tx, id, &body, outcome.cost).await?;
        let cost_before = stored.cost.filter(|_| outcome.cost.is_some()).map(recorded);
        let (status, was, cost) = (outcome.status, stored.life.state(), outcome.cost.map(recorded));
        let detail = Detail::Reported(ReportedDetail { status, was, cost, cost_before });
        beside(&stored, detail, &permit, body)?.write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(Reported { id, state: to })
    }

    /// Takes feedback on a request of the key's agent, from the agent or a hook; under an idempotency key once. `false`
    /// when the same was taken under it before.
    pub async fn give_feedback(
        &self,
        key: &Key,
        idempotency_key: Option<&str>,
        id: RequestId,
        feedback: &Feedback,
    ) -> std::result::Result<bool, AgentError> {
        if feedback.score.is_some_and(|score| !(0.0..=1.0).contains(&score)) {
            let (pointer, detail) = ("/score".to_owned(), "is not between 0 and 1".to_owned());
            return Err(AgentError::Invalid(vec![Misfit { pointer, detail }]));
        }
        let (mut tx, control, now) = self.begin_decision().await?;
        let (permit, key) = key.of(&control)?;
        // Locked, as `report` does: whoever erases it just now is waited for.
        let stored = db::requests::find_for_update(&mut tx, id).await?;
        let stored = stored.filter(|r| r.agent == key.agent).ok_or(AgentError::NotFound)?;
        let from_agent = key.kind == KeyKind::Agent;
        if feedback.kind == FeedbackKind::Failed {
            if from_agent {
                return Err(AgentError::WrongKind);
            }
            db::outcome::confirm_failure(&mut tx, id).await?;
        }
        let erased = Feedback { note: String::new(), ..feedback.clone() };
        let feedback = if stored.ask.is_some() { feedback } else { &erased };
        let customer = stored.ask.as_ref().and_then(Ask::customer_id).map(str::to_owned);
        let row = db::outcome::NewFeedback {
            id: id::next(),
            request: id,
            agent: key.agent,
            customer,
            from_agent,
            at: now,
            idempotency_key: idempotency_key.map(str::to_owned),
        };
        if !db::outcome::add_feedback(&mut tx, &row, feedback).await? {
            return match db::outcome::is_stored_feedback(&mut tx, &row, feedback).await? {
                true => Ok(false),
                false => Err(AgentError::IdempotencyMismatch),
            };
        }
        let kind = Name::of(feedback.kind.name());
        let detail = Detail::Feedback(FeedbackDetail { kind, score: feedback.score, from_agent });
        beside(&stored, detail, &permit, json!({ "note": feedback.note }))?.write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// An entry about a request, with what was said beside it: nothing, where that would say again what was erased.
fn beside(stored: &Stored, detail: Detail, permit: &Permit, said: Value) -> Result<NewEntry> {
    let entry = stored.entry(detail, permit);
    match stored.ask {
        Some(_) => entry.personal(said),
        None => Ok(entry),
    }
}

/// A cost as an entry has it.
pub(crate) fn recorded(cost: Cost) -> CostDetail {
    CostDetail { amount: Name::of(&cost.amount()), currency: Name::of(cost.currency.code()) }
}
