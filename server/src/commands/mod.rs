//! The command line; each command calls the operation that the pages call, too.

mod agent;
mod customer;
mod key;
mod replay;
mod serve;
mod stop;
mod user;

use std::{fmt::Display, fs, io::Write, path::Path};

use clap::Subcommand;
use domain::view::Me;
use governance::{Actor, Error, Governance};

use crate::{
    agent_api,
    config::{DatabaseConfig, ServeConfig},
    demo,
    end::End,
    serve::{Database, Fault},
};

#[derive(Subcommand)]
pub enum Command {
    /// Serve pages and the agent API
    Serve {
        #[command(flatten)]
        database: DatabaseConfig,
        #[command(flatten)]
        serve: ServeConfig,
    },
    /// Serve a made-up shop with a history and an agent that keeps asking
    Demo {
        #[command(flatten)]
        database: DatabaseConfig,
        #[command(flatten)]
        serve: ServeConfig,
    },
    /// Bring the schema up to date, as its owner
    Migrate {
        #[command(flatten)]
        database: DatabaseConfig,
    },
    /// People
    #[command(subcommand)]
    User(user::User),
    /// Agents, from reviewed files
    #[command(subcommand)]
    Agent(agent::Agent),
    /// What the brand says of its customers
    #[command(subcommand)]
    Customer(customer::Customer),
    /// Keys of agents and hooks
    #[command(subcommand)]
    Key(key::Key),
    /// Stop an agent, or everything
    Stop(stop::Stop),
    /// Release what is stopped
    Release(stop::Release),
    /// Judge past actions by the permission set of an agent file, without executing anything
    Replay(replay::Replay),
    /// Print how what runs by itself stands, and which servers there are, as JSON
    Jobs {
        #[command(flatten)]
        database: DatabaseConfig,
    },
    /// Print the description of the agent API
    Openapi,
}

impl Command {
    pub async fn run(self) -> Result<(), Fault> {
        match self {
            Self::Serve { database, serve } => serve::run(&database, serve).await,
            Self::Demo { database, serve } => demo::run(&database, serve).await,
            Self::Migrate { database } => serve::migrate(&database).await,
            Self::User(user) => user.run().await,
            Self::Agent(agent) => agent.run().await,
            Self::Customer(customer) => customer.run().await,
            Self::Key(key) => key.run().await,
            Self::Stop(stop) => stop.run().await,
            Self::Release(release) => release.run().await,
            Self::Replay(replay) => replay.run(),
            Self::Jobs { database } => {
                let print_all = async |governance: &Governance| {
                    let page = governance.jobs(&Actor::System).await?;
                    print(serde_json::to_string_pretty(&page)?)
                };
                with(&database, print_all).await
            }
            Self::Openapi => print(agent_api::description().to_pretty_json()?),
        }
    }
}

/// A text that somebody gives, without the mark that some editors put before one.
fn read_text(path: &Path) -> Result<String, Fault> {
    let text = fs::read_to_string(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The person in whose name a command acts.
async fn by(governance: &Governance, email: &str) -> Result<Actor, Fault> {
    person(governance, email).await.map(Actor::Person)
}

async fn person(governance: &Governance, email: &str) -> Result<Me, Fault> {
    let person = governance.person_by_email(email).await?;
    person.ok_or_else(|| format!("nobody with the address `{email}` may sign in: nothing was changed").into())
}

/// Says which thing there is not.
fn no_such(what: &str, name: impl Display) -> impl FnOnce(Error) -> Fault {
    let missing = format!("there is no {what} `{name}`: nothing was changed");
    move |error| match error {
        Error::NotFound => missing.into(),
        error => error.into(),
    }
}

/// A line of what a command came to.
fn print(words: impl Display) -> Result<(), Fault> {
    let printed = writeln!(std::io::stdout(), "{words}");
    printed.map_err(|error| format!("it was done, but not all that it printed was taken: {error}").into())
}

const TOLD_TO_END: &str = "told to end: nothing was done";

/// Runs `work` on the database, and closes it whatever came of it.
async fn with<F, R>(config: &DatabaseConfig, work: F) -> Result<R, Fault>
where
    F: AsyncFnOnce(&Governance) -> Result<R, Fault>,
{
    let end = End::listen()?;
    let database = Database::open_existing(config, &end).await?.ok_or(TOLD_TO_END)?;
    let work = async |governance: Governance| {
        let done = end.before(work(&governance)).await;
        done.unwrap_or_else(|| {
            Err("told to end: it may have been done all the same, so look before you repeat it".into())
        })
    };
    database.with(work).await.map_err(in_words)
}

fn in_words(fault: Fault) -> Fault {
    match fault.downcast().map(|error| *error) {
        Ok(Error::Forbidden) => "whoever `--by` names may not do this: nothing was changed".into(),
        Ok(Error::Unknown) => format!("{}: look before you repeat it", Error::Unknown).into(),
        Ok(error) => format!("{error}: nothing was changed").into(),
        Err(other) => other,
    }
}
