//! Judging the past twice: by what is in force, and by the draft.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    authoring::impact::{Gap, Impact, Judged, LeftOut, Told, Turn},
    decision,
    facts::{BrandFacts, Facts},
    id::AgentId,
    permission::{Condition, Field, PermissionSet, Recorded},
    request::Ask,
    sentence::value,
};
use sqlx::PgPool;

use super::source::PastAsk;
use crate::{
    Result,
    control::Control,
    db::{
        self,
        impact::{Complaint, Span},
    },
    error::corrupt,
    mask,
    past::simulation::{Judgement, Occasions, Shelf, Simulation},
};

pub(super) struct Judge {
    shelf: Shelf,
    in_force: Simulation,
    draft: Simulation,
    occasions: Occasions,
    known: Known,
    sets: Sets,
    /// When the past begins.
    first: Option<DateTime<Utc>>,
    impact: Impact,
}

/// What the record says of the time that is judged.
#[derive(Default)]
struct Known {
    complaints: HashMap<String, Vec<Complaint>>,
    first_successes: HashMap<(String, String), DateTime<Utc>>,
    recorded: HashMap<i32, Recorded>,
}

/// What there is to be said of both sets together.
struct Sets {
    /// Parts of a request that they ask about and that may have gone unrecorded.
    rest_on: BTreeSet<Field>,
    ask_about_customers: bool,
    /// What nobody is shown.
    masks: BTreeSet<String>,
}

/// An ask with all that it is judged by but its windows.
struct Prepared {
    name: Name,
    at: DateTime<Utc>,
    day: NaiveDate,
    ask: Ask,
    facts: Facts,
}

enum Name {
    Request(domain::id::RequestId),
    Line(u32),
}

impl Judge {
    pub fn new(control: &Control, agent: AgentId, in_force: Option<PermissionSet>, draft: PermissionSet) -> Self {
        let actions = control.actions.iter().map(|(name, (_, action))| (name.clone(), action.clone()));
        Self {
            shelf: Shelf { agent, actions: actions.collect(), words: control.words.clone() },
            occasions: Occasions::default(),
            known: Known::default(),
            sets: Sets::of(in_force.iter().chain([&draft])),
            first: None,
            impact: Impact::default(),
            in_force: Simulation::new(in_force.map(|set| decision::Prepared::new(set, &control.names))),
            draft: Simulation::new(Some(decision::Prepared::new(draft, &control.names))),
        }
    }

    /// Reads what the record says of that time; `begins`: when the past begins, where its first ask does not say.
    pub async fn learn(&mut self, pool: &PgPool, span: Span, begins: Option<DateTime<Utc>>) -> Result<()> {
        self.first = begins;
        self.known = Known {
            complaints: db::impact::complaints(pool, span).await?,
            first_successes: db::impact::first_successes(pool, span).await?,
            recorded: db::impact::recorded(pool, span.agent).await?,
        };
        Ok(())
    }

    /// Judges a batch; each of the two sets takes a core of its own.
    pub fn all(&mut self, batch: Vec<PastAsk>) -> Result<()> {
        let mut prepared = Vec::with_capacity(batch.len());
        for past in batch {
            match self.prepare(past) {
                Ok(one) => prepared.push(one),
                Err(why) => self.impact.leave_out(why),
            }
        }
        let shelf = &self.shelf;
        let judge = |simulation: &mut Simulation| -> Vec<Judgement> {
            prepared.iter().map(|one| simulation.judge(shelf, one.at, &one.ask, one.facts.clone())).collect()
        };
        let (in_force, draft) = (&mut self.in_force, &mut self.draft);
        let (before, after) = std::thread::scope(|scope| {
            let before = scope.spawn(|| judge(in_force));
            let after = judge(draft);
            (before.join(), after)
        });
        let before = before.map_err(|_| corrupt("a request of the past"))?;
        for ((one, before), after) in prepared.iter().zip(before).zip(after) {
            self.add(one, &before, &after);
        }
        Ok(())
    }

    fn prepare(&mut self, past: PastAsk) -> std::result::Result<Prepared, LeftOut> {
        let mut recorded = Recorded::default();
        let (name, at, day, ask, brand) = match past {
            PastAsk::Unreadable => return Err(LeftOut::Unreadable),
            PastAsk::Given { line, at, day, ask, brand } => (Name::Line(line), at, day, *ask, brand),
            PastAsk::Stored(past) => {
                if past.is_stopped {
                    return Err(LeftOut::NotByTheRules);
                }
                let body = past.body.ok_or(LeftOut::Erased)?;
                recorded =
                    past.permission_version.and_then(|v| self.known.recorded.get(&v).copied()).unwrap_or_default();
                let ask = serde_json::from_str(&body).map_err(|_| LeftOut::Unreadable)?;
                (Name::Request(past.id), past.at, past.day, ask, past.brand)
            }
        };
        if !self.shelf.actions.contains_key(&ask.action) {
            return Err(LeftOut::UnknownAction);
        }
        // What was copied from a page has its masks in it.
        if mask::hides_a_value(&ask, &self.sets.masks).unwrap_or(true) {
            return Err(LeftOut::Masked);
        }
        if !self.sets.rest_on.iter().all(|field| keeps(recorded, *field)) {
            return Err(LeftOut::NotRecorded);
        }
        self.first.get_or_insert(at);
        let facts = self.facts(at, &ask, brand);
        Ok(Prepared { name, at, day, ask, facts })
    }

    fn facts(&mut self, at: DateTime<Utc>, ask: &Ask, brand: Option<BrandFacts>) -> Facts {
        let complaints = ask.customer_id().and_then(|customer| self.known.complaints.get(customer));
        let open = |(from, until): &&Complaint| *from <= at && until.is_none_or(|until| at < until);
        let complaints = complaints.map_or(0, |all| all.iter().filter(open).count());
        let kind = ask.template.as_ref().map(|template| (ask.action.clone(), template.clone()));
        let succeeded = kind.and_then(|kind| self.known.first_successes.get(&kind));
        if self.sets.ask_about_customers && ask.customer.is_some() {
            self.impact.miss(Gap::CustomerFacts);
        }
        Facts {
            brand,
            recorded_complaints: u32::try_from(complaints).unwrap_or(u32::MAX),
            other_customer_under_trigger: self.occasions.other_customer(ask),
            kind_has_succeeded: succeeded.is_some_and(|first| *first <= at),
            windows: Default::default(),
        }
    }

    fn add(&mut self, one: &Prepared, before: &Judgement, after: &Judgement) {
        let Self { shelf, sets, first, impact, .. } = self;
        let reach = TimeDelta::seconds(i64::from(before.reach_s.max(after.reach_s)));
        if first.is_some_and(|first| one.at - reach < first) && reach > TimeDelta::zero() {
            impact.miss(Gap::EarlierRequests);
        }
        let action = shelf.actions.get(&one.ask.action);
        let amount = action.and_then(|action| action.amount_in(&one.ask.arguments));
        let (verdict_before, verdict_after) = (&before.decision.verdict, &after.decision.verdict);
        let judged = Judged { day: one.day, amount, before: verdict_before, after: verdict_after };
        impact.add(&judged, || {
            let sentence = action.and_then(|action| mask::effect(&one.ask, action, &sets.masks).ok());
            // The stricter answer has the reasons.
            let laxer = Turn::of(verdict_before, verdict_after).is_some_and(Turn::is_laxer);
            let stricter = if laxer { &before.decision } else { &after.decision };
            let mut reasons = stricter.reasons.clone();
            mask::mask_reasons(&mut reasons, &sets.masks);
            let why: Vec<String> = reasons.into_iter().map(|reason| reason.text).collect();
            let name = match one.name {
                Name::Request(id) => id.to_string(),
                Name::Line(line) => format!("line {line}"),
            };
            Told { name, sentence: sentence.unwrap_or_else(|| value(&one.ask.action)), why: why.join(" ") }
        });
    }

    pub fn finish(self) -> Impact {
        self.impact
    }
}

impl Sets {
    fn of<'a>(sets: impl Iterator<Item = &'a PermissionSet>) -> Self {
        let mut all = Self { rest_on: BTreeSet::new(), ask_about_customers: false, masks: BTreeSet::new() };
        for set in sets {
            all.masks.extend(set.audit_logging.mask.iter().cloned());
            all.rest_on.extend(&set.audit_logging.require);
            for condition in set.approval_thresholds.in_force().flat_map(|rule| &rule.when) {
                match condition {
                    Condition::Touches { .. } => drop(all.rest_on.insert(Field::Output)),
                    Condition::FirstOrder { .. }
                    | Condition::LifetimeValueOver { .. }
                    | Condition::OpenComplaint { .. }
                    | Condition::UnknownCustomer => all.ask_about_customers = true,
                    _ => {}
                }
            }
        }
        all
    }
}

/// What was not recorded may have been there: a rule that asks about it cannot be judged.
fn keeps(recorded: Recorded, field: Field) -> bool {
    match field {
        Field::Input => recorded.input,
        Field::Reasoning => recorded.reasoning,
        Field::Output => recorded.output,
        _ => true,
    }
}
