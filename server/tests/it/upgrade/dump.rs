//! A database as a file: SQL, by the `pg_dump` of the PostgreSQL that holds it, with what its tests need to know before it.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::support::Database;

/// What no database says of a shop: its secrets, and the time that it was told last.
#[derive(Deserialize, Serialize)]
pub struct Left {
    pub told: DateTime<Utc>,
    /// Of the agent `support`, of a hook of it, and of the agent `returns`.
    pub key: String,
    pub hook: String,
    pub other: String,
    /// Of an admin's browser.
    pub cookie: String,
}

const HEAD: &str = "-- left: ";

/// A program of the tests' own PostgreSQL.
pub async fn program(name: &str) -> Command {
    let mut superuser = PgConnection::connect(&std::env::var("DATABASE_URL").unwrap()).await.unwrap();
    let bin = "select setting from pg_config where name = 'BINDIR'";
    let bin: String = sqlx::query_scalar(bin).fetch_one(&mut superuser).await.unwrap();
    Command::new(format!("{bin}/{name}"))
}

pub async fn dump(database: &Database, left: &Left) -> Vec<u8> {
    let cluster = std::env::var("DATABASE_URL").unwrap();
    let (server, parameters) = cluster.split_once('?').unwrap_or((&cluster, ""));
    let (server, _) = server.rsplit_once('/').unwrap();
    let address = format!("{server}/{}?{parameters}", database.name());

    let mut pg_dump = program("pg_dump").await;
    pg_dump.args(["--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=200", "--dbname", &address]);
    let dumped = pg_dump.stderr(Stdio::inherit()).output().unwrap();
    assert!(dumped.status.success());
    let dumped = String::from_utf8(dumped.stdout).unwrap();
    let mut text = format!("{HEAD}{}\n", serde_json::to_string(left).unwrap());
    // Words to psql alone.
    for line in dumped.lines().filter(|line| !line.starts_with("\\restrict ") && !line.starts_with("\\unrestrict ")) {
        text.push_str(line);
        text.push('\n');
    }
    gzip(&["-9n"], text.into_bytes())
}

/// In a database of its own, as its owner; not migrated yet.
pub async fn restore(packed: Vec<u8>) -> (Database, Left) {
    let text = String::from_utf8(gzip(&["-d"], packed)).unwrap();
    let left = text.strip_prefix(HEAD).unwrap().lines().next().unwrap();
    let left = serde_json::from_str(left).unwrap();
    let database = Database::fresh().await;
    database.run("drop schema public cascade; create schema public").await;
    let mut owner = PgConnection::connect(&database.owner_url()).await.unwrap();
    owner.execute(sqlx::raw_sql(AssertSqlSafe(text))).await.unwrap();
    owner.close().await.unwrap();
    (database, left)
}

fn gzip(arguments: &[&str], bytes: Vec<u8>) -> Vec<u8> {
    let mut gzip = Command::new("gzip").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = gzip.stdin.take().unwrap();
    let written = std::thread::spawn(move || stdin.write_all(&bytes));
    let done = gzip.wait_with_output().unwrap();
    written.join().unwrap().unwrap();
    assert!(done.status.success());
    done.stdout
}
