use std::io::{BufRead, IsTerminal, Write};

use clap::{Subcommand, ValueEnum};
use domain::{role::Role, seen::in_one_line, words};
use governance::{Actor, Came, Conflict, Error};

use super::{by, person, print, with};
use crate::{config::DatabaseConfig, serve::Fault};

#[derive(Subcommand)]
pub enum User {
    /// Add somebody; the password is read from standard input
    Add {
        email: String,
        #[arg(long)]
        name: String,
        #[arg(long, value_enum)]
        role: RoleName,
        /// In whose name; without it only the first admin can be added, or a second one where it takes two and one is left
        #[arg(long)]
        by: Option<String>,
        #[command(flatten)]
        database: DatabaseConfig,
    },
    /// List everybody
    List {
        #[command(flatten)]
        database: DatabaseConfig,
    },
    /// Give somebody another password, read from standard input; their sessions end at once
    Password {
        email: String,
        /// In whose name
        #[arg(long)]
        by: String,
        #[command(flatten)]
        database: DatabaseConfig,
    },
    /// Confirm, as whoever has this machine, that nobody else knows the password that somebody has chosen for themselves
    Confirm {
        email: String,
        #[command(flatten)]
        database: DatabaseConfig,
    },
    /// Disable somebody; their sessions end at once, and their yes to what is open counts no more
    Disable {
        email: String,
        /// How much of what waits may be left without anybody who could approve it
        #[arg(long, value_name = "COUNT", default_value_t = 0)]
        losing: u32,
        /// In whose name
        #[arg(long)]
        by: String,
        #[command(flatten)]
        database: DatabaseConfig,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum RoleName {
    Auditor,
    Reviewer,
    Operator,
    Manager,
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Auditor => Self::Auditor,
            RoleName::Reviewer => Self::Reviewer,
            RoleName::Operator => Self::Operator,
            RoleName::Manager => Self::Manager,
            RoleName::Admin => Self::Admin,
        }
    }
}

/// Where a change that takes two is accepted.
const WAITS: &str = "It counts once another admin accepts it, in a browser, under Settings, Proposed changes.";

impl User {
    pub async fn run(self) -> Result<(), Fault> {
        match self {
            Self::Add { email, name, role, by: author, database } => {
                let password = read_password()?;
                with(&database, async |governance| {
                    match author {
                        Some(author) => {
                            let author = by(governance, &author).await?;
                            if governance.add_person(&author, &email, &name, role.into(), &password).await?.1
                                == Came::Proposed
                            {
                                return print(format!("Added {email} as an auditor: it takes two. {WAITS}"));
                            }
                        }
                        None if Role::from(role) == Role::Admin => {
                            governance.add_admin_on_the_machine(&email, &name, &password).await?;
                        }
                        None => return Err("`--by` is needed for anybody but the first admin".into()),
                    }
                    print(format!("Added {}.", in_one_line(&email)))
                })
                .await
            }
            Self::List { database } => {
                with(&database, async |governance| {
                    for person in governance.people(&Actor::System).await? {
                        let state = if person.disabled_at.is_some() { "disabled" } else { "active" };
                        let (role, queues) = (person.role.name(), person.queues.join(","));
                        let [email, name] = [&person.email, &person.name].map(|text| in_one_line(text));
                        print(format!("{email}\t{name}\t{role}\t{state}\t{queues}"))?;
                    }
                    Ok(())
                })
                .await
            }
            Self::Password { email, by: author, database } => {
                let password = read_password()?;
                with(&database, async |governance| {
                    let author = by(governance, &author).await?;
                    let person = person(governance, &email).await?;
                    match governance.set_password(&author, person.id, &password).await? {
                        Came::Done => print(format!("{email} has another password.")),
                        Came::Proposed => print(format!("Proposed: it takes two. {WAITS}")),
                    }
                })
                .await
            }
            Self::Confirm { email, database } => {
                with(&database, async |governance| {
                    let id = person(governance, &email).await?.id;
                    let row = governance.people(&Actor::System).await?.into_iter().find(|row| row.id == id);
                    let known_to = row.and_then(|row| row.known_to);
                    let known_to = known_to.ok_or("nobody else has set their password: nothing was changed")?;
                    let own_since = known_to.own_since.ok_or_else(|| {
                        let by = in_one_line(&known_to.by);
                        format!("they still have the password that {by} has set: nothing was changed")
                    })?;
                    governance.confirm_password(&Actor::System, id, own_since).await?;
                    print(format!("{} counts as a person of their own.", in_one_line(&email)))
                })
                .await
            }
            Self::Disable { email, losing, by: author, database } => {
                with(&database, async |governance| {
                    let author = by(governance, &author).await?;
                    let person = person(governance, &email).await?;
                    governance.disable_person(&author, person.id, losing).await.map_err(|error| match error {
                        Error::Conflict(Conflict::LeavesNobody { count }) => Fault::from(format!(
                            "{error}. Nothing was changed. To accept that, run it again with --losing {count}"
                        )),
                        Error::Conflict(Conflict::MayLeaveNobody) => Fault::from(format!(
                            "{error}. Nothing was changed. To accept that, run it again with --losing 1"
                        )),
                        error => error.into(),
                    })?;
                    print(format!("Disabled {email}."))?;
                    match governance.undone_yeses(&author, person.id).await {
                        Ok(0) => Ok(()),
                        Ok(1) => print("Their yes to 1 request that is open counts no more."),
                        Ok(yeses) => print(format!(
                            "Their yes to {} requests that are open counts no more.",
                            words::grouped(yeses)
                        )),
                        Err(_) => print("How much that is open they had said yes to, could not be read."),
                    }
                })
                .await
            }
        }
    }
}

/// Never an argument: those can be seen by everybody on the machine.
fn read_password() -> Result<String, Fault> {
    if std::io::stdin().is_terminal() {
        write!(std::io::stderr(), "Password (it is shown as you type): ")?;
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
