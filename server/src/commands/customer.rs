use std::path::PathBuf;

use clap::Subcommand;
use domain::words::count;
use governance::CustomerFacts;

use super::{by, print, read_text, with};
use crate::{config::DatabaseConfig, serve::Fault};

#[derive(Subcommand)]
pub enum Customer {
    /// Take over the brand's list: JSON Lines of `id`, `orders`, `lifetime_value`, `open_complaints`
    Sync {
        file: PathBuf,
        /// In whose name
        #[arg(long)]
        by: String,
        #[command(flatten)]
        database: DatabaseConfig,
    },
}

impl Customer {
    pub async fn run(self) -> Result<(), Fault> {
        let Self::Sync { file, by: author, database } = self;
        let text = read_text(&file)?;
        let mut customers: Vec<CustomerFacts> = Vec::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            customers.push(CustomerFacts::read(line).map_err(|why| format!("line {}: {why}", index + 1))?);
        }
        with(&database, async |governance| {
            let author = by(governance, &author).await?;
            governance.sync_customers(&author, &customers).await?;
            let number = u32::try_from(customers.len()).unwrap_or(u32::MAX);
            print(format!("{}.", count(number, "customer", "customers")))
        })
        .await
    }
}
