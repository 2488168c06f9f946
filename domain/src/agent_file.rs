//! The reviewed file that `reins agent apply` takes: an agent with all that it stands on.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    action::{ActionType, DATA_READ, DataSet, WordLists},
    integration::Integration,
    permission::PermissionSet,
    sentence::Names,
};

mod faults;

pub use faults::{MOST_DESCRIBED, MOST_NAME, MOST_TEXT, word_faults};

/// An agent without its mode, which only people change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentFile {
    pub agent: AgentHead,
    #[serde(default)]
    pub queues: Vec<QueueHead>,
    #[serde(default)]
    pub integrations: Vec<Integration>,
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

/// What permissions can name of an integration.
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
            ("/actions/0/label", json!(" "), "`order.refund` has a label that needs 1 to 80 characters"),
            ("/actions/0/sentence", json!(""), "`order.refund` has a sentence that needs 1 to 500 characters"),
            (
                "/actions/0/sentence",
                json!("Refund\n{total}"),
                "`order.refund` has a sentence that has more than one line, or a tab",
            ),
            (
                "/actions/0/reversibility",
                json!({"kind": "reversible", "how": "Ask\u{202e}"}),
                "`order.refund` holds a text that is not plain: `/reversibility/how` holds U+202E, which cannot be seen",
            ),
            (
                "/actions/0/arguments/properties/order_id",
                json!({"type": "string", "enum": ["a\u{200b}"]}),
                "`order.refund` holds a text that is not plain: `/arguments/properties/order_id/enum/0` holds U+200B, which cannot be seen",
            ),
            (
                "/agent/name",
                json!("Sup\u{202e}trop"),
                "the name of the agent `support` holds U+202E, which cannot be seen",
            ),
            ("/agent/name", json!(""), "the name of the agent `support` needs 1 to 100 characters"),
            (
                "/agent/purpose",
                json!("Helps\u{2066}"),
                "the purpose of the agent `support` holds U+2066, which cannot be seen",
            ),
            ("/queues/0/name", json!("Leads\nAll"), "the name of the queue `leads` has more than one line, or a tab"),
            (
                "/integrations/0/name",
                json!("Shop\u{200b}"),
                "the name of the integration `shop` holds U+200B, which cannot be seen",
            ),
            (
                "/integrations/0/version",
                json!("1\t2"),
                "the version of the integration `shop` has more than one line, or a tab",
            ),
            (
                "/data_sets/0/label",
                json!("Orders "),
                "the data set `orders` has a label that begins or ends with a space, or has two in a row",
            ),
            (
                "/word_lists",
                json!({"legal": ["law\u{200b}suit"]}),
                "a topic has at most 500 words, each of 1 to 100 plain characters",
            ),
            ("/word_lists", json!({"le\tgal": ["x"]}), "a topic has 1 to 80 plain characters, and no comma"),
            (
                "/permissions/approval_thresholds/rules/0/when",
                json!([{"kind": "touches", "topics": ["le\u{200b}gal"]}]),
                "the rule `all`: `/when/0/topics/0` holds U+200B, which cannot be seen",
            ),
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
