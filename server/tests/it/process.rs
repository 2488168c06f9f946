//! The `reins` binary, serving in a process of its own.

use std::{path::Path, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::{browser::PASSWORD, client::Client};

/// Ends with the test.
pub struct Process {
    child: Child,
    /// `127.0.0.1:8600`.
    pub address: String,
}

impl Process {
    /// Serves on a free port; gives it back once it listens.
    pub async fn serve(database_url: &str) -> Self {
        Self::serve_with(database_url, None, &[], Stdio::inherit()).await
    }

    /// Serves with a PostgreSQL of its own in this data directory.
    pub async fn serve_alone(data: &Path, log: Stdio) -> Self {
        Self::begin(None, &[("REINS_DATA", data.to_str().unwrap())], log).await
    }

    /// Serves with so many open files at most, with more in its environment, and with its log going elsewhere.
    pub async fn serve_with(database_url: &str, files: Option<u32>, more: &[(&str, &str)], log: Stdio) -> Self {
        // The tests' own PostgreSQL is quick and not durable.
        let environment = [("DATABASE_URL", database_url), ("REINS_ALLOW_DATA_LOSS", "true")];
        Self::begin(files, &[&environment, more].concat(), log).await
    }

    async fn begin(files: Option<u32>, environment: &[(&str, &str)], log: Stdio) -> Self {
        let binary = env!("CARGO_BIN_EXE_reins");
        let mut command = match files {
            None => Command::new(binary),
            Some(files) => {
                let mut command = Command::new("bash");
                command.args(["-c", &format!("ulimit -n {files}; exec \"$@\""), "bash", binary]);
                command
            }
        };
        for name in ["DATABASE_URL", "REINS_MIGRATE_URL", "REINS_PUBLIC_URL", "REINS_LISTEN", "REINS_DATA"] {
            command.env_remove(name);
        }
        command.args(["serve", "--listen", "127.0.0.1:0", "--calls-per-second", "100000"]);
        command.env("REINS_LOG", "warn").envs(environment.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(log).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = timeout(Duration::from_secs(30), lines.next_line()).await.expect("it does not start").unwrap();
        let said = said.expect("it ended");
        let address = said.strip_prefix("Reins is at http://").unwrap_or_else(|| panic!("{said}")).to_owned();
        // What else it says is read, so that it never waits for a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, address }
    }

    /// Whoever read its log is gone.
    pub fn hang_up_on_its_log(&mut self) {
        drop(self.child.stderr.take());
    }

    /// Sends a signal by its name, such as `STOP`.
    pub async fn signal(&self, name: &str) {
        let id = self.child.id().expect("it runs").to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &id]).status().await.unwrap();
        assert!(sent.success());
    }

    /// Ends it as a crash would: at once, in the midst of whatever it does.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Ends it in order, with what it had to log written.
    pub async fn end(mut self) {
        self.signal("TERM").await;
        self.child.wait().await.unwrap();
    }

    pub fn agent(&self, key: &str) -> Client {
        Client::agent(&self.address, key)
    }

    pub fn browser(&self, cookie: &str) -> Client {
        Client::browser(&self.address, cookie)
    }

    /// Signs in; the session is as good on every process on the same database.
    pub async fn sign_in(&self, email: &str) -> String {
        let form = format!("email={email}&password={}", PASSWORD.replace(' ', "+"));
        let reply = self.browser("").post("/sign-in", "", &form).await.unwrap();
        assert_eq!((reply.status, reply.header("location")), (303, "/"), "{reply:?}");
        reply.header("set-cookie").split(';').next().unwrap().to_owned()
    }
}
