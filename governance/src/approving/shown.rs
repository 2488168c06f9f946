//! One request as it stands: for the agent that follows it, and for people.

use std::collections::HashMap;

use domain::{
    action::Reversibility,
    approval::{Given, Pending},
    entry::Kind,
    id::RequestId,
    json::hex,
    permission::PermissionSet,
    role::Capability,
    schema::Schema,
    sentence::{self, Sentences},
    standing::Next,
    state::State,
    view::{AgentLink, AskedView, GivenView, NeedView, OutcomeView, RequestView, VoidYes},
    window::failure_counts,
};
use serde_json::{Value, json};
use sqlx::{Postgres, pool::PoolConnection};
use tokio::sync::SemaphorePermit;

use crate::{
    Actor, AgentError, Error, Followed, Governance, Key, Result,
    approving::{standing::Stands, waiting::next_for},
    control::Control,
    db::{
        self,
        requests::{Judged, Stored},
    },
    mask,
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
        let (control, now) = self.control(&mut connection).await?;
        let (agent, _) = key.agent(&control)?;
        let stored = db::requests::find(&mut connection, id).await?;
        let stored = stored.filter(|r| r.agent == agent).ok_or(AgentError::NotFound)?;
        let votes = db::approvals::votes(&mut connection, id).await?;
        let yeses = db::approvals::of_one(&mut connection, id).await?;
        let stands = control.stands(stored.judged(), &yeses, now);
        let approvals = stored.life.pending().iter().zip(&stands.by).map(|(asked, by)| {
            let expires_at = stands.when(asked.expires_at);
            (Pending { expires_at, ..asked.clone() }, u32::try_from(by.len()).unwrap_or(u32::MAX))
        });
        Ok(Followed {
            state: stands.state,
            approvals: approvals.collect(),
            deadline: stands.deadline,
            erased: stored.ask.is_none(),
            arguments: stored.ask.map_or_else(|| json!({}), |ask| ask.arguments),
            action: stored.action,
            votes,
            asked_at: stored.asked_at,
            changed_at: stored.changed_at,
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
        let (control, now) = self.control(&mut connection).await?;
        let (agent, _) = key.agent(&control)?;
        let mut yeses = db::approvals::of(&mut connection, ids).await?;
        let mut states = HashMap::new();
        for row in db::due::of_agent(&mut connection, agent, ids).await? {
            let (action, asked_at, digest, life) = (&*row.action, row.asked_at, &*row.digest, &row.life?);
            let said = yeses.remove(&row.place.id).unwrap_or_default();
            let stands = control.stands(Judged { agent, action, asked_at, digest, life }, &said, now);
            states.insert(row.place.id, stands.state);
        }
        Ok(states)
    }

    /// Mode, stop and permissions of the agent whose key this is.
    pub async fn know_yourself(&self, key: &Key) -> std::result::Result<KnowYourself, AgentError> {
        let (_place, mut connection) = self.following().await?;
        let (control, _) = self.control(&mut connection).await?;
        let (agent, _) = key.agent(&control)?;
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
        let row = db::pages::request_row(&mut connection, &control, id, now).await?.ok_or(Error::NotFound)?;
        let yeses = db::approvals::of_one(&mut connection, id).await?;
        let stands = control.stands(stored.judged(), &yeses, now);
        let names = db::pages::names(&mut connection, yeses.iter().map(|yes| yes.given.by)).await?;
        let (history, known) = match &row.customer {
            Some(customer) => (
                db::pages::before(&mut connection, &control, customer, (row.asked_at, id), now).await?,
                db::pages::known_of(&mut connection, customer).await?,
            ),
            None => (Vec::new(), None),
        };
        let open = stands.standing.is_some() && stands.state != State::Expired;
        let short = if open { control.why_nobody(&stored.life.needs()) } else { None };
        let void = control.void(stored.judged(), &yeses, &stands).filter(|_| open).map(|(yes, why)| VoidYes {
            name: names.get(&yes.by).cloned().unwrap_or_default(),
            at: yes.at,
            why,
        });
        let void = void.collect();
        let asked = db::requests::before_changes(&mut connection, id).await?;
        let mut entries = db::entries::of_request(&mut connection, id).await?;
        let can_resolve = actor.can(Capability::Settle) && db::outcome::has_open_complaint(&mut connection, id).await?;
        let to_confirm = row.state == State::Failed
            && actor.can(Capability::Settle)
            && control
                .agents
                .get(&stored.agent)
                .and_then(|agent| agent.permissions.as_ref())
                .is_some_and(|(_, set)| failure_counts(&stored.action, set))
            && !db::outcome::failure_is_confirmed(&mut connection, id).await?;
        let may_decide = may_decide(actor, &control, &stored, &stands);
        let next = match (&may_decide, actor.person()) {
            (Err(_), Ok(me)) => next_for(&mut connection, &control, me.id, now).await?,
            _ => None,
        };
        drop(connection);
        let masks = control.masks(stored.agent);
        let mut reasons = stored.answer.reasons.clone();
        mask::mask_reasons(&mut reasons, masks);
        let asked = match asked {
            Some((sentence, ask)) => Some(AskedView { sentence, arguments: mask::masked(&ask, masks)?.arguments }),
            None => None,
        };
        for entry in entries.iter_mut().filter(|entry| entry.kind == Some(Kind::Changed)) {
            mask::mask(&mut entry.detail, masks);
        }

        let given =
            |given: &Given| GivenView { name: names.get(&given.by).cloned().unwrap_or_default(), given: given.clone() };
        let needs = stored.life.pending().iter().zip(&stands.by).map(|(asked, by)| NeedView {
            queue: asked.need.queue.clone(),
            queue_name: control.names.queues.get(&asked.need.queue).unwrap_or(&asked.need.queue).clone(),
            needed: asked.need.needed,
            given: by.iter().map(given).collect(),
            expires_at: stands.when(asked.expires_at),
            otherwise: asked.need.otherwise.clone(),
            same_person: asked.need.same_person,
        });
        let action = control.action(&stored.action).map(|(_, action)| action);
        let undoable = action.is_some_and(|a| a.reversibility != Reversibility::Irreversible);
        Ok(RequestView {
            stopped: control.stopped(stored.agent).is_some(),
            short,
            void,
            erased: stored.ask.is_none(),
            ask: match &stored.ask {
                Some(ask) => mask::masked(ask, masks)?,
                None => mask::erased(&stored.action),
            },
            reasons,
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
            in_vain: stands.standing.as_ref().and_then(|_| control.why_in_vain(&stored, now)),
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

fn may_decide(actor: &Actor, control: &Control, stored: &Stored, stands: &Stands) -> std::result::Result<(), String> {
    let no = |words: &str| Err(words.to_owned());
    let standing = stands.standing.as_ref().filter(|_| matches!(stands.state, State::Waiting | State::Frozen));
    let Some(standing) = standing else { return no("It is decided.") };
    let me = actor.person().ok().filter(|_| actor.can(Capability::Decide));
    let Some(me) = me else { return no("Your role decides no requests.") };
    let mine = control.queues_of(me.id);
    let mut asked = stored.life.pending().iter().map(|asked| &asked.need.queue).filter(|queue| mine.contains(*queue));
    let said = standing.said_by(me.id);
    match asked.next() {
        None => no("You are not a member of the queue that decides this."),
        Some(first) => {
            let covered = said.contains(first) && asked.all(|queue| said.contains(queue));
            match covered && standing.next != Next::Met {
                true => no("You have approved it; it waits for somebody else."),
                false => Ok(()),
            }
        }
    }
}

fn outcome_view(outcome: &Value) -> Option<OutcomeView> {
    serde_json::from_value(outcome.clone()).ok()
}
