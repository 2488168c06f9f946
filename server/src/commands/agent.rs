use std::{
    io::{BufRead, IsTerminal, Write},
    path::{Path, PathBuf},
};

use clap::Subcommand;
use domain::{
    agent::Mode,
    agent_file::AgentFile,
    authoring::statement::keys,
    json,
    phase::Move,
    seen::{in_one_line, visible},
    words,
};
use governance::Taken;
use tokio::sync::oneshot;

use super::{by, no_such, print, read_text, with};
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
        /// Accept what the file means for permissions in force, and what is risky in it: the word that `apply` printed when
        /// it refused
        #[arg(long, value_name = "WORD")]
        accept: Option<String>,
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
    /// Move an agent to `shadow`, `live`, `rescue` or `expansion`, which are live, too, or `retired`
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
            Self::Apply { file, by: author, note, dry_run, accept, database } => {
                let file = read(&file)?;
                with(&database, async |governance| {
                    let author = by(governance, &author).await?;
                    let mut taken = governance.apply(&author, &file, &note, &[], true).await?;
                    let accepted = keys(&taken.to_accept());
                    let (told, word) = (told(&taken), word(&file, &accepted)?);
                    if !dry_run {
                        if let Some(told) = &told {
                            need_word(told, &word, accept.as_deref()).await?;
                        }
                        taken = governance.apply(&author, &file, &note, &accepted, false).await?;
                    }
                    for change in &taken.changes {
                        print(in_one_line(change))?;
                    }
                    if let Some(told) = told.filter(|_| dry_run) {
                        print(told)?;
                        print(format!("To accept that: --accept {word}"))?;
                    }
                    print(match (taken.changes.is_empty(), dry_run) {
                        (true, _) => "Nothing changes.",
                        (false, true) => "This would change; nothing was.",
                        (false, false) => "Applied.",
                    })
                })
                .await
            }
            Self::Export { agent, version, by: author, database } => {
                with(&database, async |governance| {
                    let author = by(governance, &author).await?;
                    let what = version.map_or("version in force".to_owned(), |version| format!("version {version}"));
                    let file = governance.export_agent(&author, &agent, version).await;
                    let file = file.map_err(no_such(&format!("{what} of"), &agent))?;
                    let text = toml::to_string_pretty(&file)?;
                    // A terminal acts on what a file or a pipe takes as it is.
                    print(if std::io::stdout().is_terminal() {
                        visible(text.trim_end())
                    } else {
                        text.trim_end().to_owned()
                    })
                })
                .await
            }
            Self::Mode { agent, mode, by: author, reason, database } => {
                let to = Move::try_from(mode)?;
                with(&database, async |governance| {
                    let author = by(governance, &author).await?;
                    governance.move_agent(&author, &agent, to, &reason).await.map_err(no_such("agent", &agent))?;
                    print(format!("`{agent}` is {}.", to.mode().name()))?;
                    let told = match to.mode() {
                        Mode::Live => return Ok(()),
                        Mode::Retired => "Ends with it",
                        Mode::Draft | Mode::Shadow => "Not carried out while it is not live",
                    };
                    match governance.open_of(&author, &agent).await {
                        Ok(0) => Ok(()),
                        Ok(open) => print(format!("{told}: {}.", words::open(open))),
                        Err(_) => print("How much of it waits or is approved could not be read."),
                    }
                })
                .await
            }
        }
    }
}

/// What names this file with exactly what these keys stand for.
fn word(file: &AgentFile, accepted: &[String]) -> Result<String, Fault> {
    Ok(json::hex(&json::digest(&(file, accepted))?[..8]))
}

/// What has to be accepted, and how much ends with it; `None` where it is nothing.
fn told(taken: &Taken) -> Option<String> {
    let ends = format!("{} could not be carried out any more.", words::open(taken.ends));
    let ends = (taken.ends > 0).then_some(ends);
    let lines = taken
        .to_accept()
        .into_iter()
        .map(|said| said.sentence)
        .chain(ends)
        .map(|sentence| format!("\n- {}", in_one_line(&sentence)));
    let lines: String = lines.collect();
    (!lines.is_empty()).then(|| format!("This has to be accepted:{lines}"))
}

/// Somebody has accepted what the file means, and what is risky in it: by its word, or at the terminal.
async fn need_word(told: &str, word: &str, accept: Option<&str>) -> Result<(), Fault> {
    if accept == Some(word) {
        return Ok(());
    }
    if accept.is_none() && std::io::stdin().is_terminal() {
        write!(std::io::stderr(), "{told}\nApply it all the same? Type yes: ")?;
        return if typed().await?.trim() == "yes" { Ok(()) } else { Err("nothing was changed".into()) };
    }
    Err(format!("{told}\nNothing was changed. To accept that, run it again with --accept {word}").into())
}

/// A line from the terminal, read in a thread that a process that is told to end does not wait for.
async fn typed() -> Result<String, Fault> {
    let (sender, typed) = oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let _ = sender.send(std::io::stdin().lock().read_line(&mut line).map(|_| line));
    });
    Ok(typed.await??)
}

/// The longest agent file, in bytes: what the page takes, too.
const MOST: usize = 2 * 1024 * 1024;

/// Reads an agent file (TOML).
pub fn read(path: &Path) -> Result<AgentFile, Fault> {
    let text = read_text(path)?;
    if text.len() > MOST {
        return Err(format!("`{}` is longer than 2 MB: nothing was changed", path.display()).into());
    }
    toml::from_str(&text).map_err(|error| format!("`{}`: {error}", path.display()).into())
}
