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

#[tokio::test]
async fn what_was_granted_is_under_way_until_its_leave_ends_and_no_longer() {
    let front = Front::open().await;
    let lead = front.signed_in(Role::Reviewer).await;
    let asked = front.ask(&refund("5.00")).await;
    assert_eq!(asked["decision"], "allowed", "{asked}");
    let id = asked["id"].as_str().unwrap().to_owned();
    let page = async || lead.get(&format!("/approvals/{id}")).await.text.replace("<!>", "");
    assert!(page().await.contains(" may carry it out now: its leave ends "));

    front.shop.governance.press(&front.shop.admin, None, "").await.unwrap();
    let stopped = page().await;
    assert!(stopped.contains(" is stopped now, and had leave for it before"), "{stopped}");
    let over = format!("update requests set deadline = told_now() - interval '1 minute' where id = '{id}'");
    front.shop.database.run(&over).await;
    let over = page().await;
    assert!(over.contains("nobody has said yet what came of it") && over.contains("Not reported yet"), "{over}");
    // As of what only reads, or changes only notes.
    let brief =
        format!("update requests set deadline = null, asked_at = told_now() - interval '1 hour' where id = '{id}'");
    front.shop.database.run(&brief).await;
    let over = page().await;
    assert!(over.contains("Nobody has to say what came of it") && over.contains("Let through"), "{over}");
    assert!(!over.contains("Under way") && !over.contains("carry it out now"), "{over}");
}
