//! What is wrong with what somebody entered.

use serde::{Deserialize, Serialize};

/// Which part of what somebody entered does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    Reason,
    Note,
    Password,
    Email,
    Name,
    /// A name that people would take for another's, or for Reins' own.
    Alike,
    /// An address that people would take for another's.
    EmailAlike,
    /// An address that somebody has already.
    EmailTaken,
    Purpose,
    Slug,
    Label,
    Words,
    /// A web address.
    Link,
    /// A version, how it is numbered, or when it ends.
    Version,
    Action,
    Date,
    Amount,
    Currency,
    /// A number, such as of people or days.
    Number,
    /// A length of time.
    Span,
    /// The rules deny what was entered.
    Rules,
    /// Nothing was changed.
    Same,
    /// A character that cannot be kept.
    Character,
    /// A role that does not go with it.
    Role,
    Other,
}
