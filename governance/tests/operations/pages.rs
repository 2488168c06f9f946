//! Pages: each reads with one connection at a time, and none reads whole tables.

use governance::{Pools, Result};

use crate::support::{Shop, refund};

#[tokio::test]
async fn no_page_needs_two_connections_at_once() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    let granted = shop.ask(refund("40.00")).await;
    shop.report(granted.id, &granted.grant.unwrap().token, domain::state::Outcome::Succeeded).await.unwrap();
    let governance = shop.replica_with(Pools { decisions: 1, controls: 1, pages: 1 });
    let who = &shop.operator;
    let filter = Default::default();
    let answers: Vec<(&str, Result<()>)> = vec![
        ("frame", governance.frame(who).await.map(drop)),
        ("today", governance.today(who).await.map(drop)),
        ("approvals", governance.approvals(who, None).await.map(drop)),
        ("request", governance.request(who, id).await.map(drop)),
        ("agents", governance.agents(who).await.map(drop)),
        ("agent", governance.agent(who, "support").await.map(drop)),
        ("days", governance.days(who, "support").await.map(drop)),
        ("stop", governance.stop_page(who).await.map(drop)),
        ("record", governance.record(who, &filter).await.map(drop)),
        ("integrations", governance.integrations(who).await.map(drop)),
        ("queues", governance.queues(who).await.map(drop)),
        ("people", governance.people(&shop.admin).await.map(drop)),
        ("keys", governance.keys(&shop.admin).await.map(drop)),
        ("roll back", governance.roll_back(who, granted.id, "wrong").await),
        ("follow", governance.follow(&shop.key, id).await.map(drop).map_err(|_| governance::Error::Unavailable)),
        ("refused", governance.approve(&shop.lee, id, "", "").await.or(Ok(()))),
    ];
    for (page, answer) in answers {
        assert!(answer.is_ok(), "{page}: {answer:?}");
    }
}
