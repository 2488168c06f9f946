//! What is known of a request beyond its own words, and from where.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde::{Deserialize, Serialize};

use crate::{
    money::Money,
    permission::Field,
    request::Ask,
    window::{Usage, Window},
};

mod markup;
mod words;

use words::Text;
pub use words::{Words, as_word};

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
    /// `None`: the brand does not know this customer.
    pub brand: Option<BrandFacts>,
    /// Complaints about this customer in Reins' own record that nobody has resolved.
    pub recorded_complaints: u32,
    /// Whether another customer was served under the same trigger.
    pub other_customer_under_trigger: bool,
    /// Whether a request of this agent with this action and template has succeeded.
    pub kind_has_succeeded: bool,
    /// A window that is not in here is unknown.
    pub windows: BTreeMap<Window, Usage>,
}

/// What a request touches: topics that are declared, or that the brand's words give away.
pub struct Topics<'a> {
    folded: BTreeSet<Cow<'a, str>>,
    /// There may be more without declared topics, without the output, or where text may read otherwise than it is written.
    pub complete: bool,
}

impl<'a> Topics<'a> {
    pub fn of(ask: &'a Ask, words: &'a Words) -> Self {
        let mut topics: BTreeSet<_> = ask.topics.iter().flatten().map(|topic| as_word(topic)).collect();
        let mut readable = true;
        if !words.is_empty() {
            let mut text = Text::new();
            text.add(ask.output.as_deref().unwrap_or_default());
            text.add_all(&ask.arguments);
            readable = text.is_read_surely();
            words.find(&text, &mut topics);
        }
        Self { folded: topics, complete: readable && ask.topics.is_some() && ask.carries(Field::Output) }
    }

    pub fn contains(&self, topic: &str) -> bool {
        self.folded.contains(as_word(topic).as_ref())
    }
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
        self.weigh(said.map(|n| n <= 1), self.brand(|brand| brand.orders).map(|n| n <= 1))
    }

    /// Whether the customer is worth more than `limit`; another currency is unknown.
    pub fn worth_over(&self, limit: Money) -> Option<bool> {
        let over = |value: Money| (value.currency == limit.currency).then_some(value.minor > limit.minor);
        let said = self.ask.customer.as_ref().and_then(|c| c.lifetime_value);
        self.weigh(said.and_then(over), self.brand(|brand| brand.lifetime_value).and_then(over))
    }

    pub fn open_complaint(&self) -> Option<bool> {
        if self.facts.recorded_complaints > 0 {
            return Some(true);
        }
        let said = self.ask.customer.as_ref().and_then(|c| c.open_complaints);
        self.weigh(said.map(|n| n > 0), self.brand(|brand| brand.open_complaints).map(|n| n > 0))
    }

    fn brand<T>(&self, fact: impl Fn(&BrandFacts) -> Option<T>) -> Option<T> {
        self.facts.brand.as_ref().and_then(fact)
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
