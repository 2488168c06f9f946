//! The private PostgreSQL comes to a new major version as docs/upgrading.md says: its commands, run as they stand there. Here
//! both are of one version, as no other is at hand.

use std::{fs, path::Path, process::Stdio, time::Duration};

use governance::{Governance, Pools};
use tokio::{process::Command, time::timeout};

use super::dump::program;
use crate::{
    process::Process,
    stop_without_database::{AUDITOR, data_directory, fill},
    tidy::repository,
};

/// The commands of the guide between two marks, as one script.
fn commands(part: &str) -> String {
    let guide = fs::read_to_string(repository().join("docs/upgrading.md")).unwrap();
    let (_, rest) = guide.split_once(&format!("<!-- {part} -->\n```sh\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

/// Runs them where the data folder lies, with the programs of the tests' PostgreSQL.
async fn run(part: &str, data: &Path) {
    let program = program("psql").await;
    let bin = Path::new(program.get_program()).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("bash");
    shell.args(["-euc", &commands(part)]).env("PATH", path).current_dir(data.parent().unwrap()).stdin(Stdio::null());
    let ran = timeout(Duration::from_secs(120), shell.output()).await.unwrap().unwrap();
    assert!(ran.status.success(), "{part}: {ran:?}");
}

async fn stopped_by(process: &Process) -> bool {
    let cookie = process.sign_in(AUDITOR).await;
    process.browser(&cookie).get("/stops").await.unwrap().text.contains("before the move")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_private_postgresql_comes_to_another_by_the_commands_of_the_guide() {
    let folder = data_directory("another");
    let data = folder.join("data");
    let old = Process::serve_alone(&data, Stdio::inherit()).await;
    let socket = data.join("postgres").display().to_string().replace('/', "%2F").replace(' ', "%20");
    let server = format!("postgres://reins_server@localhost:5432/reins?host={socket}");
    fill(&Governance::connect(&server, Pools::default()).unwrap()).await;
    let cookie = old.sign_in(AUDITOR).await;
    let pressed = old.browser(&cookie).post("/stop", "", "reason=before+the+move").await.unwrap();
    assert_eq!(pressed.status, 303, "{pressed:?}");
    run("dump", &data).await;
    old.end().await;
    run("keep", &data).await;

    let empty = Process::serve_alone(&data, Stdio::null()).await;
    run("fill", &data).await;
    empty.end().await;

    let new = Process::serve_alone(&data, Stdio::inherit()).await;
    assert!(stopped_by(&new).await, "what was recorded is there");
    assert_eq!(new.browser("").get("/health").await.unwrap().text, "ready\n");
    new.end().await;
    assert!(data.join("postgres-before/PG_VERSION").exists() && data.join("postgres/PG_VERSION").exists());
    fs::remove_dir_all(&folder).unwrap();
}
