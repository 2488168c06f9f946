use super::*;
use crate::permission::Otherwise;

fn asked(queue: &str, needed: u32) -> Verdict {
    let need = Need {
        queue: queue.into(),
        needed,
        within_s: 60,
        otherwise: Otherwise::Reject,
        same_person: true,
        rules: vec!["r".into()],
    };
    Verdict::NeedsApproval { needs: vec![need] }
}

fn usd(amount: &str) -> Option<Money> {
    Some(Money::parse(amount, "USD").unwrap())
}

fn add(impact: &mut Impact, day: u32, amount: Option<Money>, before: &Verdict, after: &Verdict) {
    let judged = Judged { day: NaiveDate::from_ymd_opt(2026, 10, day).unwrap(), amount, before, after };
    let name = format!("{day}, {}", amount.map(|money| money.amount()).unwrap_or_default());
    impact.add(&judged, || Told { name, sentence: String::new(), why: String::new() });
}

#[test]
fn answers_are_counted_with_their_money_before_and_after() {
    let mut impact = Impact::default();
    for (amount, before, after) in [
        (usd("5.00"), Verdict::Allowed, Verdict::Allowed),
        (usd("70.00"), asked("leads", 1), Verdict::Allowed),
        (usd("9.00"), Verdict::Allowed, Verdict::Denied),
        (None, Verdict::Denied, Verdict::Shadowed { would: Box::new(asked("leads", 1)) }),
    ] {
        add(&mut impact, 1, amount, &before, &after);
    }
    let tally = |requests, amount: Option<&str>| Tally { requests, money: amount.and_then(usd).into_iter().collect() };
    assert_eq!(impact.before(Answer::Allowed), tally(2, Some("14.00")));
    assert_eq!(impact.after(Answer::Allowed), tally(2, Some("75.00")));
    assert_eq!((impact.before(Answer::Asked), impact.after(Answer::Asked)), (tally(1, Some("70.00")), tally(1, None)));
    assert_eq!((impact.before(Answer::Denied), impact.after(Answer::Denied)), (tally(1, None), tally(1, Some("9.00"))));
    assert_eq!((impact.judged, impact.changed()), (4, 3));
}

#[test]
fn a_queue_has_a_load_and_a_fullest_day() {
    let mut impact = Impact::default();
    for (day, before, after) in [
        (1, asked("leads", 1), asked("leads", 1)),
        (1, asked("leads", 1), asked("legal", 1)),
        (2, Verdict::Allowed, asked("leads", 1)),
        (2, asked("leads", 1), asked("leads", 2)),
    ] {
        add(&mut impact, day, None, &before, &after);
    }
    let figures = |days: &Days| (days.requests, days.peak);
    let load = |queue: &str| (figures(&impact.queues[queue].before), figures(&impact.queues[queue].after));
    assert_eq!(load("leads"), ((3, 2), (3, 2)));
    assert_eq!(load("legal"), ((0, 0), (1, 1)));
    assert_eq!(impact.asked_otherwise, 2);
}

#[test]
fn what_the_draft_lets_through_is_told_first_and_the_largest_of_it() {
    let mut impact = Impact::default();
    for day in 1..=20 {
        add(&mut impact, day, usd("1.00"), &Verdict::Allowed, &asked("leads", 1));
    }
    add(&mut impact, 21, usd("70.00"), &asked("leads", 1), &Verdict::Allowed);
    add(&mut impact, 22, usd("90.00"), &asked("leads", 1), &Verdict::Allowed);
    add(&mut impact, 23, None, &Verdict::Denied, &Verdict::Allowed);
    add(&mut impact, 24, usd("500.00"), &Verdict::Denied, &Verdict::Denied);
    let told: Vec<&str> = impact.cases.iter().map(|case| case.told.name.as_str()).collect();
    assert_eq!(told[..4], ["23, ", "22, 90.00", "21, 70.00", "1, 1.00"]);
    assert_eq!(told.len(), MOST_CASES);
}

#[test]
fn it_stays_small_however_many_requests_there_are() {
    let mut impact = Impact::default();
    let (before, after) = (asked("leads", 1), Verdict::Allowed);
    for n in 0..100_000_i64 {
        let day = NaiveDate::from_num_days_from_ce_opt(730_000 + i32::try_from(n / 3_000).unwrap()).unwrap();
        let amount = Some(Money { minor: n, ..usd("1.00").unwrap() });
        let told = || Told { name: n.to_string(), sentence: String::new(), why: String::new() };
        impact.add(&Judged { day, amount, before: &before, after: &after }, told);
    }
    assert_eq!((impact.judged, impact.queues["leads"].before.peak), (100_000, 3_000));
    assert_eq!((impact.cases.len(), impact.cases[0].told.name.as_str()), (MOST_CASES, "99999"));
    assert!(serde_json::to_string(&impact).unwrap().len() < 3_000);
}

#[test]
fn what_could_not_be_judged_is_counted_with_its_cause() {
    let mut impact = Impact::default();
    add(&mut impact, 1, None, &Verdict::Stopped, &Verdict::Allowed);
    impact.leave_out(LeftOut::Unreadable);
    impact.leave_out(LeftOut::Unreadable);
    impact.miss(Gap::CustomerFacts);
    assert_eq!(impact.left_out, BTreeMap::from([(LeftOut::Unreadable, 2), (LeftOut::NotByTheRules, 1)]));
    assert_eq!((impact.judged, impact.gaps[&Gap::CustomerFacts]), (0, 1));
}

#[test]
fn the_first_line_says_what_would_have_changed() {
    let mut impact = Impact::default();
    assert_eq!(impact.sentence(), "There is no request to judge.");
    add(&mut impact, 1, None, &Verdict::Allowed, &Verdict::Allowed);
    assert_eq!(impact.sentence(), "Of 1 request, none would have got another answer.");
    add(&mut impact, 1, None, &asked("leads", 1), &asked("leads", 2));
    assert_eq!(impact.sentence(), "Of 2 requests, 1 would have been asked otherwise.");
    for _ in 0..1200 {
        add(&mut impact, 1, None, &Verdict::Allowed, &asked("leads", 1));
    }
    let expected = "Of 1,202 requests, 1,200 more would have been asked and 1,200 fewer would have been allowed.";
    assert_eq!(impact.sentence(), expected);
}

#[test]
fn it_survives_json() {
    let mut impact = Impact::default();
    add(&mut impact, 1, usd("70.00"), &asked("leads", 1), &Verdict::Allowed);
    impact.leave_out(LeftOut::Erased);
    let text = serde_json::to_string(&impact).unwrap();
    assert_eq!(serde_json::from_str::<Impact>(&text).unwrap(), impact);
}

#[test]
fn asked_of_fewer_is_laxer_and_asked_of_more_is_stricter() {
    let all = |needs: &[(&str, u32)]| {
        let needs = needs.iter().flat_map(|(queue, needed)| match asked(queue, *needed) {
            Verdict::NeedsApproval { needs } => needs,
            _ => Vec::new(),
        });
        Verdict::NeedsApproval { needs: needs.collect() }
    };
    let turn = |before: &[(&str, u32)], after: &[(&str, u32)]| Turn::of(&all(before), &all(after));
    for (before, after, expected) in [
        (&[("leads", 2)][..], &[("leads", 1)][..], Some(Turn::AskedOfFewer)),
        (&[("leads", 1), ("legal", 1)], &[("leads", 2)], Some(Turn::AskedOfFewer)),
        (&[("leads", 1)], &[("legal", 1)], Some(Turn::AskedOfFewer)),
        (&[("leads", 1)], &[("leads", 2)], Some(Turn::AskedOfMore)),
        (&[("leads", 1)], &[("leads", 1), ("legal", 1)], Some(Turn::AskedOfMore)),
        (&[("leads", 2)], &[("leads", 1), ("leads", 2)], None),
    ] {
        assert_eq!(turn(before, after), expected, "{before:?} {after:?}");
        assert_eq!(expected.is_some_and(Turn::is_laxer), expected == Some(Turn::AskedOfFewer));
    }
    let mut impact = Impact::default();
    add(&mut impact, 1, usd("90.00"), &asked("leads", 1), &asked("leads", 2));
    add(&mut impact, 2, usd("80.00"), &Verdict::Allowed, &asked("leads", 1));
    add(&mut impact, 3, None, &asked("leads", 2), &Verdict::Shadowed { would: Box::new(asked("leads", 1)) });
    add(&mut impact, 4, usd("9.00"), &Verdict::Denied, &asked("leads", 1));
    let told: Vec<&str> = impact.cases.iter().map(|case| case.told.name.as_str()).collect();
    assert_eq!(told, ["4, 9.00", "3, ", "2, 80.00", "1, 90.00"]);
}
