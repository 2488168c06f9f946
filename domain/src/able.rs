//! Whether there are people enough to say yes to what waits, if each of them said it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;

use crate::{
    approval::Given,
    as_one::AsOne,
    catalog::Queue,
    decision::Need,
    id::PersonId,
    sentence::{list, value},
    standing::are_met,
};

/// Why nobody can approve what needs this, in a sentence; `None` where there are people enough.
pub fn why_short(needs: &[Need], queues: &[Queue]) -> Option<String> {
    let mut in_queues: BTreeMap<PersonId, BTreeSet<String>> = BTreeMap::new();
    for queue in queues {
        for person in queue.able.iter().flatten() {
            in_queues.entry(*person).or_default().insert(queue.slug.clone());
        }
    }
    let all = in_queues.into_iter();
    let all: Vec<Given> =
        all.map(|(by, queues)| Given { by, queues, at: DateTime::UNIX_EPOCH, note: String::new() }).collect();
    if are_met(needs, &all) {
        return None;
    }
    let called = |need: &Need| {
        let queue = queues.iter().find(|queue| queue.slug == need.queue);
        value(queue.map_or(&need.queue, |queue| &queue.name))
    };
    let there = |need: &Need| all.iter().filter(|one| one.queues.contains(&need.queue)).count();
    let short = needs.iter().find(|need| there(need) < need.needed as usize);
    Some(match short {
        Some(need) => {
            let name = called(need);
            match there(need) {
                0 => format!("Nobody who can decide is in {name}."),
                1 => format!("Only one who can decide is in {name}, and it takes {} different people.", need.needed),
                n => format!("Only {n} who can decide are in {name}, and it takes {} different people.", need.needed),
            }
        }
        None => {
            let names: Vec<String> = needs.iter().map(called).collect();
            let needed: u32 = needs.iter().filter(|need| !need.same_person).map(|need| need.needed).sum();
            format!("It takes {needed} different people of {}, who are fewer.", list(names, "and"))
        }
    })
}

/// Queues with one in the place of all who count as one.
pub fn apart(queues: &[Queue], as_one: &AsOne) -> Vec<Queue> {
    let one = |able: &BTreeSet<PersonId>| able.iter().map(|person| as_one.of(*person)).collect();
    queues.iter().map(|queue| Queue { able: queue.able.as_ref().map(one), ..queue.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::permission::Otherwise;

    fn need(queue: &str, needed: u32, same_person: bool) -> Need {
        Need {
            queue: queue.to_owned(),
            needed,
            within_s: 60,
            otherwise: Otherwise::Reject,
            same_person,
            rules: Vec::new(),
        }
    }

    fn queues(of: &[(&str, &[u128])]) -> Vec<Queue> {
        let able = |ids: &[u128]| Some(ids.iter().map(|id| PersonId(Uuid::from_u128(*id))).collect());
        of.iter().map(|(slug, ids)| Queue { slug: (*slug).into(), name: (*slug).into(), able: able(ids) }).collect()
    }

    #[test]
    fn what_nobody_can_approve_says_why() {
        let few = queues(&[("leads", &[1, 2]), ("legal", &[2]), ("empty", &[])]);
        let why = |needs: &[Need]| why_short(needs, &few);
        assert_eq!(why(&[need("leads", 2, false)]), None);
        assert_eq!(why(&[need("leads", 1, false), need("legal", 1, false)]), None);
        assert_eq!(why(&[need("empty", 1, false)]).unwrap(), "Nobody who can decide is in `empty`.");
        assert_eq!(why(&[need("gone", 1, true)]).unwrap(), "Nobody who can decide is in `gone`.");
        assert_eq!(
            why(&[need("legal", 2, false)]).unwrap(),
            "Only one who can decide is in `legal`, and it takes 2 different people."
        );
        let both = [need("leads", 2, false), need("legal", 1, false)];
        assert_eq!(why(&both).unwrap(), "It takes 3 different people of `leads` and `legal`, who are fewer.");
        assert_eq!(why(&[need("leads", 2, false), need("legal", 1, true)]), None);
    }
}
