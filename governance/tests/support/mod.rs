//! A fresh database for each test, and a shop in it.

mod asks;
mod database;
mod shop;

use std::time::Duration;

pub use asks::{For, gift, money, note, refund};
pub use database::Database;
pub use shop::{Shop, id_of, support_file};

/// What the work gives, and how long it took.
pub async fn measured<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let start = tokio::time::Instant::now();
    let result = work.await;
    (result, start.elapsed())
}

/// All of this at once; the results are in the order of the work.
pub async fn at_once<T: Send + 'static>(
    work: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = work.into_iter().map(tokio::spawn).collect();
    let mut results = Vec::with_capacity(tasks.len());
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}
