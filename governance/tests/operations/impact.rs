//! What a draft would have changed.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    authoring::{
        draft::{DraftConflict, DraftSeen},
        edit::{ActionStanding, Change, Edit},
        impact::{Answer, Gap, Impact, LeftOut, Tally, Turn},
    },
    part::Piece,
    permission::{AuditLogging, Condition},
    request::Ask,
    view::impact::{ImpactRun, RunState},
};
use governance::{Conflict, Error, Past};
use serde_json::{Value, json};
use sqlx::{Postgres, Transaction};

use super::drafts::{change, publish, stand};
use crate::support::{For, Shop, gift, money, note, refund};

/// Refunds over 30.00 ask, gifts are denied.
pub async fn stricter(shop: &Shop) -> DraftSeen {
    change(shop, &shop.admin, stand("gift.send", ActionStanding::Denied)).await;
    let condition = Condition::AmountOver { limit: money("30.00") };
    change(shop, &shop.admin, Change::ReplaceCondition { rule: "over-50".to_owned(), at: 0, condition }).await
}

pub async fn start(shop: &Shop, seen: DraftSeen, past: Past) -> Result<(), Error> {
    shop.governance.start_impact(&shop.admin, "support", seen, past).await.map(drop)
}

pub async fn last(shop: &Shop) -> ImpactRun {
    shop.governance.impact(&shop.auditor, "support").await.unwrap().run.unwrap()
}

pub async fn judged(shop: &Shop, seen: DraftSeen, past: Past) -> Impact {
    start(shop, seen, past).await.unwrap();
    for _ in 0..200 {
        let run = last(shop).await;
        if run.state != RunState::Running {
            assert_eq!((run.state, run.draft, run.is_of_draft), (RunState::Done, seen, true));
            assert_eq!(run.total, Some(run.judged));
            return run.summary.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it goes on for ever: {:?}", last(shop).await);
}

fn tally(requests: u64, amount: &str) -> Tally {
    Tally { requests, money: (amount != "0").then(|| money(amount)).into_iter().collect() }
}

/// A line of a file: an ask, so many minutes into a day.
fn line(minute: u32, ask: &Ask) -> String {
    let mut line = serde_json::to_value(ask).unwrap();
    line["at"] = json!(format!("2026-10-01T{:02}:{:02}:00Z", minute / 60, minute % 60));
    line.to_string()
}

#[tokio::test]
async fn the_requests_of_the_record_are_judged_by_both() {
    let shop = Shop::open().await;
    for ask in
        [note("a"), note("b"), refund("20.00"), refund("40.00"), refund("40.00").of("nora"), refund("80.00"), gift()]
    {
        shop.ask(ask).await;
    }
    shop.second_agent("returns").await;
    let impact = judged(&shop, stricter(&shop).await, Past::Record).await;
    let figures = |before: Answer, after: Answer| impact.transitions[before as usize][after as usize].clone();
    assert_eq!(figures(Answer::Allowed, Answer::Allowed), tally(3, "20.00"));
    assert_eq!(figures(Answer::Allowed, Answer::Asked), tally(2, "80.00"));
    assert_eq!(figures(Answer::Asked, Answer::Asked), tally(1, "80.00"));
    assert_eq!(figures(Answer::Asked, Answer::Denied), tally(1, "0"));
    assert_eq!((impact.judged, impact.changed(), &impact.left_out), (7, 3, &BTreeMap::new()));
    let load = &impact.queues["cs-leads"];
    assert_eq!((load.before.requests, load.before.peak, load.after.requests), (2, 2, 3));
    let told: Vec<_> = impact.cases.iter().map(|case| (case.turn, case.told.sentence.as_str())).collect();
    assert_eq!(told[0], (Turn::AskedToDenied, "Send `a mug` to `omar`"));
    assert_eq!(told[1].1, "Refund $40.00 to `omar`");
    assert_eq!(told[2].1, "Refund $40.00 to `nora`");
    assert!(impact.cases[1].told.why.contains("over $30.00"), "{:?}", impact.cases[1]);
    assert_eq!(shop.database.count("select count(*) from requests").await, 7, "nothing is asked again");
}

#[tokio::test]
async fn windows_are_counted_as_they_would_have_filled() {
    let shop = Shop::open().await;
    let window = json!({ "per": "customer", "within_s": 3600 });
    let limit = json!({ "kind": "sum", "most": money("60.00"), "window": window });
    let limit = serde_json::from_value(limit).unwrap();
    let seen = change(&shop, &shop.admin, Change::AddLimit { action: "order.refund".to_owned(), limit }).await;
    // An hour's window of 60.00 a customer: the second of Omar's passes it, and takes no room; the third fits, and the
    // fourth as well, as the first has left by then. Nora's are her own.
    let lines = [
        line(0, &refund("40.00")),
        line(10, &refund("40.00")),
        line(20, &refund("20.00")),
        line(30, &refund("40.00").of("nora")),
        line(60, &refund("40.00")),
        line(61, &refund("0.01")),
    ];
    let impact = judged(&shop, seen, Past::Lines(lines.join("\n"))).await;
    let figures = |before: Answer, after: Answer| impact.transitions[before as usize][after as usize].clone();
    assert_eq!(figures(Answer::Allowed, Answer::Allowed), tally(4, "140.00"));
    assert_eq!(figures(Answer::Allowed, Answer::Denied), tally(2, "40.01"));
    assert_eq!(impact.cases[0].told.name, "line 2");
    // All but the fifth and the sixth reach back to before the first line.
    assert_eq!(impact.gaps, BTreeMap::from([(Gap::EarlierRequests, 4)]));
}

#[tokio::test]
async fn what_cannot_be_judged_is_said_with_its_cause() {
    let shop = Shop::open().await;
    let erased = shop.ask(refund("20.00")).await.id;
    let unreadable = shop.ask(refund("20.00")).await.id;
    shop.ask(refund("20.00")).await;
    shop.governance.stop(&shop.operator, Some("support"), "").await.unwrap();
    assert!(shop.try_ask(refund("20.00")).await.is_ok());
    shop.release(Some("support"), "fine").await;
    let gone: Ask = serde_json::from_value(json!({ "action": "order.burn", "arguments": {} })).unwrap();
    shop.ask(gone).await;
    let body = |id| format!("(select body_entry from requests where id = '{id}')");
    shop.database.run(format!("delete from personal where entry_id = {}", body(erased))).await;
    shop.database.run(format!("update personal set body = '[]' where entry_id = {}", body(unreadable))).await;
    let impact = judged(&shop, stricter(&shop).await, Past::Record).await;
    let causes = [LeftOut::Erased, LeftOut::Unreadable, LeftOut::NotByTheRules, LeftOut::UnknownAction];
    assert_eq!((impact.judged, impact.left_out), (1, causes.map(|cause| (cause, 1)).into()));
}

#[tokio::test]
async fn where_a_customer_is_erased_no_summary_tells_of_them() {
    let shop = Shop::open().await;
    let asked = shop.ask(refund("40.00")).await.id;
    let impact = judged(&shop, stricter(&shop).await, Past::Record).await;
    assert!(impact.cases[0].told.sentence.contains("omar"));
    let body = format!("(select body_entry from requests where id = '{asked}')");
    shop.database.run(format!("delete from personal where entry_id = {body}")).await;
    assert_eq!(shop.governance.impact(&shop.auditor, "support").await.unwrap().run, None);
}

#[tokio::test]
async fn what_was_worked_out_goes_with_its_draft() {
    let shop = Shop::open().await;
    shop.ask(refund("40.00")).await;
    let run = async || shop.governance.impact(&shop.auditor, "support").await.unwrap().run;
    let seen = stricter(&shop).await;
    judged(&shop, seen, Past::Record).await;
    shop.governance.discard_draft(&shop.admin, "support", seen).await.unwrap();
    assert_eq!(run().await, None);
    let seen = stricter(&shop).await;
    judged(&shop, seen, Past::Record).await;
    publish(&shop.governance, &shop.admin, seen).await.unwrap();
    assert_eq!(run().await, None);
}

#[tokio::test]
async fn what_was_not_recorded_cannot_be_judged_by_a_rule_that_asks_about_it() {
    let shop = Shop::open().await;
    let audit = |value: Value| serde_json::from_value::<AuditLogging>(value).unwrap();
    shop.publish(|set| set.audit_logging = audit(json!({ "record": { "output": false, "reads": false } }))).await;
    shop.ask(refund("20.00")).await;
    let set = shop.governance.draft(&shop.admin, "support").await.unwrap().permissions;
    let edit = |piece: Piece| Edit { seen: Some(set.piece(&piece.part()).seen()), change: Change::Put { piece } };
    let edits = [
        Piece::Record { record: Default::default() },
        Piece::Mask { pointers: ["/arguments/order_id".to_owned()].into() },
        Piece::Require { fields: [domain::permission::Field::Output].into() },
    ];
    let mut seen = Vec::new();
    for piece in edits {
        seen.extend(shop.governance.edit_draft(&shop.admin, "support", &edit(piece)).await.unwrap().seen);
    }
    let impact = judged(&shop, seen[2], Past::Record).await;
    assert_eq!((impact.judged, impact.left_out), (0, [(LeftOut::NotRecorded, 1)].into()));

    let mut masked = refund("20.00");
    masked.arguments["order_id"] = json!("[masked]");
    masked.output = Some("Done.".to_owned());
    let lines = [line(0, &masked), "{".to_owned(), String::new(), line(9, &masked), line(1, &masked)];
    let impact = judged(&shop, seen[2], Past::Lines(lines.join("\n"))).await;
    assert_eq!(impact.left_out, [(LeftOut::Unreadable, 2), (LeftOut::Masked, 2)].into());

    shop.governance.discard_draft(&shop.admin, "support", seen[2]).await.unwrap();
    let seen = stricter(&shop).await;
    let impact = judged(&shop, seen, Past::Record).await;
    assert_eq!((impact.judged, impact.gaps), (1, [].into()));
}

#[tokio::test]
async fn what_a_person_changed_is_judged_as_it_was_asked() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.change_amount(&shop.ana, id, "20.00").await.unwrap();
    let impact = judged(&shop, stricter(&shop).await, Past::Record).await;
    assert_eq!(impact.before(Answer::Asked), tally(1, "80.00"));
}

#[tokio::test]
async fn what_is_known_of_a_customer_counts() {
    let shop = Shop::open().await;
    let first = shop.ask(refund("20.00")).await.id;
    shop.ask(refund("20.00").of("nora")).await;
    let complaint =
        governance::Feedback { kind: governance::FeedbackKind::Complaint, score: None, note: "broken".to_owned() };
    shop.governance.give_feedback(&shop.key, None, first, &complaint).await.unwrap();
    shop.ask(refund("20.00")).await;
    shop.governance.resolve_complaint(&shop.operator, first, "sent another").await.unwrap();
    let facts = domain::facts::BrandFacts { open_complaints: Some(0), ..Default::default() };
    let list = ["omar", "nora"].map(|id| governance::CustomerFacts { id: id.to_owned(), facts: facts.clone() });
    shop.governance.sync_customers(&shop.admin, &list).await.unwrap();
    shop.ask(refund("20.00")).await;

    let condition = Condition::OpenComplaint { trust_agent: false };
    let seen =
        change(&shop, &shop.admin, Change::ReplaceCondition { rule: "over-50".to_owned(), at: 0, condition }).await;
    let impact = judged(&shop, seen, Past::Record).await;
    assert_eq!(impact.after(Answer::Asked), tally(1, "20.00"), "while the complaint was open");
    assert_eq!(impact.gaps, BTreeMap::from([(Gap::CustomerFacts, 4)]));
}

#[tokio::test]
async fn one_run_an_agent_that_ends_when_the_draft_changes_or_somebody_says_so() {
    let shop = Shop::open().await;
    let seen = stricter(&shop).await;
    let hold = "insert into impact_runs (id, agent_id, draft_id, draft_revision, source, started_by, started_at, state, seen_at)
        select gen_random_uuid(), d.agent_id, d.id, d.revision, 'record', d.begun_by, told_now(), 'running', told_now()
        from drafts d";
    shop.database.run(hold).await;
    let another = start(&shop, seen, Past::Record).await;
    assert!(matches!(another, Err(Error::Conflict(Conflict::Draft(DraftConflict::Judging)))), "{another:?}");
    assert_eq!(last(&shop).await.state, RunState::Running);
    shop.governance.cancel_impact(&shop.admin, "support").await.unwrap();
    assert_eq!(last(&shop).await.state, RunState::Cancelled);
    let twice = shop.governance.cancel_impact(&shop.admin, "support").await;
    assert!(matches!(twice, Err(Error::Conflict(Conflict::ChangedMeanwhile))));

    shop.database.run(format!("delete from impact_runs; {hold}")).await;
    let now = change(&shop, &shop.admin, stand("desk.note", ActionStanding::Denied)).await;
    let run = last(&shop).await;
    assert_eq!((run.state, run.is_of_draft), (RunState::Cancelled, false));
    let late = start(&shop, seen, Past::Record).await;
    assert!(matches!(late, Err(Error::Conflict(Conflict::Draft(DraftConflict::Changed { .. })))), "{late:?}");

    shop.database.run(format!("delete from impact_runs; {hold}")).await;
    publish(&shop.governance, &shop.admin, now).await.unwrap();
    assert_eq!(shop.governance.impact(&shop.auditor, "support").await.unwrap().run, None);
}

/// Begins to judge the record, which is held up where it reads.
pub async fn start_held(shop: &Shop, seen: DraftSeen) -> Transaction<'static, Postgres> {
    let mut holder = shop.database.owner.begin().await.unwrap();
    sqlx::raw_sql("lock table personal in access exclusive mode").execute(&mut *holder).await.unwrap();
    start(shop, seen, Past::Record).await.unwrap();
    let waiting = "select count(*) from pg_locks where relation = 'personal'::regclass and not granted";
    while shop.database.count(waiting).await == 0 {
        tokio::task::yield_now().await;
    }
    holder
}

/// How it stands when it has gone on for three beats: time enough to say that it is done, if it did.
pub async fn let_go(shop: &Shop, held: Transaction<'static, Postgres>) -> ImpactRun {
    held.rollback().await.unwrap();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    last(shop).await
}

#[tokio::test]
async fn a_run_that_is_told_to_end_leaves_no_summary() {
    let shop = Shop::open().await;
    shop.ask(refund("20.00")).await;
    let seen = stricter(&shop).await;
    let held = start_held(&shop, seen).await;
    shop.governance.cancel_impact(&shop.admin, "support").await.unwrap();
    let run = let_go(&shop, held).await;
    assert_eq!((run.state, run.summary), (RunState::Cancelled, None));
}

#[tokio::test]
async fn only_an_admin_sets_a_server_to_work() {
    let shop = Shop::open().await;
    let seen = stricter(&shop).await;
    for who in [&shop.auditor, &shop.ana, &shop.operator, &shop.mia] {
        let started = shop.governance.start_impact(who, "support", seen, Past::Record).await;
        assert!(matches!(started, Err(Error::Forbidden)));
        assert!(matches!(shop.governance.cancel_impact(who, "support").await, Err(Error::Forbidden)));
        assert_eq!(shop.governance.impact(who, "support").await.unwrap().run, None);
    }
}

/// Prints how long it takes. For a release build: `cargo nextest run --release -p governance --run-ignored only`.
#[tokio::test]
#[ignore = "it measures, and takes a while to fill the record"]
async fn a_hundred_thousand_requests() {
    let shop = Shop::open().await;
    shop.publish(|set| {
        let window = |per: &str, within_s: u32| json!({ "per": per, "within_s": within_s });
        let limits = json!([
            { "kind": "amount", "most": money("500.00") },
            { "kind": "count", "most": 4, "window": window("customer", 7 * 86_400) },
        ]);
        set.action_scope.allow.get_mut("order.refund").unwrap().limits = serde_json::from_value(limits).unwrap();
        let sum = json!({ "kind": "sum_over", "limit": money("20000.00"), "window": window("agent", 86_400) });
        let rule =
            json!({ "id": "daily", "applies_to": { "actions": ["order.refund"] }, "when": [sum], "queue": "cs-leads" });
        set.approval_thresholds.rules.push(serde_json::from_value(rule).unwrap());
        let touches = json!({ "id": "topics", "applies_to": "any", "queue": "legal",
            "when": [{ "kind": "touches", "topics": ["legal"] }] });
        set.approval_thresholds.rules.push(serde_json::from_value(touches).unwrap());
    })
    .await;
    shop.database
        .run(
            "insert into word_lists values ('legal', '{lawyer,court,sue,attorney}');
             update control set revision = revision + 1",
        )
        .await;
    shop.database.run(FILL).await;
    shop.database.run("analyze requests; analyze personal; analyze customers").await;
    let seen = stricter(&shop).await;
    for round in 0..3 {
        let (impact, took) = crate::support::measured(judged(&shop, seen, Past::Record)).await;
        println!("round {round}: {took:?} for {} requests; {}", impact.judged, impact.sentence());
    }
    let lines = sqlx::query_scalar::<_, String>(
        "select (p.body::jsonb -> 'ask' || jsonb_build_object('at', to_char(r.asked_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')))::text
         from requests r join personal p on p.entry_id = r.body_entry order by r.asked_at, r.id",
    );
    let lines = lines.fetch_all(&shop.database.owner).await.unwrap().join("\n");
    let bytes = lines.len();
    let (impact, took) = crate::support::measured(judged(&shop, seen, Past::Lines(lines))).await;
    println!("a file of {bytes} bytes: {took:?} for {} requests", impact.judged);
}

const FILL: &str = "
    insert into customers (id, customer_folded, orders, lifetime_minor, currency, open_complaints, synced_at)
    select 'customer ' || n, 'customer ' || n, n % 9, n * 100, 'USD', n % 7 / 6, told_now() from generate_series(1, 20000) n;
    create temporary table past as
    select n, gen_random_uuid() as id, gen_random_uuid() as entry, 'customer ' || (1 + n * 7919 % 20000) as customer,
        told_now() - interval '29 days' + n * interval '25 seconds' as at,
        case when n % 10 < 5 then 'order.refund' when n % 10 < 7 then 'gift.send' else 'desk.note' end as action,
        (100 + n::bigint * 104729 % 40000) as cents
    from generate_series(1, 100000) n;
    insert into personal (entry_id, salt, body)
    select entry, '\\x00', jsonb_build_object('ask', jsonb_build_object(
        'action', action,
        'arguments', case action
            when 'order.refund' then jsonb_build_object('order_id', '#W' || n,
                'total', jsonb_build_object('amount', (cents / 100)::text || '.' || lpad((cents % 100)::text, 2, '0'), 'currency', 'USD'))
            when 'gift.send' then jsonb_build_object('gift', 'a mug')
            else jsonb_build_object('text', repeat('The customer wrote again about the parcel. ', 6)) end,
        'customer', jsonb_build_object('id', customer),
        'trigger', 'ticket ' || n / 2,
        'topics', '[]'::jsonb,
        'reasoning', repeat('The policy allows it, since the parcel came late. ', 6),
        'output', repeat('We are sorry that it came late; the money is on its way. ', 6),
        'model', 'vendor/model'))
    from past;
    insert into requests (id, agent_id, idempotency_key, body_digest, action, revision, permission_version, customer_id,
        customer_folded, occasion, amount_minor, currency, state, decision, answer, digest, body_entry, sentence, asked_at, changed_at)
    select p.id, a.id, 'key ' || n, '\\x00', action, 1, 2, customer, customer, 'ticket ' || n / 2,
        case when action = 'order.refund' then cents end, case when action = 'order.refund' then 'USD' end,
        'succeeded', 'allowed', '{}', '\\x00', entry, 'It did it.', at, at
    from past p, agents a where a.slug = 'support'";
