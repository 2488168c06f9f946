//! What the database keeps as JSON: each object says by which form it was written, by a number in it (`format`).
//!
//! Replicas of two versions may work beside each other, and one that was gone back to meets what a newer one has written:
//! what that means, it does not guess.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Kept for whatever version comes. `domain/tests/golden` holds each form that ever was: one that changes gets the next
/// number, and `read` goes on reading those before.
pub trait Kept: Serialize + DeserializeOwned {
    /// The form that is written.
    const FORMAT: u64;

    /// Reads what was written by that form, its number taken out.
    fn read(format: u64, value: Value) -> Result<Self, Unreadable> {
        match format == Self::FORMAT {
            true => Ok(serde_json::from_value(value)?),
            false => Err(Unreadable::Unknown(format)),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("it was written by form {0}, which this version of Reins does not know")]
    Unknown(u64),
    #[error("it does not say by which form it was written")]
    Unsaid,
    #[error(transparent)]
    Broken(#[from] serde_json::Error),
}

/// As it is kept.
#[derive(Serialize)]
pub struct Written<'a, T> {
    format: u64,
    #[serde(flatten)]
    value: &'a T,
}

impl<'a, T: Kept> Written<'a, T> {
    pub fn of(value: &'a T) -> Self {
        Self { format: T::FORMAT, value }
    }

    pub fn all(values: &'a [T]) -> Vec<Self> {
        values.iter().map(Self::of).collect()
    }
}

pub fn write<T: Kept>(value: &T) -> Result<Value, serde_json::Error> {
    serde_json::to_value(Written::of(value))
}

pub fn write_all<T: Kept>(values: &[T]) -> Result<Value, serde_json::Error> {
    serde_json::to_value(Written::all(values))
}

pub fn read<T: Kept>(mut value: Value) -> Result<T, Unreadable> {
    let format = value.as_object_mut().and_then(|members| members.remove("format"));
    let format = format.as_ref().and_then(Value::as_u64).ok_or(Unreadable::Unsaid)?;
    T::read(format, value)
}

pub fn read_all<T: Kept>(values: Value) -> Result<Vec<T>, Unreadable> {
    let values: Vec<Value> = serde_json::from_value(values)?;
    values.into_iter().map(read).collect()
}
