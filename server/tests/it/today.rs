//! Today and the list of what waits, as somebody reads them.

use domain::role::Role;

use crate::{
    browser::Browser,
    front::{Front, refund},
    support::id_of,
};

#[tokio::test]
async fn what_others_have_to_settle_stands_apart_from_what_the_reader_decides() {
    let front = Front::open().await;
    let unknown = front.ask(&refund("5.00")).await["id"].as_str().unwrap().to_owned();
    front.shop.database.run(format!("update requests set state = 'unknown' where id = '{unknown}'")).await;
    let (reviewer, operator) = (front.signed_in(Role::Reviewer).await, front.signed_in(Role::Operator).await);
    let governance = &front.shop.governance;
    let me = governance.person_by_email("reviewer@front.example").await.unwrap().unwrap();
    governance.add_member(&front.shop.admin, "cs-leads", me.id).await.unwrap();
    let parts = async |who: &Browser<'_>| {
        let text = who.get("/").await.text.replace("<!>", "");
        let (_, mine) = text.split_once("What needs you").unwrap();
        let (mine, _) = mine.split_once(">Agents</h2>").unwrap();
        match mine.split_once("What needs others") {
            Some((mine, others)) => (mine.to_owned(), others.to_owned()),
            None => (mine.to_owned(), String::new()),
        }
    };
    let is_unknown = |part: &str| part.contains("Outcome unknown");
    let (mine, others) = parts(&reviewer).await;
    assert!(mine.contains("Nothing needs you") && is_unknown(&others), "{mine} {others}");
    front.ask(&refund("80.00")).await;
    let (mine, others) = parts(&reviewer).await;
    assert!(mine.contains("1 request waits for your decision") && !is_unknown(&mine), "{mine}");
    assert!(is_unknown(&others), "{others}");
    let (mine, others) = parts(&operator).await;
    assert!(is_unknown(&mine) && others.is_empty(), "{mine} {others}");

    let agent = async || operator.get("/agents/support").await.text.replace("<!>", "");
    let page = agent().await;
    assert!(page.contains(", 1 unknown outcome to settle.") && !page.contains("healthy"), "{page}");
    let breach = format!(
        "insert into breaches (entry_id, request_id, agent_id, at, outcome, granted) \
         select gen_random_uuid(), id, agent_id, told_now(), 'succeeded', false from requests where id = '{unknown}'"
    );
    front.shop.database.run(breach).await;
    let page = agent().await;
    assert!(
        page.contains(", 1 breach and 1 unknown outcome to settle.") && page.contains("Breach to settle"),
        "{page}"
    );
}

#[tokio::test]
async fn a_row_says_that_nobody_can_approve_it_and_a_page_leads_to_the_next() {
    let front = Front::open().await;
    let shop = &front.shop;
    for customer in 0..51 {
        let mut ask = refund("80.00");
        ask["customer"]["id"] = format!("customer-{customer}").into();
        front.ask(&ask).await;
    }
    front.ask(&refund("350.00")).await;
    let lead = front.signed_in(Role::Reviewer).await;
    shop.governance.remove_member(&shop.admin, "legal", id_of(&shop.lee), 1).await.unwrap();
    let page = async |path: &str| lead.get(path).await.text.replace("<!>", "");
    let first = page("/approvals").await;
    assert!(first.contains("52 in all") && !first.contains("Back to the first"), "{first}");
    assert!(!first.contains("Nobody can approve it") && first.contains("Next 2 of 52"), "{first}");
    let (before, _) = first.split_once(r#"" rel="next""#).unwrap();
    let (_, next) = before.rsplit_once(r#"href=""#).unwrap();
    let second = page(&next.replace("&amp;", "&")).await;
    assert!(second.contains("Nobody can approve it") && second.contains("$350.00"), "{second}");
    assert!(second.contains("Back to the first") && !second.contains("rel=\"next\""), "{second}");
}
