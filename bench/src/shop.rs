//! The Reins under load, in a folder of its own.

use std::{
    io::Write,
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

pub const ADDRESS: &str = "127.0.0.1:8695";
pub const ADMIN: &str = "ada@shop.example";
pub const PASSWORD: &str = "a long password";
const AGENTS: usize = 8;
/// The agent that each of the eight is.
pub const AGENT: &str = include_str!("../../examples/retail/agent.toml");

pub struct Shop {
    pub keys: Vec<String>,
    binary: String,
    data: PathBuf,
    server: Child,
    /// Whether its folder stays.
    stays: bool,
}

impl Shop {
    /// A new one, with each agent as `agent` describes it, that goes in the end.
    pub fn open(binary: &str, agent: &str) -> Self {
        let data = PathBuf::from(format!("/var/tmp/reins-load-{}", std::process::id()));
        let mut shop = Self::start(binary, data, false);
        shop.fill(agent);
        shop
    }

    pub fn start(binary: &str, data: PathBuf, stays: bool) -> Self {
        let server = Command::new(binary)
            .args(["serve", "--listen", ADDRESS, "--calls-per-second", "1000000", "--data"])
            .arg(&data)
            .env("REINS_LOG", "error")
            .stdout(Stdio::null())
            .spawn()
            .expect("reins does not start");
        let mut shop = Self { keys: Vec::new(), binary: binary.to_owned(), data, server, stays };
        while TcpStream::connect(ADDRESS).is_err() {
            assert!(shop.server.try_wait().unwrap().is_none(), "reins has ended");
            sleep(Duration::from_millis(100));
        }
        shop
    }

    /// An admin, and agents with their keys.
    pub fn fill(&mut self, agent: &str) {
        self.run(&["user", "add", ADMIN, "--name", "Ada", "--role", "admin"], &format!("{PASSWORD}\n"));
        for number in 0..AGENTS {
            let slug = format!("agent-{number}");
            let file = self.data.join("agent.toml");
            let agent = agent.replace(r#"slug = "support""#, &format!(r#"slug = "{slug}""#));
            std::fs::write(&file, agent.replace(r#"name = "Support""#, &format!(r#"name = "{slug}""#))).unwrap();
            let apply = ["agent", "apply", file.to_str().unwrap(), "--by", ADMIN, "--note", "load"];
            let shown = self.run(&[&apply[..], &["--dry-run"]].concat(), "");
            let word = shown.split_once("--accept ").and_then(|(_, after)| after.split_whitespace().next());
            let accept = word.map(|word| ["--accept", word]);
            self.run(&[&apply[..], accept.as_ref().map_or(&[], |accept| accept)].concat(), "");
            self.run(&["agent", "mode", &slug, "live", "--by", ADMIN, "--reason", "load"], "");
            let key = self.run(&["key", "create", &slug, "--label", "load", "--by", ADMIN], "");
            self.keys.push(key.trim().to_owned());
        }
    }

    /// A command beside the server; gives what it prints.
    fn run(&self, command: &[&str], input: &str) -> String {
        let mut child = Command::new(&self.binary)
            .args(command)
            .arg("--data")
            .arg(&self.data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{command:?} failed");
        String::from_utf8(output.stdout).unwrap()
    }

    /// How many requests the database holds, asked of the database itself.
    pub fn requests(&self) -> String {
        self.sql("reins_server", "select (select count(*) from requests) || ' (' || (select count(*) from entries where kind = 'asked') || ' entries; fsync ' || current_setting('fsync') || ', synchronous_commit ' || current_setting('synchronous_commit') || ')'")
    }

    /// What the database itself answers to one statement in this role.
    pub fn sql(&self, role: &str, statement: &str) -> String {
        self.psql(role, &["-c", statement], "")
    }

    /// Runs a script of psql in this role, with variables.
    pub fn script(&self, role: &str, script: &str, variables: &[(&str, u64)]) {
        let variables: Vec<String> = variables.iter().map(|(name, value)| format!("--set={name}={value}")).collect();
        let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
        self.psql(role, &variables, script);
    }

    fn psql(&self, role: &str, arguments: &[&str], input: &str) -> String {
        let mut child = Command::new("psql")
            .args(["-XAtq", "-U", role, "-d", "reins", "-p", "5432", "-h"])
            .arg(self.data.join("postgres"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "psql failed");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.server.id().to_string()).status();
        let _ = self.server.wait();
        if !self.stays {
            let _ = std::fs::remove_dir_all(&self.data);
        }
        // What it leaves for the disk to do is not the next one's.
        let _ = Command::new("sync").status();
    }
}
