//! Agents and their permissions: drafts, versions, publishing, files.

pub mod agents;
pub mod drafts;
pub mod files;
pub mod publishing;
pub mod readiness;
pub mod starting_points;
pub mod versions;
