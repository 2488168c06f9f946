//! The pure decision, beside Cedar on the same rules.
//!
//! Each rule asks a person by one condition, and one in twenty of them fits the request. As a Cedar policy
//! a rule is a `forbid` with the same condition. Reins does more with it: it checks the arguments against their schema,
//! finds topics in the texts, reads layers 1, 2 and 4, and says of each rule that fits why it does, in a sentence.

#![expect(clippy::unwrap_used, reason = "a bench that cannot set its case has failed")]

use std::str::FromStr;

use cedar_policy::{Authorizer, Context, Decision as CedarDecision, Entities, EntityUid, PolicySet, Request};
use chrono::{DateTime, Utc};
use divan::{Bencher, black_box};
use domain::{
    action::ActionType,
    agent::Mode,
    decision::{Prepared, Verdict, World, decide},
    facts::{Facts, Words},
    id::AgentId,
    request::Ask,
    sentence::Names,
};
use serde_json::{Value, json};

const RULES: [usize; 2] = [40, 200];
/// Over how many actions the rules are spread; with one, each of them is about the action that is asked for.
const ACTIONS: [usize; 2] = [1, 10];

fn main() {
    divan::main();
}

#[divan::bench(args = RULES, consts = ACTIONS)]
fn reins<const ACTIONS: usize>(bencher: Bencher, rules: usize) {
    let case = Case::new(rules, ACTIONS);
    let Verdict::NeedsApproval { needs } = case.decide().verdict else { unreachable!("some rules fit") };
    assert_eq!(needs[0].rules.len(), rules / 20);
    bencher.bench_local(|| black_box(&case).decide());
}

/// The request is made anew each time, as in Reins it is read anew; entities and policies are kept.
#[divan::bench(args = RULES, consts = ACTIONS)]
fn cedar<const ACTIONS: usize>(bencher: Bencher, rules: usize) {
    let policies: String = (0..rules).map(|n| rule(n, ACTIONS).1).collect();
    let policies = PolicySet::from_str(&format!("permit(principal, action, resource);\n{policies}")).unwrap();
    let (authorizer, entities) = (Authorizer::new(), Entities::empty());
    let uid = |text: &str| EntityUid::from_str(text).unwrap();
    let (agent, action, shop) = (uid(r#"Agent::"support""#), uid(r#"Action::"order.refund""#), uid(r#"Shop::"shop""#));
    let context = Context::from_json_value(
        json!({
            "amount": 4000, "first_order": false, "lifetime_value": 20000, "open_complaint": false,
            "template": "returns.accepted", "topics": ["returns"],
        }),
        None,
    )
    .unwrap();
    let judge = || {
        let request = Request::new(agent.clone(), action.clone(), shop.clone(), context.clone(), None).unwrap();
        authorizer.is_authorized(&request, &policies, &entities)
    };
    let answer = judge();
    assert_eq!(answer.decision(), CedarDecision::Deny);
    assert_eq!(answer.diagnostics().reason().count(), rules / 20);
    bencher.bench_local(|| black_box(judge()));
}

/// Rule `n` for Reins and for Cedar.
fn rule(n: usize, actions: usize) -> (Value, String) {
    let usd = |minor: usize| json!({"amount": format!("{}.{:02}", minor / 100, minor % 100), "currency": "USD"});
    let (when, cedar) = match n % 7 {
        _ if n.is_multiple_of(20) => {
            (json!({"kind": "amount_over", "limit": usd(1000 + n)}), format!("context.amount > {}", 1000 + n))
        }
        0 | 1 => (json!({"kind": "amount_over", "limit": usd(5000 + n)}), format!("context.amount > {}", 5000 + n)),
        2 => (json!({"kind": "first_order"}), "context.first_order".to_owned()),
        3 => (
            json!({"kind": "lifetime_value_over", "limit": usd(100_000 + n)}),
            format!("context.lifetime_value > {}", 100_000 + n),
        ),
        4 => (json!({"kind": "open_complaint"}), "context.open_complaint".to_owned()),
        5 => (
            json!({"kind": "touches", "topics": [format!("topic-{n}")]}),
            format!(r#"context.topics.contains("topic-{n}")"#),
        ),
        _ => (
            json!({"kind": "template_not_in", "templates": ["returns.accepted", format!("template-{n}")]}),
            format!(r#"!["returns.accepted", "template-{n}"].contains(context.template)"#),
        ),
    };
    let action =
        if n.is_multiple_of(actions) { "order.refund".to_owned() } else { format!("order.action-{}", n % actions) };
    let rule = json!({
        "id": format!("rule-{n}"), "applies_to": {"actions": [action]}, "when": [when], "queue": "leads",
    });
    (rule, format!("forbid(principal, action == Action::\"{action}\", resource) when {{ {cedar} }};\n"))
}

struct Case {
    ask: Ask,
    action: ActionType,
    permissions: Prepared,
    words: Words,
    facts: Facts,
    now: DateTime<Utc>,
}

impl Case {
    fn new(rules: usize, actions: usize) -> Self {
        let rules: Vec<Value> = (0..rules).map(|n| rule(n, actions).0).collect();
        Self {
            ask: of(json!({
                "action": "order.refund",
                "arguments": {"order_id": "#W6067464", "total": {"amount": "40.00", "currency": "USD"}},
                "reads": [{"data_set": "customer.orders", "subject": "omar"}],
                "customer": {"id": "omar"}, "topics": ["returns"], "template": "returns.accepted",
                "trigger": "ticket 4411", "input": "The kettle that I bought broke on the second day.",
                "reasoning": "Delivered six days ago, and the policy allows a return within thirty.",
                "output": "We are sorry about the kettle. Your money is on its way to the card that you paid with.",
                "model": "vendor/model", "prompt_version": "cs-14", "agent_version": "3",
            })),
            action: of(json!({
                "name": "order.refund", "label": "Refund", "sentence": "Refund {total} for {order_id}",
                "effect": "write", "reversibility": {"kind": "reversible", "how": "charge it again."},
                "integration": "shop", "data_sets": ["customer.orders"], "amount": "total",
                "arguments": {"type": "object", "required": ["order_id"], "properties": {
                    "order_id": {"type": "string"}, "total": {"type": "money"},
                }},
            })),
            permissions: Prepared::new(
                of(json!({
                    "data_access": {"read": {"customer.orders": "this_customer", "catalog": "all"}, "deny": ["cards"]},
                    "action_scope": {"allow": {"order.refund": {}, "data.read": {}}},
                    "approval_thresholds": {"queue": "leads", "rules": rules},
                    "audit_logging": {"require": ["input", "reasoning"]},
                })),
                &Names::default(),
            ),
            words: Words::from(&of(json!({
                "medical": ["dose", "side effect", "pregnant"], "safety": ["burn", "injury", "fire"],
                "legal": ["lawyer", "sue"], "allergy": ["allergic", "rash"],
            }))),
            facts: Facts {
                brand: of(json!({
                    "orders": 7, "lifetime_value": {"amount": "200.00", "currency": "USD"}, "open_complaints": 0,
                })),
                ..Facts::default()
            },
            now: DateTime::UNIX_EPOCH,
        }
    }

    fn decide(&self) -> domain::decision::Decision {
        decide(
            &self.ask,
            &World {
                agent: AgentId(uuid::Uuid::nil()),
                mode: Mode::Live,
                stopped: None,
                action: Some(&self.action),
                permissions: Some(&self.permissions),
                tightenings: &[],
                breaker_open: false,
                words: &self.words,
                facts: &self.facts,
                now: self.now,
            },
        )
    }
}

fn of<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}
