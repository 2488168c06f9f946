//! What would have changed: past requests by the set in force and by a draft, added up.
//!
//! However many requests there are, this stays small: sums, a load a queue, and ten cases.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    decision::{Need, Verdict},
    kept::Kept,
    money::Money,
};

mod cases;
mod tally;

use cases::needs;
pub use cases::{Case, MOST_CASES, Told, Turn};
pub use tally::{Days, Load, Tally};

/// Add requests in the order of their times; it can be shown at any moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Impact {
    pub judged: u64,
    /// By the answer before, then by the answer after, in the order of [`Answer::ALL`].
    pub transitions: [[Tally; 3]; 3],
    /// Asked before and after, but of others, or of more or fewer people, or with another end.
    pub asked_otherwise: u64,
    pub queues: BTreeMap<String, Load>,
    /// The most telling first: what is laxer, by how much and then by its money; then what is stricter.
    pub cases: Vec<Case>,
    pub left_out: BTreeMap<LeftOut, u64>,
    pub gaps: BTreeMap<Gap, u64>,
}

/// What the rules say of a request; in shadow, what they would.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Allowed,
    Asked,
    Denied,
}

/// Why a request could not be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// A line that is not a request.
    Unreadable,
    /// An action that the shop no longer has.
    UnknownAction,
    /// What it said was erased.
    Erased,
    /// The rules ask about what was not recorded of it.
    NotRecorded,
    /// The rules ask about what is masked in it.
    Masked,
    /// Stopped or paused: not for the rules to say.
    NotByTheRules,
}

/// What was judged without something that was known when it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// What the brand knew of the customer.
    CustomerFacts,
    /// Texts that are not recorded, in which a topic might have been found.
    Texts,
    /// Requests before the first one, which windows would have counted.
    EarlierRequests,
}

/// A past request with both answers.
pub struct Judged<'a> {
    /// In the brand's time zone.
    pub day: NaiveDate,
    pub amount: Option<Money>,
    pub before: &'a Verdict,
    pub after: &'a Verdict,
}

impl Answer {
    pub const ALL: [Self; 3] = [Self::Allowed, Self::Asked, Self::Denied];

    /// `None` where the rules have no say.
    pub fn of(verdict: &Verdict) -> Option<Self> {
        match verdict {
            Verdict::Allowed => Some(Self::Allowed),
            Verdict::NeedsApproval { .. } => Some(Self::Asked),
            Verdict::Denied => Some(Self::Denied),
            Verdict::Shadowed { would } => Self::of(would),
            Verdict::Stopped | Verdict::Paused => None,
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Asked => "asked",
            Self::Denied => "denied",
        }
    }
}

impl Kept for Impact {
    const FORMAT: u64 = 1;
}

impl Impact {
    /// Adds a request; `tell` is called for the few that are told.
    pub fn add(&mut self, judged: &Judged<'_>, tell: impl FnOnce() -> Told) {
        let (Some(before), Some(after)) = (Answer::of(judged.before), Answer::of(judged.after)) else {
            return self.leave_out(LeftOut::NotByTheRules);
        };
        self.judged += 1;
        self.transitions[before as usize][after as usize].add(judged.amount);
        let (needs_before, needs_after) = (needs(judged.before), needs(judged.after));
        if before == Answer::Asked && after == Answer::Asked && !ask_alike(needs_before, needs_after) {
            self.asked_otherwise += 1;
        }
        for need in needs_before {
            self.load(&need.queue).before.add(judged.day);
        }
        for need in needs_after {
            self.load(&need.queue).after.add(judged.day);
        }
        if let Some(turn) = Turn::of(judged.before, judged.after) {
            self.keep(turn, judged.amount, tell);
        }
    }

    /// Counts a request that could not be judged.
    pub fn leave_out(&mut self, why: LeftOut) {
        *self.left_out.entry(why).or_default() += 1;
    }

    /// Counts a request that was judged, with something missing.
    pub fn miss(&mut self, gap: Gap) {
        *self.gaps.entry(gap).or_default() += 1;
    }

    pub fn before(&self, answer: Answer) -> Tally {
        Tally::sum(&self.transitions[answer as usize])
    }

    pub fn after(&self, answer: Answer) -> Tally {
        Tally::sum(self.transitions.iter().map(|row| &row[answer as usize]))
    }

    /// Requests that get another answer.
    pub fn changed(&self) -> u64 {
        let same: u64 = (0..3).map(|at| self.transitions[at][at].requests).sum();
        self.judged - same
    }

    /// The first line of the page: "Of 4,210 requests, 31 more would have been asked, and 31 fewer allowed."
    pub fn sentence(&self) -> String {
        let of = match self.judged {
            0 => return "There is no request to judge.".to_owned(),
            1 => "Of 1 request".to_owned(),
            n => format!("Of {} requests", grouped(n)),
        };
        let changes: Vec<String> = [Answer::Asked, Answer::Denied, Answer::Allowed]
            .into_iter()
            .filter_map(|answer| {
                let (before, after) = (self.before(answer).requests, self.after(answer).requests);
                let (n, more) = (before.abs_diff(after), if after > before { "more" } else { "fewer" });
                (n > 0).then(|| format!("{} {more} would have been {}", grouped(n), answer.words()))
            })
            .collect();
        match (changes.split_last(), self.changed()) {
            (Some((last, [])), _) => format!("{of}, {last}."),
            (Some((last, rest)), _) => format!("{of}, {} and {last}.", rest.join(", ")),
            (None, 0) if self.asked_otherwise == 0 => format!("{of}, none would have got another answer."),
            (None, 0) => format!("{of}, {} would have been asked otherwise.", grouped(self.asked_otherwise)),
            (None, n) => format!("{of}, {} would have got another answer.", grouped(n)),
        }
    }

    fn load(&mut self, queue: &str) -> &mut Load {
        self.queues.entry(queue.to_owned()).or_default()
    }
}

/// Whether the same people are asked, whatever the rules are called.
fn ask_alike(before: &[Need], after: &[Need]) -> bool {
    let is_in = |need: &Need, others: &[Need]| {
        others.iter().any(|other| Need { rules: need.rules.clone(), ..other.clone() } == *need)
    };
    let queues = |needs: &[Need]| needs.iter().map(|need| need.queue.clone()).collect::<BTreeSet<_>>();
    queues(before) == queues(after) && before.iter().all(|need| is_in(need, after))
}

/// `4,210`.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests;
