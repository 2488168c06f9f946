use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
};

use clap::Args;
use governance::PastAction;
use serde_json::json;

use super::agent;
use crate::serve::Fault;

#[derive(Args)]
pub struct Replay {
    /// Past actions, JSON Lines: the body of an ask, and `at`
    file: PathBuf,
    /// The agent file whose permission set judges
    #[arg(long)]
    permissions: PathBuf,
    /// Print each line's decision, too, as JSON Lines
    #[arg(long)]
    lines: bool,
}

impl Replay {
    pub fn run(self) -> Result<(), Fault> {
        let permissions = agent::read(&self.permissions)?;
        let faults = permissions.faults();
        if !faults.is_empty() {
            return Err(faults.join("; ").into());
        }
        let file = File::open(&self.file).map_err(|error| format!("cannot read `{}`: {error}", self.file.display()))?;
        let mut past = Vec::new();
        for (index, line) in BufReader::new(file).lines().enumerate() {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            let action: PastAction =
                serde_json::from_str(&line).map_err(|error| format!("line {}: {error}", index + 1))?;
            past.push(action);
        }

        let mut counts: BTreeMap<(String, &'static str), (u32, i64)> = BTreeMap::new();
        let names: Vec<String> = past.iter().map(|p| p.ask.action.clone()).collect();
        for (index, judged) in governance::replay(&permissions, past.into_iter()).enumerate() {
            let name = judged.decision.verdict.name();
            let count = counts.entry((names[index].clone(), name)).or_default();
            count.0 += 1;
            count.1 += judged.amount.map_or(0, |amount| amount.minor);
            if self.lines {
                println!("{}", json!({ "line": index + 1, "decision": name, "reasons": judged.decision.reasons }));
            }
        }
        for ((action, decision), (count, minor)) in counts {
            println!("{action}\t{decision}\t{count}\t{minor} minor units");
        }
        Ok(())
    }
}
