//! Where the past comes from, a batch at a time.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{facts::BrandFacts, id::RequestId, request::Ask};
use sqlx::PgPool;

use super::Past;
use crate::{
    PastAction, Result,
    db::{
        self,
        impact::{PastRequest, Span},
    },
    error::corrupt,
};

/// Large enough that a round trip is nothing beside it, and small enough that a few of them fit into memory.
const BATCH: usize = 2000;

/// Something that was asked, before it is judged again.
pub(super) enum PastAsk {
    /// From the record.
    Stored(PastRequest),
    /// From a file.
    Given { line: u32, at: DateTime<Utc>, day: NaiveDate, ask: Box<Ask>, brand: Option<BrandFacts> },
    /// A line that cannot be read.
    Unreadable,
}

pub(super) enum Source {
    Record {
        pool: PgPool,
        span: Span,
        /// The bodies of requests that people changed, as they were asked; read at the first batch.
        originals: Option<HashMap<RequestId, Option<String>>>,
        after: Option<(DateTime<Utc>, RequestId)>,
    },
    Lines {
        pool: PgPool,
        reader: Reader,
    },
}

impl Source {
    pub fn new(pool: PgPool, span: Span, past: Past) -> Self {
        match past {
            Past::Record => Self::Record { pool, span, originals: None, after: None },
            Past::Lines(text) => Self::Lines { pool, reader: Reader { text, at: 0, line: 0, last: None } },
        }
    }

    /// How many there are, where that is known before they are read.
    pub async fn count(&self) -> Result<Option<u32>> {
        match self {
            Self::Record { pool, span, .. } => Ok(Some(db::impact::count(pool, *span).await?)),
            Self::Lines { reader, .. } => {
                let lines = reader.text.lines().filter(|line| !line.trim().is_empty());
                Ok(u32::try_from(lines.count()).ok())
            }
        }
    }

    /// The next ones in the order of their times; none at the end.
    pub async fn batch(&mut self) -> Result<Vec<PastAsk>> {
        match self {
            Self::Record { pool, span, originals, after } => {
                let originals = match originals {
                    Some(originals) => originals,
                    None => originals.insert(db::impact::originals(pool, *span).await?),
                };
                let rows = db::impact::batch(pool, *span, *after, BATCH as i64).await?;
                *after = rows.last().map(|row| (row.at, row.id));
                let as_asked = rows
                    .into_iter()
                    .map(|row| PastRequest { body: originals.remove(&row.id).unwrap_or(row.body), ..row });
                Ok(as_asked.map(PastAsk::Stored).collect())
            }
            Self::Lines { pool, reader } => {
                let mut read = std::mem::take(reader);
                let reading = tokio::task::spawn_blocking(move || (read.batch(), read)).await;
                let (mut batch, read) = reading.map_err(|_| corrupt("a line of the past"))?;
                *reader = read;
                complete(pool, &mut batch).await?;
                Ok(batch)
            }
        }
    }
}

/// Adds what only the database knows: the days of the brand's time zone, and what the brand says of the customers now.
async fn complete(pool: &PgPool, batch: &mut [PastAsk]) -> Result<()> {
    let (mut customers, mut times) = (Vec::new(), Vec::new());
    for past in batch.iter() {
        if let PastAsk::Given { at, ask, .. } = past {
            times.push(*at);
            customers.extend(ask.customer_id().map(str::to_owned));
        }
    }
    let known = db::impact::brand(pool, &customers).await?;
    let mut days = db::impact::days(pool, &times).await?.into_iter();
    for past in batch {
        if let PastAsk::Given { day, ask, brand, .. } = past {
            *day = days.next().ok_or_else(|| corrupt("a day of the past"))?;
            *brand = ask.customer_id().and_then(|id| known.get(id)).cloned();
        }
    }
    Ok(())
}

/// Reads lines as they are needed.
#[derive(Default)]
pub(super) struct Reader {
    text: String,
    /// Where the next line begins.
    at: usize,
    line: u32,
    last: Option<DateTime<Utc>>,
}

impl Reader {
    fn batch(&mut self) -> Vec<PastAsk> {
        let mut batch = Vec::new();
        while batch.len() < BATCH && self.at < self.text.len() {
            let rest = &self.text[self.at..];
            let line = rest.split('\n').next().unwrap_or_default();
            self.at += line.len() + 1;
            self.line += 1;
            if line.trim().is_empty() {
                continue;
            }
            let read = PastAction::read(line).and_then(|past| match self.last {
                // A window counts what lies before an action: out of order it would count too little.
                Some(last) if past.at < last => Err("is earlier than the line before it".to_owned()),
                _ => Ok(past),
            });
            batch.push(match read {
                Ok(PastAction { at, ask }) => {
                    self.last = Some(at);
                    let (line, day, ask) = (self.line, at.date_naive(), Box::new(ask));
                    PastAsk::Given { line, at, day, ask, brand: None }
                }
                Err(_) => PastAsk::Unreadable,
            });
        }
        batch
    }
}
