//! What people decide: approve, change and approve, reject.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    approval::{self, Given, Pending},
    decision::{Verdict, decide},
    digest,
    entry::Kind,
    fault::Fault,
    id::RequestId,
    json::hex,
    permission::Otherwise,
    role::Capability,
    standing,
    state::{CLAIM_SECONDS, State},
    view::Me,
};
use serde_json::{Value, json};
use sqlx::{Postgres, Transaction};

use crate::{
    Actor, Conflict, Error, Governance, Result,
    control::Control,
    db::{
        self,
        approvals::NewApproval,
        requests::{Changed, Move, Stored},
    },
    mask,
    record::NewEntry,
    settle::{need_reason, take_note},
    weigh::{gather_again, world},
};

/// A request that a person is about to decide, locked.
struct Deciding {
    tx: Transaction<'static, Postgres>,
    control: Arc<Control>,
    now: DateTime<Utc>,
    stored: Stored,
    me: Me,
    /// The queues of this request that the person is a member of.
    queues: BTreeSet<String>,
}

/// What the rules say of other arguments.
enum Change {
    /// What is needed now.
    Asks(Vec<Pending>),
    Denied(String),
}

impl Governance {
    /// Says yes to exactly what the digest stands for.
    pub async fn approve(&self, actor: &Actor, id: RequestId, digest: &str, note: &str) -> Result<()> {
        let note = take_note(note)?;
        let deciding = self.begin_deciding(actor, id, digest, None).await?;
        deciding.thaw()?;
        let pending = deciding.stored.pending.clone();
        self.give(actor, deciding, &pending, note).await
    }

    /// Says yes to the request with other arguments; it is judged again, and earlier approvals no longer count.
    pub async fn change_and_approve(
        &self,
        actor: &Actor,
        id: RequestId,
        digest: &str,
        arguments: Value,
        note: &str,
    ) -> Result<()> {
        let note = take_note(note)?;
        let mut deciding = self.begin_deciding(actor, id, digest, Some(&arguments)).await?;
        deciding.thaw()?;
        if deciding.stored.ask.arguments == arguments {
            return Err(Error::Invalid(Fault::Same, "nothing is changed".to_owned()));
        }
        let pending = match deciding.change(arguments).await? {
            Change::Asks(pending) => pending,
            Change::Denied(why) => {
                let what = format!("change request {id} into what the rules deny");
                return self.refuse(actor, deciding, &what, Error::Invalid(Fault::Rules, why)).await;
            }
        };
        if deciding.queues.is_empty() {
            let what = format!("change request {id} into what other queues decide");
            return self.refuse(actor, deciding, &what, Error::Forbidden).await;
        }
        self.give(actor, deciding, &pending, note).await
    }

    async fn give(&self, actor: &Actor, mut deciding: Deciding, pending: &[Pending], note: &str) -> Result<()> {
        if deciding.give(pending, note).await? {
            return self.commit(deciding.tx).await;
        }
        let what = format!("approve request {} twice", deciding.stored.id);
        let again = Conflict::AlreadyDecided { by: deciding.me.name.clone(), what: "approved".to_owned() };
        self.refuse(actor, deciding, &what, again.into()).await
    }

    /// Undoes what was begun, and records that it was refused.
    async fn refuse(&self, actor: &Actor, deciding: Deciding, what: &str, error: Error) -> Result<()> {
        deciding.tx.rollback().await?;
        self.refused(actor, what).await?;
        Err(error)
    }

    /// Says no, with a reason. One rejection rejects.
    pub async fn reject(&self, actor: &Actor, id: RequestId, digest: &str, reason: &str) -> Result<()> {
        let mut deciding = self.begin_deciding(actor, id, digest, None).await?;
        let reason = need_reason(reason)?;
        let (now, from) = (deciding.now, deciding.stored.state);
        db::requests::advance(&mut deciding.tx, now, id, Move::end(from, State::Rejected)).await?;
        let entry = deciding.entry(Kind::Rejected).personal(json!({ "reason": reason }))?;
        entry.write(&mut deciding.tx, now).await?;
        self.commit(deciding.tx).await
    }

    /// Checks the role, locks the request, and checks that this person may decide what they saw.
    async fn begin_deciding(
        &self,
        actor: &Actor,
        id: RequestId,
        digest: &str,
        changed: Option<&Value>,
    ) -> Result<Deciding> {
        self.allow(actor, Capability::Decide).await?;
        let me = actor.person()?.clone();
        let (mut tx, control, now) = self.begin_decision().await?;
        if let Some(arguments) = changed {
            // Windows are locked before rows.
            let seen = db::requests::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
            let ask = domain::request::Ask { arguments: arguments.clone(), ..seen.ask };
            gather_again(&mut tx, &control, seen.agent, &ask, id).await?;
        }
        let stored = db::requests::find_for_update(&mut tx, id).await?.ok_or(Error::NotFound)?;

        let epoch = control.epoch(stored.agent);
        let stands = stored.state.as_it_stands(false, stored.approved_epoch != Some(epoch));
        if stands != State::Waiting {
            let (by, what) = db::approvals::who_decided(&mut tx, id).await?.unwrap_or_default();
            return Err(Conflict::AlreadyDecided { by, what }.into());
        }
        let mine = db::queues::of_person(&mut tx, me.id).await?;
        let queues: BTreeSet<String> =
            stored.pending.iter().map(|p| p.need.queue.clone()).filter(|queue| mine.contains(queue)).collect();
        if queues.is_empty() {
            drop(tx);
            self.refused(actor, &format!("decide request {id} outside their queues")).await?;
            return Err(Error::Forbidden);
        }
        if hex(&stored.digest) != digest {
            return Err(Conflict::ChangedMeanwhile.into());
        }
        if stored.deadline.is_none_or(|deadline| now >= deadline) {
            return Err(Conflict::AlreadyDecided { by: "Reins".to_owned(), what: "expired".to_owned() }.into());
        }
        Ok(Deciding { tx, control, now, stored, me, queues })
    }
}

impl Deciding {
    /// What is frozen can be rejected, not approved.
    fn thaw(&self) -> Result<()> {
        match self.control.stopped(self.stored.agent) {
            Some(_) => Err(Conflict::Stopped.into()),
            None => Ok(()),
        }
    }

    fn entry(&self, kind: Kind) -> NewEntry {
        let entry = NewEntry::new(kind, &Actor::Person(self.me.clone()));
        let entry = entry.agent(self.stored.agent).request(self.stored.id).action(&self.stored.ask.action);
        entry.detail(json!({ "digest": hex(&self.stored.digest), "queues": self.queues }))
    }

    /// Stores this person's yes, and approves the request when every need is met; `false` when they said it before.
    async fn give(&mut self, pending: &[Pending], note: &str) -> Result<bool> {
        let (id, now) = (self.stored.id, self.now);
        let epoch = self.control.epoch(self.stored.agent);
        let mut given = db::approvals::given(&mut self.tx, id, &self.stored.digest, epoch).await?;
        if given.iter().any(|yes| yes.by == self.me.id) {
            return Ok(false);
        }
        let yes = Given { by: self.me.id, queues: self.queues.clone(), at: now, note: note.to_owned() };
        let new = NewApproval { request: id, digest: &self.stored.digest, epoch, given: &yes };
        db::approvals::insert(&mut self.tx, &new).await?;
        given.push(yes);
        let entry = self.entry(Kind::Approved).personal(json!({ "note": note }))?;
        entry.write(&mut self.tx, now).await?;

        let needs: Vec<_> = pending.iter().map(|p| p.need.clone()).collect();
        let (to, deadline, approved_epoch) = match standing::are_met(&needs, &given) {
            true => (State::Approved, Some(now + TimeDelta::seconds(CLAIM_SECONDS)), Some(epoch)),
            false => (State::Waiting, approval::deadline(&unmet(pending, &given)), None),
        };
        let step = Move { from: self.stored.state, to, deadline, approved_epoch, claim_key: None };
        db::requests::advance(&mut self.tx, now, id, step).await?;
        Ok(true)
    }

    /// Puts other arguments in place and judges them.
    async fn change(&mut self, arguments: Value) -> Result<Change> {
        let (agent, id, now) = (self.stored.agent, self.stored.id, self.now);
        let control = self.control.clone();
        let invalid = |words: String| Error::Invalid(Fault::Other, words);
        let ask = domain::request::Ask { arguments, ..self.stored.ask.clone() };
        if mask::hides_a_value(&ask, control.masks(agent))? {
            return Err(invalid("what is masked cannot be changed".to_owned()));
        }
        let facts = gather_again(&mut self.tx, &control, agent, &ask, id).await?;
        let agent_control = control.agents.get(&agent).ok_or(Error::NotFound)?;
        let (revision, action) =
            control.action(&ask.action).ok_or_else(|| invalid("the action is no longer known".to_owned()))?;
        if self.stored.revision != Some(revision) {
            return Err(Conflict::ChangedMeanwhile.into());
        }
        let decision = decide(&ask, &world(&control, now, agent, agent_control, &ask, &facts));
        let needs = match decision.verdict {
            Verdict::NeedsApproval { needs } => needs,
            Verdict::Allowed => self.stored.pending.iter().map(|p| p.need.clone()).collect(),
            _ => {
                return Ok(Change::Denied(decision.reasons.into_iter().map(|r| r.text).collect::<Vec<_>>().join(" ")));
            }
        };
        let pending = keep_escalations(approval::pending(needs, now), &self.stored.pending);
        let pending = keep_deadlines(pending, &self.stored.pending);
        let mine = db::queues::of_person(&mut self.tx, self.me.id).await?;
        self.queues = pending.iter().map(|p| p.need.queue.clone()).filter(|q| mine.contains(q)).collect();

        let old = hex(&self.stored.digest);
        let digest = digest::of_request(id, agent, revision, &ask)?;
        let words = mask::effect(&ask, action, control.masks(agent))?;
        let entry = self.entry(Kind::Changed).detail(json!({ "old_digest": old, "digest": hex(&digest) }));
        let body = serde_json::to_value(&ask)?;
        let body_entry = entry.id;
        let mut entry = entry.personal(body)?;
        entry.decision = Some("needs_approval".to_owned());
        entry.write(&mut self.tx, now).await?;
        let changed = Changed {
            digest,
            body_entry,
            sentence: &words,
            amount: action.amount_in(&ask.arguments),
            pending: &pending,
        };
        db::requests::change(&mut self.tx, id, changed).await?;
        self.stored.ask = ask;
        self.stored.digest = digest.to_vec();
        Ok(Change::Asks(pending))
    }
}

/// A queue that has said yes is not waited for any more.
fn unmet(pending: &[Pending], given: &[Given]) -> Vec<Pending> {
    let is_unmet = |p: &&Pending| approval::given_in(&p.need.queue, given) < p.need.needed;
    let unmet: Vec<Pending> = pending.iter().filter(is_unmet).cloned().collect();
    // Enough have said yes for each, and they are too few for all.
    if unmet.is_empty() { pending.to_vec() } else { unmet }
}

/// What was escalated stays with the queue that got it.
fn keep_escalations(mut new: Vec<Pending>, old: &[Pending]) -> Vec<Pending> {
    for pending in &mut new {
        let Otherwise::Escalate { queue, .. } = &pending.need.otherwise else { continue };
        let stands_for = |then: &&Pending| {
            then.need.queue == *queue && pending.need.rules.iter().all(|rule| then.need.rules.contains(rule))
        };
        if let Some(then) = old.iter().find(stands_for) {
            pending.need.queue = then.need.queue.clone();
            pending.need.within_s = then.need.within_s;
            pending.need.otherwise = Otherwise::Reject;
            pending.expires_at = then.expires_at;
        }
    }
    new
}

/// A change must not give a queue more time than it had.
fn keep_deadlines(mut new: Vec<Pending>, old: &[Pending]) -> Vec<Pending> {
    for pending in &mut new {
        if let Some(before) = old.iter().find(|o| o.need.queue == pending.need.queue) {
            pending.expires_at = pending.expires_at.min(before.expires_at);
        }
    }
    new
}
