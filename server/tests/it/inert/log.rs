//! What others write forges no line of the log, and tells no terminal what to do.

use domain::{role::Role, view::KeyKind};

use crate::{
    browser::PASSWORD,
    front::{refund, secret},
    process::Process,
    support::Shop,
};

/// Escape sequences, and a line of its own.
const HOSTILE: &str = "\u{1b}[31m\r\n2026-01-01T00:00:00Z ERROR forged\u{9b}2J\u{202e}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_write_forges_no_line_of_the_log() {
    let shop = Shop::open().await;
    shop.governance.add_person(&shop.admin, "zoe@log.example", "Zoe", Role::Admin, PASSWORD).await.unwrap();
    let key = secret(&shop.governance, &shop.admin, "support", KeyKind::Agent).await;
    let path = std::env::temp_dir().join(format!("reins {} hostile log", std::process::id()));
    let log = std::fs::File::create(&path).unwrap();
    let process = Process::serve_with(&shop.database.server_url(), None, &[("REINS_LOG", "debug")], log.into()).await;
    let cookie = process.sign_in("zoe@log.example").await;
    let hostile = app::paths::escaped(HOSTILE);

    let (mut nobody, mut admin, mut agent) = (process.browser(""), process.browser(&cookie), process.agent(&key));
    nobody.get(&format!("/{hostile}?{hostile}={hostile}")).await.unwrap();
    nobody.post("/sign-in", "", &format!("email={hostile}&password={hostile}&next={hostile}")).await.unwrap();
    admin.get(&format!("/agents/{hostile}?failed={hostile}")).await.unwrap();
    let breaker = "/api/app/integrations/calls/open_breaker";
    admin.post(breaker, "", &format!("slug=shopify&reason={hostile}")).await.unwrap();
    admin.post(breaker, "", &format!("slug={hostile}&reason={hostile}")).await.unwrap();
    admin.post("/stop", "", &format!("reason={hostile}&from={hostile}")).await.unwrap();
    let mut ask = refund("5.00");
    ask["reasoning"] = HOSTILE.into();
    ask["arguments"][HOSTILE] = HOSTILE.into();
    agent.post("/api/v1/actions", "k", &ask.to_string()).await.unwrap();
    agent.post(&format!("/api/v1/actions/{hostile}/claim"), "k", HOSTILE).await.unwrap();
    process.kill().await;

    let said = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let said = String::from_utf8_lossy(&said);
    assert!(said.lines().count() > 5, "nothing is logged: {said}");
    assert!(!said.lines().any(|line| line.contains("ERROR forged") && line.starts_with("2026-01-01")), "{said}");
    assert!(!said.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\r']), "{said}");
}
