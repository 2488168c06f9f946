//! The case that every row starts from, and the ways in which a row makes it different.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its case has failed")]

use chrono::TimeDelta;
use domain::{
    action::{AbsentAmount, ActionType},
    agent::{Mode, Stopped, Tightening},
    facts::Words,
    id::TighteningId,
    money::Money,
    permission::PermissionSet,
    request::Read,
    window::{Usage, windows_for},
};
use serde_json::{Value, json};

use crate::support::{AGENT, Case, NOW};

/// A change that gives back what it changed, so that changes can be chained.
pub type Change = for<'a> fn(&'a mut Case) -> &'a mut Case;

/// A live agent asks to refund $40.00 to Omar, and nothing speaks against it.
pub fn refund() -> Case {
    Case {
        ask: from(json!({
            "action": "order.refund",
            "arguments": {"order_id": "#W1", "total": {"amount": "40.00", "currency": "USD"}},
            "reads": [{"data_set": "customer.orders", "subject": "omar"}],
            "customer": {"id": "omar"}, "topics": [], "template": "returns.accepted", "trigger": "ticket 4411",
            "input": "It broke.", "reasoning": "Within 30 days.", "output": "Your money is on its way.",
            "model": "vendor/model", "prompt_version": "cs-14", "agent_version": "3",
        })),
        mode: Mode::Live,
        stopped: None,
        action: Some(from(json!({
            "name": "order.refund", "label": "Refund", "sentence": "Refund {total}", "effect": "write",
            "reversibility": {"kind": "reversible", "how": "charge it again."}, "integration": "shopify",
            "data_sets": ["customer.orders"], "amount": "total",
            "arguments": {"type": "object", "required": ["order_id"], "properties": {
                "order_id": {"type": "string"}, "total": {"type": "money"},
            }},
        }))),
        permissions: Some(from(json!({
            "data_access": {"read": {"customer.orders": "this_customer", "catalog": "all"}, "deny": ["cards"]},
            "action_scope": {"allow": {"order.refund": {}, "data.read": {}}},
            "approval_thresholds": {"queue": "leads", "rules": []},
            "audit_logging": {},
        }))),
        tightenings: vec![],
        breaker_open: false,
        words: Words::from(&[("medical".to_owned(), vec!["dose".to_owned()])].into()),
        facts: Default::default(),
    }
}

pub fn from<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

pub fn money(amount: &str, currency: &str) -> Money {
    Money::parse(amount, currency).unwrap()
}

impl Case {
    pub fn with(&mut self, change: impl FnOnce(&mut Self)) -> &mut Self {
        change(self);
        self
    }

    pub fn set(&mut self) -> &mut PermissionSet {
        self.permissions.as_mut().unwrap()
    }

    pub fn of_type(&mut self) -> &mut ActionType {
        self.action.as_mut().unwrap()
    }

    /// Without its amount the action moves nothing.
    pub fn moves_nothing(&mut self) -> &mut Self {
        self.with(|c| c.of_type().absent_amount = AbsentAmount::NothingMoves)
    }

    pub fn mode(&mut self, mode: Mode) -> &mut Self {
        self.with(|c| c.mode = mode)
    }

    pub fn stop(&mut self, stopped: Stopped) -> &mut Self {
        self.with(|c| c.stopped = Some(stopped))
    }

    pub fn breaker(&mut self) -> &mut Self {
        self.with(|c| c.breaker_open = true)
    }

    /// Refunds are on the deny list, beside the allow list.
    pub fn denied(&mut self) -> &mut Self {
        self.with(|c| c.set().action_scope.deny.extend(["order.refund".into()]))
    }

    pub fn shadow(&mut self) -> &mut Self {
        self.with(|c| c.set().action_scope.allow.entry("order.refund".into()).or_default().shadow = true)
    }

    pub fn argument(&mut self, name: &str, value: Value) -> &mut Self {
        self.with(|c| c.ask.arguments[name] = value)
    }

    pub fn total(&mut self, amount: &str, currency: &str) -> &mut Self {
        self.argument("total", json!({"amount": amount, "currency": currency}))
    }

    /// Without the member at this pointer.
    pub fn without(&mut self, pointer: &str) -> &mut Self {
        let mut ask = serde_json::to_value(&self.ask).unwrap();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        ask.pointer_mut(parent).and_then(Value::as_object_mut).unwrap().remove(name).unwrap();
        self.with(|c| c.ask = from(ask))
    }

    pub fn read(&mut self, data_set: &str, subject: Option<&str>) -> &mut Self {
        let read = Read { data_set: data_set.to_owned(), subject: subject.map(str::to_owned) };
        self.with(|c| c.ask.reads = Some(vec![read]))
    }

    pub fn rests_on(&mut self, data_sets: &[&str]) -> &mut Self {
        self.with(|c| c.of_type().data_sets = data_sets.iter().map(|name| (*name).to_owned()).collect())
    }

    pub fn limit(&mut self, limit: Value) -> &mut Self {
        self.with(|c| c.set().action_scope.allow.entry("order.refund".into()).or_default().limits.push(from(limit)))
    }

    pub fn rule(&mut self, id: &str, mut rule: Value) -> &mut Self {
        for (name, value) in [("id", json!(id)), ("applies_to", json!("any")), ("queue", json!("leads"))] {
            rule.as_object_mut().unwrap().entry(name).or_insert(value);
        }
        self.with(|c| c.set().approval_thresholds.rules.push(from(rule)))
    }

    /// What stands in every window that is asked about.
    pub fn used(&mut self, count: u32, sums: &[Money]) -> &mut Self {
        let usage = Usage { count, sums: sums.to_vec() };
        let (action, permissions) = (self.action.clone().unwrap(), self.permissions.clone().unwrap());
        let windows = windows_for(AGENT, &self.ask, &action, &permissions);
        self.with(|c| c.facts.windows = windows.into_iter().map(|window| (window, usage.clone())).collect())
    }

    pub fn tighten(&mut self, actions: &[&str], seconds_left: Option<i64>) -> &mut Self {
        let tightening = Tightening {
            id: TighteningId(uuid::Uuid::nil()),
            actions: actions.iter().map(|name| (*name).to_owned()).collect(),
            reason: "drift".to_owned(),
            until: seconds_left.map(|seconds| NOW + TimeDelta::seconds(seconds)),
        };
        self.with(|c| c.tightenings.push(tightening))
    }
}
