//! Releases as forms: which stop they end, by whom, and what they say.

use domain::role::Role;

use crate::front::Front;

fn release_of(stop: impl std::fmt::Display, seen: i64) -> String {
    format!("stop={stop}&seen={seen}&reason=all+clear&confirm=yes")
}

#[tokio::test]
async fn an_old_form_releases_nothing_and_says_so() {
    let front = Front::open().await;
    let operator = front.signed_in(Role::Operator).await;
    let shop = &front.shop;
    for slug in [Some("support"), None] {
        let seen = shop.governance.stop(&shop.ana, slug, "").await.unwrap().id;
        shop.release(slug, "fine").await;
        let again = operator.post("/release", &release_of(seen, 0)).await;
        assert_eq!(again.status, 409);
        assert!(again.text.contains("Oli had ended this stop already, so nothing was released now."), "{}", again.text);

        shop.governance.stop(&shop.ben, slug, "cards stolen").await.unwrap();
        let stale = operator.post("/release", &release_of(seen, 0)).await;
        assert_eq!(stale.status, 409);
        assert!(stale.text.contains("It was stopped again since: look at that stop first."), "{}", stale.text);
        assert_eq!(shop.governance.stops(&shop.operator).await.unwrap().len(), 1);
        shop.release(slug, "next").await;
    }
}

#[tokio::test]
async fn a_form_from_before_somebody_else_pressed_releases_nothing_and_shows_what_they_said() {
    let front = Front::open().await;
    let operator = front.signed_in(Role::Operator).await;
    let shop = &front.shop;
    for slug in [Some("support"), None] {
        let stop = shop.governance.stop(&shop.ana, slug, "").await.unwrap().id;
        shop.governance.stop(&shop.ben, slug, "cards stolen, do not release").await.unwrap();
        let stale = operator.post("/release", &release_of(stop, 0)).await;
        assert_eq!(stale.status, 409);
        for words in [
            "Somebody has pressed this stop again or said more of it since your page was drawn, so nothing was released.",
            "cards stolen, do not release",
            "name=\"seen\" value=\"1\"",
            "\nall clear",
        ] {
            assert!(stale.text.contains(words), "{words}: {}", stale.text);
        }
        assert_eq!(shop.held(slug).await.id, stop);
        let read = operator.post("/release", &release_of(stop, 1)).await;
        assert_eq!(read.status, 303, "{read:?}");
    }
}

#[tokio::test]
async fn a_form_that_names_no_stop_or_is_not_confirmed_releases_nothing() {
    let front = Front::open().await;
    let operator = front.signed_in(Role::Operator).await;
    let stop = front.shop.governance.stop(&front.shop.ana, None, "").await.unwrap().id;
    for (form, words) in [
        (
            format!("stop={stop}&reason=x&confirm=yes"),
            "The form does not name how much of the stop was seen, so nothing was released.",
        ),
        ("reason=x&confirm=yes".to_owned(), "The form names no stop, so nothing was released."),
        (format!("stop={stop}&seen=0&reason=x"), "The release was not confirmed, so nothing was released."),
        (format!("stop={stop}&seen=0&confirm=yes"), "A release needs a reason, so nothing was released."),
    ] {
        let answer = operator.post("/release", &form).await;
        assert_eq!(answer.status, 422, "{form}");
        assert!(answer.text.contains(words), "{}", answer.text);
    }
    assert_eq!(front.shop.governance.stops(&front.shop.operator).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_release_that_is_sent_twice_is_one_and_leads_away_from_the_buttons() {
    let front = Front::open().await;
    let operator = front.signed_in(Role::Operator).await;
    let stop = front.shop.governance.stop(&front.shop.ana, Some("support"), "odd refunds").await.unwrap().id;
    for _ in 0..2 {
        let answer = operator.post("/release", &release_of(stop, 1)).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, &*format!("/stops?released={stop}")));
    }
    let page = operator.get(&format!("/stops?released={stop}")).await.text;
    for words in ["Support was released by operator.", "“<bdi>odd refunds</bdi>”", "“<bdi>all clear</bdi>”"] {
        assert!(page.replace("<!>", "").contains(words), "{words}: {page}");
    }
    assert_eq!(front.shop.entries("released").await.len(), 1);
    assert!(!front.shop.governance.stops(&front.shop.operator).await.unwrap().iter().any(|s| s.agent.is_some()));
}

#[tokio::test]
async fn who_pressed_by_mistake_finds_the_way_back_and_others_find_who_can_release() {
    let front = Front::open().await;
    let auditor = front.signed_in(Role::Auditor).await;
    let reviewer = front.signed_in(Role::Reviewer).await;
    assert_eq!(auditor.post("/stop", "").await.status, 303);
    let stop = front.shop.held(None).await.id;
    let page = auditor.get("/stop").await.text;
    assert!(page.contains("Take back my stop of all agents"), "{page}");
    let others = reviewer.get("/stop").await.text.replace("<!>", "");
    assert!(others.contains("Who can release it: Oli and Ada.") && !others.contains("Take back"), "{others}");

    let not_theirs = reviewer.post("/release", &release_of(stop, 0)).await;
    let told = "Somebody else pressed this stop, so nothing was released. Oli and Ada can release it.";
    assert!(not_theirs.status == 403 && not_theirs.text.contains(told), "{not_theirs:?}");
    let minutes = async |sign: &str| {
        let moved = format!("update stops set engaged_at = engaged_at {sign} interval '2 minutes'");
        front.shop.database.run(moved).await;
    };
    minutes("-").await;
    let late = auditor.post("/release", &release_of(stop, 0)).await;
    let told = "The minute in which you could take your stop back is over, so nothing was released. Oli and Ada can release it.";
    assert!(late.status == 403 && late.text.contains(told), "{late:?}");
    minutes("+").await;
    let answer = auditor.post("/release", &release_of(stop, 0)).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, &*format!("/stops?released={stop}")));
    assert!(front.shop.governance.stops(&front.shop.operator).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_corner_stops_what_it_says_on_all_pages_of_an_agent() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    for page in ["", "/permissions", "/permissions/try", "/permissions/versions", "/permissions/files"] {
        let text = admin.get(&format!("/agents/support{page}")).await.text;
        let form = text.split("class=\"stop-control\"").nth(1).unwrap().split("</form>").next().unwrap();
        assert!(form.contains("action=\"/stop/support\"") && form.contains("Stop Support"), "{page}: {form}");
    }
    for page in ["/agents", "/agents/new", "/"] {
        let text = admin.get(page).await.text;
        let form = text.split("class=\"stop-control\"").nth(1).unwrap().split("</form>").next().unwrap();
        assert!(form.contains("action=\"/stop\"") && form.contains("Stop all agents"), "{page}: {form}");
    }
}

#[tokio::test]
async fn an_agents_own_stop_has_its_release_while_everything_is_stopped() {
    let front = Front::open().await;
    let operator = front.signed_in(Role::Operator).await;
    let own = front.shop.governance.stop(&front.shop.ana, Some("support"), "").await.unwrap().id;
    let all = front.shop.governance.stop(&front.shop.ana, None, "").await.unwrap().id;
    let page = operator.get("/stop").await.text.replace("<!>", "");
    for words in [
        &*format!("value=\"{own}\""),
        &format!("value=\"{all}\""),
        "all agents may go on but those with a stop of their own: Support.",
        "Released from it, Support stays stopped for as long as all agents are.",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}
