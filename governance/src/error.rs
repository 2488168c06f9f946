//! What can go wrong in an operation, without the database's own words.

use domain::{
    authoring::{draft::DraftConflict, edit::Refusal, statement::Statement},
    fault::Fault,
    id::RequestId,
    kept::Unreadable,
    schema::Misfit,
    view::MOST_WAITING,
    words::up_to,
};

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no such thing")]
    NotFound,
    #[error("not allowed")]
    Forbidden,
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// What was sent cannot be; in words for people.
    #[error("{1}")]
    Invalid(Fault, String),
    /// The database cannot be reached, or failed: nothing was changed.
    #[error("the record cannot be read or written now")]
    Unavailable,
    /// The answer of a commit was lost: the change was made or was not.
    #[error("the record's answer was lost, so it is not known whether this was done")]
    Unknown,
}

/// The state of things does not allow it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Conflict {
    #[error("{by} has {what} it already")]
    AlreadyDecided { by: String, what: String },
    #[error("it is stopped")]
    Stopped,
    #[error("it has changed meanwhile")]
    ChangedMeanwhile,
    /// A queue did not decide in time, and another is about to get it.
    #[error("nobody decided it in time, and it goes to another queue")]
    Escalates,
    /// What was to be approved could not be carried out; why, in a sentence.
    #[error("it could not be carried out: {0}")]
    InVain(String),
    /// The stop that was named is over; `again`: another one holds since.
    #[error("{by} released this stop already{}", if *again { ", and another one holds since" } else { "" })]
    ReleasedAlready { by: String, again: bool },
    /// Of the stop that was to be released.
    #[error("somebody has pressed it again or said more of it than was seen")]
    MoreSaid,
    #[error("it exists already")]
    Exists,
    /// An edit that does not fit the draft as it stands; says how its part stands.
    #[error(transparent)]
    Edit(#[from] Refusal),
    #[error(transparent)]
    Draft(#[from] DraftConflict),
    /// What a change means for permissions in force, and what is risky in a file: other than what was accepted.
    #[error("what has to be accepted is not what was accepted")]
    NotAccepted { statements: Vec<Statement> },
    /// More of what waits than was seen would be left without people who could approve it.
    #[error("{} of what waits could be approved by nobody then", up_to(MOST_WAITING, *count))]
    LeavesNobody { count: u32 },
    /// Not all that waits is counted.
    #[error("some of what waits may be approved by nobody then: not all of it could be counted")]
    MayLeaveNobody,
    /// Without an admin nobody could manage people any more.
    #[error("there has to be an admin")]
    LastAdmin,
    #[error("{0}")]
    Other(String),
}

impl From<DraftConflict> for Error {
    fn from(conflict: DraftConflict) -> Self {
        Self::Conflict(conflict.into())
    }
}

/// Why an agent does not get what it asked for, as the agent API names it.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    #[error("no such key")]
    BadKey,
    #[error("not with this kind of key")]
    WrongKind,
    #[error("there is no such request of this agent")]
    NotFound,
    #[error("the idempotency key was used with another body")]
    IdempotencyMismatch,
    #[error("the agent is stopped")]
    Stopped(RequestId),
    #[error("the integration is paused")]
    Paused(RequestId),
    #[error("the grant is over")]
    GrantExpired(RequestId),
    #[error("the outcome is reported already")]
    AlreadyReported(RequestId),
    #[error("the approval is over")]
    Expired(RequestId),
    #[error("it is not approved")]
    NotApproved(RequestId),
    #[error("it was claimed with another idempotency key")]
    AlreadyClaimed(RequestId),
    #[error("the rules no longer permit it")]
    NoLongerPermitted(RequestId),
    #[error("no grant covers this outcome")]
    NoGrant(RequestId),
    #[error("it cannot be withdrawn any more")]
    NotOpen(RequestId),
    #[error("what was asked was erased with its customer")]
    Erased(RequestId),
    #[error("the body does not fit")]
    Invalid(Vec<Misfit>),
    /// It may have been written all the same.
    #[error("no answer of the record, so whether this was taken is not known")]
    Unavailable,
}

/// A row that cannot be: logged, and answered as unavailable, so that nothing rests on it.
pub(crate) fn corrupt(what: &str) -> Error {
    tracing::error!(what, "a row cannot be read");
    Error::Unavailable
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(database) = &error
            && database.is_unique_violation()
        {
            return Self::Conflict(Conflict::Exists);
        }
        // Such as U+0000, which no text in PostgreSQL can hold.
        let unstorable = [Some("22021".into()), Some("22P05".into())];
        if error.as_database_error().is_some_and(|database| unstorable.contains(&database.code())) {
            return Self::Invalid(Fault::Character, "it holds a character that cannot be kept".to_owned());
        }
        if error.as_database_error().is_some_and(|database| database.code().as_deref() == Some("22008")) {
            return Self::Invalid(Fault::Date, "it holds a time that cannot be kept".to_owned());
        }
        tracing::error!(%error, "the database failed");
        Self::Unavailable
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(%error, "a value cannot be written or read");
        Self::Unavailable
    }
}

impl From<Unreadable> for Error {
    fn from(error: Unreadable) -> Self {
        tracing::error!(%error, "what was kept cannot be read");
        Self::Unavailable
    }
}

impl From<Error> for AgentError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::NotFound,
            Error::Forbidden => Self::WrongKind,
            _ => Self::Unavailable,
        }
    }
}

impl From<sqlx::Error> for AgentError {
    fn from(error: sqlx::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<serde_json::Error> for AgentError {
    fn from(error: serde_json::Error) -> Self {
        Error::from(error).into()
    }
}
