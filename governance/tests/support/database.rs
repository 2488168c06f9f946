//! Databases copied from a template that is migrated once. One role owns them; Reins connects as another, which may do
//! only what the server's role may.

use std::str::FromStr;

use domain::json::hex;
use sha2::{Digest, Sha256};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use uuid::Uuid;

const OWNER: &str = "reins_test_owner";
const SERVER: &str = "reins_test_server";
const PASSWORD: &str = "test";

/// Tests run in processes of their own: one at a time sweeps up, and makes the template.
const TURN: i64 = 0x7465_7374;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

pub struct Database {
    /// For what only the owner may do: move clocks back, break things on purpose, look at tables.
    pub owner: PgPool,
    name: String,
    /// Says by its application name that the database is in use.
    _claim: PgConnection,
}

impl Database {
    pub async fn fresh() -> Self {
        let name = format!("reins_test_{}", Uuid::now_v7().simple());
        let mut claim = PgConnection::connect_with(&cluster().application_name(&name)).await.unwrap();
        let template = prepare(&mut claim).await;
        run(&mut claim, format!("create database {name} template {template} owner {OWNER}")).await;
        let owner = PgPoolOptions::new().max_connections(4).connect_lazy_with(as_role(OWNER, &name));
        Self { owner, name, _claim: claim }
    }

    /// Where Reins connects to.
    pub fn server_url(&self) -> String {
        as_role(SERVER, &self.name).to_url_lossy().to_string()
    }

    /// Where its owner connects to.
    pub fn owner_url(&self) -> String {
        as_role(OWNER, &self.name).to_url_lossy().to_string()
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// A session of the server's role beside Reins.
    pub async fn server_session(&self) -> PgConnection {
        PgConnection::connect_with(&as_role(SERVER, &self.name)).await.unwrap()
    }

    /// Runs SQL as the owner.
    pub async fn run(&self, sql: impl Into<String>) -> u64 {
        let sql = sql.into();
        let done = sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&self.owner).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}")).rows_affected()
    }

    /// Moves the clock of Reins, on all replicas at once: `1 year`, `-3 days`.
    pub async fn shift_clock(&self, by: &str) {
        self.run(format!("select set_clock(told_now() + interval '{by}')")).await;
    }

    /// One number, read as the owner.
    pub async fn count(&self, sql: impl Into<String>) -> i64 {
        let sql = sql.into();
        let count = sqlx::query_scalar(AssertSqlSafe(sql.clone())).fetch_one(&self.owner).await;
        count.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Makes every insert into this table fail where the condition holds for `new`.
    pub async fn break_inserts(&self, table: &str, condition: &str) {
        self.run(format!(
            "create function break_{table}() returns trigger language plpgsql as
                 $$ begin if {condition} then raise exception 'broken on purpose'; end if; return new; end $$;
             create trigger broken before insert on {table} for each row execute function break_{table}()"
        ))
        .await;
    }

    /// Lets inserts into this table through again.
    pub async fn mend_inserts(&self, table: &str) {
        self.run(format!("drop trigger broken on {table}; drop function break_{table}()")).await;
    }
}

/// The scratch cluster, as its superuser.
fn cluster() -> PgConnectOptions {
    let Ok(url) = std::env::var("DATABASE_URL") else {
        panic!("these tests need a scratch PostgreSQL, which `make test` starts and names in DATABASE_URL");
    };
    PgConnectOptions::from_str(&url).expect("DATABASE_URL is not the address of a PostgreSQL")
}

fn as_role(role: &str, database: &str) -> PgConnectOptions {
    cluster().username(role).password(PASSWORD).database(database)
}

/// Makes the roles and the template unless they are there, and drops what earlier tests left; gives the template.
async fn prepare(claim: &mut PgConnection) -> String {
    let all = MIGRATIONS.iter().fold(Sha256::new(), |all, migration| all.chain_update(&migration.checksum));
    let template = format!("reins_test_of_{}", &hex(&all.finalize())[..16]);

    sqlx::query("select pg_advisory_lock($1)").bind(TURN).execute(&mut *claim).await.unwrap();
    for role in [OWNER, SERVER] {
        if !exists(claim, "select exists (select from pg_roles where rolname = $1)", role).await {
            run(claim, format!("create role {role} login password '{PASSWORD}'")).await;
        }
    }
    sweep(claim, &template).await;
    if !exists(claim, "select exists (select from pg_database where datname = $1 and datistemplate)", &template).await {
        make_template(claim, &template).await;
    }
    sqlx::query("select pg_advisory_unlock($1)").bind(TURN).execute(claim).await.unwrap();
    template
}

async fn make_template(claim: &mut PgConnection, template: &str) {
    run(claim, format!("drop database if exists {template} with (force)")).await;
    run(claim, format!("create database {template} owner {OWNER}")).await;
    let (owner, server) = (as_role(OWNER, template), as_role(SERVER, template));
    governance::migrate(owner.to_url_lossy().as_str(), server.to_url_lossy().as_str()).await.unwrap();
    // So that tests can move its clock.
    let mut made_up = PgConnection::connect_with(&owner).await.unwrap();
    run(&mut made_up, "update control set demo = true".to_owned()).await;
    made_up.close().await.unwrap();
    // Only a finished one is marked as a template.
    run(claim, format!("alter database {template} is_template true")).await;
}

/// Other templates stay, up to eight: they are those of other checkouts, whose tests may run at the same time.
async fn sweep(claim: &mut PgConnection, template: &str) {
    let left = sqlx::query_scalar::<_, String>(
        "select datname from pg_database
         where datname like 'reins\\_test\\_%' and datname <> $1
             and datname not in (select application_name from pg_stat_activity)
             and datname not in (
                 select datname from pg_database where datname like 'reins\\_test\\_of\\_%' order by oid desc limit 8
             )",
    );
    for name in left.bind(template).fetch_all(&mut *claim).await.unwrap() {
        run(claim, format!("alter database {name} is_template false")).await;
        run(claim, format!("drop database if exists {name} with (force)")).await;
    }
}

async fn exists(connection: &mut PgConnection, question: &'static str, name: &str) -> bool {
    sqlx::query_scalar(question).bind(name).fetch_one(connection).await.unwrap()
}

async fn run(connection: &mut PgConnection, sql: String) {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(connection).await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
}
