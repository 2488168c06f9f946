//! Who acts: the only type that operations trust.

use domain::{role::Capability, view::Me};

use crate::error::{Error, Result};

#[derive(Clone, Debug, PartialEq)]
pub enum Actor {
    /// Somebody who is signed in, as read at the start of this request.
    Person(Me),
    /// Reins itself: its jobs, and the command line before there are people.
    System,
}

impl Actor {
    pub fn can(&self, capability: Capability) -> bool {
        match self {
            Self::Person(me) => me.role.can(capability),
            Self::System => true,
        }
    }

    /// The person, where only people may act.
    pub fn person(&self) -> Result<&Me> {
        match self {
            Self::Person(me) => Ok(me),
            Self::System => Err(Error::Forbidden),
        }
    }
}
