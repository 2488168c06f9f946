//! An address that somebody else has written fills no form, and says nothing in Reins' name.

use app::paths::escaped;
use axum::{body::Body, extract::Request};
use domain::role::Role;

use crate::{browser::PASSWORD, front::Front, parsed::Page};

const CREATE: &str = "/api/app/agents/calls/create_agent";

/// A form without a script, on the page for a new agent.
fn from(page: &str) -> [(&'static str, String); 3] {
    [
        ("sec-fetch-site", "same-origin".to_owned()),
        ("accept", "text/html,application/xhtml+xml".to_owned()),
        ("referer", format!("http://reins.example{page}")),
    ]
}

#[tokio::test]
async fn what_nobody_here_wrote_fills_and_says_nothing() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let error = "ImV4aXN0cyI%3D";
    for address in [
        "/agents/new?name=Evil&slug=evil&purpose=Evil&start=ads&amount=1&currency=EUR".to_owned(),
        format!("/agents/support?reason=Evil&__path={}&__err={error}", escaped("/api/app/agents/calls/set_mode")),
        format!("/agents/new?name=Evil&__path={}&__err={error}", escaped(CREATE)),
        format!("/agents/new?refused={}", escaped("{\"form\":\"x\",\"error\":\"exists\",\"typed\":\"Evil\"}.0")),
        "/settings/data-sets?name=Evil&label=Evil&note=Evil&new=yes".to_owned(),
        "/agents/support/permissions/publish?note=Evil&accepted=Evil".to_owned(),
        format!("/agents/support/permissions?both={}", escaped("[[{\"part\":\"rule\",\"id\":\"Evil\"}],0].0")),
        format!(
            "/agents/support/permissions?refused=%22exists%22&wrote={}",
            escaped("{\"form\":\"mask\",\"pointers\":\"Evil\"}")
        ),
        "/setup?error=name&name=Evil&email=Evil@x.example".to_owned(),
        "/agents?done=published".to_owned(),
        "/agents/support?done=published.00000000000000000000000000000000".to_owned(),
    ] {
        let answer = admin.get(&address).await;
        assert!(answer.status.is_success() || answer.status == 404, "{address}: {answer:?}");
        let page = Page::read(&answer.text);
        for element in
            page.all().iter().filter(|element| ["input", "textarea", "li", "p"].contains(&element.name.as_str()))
        {
            assert!(!element.text.contains("Evil"), "{address}: {element:?}");
            // Where the stop leads back to, and the way in again.
            assert!(
                element.attribute("name") == "from" || !element.attribute("value").contains("Evil"),
                "{address}: {element:?}"
            );
        }
        assert!(!answer.text.contains("Published.") && !answer.text.contains("That exists already"), "{address}");
    }
}

#[tokio::test]
async fn what_travels_back_is_for_one_session_and_one_page() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let typed = "name=Support&slug=support&purpose=What+I+wrote&start[point]=nothing";
    let headers = from("/agents/new");
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let answer = admin.post_from(CREATE, typed, &headers).await;
    let address = answer.header("location").to_owned();
    assert!(address.starts_with("/agents/new?refused="), "{answer:?}");
    let page = admin.get(&address).await;
    assert!(page.text.contains("That exists already"), "{page:?}");
    assert_eq!(Page::read(&page.text).value("purpose"), "What I wrote");

    let mut other = front.browser();
    other.sign_in("admin@front.example").await;
    let elsewhere = address.replace("/agents/new", "/agents/import");
    let (start, mark) = address.split_at(address.len() - 1);
    let altered = format!("{start}{}", if mark == "0" { "1" } else { "0" });
    for page in [other.get(&address).await, admin.get(&elsewhere).await, admin.get(&altered).await] {
        assert_eq!(page.status, 200);
        let read = Page::read(&page.text);
        assert!(read.controls("purpose").all(|purpose| purpose.text.trim().is_empty()), "{page:?}");
        assert!(!read.named("p").any(|text| text.text.contains("What I wrote")), "{page:?}");
        assert!(!page.text.contains("That exists already"), "{page:?}");
    }
}

#[tokio::test]
async fn a_failure_seals_nothing_of_the_address_that_its_form_stood_at() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let hostile = "/agents/support?reason=Evil&done=published.0&failed=Evil&refused=Evil";
    let headers = from(hostile);
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let form = "agent=support&reason=&days=";
    let answer = admin.post_from("/api/app/agents/calls/tighten", form, &headers).await;
    let address = answer.header("location").to_owned();
    assert!(address.starts_with("/agents/support?reason=Evil&failed="), "{answer:?}");
    let page = admin.get(&address).await;
    assert!(page.text.contains("Give a reason of at most 2,000 characters"), "{page:?}");
    assert!(!page.text.contains(">Evil") && !page.text.contains("\nEvil"), "{page:?}");
}

#[tokio::test]
async fn what_was_not_done_stands_in_its_form_again_and_in_no_other() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let shop = &front.shop;
    let shown = async |path: &str, page: &str, form: &str| {
        let headers = from(page);
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answer = admin.post_from(path, form, &headers).await;
        let answer = if answer.status == 302 { admin.get(answer.header("location")).await } else { answer };
        let filled = Page::read(&answer.text).forms().into_iter().filter(|form| form.path() == path);
        filled.map(|form| form.controls).collect::<Vec<_>>()
    };
    let holds = |form: &[(String, String, bool)], name: &str, value: &str| {
        form.iter().any(|(known, text, _)| known == name && text.trim_start_matches('\n') == value)
    };

    let tighten = "/api/app/agents/calls/tighten";
    let form = "agent=support&actions[]=order.refund&days=x&reason=Two+lines%0D%0Aof+it";
    let forms = shown(tighten, "/agents/support", form).await;
    assert!(holds(&forms[0], "reason", "Two lines\nof it"), "{forms:?}");
    assert!(holds(&forms[0], "actions[]", "order.refund") && !holds(&forms[0], "actions[]", "gift.send"), "{forms:?}");

    for actions in ["order.refund", "gift.send"] {
        let actions = [actions.to_owned()].into();
        shop.governance.tighten(&shop.admin, "support", actions, "odd", None).await.unwrap();
    }
    let lift = "/api/app/agents/calls/lift";
    let forms = shown(lift, "/agents/support", "").await;
    let second = &forms[1].iter().find(|(name, ..)| name == "tightening").unwrap().1;
    let long = "%D1%8F".repeat(2001);
    let forms = shown(lift, "/agents/support", &format!("agent=support&tightening={second}&reason={long}")).await;
    assert!(holds(&forms[0], "reason", "") && holds(&forms[1], "reason", &"я".repeat(2001)), "{forms:?}");

    let add = "/api/app/settings/calls/add_person";
    let form = "name=Zoe&email=nowhere&role=reviewer&password=a+secret+of+theirs";
    let forms = shown(add, "/settings/people", form).await;
    let [name, role, password] = ["name", "role", "password"]
        .map(|name| forms[0].iter().find(|(known, ..)| known == name).map(|(_, text, _)| text.as_str()).unwrap());
    assert_eq!((name, role, password), ("Zoe", "reviewer", ""));
}

#[tokio::test]
async fn a_name_that_looks_like_another_is_refused_with_that_other() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    front.shop.governance.add_queue(&front.shop.admin, "vip", "VIP <desk>").await.unwrap();
    let add = "/api/app/settings/calls/add_queue";
    let long = format!("name=Supp%D0%BErt&slug=other&start[point]=nothing&purpose={}", "%D1%8F".repeat(2000));
    for (path, page, form, said) in [
        (
            add,
            "/settings/queues",
            "name=V%D0%86P+%3Cdesk%3E&slug=other",
            "queue, <bdi class=\"value\">VIP &lt;desk&gt;</bdi>",
        ),
        (CREATE, "/agents/new", &long, "agent, <bdi class=\"value\">Support</bdi>"),
    ] {
        let headers = from(page);
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answer = admin.post_from(path, form, &headers).await;
        let answer = if answer.status == 302 { admin.get(answer.header("location")).await } else { answer };
        assert!(answer.text.contains("looks like that of another"), "{answer:?}");
        let text = answer.text.replace("<!>", "");
        assert!(text.contains(said), "{text}");
    }
    let forged = admin.get("/settings/queues?failed=x&why=Evil").await;
    assert!(!Page::read(&forged.text).named("p").any(|text| text.text.contains("Evil")), "{forged:?}");
}

#[tokio::test]
async fn five_hundred_words_come_back_whole_and_can_be_accepted() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let words: Vec<String> = (100..600).map(|number| format!("{}{number}", "я".repeat(97))).collect();
    let path = "/api/app/catalog/calls/put_words";
    let headers = from("/settings/words");
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let form = |note: &str| format!("topic=legal&note={note}&words={}", escaped(&words.join("\r\n")));
    let answer = admin.post_from(path, &form(""), &headers).await;
    assert_eq!(answer.status, 422, "{answer:?}");
    let page = Page::read(&answer.text);
    assert_eq!(page.value("words").trim(), words.join("\n"));
    assert!(answer.text.contains("data-answer=\"/settings/words\""), "{answer:?}");
    let answer = admin.post_from(path, &form("as+the+lawyers+say"), &headers).await;
    assert_eq!(answer.status, 302, "{answer:?}");
}

#[tokio::test]
async fn a_reason_that_releases_nothing_and_a_label_of_no_key_are_not_lost() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    for (path, form) in [
        ("/release", format!("stop={}&seen=0&reason=What+I+%3Cwrote&confirm=1", uuid::Uuid::nil())),
        ("/release", "stop=x&reason=What+I+%3Cwrote".to_owned()),
        ("/settings/keys/create", "agent=nobody&kind=agent&label=What+I+%3Cwrote".to_owned()),
    ] {
        let answer = admin.post(path, &form).await;
        assert!(answer.status.is_client_error() && answer.text.contains("What I &lt;wrote"), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn a_wrong_password_keeps_the_address_and_the_way_on() {
    let front = Front::open().await;
    front.signed_in(Role::Auditor).await;
    let asked = "/activity?agent=support&customer=x";
    let nobody = front.browser();
    let to = nobody.get(asked).await;
    assert_eq!(to.header("location"), format!("/sign-in?next={}", escaped(asked)));
    let page = Page::read(&nobody.get(to.header("location")).await.text);
    assert_eq!(page.value("next"), asked);

    let form = |password: &str| {
        format!("email=auditor@front.example&password={}&next={}", password.replace(' ', "+"), escaped(asked))
    };
    let answer = nobody.post("/sign-in", &form("wrong")).await;
    assert_eq!(answer.status, 401);
    let page = Page::read(&answer.text);
    assert_eq!((page.value("email"), page.value("next")), ("auditor@front.example", asked));
    assert_eq!(page.value("password"), "");
    let answer = nobody.post("/sign-in", &form(PASSWORD)).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, asked));
}

#[tokio::test]
async fn an_address_that_can_name_nothing_leads_to_a_page_that_says_so() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    for path in [
        format!("/{}", "a".repeat(253)),
        format!("/{}", "a".repeat(256)),
        format!("/x/{}/y", "%61".repeat(300)),
        format!("/pkg/{}", "a".repeat(300)),
        format!("/{}", "a/".repeat(2100)),
    ] {
        let (nobody, known) = (front.browser().get(&path).await, admin.get(&path).await);
        assert!(nobody.status == 303 && nobody.header("location").starts_with("/sign-in"), "{path}: {nobody:?}");
        assert!(known.status == 404 && known.text.contains("<main"), "{path}: {known:?}");
    }
    for path in ["/%00", "/pkg/%00", "/activity/%00", "/health/%00"] {
        let head = Request::builder().method("HEAD").uri(path).header("host", "reins.example");
        let answer = front.send(head.body(Body::empty()).unwrap()).await;
        assert!(!answer.status.is_server_error(), "{path}: {answer:?}");
    }
    for path in ["/problems/%ff", "/agents/%ff/permissions/export/x", "/charts/decisions/%ff", "/agents/%ff"] {
        let answer = admin.get(path).await;
        assert!(answer.status == 404 && answer.text.contains("<main"), "{path}: {answer:?}");
    }
    for (path, status, words) in [
        ("/stop/%ff", 404, "There is no such agent, so this press stopped nothing."),
        ("/stop/%00", 404, "There is no such agent, so this press stopped nothing."),
        ("/agents/%ff/permissions/impact", 404, "There is nothing at this address."),
        ("/problems/not-found", 405, "This address shows a page, and takes no form. Nothing was done."),
    ] {
        let answer = admin.post(path, "").await;
        assert!(answer.status == status && answer.text.contains(words), "{path}: {answer:?}");
    }
    assert!(!front.shop.governance.holds_back(), "nothing is tried that cannot be recorded");
}
