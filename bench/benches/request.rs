//! What is read, said and hashed of each request, with the body of the load.

#![expect(clippy::unwrap_used, reason = "a bench that cannot set its case has failed")]

#[path = "../src/body.rs"]
mod body;

use body::body;
use divan::{Bencher, black_box};
use domain::{
    action::ActionType,
    decision::Layer,
    digest,
    entry::{Asked, By, Detail, FORMAT, Kind, Name, Reason, Whole},
    id::{AgentId, EntryId, RequestId},
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

/// Of the entry of an ask what is stored and hashed, but for what lies beside it.
#[divan::bench]
fn entry(bencher: Bencher) {
    let (id, agent) = (Uuid::from_u128(u128::MAX), AgentId(Uuid::from_u128(1)));
    let actor = By::Agent(agent).stored();
    let at = chrono::DateTime::from_timestamp_micros(1_793_439_000_123_456).unwrap();
    bencher.bench_local(|| {
        let reason = Reason { layer: Layer::ApprovalThresholds, rule: Name::of(black_box("over-50")) };
        let (key, version) = (Name::of("reins_3f9a71c0"), Some(7));
        let (reasons, would_have_been) = (vec![reason], None);
        let asked = Asked { reasons, permission_version: version, would_have_been, revision: Some(1), key };
        let detail = Detail::Asked(asked).canonical().unwrap();
        let whole = Whole {
            format: FORMAT,
            id: EntryId(id),
            at,
            kind: Kind::Asked.name(),
            actor,
            job: None,
            agent: Some(agent),
            request: Some(RequestId(id)),
            call: Some(id),
            action: Some("order.refund"),
            decision: Some("allowed"),
            detail: &detail,
            personal_hash: Some(&[0xa7; 32]),
        };
        black_box(whole.leaf())
    });
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
