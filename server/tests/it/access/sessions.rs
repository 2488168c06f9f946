//! Sessions: begun at sign-in, ended at sign-out, and as good as the person's account.

use axum::{
    body::Body,
    http::{Request, header},
};
use domain::role::Role;
use server::{router, serve};

use crate::{
    browser::{Browser, PASSWORD},
    front::{Front, config, fingerprint, refund},
    process::Process,
    support::{Shop, id_of},
};

async fn is_in(browser: &Browser<'_>) -> bool {
    browser.get("/stop").await.status == 200
}

#[tokio::test]
async fn a_session_ends_with_the_sign_out() {
    let front = Front::open().await;
    let auditor = front.signed_in(Role::Auditor).await;
    assert!(is_in(&auditor).await);
    let answer = auditor.post("/sign-out", "").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/sign-in"));
    assert!(!is_in(&auditor).await);
    let form = format!("entry={}&reason=x", uuid::Uuid::nil());
    assert_eq!(auditor.post("/api/app/today/calls/settle_breach", &form).await.status, 401);
    assert_eq!(front.shop.database.count("select count(*) from sessions").await, 0);
    assert_eq!(front.shop.entries("signed_out").await.len(), 1);
}

#[tokio::test]
async fn a_session_that_is_over_is_as_good_as_none() {
    let front = Front::open().await;
    let live = front.signed_in(Role::Operator).await;
    assert!(is_in(&live).await);
    let over = front.signed_in(Role::Auditor).await;
    over.post("/sign-out", "").await;
    let mut device = front.browser();
    let signed_in = device.sign_in("operator@front.example").await;
    let mark = signed_in.headers.get_all("set-cookie").iter().nth(1).unwrap().to_str().unwrap();
    device.cookie = mark.split(';').next().unwrap().to_owned();

    let too_fast = async |browser: &Browser<'_>| {
        let calls = (0..700).map(|_| browser.post("/api/app/nothing", ""));
        futures::future::join_all(calls).await.iter().filter(|answer| answer.status == 429).count()
    };
    assert!(too_fast(&over).await > 0, "nothing holds back who had a session once");
    assert!(too_fast(&device).await > 0, "nothing holds back who shows the mark of a device");
    assert_eq!(too_fast(&live).await, 0);
}

#[tokio::test]
async fn each_sign_in_has_a_session_of_its_own() {
    let front = Front::open().await;
    let mut browser = front.signed_in(Role::Auditor).await;
    let first = browser.cookie.clone();
    browser.sign_in("auditor@front.example").await;
    assert_ne!(browser.cookie, first);
    assert!(is_in(&browser).await);
    browser.cookie = first;
    assert!(!is_in(&browser).await, "the session from before still opens");

    let mut planted = front.browser();
    planted.cookie = "reins=AAAAAAAAAAAAAAAAAAAAAA".to_owned();
    planted.sign_in("auditor@front.example").await;
    assert_ne!(planted.cookie, "reins=AAAAAAAAAAAAAAAAAAAAAA");
    assert!(is_in(&planted).await);
    planted.cookie = "reins=AAAAAAAAAAAAAAAAAAAAAA".to_owned();
    assert!(!is_in(&planted).await, "a planted session opens");
}

#[tokio::test]
async fn a_server_whose_clock_is_wrong_lets_people_in() {
    let mut front = Front::open().await;
    front.signed_in(Role::Auditor).await;
    for shift in ["13 hours", "-3 days"] {
        front.shop.database.shift_clock(shift).await;
        front.router = router::router(serve::house(front.shop.replica(), config(1000)).unwrap());
        let mut auditor = front.browser();
        auditor.sign_in("auditor@front.example").await;
        assert!(is_in(&auditor).await, "{shift}");
    }
}

#[tokio::test]
async fn people_change_their_own_password_and_stay_where_they_did() {
    let front = Front::open().await;
    let mut here = front.signed_in(Role::Auditor).await;
    let mut elsewhere = front.browser();
    elsewhere.sign_in("auditor@front.example").await;
    let form = |old: &str, new: &str, again: &str| {
        format!("old_password={old}&password={new}&password_again={again}").replace(' ', "+")
    };
    const NEXT: &str = "another long password";
    for (old, new, again, says) in [
        ("a wrong password", NEXT, NEXT, "The old password is not right, so nothing was changed."),
        (PASSWORD, NEXT, "another longer one", "not the same both times, so nothing was changed."),
        (PASSWORD, "short", "short", "A password has 12 to 200 characters, so nothing was changed."),
        (PASSWORD, PASSWORD, PASSWORD, "The new password is the old one, so nothing was changed."),
    ] {
        let answer = here.post("/settings/password", &form(old, new, again)).await;
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (422, ""), "{says}");
        assert!(answer.text.contains(says) && answer.text.contains("data-answer=\"/settings/password\""), "{answer:?}");
        assert!(!answer.text.contains(NEXT), "a password is in the page");
    }
    assert!(is_in(&here).await && is_in(&elsewhere).await);

    let answer = here.post("/settings/password", &form(PASSWORD, NEXT, NEXT)).await;
    assert_eq!((answer.status.as_u16(), answer.leads_to().as_str()), (303, "/settings/password?done=own-password"));
    assert!(!is_in(&here).await, "the session from before still opens");
    assert!(!is_in(&elsewhere).await);
    here.cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let page = here.get(answer.header("location")).await;
    assert!(page.text.contains("Your password is changed. Everywhere else you are signed out."), "{page:?}");
}

#[tokio::test]
async fn the_cookie_is_kept_from_scripts_and_other_sites() {
    let front = Front::open().await;
    front.signed_in(Role::Auditor).await;
    let answer = front.browser().sign_in("auditor@front.example").await;
    let cookie = answer.header("set-cookie").to_owned();
    for part in ["reins=", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }

    let public = crate::front::config(1000);
    let public = server::config::ServeConfig { public_url: Some("https://reins.example".to_owned()), ..public };
    let front = Front::with(public).await;
    front.signed_in(Role::Auditor).await;
    let answer = front.browser().sign_in("auditor@front.example").await;
    let cookie = answer.header("set-cookie").to_owned();
    for part in ["__Host-reins=", "HttpOnly", "SameSite=Lax", "Path=/", "Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    let device = answer.headers.get_all("set-cookie").iter().nth(1).unwrap().to_str().unwrap().to_owned();
    for part in ["__Host-reins-device=", "HttpOnly", "SameSite=Lax", "Path=/", "Secure"] {
        assert!(device.contains(part), "{device}");
    }
    assert!(answer.header("strict-transport-security").contains("max-age="));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_are_the_same_answer() {
    let front = Front::open().await;
    front.signed_in(Role::Auditor).await;
    let wrong = front.browser().post("/sign-in", "email=auditor@front.example&password=another+password").await;
    let unknown = front.browser().post("/sign-in", "email=nobody@front.example&password=another+password").await;
    for answer in [&wrong, &unknown] {
        assert_eq!((answer.status.as_u16(), answer.header("location"), answer.header("set-cookie")), (401, "", ""));
        assert!(answer.text.contains("The email address and the password do not go together."), "{answer:?}");
    }
    assert_eq!(front.shop.entries("sign_in_failed").await.len(), 2);
}

#[tokio::test]
async fn after_the_sign_in_one_stays_on_this_site() {
    let front = Front::open().await;
    front.signed_in(Role::Auditor).await;
    for (next, to) in [
        ("/approvals?queue=cs-leads", "/approvals?queue=cs-leads"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("", "/"),
    ] {
        let next = next.replace('\t', "%09").replace('&', "%26");
        let form = format!("email=auditor@front.example&password={}&next={next}", PASSWORD.replace(' ', "+"));
        let answer = front.browser().post("/sign-in", &form).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, to), "{next}");
    }
}

#[tokio::test]
async fn who_is_disabled_is_out_at_once_and_who_changes_roles_has_the_new_one() {
    let front = Front::open().await;
    let shop = &front.shop;
    let operator = front.signed_in(Role::Operator).await;
    let me = shop.governance.person_by_email("operator@front.example").await.unwrap().unwrap();

    shop.governance.change_person(&shop.admin, me.id, me.role, Role::Auditor, 9).await.unwrap();
    let answer = operator.post("/api/app/today/calls/settle_breach", &format!("entry={}&reason=x", me.id)).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (403, "\"forbidden\""));

    shop.governance.disable_person(&shop.admin, me.id, 9).await.unwrap();
    assert!(!is_in(&operator).await);
    assert_eq!(operator.post("/stop", "").await.header("location"), "/sign-in?error=signed-out");
    assert_ne!(id_of(&shop.admin), me.id);
    assert_eq!(shop.database.count("select count(*) from stops").await, 0);
}

#[tokio::test]
async fn an_auditor_approves_nothing_and_a_reviewer_manages_nobody() {
    let front = Front::open().await;
    let shop = &front.shop;
    let auditor = front.signed_in(Role::Auditor).await;
    let id = front.ask(&refund("80.00")).await["id"].as_str().unwrap().parse().unwrap();
    let digest = shop.look_at(id).await.digest;
    let form = format!("id={id}&digest={digest}&note=");
    let answer = auditor.post("/api/app/approvals/calls/approve", &form).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (403, "\"forbidden\""));
    assert_eq!(shop.state(id).await.name(), "waiting");

    let reviewer = front.signed_in(Role::Reviewer).await;
    let page = reviewer.get("/settings/people").await;
    assert_eq!(page.status, 403);
    assert!(!page.text.contains("admin@"), "the page names people");
    let refusals = shop.entries("refused").await;
    let what: Vec<_> = refusals.iter().map(|detail| detail["what"].as_str().unwrap()).collect();
    assert!(what.starts_with(&["decide a request", "manage people and queues"]), "{what:?}");
}

#[tokio::test]
async fn a_member_of_the_queue_approves_by_a_plain_form() {
    let front = Front::open().await;
    let shop = &front.shop;
    let reviewer = front.signed_in(Role::Reviewer).await;
    let me = shop.governance.person_by_email("reviewer@front.example").await.unwrap().unwrap();
    shop.governance.add_member(&shop.admin, "cs-leads", me.id).await.unwrap();
    let id = front.ask(&refund("80.00")).await["id"].as_str().unwrap().parse().unwrap();
    let digest = shop.look_at(id).await.digest;
    let from = [("sec-fetch-site", "same-origin"), ("accept", "text/html"), ("referer", "http://reins.example/x")];
    let form = format!("id={id}&digest={digest}&note=");
    let answer = reviewer.post_from("/api/app/approvals/calls/approve", &form, &from).await;
    assert_eq!((answer.status.as_u16(), answer.leads_to()), (302, format!("/approvals/{id}?done=approved")));
    assert_eq!(shop.state(id).await.name(), "approved");
}

#[tokio::test]
async fn what_is_too_long_for_a_function_is_refused_in_words() {
    let front = Front::open().await;
    let operator = front.signed_in(Role::Operator).await;
    let before = fingerprint(&front.shop).await;
    let form = format!("entry=none&reason={}", "x".repeat(3_000_000));
    let answer = operator.post("/api/app/today/calls/settle_breach", &form).await;
    assert_eq!(answer.status, 413);
    assert!(answer.text.contains("more than 2 MB, so nothing was changed"), "{answer:?}");
    assert_eq!(fingerprint(&front.shop).await, before);
}

#[tokio::test]
async fn a_stop_is_pressed_by_a_form_that_says_nothing_of_itself() {
    let front = Front::open().await;
    let auditor = front.signed_in(Role::Auditor).await;
    for (path, content_type) in [("/stop/support", None), ("/stop", Some("application/json"))] {
        let request = Request::builder().method("POST").uri(path).header(header::COOKIE, &auditor.cookie);
        let mut request = request.header("sec-fetch-site", "same-origin");
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        let answer = front.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/stop"), "{path}: {answer:?}");
    }
    assert_eq!(front.shop.governance.stops(&front.shop.operator).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_session_that_somebody_made_up_is_no_line_in_the_log() {
    let shop = Shop::open().await;
    let path = std::env::temp_dir().join(format!("reins {} log", std::process::id()));
    let log = std::fs::File::create(&path).unwrap();
    let process = Process::serve_with(&shop.database.server_url(), None, &[], log.into()).await;
    for n in 0..5 {
        let made_up = format!("reins={n}AAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(process.browser(&made_up).get("/").await.unwrap().status, 303);
    }
    process.kill().await;
    let said = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(!said.contains("WARN") && !said.contains("session"), "{said}");
}

#[tokio::test]
async fn an_open_session_is_not_enough_to_choose_ones_own_password() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let me = front.shop.governance.person_by_email("admin@front.example").await.unwrap().unwrap().id;
    let form = format!("id={me}&password=long+enough+for+it");
    let answer = admin.post("/api/app/settings/calls/set_password", &form).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (409, "\"own_password\""));
    let page = admin.get("/settings/people").await.text;
    assert!(page.contains("href=\"/settings/password\">Change your password"), "{page}");
}

#[tokio::test]
async fn a_password_says_whether_another_admin_has_to_accept_it() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let proposes = "Propose password";
    assert!(!admin.get("/settings/people").await.text.contains(proposes));
    front.shop.person("Ida", Role::Admin).await;
    front.shop.governance.need_two_to_publish(&front.shop.admin).await.unwrap();
    let page = admin.get("/settings/people").await.text;
    // Ada, and who decides for a queue.
    let row = |name: &str| page.split("<tr").find(|row| row.contains(&format!("<strong>{name}<"))).unwrap();
    for name in ["Ada", "Ana"] {
        assert!(row(name).contains(proposes) && row(name).contains("once another admin accepts that"), "{}", row(name));
    }
    assert!(row("Sam").contains("Set password") && row("Sam").contains("Their sessions end"), "{}", row("Sam"));
}
