//! What only the server has: who asks, the operations, and their errors as the wire carries them.

use axum::{
    Extension,
    http::{Method, StatusCode, header, request::Parts},
};
use domain::{authoring::draft::DraftConflict, fault::Fault};
use governance::{Actor, Conflict, Error, Governance};
use leptos::{prelude::use_context, server_fn::ServerFn};
use leptos_axum::ResponseOptions;
use serde::Serialize;

use crate::{
    drawn::{keep_why, leave},
    error::UiError,
    told::{self, Back},
};

/// Who asks, as the guard in front of every page and function found out.
pub async fn actor() -> Result<Actor, UiError> {
    match leptos_axum::extract::<Extension<Actor>>().await {
        Ok(Extension(actor)) => Ok(actor),
        Err(_) => Err(answered(UiError::SignedOut)),
    }
}

/// The handle on all operations.
pub fn governance() -> Result<Governance, UiError> {
    use_context().ok_or_else(|| answered(UiError::Unavailable))
}

/// Goes to the page that shows what was done; the last thing a server function does.
pub fn done(path: impl AsRef<str>) -> Result<(), UiError> {
    leptos_axum::redirect(path.as_ref());
    Ok(())
}

/// Back to a page that holds what was typed, to put it right: the answer to a plain form post alone would lose it.
pub fn again<S: ServerFn>(path: &str, error: UiError, typed: &impl Serialize) -> Result<(), UiError> {
    if !is_plain_form() {
        return Err(answered(error));
    }
    go(told::after_refusal(path, S::PATH, error, typed).ok_or(error)?)
}

pub fn go(back: Back) -> Result<(), UiError> {
    match back {
        Back::To(address) => done(address),
        Back::Here(page) => leave(page),
    }
}

impl From<Error> for UiError {
    fn from(error: Error) -> Self {
        answered(match error {
            Error::NotFound => Self::NotFound,
            Error::Forbidden => Self::Forbidden,
            Error::Conflict(Conflict::AlreadyDecided { .. }) => Self::AlreadyDecided,
            Error::Conflict(Conflict::Stopped) => Self::Stopped,
            Error::Conflict(Conflict::InVain(_)) => Self::InVain,
            Error::Conflict(Conflict::Escalates) => Self::Escalates,
            Error::Conflict(
                Conflict::ChangedMeanwhile
                | Conflict::ReleasedAlready { .. }
                | Conflict::MoreSaid
                | Conflict::LeavesNobody { .. }
                | Conflict::MayLeaveNobody,
            ) => Self::ChangedMeanwhile,
            Error::Conflict(Conflict::Exists) => Self::Exists,
            Error::Conflict(Conflict::Edit(_)) => Self::ChangedMeanwhile,
            Error::Conflict(Conflict::Draft(conflict)) => draft_conflict(&conflict),
            Error::Conflict(Conflict::NotAccepted { .. }) => Self::MeansMore,
            Error::Conflict(Conflict::LastAdmin) => Self::LastAdmin,
            Error::Conflict(Conflict::Other(_)) => Self::Conflict,
            Error::Invalid(fault @ (Fault::Alike | Fault::EmailAlike | Fault::EmailTaken), why) => {
                keep_why(why);
                Self::Invalid(fault)
            }
            Error::Invalid(fault, _) => Self::Invalid(fault),
            Error::Unavailable => Self::Unavailable,
            Error::Unknown => Self::Unknown,
        })
    }
}

fn draft_conflict(conflict: &DraftConflict) -> UiError {
    match conflict {
        DraftConflict::Open { .. }
        | DraftConflict::Changed { .. }
        | DraftConflict::Gone
        | DraftConflict::Superseded { .. } => UiError::DraftMoved,
        DraftConflict::Same => UiError::NothingToPublish,
        DraftConflict::Wrong { .. } => UiError::StillWrong,
        DraftConflict::NotAccepted { .. } => UiError::NotAccepted,
        DraftConflict::Judging => UiError::Conflict,
        DraftConflict::Retired => UiError::Retired,
        DraftConflict::NeedsProposal | DraftConflict::NeedsSecondPerson => UiError::NeedsProposal,
        DraftConflict::OwnProposal => UiError::OwnProposal,
        DraftConflict::SharedPassword => UiError::SharedPassword,
    }
}

/// Sets the status that belongs to an error.
///
/// Not for a plain form post: that is redirected to the page it came from, and a status would undo the redirect.
pub fn answered(error: UiError) -> UiError {
    if let (false, Some(response)) = (is_plain_form(), use_context::<ResponseOptions>()) {
        response.set_status(status(error));
    }
    error
}

pub fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        let accepts = parts.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        parts.method == Method::POST && accepts.is_some_and(|accept| accept.contains("text/html"))
    })
}

pub fn status(error: UiError) -> StatusCode {
    match error {
        UiError::SignedOut => StatusCode::UNAUTHORIZED,
        UiError::NotFound => StatusCode::NOT_FOUND,
        UiError::Forbidden | UiError::OtherQueue => StatusCode::FORBIDDEN,
        UiError::Invalid(_) | UiError::Outdated => StatusCode::UNPROCESSABLE_ENTITY,
        UiError::Unavailable | UiError::Unknown | UiError::Unreachable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::CONFLICT,
    }
}
