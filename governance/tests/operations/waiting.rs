//! What waits for people: what is due first comes first, what nobody can approve last, on pages, and nobody hides what others
//! wait for.

use std::collections::BTreeSet;

use domain::{
    agent::Mode,
    id::RequestId,
    role::Role,
    view::{ApprovalsPage, RequestRow, WaitingFilter, approvals::PAGE},
};
use governance::Actor;

use crate::support::{For, Shop, gift, id_of, refund};

pub async fn list(shop: &Shop, who: &Actor, filter: WaitingFilter) -> ApprovalsPage {
    shop.governance.approvals(who, &filter).await.unwrap()
}

pub async fn ids(shop: &Shop, who: &Actor, filter: WaitingFilter) -> Vec<RequestId> {
    list(shop, who, filter).await.waiting.into_iter().map(|row| row.id).collect()
}

pub fn later() -> WaitingFilter {
    WaitingFilter { later: true, ..WaitingFilter::default() }
}

pub async fn due_in(shop: &Shop, id: RequestId, seconds: i64) {
    let due = format!("told_now() + interval '{seconds} seconds'");
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
    shop.pass_time(600).await;
    shop.release(Some("support"), "looked into").await;
    assert_eq!(in_order().await, [other, still]);

    let late = shop.governance.ask(&key, "2", gift().of("mo")).await.unwrap().id;
    due_in(&shop, late, 3300).await;
    assert_eq!(in_order().await, [other, late, still]);
    due_in(&shop, late, 3900).await;
    assert_eq!(in_order().await, [other, still, late]);
    shop.governance.open_breaker(&shop.operator, "shopify", "errors").await.unwrap();
    shop.pass_time(900).await;
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
    let pages = pages(&shop, &shop.ana).await;
    assert_eq!(Vec::from_iter(pages.iter().map(Vec::len)), [50, 50, 3]);
    let seen = Vec::from_iter(pages.into_iter().flatten().map(|row| row.id));
    assert_eq!((seen.len(), BTreeSet::from_iter(seen.iter().copied())), (103, asked));
    assert_eq!(list(&shop, &shop.ana, WaitingFilter::default()).await.total, 103);

    let first = list(&shop, &shop.ana, WaitingFilter::default()).await;
    for id in seen {
        shop.database.run(format!("update requests set state = 'cancelled' where id = '{id}'")).await;
    }
    let last = shop.waiting(refund("80.00")).await;
    due_in(&shop, last, 1).await;
    let beyond = list(&shop, &shop.ana, WaitingFilter { after: first.next, ..WaitingFilter::default() }).await;
    assert_eq!((beyond.filter.after, beyond.waiting[0].id), (None, last), "beyond the last one it is the first");
}

/// All pages of what somebody can decide.
pub async fn pages(shop: &Shop, who: &Actor) -> Vec<Vec<RequestRow>> {
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let page = list(shop, who, WaitingFilter { after, ..WaitingFilter::default() }).await;
        assert!(page.next.is_none() || page.waiting.len() == PAGE as usize);
        pages.push(page.waiting);
        after = page.next;
        if after.is_none() {
            return pages;
        }
    }
}

#[tokio::test]
async fn what_nobody_can_approve_comes_last_whatever_has_made_it_so() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    let kim = shop.person("Kim", Role::Reviewer).await;
    let (both, one, two) = (
        shop.waiting(refund("350.00")).await,
        shop.waiting(refund("80.00")).await,
        shop.waiting(refund("250.00")).await,
    );
    for (id, seconds) in [(both, 600), (two, 900), (one, 1200)] {
        due_in(&shop, id, seconds).await;
    }
    // As it is listed, and as each request's own page says it.
    let in_order = async || {
        let page = list(&shop, &shop.ana, WaitingFilter::default()).await;
        let menu = governance.frame(&shop.ana).await.unwrap().waiting;
        let today = governance.today(&shop.ana).await.unwrap().waiting_for_me;
        assert_eq!((page.total, menu, today), (page.waiting.len() as u32, page.total, page.total));
        let mut ids = Vec::new();
        for row in page.waiting {
            assert_eq!(row.short, governance.request(&shop.admin, row.id).await.unwrap().short.is_some());
            ids.push(row.id);
        }
        ids
    };
    assert_eq!(in_order().await, [both, two, one]);
    governance.remove_member(&shop.admin, "legal", id_of(&shop.lee), 9).await.unwrap();
    assert_eq!(in_order().await, [two, one, both], "a queue without people");
    governance.add_member(&shop.admin, "legal", id_of(&shop.ana)).await.unwrap();
    assert_eq!(in_order().await, [two, one, both], "it takes three different people");
    governance.add_member(&shop.admin, "cs-leads", id_of(&kim)).await.unwrap();
    assert_eq!(in_order().await, [both, two, one]);
    governance.disable_person(&shop.admin, id_of(&kim), 9).await.unwrap();
    assert_eq!(in_order().await, [two, one, both], "somebody is disabled");
    shop.enable(id_of(&kim)).await.unwrap();
    governance.change_person(&shop.admin, id_of(&kim), Role::Reviewer, Role::Auditor, 9).await.unwrap();
    assert_eq!(in_order().await, [two, one, both], "somebody decides no more");
    governance.change_person(&shop.admin, id_of(&kim), Role::Auditor, Role::Reviewer, 9).await.unwrap();
    assert_eq!(in_order().await, [both, two, one]);

    // One of the two who said yes leaves, and only one is left who could.
    shop.approve(&shop.ben, two).await.unwrap();
    for who in [&shop.ben, &kim] {
        governance.remove_member(&shop.admin, "cs-leads", id_of(who), 9).await.unwrap();
    }
    assert_eq!(in_order().await, [one, both, two], "what is due first comes first among these, too");
    // What it is changed to takes one.
    shop.change_amount(&shop.ana, one, "90.00").await.unwrap();
    shop.reject(&shop.ana, both, "no").await.unwrap();
    governance.add_member(&shop.admin, "cs-leads", id_of(&kim)).await.unwrap();
    shop.change_amount(&kim, two, "260.00").await.unwrap();
    assert_eq!(in_order().await, [two]);
    governance.stop(&shop.operator, None, "").await.unwrap();
    assert_eq!((in_order().await, ids(&shop, &shop.ana, later()).await), (vec![], vec![two, one]));
    shop.release(None, "fine").await;
    assert_eq!(in_order().await, [two, one]);
}

#[tokio::test]
async fn what_an_agent_could_not_carry_out_comes_after_what_waits_for_others() {
    let shop = Shop::open().await;
    let key = shop.second_agent("second").await;
    let vain = shop.governance.ask(&key, "1", refund("80.00").of("yara")).await.unwrap().id;
    let said = shop.waiting(refund("250.00")).await;
    shop.approve(&shop.ana, said).await.unwrap();
    due_in(&shop, vain, 60).await;
    shop.governance.set_mode(&shop.admin, "second", Mode::Shadow, "to watch").await.unwrap();
    assert_eq!(ids(&shop, &shop.ana, later()).await, [said, vain]);
}

#[tokio::test]
async fn whoever_can_say_nothing_to_it_has_not_said_it() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("250.00")).await;
    shop.waiting(refund("80.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    let parts = async |who| list(&shop, who, later()).await.now_and_later;
    assert_eq!(parts(&shop.ana).await, (1, 1));
    assert_eq!(parts(&shop.auditor).await, (2, 0));
    let open = async || shop.database.count("select count(*) from approvals where open").await;
    assert_eq!(open().await, 1);
    shop.reject(&shop.ben, id, "no").await.unwrap();
    assert_eq!((open().await, parts(&shop.ana).await), (0, (1, 0)), "what is over is not looked at again");
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
    let line =
        |kind: &str| record.iter().find(|entry| entry.kind.unwrap().name() == kind).unwrap().sentence.clone().unwrap();
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
