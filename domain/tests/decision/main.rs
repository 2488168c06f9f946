//! The order of the decision, row by row: how the case differs, and what the answer and its reasons are.

mod case;
mod conditions;
#[path = "../support/mod.rs"]
mod support;
mod thresholds;

use case::{Change, money, refund};
use domain::{
    action::{ActionType, DATA_READ},
    agent::{Mode, Stopped},
    decision::{Decision, Verdict},
    permission::{Field, Scope},
};
use serde_json::json;
use support::Case;

/// The verdict, and each reason as its rule and place: `denied: hard-limit /arguments/total`.
fn said(decision: &Decision) -> String {
    let verdict = match &decision.verdict {
        Verdict::Shadowed { would } => format!("shadowed, would be {}", would.name()),
        verdict => verdict.name().to_owned(),
    };
    let reasons = decision.reasons.iter().map(|reason| match &reason.pointer {
        Some(pointer) => format!("{} {pointer}", reason.rule),
        None => reason.rule.clone(),
    });
    let reasons = reasons.collect::<Vec<_>>().join(", ");
    if reasons.is_empty() { verdict } else { format!("{verdict}: {reasons}") }
}

pub fn check(rows: &[(&str, Change, &str)]) {
    for (name, change, expected) in rows {
        assert_eq!(said(&change(&mut refund()).decide()), *expected, "{name}");
    }
}

#[test]
fn the_first_that_fits_is_the_answer_and_every_reason_is_listed() {
    check(&[
        ("nothing", |c| c, "allowed"),
        ("a person is asked", |c| c.tighten(&[], None), "needs_approval: tightening"),
        ("paused", |c| c.tighten(&[], None).breaker(), "paused: breaker-open, tightening"),
        ("denied", |c| c.tighten(&[], None).breaker().denied(), "denied: deny-list /action, breaker-open, tightening"),
        (
            "stopped",
            |c| c.tighten(&[], None).breaker().denied().stop(Stopped::ThisAgent),
            "stopped: stopped, deny-list /action, breaker-open, tightening",
        ),
        ("everything is stopped", |c| c.stop(Stopped::Everything), "stopped: stopped"),
        ("stopped in shadow", |c| c.stop(Stopped::ThisAgent).mode(Mode::Shadow), "stopped: stopped"),
        ("it runs on no integration", |c| c.breaker().with(|c| c.of_type().integration = None), "allowed"),
    ]);
}

#[test]
fn an_agent_that_is_neither_live_nor_in_shadow_is_denied() {
    check(&[
        ("draft", |c| c.mode(Mode::Draft), "denied: not-live"),
        ("retired", |c| c.mode(Mode::Retired), "denied: not-live"),
        ("a draft with an action in shadow", |c| c.mode(Mode::Draft).shadow(), "denied: not-live"),
        ("nothing is published", |c| c.with(|c| c.permissions = None), "denied: no-permissions"),
    ]);
}

#[test]
fn an_action_is_denied_unless_it_is_allowed() {
    check(&[
        ("Reins does not know it", |c| c.with(|c| c.action = None), "denied: unknown-action /action"),
        ("another's type", |c| c.with(|c| c.of_type().name = "tag".into()), "denied: unknown-action /action"),
        ("not listed", |c| c.with(|c| c.set().action_scope.allow.clear()), "denied: not-listed /action"),
        ("on both lists", |c| c.denied(), "denied: deny-list /action"),
        ("on both lists, and in shadow", |c| c.denied().shadow(), "denied: deny-list /action"),
    ]);
}

#[test]
fn arguments_have_to_fit() {
    check(&[
        ("no object", |c| c.with(|c| c.ask.arguments = json!([])), "denied: arguments /arguments"),
        ("one is missing", |c| c.without("/arguments/order_id"), "denied: arguments /arguments"),
        ("one too many", |c| c.argument("fast", json!(1)), "denied: arguments /arguments/fast"),
        ("malformed money", |c| c.total("40.001", "USD"), "denied: arguments /arguments/total"),
        ("money as a list", |c| c.argument("total", json!(["40.00", "USD"])), "denied: arguments /arguments/total"),
        ("null for money", |c| c.argument("total", json!(null)), "denied: arguments /arguments/total"),
        ("nothing", |c| c.total("0.00", "USD"), "denied: amount-not-positive /arguments/total"),
        ("less than nothing", |c| c.total("-5.00", "USD"), "denied: amount-not-positive /arguments/total"),
    ]);
    let mut long = refund();
    for n in 0..1000 {
        long.argument(&format!("n{n}"), json!(n));
    }
    assert_eq!(long.decide().reasons.len(), 20, "an agent cannot make the answer long");
}

#[test]
fn a_read_outside_layer_1_is_denied() {
    fn on_both_lists(c: &mut Case) -> &mut Case {
        c.with(|c| c.set().data_access.read.extend([("cards".into(), Scope::All)]))
    }
    check(&[
        ("on the deny list", |c| c.read("cards", Some("omar")), "denied: deny-list /reads/0"),
        ("on both lists", |c| on_both_lists(c).read("cards", None), "denied: deny-list /reads/0"),
        ("not listed", |c| c.read("notes", Some("omar")), "denied: not-listed /reads/0"),
        ("another customer's", |c| c.read("customer.orders", Some("ana")), "denied: other-customer /reads/0"),
        ("nobody's in particular", |c| c.read("customer.orders", None), "denied: other-customer /reads/0"),
        ("everyone's", |c| c.read("catalog", None), "allowed"),
        ("absent", |c| c.without("/reads"), "allowed"),
        (
            "absent, of a type that rests on what is denied",
            |c| c.without("/reads").rests_on(&["cards"]),
            "denied: deny-list",
        ),
        (
            "an empty list is no way around the type",
            |c| c.rests_on(&["cards"]).with(|c| c.ask.reads = Some(vec![])),
            "denied: deny-list",
        ),
        ("something else is named", |c| c.rests_on(&["cards"]).read("catalog", None), "denied: deny-list"),
        (
            "each is judged where it stands",
            |c| c.rests_on(&["cards", "customer.orders"]).read("customer.orders", Some("ana")),
            "denied: other-customer /reads/0, deny-list",
        ),
        (
            "absent, and the customer is unknown",
            |c| c.without("/reads").without("/customer"),
            "denied: other-customer, second-customer /customer",
        ),
    ]);
}

#[test]
fn a_look_up_says_what_it_looks_up() {
    fn look_up(c: &mut Case) -> &mut Case {
        c.action = Some(ActionType::data_read());
        c.with(|c| c.ask.action = DATA_READ.to_owned()).with(|c| c.ask.arguments = json!({}))
    }
    check(&[
        ("its reads are absent", |c| look_up(c).without("/reads"), "denied: no-reads /reads"),
        ("its reads are empty", |c| look_up(c).with(|c| c.ask.reads = Some(vec![])), "denied: no-reads /reads"),
        ("it may", |c| look_up(c), "allowed"),
        ("it may not", |c| look_up(c).read("cards", Some("omar")), "denied: deny-list /reads/0"),
    ]);
}

#[test]
fn what_layer_4_requires_has_to_be_there() {
    use Field::*;
    let all =
        [Customer, Reads, Topics, Template, Trigger, Input, Reasoning, Output, Model, PromptVersion, AgentVersion];
    let mut case = refund();
    case.set().audit_logging.require = all.into();
    assert_eq!(said(&case.decide()), "allowed");
    for field in all {
        let pointer = format!("/{}", field.name());
        let answer = said(&case.clone().without(&pointer).decide());
        assert!(answer.starts_with("denied: ") && answer.contains(&format!("required-field {pointer}")), "{answer}");
    }
    let blank = case.with(|c| c.ask.reasoning = Some(" \n".into()));
    assert_eq!(said(&blank.decide()), "denied: required-field /reasoning");
}

#[test]
fn what_is_unknown_is_not_said_to_be_beyond_a_limit() {
    let texts = |case: &Case| case.decide().reasons.into_iter().map(|reason| reason.text).collect::<Vec<_>>();
    let mut case = refund();
    for (most, currency) in [("500.00", "USD"), ("450.00", "EUR")] {
        case.limit(json!({"kind": "amount", "most": money(most, currency)}));
    }
    assert_eq!(texts(case.clone().total("450.01", "EUR")), ["Beyond the hard limit: at most €450.00 a request."]);
    assert_eq!(
        texts(case.clone().total("1.00", "GBP")),
        [
            "The amount is in GBP, for which there is no limit. The hard limit: at most $500.00 a request.",
            "The amount is in GBP, for which there is no limit. The hard limit: at most €450.00 a request.",
        ]
    );
    assert_eq!(
        texts(case.without("/arguments/total"))[0],
        "How much it moves is not known. The hard limit: at most $500.00 a request."
    );
}

#[test]
fn sums_in_two_currencies_are_each_judged_by_their_own_limit() {
    fn sums(c: &mut Case) -> &mut Case {
        for (most, currency) in [("500.00", "USD"), ("450.00", "EUR")] {
            let window = json!({"per": "customer", "within_s": 86400});
            c.limit(json!({"kind": "sum", "most": money(most, currency), "window": window}));
        }
        c
    }
    const BEYOND: &str = "denied: hard-limit /arguments/total";
    check(&[
        ("both within", |c| sums(c).used(2, &[money("460.00", "USD"), money("449.00", "EUR")]), "allowed"),
        ("its own is full", |c| sums(c).used(2, &[money("460.01", "USD"), money("1.00", "EUR")]), BEYOND),
        (
            "a third currency before",
            |c| sums(c).used(1, &[money("1.00", "GBP")]),
            "denied: hard-limit /arguments/total, hard-limit /arguments/total",
        ),
        (
            "a third currency now",
            |c| sums(c).used(0, &[]).total("1.00", "GBP"),
            "denied: hard-limit /arguments/total, hard-limit /arguments/total",
        ),
    ]);
}

#[test]
fn a_zero_amount_is_denied_unless_the_type_allows_it() {
    fn may_be_zero(c: &mut Case) -> &mut Case {
        c.with(|c| c.of_type().zero_amount = true)
    }
    const NOT_ABOVE: &str = "denied: amount-not-positive /arguments/total";
    check(&[
        ("zero", |c| c.total("0.00", "USD"), NOT_ABOVE),
        ("zero where it may be", |c| may_be_zero(c).total("0.00", "USD"), "allowed"),
        ("less than zero where zero may be", |c| may_be_zero(c).total("-0.01", "USD"), NOT_ABOVE),
    ]);
}

#[test]
fn beyond_a_hard_limit_is_denied_and_so_is_what_cannot_be_compared_with_it() {
    const BEYOND: &str = "denied: hard-limit /arguments/total";
    fn amount(c: &mut Case) -> &mut Case {
        c.limit(json!({"kind": "amount", "most": money("40.00", "USD")}))
    }
    fn euros(c: &mut Case) -> &mut Case {
        c.limit(json!({"kind": "amount", "most": money("30.00", "EUR")}))
    }
    fn count(c: &mut Case) -> &mut Case {
        c.limit(json!({"kind": "count", "most": 3, "window": {"per": "agent", "within_s": 86400}}))
    }
    fn sum(c: &mut Case) -> &mut Case {
        let window = json!({"per": "customer", "within_s": 86400});
        c.limit(json!({"kind": "sum", "most": money("500.00", "USD"), "window": window}))
    }
    check(&[
        ("an amount at the limit", |c| amount(c), "allowed"),
        ("an amount over it", |c| amount(c).total("40.01", "USD"), BEYOND),
        ("an amount in another currency", |c| amount(c).total("1.00", "EUR"), BEYOND),
        ("an amount that is absent", |c| amount(c).without("/arguments/total"), BEYOND),
        ("an absent amount that moves nothing", |c| amount(c).moves_nothing().without("/arguments/total"), "allowed"),
        ("an absent amount in a sum", |c| sum(c).used(1, &[]).without("/arguments/total"), BEYOND),
        ("an amount in the currency of another limit", |c| euros(amount(c)).total("30.00", "EUR"), "allowed"),
        ("an amount over that one", |c| euros(amount(c)).total("30.01", "EUR"), BEYOND),
        ("an amount over its own", |c| euros(amount(c)).total("40.01", "USD"), BEYOND),
        ("the third of three", |c| count(c).used(2, &[]), "allowed"),
        ("the fourth of three", |c| count(c).used(3, &[]), "denied: hard-limit"),
        ("a count that nobody knows", |c| count(c), "denied: hard-limit"),
        ("a sum at the limit", |c| sum(c).used(9, &[money("460.00", "USD")]), "allowed"),
        ("a sum over it", |c| sum(c).used(1, &[money("460.01", "USD")]), BEYOND),
        ("a sum of two currencies", |c| sum(c).used(2, &[money("1.00", "USD"), money("1.00", "EUR")]), BEYOND),
        ("a sum too large to add up", |c| sum(c).used(1, &[money("92233720368547758.07", "USD")]), BEYOND),
        ("a sum that nobody knows", |c| sum(c), BEYOND),
        (
            "a sum of an unknown customer",
            |c| sum(c).used(0, &[]).without("/customer").rests_on(&[]).read("catalog", None),
            "denied: hard-limit /arguments/total, second-customer /customer",
        ),
        ("within one limit and beyond another", |c| count(amount(c)).used(3, &[]), "denied: hard-limit"),
    ]);
}

#[test]
fn shadow_never_grants_and_says_what_it_would_have_been() {
    check(&[
        ("a shadow agent", |c| c.mode(Mode::Shadow), "shadowed, would be allowed"),
        ("a shadow action of a live agent", |c| c.shadow(), "shadowed, would be allowed"),
        ("denied", |c| c.mode(Mode::Shadow).denied(), "shadowed, would be denied: deny-list /action"),
        ("paused", |c| c.shadow().breaker(), "shadowed, would be paused: breaker-open"),
        ("asks", |c| c.shadow().rule("rule", json!({})), "shadowed, would be needs_approval: rule"),
    ]);
}
