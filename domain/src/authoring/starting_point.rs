//! From an agent file as another shop has it to one that is safe to start with.

use serde::{Deserialize, Serialize};

use crate::{
    action::{DataSet, WordLists},
    agent_file::AgentFile,
    authoring::risk::{Code, risks},
    catalog::Catalog,
    decision::default_rules,
    folding::look_alike,
    money::{Currency, Money},
    part::Part,
    permission::{Condition, Limit, PermissionSet, Rule},
    schema::Schema,
};

/// What several files name and only one place describes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shared {
    #[serde(default)]
    pub data_sets: Vec<DataSet>,
    #[serde(default)]
    pub word_lists: WordLists,
}

impl AgentFile {
    /// The file with the default rules wherever its own do not ask a person anyway, and without what they make
    /// superfluous; in the currency of `worth_over`, above which a customer counts as valued.
    pub fn to_start_from(mut self, shared: &Shared, worth_over: Money) -> Self {
        self.change_currency(worth_over.currency);
        let defaults = default_rules(&self.permissions.approval_thresholds.queue, worth_over);
        let missing: Vec<Rule> = defaults.into_iter().filter(|rule| self.leaves_unasked(rule)).collect();
        self.permissions.approval_thresholds.rules.extend(missing);
        self.describe_from(shared);
        self.drop_superfluous_rules();
        self
    }

    /// Tells what is new of it apart from what the shop calls the same; what the shop has under the same name is the same,
    /// and stays.
    pub fn call_apart(&mut self, shop: &Catalog) {
        let new = self.actions.iter_mut().map(|action| (&action.name, &mut action.label));
        let known = shop.actions.iter().map(|action| (&action.name, &action.label));
        call_apart(&self.agent.name, new, known);
        let new = self.data_sets.iter_mut().map(|set| (&set.name, &mut set.label));
        let known = shop.data_sets.iter().map(|set| (&set.name, &set.label));
        call_apart(&self.agent.name, new, known);
        let new = self.integrations.iter_mut().map(|one| (&one.slug, &mut one.name));
        let known = shop.integrations.iter().map(|one| (&one.slug, &one.name));
        call_apart(&self.agent.name, new, known);
    }

    /// Whether an allowed action that the default rule is about goes through without a person in some case.
    fn leaves_unasked(&self, default: &Rule) -> bool {
        let scope = &self.permissions.action_scope;
        let is_allowed = |name: &str| scope.allow.contains_key(name) && !scope.deny.contains(name);
        let rules = &self.permissions.approval_thresholds;
        self.actions
            .iter()
            .filter(|action| is_allowed(&action.name) && default.applies_to.covers(action))
            .any(|action| rules.in_force().all(|rule| !rule.always_asks(action)))
    }

    fn drop_superfluous_rules(&mut self) {
        let found = risks(&self.permissions, &Catalog::of_file(self)).into_iter();
        let superfluous = found.filter(|risk| matches!(risk.code, Code::AddsNothing | Code::NeverAsks));
        let parts: Vec<Part> = superfluous.map(|risk| risk.part).collect();
        let stays = |rule: &Rule| !parts.contains(&Part::Rule { id: rule.id.clone() });
        self.permissions.approval_thresholds.rules.retain(stays);
    }

    /// Adds what the file names and does not describe.
    fn describe_from(&mut self, shared: &Shared) {
        let access = &self.permissions.data_access;
        let of_actions = self.actions.iter().flat_map(|action| &action.data_sets);
        let named: Vec<&String> = access.read.keys().chain(&access.deny).chain(of_actions).collect();
        let is_missing =
            |set: &&DataSet| named.contains(&&set.name) && self.data_sets.iter().all(|own| own.name != set.name);
        let missing: Vec<DataSet> = shared.data_sets.iter().filter(is_missing).cloned().collect();
        self.data_sets.extend(missing);

        let conditions = self.permissions.approval_thresholds.rules.iter().flat_map(|rule| &rule.when);
        let topics = conditions.filter_map(|condition| match condition {
            Condition::Touches { topics } => Some(topics),
            _ => None,
        });
        for topic in topics.flatten() {
            if let Some(words) = shared.word_lists.get(topic) {
                self.word_lists.entry(topic.clone()).or_insert_with(|| words.clone());
            }
        }
    }

    /// Says all money in another currency, with as many minor units: for a person to look over.
    fn change_currency(&mut self, currency: Currency) {
        self.actions.iter_mut().for_each(|action| change_schema(&mut action.arguments, currency));
        amounts(&mut self.permissions).into_iter().for_each(|money| money.currency = currency);
    }
}

fn call_apart<'a>(
    agent: &str,
    new: impl Iterator<Item = (&'a String, &'a mut String)>,
    known: impl Iterator<Item = (&'a String, &'a String)> + Clone,
) {
    for (name, label) in new {
        if known.clone().any(|(other, called)| other != name && look_alike(called, label)) {
            *label = format!("{agent}: {label}");
        }
    }
}

fn change_schema(schema: &mut Schema, to: Currency) {
    match schema {
        Schema::Object { properties, .. } => properties.values_mut().for_each(|schema| change_schema(schema, to)),
        Schema::Array { items, .. } => change_schema(items, to),
        Schema::Money { currency: Some(currency) } => *currency = to,
        Schema::Money { currency: None } | Schema::String { .. } | Schema::Integer { .. } | Schema::Boolean => {}
    }
}

fn amounts(set: &mut PermissionSet) -> Vec<&mut Money> {
    let limits = set.action_scope.allow.values_mut().flat_map(|allowance| &mut allowance.limits);
    let limits = limits.filter_map(|limit| match limit {
        Limit::Amount { most } | Limit::Sum { most, .. } => Some(most),
        Limit::Count { .. } => None,
    });
    let conditions = set.approval_thresholds.rules.iter_mut().flat_map(|rule| &mut rule.when);
    let conditions = conditions.filter_map(|condition| match condition {
        Condition::AmountOver { limit }
        | Condition::LifetimeValueOver { limit, .. }
        | Condition::SumOver { limit, .. } => Some(limit),
        _ => None,
    });
    limits.chain(conditions).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn file() -> AgentFile {
        let usd = |amount: &str| json!({"amount": amount, "currency": "USD"});
        let action = |name: &str, effect: &str| {
            json!({"name": name, "label": name, "sentence": "", "effect": effect, "amount": "total",
                "data_sets": ["orders"], "reversibility": {"kind": "irreversible"},
                "arguments": {"type": "object", "properties": {"total": {"type": "money", "currency": "USD"}}}})
        };
        serde_json::from_value(json!({
            "agent": {"slug": "support", "name": "Support"},
            "queues": [{"slug": "leads", "name": "Leads"}],
            "actions": [action("refund", "write"), action("cancel", "write"), action("reply", "message")],
            "word_lists": {"legal": ["attorney"]},
            "permissions": {
                "data_access": {"read": {"orders": "this_customer"}},
                "action_scope": {"allow": {"refund": {"limits": [{"kind": "amount", "most": usd("500.00")}]}, "cancel": {},
                    "reply": {}}},
                "approval_thresholds": {"queue": "leads", "rules": [
                    {"id": "refund-over-50", "applies_to": {"actions": ["refund"]}, "queue": "leads",
                        "when": [{"kind": "amount_over", "limit": usd("50.00")}]},
                    {"id": "refund-over-250", "applies_to": {"actions": ["refund"]}, "queue": "leads", "needed": 2,
                        "when": [{"kind": "amount_over", "limit": usd("250.00")}]},
                    {"id": "every-reply", "applies_to": {"effects": ["message"]}, "queue": "leads",
                        "when": [{"kind": "irreversible"}]},
                ]},
                "audit_logging": {},
            },
        }))
        .unwrap()
    }

    fn shared() -> Shared {
        serde_json::from_value(json!({
            "data_sets": [{"name": "orders", "label": "Orders", "sensitivity": "personal"},
                {"name": "catalog", "label": "Products", "sensitivity": "public"}],
            "word_lists": {"legal": ["lawyer"], "press": ["reporter"]},
        }))
        .unwrap()
    }

    #[test]
    fn every_write_is_asked_and_what_that_makes_superfluous_is_gone() {
        let worth_over = Money::parse("1000.00", "USD").unwrap();
        let file = file().to_start_from(&shared(), worth_over);
        let rules: Vec<&str> = file.permissions.approval_thresholds.rules.iter().map(|rule| rule.id.as_str()).collect();
        assert_eq!(rules, ["refund-over-250", "every-reply", "every-write"]);
    }

    #[test]
    fn what_it_names_is_described() {
        let mut file = file();
        file.permissions.approval_thresholds.rules.pop();
        let file = file.to_start_from(&shared(), Money::parse("1000.00", "USD").unwrap());
        assert_eq!(file.data_sets, shared().data_sets[..1]);
        let words = WordLists::from([
            ("legal".to_owned(), vec!["attorney".to_owned()]),
            ("press".to_owned(), vec!["reporter".to_owned()]),
        ]);
        assert_eq!(file.word_lists, words, "its own words stay");
    }

    #[test]
    fn all_money_is_in_the_currency_of_the_shop() {
        let file = file().to_start_from(&shared(), Money::parse("900.00", "EUR").unwrap());
        let text = serde_json::to_string(&file).unwrap();
        assert!(!text.contains("USD") && text.contains(r#"{"amount":"250.00","currency":"EUR"}"#), "{text}");
    }
}
