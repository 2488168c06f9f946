//! The kinds of entries in the record.

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal $words:literal),+ $(,)?) => {
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
    };
}

kinds! {
    Asked "asked" "asked",
    Approved "approved" "approved",
    Changed "changed" "changed the request",
    Rejected "rejected" "rejected",
    Escalated "escalated" "passed on, as nobody decided in time",
    Expired "expired" "expired",
    /// Somebody whose yes it rested on may decide it no more, or a stop has made it void.
    WaitsAgain "waits_again" "waits again, as a yes no longer counts",
    Cancelled "cancelled" "withdrawn",
    Claimed "claimed" "claimed its grant",
    /// A claim that was refused.
    ClaimRefused "claim_refused" "tried to claim",
    /// What was approved and its agent never came for.
    SeenUnclaimed "seen_unclaimed" "saw that nobody came for it",
    Reported "reported" "reported the outcome",
    OutcomeUnknown "outcome_unknown" "no outcome came in time",
    /// An outcome without a grant.
    Breach "breach" "reported an outcome without a grant",
    Settled "settled" "settled",
    RolledBack "rolled_back" "rolled back",
    Feedback "feedback" "gave feedback",
    ComplaintResolved "complaint_resolved" "resolved the complaint",
    Stopped "stopped" "stopped",
    /// By somebody else, while it was stopped already.
    StopJoined "stop_joined" "pressed stop, too",
    StopRepeated "stop_repeated" "pressed stop again",
    StopExplained "stop_explained" "said why it was stopped",
    Released "released" "released",
    ModeChanged "mode_changed" "changed the mode",
    Published "published" "published permissions",
    DraftBegun "draft_begun" "began a draft of permissions",
    DraftDiscarded "draft_discarded" "discarded a draft of permissions",
    DraftTakenBack "draft_taken_back" "took back a discarded draft",
    Proposed "proposed" "proposed permissions",
    /// By a change of the draft that was proposed.
    ProposalWithdrawn "proposal_withdrawn" "withdrew proposed permissions",
    PublishingChanged "publishing_changed" "changed how many people it takes to publish",
    AgentApplied "agent_applied" "applied an agent file",
    AgentImported "agent_imported" "took in an agent file",
    AgentExported "agent_exported" "wrote out an agent file",
    AgentCreated "agent_created" "added an agent",
    AgentDescribed "agent_described" "renamed or described an agent anew",
    ActionChanged "action_changed" "changed an action type",
    DataSetChanged "data_set_changed" "changed a data set",
    WordsChanged "words_changed" "changed the words for a topic",
    ChangeProposed "change_proposed" "proposed a change that takes two",
    /// By whoever proposed it.
    ChangeWithdrawn "change_withdrawn" "withdrew a proposed change",
    /// By somebody else.
    ChangeTurnedDown "change_turned_down" "turned down a proposed change",
    TighteningAdded "tightening_added" "tightened",
    TighteningLifted "tightening_lifted" "lifted a tightening",
    BreakerOpened "breaker_opened" "opened a circuit breaker",
    BreakerClosed "breaker_closed" "closed a circuit breaker",
    KeyCreated "key_created" "created a key",
    KeyRevoked "key_revoked" "revoked a key",
    PersonAdded "person_added" "added a person",
    PersonChanged "person_changed" "changed a person",
    /// By themselves.
    PasswordChanged "password_changed" "changed their own password",
    QueueChanged "queue_changed" "changed a queue",
    IntegrationChanged "integration_changed" "renamed an integration",
    ShopDescribed "shop_described" "described the shop",
    CustomersSynced "customers_synced" "synced customers",
    SignedIn "signed_in" "signed in",
    SignedOut "signed_out" "signed out",
    SignInFailed "sign_in_failed" "failed to sign in",
    /// A signed-in person or an agent tried what it may not do.
    Refused "refused" "was refused",
}
