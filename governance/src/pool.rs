//! A pool of connections that says how it stands.

use std::{
    ops::Deref,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use sqlx::{
    Connection, Error, PgConnection, PgPool, Postgres, SqlSafeStr, Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::{Instant, timeout};

use crate::histogram::Histogram;

/// What takes a connection through this is counted and timed; a statement that is run on the pool itself is not.
pub(crate) struct Pool {
    name: &'static str,
    pool: PgPool,
    waiting: AtomicUsize,
    acquiring: Histogram,
}

/// How a pool stands.
pub struct PoolStands<'a> {
    pub name: &'static str,
    pub most: u32,
    /// How many there are, and how many of them nobody uses.
    pub connections: u32,
    pub idle: u32,
    /// Operations that wait for one.
    pub waiting: usize,
    /// Microseconds until an operation had one, or none came.
    pub acquiring: &'a Histogram,
}

/// Microseconds.
const ACQUIRING: &[u64] = &[100, 1_000, 10_000, 100_000, 1_000_000, 2_000_000];

/// How long a connection may take to say that it is there: what has gone silent is closed, not waited for.
const PING: Duration = Duration::from_millis(500);

impl Pool {
    /// One with so many connections at most; they are made when they are needed.
    pub(crate) fn new(name: &'static str, most: u32, options: PgConnectOptions) -> Self {
        Self::with(name, pool_options(most), options)
    }

    /// One that has a connection at any time: a stop does not wait until one is made.
    pub(crate) fn ready(name: &'static str, most: u32, options: PgConnectOptions) -> Self {
        Self::with(name, pool_options(most).min_connections(1), options)
    }

    fn with(name: &'static str, pool: PgPoolOptions, options: PgConnectOptions) -> Self {
        let pool = pool.connect_lazy_with(options);
        Self { name, pool, waiting: AtomicUsize::new(0), acquiring: Histogram::new(ACQUIRING) }
    }

    pub(crate) async fn acquire(&self) -> Result<PoolConnection<Postgres>, Error> {
        let _waits = Waits::begin(self);
        self.pool.acquire().await
    }

    pub(crate) async fn begin_with(&self, statement: impl SqlSafeStr) -> Result<Transaction<'static, Postgres>, Error> {
        Transaction::begin(self.acquire().await?, Some(statement.into_sql_str())).await
    }

    pub fn stands(&self) -> PoolStands<'_> {
        PoolStands {
            name: self.name,
            most: self.pool.options().get_max_connections(),
            connections: self.pool.size(),
            idle: self.pool.num_idle() as u32,
            waiting: self.waiting.load(Relaxed),
            acquiring: &self.acquiring,
        }
    }
}

impl Deref for Pool {
    type Target = PgPool;

    fn deref(&self) -> &PgPool {
        &self.pool
    }
}

/// Who waits for a connection, until they have one or have gone.
struct Waits<'a>(&'a Pool, Instant);

impl<'a> Waits<'a> {
    fn begin(pool: &'a Pool) -> Self {
        pool.waiting.fetch_add(1, Relaxed);
        Self(pool, Instant::now())
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Relaxed);
        self.0.acquiring.observe(u64::try_from(self.1.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
}

fn pool_options(most: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(Duration::from_secs(2))
        .idle_timeout(Duration::from_secs(300))
        .max_lifetime(Duration::from_secs(1800))
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(answers(connection)))
        .after_release(|connection, _| Box::pin(answers(connection)))
}

async fn answers(connection: &mut PgConnection) -> Result<bool, Error> {
    timeout(PING, connection.ping()).await.unwrap_or(Err(Error::PoolTimedOut)).map(|()| true)
}
