//! The wire error of all server functions.

use domain::fault::Fault;
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

use crate::server::answered;

/// Why something was not done.
///
/// The answer to a plain form post carries it in the address, where anybody can write: so it holds no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UiError {
    SignedOut,
    NotFound,
    Forbidden,
    /// Another queue decides it.
    OtherQueue,
    AlreadyDecided,
    Stopped,
    /// A queue did not decide in time, and another is about to get it.
    Escalates,
    /// What was to be approved could not be carried out.
    InVain,
    ChangedMeanwhile,
    Exists,
    /// Somebody else has changed, published or discarded the draft.
    DraftMoved,
    /// The draft says what is in force.
    NothingToPublish,
    /// It takes two to publish, and one has to propose first.
    NeedsProposal,
    /// It takes another than the one who proposed.
    OwnProposal,
    SharedPassword,
    /// A retired agent's permissions stay.
    Retired,
    /// Something in the draft keeps it from being published.
    StillWrong,
    /// A risk, or a word of acceptance for it.
    NotAccepted,
    /// What a change means, mostly as it was not known before the form was sent.
    MeansMore,
    /// Without an admin nobody could manage people any more.
    LastAdmin,
    /// One's own password takes the old one.
    OwnPassword,
    /// Another state than the change needs.
    Conflict,
    Invalid(Fault),
    /// The record cannot be read or written: nothing was changed.
    Unavailable,
    /// The record's answer was lost: the change was made or was not.
    Unknown,
    /// The page and the server do not understand each other, mostly after an update of Reins.
    Outdated,
    /// No answer came.
    Unreachable,
}

fn fault_words(fault: Fault) -> &'static str {
    match fault {
        Fault::Reason => "Give a reason of at most 2,000 characters, and send it again.",
        Fault::Note => "Write a note of at most 2,000 characters.",
        Fault::Password => "Choose a password of at least 12 characters.",
        Fault::Email => "Write the email address without spaces and characters that cannot be seen.",
        Fault::Name => "Write the name in one line of plainly visible characters, at most 100.",
        Fault::Alike => {
            "No name is taken that people would take for another that stands here, or stood here once, or that Reins uses \
             itself. Add what tells them apart."
        }
        Fault::EmailAlike => {
            "No email address is taken that looks like that of somebody who is here, or was here once. Check how it is written."
        }
        Fault::EmailTaken => "Write another email address, or find them in the list: they may be disabled.",
        Fault::Purpose => "Write the purpose in at most 2,000 plainly visible characters.",
        Fault::Slug => "Check the short name: small letters, digits and hyphens.",
        Fault::Rules => "With these changes the rules deny it. The agent's page shows its limits.",
        Fault::Same => "Nothing is changed. Approve it as it is.",
        Fault::Action => "Check which actions you chose.",
        Fault::Date => "Choose a date that is still to come.",
        Fault::Amount => {
            "Write the amount in digits, without thousands: 1250.50, or 1250 in a currency without decimals, such as JPY. \
             What can be read in two ways, such as 12,500, is not taken."
        }
        Fault::Currency => "Write the currency in its three letters, such as EUR.",
        Fault::Number => "Write a whole number, such as 2.",
        Fault::Span => "Write how long in whole numbers, such as 4 hours.",
        Fault::Label => "Write the label in one line of plainly visible characters.",
        Fault::Words => "Write at most 500 words, one a line, each of at most 100 plain characters.",
        Fault::Link => "Write a web address that begins with https://, without a name or password in it.",
        Fault::Version => "Check the version: it is numbered as you say, and only what is pinned ends.",
        Fault::Character => "It holds a character that cannot be kept. Type it again rather than pasting it.",
        Fault::Role => "Choose somebody whose role lets them decide: everybody but auditors.",
        Fault::Other => "Check what you entered, and send it again.",
    }
}

impl UiError {
    /// What was not done.
    pub fn what(self) -> &'static str {
        match self {
            Self::SignedOut => "You are signed out, so nothing was changed.",
            Self::NotFound => "There is no such thing here.",
            Self::Forbidden => "Your role may not do this, so nothing was changed.",
            Self::OtherQueue => "You are not in the queue that decides this, so nothing was changed.",
            Self::AlreadyDecided => "Somebody else decided this before you, so your decision was not recorded.",
            Self::Stopped => "The agent is stopped, so nothing was done.",
            Self::Escalates => "Nobody had decided it in time, so your decision was not recorded.",
            Self::InVain => "Its agent could not carry this out any more, so it was not approved.",
            Self::ChangedMeanwhile => "It changed while you were looking at it, so nothing was done.",
            Self::Exists => "That exists already, so nothing was added.",
            Self::DraftMoved => "Somebody has changed the draft meanwhile, so nothing was done.",
            Self::NothingToPublish => "The draft says what is in force, so there is nothing to publish.",
            Self::NeedsProposal => "It takes two people to publish here, so nothing was published.",
            Self::OwnProposal => "You have proposed this yourself, so nothing was done.",
            Self::SharedPassword => "It takes two of whom nobody may know both passwords, so nothing was done.",
            Self::Retired => "The agent is retired, so its permissions stay as they are.",
            Self::StillWrong => "Something in the draft cannot work, so nothing was published.",
            Self::NotAccepted => "A risk is not accepted yet, so nothing was changed.",
            Self::MeansMore => "This changes more than is ticked, so nothing was changed yet.",
            Self::LastAdmin => "No admin would be left who can sign in, so nothing was changed.",
            Self::OwnPassword => "It takes your old password to change your own, so nothing was changed.",
            Self::Conflict => "That does not go with how things stand now, so nothing was done.",
            Self::Invalid(_) => "Something you entered does not fit, so nothing was saved.",
            Self::Unavailable => "Reins cannot reach its record just now, so nothing was changed.",
            Self::Unknown => "The record’s answer was lost, so it is not known whether this was done.",
            Self::Outdated => "This page is older than the server, so nothing was done.",
            Self::Unreachable => "Reins could not be reached, so it is not known whether this was done.",
        }
    }

    /// What to do next.
    pub fn next(self) -> &'static str {
        match self {
            Self::SignedOut => "Sign in again.",
            Self::NotFound => "Check the address, or go back to Today.",
            Self::Forbidden => "Ask an admin if you need to.",
            Self::OtherQueue => "The page shows which queue decides it. An admin adds people to queues.",
            Self::AlreadyDecided => "The page shows who decided, and what.",
            Self::Stopped => "It can be done once the agent is released.",
            Self::Escalates => "It goes to another queue just now. The page shows to which.",
            Self::InVain => "Reject it, and the agent learns that it has to ask anew.",
            Self::ChangedMeanwhile => "Look at it as it is now, then decide.",
            Self::Exists => "Choose another name, or change the one there is.",
            Self::DraftMoved => "This page shows the draft as it is now. Look at it, then go on.",
            Self::NothingToPublish => "Change something first.",
            Self::NeedsProposal => "Propose the draft; another admin publishes it.",
            Self::OwnProposal => "Ask another admin to look at it.",
            Self::SharedPassword => {
                "Whoever has a password that somebody else has set chooses one of their own. Then another admin confirms that under Settings, People, or whoever has the machine, by reins user confirm."
            }
            Self::Retired => "Begin a new agent instead.",
            Self::StillWrong => "Mend what is marked as wrong, then publish.",
            Self::NotAccepted => "Tick each risk that you accept, or mend it.",
            Self::MeansMore => "What it means stands below. Tick each sentence to confirm it, and send it again.",
            Self::LastAdmin => "Make somebody else an admin first.",
            Self::OwnPassword => "Change it under Settings, Your password.",
            Self::Conflict => "Reload the page to see how things stand.",
            Self::Invalid(fault) => fault_words(fault),
            Self::Unavailable => "Try again in a minute; if it stays, call whoever runs Reins.",
            Self::Unknown => "Look at how things stand now before you do it again.",
            Self::Outdated => "Reload the page, and try again.",
            Self::Unreachable => "Check your connection, then reload the page to see how things stand.",
        }
    }
}

impl FromServerFnError for UiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Unreachable,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => answered(Self::Invalid(Fault::Other)),
            _ => Self::Outdated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_survives_the_wire_and_carries_no_text_of_others() {
        for error in [UiError::SignedOut, UiError::Invalid(Fault::Email), UiError::Unreachable] {
            assert_eq!(UiError::de(error.ser()), error);
        }
        assert_eq!(UiError::de("{\"invalid\":\"call this number\"}".into()), UiError::Outdated);
    }
}
