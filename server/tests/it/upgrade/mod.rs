//! From one version to the next: what is frozen, and shops of earlier versions that are served.

mod dump;
mod frozen;
mod living;
mod postgres;
mod serving;

use std::{fs, path::PathBuf};

use dump::{dump, restore};

use crate::tidy::repository;

fn dumps() -> PathBuf {
    repository().join("server/tests/it/upgrade/dumps")
}

/// `make freeze` keeps the dump, named by the schema that it is of.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_that_has_lived_for_two_months_is_served_from_its_dump() {
    let (front, left) = living::live().await;
    let newest = front.shop.database.count("select max(version) from _sqlx_migrations").await;
    let packed = dump(&front.shop.database, &left).await;
    assert!(packed.len() < 250_000, "{} bytes are too many to keep", packed.len());
    if std::env::var("REINS_KEEP_DUMP").is_ok() {
        fs::create_dir_all(dumps()).unwrap();
        fs::write(dumps().join(format!("{newest:04}.sql.gz")), &packed).unwrap();
    }
    drop(front);
    let (database, left) = restore(packed).await;
    serving::serves(database, left).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_version_that_was_released_is_migrated_and_served() {
    // Before the first release there is none.
    for file in fs::read_dir(dumps()).into_iter().flatten() {
        let file = file.unwrap().path();
        println!("{}", file.display());
        let (database, left) = restore(fs::read(&file).unwrap()).await;
        serving::serves(database, left).await;
    }
}
