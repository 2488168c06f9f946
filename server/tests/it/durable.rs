//! What was confirmed outlives a crash of PostgreSQL, whatever its settings say.

use std::time::Duration;

use domain::state::State;
use governance::{Actor, AgentError, Governance, Key, Pools, Pressed};
use server::postgres::Embedded;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::{process::Command, time::timeout};

use crate::{
    stop_without_database::{AUDITOR, data_directory, fill},
    support::refund,
};

/// Ends PostgreSQL and all that it has started, in the midst of whatever they do.
async fn crash(data: &std::path::Path) {
    let lock = std::fs::read_to_string(data.join("postgres/postmaster.pid")).unwrap();
    let group = format!("-{}", lock.lines().next().unwrap());
    assert!(Command::new("kill").args(["-KILL", "--", &group]).status().await.unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_of_a_database_that_confirms_too_early_loses_no_stop_and_no_decision() {
    let data = data_directory("crash");
    let mut postgres = Embedded::create(&data).await.unwrap();
    let urls = postgres.start().await.unwrap();
    governance::migrate(&urls.owner, &urls.server).await.unwrap();
    // It would keep for ten seconds what it has confirmed, before it writes it.
    let superuser = urls.owner.replace("reins_owner@", "postgres@");
    let mut connection = PgConnection::connect(&superuser).await.unwrap();
    for setting in [
        "alter system set wal_writer_delay = '10s'",
        "alter database reins set synchronous_commit = off",
        "select pg_reload_conf()",
    ] {
        sqlx::raw_sql(AssertSqlSafe(setting)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    let governance = Governance::connect(&urls.server, Pools::default()).unwrap();
    let key = Key::read(&fill(&governance).await).unwrap();
    let auditor = Actor::Person(governance.person_by_email(AUDITOR).await.unwrap().unwrap());

    // As an agent does: the same again while the database is away, or slow beside other work.
    let ask = async |again: &str| {
        loop {
            match governance.ask(&key, again, refund("5.00")).await {
                Ok(answer) => return answer,
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    };
    let asked = timeout(Duration::from_secs(60), ask("before")).await.unwrap();
    assert_eq!(asked.state, State::Granted);
    assert!(matches!(governance.press(&auditor, None, "odd").await.unwrap(), Pressed::Recorded(_)));
    crash(&data).await;

    let answer = tokio::select! {
        never = postgres.keep_running() => match never {},
        answer = timeout(Duration::from_secs(60), ask("after")) => answer.unwrap(),
    };
    assert_eq!(answer.state, State::Stopped, "the stop is lost");
    let followed = async {
        loop {
            match governance.follow(&key, asked.id).await {
                // What stands in the pool of pages is connections to a database that is no more.
                Err(AgentError::Unavailable) => tokio::time::sleep(Duration::from_millis(100)).await,
                followed => return followed.unwrap(),
            }
        }
    };
    let followed = timeout(Duration::from_secs(60), followed).await.unwrap();
    assert_eq!(followed.asked.id, asked.id, "the grant is lost");
    drop(governance);
    postgres.stop().await.unwrap();
    std::fs::remove_dir_all(&data).unwrap();
}
