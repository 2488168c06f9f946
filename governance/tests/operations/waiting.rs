//! What waits for people: what is due first comes first, on pages, and nobody hides what others wait for.

use std::collections::BTreeSet;

use domain::{
    id::RequestId,
    view::{ApprovalsPage, MOST_WAITING, WaitingFilter},
};
use governance::Actor;

use crate::support::{For, Shop, gift, id_of, refund};

async fn list(shop: &Shop, who: &Actor, filter: WaitingFilter) -> ApprovalsPage {
    shop.governance.approvals(who, &filter).await.unwrap()
}

async fn ids(shop: &Shop, who: &Actor, filter: WaitingFilter) -> Vec<RequestId> {
    list(shop, who, filter).await.waiting.into_iter().map(|row| row.id).collect()
}

fn later() -> WaitingFilter {
    WaitingFilter { later: true, ..WaitingFilter::default() }
}

async fn due_in(shop: &Shop, id: RequestId, seconds: i64) {
    let due = format!("now() + interval '{seconds} seconds'");
    shop.database
        .run(format!(
            "update requests set deadline = {due}, due = {due}, falls_due = {due}, pending = jsonb_set(pending, '{{0,expires_at}}', to_jsonb({due}))
             where id = '{id}'"
        ))
        .await;
}

#[tokio::test]
async fn what_is_due_first_comes_first() {
    let shop = Shop::open().await;
    let (old, middle, new) =
        (shop.waiting(gift()).await, shop.waiting(refund("80.00")).await, shop.waiting(refund("90.00")).await);
    due_in(&shop, old, 900).await;
    due_in(&shop, new, 60).await;
    due_in(&shop, middle, 600).await;
    assert_eq!(ids(&shop, &shop.ana, WaitingFilter::default()).await, [new, middle, old]);
    assert_eq!(shop.governance.request(&shop.stranger, old).await.unwrap().next, None);
    shop.approve(&shop.ana, new).await.unwrap();
    let next = shop.governance.request(&shop.ana, new).await.unwrap().next;
    assert_eq!(next.unwrap().id, middle);
}

#[tokio::test]
async fn what_stood_still_comes_as_late_as_it_is_due() {
    let shop = Shop::open().await;
    let key = shop.second_agent("second").await;
    let still = shop.waiting(refund("80.00")).await;
    let other = shop.governance.ask(&key, "1", gift().of("yara")).await.unwrap().id;
    let in_order = async || {
        shop.governance.pass_deadlines().await.unwrap();
        let page = list(&shop, &shop.ana, WaitingFilter::default()).await;
        let due = Vec::from_iter(page.waiting.iter().map(|row| row.deadline.unwrap()));
        assert!(due.is_sorted(), "{due:?}");
        Vec::from_iter(page.waiting.iter().map(|row| row.id))
    };
    assert_eq!(in_order().await, [still, other]);
    shop.governance.stop(&shop.operator, Some("support"), "").await.unwrap();
    assert_eq!(in_order().await, [other]);
    shop.pass_times(&[still, other], 600).await;
    shop.release(Some("support"), "looked into").await;
    assert_eq!(in_order().await, [other, still]);

    let late = shop.governance.ask(&key, "2", gift().of("mo")).await.unwrap().id;
    due_in(&shop, late, 3300).await;
    assert_eq!(in_order().await, [other, late, still]);
    due_in(&shop, late, 3900).await;
    assert_eq!(in_order().await, [other, still, late]);
    shop.governance.open_breaker(&shop.operator, "shopify", "errors").await.unwrap();
    shop.pass_times(&[still, other, late], 900).await;
    assert_eq!(in_order().await, [other, late, still], "a paused one can be decided, and is due later and later");
    shop.close_breaker("shopify", "well again").await.unwrap();
    assert_eq!(in_order().await, [other, late, still]);
}

#[tokio::test]
async fn every_request_that_waits_is_on_one_page() {
    let shop = Shop::open().await;
    let mut asked = BTreeSet::new();
    for customer in 0..103 {
        asked.insert(shop.waiting(refund("80.00").of(&format!("customer-{customer}"))).await);
    }
    let mut seen = Vec::new();
    for (page, length) in [(0, 50), (1, 50), (2, 3)] {
        let page = list(&shop, &shop.ana, WaitingFilter { page, ..WaitingFilter::default() }).await;
        assert_eq!((page.total, page.pages(), page.waiting.len()), (103, 3, length));
        seen.extend(page.waiting.into_iter().map(|row| row.id));
    }
    assert_eq!((seen.len(), BTreeSet::from_iter(seen)), (103, asked));

    let beyond = list(&shop, &shop.ana, WaitingFilter { page: u32::MAX, ..WaitingFilter::default() }).await;
    assert_eq!((beyond.filter.page, beyond.waiting.len()), (2, 3));
}

#[tokio::test]
async fn a_stopped_agent_hides_nothing_of_another() {
    let shop = Shop::open().await;
    let frozen = shop.waiting(refund("80.00")).await;
    let key = shop.second_agent("second").await;
    let open = shop.governance.ask(&key, "1", refund("80.00").of("yara")).await.unwrap().id;
    shop.governance.stop(&shop.operator, Some("support"), "").await.unwrap();

    assert_eq!(ids(&shop, &shop.ana, WaitingFilter::default()).await, [open]);
    assert_eq!(ids(&shop, &shop.ana, later()).await, [frozen]);
    assert_eq!(list(&shop, &shop.ana, later()).await.now_and_later, (1, 1));
    let of = |agent: &str| WaitingFilter { agent: Some(agent.to_owned()), ..WaitingFilter::default() };
    assert_eq!(ids(&shop, &shop.ana, of("second")).await, [open]);
    assert_eq!(ids(&shop, &shop.ana, of("support")).await, []);
    let named = |page: ApprovalsPage| page.agents.into_iter().map(|(agent, n)| (agent.slug, n)).collect::<Vec<_>>();
    assert_eq!(named(list(&shop, &shop.ana, of("support")).await), [("second".to_owned(), 1)]);
}

#[tokio::test]
async fn what_somebody_has_approved_waits_for_others() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("250.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!(ids(&shop, &shop.ana, WaitingFilter::default()).await, []);
    assert_eq!(ids(&shop, &shop.ana, later()).await, [id]);
    assert_eq!(ids(&shop, &shop.ben, WaitingFilter::default()).await, [id]);

    shop.change_amount(&shop.ben, id, "240.00").await.unwrap();
    assert_eq!(ids(&shop, &shop.ana, WaitingFilter::default()).await, [id], "another request than she approved");
    assert_eq!(ids(&shop, &shop.ben, WaitingFilter::default()).await, []);
}

#[tokio::test]
async fn the_menu_counts_what_the_list_holds() {
    let shop = Shop::open().await;
    shop.governance.add_member(&shop.admin, "legal", id_of(&shop.ana)).await.unwrap();
    let both = shop.waiting(refund("350.00")).await;
    shop.waiting(refund("80.00")).await;
    shop.waiting(gift()).await;
    for approved in [false, true] {
        if approved {
            shop.approve(&shop.ana, both).await.unwrap();
        }
        for who in [&shop.ana, &shop.ben, &shop.lee, &shop.mia] {
            let page = list(&shop, who, WaitingFilter::default()).await;
            let menu = shop.governance.frame(who).await.unwrap().waiting;
            let today = shop.governance.today(who).await.unwrap();
            let rows = u32::try_from(page.waiting.len()).unwrap();
            assert_eq!((page.total, menu, today.waiting_for_me, page.oldest), (rows, rows, rows, today.oldest_waiting));
            for queue in &page.queues {
                let filter = WaitingFilter { queue: Some(queue.slug.clone()), ..WaitingFilter::default() };
                assert_eq!(list(&shop, who, filter).await.total, queue.waiting, "{}", queue.slug);
            }
        }
    }
    let everything = list(&shop, &shop.stranger, WaitingFilter::default()).await;
    assert_eq!((everything.total, everything.queues.iter().any(|queue| queue.mine)), (3, false));
}

#[tokio::test]
async fn the_menu_counts_up_to_a_bound() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.database.run("alter table requests disable trigger came_late").await;
    let copies = shop.database.run(format!(
        "insert into requests
         select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'idempotency_key', 'copy ' || n))).*
         from requests r, generate_series(1, 1200) n
         where r.id = '{id}'"
    ));
    assert_eq!(copies.await, 1200);
    assert_eq!(shop.governance.frame(&shop.ana).await.unwrap().waiting, MOST_WAITING);
    assert_eq!(shop.governance.frame(&shop.lee).await.unwrap().waiting, 0);
    assert_eq!(list(&shop, &shop.ana, WaitingFilter::default()).await.total, 1201);
}

#[tokio::test]
async fn a_change_leaves_what_was_asked_in_sight() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("120.00")).await;
    assert_eq!(shop.look_at(id).await.asked, None);
    shop.change_amount(&shop.ana, id, "100.50").await.unwrap();
    let seen = shop.look_at(id).await;
    let asked = seen.asked.unwrap();
    assert_eq!(
        (asked.sentence.as_str(), seen.row.sentence.as_str()),
        ("Refund $120.00 to `omar`", "Refund $100.50 to `omar`")
    );
    assert_eq!(asked.arguments["total"]["amount"], "120.00");
    assert_eq!(seen.ask.arguments["total"]["amount"], "100.50");

    let record = shop.governance.record(&shop.auditor, &Default::default()).await.unwrap().entries;
    let line = |kind: &str| record.iter().find(|entry| entry.kind.name() == kind).unwrap().sentence.clone().unwrap();
    assert_eq!(
        (line("asked").as_str(), line("changed").as_str()),
        (asked.sentence.as_str(), "Refund $100.50 to `omar`")
    );
}

#[tokio::test]
async fn what_a_customer_had_before_is_no_look_and_nothing_later() {
    let shop = Shop::open().await;
    shop.publish(|set| set.approval_thresholds.rules.clear()).await;
    let before = shop.ask(refund("10.00")).await.id;
    for _ in 0..6 {
        let look = serde_json::from_value(serde_json::json!({
            "action": "data.read", "arguments": {}, "customer": { "id": "omar" }, "trigger": "ticket of omar",
            "reads": [{ "data_set": "customer.orders", "subject": "omar" }], "reasoning": "To see.", "model": "m",
        }));
        shop.ask(look.unwrap()).await;
    }
    let id = shop.ask(refund("11.00")).await.id;
    shop.ask(refund("12.00")).await;
    let history: Vec<RequestId> = shop.look_at(id).await.history.into_iter().map(|row| row.id).collect();
    assert_eq!(history, [before]);
}
