//! Typed ids: a request's id cannot be passed where an agent's belongs.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

id! {
    AgentId,
    DraftId,
    /// Names an entry of the record.
    EntryId,
    /// Names a legal hold.
    HoldId,
    KeyId,
    PersonId,
    /// Names a change that somebody has proposed.
    ProposalId,
    QueueId,
    /// Names a process that serves.
    ReplicaId,
    RequestId,
    /// Names a run that works out what a draft would have changed.
    RunId,
    StopId,
    TighteningId,
}
