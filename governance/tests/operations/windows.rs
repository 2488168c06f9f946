//! Windows: requests that come at once never pass a cap, on any number of replicas.

use std::collections::BTreeMap;

use domain::{
    id::RequestId,
    permission::{Condition, Limit, Per, PermissionSet, WindowSpec},
    request::Ask,
    state::{Outcome, State},
    view::KeyKind,
};
use governance::{AgentError, Conflict, Error, Feedback, FeedbackKind, Key};
use serde_json::json;

use crate::support::{For, Shop, at_once, measured, money, refund};

fn window(per: Per) -> WindowSpec {
    WindowSpec { per, within_s: 24 * 60 * 60, actions: Default::default(), trust_agent: false }
}

fn hard(set: &mut PermissionSet, limit: Limit) {
    set.action_scope.allow.entry("order.refund".to_owned()).or_default().limits.push(limit);
}

/// Puts a condition in place of "over 50.00".
fn rule(set: &mut PermissionSet, condition: Condition) {
    set.approval_thresholds.rules[0].when = vec![condition];
}

/// Asks all of this at once, by turns on two replicas; gives how many ended in which state.
async fn ask_at_once(shop: &Shop, asks: impl Iterator<Item = Ask>) -> BTreeMap<&'static str, usize> {
    let handles = [shop.governance.clone(), shop.replica()];
    let asks = asks.enumerate().map(|(n, ask)| {
        let (governance, key) = (handles[n % 2].clone(), shop.key.clone());
        async move { governance.ask(&key, &format!("key {n}"), ask).await.unwrap().state.name() }
    });
    let mut states = BTreeMap::new();
    for state in at_once(asks).await {
        *states.entry(state).or_default() += 1;
    }
    states
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hard_count_per_agent_is_never_passed() {
    let shop = Shop::open().await;
    shop.publish(|set| hard(set, Limit::Count { most: 3, window: window(Per::Agent) })).await;
    let states = ask_at_once(&shop, (0..40).map(|n| refund("1.00").of(&format!("customer {n}")))).await;
    assert_eq!(states, [("granted", 3), ("denied", 37)].into());
}

#[tokio::test]
async fn the_last_one_within_a_limit_gets_its_grant_again() {
    let shop = Shop::open().await;
    shop.publish(|set| hard(set, Limit::Count { most: 1, window: window(Per::Agent) })).await;
    for _ in 0..2 {
        let asked = shop.governance.ask(&shop.key, "once", refund("40.00")).await.unwrap();
        assert!(asked.grant.is_some(), "{asked:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hard_count_per_customer_is_never_passed_and_leaves_others_alone() {
    let shop = Shop::open().await;
    shop.publish(|set| hard(set, Limit::Count { most: 3, window: window(Per::Customer) })).await;
    let states = ask_at_once(&shop, (0..40).map(|n| refund("1.00").of(["omar", "yara"][n / 2 % 2]))).await;
    assert_eq!(states, [("granted", 6), ("denied", 34)].into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hard_sum_per_agent_is_never_passed() {
    let shop = Shop::open().await;
    shop.publish(|set| hard(set, Limit::Sum { most: money("100.00"), window: window(Per::Agent) })).await;
    let states = ask_at_once(&shop, (0..40).map(|n| refund("9.00").of(&format!("customer {n}")))).await;
    assert_eq!(states, [("granted", 11), ("denied", 29)].into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hard_sum_per_customer_is_never_passed() {
    let shop = Shop::open().await;
    shop.publish(|set| hard(set, Limit::Sum { most: money("100.00"), window: window(Per::Customer) })).await;
    let states = ask_at_once(&shop, (0..40).map(|_| refund("30.00"))).await;
    assert_eq!(states, [("granted", 3), ("denied", 37)].into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_in_a_rule_per_customer_lets_no_more_through() {
    let shop = Shop::open().await;
    shop.publish(|set| rule(set, Condition::CountOver { limit: 3, window: window(Per::Customer) })).await;
    let states = ask_at_once(&shop, (0..40).map(|_| refund("1.00"))).await;
    assert_eq!(states, [("granted", 3), ("waiting", 37)].into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sum_in_a_rule_per_agent_lets_no_more_through() {
    let shop = Shop::open().await;
    shop.publish(|set| rule(set, Condition::SumOver { limit: money("100.00"), window: window(Per::Agent) })).await;
    let states = ask_at_once(&shop, (0..40).map(|n| refund("9.00").of(&format!("customer {n}")))).await;
    assert_eq!(states, [("granted", 11), ("waiting", 29)].into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn windows_that_cross_do_not_lock_each_other_out() {
    let shop = Shop::open().await;
    shop.publish(|set| {
        hard(set, Limit::Count { most: 60, window: window(Per::Agent) });
        hard(set, Limit::Sum { most: money("1000.00"), window: window(Per::Customer) });
        rule(set, Condition::CountOver { limit: 1000, window: window(Per::Customer) });
    })
    .await;
    let customers = ["omar", "yara", "ivan", "noah", "lucy"];
    // Neighbours share a trigger with one another's customers, in both orders.
    let asks = (0..120).map(|n| {
        let mut ask = refund("1.00").of(customers[n % 5]);
        ask.trigger = Some(format!("ticket {}", (n * 7) % 3));
        ask
    });
    let (states, took) = measured(ask_at_once(&shop, asks)).await;
    println!("120 asks across windows took {took:?}");
    let taken: usize = ["granted", "waiting"].iter().filter_map(|state| states.get(state)).sum();
    assert_eq!((taken, states["denied"]), (60, 60), "{states:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_by_people_at_once_do_not_pass_a_sum_either() {
    let shop = Shop::open().await;
    shop.publish(|set| hard(set, Limit::Sum { most: money("500.00"), window: window(Per::Agent) })).await;
    let handles = [shop.governance.clone(), shop.replica()];
    let mut changes = Vec::new();
    for n in 0..6 {
        let id = shop.waiting(refund("60.00")).await;
        let seen = shop.look_at(id).await;
        let (governance, who) = (handles[n % 2].clone(), shop.ana.clone());
        changes.push(async move {
            let arguments = json!({ "order_id": "#W1", "total": money("150.00") });
            governance.change_and_approve(&who, id, &seen.digest, arguments, "").await.is_ok()
        });
    }
    // Six of 60.00 are 360.00; one of them raised to 150.00 makes 450.00, a second would make 540.00.
    let raised = at_once(changes).await.into_iter().filter(|raised| *raised).count();
    assert_eq!(raised, 1);
    assert_eq!(shop.database.count("select sum(amount_minor)::bigint from requests").await, 45_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claims_at_once_do_not_pass_a_cap_that_came_later() {
    let shop = Shop::open().await;
    let mut approved = Vec::new();
    for _ in 0..5 {
        approved.push(shop.approved_refund().await);
    }
    shop.publish(|set| hard(set, Limit::Count { most: 5, window: window(Per::Agent) })).await;
    let handles = [shop.governance.clone(), shop.replica()];
    let more = handles[0].ask(&shop.key, "more", refund("1.00"));
    let claims = approved.iter().enumerate().map(|(n, id)| {
        let (governance, key, id) = (handles[n % 2].clone(), shop.key.clone(), *id);
        async move { governance.claim(&key, "claim", id).await.is_ok() }
    });
    let (more, claimed) = tokio::join!(more, at_once(claims));
    assert_eq!(more.unwrap().state, State::Denied);
    assert_eq!(claimed, [true; 5]);
}

#[tokio::test]
async fn what_came_to_nothing_gives_its_place_back() {
    let shop = Shop::open().await;
    shop.publish(|set| hard(set, Limit::Count { most: 1, window: window(Per::Agent) })).await;
    let full = async || assert_eq!(shop.ask(refund("1.00")).await.state, State::Denied);

    let rejected = shop.waiting(refund("80.00")).await;
    full().await;
    shop.reject(&shop.ana, rejected, "no").await.unwrap();

    shop.waiting(refund("80.00")).await;
    full().await;
    shop.pass_time(3601).await;
    shop.governance.pass_deadlines().await.unwrap();

    shop.approved_refund().await;
    full().await;
    shop.pass_time(901).await;
    shop.governance.pass_deadlines().await.unwrap();

    let cancelled = shop.waiting(refund("80.00")).await;
    shop.governance.cancel(&shop.key, cancelled).await.unwrap();

    let unknown = shop.ask(refund("1.00")).await;
    shop.report(unknown.id, &unknown.grant.unwrap().token, Outcome::Unknown).await.unwrap();
    full().await;
}

#[tokio::test]
async fn what_lies_before_the_window_no_longer_counts() {
    let shop = Shop::open().await;
    shop.publish(|set| hard(set, Limit::Sum { most: money("40.00"), window: window(Per::Customer) })).await;
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Granted);
    assert_eq!(shop.ask(refund("0.01")).await.state, State::Denied);
    shop.pass_time(24 * 60 * 60 + 1).await;
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Granted);
}

#[tokio::test]
async fn a_window_counts_every_action_that_it_names() {
    let shop = Shop::open().await;
    let partly = "order.refund-partly";
    shop.apply(|file| {
        let mut action = file.actions[0].clone();
        action.name = partly.to_owned();
        action.label = "Refund partly".to_owned();
        file.actions.push(action);
        let actions = ["order.refund".to_owned(), partly.to_owned()].into();
        let limit = Limit::Count { most: 2, window: WindowSpec { actions, ..window(Per::Agent) } };
        hard(&mut file.permissions, limit.clone());
        file.permissions.action_scope.allow.entry(partly.to_owned()).or_default().limits.push(limit);
    })
    .await;
    let ask = |action: &str| Ask { action: action.to_owned(), ..refund("1.00") };
    assert_eq!(shop.ask(ask(partly)).await.state, State::Granted);
    assert_eq!(shop.ask(ask("order.refund")).await.state, State::Granted);
    assert_eq!(shop.ask(ask(partly)).await.state, State::Denied);
    assert_eq!(shop.ask(ask("order.refund")).await.state, State::Denied);
}

#[tokio::test]
async fn money_in_another_currency_in_the_window_makes_its_sum_unknown_and_denies() {
    let shop = Shop::open().await;
    shop.publish(|set| {
        set.action_scope.allow.entry("order.refund".to_owned()).or_default().limits.clear();
        set.approval_thresholds.rules.clear();
    })
    .await;
    let mut euros = refund("1.00");
    euros.arguments["total"]["currency"] = json!("EUR");
    assert_eq!(shop.ask(euros).await.state, State::Granted);
    shop.publish(|set| hard(set, Limit::Sum { most: money("100.00"), window: window(Per::Agent) })).await;
    assert_eq!(shop.ask(refund("1.00")).await.state, State::Denied);
}

#[tokio::test]
async fn a_cap_counts_a_customer_once_however_the_id_is_written() {
    let shop = Shop::open().await;
    shop.publish(|set| hard(set, Limit::Count { most: 1, window: window(Per::Customer) })).await;
    let mut states = Vec::new();
    for customer in ["H1", "h1", "Ｈ１", "h2"] {
        states.push(shop.ask(refund("1.00").of(customer)).await.state);
    }
    assert_eq!(states, [State::Granted, State::Denied, State::Denied, State::Granted]);

    let stored = shop.database.count("select count(*) from requests where customer_id = 'Ｈ１'").await;
    assert_eq!(stored, 1, "it is kept as the agent said it");
}

#[tokio::test]
async fn a_sum_that_is_too_large_to_count_asks() {
    let shop = Shop::open().await;
    shop.publish(|set| {
        set.action_scope.allow.values_mut().for_each(|allowance| allowance.limits.clear());
        rule(set, Condition::SumOver { limit: money("100.00"), window: window(Per::Agent) });
    })
    .await;
    for amount in ["50000000000000000.00", "50000000000000000.00", "5.00"] {
        assert_eq!(shop.ask(refund(amount)).await.state, State::Waiting, "{amount}");
    }
}

#[tokio::test]
async fn a_request_takes_its_place_again_when_it_is_claimed() {
    let shop = Shop::open().await;
    let asked = shop.approved_refund().await;
    shop.pass_time(600).await;
    let five_minutes = WindowSpec { within_s: 300, ..window(Per::Customer) };
    shop.publish(|set| hard(set, Limit::Count { most: 1, window: five_minutes })).await;
    shop.claim(asked).await.unwrap();
    assert_eq!(shop.ask(refund("1.00")).await.state, State::Denied);
}

/// A granted refund whose agent says that it failed.
async fn said_to_fail(shop: &Shop) -> RequestId {
    let asked = shop.ask(refund("1.00")).await;
    assert_eq!(asked.state, State::Granted, "{:?}", asked.reasons);
    shop.report(asked.id, &asked.grant.unwrap().token, Outcome::Failed).await.unwrap();
    asked.id
}

#[tokio::test]
async fn what_only_the_agent_says_failed_counts_until_a_person_or_a_hook_confirms_it() {
    let shop = Shop::open().await;
    shop.publish(|set| hard(set, Limit::Sum { most: money("1.00"), window: window(Per::Agent) })).await;
    let full = async || assert_eq!(shop.ask(refund("1.00")).await.state, State::Denied);
    let settle = async |id| shop.governance.settle(&shop.operator, id, Outcome::Failed, "not in the ledger").await;

    let failed = said_to_fail(&shop).await;
    full().await;
    assert!(shop.look_at(failed).await.can_settle);
    settle(failed).await.unwrap();
    assert!(matches!(settle(failed).await, Err(Error::Conflict(Conflict::ChangedMeanwhile))));
    let seen = shop.look_at(failed).await;
    assert_eq!((seen.row.state, seen.can_settle), (State::Failed, false));
    assert_eq!(shop.entries("settled").await.len(), 1);

    let failed = said_to_fail(&shop).await;
    let hook = shop.governance.create_key(&shop.admin, "support", KeyKind::Hook, "shop").await.unwrap();
    let hook = Key::read(&hook.secret).unwrap();
    let feedback = Feedback { kind: FeedbackKind::Failed, score: None, note: String::new() };
    let by_agent = shop.governance.give_feedback(&shop.key, None, failed, &feedback).await;
    assert!(matches!(by_agent, Err(AgentError::WrongKind)), "{by_agent:?}");
    full().await;
    shop.governance.give_feedback(&hook, None, failed, &feedback).await.unwrap();

    // A hook may be quicker than the agent: its word stands, once the agent has said so, too.
    let quick = shop.ask(refund("1.00")).await;
    shop.governance.give_feedback(&hook, None, quick.id, &feedback).await.unwrap();
    full().await;
    shop.report(quick.id, &quick.grant.unwrap().token, Outcome::Failed).await.unwrap();

    let unknown = shop.ask(refund("1.00")).await;
    shop.report(unknown.id, &unknown.grant.unwrap().token, Outcome::Unknown).await.unwrap();
    full().await;
    settle(unknown.id).await.unwrap();
    said_to_fail(&shop).await;
}

#[tokio::test]
async fn where_the_agent_is_trusted_with_it_what_failed_gives_its_place_back() {
    let shop = Shop::open().await;
    let trusting = WindowSpec { trust_agent: true, ..window(Per::Customer) };
    shop.publish(|set| hard(set, Limit::Count { most: 1, window: trusting.clone() })).await;
    let failed = said_to_fail(&shop).await;
    assert!(!shop.look_at(failed).await.can_settle, "nothing hangs on it");
    said_to_fail(&shop).await;

    shop.publish(|set| {
        hard(set, Limit::Count { most: 2, window: window(Per::Customer) });
        hard(set, Limit::Count { most: 1, window: trusting });
    })
    .await;
    let asked = shop.ask(refund("1.00")).await;
    let beyond: Vec<&str> = asked.reasons.iter().map(|reason| reason.text.as_str()).collect();
    assert_eq!(beyond, ["Beyond the hard limit: at most 2 such requests for one customer within 1 day."]);
}
