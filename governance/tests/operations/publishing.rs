//! Publishing: from the draft that somebody saw to the version that decides.

use domain::{
    authoring::{
        difference::What,
        draft::{DraftConflict, DraftSeen, Publication, Side},
        edit::{ActionStanding, Change},
        risk::{Code, Severity},
        statement::keys,
    },
    role::Role,
    state::State,
};
use governance::{Conflict, Error};
use serde_json::json;

use super::{
    catalog::sentences,
    drafts::{change, publish, stand},
};
use crate::support::{Shop, at_once, id_of, refund, support_file};

pub fn conflict<T: std::fmt::Debug>(answer: Result<T, Error>) -> DraftConflict {
    match answer {
        Err(Error::Conflict(Conflict::Draft(conflict))) => conflict,
        other => panic!("{other:?}"),
    }
}

pub async fn publication(shop: &Shop, seen: DraftSeen) -> Publication {
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
    let no_limit = "`Refunds` have no upper limit.";
    let shown = publication(&shop, seen).await;
    let silent = Publication { accepted: Vec::new(), ..shown.clone() };
    for answer in [
        shop.governance.publish(&shop.admin, "support", &silent).await.map(drop),
        shop.governance.propose(&shop.admin, "support", &silent).await,
    ] {
        let DraftConflict::NotAccepted { risks } = conflict(answer) else { panic!() };
        assert!(risks.iter().any(|risk| risk.said.sentence == no_limit));
    }
    assert_eq!(shop.governance.publish(&shop.admin, "support", &shown).await.unwrap(), 2);
    let kept = shop.governance.version(&shop.auditor, "support", 2).await.unwrap().row.accepted;
    assert!(sentences(&kept).contains(&no_limit), "{kept:?}");
    assert_eq!(keys(&kept), shown.accepted);
    assert_eq!(shop.beside("published").await[1]["accepted"], json!(kept));
}

/// As after an update of Reins that words it otherwise.
#[tokio::test]
async fn what_was_accepted_counts_in_other_words_and_reads_on_as_it_was_accepted() {
    let shop = Shop::open().await;
    let ida = shop.person("Ida", Role::Admin).await;
    let governance = &shop.governance;
    governance.need_two_to_publish(&shop.admin).await.unwrap();
    let set = governance.draft(&shop.admin, "support").await.unwrap().permissions;
    let was = set.action_scope.allow["order.refund"].limits[0].clone();
    let limit = Change::RemoveLimit { action: "order.refund".to_owned(), was };
    let edit = super::drafts::edit(&set, limit);
    let seen = governance.edit_draft(&shop.admin, "support", &edit).await.unwrap().seen.unwrap();
    governance.propose(&shop.admin, "support", &publication(&shop, seen).await).await.unwrap();
    let reword = |table: &str, column: &str| {
        format!("update {table} set {column} = replace({column}::text, 'have no upper limit', 'know no bounds')::jsonb")
    };
    assert_eq!(shop.database.run(reword("drafts", "proposed_accepted")).await, 1);

    let view = governance.draft(&ida, "support").await.unwrap();
    let proposed = view.draft.unwrap().proposal.unwrap().accepted;
    assert!(sentences(&proposed).contains(&"`Refunds` know no bounds."), "{proposed:?}");
    // The page of the proposal ticks by these.
    let read = Publication { accepted: keys(&proposed), ..publication(&shop, seen).await };
    assert_eq!(governance.publish(&ida, "support", &read).await.unwrap(), 2);
    shop.database.run(reword("permission_sets", "accepted")).await;
    let kept = governance.version(&shop.auditor, "support", 2).await.unwrap().row.accepted;
    assert!(sentences(&kept).contains(&"`Refunds` know no bounds."), "{kept:?}");
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
