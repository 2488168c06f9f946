//! What is there and what is missing, in words.

use super::{Check, Facts, Missing, SHADOW_DAYS};
use crate::{
    sentence::value,
    words::{count, list},
};

impl Check {
    pub fn title(self) -> &'static str {
        match self {
            Self::DataAccess => "What it may read",
            Self::Actions => "What it may do",
            Self::Rules => "When a person decides",
            Self::People => "People who decide",
            Self::Logging => "What is recorded",
            Self::Risks => "Risks",
            Self::Integrations => "Integrations",
            Self::Undoing => "How to undo",
            Self::Key => "A key",
            Self::Stop => "The stop",
            Self::Shadow => "Days in shadow",
            Self::Settled => "What went wrong",
        }
    }
}

impl Missing {
    pub fn sentence(&self) -> String {
        match self {
            Self::DataAccess => "Nothing says what it may read.".to_owned(),
            Self::Actions => "No action is allowed to it.".to_owned(),
            Self::Rules => "No rule asks a person about anything that it does.".to_owned(),
            Self::People(sentence) | Self::Risk(sentence) => sentence.clone(),
            Self::Logging(not) if not.is_empty() => "Nothing says what is recorded of it.".to_owned(),
            Self::Logging(not) => format!("Of what it asks, {} not recorded.", are(not)),
            Self::Integration { slug } => format!("It acts on {}, which Reins does not know.", value(slug)),
            Self::Pin { name, .. } => format!("No version of {} is pinned.", value(name)),
            Self::PinEnded { name, version, .. } => {
                format!("Version {} of {} has ended.", value(version), value(name))
            }
            Self::Paused { name, .. } => format!("{} is paused.", value(name)),
            Self::Undoing { label, .. } => format!("{} can be undone, and does not say how.", value(label)),
            Self::Key => "It has no key to ask with.".to_owned(),
            Self::Stop => "Within the last year nobody has tried to stop and release it.".to_owned(),
            Self::Shadow { days: 0 } => {
                format!("It was never a day in shadow; {SHADOW_DAYS} show how it decides before anything goes out.")
            }
            Self::Shadow { days } => format!("It was in shadow for {} of {SHADOW_DAYS}.", days_of(*days)),
            Self::Settled { breaches, unknown } => {
                let open = [(breaches, "breach", "breaches"), (unknown, "unknown outcome", "unknown outcomes")];
                let open: Vec<String> = open
                    .into_iter()
                    .filter(|(number, ..)| **number > 0)
                    .map(|(number, one, many)| count(*number, one, many))
                    .collect();
                format!("Nobody has settled {} of it yet.", list(&open))
            }
        }
    }
}

/// What is there, where nothing is missing.
pub(super) fn there(check: Check, facts: &Facts) -> Option<String> {
    let number = |of: usize| u32::try_from(of).unwrap_or(u32::MAX);
    let set = facts.permissions.as_ref();
    Some(match check {
        Check::DataAccess => {
            let read = number(set?.data_access.read.len());
            format!("It may read {}.", count(read, "data set", "data sets"))
        }
        Check::Actions => format!("{} allowed.", are_many(number(facts.actions.len()), "action")),
        Check::Rules => match number(set?.approval_thresholds.in_force().count()) {
            0 => "It changes nothing outside, and no rule asks a person.".to_owned(),
            rules => format!("{} in force.", are_many(rules, "rule")),
        },
        Check::People => {
            set?;
            "Each queue that its rules ask has people enough.".to_owned()
        }
        Check::Logging => "Its inputs, reasoning and outputs are recorded.".to_owned(),
        Check::Risks => {
            set?;
            "There is none that was not accepted when its permissions were published.".to_owned()
        }
        Check::Integrations => {
            set?;
            match facts.integrations.iter().map(|one| value(&one.name)).collect::<Vec<_>>() {
                none if none.is_empty() => "It runs on none.".to_owned(),
                names => format!("A version of {} is pinned, and nothing is paused.", list(&names)),
            }
        }
        Check::Undoing => {
            set?;
            "Each of its actions that can be undone says how.".to_owned()
        }
        Check::Key => format!("It has {} to ask with.", count(facts.keys, "key", "keys")),
        Check::Stop => "It was stopped and released within the last year.".to_owned(),
        Check::Shadow => {
            let judged = match facts.shadowed {
                0 => String::new(),
                n => format!("; in the last 30 days, {} judged so", are_many_were(n)),
            };
            format!("It was in shadow for {}{judged}.", days_of(facts.shadow_days))
        }
        Check::Settled => "No breach and no unknown outcome of it lies open.".to_owned(),
    })
}

/// `1 rule is`, `2 rules are`.
fn are_many(number: u32, what: &str) -> String {
    format!("{} {}", count(number, what, &format!("{what}s")), if number == 1 { "is" } else { "are" })
}

fn are_many_were(number: u32) -> String {
    format!("{} {}", count(number, "request", "requests"), if number == 1 { "was" } else { "were" })
}

fn are(names: &[&str]) -> String {
    format!("{} {}", list(names), if names.len() == 1 { "is" } else { "are" })
}

fn days_of(days: u32) -> String {
    count(days, "day", "days")
}
