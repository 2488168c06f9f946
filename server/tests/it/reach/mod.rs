//! A press of Stop arrives whatever else happens to the server: it is recorded soon, or the page says truly that it is not.

mod flood;
mod full;

use std::{
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use domain::{role::Role, view::KeyKind};
use tokio::{
    io::{AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpSocket, TcpStream, UnixStream},
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use flood::Flood;

use crate::{
    browser::PASSWORD,
    front::{refund, secret},
    process::Process,
    stop_without_database::data_directory,
    support::{Database, Shop, measured},
};

const SOON: Duration = Duration::from_secs(2);

async fn with_auditor() -> Shop {
    let shop = Shop::open().await;
    shop.governance.add_person(&shop.admin, "aud@reach.example", "Zoe", Role::Auditor, PASSWORD).await.unwrap();
    shop
}

/// Presses Stop, and checks that it is recorded soon.
async fn is_recorded(shop: &Shop, process: &Process, cookie: &str) {
    let (reply, took) = measured(process.browser(cookie).post("/stop", "", "")).await;
    let reply = reply.unwrap();
    assert!(matches!(reply.status, 200 | 303), "{reply:?}");
    assert!(took < SOON, "{took:?}");
    assert_eq!(shop.database.count("select count(*) from stops where released_at is null").await, 1);
}

/// Presses over new connections while callers without a key or session call without end.
async fn flooded(callers: usize, files: Option<u32>) {
    let shop = with_auditor().await;
    let process = Process::serve_with(&shop.database.server_url(), files, &[], Stdio::inherit()).await;
    let cookie = process.sign_in("aud@reach.example").await;
    let _flood = Flood::of(callers, &process.address);
    let begun = Instant::now();
    while process.browser("").get("/sign-in").await.map_or(0, |reply| reply.status) != 429 {
        assert!(begun.elapsed() < Duration::from_secs(30), "nobody is held back");
    }
    // A load balancer of the same address waits with them, and is told the truth where it is told something.
    assert!(process.browser("").get("/health").await.is_ok_and(|reply| reply.status == 200) || files.is_some());
    let mut longest = Duration::ZERO;
    for _ in 0..10 {
        let (reply, took) = measured(process.browser(&cookie).post("/stop", "", "")).await;
        let reply = reply.unwrap();
        assert!(matches!(reply.status, 200 | 303), "{reply:?}");
        longest = longest.max(took);
        sleep(Duration::from_millis(100)).await;
    }
    println!("{callers} callers: the longest of ten presses took {longest:?}");
    assert!(longest < SOON, "{longest:?}");
    assert_eq!(shop.database.count("select count(*) from stops where released_at is null").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_without_a_key_or_session_keep_nobody_from_the_stop() {
    flooded(200, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "heavy: `make torture`"]
async fn torture_three_thousand_callers_keep_nobody_from_the_stop() {
    flooded(3000, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "heavy: `make torture`"]
async fn torture_three_thousand_callers_where_there_are_few_files_keep_nobody_from_the_stop() {
    flooded(3000, Some(1024)).await;
}

/// Presses over a new connection while so many others, more than there is room for, have said only this.
async fn occupied(connections: usize, files: u32, says: impl AsyncFn(&Shop) -> String) {
    let shop = with_auditor().await;
    let site = data_directory("site");
    std::fs::create_dir_all(site.join("pkg")).unwrap();
    std::fs::File::create(site.join("pkg/large.wasm")).unwrap().set_len(64 << 20).unwrap();
    let environment = [("REINS_SITE", site.to_str().unwrap())];
    let process = Process::serve_with(&shop.database.server_url(), Some(files), &environment, Stdio::inherit()).await;
    let cookie = process.sign_in("aud@reach.example").await;
    let says = says(&shop).await;
    let mut held = Vec::new();
    for _ in 0..connections {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let connected = timeout(Duration::from_secs(1), socket.connect(process.address.parse().unwrap())).await;
        let Ok(Ok(mut connection)) = connected else { continue };
        if connection.write_all(says.as_bytes()).await.is_ok() {
            held.push(connection);
        }
    }
    assert!(held.len() > connections / 2);
    // What they have said has arrived.
    sleep(Duration::from_millis(300)).await;
    is_recorded(&shop, &process, &cookie).await;
    std::fs::remove_dir_all(site).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_say_nothing_keep_nobody_from_the_stop() {
    occupied(400, 400, async |_| String::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "heavy: `make torture`"]
async fn torture_eleven_hundred_silent_connections_keep_nobody_from_the_stop() {
    occupied(1100, 1024, async |_| String::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_who_do_not_read_keep_nobody_from_the_stop() {
    occupied(300, 400, async |_| "GET /pkg/large.wasm HTTP/1.1\r\nhost: x\r\n\r\n".to_owned()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_who_send_half_a_form_keep_nobody_from_the_stop() {
    let head = "POST /sign-in HTTP/1.1\r\nhost: x\r\nsec-fetch-site: same-origin\r\ncontent-length: 100\r\n\r\nemail=";
    occupied(300, 400, async |_| head.to_owned()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_who_send_half_an_ask_keep_nobody_from_the_stop() {
    occupied(300, 400, async |shop| {
        let key = secret(&shop.governance, &shop.admin, "support", KeyKind::Agent).await;
        format!(
            "POST /api/v1/actions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\nidempotency-key: k\r\n\
             content-type: application/json\r\ncontent-length: 100\r\n\r\n{{"
        )
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_guesses_the_code_of_the_first_admin_keeps_nobody_from_signing_in() {
    let empty = Database::fresh().await;
    let filled = with_auditor().await;
    for (database, status) in [(&empty, 422), (&filled.database, 303)] {
        let process = Process::serve(&database.server_url()).await;
        let mut guesses = JoinSet::new();
        for _ in 0..60 {
            let mut browser = process.browser("");
            guesses.spawn(async move { browser.post("/setup", "", "code=aaaaaaaaaaaa").await.unwrap().status });
        }
        sleep(Duration::from_millis(100)).await;
        let (page, took) = measured(process.browser("").get("/sign-in")).await;
        assert_eq!(page.unwrap().status, 200);
        assert!(took < SOON, "{took:?}");
        assert!(guesses.join_all().await.iter().all(|answered| *answered == status));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_nobody_reads_breaks_nothing() {
    let shop = with_auditor().await;
    let log = [("REINS_LOG", "trace")];
    let mut process = Process::serve_with(&shop.database.server_url(), None, &log, Stdio::piped()).await;
    process.hang_up_on_its_log();
    let cookie = process.sign_in("aud@reach.example").await;
    // Over one connection, which must not break.
    let mut browser = process.browser(&cookie);
    for _ in 0..20 {
        assert_eq!(browser.get("/stop").await.unwrap().status, 200);
    }
    is_recorded(&shop, &process, &cookie).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_press_whose_connection_is_cut_is_recorded() {
    let shop = with_auditor().await;
    let process = Process::serve(&shop.database.server_url()).await;
    let cookie = process.sign_in("aud@reach.example").await;
    // Something holds the stop up for longer than the connection lives.
    let mut other = shop.database.owner.acquire().await.unwrap();
    sqlx::Executor::execute(&mut *other, "begin; select pg_advisory_xact_lock_shared(90457536090880)").await.unwrap();
    let mut socket = TcpStream::connect(&process.address).await.unwrap();
    let press = format!(
        "POST /stop HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\nsec-fetch-site: same-origin\r\ncontent-length: 0\r\n\r\n",
        process.address
    );
    socket.write_all(press.as_bytes()).await.unwrap();
    sleep(Duration::from_millis(200)).await;
    drop(socket);
    sqlx::Executor::execute(&mut *other, "rollback").await.unwrap();
    let cut = Instant::now();
    while shop.database.count("select count(*) from stops").await == 0 {
        assert!(cut.elapsed() < SOON, "it is lost");
        sleep(Duration::from_millis(20)).await;
    }
}

/// The way to PostgreSQL: it may go silent on what is open while new connections work.
struct Way {
    address: String,
    silent: Arc<AtomicBool>,
    _task: JoinSet<()>,
}

impl Way {
    fn to(socket: String, listener: TcpListener) -> Self {
        let address = listener.local_addr().unwrap().to_string();
        let silent = Arc::new(AtomicBool::new(false));
        let mut task = JoinSet::new();
        task.spawn({
            let silent = silent.clone();
            async move {
                let mut all = JoinSet::new();
                loop {
                    let (mut inside, _) = listener.accept().await.unwrap();
                    let (socket, silent) = (socket.clone(), silent.clone());
                    all.spawn(async move {
                        let Ok(mut outside) = UnixStream::connect(&socket).await else { return };
                        let hushed = async {
                            while !silent.load(SeqCst) {
                                sleep(Duration::from_millis(5)).await;
                            }
                        };
                        tokio::select! {
                            _ = copy_bidirectional(&mut inside, &mut outside) => {}
                            // Both ends stay open, and nothing comes any more.
                            () = hushed => {
                                drop(outside);
                                std::future::pending::<()>().await;
                            }
                        }
                    });
                }
            }
        });
        Self { address, silent, _task: task }
    }
}

/// The server's address of the database over this way, and the socket that the way leads to.
fn by_way(shop: &Shop, address: &str) -> (String, String) {
    let url = std::env::var("DATABASE_URL").unwrap();
    let folder = url.split("host=").nth(1).unwrap().split('&').next().unwrap().replace("%20", " ").replace("%2F", "/");
    let server = format!("postgres://reins_test_server:test@{address}/{}?sslmode=disable", shop.database.name());
    (server, format!("{folder}/.s.PGSQL.5432"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_goes_silent_is_said_to_be_away_soon_and_the_stop_is_recorded_when_it_is_back() {
    let shop = with_auditor().await;
    let key = secret(&shop.governance, &shop.admin, "support", KeyKind::Agent).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (url, socket) = by_way(&shop, &listener.local_addr().unwrap().to_string());
    let way = Way::to(socket, listener);
    let process = Process::serve(&url).await;
    let cookie = process.sign_in("aud@reach.example").await;
    let (mut agent, mut browser) = (process.agent(&key), process.browser(&cookie));
    let ask = refund("5.00").to_string();
    assert_eq!(agent.post("/api/v1/actions", "before", &ask).await.unwrap().json()["decision"], "allowed");
    assert_eq!(browser.get("/stop").await.unwrap().status, 200);

    way.silent.store(true, SeqCst);
    // Each connection looks at it now and then: what was on its way until then still arrives.
    sleep(Duration::from_millis(500)).await;
    let (reply, took) = measured(agent.post("/api/v1/actions", "during", &ask)).await;
    assert_eq!(reply.unwrap().status, 503);
    assert!(took < Duration::from_secs(4), "{took:?}");
    let (reply, took) = measured(browser.post("/stop", "", "reason=odd")).await;
    let reply = reply.unwrap();
    assert_eq!(reply.status, 503, "{reply:?}");
    assert!(reply.text.contains("goes on trying by itself, in your name"), "{reply:?}");
    assert!(took < Duration::from_millis(2500), "{took:?}");
    assert_eq!(process.browser("").get("/health").await.unwrap().status, 503);

    way.silent.store(false, SeqCst);
    let back = Instant::now();
    while shop.database.count("select count(*) from stops where reason = 'odd'").await == 0 {
        assert!(back.elapsed() < Duration::from_secs(10), "it is not recorded");
        sleep(Duration::from_millis(50)).await;
    }
    println!("recorded {:?} after the database was back", back.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_starts_before_its_database_waits_for_it_and_allows_nothing() {
    let shop = with_auditor().await;
    let key = secret(&shop.governance, &shop.admin, "support", KeyKind::Agent).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (url, socket) = by_way(&shop, &address);
    drop(listener);
    let process = Process::serve(&url).await;
    let ask = refund("5.00").to_string();
    assert_eq!(process.agent(&key).post("/api/v1/actions", "k", &ask).await.unwrap().status, 503);
    assert_eq!(process.browser("").get("/health").await.unwrap().status, 503);
    let press = process.browser("").post("/stop", "", "").await.unwrap();
    assert!(press.status == 503 && press.text.contains("this stop is not recorded"), "{press:?}");

    let way = Way::to(socket, TcpListener::bind(&address).await.unwrap());
    assert_eq!(way.address, address);
    let begun = Instant::now();
    while process.agent(&key).post("/api/v1/actions", "k", &ask).await.map_or(0, |reply| reply.status) != 201 {
        assert!(begun.elapsed() < Duration::from_secs(15), "it does not go on");
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recorded_stop_is_confirmed_where_no_page_can_show_it() {
    let shop = with_auditor().await;
    let process = Process::serve(&shop.database.server_url()).await;
    let cookie = process.sign_in("aud@reach.example").await;
    // All that pages read waits behind this.
    let mut other = shop.database.owner.acquire().await.unwrap();
    sqlx::Executor::execute(&mut *other, "begin; lock table _sqlx_migrations in access exclusive mode").await.unwrap();
    for (path, words) in
        [("/stop/support", "The agent is stopped, by Zoe at"), ("/stop", "All agents are stopped, by Zoe")]
    {
        let (reply, took) = measured(process.browser(&cookie).post(path, "", "")).await;
        let reply = reply.unwrap();
        assert!(
            reply.status == 200 && reply.text.contains(words) && reply.text.contains("It is recorded."),
            "{reply:?}"
        );
        assert!(took < SOON, "{took:?}");
    }
    assert_eq!(shop.database.count("select count(*) from stops where released_at is null").await, 2);
    sqlx::Executor::execute(&mut *other, "rollback").await.unwrap();
}
