//! What happens by itself: each job of the shop is done by one replica at a time, whichever takes it when it is due.
//!
//! A lease can be lost in the middle, to a killed process, a silent network or a clock that jumps. So whatever a job writes
//! is right when two do it at once, or when it is done twice: each says how.

mod deadlines;
mod forgetting;
mod page;
mod presence;
mod retention;
mod runner;

use std::{pin::Pin, time::Duration};

pub(crate) use page::late;

use crate::{Governance, Result};

/// What could not be done, in words, where the rest was.
pub type LeftOver = Option<String>;

pub type Work = Pin<Box<dyn Future<Output = Result<LeftOver>> + Send>>;

/// Something that is done again and again.
#[derive(Clone, Copy)]
pub struct Job {
    /// Its row in the database.
    pub name: &'static str,
    pub every: Duration,
    /// What takes longer is ended, and has failed.
    pub longest: Duration,
    pub work: fn(Governance, Turn) -> Work,
    pub label: &'static str,
    /// What it does, in a sentence.
    pub does: &'static str,
    /// What it means for people where it is not done, in sentences.
    pub without: &'static str,
}

/// What a replica is told as it takes a job.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// Another replica had it before, or nobody: what this one remembers of it is old.
    pub taken_over: bool,
}

const MINUTE: Duration = Duration::from_secs(60);

/// Every job of the shop. What is of one process alone, such as the pace of keys, is none.
pub const JOBS: &[Job] = &[
    Job {
        name: "deadlines",
        every: Duration::from_secs(1),
        longest: MINUTE,
        // A request moves under a lock of its row, judged anew: the second who comes finds it moved.
        work: |governance, turn| Box::pin(async move { governance.work_on_deadlines(turn).await }),
        label: "Deadlines",
        does: "Passes on or ends what nobody decided in time, and gives up on outcomes that no agent reported.",
        without: "What nobody decided in time does not reach the next queue. It cannot be approved after its time either, so \
                  nothing is allowed by this; people who wait for an answer get none.",
    },
    Job {
        name: "adding-up",
        every: Duration::from_secs(10),
        longest: MINUTE,
        // A span is begun once, by its key, and added up under its lock by whoever comes first.
        work: |governance, _| Box::pin(async move { governance.add_up_spans().await.map(|_| None) }),
        label: "Adding up",
        does: "Adds up what agents asked, so that limits over days and months are counted quickly.",
        without: "Answers to agents take longer. Of an agent that asks very much, limits may in the end not be counted at \
                  all; what rests on them is denied then, or asks a person.",
    },
    Job {
        name: "counting",
        every: Duration::from_secs(1),
        longest: MINUTE,
        // A part of the record is counted in the transaction that says so, under a lock.
        work: |governance, _| Box::pin(async move { governance.count_entries().await.map(|()| None) }),
        label: "Counting",
        does: "Counts what each agent asked and what became of it, for charts.",
        without: "Charts count what came since by themselves, up to 10,000 entries; after that an agent's page says that \
                  some of it is missing.",
    },
    Job {
        name: "months",
        every: MINUTE,
        longest: MINUTE,
        // One at a time by a lock in the database; what is there is not made again.
        work: |governance, _| Box::pin(async move { governance.work_on_months().await }),
        label: "Room for the record",
        does: "Makes room in the record for the months to come.",
        without: "Nothing is lost: what happens in a month without room of its own lies with the rest, and is slower to find.",
    },
    Job {
        name: "impact",
        every: Duration::from_secs(5),
        longest: MINUTE,
        // A run belongs to one replica by its row; who has lost it writes nothing more into it.
        work: |governance, _| Box::pin(async move { governance.take_up_lost_runs().await.map(|()| None) }),
        label: "What drafts would change",
        does: "Takes up again what a server was working out for a draft when it went down.",
        without: "A page that works out what a draft would change may stand still. Cancel it there, and begin anew.",
    },
    Job {
        name: "retention",
        every: Duration::from_secs(3600),
        longest: Duration::from_secs(3600),
        // What is due is found out by whoever deletes it, under locks: the second who comes finds it gone.
        work: |governance, _| Box::pin(async move { governance.retain().await }),
        label: "Deleting what was kept long enough",
        does: "Deletes entries and requests that are older than their agent's permissions say they are kept, and says in the \
               record how many. What is held, open, or still counted by a limit stays.",
        without: "Entries and requests are kept for longer than was said.",
    },
    Job {
        name: "forgetting",
        every: Duration::from_secs(3600),
        longest: MINUTE,
        // Deletes by time alone.
        work: |governance, _| Box::pin(async move { governance.tidy().await.map(|()| None) }),
        label: "Forgetting",
        does: "Forgets sessions that are over, attempts to get in of 30 days ago, and servers that are gone for a day.",
        without: "Nothing goes wrong soon: what is over takes room in the database.",
    },
];
