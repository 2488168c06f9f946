//! `reins migrate`: the owner makes the schema, the server uses it.

use std::{process::Stdio, time::Duration};

use futures::FutureExt;
use tokio::time::{sleep, timeout};

use super::{PATIENCE, reins};
use crate::{
    process::Process,
    support::{Database, at_once},
};

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
    let refusal = "reins: the database has no schema yet: run `reins migrate`";
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

/// What a newer program's migration leaves behind, beside what it does.
async fn migrate_newer(database: &Database, sql: &str) {
    let row = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
               values (9999, 'newer', true, '', 0)";
    database.run(format!("begin; {sql}; {row}; commit")).await;
}

#[tokio::test]
async fn an_older_schema_is_refused_until_it_is_migrated() {
    let (database, owner, server) = empty().await;
    let both = [("DATABASE_URL", server.as_str()), ("REINS_MIGRATE_URL", owner.as_str())];
    reins(&both, &["migrate"], "").await.printed();
    database.run("delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)").await;
    let refusal = "reins: the schema is older than this program: run `reins migrate`";
    reins(&[("DATABASE_URL", &server)], &SERVE, "").await.failed(1, refusal);
}

#[tokio::test]
async fn beside_a_newer_schema_a_server_stays_well_or_says_why_it_does_nothing() {
    let (database, owner, server) = empty().await;
    let both = [("DATABASE_URL", server.as_str()), ("REINS_MIGRATE_URL", owner.as_str())];
    reins(&both, &["migrate"], "").await.printed();
    let replicas = [Process::serve(&server).await, Process::serve(&server).await];
    let health = async |status: u16, words: &str| {
        for replica in &replicas {
            let said = async {
                loop {
                    let said = replica.browser("").get("/health").await.unwrap();
                    if said.text == words {
                        return said.status;
                    }
                    // What was found is good for half a second.
                    sleep(Duration::from_millis(50)).await;
                }
            };
            assert_eq!(timeout(PATIENCE, said).await.unwrap(), status, "{words}");
        }
    };
    health(200, "ready\n").await;

    migrate_newer(&database, "alter table agents add column mood text").await;
    health(200, "ready\n").await;
    // One that is gone back to starts, and leaves the schema as it is.
    assert_eq!(reins(&both, &["migrate"], "").await.printed(), "The schema is up to date.\n");
    drop(Process::serve(&server).await);

    database.run("select need_version(9999)").await;
    health(503, "the schema needs a newer program than this one\n").await;
    let refusal = "reins: the schema is a newer program's, beside which this one cannot work";
    reins(&[("DATABASE_URL", &server)], &SERVE, "").await.failed(1, refusal);
    reins(&both, &["migrate"], "").await.failed(1, "made by a newer `reins`, beside which this one cannot work");
}

#[tokio::test]
async fn replicas_that_start_at_once_on_an_empty_database_all_come_up() {
    let (_database, owner, server) = empty().await;
    let replicas = (0..5).map(|_| {
        let (owner, server) = (owner.clone(), server.clone());
        async move { Process::serve_with(&server, None, &[("REINS_MIGRATE_URL", &owner)], Stdio::inherit()).await }
    });
    for replica in at_once(replicas).await {
        assert_eq!(replica.browser("").get("/health").await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn whoever_works_on_the_schema_is_waited_for_and_that_is_said() {
    let (database, owner, server) = empty().await;
    let mut working = database.owner.acquire().await.unwrap();
    sqlx::query("select pg_advisory_lock(90457536090881)").execute(&mut *working).await.unwrap();

    let both = [("DATABASE_URL", server.as_str()), ("REINS_MIGRATE_URL", owner.as_str()), ("REINS_LOG", "info")];
    let done = async {
        let waits = "select count(*) from pg_locks l join pg_database d on d.oid = l.database
                     where d.datname = current_database() and l.locktype = 'advisory' and not l.granted";
        while database.count(waits).await == 0 {
            sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(database.count("select count(*) from pg_tables where schemaname = 'public'").await, 0);
        sqlx::query("select pg_advisory_unlock(90457536090881)").execute(&mut *working).await.unwrap();
    };
    let (ran, ()) = tokio::join!(reins(&both, &["migrate"], ""), timeout(PATIENCE, done).map(Result::unwrap));
    assert!(ran.err.contains("another process brings the schema up to date, and is waited for"), "{ran:?}");
    assert_eq!(ran.printed(), "The schema is up to date.\n");
}

#[tokio::test]
async fn a_role_that_was_not_let_in_and_a_database_that_is_not_there_are_said() {
    let (database, owner, server) = empty().await;
    let both = [("DATABASE_URL", server.as_str()), ("REINS_MIGRATE_URL", owner.as_str())];
    reins(&both, &["migrate"], "").await.printed();
    database.run("revoke all on _sqlx_migrations from reins_test_server").await;
    let refusal = "reins: the role of DATABASE_URL was not let in: run `reins migrate`";
    reins(&[("DATABASE_URL", &server)], &SERVE, "").await.failed(1, refusal);

    let missing = server.replace(database.name(), "reins_missing");
    let refusal = "reins: the database refuses what DATABASE_URL says: look at its role, password and database";
    reins(&[("DATABASE_URL", &missing)], &SERVE, "").await.failed(1, refusal);
    let both = [("DATABASE_URL", missing.as_str()), ("REINS_MIGRATE_URL", missing.as_str())];
    reins(&both, &["migrate"], "").await.failed(1, "reins: the database does not let REINS_MIGRATE_URL in");
}

#[tokio::test]
async fn the_schema_of_another_build_is_named_and_left_alone() {
    let (database, owner, server) = empty().await;
    let both = [("DATABASE_URL", server.as_str()), ("REINS_MIGRATE_URL", owner.as_str())];
    reins(&both, &["migrate"], "").await.printed();
    for (change, words) in [
        ("update _sqlx_migrations set checksum = 'x' where version = 2", "another build of `reins`, whose migration 2"),
        (
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
             values (999, 'newer', true, '', 0);
             select need_version(999)",
            "made by a newer `reins`, beside which this one cannot work: run that one",
        ),
    ] {
        database.run(change).await;
        reins(&both, &["migrate"], "").await.failed(1, words);
    }
}

#[tokio::test]
async fn the_servers_role_alone_makes_no_schema() {
    let (database, owner, server) = empty().await;
    let tables = "select count(*) from pg_tables where schemaname = 'public'";
    let as_owner = [("DATABASE_URL", server.as_str()), ("REINS_MIGRATE_URL", server.as_str())];
    reins(&as_owner, &["migrate"], "")
        .await
        .failed(1, "reins: the schema cannot be brought up to date, and is as it was");
    for (name, value, words) in [
        ("DATABASE_URL", &server, "REINS_MIGRATE_URL has to name the owner's role"),
        ("REINS_MIGRATE_URL", &owner, "DATABASE_URL has to name the server's role"),
    ] {
        reins(&[(name, value.as_str())], &["migrate"], "").await.failed(1, words);
    }
    assert_eq!(database.count(tables).await, 0);
}
