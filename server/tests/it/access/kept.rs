//! What is sent without a session, or by another person than its page was drawn for, is kept in the answer, to be sent again.

use domain::role::Role;
use governance::{Actor, Pressed};
use tokio::task::JoinSet;

use crate::{
    browser::Browser,
    front::{Answer, Front, fingerprint, refund},
    parsed::Page,
};

const REJECT: &str = "/api/app/approvals/calls/reject";

/// As a browser without JavaScript sends a form.
const PLAIN: [(&str, &str); 4] = [
    ("sec-fetch-site", "same-origin"),
    ("sec-fetch-mode", "navigate"),
    ("accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
    ("referer", "http://reins.example/approvals/1"),
];

fn is_turned_away(answer: &Answer) -> bool {
    answer.status == 303 && answer.header("location") == "/sign-in?error=signed-out" && answer.text.is_empty()
}

#[tokio::test]
async fn what_was_written_is_there_again_and_can_be_sent_again() {
    let front = Front::open().await;
    let reviewer = front.signed_in(Role::Reviewer).await;
    let me = front.shop.governance.person_by_email("reviewer@front.example").await.unwrap().unwrap();
    front.shop.governance.add_member(&front.shop.admin, "cs-leads", me.id).await.unwrap();
    let id = front.ask(&refund("80.00")).await["id"].as_str().unwrap().to_owned();
    let digest = front.shop.look_at(id.parse().unwrap()).await.digest;
    let before = fingerprint(&front.shop).await;

    let form = format!("id={id}&digest={digest}&reason=%22%3Cb%3E+used%22%0D%0Aand+broken");
    let answer = front.browser().post_from(REJECT, &form, &PLAIN).await;
    assert_eq!(answer.status, 401, "{answer:?}");
    assert!(answer.text.contains("You are signed out. Nothing was done, and what you wrote is kept here."));
    assert!(answer.text.contains(r#"<a href="/sign-in" target="_blank" rel="noopener">"#));
    let reason = "<input type=\"hidden\" name=\"reason\" value=\"&quot;&lt;b&gt; used&quot;\r\nand broken\">";
    assert!(answer.text.contains(reason), "{}", answer.text);
    assert_eq!(fingerprint(&front.shop).await, before);

    let again = answer.text.split("action=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(again, format!("{REJECT}?back=%2Fapprovals%2F1"));
    let mut plain = PLAIN;
    let here = format!("http://reins.example{again}");
    plain[3] = ("referer", &here);
    let wrong = reviewer.post_from(&again, &format!("id={id}&digest={digest}&reason="), &plain).await;
    assert_eq!(wrong.status.as_u16(), 422);
    assert!(wrong.text.contains(&format!("data-answer=\"/approvals/{id}\"")));
    let done = reviewer.post_from(&again, &form, &plain).await;
    assert_eq!((done.status.as_u16(), done.leads_to()), (302, format!("/approvals/{id}?done=rejected")));
    assert_eq!(front.shop.state(id.parse().unwrap()).await.name(), "rejected");
}

#[tokio::test]
async fn nothing_is_kept_of_other_sites_nor_of_passwords_nor_of_what_is_too_long() {
    let front = Front::open().await;
    let nobody = front.browser();
    let mut elsewhere = PLAIN;
    elsewhere[0] = ("sec-fetch-site", "cross-site");
    let forged = nobody.post_from(REJECT, "id=x&reason=forged", &elsewhere).await;
    assert!(forged.status == 403 && !forged.text.contains("forged"), "{forged:?}");

    for form in ["id=x&password=long+enough", "id=x&newPassword=long+enough"] {
        assert!(is_turned_away(&nobody.post_from(REJECT, form, &PLAIN).await), "{form}");
    }
    let long = format!("id=x&reason={}", "x".repeat(256 * 1024));
    assert!(is_turned_away(&nobody.post_from(REJECT, &long, &PLAIN).await));
    assert!(is_turned_away(&nobody.post_from("/sign-out", "", &PLAIN).await));
    let kept = format!("reason={}", "x".repeat(255 * 1024));
    assert_eq!(nobody.post_from("/stop", &kept, &PLAIN).await.status, 401);

    // The client stays on its page, which holds what was typed.
    let client = [("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "cors"), ("accept", "text/html")];
    assert!(is_turned_away(&nobody.post_from(REJECT, "id=x&reason=typed", &client).await));
}

/// The address of the one form of a page that posts there.
async fn address(browser: &Browser<'_>, page: &str, path: &str) -> String {
    let page = Page::read(&browser.get(page).await.text);
    page.forms().into_iter().find(|form| form.path() == path).unwrap().action
}

#[tokio::test]
async fn a_page_of_somebody_else_changes_nothing_in_my_name_and_keeps_what_was_written() {
    let front = Front::open().await;
    let (lea, liz) = (front.signed_in(Role::Manager).await, front.signed_in(Role::Admin).await);
    let tighten = address(&lea, "/agents/support", "/api/app/agents/calls/tighten").await;
    let before = fingerprint(&front.shop).await;

    let form = "agent=support&reason=All+%3Cof%3E+them&days=";
    let answer = liz.post_from(&tighten, form, &PLAIN).await;
    assert_eq!(answer.status, 409, "{answer:?}");
    let said = "“admin” is signed in now, and this page was opened by somebody else. Nothing was done, and what you wrote is \
                kept here.";
    assert!(answer.text.contains(said), "{}", answer.text);
    let kept = Page::read(&answer.text);
    assert_eq!(kept.value("reason"), "All <of> them");
    // The client stays on its page, which holds what was typed.
    let client = [("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "cors"), ("accept", "text/html")];
    let answer = liz.post_from(&tighten, form, &client).await;
    assert!(answer.status == 409 && answer.text.contains("Nothing was done.</p>"), "{answer:?}");
    // What cannot be kept is said not to be, with the way back.
    let long = format!("agent=support&reason={}", "x".repeat(256 * 1024));
    let mut elsewhere = PLAIN;
    elsewhere[3] = ("referer", "http://elsewhere.example/approvals/1");
    for (form, headers, back) in [
        ("password=long+enough", PLAIN, "/approvals/1"),
        (long.as_str(), PLAIN, "/approvals/1"),
        (long.as_str(), elsewhere, "/"),
    ] {
        let answer = liz.post_from(&tighten, form, &headers).await;
        let said = "Nothing was done, and what you wrote was not kept.</p>";
        assert!(answer.status == 409 && answer.text.contains(said), "{answer:?}");
        assert!(answer.text.contains(&format!("<a href=\"{back}\">Back</a>")), "{}", answer.text);
    }
    for nobody in ["", "0", "%00"] {
        let (path, _) = tighten.split_once('=').unwrap();
        assert_eq!(liz.post_from(&format!("{path}={nobody}"), form, &client).await.status, 409, "{nobody}");
    }
    assert_eq!(fingerprint(&front.shop).await, before);

    let again = &kept.forms()[0].action;
    assert_eq!(liz.post_from(again, form, &PLAIN).await.status, 409, "sent again by the same");
    let done = lea.post_from(again, form, &PLAIN).await;
    assert_eq!(done.status, 302, "{done:?}");
    assert_ne!(fingerprint(&front.shop).await, before);
}

#[tokio::test]
async fn a_reason_of_a_stop_that_is_not_kept_is_given_back() {
    let front = Front::open().await;
    let operator = front.signed_in(Role::Operator).await;
    front.shop.database.break_inserts("entries", "new.kind = 'stopped'").await;
    let me = front.shop.governance.person_by_email("operator@front.example").await.unwrap().unwrap();
    let say = |n: usize| {
        let (governance, me) = (front.shop.governance.clone(), Actor::Person(me.clone()));
        async move { governance.press(&me, Some("support"), &format!("reason {n}")).await.unwrap() }
    };
    assert_eq!(say(0).await, Pressed::NotRecorded);
    (1..20).map(say).collect::<JoinSet<_>>().join_all().await;
    let answer = operator.post("/stop/support", "reason=the+%3Cbank%3E+called").await;
    assert!(answer.status == 503 && answer.text.contains("that this one is not kept"), "{answer:?}");
    assert!(answer.text.contains("<bdi>the &lt;bank&gt; called</bdi>"), "{}", answer.text);
}

#[tokio::test]
async fn what_was_written_for_a_stop_that_has_no_place_goes_with_one_of_everything() {
    let front = Front::open().await;
    let operator = front.signed_in(Role::Operator).await;
    let me = front.shop.governance.person_by_email("operator@front.example").await.unwrap().unwrap();
    let mut other = front.shop.database.owner.acquire().await.unwrap();
    sqlx::Executor::execute(&mut *other, "begin; select pg_advisory_xact_lock_shared(90457536090880)").await.unwrap();
    let press = |n: usize| {
        let (governance, me) = (front.shop.governance.clone(), Actor::Person(me.clone()));
        async move { governance.press(&me, Some(&format!("nope{n}")), "").await.unwrap() }
    };
    (0..100).map(press).collect::<JoinSet<_>>().join_all().await;
    let answer = operator.post("/stop/support", "reason=the+%3Cbank%3E+called").await;
    assert!(answer.status == 503 && answer.text.contains("<bdi>the &lt;bank&gt; called</bdi>"), "{answer:?}");
    let page = Page::read(&answer.text);
    assert_eq!((page.forms()[0].action.as_str(), page.value("reason")), ("/stop", "the <bank> called"));
}

#[tokio::test]
async fn a_stop_goes_through_whoever_is_signed_in() {
    let front = Front::open().await;
    let (lea, liz) = (front.signed_in(Role::Manager).await, front.signed_in(Role::Auditor).await);
    let own = address(&lea, "/settings/password", "/settings/password").await;
    let (_, by) = own.split_once('?').unwrap();
    let stops = || front.shop.database.count("select count(*) from stops");
    for (browser, stopped) in [(&lea, 1), (&liz, 2)] {
        let answer = browser.post(&format!("/stop/support?{by}"), "").await;
        assert_eq!(answer.status, 303, "{answer:?}");
        assert_eq!(stops().await, stopped);
        let stop = front.shop.governance.stops(&front.shop.operator).await.unwrap();
        front.shop.governance.release(&front.shop.operator, stop[0].id, stop[0].said, "next").await.unwrap();
    }
}
