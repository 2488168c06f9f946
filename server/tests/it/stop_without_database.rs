//! A PostgreSQL that goes away and comes back.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use domain::{agent::Mode, role::Role, view::KeyKind};
use governance::{Actor, Governance, Pools};
use server::postgres::{Embedded, Urls};
use tokio::time::{Instant, sleep};

use crate::{
    browser::PASSWORD,
    client::Reply,
    front::{refund, secret},
    process::Process,
    support::{Shop, measured, support_file},
};

pub const AUDITOR: &str = "auditor@example.com";

/// Makes a live agent and somebody who may stop it; gives the agent's key.
pub async fn fill(governance: &Governance) -> String {
    governance.add_first_admin("ada@example.com", "Ada", PASSWORD).await.unwrap();
    let admin = Actor::Person(governance.person_by_email("ada@example.com").await.unwrap().unwrap());
    governance.add_person(&admin, AUDITOR, "Aud", Role::Auditor, PASSWORD).await.unwrap();
    Shop::take_in_as(governance, &admin, &support_file(), "opening").await.unwrap();
    governance.set_mode(&admin, "support", Mode::Live, "opening").await.unwrap();
    secret(governance, &admin, "support", KeyKind::Agent).await
}

/// An empty data directory, with spaces in its path.
pub fn data_directory(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("reins test {} {name}", std::process::id()));
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// A database of its own, a server over it, and somebody who is signed in there.
struct House {
    data: PathBuf,
    postgres: Embedded,
    urls: Urls,
    governance: Governance,
    key: String,
    process: Process,
    cookie: String,
}

impl House {
    async fn open(name: &str) -> Self {
        let data = data_directory(name);
        let mut postgres = Embedded::create(&data).await.unwrap();
        let urls = postgres.start().await.unwrap();
        governance::migrate(&urls.owner, &urls.server).await.unwrap();
        let governance = Governance::connect(&urls.server, Pools::default()).unwrap();
        let key = fill(&governance).await;
        let process = Process::serve(&urls.server).await;
        let cookie = process.sign_in(AUDITOR).await;
        Self { data, postgres, urls, governance, key, process, cookie }
    }
}

#[track_caller]
fn is_away(reply: &Reply, words: &str) {
    assert_eq!(reply.status, 503, "{reply:?}");
    assert!(reply.text.contains(words), "{reply:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_database_nothing_is_allowed_and_everybody_is_told() {
    let House { data, postgres, urls, governance, key, process, cookie } = House::open("away").await;
    let unseen = process.sign_in(AUDITOR).await;
    let (mut agent, mut browser) = (process.agent(&key), process.browser(&cookie));
    let body = refund("5.00").to_string();
    let asked = agent.post("/api/v1/actions", "before", &body).await.unwrap();
    assert_eq!(asked.json()["decision"], "allowed");
    let id = asked.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(browser.get("/").await.unwrap().status, 200);
    assert_eq!(browser.get("/health").await.unwrap().status, 200);

    postgres.stop().await.unwrap();
    for (path, key, body) in [
        ("/api/v1/actions".to_owned(), "away", body.as_str()),
        ("/api/v1/actions".to_owned(), "before", &body),
        (format!("/api/v1/actions/{id}/claim"), "c", ""),
        (format!("/api/v1/actions/{id}/cancel"), "", ""),
        (format!("/api/v1/actions/{id}/outcome"), "", r#"{"status":"succeeded"}"#),
        (format!("/api/v1/actions/{id}/feedback"), "", r#"{"kind":"reply"}"#),
    ] {
        let (reply, time) = measured(agent.post(&path, key, body)).await;
        let reply = reply.unwrap();
        assert_eq!((reply.status, reply.slug()), (503, "unavailable".to_owned()), "{path}");
        assert!(!reply.header("retry-after").is_empty(), "{path}");
        assert!(time < Duration::from_secs(8), "{path}: {time:?}");
    }
    for path in [format!("/api/v1/actions/{id}"), "/api/v1/agent".to_owned(), "/api/v1/stream".to_owned()] {
        let reply = agent.get(&path).await.unwrap();
        assert_eq!((reply.status, reply.slug()), (503, "unavailable".to_owned()), "{path}");
    }
    for path in ["/", "/stop", "/approvals"] {
        let page = browser.get(path).await.unwrap();
        is_away(&page, "cannot reach its record just now");
        is_away(&page, "You can press Stop all the same");
        is_away(&page, r#"<form method="post" action="/stop">"#);
    }
    // Somebody who was not seen here cannot be known.
    is_away(&process.browser(&unseen).get("/").await.unwrap(), "cannot see who you are meanwhile");
    let stranger = process.browser(&unseen).post("/stop", "", "").await.unwrap();
    is_away(&stranger, "to see who you are, so this stop is not recorded");
    let (reply, time) = measured(browser.post("/stop/support", "", "reason=odd")).await;
    is_away(&reply.unwrap(), "goes on trying by itself, in your name, and allows nothing until it is recorded");
    assert!(time < Duration::from_secs(2), "{time:?}");
    is_away(&browser.get("/stop").await.unwrap(), "A stop that was pressed is not recorded yet");
    let release = format!("stop={}&seen=0&reason=x&confirm=1", uuid::Uuid::nil());
    is_away(&browser.post("/release", "", &release).await.unwrap(), "nothing was changed");
    is_away(&browser.post("/api/app/stop/calls/explain_stop", "", "").await.unwrap(), "nothing was changed");
    is_away(&process.browser("").post("/sign-in", "", "email=x&password=y").await.unwrap(), "nothing was changed");
    // It is looked at twice a second at most.
    let begun = Instant::now();
    while browser.get("/health").await.unwrap().status == 200 {
        assert!(begun.elapsed() < Duration::from_secs(2), "it goes on saying that it is ready");
        sleep(Duration::from_millis(50)).await;
    }
    is_away(&browser.get("/health").await.unwrap(), "the database is away");

    let mut postgres = Embedded::create(&data).await.unwrap();
    assert_eq!(postgres.start().await.unwrap().server, urls.server);
    // The stop that was pressed meanwhile is recorded by itself, and only then is anything decided.
    let back = Instant::now();
    loop {
        let asked = agent.post("/api/v1/actions", "away", &body).await.unwrap();
        if asked.status == 201 {
            assert_eq!(asked.json()["decision"], "stopped");
            break;
        }
        assert!(back.elapsed() < Duration::from_secs(10), "{asked:?}");
        sleep(Duration::from_millis(100)).await;
    }
    println!("it worked again {:?} after the database did", back.elapsed());
    let page = browser.get("/stop").await.unwrap();
    assert!(page.status == 200 && page.text.contains("odd"), "{page:?}");
    assert_eq!(browser.post("/stop", "", "").await.unwrap().status, 303);

    drop(process);
    drop(governance);
    postgres.stop().await.unwrap();
    std::fs::remove_dir_all(&data).unwrap();
}

/// A PostgreSQL whose processes stand still, until this goes.
struct Silent(String);

impl Silent {
    fn make(data: &Path) -> Self {
        let lock = std::fs::read_to_string(data.join("postgres/postmaster.pid")).unwrap();
        let silent = Self(lock.lines().next().unwrap().to_owned());
        assert!(silent.signal("STOP"));
        silent
    }

    fn signal(&self, name: &str) -> bool {
        let all = "kill -$1 $0 $(pgrep -P $0)";
        Command::new("bash").args(["-c", all, &self.0, name]).status().is_ok_and(|status| status.success())
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        self.signal("CONT");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_opened_while_the_database_is_silent_stops_everything() {
    let House { data, postgres, governance, key, process, cookie, .. } = House::open("silent").await;
    assert_eq!(process.browser(&cookie).get("/").await.unwrap().status, 200);

    let silent = Silent::make(&data);
    for path in ["/", "/stop"] {
        let (page, time) = measured(process.browser(&cookie).get(path)).await;
        let page = page.unwrap();
        is_away(&page, "You can press Stop all the same");
        is_away(&page, r#"<form method="post" action="/stop"><button type="submit""#);
        assert!(time < Duration::from_secs(8), "{time:?}");
    }
    let pressed = process.browser(&cookie).post("/stop", "", "").await.unwrap();
    is_away(&pressed, "goes on trying by itself, in your name, and allows nothing until it is recorded");
    is_away(&process.browser(&cookie).get("/stop").await.unwrap(), "A stop that was pressed is not recorded yet");
    let mut agent = process.agent(&key);
    let body = refund("5.00").to_string();
    assert_eq!(agent.post("/api/v1/actions", "silent", &body).await.unwrap().status, 503);

    drop(silent);
    let back = Instant::now();
    loop {
        let page = process.browser(&cookie).get("/").await.unwrap();
        // Said to be open until it is recorded, and by nothing after that.
        let open = page.text.contains("A stop that was pressed is not recorded yet");
        if page.status == 200 && page.text.contains("All agents are stopped") && !open {
            break;
        }
        assert!(open || page.status == 503, "{page:?}");
        assert!(back.elapsed() < Duration::from_secs(20), "{page:?}");
        sleep(Duration::from_millis(100)).await;
    }
    let asked = agent.post("/api/v1/actions", "silent", &body).await.unwrap();
    assert_eq!(asked.json()["decision"], "stopped");

    drop(process);
    drop(governance);
    postgres.stop().await.unwrap();
    std::fs::remove_dir_all(&data).unwrap();
}
