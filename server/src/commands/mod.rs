//! The command line; each command calls the operation that the pages call, too.

mod agent;
mod customer;
mod key;
mod replay;
mod serve;
mod stop;
mod user;

use clap::Subcommand;
use governance::{Actor, Governance};

use crate::{
    agent_api,
    config::{DatabaseConfig, ServeConfig},
    demo,
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
            Self::Openapi => {
                println!("{}", agent_api::description().to_pretty_json()?);
                Ok(())
            }
        }
    }
}

/// The person in whose name a command acts.
async fn by(governance: &Governance, email: &str) -> Result<Actor, Fault> {
    let person = governance.person_by_email(email).await?;
    person.map(Actor::Person).ok_or_else(|| format!("nobody with the address `{email}` may sign in").into())
}

/// Runs `work` on the database, and closes it whatever came of it.
async fn with<F, R>(config: &DatabaseConfig, work: F) -> Result<R, Fault>
where
    F: AsyncFnOnce(&Governance) -> Result<R, Fault>,
{
    let database = Database::open_existing(config).await?;
    let result = work(&database.governance).await;
    database.close().await?;
    result
}
