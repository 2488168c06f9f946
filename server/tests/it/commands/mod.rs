//! The command line as its callers meet it: arguments and standard input go in, an exit code and two streams come out.

mod agents;
mod configuration;
mod customers;
mod description;
mod keys;
mod people;
mod replay;
mod schema;
mod stops;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{io::AsyncWriteExt, process::Command, time::timeout};

use crate::support::Shop;

/// A command that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who applies files, adds people and makes keys in the tests' shop.
const ADMIN: &str = "ada@example.com";

/// What a command came to.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ran {
    /// What it printed; it has succeeded.
    #[track_caller]
    fn printed(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// It has failed with this exit code, says these words where errors go, and nothing else.
    #[track_caller]
    fn failed(&self, code: i32, words: &str) {
        assert_eq!((self.code, self.out.as_str()), (Some(code), ""), "{self:?}");
        assert!(self.err.contains(words), "`{words}` is not in {self:?}");
    }
}

/// Runs `reins` with this environment and nothing of the tests' own.
async fn reins(environment: &[(&str, &str)], arguments: &[&str], input: &str) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reins"));
    for name in ["DATABASE_URL", "REINS_MIGRATE_URL", "REINS_DATA", "REINS_LISTEN", "REINS_PUBLIC_URL"] {
        command.env_remove(name);
    }
    command.env("REINS_LOG", "warn").envs(environment.iter().copied()).args(arguments).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // What is refused before it reads has closed its end.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes()).await;
    let output = timeout(PATIENCE, child.wait_with_output()).await.expect("it does not end").unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

impl Shop {
    /// Runs a command on the shop's database.
    async fn reins(&self, arguments: &[&str]) -> Ran {
        self.reins_with(arguments, "").await
    }

    async fn reins_with(&self, arguments: &[&str], input: &str) -> Ran {
        reins(&[("DATABASE_URL", &self.database.server_url())], arguments, input).await
    }
}

/// A file for a command to read; gone with the test.
struct Written(PathBuf);

impl Written {
    fn new(name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = std::env::temp_dir().join(format!("reins {} {name}", std::process::id()));
        fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        Path::to_str(&self.0).unwrap()
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// The file of an agent `desk`: refunds over 50.00 USD wait for people, more than three an hour are denied.
const DESK: &str = include_str!("desk.toml");
