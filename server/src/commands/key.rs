use clap::{Subcommand, ValueEnum};
use domain::{id::KeyId, view::KeyKind};

use super::{by, no_such, print, with};
use crate::{config::DatabaseConfig, serve::Fault};

#[derive(Subcommand)]
pub enum Key {
    /// Make a key; it is printed once
    Create {
        agent: String,
        #[arg(long)]
        label: String,
        #[arg(long, value_enum, default_value = "agent")]
        kind: KindName,
        /// In whose name
        #[arg(long)]
        by: String,
        #[command(flatten)]
        database: DatabaseConfig,
    },
    /// Revoke a key, named by its id or by how it begins
    Revoke {
        key: String,
        /// In whose name
        #[arg(long)]
        by: String,
        #[command(flatten)]
        database: DatabaseConfig,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum KindName {
    Agent,
    Hook,
}

impl Key {
    pub async fn run(self) -> Result<(), Fault> {
        match self {
            Self::Create { agent, label, kind, by: author, database } => {
                let kind = match kind {
                    KindName::Agent => KeyKind::Agent,
                    KindName::Hook => KeyKind::Hook,
                };
                with(&database, async |governance| {
                    let author = by(governance, &author).await?;
                    let key = governance.create_key(&author, &agent, kind, &label).await;
                    print(key.map_err(no_such("agent", &agent))?.secret)
                })
                .await
            }
            Self::Revoke { key, by: author, database } => {
                with(&database, async |governance| {
                    let author = by(governance, &author).await?;
                    let keys = governance.keys(&author).await?;
                    let fits = |row: &&domain::view::KeyRow| row.id.to_string() == key || row.prefix == key;
                    let id: KeyId =
                        keys.iter().find(fits).map(|row| row.id).ok_or("there is no such key: none was revoked")?;
                    governance.revoke_key(&author, id).await?;
                    print("Revoked.")
                })
                .await
            }
        }
    }
}
