//! Two builds in turn, so that a machine whose speed drifts is fair to both.
//!
//! A pair is both builds one after the other, each in an empty folder; which comes first alternates.
//! What counts is the ratio within a pair: its median over all pairs, with the interval that order statistics give.

use std::{sync::Arc, time::Duration};

use crate::{
    Load, RATES, SATURATING, STEADY,
    shop::{self, Shop},
};

const PAIRS: usize = 10;
const WARM_UP: Duration = Duration::from_secs(3);
const MEASURED: Duration = Duration::from_secs(8);

struct Run {
    /// Decisions a second, as fast as it answers.
    rate: f64,
    /// Milliseconds, at the first of the set rates.
    p99: f64,
}

/// Prints every pair, and the ratios of `now` to `before`.
pub async fn run(now: &str, before: &str, agent_before: &str) {
    let agent_before = std::fs::read_to_string(agent_before).expect("the agent file of before");
    println!("| pair | a second | before | ratio | p99 at {} | before | ratio |", RATES[0]);
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let (mut rates, mut latencies) = (Vec::new(), Vec::new());
    for pair in 1..=PAIRS {
        let (new, old) = if pair % 2 == 1 {
            let new = measure(now, shop::AGENT).await;
            (new, measure(before, &agent_before).await)
        } else {
            let old = measure(before, &agent_before).await;
            (measure(now, shop::AGENT).await, old)
        };
        let (rate, p99) = (new.rate / old.rate, new.p99 / old.p99);
        println!(
            "| {pair} | {:.0} | {:.0} | {rate:.3} | {:.1} ms | {:.1} ms | {p99:.3} |",
            new.rate, old.rate, new.p99, old.p99
        );
        rates.push(rate);
        latencies.push(p99);
    }
    println!("\nDecisions a second: {}.", median_and_interval(&mut rates));
    println!("p99 at {} a second: {}.", RATES[0], median_and_interval(&mut latencies));
}

async fn measure(binary: &str, agent: &str) -> Run {
    let shop = Shop::open(binary, agent);
    let load = Arc::new(Load { keys: shop.keys.clone(), next: Default::default() });
    load.run(STEADY, Some(RATES[0]), WARM_UP).await;
    let steady = load.run(STEADY, Some(RATES[0]), MEASURED).await;
    let full = load.run(SATURATING, None, MEASURED).await;
    assert_eq!(steady.other + full.other, 0, "each answer is a decision");
    Run { rate: full.rate(MEASURED), p99: steady.ms(0.99) }
}

/// Of ten values the second and the ninth enclose the median with a confidence of 97.9 % (binomial, no distribution
/// assumed).
fn median_and_interval(ratios: &mut [f64]) -> String {
    ratios.sort_by(f64::total_cmp);
    let middle = ratios.len() / 2;
    let median = f64::midpoint(ratios[middle - 1], ratios[middle]);
    format!("median ratio {median:.3}, from {:.3} to {:.3}", ratios[1], ratios[ratios.len() - 2])
}
