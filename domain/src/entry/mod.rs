//! The entries of the record: what happened, by kind, and the form in which an entry is hashed.
//!
//! What somebody wrote, and who somebody is outside of Reins, never stands in an entry, which stays for ever: it lies beside,
//! and can be erased. So no detail has a place for text, but for names that Reins knows and words of its own.

mod detail;
mod seal;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use detail::*;
pub use seal::{By, FORMAT, Whole};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident($detail:ident) $name:literal $words:literal),+ $(,)?) => {
        /// What an entry says happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Kind {
            $($(#[$doc])* #[serde(rename = $name)] $kind,)+
        }

        impl Kind {
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),+ }
            }

            /// What happened, in words.
            pub fn words(self) -> &'static str {
                match self { $(Self::$kind => $words),+ }
            }

            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name() == name)
            }
        }

        /// What an entry says of what happened.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Detail {
            $($kind($detail),)+
        }

        impl Detail {
            pub fn kind(&self) -> Kind {
                match self { $(Self::$kind(_) => Kind::$kind),+ }
            }

            /// As it is stored and hashed: an object in canonical form (RFC 8785).
            pub fn canonical(&self) -> Result<String, serde_json::Error> {
                match self { $(Self::$kind(detail) => crate::json::canonical(detail)),+ }
            }

            /// What was stored; `None` where this version of Reins does not know the kind, the format, or a part of it.
            pub fn read(kind: &str, format: i16, detail: &Value) -> Option<Self> {
                if !(1..=FORMAT).contains(&format) {
                    return None;
                }
                match Kind::parse(kind)? {
                    $(Kind::$kind => $detail::deserialize(detail).ok().map(Self::$kind),)+
                }
            }
        }
    };
}

kinds! {
    Asked(Asked) "asked" "asked",
    Approved(Approved) "approved" "approved",
    Changed(Changed) "changed" "changed the request",
    Rejected(Decided) "rejected" "rejected",
    Escalated(Escalated) "escalated" "passed on, as nobody decided in time",
    Expired(Expired) "expired" "expired",
    /// Somebody whose yes it rested on may decide it no more, or a stop has made it void.
    WaitsAgain(Nothing) "waits_again" "waits again, as a yes no longer counts",
    Cancelled(Nothing) "cancelled" "withdrawn",
    Claimed(Claimed) "claimed" "claimed its grant",
    /// A claim that was refused.
    ClaimRefused(Because) "claim_refused" "tried to claim",
    /// What was approved and its agent never came for.
    SeenUnclaimed(Nothing) "seen_unclaimed" "saw that nobody came for it",
    Reported(Reported) "reported" "reported the outcome",
    OutcomeUnknown(Nothing) "outcome_unknown" "no outcome came in time",
    /// An outcome without a grant.
    Breach(Breach) "breach" "reported an outcome without a grant",
    Settled(Settled) "settled" "settled",
    RolledBack(RolledBack) "rolled_back" "rolled back",
    Feedback(Feedback) "feedback" "gave feedback",
    ComplaintResolved(Nothing) "complaint_resolved" "resolved the complaint",
    Stopped(OfStop) "stopped" "stopped",
    /// By somebody else, while it was stopped already.
    StopJoined(OfStop) "stop_joined" "pressed stop, too",
    StopRepeated(OfStop) "stop_repeated" "pressed stop again",
    StopExplained(OfStop) "stop_explained" "said why it was stopped",
    Released(Released) "released" "released",
    ModeChanged(ModeChanged) "mode_changed" "changed the mode",
    Published(Published) "published" "published permissions",
    DraftBegun(DraftBegun) "draft_begun" "began a draft of permissions",
    DraftDiscarded(OfDraft) "draft_discarded" "discarded a draft of permissions",
    DraftTakenBack(DraftTakenBack) "draft_taken_back" "took back a discarded draft",
    Proposed(OfRevision) "proposed" "proposed permissions",
    /// By a change of the draft that was proposed.
    ProposalWithdrawn(OfRevision) "proposal_withdrawn" "withdrew proposed permissions",
    PublishingChanged(PublishingChanged) "publishing_changed" "changed how many people it takes to publish",
    AgentApplied(Nothing) "agent_applied" "applied an agent file",
    AgentImported(AgentImported) "agent_imported" "took in an agent file",
    AgentExported(AgentExported) "agent_exported" "wrote out an agent file",
    AgentCreated(Nothing) "agent_created" "added an agent",
    AgentDescribed(OfProposal) "agent_described" "renamed or described an agent anew",
    ActionChanged(ActionChanged) "action_changed" "changed an action type",
    DataSetChanged(DataSetChanged) "data_set_changed" "changed a data set",
    WordsChanged(OfProposal) "words_changed" "changed the words for a topic",
    ChangeProposed(ChangeProposed) "change_proposed" "proposed a change that takes two",
    /// By whoever proposed it.
    ChangeWithdrawn(ChangeDropped) "change_withdrawn" "withdrew a proposed change",
    /// By somebody else.
    ChangeTurnedDown(ChangeDropped) "change_turned_down" "turned down a proposed change",
    TighteningAdded(TighteningAdded) "tightening_added" "tightened",
    TighteningLifted(TighteningLifted) "tightening_lifted" "lifted a tightening",
    BreakerOpened(OfIntegration) "breaker_opened" "opened a circuit breaker",
    BreakerClosed(OfIntegration) "breaker_closed" "closed a circuit breaker",
    KeyCreated(KeyCreated) "key_created" "created a key",
    KeyRevoked(KeyRevoked) "key_revoked" "revoked a key",
    PersonAdded(PersonAdded) "person_added" "added a person",
    PersonChanged(PersonChanged) "person_changed" "changed a person",
    /// By themselves.
    PasswordChanged(Nothing) "password_changed" "changed their own password",
    QueueChanged(QueueChanged) "queue_changed" "changed a queue",
    IntegrationChanged(IntegrationChanged) "integration_changed" "renamed or described an integration",
    ShopDescribed(Nothing) "shop_described" "described the shop",
    CustomersSynced(CustomersSynced) "customers_synced" "synced customers",
    SignedIn(Nothing) "signed_in" "signed in",
    SignedOut(Nothing) "signed_out" "signed out",
    SignInFailed(Nothing) "sign_in_failed" "failed to sign in",
    /// A signed-in person or an agent tried what it may not do.
    Refused(Refused) "refused" "was refused",
    HoldPlaced(HoldPlaced) "hold_placed" "placed a legal hold",
    HoldReleased(HoldReleased) "hold_released" "released a legal hold",
    CustomerErased(CustomerErased) "customer_erased" "erased a customer",
    /// As it was kept for as long as its agent's permissions say.
    Deleted(Deleted) "deleted" "deleted what was kept long enough",
}
