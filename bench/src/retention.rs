//! How fast what was kept long enough is deleted, and what that costs those who ask meanwhile.

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::{Duration, Instant},
};

use super::{
    Load, MEASURED, RATES, STEADY, Tally, WARM_UP,
    shop::{self, Shop},
};

/// What is not gone by then is told.
const LONGEST: Duration = Duration::from_secs(600);

/// Deletes `entries` of 400 days ago, two of each request, while 1,000 a second are asked.
pub async fn run(binary: &str, entries: u64) {
    let shop = Shop::open(binary, shop::AGENT);
    let load = Arc::new(Load { keys: shop.keys.clone(), next: AtomicU64::new(0) });
    load.run(STEADY, Some(RATES[0]), WARM_UP).await;
    shop.script("reins_owner", include_str!("retention.sql"), &[("requests", entries / 2)]);
    // What making them left for memory and disk to do.
    load.run(STEADY, Some(RATES[0]), WARM_UP).await;

    println!("| asked | answered a second | allowed | asks a person | other | p50 | p95 | p99 | worst |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    load.run(STEADY, Some(RATES[0]), MEASURED).await.print("1000 a second, nothing is deleted", MEASURED);
    shop.sql("reins_owner", "update jobs set due = told_now() where name = 'retention'");
    let (begun, mut all, mut left) = (Instant::now(), Tally::new(), entries);
    while left > 0 && begun.elapsed() < LONGEST {
        all.add(&load.run(STEADY, Some(RATES[0]), Duration::from_secs(5)).await);
        left = shop.sql("reins_server", "select count(*) from entries where xid = 1").parse().unwrap();
    }
    let took = begun.elapsed();
    all.print("the same, while it is deleted", took);
    let gone = entries - left;
    println!(
        "\n{gone} of {entries} entries went in {:.0} s: {:.0} a second.",
        took.as_secs_f64(),
        gone as f64 / took.as_secs_f64()
    );
    let failing = "select coalesce(error, left_over, '') from jobs where name = 'retention'";
    println!("{}", shop.sql("reins_server", failing));
}
