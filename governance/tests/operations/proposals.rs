//! Where it takes two: one proposes, and another publishes what they have read.

use domain::{
    action::{ActionType, DataSet},
    agent_file::AgentHead,
    authoring::{
        draft::{DraftConflict, Publication},
        edit::ActionStanding,
        meaning::{Change as Meant, Thing},
        risk::Severity,
        statement::keys,
    },
    role::Role,
};
use governance::{Came, Conflict, Error};
use serde_json::json;

use super::{
    catalog::sentences,
    drafts::{change, publish, stand},
    publishing::{conflict, publication},
};
use crate::support::{Shop, id_of, support_file};

#[tokio::test]
async fn where_it_takes_two_one_proposes_and_another_publishes() {
    let shop = Shop::open().await;
    let (governance, admin) = (&shop.governance, &shop.admin);
    assert!(matches!(
        governance.need_two_to_publish(admin).await,
        Err(Error::Conflict(Conflict::Draft(DraftConflict::SharedPassword)))
    ));
    let ida = shop.person("Ida", Role::Admin).await;
    governance.need_two_to_publish(admin).await.unwrap();
    let twice = governance.need_two_to_publish(admin).await;
    assert!(matches!(twice, Err(Error::Conflict(Conflict::ChangedMeanwhile))));

    let seen = change(&shop, admin, stand("gift.send", ActionStanding::Denied)).await;
    assert_eq!(conflict(publish(governance, admin, seen).await), DraftConflict::NeedsProposal);
    governance.propose(admin, "support", &publication(&shop, seen).await).await.unwrap();
    let proposals = governance.today(&ida).await.unwrap().proposals;
    assert_eq!((proposals[0].agent.slug.as_str(), proposals[0].stamp.by.name.as_str()), ("support", "Ada"));
    for not_for in [admin, &shop.auditor] {
        assert_eq!(governance.today(not_for).await.unwrap().proposals, []);
    }
    assert_eq!(conflict(publish(governance, admin, seen).await), DraftConflict::OwnProposal);
    let view = governance.draft(admin, "support").await.unwrap();
    assert_eq!((view.two_to_publish, view.may_publish), (true, Err(DraftConflict::OwnProposal)));
    assert_eq!(governance.draft(&ida, "support").await.unwrap().may_publish, Ok(()));

    assert_eq!(publish(governance, &ida, seen).await.unwrap(), 2);
    assert_eq!(governance.today(&ida).await.unwrap().proposals, []);
    assert!(governance.two_to_publish(&shop.auditor).await.unwrap());
    let row = governance.version(admin, "support", 2).await.unwrap().row;
    let proposed = row.proposed.unwrap();
    assert_eq!((row.published.by.name.as_str(), proposed.by.name.as_str()), ("Ida", "Ada"));
    assert_eq!((row.note.as_str(), proposed.note.as_str()), ("tested", "tested"));
    let refused = json!({ "what": "publish permissions alone" });
    assert_eq!(shop.entries("refused").await, [refused.clone(), refused]);
    assert_eq!(
        shop.entries("publishing_changed").await,
        [json!({ "two_to_publish": true, "proposal": null, "proposed_by": null })]
    );
}

#[tokio::test]
async fn an_edit_withdraws_the_proposal() {
    let shop = Shop::open().await;
    let ida = shop.person("Ida", Role::Admin).await;
    shop.governance.need_two_to_publish(&shop.admin).await.unwrap();
    let seen = change(&shop, &shop.admin, stand("gift.send", ActionStanding::Denied)).await;
    shop.governance.propose(&shop.admin, "support", &publication(&shop, seen).await).await.unwrap();
    let now = change(&shop, &ida, stand("desk.note", ActionStanding::Denied)).await;
    assert_eq!(conflict(publish(&shop.governance, &ida, now).await), DraftConflict::NeedsProposal);
    assert_eq!(shop.entries("proposal_withdrawn").await.len(), 1);
    assert_eq!(shop.governance.draft(&ida, "support").await.unwrap().draft.unwrap().proposal, None);
}

/// Another admin reads a proposal, and whoever made it must not change meanwhile what it says.
#[tokio::test]
async fn what_a_proposal_rests_on_is_changed_by_two() {
    let shop = Shop::open().await;
    let ida = shop.person("Ida", Role::Admin).await;
    let governance = &shop.governance;
    governance.need_two_to_publish(&shop.admin).await.unwrap();
    let mut action = support_file().actions[0].clone();
    action.name = "gift.wrap".to_owned();
    action.label = "Wrap a gift".to_owned();
    let put = async |action: &ActionType, seen| {
        let change = Meant::ActionType { action: action.clone(), seen };
        let meaning = keys(&governance.meaning(&shop.admin, &change).await.unwrap().statements);
        governance.put_change(&shop.admin, &change, "new", &meaning).await.unwrap()
    };
    assert_eq!(put(&action, None).await, Came::Done);
    let seen = change(&shop, &shop.admin, stand("gift.wrap", ActionStanding::Allowed)).await;
    action.for_customer = !action.for_customer;
    assert_eq!(put(&action, Some(1)).await, Came::Done, "nobody reads it yet");
    governance.propose(&shop.admin, "support", &publication(&shop, seen).await).await.unwrap();
    action.for_customer = !action.for_customer;
    assert_eq!(put(&action, Some(2)).await, Came::Proposed);

    // Nor while the draft is away.
    governance.discard_draft(&shop.admin, "support", seen).await.unwrap();
    assert_eq!(put(&action, Some(2)).await, Came::Done);
    let back = governance.take_back_draft(&shop.admin, "support", None).await.unwrap();
    assert!(matches!(conflict(publish(governance, &ida, seen).await), DraftConflict::Changed { .. }));
    assert_eq!(conflict(publish(governance, &ida, back).await), DraftConflict::NeedsProposal);
    governance.propose(&shop.admin, "support", &publication(&shop, back).await).await.unwrap();
    assert_eq!(publish(governance, &ida, back).await.unwrap(), 2);
    assert_eq!(governance.action_type(&ida, "gift.wrap").await.unwrap().revisions[0].revision, 3);
}

/// What nobody has proposed yet is changed by one, and yet somebody may have it open, to propose it or to publish it.
#[tokio::test]
async fn whoever_proposes_or_publishes_does_so_by_what_they_have_read() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    let seen = change(&shop, &shop.admin, stand("gift.send", ActionStanding::Denied)).await;
    let moved = |answer: Result<(), Error>| {
        assert!(matches!(answer, Err(Error::Conflict(Conflict::ChangedMeanwhile))), "{answer:?}");
    };
    let changes = [
        Meant::ActionType {
            action: ActionType { sentence: "Send a gift".to_owned(), ..support_file().actions[1].clone() },
            seen: Some(1),
        },
        Meant::DataSet {
            set: DataSet { label: "Products".to_owned(), ..support_file().data_sets[0].clone() },
            seen: Some(support_file().data_sets[0].clone()),
        },
        Meant::Words { topic: "weather".to_owned(), words: vec!["rain".to_owned()], seen: Vec::new() },
        Meant::Rename {
            thing: Thing::Queue,
            slug: "legal".to_owned(),
            seen: "Legal".to_owned(),
            name: "Lawyers".to_owned(),
        },
        Meant::Agent { seen: support_file().agent, name: "Greeter".to_owned(), purpose: support_file().agent.purpose },
    ];
    for meant in changes {
        let read = publication(&shop, seen).await;
        let meaning = keys(&governance.meaning(&shop.admin, &meant).await.unwrap().statements);
        governance.put_change(&shop.admin, &meant, "new", &meaning).await.unwrap();
        moved(governance.propose(&shop.admin, "support", &read).await);
        moved(governance.publish(&shop.admin, "support", &read).await.map(drop));
        let blind = Publication { read_by: String::new(), ..read };
        moved(governance.publish(&shop.admin, "support", &blind).await.map(drop));
    }
    // How many a queue has is no part of what it is read by, and neither is who has paused what.
    let read = publication(&shop, seen).await;
    governance.add_member(&shop.admin, "legal", id_of(&shop.admin)).await.unwrap();
    governance.propose(&shop.admin, "support", &read).await.unwrap();
    assert_eq!(governance.publish(&shop.admin, "support", &read).await.unwrap(), 2);
}

#[tokio::test]
async fn of_a_proposal_and_a_change_of_what_it_rests_on_at_once_one_is_read_again() {
    let shop = Shop::open().await;
    let (governance, admin, replica) = (&shop.governance, &shop.admin, shop.replica());
    shop.person("Ida", Role::Admin).await;
    governance.need_two_to_publish(admin).await.unwrap();
    let mut action = support_file().actions[0].clone();
    (action.name, action.label) = ("gift.wrap".to_owned(), "Wrap a gift".to_owned());
    assert_eq!(governance.put_action_type(admin, &action, None, "new", &[]).await.unwrap(), Came::Done);
    change(&shop, admin, stand("gift.wrap", ActionStanding::Allowed)).await;
    let mut revision = 1;
    for round in 0..8 {
        // Withdraws the proposal of the round before.
        let standing = if round % 2 == 0 { ActionStanding::Denied } else { ActionStanding::Shadow };
        let read = publication(&shop, change(&shop, admin, stand("desk.note", standing)).await).await;
        action.for_customer = !action.for_customer;
        let (proposed, changed) = tokio::join!(
            governance.propose(admin, "support", &read),
            replica.put_action_type(admin, &action, Some(revision), "other", &[]),
        );
        assert_ne!(proposed.is_ok(), changed.is_ok(), "{proposed:?} {changed:?}");
        match changed {
            Ok(came) => assert_eq!(came, Came::Done),
            Err(_) => action.for_customer = !action.for_customer,
        }
        revision += i32::from(proposed.is_err());
    }
}

/// Another admin reads who it is for.
#[tokio::test]
async fn an_agent_whose_first_permissions_are_proposed_is_renamed_by_two() {
    let shop = Shop::open().await;
    let ida = shop.person("Ida", Role::Admin).await;
    let governance = &shop.governance;
    governance.need_two_to_publish(&shop.admin).await.unwrap();
    let new = AgentHead { slug: "reviews".to_owned(), name: "Reviews".to_owned(), purpose: String::new() };
    governance.create_agent(&shop.admin, &new, None).await.unwrap();
    let describe = async |seen: &AgentHead, name: &str| governance.describe_agent(&shop.admin, seen, name, "").await;
    assert_eq!(describe(&new, "Answers").await.unwrap(), Came::Done, "nobody reads it yet");
    let new = AgentHead { name: "Answers".to_owned(), ..new };
    let set = governance.draft(&shop.admin, "reviews").await.unwrap().permissions;
    let edit = super::drafts::edit(&set, stand("gift.send", ActionStanding::Denied));
    let seen = governance.edit_draft(&shop.admin, "reviews", &edit).await.unwrap().seen.unwrap();
    let view = governance.draft(&ida, "reviews").await.unwrap();
    let accepted = view.risks.into_iter().filter(|risk| risk.severity == Severity::Risky).map(|risk| risk.said.key());
    let read = Publication { seen, read_by: view.read_by, note: "new".to_owned(), accepted: accepted.collect() };
    governance.propose(&shop.admin, "reviews", &read).await.unwrap();

    assert_eq!(describe(&new, "Refunds everybody").await.unwrap(), Came::Proposed);
    let [proposed] = governance.proposed_changes(&ida).await.unwrap().try_into().unwrap();
    let told = "The agent `Answers` is called `Refunds everybody` from now on.";
    assert_eq!(sentences(&proposed.meaning.statements), [told]);
    let mut file = support_file();
    file.agent = AgentHead { name: "Refunds everybody".to_owned(), ..new };
    let import = governance.import_agent(&shop.admin, &file, "x", None, &[], false).await;
    assert!(matches!(&import, Err(Error::Conflict(Conflict::Other(words))) if words.contains(told)), "{import:?}");
    assert_eq!(governance.publish(&ida, "reviews", &read).await.unwrap(), 1);
}

#[tokio::test]
async fn where_it_takes_two_no_file_is_applied_by_one() {
    let shop = Shop::open().await;
    shop.person("Ida", Role::Admin).await;
    shop.governance.need_two_to_publish(&shop.admin).await.unwrap();
    let mut file = support_file();
    file.permissions.approval_thresholds.within_s = 60;
    for dry in [true, false] {
        let answer = shop.governance.apply(&shop.admin, &file, "alone", &[], dry).await;
        assert_eq!(conflict(answer), DraftConflict::NeedsSecondPerson);
    }
    assert_eq!(shop.entries("refused").await.len(), 2);
    // What publishes nothing, and means nothing, takes one.
    let mut catalog = support_file();
    catalog.integrations[0].version = "2027-01".to_owned();
    assert_eq!(shop.governance.apply(&shop.admin, &catalog, "a pin", &[], false).await.unwrap().changes.len(), 1);
}
