use leptos::prelude::*;

use super::{Notice, Tone};
use crate::told;

macro_rules! done {
    ($($done:ident $name:literal $words:literal),+ $(,)?) => {
        /// What was done, as the address of the page after it says.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Done {
            $($done),+
        }

        impl Done {
            pub const ALL: &[Self] = &[$(Self::$done),+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$done => $name),+ }
            }

            pub fn words(self) -> &'static str {
                match self { $(Self::$done => $words),+ }
            }

            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|done| done.name() == name)
            }
        }
    };
}

done! {
    Approved "approved" "Approved. The agent has 15 minutes to come for it.",
    ChangedAndApproved "changed" "Changed and approved. The agent has 15 minutes to come for it as changed.",
    SaidYes "said-yes" "Your yes is recorded. Others have to agree before it is approved.",
    ChangedAndSaidYes "changed-yes" "Changed, and your yes is recorded. Others have to agree before it is approved.",
    Rejected "rejected" "Rejected. The agent is told, with your reason.",
    RolledBack "rolled-back" "Recorded as rolled back.",
    Resolved "resolved" "The complaint is resolved. Your reason is in the record.",
    Settled "settled" "Settled. Your reason is in the record.",
    MadeShadow "shadow" "It is in shadow now. What it asks is judged and recorded, and nothing is carried out.",
    MadeLive "live" "It is live now. What its permissions allow is carried out.",
    RescueBegun "rescue" "Its rescue has begun. What its permissions allow is carried out.",
    ExpansionBegun "expansion" "Its expansion has begun. What its permissions allow is carried out.",
    MadeRetired "retired" "It is retired. Whatever it asks is denied, and it does not come back.",
    Begun "begun" "The draft is begun. Look it over, change what does not fit, then publish it.",
    TakenIn "taken-in" "The file is taken in. Permissions that differ from those in force are a draft now: look them over, then publish.",
    DraftDiscarded "draft-discarded" "The draft is discarded. You can take it back from here.",
    RuleStands "rule-stands" "Such a rule stands here already, as it would begin. It is open below: change it, then add the next.",
    RuleCopied "rule-copied" "The rule is copied. The copy is open below; the first stands as it was.",
    DraftBack "draft-back" "The draft is back as it was.",
    CaughtUp "caught-up" "The draft now rests on the version in force. Read it once more before you publish it.",
    Restored "restored" "The old version is a new draft. Nothing is in force until you publish it.",
    Proposed "proposed" "Proposed. Another admin can publish it now.",
    Published "published" "Published. It counts from the next request on.",
    TwoToPublish "two-to-publish" "From now on it takes two admins to publish permissions.",
    AgentCreated "agent-created" "The agent is added, as a draft. Write what it may do, then publish it.",
    AgentDescribed "described" "The agent has its new name and purpose.",
    ActionChanged "action" "The action type is saved. It counts from the next request on.",
    DataSetChanged "data-set" "The data set is saved.",
    WordsChanged "words" "The words are saved. They count from the next request on.",
    Renamed "renamed" "It has its new name.",
    ChangeProposed "change-proposed" "Proposed. It counts once another admin accepts it here.",
    ChangeAccepted "change-accepted" "Accepted. It counts from the next request on.",
    NameAccepted "name-accepted" "Accepted. It is called so from now on.",
    OneAccepted "one-accepted" "Accepted. One admin alone can publish from now on.",
    MemberAccepted "member-accepted" "Accepted. They decide for the queue from now on.",
    AdminAccepted "admin-accepted" "Accepted. They are an admin from now on.",
    EnabledAccepted "enabled-accepted" "Accepted. They can sign in again, as an admin.",
    PasswordAccepted "password-accepted" "Accepted. They sign in with the other password from now on.",
    ChangeWithdrawn "change-withdrawn" "It is not proposed any more. Nothing was changed.",
    Tightened "tightened" "Tightened. From now on a person is asked.",
    Lifted "lifted" "The tightening is lifted. The permission set alone decides again.",
    IntegrationDescribed "integration" "What is known of the integration is saved.",
    BreakerOpened "breaker-opened" "The circuit breaker is open. Actions on this integration are paused.",
    BreakerClosed "breaker-closed" "The circuit breaker is closed. Actions on this integration go on.",
    Explained "explained" "Your reason is added to the stop.",
    PersonAdded "person-added" "Added. They can sign in now.",
    AdminProposed "admin-proposed" "Added as an auditor, who can sign in now. They become an admin once another admin accepts that here.",
    PersonChanged "person-changed" "The role is changed, from their next click on.",
    PersonDisabled "person-disabled" "They cannot sign in any more.",
    PasswordSet "password" "The password is changed, and their sessions have ended. Tell them the new one yourself.",
    OwnPasswordSet "own-password" "Your password is changed. Everywhere else you are signed out.",
    PasswordConfirmed "password-confirmed" "Confirmed. They count as a person of their own.",
    PersonEnabled "person-enabled" "They can sign in again.",
    QueueAdded "queue-added" "The queue is added. Give it members next.",
    MemberAdded "member-added" "The member is added, and sees what waits.",
    MemberRemoved "member-removed" "The member is removed. A yes of theirs for this queue, to what is still open, counts no more.",
    CustomerErased "customer-erased" "Erased. What stayed, and why, is below.",
    PartErased "part-erased" "A part is erased, the oldest first. There is more: erase that, too.",
    HoldPlaced "hold-placed" "The hold is placed. Nothing that it covers is erased or deleted.",
    HoldReleased "hold-released" "The hold is released. What it covered may be erased and deleted again.",
    KeyRevoked "key-revoked" "The key is revoked. It opens nothing any more.",
}

/// Says what was done, where the address does, and nothing has failed since.
#[component]
pub fn DoneNote() -> impl IntoView {
    let done = told::done().filter(|_| !told::has_failed());
    view! {
        <div class="done" role="status">
            {done.map(|done| view! { <Notice tone=Tone::Good>{done.words()}</Notice> })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for done in Done::ALL {
            assert_eq!(Done::parse(done.name()), Some(*done));
        }
    }
}
