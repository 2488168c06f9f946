//! The cluster on disk and the programs that work on it.

use std::ffi::OsString;
use std::fs::{self, File, Permissions, TryLockError};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use super::account::{Account, effective_uid};
use super::running::{Postmaster, postmaster, remove_remnants};
use super::{Error, PORT, failed};

/// Recovery after a crash may have much to replay.
pub(super) const START_LIMIT: Duration = Duration::from_secs(300);

/// The oldest major version that Reins works with.
pub(super) const OLDEST: u32 = 15;

const SETTINGS: [&str; 8] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=200",
    "shared_buffers=256MB",
    // After a checkpoint every page is written whole once more: rarely, then, even under load.
    "max_wal_size=4GB",
    "checkpoint_timeout=15min",
    "timezone=UTC",
    // The details of an error quote the row it is about: no customer's data in a log.
    "log_error_verbosity=terse",
];

/// Run at every start; the second run changes nothing.
const BOOTSTRAP: &str = r"
select 'create role reins_owner login' where not exists (select from pg_roles where rolname = 'reins_owner') \gexec
select 'create role reins_server login' where not exists (select from pg_roles where rolname = 'reins_server') \gexec
select 'create database reins owner reins_owner' where not exists (select from pg_database where datname = 'reins') \gexec
revoke all on database reins from public;
grant connect on database reins to reins_server;
";

/// The files of a PostgreSQL and what is needed to run it; not whether it runs.
pub(super) struct Cluster {
    pub directory: PathBuf,
    log: PathBuf,
    bin: PathBuf,
    /// None when we are an ordinary user, who runs PostgreSQL as themself.
    account: Option<Account>,
}

impl Cluster {
    pub fn prepare(data_dir: &Path) -> Result<Self, Error> {
        let account = Account::to_run_postgres()?;
        if !data_dir.exists() {
            fs::create_dir_all(data_dir).map_err(failed("create", data_dir))?;
            if account.is_some() {
                // Whatever root's umask, PostgreSQL's user has to pass.
                fs::set_permissions(data_dir, Permissions::from_mode(0o711)).map_err(failed("open up", data_dir))?;
            }
        }
        let data_dir = data_dir.canonicalize().map_err(failed("resolve", data_dir))?;
        let directory = data_dir.join("postgres");

        if let Some(account) = &account
            && let Some(barred) = account.barred_from(&directory)
        {
            return Err(Error::Unreachable { user: account.name.clone(), directory: barred });
        }

        let bin = binaries(&directory)?;
        check_version(&bin, &directory)?;
        Ok(Self { bin, log: data_dir.join("postgres.log"), directory, account })
    }

    pub fn lock(&self) -> Result<File, Error> {
        let path = self.directory.with_extension("lock");
        let file = File::create(&path).map_err(failed("create", &path))?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => Error::InUse(self.directory.clone()),
            TryLockError::Error(source) => Error::Io { action: "lock", path, source },
        })?;
        Ok(file)
    }

    /// Creates the cluster when there is none.
    pub async fn create(&self) -> Result<(), Error> {
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
        // Its own group: Ctrl-C in a terminal waits for the seconds that it takes.
        initdb.process_group(0);
        initdb.args(["--username=postgres", "--auth-local=trust", "--auth-host=reject", "--data-checksums"]);
        // The order is the same by both, and of `C` PostgreSQL knows that bytes say it.
        initdb.args(["--encoding=UTF8", "--locale=C.UTF-8", "--lc-collate=C", "--pgdata"]).arg(&unfinished);
        output("initdb", initdb.output().await).map_err(|error| match error {
            Error::Program { output, .. } if output.contains("could not look up effective user ID") => {
                Error::Nameless(self.uid())
            }
            error => error,
        })?;

        fs::rename(&unfinished, &self.directory).map_err(failed("rename", &unfinished))
    }

    /// Waits until PostgreSQL is ready, starting it as `child` unless it runs already; returns where its socket is.
    pub async fn launch(&self, child: &mut Option<Child>) -> Result<PathBuf, Error> {
        let limit = Instant::now() + START_LIMIT;

        while Instant::now() < limit {
            match (self.postmaster()?, &mut *child) {
                (Some(Postmaster { ready: true, socket }), _) => return Ok(socket),
                // Starting, or still stopping since someone else asked it to.
                (Some(_), _) => {}
                (None, Some(child)) => {
                    if child.try_wait().map_err(failed("wait for", &self.directory))?.is_some() {
                        return Err(Error::Died { log: self.log.clone(), tail: self.log_tail() });
                    }
                }
                (None, None) => *child = Some(self.spawn()?),
            }
            sleep(Duration::from_millis(20)).await;
        }
        Err(Error::NotReady(self.log.clone()))
    }

    fn spawn(&self) -> Result<Child, Error> {
        let sockets = self.socket_directory()?;
        let locks = [self.directory.join("postmaster.pid"), sockets.join(format!(".s.PGSQL.{PORT}.lock"))];
        remove_remnants(&self.directory, &locks)?;

        let mut log = File::options();
        let log = log.create(true).append(true).mode(0o600).open(&self.log).map_err(failed("open", &self.log))?;
        let log_too = log.try_clone().map_err(failed("open", &self.log))?;
        let mut setting = OsString::from("unix_socket_directories=");
        setting.push(&sockets);
        let mut postgres = self.command("postgres");
        postgres.arg("-D").arg(&self.directory).arg("-c").arg(setting);
        postgres.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        // Its own group: Ctrl-C in a terminal is for us, and we stop PostgreSQL last.
        postgres.process_group(0).stdout(log).stderr(log_too);
        postgres.spawn().map_err(failed("start", &self.bin.join("postgres")))
    }

    pub async fn bootstrap(&self, socket: &Path) -> Result<(), Error> {
        let mut psql = self.command("psql");
        psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--username=postgres", "--dbname=postgres"]);
        psql.arg(format!("--port={PORT}")).arg("--host").arg(socket).stdin(Stdio::piped());
        let path = self.bin.join("psql");

        let mut child = psql.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(failed("start", &path))?;
        let written = match child.stdin.take() {
            Some(mut stdin) => stdin.write_all(BOOTSTRAP.as_bytes()).await,
            None => Ok(()),
        };
        // What psql says comes first: it explains why it did not read to the end.
        output("psql", child.wait_with_output().await)?;
        written.map_err(failed("write to", &path))
    }

    /// The PostgreSQL that runs this cluster, if one does; an error stands for not knowing.
    pub fn postmaster(&self) -> Result<Option<Postmaster>, Error> {
        postmaster(&self.directory)
    }

    /// The cluster itself, or a short directory that is ours alone: a socket's path has at most 107 bytes, and a comma
    /// would make a list of it.
    fn socket_directory(&self) -> Result<PathBuf, Error> {
        let socket = self.directory.join(format!(".s.PGSQL.{PORT}"));
        let socket = socket.as_os_str().as_bytes();
        if socket.len() <= 107 && !socket.contains(&b',') && !socket.contains(&b'"') {
            return Ok(self.directory.clone());
        }

        let short = self.short_socket_directory()?;
        match short.symlink_metadata() {
            Err(_) => self.create_private_directory(&short)?,
            Ok(found) if found.is_dir() && found.uid() == self.uid() && found.mode() & 0o077 == 0 => {}
            Ok(_) => return Err(Error::ForeignSocketDirectory(short)),
        }
        Ok(short)
    }

    pub fn short_socket_directory(&self) -> Result<PathBuf, Error> {
        let metadata = self.directory.metadata().map_err(failed("read", &self.directory))?;
        Ok(PathBuf::from(format!("/tmp/reins-{}-{}", metadata.dev(), metadata.ino())))
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
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        // The current directory may be one that this user cannot enter.
        command.stdin(Stdio::null()).current_dir("/").env("LC_ALL", "C");
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
        lines[lines.len().saturating_sub(3)..].join("; ")
    }
}

/// The directory of the binaries: of the version that made the cluster, else of the newest.
fn binaries(cluster: &Path) -> Result<PathBuf, Error> {
    if let Some(chosen) = std::env::var_os("REINS_POSTGRES_BIN") {
        return Some(PathBuf::from(chosen)).filter(|bin| bin.join("initdb").exists()).ok_or(Error::NotInstalled);
    }

    let debian = Path::new("/usr/lib/postgresql");
    let made_by = made_by(cluster);
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

/// The major version that made a cluster; `None` where there is none.
fn made_by(cluster: &Path) -> Option<u32> {
    fs::read_to_string(cluster.join("PG_VERSION")).ok()?.trim().parse().ok()
}

/// Refuses binaries that are too old, or of another major version than the cluster's, which they cannot read.
fn check_version(bin: &Path, cluster: &Path) -> Result<(), Error> {
    let path = bin.join("postgres");
    let told = std::process::Command::new(&path).arg("--version").output().map_err(failed("run", &path))?;
    // Such as `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`, or `17beta1`.
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let digits = told.split(") ").nth(1).map(|version| version.split(|c: char| !c.is_ascii_digit()).next());
    let Some(here) = digits.flatten().and_then(|major| major.parse().ok()) else {
        return Err(Error::Program { program: "postgres --version", output: told.trim().to_owned() });
    };
    match made_by(cluster) {
        Some(made_by) if made_by != here => Err(Error::OtherVersion { directory: cluster.to_owned(), made_by, here }),
        _ if here < OLDEST => Err(Error::TooOld(here)),
        _ => Ok(()),
    }
}

pub(super) fn output(program: &'static str, output: io::Result<Output>) -> Result<(), Error> {
    let output = output.map_err(failed("run", Path::new(program)))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(Error::Program { program, output: String::from_utf8_lossy(&said).trim().to_owned() })
}
