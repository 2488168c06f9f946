//! What a mask hides from who decides.

use domain::state::State;
use governance::Error;
use serde_json::json;

use crate::support::{For, Shop, refund};

#[tokio::test]
async fn masked_values_are_shown_nowhere_and_cannot_be_lost_in_a_change() {
    let shop = Shop::open().await;
    let masks = ["/arguments/card".to_owned(), "/customer/id".to_owned()];
    shop.publish(|set| set.audit_logging.mask.extend(masks)).await;
    let mut ask = refund("80.00").of("omar-secret");
    ask.arguments["card"] = json!("4111-secret");
    let id = shop.waiting(ask).await;
    // What the page shows has the mask in it: sent back as it is, it would take the card's place. Nor is it guessed.
    let digest = shop.look_at(id).await.digest;
    for card in ["[masked]", "4111-secret", "4222"] {
        let known = json!({ "order_id": "#W1", "total": { "amount": "70.00", "currency": "USD" }, "card": card });
        let changed = shop.governance.change_and_approve(&shop.ana, id, &digest, known, "").await;
        assert!(matches!(changed, Err(Error::Invalid(..))), "{card}: {changed:?}");
    }
    shop.approve(&shop.ana, id).await.unwrap();

    let seen = serde_json::to_string(&shop.look_at(id).await).unwrap();
    assert!(!seen.contains("4111-secret"), "{seen}");
    // The sentence of a refund names the customer.
    assert!(!shop.look_at(id).await.row.sentence.contains("secret"));
    assert_eq!(shop.claim(id).await.unwrap().arguments["card"], json!("4111-secret"));
}

#[tokio::test]
async fn a_mask_hides_what_was_asked_before_it_too() {
    let shop = Shop::open().await;
    let sentences = async |id| {
        let [row] = shop.governance.agent(&shop.auditor, "support").await.unwrap().recent.try_into().unwrap();
        let entries = shop.governance.record(&shop.auditor, &Default::default()).await.unwrap().entries;
        let recorded = entries.into_iter().find(|entry| entry.request == Some(id)).unwrap().sentence.unwrap();
        [shop.look_at(id).await.row.sentence, row.sentence, recorded]
    };
    let id = shop.waiting(refund("80.00").of("omar")).await;
    assert!(sentences(id).await.iter().all(|said| said.contains("omar")));
    let mask = async |masks: &[&str]| {
        let masks = masks.iter().map(|mask| (*mask).to_owned()).collect();
        shop.publish(|set| set.audit_logging.mask = masks).await;
    };
    mask(&["/input", "/customer/id"]).await;
    assert_eq!(sentences(id).await, ["Refund (masked)"; 3]);
    // Nor does it come back with another version that masks as much, or less.
    mask(&["/customer/id"]).await;
    assert_eq!(sentences(id).await, ["Refund (masked)"; 3]);
    mask(&[]).await;
    assert!(sentences(id).await.iter().all(|said| said.contains("omar")));
}

#[tokio::test]
async fn a_reason_about_what_holds_a_masked_value_does_not_quote_it() {
    let shop = Shop::open().await;
    shop.publish(|set| set.audit_logging.mask.extend(["/arguments/total/amount".to_owned()])).await;
    for total in [json!({ "amount": "4111222233335555x", "currency": "USD" }), json!({ "4111222233335555": 1 })] {
        let mut ask = refund("80.00");
        ask.arguments["total"] = total;
        let asked = shop.ask(ask).await;
        assert_eq!(asked.state, State::Denied);
        assert!(!format!("{:?}", asked.reasons).contains("4111"), "{:?}", asked.reasons);
    }
}
