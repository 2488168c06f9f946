//! Drafts and versions of permission sets: what pages show of them, and what stands in the way of a change.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    authoring::{
        difference::Difference,
        risk::{Risk, Severity},
        statement::{Statement, are_accepted},
    },
    catalog::Catalog,
    id::DraftId,
    kept::Kept,
    part::Part,
    permission::PermissionSet,
    sentence::Sentences,
    view::{AgentLink, AgentRow, PersonLink},
};

mod carry;

/// Which draft somebody saw, and how far it had come. As a text: `id.revision`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftSeen {
    pub draft: DraftId,
    pub revision: i32,
}

impl fmt::Display for DraftSeen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.draft, self.revision)
    }
}

impl FromStr for DraftSeen {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (draft, revision) = text.split_once('.').ok_or(())?;
        Ok(Self { draft: draft.parse().map_err(drop)?, revision: revision.parse().map_err(drop)? })
    }
}

/// Who did something, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamp {
    pub by: PersonLink,
    pub at: DateTime<Utc>,
}

/// What a draft was begun from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Origin {
    /// The agent is new: nothing is allowed yet.
    Nothing,
    /// The version in force.
    Published {
        version: i32,
    },
    /// An older version, to bring it back.
    Version {
        version: i32,
    },
    StartingPoint {
        name: String,
    },
    /// An agent file.
    File,
}

impl Kept for Origin {
    const FORMAT: u64 = 1;
}

/// An open draft, without what stands in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftHead {
    pub seen: DraftSeen,
    pub origin: Origin,
    /// The version that its changes are counted against; `None` when nothing was published.
    pub base: Option<i32>,
    pub begun: Stamp,
    pub changed: Stamp,
    pub proposal: Option<Proposal>,
}

/// A draft that somebody wants published as it is. A change of the draft withdraws it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    pub stamp: Stamp,
    pub note: String,
    /// The risks that they accept.
    pub accepted: Vec<Statement>,
}

/// A proposal that waits for somebody who publishes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposalRow {
    pub agent: AgentLink,
    pub stamp: Stamp,
    pub note: String,
}

/// A draft as it stands after a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edited {
    /// `None`: there is no draft, as nothing was changed.
    pub seen: Option<DraftSeen>,
    pub permissions: PermissionSet,
}

/// What whoever publishes or proposes saw and says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Publication {
    pub seen: DraftSeen,
    /// What it was read by ([`Catalog::read_by`]).
    pub read_by: String,
    pub note: String,
    /// All risks that the page showed, by their [keys](Statement::key).
    #[serde(default)]
    pub accepted: Vec<String>,
}

/// A draft that was carried over to a version published meanwhile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaughtUp {
    pub seen: DraftSeen,
    /// Parts that both changed, each in its own way: the draft's stand.
    pub both: Vec<Part>,
}

/// A published version, without what stands in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionRow {
    pub version: i32,
    pub published: Stamp,
    pub note: String,
    /// The risks that were accepted with it, as they read then.
    pub accepted: Vec<Statement>,
    pub proposed: Option<Proposed>,
    pub in_force: bool,
}

/// Who proposed it, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposed {
    pub by: PersonLink,
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionsPage {
    pub agent: AgentRow,
    /// The newest first, at most 50.
    pub versions: Vec<VersionRow>,
    /// The next page holds those before this one.
    pub next: Option<i32>,
    pub now: DateTime<Utc>,
}

/// A published version, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionView {
    pub agent: AgentRow,
    pub row: VersionRow,
    pub permissions: PermissionSet,
    pub sentences: Sentences,
    /// What it changed of the version before it.
    pub differences: Vec<Difference>,
    pub now: DateTime<Utc>,
}

/// One of two permission sets that are compared. As a text: `draft`, or the number of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Draft,
    Version(i32),
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Draft => f.write_str("draft"),
            Self::Version(version) => version.fmt(f),
        }
    }
}

impl FromStr for Side {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "draft" => Ok(Self::Draft),
            number => number.parse().map(Self::Version).map_err(drop),
        }
    }
}

/// What differs between two versions, or the draft and a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    pub agent: AgentRow,
    pub old: Side,
    pub new: Side,
    pub differences: Vec<Difference>,
    /// What else can be compared: the newest first, at most 50.
    pub versions: Vec<VersionRow>,
    pub has_draft: bool,
    pub now: DateTime<Utc>,
}

/// The permission editor: the open draft, or what is in force where there is none, with all that a page says of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftView {
    pub agent: AgentRow,
    pub draft: Option<DraftHead>,
    /// What stands in the draft; without one, what is in force; without that, nothing is allowed.
    pub permissions: PermissionSet,
    pub sentences: Sentences,
    pub in_force: Option<VersionRow>,
    /// Who discarded the draft that can be taken back.
    pub discarded: Option<Stamp>,
    /// Who else has the editor open.
    pub others: Vec<Stamp>,
    pub two_to_publish: bool,
    /// What differs from the version in force, in sentences.
    pub differences: Vec<Difference>,
    /// What is wrong or risky in it, the worst first.
    pub risks: Vec<Risk>,
    /// What it can name.
    pub catalog: Catalog,
    /// What it is read by here ([`Catalog::read_by`]).
    pub read_by: String,
    /// Whether the reader may change the draft.
    pub may_edit: bool,
    /// Whether the reader may publish the draft as it stands, its risks apart; otherwise why not.
    pub may_publish: Result<(), DraftConflict>,
    pub now: DateTime<Utc>,
}

/// Who was seen this long ago is still looking.
pub const SEEN_SECONDS: i32 = 30;

/// Why a draft, or what is made of it, is not changed: how things stand instead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "conflict", rename_all = "snake_case")]
pub enum DraftConflict {
    #[error("{} has begun a draft already", draft.begun.by.name)]
    Open { draft: Box<DraftHead> },
    #[error("{} has changed the draft meanwhile", draft.changed.by.name)]
    Changed { draft: Box<DraftHead> },
    /// It was published or discarded, or never begun.
    #[error("there is no such draft any more")]
    Gone,
    /// Another version was published since the draft was begun: [`CaughtUp`] carries the draft over to it.
    #[error("{} has published version {} meanwhile", version.published.by.name, version.version)]
    Superseded { version: Box<VersionRow> },
    #[error("nothing differs from the version in force")]
    Same,
    /// All risks, of which some are wrong.
    #[error("what is wrong has to be put right first")]
    Wrong { risks: Vec<Risk> },
    /// All risks as they are now; others than those that were accepted.
    #[error("what is risky is not what was accepted")]
    NotAccepted { risks: Vec<Risk> },
    #[error("what the draft would have changed is being worked out already")]
    Judging,
    #[error("a retired agent's permissions stay as they are")]
    Retired,
    #[error("it takes two people to publish: one proposes, another publishes")]
    NeedsProposal,
    #[error("it takes another person to publish what you have proposed")]
    OwnProposal,
    #[error("one who knows the other's password is no second person: whose password it is has to choose their own")]
    SharedPassword,
    #[error(
        "it takes two people to publish: take the file in as a draft, propose it, and let another person publish it"
    )]
    NeedsSecondPerson,
}

/// Nothing is wrong, and exactly what is risky was accepted, by its [keys](Statement::key); gives that.
pub fn need_accepted(risks: Vec<Risk>, accepted: &[String]) -> Result<Vec<Statement>, DraftConflict> {
    if risks.iter().any(|risk| risk.severity == Severity::Wrong) {
        return Err(DraftConflict::Wrong { risks });
    }
    let risky = risks.iter().filter(|risk| risk.severity == Severity::Risky);
    let risky: Vec<Statement> = risky.map(|risk| risk.said.clone()).collect();
    match are_accepted(&risky, accepted) {
        true => Ok(risky),
        false => Err(DraftConflict::NotAccepted { risks }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authoring::risk::Code;

    #[test]
    fn what_was_seen_is_read_back() {
        let seen = DraftSeen { draft: DraftId(uuid::Uuid::from_u128(7)), revision: 3 };
        assert_eq!(seen.to_string().parse(), Ok(seen));
        for wrong in ["", "7", "x.3", "00000000-0000-0000-0000-000000000007"] {
            assert_eq!(wrong.parse::<DraftSeen>(), Err(()));
        }
    }

    #[test]
    fn all_that_is_risky_is_accepted_and_nothing_else_and_nothing_is_wrong() {
        let said = |sentence: &str| Statement::new(sentence, [], sentence.to_owned());
        let risk = |code: Code, sentence: &str| Risk {
            code,
            severity: code.severity(),
            layer: crate::decision::Layer::ApprovalThresholds,
            part: Part::Whole,
            said: said(sentence),
        };
        let risks = || vec![risk(Code::NoUpperLimit, "a"), risk(Code::Unasked, "b"), risk(Code::AlwaysAsks, "note")];
        let accepts = |risks, accepted: &[&str]| {
            let accepted: Vec<String> = accepted.iter().map(|sentence| said(sentence).key()).collect();
            need_accepted(risks, &accepted)
        };
        assert_eq!(accepts(risks(), &["b", "a"]), Ok(vec![said("a"), said("b")]));
        for accepted in [&[][..], &["a"], &["a", "b", "c"], &["a", "b", "b"]] {
            assert_eq!(accepts(risks(), accepted), Err(DraftConflict::NotAccepted { risks: risks() }));
        }
        let wrong = || [vec![risk(Code::UnknownQueue, "w")], risks()].concat();
        assert_eq!(accepts(wrong(), &["a", "b", "w"]), Err(DraftConflict::Wrong { risks: wrong() }));
    }

    #[test]
    fn a_side_is_read_back() {
        for side in [Side::Draft, Side::Version(12)] {
            assert_eq!(side.to_string().parse(), Ok(side));
        }
        assert_eq!("".parse::<Side>(), Err(()));
    }
}
