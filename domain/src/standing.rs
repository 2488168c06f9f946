//! Who has to say yes, who has, and until when: one answer for the page, the deadline job, a yes and a claim.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    approval::{Given, Pending, after},
    as_one::AsOne,
    clock::Clock,
    decision::Need,
    id::PersonId,
    permission::Otherwise,
};

/// Since when each may decide for a queue without a break: as its member, not disabled, in a role that decides.
pub type Members = BTreeMap<String, BTreeMap<PersonId, DateTime<Utc>>>;

/// A yes as it was given.
#[derive(Clone, Debug, PartialEq)]
pub struct Yes {
    pub given: Given,
    /// What it was given to.
    pub digest: Vec<u8>,
    /// The stop epoch in which it was given.
    pub epoch: i64,
}

/// What holds now.
#[derive(Clone, Copy, Debug)]
pub struct Holds<'a> {
    pub digest: &'a [u8],
    pub epoch: i64,
    pub retired: bool,
    pub members: &'a Members,
    /// Of those who count as one, only the first who said yes counts.
    pub as_one: &'a AsOne,
    pub clock: &'a Clock,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The yeses that count, each with the queues that it counts for; of one person in several queues there may be several.
    pub counted: Vec<Given>,
    /// Who counts for each need, in the order of what is pending.
    pub by: Vec<Vec<PersonId>>,
    pub next: Next,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// To be decided before the request's clock reads this.
    Waits {
        until: DateTime<Utc>,
    },
    /// Everybody who is needed has said yes.
    Met,
    /// A queue did not decide in time, and another gets it.
    Escalates {
        pending: Vec<Pending>,
        until: DateTime<Utc>,
    },
    Over(Silence),
}

impl Standing {
    /// The queues in which a yes of this person counts.
    pub fn said_by(&self, person: PersonId) -> BTreeSet<String> {
        self.counted.iter().filter(|yes| yes.by == person).flat_map(|yes| yes.queues.iter().cloned()).collect()
    }
}

/// Why it is over without anybody's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    Undecided,
    /// It was approved, and the agent did not claim it in time.
    Unclaimed,
    /// Its clock stood still for as long as it may.
    StoodStill,
    /// The agent is retired.
    Retired,
}

impl Silence {
    pub const ALL: [Self; 4] = [Self::Undecided, Self::Unclaimed, Self::StoodStill, Self::Retired];

    pub fn name(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::Unclaimed => "unclaimed",
            Self::StoodStill => "stood_still",
            Self::Retired => "retired",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|silence| silence.name() == name)
    }

    /// As what comes after "as".
    pub fn words(self) -> &'static str {
        match self {
            Self::Undecided => "nobody decided it in time",
            Self::Unclaimed => "the agent did not claim it in time",
            Self::StoodStill => "its clock had stood still for a day",
            Self::Retired => "its agent is retired",
        }
    }
}

/// How an open request stands; `claim_by` is until when it may be claimed, where it was approved.
pub fn standing(pending: &[Pending], claim_by: Option<DateTime<Utc>>, yeses: &[Yes], now: &Holds<'_>) -> Standing {
    let valid: Vec<Given> = yeses.iter().filter_map(|yes| valid(yes, now)).collect();
    let in_time = |given: &Given, asked: &Pending| {
        given.queues.contains(&asked.need.queue) && now.clock.read_at(given.at) < asked.expires_at
    };

    let mut first: Vec<usize> = (0..pending.len()).collect();
    first.sort_by_key(|place| pending.get(*place).map(|asked| asked.expires_at));
    let mut can: BTreeMap<PersonId, BTreeSet<usize>> = BTreeMap::new();
    for given in &now.as_one.apart(&valid) {
        let places = pending.iter().enumerate().filter(|(_, asked)| in_time(given, asked)).map(|(place, _)| place);
        can.entry(given.by).or_default().extend(places);
    }
    let needs: Vec<&Need> = pending.iter().map(|asked| &asked.need).collect();
    let by = assign(&needs, &first, &can);

    let counted = valid.into_iter().filter_map(|given| {
        let queues = pending.iter().filter(|asked| in_time(&given, asked)).map(|asked| asked.need.queue.clone());
        let queues: BTreeSet<String> = queues.collect();
        (!queues.is_empty()).then_some(Given { queues, ..given })
    });
    let counted = counted.collect();
    let next = if now.retired {
        Next::Over(Silence::Retired)
    } else if now.clock.is_spent() {
        Next::Over(Silence::StoodStill)
    } else {
        next(pending, claim_by, &by, now.clock.reads())
    };
    Standing { counted, by, next }
}

/// A yes to exactly this, given since the last stop, for the queues that its person may decide for since then.
fn valid(yes: &Yes, now: &Holds<'_>) -> Option<Given> {
    if yes.digest != now.digest || yes.epoch != now.epoch {
        return None;
    }
    let given = &yes.given;
    let may = |queue: &&String| {
        now.members.get(*queue).and_then(|members| members.get(&given.by)).is_some_and(|since| *since <= given.at)
    };
    Some(Given { queues: given.queues.iter().filter(may).cloned().collect(), ..given.clone() })
}

fn next(pending: &[Pending], claim_by: Option<DateTime<Utc>>, by: &[Vec<PersonId>], reads: DateTime<Utc>) -> Next {
    // Whatever becomes of the yeses since.
    if claim_by.is_some_and(|until| until <= reads) {
        return Next::Over(Silence::Unclaimed);
    }
    let open = |(asked, by): &(&Pending, &Vec<PersonId>)| is_short(&asked.need, by);
    let Some(until) = pending.iter().zip(by).filter(open).map(|(asked, _)| asked.expires_at).min() else {
        // What asks for nobody was never decided by anybody.
        return if pending.is_empty() { Next::Over(Silence::Undecided) } else { Next::Met };
    };
    if reads < until {
        return Next::Waits { until };
    }
    let mut escalated = Vec::with_capacity(pending.len());
    let mut first: Option<DateTime<Utc>> = None;
    let mut waits_until = |at: DateTime<Utc>| first = Some(first.map_or(at, |first| first.min(at)));
    for (asked, by) in pending.iter().zip(by) {
        let short = is_short(&asked.need, by);
        if reads < asked.expires_at || !short {
            if short {
                waits_until(asked.expires_at);
            }
            escalated.push(asked.clone());
            continue;
        }
        // It runs once, and then ends in a rejection.
        let Otherwise::Escalate { queue, within_s } = &asked.need.otherwise else {
            return Next::Over(Silence::Undecided);
        };
        let need =
            Need { queue: queue.clone(), within_s: *within_s, otherwise: Otherwise::Reject, ..asked.need.clone() };
        let expires_at = after(reads, *within_s);
        waits_until(expires_at);
        escalated.push(Pending { expires_at, need });
    }
    Next::Escalates { pending: escalated, until: first.unwrap_or(reads) }
}

pub(crate) fn is_short(need: &Need, by: &[PersonId]) -> bool {
    by.len() < need.needed as usize
}

/// Whether every need is met by the yeses given.
pub fn are_met(needs: &[Need], given: &[Given]) -> bool {
    let mut can: BTreeMap<PersonId, BTreeSet<usize>> = BTreeMap::new();
    for yes in given {
        let places = needs.iter().enumerate().filter(|(_, need)| yes.queues.contains(&need.queue));
        can.entry(yes.by).or_default().extend(places.map(|(place, _)| place));
    }
    let order: Vec<usize> = (0..needs.len()).collect();
    let by = assign(&needs.iter().collect::<Vec<_>>(), &order, &can);
    needs.iter().zip(by).all(|(need, by)| !is_short(need, &by))
}

/// Whether what is needed now is met by yeses that were given for what was asked then.
///
/// A need that was escalated was asked of another queue: that queue's yeses count for it while the same rules still
/// escalate to the same queue, and ask for no more people.
pub fn are_still_met(needs: &[Need], asked: &[Pending], given: &[Given]) -> bool {
    let as_asked = |need: &Need| {
        let to = asked.iter().find(|then| stands_for(&then.need, need));
        Need { queue: to.map_or(&need.queue, |then| &then.need.queue).clone(), ..need.clone() }
    };
    are_met(&needs.iter().map(as_asked).collect::<Vec<_>>(), given)
}

/// Whether `then` is what became of this need when it was escalated.
pub fn stands_for(then: &Need, need: &Need) -> bool {
    let Otherwise::Escalate { queue, .. } = &need.otherwise else { return false };
    then.queue == *queue && need.rules.iter().all(|rule| then.rules.contains(rule))
}

/// Who counts for each need: everybody who can, where it takes the same person; of the other needs nobody counts for two.
///
/// Needs get their people in the order of `first`, and none is short of somebody who could be spared elsewhere: each
/// person who is still missing is found along a chain of people who move over (Kuhn's matching).
fn assign(needs: &[&Need], first: &[usize], can: &BTreeMap<PersonId, BTreeSet<usize>>) -> Vec<Vec<PersonId>> {
    let mut taken = BTreeMap::new();
    for place in first {
        let apart = needs.get(*place).filter(|need| !need.same_person);
        for _ in 0..apart.map_or(0, |need| need.needed) {
            if !take(*place, can, &mut taken, &mut BTreeSet::new()) {
                break;
            }
        }
    }
    let by = needs.iter().enumerate().map(|(place, need)| {
        let counts = |(person, places): &(&PersonId, &BTreeSet<usize>)| match need.same_person {
            true => places.contains(&place),
            false => taken.get(*person) == Some(&place),
        };
        can.iter().filter(counts).map(|(person, _)| *person).collect()
    });
    by.collect()
}

/// Finds one more person for this need; `false` where there is none.
fn take(
    place: usize,
    can: &BTreeMap<PersonId, BTreeSet<usize>>,
    taken: &mut BTreeMap<PersonId, usize>,
    tried: &mut BTreeSet<PersonId>,
) -> bool {
    for (person, places) in can {
        let holds = taken.get(person).copied();
        if !places.contains(&place) || holds == Some(place) || !tried.insert(*person) {
            continue;
        }
        if holds.is_none_or(|elsewhere| take(elsewhere, can, taken, tried)) {
            taken.insert(*person, place);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
