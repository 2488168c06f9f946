//! One request, as its page shows it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AskedView, EntryRow, KnownCustomer, RequestRow, approvals};
use crate::{approval::Given, decision::Reason, permission::Otherwise, request::Ask, schema::Schema, state::Outcome};

/// One request, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestView {
    pub row: RequestRow,
    /// Whether its agent is stopped.
    pub stopped: bool,
    /// Why nobody can approve it while it is open, and what to do, in sentences.
    pub short: Option<String>,
    /// The yeses that count no more while it is open, the oldest first.
    pub void: Vec<VoidYes>,
    /// As it was sent, with the arguments that hold now; masked fields are masked.
    pub ask: Ask,
    /// Whether what was asked was erased with its customer: then `ask` names the action alone.
    pub erased: bool,
    pub reasons: Vec<Reason>,
    pub would_have_been: Option<String>,
    pub permission_version: Option<i32>,
    pub needs: Vec<NeedView>,
    /// Whether it can be undone, in words.
    pub undo: String,
    /// Whether a person may record that it was undone.
    pub can_roll_back: bool,
    /// Whether a customer complained about it, and a person may say that this is cleared up.
    pub can_resolve: bool,
    /// Whether somebody has to find out what came of it, or whether it failed as its agent says, and the reader may.
    pub can_settle: bool,
    /// What the form for changed arguments is drawn from.
    pub schema: Option<Schema>,
    /// Hexadecimal; a decision is bound to it.
    pub digest: String,
    /// Whether the reader may decide it now, if only by a no while it is frozen; otherwise why not, in words.
    pub may_decide: Result<(), String>,
    /// Why nobody should approve it, where its agent could not carry it out.
    pub in_vain: Option<approvals::InVain>,
    /// What was asked for the same customer before, the newest first, at most five; without looks.
    pub history: Vec<RequestRow>,
    /// What the shop and Reins' own record say of the customer now.
    pub known: Option<KnownCustomer>,
    /// What was asked, where people have changed it since.
    pub asked: Option<AskedView>,
    /// What the reader could decide next, where they have nothing to say to this one.
    pub next: Option<RequestRow>,
    /// What happened to it, the oldest first.
    pub entries: Vec<EntryRow>,
    pub outcome: Option<OutcomeView>,
    pub now: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NeedView {
    pub queue: String,
    pub queue_name: String,
    pub needed: u32,
    pub given: Vec<GivenView>,
    pub expires_at: DateTime<Utc>,
    pub otherwise: Otherwise,
    /// Whether somebody who counts for another need counts here, too.
    pub same_person: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GivenView {
    pub name: String,
    pub given: Given,
}

/// A yes that counts no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VoidYes {
    pub name: String,
    pub at: DateTime<Utc>,
    pub why: Void,
}

/// Why a yes counts no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Void {
    /// The request was changed after it.
    Changed,
    /// Its agent was stopped after it.
    Stopped,
    /// Its person may decide for the queue no more, or not without a break.
    Left,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutcomeView {
    pub status: Outcome,
    pub reference: String,
    pub detail: Value,
}
