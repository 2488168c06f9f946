//! What permissions are written with: actions, data sets, words and names, and how they change.

pub mod apply;
pub mod changes;
pub mod ending;
pub mod shown;
