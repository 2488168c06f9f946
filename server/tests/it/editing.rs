//! What is typed into a plain form and not taken stands in the page that follows.

use app::paths::escaped;
use domain::{
    authoring::edit::{ActionStanding, Change, Edit},
    part::Part,
    role::Role,
};
use serde_json::json;

use crate::{
    browser::Browser,
    front::{Answer, Front},
};

async fn post(browser: &Browser<'_>, path: &str, form: &str) -> Answer {
    post_from(browser, "/x", path, form).await
}

/// Posts a plain form of a page.
async fn post_from(browser: &Browser<'_>, page: &str, path: &str, form: &str) -> Answer {
    let referer = format!("http://reins.example{page}");
    let plain = [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "navigate"),
        ("accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
        ("referer", referer.as_str()),
    ];
    browser.post_from(&format!("/api/app/{path}"), form, &plain).await
}

/// The page that a plain form leads to.
async fn after(browser: &Browser<'_>, path: &str, form: &str) -> Answer {
    let answer = post(browser, path, form).await;
    assert_eq!(answer.status, 302, "{answer:?}");
    browser.get(answer.header("location").split('#').next().unwrap()).await
}

#[track_caller]
fn holds(page: &Answer, texts: &[&str]) {
    for text in texts {
        assert!(page.text.contains(text), "{text} is not in {}", page.text);
    }
}

#[tokio::test]
async fn a_call_and_what_was_typed_around_it_stay_out_of_the_address() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let call = escaped(&format!("{{\"note\": \"Dear Omar {}\"}}", "x".repeat(3_000)));
    let rows: String = (0..60).map(|at| format!("&fields[row/{at}/name]=a{at}&fields[row/{at}/kind]=text")).collect();
    let form = format!("fields[name]=gift&fields[label]=Gift+it&fields[note]=because&fields[example]={call}{rows}");

    let drawn = post(&admin, "catalog/calls/redraw_action_type?step=remove/59", &form).await;
    assert_eq!((drawn.status.as_u16(), drawn.header("location")), (200, ""));
    holds(&drawn, &["Dear Omar", "Gift it", ">\nbecause<", "fields[row/58/name]", "Add an argument"]);
    assert!(!drawn.text.contains("fields[row/59/name]") && !drawn.text.contains("data-live"), "{}", drawn.text);
    let full = post(&admin, "catalog/calls/redraw_action_type?step=add", &form).await;
    holds(&full, &["There is room for 60 arguments, and no more."]);
    let filled = post(&admin, "catalog/calls/redraw_action_type?step=example", &form).await;
    holds(&filled, &["fields[row/0/name]", "value=\"note\""]);
    let long = escaped(&format!("{{\"note\": \"{}\"}}", "x".repeat(8_000)));
    let long = post(&admin, "catalog/calls/redraw_action_type?step=example", &format!("fields[example]={long}")).await;
    holds(&long, &["is longer than 8,000 characters"]);

    let refused = post(&admin, "catalog/calls/put_action_type", &form).await;
    assert_eq!((refused.status.as_u16(), refused.header("location")), (422, ""), "{refused:?}");
    holds(&refused, &["This has to be put right first:", "Dear Omar", ">\nbecause<", "fields[row/59/name]"]);
}

#[tokio::test]
async fn a_data_set_or_a_mode_that_is_not_taken_is_typed_still() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let new = "name=No+name!&label=Wishes&sensitivity=sensitive&note=They+are+new";
    let answer = post_from(&admin, "/settings/data-sets", "catalog/calls/put_data_set", new).await;
    let page = admin.get(answer.header("location")).await;
    holds(&page, &["No name!", "value=\"Wishes\"", ">\nThey are new<", "so nothing was"]);

    let page = after(&admin, "agents/calls/set_mode", "agent=support&seen=live&mode=live&reason=Because+of+it").await;
    holds(&page, &[">\nBecause of it<"]);
}

#[tokio::test]
async fn the_note_and_the_ticks_are_there_when_the_draft_has_moved() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let begin = "agent=support&seen=&name=order.refund&standing=denied";
    let begun = post(&admin, "permissions/calls/set_action", begin).await;
    assert_eq!(begun.status, 302, "{begun:?}");
    for call in ["publish", "propose"] {
        let form = "agent=support&seen=00000000-0000-0000-0000-000000000000.1&note=Reviewed+with+finance";
        let page = after(&admin, &format!("permissions/publish/calls/{call}"), form).await;
        holds(&page, &[">Reviewed with finance<", "Somebody has changed the draft meanwhile"]);
    }
}

#[tokio::test]
async fn a_new_limit_begins_in_the_currency_of_its_action() {
    let front = Front::open().await;
    let (governance, admin) = (&front.shop.governance, &front.shop.admin);
    for (name, currency) in [("aid.send", "AUD"), ("order.pay", "USD")] {
        let action = serde_json::from_value(json!({
            "name": name, "label": format!("Pay in {currency}"), "sentence": "Pay {total}", "effect": "write", "amount": "total",
            "reversibility": {"kind": "irreversible"}, "arguments": {"type": "object", "required": ["total"],
                "properties": {"total": {"type": "money", "currency": currency}}},
        }));
        governance.put_action_type(admin, &action.unwrap(), None, "new", &[]).await.unwrap();
    }
    let name = "order.pay".to_owned();
    let part = Part::Action { name: name.clone() };
    let stands = governance.draft(admin, "support").await.unwrap().permissions.piece(&part).seen();
    let change = Change::Action { name: name.clone(), standing: ActionStanding::Allowed };
    let edited = governance.edit_draft(admin, "support", &Edit { seen: Some(stands), change }).await.unwrap();
    let seen = serde_json::to_value(edited.permissions.piece(&part).seen()).unwrap();
    let form = format!("agent=support&action={name}&seen={}&kind=amount", seen.as_str().unwrap());
    let browser = front.signed_in(Role::Admin).await;
    after(&browser, "permissions/calls/add_limit", &form).await;
    let draft = governance.draft(admin, "support").await.unwrap().permissions;
    let limits = serde_json::to_value(&draft.action_scope.allow[&name].limits).unwrap();
    assert_eq!(limits, json!([{"kind": "amount", "most": {"amount": "100.00", "currency": "USD"}}]));
}

#[tokio::test]
async fn a_limit_that_no_line_is_about_stands_with_its_action() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let clause = "limit[kind]=count&limit[count]=7&limit[of]=&limit[per]=customer&limit[number]=3&limit[unit]=days";
    let gone = escaped(r#"{"kind":"count","most":4,"window":{"per":"agent","within_s":60}}"#);
    for seen in [&gone, "old"] {
        let form = format!("agent=support&action=order.refund&seen={seen}&{clause}");
        let page = after(&admin, "permissions/calls/save_limit", &form).await;
        holds(
            &page,
            &["This was changed while you wrote", "There is no such limit", "Save mine instead", "value=\"7\""],
        );
    }
}

#[tokio::test]
async fn what_is_masked_is_ticked_by_its_words() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let draft = front.shop.governance.draft(&front.shop.admin, "support").await.unwrap();
    let seen = draft.permissions.piece(&Part::Mask).seen();
    let seen = serde_json::to_value(seen).unwrap();
    let places = "places[]=/arguments/order_id&places[]=/input&pointers=/arguments/card%0D%0A/x";
    let form = format!("agent=support&seen={}&{places}", seen.as_str().unwrap());
    let page = after(&admin, "permissions/calls/set_mask", &form).await;
    let draft = front.shop.governance.draft(&front.shop.admin, "support").await.unwrap();
    let masked: Vec<&str> = draft.permissions.audit_logging.mask.iter().map(String::as_str).collect();
    assert_eq!(masked, ["/arguments/card", "/arguments/order_id", "/input", "/x"]);
    holds(
        &page,
        &[
            "value=\"/arguments/order_id\" checked",
            ": order id",
            "value=\"/arguments/card\" checked",
            "Other places",
            ">\n/x<",
        ],
    );
}

#[tokio::test]
async fn what_both_had_changed_is_named_after_catching_up() {
    let front = Front::open().await;
    let (shop, admin) = (&front.shop, front.signed_in(Role::Admin).await);
    let change = Change::Action { name: "desk.note".to_owned(), standing: ActionStanding::Shadow };
    let part = Part::Action { name: "desk.note".to_owned() };
    let stands = shop.governance.draft(&shop.admin, "support").await.unwrap().permissions.piece(&part);
    let edit = Edit { seen: Some(stands.seen()), change };
    shop.governance.edit_draft(&shop.admin, "support", &edit).await.unwrap();
    shop.publish(|set| _ = set.action_scope.allow.remove("desk.note")).await;
    let seen = shop.governance.draft(&shop.admin, "support").await.unwrap().draft.unwrap().seen;

    // Without a form that could hold it, the note is shown all the same.
    let form = format!("agent=support&seen={seen}&note=Reviewed+with+finance");
    let page = after(&admin, "permissions/publish/calls/publish", &form).await;
    holds(&page, &["You wrote this, and it is not recorded:", "Reviewed with finance"]);

    let page = after(&admin, "permissions/publish/calls/catch_up", &format!("agent=support&seen={seen}")).await;
    holds(
        &page,
        &[
            "Both had changed this.",
            "<a href=\"#action-desk.note\"><bdi class=\"value\">Note<!></bdi>, with its hard limits",
        ],
    );
}

#[tokio::test]
async fn a_rule_that_stands_already_is_shown_with_a_word_and_a_copy_is_the_one_that_opens() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let add = async || {
        let form = "agent=support&applies=any&kind=irreversible";
        let answer = post(&admin, "permissions/calls/add_rule", form).await;
        answer.leads_to()
    };
    let (first, second) = (add().await, add().await);
    assert!(!first.contains("done=") && second.contains("done=rule-stands#rule-"), "{first} {second}");

    let view = front.shop.governance.draft(&front.shop.admin, "support").await.unwrap();
    let rules = view.permissions.approval_thresholds.rules.len();
    let rule = view.permissions.approval_thresholds.rules.last().unwrap().clone();
    let part = domain::part::Part::Rule { id: rule.id.clone() };
    let seen = serde_json::to_value(view.permissions.piece(&part).seen()).unwrap();
    let form = format!(
        "agent=support&id={}&seen={}&then=copy&rule[applies]=any&rule[queue]={}&rule[needed]=1&rule[number]=4\
         &rule[unit]=hours&rule[late]=reject&rule[when][0][kind]=irreversible",
        rule.id,
        seen.as_str().unwrap(),
        rule.queue
    );
    let answer = post(&admin, "permissions/calls/save_rule", &form).await;
    let after = front.shop.governance.draft(&front.shop.admin, "support").await.unwrap().permissions;
    let copy = &after.approval_thresholds.rules.last().unwrap().id;
    assert_eq!(after.approval_thresholds.rules.len(), rules + 1);
    assert!(*copy != rule.id && answer.header("location").contains(&format!("rule={copy}&")), "{answer:?}");
}
