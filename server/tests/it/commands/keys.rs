//! `reins key`: made for one agent, shown once, good until it is revoked.

use super::ADMIN;
use crate::{client::Reply, front::refund, process::Process, support::Shop};

async fn ask(server: &Process, key: &str, idempotency_key: &str) -> Reply {
    server.agent(key).post("/api/v1/actions", idempotency_key, &refund("5.00").to_string()).await.unwrap()
}

/// Makes a key; gives its secret, which is all that is printed.
async fn create(shop: &Shop, kind: &str) -> String {
    let arguments = ["key", "create", "support", "--label", "laptop", "--kind", kind, "--by", ADMIN];
    let printed = shop.reins(&arguments).await.printed();
    let secret = printed.strip_suffix('\n').unwrap();
    assert!(governance::Key::read(secret).is_some(), "{printed}");
    secret.to_owned()
}

#[tokio::test]
async fn a_key_asks_and_a_revoked_key_asks_nothing() {
    let shop = Shop::open().await;
    let server = Process::serve(&shop.database.server_url()).await;
    let revoke = async |key: &str| shop.reins(&["key", "revoke", key, "--by", ADMIN]).await.printed();

    let by_beginning = create(&shop, "agent").await;
    let prefix = &by_beginning[..14];
    let rows = shop.governance.keys(&shop.admin).await.unwrap();
    assert_eq!(rows.iter().filter(|row| row.prefix == prefix && row.label == "laptop").count(), 1);
    assert_eq!(ask(&server, &by_beginning, "one").await.json()["decision"], "allowed");
    assert_eq!(revoke(prefix).await, "Revoked.\n");

    let by_id = create(&shop, "agent").await;
    let rows = shop.governance.keys(&shop.admin).await.unwrap();
    let id = rows.iter().find(|row| row.prefix == by_id[..14]).unwrap().id.to_string();
    assert_eq!(ask(&server, &by_id, "two").await.json()["decision"], "allowed");
    assert_eq!(revoke(&id).await, "Revoked.\n");

    for key in [&by_beginning, &by_id] {
        for idempotency_key in ["one", "two", "three"] {
            let reply = ask(&server, key, idempotency_key).await;
            assert_eq!((reply.status, reply.slug()), (401, "bad-key".to_owned()));
        }
    }
    assert_eq!(shop.database.count("select count(*) from requests").await, 2);
    assert_eq!(shop.entries("key_revoked").await.len(), 2);
}

#[tokio::test]
async fn a_hooks_key_asks_nothing() {
    let shop = Shop::open().await;
    let server = Process::serve(&shop.database.server_url()).await;
    let hook = create(&shop, "hook").await;
    let reply = ask(&server, &hook, "one").await;
    assert_eq!((reply.status, reply.slug()), (403, "wrong-kind-of-key".to_owned()));
}

#[tokio::test]
async fn a_key_that_cannot_be_is_neither_made_nor_revoked() {
    let shop = Shop::open().await;
    let count = "select count(*) from keys where revoked_at is null";
    let before = shop.database.count(count).await;
    for (arguments, code, words) in [
        (&["create", "nobody", "--label", "x", "--by", ADMIN][..], 1, "there is no agent `nobody`"),
        (&["create", "support", "--label", " ", "--by", ADMIN], 1, "the label of a key needs 1 to 100 characters"),
        (&["create", "support", "--label", "x", "--kind", "skeleton", "--by", ADMIN], 2, "invalid value 'skeleton'"),
        (
            &["create", "support", "--label", "x", "--by", "ben@example.com"],
            1,
            "reins: whoever `--by` names may not do this",
        ),
        (&["create", "support", "--label", "x"], 2, "--by <BY>"),
        (&["revoke", "reins_00000000", "--by", ADMIN], 1, "there is no such key"),
        (&["revoke", "reins_", "--by", ADMIN], 1, "there is no such key"),
    ] {
        let arguments = [&["key"], arguments].concat();
        shop.reins(&arguments).await.failed(code, words);
    }
    assert_eq!(shop.database.count(count).await, before);
}
