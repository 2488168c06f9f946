//! The lives of past requests: judged, decided, carried out, reported.

use std::borrow::Cow;

use domain::entry::{
    Approved, Breach, Claimed, Decided, Escalated, Expired, Feedback as FeedbackDetail, Reported, RolledBack, Settled,
};

use super::*;
use crate::asking::outcome::recorded;

impl Writer {
    pub(super) async fn requests(&mut self, connection: &mut PgConnection, part: &[Past]) -> Result<()> {
        let mut written = Vec::with_capacity(part.len());
        let (mut votes, mut breaches, mut feedback) = (Vec::new(), Vec::new(), Vec::new());
        let now = self.now;
        for past in part.iter().filter(|past| past.at < now) {
            let mut life = self.judge(past)?;
            self.live(past, &mut life)?;
            self.remember(past, &life)?;
            votes.extend(
                life.given
                    .iter()
                    .map(|given| (life.request.new.id, life.request.new.digest, life.epoch, given.clone())),
            );
            breaches.extend(life.breach.take());
            if let Some((after, words)) = &past.feedback
                && life.request.state == State::Succeeded
                && life.request.changed_at + *after < self.now
            {
                feedback.push((
                    life.request.new.id,
                    life.agent,
                    life.request.changed_at + *after,
                    past.ask.customer_id(),
                    words,
                ));
            }
            written.push(life.request);
        }

        db::history::insert_requests(connection, &written).await?;
        for (request, digest, epoch, given) in &votes {
            let new = NewApproval { request: *request, digest, epoch: *epoch, given };
            db::approvals::insert(connection, &new).await?;
        }
        for (entry, request, agent, at, detail) in &breaches {
            db::outcome::add_breach(connection, *entry, *request, *agent, *at, detail).await?;
        }
        for (request, agent, at, customer, words) in feedback {
            let customer = customer.map(str::to_owned);
            let row =
                NewFeedback { id: id_at(at), request, agent, customer, from_agent: false, at, idempotency_key: None };
            db::outcome::add_feedback(connection, &row, words).await?;
            let kind = Name::of(words.kind.name());
            let detail = Detail::Feedback(FeedbackDetail { kind, score: words.score, from_agent: false });
            let entry = NewEntry::new(detail, &Permit::made_up(By::Hook(agent))).agent(agent).request(request);
            self.enter(at, entry.personal(json!({ "note": words.note }))?);
        }
        self.sort_and_write(connection).await
    }

    /// Asks, with what was known then.
    fn judge(&mut self, past: &Past) -> Result<Life> {
        let (at, ask) = (past.at, &past.ask);
        let known = self.shop.agents.get(past.agent).ok_or(Error::NotFound)?;
        let agent = known.link.id;
        let action = self.shop.actions.get(&ask.action);
        let facts = self.shop.facts(known, past, action);
        let tightenings: Vec<_> =
            known.tightenings.iter().filter(|(since, _)| *since <= at).map(|(_, t)| t.clone()).collect();
        let world = World {
            agent,
            mode: known.modes.iter().rfind(|(since, _)| *since <= at).map_or(Mode::Draft, |(_, mode)| *mode),
            stopped: known.stops.iter().any(|(from, to)| (*from..*to).contains(&at)).then_some(Stopped::ThisAgent),
            action,
            permissions: Some(&known.permissions),
            tightenings: &tightenings,
            breaker_open: false,
            words: &self.shop.words,
            facts: &facts,
            now: at,
        };
        let id = RequestId(id_at(at));
        let answer = Asked::new(id, decide(ask, &world), Some(1), at);

        let body = ask.clone().recorded(known.permissions.audit_logging.record);
        let key = Key { hash: Vec::new(), prefix: "reins_3f9a71c0".to_owned() };
        let revision = action.map(|_| 1);
        let permit = Permit::made_up(By::Agent(agent));
        let entry = entry_of_ask(&answer, agent, &permit, &key, &body, json::canonical(&body)?, revision)?;
        let entry = entry.called(EntryId(id_at(at)));
        let new = NewRequest {
            id,
            agent,
            idempotency_key: id.to_string(),
            body_digest: json::digest(ask)?,
            action: ask.action.clone(),
            revision,
            customer: ask.customer_id().map(str::to_owned),
            occasion: ask.occasion().map(Cow::into_owned),
            template: ask.template.clone(),
            amount: action.and_then(|action| action.amount_in(&ask.arguments)),
            digest: digest::of_request(id, agent, revision.unwrap_or_default(), &body)?,
            body_entry: entry.id(),
            sentence: action.map_or_else(|| sentence::value(&ask.action), |action| sentence::effect(ask, action)),
            deadline: answer.deadline(at),
            answer: answer.clone(),
        };
        let epoch = known.stops.iter().filter(|(from, _)| *from <= at).count() as i64;
        let needs_outcome = action.is_none_or(|action| action.effect.needs_outcome());
        self.entries.push((at, entry));
        let request = PastRequest {
            asked_at: at,
            state: answer.state,
            changed_at: at,
            pending: answer.approvals,
            approved_epoch: None,
            claim_key: None,
            outcome: None,
            cost: None,
            new,
        };
        Ok(Life { request, agent, epoch, needs_outcome, given: Vec::new(), breach: None })
    }

    /// People decide, the agent claims and reports; nothing happens later than now.
    fn live(&mut self, past: &Past, life: &mut Life) -> Result<()> {
        if life.request.state == State::Waiting {
            self.decide(past, life)?;
        }
        if life.request.state == State::Granted {
            self.report(past, life)?;
        }
        let Some(later) = &past.later else { return Ok(()) };
        let (at, by, to, detail, reason) = match later {
            Later::Settled { after, by, to, reason } if life.request.state == State::Unknown => (
                *after,
                *by,
                to.state(),
                Detail::Settled(Settled { status: Some(*to), was: Some(State::Unknown), breach: None }),
                *reason,
            ),
            Later::RolledBack { after, by, reason } if life.request.state == State::Succeeded => {
                (*after, *by, State::RolledBack, Detail::RolledBack(RolledBack { was: State::Succeeded }), *reason)
            }
            Later::Breach { after } => return self.breach(past, life, life.request.changed_at + *after),
            _ => return Ok(()),
        };
        let at = life.request.changed_at + at;
        if at < self.now {
            let entry = life.entry(detail, By::Person(self.person(by)?));
            self.enter(at, entry.personal(json!({ "reason": reason }))?);
            life.become_at(to, at, None);
        }
        Ok(())
    }

    fn decide(&mut self, past: &Past, life: &mut Life) -> Result<()> {
        let mut at = match &past.answer {
            Answer::Approve { after, .. } | Answer::Reject { after, .. } => Some(past.at + *after),
            Answer::Nothing => None,
        };
        while let Some(deadline) =
            life.request.new.deadline.filter(|end| *end < self.now && at.is_none_or(|at| *end <= at))
        {
            match life.unanswered(deadline) {
                Next::Escalates { pending, until } => {
                    let to = pending.iter().map(|asked| Name::of(&asked.need.queue)).collect();
                    self.enter(deadline, life.entry(Detail::Escalated(Escalated { to }), By::Job("deadlines")));
                    life.become_at(State::Waiting, deadline, Some(until));
                    life.request.pending = pending;
                    at = at.map(|at| at.max(deadline + TimeDelta::minutes(11)));
                }
                _ => {
                    let because = Detail::Expired(Expired { because: Silence::Undecided });
                    self.enter(deadline, life.entry(because, By::Job("deadlines")));
                    life.become_at(State::Expired, deadline, None);
                    return Ok(());
                }
            }
        }
        let Some(at) = at.filter(|at| *at < self.now) else { return Ok(()) };
        match &past.answer {
            Answer::Reject { reason, .. } => {
                let Some((by, queues)) = self.chosen(past, life).into_iter().next() else { return Ok(()) };
                let entry = life.entry(Detail::Rejected(life.decided(&queues)), By::Person(by));
                self.enter(at, entry.personal(json!({ "reason": reason }))?);
                life.become_at(State::Rejected, at, None);
            }
            Answer::Approve { note, .. } => self.approve(past, life, at, note)?,
            Answer::Nothing => {}
        }
        Ok(())
    }

    fn approve(&mut self, past: &Past, life: &mut Life, mut at: DateTime<Utc>, note: &str) -> Result<()> {
        let chosen = self.chosen(past, life);
        let last = chosen.len().saturating_sub(1);
        for (place, (by, queues)) in chosen.into_iter().enumerate() {
            at = if place == 0 { at } else { at + TimeDelta::minutes(9) };
            if at >= self.now {
                return Ok(());
            }
            let note = if place == 0 { note.to_owned() } else { String::new() };
            let entry = life.entry(life.approved(&queues, place == last), By::Person(by));
            self.enter(at, entry.personal(json!({ "note": note }))?);
            life.given.push(Given { by, queues, at, note });
        }
        let needs: Vec<_> = life.request.pending.iter().map(|pending| pending.need.clone()).collect();
        if !are_met(&needs, &life.given) {
            return Ok(());
        }
        life.become_at(State::Approved, at, Some(at + TimeDelta::seconds(CLAIM_SECONDS)));
        life.request.approved_epoch = Some(life.epoch);

        let claimed = (at + TimeDelta::seconds(20)).min(self.now);
        let before = claimed + TimeDelta::seconds(GRANT_SECONDS);
        let detail = Detail::Claimed(Claimed { execute_before: before });
        self.enter(claimed, life.entry(detail, By::Agent(life.agent)));
        life.become_at(State::Granted, claimed, Some(before));
        life.request.claim_key = Some(format!("claim-{}", life.request.new.id));
        Ok(())
    }

    /// As many members as are needed, in turn, with the queues that their word counts for.
    fn chosen(&self, past: &Past, life: &Life) -> Vec<(PersonId, BTreeSet<String>)> {
        let mut people: Vec<PersonId> = Vec::new();
        let turn = usize::try_from(past.at.timestamp() / 60).unwrap_or_default();
        for pending in &life.request.pending {
            let members = self.shop.queues.get(&pending.need.queue).map(Vec::as_slice).unwrap_or_default();
            for place in 0..(pending.need.needed as usize).min(members.len()) {
                let member = members[(turn + place) % members.len()];
                if !people.contains(&member) {
                    people.push(member);
                }
            }
        }
        let queues = |person: &PersonId| {
            let mine = |queue: &&String| self.shop.queues.get(*queue).is_some_and(|members| members.contains(person));
            life.request.pending.iter().map(|pending| &pending.need.queue).filter(mine).cloned().collect()
        };
        people.into_iter().map(|person| (person, queues(&person))).collect()
    }

    fn report(&mut self, past: &Past, life: &mut Life) -> Result<()> {
        let granted = life.request.changed_at;
        let Some(outcome) = &past.outcome else {
            let end = granted + TimeDelta::seconds(GRANT_SECONDS + OUTCOME_SECONDS);
            if life.needs_outcome && end < self.now {
                self.enter(end, life.entry(Detail::OutcomeUnknown(Nothing {}), By::Job("deadlines")));
                life.become_at(State::Unknown, end, None);
            }
            return Ok(());
        };
        let at = (granted + past.takes).min(self.now);
        let body = json!({ "status": outcome.status, "reference": outcome.reference, "detail": outcome.detail });
        let (status, cost) = (outcome.status, outcome.cost.map(recorded));
        let detail = Detail::Reported(Reported { status, was: State::Granted, cost, cost_before: None });
        self.enter(at, life.entry(detail, By::Agent(life.agent)).personal(body.clone())?);
        life.become_at(outcome.status.state(), at, None);
        life.request.outcome = Some(body);
        life.request.cost = outcome.cost;
        Ok(())
    }

    fn breach(&mut self, past: &Past, life: &mut Life, at: DateTime<Utc>) -> Result<()> {
        let Some(outcome) = &past.outcome else { return Ok(()) };
        let body = json!({ "status": outcome.status, "reference": outcome.reference, "detail": outcome.detail });
        let detail = Detail::Breach(Breach { because: "without a grant".into(), state: life.request.state });
        let entry = life.entry(detail, By::Agent(life.agent)).personal(body)?;
        let words = format!("reported {} without a grant", outcome.status.state().name());
        let entry = entry.called(EntryId(id_at(at)));
        life.breach = Some((entry.id(), life.request.new.id, life.agent, at, words));
        self.entries.push((at, entry));
        Ok(())
    }

    /// What later requests know of this one.
    fn remember(&mut self, past: &Past, life: &Life) -> Result<()> {
        let known = self.shop.agents.get_mut(past.agent).ok_or(Error::NotFound)?;
        let request = &life.request;
        let asked = request.new.answer.state;
        if asked.counts_in_windows() {
            known.asked.push(Seen {
                at: past.at,
                action: past.ask.action.clone(),
                customer: request.new.customer.clone(),
                amount: request.new.amount,
                gone_at: (!request.state.counts_in_windows()).then_some(request.changed_at),
            });
        }
        if let (Some(occasion), Some(customer)) = (&request.new.occasion, &request.new.customer) {
            known.customers.insert(occasion.clone(), customer.clone());
        }
        if let (State::Succeeded, Some(template)) = (request.state, &past.ask.template) {
            let first =
                known.succeeded.entry((past.ask.action.clone(), template.clone())).or_insert(request.changed_at);
            *first = (*first).min(request.changed_at);
        }
        Ok(())
    }
}

impl PastShop {
    fn facts(&self, known: &Known, past: &Past, action: Option<&ActionType>) -> Facts {
        let (ask, at) = (&past.ask, past.at);
        let windows =
            action.map(|action| windows_for(known.link.id, ask, action, &known.permissions)).unwrap_or_default();
        let counted = windows.into_iter().map(|window| {
            let since = at - TimeDelta::seconds(i64::from(window.within_s));
            let mut usage = Usage::default();
            for seen in known.asked.iter().rev().take_while(|seen| seen.at > since) {
                let here = window.counts(seen.customer.as_deref());
                if here && window.actions.contains(&seen.action) && seen.gone_at.is_none_or(|gone| gone > at) {
                    usage.add(seen.amount);
                }
            }
            (window, usage)
        });
        let customer = ask.customer_id();
        let served = ask.occasion().and_then(|occasion| known.customers.get(&*occasion));
        let kind = ask.template.clone().map(|template| (ask.action.clone(), template));
        Facts {
            brand: customer.and_then(|id| self.brand.get(id)).cloned(),
            recorded_complaints: 0,
            other_customer_under_trigger: served.is_some_and(|id| Some(id.as_str()) != customer),
            kind_has_succeeded: kind.is_some_and(|kind| known.succeeded.get(&kind).is_some_and(|first| *first < at)),
            windows: counted.collect(),
        }
    }
}

/// One request on its way from the ask to now.
struct Life {
    request: PastRequest,
    agent: AgentId,
    epoch: i64,
    needs_outcome: bool,
    given: Vec<Given>,
    breach: Option<(EntryId, RequestId, AgentId, DateTime<Utc>, String)>,
}

impl Life {
    fn entry(&self, detail: Detail, by: By) -> NewEntry {
        NewEntry::new(detail, &Permit::made_up(by))
            .agent(self.agent)
            .request(self.request.new.id)
            .action(&self.request.new.action)
    }

    fn approved(&self, queues: &BTreeSet<String>, approved: bool) -> Detail {
        let Decided { digest, queues } = self.decided(queues);
        Detail::Approved(Approved { digest, queues, approved })
    }

    fn decided(&self, queues: &BTreeSet<String>) -> Decided {
        let queues = queues.iter().map(|queue| Name::of(queue)).collect();
        Decided { digest: Name::of(&hex(&self.request.new.digest)), queues }
    }

    /// What becomes of it then, where nobody has said anything.
    fn unanswered(&self, at: DateTime<Utc>) -> Next {
        let (clock, members) = (Clock::new(self.request.asked_at, [], at), Members::new());
        let (digest, epoch) = (&self.request.new.digest[..], self.epoch);
        let holds =
            Holds { digest, epoch, retired: false, members: &members, as_one: &AsOne::default(), clock: &clock };
        standing(&self.request.pending, None, &[], &holds).next
    }

    fn become_at(&mut self, state: State, at: DateTime<Utc>, deadline: Option<DateTime<Utc>>) {
        self.request.state = state;
        self.request.changed_at = at;
        self.request.new.deadline = deadline;
    }
}

/// An id that sorts where its time belongs.
pub(super) fn id_at(at: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, at.timestamp_subsec_nanos()))
}

/// An entry of what somebody did.
pub(super) fn by(who: PersonId, detail: Detail) -> NewEntry {
    NewEntry::new(detail, &Permit::made_up(By::Person(who)))
}
