//! Whether the approvals that were given meet what is needed.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{decision::Need, id::PersonId, permission::Otherwise};

/// One person's yes, and the queues for which it counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    pub by: PersonId,
    pub queues: BTreeSet<String>,
    pub at: DateTime<Utc>,
    pub note: String,
}

/// A need with its deadline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    #[serde(flatten)]
    pub need: Need,
    pub expires_at: DateTime<Utc>,
}

/// What becomes of a request whose earliest deadline has passed.
#[derive(Clone, Debug, PartialEq)]
pub enum Overdue {
    /// Nobody decided in time, and that is a no.
    Expired,
    /// Another queue gets it.
    Escalated(Vec<Pending>),
}

/// How many different people of the queue have said yes.
pub fn given_in(queue: &str, given: &[Given]) -> u32 {
    let people: BTreeSet<PersonId> = given.iter().filter(|g| g.queues.contains(queue)).map(|g| g.by).collect();
    u32::try_from(people.len()).unwrap_or(u32::MAX)
}

/// Whether every need is met by different people of its queue.
pub fn are_met(needs: &[Need], given: &[Given]) -> bool {
    needs.iter().all(|need| given_in(&need.queue, given) >= need.needed)
}

/// Whether what is needed now is met by approvals that were given for what was asked then.
///
/// A need that was escalated was asked of another queue: that queue's approvals count for it while the same rules still
/// escalate to the same queue, and ask for no more people.
pub fn are_still_met(needs: &[Need], asked: &[Pending], given: &[Given]) -> bool {
    let met_elsewhere = |need: &Need| {
        let Otherwise::Escalate { queue, .. } = &need.otherwise else { return false };
        let stands_for = |then: &Need| then.queue == *queue && need.rules.iter().all(|rule| then.rules.contains(rule));
        asked.iter().any(|then| stands_for(&then.need)) && given_in(queue, given) >= need.needed
    };
    needs.iter().all(|need| are_met(std::slice::from_ref(need), given) || met_elsewhere(need))
}

/// Starts the clocks.
pub fn pending(needs: Vec<Need>, now: DateTime<Utc>) -> Vec<Pending> {
    needs.into_iter().map(|need| Pending { expires_at: after(now, need.within_s), need }).collect()
}

/// When the request has to be decided; the earliest deadline counts.
pub fn deadline(pending: &[Pending]) -> Option<DateTime<Utc>> {
    pending.iter().map(|p| p.expires_at).min()
}

/// What follows when `now` is past the earliest deadline; `None` while it is not.
///
/// An escalation runs once and then ends in a rejection; it never becomes a yes.
pub fn overdue(pending_needs: &[Pending], given: &[Given], now: DateTime<Utc>) -> Option<Overdue> {
    let late = |p: &&Pending| p.expires_at <= now && given_in(&p.need.queue, given) < p.need.needed;
    if !pending_needs.iter().any(|p| late(&p)) {
        return None;
    }
    let mut next = Vec::new();
    for pending in pending_needs {
        if !late(&pending) {
            next.push(pending.clone());
            continue;
        }
        let Otherwise::Escalate { queue, within_s } = &pending.need.otherwise else { return Some(Overdue::Expired) };
        let need =
            Need { queue: queue.clone(), within_s: *within_s, otherwise: Otherwise::Reject, ..pending.need.clone() };
        next.push(Pending { expires_at: after(now, *within_s), need });
    }
    Some(Overdue::Escalated(next))
}

fn after(now: DateTime<Utc>, seconds: u32) -> DateTime<Utc> {
    // Beyond the calendar's end there is no time left.
    now.checked_add_signed(chrono::TimeDelta::seconds(i64::from(seconds))).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn need(queue: &str, needed: u32, otherwise: Otherwise) -> Need {
        Need { queue: queue.into(), needed, within_s: 60, otherwise, rules: vec!["r".into()] }
    }

    fn yes(person: u128, queues: &[&str]) -> Given {
        let by = PersonId(uuid::Uuid::from_u128(person));
        Given {
            by,
            queues: queues.iter().map(|q| (*q).to_owned()).collect(),
            at: DateTime::UNIX_EPOCH,
            note: String::new(),
        }
    }

    #[test]
    fn two_approvals_need_two_different_people() {
        let needs = [need("leads", 2, Otherwise::Reject)];
        assert!(!are_met(&needs, &[yes(1, &["leads"]), yes(1, &["leads"])]));
        assert!(are_met(&needs, &[yes(1, &["leads"]), yes(2, &["leads"])]));
    }

    #[test]
    fn only_members_of_the_queue_count() {
        let needs = [need("leads", 1, Otherwise::Reject), need("legal", 1, Otherwise::Reject)];
        assert!(!are_met(&needs, &[yes(1, &["leads"])]));
        assert!(are_met(&needs, &[yes(1, &["leads"]), yes(2, &["legal"])]));
        assert!(are_met(&needs, &[yes(1, &["leads", "legal"])]));
    }

    #[test]
    fn an_escalated_need_is_still_met_by_the_queue_that_it_went_to() {
        let escalates = |queue: &str| Otherwise::Escalate { queue: queue.into(), within_s: 60 };
        let start = DateTime::UNIX_EPOCH;
        let needs = vec![need("leads", 2, escalates("managers"))];
        let Some(Overdue::Escalated(asked)) = overdue(&pending(needs.clone(), start), &[], start + TimeDelta::hours(1))
        else {
            panic!("does not escalate");
        };
        let given = [yes(1, &["managers"]), yes(2, &["managers"])];
        assert!(are_met(&[asked[0].need.clone()], &given) && !are_met(&needs, &given));
        assert!(are_still_met(&needs, &asked, &given));

        assert!(!are_still_met(&needs, &asked, &given[..1]), "too few");
        assert!(!are_still_met(&needs, &pending(needs.clone(), start), &given), "it was never escalated");
        assert!(!are_still_met(&[need("leads", 3, escalates("managers"))], &asked, &given), "more are needed now");
        assert!(!are_still_met(&[need("leads", 2, escalates("legal"))], &asked, &given), "it goes elsewhere now");
        assert!(
            !are_still_met(&[need("leads", 2, Otherwise::Reject)], &asked, &given),
            "it does not escalate any more"
        );
        let more = Need { rules: vec!["r".into(), "new".into()], ..needs[0].clone() };
        assert!(!are_still_met(&[more], &asked, &given), "another rule fits now");
    }

    #[test]
    fn silence_never_becomes_a_yes() {
        let start = DateTime::UNIX_EPOCH;
        let escalating =
            pending(vec![need("leads", 1, Otherwise::Escalate { queue: "managers".into(), within_s: 120 })], start);
        assert_eq!(overdue(&escalating, &[], start + TimeDelta::seconds(59)), None);

        let Some(Overdue::Escalated(next)) = overdue(&escalating, &[], start + TimeDelta::seconds(60)) else {
            panic!("does not escalate");
        };
        assert_eq!((next[0].need.queue.as_str(), &next[0].need.otherwise), ("managers", &Otherwise::Reject));
        assert_eq!(next[0].expires_at, start + TimeDelta::seconds(180));
        assert_eq!(overdue(&next, &[], start + TimeDelta::seconds(180)), Some(Overdue::Expired));
    }
}
