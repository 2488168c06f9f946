use clap::Args;
use governance::{Actor, Governance};

use super::{by, with};
use crate::{config::DatabaseConfig, serve::Fault};

#[derive(Args)]
pub struct Stop {
    /// Which agent; without one, everything
    agent: Option<String>,
    #[arg(long, default_value = "")]
    reason: String,
    /// In whose name; without it, the command line's
    #[arg(long)]
    by: Option<String>,
    #[command(flatten)]
    database: DatabaseConfig,
}

impl Stop {
    pub async fn run(self) -> Result<(), Fault> {
        with(&self.database, async |governance| {
            let author = author(governance, self.by.as_deref()).await?;
            let stop = governance.stop(&author, self.agent.as_deref(), &self.reason).await?;
            let what = stop.agent.as_ref().map_or("Everything", |agent| &agent.name);
            println!("{what} stopped at {} by {}.", stop.at.format("%H:%M:%S UTC"), stop.by);
            Ok(())
        })
        .await
    }
}

#[derive(Args)]
pub struct Release {
    /// Which agent; without one, the stop of everything
    agent: Option<String>,
    #[arg(long)]
    reason: String,
    /// In whose name
    #[arg(long)]
    by: String,
    #[command(flatten)]
    database: DatabaseConfig,
}

impl Release {
    pub async fn run(self) -> Result<(), Fault> {
        with(&self.database, async |governance| {
            let author = by(governance, &self.by).await?;
            governance.release(&author, self.agent.as_deref(), &self.reason).await?;
            println!("Released.");
            Ok(())
        })
        .await
    }
}

async fn author(governance: &Governance, email: Option<&str>) -> Result<Actor, Fault> {
    match email {
        Some(email) => by(governance, email).await,
        None => Ok(Actor::System),
    }
}
