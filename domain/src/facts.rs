//! What is known of a request beyond its own words, and from where.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    action::WordLists,
    money::Money,
    request::Ask,
    window::{Usage, Window},
};

/// What the brand (a synced list, a person) says of a customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrandFacts {
    #[serde(default)]
    pub orders: Option<u32>,
    #[serde(default)]
    pub lifetime_value: Option<Money>,
    #[serde(default)]
    pub open_complaints: Option<u32>,
}

/// What was read beside the request, in the same transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub brand: BrandFacts,
    /// Complaints about this customer in Reins' own record that nobody has resolved.
    pub recorded_complaints: u32,
    /// Whether another customer was served under the same trigger.
    pub other_customer_under_trigger: bool,
    /// Whether a request of this agent with this action and template has succeeded.
    pub kind_has_succeeded: bool,
    /// A window that is not in here is unknown.
    pub windows: BTreeMap<Window, Usage>,
}

/// Topics that are declared, and those that the brand's words give away; `None` when nobody can know.
///
/// Without declared topics or without the output, what the request touches is unknown.
pub fn topics(ask: &Ask, words: &WordLists) -> (BTreeSet<String>, bool) {
    let mut topics: BTreeSet<String> = ask.topics.iter().flatten().map(|t| t.to_lowercase()).collect();
    let mut text = ask.output.clone().unwrap_or_default();
    strings(&ask.arguments, &mut text);
    let text = text.to_lowercase();
    for (topic, list) in words {
        if list.iter().any(|word| holds(&text, &word.to_lowercase())) {
            topics.insert(topic.to_lowercase());
        }
    }
    let known = ask.topics.is_some() && ask.output.is_some();
    (topics, known)
}

/// Every text in `value`, a line each.
fn strings(value: &serde_json::Value, into: &mut String) {
    use serde_json::Value;
    match value {
        Value::String(text) => {
            into.push('\n');
            into.push_str(text);
        }
        Value::Array(values) => values.iter().for_each(|v| strings(v, into)),
        Value::Object(members) => members.values().for_each(|v| strings(v, into)),
        _ => {}
    }
}

/// Whether `word` stands in `text` with no letter or digit before it; a longer word with that beginning counts.
fn holds(text: &str, word: &str) -> bool {
    if word.is_empty() {
        return false;
    }
    text.match_indices(word).any(|(at, _)| !text[..at].chars().next_back().is_some_and(char::is_alphanumeric))
}

/// The strictest of what is known; `None` is unknown.
///
/// The agent's word joins in when the rule trusts it; otherwise it can only make things stricter.
pub struct Strictest<'a> {
    pub ask: &'a Ask,
    pub facts: &'a Facts,
    pub trust_agent: bool,
}

impl Strictest<'_> {
    /// Whether this is at most the customer's first order.
    pub fn first_order(&self) -> Option<bool> {
        let said = self.ask.customer.as_ref().and_then(|c| c.orders);
        self.weigh(said.map(|n| n <= 1), self.facts.brand.orders.map(|n| n <= 1))
    }

    /// Whether the customer is worth more than `limit`; another currency is unknown.
    pub fn worth_over(&self, limit: Money) -> Option<bool> {
        let over = |value: Money| (value.currency == limit.currency).then_some(value.minor > limit.minor);
        let said = self.ask.customer.as_ref().and_then(|c| c.lifetime_value);
        self.weigh(said.and_then(over), self.facts.brand.lifetime_value.and_then(over))
    }

    pub fn open_complaint(&self) -> Option<bool> {
        if self.facts.recorded_complaints > 0 {
            return Some(true);
        }
        let said = self.ask.customer.as_ref().and_then(|c| c.open_complaints);
        self.weigh(said.map(|n| n > 0), self.facts.brand.open_complaints.map(|n| n > 0))
    }

    /// `true` is the strict side; a trusted or a brand's `false` is needed for `false`.
    fn weigh(&self, said: Option<bool>, brand: Option<bool>) -> Option<bool> {
        match (said, brand) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (_, Some(false)) => Some(false),
            (Some(false), None) if self.trust_agent => Some(false),
            _ => None,
        }
    }
}
