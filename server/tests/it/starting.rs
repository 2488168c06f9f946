//! Starting with a PostgreSQL of its own, and being told to end at any moment of that.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::ExitStatusExt},
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdout, Command},
    time::{Instant, sleep, timeout},
};

/// What takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

/// A data directory of a test; gone with it, as is a PostgreSQL that was left in it.
struct Data(PathBuf);

impl Data {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("reins-test-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn pid_file(&self) -> String {
        fs::read_to_string(self.file("postgres/postmaster.pid")).unwrap_or_default()
    }

    fn is_ready(&self) -> bool {
        self.pid_file().lines().nth(7).is_some_and(|status| status.trim() == "ready")
    }

    /// `reins` with this data directory, and nothing of the tests' own settings.
    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        for name in ["DATABASE_URL", "REINS_MIGRATE_URL", "REINS_LISTEN", "REINS_PUBLIC_URL"] {
            command.env_remove(name);
        }
        command.args(arguments).env("REINS_DATA", &self.0).env("REINS_LOG", "warn").kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn reins(&self, arguments: &[&str]) -> Command {
        self.command(env!("CARGO_BIN_EXE_reins"), arguments)
    }

    /// The processes that name this directory in their arguments, such as its PostgreSQL.
    fn processes(&self) -> Vec<u32> {
        let named = self.0.as_os_str().as_encoded_bytes();
        numbers().filter(|number| arguments(*number).windows(named.len()).any(|part| part == named)).collect()
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        timeout(PATIENCE, self.reins(arguments).output()).await.expect("it does not end").unwrap()
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        for number in self.processes() {
            let _ = std::process::Command::new("kill").args(["-KILL", &number.to_string()]).status();
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn numbers() -> impl Iterator<Item = u32> {
    fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn arguments(number: u32) -> Vec<u8> {
    fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default()
}

/// The state of a process, such as `Z`, and its parent's number.
fn stat(number: u32) -> Option<(String, u32)> {
    let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}

async fn until(what: &str, happened: impl Fn() -> bool) {
    let begun = Instant::now();
    while !happened() {
        assert!(begun.elapsed() < PATIENCE, "{what} is waited for");
        sleep(Duration::from_millis(2)).await;
    }
}

async fn signal(child: &Child, name: &str) {
    let number = child.id().expect("it has ended").to_string();
    let sent = Command::new("kill").args([&format!("-{name}"), &number]).status().await.unwrap();
    assert!(sent.success());
}

async fn first_line(out: &mut Option<ChildStdout>) -> String {
    let mut lines = BufReader::new(out.take().unwrap()).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.expect("it says nothing").unwrap().expect("it ended");
    // What else it says is read, so that it never waits for a reader.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    line
}

async fn ended(child: Child) -> Output {
    timeout(PATIENCE, child.wait_with_output()).await.expect("it does not end").unwrap()
}

#[tokio::test]
async fn told_to_end_at_any_moment_of_its_start_it_leaves_nothing_running() {
    let data = Data::new("moments");
    type Moment = (&'static str, fn(&Data) -> bool);
    let moments: [Moment; 6] = [
        ("the beginning", |_| true),
        // Or is made: on a busy machine the one before may have come that far.
        ("a cluster that is being made", |data| {
            ["postgres.new", "postgres"].iter().any(|name| data.file(&format!("{name}/PG_VERSION")).exists())
        }),
        ("a process", |data| !data.processes().is_empty()),
        ("a process that says that it is there", |data| !data.pid_file().is_empty()),
        ("a process that is ready", Data::is_ready),
        ("a place for a stop", |data| data.file("room-for-a-stop").exists()),
    ];
    for (moment, has_come) in moments {
        // Then it is told at its very beginning.
        let had_come = has_come(&data);
        let mut child = data.reins(&SERVE).spawn().unwrap();
        until(moment, || has_come(&data)).await;
        signal(&child, "TERM").await;
        // What is printed is never waited for.
        drop(child.stdout.take());
        let output = ended(child).await;
        // Before it listens to signals nothing of it runs, either.
        let early = had_come && output.status.signal() == Some(15);
        assert!(early || output.status.code() == Some(0), "{moment}: {output:?}");
        assert_eq!(data.processes(), [0; 0], "{moment}");
        assert_eq!(data.pid_file(), "", "{moment}");
    }

    // A command that comes while nobody serves starts it for as long as it needs.
    let child = data.reins(&["user", "list"]).spawn().unwrap();
    until("its process", || !data.pid_file().is_empty()).await;
    signal(&child, "INT").await;
    let output = ended(child).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("reins: told to end: "), "{output:?}");
    assert_eq!(data.processes(), [0; 0]);

    // And it is well afterwards.
    let output = data.run(&["user", "list"]).await;
    assert!(output.status.success(), "{output:?}");
    assert_eq!(data.processes(), [0; 0]);
}

#[tokio::test]
async fn a_terminal_that_is_closed_ends_it_unless_it_was_told_to_stay() {
    let data = Data::new("terminal");
    let mut child = data.reins(&SERVE).spawn().unwrap();
    let said = first_line(&mut child.stdout).await;
    assert!(said.starts_with("Reins is at http://"), "{said}");
    signal(&child, "HUP").await;
    let output = ended(child).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(data.processes(), [0; 0]);

    let stays = ["bash", "-c", "trap '' HUP; exec \"$@\"", "bash", env!("CARGO_BIN_EXE_reins")];
    let mut child = data.command(stays[0], &[&stays[1..], &SERVE].concat()).spawn().unwrap();
    first_line(&mut child.stdout).await;
    signal(&child, "HUP").await;
    // It goes on: another one is refused as long as it runs.
    let output = data.run(&SERVE).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("another process already uses the data directory"), "{output:?}");
    signal(&child, "TERM").await;
    assert_eq!(ended(child).await.status.code(), Some(0));
    assert_eq!(data.processes(), [0; 0]);
}

#[tokio::test]
async fn a_cluster_of_another_version_is_refused_with_both_versions_and_what_to_do() {
    let data = Data::new("version");
    fs::create_dir(data.file("postgres")).unwrap();
    fs::write(data.file("postgres/PG_VERSION"), "99\n").unwrap();
    let output = data.run(&SERVE).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    for words in [
        "was made by PostgreSQL 99, and PostgreSQL 1",
        "apt-get install postgresql-99",
        "REINS_POSTGRES_BIN",
        "docs/upgrading.md",
    ] {
        assert!(said.contains(words), "`{words}` is not in {said}");
    }
    let left: Vec<_> = fs::read_dir(data.file("postgres")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["PG_VERSION"]);
    assert_eq!(fs::read_to_string(data.file("postgres/PG_VERSION")).unwrap(), "99\n");
}

#[tokio::test]
async fn the_oldest_postgresql_that_is_supported_takes_the_schema() {
    let bin = "/usr/lib/postgresql/15/bin";
    if !Path::new(bin).is_dir() {
        println!("skipped: PostgreSQL 15 is not installed");
        return;
    }
    let data = Data::new("oldest");
    let migrated = timeout(PATIENCE, data.reins(&["migrate"]).env("REINS_POSTGRES_BIN", bin).output()).await;
    let output = migrated.expect("it does not end").unwrap();
    assert_eq!(
        (output.status.code(), &output.stdout[..]),
        (Some(0), &b"The schema is up to date.\n"[..]),
        "{output:?}"
    );
    assert_eq!(fs::read_to_string(data.file("postgres/PG_VERSION")).unwrap(), "15\n");
}

/// Whether this process may become another user, or make namespaces.
fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

#[tokio::test]
async fn a_user_without_a_name_is_told_what_to_do() {
    if !is_root() {
        println!("skipped: only root can become another user");
        return;
    }
    let data = Data::new("nameless");
    std::os::unix::fs::chown(&data.0, Some(54_321), Some(54_321)).unwrap();
    // The program may lie where that user cannot go: it is opened before.
    let as_nobody =
        "exec 5<\"$1\"; shift; exec setpriv --reuid 54321 --regid 54321 --clear-groups /proc/self/fd/5 \"$@\"";
    let arguments = [&["-c", as_nobody, "bash", env!("CARGO_BIN_EXE_reins")][..], &SERVE].concat();
    let mut command = data.command("bash", &arguments);
    let output = timeout(PATIENCE, command.current_dir("/").output()).await.expect("it does not end").unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    for words in ["the user 54321, as whom this runs, has no name here", "/etc/passwd", "DATABASE_URL"] {
        assert!(said.contains(words), "`{words}` is not in {said}");
    }
}

#[tokio::test]
async fn as_the_first_process_of_a_container_it_leaves_no_zombies_and_ends_when_told() {
    let unshare = ["--pid", "--fork", "--kill-child", "--mount-proc"];
    let may = Command::new("unshare").args(unshare).arg("true").output().await;
    if !may.is_ok_and(|output| output.status.success()) {
        println!("skipped: this machine lets nobody make namespaces");
        return;
    }
    let data = Data::new("first");
    let arguments = [&unshare[..], &[env!("CARGO_BIN_EXE_reins")], &SERVE].concat();
    let mut unshared = data.command("unshare", &arguments).spawn().unwrap();
    first_line(&mut unshared.stdout).await;
    let number = unshared.id();
    let child_of = |parent| numbers().find(|number| stat(*number).is_some_and(|(_, of)| of == parent));
    let first = number.and_then(child_of).expect("there is no first process");
    assert!(arguments_of(first).starts_with(env!("CARGO_BIN_EXE_reins")), "{}", arguments_of(first));

    for _ in 0..2 {
        let children = |parent| numbers().filter(move |number| stat(*number).is_some_and(|(_, of)| of == parent));
        until("its PostgreSQL", || postmaster(&data).is_some_and(|number| children(number).count() > 0)).await;
        let killed = postmaster(&data).unwrap();
        let left: Vec<u32> = children(killed).collect();
        Command::new("kill").args(["-KILL", &killed.to_string()]).status().await.unwrap();
        until("what its PostgreSQL left", || left.iter().all(|number| stat(*number).is_none())).await;
        until("another PostgreSQL", || postmaster(&data).is_some_and(|number| number != killed)).await;
    }
    let zombies = || numbers().filter_map(stat).filter(|(state, of)| state == "Z" && *of == first).count();
    until("no zombies", || zombies() == 0).await;

    Command::new("kill").args(["-TERM", &first.to_string()]).status().await.unwrap();
    let output = ended(unshared).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(data.processes(), [0; 0]);
    assert_eq!(data.pid_file(), "");
}

fn arguments_of(number: u32) -> String {
    String::from_utf8_lossy(&arguments(number)).into_owned()
}

/// The number, as it is here, of the process that runs a cluster.
fn postmaster(data: &Data) -> Option<u32> {
    let named: Vec<u32> = data.processes();
    named.into_iter().find(|number| arguments_of(*number).contains("/bin/postgres\0-D\0"))
}
