//! `reins migrate`: the owner makes the schema, the server uses it.

use super::reins;
use crate::{process::Process, support::Database};

/// A database with nothing in it, and the addresses of its owner and of the server.
async fn empty() -> (Database, String, String) {
    let database = Database::fresh().await;
    database.run("drop schema public cascade; create schema public").await;
    let server = database.server_url();
    let owner = server.replace("reins_test_server", "reins_test_owner");
    assert_ne!(owner, server);
    (database, owner, server)
}

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

#[tokio::test]
async fn an_empty_database_is_refused_until_its_owner_has_migrated_it() {
    let (database, owner, server) = empty().await;
    let refusal = "reins: the database does not answer, or has no schema yet: run `reins migrate`";
    reins(&[("DATABASE_URL", &server)], &SERVE, "").await.failed(1, refusal);

    let both = [("DATABASE_URL", server.as_str()), ("REINS_MIGRATE_URL", owner.as_str())];
    for _ in 0..2 {
        assert_eq!(reins(&both, &["migrate"], "").await.printed(), "The schema is up to date.\n");
    }
    // The server's role alone is enough then, and it may read and write what it needs.
    let process = Process::serve(&server).await;
    assert_eq!(process.browser("").get("/health").await.unwrap().status, 200);
    assert_eq!(reins(&[("DATABASE_URL", &server)], &["user", "list"], "").await.printed(), "");
    let owned = "select count(*) from pg_tables where schemaname = 'public' and tableowner <> 'reins_test_owner'";
    assert_eq!(database.count(owned).await, 0);
}

#[tokio::test]
async fn a_server_that_is_given_the_owners_address_migrates_when_it_starts() {
    let (_database, owner, server) = empty().await;
    let both = [("DATABASE_URL", server.as_str()), ("REINS_MIGRATE_URL", owner.as_str())];
    assert_eq!(reins(&both, &["user", "list"], "").await.printed(), "");
    assert_eq!(reins(&[("DATABASE_URL", &server)], &["user", "list"], "").await.printed(), "");
}

#[tokio::test]
async fn the_schema_of_another_program_version_is_refused() {
    let (database, owner, server) = empty().await;
    let both = [("DATABASE_URL", server.as_str()), ("REINS_MIGRATE_URL", owner.as_str())];
    reins(&both, &["migrate"], "").await.printed();
    let refusal = "reins: the schema is not this program's: run `reins migrate` with REINS_MIGRATE_URL";
    let newest = "(select max(version) from _sqlx_migrations)";
    let newer = format!(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         select {newest} + 1, 'newer', true, '', 0"
    );
    let older = format!("delete from _sqlx_migrations where version >= {newest} - 1");
    for change in [newer, older] {
        database.run(change).await;
        reins(&[("DATABASE_URL", &server)], &SERVE, "").await.failed(1, refusal);
    }
}

#[tokio::test]
async fn the_servers_role_alone_makes_no_schema() {
    let (database, owner, server) = empty().await;
    let tables = "select count(*) from pg_tables where schemaname = 'public'";
    let as_owner = [("DATABASE_URL", server.as_str()), ("REINS_MIGRATE_URL", server.as_str())];
    reins(&as_owner, &["migrate"], "").await.failed(1, "reins: the schema cannot be brought up to date");
    for (name, value, words) in [
        ("DATABASE_URL", &server, "REINS_MIGRATE_URL has to name the owner's role"),
        ("REINS_MIGRATE_URL", &owner, "DATABASE_URL has to name the server's role"),
    ] {
        reins(&[(name, value.as_str())], &["migrate"], "").await.failed(1, words);
    }
    assert_eq!(database.count(tables).await, 0);
}
