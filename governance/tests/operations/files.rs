//! Agent files, out of one shop and into another.

use domain::{
    agent::Mode,
    agent_file::AgentFile,
    authoring::{
        draft::{DraftConflict, Origin},
        edit::ActionStanding,
        statement::keys,
    },
    state::State,
};
use governance::{Conflict, Error, Taken};
use serde_json::json;

use super::{
    catalog::{not_accepted, sentences},
    drafts::{change, publish, stand},
};
use crate::support::{Shop, refund, support_file};

/// An agent that names one thing of each kind, and a shop around it that has more.
fn file() -> AgentFile {
    let mut file = support_file();
    file.word_lists.insert("Legal".to_owned(), vec!["lawyer".to_owned()]);
    let rule = json!({ "id": "legal", "off": true, "applies_to": "any", "queue": "legal",
        "when": [{ "kind": "touches", "topics": ["legal"] }] });
    file.permissions.approval_thresholds.rules.push(serde_json::from_value(rule).unwrap());
    file
}

#[tokio::test]
async fn a_file_that_is_applied_elsewhere_is_written_out_the_same() {
    let (here, there) = (Shop::open().await, Shop::open().await);
    let mut wide = file();
    wide.word_lists.insert("medical".to_owned(), vec!["dose".to_owned()]);
    wide.data_sets.push(serde_json::from_value(json!({ "name": "b", "label": "B", "sensitivity": "public" })).unwrap());
    here.take_in(&wide, "wide").await.unwrap();
    here.second_agent("returns").await;

    let out = here.governance.export_agent(&here.auditor, "support", None).await.unwrap();
    assert_eq!(out.faults(), [""; 0]);
    let names = |file: &AgentFile| {
        let topics = file.word_lists.keys().cloned().collect::<Vec<_>>();
        (file.queues.len(), file.actions.len(), file.data_sets.len(), file.integrations.len(), topics)
    };
    assert_eq!(names(&out), (3, 3, 1, 1, vec!["Legal".to_owned()]));
    assert_eq!((&out.permissions, &out.agent), (&wide.permissions, &wide.agent));
    there.take_in(&out, "from here").await.unwrap();
    assert_eq!(there.governance.export_agent(&there.admin, "support", None).await.unwrap(), out);
    assert_eq!(here.entries("agent_exported").await, [json!({ "version": 2 })]);
    assert_eq!(there.governance.apply(&there.admin, &out, "again", &[], false).await.unwrap(), Taken::default());

    let first = here.governance.export_agent(&here.admin, "support", Some(1)).await.unwrap();
    assert_eq!(first.permissions, support_file().permissions);
    let none = here.governance.export_agent(&here.admin, "support", Some(7)).await;
    assert!(matches!(none, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_file_is_taken_in_as_a_draft_that_decides_nothing_yet() {
    let shop = Shop::open().await;
    let mut file = file();
    file.permissions.action_scope.deny.insert("order.refund".to_owned());
    file.actions[0].label = "Pay back".to_owned();
    let import = async |accepted: &[String]| {
        shop.governance.import_agent(&shop.admin, &file, "reviewed", None, accepted, false).await
    };
    let dry = shop.governance.import_agent(&shop.admin, &file, "", None, &[], true).await.unwrap();
    assert_eq!(shop.database.count("select count(*) from drafts").await, 0);
    assert_eq!(import(&keys(&dry.meaning)).await.unwrap(), dry);
    assert_eq!(dry.changes.len(), 3, "{dry:?}");
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Granted);
    let view = shop.governance.draft(&shop.admin, "support").await.unwrap();
    let head = view.draft.unwrap();
    assert_eq!((view.permissions, head.origin), (file.permissions.clone(), Origin::File));
    assert_eq!(import(&[]).await.unwrap(), Taken::default(), "it stands already");
    assert_eq!(shop.entries("agent_imported").await.len(), 1);
    publish(&shop.governance, &shop.admin, head.seen).await.unwrap();
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Denied);
}

#[tokio::test]
async fn a_file_changes_what_rules_in_force_mean_only_where_that_is_accepted() {
    let shop = Shop::open().await;
    let mut file = file();
    file.agent.slug = "returns".to_owned();
    file.agent.name = "Returns".to_owned();
    file.actions[0].amount = None;
    file.permissions.action_scope.allow.remove("order.refund");
    file.permissions.action_scope.deny.insert("order.refund".to_owned());
    let import = async |accepted: &[String], dry| {
        shop.governance.import_agent(&shop.admin, &file, "reviewed", None, accepted, dry).await
    };
    let meaning = import(&[], true).await.unwrap().meaning;
    let money = "`Support`’s rules and limits about money look at nothing any more: `refunds` would have no amount.";
    assert!(sentences(&meaning).contains(&money), "{meaning:?}");
    let accepted = keys(&meaning);
    for accepted in [&[][..], &accepted[1..]] {
        let taken = import(accepted, false).await;
        assert_eq!(not_accepted(taken), meaning);
    }
    assert_eq!(shop.database.count("select count(*) from drafts").await, 0);
    assert_eq!(shop.ask(refund("80.00")).await.state, State::Waiting);
    import(&accepted, false).await.unwrap();
    assert_eq!(shop.ask(refund("80.00")).await.state, State::Granted);
    assert_eq!(shop.beside("agent_imported").await[0]["accepted"], json!(meaning));
}

#[tokio::test]
async fn an_open_draft_is_replaced_only_as_it_was_seen() {
    let shop = Shop::open().await;
    let open = change(&shop, &shop.admin, stand("gift.send", ActionStanding::Denied)).await;
    let import = async |open| shop.governance.import_agent(&shop.admin, &file(), "reviewed", open, &[], false).await;
    assert!(matches!(import(None).await, Err(Error::Conflict(Conflict::Draft(_)))));
    assert_eq!(shop.database.count("select count(*) from word_lists").await, 0, "all of it or nothing");
    import(Some(open)).await.unwrap();
    assert!(shop.governance.draft(&shop.admin, "support").await.unwrap().discarded.is_some());
}

#[tokio::test]
async fn a_file_brings_a_new_agent_or_says_what_is_missing() {
    let shop = Shop::open().await;
    let mut file = file();
    file.agent.slug = "returns".to_owned();
    file.agent.name = "Returns".to_owned();
    file.permissions.approval_thresholds.rules[0].queue = "nobody".to_owned();
    let missing = shop.governance.import_agent(&shop.admin, &file, "reviewed", None, &[], false).await;
    assert!(matches!(&missing, Err(Error::Invalid(_, words)) if words.contains("queue `nobody`")), "{missing:?}");
    assert!(matches!(shop.governance.agent(&shop.admin, "returns").await, Err(Error::NotFound)));

    file.permissions.approval_thresholds.rules[0].queue = "legal".to_owned();
    shop.governance.import_agent(&shop.admin, &file, "reviewed", None, &[], false).await.unwrap();
    let view = shop.governance.draft(&shop.admin, "returns").await.unwrap();
    assert_eq!((view.draft.unwrap().base, view.in_force), (None, None));
    let mine = shop.governance.import_agent(&shop.mia, &file, "mine", None, &[], false).await;
    assert!(matches!(mine, Err(Error::Forbidden)));
    shop.governance.set_mode(&shop.admin, "returns", Mode::Retired, "done").await.unwrap();
    let over = shop.governance.import_agent(&shop.admin, &file, "", None, &[], true).await;
    assert!(matches!(over, Err(Error::Conflict(Conflict::Draft(DraftConflict::Retired)))), "{over:?}");
}
