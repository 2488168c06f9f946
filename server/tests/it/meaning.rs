//! What a changed action type means for permissions in force stands in its form, to be accepted.

use app::paths::escaped;
use domain::role::Role;

use crate::{
    browser::Browser,
    front::{Answer, Front},
};

const PUT: &str = "/api/app/catalog/calls/put_action_type";
const REFUNDS: &str = "fields[seen]=1&fields[name]=order.refund&fields[label]=Refund&fields[sentence]=Refund+{total}\
    &fields[effect]=write&fields[undoing]=reversible&fields[how]=charge+it+again.&fields[integration]=shopify\
    &fields[for-customer]=on&fields[set/customer.orders]=on&fields[note]=because\
    &fields[row/0/name]=total&fields[row/0/kind]=money&fields[row/0/required]=on\
    &fields[row/1/name]=order_id&fields[row/1/kind]=text&fields[row/1/required]=on\
    &fields[row/2/name]=card&fields[row/2/kind]=text";

async fn put(browser: &Browser<'_>, form: &str) -> Answer {
    let plain = [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "navigate"),
        ("accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
        ("referer", "http://reins.example/settings/actions/order.refund"),
    ];
    browser.post_from(PUT, form, &plain).await
}

/// What the page asks to accept.
fn boxes(page: &Answer) -> Vec<String> {
    let boxes = page.text.split("name=\"accepted[]\"").skip(1);
    boxes.map(|rest| rest.split('"').nth(1).unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_refused_form_says_what_it_means_and_saves_once_that_is_accepted() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let refused = put(&admin, REFUNDS).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    let boxes = boxes(&refused);
    let money = "Support’s rules and limits about money look at nothing any more: refunds would have no amount.";
    assert!(boxes.iter().any(|sentence| sentence == money), "{boxes:?}");
    assert!(refused.text.contains("A risk is not accepted yet") && refused.text.contains(">\nbecause<"));

    let accepted = |boxes: &[String]| {
        let ticked = boxes.iter().map(|sentence| format!("&accepted[]={}", escaped(sentence)));
        format!("{REFUNDS}{}", ticked.collect::<String>())
    };
    assert_eq!(put(&admin, &accepted(&boxes[1..])).await.status, 409);
    let saved = put(&admin, &accepted(&boxes)).await;
    assert_eq!(saved.status, 302, "{saved:?}");
    assert_eq!(front.shop.entries("action_changed").await.len(), 1);
}

#[tokio::test]
async fn where_it_takes_two_the_form_says_who_can_help() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    front.shop.governance.set_two_to_publish(&front.shop.admin, true).await.unwrap();
    let refused = put(&admin, REFUNDS).await;
    assert_eq!((refused.status.as_u16(), boxes(&refused).len()), (409, 0));
    assert!(refused.text.contains("One admin alone cannot save this"), "{}", refused.text);
}
