//! The PostgreSQL that `reins` brings along, for running without one to connect to.
//!
//! It lives in the data directory, listens on a private socket only, and outlives a killed `reins`: the next one adopts
//! it. Its statements are bootstrapping, before there is a connection pool, and go through `psql`.

use std::convert::Infallible;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Child;

pub use self::account::default_data_dir;
use self::cluster::{Cluster, OLDEST, START_LIMIT, output};

mod account;
mod cluster;
mod running;

/// Fixed, so that neither `PGPORT` nor a default has a say.
const PORT: u16 = 5432;

/// Why there is no embedded PostgreSQL.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "no PostgreSQL found: run `apt-get install postgresql`, or set REINS_POSTGRES_BIN to the directory of its binaries"
    )]
    NotInstalled,
    #[error("PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as")]
    NoUser,
    #[error("PostgreSQL runs as `{user}`, who cannot enter `{}`: choose a data directory outside of it", directory.display())]
    Unreachable { user: String, directory: PathBuf },
    #[error("another process already uses the data directory `{}`", .0.display())]
    InUse(PathBuf),
    #[error("`{}` belongs to someone else: remove it, or choose a data directory with a shorter path", .0.display())]
    ForeignSocketDirectory(PathBuf),
    #[error(
        "`{}` was made by PostgreSQL {made_by}, and PostgreSQL {here} is what was found, which cannot read it: \
         run `apt-get install postgresql-{made_by}`, or name the directory of its binaries by REINS_POSTGRES_BIN; nothing \
         was touched, and docs/upgrading.md says how it comes to the other one",
        directory.display()
    )]
    OtherVersion { directory: PathBuf, made_by: u32, here: u32 },
    #[error("PostgreSQL {OLDEST} or later is needed, and PostgreSQL {0} is what was found")]
    TooOld(u32),
    #[error(
        "the user {0}, as whom this runs, has no name here, and PostgreSQL needs one: add it to /etc/passwd, run this as \
         a user who has one, or name a PostgreSQL elsewhere by DATABASE_URL"
    )]
    Nameless(u32),
    #[error("`{program}` failed: {output}")]
    Program { program: &'static str, output: String },
    #[error("PostgreSQL stopped while starting; its log `{}` ends: {tail}", log.display())]
    Died { log: PathBuf, tail: String },
    #[error("PostgreSQL is not ready after {} s: see `{}`", START_LIMIT.as_secs(), .0.display())]
    NotReady(PathBuf),
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
}

/// Where to connect: the owner migrates, the server works.
#[derive(Clone, Debug)]
pub struct Urls {
    pub owner: String,
    pub server: String,
}

impl Urls {
    fn at(socket: &Path) -> Self {
        let socket = percent_encode(socket);
        let url = |role| format!("postgres://{role}@localhost:{PORT}/reins?host={socket}");
        Self { owner: url("reins_owner"), server: url("reins_server") }
    }
}

/// A private PostgreSQL that this process owns.
///
/// Dropping it leaves PostgreSQL running, as a kill of this process would.
pub struct Embedded {
    cluster: Cluster,
    /// None when it was adopted.
    child: Option<Child>,
    /// Held so that a second process fails instead of adopting, and then stopping, what this one uses.
    _lock: File,
}

impl Embedded {
    /// Takes the data directory, and creates the cluster in `data_dir/postgres` when there is none; nothing runs yet.
    pub async fn create(data_dir: &Path) -> Result<Self, Error> {
        let cluster = Cluster::prepare(data_dir)?;
        let lock = cluster.lock()?;
        cluster.create().await?;
        Ok(Self { cluster, child: None, _lock: lock })
    }

    /// Starts it (or adopts it, after a kill -9 of us); creates roles `reins_owner` and `reins_server` and database `reins`
    /// when missing. What was begun when this is dropped is ended by `stop`.
    pub async fn start(&mut self) -> Result<Urls, Error> {
        let socket = self.cluster.launch(&mut self.child).await?;
        self.cluster.bootstrap(&socket).await?;
        Ok(Urls::at(&socket))
    }

    /// The URLs of the cluster in `data_dir` that another process owns and runs; `None` when none is ready.
    pub fn of_another_process(data_dir: &Path) -> Result<Option<Urls>, Error> {
        let running = Cluster::prepare(data_dir)?.postmaster()?.filter(|postmaster| postmaster.ready);
        Ok(running.map(|postmaster| Urls::at(&postmaster.socket)))
    }

    /// Looks each second whether PostgreSQL still runs, and starts it again when it does not.
    pub async fn keep_running(&mut self) -> Infallible {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            match self.cluster.postmaster() {
                Ok(None) => tracing::warn!("the private PostgreSQL has died, and is started again"),
                Ok(Some(_)) => continue,
                Err(error) => {
                    tracing::error!(%error, "whether the private PostgreSQL runs cannot be seen");
                    continue;
                }
            }
            self.child = None;
            // What is left of the old one may still be ending: it is tried again.
            if let Err(error) = self.cluster.launch(&mut self.child).await {
                tracing::error!(%error, "the private PostgreSQL does not start");
            }
        }
    }

    /// Stops it, fast mode, waits; also one that is only starting.
    pub async fn stop(self) -> Result<(), Error> {
        let Self { cluster, child, _lock } = self;

        let directory = cluster.directory.as_os_str();
        if cluster.postmaster()?.is_some() {
            let mut stop = cluster.command("pg_ctl");
            stop.args(["stop", "--silent", "--wait", "--mode=fast", "--timeout=120", "--pgdata"]).arg(directory);
            output("pg_ctl", stop.output().await)?;
        }

        if let Some(mut child) = child {
            // It may not have written yet that it is there. Where it is gone, it still has its number.
            if let Some(number) = child.id().and_then(|number| Pid::from_raw(number.try_into().ok()?)) {
                let _ = kill_process(number, Signal::INT);
            }
            child.wait().await.map_err(failed("wait for", &cluster.directory))?;
        }
        let short = cluster.short_socket_directory()?;
        match std::fs::remove_dir(&short) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove", &short)(error)),
            _ => Ok(()),
        }
    }
}

/// Whether a data directory holds a PostgreSQL.
pub fn is_there(data_dir: &Path) -> bool {
    data_dir.join("postgres").is_dir()
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |source| Error::Io { action, path: path.to_owned(), source }
}

fn percent_encode(path: &Path) -> String {
    let encode = |byte: &u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => char::from(*byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    path.as_os_str().as_bytes().iter().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tokio::process::Command;

    use super::*;

    /// An empty data directory, with spaces in its path.
    fn data_dir(name: &str) -> Result<PathBuf, Error> {
        let path = std::env::temp_dir().join(format!("reins test {} {name}", std::process::id()));
        fs::create_dir_all(&path).map_err(failed("create", &path))?;
        Ok(path)
    }

    async fn started(data: &Path) -> Result<(Embedded, Urls), Error> {
        let mut postgres = Embedded::create(data).await?;
        let urls = postgres.start().await?;
        Ok((postgres, urls))
    }

    async fn ask(postgres: &Embedded, url: &str, statement: &str) -> Result<String, Error> {
        let mut psql = postgres.cluster.command("psql");
        let answer = psql.args(["-XAt", "-d", url, "-c", statement]).output().await;
        let answer = answer.map_err(failed("run", Path::new("psql")))?;
        Ok(String::from_utf8_lossy(&[answer.stdout, answer.stderr].concat()).trim().to_owned())
    }

    #[tokio::test]
    async fn what_a_killed_process_leaves_running_is_adopted() -> Result<(), Error> {
        let data = data_dir("adopted")?;

        let (first, Urls { owner, server }) = started(&data).await?;
        assert_eq!(
            ask(&first, &owner, "create table kept (n int); insert into kept values (7)").await?,
            "CREATE TABLE\nINSERT 0 1"
        );
        assert!(ask(&first, &server, "select * from kept").await?.contains("permission denied"));
        assert!(ask(&first, &server, "create table mine ()").await?.contains("permission denied"));
        assert!(matches!(Embedded::create(&data).await, Err(Error::InUse(_))));
        drop(first);

        let (second, _) = started(&data).await?;
        assert!(second.child.is_none());
        assert_eq!(ask(&second, &owner, "select n from kept").await?, "7");
        second.stop().await?;

        let (third, urls) = started(&data).await?;
        assert!(third.child.is_some());
        assert_eq!(ask(&third, &urls.owner, "select n from kept").await?, "7");
        third.stop().await?;
        assert!(!data.join("postgres/postmaster.pid").exists());

        fs::remove_dir_all(&data).map_err(failed("remove", &data))
    }

    #[tokio::test]
    async fn a_path_unfit_for_a_socket_gets_a_short_one() -> Result<(), Error> {
        let data = data_dir(&"long, ".repeat(20))?;

        let (postgres, urls) = started(&data).await?;
        let socket = postgres.cluster.short_socket_directory()?;
        assert!(socket.exists());
        assert_eq!(ask(&postgres, &urls.server, "select current_user").await?, "reins_server");
        postgres.stop().await?;
        assert!(!socket.exists());

        fs::remove_dir_all(&data).map_err(failed("remove", &data))
    }

    #[tokio::test]
    async fn what_a_loss_of_power_leaves_of_a_lock_file_keeps_nobody_out() -> Result<(), Error> {
        let data = data_dir("power")?;
        started(&data).await?.0.stop().await?;
        let lock = data.join("postgres/postmaster.pid");
        for left in ["", "\0\0\0\0", "nonsense\n"] {
            fs::write(&lock, left).map_err(failed("write", &lock))?;
            let (postgres, urls) = started(&data).await?;
            assert_eq!(ask(&postgres, &urls.server, "select 1").await?, "1", "{left:?}");
            postgres.stop().await?;
        }
        fs::remove_dir_all(&data).map_err(failed("remove", &data))
    }

    #[tokio::test]
    async fn what_has_died_is_started_again() -> Result<(), Error> {
        let data = data_dir("died")?;
        let (mut postgres, Urls { server: url, .. }) = started(&data).await?;
        let number = fs::read_to_string(data.join("postgres/postmaster.pid")).unwrap_or_default();
        let killed = Command::new("kill").args(["-KILL", number.lines().next().unwrap_or_default()]).status().await;
        assert!(killed.is_ok_and(|status| status.success()));

        let mut psql = Cluster::prepare(&data)?.command("psql");
        psql.args(["-XAt", "-d", &url, "-c", "select current_user"]);
        let answers = async {
            while !psql.output().await.is_ok_and(|answer| answer.stdout.starts_with(b"reins_server")) {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::select! {
            never = postgres.keep_running() => match never {},
            answered = tokio::time::timeout(START_LIMIT, answers) => assert!(answered.is_ok()),
        }
        postgres.stop().await?;
        fs::remove_dir_all(&data).map_err(failed("remove", &data))
    }
}
