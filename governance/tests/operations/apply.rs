//! Applying an agent file: all of it or nothing, and nothing where nothing is new.

use domain::{agent_file::AgentFile, authoring::statement::keys, state::State};
use governance::{Actor, Error, Taken};
use serde_json::json;

use super::catalog::{not_accepted, sentences};
use crate::support::{Shop, refund, support_file};

#[tokio::test]
async fn applying_twice_changes_nothing() {
    let shop = Shop::open().await;
    let before = shop.database.count("select revision from control").await;
    let entries = shop.database.count("select count(*) from entries").await;
    let changes = shop.governance.apply(&shop.admin, &support_file(), "again", &[], false).await.unwrap();
    assert_eq!(changes, Taken::default());
    assert_eq!(shop.database.count("select revision from control").await, before);
    assert_eq!(shop.database.count("select count(*) from entries").await, entries);
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_changes_nothing() {
    let shop = Shop::open().await;
    let mut file = support_file();
    file.permissions.approval_thresholds.within_s = 60;
    file.actions[0].label = "Pay back".to_owned();
    file.agent.name = "Help".to_owned();
    let dry = shop.governance.apply(&shop.admin, &file, "try", &[], true).await.unwrap();
    assert_eq!(dry.changes.len(), 3);
    assert_eq!(
        sentences(&dry.meaning),
        [
            "`Support`: what was called `Refund` is called `Pay back` from now on.",
            "The agent `Support` is called `Help` from now on.",
        ]
    );
    assert_eq!(shop.database.count("select max(version)::bigint from permission_sets").await, 1);
    assert!(shop.governance.apply(&shop.admin, &file, "do", &[], false).await.is_err());
    assert_eq!(shop.take_in(&file, "do").await.unwrap(), dry);
    assert_eq!(shop.database.count("select max(version)::bigint from permission_sets").await, 2);
    assert_eq!(shop.entries("agent_applied").await.len(), 2);
}

#[tokio::test]
async fn a_changed_action_is_a_new_revision_and_requests_remember_theirs() {
    let shop = Shop::open().await;
    let before = shop.ask(refund("40.00")).await.id;
    shop.apply(|file| file.actions[0].label = "Pay back".to_owned()).await;
    let after = shop.ask(refund("40.00")).await.id;
    let revision =
        async |id| shop.database.count(format!("select revision::bigint from requests where id = '{id}'")).await;
    assert_eq!((revision(before).await, revision(after).await), (1, 2));
    assert_eq!(shop.database.count("select count(*) from action_types where name = 'order.refund'").await, 2);
}

#[tokio::test]
async fn a_change_of_the_action_makes_a_waiting_request_unchangeable_and_its_approval_void() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.apply(|file| file.actions[0].label = "Pay back".to_owned()).await;
    assert!(shop.change_amount(&shop.ana, id, "60.00").await.is_err());
    let _ = shop.approve(&shop.ana, id).await;
    assert!(shop.claim(id).await.is_err());
}

#[tokio::test]
async fn what_is_named_has_to_be_there_or_nothing_is_applied() {
    let shop = Shop::open().await;
    type Change = fn(&mut AgentFile);
    let cases: [(&str, Change); 4] = [
        ("queue `nobody`", |file| file.permissions.approval_thresholds.rules[0].queue = "nobody".to_owned()),
        ("queue `nowhere`", |file| {
            let escalate = json!({ "escalate": { "queue": "nowhere", "within_s": 60 } });
            file.permissions.approval_thresholds.rules[0].otherwise = serde_json::from_value(escalate).unwrap();
        }),
        ("action `order.burn`", |file| {
            drop(file.permissions.action_scope.allow.insert("order.burn".to_owned(), Default::default()))
        }),
        ("integration `shopfy`", |file| file.actions[0].integration = Some("shopfy".to_owned())),
    ];
    for (missing, change) in cases {
        let mut file = support_file();
        file.agent.name = "Renamed".to_owned();
        change(&mut file);
        let answer = shop.governance.apply(&shop.admin, &file, "wrong", &[], false).await;
        assert!(matches!(&answer, Err(Error::Invalid(_, why)) if why.contains(missing)), "{missing}: {answer:?}");
    }
    assert_eq!(shop.database.count("select count(*) from agents where name = 'Renamed'").await, 0);
    assert_eq!(shop.database.count("select max(version)::bigint from permission_sets").await, 1);
}

#[tokio::test]
async fn what_contradicts_itself_is_refused() {
    let shop = Shop::open().await;
    let mut file = support_file();
    file.permissions.approval_thresholds.rules[0].needed = 0;
    assert!(matches!(shop.governance.apply(&shop.admin, &file, "wrong", &[], false).await, Err(Error::Invalid(..))));
    assert!(matches!(
        shop.governance.apply(&shop.admin, &support_file(), " ", &[], false).await,
        Err(Error::Invalid(..))
    ));
}

#[tokio::test]
async fn what_is_risky_in_a_file_is_accepted_or_nothing_is_applied() {
    let shop = Shop::open().await;
    let mut file = support_file();
    file.permissions.action_scope.allow.entry("order.refund".to_owned()).or_default().limits.clear();
    file.permissions.approval_thresholds.rules.clear();
    let dry = shop.governance.apply(&shop.admin, &file, "lax", &[], true).await.unwrap();
    assert!(!dry.risks.is_empty() && dry.to_accept() == dry.risks, "{dry:?}");
    let apply = async |accepted: &[String]| shop.governance.apply(&shop.admin, &file, "lax", accepted, false).await;
    let accepted = keys(&dry.risks);
    for some in [&[][..], &accepted[1..], &["whatever".to_owned()]] {
        assert_eq!(not_accepted(apply(some).await), dry.risks);
    }
    assert_eq!(shop.database.count("select max(version)::bigint from permission_sets").await, 1);
    assert_eq!(apply(&accepted).await.unwrap(), dry);
    assert_eq!(shop.beside("agent_applied").await.last().unwrap()["accepted"], json!(dry.risks));
}

#[tokio::test]
async fn only_an_admin_applies() {
    let shop = Shop::open().await;
    for who in [&shop.auditor, &shop.ana, &shop.operator, &shop.mia, &Actor::System] {
        let answer = shop.governance.apply(who, &support_file(), "mine", &[], false).await;
        assert!(matches!(answer, Err(Error::Forbidden)), "{answer:?}");
    }
}

#[tokio::test]
async fn an_agent_that_is_new_is_a_draft_and_applying_keeps_breakers_and_members() {
    let shop = Shop::open().await;
    shop.governance.open_breaker(&shop.operator, "shopify", "errors").await.unwrap();
    shop.apply(|file| file.integrations[0].version = "2027-01".to_owned()).await;
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Paused);
    let queues = shop.governance.queues(&shop.admin).await.unwrap();
    assert_eq!(queues.iter().find(|queue| queue.slug == "cs-leads").unwrap().members.len(), 2);

    let mut file = support_file();
    file.agent.slug = "returns".to_owned();
    file.agent.name = "Returns".to_owned();
    shop.take_in(&file, "new").await.unwrap();
    let agent = shop.governance.agent(&shop.admin, "returns").await.unwrap();
    assert_eq!(agent.row.mode, domain::agent::Mode::Draft);
}

#[tokio::test]
async fn a_new_version_holds_from_the_next_ask_on_every_replica() {
    let shop = Shop::open().await;
    let replica = shop.replica();
    assert_eq!(replica.ask(&shop.key, "before", refund("40.00")).await.unwrap().state, State::Granted);
    shop.publish(|set| set.approval_thresholds.rules[0].when.clear()).await;
    let after = replica.ask(&shop.key, "after", refund("40.00")).await.unwrap();
    assert_eq!((after.state, after.permission_version), (State::Waiting, Some(2)));
}
