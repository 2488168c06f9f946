//! What the shop's agents ask for.

use domain::{money::Money, request::Ask};
use serde_json::{Value, json};

pub fn money(amount: &str) -> Money {
    Money::parse(amount, "USD").unwrap()
}

/// To refund Omar; up to 50.00 it needs nobody.
pub fn refund(amount: &str) -> Ask {
    ask("order.refund", json!({ "order_id": "#W1", "total": money(amount) }))
}

/// To send Omar a gift; a lead decides it, or else a manager.
pub fn gift() -> Ask {
    ask("gift.send", json!({ "gift": "a mug" }))
}

/// To write a note; nobody is asked, and nothing is left to settle.
pub fn note(text: &str) -> Ask {
    ask("desk.note", json!({ "text": text }))
}

fn ask(action: &str, arguments: Value) -> Ask {
    let body = json!({
        "action": action,
        "arguments": arguments,
        "customer": { "id": "omar" },
        "trigger": "ticket of omar",
        "reasoning": "The policy allows it.",
        "model": "vendor/model",
    });
    serde_json::from_value(body).unwrap()
}

/// The same for somebody else, on an occasion of their own.
pub trait For {
    fn of(self, customer: &str) -> Self;
}

impl For for Ask {
    fn of(mut self, customer: &str) -> Self {
        self.customer.as_mut().unwrap().id = customer.to_owned();
        self.trigger = Some(format!("ticket of {customer}"));
        self
    }
}
