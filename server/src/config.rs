//! Configuration by flags and `REINS_*` variables, checked at start.

use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf};

use clap::Args;

use crate::postgres;

/// Where the database is.
#[derive(Args, Clone)]
pub struct DatabaseConfig {
    /// The server's own role; without it, `reins` starts and owns a private PostgreSQL.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// The owner's role, which brings the schema up to date.
    #[arg(long, env = "REINS_MIGRATE_URL", hide_env_values = true)]
    pub migrate_url: Option<String>,
    /// Where a private PostgreSQL keeps its data.
    #[arg(long, env = "REINS_DATA")]
    pub data: Option<PathBuf>,
}

impl DatabaseConfig {
    pub fn data_dir(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(postgres::default_data_dir)
    }
}

/// How to serve.
#[derive(Args, Clone)]
pub struct ServeConfig {
    /// Where to listen.
    #[arg(long, env = "REINS_LISTEN", default_value = "127.0.0.1:8600", value_parser = listen)]
    pub listen: SocketAddr,
    /// The address that people use, such as `https://reins.example`; with https, cookies are secure.
    #[arg(long, env = "REINS_PUBLIC_URL", value_parser = public_url)]
    pub public_url: Option<String>,
    /// How many proxies stand in front, each of which adds the address that it saw to `X-Forwarded-For`; with 0 that
    /// header is not believed, and limits are those of the address that connects.
    #[arg(long, env = "REINS_TRUSTED_HOPS", default_value = "0", value_parser = trusted_hops)]
    pub trusted_hops: u8,
    /// Calls a second that each key may make.
    #[arg(long, env = "REINS_CALLS_PER_SECOND", default_value = "1000", value_parser = calls_per_second)]
    pub calls_per_second: NonZeroU32,
    /// Where this replica says how it stands, as OpenMetrics at `/metrics`: to anybody who reaches it, so keep it inside.
    #[arg(long, env = "REINS_METRICS", value_parser = metrics)]
    pub metrics: Option<SocketAddr>,
    /// Which calls have a line in the log: `none`, `failed` (those that Reins failed) or `all`.
    #[arg(long, env = "REINS_LOG_CALLS", default_value = "failed", value_parser = log_calls)]
    pub log_calls: LogCalls,
    /// Serve on a PostgreSQL that may lose what it has confirmed, as its `fsync` or `full_page_writes` is off: for tests.
    #[arg(long, env = "REINS_ALLOW_DATA_LOSS")]
    pub allow_data_loss: bool,
}

/// Which calls have a line in the log.
#[derive(Clone, Copy, PartialEq)]
pub enum LogCalls {
    None,
    Failed,
    All,
}

impl ServeConfig {
    /// Whether TLS stands in front.
    pub fn is_public(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }
}

// A value may come from a flag or from a variable, and the parser names the flag only.

fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "REINS_LISTEN has to look like `127.0.0.1:8600`".to_owned())
}

fn metrics(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "REINS_METRICS has to look like `127.0.0.1:9600`".to_owned())
}

fn log_calls(text: &str) -> Result<LogCalls, String> {
    match text {
        "none" => Ok(LogCalls::None),
        "failed" => Ok(LogCalls::Failed),
        "all" => Ok(LogCalls::All),
        _ => Err("REINS_LOG_CALLS has to be `none`, `failed` or `all`".to_owned()),
    }
}

fn calls_per_second(text: &str) -> Result<NonZeroU32, String> {
    text.parse().map_err(|_| "REINS_CALLS_PER_SECOND has to be a number from 1".to_owned())
}

fn trusted_hops(text: &str) -> Result<u8, String> {
    let hops = text.parse().ok().filter(|hops| *hops <= 10);
    hops.ok_or_else(|| "REINS_TRUSTED_HOPS has to be a number from 0 to 10".to_owned())
}

fn public_url(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.trim_end_matches('/').contains(['/', ' ']) => {
            Ok(text.trim_end_matches('/').to_owned())
        }
        _ => Err("REINS_PUBLIC_URL has to look like `https://reins.example`".to_owned()),
    }
}
