//! The operations of Reins on PostgreSQL: authorise, load, ask `domain`, store, record, commit.

mod actor;
mod allowing;
mod answer;
mod approving;
mod asking;
mod call;
mod catalog;
mod commit;
mod control;
mod db;
mod deciding;
mod entry;
mod erasing;
mod error;
mod facts;
mod frame;
mod histogram;
mod id;
mod integrations;
mod jobs;
mod made_up;
mod marks;
mod mask;
mod metrics;
mod migrating;
mod names;
mod past;
mod people;
mod permissions;
mod permit;
mod pool;
mod reasons;
mod record;
mod reports;
mod setup;
mod shop;
mod signed;
mod stopping;
mod today;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, RwLock, atomic::AtomicBool},
};

use control::Control;
use domain::id::{AgentId, ReplicaId};
use pool::Pool;

pub use actor::Actor;
pub use answer::{Asked, Claimed, Followed, Grant, Reported, Vote};
pub use approving::shown::KnowYourself;
pub use asking::keys::Key;
pub use call::{call, in_call};
pub use catalog::apply::Taken;
pub use catalog::changes::Came;
pub use db::feed::{Changed, Changes, Position};
pub use erasing::columns::{NOT_PERSONAL, PERSONAL};
pub use erasing::erase::MOST_ERASED;
pub use erasing::holds::Hold;
pub use error::{AgentError, Conflict, Error, Result};
pub use facts::CustomerFacts;
pub use histogram::Histogram;
pub use jobs::{JOBS, Job, LeftOver, Turn, Work};
pub use made_up::MadeUp;
pub use metrics::Metrics;
pub use migrating::{NotMigrated, migrate};
pub use past::impact::{PAST_DAYS, Past};
pub use past::replay::{PastAction, Replayed, replay};
pub use people::accounts::SignIn;
pub use people::password::OwnPassword;
pub use people::sessions::SESSION;
pub use permissions::starting_points;
pub use pool::PoolStands;
pub use record::reading::Verified;
pub use reports::{Cost, Feedback, FeedbackKind, Outcome};
pub use setup::{Health, NotReady, Pools};
pub use signed::Seal;
pub use stopping::presses::Pressed;

/// The handle on all operations; cheap to clone.
#[derive(Clone)]
pub struct Governance(Arc<Inner>);

struct Inner {
    /// This process, among those that serve.
    replica: ReplicaId,
    /// For asks and claims: their sessions are ended when they dawdle, so that a stuck process cannot hold a stop.
    decisions: Pool,
    /// For what changes the rules: never waits behind pages.
    controls: Pool,
    /// For stops alone: they wait behind nothing.
    stops: Pool,
    /// For saying how this replica stands.
    health: Pool,
    last_health: tokio::sync::Mutex<Option<(Health, tokio::time::Instant)>>,
    /// For ending the sessions that hold up a stop, whatever else is busy.
    enders: Pool,
    /// For finding out who somebody is: whoever presses Stop is let in first, whatever pages and agents are doing.
    sessions: Pool,
    /// For pages, reviewers and jobs.
    pages: Pool,
    /// The control state as last read; true only while its revision is that of the transaction that uses it.
    control: RwLock<Option<Arc<Control>>>,
    /// Customers in whose windows much was counted by the row.
    crowded: Mutex<BTreeSet<(AgentId, String)>>,
    /// What made clocks stand still, and who was retired, when the deadlines were looked at last; and what somebody was just
    /// changing then, which is looked at the next time.
    still: Mutex<Option<(BTreeSet<control::Still>, Vec<uuid::Uuid>)>>,
    asks: asking::ask::Door,
    counts: metrics::Counts,
    presses: stopping::presses::Presses,
    attempts: people::attempts::Attempts,
    signing_key: tokio::sync::OnceCell<[u8; 32]>,
    /// Whether an admin was seen.
    has_admin: AtomicBool,
    hashing: tokio::sync::Semaphore,
    /// For what agents read: a share of the connections of pages, so that agents who poll leave people the others.
    following: tokio::sync::Semaphore,
    /// For working out what a draft would have changed.
    impacts: tokio::sync::Semaphore,
}
