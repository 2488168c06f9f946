//! Counting what happens to each agent's requests, behind the record.

use crate::{Governance, Result, db};

/// How much is counted in one transaction: some milliseconds' worth.
const AT_ONCE: i64 = 2000;
/// After so many parts the rest is left to the next time.
const PARTS: usize = 200;

impl Governance {
    /// Counts what has come since the last time. Safe to run on every replica at once.
    pub async fn count_entries(&self) -> Result<()> {
        for _ in 0..PARTS {
            let Some(mut taken) = self.take_part("counts", AT_ONCE).await? else { break };
            db::counts::add(&mut taken.tx, &taken.part).await?;
            taken.done().await?;
        }
        Ok(())
    }
}
