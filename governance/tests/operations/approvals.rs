//! What people decide: bound to what they saw, by members of the queue, once.

use domain::{id::RequestId, role::Role, state::State};
use governance::{Actor, Conflict, Error};
use serde_json::{Value, json};

use crate::support::{Shop, at_once, id_of, refund};

pub fn decided(result: Result<(), Error>) -> (String, String) {
    match result {
        Err(Error::Conflict(Conflict::AlreadyDecided { by, what })) => (by, what),
        other => panic!("nobody had decided: {other:?}"),
    }
}

pub async fn queues(shop: &Shop, id: RequestId) -> Vec<String> {
    shop.look_at(id).await.row.queues
}

#[tokio::test]
async fn a_yes_of_a_member_approves_and_is_recorded() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    let page = shop.governance.approvals(&shop.ana, &Default::default()).await.unwrap();
    assert_eq!((page.total, page.waiting[0].id), (1, id));

    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
    let followed = shop.governance.follow(&shop.key, id).await.unwrap();
    let vote = &followed.votes[0];
    assert_eq!((vote.by.as_str(), vote.what.as_str(), vote.note.as_str()), ("Ana", "approved", "fine"));
    assert_eq!(shop.governance.approvals(&shop.ana, &Default::default()).await.unwrap().total, 0);
}

#[tokio::test]
async fn two_people_means_two_different_people() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("250.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Waiting);
    assert_eq!(decided(shop.approve(&shop.ana, id).await), ("Ana".into(), "approved".into()));
    assert_eq!(shop.state(id).await, State::Waiting);
    shop.approve(&shop.ben, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
}

#[tokio::test]
async fn two_queues_means_both() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("350.00")).await;
    assert_eq!(queues(&shop, id).await, ["cs-leads", "legal"]);
    shop.approve(&shop.ana, id).await.unwrap();
    shop.approve(&shop.ben, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Waiting);
    shop.approve(&shop.lee, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
}

#[tokio::test]
async fn a_reviewer_of_another_queue_is_refused_and_that_is_recorded() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    for outsider in [&shop.lee, &shop.stranger, &shop.admin] {
        assert!(matches!(shop.approve(outsider, id).await, Err(Error::Forbidden)));
        assert!(matches!(shop.reject(outsider, id, "no").await, Err(Error::Forbidden)));
        assert!(matches!(shop.change_amount(outsider, id, "60.00").await, Err(Error::Forbidden)));
    }
    assert_eq!(shop.entries("refused").await.len(), 9);
    assert_eq!(shop.state(id).await, State::Waiting);
}

#[tokio::test]
async fn an_auditor_is_no_member_and_decides_nothing() {
    let shop = Shop::open().await;
    let added = shop.governance.add_member(&shop.admin, "cs-leads", id_of(&shop.auditor)).await;
    assert!(matches!(added, Err(Error::Invalid(..))), "{added:?}");
    let id = shop.waiting(refund("80.00")).await;
    assert!(matches!(shop.approve(&shop.auditor, id).await, Err(Error::Forbidden)));
    assert!(matches!(shop.reject(&shop.auditor, id, "no").await, Err(Error::Forbidden)));
    assert_eq!(
        shop.entries("refused").await,
        [json!({ "what": "decide a request" }), json!({ "what": "decide a request" })]
    );
}

#[tokio::test]
async fn who_was_disabled_or_taken_out_of_the_queue_decides_no_more() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.governance.disable_person(&shop.admin, id_of(&shop.ana), 9).await.unwrap();
    shop.governance.remove_member(&shop.admin, "cs-leads", id_of(&shop.ben), 1).await.unwrap();
    assert!(matches!(shop.approve(&shop.ana, id).await, Err(Error::Forbidden)));
    assert!(matches!(shop.approve(&shop.ben, id).await, Err(Error::Forbidden)));
}

#[tokio::test]
async fn reins_itself_decides_nothing() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    assert!(matches!(shop.approve(&Actor::System, id).await, Err(Error::Forbidden)));
}

#[tokio::test]
async fn the_second_reviewer_learns_who_decided_and_what() {
    let shop = Shop::open().await;
    let approved = shop.waiting(refund("80.00")).await;
    shop.approve(&shop.ana, approved).await.unwrap();
    assert_eq!(decided(shop.approve(&shop.ben, approved).await), ("Ana".into(), "approved".into()));
    assert_eq!(decided(shop.reject(&shop.ben, approved, "no").await), ("Ana".into(), "approved".into()));

    let rejected = shop.waiting(refund("80.00")).await;
    shop.reject(&shop.ben, rejected, "no").await.unwrap();
    assert_eq!(decided(shop.approve(&shop.ana, rejected).await), ("Ben".into(), "rejected".into()));
}

#[tokio::test]
async fn the_second_reviewer_learns_it_after_the_agent_has_claimed_as_well() {
    let shop = Shop::open().await;
    let id = shop.approved_refund().await;
    shop.claim(id).await.unwrap();
    assert_eq!(decided(shop.approve(&shop.ben, id).await), ("Ana".into(), "approved".into()));
}

#[tokio::test]
async fn who_comes_after_a_withdrawal_learns_that_the_agent_withdrew() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.governance.cancel(&shop.key, id).await.unwrap();
    assert_eq!(decided(shop.approve(&shop.ben, id).await), ("Support".into(), "cancelled".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_press_at_once_one_decides() {
    let shop = Shop::open().await;
    let replica = shop.replica();
    for round in 0..10 {
        let id = shop.waiting(refund("80.00")).await;
        let digest = shop.look_at(id).await.digest;
        let presses = [(shop.governance.clone(), shop.ana.clone(), false), (replica.clone(), shop.ben.clone(), true)];
        let results = at_once(presses.into_iter().map(|(governance, who, yes)| {
            let digest = digest.clone();
            async move {
                match yes {
                    true => governance.approve(&who, id, &digest, "").await,
                    false => governance.reject(&who, id, &digest, "no").await,
                }
            }
        }))
        .await;
        let (won, lost): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 1), "round {round}");
        decided(lost.into_iter().next().unwrap());
    }
}

#[tokio::test]
async fn a_rejection_needs_a_reason_and_ends_the_request() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("250.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    assert!(matches!(shop.reject(&shop.ben, id, "  ").await, Err(Error::Invalid(..))));
    shop.reject(&shop.ben, id, "not within the policy").await.unwrap();
    assert_eq!(shop.state(id).await, State::Rejected);
    let votes = shop.governance.follow(&shop.key, id).await.unwrap().votes;
    assert_eq!((votes[1].what.as_str(), votes[1].note.as_str()), ("rejected", "not within the policy"));
}

#[tokio::test]
async fn a_yes_to_something_else_than_what_is_there_is_refused() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    let other = shop.waiting(refund("80.00")).await;
    let digest = shop.look_at(other).await.digest;
    for wrong in [digest.as_str(), "", "00"] {
        let answer = shop.governance.approve(&shop.ana, id, wrong, "").await;
        assert!(matches!(answer, Err(Error::Conflict(Conflict::ChangedMeanwhile))), "{answer:?}");
        let answer = shop.governance.reject(&shop.ana, id, wrong, "no").await;
        assert!(matches!(answer, Err(Error::Conflict(Conflict::ChangedMeanwhile))), "{answer:?}");
    }
    assert_eq!(shop.state(id).await, State::Waiting);
}

#[tokio::test]
async fn a_reviewer_of_two_queues_counts_for_one_unless_the_rule_says_otherwise() {
    let shop = Shop::open().await;
    let both = shop.person("Two", Role::Reviewer).await;
    for queue in ["cs-leads", "legal"] {
        shop.governance.add_member(&shop.admin, queue, id_of(&both)).await.unwrap();
    }
    let id = shop.waiting(refund("350.00")).await;
    shop.approve(&both, id).await.unwrap();
    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Waiting);
    shop.approve(&shop.ben, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);

    shop.publish(|set| set.approval_thresholds.rules.iter_mut().for_each(|rule| rule.same_person = true)).await;
    let id = shop.waiting(refund("351.00")).await;
    shop.approve(&both, id).await.unwrap();
    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
}

#[tokio::test]
async fn an_approval_that_cannot_be_recorded_does_not_happen() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.database.break_inserts("entries", "new.kind in ('approved', 'rejected')").await;
    assert!(matches!(shop.approve(&shop.ana, id).await, Err(Error::Unavailable)));
    assert!(matches!(shop.reject(&shop.ana, id, "no").await, Err(Error::Unavailable)));
    assert_eq!(shop.state(id).await, State::Waiting);
    assert_eq!(shop.database.count("select count(*) from approvals").await, 0);
}

#[tokio::test]
async fn who_is_waited_for_is_told() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("250.00")).await;
    let today = async |who: &Actor| shop.governance.today(who).await.unwrap().waiting_for_me;
    assert_eq!((today(&shop.ana).await, today(&shop.lee).await), (1, 0));
    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!((today(&shop.ana).await, today(&shop.ben).await), (0, 1));
    let view: Value = serde_json::to_value(shop.governance.request(&shop.ana, id).await.unwrap().may_decide).unwrap();
    assert_eq!(view, json!({ "Err": "You have approved it; it waits for somebody else." }));
}
