//! The card of a request: what its agent claims beside what the shop says.

use domain::{facts::BrandFacts, role::Role};
use governance::CustomerFacts;
use serde_json::json;

use crate::front::{Front, refund, usd};

#[tokio::test]
async fn the_shops_figure_stands_beside_the_claim_and_where_they_differ_it_says_so() {
    let front = Front::open().await;
    let lead = front.signed_in(Role::Reviewer).await;
    let facts = BrandFacts {
        orders: Some(3),
        lifetime_value: Some(serde_json::from_value(usd("120.00")).unwrap()),
        open_complaints: Some(0),
    };
    let omar = CustomerFacts { id: "omar".to_owned(), facts };
    front.shop.governance.sync_customers(&front.shop.admin, &[omar]).await.unwrap();
    let card = async |claimed: serde_json::Value| {
        let mut ask = refund("80.00");
        ask["customer"].as_object_mut().unwrap().extend(claimed.as_object().cloned().unwrap_or_default());
        let id = front.ask(&ask).await["id"].as_str().unwrap().to_owned();
        lead.get(&format!("/approvals/{id}")).await.text.replace("<!>", "")
    };

    let boasted = card(json!({ "orders": 99, "lifetime_value": usd("99999.00"), "open_complaints": 0 })).await;
    assert_eq!(boasted.matches("They differ").count(), 2, "{boasted}");
    for said in ["99", "$99,999.00", "3", "$120.00"] {
        assert!(boasted.contains(said), "{said}: {boasted}");
    }
    let honest = card(json!({ "orders": 3, "lifetime_value": usd("120.00") })).await;
    assert!(!honest.contains("They differ") && honest.contains("The agent says"), "{honest}");
    let silent = card(json!({})).await;
    assert!(
        !silent.contains("They differ") && silent.contains("The shop says") && silent.contains("$120.00"),
        "{silent}"
    );
}
