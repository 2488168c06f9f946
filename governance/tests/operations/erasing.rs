//! Erasing a customer: what goes, what stays, what keeps it, and what a request is without its body.

use std::collections::BTreeSet;

use domain::{
    facts::BrandFacts,
    permission::{Limit, Per, WindowSpec},
    state::{Outcome, State},
    view::RecordFilter,
};
use governance::{
    AgentError, Conflict, CustomerFacts, Error, Feedback, FeedbackKind, Hold, MOST_ERASED, NOT_PERSONAL, PERSONAL,
    Verified,
};
use serde_json::json;
use uuid::Uuid;

use crate::support::{For, Shop, at_once, gift, note, refund};

async fn erase(shop: &Shop, customer: &str) -> Result<u32, Error> {
    let seen = shop.governance.customer(&shop.admin, customer).await?.requests;
    shop.governance.erase_customer(&shop.admin, customer, seen, "they have asked for it").await
}

/// In how many rows of the tables that hold what customers are asked for a text stands.
async fn found(shop: &Shop, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for table in
        ["personal", "requests", "approvals", "feedback", "breaches", "customers", "holds", "entries", "impact_runs"]
    {
        let sql = format!("select count(*) from {table} t where t::text ilike '%{text}%'");
        if shop.database.count(sql).await > 0 {
            found.push(table.to_owned());
        }
    }
    found
}

#[tokio::test]
async fn nothing_says_any_more_whom_it_was_about() {
    let shop = Shop::open().await;
    let (governance, key) = (&shop.governance, &shop.key);
    let mut ask = refund("80.00").of("Zelda");
    ask.template = Some("zelda.thanks".to_owned());
    let id = shop.waiting(ask.clone()).await;
    shop.change_amount(&shop.ana, id, "70.00").await.unwrap();
    let claimed = shop.claim(id).await.unwrap();
    shop.report(id, &claimed.grant.token, Outcome::Succeeded).await.unwrap();
    let said = Feedback { kind: FeedbackKind::Complaint, score: None, note: "Zelda is angry".to_owned() };
    governance.give_feedback(key, None, id, &said).await.unwrap();
    governance.resolve_complaint(&shop.mia, id, "called Zelda").await.unwrap();
    let mut unknown = note("hello").of("zelda");
    unknown.action = "zelda.greet".to_owned();
    assert_eq!(shop.ask(unknown).await.state, State::Denied);
    let facts = CustomerFacts { id: "zelda".to_owned(), facts: BrandFacts::default() };
    governance.sync_customers(&shop.admin, &[facts]).await.unwrap();
    governance.place_hold(&shop.admin, Hold::Customer("Zelda"), None, "zelda sues").await.unwrap();
    let hold = governance.holds(&shop.admin).await.unwrap().remove(0);
    governance.release_hold(&shop.admin, hold.id, "zelda is content").await.unwrap();
    let other = shop.waiting(refund("80.00").of("omar")).await;

    let kept = governance.customer(&shop.admin, "ZELDA").await.unwrap();
    assert_eq!((kept.requests, kept.written, kept.agents.len()), (2, vec!["Zelda".to_owned(), "zelda".to_owned()], 1));
    assert!(kept.synced_at.is_some());
    assert_eq!(erase(&shop, "ZELDA").await.unwrap(), 0);
    assert_eq!(found(&shop, "zelda").await, [""; 0]);
    let mark: String = sqlx::query_scalar("select customer_folded from requests where id = $1")
        .bind(id.0)
        .fetch_one(&shop.database.owner)
        .await
        .unwrap();
    assert_eq!(shop.entries("customer_erased").await, [json!({ "customer": mark, "requests": 2, "left": 0 })]);
    assert_eq!(governance.verify(&shop.auditor).await.unwrap().broken, Verified::default().broken);
    // Somebody else's is as it was, and a second press has nothing to erase.
    assert_eq!(shop.look_at(other).await.ask.customer_id(), Some("omar"));
    let again = erase(&shop, "zelda").await;
    assert!(matches!(again, Err(Error::Conflict(Conflict::ChangedMeanwhile))), "{again:?}");
    let kept = governance.customer(&shop.admin, "zelda").await.unwrap();
    assert_eq!((kept.is_nothing(), kept.erased), (true, 2));
}

#[tokio::test]
async fn a_request_that_was_erased_is_shown_listed_followed_and_never_carried_out() {
    let shop = Shop::open().await;
    let (governance, key) = (&shop.governance, &shop.key);
    let asked = governance.ask(key, "one", refund("40.00")).await.unwrap();
    erase(&shop, "omar").await.unwrap();

    let again = governance.ask(key, "one", refund("40.00")).await;
    assert!(matches!(again, Err(AgentError::Erased(id)) if id == asked.id), "{again:?}");
    let seen = shop.look_at(asked.id).await;
    assert_eq!((seen.erased, seen.row.sentence.as_str(), seen.row.customer), (true, "Refund (erased)", None));
    let followed = governance.follow(key, asked.id).await.unwrap();
    assert_eq!((followed.erased, followed.arguments, followed.asked.reasons.len()), (true, json!({}), 0));
    assert_eq!(governance.states(key, &[asked.id]).await.unwrap()[&asked.id], State::Granted);
    let record = governance.record(&shop.auditor, &RecordFilter::default()).await.unwrap();
    assert!(record.entries.iter().any(|entry| entry.request == Some(asked.id)));

    // Its outcome is still taken, and what is said of it says no more than that.
    let token = asked.grant.unwrap().token;
    assert_eq!(shop.report(asked.id, &token, Outcome::Unknown).await.unwrap(), State::Unknown);
    let said = Feedback { kind: FeedbackKind::Quality, score: Some(0.5), note: "for omar".to_owned() };
    governance.give_feedback(key, None, asked.id, &said).await.unwrap();
    governance.settle(&shop.mia, asked.id, Outcome::Succeeded, "looked it up").await.unwrap();
    governance.roll_back(&shop.mia, asked.id, "charged again").await.unwrap();
    assert_eq!(found(&shop, "omar").await, [""; 0]);
    assert_eq!(found(&shop, "refund 991").await, [""; 0]);
    // What people wrote since can be read, and erased, too.
    assert_eq!(found(&shop, "charged again").await, ["personal"]);
    assert_eq!(erase(&shop, "omar").await.unwrap(), 0);
    assert_eq!(found(&shop, "charged again").await, [""; 0]);
    assert!(governance.customer(&shop.admin, "omar").await.unwrap().is_nothing());
}

#[tokio::test]
async fn what_is_said_of_a_request_while_it_is_erased_waits_for_that() {
    let shop = Shop::open().await;
    let asked = shop.ask(refund("40.00")).await;
    let mut erasing = shop.database.owner.begin().await.unwrap();
    sqlx::query("select from requests for update").execute(&mut *erasing).await.unwrap();
    let (governance, key) = (shop.governance.clone(), shop.key.clone());
    let said = tokio::spawn(async move {
        let said = Feedback { kind: FeedbackKind::Complaint, score: None, note: "omar is angry".to_owned() };
        governance.give_feedback(&key, None, asked.id, &said).await
    });
    let waits = "select count(*) from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where a.datname = current_database() and not l.granted";
    for tried in 0.. {
        assert!(tried < 400, "it never waited");
        if shop.database.count(waits).await > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    for sql in ["delete from personal", "update requests set customer_id = null, body_digest = ''"] {
        sqlx::query(sql).execute(&mut *erasing).await.unwrap();
    }
    erasing.commit().await.unwrap();
    assert!(said.await.unwrap().unwrap());
    assert_eq!(shop.database.count("select count(*) from feedback where note = '' and customer_id is null").await, 1);
    assert_eq!(shop.database.count("select count(*) from personal").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_customers_are_erased_at_once() {
    let shop = Shop::open().await;
    for customer in ["omar", "zelda"] {
        for _ in 0..20 {
            shop.ask(note("hello").of(customer)).await;
        }
    }
    let erased = ["omar", "zelda"].map(|customer| {
        let (governance, admin) = (shop.governance.clone(), shop.admin.clone());
        async move { governance.erase_customer(&admin, customer, 20, "they have asked for it").await.unwrap() }
    });
    assert_eq!(at_once(erased).await, [0, 0]);
}

/// As where somebody with the database's own rights has deleted bodies.
#[tokio::test]
async fn what_waits_without_its_body_is_rejected_withdrawn_or_over_but_not_approved() {
    let shop = Shop::open().await;
    let approved = shop.approved_refund().await;
    let [first, second, third] = [shop.waiting(gift()).await, shop.waiting(gift()).await, shop.waiting(gift()).await];
    shop.database.run("delete from personal").await;

    let yes = shop.approve(&shop.ana, first).await;
    assert!(matches!(yes, Err(Error::Conflict(Conflict::InVain(_)))), "{yes:?}");
    let digest = shop.look_at(first).await.digest;
    let changed = shop.governance.change_and_approve(&shop.ana, first, &digest, json!({ "gift": "a cup" }), "").await;
    assert!(matches!(changed, Err(Error::Conflict(Conflict::InVain(_)))), "{changed:?}");
    assert!(matches!(shop.claim(approved).await, Err(AgentError::Erased(_))));
    assert!(shop.look_at(first).await.in_vain.is_some());
    shop.reject(&shop.ana, first, "nobody knows what it was").await.unwrap();
    assert_eq!(shop.governance.cancel(&shop.key, second).await.unwrap(), State::Cancelled);
    for _ in 0..2 {
        shop.pass_time(3 * 3600).await;
        shop.governance.pass_deadlines().await.unwrap();
    }
    assert_eq!((shop.state(third).await, shop.state(approved).await), (State::Expired, State::Expired));
}

#[tokio::test]
async fn whoever_was_erased_is_counted_as_before_when_they_come_again() {
    let shop = Shop::open().await;
    let window = WindowSpec { per: Per::Customer, within_s: 3600, actions: BTreeSet::new(), trust_agent: false };
    shop.publish(|set| {
        let refunds = set.action_scope.allow.entry("order.refund".to_owned()).or_default();
        refunds.limits.push(Limit::Count { most: 2, window: window.clone() });
    })
    .await;
    for _ in 0..2 {
        assert_eq!(shop.ask(refund("10.00")).await.state, State::Granted);
    }
    erase(&shop, "omar").await.unwrap();
    assert_eq!(shop.ask(refund("10.00").of("OMAR")).await.state, State::Denied);
    assert_eq!(shop.ask(refund("10.00").of("yara")).await.state, State::Granted);
    // Nor is somebody else served under what they had set off.
    let mut other = refund("10.00").of("ivan");
    other.trigger = refund("10.00").trigger;
    assert_eq!(shop.ask(other).await.state, State::Waiting);
    let mut theirs = note("hello");
    theirs.trigger = refund("10.00").trigger;
    assert_eq!(shop.ask(theirs).await.state, State::Granted);
}

#[tokio::test]
async fn nothing_is_erased_that_is_held_or_still_to_be_decided_or_was_not_seen() {
    let shop = Shop::open().await;
    let (governance, admin) = (&shop.governance, &shop.admin);
    let waits = shop.waiting(refund("80.00")).await;
    let refused = |erased: Result<u32, Error>| assert!(matches!(erased, Err(Error::Conflict(_))), "{erased:?}");
    refused(erase(&shop, "omar").await);
    shop.reject(&shop.ana, waits, "no").await.unwrap();
    let asked = shop.ask(note("hello")).await;
    refused(governance.erase_customer(admin, "omar", 1, "they have asked for it").await);
    let said = Feedback { kind: FeedbackKind::Complaint, score: None, note: String::new() };
    governance.give_feedback(&shop.key, None, asked.id, &said).await.unwrap();
    refused(erase(&shop, "omar").await);
    governance.resolve_complaint(&shop.mia, asked.id, "called").await.unwrap();
    for hold in [Hold::Customer("omar"), Hold::Agent("support")] {
        governance.place_hold(admin, hold, None, "an audit").await.unwrap();
        refused(erase(&shop, "omar").await);
        let hold = governance.holds(admin).await.unwrap().remove(0);
        governance.release_hold(admin, hold.id, "done").await.unwrap();
    }
    let other = governance.erase_customer(&shop.operator, "omar", 2, "x").await;
    assert!(matches!(other, Err(Error::Forbidden)), "{other:?}");
    assert_eq!(shop.entries("customer_erased").await.len(), 0);
    assert_eq!(erase(&shop, "omar").await.unwrap(), 0);
}

/// What a session of the server's role is refused with, in a transaction that first runs `before`.
async fn refused(shop: &Shop, before: &str, mark: &str, entry: Uuid) -> String {
    let mut session = shop.database.server_session().await;
    let sql = format!("begin; {before}; select erase_customer('{mark}', '{entry}', 100)");
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut session).await;
    done.map_or_else(
        |error| error.as_database_error().and_then(|e| e.code()).unwrap_or_default().into_owned(),
        |_| "done".to_owned(),
    )
}

#[tokio::test]
async fn the_servers_role_erases_only_what_an_entry_of_the_transaction_says() {
    let shop = Shop::open().await;
    let mark = shop.mark("omar").await;
    shop.ask(refund("10.00").of("yara")).await;
    let says = |entry: Uuid, mark: &str, requests: u32| {
        format!(
            "insert into entries (id, at, format, kind, actor_kind, detail, leaf) values ('{entry}', told_now(), 1,
             'customer_erased', 'system', '{{\"customer\": \"{mark}\", \"requests\": {requests}, \"left\": 0}}', sha256(''))"
        )
    };
    let (entry, somebody) = (Uuid::now_v7(), shop.mark("ivan").await);
    assert_eq!(refused(&shop, "select 1", &mark, entry).await, "42501", "without an entry");
    assert_eq!(refused(&shop, &says(entry, &somebody, 1), &mark, entry).await, "42501", "by one about somebody else");
    assert_eq!(refused(&shop, &says(entry, &mark, 2), &mark, entry).await, "23514", "by one that says another number");
    let before = format!("{}; commit; begin", says(entry, &mark, 1));
    assert_eq!(refused(&shop, &before, &mark, entry).await, "42501", "by one of another transaction");

    shop.governance.place_hold(&shop.admin, Hold::Agent("support"), None, "an audit").await.unwrap();
    let entry = Uuid::now_v7();
    let held = says(entry, &mark, 1);
    assert_eq!(refused(&shop, &held, &mark, entry).await, "23514", "while it is held");
    assert_eq!(shop.database.count("select count(*) from requests where customer_id is null").await, 0);
    shop.database.run("update holds set released_at = told_now(), released_by = placed_by, released_why = 'x'").await;
    assert_eq!(refused(&shop, &held, &mark, entry).await, "done");
}

#[tokio::test]
async fn a_customer_with_more_than_are_erased_at_once_is_erased_in_parts() {
    let shop = Shop::open().await;
    let id = shop.ask(note("hello")).await.id;
    let more = MOST_ERASED + 500;
    shop.database.run(format!(
        "insert into requests select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(),
             'idempotency_key', n, 'body_entry', gen_random_uuid()))).* from requests r, generate_series(1, {more} - 1) n where r.id = '{id}';
         insert into entries (id, at, format, kind, actor_kind, agent_id, request_id, detail, leaf)
             select body_entry, asked_at, 1, 'asked', 'agent', agent_id, id, '{{}}', sha256('') from requests where id <> '{id}';
         insert into personal select body_entry, '', '{{}}' from requests where id <> '{id}'"
    ))
    .await;
    let (left, took) = crate::support::measured(erase(&shop, "omar")).await;
    assert_eq!(left.unwrap(), 500);
    println!("{MOST_ERASED} requests were erased in {took:?}");
    assert_eq!(erase(&shop, "omar").await.unwrap(), 0);
    assert_eq!(found(&shop, "omar").await, [""; 0]);
    assert_eq!(shop.entries("customer_erased").await[0]["left"], 500);
}

#[tokio::test]
async fn every_column_says_whether_it_can_hold_something_of_a_person() {
    let shop = Shop::open().await;
    let told: BTreeSet<(String, String)> = sqlx::query_as(
        "select table_name::text, column_name::text from information_schema.columns c
         where table_schema = 'public' and table_name <> '_sqlx_migrations' and table_name not like 'entries\\_%'
             and exists (select from pg_class where relname = table_name and relkind in ('r', 'p'))
             and (table_name = 'customers' and column_name <> 'synced_at'
                 or data_type not in ('uuid', 'uuid[]', 'boolean', 'smallint', 'integer', 'bigint', 'numeric',
                     'double precision', 'date', 'timestamp with time zone', 'interval'))",
    )
    .fetch_all(&shop.database.owner)
    .await
    .unwrap()
    .into_iter()
    .collect();
    let personal = PERSONAL.iter().map(|(table, column, ..)| (*table, *column));
    let others = NOT_PERSONAL.iter().flat_map(|(table, columns)| columns.iter().map(|column| (*table, *column)));
    let mut listed = BTreeSet::new();
    for (table, column) in personal.chain(others) {
        assert!(listed.insert((table.to_owned(), column.to_owned())), "{table}.{column} stands twice");
    }
    assert_eq!(told.symmetric_difference(&listed).collect::<Vec<_>>(), Vec::<&(String, String)>::new());
}
