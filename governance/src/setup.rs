//! Connecting, and how the database stands.

use std::{sync::Arc, time::Duration};

use domain::id::ReplicaId;
use tokio::time::{Instant, timeout};

use crate::{
    Governance, Inner,
    asking::ask,
    db::{self, schema::Fit},
    error::Result,
    id,
    migrating::connect_options,
    pool::Pool,
};

/// How many stops at once have a connection; few agents have more people who press.
const STOPS: u32 = 4;
const SESSIONS: u32 = 4;

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

/// Why the database cannot be worked with, in words for whoever set it up.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum NotReady {
    #[error("the database does not answer: look whether it runs where DATABASE_URL says")]
    Away,
    #[error("the database refuses what DATABASE_URL says: look at its role, password and database")]
    Refused,
    #[error("the database has no schema yet: run `reins migrate` with DATABASE_URL and REINS_MIGRATE_URL")]
    NoSchema,
    #[error("the role of DATABASE_URL was not let in: run `reins migrate` with DATABASE_URL and REINS_MIGRATE_URL")]
    NotLetIn,
    #[error("the schema is older than this program: run `reins migrate` with DATABASE_URL and REINS_MIGRATE_URL")]
    Behind,
    #[error("the schema is a newer program's, beside which this one cannot work: start the newer one")]
    Ahead,
}

impl From<sqlx::Error> for NotReady {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|refused| refused.code());
        match code.as_deref() {
            Some("42P01") => Self::NoSchema,
            Some("42501") => Self::NotLetIn,
            // Invalid authorisation, and no such database.
            Some(code) if code.starts_with("28") || code == "3D000" => Self::Refused,
            _ => Self::Away,
        }
    }
}

/// How this replica stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Health {
    Ready,
    /// The database does not answer.
    Away,
    /// The schema lacks what this program needs.
    Behind,
    /// The schema has left this program behind.
    Ahead,
    /// A stop that was pressed here is not recorded, so nothing is allowed.
    HoldsBack,
    /// The last decisions could not be written.
    CannotWrite,
}

const HEALTH_IS_GOOD_FOR: Duration = Duration::from_millis(500);
const HEALTH_PATIENCE: Duration = Duration::from_secs(1);

impl Governance {
    /// Opens the pools; connections are made when they are needed, so that a missing database is met when it is used.
    pub fn connect(url: &str, pools: Pools) -> Result<Self> {
        // A decision reads the control state in a statement after the one that waited for its lock: where the snapshot is
        // older than the lock, it would read what a stop has replaced.
        let always = [
            ("default_transaction_isolation", "read committed"),
            ("jit", "off"),
            // What a replica held that is gone without a word is let go within a minute and a half.
            ("tcp_keepalives_idle", "60"),
            ("tcp_keepalives_interval", "10"),
            ("tcp_keepalives_count", "3"),
        ];
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

        let decisions = Pool::new("decisions", pools.decisions, options.clone().options(hurried));
        Ok(Self(Arc::new(Inner {
            replica: ReplicaId(id::next()),
            asks: ask::Door::default(),
            counts: Default::default(),
            presses: Default::default(),
            attempts: Default::default(),
            signing_key: Default::default(),
            has_admin: Default::default(),
            decisions,
            controls: Pool::new("controls", pools.controls, options.clone().options(control)),
            stops: Pool::ready("stops", STOPS, options.clone().options(control).application_name(db::stops::SESSION)),
            health: Pool::new("health", 1, options.clone().options(control)),
            last_health: Default::default(),
            enders: Pool::ready("enders", 1, options.clone().options(control)),
            sessions: Pool::ready("sessions", SESSIONS, options.clone().options(control)),
            pages: Pool::new("pages", pools.pages, options.options(patient)),
            control: Default::default(),
            crowded: Default::default(),
            still: Default::default(),
            hashing: tokio::sync::Semaphore::new(2),
            following: tokio::sync::Semaphore::new((pools.pages / 3).max(1) as usize),
            impacts: tokio::sync::Semaphore::new(1),
        })))
    }

    /// Whether the database answers and this program may work on its schema.
    pub async fn ready(&self) -> std::result::Result<(), NotReady> {
        match db::schema::fit(&self.0.pages).await? {
            Fit::Fits => Ok(()),
            Fit::Behind => Err(NotReady::Behind),
            Fit::Ahead => Err(NotReady::Ahead),
        }
    }

    /// Whether the database answers at all.
    pub async fn is_there(&self) -> bool {
        db::control::answers(&self.0.health).await
    }

    /// Whether what the database has confirmed outlives a crash of its machine.
    pub async fn is_durable(&self) -> Result<bool> {
        db::control::is_durable(&self.0.health).await
    }

    /// The same as `ready`, for whoever asks often: through a connection of its own, at most twice a second, and soon.
    pub async fn health(&self) -> Health {
        let mut last = self.0.last_health.lock().await;
        if let Some((health, at)) = *last
            && at.elapsed() < HEALTH_IS_GOOD_FOR
        {
            return health;
        }
        let health = match timeout(HEALTH_PATIENCE, db::schema::fit(&self.0.health)).await {
            Ok(Ok(Fit::Behind)) => Health::Behind,
            Ok(Ok(Fit::Ahead)) => Health::Ahead,
            Ok(Ok(_)) if self.holds_back() => Health::HoldsBack,
            Ok(Ok(_)) if self.0.asks.has_failed() => Health::CannotWrite,
            Ok(Ok(_)) => Health::Ready,
            Ok(Err(_)) | Err(_) => Health::Away,
        };
        *last = Some((health, Instant::now()));
        health
    }
}

impl Governance {
    /// Closes all connections, for an end: a database that goes then is missed by none of them. Waits a moment at most.
    pub async fn close(&self) {
        self.0.asks.forget_connections();
        let Inner { decisions, controls, stops, health, enders, sessions, pages, .. } = &*self.0;
        let closed = async {
            for pool in [decisions, controls, stops, health, enders, sessions, pages] {
                pool.close().await;
            }
        };
        let _ = timeout(CLOSING, closed).await;
    }
}

/// How long connections that are in use are waited for at the end.
const CLOSING: Duration = Duration::from_secs(1);
