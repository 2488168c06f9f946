//! What an agent sends: about 1.1 kB.

/// A return; one in ten is over what the agent may pay back by itself.
///
/// Made as text: the load generator shares its cores with what it measures.
pub fn body(number: u64) -> String {
    let amount = if number.is_multiple_of(10) { "72.50" } else { "32.50" };
    let customer = number % 10_000;
    format!(
        r##"{{"action":"order.return","arguments":{{"order_id":"#W{number}","item_ids":["9624127908","4238115171"],"payment_method_id":"credit_card_4190576","total":{{"amount":"{amount}","currency":"USD"}}}},"reads":[{{"data_set":"customer.orders","subject":"customer_{customer}"}}],"customer":{{"id":"customer_{customer}","orders":3}},"topics":["returns"],"trigger":"ticket {number}",{WORDS}}}"##
    )
}

/// What the agent says beside the action.
const WORDS: &str = r#""input":"Hello, my kettle is broken. It worked for five days and now it does not heat any more. I want my money back.","reasoning":"The customer wrote that the kettle stopped working on the sixth day. The order was delivered on the third of the month, so that the thirty days of the return policy have not passed, and the item is not excluded.","output":"We are sorry about the kettle. Your money is on its way to the card that you paid with; it takes some days.","model":"vendor/model-2026-08","prompt_version":"cs-14","agent_version":"2026-11-03""#;
