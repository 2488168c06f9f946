use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use clap::Args;
use domain::{
    money::{Currency, Money},
    seen::in_one_line,
};
use governance::PastAction;
use serde_json::json;

use super::{agent, print};
use crate::serve::Fault;

#[derive(Args)]
pub struct Replay {
    /// Past actions in the order of their times, JSON Lines: the body of an ask, and `at`
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
        let (numbers, past): (Vec<_>, Vec<_>) = read(&self.file)?.into_iter().unzip();

        let mut counts: BTreeMap<(String, &'static str), Count> = BTreeMap::new();
        let names: Vec<String> = past.iter().map(|p| p.ask.action.clone()).collect();
        for (index, judged) in governance::replay(&permissions, past.into_iter()).enumerate() {
            let name = judged.decision.verdict.name();
            counts.entry((names[index].clone(), name)).or_default().add(judged.amount);
            if self.lines {
                print(json!({ "line": numbers[index], "decision": name, "reasons": judged.decision.reasons }))?;
            }
        }
        for ((action, decision), count) in counts {
            print(format!("{}\t{decision}\t{}\t{}", in_one_line(&action), count.actions, count.sums()?))?;
        }
        Ok(())
    }
}

/// Past actions with the numbers of their lines; each is as late as the one before it, or later.
fn read(path: &Path) -> Result<Vec<(usize, PastAction)>, Fault> {
    let file = File::open(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    let mut past: Vec<(usize, PastAction)> = Vec::new();
    for (number, line) in (1..).zip(BufReader::new(file).lines()) {
        let line = line.map_err(|error| format!("line {number}: {error}"))?;
        if line.trim().is_empty() {
            continue;
        }
        let action = PastAction::read(&line).map_err(|why| format!("line {number}: {why}"))?;
        // A window counts what lies before an action: out of order it would count too little.
        if let Some((before, _)) = past.last().filter(|(_, last)| action.at < last.at) {
            return Err(format!("line {number}: is earlier than line {before}; sort the lines by `at`").into());
        }
        past.push((number, action));
    }
    Ok(past)
}

/// Actions of a kind that were judged alike.
#[derive(Default)]
struct Count {
    actions: u32,
    /// In minor units.
    sums: BTreeMap<Currency, i128>,
}

impl Count {
    fn add(&mut self, amount: Option<Money>) {
        self.actions += 1;
        if let Some(Money { minor, currency }) = amount {
            *self.sums.entry(currency).or_default() += i128::from(minor);
        }
    }

    /// Such as `72.50 USD, 900 JPY`.
    fn sums(&self) -> Result<String, Fault> {
        let mut sums = Vec::new();
        for (currency, minor) in &self.sums {
            let minor = i64::try_from(*minor).map_err(|_| format!("the sum in {currency} is too large"))?;
            sums.push(Money { minor, currency: *currency }.to_string());
        }
        Ok(if sums.is_empty() { "no amounts".to_owned() } else { sums.join(", ") })
    }
}
