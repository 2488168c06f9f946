//! Posts that another site makes a browser send.

use domain::role::Role;

use crate::{
    browser::Browser,
    front::{Front, fingerprint, refund},
};

const APPROVE: &str = "/api/app/approvals/calls/approve";

/// Headers of posts that do not come from a page of this site.
const FORGED: [&[(&str, &str)]; 8] = [
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "cross-site"), ("origin", "http://reins.example")],
    &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
    &[("origin", "https://evil.example")],
    &[("origin", "https://reins.example")],
    &[("origin", "null")],
    &[],
];

async fn refused(front: &Front, browser: &Browser<'_>, path: &str, form: &str, from: &[(&str, &str)]) {
    let count = format!(
        "select count(*) from entries join personal on entry_id = id where kind = 'refused'
             and detail ->> 'what' = 'post from another site' and body::json ->> 'about' = '{path}'"
    );
    let before = front.shop.database.count(&count).await;
    let answer = browser.post_from(path, form, from).await;
    assert_eq!(answer.status, 403, "{from:?} {path}");
    assert_eq!(front.shop.database.count(&count).await, before + 1, "{from:?} {path}");
}

#[tokio::test]
async fn they_are_refused_on_record() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let id = front.ask(&refund("80.00")).await["id"].as_str().unwrap().to_owned();
    let digest = front.shop.look_at(id.parse().unwrap()).await.digest;
    let form = format!("id={id}&digest={digest}&note=");
    for from in FORGED {
        refused(&front, &admin, APPROVE, &form, from).await;
        refused(&front, &admin, "/stop", "", from).await;
        refused(&front, &admin, "/sign-out", "", from).await;
        refused(&front, &admin, "/settings/keys/create", "agent=support&kind=agent&label=x", from).await;
    }
    assert_eq!(front.shop.state(id.parse().unwrap()).await.name(), "waiting");
    assert_eq!(front.shop.database.count("select count(*) from stops").await, 0);
    assert_eq!(admin.get("/").await.status, 200);
}

#[tokio::test]
async fn nobody_can_be_signed_in_or_made_admin_by_another_site() {
    let front = Front::open().await;
    front.signed_in(Role::Admin).await;
    let before = fingerprint(&front.shop).await;
    for from in FORGED {
        for path in ["/sign-in", "/setup"] {
            let form = "email=admin@front.example&password=a+long+password&code=x&name=X";
            let answer = front.browser().post_from(path, form, from).await;
            assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (403, ""), "{from:?} {path}");
        }
    }
    assert_eq!(fingerprint(&front.shop).await, before);
}

#[tokio::test]
async fn an_older_browser_is_known_by_its_origin() {
    let front = Front::open().await;
    let auditor = front.signed_in(Role::Auditor).await;
    let answer = auditor.post_from("/stop/support", "", &[("origin", "http://reins.example")]).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/stop"));
    assert_eq!(front.shop.database.count("select count(*) from stops").await, 1);
}

#[tokio::test]
async fn an_error_leads_back_to_this_site_only() {
    let front = Front::open().await;
    let auditor = front.signed_in(Role::Auditor).await;
    let form = format!("entry={}&reason=x", uuid::Uuid::nil());
    for (referer, elsewhere) in [("https://evil.example/x", true), ("http://reins.example/activity", false)] {
        let from = [("sec-fetch-site", "same-origin"), ("accept", "text/html,"), ("referer", referer)];
        let answer = auditor.post_from("/api/app/today/calls/settle_breach", &form, &from).await;
        assert!(!answer.header("location").contains("evil.example"), "{answer:?}");
        assert_eq!(answer.header("location").starts_with("/activity?failed="), !elsewhere, "{answer:?}");
    }
}
