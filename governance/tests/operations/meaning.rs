//! What a change of action types, words and files means for permissions in force, which somebody has to accept.

use domain::{
    action::Effect,
    agent::Mode,
    authoring::{draft::DraftConflict, meaning::Change, statement::keys},
    money::Money,
    role::Role,
    state::State,
};
use governance::{Came, Conflict, Error};
use serde_json::json;

use super::catalog::{head, not_accepted, refunds, sentences};
use crate::support::{Shop, gift, id_of, refund, support_file};

#[tokio::test]
async fn what_a_changed_action_type_means_for_rules_in_force_has_to_be_accepted() {
    let shop = Shop::open().await;
    shop.second_agent("returns").await;
    let mut action = refunds();
    action.amount = None;
    let put =
        async |accepted: &[String]| shop.governance.put_action_type(&shop.admin, &action, Some(1), "x", accepted).await;
    let meaning = not_accepted(put(&[]).await);
    for said in [
        "`Support`’s rules and limits about money look at nothing any more: `refunds` would have no amount.",
        "`Support`, the rule for `Refund`, when the amount is over $50.00 (one person from `CS leads`): This rule never \
         asks: `refunds` have no amount.",
        "`Support`: Changes an outside system, and nobody is asked: `Refund`.",
    ] {
        assert!(sentences(&meaning).contains(&said), "{said}: {meaning:?}");
    }
    let shown = shop
        .governance
        .meaning(&shop.auditor, &Change::ActionType { action: action.clone(), seen: Some(1) })
        .await
        .unwrap();
    assert!(!shown.takes_two && shown.statements == meaning);
    let accepted = keys(&meaning);
    let by_words: Vec<String> = sentences(&meaning).into_iter().map(str::to_owned).collect();
    for other in [&accepted[1..], &[accepted.clone(), vec!["more".to_owned()]].concat(), &by_words] {
        assert_eq!(not_accepted(put(other).await), meaning);
    }
    assert_eq!(shop.ask(refund("80.00")).await.state, State::Waiting);
    assert_eq!(shop.entries("action_changed").await.len(), 0);

    assert_eq!(put(&accepted).await.unwrap(), Came::Done);
    assert_eq!(shop.beside("action_changed").await[0]["accepted"], json!(meaning));
    assert_eq!(shop.ask(refund("80.00")).await.state, State::Granted);
}

#[tokio::test]
async fn an_effect_that_silences_no_rule_of_a_set_means_something_all_the_same() {
    let shop = Shop::open().await;
    let mut action = refunds();
    action.effect = Effect::Internal;
    let put = shop.governance.put_action_type(&shop.admin, &action, Some(1), "x", &[]).await;
    let told = "`Support`: `refunds` count as what changes only the desk's own notes, no longer as what changes an outside \
        system.";
    assert_eq!(sentences(&not_accepted(put)), [told]);
    shop.governance.set_mode(&shop.admin, "support", Mode::Retired, "done").await.unwrap();
    shop.governance.put_action_type(&shop.admin, &action, Some(1), "x", &[]).await.unwrap();
}

#[tokio::test]
async fn where_it_takes_two_nobody_changes_alone_what_rules_in_force_mean() {
    let shop = Shop::open().await;
    let ida = shop.person("Ida", Role::Admin).await;
    shop.governance.need_two_to_publish(&shop.admin).await.unwrap();
    shop.waiting(refund("80.00")).await;
    shop.approved_refund().await;
    shop.waiting(gift()).await;
    let mut action = refunds();
    action.integration = None;
    let shown = shop
        .governance
        .meaning(&shop.admin, &Change::ActionType { action: action.clone(), seen: Some(1) })
        .await
        .unwrap();
    let accepted = keys(&shown.statements);
    assert!(shown.takes_two && !accepted.is_empty());
    assert_eq!(shown.ends, 2, "what waits, and what is approved");
    let put = shop.governance.put_action_type(&shop.admin, &action, Some(1), "x", &accepted).await;
    assert_eq!(put.unwrap(), Came::Proposed);
    assert_eq!(shop.entries("action_changed").await.len(), 0);
    let mut file = support_file();
    file.actions[0] = action;
    let applied = shop.governance.apply(&shop.admin, &file, "x", &accepted, false).await;
    let Err(Error::Conflict(Conflict::Other(words))) = applied else { panic!("{applied:?}") };
    assert!(
        words.contains(
            "under Settings (Actions, Data sets, Words or Queues), Integrations or on the page of its agent, where another \
             admin accepts it"
        ),
        "{words}"
    );

    let proposed = shop.governance.proposed_changes(&ida).await.unwrap();
    let [one] = proposed.as_slice() else { panic!("{proposed:?}") };
    assert_eq!(
        (one.head.title.as_str(), one.head.stamp.by.name.as_str(), one.mine),
        ("The action `Refund`", "Ada", false)
    );
    assert_eq!((&one.meaning.statements, one.meaning.ends, one.told.len()), (&shown.statements, 2, 1));
    assert_eq!(shop.governance.today(&ida).await.unwrap().changes, std::slice::from_ref(&one.head));
    assert_eq!(shop.governance.today(&shop.admin).await.unwrap().changes, []);
    let accept =
        async |who, accepted: &[String]| shop.governance.accept_change(who, one.head.id, "right", accepted).await;
    let own = accept(&shop.admin, &accepted).await;
    assert!(matches!(own, Err(Error::Conflict(Conflict::Draft(DraftConflict::OwnProposal)))), "{own:?}");
    assert_eq!(not_accepted(accept(&ida, &[]).await), shown.statements);
    accept(&ida, &accepted).await.unwrap();
    assert_eq!(shop.entries("action_changed").await[0]["proposed_by"], json!(id_of(&shop.admin)));
    assert!(matches!(accept(&ida, &accepted).await, Err(Error::Conflict(Conflict::ChangedMeanwhile))));
    assert_eq!(shop.governance.proposed_changes(&ida).await.unwrap(), []);
}

/// An agent that asks a person about whatever is legal.
async fn careful(shop: &Shop) {
    let mut file = support_file();
    file.word_lists.insert("legal".to_owned(), vec!["lawyer".to_owned(), "small claims".to_owned()]);
    let rule = json!({ "id": "legal", "applies_to": "any", "queue": "legal",
        "when": [{ "kind": "touches", "topics": ["legal"] }] });
    file.permissions.approval_thresholds.rules.push(serde_json::from_value(rule).unwrap());
    shop.take_in(&file, "careful").await.unwrap();
}

#[tokio::test]
async fn words_that_rules_look_for_are_changed_with_acceptance_by_page_and_by_file() {
    let shop = Shop::open().await;
    careful(&shop).await;
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let change =
        Change::Words { topic: "legal".to_owned(), words: words(&["zzzz"]), seen: words(&["lawyer", "small claims"]) };
    let told = "`Support`’s rules know by other words what touches on `legal`: no longer `lawyer` and `small claims`; \
        from now on `zzzz`.";
    let put = async |accepted: &[String]| shop.governance.put_change(&shop.admin, &change, "odd", accepted).await;
    let read = not_accepted(put(&[]).await);
    assert_eq!(sentences(&read), [told]);

    // The file of another agent.
    let mut file = support_file();
    file.agent.slug = "returns".to_owned();
    file.agent.name = "Returns".to_owned();
    file.word_lists.insert("legal".to_owned(), words(&["zzzz"]));
    let apply = async |accepted: &[String]| shop.governance.apply(&shop.admin, &file, "x", accepted, false).await;
    let meaning = not_accepted(apply(&[]).await);
    assert!(sentences(&meaning).contains(&told), "{meaning:?}");
    assert!(matches!(shop.governance.agent(&shop.admin, "returns").await, Err(Error::NotFound)), "nothing of it");

    assert_eq!(put(&keys(&read)).await.unwrap(), Came::Done);
    let rows = shop.governance.word_lists(&shop.auditor).await.unwrap();
    assert_eq!((rows[0].words.as_slice(), rows[0].agents.len()), (words(&["zzzz"]).as_slice(), 1));
    assert_eq!(shop.entries("words_changed").await.len(), 1);
    let late = put(&keys(&read)).await;
    assert!(matches!(late, Err(Error::Invalid(..))), "{late:?}");
    apply(&[]).await.unwrap();
    let gone = Change::Words { topic: "legal".to_owned(), words: Vec::new(), seen: words(&["zzzz"]) };
    let meaning = not_accepted(shop.governance.put_change(&shop.admin, &gone, "odd", &[]).await);
    shop.governance.put_change(&shop.admin, &gone, "odd", &keys(&meaning)).await.unwrap();
    assert_eq!(shop.governance.word_lists(&shop.auditor).await.unwrap(), []);
    for who in [&shop.auditor, &shop.mia, &shop.ana] {
        assert!(matches!(shop.governance.put_change(who, &gone, "mine", &[]).await, Err(Error::Forbidden)));
    }
}

#[tokio::test]
async fn a_file_that_redefines_what_another_agent_does_is_applied_only_with_acceptance() {
    let shop = Shop::open().await;
    let mut file = support_file();
    file.agent.slug = "returns".to_owned();
    file.agent.name = "Returns".to_owned();
    file.actions[0].amount = None;
    file.actions[0].effect = Effect::Internal;
    let apply = async |accepted: &[String]| shop.governance.apply(&shop.admin, &file, "x", accepted, false).await;
    let meaning = not_accepted(apply(&[]).await);
    let money = "`Support`’s rules and limits about money look at nothing any more: `refunds` would have no amount.";
    assert!(sentences(&meaning).contains(&money), "{meaning:?}");
    assert_eq!(shop.ask(refund("5000.00")).await.state, State::Denied);
    assert_eq!(apply(&keys(&meaning)).await.unwrap().to_accept(), meaning);
    assert_eq!(shop.beside("agent_applied").await.last().unwrap()["accepted"], json!(meaning));
}

#[tokio::test]
async fn a_starting_point_adds_nothing_that_permissions_in_force_would_take_otherwise() {
    let shop = Shop::open().await;
    let mut file = support_file();
    let rule = json!({ "id": "legal", "applies_to": "any", "queue": "legal",
        "when": [{ "kind": "touches", "topics": ["legal"] }] });
    file.permissions.approval_thresholds.rules.push(serde_json::from_value(rule).unwrap());
    shop.take_in(&file, "careful").await.unwrap();
    let worth_over = Money::parse("500", "EUR").unwrap();
    shop.governance.create_agent(&shop.admin, &head("desk", "Desk", ""), Some(("support", worth_over))).await.unwrap();
    let rows = shop.governance.word_lists(&shop.auditor).await.unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.topic != "legal"), "{rows:?}");
}

#[tokio::test]
async fn it_takes_two_to_let_one_publish_alone() {
    let shop = Shop::open().await;
    let ida = shop.person("Ida", Role::Admin).await;
    shop.governance.need_two_to_publish(&shop.admin).await.unwrap();
    let change = Change::OneToPublish;
    let meaning = shop.governance.meaning(&shop.admin, &change).await.unwrap();
    let accepted = keys(&meaning.statements);
    assert!(meaning.takes_two && accepted.len() == 1);
    let put = shop.governance.put_change(&shop.admin, &change, "in a hurry", &accepted).await;
    assert_eq!(put.unwrap(), Came::Proposed);
    assert!(shop.governance.two_to_publish(&shop.admin).await.unwrap());

    let id = shop.governance.proposed_changes(&ida).await.unwrap()[0].head.id;
    shop.governance.withdraw_change(&ida, id).await.unwrap();
    assert!(shop.governance.two_to_publish(&shop.admin).await.unwrap());
    shop.governance.put_change(&ida, &change, "after all", &accepted).await.unwrap();
    let id = shop.governance.proposed_changes(&ida).await.unwrap()[0].head.id;
    shop.governance.accept_change(&shop.admin, id, "agreed", &accepted).await.unwrap();
    assert!(!shop.governance.two_to_publish(&shop.admin).await.unwrap());
    // By another than the one who proposed it.
    let turned_down = shop.entries("change_turned_down").await;
    assert_eq!((turned_down.len(), shop.entries("change_withdrawn").await.len()), (1, 0));
}
