use clap::Args;
use domain::{id::StopId, seen::in_one_line, view::StopView};
use governance::{Actor, Error, Governance};

use super::{by, no_such, print, with};
use crate::{config::DatabaseConfig, serve::Fault};

const NOT_STOPPED: &str = "not stopped, as the record cannot be written now: run it again, \
                           or press Stop on a page, where it is tried until it is recorded";

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
            let agent = self.agent.as_deref();
            let stop = governance.stop(&author, agent, &self.reason).await;
            let stop = stop.map_err(|error| match error {
                Error::Unavailable => NOT_STOPPED.into(),
                error => no_such("agent", agent.unwrap_or_default())(error),
            })?;
            let what = stop.agent.as_ref().map_or("Everything", |agent| agent.name.as_str());
            let (what, who) = (in_one_line(what), in_one_line(&stop.by));
            print(format!("{what} stopped at {} by {who}.", stop.at.format("%H:%M:%S UTC")))?;
            print(format!("This stop is {}.", stop.id))?;
            for added in &stop.added {
                let [by, reason] = [&added.by, &added.reason].map(|text| in_one_line(text));
                let why = if reason.is_empty() { "" } else { ": " };
                print(format!("Also by {by} at {}{why}{reason}", added.at.format("%H:%M:%S UTC")))?;
            }
            Ok(())
        })
        .await
    }
}

#[derive(Args)]
pub struct Release {
    /// Which stop, as `reins stop` names it; without one, those that hold are listed
    stop: Option<StopId>,
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
            let Some(stop) = self.stop else {
                return Err(which(&governance.stops(&author).await?).into());
            };
            governance.release(&author, stop, &self.reason).await.map_err(no_such("stop", stop))?;
            print("Released.")
        })
        .await
    }
}

/// What can be released.
fn which(stops: &[StopView]) -> String {
    if stops.is_empty() {
        return "nothing is stopped".to_owned();
    }
    let lines = stops.iter().map(|stop| {
        let what = stop.agent.as_ref().map_or("everything", |agent| agent.name.as_str());
        let why = if stop.reason.is_empty() { "" } else { ": " };
        let [what, by, reason] = [what, &stop.by, &stop.reason].map(in_one_line);
        format!("\n  {}  {what}, by {by} at {}{why}{reason}", stop.id, stop.at.format("%F %H:%M:%S UTC"))
    });
    format!("name the stop that is to end:{}", lines.collect::<String>())
}

async fn author(governance: &Governance, email: Option<&str>) -> Result<Actor, Fault> {
    match email {
        Some(email) => by(governance, email).await,
        None => Ok(Actor::System),
    }
}
