//! The demonstration: a made-up shop. Written below.

use crate::{
    config::{DatabaseConfig, ServeConfig},
    serve::Fault,
};

pub async fn run(database: &DatabaseConfig, config: ServeConfig) -> Result<(), Fault> {
    let _ = (database, config);
    Err("not there yet".into())
}
