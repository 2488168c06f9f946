//! Adding up what was asked, behind those who ask, so that no window takes longer for holding much.

use std::{collections::BTreeSet, time::Duration};

use domain::id::AgentId;

use crate::{Governance, Result, db};

/// How many spans of one name are begun at a time; the rest has its turn the next time.
const MOST_BEGUN: usize = 256;
/// How long writers are waited for before it is left to the next time, and how often it is looked.
const PATIENCE: u32 = 100;
const LOOK: Duration = Duration::from_millis(50);

impl Governance {
    /// Remembers whose requests are too many to be counted by the row; each agent's are added up anyway.
    pub(crate) fn note_crowded(&self, crowded: BTreeSet<(AgentId, String)>) {
        if !crowded.is_empty()
            && let Ok(mut known) = self.0.crowded.lock()
        {
            known.extend(crowded);
        }
    }

    /// Writes whose requests are to be added up, for the replica that does so; what cannot be written is kept.
    pub async fn write_crowded(&self) -> Result<()> {
        let crowded = self.0.crowded.lock().map(|mut known| std::mem::take(&mut *known)).unwrap_or_default();
        if crowded.is_empty() {
            return Ok(());
        }
        let written = db::spans::note_crowded(&self.0.pages, &crowded).await;
        if written.is_err() {
            self.note_crowded(crowded);
        }
        written
    }

    /// Adds up what has come since the last time; gives how many spans. Safe to run on every replica at once.
    ///
    /// A span is begun first, then all are waited for who write requests and may not have seen it, and only then it is
    /// added up: from its beginning on, whoever changes a request in it changes the sums, too.
    pub async fn add_up_spans(&self) -> Result<usize> {
        let pool = &self.0.pages;
        self.write_crowded().await?;
        let crowded = db::spans::crowded(pool).await?;
        for _ in 0..MOST_BEGUN {
            if db::spans::begin(pool, &crowded).await? == 0 {
                break;
            }
        }
        db::spans::forget_crowded(pool, &crowded).await?;

        let begun = db::spans::begun(pool).await?;
        if begun.is_empty() || !self.have_ended(db::spans::writing(pool).await?).await? {
            return Ok(0);
        }
        let mut connection = pool.acquire().await?;
        for span in &begun {
            db::spans::add_up(&mut connection, span).await?;
        }
        Ok(begun.len())
    }

    async fn have_ended(&self, mut writing: Vec<String>) -> Result<bool> {
        for _ in 0..PATIENCE {
            if writing.is_empty() {
                return Ok(true);
            }
            tokio::time::sleep(LOOK).await;
            let still = db::spans::writing(&self.0.pages).await?;
            writing.retain(|transaction| still.contains(transaction));
        }
        Ok(false)
    }
}
