//! `reins customer sync`: what the brand says of its customers.

use super::{ADMIN, Ran, Written};
use crate::support::Shop;

async fn sync(shop: &Shop, lines: impl AsRef<[u8]>) -> Ran {
    let file = Written::new("customers.jsonl", lines);
    shop.reins(&["customer", "sync", file.path(), "--by", ADMIN]).await
}

async fn known(shop: &Shop) -> i64 {
    shop.database.count("select count(*) from customers").await
}

#[tokio::test]
async fn a_list_is_taken_over_with_a_mark_in_front_too() {
    let shop = Shop::open().await;
    let lines = "{\"id\": \"omar\", \"orders\": 3}\n\n{\"id\": \"yara\"}\n";
    assert_eq!(sync(&shop, lines).await.printed(), "2 customers.\n");
    let marked = format!("\u{feff}{}", lines.replace("yara", "ivan").replace(": 3", ": 4"));
    assert_eq!(sync(&shop, marked).await.printed(), "2 customers.\n");
    assert_eq!(known(&shop).await, 3);
    assert_eq!(sync(&shop, "{\"id\": \"ivan\"}").await.printed(), "1 customer.\n");
    assert_eq!(shop.database.count("select orders::bigint from customers where id = 'omar'").await, 4);
}

#[tokio::test]
async fn a_list_that_names_a_customer_twice_or_cannot_be_read_changes_nothing_and_says_where() {
    let shop = Shop::open().await;
    let twice = "{\"id\": \"omar\", \"orders\": 3}\n{\"id\": \"yara\"}\n{\"id\": \"omar\", \"orders\": 9}\n";
    sync(&shop, twice).await.failed(1, "the customer `omar` stands twice");
    sync(&shop, "{\"id\": \"omar\"}\n{\"id\": \"yara\", \"order\": 1}\n")
        .await
        .failed(1, "line 2: `order` is not known here");
    for (line, why) in [
        ("\"orders\": \"3\"", "line 1: `orders` is not a whole number from 0 on"),
        ("\"open_complaints\": -1", "line 1: `open_complaints` is not a whole number from 0 on"),
        ("\"lifetime_value\": {\"amount\": \"5.00\"}", "line 1: `lifetime_value`"),
        ("\"lifetime_value\": 5", "line 1: `lifetime_value`"),
    ] {
        sync(&shop, format!("{{\"id\": \"omar\", {line}}}")).await.failed(1, why);
    }
    sync(&shop, "{\"id\": \"omar\", \"id\": \"yara\"}").await.failed(1, "line 1: `id` ");
    sync(&shop, "{\"orders\": 1}").await.failed(1, "line 1: `id` is missing");
    sync(&shop, "{\"id\": \"om\u{200b}ar\"}").await.failed(1, "the customer `om⟨U+200B⟩ar`");
    assert_eq!(known(&shop).await, 0);
}
