//! Disks that are full and logs that nobody can write: what is said stays true, and nothing breaks.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use domain::view::KeyKind;
use governance::{Governance, Pools};
use server::postgres::Embedded;
use sqlx::PgPool;
use tokio::time::{Instant, sleep};

use crate::{
    client::{Client, Reply},
    front::{refund, secret},
    process::Process,
    stop_without_database::{AUDITOR, data_directory, fill},
    support::{Shop, measured},
};

/// In bytes: the room that is set aside for a stop.
const ROOM: u64 = 48 << 20;

/// A file system of its own, in memory.
struct Disk(PathBuf);

impl Disk {
    /// `None`, with a word, on a machine that lets nobody mount one.
    fn of(megabytes: u32) -> Option<Self> {
        let path = data_directory("disk");
        let size = format!("size={megabytes}m,mode=0755");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&path).status();
        if !mounted.is_ok_and(|status| status.success()) {
            fs::remove_dir(&path).unwrap();
            println!("skipped: this machine lets nobody mount a disk");
            return None;
        }
        Some(Self(path))
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }

    /// Leaves no byte free.
    fn fill(&self) {
        let mut filler = File::create(self.filler()).unwrap();
        for size in [1 << 20, 1 << 12, 1] {
            let bytes = vec![0; size];
            while filler.write_all(&bytes).is_ok() {}
        }
    }

    fn make_room(&self) {
        fs::remove_file(self.filler()).unwrap();
    }
}

/// A data directory and its PostgreSQL, which end with the test.
struct Data(PathBuf);

impl Data {
    /// The number of its postmaster.
    fn postmaster(&self) -> Option<String> {
        let lock = fs::read_to_string(self.0.join("postgres/postmaster.pid")).ok()?;
        lock.lines().next().map(str::to_owned)
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        if let Some(postmaster) = self.postmaster() {
            let _ = Command::new("kill").args(["-QUIT", &postmaster]).status();
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
        let _ = fs::remove_dir(&self.0);
    }
}

/// A shop in a private PostgreSQL that runs no more; gives the key of its agent.
async fn shop(data: &Path) -> String {
    let mut postgres = Embedded::create(data).await.unwrap();
    let urls = postgres.start().await.unwrap();
    governance::migrate(&urls.owner, &urls.server).await.unwrap();
    let governance = Governance::connect(&urls.server, Pools::default()).unwrap();
    let key = fill(&governance).await;
    drop(governance);
    postgres.stop().await.unwrap();
    key
}

/// Asks over the one connection, which must not break; what it writes is large.
async fn ask(agent: &mut Client, number: usize) -> Reply {
    let mut body = refund("5.00");
    body["reasoning"] = "x".repeat(100_000).into();
    agent.post("/api/v1/actions", &format!("ask-{number}"), &body.to_string()).await.unwrap()
}

async fn wait_for(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_a_stop_is_recorded_or_said_not_to_be_and_then_nothing_is_allowed() {
    let Some(disk) = Disk::of(320) else { return };
    let data = Data(disk.0.join("data"));
    let key = shop(&data.0).await;
    let log = File::create(disk.0.join("log")).unwrap();
    let process = Process::serve_alone(&data.0, log.into()).await;
    let cookie = process.sign_in(AUDITOR).await;
    let (mut agent, mut browser) = (process.agent(&key), process.browser(&cookie));
    assert_eq!(browser.get("/stop").await.unwrap().status, 200);
    assert_eq!(ask(&mut agent, 0).await.json()["decision"], "allowed");
    let room = data.0.join("room-for-a-stop");
    wait_for("no room is set aside", async || fs::metadata(&room).is_ok_and(|room| room.len() == ROOM)).await;

    disk.fill();
    let mut number = 0;
    wait_for("it goes on writing", async || {
        number += 1;
        let reply = ask(&mut agent, number).await;
        assert!([201, 503].contains(&reply.status), "{reply:?}");
        reply.status == 503
    })
    .await;
    wait_for("it says that it is well", async || {
        number += 1;
        assert_eq!(ask(&mut agent, number).await.status, 503);
        process.browser("").get("/health").await.unwrap().status == 503
    })
    .await;

    let (reply, took) = measured(browser.post("/stop", "", "reason=odd")).await;
    let reply = reply.unwrap();
    println!("the stop was answered {} after {took:?}", reply.status);
    assert!(took < Duration::from_secs(2), "{took:?}");
    if reply.status == 503 {
        assert!(reply.text.contains("goes on trying by itself, in your name"), "{reply:?}");
    }
    let pressed = Instant::now();
    wait_for("the stop is not recorded", async || {
        number += 1;
        let reply = ask(&mut agent, number).await;
        assert!(reply.status == 503 || reply.json()["decision"] == "stopped", "{reply:?}");
        reply.status == 201
    })
    .await;
    println!("and recorded {:?} after it was pressed", pressed.elapsed());
    let page = browser.get("/stop").await.unwrap();
    assert!(page.status == 200 && page.text.contains("odd"), "{page:?}");
    assert!(!room.exists(), "there was room all the while");

    disk.make_room();
    wait_for("it stays away", async || process.browser("").get("/health").await.unwrap().status == 200).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_cannot_be_written_ends_no_connection_no_job_and_no_database() {
    let data = Data(data_directory("log"));
    let key = shop(&data.0).await;
    let full = File::options().write(true).open("/dev/full").unwrap();
    let process = Process::serve_alone(&data.0, full.into()).await;
    let cookie = process.sign_in(AUDITOR).await;
    let (mut agent, mut browser) = (process.agent(&key), process.browser(&cookie));
    assert_eq!(ask(&mut agent, 0).await.status, 201);

    let postmaster = data.postmaster().unwrap();
    assert!(Command::new("kill").args(["-KILL", &postmaster]).status().is_ok_and(|status| status.success()));
    let mut number = 0;
    wait_for("PostgreSQL is not started again", async || {
        number += 1;
        let reply = ask(&mut agent, number).await;
        reply.status == 201 && data.postmaster().is_some_and(|now| now != postmaster)
    })
    .await;

    // Jobs go on: one of them writes what was counted.
    let urls = Embedded::of_another_process(&data.0).unwrap().unwrap();
    let owner = PgPool::connect(&urls.owner).await.unwrap();
    process.browser("").post("/sign-out", "", "").await.unwrap();
    wait_for("no job goes on", async || {
        let counted = sqlx::query_scalar::<_, i64>("select count(*) from attempts where kind = 'no session'");
        counted.fetch_one(&owner).await.unwrap() > 0
    })
    .await;
    let reply = browser.post("/stop", "", "").await.unwrap();
    assert!(matches!(reply.status, 200 | 303), "{reply:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_decisions_cannot_be_written_says_so_to_a_load_balancer() {
    let shop = Shop::open().await;
    let key = secret(&shop.governance, &shop.admin, "support", KeyKind::Agent).await;
    let process = Process::serve_with(&shop.database.server_url(), None, &[], Stdio::inherit()).await;
    let mut agent = process.agent(&key);
    let mut number = 0;
    assert_eq!(process.browser("").get("/health").await.unwrap().text, "ready\n");
    shop.database.break_inserts("entries", "new.kind = 'asked'").await;
    wait_for("it says that it is well", async || {
        number += 1;
        assert_eq!(ask(&mut agent, number).await.status, 503);
        let health = process.browser("").get("/health").await.unwrap();
        (health.status, health.text.as_str()) == (503, "decisions cannot be written\n")
    })
    .await;
    shop.database.mend_inserts("entries").await;
    assert_eq!(ask(&mut agent, 0).await.status, 201);
    wait_for("it stays unwell", async || process.browser("").get("/health").await.unwrap().status == 200).await;
}
