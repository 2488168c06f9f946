//! Each condition of layer 3: when it holds, when it does not, and when nobody knows.

use domain::{action::Reversibility, decision::Verdict, money::Money};
use serde_json::{Value, json};

use crate::{
    case::{Change, money, refund},
    support::Case,
};

/// Whether a condition of layer 3 holds: yes and unknown ask, and the reason says which; no lets it through.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Holds {
    Yes,
    No,
    Unknown,
}
use Holds::{No, Unknown, Yes};

fn holds(condition: &Value, change: impl FnOnce(&mut Case) -> &mut Case) -> Holds {
    let mut case = refund();
    let decision = change(case.rule("rule", json!({"when": [condition]}))).decide();
    match (&decision.verdict, decision.reasons.as_slice()) {
        (Verdict::Allowed, []) => No,
        (Verdict::NeedsApproval { .. }, [reason]) if reason.text.contains("not known") => Unknown,
        (Verdict::NeedsApproval { .. }, [_]) => Yes,
        other => unreachable!("{condition}: {other:?}"),
    }
}

fn check_condition(condition: Value, rows: &[(&str, Change, Holds)]) {
    for (name, change, expected) in rows {
        assert_eq!(holds(&condition, change), *expected, "{condition}: {name}");
    }
}

#[test]
fn an_amount_over_the_limit_asks_and_so_does_another_currency() {
    check_condition(
        json!({"kind": "amount_over", "limit": money("50.00", "USD")}),
        &[
            ("under", |c| c, No),
            ("at it", |c| c.total("50.00", "USD"), No),
            ("over", |c| c.total("50.01", "USD"), Yes),
            ("another currency", |c| c.total("1.00", "EUR"), Unknown),
            ("absent", |c| c.without("/arguments/total"), Unknown),
            ("absent where nothing moves then", |c| c.moves_nothing().without("/arguments/total"), No),
            ("of an action without one", |c| c.with(|c| c.of_type().amount = None), No),
            ("an argument that is not money", |c| c.with(|c| c.of_type().amount = Some("order_id".into())), Unknown),
        ],
    );
}

#[test]
fn the_strictest_word_on_a_customer_counts_and_the_agents_relaxes_only_where_it_is_trusted() {
    type Tell = fn(&mut Case, Option<bool>);
    let conditions: [(Value, Tell, Tell); 3] = [
        (
            json!({"kind": "first_order"}),
            |c, is| c.ask.customer.as_mut().unwrap().orders = is.map(|first| if first { 1 } else { 2 }),
            |c, is| c.facts.brand.get_or_insert_default().orders = is.map(|first| if first { 0 } else { 9 }),
        ),
        (
            json!({"kind": "lifetime_value_over", "limit": money("100.00", "USD")}),
            |c, is| {
                let value = is.map(|over| money(if over { "100.01" } else { "100.00" }, "USD"));
                c.ask.customer.as_mut().unwrap().lifetime_value = value;
            },
            |c, is| {
                c.facts.brand.get_or_insert_default().lifetime_value =
                    is.map(|over| money(if over { "900.00" } else { "0.00" }, "USD"))
            },
        ),
        (
            json!({"kind": "open_complaint"}),
            |c, is| c.ask.customer.as_mut().unwrap().open_complaints = is.map(u32::from),
            |c, is| c.facts.brand.get_or_insert_default().open_complaints = is.map(u32::from),
        ),
    ];
    let (yes, no) = (Some(true), Some(false));
    // What the agent says, what the brand says, what holds, and what holds where the agent is trusted.
    let rows = [
        (None, None, Unknown, Unknown),
        (None, no, No, No),
        (None, yes, Yes, Yes),
        (no, None, Unknown, No),
        (no, no, No, No),
        (no, yes, Yes, Yes),
        (yes, None, Yes, Yes),
        (yes, no, Yes, Yes),
        (yes, yes, Yes, Yes),
    ];
    for (condition, agent, brand) in conditions {
        for (said, known, wary, trusting) in rows {
            for (trust, expected) in [(false, wary), (true, trusting)] {
                let mut condition = condition.clone();
                condition["trust_agent"] = json!(trust);
                let found = holds(&condition, |c| c.with(|c| agent(c, said)).with(|c| brand(c, known)));
                assert_eq!(found, expected, "{condition}: the agent says {said:?}, the brand {known:?}");
            }
        }
    }
}

#[test]
fn a_complaint_in_the_record_is_open_whatever_the_agent_and_the_brand_say() {
    fn none(c: &mut Case) -> &mut Case {
        c.ask.customer.as_mut().unwrap().open_complaints = Some(0);
        c.with(|c| c.facts.brand.get_or_insert_default().open_complaints = Some(0))
    }
    check_condition(
        json!({"kind": "open_complaint", "trust_agent": true}),
        &[
            ("none in the record", |c| none(c), No),
            ("one in the record", |c| none(c).with(|c| c.facts.recorded_complaints = 1), Yes),
        ],
    );
}

#[test]
fn a_lifetime_value_in_another_currency_is_unknown() {
    fn euro() -> Option<Money> {
        Some(money("1.00", "EUR"))
    }
    check_condition(
        json!({"kind": "lifetime_value_over", "limit": money("100.00", "USD"), "trust_agent": true}),
        &[
            ("the agent's", |c| c.with(|c| c.ask.customer.as_mut().unwrap().lifetime_value = euro()), Unknown),
            ("the brand's", |c| c.with(|c| c.facts.brand.get_or_insert_default().lifetime_value = euro()), Unknown),
        ],
    );
}

#[test]
fn a_topic_is_declared_or_found_and_silence_is_unknown() {
    fn topic<'a>(c: &'a mut Case, topic: &str) -> &'a mut Case {
        c.with(|c| c.ask.topics = Some(vec![topic.to_owned()]))
    }
    fn output<'a>(c: &'a mut Case, output: &str) -> &'a mut Case {
        c.with(|c| c.ask.output = Some(output.to_owned()))
    }
    check_condition(
        json!({"kind": "touches", "topics": ["Medical", "legal"]}),
        &[
            ("none", |c| c, No),
            ("declared", |c| topic(c, "legal"), Yes),
            ("declared in other letters", |c| topic(c, " LEGAL\u{200b} "), Yes),
            ("another one is declared", |c| topic(c, "press"), No),
            ("found in the output", |c| output(c, "Double the Dose."), Yes),
            ("found in an argument", |c| c.argument("order_id", json!("the dose")), Yes),
            ("not declared", |c| c.without("/topics"), Unknown),
            ("not declared, but found", |c| output(c.without("/topics"), "a dose"), Yes),
            ("no output to search", |c| c.without("/output"), Unknown),
            ("a blank output", |c| output(c, " "), Unknown),
        ],
    );
}

#[test]
fn the_first_of_its_kind_asks_and_so_does_a_template_that_nobody_listed() {
    fn succeeded(c: &mut Case) -> &mut Case {
        c.with(|c| c.facts.kind_has_succeeded = true)
    }
    check_condition(
        json!({"kind": "first_of_its_kind"}),
        &[
            ("nothing like it has succeeded", |c| c, Yes),
            ("something has", |c| succeeded(c), No),
            ("its kind is unknown", |c| succeeded(c).without("/template"), Unknown),
        ],
    );
    check_condition(
        json!({"kind": "template_not_in", "templates": ["returns.accepted"]}),
        &[
            ("a listed one", |c| c, No),
            ("another one", |c| c.with(|c| c.ask.template = Some("returns.refused".into())), Yes),
            ("none", |c| c.without("/template"), Unknown),
        ],
    );
}

#[test]
fn more_than_a_window_may_hold_asks_and_so_does_a_window_that_nobody_counted() {
    check_condition(
        json!({"kind": "count_over", "limit": 3, "window": {"per": "agent", "within_s": 86400}}),
        &[
            ("the third", |c| c.used(2, &[]), No),
            ("the fourth", |c| c.used(3, &[]), Yes),
            ("more than can be counted", |c| c.used(u32::MAX, &[]), Yes),
            ("not counted", |c| c, Unknown),
        ],
    );
    let window = json!({"per": "customer", "within_s": 86400, "actions": ["order.refund"]});
    check_condition(
        json!({"kind": "sum_over", "limit": money("500.00", "USD"), "window": window}),
        &[
            ("at it", |c| c.used(1, &[money("460.00", "USD")]), No),
            ("over", |c| c.used(1, &[money("460.01", "USD")]), Yes),
            ("in another currency", |c| c.used(1, &[money("1.00", "USD")]).total("1.00", "EUR"), Unknown),
            ("among another currency", |c| c.used(1, &[money("1.00", "EUR")]), Unknown),
            ("too large to add up", |c| c.used(1, &[money("92233720368547758.07", "USD")]), Unknown),
            ("not counted", |c| c, Unknown),
            (
                "counted for another customer",
                |c| c.used(1, &[]).read("catalog", None).with(|c| c.ask.customer.as_mut().unwrap().id = "ana".into()),
                Unknown,
            ),
        ],
    );
}

#[test]
fn what_cannot_be_undone_for_certain_asks() {
    fn is(c: &mut Case, reversibility: Reversibility) -> &mut Case {
        c.with(|c| c.of_type().reversibility = reversibility)
    }
    check_condition(
        json!({"kind": "irreversible"}),
        &[
            ("reversible", |c| c, No),
            ("for a while", |c| is(c, Reversibility::Until { moment: "it leaves".into(), how: "hold it".into() }), Yes),
            ("irreversible", |c| is(c, Reversibility::Irreversible), Yes),
        ],
    );
}

#[test]
fn a_customer_whom_the_shop_does_not_know_is_unknown_whatever_the_agent_says() {
    check_condition(
        json!({"kind": "unknown_customer"}),
        &[
            ("known, though nothing is known of them", |c| c.with(|c| c.facts.brand = Some(Default::default())), No),
            ("not known", |c| c.with(|c| c.facts.brand = None), Yes),
        ],
    );
    let mut nobody = refund();
    nobody.rule("rule", json!({"when": [{"kind": "unknown_customer"}]})).without("/customer");
    let told = "`Refund`: it is not known whether the customer is unknown to the shop, so one person from `leads` decides. No \
                customer is named.";
    assert!(nobody.decide().reasons.iter().any(|reason| reason.text == told), "{:?}", nobody.decide());
}
