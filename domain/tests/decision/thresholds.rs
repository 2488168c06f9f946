//! Which rules of layer 3 fit, and what they ask together.

use std::collections::BTreeSet;

use domain::{
    action::Effect,
    decision::{Verdict, default_rules},
    permission::Otherwise,
};
use serde_json::{Value, json};

use crate::{
    case::{Change, from, money, refund},
    check,
    support::Case,
};

#[test]
fn a_tightening_asks_while_it_runs() {
    check(&[
        ("of every action", |c| c.tighten(&[], None), "needs_approval: tightening"),
        ("of this action", |c| c.tighten(&["order.refund"], Some(1)), "needs_approval: tightening"),
        ("of another action", |c| c.tighten(&["order.tag"], None), "allowed"),
        ("that has ended", |c| c.tighten(&[], Some(0)), "allowed"),
    ]);
}

#[test]
fn a_second_customer_under_one_trigger_asks() {
    const ASKS: &str = "needs_approval: second-customer /trigger";
    fn second(c: &mut Case) -> &mut Case {
        c.with(|c| c.facts.other_customer_under_trigger = true)
    }
    check(&[
        ("another was served", |c| second(c), ASKS),
        ("the trigger is unknown", |c| c.without("/trigger"), ASKS),
        ("the trigger is blank", |c| c.with(|c| c.ask.trigger = Some(" ".into())), ASKS),
        (
            "the customer is unknown",
            |c| c.without("/customer").rests_on(&[]).read("catalog", None),
            "needs_approval: second-customer /customer",
        ),
        ("the action is for no customer", |c| second(c).with(|c| c.of_type().for_customer = false), "allowed"),
        ("the action is a note", |c| second(c).with(|c| c.of_type().effect = Effect::Internal), "allowed"),
    ]);
}

#[test]
fn a_rule_asks_for_the_actions_that_it_names() {
    check(&[
        ("any", |c| c.rule("rule", json!({})), "needs_approval: rule"),
        ("by name", |c| c.rule("rule", json!({"applies_to": {"actions": ["order.refund"]}})), "needs_approval: rule"),
        ("another", |c| c.rule("rule", json!({"applies_to": {"actions": ["data.read"]}})), "allowed"),
        ("by effect", |c| c.rule("rule", json!({"applies_to": {"effects": ["write"]}})), "needs_approval: rule"),
        ("another effect", |c| c.rule("rule", json!({"applies_to": {"effects": ["message"]}})), "allowed"),
    ]);
}

#[test]
fn a_rule_fits_unless_one_of_its_conditions_is_known_not_to_hold() {
    fn both(c: &mut Case) -> &mut Case {
        let over = json!({"kind": "amount_over", "limit": money("50.00", "USD")});
        c.rule("rule", json!({"when": [over, {"kind": "first_order"}]}))
    }
    check(&[
        ("no and unknown", |c| both(c), "allowed"),
        ("yes and unknown", |c| both(c).total("60.00", "USD"), "needs_approval: rule /arguments/total"),
        (
            "yes and no",
            |c| both(c).total("60.00", "USD").with(|c| c.facts.brand.get_or_insert_default().orders = Some(5)),
            "allowed",
        ),
    ]);
}

#[test]
fn rules_that_fit_merge_by_queue_to_the_most_people_the_least_time_and_the_hardest_end() {
    type Need = (String, u32, u32, Otherwise, String);
    fn needs(rules: &[Value]) -> Vec<Need> {
        let mut case = refund();
        for (index, rule) in rules.iter().enumerate() {
            case.rule(&format!("r{index}"), rule.clone());
        }
        let Verdict::NeedsApproval { needs } = case.decide().verdict else { unreachable!("{rules:?} do not ask") };
        needs.into_iter().map(|n| (n.queue, n.needed, n.within_s, n.otherwise, n.rules.join(" "))).collect()
    }
    let to = |queue: &str, within_s: u32| json!({"escalate": {"queue": queue, "within_s": within_s}});

    let first = json!({"needed": 2, "within_s": 600, "else": to("boss", 60)});
    let second = json!({"needed": 1, "within_s": 60, "else": to("boss", 60)});
    let escalates = Otherwise::Escalate { queue: "boss".into(), within_s: 60 };
    assert_eq!(
        needs(&[first.clone(), second, json!({"queue": "legal"})]),
        [
            ("leads".into(), 2, 60, escalates, "r0 r1".into()),
            ("legal".into(), 1, 14_400, Otherwise::Reject, "r2".into())
        ]
    );
    for other in [json!("reject"), to("boss", 90), to("legal", 60)] {
        let merged = needs(&[first.clone(), json!({ "else": other })]);
        assert_eq!(merged[0].3, Otherwise::Reject, "two ends that differ are a rejection");
    }
    assert_eq!(needs(&[json!({"needed": 0})])[0].1, 1, "a rule that asks for nobody asks for somebody");
}

#[test]
fn the_default_rules_ask_where_judgement_adds_safety() {
    fn asks(effect: Effect, change: Change) -> BTreeSet<String> {
        let mut case = refund();
        case.of_type().effect = effect;
        case.set().approval_thresholds.rules = default_rules("leads", money("1000.00", "USD"));
        assert_eq!(case.set().faults(), [""; 0]);
        let brand = json!({"orders": 3, "lifetime_value": money("80.00", "USD"), "open_complaints": 0});
        case.facts.brand = Some(from(brand));
        case.facts.kind_has_succeeded = true;
        change(&mut case).decide().reasons.into_iter().map(|reason| reason.rule).collect()
    }
    let rows: [(Effect, Change, &[&str]); 12] = [
        (Effect::Read, |c| c, &[]),
        (Effect::Internal, |c| c, &[]),
        (Effect::Write, |c| c, &["every-write"]),
        (Effect::Commitment, |c| c, &["every-commitment"]),
        (Effect::Message, |c| c, &[]),
        (
            Effect::Message,
            |c| c.with(|c| c.facts.brand.get_or_insert_default().orders = Some(1)),
            &["message-first-order"],
        ),
        (
            Effect::Message,
            |c| c.with(|c| c.facts.brand.get_or_insert_default().lifetime_value = Some(money("1000.01", "USD"))),
            &["message-valued-customer"],
        ),
        (Effect::Message, |c| c.with(|c| c.facts.recorded_complaints = 1), &["message-open-complaint"]),
        (Effect::Message, |c| c.with(|c| c.ask.output = Some("A dose.".into())), &["message-regulated-topic"]),
        (Effect::Message, |c| c.with(|c| c.ask.topics = Some(vec!["press".into()])), &["message-regulated-topic"]),
        (Effect::Message, |c| c.with(|c| c.facts.kind_has_succeeded = false), &["message-first-of-its-kind"]),
        (
            Effect::Message,
            |c| c.with(|c| c.facts.brand = Default::default()),
            &["message-first-order", "message-open-complaint", "message-valued-customer"],
        ),
    ];
    for (effect, change, expected) in rows {
        assert_eq!(asks(effect, change), expected.iter().map(|rule| (*rule).to_owned()).collect(), "{effect:?}");
    }
}
