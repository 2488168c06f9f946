//! What cannot be as it is set: named, without giving passwords away.

use std::net::TcpListener;

use super::reins;
use crate::support::Database;

/// Stands where passwords stand.
const SECRET: &str = "hunter2-secret";

#[tokio::test]
async fn a_value_that_cannot_be_is_refused_with_its_name() {
    for (name, value, code) in [
        ("REINS_LISTEN", "nowhere", 2),
        ("REINS_LISTEN", "127.0.0.1", 2),
        ("REINS_LISTEN", "127.0.0.1:99999", 2),
        ("REINS_PUBLIC_URL", "reins.example", 2),
        ("REINS_PUBLIC_URL", "https://", 2),
        ("REINS_CALLS_PER_SECOND", "0", 2),
        ("REINS_CALLS_PER_SECOND", "many", 2),
        ("REINS_TRUSTED_HOPS", "all", 2),
        ("REINS_METRICS", "9600", 2),
        ("REINS_LOG_CALLS", "some", 2),
        ("DATABASE_URL", "hunter2-secret", 1),
        ("DATABASE_URL", "postgres://reins:hunter2-secret@localhost:port/reins", 1),
        ("DATABASE_URL", "postgres://reins:hunter2-secret@[::1/reins", 1),
    ] {
        // Where the address of a database is not what is wrong, it is not reached either.
        let environment = [("DATABASE_URL", "postgres://localhost:1/none"), (name, value), ("REINS_LOG", "trace")];
        let ran = reins(&environment, &["serve"], "").await;
        ran.failed(code, name);
        assert!(!ran.err.contains(SECRET), "{ran:?}");
    }
}

#[tokio::test]
async fn an_owners_address_that_cannot_be_is_refused_with_its_name() {
    let server = "postgres://reins:hunter2-secret@localhost:1/reins";
    for (owner, server) in [("hunter2-secret", server), (server, "hunter2-secret")] {
        let environment = [("DATABASE_URL", server), ("REINS_MIGRATE_URL", owner), ("REINS_LOG", "trace")];
        for arguments in [&["migrate"][..], &["serve"]] {
            let ran = reins(&environment, arguments, "").await;
            ran.failed(1, "REINS_MIGRATE_URL or DATABASE_URL has to look like");
            assert!(!ran.err.contains(SECRET), "{ran:?}");
        }
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said_without_its_password() {
    let address = "postgres://reins:hunter2-secret@127.0.0.1:1/reins";
    let environment = [("DATABASE_URL", address), ("REINS_LOG", "trace")];
    let ran = reins(&environment, &["user", "list"], "").await;
    ran.failed(1, "reins: the database does not answer");
    assert!(!ran.err.contains(SECRET), "{ran:?}");
}

#[tokio::test]
async fn a_database_that_may_lose_what_it_confirmed_is_refused() {
    // The tests' own is one.
    let database = Database::fresh().await;
    let environment = [("DATABASE_URL", database.server_url())];
    let environment = environment.each_ref().map(|(name, value)| (*name, value.as_str()));
    let ran = reins(&environment, &["serve", "--listen", "127.0.0.1:0"], "").await;
    ran.failed(1, "reins: PostgreSQL may lose what it has confirmed");
}

#[tokio::test]
async fn a_wrong_password_is_not_repeated() {
    let database = Database::fresh().await;
    let address = database.server_url().replace(":test@", &format!(":{SECRET}@")).replace("_server", "_stranger");
    let ran = reins(&[("DATABASE_URL", &address), ("REINS_LOG", "trace")], &["user", "list"], "").await;
    ran.failed(1, "reins: the database refuses what DATABASE_URL says");
    assert!(!ran.err.contains(SECRET), "{ran:?}");
}

#[tokio::test]
async fn the_help_shows_no_address_that_is_set() {
    let address = "postgres://reins:hunter2-secret@127.0.0.1:1/reins";
    let environment = [("DATABASE_URL", address), ("REINS_MIGRATE_URL", address)];
    let help = reins(&environment, &["serve", "--help"], "").await.printed();
    assert!(help.contains("[env: DATABASE_URL]") && !help.contains(SECRET), "{help}");
}

#[tokio::test]
async fn an_address_that_is_taken_or_foreign_is_named() {
    let database = Database::fresh().await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    // The other one is no address of any machine.
    for address in [address, "192.0.2.1:8600".to_owned()] {
        let environment = [("DATABASE_URL", database.server_url()), ("REINS_LISTEN", address.clone())];
        let environment = environment.each_ref().map(|(name, value)| (*name, value.as_str()));
        reins(&environment, &["serve"], "").await.failed(1, &format!("cannot listen on {address}"));
    }
}
