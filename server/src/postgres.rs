//! The PostgreSQL that `reins` brings along, for running without one to connect to.
//!
//! It lives in the data directory, listens on a private socket only, and outlives a killed `reins`: the next one adopts
//! it. Its statements are bootstrapping, before there is a connection pool, and go through `psql`.

use std::fs::{self, File, Permissions, TryLockError};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

/// Fixed, so that neither `PGPORT` nor a default has a say.
const PORT: u16 = 5432;

/// Recovery after a crash may have much to replay.
const START_LIMIT: Duration = Duration::from_secs(300);

const SETTINGS: [&str; 5] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=200",
    "shared_buffers=128MB",
    "timezone=UTC",
];

/// Run at every start; the second run changes nothing.
const BOOTSTRAP: &str = r"
select 'create role reins_owner login' where not exists (select from pg_roles where rolname = 'reins_owner') \gexec
select 'create role reins_server login' where not exists (select from pg_roles where rolname = 'reins_server') \gexec
select 'create database reins owner reins_owner' where not exists (select from pg_database where datname = 'reins') \gexec
revoke all on database reins from public;
grant connect on database reins to reins_server;
";

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

/// A private PostgreSQL that this process owns.
///
/// Dropping it leaves PostgreSQL running, as a kill of this process would.
pub struct Embedded {
    cluster: Cluster,
    socket: PathBuf,
    /// None when it was adopted.
    child: Option<Child>,
    /// Held so that a second process fails instead of adopting, and then stopping, what this one uses.
    _lock: File,
}

impl Embedded {
    /// Starts (or adopts, after a kill -9 of us) the cluster in `data_dir/postgres`; creates roles `reins_owner` and
    /// `reins_server` and database `reins` when missing.
    pub async fn start(data_dir: &Path) -> Result<Self, Error> {
        let cluster = Cluster::prepare(data_dir)?;
        let lock = cluster.lock()?;

        cluster.create().await?;
        let (child, socket) = cluster.launch().await?;
        cluster.bootstrap(&socket).await?;

        Ok(Self { cluster, socket, child, _lock: lock })
    }

    /// The URLs of the database `reins`, as sqlx and `psql` take them.
    pub fn urls(&self) -> Urls {
        let socket = percent_encode(&self.socket);
        let url = |role| format!("postgres://{role}@localhost:{PORT}/reins?host={socket}");
        Urls { owner: url("reins_owner"), server: url("reins_server") }
    }

    /// Stops it, fast mode, waits.
    pub async fn stop(self) -> Result<(), Error> {
        let Self { cluster, socket, child, _lock } = self;

        let directory = cluster.directory.as_os_str();
        if cluster.postmaster().is_some() {
            let mut stop = cluster.command("pg_ctl");
            stop.args(["stop", "--silent", "--wait", "--mode=fast", "--timeout=120", "--pgdata"]).arg(directory);
            output("pg_ctl", stop.output().await)?;
        }

        if let Some(mut child) = child {
            child.wait().await.map_err(failed("wait for", &cluster.directory))?;
        }
        if socket != cluster.directory {
            fs::remove_dir_all(&socket).map_err(failed("remove", &socket))?;
        }
        Ok(())
    }
}

/// `data` in the current directory, or `/var/lib/reins` where PostgreSQL's user could not enter that one.
pub fn default_data_dir() -> PathBuf {
    let data = PathBuf::from("data");
    match Account::to_run_postgres() {
        Ok(Some(account)) if std::path::absolute(&data).is_ok_and(|path| account.barred_from(&path).is_some()) => {
            PathBuf::from("/var/lib/reins")
        }
        _ => data,
    }
}

/// The files of a PostgreSQL and what is needed to run it; not whether it runs.
struct Cluster {
    directory: PathBuf,
    log: PathBuf,
    bin: PathBuf,
    /// None when we are an ordinary user, who runs PostgreSQL as themself.
    account: Option<Account>,
}

impl Cluster {
    fn prepare(data_dir: &Path) -> Result<Self, Error> {
        fs::create_dir_all(data_dir).map_err(failed("create", data_dir))?;
        let data_dir = data_dir.canonicalize().map_err(failed("resolve", data_dir))?;
        let directory = data_dir.join("postgres");

        let account = Account::to_run_postgres()?;
        if let Some(account) = &account
            && let Some(barred) = account.barred_from(&directory)
        {
            return Err(Error::Unreachable { user: account.name.clone(), directory: barred });
        }

        Ok(Self { bin: binaries(&directory)?, log: data_dir.join("postgres.log"), directory, account })
    }

    fn lock(&self) -> Result<File, Error> {
        let path = self.directory.with_extension("lock");
        let file = File::create(&path).map_err(failed("create", &path))?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => Error::InUse(self.directory.clone()),
            TryLockError::Error(source) => Error::Io { action: "lock", path, source },
        })?;
        Ok(file)
    }

    /// Creates the cluster when there is none.
    async fn create(&self) -> Result<(), Error> {
        if self.directory.exists() {
            return Ok(());
        }

        // A kill in the middle leaves a half-made cluster: only a whole one gets the name.
        let unfinished = self.directory.with_extension("new");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(failed("remove", &unfinished))?;
        }
        self.create_private_directory(&unfinished)?;

        let mut initdb = self.command("initdb");
        initdb.args(["--username=postgres", "--auth-local=trust", "--auth-host=reject", "--data-checksums"]);
        initdb.args(["--encoding=UTF8", "--locale=C.UTF-8", "--pgdata"]).arg(&unfinished);
        output("initdb", initdb.output().await)?;

        fs::rename(&unfinished, &self.directory).map_err(failed("rename", &unfinished))
    }

    /// Waits until PostgreSQL is ready, starting it unless it runs already; returns where its socket is.
    async fn launch(&self) -> Result<(Option<Child>, PathBuf), Error> {
        let limit = Instant::now() + START_LIMIT;
        let mut child: Option<Child> = None;

        while Instant::now() < limit {
            match (self.postmaster(), &mut child) {
                (Some(Postmaster { ready: true, socket }), _) => return Ok((child, socket)),
                // Starting, or still stopping since someone else asked it to.
                (Some(_), _) => {}
                (None, Some(child)) => {
                    if child.try_wait().map_err(failed("wait for", &self.directory))?.is_some() {
                        return Err(Error::Died { log: self.log.clone(), tail: self.log_tail() });
                    }
                }
                (None, None) => child = Some(self.spawn()?),
            }
            sleep(Duration::from_millis(20)).await;
        }
        Err(Error::NotReady(self.log.clone()))
    }

    fn spawn(&self) -> Result<Child, Error> {
        let log = File::options().create(true).append(true).open(&self.log).map_err(failed("open", &self.log))?;
        let log_too = log.try_clone().map_err(failed("open", &self.log))?;
        let mut sockets = std::ffi::OsString::from("unix_socket_directories=");
        sockets.push(self.socket_directory()?);

        let mut postgres = self.command("postgres");
        postgres.arg("-D").arg(&self.directory).arg("-c").arg(sockets);
        postgres.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        // Its own group: Ctrl-C in a terminal is for us, and we stop PostgreSQL last.
        postgres.process_group(0).stdout(log).stderr(log_too);
        postgres.spawn().map_err(failed("start", &self.bin.join("postgres")))
    }

    async fn bootstrap(&self, socket: &Path) -> Result<(), Error> {
        let mut psql = self.command("psql");
        psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--username=postgres", "--dbname=postgres"]);
        psql.arg(format!("--port={PORT}")).arg("--host").arg(socket).stdin(Stdio::piped());
        let path = self.bin.join("psql");

        let mut child = psql.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(failed("start", &path))?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(BOOTSTRAP.as_bytes()).await.map_err(failed("write to", &path))?;
        }
        output("psql", child.wait_with_output().await)
    }

    /// The process that runs this cluster, by the file it keeps: see `CreateLockFile` in PostgreSQL's source.
    fn postmaster(&self) -> Option<Postmaster> {
        let path = self.directory.join("postmaster.pid");
        let text = fs::read_to_string(&path).ok()?;
        let lines: Vec<&str> = text.lines().collect();

        // Names the cluster in its arguments; a process that came later by the same number does not.
        let arguments = fs::read(format!("/proc/{}/cmdline", lines.first()?.trim())).ok()?;
        if !arguments.split(|byte| *byte == 0).any(|argument| argument == self.directory.as_os_str().as_bytes()) {
            return None;
        }

        let ready = lines.get(7).is_some_and(|status| status.trim() == "ready");
        Some(Postmaster { ready, socket: lines.get(4).map(PathBuf::from).unwrap_or_default() })
    }

    /// The cluster itself, unless that path is too long for a socket: then a short one that is ours alone.
    fn socket_directory(&self) -> Result<PathBuf, Error> {
        let socket = self.directory.join(format!(".s.PGSQL.{PORT}"));
        if socket.as_os_str().len() <= 107 {
            return Ok(self.directory.clone());
        }

        let inode = self.directory.metadata().map_err(failed("read", &self.directory))?.ino();
        let short = PathBuf::from(format!("/tmp/reins-{inode}"));
        match short.symlink_metadata() {
            Err(_) => self.create_private_directory(&short)?,
            Ok(found) if found.is_dir() && found.uid() == self.uid() && found.mode() & 0o077 == 0 => {}
            Ok(_) => return Err(Error::ForeignSocketDirectory(short)),
        }
        Ok(short)
    }

    fn create_private_directory(&self, path: &Path) -> Result<(), Error> {
        fs::DirBuilder::new().mode(0o700).create(path).map_err(failed("create", path))?;
        fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(failed("protect", path))?;
        match &self.account {
            Some(account) => chown(path, Some(account.uid), Some(account.gid)).map_err(failed("hand over", path)),
            None => Ok(()),
        }
    }

    fn uid(&self) -> u32 {
        self.account.as_ref().map_or_else(effective_uid, |account| account.uid)
    }

    /// One of PostgreSQL's programs, as the right user and without this process's own settings for it.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        // The current directory may be one that this user cannot enter.
        command.stdin(Stdio::null()).current_dir("/");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_bytes().starts_with(b"PG")) {
            command.env_remove(name);
        }
        if let Some(account) = &self.account {
            command.uid(account.uid).gid(account.gid);
        }
        command
    }

    fn log_tail(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(5)..].join("; ")
    }
}

struct Postmaster {
    ready: bool,
    socket: PathBuf,
}

/// A user to run PostgreSQL as.
struct Account {
    name: String,
    uid: u32,
    gid: u32,
}

impl Account {
    /// None for an ordinary user; PostgreSQL refuses to run as root.
    fn to_run_postgres() -> Result<Option<Self>, Error> {
        if effective_uid() != 0 {
            return Ok(None);
        }
        let path = Path::new("/etc/passwd");
        let users = fs::read_to_string(path).map_err(failed("read", path))?;
        let account =
            ["postgres", "nobody"].iter().find_map(|name| users.lines().find_map(|line| Self::parse(line, name)));
        account.map(Some).ok_or(Error::NoUser)
    }

    fn parse(line: &str, name: &str) -> Option<Self> {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Self { name: name.to_owned(), uid, gid })
    }

    /// The first directory on the way to `path` that this user cannot enter.
    fn barred_from(&self, path: &Path) -> Option<PathBuf> {
        let mut ancestors: Vec<&Path> = path.ancestors().skip(1).collect();
        ancestors.reverse();
        let barred = |directory: &&Path| {
            directory.metadata().is_ok_and(|metadata| {
                let enter = match (metadata.uid() == self.uid, metadata.gid() == self.gid) {
                    (true, _) => 0o100,
                    (_, true) => 0o010,
                    _ => 0o001,
                };
                metadata.mode() & enter == 0
            })
        };
        ancestors.into_iter().find(barred).map(Path::to_owned)
    }
}

/// Who owns this process's entry in `/proc`; asking the system itself would take unsafe code.
fn effective_uid() -> u32 {
    fs::metadata("/proc/self").map_or(u32::MAX, |metadata| metadata.uid())
}

/// The directory of the binaries: of the version that made the cluster, else of the newest.
fn binaries(cluster: &Path) -> Result<PathBuf, Error> {
    if let Some(chosen) = std::env::var_os("REINS_POSTGRES_BIN") {
        return Some(PathBuf::from(chosen)).filter(|bin| bin.join("initdb").exists()).ok_or(Error::NotInstalled);
    }

    let debian = Path::new("/usr/lib/postgresql");
    let made_by = fs::read_to_string(cluster.join("PG_VERSION")).ok().and_then(|version| version.trim().parse().ok());
    let versions = fs::read_dir(debian).into_iter().flatten().flatten();
    let newest = versions
        .filter(|entry| entry.path().join("bin/initdb").exists())
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .max_by_key(|version| (Some(*version) == made_by, *version));
    if let Some(version) = newest {
        return Ok(debian.join(version.to_string()).join("bin"));
    }

    let asked = std::process::Command::new("pg_config").arg("--bindir").output().map_err(|_| Error::NotInstalled)?;
    let bin = PathBuf::from(String::from_utf8_lossy(&asked.stdout).trim());
    Some(bin).filter(|bin| bin.join("initdb").exists()).ok_or(Error::NotInstalled)
}

fn output(program: &'static str, output: io::Result<Output>) -> Result<(), Error> {
    let output = output.map_err(failed("run", Path::new(program)))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(Error::Program { program, output: String::from_utf8_lossy(&said).trim().to_owned() })
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
    use super::*;

    /// A data directory that a test leaves behind empty-handed.
    fn data_dir(name: &str) -> Result<PathBuf, Error> {
        let path = std::env::temp_dir().join(format!("reins test {}", std::process::id())).join(name);
        fs::create_dir_all(&path).map_err(failed("create", &path))?;
        Ok(path)
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

        let first = Embedded::start(&data).await?;
        let Urls { owner, server } = first.urls();
        assert_eq!(
            ask(&first, &owner, "create table kept (n int); insert into kept values (7)").await?,
            "CREATE TABLE\nINSERT 0 1"
        );
        assert!(ask(&first, &server, "select * from kept").await?.contains("permission denied"));
        assert!(ask(&first, &server, "create table mine ()").await?.contains("permission denied"));
        assert!(matches!(Embedded::start(&data).await, Err(Error::InUse(_))));
        drop(first);

        let second = Embedded::start(&data).await?;
        assert!(second.child.is_none());
        assert_eq!(ask(&second, &owner, "select n from kept").await?, "7");
        second.stop().await?;

        let third = Embedded::start(&data).await?;
        assert!(third.child.is_some());
        assert_eq!(ask(&third, &third.urls().owner, "select n from kept").await?, "7");
        third.stop().await?;
        assert!(!data.join("postgres/postmaster.pid").exists());

        fs::remove_dir_all(&data).map_err(failed("remove", &data))
    }

    #[tokio::test]
    async fn a_path_too_long_for_a_socket_gets_a_short_one() -> Result<(), Error> {
        let data = data_dir(&"long".repeat(30))?;

        let postgres = Embedded::start(&data).await?;
        let socket = postgres.socket.clone();
        assert_eq!(ask(&postgres, &postgres.urls().server, "select current_user").await?, "reins_server");
        postgres.stop().await?;
        assert!(!socket.exists());

        fs::remove_dir_all(&data).map_err(failed("remove", &data))
    }

    #[test]
    fn a_user_is_barred_by_the_first_closed_directory() -> Result<(), Error> {
        let closed = data_dir("closed")?;
        fs::set_permissions(&closed, Permissions::from_mode(0o700)).map_err(failed("protect", &closed))?;
        let nobody = Account { name: "nobody".to_owned(), uid: u32::MAX - 2, gid: u32::MAX - 2 };

        assert_eq!(nobody.barred_from(&closed.join("data/postgres")), Some(closed.clone()));
        assert_eq!(nobody.barred_from(&closed), None);

        fs::remove_dir_all(&closed).map_err(failed("remove", &closed))
    }
}
