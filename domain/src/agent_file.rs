//! The reviewed file that `reins agent apply` takes: an agent with all that it stands on.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    action::{AbsentAmount, ActionType, DATA_READ, DataSet, WordLists},
    permission::PermissionSet,
    schema::Schema,
    sentence::{self, Names},
};

/// An agent without its mode, which only people change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentFile {
    pub agent: AgentHead,
    #[serde(default)]
    pub queues: Vec<QueueHead>,
    #[serde(default)]
    pub integrations: Vec<IntegrationHead>,
    #[serde(default)]
    pub data_sets: Vec<DataSet>,
    #[serde(default)]
    pub actions: Vec<ActionType>,
    #[serde(default)]
    pub word_lists: WordLists,
    pub permissions: PermissionSet,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentHead {
    /// Such as `support`: lower-case letters, digits and hyphens.
    pub slug: String,
    pub name: String,
    #[serde(default)]
    pub purpose: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueHead {
    pub slug: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntegrationHead {
    pub slug: String,
    pub name: String,
    #[serde(default)]
    pub version: String,
}

impl AgentFile {
    /// What the file calls what it defines.
    pub fn names(&self) -> Names {
        Names {
            actions: self.actions.iter().map(|action| (action.name.clone(), action.label.clone())).collect(),
            data_sets: self.data_sets.iter().map(|set| (set.name.clone(), set.label.clone())).collect(),
            queues: self.queues.iter().map(|queue| (queue.slug.clone(), queue.name.clone())).collect(),
        }
    }

    /// What in the file contradicts itself, in words; empty when nothing does.
    ///
    /// Queues, data sets and actions may also stand in Reins already; names not in this file are listed by
    /// [`AgentFile::actions_elsewhere`], [`AgentFile::integrations_elsewhere`] and [`AgentFile::queues_elsewhere`].
    pub fn faults(&self) -> Vec<String> {
        let mut faults = self.permissions.faults();
        let slugs = self.queues.iter().map(|q| &q.slug).chain(self.integrations.iter().map(|i| &i.slug));
        for slug in slugs.chain([&self.agent.slug]) {
            if !is_slug(slug) {
                faults.push(format!("`{slug}` is not a short name: lower-case letters, digits and hyphens"));
            }
        }
        if TAKEN.contains(&self.agent.slug.as_str()) {
            faults.push(format!("no agent can be called `{}`", self.agent.slug));
        }
        let names = self.actions.iter().map(|a| &a.name).chain(self.data_sets.iter().map(|d| &d.name));
        for name in names.filter(|name| !is_name(name)) {
            faults.push(format!("`{name}` is not a name: lower-case letters, digits, dots, hyphens and underscores"));
        }
        for name in self.named_twice() {
            faults.push(format!("`{name}` is described twice"));
        }
        for action in &self.actions {
            faults.extend(action.faults().into_iter().map(|fault| format!("`{}` {fault}", action.name)));
        }
        faults
    }

    /// Of two descriptions under one name, nobody could say which counts.
    fn named_twice(&self) -> Vec<&str> {
        fn twice<'a>(names: impl Iterator<Item = &'a String>) -> impl Iterator<Item = &'a str> {
            let mut seen = BTreeSet::new();
            names.filter(move |name| !seen.insert(*name)).map(String::as_str)
        }
        let queues = twice(self.queues.iter().map(|q| &q.slug));
        let integrations = twice(self.integrations.iter().map(|i| &i.slug));
        let data_sets = twice(self.data_sets.iter().map(|d| &d.name));
        let actions = twice(self.actions.iter().map(|a| &a.name));
        queues.chain(integrations).chain(data_sets).chain(actions).collect()
    }

    /// Actions that the permissions name and the file does not define.
    pub fn actions_elsewhere(&self) -> BTreeSet<&str> {
        let scope = &self.permissions.action_scope;
        let named = scope.allow.keys().chain(&scope.deny).map(String::as_str);
        named.filter(|name| *name != DATA_READ && !self.actions.iter().any(|a| a.name == *name)).collect()
    }

    /// Integrations that the actions run on and the file does not define.
    pub fn integrations_elsewhere(&self) -> BTreeSet<&str> {
        let named = self.actions.iter().filter_map(|action| action.integration.as_deref());
        named.filter(|slug| !self.integrations.iter().any(|i| i.slug == *slug)).collect()
    }

    /// Queues that the permissions name and the file does not define.
    pub fn queues_elsewhere(&self) -> BTreeSet<&str> {
        let named = self.permissions.queues();
        named.into_iter().filter(|slug| !self.queues.iter().any(|q| q.slug == *slug)).collect()
    }
}

/// The longest label and sentence of an action type.
const MOST_LABEL: usize = 80;
const MOST_SENTENCE: usize = 500;

impl ActionType {
    /// What is wrong with it, as the end of a sentence that starts with its name.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (what, text, most) in [("label", &self.label, MOST_LABEL), ("sentence", &self.sentence, MOST_SENTENCE)] {
            if text.trim().is_empty() || text.chars().count() > most {
                faults.push(format!("needs a {what} of at most {most} characters"));
            }
        }
        if self.name == DATA_READ {
            faults.push("is built in".to_owned());
        }
        let Schema::Object { properties, required } = &self.arguments else {
            faults.push("takes no object as its arguments".to_owned());
            return faults;
        };
        if let Some(amount) = &self.amount
            && !matches!(properties.get(amount), Some(Schema::Money { .. }))
        {
            faults.push(format!("has no money argument `{amount}`"));
        }
        if self.amount.is_none() && (self.zero_amount || self.absent_amount != AbsentAmount::Unknown) {
            faults.push("says what its amount may be, and has none".to_owned());
        }
        for name in required.iter().filter(|name| !properties.contains_key(*name)) {
            faults.push(format!("requires `{name}`, which is not among its arguments"));
        }
        let said = |name: &&str| matches!(*name, "customer" | "reads") || properties.contains_key(*name);
        for name in sentence::placeholders(&self.sentence).filter(|name| !said(name)) {
            faults.push(format!("says `{{{name}}}` in its sentence, which is not among its arguments"));
        }
        faults
    }
}

/// Lower-case letters, digits, dots, hyphens and underscores, at most 80; no commas, as lists of names are written so.
pub fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_');
    (1..=80).contains(&text.len()) && text.bytes().all(fits)
}

/// What no agent can be called: pages have these addresses already.
const TAKEN: [&str; 2] = ["import", "new"];

/// A short name that an agent can have.
pub fn is_agent_slug(text: &str) -> bool {
    is_slug(text) && !TAKEN.contains(&text)
}

/// Lower-case letters, digits and inner hyphens, at most 40.
pub fn is_slug(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=40).contains(&text.len()) && text.bytes().all(fits) && !text.starts_with('-') && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn file() -> Value {
        let refund = json!({
            "name": "order.refund", "label": "Refund", "sentence": "Refund {total}[ to {customer}]", "effect": "write",
            "integration": "helpdesk", "reversibility": {"kind": "irreversible"}, "amount": "total",
            "arguments": {"type": "object", "required": ["total"], "properties": {
                "total": {"type": "money"}, "order_id": {"type": "string"},
            }},
        });
        json!({
            "agent": {"slug": "support", "name": "Support"},
            "queues": [{"slug": "leads", "name": "Leads"}],
            "integrations": [{"slug": "shop", "name": "Shop"}],
            "data_sets": [{"name": "orders", "label": "Orders", "sensitivity": "personal"}],
            "actions": [refund],
            "permissions": {
                "data_access": {"read": {"orders": "all"}},
                "action_scope": {"allow": {"order.refund": {}, "data.read": {}, "order.tag": {}}, "deny": ["order.delete"]},
                "approval_thresholds": {"queue": "leads", "rules": [
                    {"id": "all", "applies_to": "any", "queue": "legal"},
                ]},
                "audit_logging": {},
            },
        })
    }

    #[test]
    fn a_file_that_contradicts_itself_says_where() {
        let again = |list: &str| file()[list][0].clone();
        for (pointer, value, fault) in [
            ("/agent/slug", json!("Support"), "`Support` is not a short name: lower-case letters, digits and hyphens"),
            ("/agent/slug", json!("new"), "no agent can be called `new`"),
            ("/queues/0/slug", json!("-leads"), "`-leads` is not a short name: lower-case letters, digits and hyphens"),
            ("/integrations/0/slug", json!(""), "`` is not a short name: lower-case letters, digits and hyphens"),
            ("/queues/-", again("queues"), "`leads` is described twice"),
            ("/integrations/-", again("integrations"), "`shop` is described twice"),
            ("/data_sets/-", again("data_sets"), "`orders` is described twice"),
            ("/actions/-", again("actions"), "`order.refund` is described twice"),
            ("/actions/0/name", json!("data.read"), "`data.read` is built in"),
            (
                "/actions/0/name",
                json!("order.refund,order.tag"),
                "`order.refund,order.tag` is not a name: lower-case letters, digits, dots, hyphens and underscores",
            ),
            (
                "/data_sets/0/name",
                json!("Orders"),
                "`Orders` is not a name: lower-case letters, digits, dots, hyphens and underscores",
            ),
            ("/actions/0/amount", json!("sum"), "`order.refund` has no money argument `sum`"),
            ("/actions/0/amount", json!("order_id"), "`order.refund` has no money argument `order_id`"),
            ("/actions/0/arguments", json!({"type": "boolean"}), "`order.refund` takes no object as its arguments"),
            (
                "/actions/0/arguments/required",
                json!(["reason"]),
                "`order.refund` requires `reason`, which is not among its arguments",
            ),
            (
                "/actions/0/sentence",
                json!("Refund {totl}"),
                "`order.refund` says `{totl}` in its sentence, which is not among its arguments",
            ),
            ("/actions/0/label", json!(" "), "`order.refund` needs a label of at most 80 characters"),
            ("/actions/0/sentence", json!(""), "`order.refund` needs a sentence of at most 500 characters"),
            ("/permissions/audit_logging/keep_days", json!(1), "entries are kept 183 days at the least"),
        ] {
            let mut file = file();
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            match file.pointer_mut(parent).unwrap() {
                Value::Array(values) => values.push(value.clone()),
                members => members[name] = value.clone(),
            }
            let file: AgentFile = serde_json::from_value(file).unwrap();
            assert_eq!(file.faults(), [fault], "{pointer}: {value}");
        }
        assert_eq!(serde_json::from_value::<AgentFile>(file()).unwrap().faults(), [""; 0]);
    }

    #[test]
    fn what_the_file_names_and_does_not_describe_is_listed() {
        let file: AgentFile = serde_json::from_value(file()).unwrap();
        assert_eq!(file.actions_elsewhere(), BTreeSet::from(["order.delete", "order.tag"]));
        assert_eq!(file.queues_elsewhere(), BTreeSet::from(["legal"]));
        assert_eq!(file.integrations_elsewhere(), BTreeSet::from(["helpdesk"]));
    }

    #[test]
    fn an_agent_file_says_nothing_of_the_mode() {
        let mut file = file();
        file["agent"]["mode"] = json!("live");
        assert!(serde_json::from_value::<AgentFile>(file).is_err());
    }
}
