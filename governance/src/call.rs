//! The call that something is part of, so that an entry names what caused it.

use tokio::task::futures::TaskLocalFuture;
use uuid::Uuid;

tokio::task_local! {
    static CALL: Uuid;
}

/// Work as part of a call: the entries that it writes name it. What it spawns is no part of it.
pub fn in_call<F: Future>(id: Uuid, work: F) -> TaskLocalFuture<Uuid, F> {
    CALL.scope(id, work)
}

/// The call that this is part of, if any.
pub fn call() -> Option<Uuid> {
    CALL.try_with(|id| *id).ok()
}
