//! Outcomes and feedback, and what people settle.

use domain::{
    fault::Fault,
    state::{Outcome, State},
};
use governance::{AgentError, Conflict, Cost, Error, Feedback, FeedbackKind, Key};
use serde_json::json;

use crate::support::{Shop, refund};

async fn granted(shop: &Shop) -> (domain::id::RequestId, String) {
    let asked = shop.ask(refund("40.00")).await;
    (asked.id, asked.grant.unwrap().token)
}

#[tokio::test]
async fn an_outcome_without_a_grant_is_a_breach_that_people_see_and_settle() {
    let shop = Shop::open().await;
    let waiting = shop.waiting(refund("80.00")).await;
    let (done, token) = granted(&shop).await;
    for (id, token) in [(waiting, token.as_str()), (waiting, ""), (done, "grant_00"), (done, "")] {
        let answer = shop.report(id, token, Outcome::Succeeded).await;
        assert!(matches!(answer, Err(AgentError::NoGrant(of)) if of == id), "{answer:?}");
    }
    let answer = shop.governance.report(&shop.key, done, None, &outcome(Outcome::Failed)).await;
    assert!(matches!(answer, Err(AgentError::NoGrant(_))));
    assert_eq!((shop.state(waiting).await, shop.state(done).await), (State::Waiting, State::Granted));
    assert_eq!(shop.entries("breach").await.len(), 5);

    let breaches = shop.governance.today(&shop.auditor).await.unwrap().breaches;
    assert_eq!((breaches.len(), breaches[0].total, breaches[0].first.len()), (1, 5, 3));
    let first = breaches[0].first[0].entry;
    assert!(matches!(shop.governance.settle_breach(&shop.ana, first, "seen").await, Err(Error::Forbidden)));
    assert!(matches!(shop.governance.settle_breach(&shop.operator, first, "").await, Err(Error::Invalid(..))));
    shop.governance.settle_breach(&shop.operator, first, "a slip of the script").await.unwrap();
    let again = shop.governance.settle_breach(&shop.operator, first, "again").await;
    assert!(matches!(again, Err(Error::Conflict(Conflict::ChangedMeanwhile))));
    assert_eq!(shop.governance.today(&shop.auditor).await.unwrap().breaches[0].total, 4);
}

#[tokio::test]
async fn a_flood_of_one_agent_hides_nothing_of_another_and_is_settled_at_once() {
    let shop = Shop::open().await;
    let (governance, operator) = (&shop.governance, &shop.operator);
    let (id, _) = granted(&shop).await;
    let other = shop.second_agent("returns").await;
    let theirs = governance.ask(&other, "k", refund("40.00")).await.unwrap().id;
    for _ in 0..8 {
        assert!(shop.report(id, "", Outcome::Succeeded).await.is_err());
    }
    assert!(governance.report(&other, theirs, None, &outcome(Outcome::Succeeded)).await.is_err());
    shop.database
        .run(format!(
            "insert into breaches (entry_id, request_id, agent_id, at, outcome, granted)
             select gen_random_uuid(), request_id, agent_id, at - interval '1 hour', outcome, granted
             from breaches, generate_series(1, 119) where request_id = '{id}'"
        ))
        .await;
    let today = governance.today(operator).await.unwrap();
    let until = today.breaches[0].until;
    let totals: Vec<_> = today.breaches.iter().map(|pile| (pile.agent.slug.as_str(), pile.total)).collect();
    assert_eq!(totals, [("support", 960), ("returns", 1)]);

    let settle = async |seen, reason| governance.settle_breaches(operator, "support", seen, reason).await;
    assert!(matches!(settle((until, 960), "").await, Err(Error::Invalid(..))));
    assert!(matches!(settle((until, 1001), "a loop").await, Err(Error::Invalid(..))));
    let unknown = chrono::DateTime::<chrono::Utc>::MIN_UTC;
    let refused = settle((unknown, 960), "a loop").await;
    assert!(matches!(refused, Err(Error::Invalid(Fault::Date, _))), "a year that PostgreSQL does not know");
    assert!(matches!(
        governance.settle_breaches(&shop.ana, "support", (until, 960), "a loop").await,
        Err(Error::Forbidden)
    ));
    // One that came after what was seen stays, and one that somebody settled meanwhile is a reason to look again.
    assert!(shop.report(id, "", Outcome::Succeeded).await.is_err());
    governance.settle_breach(operator, today.breaches[0].first[0].entry, "a slip").await.unwrap();
    assert!(matches!(settle((until, 960), "a loop").await, Err(Error::Conflict(Conflict::ChangedMeanwhile))));
    assert_eq!(shop.entries("settled").await.len(), 1);
    settle((until, 959), "a loop").await.unwrap();
    assert_eq!(shop.entries("settled").await.len(), 960);
    let left = governance.today(operator).await.unwrap().breaches;
    assert_eq!(left.iter().map(|pile| pile.total).collect::<Vec<_>>(), [1, 1]);
}

#[tokio::test]
async fn unknown_outcomes_are_counted_by_agent_and_the_oldest_shown() {
    let shop = Shop::open().await;
    let other = shop.second_agent("returns").await;
    shop.governance.ask(&other, "k", refund("40.00")).await.unwrap();
    for _ in 0..5 {
        granted(&shop).await;
    }
    shop.database.run("update requests set state = 'unknown', changed_at = asked_at").await;
    let unknown = shop.governance.today(&shop.auditor).await.unwrap().unknown;
    let seen: Vec<_> = unknown.iter().map(|pile| (pile.agent.slug.as_str(), pile.total, pile.first.len())).collect();
    assert_eq!(seen, [("support", 5, 3), ("returns", 1, 1)]);
    assert!(unknown[0].first.is_sorted_by_key(|row| row.asked_at));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn feedback_under_a_key_counts_once() {
    let shop = Shop::open().await;
    let (id, _) = granted(&shop).await;
    let reply = |note: &str| Feedback { kind: FeedbackKind::Reply, score: None, note: note.to_owned() };
    let give =
        async |key: Option<&str>, note: &str| shop.governance.give_feedback(&shop.key, key, id, &reply(note)).await;
    assert!(give(Some("k"), "thanks").await.unwrap());
    assert!(!give(Some("k"), "thanks").await.unwrap());
    assert!(matches!(give(Some("k"), "no thanks").await, Err(AgentError::IdempotencyMismatch)));
    // Without a key each counts, and so does the same under a key on another request.
    for _ in 0..2 {
        assert!(give(None, "thanks").await.unwrap());
    }
    let (other, _) = granted(&shop).await;
    assert!(shop.governance.give_feedback(&shop.key, Some("k"), other, &reply("thanks")).await.unwrap());
    assert_eq!(shop.entries("feedback").await.len(), 4);

    let all = (0..8).map(|_| {
        let (governance, key, reply) = (shop.replica(), shop.key.clone(), reply("at once"));
        async move { governance.give_feedback(&key, Some("once"), id, &reply).await.unwrap() }
    });
    assert_eq!(crate::support::at_once(all).await.into_iter().filter(|taken| *taken).count(), 1);
    assert_eq!(shop.entries("feedback").await.len(), 5);
}

fn outcome(status: Outcome) -> governance::Outcome {
    governance::Outcome { status, reference: "refund 991".to_owned(), detail: json!({ "n": 1e2 }), cost: None }
}

#[tokio::test]
async fn an_approved_request_that_nobody_claimed_has_no_grant_to_report() {
    let shop = Shop::open().await;
    let other = shop.approved_refund().await;
    let token = shop.claim(other).await.unwrap().grant.token;
    let id = shop.approved_refund().await;
    assert!(matches!(shop.report(id, &token, Outcome::Succeeded).await, Err(AgentError::NoGrant(_))));
    assert_eq!(shop.state(id).await, State::Approved);
}

#[tokio::test]
async fn the_same_again_is_accepted_and_another_is_refused() {
    let shop = Shop::open().await;
    let (id, token) = granted(&shop).await;
    let report = async |what: &governance::Outcome| shop.governance.report(&shop.key, id, Some(&token), what).await;
    let first = outcome(Outcome::Succeeded);
    assert_eq!(report(&first).await.unwrap().state, State::Succeeded);
    assert_eq!(report(&first).await.unwrap().state, State::Succeeded);
    for other in [
        outcome(Outcome::Failed),
        outcome(Outcome::Unknown),
        governance::Outcome { reference: "2".to_owned(), ..first.clone() },
    ] {
        let answer = report(&other).await;
        assert!(matches!(answer, Err(AgentError::AlreadyReported(_))), "{answer:?}");
    }
    assert_eq!(shop.entries("reported").await.len(), 1);
    assert_eq!(shop.look_at(id).await.outcome.unwrap().reference, "refund 991");
}

#[tokio::test]
async fn a_cost_is_counted_in_millionths_and_told_again_only_as_it_was() {
    let shop = Shop::open().await;
    let (id, token) = granted(&shop).await;
    let costs = async |what: Outcome, amount: Option<&str>| {
        let cost = amount.map(|amount| Cost::parse(amount, "USD").unwrap());
        shop.governance.report(&shop.key, id, Some(&token), &governance::Outcome { cost, ..outcome(what) }).await
    };
    let micros = "select cost_micros from requests where outcome is not null and cost_currency = 'USD'";
    costs(Outcome::Unknown, Some("0.012345")).await.unwrap();
    assert_eq!(shop.database.count(micros).await, 12_345);
    // What it has cost so far is not undone by a report that says nothing of it.
    costs(Outcome::Succeeded, None).await.unwrap();
    assert_eq!(shop.database.count(micros).await, 12_345);
    costs(Outcome::Succeeded, Some("00.012345")).await.unwrap();
    let other = costs(Outcome::Succeeded, Some("0.012346")).await;
    assert!(matches!(other, Err(AgentError::AlreadyReported(_))), "{other:?}");
    let told: Vec<_> = shop.entries("reported").await.into_iter().map(|detail| detail["cost"].clone()).collect();
    assert_eq!(told, [json!({ "amount": "0.012345", "currency": "USD" }), json!(null)]);
}

#[tokio::test]
async fn unknown_may_become_certain_once() {
    let shop = Shop::open().await;
    for certain in [Outcome::Succeeded, Outcome::Failed] {
        let (id, token) = granted(&shop).await;
        assert_eq!(shop.report(id, &token, Outcome::Unknown).await.unwrap(), State::Unknown);
        assert_eq!(shop.report(id, &token, Outcome::Unknown).await.unwrap(), State::Unknown);
        assert_eq!(shop.report(id, &token, certain).await.unwrap(), certain.state());
        assert!(matches!(shop.report(id, &token, Outcome::Unknown).await, Err(AgentError::AlreadyReported(_))));
    }
}

#[tokio::test]
async fn an_outcome_that_stays_away_is_unknown_and_may_still_come() {
    let shop = Shop::open().await;
    let (id, token) = granted(&shop).await;
    shop.pass_time(629).await;
    assert_eq!(shop.governance.pass_deadlines().await.unwrap(), 0);
    shop.pass_time(2).await;
    assert_eq!(shop.governance.pass_deadlines().await.unwrap(), 1);
    assert_eq!(shop.governance.today(&shop.auditor).await.unwrap().unknown[0].first[0].id, id);
    assert_eq!(shop.report(id, &token, Outcome::Unknown).await.unwrap(), State::Unknown);
    assert_eq!(shop.report(id, &token, Outcome::Succeeded).await.unwrap(), State::Succeeded);
}

#[tokio::test]
async fn what_leaves_nothing_to_settle_never_becomes_unknown() {
    let shop = Shop::open().await;
    let id = shop.ask(crate::support::note("hello")).await.id;
    shop.pass_time(3600).await;
    assert_eq!(shop.governance.pass_deadlines().await.unwrap(), 0);
    assert_eq!(shop.state(id).await, State::Granted);
}

#[tokio::test]
async fn a_person_settles_what_is_unknown_and_the_agent_cannot_change_it_then() {
    let shop = Shop::open().await;
    let (id, token) = granted(&shop).await;
    let settle = async |outcome| shop.governance.settle(&shop.operator, id, outcome, "I looked").await;
    assert!(matches!(settle(Outcome::Failed).await, Err(Error::Conflict(_))));
    shop.report(id, &token, Outcome::Unknown).await.unwrap();
    assert!(matches!(settle(Outcome::Unknown).await, Err(Error::Invalid(..))));
    settle(Outcome::Failed).await.unwrap();
    assert_eq!(shop.state(id).await, State::Failed);
    assert!(matches!(shop.report(id, &token, Outcome::Succeeded).await, Err(AgentError::AlreadyReported(_))));
}

#[tokio::test]
async fn only_what_can_be_undone_is_rolled_back() {
    let shop = Shop::open().await;
    let (id, token) = granted(&shop).await;
    assert!(matches!(shop.governance.roll_back(&shop.operator, id, "wrong").await, Err(Error::Conflict(_))));
    shop.report(id, &token, Outcome::Succeeded).await.unwrap();
    assert!(matches!(shop.governance.roll_back(&shop.ana, id, "wrong").await, Err(Error::Forbidden)));
    shop.governance.roll_back(&shop.operator, id, "wrong order").await.unwrap();
    assert_eq!(shop.state(id).await, State::RolledBack);

    let gift = shop.waiting(crate::support::gift()).await;
    assert!(matches!(shop.governance.roll_back(&shop.operator, gift, "wrong").await, Err(Error::Invalid(..))));
}

#[tokio::test]
async fn a_hook_gives_feedback_and_a_complaint_counts_against_the_customer() {
    let shop = Shop::open().await;
    shop.publish(|set| {
        let complaint = json!({ "kind": "open_complaint", "trust_agent": true });
        set.approval_thresholds.rules[0].when = vec![serde_json::from_value(complaint).unwrap()];
    })
    .await;
    let calm = || {
        let mut ask = refund("40.00");
        ask.customer.as_mut().unwrap().open_complaints = Some(0);
        ask
    };
    let asked = shop.ask(calm()).await;
    assert_eq!(asked.state, State::Granted);

    let hook =
        shop.governance.create_key(&shop.admin, "support", domain::view::KeyKind::Hook, "helpdesk").await.unwrap();
    let hook = Key::read(&hook.secret).unwrap();
    let complaint = Feedback { kind: FeedbackKind::Complaint, score: None, note: "still broken".to_owned() };
    shop.governance.give_feedback(&hook, None, asked.id, &complaint).await.unwrap();
    assert_eq!(shop.ask(calm()).await.state, State::Waiting);
    assert_eq!(shop.entries("feedback").await.len(), 1);

    // Until somebody says that it is cleared up.
    let refused = shop.governance.resolve_complaint(&shop.ana, asked.id, "sent another").await;
    assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    shop.governance.resolve_complaint(&shop.operator, asked.id, "sent another").await.unwrap();
    assert_eq!(shop.ask(calm()).await.state, State::Granted);
    let again = shop.governance.resolve_complaint(&shop.operator, asked.id, "once more").await;
    assert!(matches!(again, Err(Error::Conflict(Conflict::ChangedMeanwhile))), "{again:?}");
}

#[tokio::test]
async fn a_score_lies_between_nought_and_one() {
    let shop = Shop::open().await;
    let (id, _) = granted(&shop).await;
    for score in [-0.1, 1.1, f64::NAN] {
        let feedback = Feedback { kind: FeedbackKind::Quality, score: Some(score), note: String::new() };
        let answer = shop.governance.give_feedback(&shop.key, None, id, &feedback).await;
        assert!(matches!(&answer, Err(AgentError::Invalid(misfits)) if misfits[0].pointer == "/score"), "{answer:?}");
    }
    assert_eq!(shop.entries("feedback").await.len(), 0);
}
