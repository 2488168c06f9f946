//! Each answer names its call, and so does what the call has written.

use std::collections::BTreeSet;

use domain::role::Role;
use uuid::Uuid;

use crate::front::{Answer, Front, refund};

fn call(answer: &Answer) -> Uuid {
    answer.header("x-request-id").parse().unwrap()
}

async fn kinds(front: &Front, call: Uuid) -> Vec<String> {
    let kinds = sqlx::query_scalar("select kind from entries where call = $1").bind(call);
    kinds.fetch_all(&front.shop.database.owner).await.unwrap()
}

#[tokio::test]
async fn an_answer_and_its_entries_name_the_same_call() {
    let front = Front::open().await;
    let reviewer = front.signed_in(Role::Reviewer).await;
    let asked = front.post("/actions", "k", &refund("5.00")).await;
    let refused = reviewer.get("/settings/people").await;
    let forged = reviewer.post_from("/stop", "", &[]).await;
    let stopped = reviewer.post("/stop", "reason=now").await;
    for (answer, kind) in [(&asked, "asked"), (&refused, "refused"), (&forged, "refused"), (&stopped, "stopped")] {
        assert_eq!(kinds(&front, call(answer)).await, [kind], "{answer:?}");
    }
    let nothing = [front.browser().get("/health").await, front.browser().get("/nothing-here").await];
    let calls: BTreeSet<Uuid> = [&asked, &refused, &forged, &stopped].into_iter().chain(&nothing).map(call).collect();
    assert_eq!(calls.len(), 6);
}

#[tokio::test]
async fn a_page_that_cannot_be_shown_names_its_call() {
    let front = Front::open().await;
    let reviewer = front.signed_in(Role::Reviewer).await;
    let missing = reviewer.get("/agents/nobody").await;
    assert!(!missing.text.contains(&call(&missing).to_string()), "{}", missing.text);
    front.shop.database.run("alter table requests rename to elsewhere").await;
    let page = reviewer.get("/").await;
    assert!(page.text.contains(&call(&page).to_string()), "{}", page.text);
}
