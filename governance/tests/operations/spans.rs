//! Long windows are counted from sums: to the request, whatever is added up and whatever changes meanwhile.

use domain::{
    permission::{Condition, Limit, Per, PermissionSet, Rule, WindowSpec},
    request::Ask,
    state::State,
};
use governance::{AgentError, Asked};
use uuid::Uuid;

use crate::support::{For, Shop, at_once, money, note, refund};

/// Requests of the last three hours, some of them carried out later, under two names of one customer and one of another.
const PAST: &str = "
    insert into requests (id, agent_id, idempotency_key, body_digest, action, customer_id, customer_folded, amount_minor,
        currency, state, decision, answer, digest, body_entry, sentence, asked_at, changed_at, falls_due, claimed_at)
    select gen_random_uuid(), a.id, gen_random_uuid()::text, '', case when r[1] < 0.8 then 'order.refund' else 'gift.send' end,
        customer, lower(customer), amount, case when amount is not null then 'USD' end,
        (array['waiting', 'approved', 'granted', 'succeeded', 'unknown', 'failed', 'rejected', 'cancelled', 'denied'])
            [1 + floor(r[3] * 9)],
        'allowed', '{}', '', gen_random_uuid(), '', at, at, at, case when r[4] < 0.3 then least(at + r[5] * interval '2 hours', told_now()) end
    from agents a,
        lateral (
            select r,
                (array['omar', 'OMAR', 'yara'])[1 + floor(r[2] * 3)] as customer,
                case when r[6] < 0.9 then 100 * ceil(r[6] * 3)::bigint end as amount,
                told_now() - interval '20 seconds' - r[7] * interval '3 hours' as at
            from (
                select array[random(), random(), random(), random(), random(), random(), random()] as r
                from generate_series(1, 60)
            ) of_it
        ) past
    where a.slug = 'support'";

/// Begins spans that end where requests lie, one after the other.
const SPANS: &str = "
    insert into spans (agent_id, customer, since, until)
    select a.id, whose, at, next
    from agents a,
        unnest(array['', 'omar']) as whose,
        lateral (
            select at, lead(at) over (order by at) as next
            from (
                select asked_at as at, row_number() over (order by asked_at) as n
                from requests
                where whose is not null and asked_at > told_now() - interval '4 hours'
            ) of_it
            where n % 5 = 0 and n <= 40
        ) of_it
    where a.slug = 'support' and next is not null";

/// What happens afterwards: states and amounts change, and a few come late.
const CHANGES: &str = "
    update requests
    set state = case state when 'granted' then 'failed' when 'failed' then 'rolled_back' when 'waiting' then 'rejected'
            when 'approved' then 'granted' when 'unknown' then 'succeeded' else state end,
        failure_confirmed = random() < 0.4,
        amount_minor = case when random() < 0.3 then amount_minor + 100 else amount_minor end
    where random() < 0.5 and state <> 'denied'";

fn window(per: Per, within_s: u32) -> WindowSpec {
    WindowSpec { per, within_s, actions: Default::default(), trust_agent: within_s.is_multiple_of(600) }
}

/// Rules of which as many fit as the window holds, this request among it.
fn counting(set: &mut PermissionSet, name: &str, condition: impl Fn(u32) -> Condition) {
    let rule = set.approval_thresholds.rules[0].clone();
    let rules = (0..=200).map(|n| Rule { id: format!("{name}-{n}"), when: vec![condition(n)], ..rule.clone() });
    set.approval_thresholds.rules.extend(rules);
}

fn fitting(asked: &Asked, name: &str) -> i64 {
    let of_it = |rule: &&str| rule.rsplit_once('-').is_some_and(|(begin, _)| begin == name);
    asked.reasons.iter().map(|reason| reason.rule.as_str()).filter(of_it).count() as i64
}

/// Asks as agents do: what was not answered in time, again under the same key.
async fn answer(shop: &Shop, ask: Ask) -> Asked {
    let key = Uuid::now_v7().to_string();
    let mut tries = 0;
    loop {
        match shop.governance.ask(&shop.key, &key, ask.clone()).await {
            Err(AgentError::Unavailable) if tries < 20 => tries += 1,
            answer => return answer.unwrap(),
        }
    }
}

#[tokio::test]
async fn windows_hold_what_the_rows_say_whatever_is_added_up() {
    let shop = Shop::open().await;
    let mark = shop.mark("omar").await;
    let past =
        PAST.replace("lower(customer)", &format!("case lower(customer) when 'omar' then '{mark}' else 'yara' end"));
    let spans = SPANS.replace("omar", &mark);
    for round in 0..8_u32 {
        shop.database.run("delete from span_sums; delete from spans; update requests set asked_at = asked_at - interval '9 days', claimed_at = null").await;
        shop.database.run(format!("select setseed(0.{round}1); {past}")).await;
        shop.database.run(spans.as_str()).await;
        let begun = shop.database.count("select count(*) from spans").await;
        assert_eq!(begun, 14);
        if round % 4 != 3 {
            assert_eq!(shop.governance.add_up_spans().await.unwrap() as i64, begun);
        }
        shop.database.run(CHANGES).await;
        if round % 2 == 1 {
            shop.database.run(past.as_str()).await;
        }

        for within_s in [1_800 + 300 * round, 9_000 + 300 * round, 40_000] {
            let (agent, customer) = (window(Per::Agent, within_s), window(Per::Customer, within_s));
            shop.publish(|set| {
                counting(set, "agent", |limit| Condition::CountOver { limit, window: agent.clone() });
                counting(set, "customer", |limit| Condition::CountOver { limit, window: customer.clone() });
                let limit = |n: u32| money(&format!("{n}.00"));
                counting(set, "sum", |n| Condition::SumOver { limit: limit(n), window: customer.clone() });
            })
            .await;
            let asked = answer(&shop, refund("1.00").of("Omar")).await;
            let plain = async |what: &str, of: &str| {
                let question = format!(
                    "select ({what})::bigint
                     from requests r, (select id, agent_id, asked_at from requests where id = '{}') now
                     where r.agent_id = now.agent_id and r.id <> now.id and r.action = 'order.refund' and {of}
                         and (r.state in ('waiting', 'approved', 'granted', 'succeeded', 'unknown')
                             or r.state = 'failed' and not r.failure_confirmed and not {})
                         and greatest(r.asked_at, r.claimed_at) > now.asked_at - interval '{within_s} seconds'",
                    asked.id, agent.trust_agent
                );
                shop.database.count(question).await
            };
            let his = &format!("r.customer_folded = '{mark}'");
            let held = (
                plain("count(*)", "true").await,
                plain("count(*)", his).await,
                plain("coalesce(sum(r.amount_minor), 0) / 100", his).await,
            );
            let counted = (fitting(&asked, "agent") - 1, fitting(&asked, "customer") - 1, fitting(&asked, "sum") - 1);
            assert_eq!(counted, held, "round {round}, {within_s} seconds");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_beside_the_adding_up_is_in_the_sums() {
    let shop = Shop::open().await;
    let hour_old = PAST.replace("generate_series(1, 60)", "generate_series(1, 20000)");
    shop.database.run(hour_old).await;
    let changes = (0..4).map(|n| {
        let pool = shop.database.owner.clone();
        let change = format!(
            "update requests set state = case when random() < 0.5 then 'failed' else 'succeeded' end
             where id = (
                 select id from requests tablesample system (20)
                 where state <> 'denied' and hashtext(idempotency_key) % 4 = {n} order by random() limit 1
             )"
        );
        async move {
            for _ in 0..150 {
                sqlx::raw_sql(sqlx::AssertSqlSafe(change.clone())).execute(&pool).await.unwrap();
            }
        }
    });
    let adding = [shop.governance.clone(), shop.replica()].map(|governance| async move {
        governance.add_up_spans().await.unwrap();
    });
    tokio::join!(at_once(changes), at_once(adding.into_iter()));
    while shop.governance.add_up_spans().await.unwrap() > 0 {}

    assert_eq!(shop.database.count("select count(*) from spans where ready").await, 2);
    let wrong = "
        with plain as (
            select s.since, r.action, case r.state when 'failed' then 'failed' else 'taken' end as counts_as,
                coalesce(r.currency, '') as currency, count(*) as count,
                coalesce(sum(r.amount_minor), 0)::numeric as sum
            from spans s join requests r on r.agent_id = s.agent_id and r.asked_at >= s.since and r.asked_at < s.until
            where r.state in ('waiting', 'approved', 'granted', 'succeeded', 'unknown', 'failed')
            group by 1, 2, 3, 4
        )
        select count(*) from plain full join span_sums s using (since, action, counts_as, currency)
        where (plain.count, plain.sum) is distinct from (s.count, s.sum) and coalesce(plain.count, s.count) <> 0";
    assert_eq!(shop.database.count(wrong).await, 0);
}

#[tokio::test]
async fn no_window_is_unknown_for_holding_much_once_that_is_added_up() {
    let shop = Shop::open().await;
    let year = |per| window(per, 366 * 24 * 60 * 60);
    shop.publish(|set| {
        let refunds = set.action_scope.allow.entry("order.refund".to_owned()).or_default();
        refunds.limits.push(Limit::Count { most: 1_000_000, window: year(Per::Agent) });
        refunds.limits.push(Limit::Count { most: 1_000_000, window: year(Per::Customer) });
    })
    .await;
    let many = PAST
        .replace("lower(customer)", &format!("'{}'", shop.mark("omar").await))
        .replace("generate_series(1, 60)", "generate_series(1, 101000)")
        .replace("'OMAR', 'yara'", "'omar', 'omar'");
    shop.database.run(format!("alter table requests disable trigger came_late; {many}")).await;
    shop.database.run("vacuum analyze requests").await;
    assert_eq!(shop.ask(refund("1.00")).await.state, State::Denied, "what is not known is not allowed");
    while shop.governance.add_up_spans().await.unwrap() > 0 {}
    let names = shop.database.count("select count(distinct customer) from spans where ready").await;
    assert_eq!(names, 2, "the agent's, and the customer's");
    assert_eq!(shop.ask(refund("1.00")).await.state, State::Granted);
}

/// As after a failover to a standby whose clock is behind.
#[tokio::test]
async fn no_time_is_told_that_lies_in_what_is_added_up() {
    let shop = Shop::open().await;
    let many = PAST.replace("generate_series(1, 60)", "generate_series(1, 9000)");
    shop.database.run(many).await;
    assert_eq!(shop.governance.add_up_spans().await.unwrap(), 1);
    let told = "select count(*) from control c, spans s where c.added_up_until = s.until";
    assert_eq!(shop.database.count(told).await, 1);
    shop.database.run("update spans set until = told_now() + interval '1 minute'").await;
    shop.database.run("update control c set added_up_until = s.until from spans s").await;

    shop.publish(|set| {
        let notes = set.action_scope.allow.entry("desk.note".to_owned()).or_default();
        notes.limits.push(Limit::Count { most: 1, window: window(Per::Agent, 3600) });
    })
    .await;
    assert_eq!(shop.ask(note("one")).await.state, State::Granted);
    assert_eq!(shop.ask(note("two")).await.state, State::Denied, "the first one counts");
    let stop = shop.governance.stop(&shop.operator, None, "").await.unwrap();
    let after = format!("select count(*) from requests where asked_at > '{}'", stop.at);
    assert_eq!(shop.database.count(after).await, 0);
}

#[tokio::test]
async fn a_claim_does_not_count_itself_in_sums_either() {
    let shop = Shop::open().await;
    let approved = shop.approved_refund().await;
    shop.pass_time(60).await;
    shop.database.run("insert into spans (agent_id, customer, since, until) select agent_id, name, asked_at, asked_at + interval '1 second' from requests, unnest(array['', customer_folded]) name").await;
    assert_eq!(shop.governance.add_up_spans().await.unwrap(), 2);
    shop.publish(|set| {
        let refunds = set.action_scope.allow.entry("order.refund".to_owned()).or_default();
        refunds.limits.push(Limit::Count { most: 1, window: window(Per::Agent, 3600) });
        refunds.limits.push(Limit::Sum { most: money("80.00"), window: window(Per::Customer, 3600) });
    })
    .await;
    assert_eq!(shop.ask(refund("1.00")).await.state, State::Denied);
    shop.claim(approved).await.unwrap();
}
