//! Publishing: from the draft that somebody saw to the version that decides.

use domain::{
    action::{ActionType, DataSet},
    agent_file::AgentHead,
    authoring::{
        difference::What,
        draft::{DraftConflict, DraftSeen, Publication, Side},
        edit::{ActionStanding, Change},
        meaning::{Change as Meant, Thing},
        risk::{Code, Severity},
    },
    role::Role,
    state::State,
};
use governance::{Came, Conflict, Error};
use serde_json::json;

use super::drafts::{change, publish, stand};
use crate::support::{Shop, at_once, id_of, refund, support_file};

fn conflict<T: std::fmt::Debug>(answer: Result<T, Error>) -> DraftConflict {
    match answer {
        Err(Error::Conflict(Conflict::Draft(conflict))) => conflict,
        other => panic!("{other:?}"),
    }
}

async fn publication(shop: &Shop, seen: DraftSeen) -> Publication {
    super::drafts::publication(&shop.governance, &shop.admin, seen).await
}

#[tokio::test]
async fn a_decision_after_publishing_uses_the_new_version_and_one_before_the_old() {
    let shop = Shop::open().await;
    let replica = shop.replica();
    let before = replica.ask(&shop.key, "before", refund("40.00")).await.unwrap();
    let seen = change(&shop, &shop.admin, stand("order.refund", ActionStanding::Denied)).await;
    assert_eq!(publish(&shop.governance, &shop.admin, seen).await.unwrap(), 2);
    let after = replica.ask(&shop.key, "after", refund("40.00")).await.unwrap();
    assert_eq!((before.state, before.permission_version), (State::Granted, Some(1)));
    assert_eq!((after.state, after.permission_version), (State::Denied, Some(2)));
    assert_eq!(shop.look_at(before.id).await.permission_version, Some(1));

    let view = shop.governance.draft(&shop.admin, "support").await.unwrap();
    assert_eq!((view.draft, view.in_force.unwrap().version), (None, 2));
    assert_eq!(
        shop.governance.version(&shop.auditor, "support", 1).await.unwrap().permissions,
        support_file().permissions
    );
}

#[tokio::test]
async fn a_note_is_needed() {
    let shop = Shop::open().await;
    let seen = change(&shop, &shop.admin, stand("gift.send", ActionStanding::Denied)).await;
    let blank = Publication { note: " ".to_owned(), ..publication(&shop, seen).await };
    assert!(matches!(shop.governance.publish(&shop.admin, "support", &blank).await, Err(Error::Invalid(..))));
    assert!(matches!(shop.governance.propose(&shop.admin, "support", &blank).await, Err(Error::Invalid(..))));
}

#[tokio::test]
async fn what_was_not_seen_is_not_published() {
    let shop = Shop::open().await;
    let seen = change(&shop, &shop.admin, stand("gift.send", ActionStanding::Denied)).await;
    let ida = shop.person("Ida", Role::Admin).await;
    let now = change(&shop, &ida, stand("desk.note", ActionStanding::Denied)).await;
    let DraftConflict::Changed { draft } = conflict(publish(&shop.governance, &shop.admin, seen).await) else {
        panic!()
    };
    assert_eq!((draft.seen, draft.changed.by.name.as_str()), (now, "Ida"));
    publish(&shop.governance, &shop.admin, now).await.unwrap();
    assert_eq!(conflict(publish(&shop.governance, &shop.admin, now).await), DraftConflict::Gone);
}

#[tokio::test]
async fn what_differs_in_nothing_is_not_published() {
    let shop = Shop::open().await;
    change(&shop, &shop.admin, stand("gift.send", ActionStanding::Denied)).await;
    let undone = change(&shop, &shop.admin, stand("gift.send", ActionStanding::Allowed)).await;
    assert_eq!(conflict(publish(&shop.governance, &shop.admin, undone).await), DraftConflict::Same);
}

#[tokio::test]
async fn of_those_who_publish_at_once_one_does() {
    let shop = Shop::open().await;
    let seen = change(&shop, &shop.admin, stand("gift.send", ActionStanding::Denied)).await;
    let tries = (0..6).map(|n| {
        let (governance, who) = (if n % 2 == 0 { shop.governance.clone() } else { shop.replica() }, shop.admin.clone());
        async move { publish(&governance, &who, seen).await }
    });
    let answers = at_once(tries).await;
    let published: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
    assert_eq!(published, [&2], "{answers:?}");
    assert_eq!(shop.database.count("select count(*) from permission_sets").await, 2);
    assert_eq!(shop.entries("published").await.len(), 2);
}

#[tokio::test]
async fn an_edit_while_somebody_publishes_is_in_the_version_or_in_the_next_draft() {
    let shop = Shop::open().await;
    for round in 0..8 {
        let standing = if round % 2 == 0 { ActionStanding::Denied } else { ActionStanding::Allowed };
        let seen = change(&shop, &shop.admin, stand("gift.send", standing)).await;
        let set = shop.governance.draft(&shop.admin, "support").await.unwrap().permissions;
        let edit = super::drafts::edit(&set, stand("desk.note", standing));
        let (governance, replica, who) = (shop.governance.clone(), shop.replica(), shop.admin.clone());
        let (published, edited) =
            tokio::join!(publish(&governance, &who, seen), replica.edit_draft(&who, "support", &edit));
        edited.unwrap();
        let view = shop.governance.draft(&shop.admin, "support").await.unwrap();
        let denied = |set: &domain::permission::PermissionSet| set.action_scope.deny.contains("desk.note");
        assert_eq!(denied(&view.permissions), standing == ActionStanding::Denied);
        let head = view.draft.unwrap();
        assert_eq!(published.is_ok(), head.seen.draft != seen.draft);
        publish(&shop.governance, &shop.admin, head.seen).await.unwrap();
    }
}

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
    let refused = json!({ "what": "publish permissions of `support` alone" });
    assert_eq!(shop.entries("refused").await, [refused.clone(), refused]);
    assert_eq!(shop.entries("publishing_changed").await, [json!({ "two_to_publish": true })]);
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
        let meaning = governance.meaning(&shop.admin, &change).await.unwrap().sentences;
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
        let meaning = governance.meaning(&shop.admin, &meant).await.unwrap().sentences;
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
    let accepted = view.risks.into_iter().filter(|risk| risk.severity == Severity::Risky).map(|risk| risk.sentence);
    let read = Publication { seen, read_by: view.read_by, note: "new".to_owned(), accepted: accepted.collect() };
    governance.propose(&shop.admin, "reviews", &read).await.unwrap();

    assert_eq!(describe(&new, "Refunds everybody").await.unwrap(), Came::Proposed);
    let [proposed] = governance.proposed_changes(&ida).await.unwrap().try_into().unwrap();
    let told = "The agent `Answers` is called `Refunds everybody` from now on.";
    assert_eq!(proposed.meaning.sentences, [told]);
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

#[tokio::test]
async fn versions_come_in_pages() {
    let shop = Shop::open().await;
    shop.database
        .run(
            "insert into permission_sets (agent_id, version, body, published_at, published_by, note)
             select agent_id, n, body, published_at, published_by, 'version ' || n
             from permission_sets, generate_series(2, 120) n;
             update agents set permission_version = 120; update control set revision = revision + 1",
        )
        .await;
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = shop.governance.versions(&shop.auditor, "support", before).await.unwrap();
        seen.extend(page.versions.iter().map(|row| row.version));
        assert_eq!(page.versions.iter().filter(|row| row.in_force).count(), usize::from(before.is_none()));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, (1..=120).rev().collect::<Vec<_>>());
    assert!(matches!(shop.governance.version(&shop.auditor, "support", 121).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn what_is_wrong_is_not_published() {
    let shop = Shop::open().await;
    let seen = change(&shop, &shop.admin, stand("order.burn", ActionStanding::Allowed)).await;
    let DraftConflict::Wrong { risks } = conflict(publish(&shop.governance, &shop.admin, seen).await) else { panic!() };
    assert_eq!((risks[0].code, risks[0].severity), (Code::UnknownAction, Severity::Wrong));
    let view = shop.governance.draft(&shop.admin, "support").await.unwrap();
    assert_eq!((view.risks, view.may_publish), (risks, Ok(())));
}

#[tokio::test]
async fn what_is_risky_is_published_with_a_word_of_acceptance() {
    let shop = Shop::open().await;
    let set = shop.governance.draft(&shop.admin, "support").await.unwrap().permissions;
    let was = set.action_scope.allow["order.refund"].limits[0].clone();
    let limit = Change::RemoveLimit { action: "order.refund".to_owned(), was };
    let edited = shop.governance.edit_draft(&shop.admin, "support", &super::drafts::edit(&set, limit)).await.unwrap();
    let seen = edited.seen.unwrap();
    let no_limit = "`Refunds` have no upper limit.".to_owned();
    let shown = publication(&shop, seen).await;
    assert!(shown.accepted.contains(&no_limit), "{shown:?}");
    let silent = Publication { accepted: Vec::new(), ..shown.clone() };
    for answer in [
        shop.governance.publish(&shop.admin, "support", &silent).await.map(drop),
        shop.governance.propose(&shop.admin, "support", &silent).await,
    ] {
        let DraftConflict::NotAccepted { risks } = conflict(answer) else { panic!() };
        assert!(risks.iter().any(|risk| risk.sentence == no_limit));
    }
    assert_eq!(shop.governance.publish(&shop.admin, "support", &shown).await.unwrap(), 2);
    assert_eq!(shop.governance.version(&shop.auditor, "support", 2).await.unwrap().row.accepted, shown.accepted);
    assert_eq!(shop.entries("published").await[1]["accepted"], json!(shown.accepted));
}

#[tokio::test]
async fn a_risk_that_came_after_the_page_was_shown_is_not_accepted_unseen() {
    let shop = Shop::open().await;
    let seen = change(&shop, &shop.admin, stand("desk.note", ActionStanding::Denied)).await;
    let shown = publication(&shop, seen).await;
    // Nobody is left who decides what legal is asked.
    shop.governance.remove_member(&shop.admin, "legal", id_of(&shop.lee), 0).await.unwrap();
    let answer = shop.governance.publish(&shop.admin, "support", &shown).await;
    let DraftConflict::NotAccepted { risks } = conflict(answer) else { panic!() };
    assert!(risks.iter().any(|risk| risk.code == Code::TooFewPeople), "{risks:?}");
}

#[tokio::test]
async fn what_differs_is_said_in_sentences() {
    let shop = Shop::open().await;
    let seen = change(&shop, &shop.admin, stand("gift.send", ActionStanding::Denied)).await;
    let said = async |old, new| {
        let compared = shop.governance.compare(&shop.auditor, "support", old, new).await?;
        Ok::<_, Error>(compared.differences.into_iter().map(|difference| difference.what).collect::<Vec<_>>())
    };
    let denied = What::Changed { old: "Allowed: `Gift`.".to_owned(), new: "Denied: `Gift`.".to_owned() };
    assert_eq!(said(Side::Version(1), Side::Draft).await.unwrap(), std::slice::from_ref(&denied));
    let view = shop.governance.draft(&shop.auditor, "support").await.unwrap();
    assert_eq!(view.differences[0].what, denied);
    publish(&shop.governance, &shop.admin, seen).await.unwrap();
    assert_eq!(said(Side::Version(1), Side::Version(2)).await.unwrap(), std::slice::from_ref(&denied));
    assert_eq!(said(Side::Version(2), Side::Version(2)).await.unwrap(), []);
    assert_eq!(conflict(said(Side::Draft, Side::Version(2)).await), DraftConflict::Gone);
    assert!(matches!(said(Side::Version(1), Side::Version(9)).await, Err(Error::NotFound)));
    let version = shop.governance.version(&shop.auditor, "support", 2).await.unwrap();
    assert_eq!(version.differences.len(), 1);
    assert!(shop.governance.version(&shop.auditor, "support", 1).await.unwrap().differences.len() > 4);
}
