//! What is read, said and hashed of each request, with the body of the load.

#![expect(clippy::unwrap_used, reason = "a bench that cannot set its case has failed")]

#[path = "../src/body.rs"]
mod body;

use body::body;
use divan::{Bencher, black_box};
use domain::{
    action::ActionType,
    digest,
    id::{AgentId, RequestId},
    json,
    request::Ask,
    sentence,
};
use uuid::Uuid;

fn main() {
    divan::main();
}

#[divan::bench]
fn parse(bencher: Bencher) {
    let body = body(4710);
    bencher.bench_local(|| json::parse(black_box(&body).as_bytes()));
}

#[divan::bench]
fn misfits(bencher: Bencher) {
    let ask = ask();
    bencher.bench_local(|| black_box(&ask).misfits());
}

#[divan::bench]
fn canonical(bencher: Bencher) {
    let ask = ask();
    bencher.bench_local(|| json::canonical(black_box(&ask)));
}

/// By the crate that others use for it.
#[divan::bench]
fn canonical_elsewhere(bencher: Bencher) {
    let ask = ask();
    bencher.bench_local(|| serde_json_canonicalizer::to_vec(black_box(&ask)));
}

#[divan::bench]
fn digest_of_the_ask(bencher: Bencher) {
    let ask = ask();
    bencher.bench_local(|| json::digest(black_box(&ask)));
}

#[divan::bench]
fn digest_of_the_request(bencher: Bencher) {
    let (ask, id, agent) = (ask(), RequestId(Uuid::nil()), AgentId(Uuid::nil()));
    bencher.bench_local(|| digest::of_request(id, agent, 1, black_box(&ask)));
}

#[divan::bench]
fn digest_in_hexadecimal(bencher: Bencher) {
    bencher.bench_local(|| json::hex(black_box(&[0xa7; 32])));
}

#[divan::bench]
fn sentence(bencher: Bencher) {
    let sentence = "Refund {total} to {customer} on {payment_method_id} for returning {item_ids} of order {order_id}";
    let (ask, action) = (ask(), ActionType { sentence: sentence.to_owned(), ..ActionType::data_read() });
    bencher.bench_local(|| sentence::effect(black_box(&ask), &action));
}

fn ask() -> Ask {
    serde_json::from_value(json::parse(body(4710).as_bytes()).unwrap()).unwrap()
}
