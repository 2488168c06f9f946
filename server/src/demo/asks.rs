//! What the agents ask, as their own words and the shop's days would have it.

use domain::{
    money::Money,
    request::{Ask, Customer, Read},
};
use governance::CustomerFacts;
use serde_json::{Value, json};

use super::{dice::Dice, shop};

mod campaigns;
mod merchandise;
mod returns;
mod reviews;
mod support;

/// One ask of this agent.
pub fn ask(agent: &str, dice: &mut Dice, customers: &[CustomerFacts]) -> Ask {
    let customer = &customers[dice.place(customers.len())];
    match agent {
        "support" => support::ask(dice, customer),
        "returns" => returns::ask(dice, customer),
        "reviews" => reviews::ask(dice, customer),
        "campaigns" => campaigns::ask(dice),
        "pricing" => merchandise::price(dice),
        _ => merchandise::stock(dice),
    }
}

/// An ask in the making.
pub(super) struct Draft(Ask);

impl Draft {
    pub fn new(action: &str, arguments: Value) -> Self {
        Self(Ask {
            action: action.to_owned(),
            arguments,
            reads: None,
            customer: None,
            topics: Some(Vec::new()),
            template: None,
            trigger: None,
            input: None,
            reasoning: None,
            output: None,
            model: Some("northwind/atlas-4-mini".to_owned()),
            prompt_version: None,
            agent_version: None,
        })
    }

    /// For a customer, with what the agent knows of them.
    pub fn of(mut self, customer: &CustomerFacts, trigger: String) -> Self {
        self.0.customer = Some(Customer {
            id: customer.id.clone(),
            orders: customer.facts.orders,
            lifetime_value: customer.facts.lifetime_value,
            open_complaints: customer.facts.open_complaints,
        });
        self.0.trigger = Some(trigger);
        self
    }

    pub fn reads(mut self, data_set: &str, subject: Option<&str>) -> Self {
        let read = Read { data_set: data_set.to_owned(), subject: subject.map(str::to_owned) };
        self.0.reads.get_or_insert_default().push(read);
        self
    }

    pub fn template(mut self, template: &str) -> Self {
        self.0.template = Some(template.to_owned());
        self
    }

    pub fn trigger(mut self, trigger: impl Into<String>) -> Self {
        self.0.trigger = Some(trigger.into());
        self
    }

    pub fn topic(mut self, topic: &str) -> Self {
        self.0.topics.get_or_insert_default().push(topic.to_owned());
        self
    }

    /// What came in, why the agent asks, and what it would say or do.
    pub fn words(mut self, input: impl Into<String>, reasoning: impl Into<String>, output: impl Into<String>) -> Self {
        self.0.input = Some(input.into());
        self.0.reasoning = Some(reasoning.into());
        self.0.output = Some(output.into());
        self
    }

    pub fn by(mut self, prompt_version: &str, agent_version: &str) -> Ask {
        self.0.prompt_version = Some(prompt_version.to_owned());
        self.0.agent_version = Some(agent_version.to_owned());
        self.0
    }
}

pub(super) fn money(minor: i64) -> Value {
    json!(shop::dollars(minor))
}

pub(super) fn readable(minor: i64) -> String {
    shop::dollars(minor).map(|money: Money| money.readable()).unwrap_or_default()
}

pub(super) fn product(dice: &mut Dice) -> (&'static str, i64) {
    shop::PRODUCTS[dice.place(shop::PRODUCTS.len())]
}

pub(super) fn order_id(dice: &mut Dice) -> String {
    format!("#JL{}", dice.between(40_310, 58_990))
}

pub(super) fn ticket(dice: &mut Dice) -> String {
    format!("ticket {}", dice.next() % 900_000 + 100_000)
}
