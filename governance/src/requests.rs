//! One request as it stands: for the agent that follows it, and for people.

use std::collections::HashMap;

use domain::{
    action::Reversibility,
    entry::Kind,
    id::RequestId,
    json::hex,
    permission::PermissionSet,
    role::Capability,
    schema::Schema,
    sentence::{self, Sentences},
    state::State,
    view::{AgentLink, AskedView, GivenView, NeedView, OutcomeView, RequestView},
    window::failure_counts,
};
use serde_json::Value;
use sqlx::{Postgres, pool::PoolConnection};
use tokio::sync::SemaphorePermit;

use crate::{
    Actor, AgentError, Error, Followed, Governance, Key, Result,
    control::Control,
    db::{self, requests::Stored},
    mask,
    waiting::next_for,
};

impl Governance {
    /// A connection for what an agent reads, with its place among those that agents may hold.
    pub(crate) async fn following(&self) -> Result<(SemaphorePermit<'_>, PoolConnection<Postgres>)> {
        let place = self.0.following.acquire().await.map_err(|_| Error::Unavailable)?;
        Ok((place, self.0.pages.acquire().await?))
    }

    /// What an agent is told of its request.
    pub async fn follow(&self, key: &Key, id: RequestId) -> std::result::Result<Followed, AgentError> {
        let (_place, mut connection) = self.following().await?;
        let (control, _) = self.control(&mut connection).await?;
        let agent = key.agent(&control)?;
        let stored = db::requests::find(&mut connection, id).await?;
        let stored = stored.filter(|r| r.agent == agent).ok_or(AgentError::NotFound)?;
        let votes = db::approvals::votes(&mut connection, id).await?;
        let given = db::approvals::given(&mut connection, id, &stored.digest, control.epoch(agent)).await?;
        Ok(Followed {
            state: stands(&stored, &control),
            action: stored.ask.action,
            arguments: stored.ask.arguments,
            approvals: stored.pending,
            given,
            votes,
            asked_at: stored.asked_at,
            changed_at: stored.changed_at,
            deadline: stored.deadline,
            outcome: stored.outcome.as_ref().and_then(outcome_view),
            asked: stored.answer,
        })
    }

    /// How these requests of the agent stand now.
    pub async fn states(
        &self,
        key: &Key,
        ids: &[RequestId],
    ) -> std::result::Result<HashMap<RequestId, State>, AgentError> {
        let (_place, mut connection) = self.following().await?;
        let (control, _) = self.control(&mut connection).await?;
        let agent = key.agent(&control)?;
        let (stopped, epoch) = (control.stopped(agent).is_some(), control.epoch(agent));
        let states = db::requests::states(&mut connection, agent, ids).await?.into_iter();
        Ok(states.map(|(id, state, approved)| (id, state.as_it_stands(stopped, approved != Some(epoch)))).collect())
    }

    /// Mode, stop and permissions of the agent whose key this is.
    pub async fn know_yourself(&self, key: &Key) -> std::result::Result<KnowYourself, AgentError> {
        let (_place, mut connection) = self.following().await?;
        let (control, _) = self.control(&mut connection).await?;
        let agent = key.agent(&control)?;
        let known = control.agents.get(&agent).ok_or(AgentError::BadKey)?;
        Ok(KnowYourself {
            agent: known.link.clone(),
            mode: known.mode,
            stopped: control.stopped(agent).is_some(),
            sentences: known.permissions.as_ref().map(|(_, set)| sentence::permission_set(set, &control.names)),
            permissions: known.permissions.as_ref().map(|(version, set)| (*version, PermissionSet::clone(set))),
        })
    }

    /// Everything about one request, for people.
    pub async fn request(&self, actor: &Actor, id: RequestId) -> Result<RequestView> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let stored = db::requests::find(&mut connection, id).await?.ok_or(Error::NotFound)?;
        let row = db::pages::request_row(&mut connection, &control, id).await?.ok_or(Error::NotFound)?;
        let epoch = control.epoch(stored.agent);
        let given = db::approvals::given(&mut connection, id, &stored.digest, epoch).await?;
        let queues = db::queues::all(&mut *connection, actor.person().ok().map(|me| me.id)).await?;
        let names = db::pages::names(&mut connection, given.iter().map(|g| g.by)).await?;
        let (history, known) = match &row.customer {
            Some(customer) => (
                db::pages::before(&mut connection, &control, customer, (row.asked_at, id)).await?,
                db::pages::known_of(&mut connection, customer).await?,
            ),
            None => (Vec::new(), None),
        };
        let asked = db::requests::before_changes(&mut connection, id).await?;
        let mut entries = db::entries::of_request(&mut connection, id).await?;
        let can_resolve = actor.can(Capability::Settle) && db::outcome::has_open_complaint(&mut connection, id).await?;
        let to_confirm = row.state == State::Failed
            && actor.can(Capability::Settle)
            && control
                .agents
                .get(&stored.agent)
                .and_then(|agent| agent.permissions.as_ref())
                .is_some_and(|(_, set)| failure_counts(&stored.ask.action, set))
            && !db::outcome::failure_is_confirmed(&mut connection, id).await?;
        let already = given.iter().any(|g| actor.person().is_ok_and(|me| me.id == g.by));
        let mine = |p: &domain::approval::Pending| queues.iter().any(|q| q.mine && q.slug == p.need.queue);
        let may_decide = may_decide(actor, row.state, stored.pending.iter().any(mine), already);
        let next = match (&may_decide, actor.person()) {
            (Err(_), Ok(me)) => next_for(&mut connection, &control, me.id).await?,
            _ => None,
        };
        drop(connection);
        let masks = control.masks(stored.agent);
        let asked = match asked {
            Some((sentence, ask)) => Some(AskedView { sentence, arguments: mask::masked(&ask, masks)?.arguments }),
            None => None,
        };
        for entry in entries.iter_mut().filter(|entry| entry.kind == Kind::Changed) {
            mask::mask(&mut entry.detail, masks);
        }

        let needs = stored.pending.iter().map(|pending| NeedView {
            queue: pending.need.queue.clone(),
            queue_name: control.names.queues.get(&pending.need.queue).unwrap_or(&pending.need.queue).clone(),
            needed: pending.need.needed,
            given: given
                .iter()
                .filter(|g| g.queues.contains(&pending.need.queue))
                .map(|g| GivenView { name: names.get(&g.by).cloned().unwrap_or_default(), given: g.clone() })
                .collect(),
            expires_at: pending.expires_at,
            otherwise: pending.need.otherwise.clone(),
            same_person: pending.need.same_person,
        });
        let action = control.action(&stored.ask.action).map(|(_, action)| action);
        let undoable = action.is_some_and(|a| a.reversibility != Reversibility::Irreversible);
        Ok(RequestView {
            ask: mask::masked(&stored.ask, masks)?,
            reasons: stored.answer.reasons.clone(),
            would_have_been: stored.answer.would_have_been.clone(),
            permission_version: stored.answer.permission_version,
            needs: needs.collect(),
            undo: action.map_or_else(|| "Unknown to Reins.".to_owned(), |a| a.reversibility.words()),
            can_roll_back: undoable && row.state.may_become(State::RolledBack) && actor.can(Capability::Settle),
            can_resolve,
            can_settle: to_confirm || row.state == State::Unknown && actor.can(Capability::Settle),
            schema: action
                .map(|a| a.arguments.clone())
                .filter(|s| matches!(s, Schema::Object { properties, .. } if !properties.is_empty())),
            digest: hex(&stored.digest),
            may_decide,
            next,
            known,
            asked,
            history,
            entries,
            outcome: stored.outcome.as_ref().and_then(outcome_view),
            now,
            row,
        })
    }
}

/// What an agent learns of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct KnowYourself {
    pub agent: AgentLink,
    pub mode: domain::agent::Mode,
    pub stopped: bool,
    pub sentences: Option<Sentences>,
    pub permissions: Option<(i32, PermissionSet)>,
}

fn stands(stored: &Stored, control: &Control) -> State {
    let epoch = control.epoch(stored.agent);
    stored.state.as_it_stands(control.stopped(stored.agent).is_some(), stored.approved_epoch != Some(epoch))
}

fn may_decide(actor: &Actor, state: State, in_queue: bool, already: bool) -> std::result::Result<(), String> {
    if !matches!(state, State::Waiting | State::Frozen) {
        return Err("It is decided.".to_owned());
    }
    if !actor.can(Capability::Decide) {
        return Err("Your role decides no requests.".to_owned());
    }
    if !in_queue {
        return Err("You are not a member of the queue that decides this.".to_owned());
    }
    if already {
        return Err("You have approved it; it waits for somebody else.".to_owned());
    }
    Ok(())
}

fn outcome_view(outcome: &Value) -> Option<OutcomeView> {
    let outcome: crate::Outcome = serde_json::from_value(outcome.clone()).ok()?;
    Some(OutcomeView { status: outcome.status, reference: outcome.reference, detail: outcome.detail })
}
