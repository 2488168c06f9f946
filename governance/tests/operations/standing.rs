//! Who has to say yes, and until when: what makes a yes void, and what makes a clock stand still.

use std::time::Duration;

use domain::{agent::Mode, entry::Kind, id::RequestId, role::Role, state::State};
use governance::{AgentError, Conflict, Error};
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor};
use tokio::time::timeout;

use crate::support::{For, Shop, gift, id_of, refund};

const HOUR: i64 = 3600;

async fn passed(shop: &Shop) -> u32 {
    shop.governance.pass_deadlines().await.unwrap()
}

async fn stop(shop: &Shop) {
    shop.governance.stop(&shop.operator, Some("support"), "").await.unwrap();
}

async fn release(shop: &Shop) {
    shop.release(Some("support"), "looked into").await;
}

/// Seconds until it is due, as pages tell it.
async fn left(shop: &Shop, id: RequestId) -> i64 {
    let seen = shop.look_at(id).await;
    (seen.row.deadline.unwrap() - seen.now).num_seconds()
}

fn is_too_late(answer: &Result<(), Error>) -> bool {
    matches!(answer, Err(Error::Conflict(Conflict::AlreadyDecided { by, what })) if by == "Reins" && what == "expired")
}

#[tokio::test]
async fn a_yes_that_a_stop_made_void_is_not_given_late() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("350.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    shop.approve(&shop.ben, id).await.unwrap();
    stop(&shop).await;
    release(&shop).await;
    // The leads had an hour, and their yes is void: that the lawyers have two helps nobody.
    shop.pass_time(5400).await;
    for late in [&shop.ana, &shop.ben, &shop.lee] {
        let answer = shop.approve(late, id).await;
        assert!(is_too_late(&answer), "{answer:?}");
    }
    assert!(matches!(shop.claim(id).await, Err(AgentError::Expired(_))));
    assert_eq!((passed(&shop).await, shop.state(id).await), (1, State::Expired));
    assert_eq!(shop.entries("expired").await, [json!({ "because": "undecided" })]);
}

#[tokio::test]
async fn a_yes_that_a_leaving_made_void_is_not_given_late() {
    let shop = Shop::open().await;
    for leaves in [true, false] {
        let id = shop.waiting(refund("350.00")).await;
        shop.approve(&shop.ana, id).await.unwrap();
        shop.approve(&shop.ben, id).await.unwrap();
        shop.pass_time(5400).await;
        assert_eq!((passed(&shop).await, shop.state(id).await), (0, State::Waiting));
        match leaves {
            true => shop.governance.remove_member(&shop.admin, "cs-leads", id_of(&shop.ben), 9).await.unwrap(),
            false => shop.governance.disable_person(&shop.admin, id_of(&shop.ana), 9).await.unwrap(),
        }
        let answer = shop.approve(&shop.lee, id).await;
        assert!(is_too_late(&answer), "{answer:?}");
        assert_eq!((passed(&shop).await, shop.state(id).await), (1, State::Expired));
        if leaves {
            shop.governance.add_member(&shop.admin, "cs-leads", id_of(&shop.ben)).await.unwrap();
        }
    }
}

/// Has gifts need a lawyer within an hour, and a lead within two.
async fn gifts_need(shop: &Shop, lawyer_else: serde_json::Value) {
    let gifts = json!({ "actions": ["gift.send"] });
    let rule = |rule| serde_json::from_value(rule).unwrap();
    let rules = [
        rule(json!({ "id": "lawyers", "applies_to": gifts, "queue": "legal", "within_s": HOUR, "same_person": true,
            "else": lawyer_else })),
        rule(
            json!({ "id": "leads", "applies_to": gifts, "queue": "cs-leads", "within_s": 2 * HOUR, "same_person": true }),
        ),
    ];
    shop.publish(|set| set.approval_thresholds.rules = rules.into()).await;
}

#[tokio::test]
async fn a_yes_for_another_queue_leaves_the_first_one_as_it_was_given() {
    let shop = Shop::open().await;
    gifts_need(&shop, json!("reject")).await;
    let id = shop.waiting(gift()).await;
    shop.approve(&shop.lee, id).await.unwrap();
    let again = shop.approve(&shop.lee, id).await;
    assert!(matches!(again, Err(Error::Conflict(Conflict::AlreadyDecided { .. }))), "{again:?}");
    shop.governance.add_member(&shop.admin, "cs-leads", id_of(&shop.lee)).await.unwrap();
    shop.pass_time(5400).await;
    let mine = shop.governance.approvals(&shop.lee, &Default::default()).await.unwrap().waiting;
    assert_eq!(mine.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
    // The lawyers had an hour, and have said yes in it.
    shop.approve(&shop.lee, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
    let given: Vec<usize> = shop.look_at(id).await.needs.iter().map(|need| need.given.len()).collect();
    assert_eq!(given, [1, 1]);
    shop.claim(id).await.unwrap();
}

#[tokio::test]
async fn what_an_escalation_gives_to_who_has_said_yes_waits_for_one_more_press() {
    let shop = Shop::open().await;
    gifts_need(&shop, json!({ "escalate": { "queue": "cs-leads", "within_s": HOUR } })).await;
    let id = shop.waiting(gift()).await;
    shop.approve(&shop.ana, id).await.unwrap();
    shop.governance.remove_member(&shop.admin, "cs-leads", id_of(&shop.ben), 9).await.unwrap();
    let mine = async || shop.governance.approvals(&shop.ana, &Default::default()).await.unwrap().waiting.len();
    assert_eq!(mine().await, 0);
    shop.pass_time(HOUR + 1).await;
    assert_eq!((passed(&shop).await, passed(&shop).await), (1, 0));
    assert_eq!((shop.state(id).await, mine().await), (State::Waiting, 1));
    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!((shop.state(id).await, mine().await), (State::Approved, 0));
    shop.claim(id).await.unwrap();
}

#[tokio::test]
async fn a_change_gives_a_queue_back_what_it_had_left_when_it_said_yes() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("350.00")).await;
    shop.pass_time(2400).await;
    shop.approve(&shop.ana, id).await.unwrap();
    shop.approve(&shop.ben, id).await.unwrap();
    shop.pass_time(HOUR).await;
    shop.change_amount(&shop.lee, id, "340.00").await.unwrap();
    assert_eq!(passed(&shop).await, 0);
    // They had said yes after 40 minutes of their hour.
    assert!((1190..=1200).contains(&left(&shop, id).await));
    shop.pass_time(1100).await;
    shop.approve(&shop.ana, id).await.unwrap();
    shop.approve(&shop.ben, id).await.unwrap();
    assert!(shop.claim(id).await.is_ok());
}

#[tokio::test]
async fn an_approval_of_who_may_decide_no_more_waits_again_and_is_not_claimed() {
    let shop = Shop::open().await;
    let leaves = ["left", "disabled", "auditor"];
    for how in leaves {
        let id = shop.approved_refund().await;
        match how {
            "left" => shop.governance.remove_member(&shop.admin, "cs-leads", id_of(&shop.ana), 9).await.unwrap(),
            "disabled" => shop.governance.disable_person(&shop.admin, id_of(&shop.ana), 9).await.unwrap(),
            _ => drop(
                shop.governance
                    .change_person(&shop.admin, id_of(&shop.ana), Role::Reviewer, Role::Auditor, 9)
                    .await
                    .unwrap(),
            ),
        }
        let refused = shop.claim(id).await;
        assert!(matches!(refused, Err(AgentError::NotApproved(_))), "{how}: {refused:?}");
        assert_eq!(shop.state(id).await, State::Waiting, "{how}");
        assert_eq!((passed(&shop).await, passed(&shop).await), (1, 0), "{how}");

        // Back again, she has not said yes to it, and may.
        match how {
            "left" => drop(shop.governance.add_member(&shop.admin, "cs-leads", id_of(&shop.ana)).await.unwrap()),
            "disabled" => drop(shop.enable(id_of(&shop.ana)).await.unwrap()),
            _ => drop(
                shop.governance
                    .change_person(&shop.admin, id_of(&shop.ana), Role::Auditor, Role::Manager, 9)
                    .await
                    .unwrap(),
            ),
        }
        assert_eq!((passed(&shop).await, shop.state(id).await), (0, State::Waiting), "{how}");
        shop.approve(&shop.ana, id).await.unwrap();
        assert!(shop.claim(id).await.is_ok(), "{how}");
    }
    assert_eq!(shop.entries("waits_again").await.len(), leaves.len());
}

#[tokio::test]
async fn another_role_that_decides_takes_no_yes_away() {
    let shop = Shop::open().await;
    let id = shop.approved_refund().await;
    shop.governance.change_person(&shop.admin, id_of(&shop.ana), Role::Reviewer, Role::Operator, 9).await.unwrap();
    assert!(shop.claim(id).await.is_ok());
}

#[tokio::test]
async fn who_was_disabled_and_enabled_again_says_yes_once_more() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("250.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    shop.governance.disable_person(&shop.admin, id_of(&shop.ana), 9).await.unwrap();
    shop.approve(&shop.ben, id).await.unwrap();
    shop.enable(id_of(&shop.ana)).await.unwrap();

    let seen = shop.governance.request(&shop.ana, id).await.unwrap();
    let said: Vec<_> = seen.needs[0].given.iter().map(|yes| yes.name.as_str()).collect();
    assert_eq!((said, seen.may_decide), (vec!["Ben"], Ok(())));
    let list = shop.governance.approvals(&shop.ana, &Default::default()).await.unwrap();
    assert_eq!(list.waiting.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
    shop.approve(&shop.ana, id).await.unwrap();
    assert!(shop.claim(id).await.is_ok());
}

#[tokio::test]
async fn while_an_agent_is_stopped_the_clock_of_what_waits_stands_still() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.pass_time(1800).await;
    stop(&shop).await;
    shop.pass_time(3 * HOUR).await;
    let seen = shop.look_at(id).await;
    assert_eq!((seen.row.state, seen.row.still), (State::Frozen, true));
    assert_eq!(passed(&shop).await, 0);
    release(&shop).await;
    assert!((1790..=1800).contains(&left(&shop, id).await));
    let followed = shop.governance.follow(&shop.key, id).await.unwrap();
    assert_eq!(Some(followed.approvals[0].0.expires_at), followed.deadline);

    shop.pass_time(1700).await;
    assert_eq!(passed(&shop).await, 0);
    shop.approve(&shop.ana, id).await.unwrap();
    assert!(shop.claim(id).await.is_ok());
}

#[tokio::test]
async fn what_was_approved_is_decided_again_after_a_stop_however_long() {
    let shop = Shop::open().await;
    let id = shop.approved_refund().await;
    stop(&shop).await;
    shop.pass_time(5 * HOUR).await;
    passed(&shop).await;
    assert_eq!(shop.state(id).await, State::Frozen);
    release(&shop).await;
    assert_eq!((passed(&shop).await, shop.state(id).await), (0, State::Waiting));
    assert!(matches!(shop.claim(id).await, Err(AgentError::NotApproved(_))));
    shop.approve(&shop.ana, id).await.unwrap();
    assert!(shop.claim(id).await.is_ok());
}

#[tokio::test]
async fn while_an_integration_is_paused_the_clocks_of_what_runs_on_it_stand_still() {
    let shop = Shop::open().await;
    let (approved, waiting, elsewhere) =
        (shop.approved_refund().await, shop.waiting(refund("90.00")).await, shop.waiting(gift()).await);
    shop.governance.open_breaker(&shop.operator, "shopify", "it answers with errors").await.unwrap();
    shop.pass_time(2 * HOUR).await;
    assert_eq!((passed(&shop).await, shop.state(approved).await), (1, State::Approved));
    assert_eq!(shop.entries("escalated").await, [json!({ "to": ["managers"] })]);
    assert!(shop.look_at(waiting).await.row.still && !shop.look_at(elsewhere).await.row.still);
    shop.close_breaker("shopify", "it is well again").await.unwrap();
    assert!(shop.claim(approved).await.is_ok());
}

#[tokio::test]
async fn after_a_day_of_standing_still_it_is_over() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    stop(&shop).await;
    shop.pass_time(24 * HOUR - 60).await;
    assert_eq!((passed(&shop).await, shop.state(id).await), (0, State::Frozen));
    shop.pass_time(61).await;
    assert!(shop.reject(&shop.ana, id, "no").await.is_err());
    assert_eq!((passed(&shop).await, shop.state(id).await), (1, State::Expired));
    assert_eq!(shop.entries("expired").await, [json!({ "because": "stood_still" })]);
}

#[tokio::test]
async fn what_waits_for_a_retired_agent_is_over_and_nobody_says_yes_in_vain() {
    let shop = Shop::open().await;
    let (waiting, approved) = (shop.waiting(refund("90.00")).await, shop.approved_refund().await);
    shop.governance.set_mode(&shop.admin, "support", Mode::Retired, "replaced").await.unwrap();
    let answer = shop.approve(&shop.ana, waiting).await;
    assert!(is_too_late(&answer), "{answer:?}");
    // The one that was decided too late may be held for a moment yet.
    let mut ended = 0;
    for _ in 0..100 {
        ended += passed(&shop).await;
        if ended == 2 {
            break;
        }
    }
    assert_eq!(ended, 2);
    for id in [waiting, approved] {
        let seen = shop.look_at(id).await;
        assert_eq!((seen.row.state, seen.may_decide.is_ok()), (State::Expired, false));
        let last = seen.entries.last().unwrap();
        assert_eq!((last.kind.unwrap(), &last.detail["because"]), (Kind::Expired, &json!("retired")));
    }
}

/// There may be a hundred thousand, and meanwhile nothing at all is decided.
#[tokio::test]
async fn a_retirement_waits_for_none_of_the_requests_that_it_ends() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("90.00")).await;
    assert_eq!(passed(&shop).await, 0);
    let mut other = shop.database.owner.begin().await.unwrap();
    other.execute("select from requests for update").await.unwrap();
    let retire = shop.governance.set_mode(&shop.admin, "support", Mode::Retired, "replaced");
    timeout(Duration::from_secs(3), retire).await.expect("it waits for a request").unwrap();
    // What somebody is just changing is left, and not forgotten.
    assert_eq!(passed(&shop).await, 0);
    other.rollback().await.unwrap();
    assert_eq!((passed(&shop).await, shop.state(id).await), (1, State::Expired));
}

#[tokio::test]
async fn what_somebody_is_just_changing_has_nothing_else_looked_at_again() {
    let shop = Shop::open().await;
    let (held, other) = (shop.waiting(refund("90.00")).await, shop.waiting(refund("80.00").of("yara")).await);
    assert_eq!(passed(&shop).await, 0);
    let mut changing = shop.database.owner.begin().await.unwrap();
    changing.execute(AssertSqlSafe(format!("select from requests where id = '{held}' for update"))).await.unwrap();
    stop(&shop).await;
    let written = async |id: RequestId| {
        shop.database.count(&format!("select xmin::text::bigint from requests where id = '{id}'")).await
    };
    let before = (written(held).await, written(other).await);
    assert_eq!(passed(&shop).await, 0);
    let looked_at = written(other).await;
    assert!(looked_at > before.1);
    for _ in 0..3 {
        assert_eq!(passed(&shop).await, 0);
    }
    assert_eq!((written(held).await, written(other).await), (before.0, looked_at));
    changing.rollback().await.unwrap();
    assert_eq!(passed(&shop).await, 0);
    assert!(written(held).await > before.0, "it is not forgotten");
    assert_eq!(written(other).await, looked_at);
}

#[tokio::test]
async fn requests_that_cannot_be_read_keep_no_other_open_however_many_they_are() {
    let shop = Shop::open().await;
    let broken = shop.waiting(refund("80.00").of("yara")).await;
    shop.pass_time(7200).await;
    shop.database.run(format!("update requests set pending = '7' where id = '{broken}'")).await;
    let copies = shop.database.run(format!(
        "insert into requests
         select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'idempotency_key', n))).*
         from requests r, generate_series(1, 220) n
         where r.id = '{broken}'"
    ));
    assert_eq!(copies.await, 220);
    let other = shop.waiting(refund("90.00")).await;
    shop.pass_time(3601).await;
    assert_eq!((passed(&shop).await, shop.state(other).await), (1, State::Expired));
}

#[tokio::test]
async fn what_was_looked_at_in_vain_is_left_alone_until_something_can_become_of_it() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    let ahead = format!("select (extract(epoch from due - told_now()) / 60)::bigint from requests where id = '{id}'");
    assert_eq!(shop.database.count(&ahead).await, 60);
    stop(&shop).await;
    shop.pass_time(2 * HOUR).await;
    assert_eq!((passed(&shop).await, shop.database.count(&ahead).await), (0, 10), "its place goes on moving");
}
