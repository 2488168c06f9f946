use super::*;
use crate::approval;
use chrono::TimeDelta;
use proptest::{collection::vec, prelude::*, sample::subsequence};

const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn need(queue: &str, needed: u32) -> Need {
    let (queue, rules) = (queue.to_owned(), vec![format!("over-{queue}")]);
    Need { queue, needed, within_s: 3600, otherwise: Otherwise::Reject, same_person: false, rules }
}

fn escalates(to: &str) -> Otherwise {
    Otherwise::Escalate { queue: to.to_owned(), within_s: 7200 }
}

fn person(n: u128) -> PersonId {
    PersonId(uuid::Uuid::from_u128(n))
}

fn yes(by: u128, queues: &[&str]) -> Given {
    let queues = queues.iter().map(|queue| (*queue).to_owned()).collect();
    Given { by: person(by), queues, at: START, note: String::new() }
}

fn at(minutes: i64) -> DateTime<Utc> {
    START + TimeDelta::minutes(minutes)
}

/// A request that leads decide within an hour and legal within two, and all that its standing rests on.
struct Case {
    pending: Vec<Pending>,
    claim_by: Option<DateTime<Utc>>,
    yeses: Vec<Yes>,
    members: Members,
    epoch: i64,
    retired: bool,
    still: Vec<crate::clock::Span>,
    as_one: AsOne,
}

fn case() -> Case {
    let members = |people: &[u128]| people.iter().map(|n| (person(*n), at(-60))).collect();
    let legal = Need { within_s: 7200, ..need("legal", 1) };
    Case {
        pending: approval::pending(vec![need("leads", 2), legal], START),
        claim_by: None,
        yeses: Vec::new(),
        members: [("leads".to_owned(), members(&[1, 2])), ("legal".to_owned(), members(&[3]))].into(),
        epoch: 0,
        retired: false,
        still: Vec::new(),
        as_one: AsOne::default(),
    }
}

impl Case {
    fn says(mut self, by: u128, queue: &str, minute: i64) -> Self {
        let given = Given { at: at(minute), ..yes(by, &[queue]) };
        self.yeses.push(Yes { given, digest: vec![1], epoch: self.epoch });
        self
    }

    fn stands(&self, minute: i64) -> Standing {
        let clock = Clock::new(START, self.still.iter().copied(), at(minute));
        let (epoch, retired, members) = (self.epoch, self.retired, &self.members);
        let as_one = &self.as_one;
        let holds = Holds { digest: &[1], epoch, retired, members, as_one, clock: &clock };
        standing(&self.pending, self.claim_by, &self.yeses, &holds)
    }

    fn next(&self, minute: i64) -> Next {
        self.stands(minute).next
    }
}

#[test]
fn who_counts_as_one_with_somebody_who_said_yes_is_nobody_more() {
    let mut case = case();
    case.members.get_mut("legal").unwrap().insert(person(2), at(-60));
    let two = case.says(1, "leads", 1).says(2, "leads", 2).says(3, "legal", 3);
    assert_eq!(two.next(5), Next::Met);
    for as_one in [(1, 2), (2, 1), (1, 3), (2, 3)] {
        let as_one = AsOne::new([(person(as_one.0), person(as_one.1))]);
        let given: Vec<Given> = two.yeses.iter().map(|yes| yes.given.clone()).collect();
        let needs: Vec<Need> = two.pending.iter().map(|asked| asked.need.clone()).collect();
        assert!(are_met(&needs, &given) && !are_met(&needs, &as_one.apart(&given)));
        let clock = Clock::new(START, [], at(5));
        let holds =
            Holds { digest: &[1], epoch: 0, retired: false, members: &two.members, as_one: &as_one, clock: &clock };
        let standing = standing(&two.pending, None, &two.yeses, &holds);
        assert!(matches!(standing.next, Next::Waits { .. }), "{standing:?}");
        // Their yes stands as theirs, and counts for nothing more.
        assert_eq!(standing.counted.len(), 3);
    }
}

const UNDECIDED: Next = Next::Over(Silence::Undecided);

#[test]
fn two_yeses_are_those_of_two_different_people() {
    let needs = [need("leads", 2)];
    assert!(!are_met(&needs, &[yes(1, &["leads"]), yes(1, &["leads"])]));
    assert!(are_met(&needs, &[yes(1, &["leads"]), yes(2, &["leads"])]));
}

#[test]
fn different_people_meet_different_needs_unless_a_need_says_otherwise() {
    let (leads, legal) = (need("leads", 1), need("legal", 1));
    let both = yes(1, &["leads", "legal"]);
    assert!(!are_met(&[leads.clone(), legal.clone()], std::slice::from_ref(&both)));
    assert!(are_met(&[leads.clone(), legal.clone()], &[both.clone(), yes(2, &["legal"])]));
    let same = Need { same_person: true, ..legal };
    assert!(are_met(&[leads, same], &[both]));
}

#[test]
fn nobody_is_held_where_somebody_else_is_enough() {
    // Only the first is in both queues, whichever queue is asked first and whoever came first.
    for needs in [[need("leads", 1), need("legal", 1)], [need("legal", 1), need("leads", 1)]] {
        for other in ["leads", "legal"] {
            assert!(are_met(&needs, &[yes(1, &["leads", "legal"]), yes(2, &[other])]));
            assert!(are_met(&needs, &[yes(3, &[other]), yes(4, &["leads", "legal"])]));
        }
    }
    let chain = [need("a", 1), need("b", 1), need("c", 1)];
    assert!(are_met(&chain, &[yes(1, &["a", "b"]), yes(2, &["b", "c"]), yes(3, &["a"])]));
    assert!(!are_met(&chain, &[yes(1, &["a", "b"]), yes(2, &["a", "b"]), yes(3, &["a", "b"])]));
}

proptest! {
    #[test]
    fn different_people_are_found_wherever_there_are_any(
        asked in vec((0..3_usize, 1..3_u32, any::<bool>()), 1..4), people in vec(subsequence(vec![0_usize, 1, 2], 0..=3), 0..6),
    ) {
        let queues = ["a", "b", "c"];
        let needs = asked.iter().map(|(queue, needed, same_person)| {
            Need { same_person: *same_person, ..need(queues[*queue], *needed) }
        });
        let needs: Vec<Need> = needs.collect();
        let said = |queue: &str| people.iter().filter(|of| of.iter().any(|of| queues[*of] == queue)).count();
        // Each person at one of the needs that want them apart, or at none: every way that there is.
        fn fits(people: &[Vec<usize>], left: &mut [(usize, u32)]) -> bool {
            let Some((first, rest)) = people.split_first() else { return left.iter().all(|(_, missing)| *missing == 0) };
            (0..left.len()).any(|place| {
                if left[place].1 == 0 || !first.contains(&left[place].0) {
                    return false;
                }
                left[place].1 -= 1;
                let found = fits(rest, left);
                left[place].1 += 1;
                found
            }) || fits(rest, left)
        }
        let apart = asked.iter().filter(|(.., same)| !same).map(|(queue, needed, _)| (*queue, *needed));
        let together = asked.iter().filter(|(.., same)| *same).all(|(queue, needed, _)| said(queues[*queue]) >= *needed as usize);
        let expected = together && fits(&people, &mut apart.collect::<Vec<_>>());
        let given = people.iter().enumerate().map(|(n, of)| yes(n as u128, &of.iter().map(|of| queues[*of]).collect::<Vec<_>>()));
        prop_assert_eq!(are_met(&needs, &given.collect::<Vec<_>>()), expected);
    }
}

#[test]
fn a_need_that_was_asked_before_it_said_so_takes_the_same_person() {
    let stored = serde_json::json!({
        "queue": "leads", "needed": 1, "within_s": 60, "otherwise": "reject", "rules": ["r"],
    });
    assert!(serde_json::from_value::<Need>(stored).unwrap().same_person);
}

#[test]
fn a_need_that_asks_for_more_people_than_there_are_costs_no_time() {
    assert!(!are_met(&[need("leads", u32::MAX)], &[yes(1, &["leads"])]));
}

#[test]
fn an_escalated_need_is_still_met_by_the_queue_that_it_went_to() {
    let needs = vec![Need { otherwise: escalates("managers"), ..need("leads", 2) }];
    let mut case = case();
    case.pending = approval::pending(needs.clone(), START);
    let Next::Escalates { pending: asked, .. } = case.next(60) else { panic!("does not escalate") };
    let given = [yes(1, &["managers"]), yes(2, &["managers"])];
    assert!(are_met(&[asked[0].need.clone()], &given) && !are_met(&needs, &given));
    assert!(are_still_met(&needs, &asked, &given));

    let asks = |queue: &str, needed| Need { otherwise: escalates(queue), needed, ..needs[0].clone() };
    assert!(!are_still_met(&needs, &asked, &given[..1]), "too few");
    assert!(!are_still_met(&needs, &case.pending, &given), "it was never escalated");
    assert!(!are_still_met(&[asks("managers", 3)], &asked, &given), "more are needed now");
    assert!(!are_still_met(&[asks("legal", 2)], &asked, &given), "it goes elsewhere now");
    let ends = Need { otherwise: Otherwise::Reject, ..needs[0].clone() };
    assert!(!are_still_met(&[ends], &asked, &given), "it does not escalate any more");
    let more = Need { rules: vec!["over-leads".into(), "new".into()], ..needs[0].clone() };
    assert!(!are_still_met(&[more], &asked, &given), "another rule fits now");
}

#[test]
fn silence_never_becomes_a_yes() {
    let mut case = case();
    case.pending = approval::pending(vec![Need { otherwise: escalates("managers"), ..need("leads", 1) }], START);
    assert_eq!(case.next(59), Next::Waits { until: at(60) });
    let Next::Escalates { pending: next, until } = case.next(60) else { panic!("does not escalate") };
    assert_eq!(until, at(180));
    assert_eq!((next[0].need.queue.as_str(), &next[0].need.otherwise), ("managers", &Otherwise::Reject));
    assert_eq!(next[0].expires_at, at(180));
    case.pending = next;
    assert_eq!((case.next(179), case.next(180)), (Next::Waits { until: at(180) }, UNDECIDED));
    case.pending = Vec::new();
    assert_eq!(case.next(0), UNDECIDED);
}

#[test]
fn a_queue_that_has_said_yes_is_not_waited_for() {
    let case = case();
    assert_eq!(case.next(0), Next::Waits { until: at(60) });
    let case = case.says(1, "leads", 5);
    assert_eq!((case.next(59), case.next(60)), (Next::Waits { until: at(60) }, UNDECIDED));
    let case = case.says(2, "leads", 10);
    assert_eq!(case.next(90), Next::Waits { until: at(120) });
    assert_eq!(case.says(3, "legal", 90).next(91), Next::Met);
}

#[test]
fn a_yes_that_a_stop_or_a_leaving_made_void_after_its_time_is_not_given_late() {
    let voided = |void: fn(&mut Case)| {
        let mut case = case().says(1, "leads", 5).says(2, "leads", 10);
        assert_eq!(case.next(90), Next::Waits { until: at(120) });
        void(&mut case);
        assert_eq!((case.next(59), case.next(90)), (Next::Waits { until: at(60) }, UNDECIDED));
        case.says(1, "leads", 90).says(2, "leads", 91).says(3, "legal", 92)
    };
    assert_eq!(voided(|case| case.epoch += 1).next(93), UNDECIDED);
    assert_eq!(voided(|case| drop(case.members.remove("leads"))).next(93), UNDECIDED);
}

#[test]
fn who_left_and_came_back_has_to_say_it_again() {
    let mut case = case().says(1, "leads", 5).says(2, "leads", 10);
    case.members.get_mut("leads").unwrap().insert(person(2), at(20));
    let stands = case.stands(30);
    assert_eq!((stands.by, stands.next), (vec![vec![person(1)], vec![]], Next::Waits { until: at(60) }));
    assert_eq!(case.says(2, "leads", 31).next(32), Next::Waits { until: at(120) });
}

#[test]
fn a_yes_counts_in_its_time_alone() {
    let mut case = case().says(1, "leads", 5).says(2, "leads", 10).says(4, "leads", 70);
    case.members.get_mut("leads").unwrap().insert(person(4), at(-60));
    assert_eq!(case.stands(80).by[0], [person(1), person(2)]);
    case.members.get_mut("leads").unwrap().remove(&person(1));
    assert_eq!(case.next(80), UNDECIDED);
}

#[test]
fn what_is_due_first_gets_its_people_first() {
    let mut case = case();
    case.pending = approval::pending(vec![Need { within_s: 7200, ..need("legal", 1) }, need("leads", 1)], START);
    case.members.get_mut("legal").unwrap().insert(person(1), at(-60));
    case.yeses = vec![Yes { given: yes(1, &["leads", "legal"]), digest: vec![1], epoch: 0 }];
    assert_eq!(case.stands(5).by, [vec![], vec![person(1)]]);
    assert_eq!(case.next(90), Next::Waits { until: at(120) });
}

#[test]
fn while_the_clock_stands_still_nothing_is_late_and_after_a_day_it_is_over() {
    let mut case = case();
    let day = 24 * 60;
    case.still = vec![crate::clock::Span { from: at(30), until: None }];
    assert_eq!(case.next(30 + day - 1), Next::Waits { until: at(60) });
    assert_eq!(case.next(30 + day), Next::Over(Silence::StoodStill));
    case.still[0].until = Some(at(90));
    assert_eq!((case.next(119), case.next(120)), (Next::Waits { until: at(60) }, UNDECIDED));
}

#[test]
fn what_is_approved_is_claimed_in_its_time_or_waits_again() {
    let mut case = case().says(1, "leads", 5).says(2, "leads", 10).says(3, "legal", 50);
    case.claim_by = Some(at(65));
    assert_eq!((case.next(64), case.next(65)), (Next::Met, Next::Over(Silence::Unclaimed)));
    case.still = vec![crate::clock::Span { from: at(51), until: Some(at(400)) }];
    assert_eq!(case.next(413), Next::Met);
    case.still.clear();
    case.members.remove("legal");
    assert_eq!((case.next(64), case.next(65)), (Next::Waits { until: at(120) }, Next::Over(Silence::Unclaimed)));
}

#[test]
fn what_waits_for_a_retired_agent_is_over() {
    let mut case = case().says(1, "leads", 5).says(2, "leads", 10).says(3, "legal", 50);
    case.retired = true;
    assert_eq!(case.next(51), Next::Over(Silence::Retired));
}
