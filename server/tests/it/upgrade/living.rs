//! Two months of a shop, by the operations that agents, people and jobs use.

use std::{collections::BTreeSet, time::Duration};

use chrono::TimeDelta;
use domain::{
    agent::Mode,
    authoring::{
        draft::Publication,
        edit::{ActionStanding, Change as Standing, Edit},
        meaning::Change,
        risk::Severity,
        statement::keys,
    },
    request::Ask,
    role::Role,
    state::{Outcome, State},
    view::{KeyKind, impact::RunState},
};
use governance::{CustomerFacts, Feedback, FeedbackKind, Governance, Hold, Key, Past};

use super::dump::Left;
use crate::{
    front::{Front, secret},
    support::{For, Shop, gift, id_of, note, refund},
};

/// The request that is asked again, from another version.
pub const ASKED_FIRST: &str = "the first one";

const DAYS: usize = 62;

pub async fn live() -> (Front, Left) {
    let front = Front::open().await;
    let mut admin = front.signed_in(Role::Admin).await;
    let shop = &front.shop;
    shop.person("Ida", Role::Admin).await;
    let customers = [r#"{"id": "omar", "orders": 3, "open_complaints": 0}"#, r#"{"id": "mei", "orders": 1}"#];
    let customers: Vec<_> = customers.map(|line| CustomerFacts::read(line).unwrap()).into();
    shop.governance.sync_customers(&shop.admin, &customers).await.unwrap();
    shop.second_agent("returns").await;
    let other = secret(&shop.governance, &shop.admin, "returns", KeyKind::Agent).await;
    let revoked = shop.governance.create_key(&shop.admin, "returns", KeyKind::Agent, "old").await.unwrap();
    shop.governance.revoke_key(&shop.admin, revoked.row.id).await.unwrap();
    shop.governance.ask(&shop.key, ASKED_FIRST, refund("9.00")).await.unwrap();

    for day in 0..DAYS {
        a_day(shop, day).await;
        if day % 20 == 7 {
            admin.sign_in("admin@front.example").await;
        }
        shop.database.shift_clock("1 day").await;
        by_itself(&shop.governance).await;
    }
    // A session does not last as long.
    admin.sign_in("admin@front.example").await;
    let cookie = admin.cookie.clone();
    as_it_stands(shop).await;
    let told = sqlx::query_scalar("select told_now()").fetch_one(&shop.database.owner).await.unwrap();
    let left = Left { told, key: front.key.clone(), hook: front.hook.clone(), other, cookie };
    (front, left)
}

/// What the jobs of a shop do, without their waiting.
async fn by_itself(governance: &Governance) {
    governance.pass_deadlines().await.unwrap();
    governance.count_entries().await.unwrap();
    governance.add_up_spans().await.unwrap();
    governance.make_room().await.unwrap();
    governance.tidy().await.unwrap();
}

async fn carried_out(shop: &Shop, ask: Ask, outcome: Outcome) {
    let asked = shop.ask(ask).await;
    let grant = asked.grant.unwrap_or_else(|| panic!("{:?}", asked.reasons));
    shop.report(asked.id, &grant.token, outcome).await.unwrap();
}

/// Of everything that happens in a shop, some on each day.
async fn a_day(shop: &Shop, day: usize) {
    let governance = &shop.governance;
    let customer = ["omar", "mei", "lee"][day % 3];
    carried_out(shop, refund("20.00").of(customer), Outcome::Succeeded).await;
    if day.is_multiple_of(4) {
        shop.ask(note("called back")).await;
    }
    if day.is_multiple_of(3) {
        let id = shop.waiting(refund("80.00").of(customer)).await;
        shop.approve(&shop.ana, id).await.unwrap();
        let token = shop.claim(id).await.unwrap().grant.token;
        shop.report(id, &token, if day.is_multiple_of(6) { Outcome::Succeeded } else { Outcome::Failed })
            .await
            .unwrap();
    }
    match day % 10 {
        // Nobody decides, or nobody claims.
        1 => drop(shop.waiting(gift().of(customer)).await),
        2 => drop(shop.approved_refund().await),
        3 => {
            let id = shop.waiting(refund("90.00").of(customer)).await;
            shop.change_amount(&shop.ana, id, "60.00").await.unwrap();
            shop.claim(id).await.unwrap();
        }
        4 => {
            let id = shop.waiting(refund("350.00").of(customer)).await;
            for who in [&shop.ana, &shop.ben] {
                shop.approve(who, id).await.unwrap();
            }
            shop.reject(&shop.lee, id, "not without a receipt").await.unwrap();
        }
        5 => {
            assert_eq!(shop.ask(refund("600.00")).await.state, State::Denied);
            let id = shop.waiting(refund("70.00").of(customer)).await;
            governance.cancel(&shop.key, id).await.unwrap();
        }
        6 => {
            shop.governance.stop(&shop.ana, None, "cards stolen").await.unwrap();
            shop.governance.stop(&shop.ben, None, "so they are").await.unwrap();
            assert_eq!(shop.ask(refund("1.00")).await.state, State::Stopped);
            shop.release(None, "looked into").await;
        }
        7 => {
            let id = shop.ask(refund("15.00").of(customer)).await.id;
            let complaint = Feedback { kind: FeedbackKind::Complaint, score: Some(0.1), note: "late".to_owned() };
            governance.give_feedback(&shop.key, None, id, &complaint).await.unwrap();
            governance.resolve_complaint(&shop.operator, id, "called").await.unwrap();
            assert!(shop.report(id, "grant_of_another", Outcome::Succeeded).await.is_err());
        }
        8 => {
            governance.open_breaker(&shop.operator, "shopify", "down").await.unwrap();
            assert_eq!(shop.ask(refund("1.00")).await.state, State::Paused);
            shop.close_breaker("shopify", "up").await.unwrap();
        }
        _ => {}
    }
    match day {
        20 => shop.publish(|set| set.audit_logging.keep_days = 400).await,
        21 => governance.set_mode(&shop.admin, "returns", Mode::Shadow, "to be watched").await.unwrap(),
        30 => governance.set_mode(&shop.admin, "returns", Mode::Live, "watched").await.unwrap(),
        35 => governance.place_hold(&shop.admin, Hold::Customer("mei"), None, "a lawsuit").await.unwrap(),
        40 => {
            let gifts = BTreeSet::from(["gift.send".to_owned()]);
            governance.tighten(&shop.operator, "support", gifts, "a holiday", Some(TimeDelta::days(9))).await.unwrap();
        }
        _ => {}
    }
}

/// What is on its way when the dump is made.
async fn as_it_stands(shop: &Shop) {
    let governance = &shop.governance;
    shop.waiting(gift()).await;
    shop.waiting(refund("250.00").of("mei")).await;
    let whole = Some(TimeDelta::days(90));
    governance.tighten(&shop.operator, "returns", BTreeSet::new(), "to be looked at", whole).await.unwrap();
    governance.stop(&shop.operator, Some("returns"), "it writes nonsense").await.unwrap();

    governance.need_two_to_publish(&shop.admin).await.unwrap();
    let seen = governance.draft(&shop.admin, "support").await.unwrap().permissions;
    let change = Standing::Action { name: "gift.send".to_owned(), standing: ActionStanding::Denied };
    let edit = Edit { seen: change.part().map(|part| seen.piece(&part).seen()), change };
    let seen = governance.edit_draft(&shop.admin, "support", &edit).await.unwrap().seen.unwrap();
    governance.start_impact(&shop.admin, "support", seen, Past::Record).await.unwrap();
    let done = async {
        while governance.impact(&shop.admin, "support").await.unwrap().run.unwrap().state == RunState::Running {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), done).await.unwrap();
    let view = governance.draft(&shop.admin, "support").await.unwrap();
    let risky = view.risks.into_iter().filter(|risk| risk.severity == Severity::Risky);
    let accepted = risky.map(|risk| risk.said.key()).collect();
    let publication = Publication { seen, read_by: view.read_by, note: "tested".to_owned(), accepted };
    governance.propose(&shop.admin, "support", &publication).await.unwrap();
    let member = Change::Member { person: id_of(&shop.stranger), queue: "legal".to_owned() };
    let meaning = keys(&governance.meaning(&shop.admin, &member).await.unwrap().statements);
    governance.put_change(&shop.admin, &member, "a lawyer", &meaning).await.unwrap();

    // Last, as an approval is claimed within a quarter of an hour, and a grant used within half a minute.
    shop.approved_refund().await;
    let other = Key::read(&secret(governance, &shop.admin, "support", KeyKind::Agent).await).unwrap();
    governance.ask(&other, "not reported", refund("5.00")).await.unwrap();
}
