//! What rules, limits and masks do beside what they say.

use super::*;

#[test]
fn what_takes_the_agents_word_or_waits_for_ever_is_risky() {
    let counted = json!({"per": "customer", "within_s": 60, "trust_agent": true});
    let limit = json!({"kind": "count", "most": 3, "window": counted});
    let trusting = said(&[(&format!("{REFUND}/limits/-"), limit)], catalog());
    assert_eq!(trusting, [(Code::AgentsWord, words::failures().sentence)]);
    let long = said(&[(&format!("{FIRST}/within_s"), json!(9_999 * 86_400))], catalog());
    let told = "A request may wait for 9999 days, and the customer with it.";
    assert_eq!(long, [(Code::WaitsLong, told.to_owned())]);
}

#[test]
fn where_the_currency_is_free_the_shop_says_which_it_uses() {
    let mut catalog = catalog();
    catalog["actions"][0]["arguments"]["properties"]["total"] = json!({"type": "money"});
    catalog["actions"][3]["arguments"]["properties"]["total"]["currency"] = json!("CHF");
    let found = said(&[], catalog);
    assert!(found.iter().all(|(code, _)| code.severity() == Severity::Note), "stricter is no risk: {found:?}");
    assert_eq!(
        found.into_iter().map(|(_, sentence)| sentence).collect::<Vec<_>>(),
        [
            "The hard limit is in USD: every `refund` in another currency will be denied, as there is none for it.",
            "The amount limit is in USD, which no action of the shop is fixed to: of an amount in another currency, every \
                `refund` will be asked.",
        ]
    );
}

#[test]
fn an_integration_that_is_not_there_is_named() {
    let mut catalog = catalog();
    catalog["actions"][0]["integration"] = json!("shopify");
    let expected = "`Refunds` run on `shopify`, which is not connected.".to_owned();
    assert_eq!(said(&[], catalog), [(Code::UnknownIntegration, expected)]);
}

#[test]
fn what_is_in_shadow_needs_no_bound_and_nobody() {
    assert_eq!(
        said(&[(REFUND, json!({"shadow": true})), ("/approval_thresholds/rules/0/off", json!(true))], catalog()),
        []
    );
}

#[test]
fn a_customer_rule_says_so_where_reins_knows_no_customers() {
    let mut nobody = catalog();
    nobody["knows_customers"] = json!(false);
    let told = "Reins knows no customers yet (`reins customer sync` names them): every `refund` will be asked.";
    for kind in ["first_order", "open_complaint", "unknown_customer"] {
        let when = [(WHEN, json!([{ "kind": kind }]))];
        assert_eq!(said(&when, nobody.clone()), [(Code::AlwaysAsks, told.to_owned())], "{kind}");
        let mut somebody = nobody.clone();
        somebody["knows_customers"] = json!(true);
        assert_eq!(said(&when, somebody), [], "{kind}");
    }
    let trusting = said(&[(WHEN, json!([{"kind": "first_order", "trust_agent": true}]))], nobody);
    assert!(trusting.iter().all(|(code, _)| *code == Code::AgentsWord), "{trusting:?}");
}

#[test]
fn a_mask_that_hides_nothing_is_remarked_on() {
    let mut catalog = catalog();
    catalog["actions"][0]["arguments"]["properties"]["cards"] = json!({"type": "array", "items": {
        "type": "object", "properties": {"number": {"type": "string"}, "a/b": {"type": "string"}}}});
    let masks = |mask: &str| said(&[("/audit_logging/mask", json!([mask]))], catalog.clone());
    for hides in [
        "/arguments/text",
        "/arguments/cards",
        "/arguments/cards/*",
        "/arguments/cards/*/number",
        "/arguments/cards/0/a~1b",
        "/input",
        "/customer/id",
        "/reads/*/subject",
        "/topics/0",
    ] {
        assert_eq!(masks(hides), [], "{hides}");
    }
    for nothing in [
        "/arguments/adress1",
        "/arguments/cards/number",
        "/arguments/text/0",
        "/arguments/cards/*/a/b",
        "/imput",
        "/customer/name",
        "/reads/subject",
    ] {
        let told = format!(
            "`{nothing}` hides nothing: no request has such a place. Each item of a list is a star, as in \
             /arguments/cards/*/number."
        );
        assert_eq!(masks(nothing), [(Code::HidesNothing, told)], "{nothing}");
    }
}

#[test]
fn limits_in_several_currencies_are_told_as_they_are_judged() {
    let both = limits(json!([{"kind": "amount", "most": usd("500.00")}, {"kind": "amount", "most": eur("450.00")}]));
    let told = "The hard limit in EUR never holds: `refunds` are in USD.";
    assert_eq!(said(&[(REFUND, both.clone())], catalog()), [(Code::LimitNeverReached, told.to_owned())]);

    let mut free = catalog();
    free["actions"][0]["arguments"]["properties"]["total"] = json!({"type": "money"});
    let told = "The hard limits are in USD and EUR: every `refund` in another currency will be denied, as there is none for it.";
    assert!(said(&[(REFUND, both)], free).contains(&(Code::DeniedAnyway, told.to_owned())));
}
