//! Drafts: what admins write before it is published.

use domain::{
    authoring::{
        draft::{DraftConflict, DraftSeen, Origin, Publication},
        edit::{ActionStanding, Change, Edit, Refusal},
        risk::Severity,
    },
    part::{Part, Piece},
    permission::PermissionSet,
    role::Role,
    state::State,
};
use governance::{Actor, Conflict, Error, Governance};

use crate::support::{Shop, at_once, refund};

/// The edit of somebody who sees `set`.
pub fn edit(set: &PermissionSet, change: Change) -> Edit {
    Edit { seen: change.part().map(|part| set.piece(&part).seen()), change }
}

pub fn stand(name: &str, standing: ActionStanding) -> Change {
    Change::Action { name: name.to_owned(), standing }
}

/// Edits the support agent's draft by what it looks like now.
pub async fn change(shop: &Shop, who: &Actor, change: Change) -> DraftSeen {
    let seen = shop.governance.draft(who, "support").await.unwrap().permissions;
    let edited = shop.governance.edit_draft(who, "support", &edit(&seen, change)).await.unwrap();
    edited.seen.unwrap()
}

pub async fn publish(governance: &Governance, who: &Actor, seen: DraftSeen) -> Result<i32, Error> {
    governance.publish(who, "support", &publication(governance, who, seen).await).await
}

/// What somebody sends who reads it as it is now.
pub async fn publication(governance: &Governance, who: &Actor, seen: DraftSeen) -> Publication {
    let read_by = governance.draft(who, "support").await.unwrap().read_by;
    Publication { seen, read_by, note: "tested".to_owned(), accepted: risks(governance, who).await }
}

/// What the editor shows as risky, as it is accepted.
pub async fn risks(governance: &Governance, who: &Actor) -> Vec<String> {
    let risks = governance.draft(who, "support").await.unwrap().risks.into_iter();
    risks.filter(|risk| risk.severity == Severity::Risky).map(|risk| risk.said.key()).collect()
}

fn draft_conflict<T: std::fmt::Debug>(answer: Result<T, Error>) -> DraftConflict {
    match answer {
        Err(Error::Conflict(Conflict::Draft(conflict))) => conflict,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_first_edit_begins_the_draft_from_what_is_in_force() {
    let shop = Shop::open().await;
    let before = shop.governance.draft(&shop.admin, "support").await.unwrap();
    assert_eq!((before.draft, before.may_edit), (None, true));
    let seen = change(&shop, &shop.admin, stand("gift.send", ActionStanding::Denied)).await;

    let view = shop.governance.draft(&shop.auditor, "support").await.unwrap();
    let head = view.draft.unwrap();
    assert_eq!((head.seen, head.origin, head.base), (seen, Origin::Published { version: 1 }, Some(1)));
    assert_eq!((head.begun.by.name.as_str(), head.changed.by.name.as_str()), ("Ada", "Ada"));
    assert!(view.permissions.action_scope.deny.contains("gift.send") && !view.may_edit);
    assert_eq!(shop.entries("draft_begun").await.len(), 1);

    change(&shop, &shop.admin, stand("desk.note", ActionStanding::Shadow)).await;
    assert_eq!(shop.entries("draft_begun").await.len(), 1, "an edit has no entry of its own");
    assert_eq!(shop.database.count("select max(version)::bigint from permission_sets").await, 1);
}

#[tokio::test]
async fn an_edit_that_changes_nothing_begins_nothing() {
    let shop = Shop::open().await;
    let set = shop.governance.draft(&shop.admin, "support").await.unwrap().permissions;
    let same = edit(&set, stand("gift.send", ActionStanding::Allowed));
    assert_eq!(shop.governance.edit_draft(&shop.admin, "support", &same).await.unwrap().seen, None);
    assert_eq!(shop.database.count("select count(*) from drafts").await, 0);
}

#[tokio::test]
async fn a_draft_decides_nothing_and_holds_up_no_decision() {
    let shop = Shop::open().await;
    let revision = shop.database.count("select revision from control").await;
    change(&shop, &shop.admin, stand("order.refund", ActionStanding::Denied)).await;
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Granted);
    assert_eq!(shop.database.count("select revision from control").await, revision);

    let mut decision = shop.database.server_session().await;
    sqlx::raw_sql("begin; select pg_advisory_xact_lock_shared(90457536090880)").execute(&mut decision).await.unwrap();
    change(&shop, &shop.admin, stand("order.refund", ActionStanding::Shadow)).await;
}

#[tokio::test]
async fn two_admins_edit_different_parts_at_once_and_lose_nothing() {
    let shop = Shop::open().await;
    let ida = shop.person("Ida", Role::Admin).await;
    let set = shop.governance.draft(&shop.admin, "support").await.unwrap().permissions;
    let names = ["gift.send", "desk.note", "order.refund", "data.read"];
    // On two replicas, and the draft is begun by whoever comes first.
    let edits = names.iter().enumerate().map(|(n, name)| {
        let governance = if n % 2 == 0 { shop.governance.clone() } else { shop.replica() };
        let who = if n % 2 == 0 { shop.admin.clone() } else { ida.clone() };
        let edit = edit(&set, stand(name, ActionStanding::Denied));
        async move { governance.edit_draft(&who, "support", &edit).await }
    });
    for answer in at_once(edits).await {
        answer.unwrap();
    }
    let view = shop.governance.draft(&shop.admin, "support").await.unwrap();
    assert!(names.iter().all(|name| view.permissions.action_scope.deny.contains(*name)));
    assert_eq!(view.draft.unwrap().seen.revision, 5);
    assert_eq!(shop.entries("draft_begun").await.len(), 1);
}

#[tokio::test]
async fn of_two_who_edit_the_same_part_the_second_gets_it_as_it_stands() {
    let shop = Shop::open().await;
    let ida = shop.person("Ida", Role::Admin).await;
    let set = shop.governance.draft(&shop.admin, "support").await.unwrap().permissions;
    let first = edit(&set, stand("gift.send", ActionStanding::Shadow));
    let second = edit(&set, stand("gift.send", ActionStanding::Denied));
    let edits = [(shop.admin.clone(), first), (ida, second)].map(|(who, edit)| {
        let governance = shop.replica();
        async move { governance.edit_draft(&who, "support", &edit).await }
    });
    let answers = at_once(edits).await;
    let now = shop.governance.draft(&shop.admin, "support").await.unwrap().permissions;
    let piece = now.piece(&Part::Action { name: "gift.send".to_owned() });
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    let refused = answers.into_iter().find_map(Result::err).unwrap();
    let Error::Conflict(Conflict::Edit(Refusal::Conflict { now })) = refused else { panic!("{refused:?}") };
    assert_eq!(*now, piece);
}

#[tokio::test]
async fn two_admins_see_each_other_while_they_look() {
    let shop = Shop::open().await;
    let ida = shop.person("Ida", Role::Admin).await;
    let others = async |who| {
        let stamps = shop.governance.draft(who, "support").await.unwrap().others;
        stamps.into_iter().map(|stamp| stamp.by.name).collect::<Vec<_>>()
    };
    assert_eq!(others(&shop.admin).await, [""; 0]);
    assert_eq!(others(&ida).await, [""; 0], "other pages read the draft, too");
    for who in [&shop.admin, &ida, &shop.auditor] {
        shop.governance.look_at_draft(who, "support").await.unwrap();
    }
    assert_eq!(others(&ida).await, ["Ada"]);
    assert_eq!(others(&shop.admin).await, ["Ida"]);
    // Who only reads sees them, and is no reason to take care.
    assert_eq!(others(&shop.auditor).await, ["Ada", "Ida"]);
    shop.pass_time(31).await;
    assert_eq!(others(&shop.admin).await, [""; 0]);
}

#[tokio::test]
async fn a_discarded_draft_can_be_taken_back() {
    let shop = Shop::open().await;
    let first = change(&shop, &shop.admin, stand("gift.send", ActionStanding::Denied)).await;
    let late = DraftSeen { revision: first.revision - 1, ..first };
    let answer = shop.governance.discard_draft(&shop.admin, "support", late).await;
    assert!(matches!(draft_conflict(answer), DraftConflict::Changed { draft } if draft.seen == first));
    shop.governance.discard_draft(&shop.admin, "support", first).await.unwrap();
    let view = shop.governance.draft(&shop.admin, "support").await.unwrap();
    assert_eq!((view.draft, view.discarded.unwrap().by.name.as_str()), (None, "Ada"));
    assert!(!view.permissions.action_scope.deny.contains("gift.send"));

    let second = change(&shop, &shop.admin, stand("desk.note", ActionStanding::Denied)).await;
    let answer = shop.governance.take_back_draft(&shop.admin, "support", None).await;
    assert!(matches!(draft_conflict(answer), DraftConflict::Open { draft } if draft.seen == second));
    let back = shop.governance.take_back_draft(&shop.admin, "support", Some(second)).await.unwrap();
    // Whoever has read it before reads it again.
    let again = |seen: DraftSeen| DraftSeen { revision: seen.revision + 1, ..seen };
    assert_eq!(back, again(first));
    let view = shop.governance.draft(&shop.admin, "support").await.unwrap();
    assert!(view.permissions.action_scope.deny.contains("gift.send") && view.discarded.is_some());
    let swapped = shop.governance.take_back_draft(&shop.admin, "support", Some(back)).await.unwrap();
    assert_eq!(swapped, again(second));
    assert_eq!(shop.entries("draft_taken_back").await.len(), 2);
}

#[tokio::test]
async fn an_older_version_comes_back_as_a_draft() {
    let shop = Shop::open().await;
    shop.publish(|set| set.approval_thresholds.rules[0].when.clear()).await;
    let open = change(&shop, &shop.admin, stand("gift.send", ActionStanding::Denied)).await;
    let answer = shop.governance.restore_version(&shop.admin, "support", 1, None).await;
    assert!(matches!(draft_conflict(answer), DraftConflict::Open { draft } if draft.seen == open));
    let seen = shop.governance.restore_version(&shop.admin, "support", 1, Some(open)).await.unwrap();

    let view = shop.governance.draft(&shop.admin, "support").await.unwrap();
    let head = view.draft.unwrap();
    assert_eq!((head.seen, head.origin, head.base), (seen, Origin::Version { version: 1 }, Some(2)));
    assert_eq!(view.permissions, crate::support::support_file().permissions);
    assert!(view.discarded.is_some(), "what it replaced can be taken back");
    assert_eq!(publish(&shop.governance, &shop.admin, seen).await.unwrap(), 3);
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Granted);
    let gone = shop.governance.restore_version(&shop.admin, "support", 9, None).await;
    assert!(matches!(gone, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_draft_is_carried_over_to_what_was_published_meanwhile() {
    let shop = Shop::open().await;
    change(&shop, &shop.admin, stand("gift.send", ActionStanding::Denied)).await;
    let seen = change(&shop, &shop.admin, stand("desk.note", ActionStanding::Shadow)).await;
    shop.publish(|set| {
        set.action_scope.allow.remove("desk.note");
        set.approval_thresholds.rules[0].needed = 2;
    })
    .await;
    let answer = publish(&shop.governance, &shop.admin, seen).await;
    let DraftConflict::Superseded { version } = draft_conflict(answer) else { panic!() };
    assert_eq!((version.version, version.published.by.name.as_str(), version.note.as_str()), (2, "Ada", "changed"));

    let caught = shop.governance.catch_up_draft(&shop.admin, "support", seen).await.unwrap();
    assert_eq!(caught.both, [Part::Action { name: "desk.note".to_owned() }]);
    let view = shop.governance.draft(&shop.admin, "support").await.unwrap();
    assert_eq!(view.permissions.approval_thresholds.rules[0].needed, 2);
    assert!(view.permissions.action_scope.deny.contains("gift.send"));
    assert!(view.permissions.action_scope.allow["desk.note"].shadow);
    assert_eq!(publish(&shop.governance, &shop.admin, caught.seen).await.unwrap(), 3);
}

#[tokio::test]
async fn only_an_admin_writes_and_everybody_reads() {
    let shop = Shop::open().await;
    let set = shop.governance.draft(&shop.admin, "support").await.unwrap().permissions;
    let edit = edit(&set, stand("gift.send", ActionStanding::Denied));
    let seen = change(&shop, &shop.admin, edit.change.clone()).await;
    for who in [&shop.auditor, &shop.ana, &shop.operator, &shop.mia, &Actor::System] {
        let governance = &shop.governance;
        let refused = [
            governance.edit_draft(who, "support", &edit).await.map(drop),
            governance.discard_draft(who, "support", seen).await,
            governance.take_back_draft(who, "support", Some(seen)).await.map(drop),
            governance.catch_up_draft(who, "support", seen).await.map(drop),
            governance.restore_version(who, "support", 1, Some(seen)).await.map(drop),
            publish(governance, who, seen).await.map(drop),
            governance.need_two_to_publish(who).await,
        ];
        if *who != Actor::System {
            assert!(refused.iter().all(|answer| matches!(answer, Err(Error::Forbidden))), "{refused:?}");
        }
        governance.draft(who, "support").await.unwrap();
        governance.versions(who, "support", None).await.unwrap();
        governance.version(who, "support", 1).await.unwrap();
    }
    assert_eq!(shop.entries("refused").await.len(), 7 * 4);
}

#[tokio::test]
async fn a_retired_agents_permissions_stay_as_they_are() {
    let shop = Shop::open().await;
    let seen = change(&shop, &shop.admin, stand("gift.send", ActionStanding::Denied)).await;
    shop.governance.set_mode(&shop.admin, "support", domain::agent::Mode::Retired, "done").await.unwrap();
    assert_eq!(draft_conflict(publish(&shop.governance, &shop.admin, seen).await), DraftConflict::Retired);
    let view = shop.governance.draft(&shop.admin, "support").await.unwrap();
    assert_eq!((view.may_edit, view.may_publish), (false, Err(DraftConflict::Retired)));
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused() {
    let shop = Shop::open().await;
    let edit = |name: String| Edit { seen: None, change: stand(&name, ActionStanding::NotListed) };
    let huge = Edit { seen: None, change: Change::Put { piece: Piece::Mask { pointers: Default::default() } } };
    assert!(shop.governance.edit_draft(&shop.admin, "support", &huge).await.is_ok(), "nothing is changed");
    assert!(shop.governance.edit_draft(&shop.admin, "nobody", &edit("a".to_owned())).await.is_err());
    let set = shop.governance.draft(&shop.admin, "support").await.unwrap().permissions;
    for (name, why) in [("a\0".to_owned(), "character"), ("x".repeat(300_000), "long")] {
        let edit = self::edit(&set, stand(&name, ActionStanding::Denied));
        let answer = shop.governance.edit_draft(&shop.admin, "support", &edit).await;
        assert!(matches!(&answer, Err(Error::Invalid(_, words)) if words.contains(why)), "{answer:?}");
    }
    assert_eq!(shop.database.count("select count(*) from drafts").await, 0);
}
