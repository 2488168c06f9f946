//! Serving: the database, the tasks beside, the listener, and an orderly end.

use std::{io::Write, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use governance::{Governance, Pools};
use governor::{Quota, RateLimiter};
use leptos::prelude::LeptosOptions;
use rand::Rng;
use tokio::{
    net::{TcpListener, TcpSocket},
    task::JoinSet,
    time::timeout,
};

use crate::{
    House, Rooms,
    config::{DatabaseConfig, ServeConfig},
    end::End,
    lane::Lane,
    listen,
    live::Live,
    postgres::{self, Embedded},
    room::Room,
    router,
};

/// Why it does not start, in words for whoever started it.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// The database, and the PostgreSQL that belongs to this process, if there is one.
pub struct Database {
    pub governance: Governance,
    /// Where its owner connects to; the server's own address where no other is known.
    pub owner: String,
    embedded: Option<Embedded>,
}

impl Database {
    /// Connects to the one that is configured, or starts a private one; `None` where it is told to end before.
    ///
    /// What was started is stopped again where it does not come so far.
    pub async fn open(config: &DatabaseConfig, end: &End) -> Result<Option<Self>, Fault> {
        if let Some(url) = &config.database_url {
            let connected = end.before(connect(url, config.migrate_url.as_deref())).await.transpose()?;
            let owner = config.migrate_url.as_ref().unwrap_or(url).clone();
            return Ok(connected.map(|governance| Self { governance, owner, embedded: None }));
        }
        let mut embedded = Embedded::create(&config.data_dir()).await?;
        let opened = end.before(async {
            let urls = embedded.start().await?;
            Ok((connect(&urls.server, Some(&urls.owner)).await?, urls.owner))
        });
        match opened.await {
            Some(Ok((governance, owner))) => Ok(Some(Self { governance, owner, embedded: Some(embedded) })),
            Some(Err(fault)) => {
                let _ = embedded.stop().await;
                Err(fault)
            }
            None => {
                embedded.stop().await?;
                Ok(None)
            }
        }
    }

    /// The same for a command: beside the server that owns a private one, and never making an empty one.
    pub async fn open_existing(config: &DatabaseConfig, end: &End) -> Result<Option<Self>, Fault> {
        let data = config.data_dir();
        if config.database_url.is_none() && !postgres::is_there(&data) {
            let place = data.display();
            return Err(
                format!("`{place}` holds no shop: start `reins serve` first, or name its folder by --data").into()
            );
        }
        match Self::open(config, end).await {
            Err(fault) if matches!(fault.downcast_ref(), Some(postgres::Error::InUse(_))) => {
                let urls = Embedded::of_another_process(&data)?.ok_or(fault)?;
                let connected = end.before(connect(&urls.server, None)).await.transpose()?;
                Ok(connected.map(|governance| Self { governance, owner: urls.owner, embedded: None }))
            }
            opened => opened,
        }
    }

    /// Whether it is this process's own.
    pub fn is_private(&self) -> bool {
        self.embedded.is_some()
    }

    /// Starts the PostgreSQL that belongs to this process again whenever it has died.
    async fn keep_running(&mut self) -> std::convert::Infallible {
        match &mut self.embedded {
            Some(embedded) => embedded.keep_running().await,
            None => std::future::pending().await,
        }
    }

    /// Runs `work` while PostgreSQL is kept running, and closes it whatever came of the work.
    pub async fn with<R>(mut self, work: impl AsyncFnOnce(Governance) -> Result<R, Fault>) -> Result<R, Fault> {
        let work = work(self.governance.clone());
        let done = tokio::select! {
            done = work => done,
            never = self.keep_running() => match never {},
        };
        self.close().await?;
        done
    }

    /// Stops the PostgreSQL that belongs to this process.
    pub async fn close(self) -> Result<(), Fault> {
        self.governance.close().await;
        match self.embedded {
            Some(embedded) => Ok(embedded.stop().await?),
            None => Ok(()),
        }
    }
}

async fn connect(server: &str, owner: Option<&str>) -> Result<Governance, Fault> {
    if let Some(owner) = owner {
        governance::migrate(owner, server).await?;
    }
    let connected = Governance::connect(server, Pools::default());
    let governance = connected.map_err(|_| format!("DATABASE_URL {LIKE_AN_ADDRESS}"))?;
    governance.ready().await?;
    Ok(governance)
}

/// The database that is configured, where it is not a private one; its addresses can be read.
pub fn elsewhere(config: &DatabaseConfig) -> Result<Option<Governance>, Fault> {
    let Some(server) = &config.database_url else { return Ok(None) };
    if let Some(owner) = &config.migrate_url {
        for address in [owner, server] {
            Governance::connect(address, Pools::default())
                .map_err(|_| format!("REINS_MIGRATE_URL or DATABASE_URL {LIKE_AN_ADDRESS}"))?;
        }
    }
    let governance = Governance::connect(server, Pools::default());
    Ok(Some(governance.map_err(|_| format!("DATABASE_URL {LIKE_AN_ADDRESS}"))?))
}

/// Without the address itself, which may hold a password.
const LIKE_AN_ADDRESS: &str = "has to look like `postgres://role:password@host/database`";

/// Everything that handlers need.
pub fn house(governance: Governance, config: ServeConfig) -> std::io::Result<House> {
    let quota = Quota::per_second(config.calls_per_second);
    Ok(House(Arc::new(Rooms {
        governance,
        lane: Lane::begin()?,
        live: Live::default(),
        pace: RateLimiter::keyed(quota),
        strangers: Default::default(),
        calls: Default::default(),
        seen: Default::default(),
        leptos: leptos_options(config.listen),
        config,
        setup_code: setup_code(),
    })))
}

fn leptos_options(listen: SocketAddr) -> LeptosOptions {
    let site = std::env::var("REINS_SITE").or_else(|_| std::env::var("LEPTOS_SITE_ROOT"));
    LeptosOptions::builder()
        .output_name("reins")
        .site_root(site.unwrap_or_else(|_| "target/site".to_owned()))
        .site_pkg_dir("pkg")
        .site_addr(listen)
        .reload_port(8601)
        // Written beside the binary when the client is built.
        .hash_files(std::env::current_exe().is_ok_and(|binary| binary.with_file_name("hash.txt").is_file()))
        .build()
}

/// Twelve letters and digits that nobody guesses: 60 bits.
fn setup_code() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0_u8; 12];
    rand::rng().fill_bytes(&mut bytes);
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

/// The address, taken but not listened at: that it is taken by another is known before anything is begun.
pub fn bind(address: SocketAddr) -> Result<TcpSocket, Fault> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() };
    let bound = socket.and_then(|socket| {
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        Ok(socket)
    });
    bound.map_err(|error| format!("cannot listen on {address}: {error}").into())
}

/// Connections that wait to be taken.
pub const BACKLOG: u32 = 4096;

/// Serves until it is told to end, to so many connections at most.
pub async fn serve(house: House, listener: TcpListener, most: usize, room: Option<Room>, end: &End) {
    let governance = house.governance.clone();
    let name = listener.local_addr().map_or_else(|_| host(), |address| format!("{}:{}", host(), address.port()));
    let mut tasks = JoinSet::new();
    tasks.spawn(supervise("jobs", {
        let governance = governance.clone();
        move || run_jobs(governance.clone())
    }));
    tasks.spawn(supervise("presence", {
        let governance = governance.clone();
        move || stay_present(governance.clone(), name.clone())
    }));
    tasks.spawn(supervise("memory", {
        let house = house.clone();
        move || keep_memory(house.clone())
    }));
    tasks.spawn(supervise("feed", {
        let house = house.clone();
        move || house.live.clone().poll(house.governance.clone())
    }));
    if let Some(room) = room {
        tasks.spawn(supervise("room", {
            let governance = governance.clone();
            move || room.clone().keep(governance.clone())
        }));
    }
    listen::serve(&listener, router::router(house), most, end.clone().told()).await;

    tasks.shutdown().await;
    let left = timeout(LEAVING, governance.leave()).await.unwrap_or(Err(governance::Error::Unavailable));
    if let Err(error) = left {
        tracing::warn!(%error, "the others will find out by themselves that this replica has ended");
    }
}

/// How long it is tried to say that this replica ends.
const LEAVING: Duration = Duration::from_secs(2);

/// What this machine is called, for the page that lists the replicas.
fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    if name.trim().is_empty() { "unnamed".to_owned() } else { name.trim().to_owned() }
}

async fn run_jobs(governance: Governance) {
    governance.run_jobs(governance::JOBS).await;
}

async fn stay_present(governance: Governance, name: String) {
    governance.stay_present(&name, env!("CARGO_PKG_VERSION")).await;
}

/// Runs a task for ever: one that panics is told and begun again.
async fn supervise<F: Future<Output = ()> + Send + 'static>(name: &'static str, task: impl Fn() -> F) {
    loop {
        let mut running = JoinSet::new();
        running.spawn(task());
        if let Some(Err(error)) = running.join_next().await {
            tracing::error!(name, %error, "a task has failed, and is begun again");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// The longest that is waited for the database; over a connection that has gone silent it would be without an end.
const PATIENCE: Duration = Duration::from_secs(60);

/// What this process alone remembers: some of it goes to the database each five seconds, and some is forgotten each minute.
/// What is not written is written the next time.
async fn keep_memory(house: House) {
    let governance = &house.governance;
    let mut ticks = tokio::time::interval(Duration::from_secs(5));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for count in 0_u64.. {
        ticks.tick().await;
        told("attempts could not be counted", governance.write_attempts()).await;
        told("whose requests are to be added up could not be written", governance.write_crowded()).await;
        if count.is_multiple_of(12) {
            house.pace.retain_recent();
            house.strangers.forget_old();
        }
    }
}

async fn told(what: &'static str, write: impl Future<Output = governance::Result<()>>) {
    if let Err(error) = timeout(PATIENCE, write).await.unwrap_or(Err(governance::Error::Unavailable)) {
        tracing::warn!(%error, what);
    }
}

/// Whoever started it may not listen any more, which is no reason to end.
pub fn say(words: &str) {
    let _ = writeln!(std::io::stdout(), "{words}");
}

/// What is printed where somebody waits for an address.
pub fn address(listen: SocketAddr, public: Option<&str>) -> String {
    public.map_or_else(|| format!("http://{listen}"), str::to_owned)
}

/// Where the client lies, for a message when it is missing.
pub fn site_is_built(options: &LeptosOptions) -> bool {
    PathBuf::from(options.site_root.as_ref()).join(options.site_pkg_dir.as_ref()).is_dir()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use super::*;

    #[tokio::test]
    async fn a_task_that_panics_or_ends_is_begun_again() {
        static BEGUN: AtomicUsize = AtomicUsize::new(0);
        let supervised = supervise("test", || async {
            match BEGUN.fetch_add(1, SeqCst) {
                0 => panic!("on purpose"),
                1 => {}
                _ => std::future::pending().await,
            }
        });
        let begun_thrice = async {
            while BEGUN.load(SeqCst) < 3 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::select! {
            () = supervised => {}
            done = timeout(Duration::from_secs(20), begun_thrice) => assert!(done.is_ok()),
        }
    }
}
