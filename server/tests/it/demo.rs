//! The demonstration's past.

use chrono::TimeDelta;
use governance::{Governance, Pools};
use server::demo::make_up;

use crate::support::Database;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_past_is_made_by_what_makes_the_present() {
    let database = Database::fresh().await;
    let governance = Governance::connect(&database.server_url(), Pools::default()).unwrap();
    make_up(&governance, &database.owner_url(), TimeDelta::days(26)).await.unwrap();

    for (what, holds) in [
        ("everybody is there", "select count(*) = 9 from people"),
        ("weeks of asks", "select count(*) > 200 from requests"),
        (
            "all of it was recorded as it was asked",
            "select count(*) = (select count(*) from requests) from entries where kind = 'asked'",
        ),
        ("people decided", "select count(*) > 10 from approvals"),
        ("what was approved was claimed", "select count(*) > 10 from requests where claimed_at is not null"),
        ("what was carried out was reported", "select count(*) > 100 from requests where outcome is not null"),
        (
            "it lies in the past",
            "select min(at) < told_now() - interval '120 days' and max(at) < told_now() - interval '90 days' from entries",
        ),
        ("each month has its place", "select count(*) = 0 from entries_default"),
        (
            "ids carry its time",
            "select bool_and(abs(extract(epoch from at) * 1000 - ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint) < 60000) from entries",
        ),
        ("the clock is the database's own", "select ahead = '0' from control"),
    ] {
        assert_eq!(database.count(format!("select ({holds})::integer::bigint")).await, 1, "{what}");
    }
    let again = make_up(&governance, &database.owner_url(), TimeDelta::days(1)).await;
    assert!(again.is_err(), "people are in it");
}
