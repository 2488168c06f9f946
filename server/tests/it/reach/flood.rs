//! Callers who show no key and no session, as many as are wanted, calling without end: a process of its own, which gives
//! way to the server, as it stands for machines elsewhere.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::{Child, Command},
    task::JoinSet,
    time::{Instant, sleep},
};

/// Where the process of its own reads whom to call, and by how many callers.
const VARIABLE: &str = "REINS_TEST_FLOOD";

/// How long it may go on where nobody ends it.
const LONGEST: Duration = Duration::from_secs(20);

/// Ends with the test.
pub struct Flood {
    _child: Child,
}

impl Flood {
    /// A third keeps its connections, a third makes one for each call, and a third hangs up before the answer.
    pub fn of(callers: usize, address: &str) -> Self {
        let mut command = Command::new("bash");
        command.args(["-c", "ulimit -n $(ulimit -H -n); exec nice -n 10 \"$@\"", "bash"]);
        command.arg(std::env::current_exe().unwrap());
        command.args(["--exact", "reach::flood::the_flood_itself", "--ignored", "--nocapture"]);
        command.env(VARIABLE, format!("{address} {callers}")).kill_on_drop(true);
        Self { _child: command.spawn().unwrap() }
    }
}

/// Every open endpoint, as somebody calls it who was let in nowhere.
fn calls(number: usize) -> Vec<String> {
    let made_up = format!("cookie: reins=AAAAAAAAAAAAAAAAA{number:05}\r\n");
    let key = format!("authorization: Bearer reins_{number:064x}\r\ncontent-type: application/json\r\n");
    let form = "content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin\r\n";
    let sign_in = format!("email={number}@made-up.example&password=a+long+password");
    [
        ("POST /sign-in", form.to_owned(), sign_in.as_str()),
        ("GET /sign-in", String::new(), ""),
        ("GET /approvals", made_up.clone(), ""),
        ("POST /stop", format!("{made_up}{form}"), ""),
        ("POST /setup", form.to_owned(), "code=x"),
        ("GET /live", made_up.clone(), ""),
        ("POST /api/app/stop/calls/explain_stop", format!("{made_up}{form}"), "stop=x"),
        ("POST /api/v1/actions", "authorization: Bearer nothing\r\n".to_owned(), "{}"),
        ("POST /api/v1/actions", key.clone(), "{}"),
        ("GET /api/v1/stream", key, ""),
        ("GET /api/v1/openapi.json", String::new(), ""),
        ("GET /health", String::new(), ""),
        ("GET /plain.css", String::new(), ""),
        ("GET /nowhere", String::new(), ""),
    ]
    .into_iter()
    .map(|(line, headers, body)| {
        format!("{line} HTTP/1.1\r\nhost: x\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
    })
    .collect()
}

async fn call(address: String, number: usize) -> usize {
    let calls = calls(number);
    let begun = Instant::now();
    let mut buffer = vec![0; 4096];
    let mut made = 0;
    let mut connection: Option<TcpStream> = None;
    while begun.elapsed() < LONGEST {
        let stream = match connection.take() {
            Some(stream) => Ok(stream),
            None => TcpStream::connect(&address).await,
        };
        let Ok(mut stream) = stream else {
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        // What is said is not looked at, only that something is.
        let call = &calls[(number + made) % calls.len()];
        let sent = stream.write_all(call.as_bytes()).await.is_ok();
        made += 1;
        if number % 3 == 2 {
            sleep(Duration::from_millis(20)).await;
            continue;
        }
        let answered = sent && matches!(stream.read(&mut buffer).await, Ok(read) if read > 0);
        if answered && number.is_multiple_of(3) {
            connection = Some(stream);
        }
    }
    made
}

#[tokio::test]
#[ignore = "the other process of tests, which begin it by themselves"]
async fn the_flood_itself() {
    let Ok(what) = std::env::var(VARIABLE) else { return };
    let (address, callers) = what.split_once(' ').unwrap();
    let mut all = JoinSet::new();
    for number in 0..callers.parse().unwrap() {
        all.spawn(call(address.to_owned(), number));
    }
    let begun = Instant::now();
    let made = all.join_all().await;
    println!(
        "{} calls in {:?}, {:?}",
        made.iter().sum::<usize>(),
        begun.elapsed(),
        made.iter().filter(|m| **m < 2).count()
    );
}
