//! What people decide: approve, change and approve, reject.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};
use domain::{
    approval::Given,
    clock::Clock,
    decision::{Layer, Reason, Verdict, decide},
    digest,
    entry::{Approved, Changed as ChangedDetail, Decided, Detail, Name},
    fault::Fault,
    id::RequestId,
    json::hex,
    life::Life,
    role::Capability,
    standing::{Next, Standing, Yes},
    state::State,
    view::{Me, approvals::InVain},
};
use serde_json::{Value, json};
use sqlx::{Postgres, Transaction};

use crate::{
    Actor, Conflict, Error, Governance, Result,
    asking::weigh::{gather_again, world},
    control::Control,
    db::{
        self,
        approvals::NewApproval,
        requests::{Changed, Stored},
    },
    entry::NewEntry,
    mask,
    permit::Permit,
    reasons::{need_reason, take_note},
};

/// A request that a person is about to decide, locked.
struct Deciding {
    tx: Transaction<'static, Postgres>,
    control: Arc<Control>,
    now: DateTime<Utc>,
    stored: Stored,
    yeses: Vec<Yes>,
    /// Of an open request.
    standing: Standing,
    clock: Clock,
    permit: Permit,
    me: Me,
    /// The queues of this request that the person may decide for.
    queues: BTreeSet<String>,
}

/// What the rules say of other arguments.
enum Change {
    /// People, for what is in place now.
    Asks(Box<Life>),
    Denied(String),
}

impl Governance {
    /// Says yes to exactly what the digest stands for.
    pub async fn approve(&self, actor: &Actor, id: RequestId, digest: &str, note: &str) -> Result<()> {
        let note = take_note(note)?;
        let deciding = self.begin_deciding(actor, id, digest, None).await?;
        deciding.thaw()?;
        if let Some(why) = deciding.control.why_in_vain(&deciding.stored, deciding.now) {
            return Err(Conflict::InVain(why.words().to_owned()).into());
        }
        let from = deciding.stored.life.clone();
        self.give(actor, deciding, &from, note).await
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
        if let Some(why @ InVain::Whatever(_)) = deciding.control.why_in_vain(&deciding.stored, deciding.now) {
            return Err(Conflict::InVain(why.words().to_owned()).into());
        }
        if deciding.stored.ask.as_ref().is_some_and(|ask| ask.arguments == arguments) {
            return Err(Error::Invalid(Fault::Same, "nothing is changed".to_owned()));
        }
        let from = match deciding.change(arguments).await? {
            Change::Asks(from) => from,
            Change::Denied(why) => {
                let what = "change a request into what the rules deny";
                return self.refuse(actor, deciding, what, Error::Invalid(Fault::Rules, why)).await;
            }
        };
        if deciding.queues.is_empty() {
            let what = "change a request into what other queues decide";
            return self.refuse(actor, deciding, what, Error::Forbidden).await;
        }
        self.give(actor, deciding, &from, note).await
    }

    async fn give(&self, actor: &Actor, mut deciding: Deciding, from: &Life, note: &str) -> Result<()> {
        if deciding.give(from, note).await? {
            return self.commit(deciding.tx).await;
        }
        let again = Conflict::AlreadyDecided { by: deciding.me.name.clone(), what: "approved".to_owned() };
        self.refuse(actor, deciding, "approve a request twice", again.into()).await
    }

    /// Undoes what was begun, and records that it was refused.
    async fn refuse(&self, actor: &Actor, deciding: Deciding, what: &'static str, error: Error) -> Result<()> {
        let id = deciding.stored.id.to_string();
        deciding.tx.rollback().await?;
        self.refused(actor, what, Some(&id)).await?;
        Err(error)
    }

    /// Says no, with a reason. One rejection rejects.
    pub async fn reject(&self, actor: &Actor, id: RequestId, digest: &str, reason: &str) -> Result<()> {
        let mut deciding = self.begin_deciding(actor, id, digest, None).await?;
        let reason = need_reason(reason)?;
        let (now, from) = (deciding.now, &deciding.stored.life);
        let next = from.ends(State::Rejected).ok_or(Conflict::ChangedMeanwhile)?;
        db::requests::store(&mut deciding.tx, now, id, from, &next, None).await?;
        let entry = deciding.entry(Detail::Rejected(deciding.decided())).personal(json!({ "reason": reason }))?;
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
        let permit = self.allow(actor, Capability::Decide).await?;
        let me = actor.person()?.clone();
        let (mut tx, control, now) = self.begin_decision().await?;
        if let Some(arguments) = changed {
            // Windows are locked before rows.
            let seen = db::requests::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
            if let Some(asked) = seen.ask {
                let ask = domain::request::Ask { arguments: arguments.clone(), ..asked };
                gather_again(&mut tx, &control, seen.agent, &ask, id).await?;
            }
        }
        let stored = db::requests::find_for_update(&mut tx, id).await?.ok_or(Error::NotFound)?;

        let yeses = db::approvals::of_one(&mut tx, id).await?;
        let stands = control.stands(stored.judged(), &yeses, now);
        let open = stands.standing.filter(|_| stands.state != State::Approved);
        let Some(standing) = open else {
            let (by, what) = db::approvals::who_decided(&mut tx, id).await?.unwrap_or_default();
            return Err(Conflict::AlreadyDecided { by, what }.into());
        };
        let mine = control.queues_of(me.id);
        let queues = queues_of(&stored.life, &mine);
        if queues.is_empty() {
            drop(tx);
            self.refused(actor, "decide a request outside their queues", Some(&id.to_string())).await?;
            return Err(Error::Forbidden);
        }
        if hex(&stored.digest) != digest {
            return Err(Conflict::ChangedMeanwhile.into());
        }
        match standing.next {
            Next::Over(_) => {
                return Err(Conflict::AlreadyDecided { by: "Reins".to_owned(), what: "expired".to_owned() }.into());
            }
            Next::Escalates { .. } => return Err(Conflict::Escalates.into()),
            Next::Waits { .. } | Next::Met => {}
        }
        Ok(Deciding { tx, control, now, stored, yeses, standing, clock: stands.clock, permit, me, queues })
    }
}

/// The queues of a request that are among these.
fn queues_of(life: &Life, mine: &BTreeSet<String>) -> BTreeSet<String> {
    life.pending().iter().map(|asked| asked.need.queue.clone()).filter(|queue| mine.contains(queue)).collect()
}

impl Deciding {
    /// What is frozen can be rejected, not approved.
    fn thaw(&self) -> Result<()> {
        match self.control.stopped(self.stored.agent) {
            Some(_) => Err(Conflict::Stopped.into()),
            None => Ok(()),
        }
    }

    fn entry(&self, detail: Detail) -> NewEntry {
        self.stored.entry(detail, &self.permit)
    }

    fn decided(&self) -> Decided {
        let queues = self.queues.iter().map(|queue| Name::of(queue)).collect();
        Decided { digest: Name::of(&hex(&self.stored.digest)), queues }
    }

    /// Stores this person's yes, and what becomes of the request with it; `false` where they said it before.
    ///
    /// `from` is the request's life, or what became of it with other arguments.
    async fn give(&mut self, from: &Life, note: &str) -> Result<bool> {
        let (id, now, me) = (self.stored.id, self.now, self.me.id);
        let control = self.control.clone();
        let holds = control.holds(self.stored.agent, &self.stored.digest, &self.clock);
        let before = from.standing(&self.yeses, &holds).ok_or(Conflict::ChangedMeanwhile)?;
        // A yes that counts is not said anew: by now it could be late in its queue.
        let said = before.said_by(me);
        let new = BTreeSet::from_iter(self.queues.difference(&said).cloned());
        match new.is_empty() {
            true if before.next != Next::Met => return Ok(false),
            true => {}
            false => self.queues = new.clone(),
        }
        // An approval that no longer counts has no claim to wait for.
        let from = from.passes(&before).unwrap_or_else(|| from.clone());
        let given = Given { by: me, queues: new, at: now, note: note.to_owned() };
        let new = NewApproval { request: id, digest: &self.stored.digest, epoch: holds.epoch, given: &given };
        db::approvals::insert(&mut self.tx, &new).await?;
        let (digest, epoch) = (self.stored.digest.clone(), holds.epoch);
        for yes in self.yeses.iter_mut().filter(|yes| yes.given.by == me && yes.digest == digest && yes.epoch == epoch)
        {
            yes.given.queues.retain(|queue| !given.queues.contains(queue));
        }
        self.yeses.push(Yes { given, digest, epoch });
        let standing = from.standing(&self.yeses, &holds).ok_or(Conflict::ChangedMeanwhile)?;
        let next = from.said_yes(&standing, &holds).ok_or(Conflict::ChangedMeanwhile)?;
        let Decided { digest, queues } = self.decided();
        let said = Approved { digest, queues, approved: next.state() == State::Approved };
        let entry = self.entry(Detail::Approved(said)).personal(json!({ "note": note }))?;
        entry.write(&mut self.tx, now).await?;
        db::requests::store(&mut self.tx, now, id, &self.stored.life, &next, None).await?;
        Ok(true)
    }

    /// Puts other arguments in place and judges them.
    async fn change(&mut self, arguments: Value) -> Result<Change> {
        let (agent, id, now) = (self.stored.agent, self.stored.id, self.now);
        let control = self.control.clone();
        let invalid = |words: String| Error::Invalid(Fault::Other, words);
        let asked = self.stored.ask.clone().ok_or(Conflict::ChangedMeanwhile)?;
        let masks = control.masks(agent);
        let hidden = mask::hides_arguments(&asked, masks)?;
        let ask = domain::request::Ask { arguments, ..asked };
        if hidden || mask::hides_arguments(&ask, masks)? {
            return Err(invalid("what is masked cannot be changed".to_owned()));
        }
        let facts = gather_again(&mut self.tx, &control, agent, &ask, id).await?;
        let agent_control = control.agents.get(&agent).ok_or(Error::NotFound)?;
        let (revision, action) =
            control.action(&ask.action).ok_or_else(|| invalid("the action is no longer known".to_owned()))?;
        let decision = decide(&ask, &world(&control, now, agent, agent_control, &ask, &facts));
        let needs = match decision.verdict {
            Verdict::NeedsApproval { needs } => needs,
            Verdict::Allowed => self.stored.life.needs(),
            _ => {
                // Who would have been asked is no reason for a denial.
                let denies = |reason: &Reason| reason.layer != Layer::ApprovalThresholds;
                let (why, others): (Vec<_>, Vec<_>) = decision.reasons.into_iter().partition(denies);
                let why = if why.is_empty() { others } else { why };
                return Ok(Change::Denied(why.into_iter().map(|reason| reason.text).collect::<Vec<_>>().join(" ")));
            }
        };
        let life = self.stored.life.asks(needs, &self.standing, &self.clock);
        let life = life.ok_or_else(|| invalid("nobody is asked any more".to_owned()))?;
        self.queues = queues_of(&life, &control.queues_of(self.me.id));

        let old_digest = Name::of(&hex(&self.stored.digest));
        let digest = digest::of_request(id, agent, revision, &ask)?;
        let words = mask::effect(&ask, action, control.masks(agent))?;
        let detail = ChangedDetail { digest: Name::of(&hex(&digest)), old_digest };
        let entry = self.entry(Detail::Changed(detail)).personal(json!({ "ask": ask }))?;
        let body_entry = entry.id();
        entry.decision("needs_approval").write(&mut self.tx, now).await?;
        let amount = action.amount_in(&ask.arguments);
        let changed = Changed { digest, body_entry, sentence: &words, amount };
        db::requests::change(&mut self.tx, id, changed).await?;
        // A yes to what it once was is none to what it becomes again.
        db::approvals::forget(&mut self.tx, id, &digest).await?;
        self.yeses.retain(|yes| yes.digest != digest);
        self.stored.ask = Some(ask);
        self.stored.digest = digest.to_vec();
        Ok(Change::Asks(Box::new(life)))
    }
}
