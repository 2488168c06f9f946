use clap::Args;
use domain::{
    id::StopId,
    seen::in_one_line,
    view::{Addition, StopView},
};
use governance::{Actor, Conflict, Error, Governance};

use super::{by, no_such, print, with};
use crate::{config::DatabaseConfig, serve::Fault};

const NOT_STOPPED: &str = "not stopped, as the record cannot be written now: run it again, \
                           or press Stop on a page, where it is tried until it is recorded";

const MORE_SAID: &str = "not released, as somebody has pressed it again or said more of it than you have seen: \
                         list what holds, without naming a stop, and read it";

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
            stop.added.iter().map(also).try_for_each(print)
        })
        .await
    }
}

#[derive(Args)]
pub struct Release {
    /// Which stop, as `reins stop` names it; without one, or without `--seen`, those that hold are listed
    stop: Option<StopId>,
    /// How much was said of it when you read it, as the list names it
    #[arg(long)]
    seen: Option<i64>,
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
            let Some((stop, seen)) = self.stop.zip(self.seen) else {
                return Err(which(&governance.stops(&author).await?).into());
            };
            let released = governance.release(&author, stop, seen, &self.reason).await;
            released.map_err(|error| match error {
                Error::Conflict(Conflict::MoreSaid) => MORE_SAID.into(),
                error => no_such("stop", stop)(error),
            })?;
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
        let at = stop.at.format("%F %H:%M:%S UTC");
        let added: String = stop.added.iter().map(|added| format!("\n    {}", also(added))).collect();
        format!("\n  {} --seen {}  {what}, by {by} at {at}{why}{reason}{added}", stop.id, stop.said)
    });
    format!("name the stop that is to end, with `--seen` as it stands here:{}", lines.collect::<String>())
}

/// Who else pressed, and what was said since.
fn also(added: &Addition) -> String {
    let [by, reason] = [&added.by, &added.reason].map(|text| in_one_line(text));
    let why = if reason.is_empty() { "" } else { ": " };
    format!("Also by {by} at {}{why}{reason}", added.at.format("%H:%M:%S UTC"))
}

async fn author(governance: &Governance, email: Option<&str>) -> Result<Actor, Fault> {
    match email {
        Some(email) => by(governance, email).await,
        None => Ok(Actor::System),
    }
}
