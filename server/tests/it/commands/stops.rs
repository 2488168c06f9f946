//! `reins stop` and `reins release`, beside a server that works.

use uuid::Uuid;

use crate::{client::Client, front::refund, process::Process, support::Shop};
use crate::{front::secret, support::id_of};
use domain::view::KeyKind;

async fn asked(agent: &mut Client) -> String {
    let body = refund("5.00").to_string();
    let reply = agent.post("/api/v1/actions", &Uuid::now_v7().to_string(), &body).await.unwrap();
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json()["decision"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn between_a_stop_and_its_release_nothing_is_allowed() {
    let shop = Shop::open().await;
    let key = secret(&shop.governance, &shop.admin, "support", KeyKind::Agent).await;
    let server = Process::serve(&shop.database.server_url()).await;
    let mut agent = server.agent(&key);
    assert_eq!(asked(&mut agent).await, "allowed");

    for (what, name) in [(&["support"][..], "Support"), (&[], "Everything")] {
        let stop = [&["stop", "--reason", "drift"], what].concat();
        let printed = shop.reins(&stop).await.printed();
        let words = printed.strip_prefix(&format!("{name} stopped at ")).unwrap_or_else(|| panic!("{printed}"));
        let (_, id) =
            words.split_once(" UTC by the command line.\nThis stop is ").unwrap_or_else(|| panic!("{printed}"));
        let id = id.trim_end_matches(".\n");
        assert_eq!(asked(&mut agent).await, "stopped");
        // Who presses again learns of the stop that holds.
        assert_eq!(shop.reins(&stop).await.printed(), printed);

        let release = ["release", "--reason", "fine", "--by", "oli@example.com"];
        shop.reins(&release).await.failed(1, id);
        shop.reins(&[&release[..], &[id]].concat()).await.failed(1, "--seen 2  ");
        let release = [&release[..], &[id, "--seen", "2"]].concat();
        assert_eq!(shop.reins(&release).await.printed(), "Released.\n");
        assert_eq!(asked(&mut agent).await, "allowed");
        shop.reins(&release).await.failed(1, "Oli released this stop already");
    }
    assert_eq!(shop.entries("stopped").await.len(), 2);
    let released =
        format!("select count(*) from entries where kind = 'released' and actor_id = '{}'", id_of(&shop.operator));
    assert_eq!(shop.database.count(released).await, 2);
}

#[tokio::test]
async fn a_stop_that_somebody_insists_on_is_not_released_by_whoever_read_it_before() {
    let shop = Shop::open().await;
    shop.reins(&["stop", "support", "--reason", "drift"]).await.printed();
    let id = shop.held(Some("support")).await.id.to_string();
    shop.reins(&["stop", "support", "--by", "ana@example.com", "--reason", "do not release"]).await.printed();
    let release =
        |seen| ["release", &id, "--seen", seen, "--reason", "fine", "--by", "oli@example.com"].map(str::to_owned);
    let run = async |seen| shop.reins(&release(seen).each_ref().map(String::as_str)).await;
    run("1").await.failed(1, "somebody has pressed it again or said more of it than you have seen");
    let listed = ["release", "--reason", "fine", "--by", "oli@example.com"];
    shop.reins(&listed).await.failed(1, &format!("{id} --seen 2  Support, by the command line"));
    shop.reins(&listed).await.failed(1, ": do not release");
    assert_eq!(run("2").await.printed(), "Released.\n");
}

#[tokio::test]
async fn a_stop_in_somebodys_name_says_so() {
    let shop = Shop::open().await;
    let printed = shop.reins(&["stop", "support", "--by", "aud@example.com"]).await.printed();
    assert!(printed.contains(" UTC by Aud.\n"), "{printed}");
    shop.reins(&["stop", "--by", "nobody@example.com"]).await.failed(1, "nobody with the address");
    shop.reins(&["stop", "nobody"]).await.failed(1, "there is no agent `nobody`: nothing was changed");
    assert_eq!(shop.database.count("select count(*) from stops").await, 1);
}

#[tokio::test]
async fn a_release_needs_a_name_with_the_right_and_a_reason() {
    let shop = Shop::open().await;
    shop.reins(&["stop"]).await.printed();
    let id = shop.held(None).await.id.to_string();
    for (arguments, code, words) in [
        (&["release", "--reason", "fine"][..], 2, "--by <BY>"),
        (&["release", "--by", "oli@example.com"], 2, "--reason <REASON>"),
        (&["release", &id, "--seen", "0", "--by", "oli@example.com", "--reason", " "], 1, "a reason is needed"),
        (
            &["release", &id, "--seen", "0", "--by", "ana@example.com", "--reason", "fine"],
            1,
            "reins: whoever `--by` names may not do this",
        ),
        (&["release", "support", "--by", "oli@example.com", "--reason", "fine"], 2, "invalid value 'support'"),
        (&["release", "--by", "oli@example.com", "--reason", "fine"], 1, "name the stop that is to end"),
    ] {
        shop.reins(arguments).await.failed(code, words);
    }
    assert_eq!(shop.database.count("select count(*) from stops where released_at is null").await, 1);
}
