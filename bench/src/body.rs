//! What an agent sends: about 1.3 kB.

use serde_json::json;

/// A return; one in ten is over what the agent may pay back by itself.
pub fn body(number: u64) -> String {
    let amount = if number.is_multiple_of(10) { "72.50" } else { "32.50" };
    let customer = format!("customer_{}", number % 10_000);
    let words = "The customer wrote that the kettle stopped working on the sixth day. The order was delivered on the third \
                 of the month, so that the thirty days of the return policy have not passed, and the item is not excluded.";
    let body = json!({
        "action": "order.return",
        "arguments": {
            "order_id": format!("#W{number}"),
            "item_ids": ["9624127908", "4238115171"],
            "payment_method_id": "credit_card_4190576",
            "total": { "amount": amount, "currency": "USD" },
        },
        "reads": [{ "data_set": "customer.orders", "subject": customer }],
        "customer": { "id": customer, "orders": 3 },
        "topics": ["returns"],
        "trigger": format!("ticket {number}"),
        "input": "Hello, my kettle is broken. It worked for five days and now it does not heat any more. I want my money back.",
        "reasoning": words,
        "output": "We are sorry about the kettle. Your money is on its way to the card that you paid with; it takes some days.",
        "model": "vendor/model-2026-08",
        "prompt_version": "cs-14",
        "agent_version": "2026-11-03",
    });
    body.to_string()
}
