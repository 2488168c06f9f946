//! The stream that tells pages of changes: as long as the session is good, and so many for each person.

use std::time::Duration;

use axum::{
    body::{Body, BodyDataStream},
    http::{Request, header},
};
use domain::role::Role;
use futures::StreamExt;
use tokio::time::timeout;

use crate::{browser::Browser, front::Front};

async fn follow(front: &Front, browser: &Browser<'_>) -> (u16, BodyDataStream) {
    let request = Request::get("/live").header(header::COOKIE, &browser.cookie).body(Body::empty()).unwrap();
    let (status, body) = front.open_stream(request).await;
    (status.as_u16(), body)
}

async fn ends(mut body: BodyDataStream) -> bool {
    let ended = async { while let Some(Ok(_)) = body.next().await {} };
    // Whatever else runs on the same PostgreSQL holds the feed up for as long as it writes.
    timeout(Duration::from_secs(30), ended).await.is_ok()
}

#[tokio::test]
async fn who_may_not_sign_in_any_more_or_has_signed_out_hears_of_nothing() {
    let front = Front::open().await;
    let operator = front.signed_in(Role::Operator).await;
    let auditor = front.signed_in(Role::Auditor).await;
    let (_, of_operator) = follow(&front, &operator).await;
    let (_, of_auditor) = follow(&front, &auditor).await;
    let me = front.shop.governance.person_by_email("operator@front.example").await.unwrap().unwrap();
    front.shop.governance.disable_person(&front.shop.admin, me.id, 9).await.unwrap();
    assert!(ends(of_operator).await, "a disabled person still listens");
    assert_eq!(auditor.post("/sign-out", "").await.status, 303);
    assert!(ends(of_auditor).await, "somebody who has signed out still listens");
}

#[tokio::test]
async fn a_person_holds_so_many_streams_and_no_more() {
    let front = Front::open().await;
    let operator = front.signed_in(Role::Operator).await;
    let auditor = front.signed_in(Role::Auditor).await;
    let mut held = Vec::new();
    for _ in 0..32 {
        let (status, body) = follow(&front, &operator).await;
        assert_eq!(status, 200);
        held.push(body);
    }
    assert_eq!(follow(&front, &operator).await.0, 429);
    assert_eq!(follow(&front, &auditor).await.0, 200, "somebody else's");
    held.pop();
    assert_eq!(follow(&front, &operator).await.0, 200);
}
