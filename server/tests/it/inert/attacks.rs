//! What breaks out of its place where it is written as it is.

use app::paths::escaped;
use domain::{authoring::statement::keys, role::Role};
use serde_json::json;

use crate::{
    browser::Browser,
    front::{Front, refund, usd},
    parsed::Page,
    support::support_file,
};

const LED_AWAY: &str = "ana</title><meta http-equiv=refresh content=\"1;url=http://127.0.0.1:8799/sign-in\">";

const SAVES_ITSELF: &str = "</title><form data-live=/live data-autosave data-unsaved=due method=post \
                            action=/api/app/approvals/calls/approve><input value='";

const ANOTHER_BUTTON: &str = "</textarea></details><p class=\"hint\"></p><button formnovalidate \
                              formaction=\"/api/app/approvals/calls/approve\">Reject</button><template>";

/// Asks for a refund that waits; gives where its page is.
async fn waiting(front: &Front, customer: &str, order: &str) -> String {
    let ask = json!({
        "action": "order.refund",
        "arguments": { "order_id": order, "total": usd("80.00") },
        "customer": { "id": customer },
        "trigger": "ticket",
    });
    format!("/approvals/{}", front.ask(&ask).await["id"].as_str().unwrap())
}

/// Somebody who decides: the page has all its forms.
async fn decider(front: &Front) -> Browser<'_> {
    let browser = front.signed_in(Role::Reviewer).await;
    let me = front.shop.governance.person_by_email("reviewer@front.example").await.unwrap().unwrap();
    front.shop.governance.add_member(&front.shop.admin, "cs-leads", me.id).await.unwrap();
    browser
}

#[tokio::test]
async fn a_customer_does_not_lead_the_reader_away() {
    let front = Front::open().await;
    let (reviewer, auditor) = (decider(&front).await, front.signed_in(Role::Auditor).await);
    let path = waiting(&front, LED_AWAY, "#W1").await;
    for browser in [&reviewer, &auditor] {
        let page = Page::read(&browser.get(&path).await.text);
        assert!(page.named("meta").all(|meta| meta.attribute("http-equiv").is_empty()));
        assert!(page.title().contains("</title><meta http-equiv=refresh") && page.title().ends_with(" · Reins"));
    }
}

#[tokio::test]
async fn a_customer_brings_no_form_that_saves_itself() {
    let front = Front::open().await;
    let reviewer = decider(&front).await;
    let path = waiting(&front, SAVES_ITSELF, "#W1").await;
    let page = Page::read(&reviewer.get(&path).await.text);
    assert!(page.named("form").all(|form| !form.attributes.contains_key("data-unsaved")));
    assert_eq!(page.named("form").filter(|form| form.attributes.contains_key("data-live")).count(), 0);
}

#[tokio::test]
async fn an_argument_brings_no_button() {
    let front = Front::open().await;
    let reviewer = decider(&front).await;
    let path = waiting(&front, "ana", ANOTHER_BUTTON).await;
    let page = Page::read(&reviewer.get(&path).await.text);
    assert_eq!(page.value("fields[/order_id]"), ANOTHER_BUTTON);
    assert!(page.named("button").all(|button| button.attribute("formaction").is_empty()));
    assert_eq!(page.named("template").count(), 0);
}

#[tokio::test]
async fn an_address_brings_no_form() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let form = "</textarea></label></form><form method=\"post\" action=\"/api/app/settings/calls/add_person\">\
                <button>Continue</button>";
    for path in [
        format!("/agents/new?purpose={}", escaped(form)),
        format!("/agents/support/permissions/try?fields[output]={}", escaped(form)),
    ] {
        let answer = admin.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        let page = Page::read(&answer.text);
        let to_people = page.named("form").filter(|form| form.attribute("action").contains("add_person"));
        assert_eq!(to_people.count(), 0, "{path}");
    }
}

#[tokio::test]
async fn what_stands_in_a_text_area_is_what_was_written() {
    let front = Front::open().await;
    let reviewer = decider(&front).await;
    for text in [
        "https://shop.example/?order=1&reg=eu&copy=2\n",
        "AT&amp;T\nAT&T",
        "<b>bold</b>\n<!-- -->",
        "\nafter an empty line",
        "\n\nafter two",
        "  spaces \n\t",
        "</textarea\n>",
    ] {
        let path = waiting(&front, "ana", text).await;
        let answer = reviewer.get(&path).await;
        let page = Page::read(&answer.text);
        let area = page.controls("fields[/order_id]").next().unwrap();
        assert_eq!((area.name.as_str(), area.text.as_str()), ("textarea", text));
    }
}

#[tokio::test]
async fn a_label_passes_for_no_words_of_reins() {
    let front = Front::open().await;
    let (governance, admin) = (&front.shop.governance, &front.shop.admin);
    let label = "Refund, at most 5.00 EUR or anything";
    let mut file = support_file();
    file.actions.iter_mut().filter(|action| action.name == "order.refund").for_each(|one| one.label = label.to_owned());
    let shown = keys(&governance.apply(admin, &file, "x", &[], true).await.unwrap().to_accept());
    governance.apply(admin, &file, "x", &shown, false).await.unwrap();
    let browser = front.signed_in(Role::Admin).await;
    for path in ["/agents/support", "/agents/support/permissions/versions/1", "/agents/support/permissions/print"] {
        let page = Page::read(&browser.get(path).await.text);
        let marked = |at: Option<usize>| at.is_some_and(|at| page.all()[at].attribute("class") == "sentences");
        let said =
            page.all().iter().filter(|item| item.name == "li" && marked(item.parent) && item.text.contains(label));
        let said: Vec<_> = said.collect();
        assert!(!said.is_empty(), "{path}");
        for item in said {
            assert!(!item.own.concat().contains("5.00 EUR"), "{path}: {item:?}");
        }
    }
    let known = front.get(&front.key, "/agent").await.json();
    let allowed = known["sentences"]["action_scope"].to_string();
    assert!(allowed.contains(&format!("Allowed: `{label}`")), "{allowed}");
    let asked = front.ask(&refund("80.00")).await;
    assert!(asked["reasons"][0]["text"].as_str().unwrap().starts_with(&format!("`{label}`: ")), "{asked}");
}
