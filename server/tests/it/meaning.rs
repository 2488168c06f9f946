//! What a changed action type means for permissions in force stands in its form, to be accepted.

use domain::role::Role;

use crate::{
    browser::{Browser, PASSWORD},
    front::{Answer, Front},
    parsed::Page,
};

const PUT: &str = "/api/app/catalog/calls/put_action_type";
const REFUNDS: &str = "fields[seen]=1&fields[name]=order.refund&fields[label]=Refund&fields[sentence]=Refund+{total}\
    &fields[effect]=write&fields[undoing]=reversible&fields[how]=charge+it+again.&fields[integration]=shopify\
    &fields[for-customer]=on&fields[set/customer.orders]=on&fields[note]=because\
    &fields[row/0/name]=total&fields[row/0/kind]=money&fields[row/0/required]=on\
    &fields[row/1/name]=order_id&fields[row/1/kind]=text&fields[row/1/required]=on\
    &fields[row/2/name]=card&fields[row/2/kind]=text";

const PLAIN: [(&str, &str); 4] = from("http://reins.example/settings/actions/order.refund");

const fn from(page: &'static str) -> [(&'static str, &'static str); 4] {
    [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "navigate"),
        ("accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
        ("referer", page),
    ]
}

async fn put(browser: &Browser<'_>, form: &str) -> Answer {
    browser.post_from(PUT, form, &PLAIN).await
}

/// The keys of what the page asks to accept.
fn boxes(page: &Answer) -> Vec<String> {
    drawn(page).into_iter().map(|(key, _)| key).collect()
}

/// Those of it that are ticked.
fn ticked(page: &Answer) -> Vec<String> {
    drawn(page).into_iter().filter_map(|(key, is_ticked)| is_ticked.then_some(key)).collect()
}

fn drawn(page: &Answer) -> Vec<(String, bool)> {
    let boxes = page.text.split("name=\"accepted[]\"").skip(1);
    let read =
        |rest: &str| (rest.split('"').nth(1).unwrap().to_owned(), rest.split('>').next().unwrap().contains(" checked"));
    boxes.map(read).collect()
}

/// What stands beside each box, as text.
fn said(page: &Answer) -> Vec<String> {
    let page = Page::read(&page.text);
    let lines = page.named("li").filter(|line| line.attribute("class") == "accept");
    lines.map(|line| line.text.trim().trim_start_matches("I accept: ").to_owned()).collect()
}

#[tokio::test]
async fn a_refused_form_says_what_it_means_and_saves_once_that_is_accepted() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let refused = put(&admin, REFUNDS).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    let boxes = boxes(&refused);
    let lines = said(&refused);
    let of_money = lines.iter().position(|line| line.contains("rules and limits about money look at nothing any more"));
    let money = boxes[of_money.unwrap_or_else(|| panic!("{lines:?}"))].clone();
    assert!(refused.text.contains("This changes more than is ticked") && refused.text.contains(">\nbecause<"));

    let accepted = |boxes: &[String]| {
        let ticked = boxes.iter().map(|key| format!("&accepted[]={key}"));
        format!("{REFUNDS}{}", ticked.collect::<String>())
    };
    let again = put(&admin, &accepted(&boxes[1..])).await;
    assert_eq!((again.status.as_u16(), ticked(&again)), (409, boxes[1..].to_vec()), "{again:?}");
    // What it means otherwise by now is not accepted.
    let other = accepted(&boxes).replace("fields[undoing]=reversible", "fields[undoing]=irreversible");
    let other = put(&admin, &other).await;
    assert!(ticked(&other).contains(&money), "{other:?}");
    assert!(drawn(&other).iter().any(|(key, is_ticked)| !is_ticked && !boxes.contains(key)), "{other:?}");
    let saved = put(&admin, &accepted(&boxes)).await;
    assert_eq!(saved.status, 302, "{saved:?}");
    assert_eq!(front.shop.entries("action_changed").await.len(), 1);
}

#[tokio::test]
async fn where_it_takes_two_the_form_proposes_and_another_admin_accepts() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let them = ("other@front.example", "Other");
    front.shop.governance.add_person(&front.shop.admin, them.0, them.1, Role::Admin, PASSWORD).await.unwrap();
    front.shop.database.run("update people set password_by = null").await;
    let mut other = front.browser();
    other.sign_in(them.0).await;
    front.shop.governance.need_two_to_publish(&front.shop.admin).await.unwrap();
    let refused = put(&admin, REFUNDS).await;
    assert!(refused.text.contains("counts once another admin accepts it, too"), "{}", refused.text);
    let keys = boxes(&refused);
    let with = |boxes: &[String]| boxes.iter().map(|key| format!("&accepted[]={key}")).collect::<String>();
    let proposed = put(&admin, &format!("{REFUNDS}{}", with(&keys))).await;
    assert_eq!(proposed.status, 302, "{proposed:?}");
    assert_eq!(front.shop.entries("action_changed").await.len(), 0);

    let mine = admin.get("/settings/changes").await;
    assert!(mine.text.contains("another admin accepts it") && boxes(&mine).is_empty(), "{}", mine.text);
    let page = other.get("/settings/changes").await;
    assert_eq!(boxes(&page), keys);
    assert!(other.get("/").await.text.contains("proposes a change"));
    let id = page.text.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let accept = async |browser: &Browser<'_>, form: String| {
        browser.post_from("/api/app/catalog/calls/accept_change", &form, &PLAIN).await.status.as_u16()
    };
    let empty = format!("id={id}&note={}", with(&keys));
    let refused = other
        .post_from("/api/app/catalog/calls/accept_change", &empty, &from("http://reins.example/settings/changes"))
        .await;
    assert_eq!(ticked(&other.get(refused.header("location")).await), keys, "the reason was missing, no consent");
    let whole = format!("id={id}&note=agreed{}", with(&keys));
    for (browser, form) in [(&admin, whole.clone()), (&other, format!("id={id}&note=agreed"))] {
        accept(browser, form).await;
        assert_eq!(front.shop.entries("action_changed").await.len(), 0);
    }
    accept(&other, whole).await;
    assert_eq!(front.shop.entries("action_changed").await.len(), 1);
}

#[tokio::test]
async fn words_are_seen_by_everybody_and_changed_by_admins_with_what_that_means() {
    let front = Front::open().await;
    let (admin, auditor) = (front.signed_in(Role::Admin).await, front.signed_in(Role::Auditor).await);
    front
        .shop
        .apply(|file| {
            file.word_lists.insert("legal".to_owned(), vec!["lawyer".to_owned()]);
            let rule = serde_json::json!({ "id": "legal", "applies_to": "any", "queue": "legal",
            "when": [{ "kind": "touches", "topics": ["legal"] }] });
            file.permissions.approval_thresholds.rules.push(serde_json::from_value(rule).unwrap());
        })
        .await;
    let page = auditor.get("/settings/words").await;
    assert!(page.text.contains("lawyer") && !page.text.contains("Save the words"), "{}", page.text);
    let form = "topic=legal&seen=lawyer&words=zzzz%0D%0A+court+&note=because";
    let post = async |form: &str| {
        let answer = admin
            .post_from("/api/app/catalog/calls/put_words", form, &from("http://reins.example/settings/words"))
            .await;
        answer.header("location").to_owned()
    };
    let back = post(form).await;
    let shown = admin.get(&back).await;
    assert!(shown.text.contains("\nbecause<") && shown.text.contains("zzzz"), "{}", shown.text);
    let [key] = boxes(&shown).try_into().unwrap();
    let [sentence] = said(&shown).try_into().unwrap();
    assert_eq!(
        sentence,
        "Support’s rules know by other words what touches on legal: no longer lawyer; from now on court and zzzz."
    );
    let accepted = format!("{form}&accepted[]={}", key);
    let ticks = async |form: String| ticked(&admin.get(&post(&form).await).await);
    assert_eq!(ticks(accepted.replace("because", "")).await, [key]);
    let other = accepted.replacen("zzzz", "other", 1);
    assert_eq!(ticks(other).await, [""; 0], "it means something else by now");
    post(&accepted).await;
    assert_eq!(front.shop.beside("words_changed").await[0]["words"], serde_json::json!(["zzzz", "court"]));
}
