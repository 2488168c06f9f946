//! The promise under load: after a stop's answer nothing is granted until the release, on any replica.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use domain::id::RequestId;
use governance::{Actor, Governance, Key};
use uuid::Uuid;

use crate::support::{For, Shop, measured, note, refund};

const TASKS: usize = 16;
const ROUNDS: usize = 20;

/// Grants of an agent, at once or by a claim, that were made in a stretch of time.
async fn grants(shop: &Shop, slug: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
    let count = sqlx::query_scalar(
        "select count(*) from entries e join agents a on a.id = e.agent_id
         where a.slug = $1 and (e.decision = 'allowed' or e.kind = 'claimed') and e.at between $2 and $3",
    );
    count.bind(slug).bind(from).bind(to).fetch_one(&shop.database.owner).await.unwrap()
}

/// Asks, and lets a person approve and the agent claim in between, until it is told to end.
async fn work(
    governance: Governance,
    key: Key,
    lead: Actor,
    task: usize,
    ends: Arc<AtomicBool>,
    granted: Arc<AtomicU64>,
) {
    let mut round = 0;
    while !ends.load(Ordering::Relaxed) {
        round += 1;
        let ask = if round % 2 == 0 { note("busy") } else { refund("1.00").of(&format!("customer {task}")) };
        let asked = governance.ask(&key, &Uuid::now_v7().to_string(), ask).await;
        let mut got = u64::from(asked.is_ok_and(|asked| asked.grant.is_some()));
        if round % 3 == 0 {
            let ask = refund("80.00").of(&format!("customer {task}"));
            if let Ok(asked) = governance.ask(&key, &Uuid::now_v7().to_string(), ask).await {
                got += u64::from(approve_and_claim(&governance, &key, &lead, asked.id).await);
            }
        }
        granted.fetch_add(got, Ordering::Relaxed);
    }
}

async fn approve_and_claim(governance: &Governance, key: &Key, lead: &Actor, id: RequestId) -> bool {
    let Ok(seen) = governance.request(lead, id).await else { return false };
    if governance.approve(lead, id, &seen.digest, "").await.is_err() {
        return false;
    }
    governance.claim(key, "claim", id).await.is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_stops_under_load_on_two_replicas_let_nothing_through() {
    let shop = Shop::open().await;
    let other = shop.second_agent("returns").await;
    let handles = [shop.governance.clone(), shop.replica()];
    let (ends, granted) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let key = if task % 4 == 0 { other.clone() } else { shop.key.clone() };
            let governance = handles[task % 2].clone();
            tokio::spawn(work(governance, key, shop.ana.clone(), task, ends.clone(), granted.clone()))
        })
        .collect();

    let everything: &[&str] = &["support", "returns"];
    let mut took = Vec::new();
    for round in 0..ROUNDS {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let (slug, stopped) = if round % 2 == 0 { (Some("support"), &everything[..1]) } else { (None, everything) };
        let (stop, time) = measured(handles[round / 2 % 2].stop(&shop.auditor, slug, "")).await;
        let stop = stop.unwrap();
        took.push(time);

        let counted = count_all(&shop, stopped).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(count_all(&shop, stopped).await, counted, "round {round}: granted after the stop's answer");
        handles[(round + 1) % 2].release(&shop.operator, stop.id, stop.said, "next").await.unwrap();
        let released = release_time(&shop).await;
        for slug in stopped {
            assert_eq!(grants(&shop, slug, stop.at, released).await, 0, "round {round}: {slug} while it was stopped");
        }
    }
    ends.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }

    took.sort();
    let longest = took[took.len() - 1];
    let granted = granted.load(Ordering::Relaxed);
    println!("{granted} grants; stops took {:?} at the median and {longest:?} at the most", took[took.len() / 2]);
    assert!(granted > 100, "there was no load: {granted}");
    assert!(longest < Duration::from_secs(1), "{longest:?}");
}

/// Grants of these agents that are there now.
async fn count_all(shop: &Shop, slugs: &[&str]) -> i64 {
    let count = sqlx::query_scalar(
        "select count(*) from entries e join agents a on a.id = e.agent_id
         where a.slug = any ($1) and (e.decision = 'allowed' or e.kind = 'claimed')",
    );
    count.bind(slugs).fetch_one(&shop.database.owner).await.unwrap()
}

async fn release_time(shop: &Shop) -> DateTime<Utc> {
    sqlx::query_scalar("select max(released_at) from stops").fetch_one(&shop.database.owner).await.unwrap()
}
