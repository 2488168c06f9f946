use domain::{
    agent::Mode,
    decision::{Decision, Prepared, World, decide},
    sentence::effect,
};

use super::{
    Ready,
    read::{agent, ask, facts, is_on},
};
use crate::fields::Fields;

/// What each side says of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// What the request does, in Reins' words.
    pub sentence: String,
    /// By the title of its side.
    pub decisions: Vec<(String, Decision)>,
}

/// Judges what a form says, as of an agent that is live, and neither stopped nor tightened.
pub fn judge(bench: &Ready, fields: &Fields) -> Judged {
    let ask = ask(&bench.action, fields);
    let facts = facts(&bench.windows, &ask, fields);
    let decide = |permissions: Option<&Prepared>| {
        let world = World {
            agent: agent(),
            mode: Mode::Live,
            stopped: None,
            action: Some(&bench.action),
            permissions,
            tightenings: &[],
            breaker_open: is_on(fields, "breaker"),
            words: &bench.words,
            facts: &facts,
            // Without a tightening, nothing asks for the time.
            now: Default::default(),
        };
        decide(&ask, &world)
    };
    Judged {
        sentence: effect(&ask, &bench.action),
        decisions: bench.sides.iter().map(|(title, set)| (title.clone(), decide(set.as_ref()))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Bench, *};
    use domain::decision::Verdict;
    use serde_json::{Value, json};

    fn bench(rules: Value) -> Bench {
        let usd = |amount: &str| json!({"amount": amount, "currency": "USD"});
        let set = |rules: Value| {
            json!({
                "data_access": {"read": {"orders": "this_customer"}},
                "action_scope": {"allow": {"order.refund": {"limits": [{"kind": "amount", "most": usd("500.00")}]}}},
                "approval_thresholds": {"queue": "leads", "rules": rules},
                "audit_logging": {"require": ["reasoning"]},
            })
        };
        serde_json::from_value(json!({
            "action": {"name": "order.refund", "label": "Refund", "sentence": "Refund {total} to {customer}",
                "effect": "write", "reversibility": {"kind": "irreversible"}, "amount": "total",
                "data_sets": ["orders"], "arguments": {"type": "object", "required": ["total"], "properties": {
                    "total": {"type": "money", "currency": "USD"}}}},
            "sides": [{"title": "The draft", "permissions": set(rules)},
                {"title": "Version 1", "permissions": set(json!([]))}],
            "actions": {}, "data_sets": {}, "queues": {"leads": "CS leads"}, "word_lists": {"legal": ["lawyer"]},
        }))
        .unwrap()
    }

    fn said(rules: Value, fields: &[(&str, &str)]) -> Vec<Verdict> {
        let usual = [("/total/amount", "72.50"), ("customer", "omar"), ("trigger", "ticket 1")];
        let fields = usual.iter().chain(fields).map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        judge(&bench(rules).ready(), &fields.collect())
            .decisions
            .into_iter()
            .map(|(_, decision)| decision.verdict)
            .collect()
    }

    fn names(rules: Value, fields: &[(&str, &str)]) -> Vec<&'static str> {
        said(rules, fields).iter().map(Verdict::name).collect()
    }

    fn when(condition: Value) -> Value {
        json!([{"id": "one", "applies_to": "any", "queue": "leads", "when": [condition]}])
    }

    #[test]
    fn two_sides_are_judged_apart() {
        let over = json!({"kind": "amount_over", "limit": {"amount": "50.00", "currency": "USD"}});
        assert_eq!(names(when(over.clone()), &[]), ["needs_approval", "allowed"]);
        assert_eq!(names(when(over.clone()), &[("/total/amount", "20")]), ["allowed", "allowed"]);
        assert_eq!(names(when(over), &[("/total/amount", "900")]), ["denied", "denied"]);
    }

    #[test]
    fn every_fact_that_a_form_says_is_heard() {
        for (condition, before, fields, after) in [
            (json!({"kind": "first_order"}), "needs_approval", &[("brand/orders", "3")][..], "allowed"),
            (json!({"kind": "first_order", "trust_agent": true}), "needs_approval", &[("orders", "3")], "allowed"),
            (json!({"kind": "open_complaint"}), "needs_approval", &[("brand/complaints", "0")], "allowed"),
            (json!({"kind": "unknown_customer"}), "needs_approval", &[("brand/known", "on")], "allowed"),
            (json!({"kind": "unknown_customer"}), "needs_approval", &[("brand/orders", "1")], "allowed"),
            (
                json!({"kind": "open_complaint"}),
                "needs_approval",
                &[("brand/complaints", "0"), ("recorded-complaints", "1")],
                "needs_approval",
            ),
            (
                json!({"kind": "lifetime_value_over", "limit": {"amount": "100.00", "currency": "USD"}}),
                "needs_approval",
                &[("brand/worth", "50.00"), ("brand/worth/currency", "USD")],
                "allowed",
            ),
            (json!({"kind": "touches", "topics": ["legal"]}), "needs_approval", &[("output", "Sent.")], "allowed"),
            (
                json!({"kind": "touches", "topics": ["legal"]}),
                "needs_approval",
                &[("output", "Ask a lawyer.")],
                "needs_approval",
            ),
            (
                json!({"kind": "touches", "topics": ["press"]}),
                "needs_approval",
                &[("output", "Sent."), ("without/topics", "on")],
                "needs_approval",
            ),
            (
                json!({"kind": "first_of_its_kind"}),
                "needs_approval",
                &[("template", "a"), ("has-succeeded", "on")],
                "allowed",
            ),
            (
                json!({"kind": "count_over", "limit": 2, "window": {"per": "customer", "within_s": 60}}),
                "allowed",
                &[("window/0/count", "2")],
                "needs_approval",
            ),
            (
                json!({"kind": "sum_over", "limit": {"amount": "100.00", "currency": "USD"},
                    "window": {"per": "agent", "within_s": 60}}),
                "allowed",
                &[("window/0/sum", "50.00"), ("window/0/sum/currency", "USD")],
                "needs_approval",
            ),
        ] {
            assert_eq!(names(when(condition.clone()), &[])[0], before, "{condition}");
            assert_eq!(names(when(condition.clone()), fields)[0], after, "{condition}: {fields:?}");
        }
    }

    #[test]
    fn what_is_left_out_or_read_of_others_denies() {
        for field in [("without/reasoning", "on"), ("reads/orders", "other"), ("reads/cards", "customer")] {
            assert_eq!(names(json!([]), &[field]), ["denied", "denied"], "{field:?}");
        }
        assert_eq!(names(json!([]), &[("reads/orders", "customer")]), ["allowed", "allowed"]);
        assert_eq!(names(json!([]), &[("other-customer", "on")]), ["needs_approval", "needs_approval"]);
        assert_eq!(names(json!([]), &[("customer", " ")])[0], "denied", "nobody's orders are not this customer's");
    }
}
