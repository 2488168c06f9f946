//! The demonstration: a made-up shop with four months behind it, and agents that keep asking.

mod agent;
mod asks;
mod dice;
mod history;
mod making;
mod plan;
mod shop;
mod story;

use std::{io::Write, net::SocketAddr};

use chrono::TimeDelta;
use domain::role::Role;
use governance::{Actor, Governance, MadeUp};
use tokio::net::TcpSocket;

use crate::{
    config::{DatabaseConfig, ServeConfig},
    end::End,
    listen::most_connections,
    metrics,
    serve::{BACKLOG, Database, Fault, address, bind, house, say, serve, site_is_built},
};

pub async fn run(database: &DatabaseConfig, config: ServeConfig) -> Result<(), Fault> {
    let end = End::listen()?;
    let socket = bind(config.listen)?;
    let metrics = config.metrics.map(bind).transpose()?;
    let apart = apart(database);
    let Some(mut database) = Database::open(&apart, &end).await? else { return Ok(()) };
    if is_half_made(&database).await? {
        say("The last one was not made whole, and is begun anew");
        let forgotten = forget(&database).await;
        database.close().await?;
        forgotten?;
        let Some(anew) = Database::open(&apart, &end).await? else { return Ok(()) };
        database = anew;
    }
    let owner = database.owner.clone();
    database.with(async |governance| run_on(&governance, &owner, config, socket, metrics, &end).await).await
}

/// Never in the data directory of a real shop.
fn apart(database: &DatabaseConfig) -> DatabaseConfig {
    let data = database.data.clone().unwrap_or_else(|| database.data_dir().join("demo"));
    DatabaseConfig { data: Some(data), ..database.clone() }
}

async fn is_half_made(database: &Database) -> Result<bool, Fault> {
    Ok(MadeUp::connect(&database.owner).await?.is_begun().await?)
}

/// A database elsewhere may hold other things, and is left to whoever keeps it.
async fn forget(database: &Database) -> Result<(), Fault> {
    if !database.is_private() {
        return Err("the demonstration in this database was not made whole: name an empty one".into());
    }
    Ok(MadeUp::connect(&database.owner).await?.forget().await?)
}

async fn run_on(
    governance: &Governance,
    owner: &str,
    config: ServeConfig,
    socket: TcpSocket,
    metrics: Option<TcpSocket>,
    end: &End,
) -> Result<(), Fault> {
    let listen = socket.local_addr()?;
    let Some(simulation) = end.before(prepare(governance, owner, listen)).await.transpose()? else { return Ok(()) };

    let house = house(governance.clone(), config.clone())?;
    if let Some(socket) = metrics {
        tokio::spawn(metrics::serve(socket.listen(BACKLOG)?, house.clone(), end.clone()));
    }
    if !site_is_built(&house.leptos) {
        let _ = writeln!(
            std::io::stderr(),
            "reins: no client in `{}`: pages work, but without live updates (set REINS_SITE)",
            house.leptos.site_root
        );
    }
    print_welcome(&address(listen, config.public_url.as_deref()));
    let simulated = tokio::spawn(simulation.run());
    serve(house, socket.listen(BACKLOG)?, most_connections(), None, end).await;
    simulated.abort();
    Ok(())
}

async fn prepare(governance: &Governance, owner: &str, listen: SocketAddr) -> Result<agent::Simulation, Fault> {
    seed(governance, owner).await?;
    let admin =
        governance.person_by_email(shop::ADMIN).await?.map(Actor::Person).ok_or("the demonstration has no admin")?;
    agent::Simulation::prepare(governance, &admin, listen).await
}

/// Fills an empty database; a second start finds the shop and leaves it as it is.
async fn seed(governance: &Governance, owner: &str) -> Result<(), Fault> {
    if governance.has_admin().await? {
        let known = governance.person_by_email(shop::ADMIN).await?;
        let demo = match known {
            Some(me) => governance.frame(&Actor::Person(me)).await?.demo,
            None => false,
        };
        return if demo { Ok(()) } else { Err("this database holds a shop that is no demonstration".into()) };
    }
    say(&format!("Making up {} and its last four months ...", shop::BRAND));
    make_up(governance, owner, TimeDelta::weeks(52)).await
}

/// Makes the first of the shop's past up, for as long, but not beyond now.
pub async fn make_up(governance: &Governance, owner: &str, long: TimeDelta) -> Result<(), Fault> {
    let mut clock = MadeUp::connect(owner).await?;
    let not_owner =
        "a demonstration moves the clock, which only the owner of the database may: name it by REINS_MIGRATE_URL";
    let now = clock.begin().await.map_err(|_| not_owner)?;
    let story = history::tell(now, &shop::agent_files()?);
    making::make(governance, &mut clock, &story, now.min(story.founded_at + long)).await?;
    clock.end().await?;
    Ok(governance.count_entries().await?)
}

fn print_welcome(address: &str) {
    say(&format!("{} is at {address}", shop::BRAND));
    say(&format!("Everything in it is made up. Sign in with the password `{}` as", shop::PASSWORD));
    for person in shop::people() {
        let role = person.role.name();
        let what = if person.role == Role::Reviewer { person.queues.join(", ") } else { String::new() };
        let colon = if what.is_empty() { "" } else { ": " };
        say(&format!("  {role:<9} {:<30} {}{colon}{what}", person.email, person.name));
    }
}

#[cfg(test)]
mod tests {
    use domain::action::DATA_READ;

    use super::*;

    #[test]
    fn every_agent_file_is_without_fault() {
        for file in shop::agent_files().unwrap() {
            assert_eq!(file.faults(), [""; 0], "{}", file.agent.slug);
        }
    }

    #[test]
    fn every_ask_fits_its_action() {
        let files = shop::agent_files().unwrap();
        let actions: Vec<_> = files.iter().flat_map(|file| &file.actions).collect();
        let (mut dice, customers) = (dice::Dice(7), shop::customers());
        for file in &files {
            for _ in 0..500 {
                let ask = asks::ask(&file.agent.slug, &mut dice, &customers);
                assert_eq!(ask.misfits(), [], "{ask:?}");
                if ask.action != DATA_READ {
                    let action = actions.iter().find(|action| action.name == ask.action).unwrap();
                    assert_eq!(action.arguments.misfits(&ask.arguments, ""), [], "{ask:?}");
                }
            }
        }
    }
}
