//! What waits and nobody can approve is said, and asked about before it comes so far.

use std::time::Duration;

use domain::{role::Role, view::Void};
use governance::{Conflict, Error};
use sqlx::Executor;
use tokio::time::timeout;

use crate::support::{Shop, id_of, refund};

#[tokio::test]
async fn the_last_who_could_approve_leaves_only_where_that_was_seen() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    for amount in ["350.00", "360.00"] {
        shop.waiting(refund(amount)).await;
    }
    shop.waiting(refund("80.00")).await;
    assert_eq!(governance.short(&shop.admin).await.unwrap(), []);
    let lee = id_of(&shop.lee);
    let leaving = governance.leaving(&shop.admin).await.unwrap();
    let of_legal: Vec<_> = leaving.iter().filter(|one| one.queue.as_deref() == Some("legal")).collect();
    assert!(matches!(of_legal.as_slice(), [one] if (one.person, one.lost.nobody) == (lee, 2)), "{leaving:?}");
    // It takes both of the leads for more than 200.00, and one of them for the rest.
    assert!(leaving.iter().any(|one| one.person == id_of(&shop.ana) && one.queue.is_none() && one.lost.nobody == 2));

    for losing in [0, 1] {
        let refused = governance.remove_member(&shop.admin, "legal", lee, losing).await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::LeavesNobody { count: 2 }))), "{refused:?}");
    }
    governance.remove_member(&shop.admin, "legal", lee, 2).await.unwrap();
    let [short] = governance.short(&shop.admin).await.unwrap().try_into().unwrap();
    assert_eq!((short.count, short.why.as_str()), (2, "Nobody who can decide is in `Legal`."));
    assert!(short.rejectable);
    assert_eq!(governance.today(&shop.admin).await.unwrap().short, [short]);
    assert_eq!(governance.today(&shop.ana).await.unwrap().short, []);
}

#[tokio::test]
async fn how_many_yeses_somebody_takes_along_is_said_before() {
    let shop = Shop::open().await;
    let (governance, ana) = (&shop.governance, id_of(&shop.ana));
    let counting = async |queue: Option<&str>| {
        let leaving = governance.leaving(&shop.admin).await.unwrap();
        let found = leaving.iter().find(|one| one.person == ana && one.queue.as_deref() == queue);
        found.map_or(0, |one| one.lost.yeses)
    };
    // The first is approved by that, the others wait for somebody else, too.
    for amount in ["80.00", "250.00", "260.00"] {
        let id = shop.waiting(refund(amount)).await;
        shop.approve(&shop.ana, id).await.unwrap();
    }
    assert_eq!((counting(None).await, counting(Some("cs-leads")).await), (3, 3));
    let stop = shop.governance.stop(&shop.operator, None, "").await.unwrap();
    governance.release(&shop.operator, stop.id, stop.said, "on").await.unwrap();
    assert_eq!(counting(None).await, 0, "they count no more already");
    let id = shop.waiting(refund("270.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!(counting(None).await, 1);
    assert_eq!(governance.open_of(&shop.admin, "support").await.unwrap(), 4);
    governance.remove_member(&shop.admin, "cs-leads", ana, 9).await.unwrap();
    assert_eq!(counting(None).await, 0);
}

#[tokio::test]
async fn too_few_different_people_are_too_few() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    shop.waiting(refund("350.00")).await;
    governance.add_member(&shop.admin, "legal", id_of(&shop.ana)).await.unwrap();
    governance.remove_member(&shop.admin, "legal", id_of(&shop.lee), 1).await.unwrap();
    let [short] = governance.short(&shop.admin).await.unwrap().try_into().unwrap();
    assert_eq!(short.why, "It takes 3 different people of `CS leads` and `Legal`, who are fewer.");
    let eve = shop.person("Eve", Role::Reviewer).await;
    governance.add_member(&shop.admin, "cs-leads", id_of(&eve)).await.unwrap();
    assert_eq!(governance.short(&shop.admin).await.unwrap(), []);
}

#[tokio::test]
async fn what_was_approved_and_never_claimed_is_shown_to_whoever_approved_it() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    let id = shop.waiting(refund("80.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    let shown = async |who| governance.today(who).await.unwrap().unclaimed;
    assert_eq!(shown(&shop.ana).await, []);
    shop.pass_time(16 * 60).await;
    governance.pass_deadlines().await.unwrap();
    for who in [&shop.ana, &shop.admin] {
        let [one] = shown(who).await.try_into().unwrap();
        assert_eq!((one.request, one.by.as_slice()), (id, ["Ana".to_owned()].as_slice()));
    }
    assert_eq!(shown(&shop.ben).await, []);

    // Until they have seen it, each for themselves.
    let see = async |who| governance.see_unclaimed(who, id).await;
    assert!(matches!(see(&shop.ben).await, Err(Error::Conflict(Conflict::ChangedMeanwhile))));
    see(&shop.ana).await.unwrap();
    assert!(matches!(see(&shop.ana).await, Err(Error::Conflict(Conflict::ChangedMeanwhile))));
    assert_eq!((shown(&shop.ana).await.len(), shown(&shop.admin).await.len()), (0, 1));
    see(&shop.admin).await.unwrap();
    assert_eq!(shown(&shop.admin).await, []);
    assert_eq!(shop.entries("seen_unclaimed").await.len(), 2);
}

#[tokio::test]
async fn whoever_takes_the_last_away_has_seen_it_by_whichever_way() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    let lee = id_of(&shop.lee);
    for amount in ["350.00", "360.00"] {
        shop.waiting(refund(amount)).await;
    }
    let leaves = |answer: Result<(), Error>| match answer {
        Err(Error::Conflict(Conflict::LeavesNobody { count })) => count,
        other => panic!("{other:?}"),
    };
    let change = async |role, losing| governance.change_person(&shop.admin, lee, Role::Reviewer, role, losing).await;
    for losing in [0, 1] {
        assert_eq!(leaves(governance.remove_member(&shop.admin, "legal", lee, losing).await), 2);
        assert_eq!(leaves(governance.disable_person(&shop.admin, lee, losing).await), 2);
        assert_eq!(leaves(change(Role::Auditor, losing).await.map(drop)), 2);
    }
    assert_eq!(governance.short(&shop.admin).await.unwrap(), []);
    // A role that decides takes nobody away.
    change(Role::Manager, 0).await.unwrap();
    governance.change_person(&shop.admin, lee, Role::Manager, Role::Auditor, 2).await.unwrap();
    governance.disable_person(&shop.admin, lee, 0).await.unwrap();
    assert_eq!(governance.short(&shop.admin).await.unwrap()[0].count, 2);
}

#[tokio::test]
async fn who_is_refused_to_leave_holds_no_decision_up() {
    let shop = Shop::open().await;
    shop.waiting(refund("350.00")).await;
    let mut deciding = shop.database.owner.begin().await.unwrap();
    deciding.execute("select pg_advisory_xact_lock_shared(90457536090880)").await.unwrap();
    let leaves = shop.governance.remove_member(&shop.admin, "legal", id_of(&shop.lee), 0);
    let refused = timeout(Duration::from_secs(5), leaves).await.expect("it waits for the control lock");
    assert!(matches!(refused, Err(Error::Conflict(Conflict::LeavesNobody { count: 1 }))), "{refused:?}");
}

#[tokio::test]
async fn where_nobody_is_in_a_queue_nobody_can_reject_either_and_that_is_said() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    let id = shop.waiting(refund("80.00")).await;
    assert_eq!(shop.look_at(id).await.short, None);
    let queues = governance.queues(&shop.admin).await.unwrap();
    for member in &queues.iter().find(|queue| queue.slug == "cs-leads").unwrap().members {
        governance.remove_member(&shop.admin, "cs-leads", member.id, 1).await.unwrap();
    }
    let [short] = governance.short(&shop.admin).await.unwrap().try_into().unwrap();
    assert!(!short.rejectable);
    let words = "Nobody who can decide is in `CS leads`. Nobody can reject it either. \
                 An admin adds people to queues under Settings, Queues.";
    assert_eq!(shop.look_at(id).await.short.as_deref(), Some(words));
}

#[tokio::test]
async fn a_yes_that_counts_no_more_is_told_with_its_cause() {
    let shop = Shop::open().await;
    let ana = id_of(&shop.ana);
    let id = shop.waiting(refund("250.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!(shop.look_at(id).await.void, []);
    shop.governance.press(&shop.admin, None, "").await.unwrap();
    shop.release(None, "go on").await;
    let void = async || shop.look_at(id).await.void.into_iter().map(|yes| (yes.name, yes.why)).collect::<Vec<_>>();
    let name = shop.ana.person().unwrap().name.clone();
    assert_eq!(void().await, [(name.clone(), Void::Stopped)]);
    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!(void().await, []);
    shop.governance.remove_member(&shop.admin, "cs-leads", ana, 9).await.unwrap();
    assert_eq!(void().await, [(name, Void::Left)]);
    shop.change_amount(&shop.ben, id, "240.00").await.unwrap();
    let name = shop.ana.person().unwrap().name.clone();
    assert_eq!(void().await, [(name, Void::Changed)]);
}
