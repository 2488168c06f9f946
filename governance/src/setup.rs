//! Connecting, and bringing the schema up to date.

use std::{str::FromStr, sync::Arc, time::Duration};

use domain::fault::Fault;
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{Governance, Inner, ask, db, error::Result};

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

/// How many stops at once have a connection; few agents have more people who press.
const STOPS: u32 = 4;
const DOORS: u32 = 4;

/// How many connections each of the three pools may hold; stops, and whoever comes to stop, have their own beside.
#[derive(Clone, Copy, Debug)]
pub struct Pools {
    pub decisions: u32,
    pub controls: u32,
    pub pages: u32,
}

impl Default for Pools {
    fn default() -> Self {
        Self { decisions: 8, controls: 4, pages: 12 }
    }
}

/// Brings the schema up to date as its owner, and lets the role of `server_url` use it.
pub async fn migrate(owner_url: &str, server_url: &str) -> Result<()> {
    let (owner, server) = (connect_options(owner_url)?, connect_options(server_url)?);
    let pool = PgPoolOptions::new().max_connections(1).connect_with(owner.clone()).await?;
    MIGRATOR.run(&pool).await.map_err(|error| {
        tracing::error!(%error, "the schema cannot be brought up to date");
        crate::Error::Unavailable
    })?;
    if server.get_username() != owner.get_username() {
        db::control::grant_server(&pool, server.get_username()).await?;
    }
    pool.close().await;
    Ok(())
}

fn connect_options(url: &str) -> Result<PgConnectOptions> {
    PgConnectOptions::from_str(url)
        .map_err(|_| crate::Error::Invalid(Fault::Other, "the database address cannot be read".to_owned()))
}

impl Governance {
    /// Opens the pools; connections are made when they are needed, so that a missing database is met when it is used.
    pub fn connect(url: &str, pools: Pools) -> Result<Self> {
        // A decision reads the control state in a statement after the one that waited for its lock: where the snapshot is
        // older than the lock, it would read what a stop has replaced.
        let always = [("default_transaction_isolation", "read committed"), ("jit", "off")];
        let options = connect_options(url)?.application_name("reins").options(always);
        let hurried = [
            ("idle_in_transaction_session_timeout", "500"),
            ("statement_timeout", "2000"),
            // What a decision reads has an index. How long a window is the planner does not know: it would take it for a
            // third of all requests, and read them all.
            ("enable_seqscan", "off"),
            // A plan from when a table was small would be kept while it grows, and read all of it.
            ("plan_cache_mode", "force_custom_plan"),
        ];
        let control = [("idle_in_transaction_session_timeout", "500"), ("statement_timeout", "8000")];
        let patient = [
            ("idle_in_transaction_session_timeout", "5000"),
            ("statement_timeout", "10000"),
            // Filters that are off or on make very different plans.
            ("plan_cache_mode", "force_custom_plan"),
        ];

        let decisions = pool(pools.decisions, options.clone().options(hurried));
        Ok(Self(Arc::new(Inner {
            asks: ask::Door::default(),
            presses: Default::default(),
            attempts: Default::default(),
            signing_key: Default::default(),
            has_admin: Default::default(),
            decisions,
            controls: pool(pools.controls, options.clone().options(control)),
            stops: pool(STOPS, options.clone().options(control).application_name(db::stops::SESSION)),
            enders: pool(1, options.clone().options(control)),
            doors: pool(DOORS, options.clone().options(control)),
            pages: pool(pools.pages, options.options(patient)),
            control: Default::default(),
            days: Default::default(),
            hashing: tokio::sync::Semaphore::new(2),
            impacts: tokio::sync::Semaphore::new(1),
        })))
    }

    /// Whether the database answers and its schema is this program's.
    pub async fn ready(&self) -> Result<bool> {
        db::control::schema_version(&self.0.pages).await.map(|version| version == newest_migration())
    }
}

fn newest_migration() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default()
}

fn pool(most: u32, options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(Duration::from_secs(3))
        .idle_timeout(Duration::from_secs(300))
        .connect_lazy_with(options)
}
