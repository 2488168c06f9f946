//! What the entries of each kind say.

use std::{borrow::Cow, collections::BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    decision::Layer,
    id::{DraftId, EntryId, HoldId, PersonId, ProposalId, StopId, TighteningId},
    role::Role,
    standing::Silence,
    state::{Outcome, State},
    view::KeyKind,
};

/// A name that Reins knows, such as an action's; what is not shaped like one becomes `?`, so that no text can hide in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    pub fn of(text: &str) -> Self {
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
        let is_name = (1..=80).contains(&text.len()) && text.bytes().all(fits);
        Self(if is_name { text } else { "?" }.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Words of Reins' own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Words(Cow<'static, str>);

impl From<&'static str> for Words {
    fn from(words: &'static str) -> Self {
        Self(Cow::Borrowed(words))
    }
}

macro_rules! details {
    ($($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $field:ident: $type:ty,)* })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$of])* pub $field: $type,)* }
    )+};
}

details! {
    Nothing {}

    Asked {
        reasons: Vec<Reason>,
        permission_version: Option<i32>,
        /// In shadow.
        would_have_been: Option<Name>,
        /// Of the action's type, where Reins knows it.
        revision: Option<i32>,
        /// How the key begins.
        key: Name,
    }

    /// Which part of the rules it is; its words, which may quote somebody, lie beside.
    Reason { layer: Layer, rule: Name, }

    Decided {
        /// Of what was decided, in hexadecimal digits.
        digest: Name,
        queues: BTreeSet<Name>,
    }

    Approved {
        digest: Name,
        queues: BTreeSet<Name>,
        /// Whether nobody else is needed.
        approved: bool,
    }

    Changed { digest: Name, old_digest: Name, }

    Escalated {
        /// Queues.
        to: Vec<Name>,
    }

    Expired { because: Silence, }

    Claimed { execute_before: DateTime<Utc>, }

    Because { because: Words, }

    Reported {
        status: Outcome,
        /// What the request was.
        was: State,
        cost: Option<Cost>,
        /// What a report before has said, where this one says another.
        cost_before: Option<Cost>,
    }

    /// A decimal, in a currency.
    Cost { amount: Name, currency: Name, }

    Breach {
        status: Outcome,
        /// Whether it had been given a grant, which then was not the one that it showed.
        granted: bool,
        /// Of the request.
        state: State,
    }

    /// An outcome, or a breach.
    Settled { status: Option<Outcome>, was: Option<State>, breach: Option<EntryId>, }

    RolledBack { was: State, }

    Feedback {
        kind: Name,
        /// From 0, bad, to 1, good.
        score: Option<f64>,
        from_agent: bool,
    }

    OfStop { stop: StopId, everything: bool, }

    Released { stop: StopId, everything: bool, taken_back: bool, }

    /// Phases, or modes of an agent that is in none.
    ModeChanged { from: Name, to: Name, }

    Published { version: i32, draft: Option<DraftId>, proposed_by: Option<PersonId>, }

    DraftBegun {
        draft: DraftId,
        /// The version that it was written against.
        base: Option<i32>,
        from: Name,
        version: Option<i32>,
        starting_point: Option<Name>,
    }

    OfDraft { draft: DraftId, }

    DraftTakenBack { draft: DraftId, instead_of: Option<DraftId>, }

    OfRevision { draft: DraftId, revision: i32, }

    PublishingChanged { two_to_publish: bool, proposal: Option<ProposalId>, proposed_by: Option<PersonId>, }

    AgentImported { starting_point: Option<Name>, }

    AgentExported { version: i32, }

    /// What somebody else had proposed, where somebody had.
    OfProposal { proposal: Option<ProposalId>, proposed_by: Option<PersonId>, }

    ActionChanged { revision: i32, proposal: Option<ProposalId>, proposed_by: Option<PersonId>, }

    DataSetChanged { name: Name, proposal: Option<ProposalId>, proposed_by: Option<PersonId>, }

    IntegrationChanged { integration: Name, proposal: Option<ProposalId>, proposed_by: Option<PersonId>, }

    QueueChanged {
        queue: Name,
        person: Option<PersonId>,
        member: Option<bool>,
        proposal: Option<ProposalId>,
        proposed_by: Option<PersonId>,
    }

    ChangeProposed { proposal: ProposalId, }

    ChangeDropped { proposal: ProposalId, proposed_by: PersonId, }

    TighteningAdded { tightening: TighteningId, actions: BTreeSet<Name>, until: Option<DateTime<Utc>>, }

    TighteningLifted { tightening: TighteningId, }

    OfIntegration { integration: Name, }

    KeyCreated {
        /// How it begins.
        key: Name,
        kind: KeyKind,
    }

    KeyRevoked { key: Name, }

    PersonAdded { person: PersonId, role: Role, }

    PersonChanged {
        person: PersonId,
        role: Option<Role>,
        before: Option<Role>,
        /// The queues that they are out of by that.
        left: Vec<Name>,
        disabled: Option<bool>,
        /// Whether it is another one.
        password: Option<bool>,
        /// Whether nobody else knows the one of that time.
        password_confirmed: Option<bool>,
        own_since: Option<DateTime<Utc>>,
        proposal: Option<ProposalId>,
        proposed_by: Option<PersonId>,
    }

    CustomersSynced { customers: u64, }

    HoldPlaced {
        hold: HoldId,
        /// The last day of it.
        until: Option<NaiveDate>,
    }

    HoldReleased { hold: HoldId, }

    CustomerErased {
        /// What stands in for them where they are counted: no name without the secret of the shop.
        customer: Name,
        requests: u64,
        /// Requests that are still to be erased.
        left: u64,
    }

    Refused { what: Words, }

    Deleted {
        requests: u64,
        /// With those of the requests.
        entries: u64,
        /// All of it is older.
        before: DateTime<Utc>,
    }
}

impl OfProposal {
    pub const NONE: Self = Self { proposal: None, proposed_by: None };
}

impl PersonChanged {
    /// Somebody of whom nothing is said yet.
    pub fn of(person: PersonId) -> Self {
        Self {
            person,
            role: None,
            before: None,
            left: Vec::new(),
            disabled: None,
            password: None,
            password_confirmed: None,
            own_since: None,
            proposal: None,
            proposed_by: None,
        }
    }
}
