use std::path::{Path, PathBuf};

use clap::Subcommand;
use domain::{agent::Mode, agent_file::AgentFile};

use super::{by, with};
use crate::{config::DatabaseConfig, serve::Fault};

#[derive(Subcommand)]
pub enum Agent {
    /// Apply a reviewed agent file: action types, data sets, queues, and the permission set, which is published
    Apply {
        file: PathBuf,
        /// In whose name
        #[arg(long)]
        by: String,
        /// Why, for the record
        #[arg(long)]
        note: String,
        /// Only say what would change
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        database: DatabaseConfig,
    },
    /// Print an agent as the file that `apply` takes: its permission set in force, with all that this names
    Export {
        agent: String,
        /// Another version than the one in force
        #[arg(long)]
        version: Option<i32>,
        /// In whose name
        #[arg(long)]
        by: String,
        #[command(flatten)]
        database: DatabaseConfig,
    },
    /// Change an agent's mode: `shadow`, `live` or `retired`
    Mode {
        agent: String,
        mode: String,
        /// In whose name
        #[arg(long)]
        by: String,
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        database: DatabaseConfig,
    },
}

impl Agent {
    pub async fn run(self) -> Result<(), Fault> {
        match self {
            Self::Apply { file, by: author, note, dry_run, database } => {
                let file = read(&file)?;
                with(&database, async |governance| {
                    let author = by(governance, &author).await?;
                    let changes = governance.apply(&author, &file, &note, dry_run).await?;
                    for change in &changes {
                        println!("{}", change.0);
                    }
                    match (changes.is_empty(), dry_run) {
                        (true, _) => println!("Nothing changes."),
                        (false, true) => println!("This would change; nothing was."),
                        (false, false) => println!("Applied."),
                    }
                    Ok(())
                })
                .await
            }
            Self::Export { agent, version, by: author, database } => {
                with(&database, async |governance| {
                    let author = by(governance, &author).await?;
                    let file = governance.export_agent(&author, &agent, version).await?;
                    print!("{}", toml::to_string_pretty(&file)?);
                    Ok(())
                })
                .await
            }
            Self::Mode { agent, mode, by: author, reason, database } => {
                let mode = Mode::parse(&mode).ok_or("a mode is `shadow`, `live` or `retired`")?;
                with(&database, async |governance| {
                    let author = by(governance, &author).await?;
                    governance.set_mode(&author, &agent, mode, &reason).await?;
                    println!("`{agent}` is {}.", mode.name());
                    Ok(())
                })
                .await
            }
        }
    }
}

/// Reads an agent file (TOML).
pub fn read(path: &Path) -> Result<AgentFile, Fault> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("`{}`: {error}", path.display()).into())
}
