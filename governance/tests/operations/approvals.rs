//! What people decide: bound to what they saw, by members of the queue, once.

use domain::{id::RequestId, role::Role, state::State};
use governance::{Actor, Conflict, Error};
use serde_json::{Value, json};

use crate::support::{For, Shop, at_once, gift, id_of, refund};

fn decided(result: Result<(), Error>) -> (String, String) {
    match result {
        Err(Error::Conflict(Conflict::AlreadyDecided { by, what })) => (by, what),
        other => panic!("nobody had decided: {other:?}"),
    }
}

async fn queues(shop: &Shop, id: RequestId) -> Vec<String> {
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
async fn a_change_is_approved_with_it_and_both_bodies_are_in_the_record() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    let before = shop.look_at(id).await;
    shop.change_amount(&shop.ana, id, "60.00").await.unwrap();
    let after = shop.look_at(id).await;
    assert_eq!((after.row.state, after.row.sentence.as_str()), (State::Approved, "Refund $60.00 to `omar`"));
    assert_ne!(after.digest, before.digest);
    assert_eq!(shop.database.count("select amount_minor from requests").await, 6000);
    let amounts: Vec<String> = sqlx::query_scalar(
        "select p.body #>> '{arguments,total,amount}' from entries e join personal p on p.entry_id = e.id
         where e.kind in ('asked', 'changed') order by e.at",
    )
    .fetch_all(&shop.database.owner)
    .await
    .unwrap();
    assert_eq!(amounts, ["80.00", "60.00"]);
}

#[tokio::test]
async fn a_change_to_what_would_be_allowed_is_approved_by_the_queue_that_was_asked() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.change_amount(&shop.ana, id, "20.00").await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
    assert!(shop.claim(id).await.is_ok());
}

#[tokio::test]
async fn a_change_beyond_a_hard_limit_is_refused_with_the_reason() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    let answer = shop.change_amount(&shop.ana, id, "500.01").await;
    let alone = |why: &str| why.contains("hard limit") && !why.contains("decide");
    assert!(matches!(&answer, Err(Error::Invalid(_, why)) if alone(why)), "{answer:?}");
    for arguments in [json!({}), json!([]), json!(null), json!({ "order_id": "#W1", "total": 5 })] {
        let digest = shop.look_at(id).await.digest;
        let answer = shop.governance.change_and_approve(&shop.ana, id, &digest, arguments, "").await;
        assert!(matches!(answer, Err(Error::Invalid(..))), "{answer:?}");
    }
    assert_eq!(shop.look_at(id).await.ask.arguments, refund("80.00").arguments);
    assert_eq!(shop.state(id).await, State::Waiting);
}

#[tokio::test]
async fn a_change_past_another_queues_threshold_asks_that_queue_too() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.change_amount(&shop.ana, id, "350.00").await.unwrap();
    assert_eq!(
        (shop.state(id).await, queues(&shop, id).await),
        (State::Waiting, vec!["cs-leads".into(), "legal".into()])
    );
    shop.approve(&shop.lee, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Waiting);
    shop.approve(&shop.ben, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
    assert!(shop.claim(id).await.is_ok());
}

#[tokio::test]
async fn a_change_back_brings_no_approval_back() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("250.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    shop.change_amount(&shop.ben, id, "240.00").await.unwrap();
    shop.change_amount(&shop.ben, id, "250.00").await.unwrap();
    assert_eq!(shop.state(id).await, State::Waiting);
    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
}

#[tokio::test]
async fn the_record_says_what_a_yes_was_said_to() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("350.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    shop.change_amount(&shop.ben, id, "340.00").await.unwrap();
    shop.change_amount(&shop.ben, id, "330.00").await.unwrap();
    let entries = shop.governance.record(&shop.auditor, &Default::default()).await.unwrap().entries;
    let of_it = entries.into_iter().filter(|entry| entry.request == Some(id)).rev();
    let said: Vec<_> = of_it.map(|entry| (entry.kind.name(), entry.sentence, entry.was)).collect();
    let refund = |amount: u32| Some(format!("Refund ${amount}.00 to `omar`"));
    assert_eq!(
        said,
        [
            ("asked", refund(350), None),
            ("approved", refund(350), None),
            ("changed", refund(340), refund(350)),
            ("approved", refund(340), None),
            ("changed", refund(330), refund(340)),
            ("approved", refund(330), None),
        ]
    );
    let on_its_page = shop.look_at(id).await.entries.into_iter().map(|entry| entry.sentence);
    assert_eq!(on_its_page.collect::<Vec<_>>()[1..], [refund(350), refund(340), refund(340), None, None]);
}

#[tokio::test]
async fn a_change_makes_earlier_approvals_void() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("250.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    shop.change_amount(&shop.ben, id, "240.00").await.unwrap();
    assert_eq!(shop.state(id).await, State::Waiting);
    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
}

#[tokio::test]
async fn a_change_does_not_give_a_queue_more_time() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("250.00")).await;
    shop.pass_time(id, 1800).await;
    let before = shop.look_at(id).await.row.deadline.unwrap();
    shop.change_amount(&shop.ana, id, "240.00").await.unwrap();
    assert_eq!(shop.look_at(id).await.row.deadline, Some(before));
}

#[tokio::test]
async fn nobody_decides_after_the_deadline_even_before_the_job_has_run() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.pass_time(id, 3601).await;
    assert_eq!(decided(shop.approve(&shop.ana, id).await), ("Reins".into(), "expired".into()));
    decided(shop.reject(&shop.ana, id, "no").await);
    decided(shop.change_amount(&shop.ana, id, "60.00").await);
    assert_eq!(shop.governance.pass_deadlines().await.unwrap(), 1);
    assert_eq!(shop.state(id).await, State::Expired);
    assert_eq!(decided(shop.approve(&shop.ana, id).await), ("Reins".into(), "expired".into()));
    assert_eq!(shop.governance.pass_deadlines().await.unwrap(), 0);
}

#[tokio::test]
async fn a_queue_with_more_time_may_use_it_once_the_others_have_said_yes() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("350.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    shop.approve(&shop.ben, id).await.unwrap();
    // The leads had an hour, the lawyers have two.
    shop.pass_time(id, 5400).await;
    assert_eq!(shop.governance.pass_deadlines().await.unwrap(), 0);
    shop.approve(&shop.lee, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
}

#[tokio::test]
async fn what_nobody_decided_escalates_once_and_then_expires() {
    let shop = Shop::open().await;
    let id = shop.waiting(gift()).await;
    shop.pass_time(id, 3601).await;
    assert_eq!(shop.governance.pass_deadlines().await.unwrap(), 1);
    assert_eq!((shop.state(id).await, queues(&shop, id).await), (State::Waiting, vec!["managers".to_owned()]));
    assert!(matches!(shop.approve(&shop.ana, id).await, Err(Error::Forbidden)));
    assert_eq!(shop.entries("escalated").await, [json!({ "to": ["managers"] })]);

    shop.pass_time(id, 7201).await;
    assert_eq!(shop.governance.pass_deadlines().await.unwrap(), 1);
    assert_eq!(shop.state(id).await, State::Expired);
}

#[tokio::test]
async fn what_was_escalated_is_approved_and_claimed_by_the_queue_that_got_it() {
    let shop = Shop::open().await;
    let id = shop.waiting(gift()).await;
    shop.pass_time(id, 3601).await;
    shop.governance.pass_deadlines().await.unwrap();
    shop.approve(&shop.mia, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
    let claimed = shop.claim(id).await;
    assert!(claimed.is_ok(), "{claimed:?}");
}

#[tokio::test]
async fn a_change_leaves_with_the_queue_what_was_escalated_to_it() {
    let shop = Shop::open().await;
    let id = shop.waiting(gift()).await;
    shop.pass_time(id, 3601).await;
    shop.governance.pass_deadlines().await.unwrap();
    let seen = shop.look_at(id).await;
    let changed =
        shop.governance.change_and_approve(&shop.mia, id, &seen.digest, json!({ "gift": "a card" }), "").await;
    changed.unwrap();
    assert_eq!((shop.state(id).await, queues(&shop, id).await), (State::Approved, vec!["managers".to_owned()]));
    assert_eq!(shop.claim(id).await.unwrap().arguments, json!({ "gift": "a card" }));
}

#[tokio::test]
async fn a_rule_that_came_after_an_escalation_is_not_met_by_it() {
    let shop = Shop::open().await;
    let id = shop.waiting(gift()).await;
    shop.pass_time(id, 3601).await;
    shop.governance.pass_deadlines().await.unwrap();
    shop.approve(&shop.mia, id).await.unwrap();
    shop.publish(|set| {
        let mut rule = set.approval_thresholds.rules[3].clone();
        rule.id = "gifts-again".to_owned();
        set.approval_thresholds.rules.push(rule);
    })
    .await;
    assert!(shop.claim(id).await.is_err());
}

#[tokio::test]
async fn one_request_that_cannot_be_read_does_not_keep_others_from_expiring() {
    let shop = Shop::open().await;
    let broken = shop.waiting(refund("80.00").of("yara")).await;
    let other = shop.waiting(refund("90.00")).await;
    shop.pass_time(broken, 7200).await;
    shop.pass_time(other, 3601).await;
    shop.database.run(format!("update requests set pending = '7' where id = '{broken}'")).await;
    let _ = shop.governance.pass_deadlines().await;
    assert_eq!(shop.state(other).await, State::Expired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_job_on_every_replica_at_once_moves_each_request_once() {
    let shop = Shop::open().await;
    for n in 0..8 {
        let id = shop.waiting(refund(&format!("{}.00", 60 + n))).await;
        shop.pass_time(id, 3601).await;
    }
    let handles = [shop.governance.clone(), shop.replica(), shop.replica()];
    let moved =
        at_once(handles.into_iter().map(|governance| async move { governance.pass_deadlines().await.unwrap() }));
    assert_eq!(moved.await.iter().sum::<u32>(), 8);
    assert_eq!(shop.entries("expired").await.len(), 8);
}

#[tokio::test]
async fn masked_values_are_shown_nowhere_and_cannot_be_lost_in_a_change() {
    let shop = Shop::open().await;
    let masks = ["/arguments/card".to_owned(), "/customer/id".to_owned()];
    shop.publish(|set| set.audit_logging.mask.extend(masks)).await;
    let mut ask = refund("80.00").of("omar-secret");
    ask.arguments["card"] = json!("4111-secret");
    let id = shop.waiting(ask).await;
    // What the page shows has the mask in it: sent back as it is, it would take the card's place. Nor is it guessed.
    let digest = shop.look_at(id).await.digest;
    for card in ["[masked]", "4111-secret", "4222"] {
        let known = json!({ "order_id": "#W1", "total": { "amount": "70.00", "currency": "USD" }, "card": card });
        let changed = shop.governance.change_and_approve(&shop.ana, id, &digest, known, "").await;
        assert!(matches!(changed, Err(Error::Invalid(..))), "{card}: {changed:?}");
    }
    shop.approve(&shop.ana, id).await.unwrap();

    let seen = serde_json::to_string(&shop.look_at(id).await).unwrap();
    assert!(!seen.contains("4111-secret"), "{seen}");
    // The sentence of a refund names the customer.
    assert!(!shop.look_at(id).await.row.sentence.contains("secret"));
    assert_eq!(shop.claim(id).await.unwrap().arguments["card"], json!("4111-secret"));
}

#[tokio::test]
async fn a_mask_hides_what_was_asked_before_it_too() {
    let shop = Shop::open().await;
    let sentences = async |id| {
        let [row] = shop.governance.agent(&shop.auditor, "support").await.unwrap().recent.try_into().unwrap();
        let entries = shop.governance.record(&shop.auditor, &Default::default()).await.unwrap().entries;
        let recorded = entries.into_iter().find(|entry| entry.request == Some(id)).unwrap().sentence.unwrap();
        [shop.look_at(id).await.row.sentence, row.sentence, recorded]
    };
    let id = shop.waiting(refund("80.00").of("omar")).await;
    assert!(sentences(id).await.iter().all(|said| said.contains("omar")));
    let mask = async |masks: &[&str]| {
        let masks = masks.iter().map(|mask| (*mask).to_owned()).collect();
        shop.publish(|set| set.audit_logging.mask = masks).await;
    };
    mask(&["/input", "/customer/id"]).await;
    assert_eq!(sentences(id).await, ["Refund (masked)"; 3]);
    // Nor does it come back with another version that masks as much, or less.
    mask(&["/customer/id"]).await;
    assert_eq!(sentences(id).await, ["Refund (masked)"; 3]);
    mask(&[]).await;
    assert!(sentences(id).await.iter().all(|said| said.contains("omar")));
}

#[tokio::test]
async fn a_reason_about_what_holds_a_masked_value_does_not_quote_it() {
    let shop = Shop::open().await;
    shop.publish(|set| set.audit_logging.mask.extend(["/arguments/total/amount".to_owned()])).await;
    for total in [json!({ "amount": "4111222233335555x", "currency": "USD" }), json!({ "4111222233335555": 1 })] {
        let mut ask = refund("80.00");
        ask.arguments["total"] = total;
        let asked = shop.ask(ask).await;
        assert_eq!(asked.state, State::Denied);
        assert!(!format!("{:?}", asked.reasons).contains("4111"), "{:?}", asked.reasons);
    }
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
async fn a_set_that_was_published_before_rules_said_so_keeps_its_meaning() {
    let shop = Shop::open().await;
    let both = shop.person("Two", Role::Reviewer).await;
    for queue in ["cs-leads", "legal"] {
        shop.governance.add_member(&shop.admin, queue, id_of(&both)).await.unwrap();
    }
    let rules = "jsonb_path_query_array(body, '$.approval_thresholds.rules[*]')";
    let before = format!("(select jsonb_agg(rule - 'same_person') from jsonb_array_elements({rules}) rule)");
    shop.database
        .run(&format!("update permission_sets set body = jsonb_set(body, '{{approval_thresholds,rules}}', {before})"))
        .await;
    shop.database.run("update control set revision = revision + 1").await;
    let id = shop.waiting(refund("350.00")).await;
    shop.approve(&both, id).await.unwrap();
    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
    let read = shop.governance.version(&shop.auditor, "support", 1).await.unwrap();
    assert!(serde_json::to_string(&read).unwrap().contains("may decide for this one, too"));
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
