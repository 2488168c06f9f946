//! The cases that tell most: what the draft would let through, then what it would hold.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::{Answer, Impact};
use crate::{
    decision::{Need, Verdict},
    money::Money,
};

/// How many cases are told.
pub const MOST_CASES: usize = 10;

/// A request that tells what the draft is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    pub turn: Turn,
    pub amount: Option<Money>,
    pub told: Told,
}

/// How the answer to a request changes, the most telling first: what is laxer, then what is stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    DeniedToAllowed,
    AskedToAllowed,
    DeniedToAsked,
    /// Of fewer people, or without a queue that was asked.
    AskedOfFewer,
    AllowedToDenied,
    AskedToDenied,
    AllowedToAsked,
    AskedOfMore,
}

/// A request as a page tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// Its id, or the line of a file.
    pub name: String,
    pub sentence: String,
    /// Why the answer is another.
    pub why: String,
}

impl Turn {
    /// `None` where the answer is no laxer and no stricter.
    pub fn of(before: &Verdict, after: &Verdict) -> Option<Self> {
        use Answer::*;
        match (Answer::of(before)?, Answer::of(after)?) {
            (Denied, Allowed) => Some(Self::DeniedToAllowed),
            (Asked, Allowed) => Some(Self::AskedToAllowed),
            (Denied, Asked) => Some(Self::DeniedToAsked),
            (Allowed, Denied) => Some(Self::AllowedToDenied),
            (Asked, Denied) => Some(Self::AskedToDenied),
            (Allowed, Asked) => Some(Self::AllowedToAsked),
            // What is laxer in one and stricter in another is laxer.
            (Asked, Asked) if !asks_for_all(needs(after), needs(before)) => Some(Self::AskedOfFewer),
            (Asked, Asked) if !asks_for_all(needs(before), needs(after)) => Some(Self::AskedOfMore),
            (Allowed, Allowed) | (Asked, Asked) | (Denied, Denied) => None,
        }
    }

    pub fn is_laxer(self) -> bool {
        self < Self::AllowedToDenied
    }

    /// `Asked now, would be allowed`
    pub fn words(self) -> &'static str {
        match self {
            Self::DeniedToAllowed => "Denied now, would be allowed",
            Self::AskedToAllowed => "Asked now, would be allowed",
            Self::DeniedToAsked => "Denied now, would be asked",
            Self::AskedOfFewer => "Asked now, would be asked of fewer",
            Self::AllowedToDenied => "Allowed now, would be denied",
            Self::AskedToDenied => "Asked now, would be denied",
            Self::AllowedToAsked => "Allowed now, would be asked",
            Self::AskedOfMore => "Asked now, would be asked of more",
        }
    }
}

impl Impact {
    pub(super) fn keep(&mut self, turn: Turn, amount: Option<Money>, tell: impl FnOnce() -> Told) {
        let key = |turn: Turn, amount: Option<Money>| (turn, Reverse(weight(amount)));
        let at = self.cases.partition_point(|case| key(case.turn, case.amount) <= key(turn, amount));
        if at < MOST_CASES {
            self.cases.insert(at, Case { turn, amount, told: tell() });
            self.cases.truncate(MOST_CASES);
        }
    }
}

/// Money by its number alone, whatever its currency; none is the least.
fn weight(amount: Option<Money>) -> i128 {
    let thousandths =
        |money: Money| i128::from(money.minor) * 10_i128.pow(3_u32.saturating_sub(money.currency.decimals()));
    amount.map_or(-1, thousandths)
}

pub(super) fn needs(verdict: &Verdict) -> &[Need] {
    match verdict {
        Verdict::NeedsApproval { needs } => needs,
        Verdict::Shadowed { would } => needs(would),
        _ => &[],
    }
}

/// Whether each queue that `others` ask is asked by these, for at least as many people.
fn asks_for_all(these: &[Need], others: &[Need]) -> bool {
    let most = |needs: &[Need], queue: &str| {
        needs.iter().filter(|need| need.queue == queue).map(|need| need.needed.max(1)).max()
    };
    others.iter().all(|other| most(these, &other.queue) >= most(others, &other.queue))
}
