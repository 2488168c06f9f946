//! What an agent sends when it asks.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    action::ActionType,
    folding::folded,
    money::Money,
    permission::{Field, Recorded},
    schema::Misfit,
    seen,
};

/// One ask. `action` and `arguments` take effect; everything else explains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub action: String,
    pub arguments: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reads: Option<Vec<Read>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_version: Option<String>,
}

/// A data set that the action rests on, and whose data it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Read {
    pub data_set: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

/// The customer, in the agent's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    pub id: String,
    /// How many orders, this one included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orders: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifetime_value: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_complaints: Option<u32>,
}

/// The longest short text (a name, a version) and the longest list, in the envelope.
const MOST_SHORT: usize = 200;
const MOST_ITEMS: usize = 100;

impl Ask {
    /// What of the envelope is out of bounds; the rules are not asked yet.
    pub fn misfits(&self) -> Vec<Misfit> {
        let mut found = Vec::new();
        let mut short = |pointer: fmt::Arguments<'_>, text: &str| {
            let fits = text.len() <= MOST_SHORT || text.chars().count() <= MOST_SHORT;
            if !fits || text.trim().is_empty() {
                found.push(Misfit {
                    pointer: pointer.to_string(),
                    detail: format!("has to have 1 to {MOST_SHORT} characters"),
                });
            }
        };
        short(format_args!("/action"), &self.action);
        for (name, text) in [
            ("template", self.template.as_deref()),
            ("trigger", self.trigger.as_deref()),
            ("model", self.model.as_deref()),
            ("prompt_version", self.prompt_version.as_deref()),
            ("agent_version", self.agent_version.as_deref()),
            ("customer/id", self.customer_id()),
        ] {
            if let Some(text) = text {
                short(format_args!("/{name}"), text);
            }
        }
        for (index, topic) in self.topics.iter().flatten().enumerate() {
            short(format_args!("/topics/{index}"), topic);
        }
        for (index, read) in self.reads.iter().flatten().enumerate() {
            short(format_args!("/reads/{index}/data_set"), &read.data_set);
            if let Some(subject) = &read.subject {
                short(format_args!("/reads/{index}/subject"), subject);
            }
        }

        let too_many = |items: Option<usize>| items.is_some_and(|n| n > MOST_ITEMS);
        for (name, items) in
            [("topics", self.topics.as_ref().map(Vec::len)), ("reads", self.reads.as_ref().map(Vec::len))]
        {
            if too_many(items) {
                found.push(Misfit { pointer: format!("/{name}"), detail: format!("has more than {MOST_ITEMS} items") });
            }
        }
        // Two that look the same to a reader would have caps and histories of their own.
        for (pointer, text) in [("/customer/id", self.customer_id()), ("/trigger", self.trigger.as_deref())] {
            let unseen = text.filter(|text| !text.trim().is_empty()).and_then(seen::unfit_id);
            found.extend(unseen.map(|detail| Misfit { pointer: pointer.to_owned(), detail }));
        }
        if !self.arguments.is_object() {
            found.push(Misfit { pointer: "/arguments".to_owned(), detail: "is not an object".to_owned() });
        }
        found
    }

    /// Whether the request carries the field, not merely an empty one.
    pub fn carries(&self, field: Field) -> bool {
        let said = |text: &Option<String>| text.as_ref().is_some_and(|t| !t.trim().is_empty());
        match field {
            Field::Customer => self.customer.is_some(),
            Field::Reads => self.reads.is_some(),
            Field::Topics => self.topics.is_some(),
            Field::Template => said(&self.template),
            Field::Trigger => said(&self.trigger),
            Field::Input => said(&self.input),
            Field::Reasoning => said(&self.reasoning),
            Field::Output => said(&self.output),
            Field::Model => said(&self.model),
            Field::PromptVersion => said(&self.prompt_version),
            Field::AgentVersion => said(&self.agent_version),
        }
    }

    pub fn customer_id(&self) -> Option<&str> {
        self.customer.as_ref().map(|customer| customer.id.as_str())
    }

    /// What set it off, as it is compared: a reader takes `ticket 4411` and `TICKET 4411` for the same.
    pub fn occasion(&self) -> Option<Cow<'_, str>> {
        self.trigger.as_deref().map(folded)
    }

    /// Whether it names what it rests on; an empty list does not.
    pub fn says_reads(&self) -> bool {
        self.reads.as_ref().is_some_and(|reads| !reads.is_empty())
    }

    /// What the action rests on, each data set with its subject: what is said to be read, and after that what its type
    /// rests on beside, of this customer. Nobody leaves that out by naming something else.
    pub fn rests_on<'a>(&'a self, action: &'a ActionType) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
        let said = || self.reads.iter().flatten().map(|read| (read.data_set.as_str(), read.subject.as_deref()));
        let beside = action.data_sets.iter().filter(move |name| !said().any(|(said, _)| said == *name));
        said().chain(beside.map(|name| (name.as_str(), self.customer_id())))
    }

    /// The request with only the parts that layer 4 records.
    ///
    /// A claim is judged by what was recorded, so which data sets it rests on stays, and whether it reads its own customer's.
    pub fn recorded(mut self, recorded: Recorded) -> Self {
        if !recorded.input {
            self.input = None;
        }
        if !recorded.reasoning {
            self.reasoning = None;
        }
        if !recorded.output {
            self.output = None;
        }
        if !recorded.reads {
            let own = self.customer_id().map(str::to_owned);
            let others = self.reads.iter_mut().flatten().filter(|read| read.subject != own);
            others.for_each(|read| read.subject = None);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ask(members: Value) -> Ask {
        let mut ask = json!({"action": "order.refund", "arguments": {}});
        ask.as_object_mut().unwrap().extend(members.as_object().cloned().unwrap_or_default());
        serde_json::from_value(ask).unwrap()
    }

    #[test]
    fn every_misfit_of_the_envelope_is_named_with_its_pointer() {
        let long = "x".repeat(201);
        for (members, pointer) in [
            (json!({"action": ""}), "/action"),
            (json!({"action": long}), "/action"),
            (json!({"template": " "}), "/template"),
            (json!({"trigger": "\t\n"}), "/trigger"),
            (json!({"model": ""}), "/model"),
            (json!({"prompt_version": long}), "/prompt_version"),
            (json!({"agent_version": long}), "/agent_version"),
            (json!({"customer": {"id": " "}}), "/customer/id"),
            (json!({"customer": {"id": "omar "}}), "/customer/id"),
            (json!({"customer": {"id": "omar\n"}}), "/customer/id"),
            (json!({"customer": {"id": "omar\u{a0}"}}), "/customer/id"),
            (json!({"customer": {"id": "om\u{200b}ar"}}), "/customer/id"),
            (json!({"customer": {"id": "om\u{ad}ar"}}), "/customer/id"),
            (json!({"customer": {"id": "\u{202e}omar"}}), "/customer/id"),
            (json!({"trigger": " ticket 1"}), "/trigger"),
            (json!({"topics": ["legal", ""]}), "/topics/1"),
            (json!({"topics": vec!["legal"; 101]}), "/topics"),
            (json!({"reads": [{"data_set": ""}]}), "/reads/0/data_set"),
            (json!({"reads": [{"data_set": "orders", "subject": " "}]}), "/reads/0/subject"),
            (json!({"reads": vec![json!({"data_set": "orders"}); 101]}), "/reads"),
            (json!({"arguments": []}), "/arguments"),
        ] {
            let found = ask(members.clone()).misfits();
            assert_eq!(found.iter().map(|m| m.pointer.as_str()).collect::<Vec<_>>(), [pointer], "{members}");
        }
    }

    #[test]
    fn what_is_left_out_or_as_long_as_allowed_fits() {
        assert_eq!(ask(json!({})).misfits(), []);
        let full = "ü".repeat(200);
        let all = json!({"template": full, "trigger": full, "customer": {"id": full}, "topics": vec!["legal"; 100]});
        assert_eq!(ask(all).misfits(), []);
        let owes = json!({"customer": {"id": "omar", "lifetime_value": {"amount": "-0.01", "currency": "USD"}}});
        assert_eq!(ask(owes).misfits(), [], "who returned more than was bought can still be asked about");
    }

    #[test]
    fn members_that_the_contract_does_not_name_are_refused() {
        for members in [json!({"note": 1}), json!({"customer": {"id": "omar", "vip": true}}), json!({"reads": [{}]})] {
            let mut whole = json!({"action": "order.refund", "arguments": {}});
            whole.as_object_mut().unwrap().extend(members.as_object().cloned().unwrap_or_default());
            assert!(serde_json::from_value::<Ask>(whole).is_err(), "{members}");
        }
    }

    #[test]
    fn a_blank_text_is_not_carried_but_an_empty_list_is_an_answer() {
        for field in [Field::Template, Field::Trigger, Field::Input, Field::Reasoning, Field::Output, Field::Model] {
            assert!(ask(json!({ field.name(): "said" })).carries(field), "{field:?}");
            assert!(!ask(json!({ field.name(): " \n" })).carries(field), "{field:?}");
            assert!(!ask(json!({})).carries(field), "{field:?}");
        }
        for field in [Field::Topics, Field::Reads] {
            assert!(ask(json!({ field.name(): [] })).carries(field), "{field:?}");
            assert!(!ask(json!({})).carries(field), "{field:?}");
        }
    }

    #[test]
    fn only_what_layer_4_records_is_kept() {
        let reads = json!([{"data_set": "orders", "subject": "omar"}, {"data_set": "orders", "subject": "ana"}]);
        let omar = json!({"id": "omar"});
        let all = ask(json!({"customer": omar, "input": "i", "reasoning": "r", "output": "o", "reads": reads}));
        assert_eq!(all.clone().recorded(Recorded::default()), all);
        let none = Recorded { input: false, reasoning: false, output: false, reads: false };
        let own = json!([{"data_set": "orders", "subject": "omar"}, {"data_set": "orders"}]);
        assert_eq!(all.recorded(none), ask(json!({"customer": omar, "reads": own})));
    }
}
