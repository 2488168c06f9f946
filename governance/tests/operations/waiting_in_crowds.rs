//! However much waits, and in however many ways: it hides nothing of others, and no more is read than is shown.

use domain::{
    id::RequestId,
    view::{
        ApprovalsPage, MOST_WAITING, WaitingFilter,
        approvals::{PAGE, Place},
    },
};
use governance::{Actor, Conflict, Error};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Row};
use uuid::Uuid;

use super::waiting::{due_in, ids, later, list, pages};
use crate::support::{For, Shop, gift, id_of, refund, support_file};

async fn copy(shop: &Shop, id: RequestId, times: u32) {
    let copies = shop.database.run(format!(
        "insert into requests
         select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'idempotency_key', gen_random_uuid(),
             'falls_due', r.falls_due + (n || ' seconds')::interval))).*
         from requests r, generate_series(1, {times}) n
         where r.id = '{id}'"
    ));
    assert_eq!(copies.await, u64::from(times));
}

#[tokio::test]
async fn however_much_waits_each_page_goes_on_where_the_one_before_ended() {
    let shop = Shop::open().await;
    let (able, unable) = (shop.waiting(refund("80.00")).await, shop.waiting(refund("350.00")).await);
    due_in(&shop, unable, 60).await;
    due_in(&shop, able, 120).await;
    shop.governance.remove_member(&shop.admin, "legal", id_of(&shop.lee), 9).await.unwrap();
    shop.database.run("alter table requests disable trigger came_late").await;
    copy(&shop, able, 10_020).await;
    copy(&shop, unable, 130).await;
    let all = "select amount_minor > 30000, falls_due, id from requests";
    let all = sqlx::query_as(all).fetch_all(&shop.database.owner).await.unwrap().into_iter();
    let mut all: Vec<Place> = all.map(|(nobody, due, id)| Place { nobody, due, id: RequestId(id) }).collect();
    all.sort_by_key(|place| (place.nobody, place.due, place.id));
    for start in [0_usize, 50, 9_999, 10_000, 10_020, 10_021, 10_022, 10_101, 10_102, 10_151] {
        let after = start.checked_sub(1).map(|before| all[before].clone());
        let page = list(&shop, &shop.ana, WaitingFilter { after, ..WaitingFilter::default() }).await;
        let rows = page.waiting.iter().map(|row| (row.short, row.id));
        let end = all.len().min(start + PAGE as usize);
        assert!(rows.eq(all[start..end].iter().map(|place| (place.nobody, place.id))), "from {start} on");
        assert_eq!(page.next, all.get(end - 1).filter(|_| end < all.len()).cloned(), "from {start} on");
    }
}

/// The one statement in use that holds all of these.
fn statement(marks: &[&str]) -> String {
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.sqlx")).unwrap();
    let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let queries = texts.map(|text| serde_json::from_str::<Value>(&text).unwrap()["query"].as_str().unwrap().to_owned());
    let mut found = queries.filter(|query| marks.iter().all(|mark| query.contains(mark)));
    let query = found.next().unwrap_or_else(|| panic!("no statement with {marks:?}"));
    assert_eq!(found.next(), None, "{marks:?}");
    query
}

/// How many rows of tables a plan that was carried out has looked at, as a plan tells it: rounded for each loop.
fn looked_at(plan: &Value) -> f64 {
    let number = |key: &str| plan[key].as_f64().unwrap_or(0.0);
    let rows = number("Actual Rows") + number("Rows Removed by Filter") + number("Rows Removed by Index Recheck");
    let own = if plan["Relation Name"].is_string() { rows * number("Actual Loops") } else { 0.0 };
    own + plan["Plans"].as_array().into_iter().flatten().map(looked_at).sum::<f64>()
}

#[tokio::test]
async fn of_what_waits_no_more_is_looked_at_than_is_shown_or_counted_or_its_reader_has_said_yes_to() {
    let shop = Shop::open().await;
    let (one, two) = (shop.waiting(refund("80.00")).await, shop.waiting(refund("350.00")).await);
    shop.approve(&shop.ben, two).await.unwrap();
    shop.database.run("alter table requests disable trigger came_late").await;
    copy(&shop, one, 5000).await;
    copy(&shop, two, 5000).await;
    let yeses = async |who: &Actor, of: &str| {
        let yeses = format!(
            "insert into approvals (request_id, person_id, digest, epoch, queue, note, at)
             select id, '{}', digest, 0, 'cs-leads', '', told_now() from requests {of}",
            id_of(who)
        );
        shop.database.run(yeses).await
    };
    assert_eq!(yeses(&shop.ben, &format!("where id <> '{two}'")).await, 10_001);
    // Hers are to what is due first of the one kind: a row of it and one of a yes is looked at for each.
    assert_eq!(yeses(&shop.ana, "where amount_minor > 30000 order by falls_due limit 1200").await, 1200);
    let hers = 2400.0;
    shop.database.run("analyze requests; analyze approvals").await;
    let kind = async |id: RequestId| {
        let kind = format!("select kind_of(agent_id, action, revision, pending) from requests where id = '{id}'");
        sqlx::query_scalar::<_, Uuid>(AssertSqlSafe(kind)).fetch_one(&shop.database.owner).await.unwrap()
    };
    let (one, two, ana) = (kind(one).await, kind(two).await, id_of(&shop.ana));
    let agents = "(select array_agg(id) from agents)";
    let agents = sqlx::query_scalar::<_, Vec<Uuid>>(AssertSqlSafe(format!("select {agents}")));
    let agents = agents.fetch_one(&shop.database.owner).await.unwrap().iter().map(Uuid::to_string).collect::<Vec<_>>();
    let agents = format!("'{{{}}}'", agents.join(","));
    let kinds = format!("'{{{one},{two}}}', '{{0,0}}', '{{1,1}}'");
    let reader = format!("'{ana}', '{{cs-leads}}', '{{2020-01-01}}'");
    let page = format!(
        "{kinds}, '{{t,f}}', '{{f,f}}', '{{1970-01-01,1970-01-01}}', '{{{nil},{nil}}}', {reader}, 51",
        nil = Uuid::nil()
    );
    let of = [
        (vec!["with recursive kinds as"], format!("{agents}, 201"), 10.0),
        (vec!["order by falls_due, id", "distinct on (r.kind)"], format!("{agents}, 1000"), 1000.0),
        (
            vec!["generate_series(0, $1", "kinds_of(agent, action, revision)"],
            format!("1, '{{0}}', {agents}, '{{null}}', '{{null}}', 1000"),
            1000.0,
        ),
        (vec!["kinds_of(a.id)", "a.purpose"], "told_now(), 10, null, 0, 1000".to_owned(), 1050.0),
        (
            vec!["generate_series(0, $1", "waiting("],
            format!("2, '{{0,1}}', {kinds}, '{{t,f}}', {reader}, 1000"),
            3010.0 + hers,
        ),
        (vec!["k.nobody", "waiting("], page, 200.0 + hers),
        (vec!["with mine as materialized"], format!("{kinds}, {reader}, 10000"), 10.0 + 2.0 * hers),
    ];
    for (marks, values, most) in of {
        let query = statement(&marks);
        for mode in ["force_custom_plan", "force_generic_plan"] {
            let mut session = shop.database.server_session().await;
            let prepare = format!("set plan_cache_mode = {mode}; prepare this as {query}");
            sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut session).await.unwrap();
            let explain = format!("explain (analyze, timing off, format json) execute this({values})");
            let rows = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_one(&mut session).await.unwrap();
            let plan: Value = serde_json::from_str(rows.try_get_unchecked::<&str, _>(0).unwrap()).unwrap();
            let (rows, plan) = (looked_at(&plan[0]["Plan"]), &plan[0]["Plan"]);
            assert!(rows > 0.0 && rows <= most, "{marks:?}, {mode}: {rows} rows\n{plan:#}");
        }
    }
}

#[tokio::test]
async fn what_one_agent_asks_in_too_many_ways_hides_nothing_of_another() {
    let shop = Shop::open().await;
    let key = shop.second_agent("second").await;
    let first = shop.waiting(refund("80.00")).await;
    shop.database.run("alter table requests disable trigger came_late").await;
    let copies = shop.database.run(format!(
        "insert into requests
         select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'idempotency_key', gen_random_uuid(),
             'due', r.due + (n || ' seconds')::interval, 'falls_due', r.falls_due + (n || ' seconds')::interval, 'pending',
             r.pending || jsonb_build_array(jsonb_set(r.pending -> 0, '{{queue}}', to_jsonb('queue-' || n)))))).*
         from requests r, generate_series(1, 1300) n
         where r.id = '{first}'"
    ));
    assert_eq!(copies.await, 1300);
    let other = shop.governance.ask(&key, "1", refund("80.00").of("yara")).await.unwrap().id;
    due_in(&shop, other, 100_000).await;

    let page = list(&shop, &shop.ana, WaitingFilter::default()).await;
    assert_eq!(page.cut.iter().map(|agent| agent.slug.as_str()).collect::<Vec<_>>(), ["support"]);
    assert_eq!(page.waiting[0].id, first, "what is due first");
    let all = pages(&shop, &shop.ana).await.concat();
    assert!((1001..1302).contains(&all.len()), "{}", all.len());
    assert!(all.iter().any(|row| row.id == other));
    assert!(all.iter().all(|row| row.short != [first, other].contains(&row.id)), "queues that nobody is in");
    let menu = shop.governance.frame(&shop.lee).await.unwrap().waiting;
    assert_eq!(menu, 0);
}

/// Copies that each wait for a queue of their own, too, and are due one after the other from then on.
async fn copy_in_ways(shop: &Shop, id: RequestId, times: u32, due_in: &str) {
    let copies = shop.database.run(format!(
        "insert into requests
         select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'idempotency_key', gen_random_uuid(),
             'due', told_now() + interval '{due_in}', 'falls_due', told_now() + interval '{due_in}' + (n || ' seconds')::interval,
             'pending', r.pending || jsonb_build_array(jsonb_set(r.pending -> 0, '{{queue}}', to_jsonb('queue-' || n)))))).*
         from requests r, generate_series(1, {times}) n
         where r.id = '{id}'"
    ));
    assert_eq!(copies.await, u64::from(times));
}

#[tokio::test]
async fn in_however_many_ways_an_agent_asks_what_is_open_of_it_is_counted() {
    let shop = Shop::open().await;
    let (governance, admin) = (&shop.governance, &shop.admin);
    let key = shop.second_agent("second").await;
    let (gift, refund_) = (shop.waiting(gift()).await, shop.waiting(refund("80.00")).await);
    let other = governance.ask(&key, "1", refund("80.00").of("yara")).await.unwrap().id;
    shop.database.run("alter table requests disable trigger came_late").await;
    copy(&shop, other, 1100).await;
    copy_in_ways(&shop, refund_, 300, "30 days").await;
    assert_eq!(governance.open_of(admin, "support").await.unwrap(), 302);
    let waiting = async || {
        let today = governance.today(admin).await.unwrap().agents;
        today.into_iter().find(|row| row.link.slug == "support").unwrap().waiting
    };
    assert_eq!(waiting().await, 302);
    copy_in_ways(&shop, gift, 1300, "5 days").await;
    assert_eq!((governance.open_of(admin, "support").await.unwrap(), waiting().await), (1000, 1000));
    let mut file = support_file();
    file.permissions.action_scope.allow.remove("order.refund");
    file.permissions.action_scope.deny.insert("order.refund".to_owned());
    governance.import_agent(admin, &file, "x", None, &[], false).await.unwrap();
    assert_eq!(governance.ends_with_draft(admin, "support").await.unwrap(), 301);
}

#[tokio::test]
async fn where_an_agent_asks_in_too_many_ways_no_count_is_told_as_all_there_is() {
    let shop = Shop::open().await;
    let (governance, admin, lee) = (&shop.governance, &shop.admin, id_of(&shop.lee));
    let first = shop.waiting(refund("80.00")).await;
    let told = async || {
        let (frame, today) = (governance.frame(&shop.ana).await.unwrap(), governance.today(&shop.ana).await.unwrap());
        let page = list(&shop, &shop.ana, WaitingFilter::default()).await;
        let leaving = governance.leaving(admin).await.unwrap();
        let lost = leaving.into_iter().find(|one| (one.person, one.queue.as_deref()) == (lee, Some("legal")));
        let oldest = (today.oldest_waiting.is_some(), page.oldest.is_some());
        (frame.more_waits, today.more_waits, oldest, lost.map(|one| (one.lost.more, one.lost.accepted())))
    };
    assert_eq!(told().await, (false, false, (true, true), None));
    copy_in_ways(&shop, first, 300, "5 days").await;
    assert_eq!(told().await, (true, true, (false, false), Some((true, 1))));
    assert!(governance.short(admin).await.unwrap().iter().all(|short| short.more));
    assert!(!governance.frame(&shop.auditor).await.unwrap().more_waits, "who decides nothing has nothing to count");

    // Nothing that is known would be lost by it.
    let refused = governance.remove_member(admin, "legal", lee, 0).await;
    assert!(matches!(refused, Err(Error::Conflict(Conflict::MayLeaveNobody))), "{refused:?}");
    governance.disable_person(admin, id_of(&shop.auditor), 0).await.unwrap();
    governance.remove_member(admin, "legal", lee, 1).await.unwrap();
}

#[tokio::test]
async fn what_is_due_first_of_an_agent_is_listed_however_much_is_approved() {
    let shop = Shop::open().await;
    let first = shop.waiting(refund("80.00")).await;
    let approved = shop.approved_refund().await;
    let key = shop.second_agent("second").await;
    let other = shop.governance.ask(&key, "1", refund("80.00").of("yara")).await.unwrap().id;
    shop.database.run("alter table requests disable trigger came_late").await;
    copy(&shop, approved, 1100).await;
    copy_in_ways(&shop, first, 1300, "5 days").await;
    // Nor however much of another agent is due before.
    copy(&shop, other, 1100).await;
    let of = WaitingFilter { agent: Some("support".to_owned()), ..WaitingFilter::default() };
    let listed = ids(&shop, &shop.ana, of).await;
    let due =
        "select id from requests where state = 'waiting' and agent_id = (select id from agents where slug = 'support')
         order by falls_due, id limit 50";
    let due: Vec<Uuid> = sqlx::query_scalar(due).fetch_all(&shop.database.owner).await.unwrap();
    assert_eq!(listed, Vec::from_iter(due.into_iter().map(RequestId)));
}

#[tokio::test]
async fn what_is_open_of_an_agent_is_counted_up_to_a_thousand_whatever_is_of_another() {
    let shop = Shop::open().await;
    let key = shop.second_agent("second").await;
    shop.governance.ask(&key, "1", refund("80.00").of("yara")).await.unwrap();
    copy(&shop, shop.waiting(refund("80.00")).await, 1100).await;
    let open = async |slug: &str| shop.governance.open_of(&shop.admin, slug).await.unwrap();
    assert_eq!((open("support").await, open("second").await), (1000, 1));
}

#[tokio::test]
async fn a_stopped_agent_hides_nothing_of_another() {
    let shop = Shop::open().await;
    let frozen = shop.waiting(refund("80.00")).await;
    let key = shop.second_agent("second").await;
    let open = shop.governance.ask(&key, "1", refund("80.00").of("yara")).await.unwrap().id;
    shop.governance.stop(&shop.operator, Some("support"), "").await.unwrap();

    assert_eq!(ids(&shop, &shop.ana, WaitingFilter::default()).await, [open]);
    assert_eq!(ids(&shop, &shop.ana, later()).await, [frozen]);
    assert_eq!(list(&shop, &shop.ana, later()).await.now_and_later, (1, 1));
    let of = |agent: &str| WaitingFilter { agent: Some(agent.to_owned()), ..WaitingFilter::default() };
    assert_eq!(ids(&shop, &shop.ana, of("second")).await, [open]);
    assert_eq!(ids(&shop, &shop.ana, of("support")).await, []);
    let named = |page: ApprovalsPage| page.agents.into_iter().map(|(agent, n)| (agent.slug, n)).collect::<Vec<_>>();
    assert_eq!(named(list(&shop, &shop.ana, of("support")).await), [("second".to_owned(), 1)]);
}

#[tokio::test]
async fn what_waits_is_counted_up_to_a_bound() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.database.run("alter table requests disable trigger came_late").await;
    copy(&shop, id, MOST_WAITING + 200).await;
    for (who, most) in [(&shop.ana, MOST_WAITING), (&shop.lee, 0)] {
        let today = shop.governance.today(who).await.unwrap();
        let page = list(&shop, who, WaitingFilter::default()).await;
        let menu = shop.governance.frame(who).await.unwrap().waiting;
        assert_eq!((menu, today.waiting_for_me, page.total, page.now_and_later), (most, most, most, (most, 0)));
        assert_eq!((today.oldest_waiting, page.oldest), (None, None), "the oldest may not be counted");
        assert_eq!((page.queues[0].waiting, today.agents[0].waiting), (MOST_WAITING, MOST_WAITING));
    }
    let leaving = shop.governance.leaving(&shop.admin).await.unwrap();
    assert!(leaving.iter().all(|one| one.lost.nobody <= MOST_WAITING), "{leaving:?}");
}
