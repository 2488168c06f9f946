//! Plain forms that have to work without anything else: sign-in, sign-out, the first admin, the release, a new key, one's own
//! password.

use app::{
    Answer, PasswordRefusal, ReleaseTried, paths,
    setup::{self, SetupTried},
    sign_in::{self, SignInTried},
    told,
    ui::Done,
};
use axum::{
    Extension, Form,
    extract::State,
    http::{StatusCode, Uri, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    fault::Fault,
    id::{PersonId, StopId},
    role::Capability,
    view::KeyKind,
    words::list,
};
use governance::{Actor, Conflict, Error, OwnPassword, SignIn};
use leptos::prelude::provide_context;
use serde::Deserialize;
use tower_sessions::Session;

use crate::{House, answers, pages, sessions, source, strangers::Held};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    email: String,
    password: String,
    next: String,
}

pub async fn sign_in(
    State(house): State<House>,
    session: Session,
    parts: Parts,
    Form(form): Form<SignInForm>,
) -> Response {
    let source = source::of(&parts.headers, &parts.extensions, &house.config);
    let device = sessions::device_of(&parts.headers, &house.config);
    match house.governance.sign_in(&form.email, &form.password, &source, device).await {
        Ok(SignIn::Welcome(me)) => match begin(&session, me.id).await {
            Ok(()) => {
                let mut answer = Redirect::to(own_path(&form.next)).into_response();
                if let Ok(device) = house.governance.new_device(&me.email).await {
                    answer.extensions_mut().insert(sessions::Device(device));
                }
                answer
            }
            // That somebody signed in is in the record by now.
            Err(_) => pages::unknown(&paths::sign_in()),
        },
        Ok(SignIn::Wrong) => sign_in_again(&house, parts, form, sign_in::Refusal::Wrong).await,
        Ok(SignIn::Slow) => sign_in_again(&house, parts, form, sign_in::Refusal::Slow).await,
        Err(Error::Unknown) => pages::unknown(&paths::sign_in()),
        Err(_) => pages::unavailable(),
    }
}

/// Begins a session, under a new id: one planted before is worth nothing.
async fn begin(session: &Session, person: PersonId) -> Result<(), tower_sessions::session::Error> {
    session.cycle_id().await?;
    session.insert(sessions::PERSON, person).await?;
    session.save().await
}

/// The page with the address that was typed, and the way on.
async fn sign_in_again(house: &House, parts: Parts, form: SignInForm, why: sign_in::Refusal) -> Response {
    let status = match why {
        sign_in::Refusal::Wrong => StatusCode::UNAUTHORIZED,
        sign_in::Refusal::Slow => StatusCode::TOO_MANY_REQUESTS,
    };
    let next = own_path(&form.next).to_owned();
    let tried = SignInTried { email: form.email, next, why };
    answers::page(house, parts, status, move || provide_context(tried.clone())).await
}

/// A path of this site; anything else leads to the start.
pub fn own_path(path: &str) -> &str {
    if is_own(path) { path } else { "/" }
}

/// Whether it is a path of this site.
pub fn is_own(path: &str) -> bool {
    // Browsers drop tabs and line ends, so that `/\t/elsewhere` would lead elsewhere.
    path.starts_with('/') && !path.starts_with("//") && !path.contains(|c: char| c == '\\' || c.is_control())
}

pub async fn sign_out(State(house): State<House>, Extension(actor): Extension<Actor>, session: Session) -> Response {
    let ended = session.id();
    if session.flush().await.is_err() {
        // It may be over all the same.
        return pages::unknown(&paths::today());
    }
    if let Some(ended) = ended {
        house.seen.forget(ended);
    }
    let _ = house.governance.signed_out(&actor).await;
    Redirect::to("/sign-in").into_response()
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    old_password: String,
    password: String,
    password_again: String,
}

pub async fn change_password(
    State(house): State<House>,
    Extension(actor): Extension<Actor>,
    session: Session,
    parts: Parts,
    Form(form): Form<PasswordForm>,
) -> Response {
    let again = async |parts, why| {
        let status = match why {
            PasswordRefusal::Slow => StatusCode::TOO_MANY_REQUESTS,
            PasswordRefusal::ChangedMeanwhile => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let provide = move || {
            provide_context(Answer { path: paths::own_password() });
            provide_context(why);
        };
        answers::page(&house, parts, status, provide).await
    };
    if form.password != form.password_again {
        return again(parts, PasswordRefusal::Differ).await;
    }
    let source = source::of(&parts.headers, &parts.extensions, &house.config);
    let device = sessions::device_of(&parts.headers, &house.config);
    let (old, new) = (&form.old_password, &form.password);
    let changed = house.governance.change_own_password(&actor, old, new, &source, device).await;
    match changed {
        Ok(OwnPassword::Changed) => {}
        Ok(OwnPassword::Wrong) => return again(parts, PasswordRefusal::Wrong).await,
        Ok(OwnPassword::Slow) => return again(parts, PasswordRefusal::Slow).await,
        Err(Error::Invalid(Fault::Same, _)) => return again(parts, PasswordRefusal::Same).await,
        Err(Error::Invalid(..)) => return again(parts, PasswordRefusal::Length).await,
        Err(Error::Conflict(_)) => return again(parts, PasswordRefusal::ChangedMeanwhile).await,
        Err(Error::Unknown) => return pages::unknown(&paths::own_password()),
        Err(Error::Unavailable | Error::NotFound) => return pages::unavailable(),
        Err(Error::Forbidden) => return Redirect::to("/sign-in?error=signed-out").into_response(),
    }

    // All their sessions have ended, this one with them: whoever has its id by stealth is out, too.
    if let Some(ended) = session.id() {
        house.seen.forget(ended);
    }
    let begun = match actor.person() {
        Ok(me) => begin(&session, me.id).await.is_ok(),
        Err(_) => false,
    };
    match session.id().filter(|_| begun) {
        Some(id) => {
            let seal = house.governance.seal(&id.to_string()).await.ok();
            let to = told::after_for(seal.as_ref(), paths::own_password(), Done::OwnPasswordSet);
            Redirect::to(&to).into_response()
        }
        None => pages::password_changed(),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SetupForm {
    code: String,
    name: String,
    email: String,
    password: String,
}

/// Makes the first admin, for whoever can read what the server printed.
pub async fn set_up(State(house): State<House>, parts: Parts, Form(form): Form<SetupForm>) -> Response {
    match house.governance.has_admin().await {
        Ok(false) => {}
        // Whatever the code: the page there says so.
        Ok(true) => return Redirect::to(&paths::setup()).into_response(),
        Err(_) => return pages::unavailable(),
    }
    let code = form.code.trim().to_ascii_lowercase();
    let fits = code.len() == house.setup_code.len()
        && code.bytes().zip(house.setup_code.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0;
    if !fits {
        house.governance.count_attempt("setup", &source::of(&parts.headers, &parts.extensions, &house.config));
        let mut answer = set_up_again(&house, parts, form, setup::Refusal::Code).await;
        // Whoever guesses waits for it, and keeps nobody from a place meanwhile.
        answer.extensions_mut().insert(Held);
        return answer;
    }
    match house.governance.add_first_admin(&form.email, &form.name, &form.password).await {
        Ok(_) => Redirect::to("/sign-in?welcome=1").into_response(),
        Err(Error::Invalid(Fault::Password, _)) => set_up_again(&house, parts, form, setup::Refusal::Password).await,
        Err(Error::Invalid(Fault::Email, _)) => set_up_again(&house, parts, form, setup::Refusal::Email).await,
        Err(Error::Invalid(..)) => set_up_again(&house, parts, form, setup::Refusal::Name).await,
        Err(Error::Unavailable) => pages::unavailable(),
        Err(Error::Unknown) => pages::unknown("/sign-in"),
        Err(_) => Redirect::to("/sign-in").into_response(),
    }
}

/// The page with what was entered, all but the code and the password.
async fn set_up_again(house: &House, parts: Parts, form: SetupForm, why: setup::Refusal) -> Response {
    let tried = SetupTried { name: form.name, email: form.email, why };
    let provide = move || provide_context(tried.clone());
    answers::page(house, parts, StatusCode::UNPROCESSABLE_ENTITY, provide).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ReleaseForm {
    /// The one that was seen.
    stop: String,
    /// How much was said of it there.
    seen: String,
    reason: String,
    confirm: String,
}

pub async fn release(
    State(house): State<House>,
    Extension(actor): Extension<Actor>,
    mut parts: Parts,
    Form(form): Form<ReleaseForm>,
) -> Response {
    let refused = |status, words: &str| pages::not_taken(status, words, &form.reason, "/stop");
    let not_released = |status, why: &str| refused(status, &format!("{why}, so nothing was released."));
    let Ok(stop) = form.stop.parse::<StopId>() else {
        return not_released(StatusCode::UNPROCESSABLE_ENTITY, "The form names no stop");
    };
    let Ok(seen) = form.seen.parse() else {
        let why = "The form does not name how much of the stop was seen";
        return not_released(StatusCode::UNPROCESSABLE_ENTITY, why);
    };
    if form.confirm.is_empty() && actor.can(Capability::Release) {
        return not_released(StatusCode::UNPROCESSABLE_ENTITY, "The release was not confirmed");
    }
    match house.governance.release(&actor, stop, seen, &form.reason).await {
        // Where no stop lies under the finger: a second tap must not stop again what the first has released.
        Ok(()) => Redirect::to(&paths::released(stop)).into_response(),
        Err(Error::Unavailable) => pages::unavailable(),
        Err(Error::Unknown) => pages::unknown(&paths::stops()),
        Err(Error::Forbidden) => refused(StatusCode::FORBIDDEN, &not_theirs(&house, &actor, stop).await),
        Err(Error::Invalid(..)) => not_released(StatusCode::UNPROCESSABLE_ENTITY, "A release needs a reason"),
        Err(Error::NotFound) => not_released(StatusCode::NOT_FOUND, "There is no such stop"),
        // Pressed twice.
        Err(Error::Conflict(Conflict::ReleasedAlready { by, again: false }))
            if actor.person().is_ok_and(|me| me.name == by) =>
        {
            Redirect::to(&paths::released(stop)).into_response()
        }
        Err(Error::Conflict(Conflict::ReleasedAlready { by, again })) => {
            let then = match again {
                true => ". It was stopped again since: look at that stop first.",
                false => ".",
            };
            let words = format!("{by} had ended this stop already, so nothing was released now{then}");
            refused(StatusCode::CONFLICT, &words)
        }
        Err(Error::Conflict(Conflict::MoreSaid)) => {
            let tried = ReleaseTried { stop, reason: form.reason };
            let provide = move || {
                provide_context(Answer { path: "/stop".to_owned() });
                provide_context(tried.clone());
            };
            parts.uri = Uri::from_static("/stop");
            answers::page(&house, parts, StatusCode::CONFLICT, provide).await
        }
        Err(Error::Conflict(_)) => not_released(StatusCode::CONFLICT, "It has changed meanwhile"),
    }
}

/// Why somebody cannot release this stop, and who can.
async fn not_theirs(house: &House, actor: &Actor, stop: StopId) -> String {
    let page = house.governance.stop_page(actor).await.ok();
    let names = page.as_ref().map(|page| list(&page.releasers)).filter(|names| !names.is_empty());
    let held = page.and_then(|page| {
        let own = page.agents.into_iter().filter_map(|agent| agent.own);
        page.everything.into_iter().chain(own).find(|held| held.id == stop)
    });
    let me = actor.person().ok().map(|me| me.id);
    let why = match held.map(|held| held.taken_back_by) {
        Some(Some(presser)) if Some(presser) == me => "The minute in which you could take your stop back is over",
        Some(Some(_)) => "Somebody else pressed this stop",
        Some(None) => "This is not one person’s stop alone",
        None => "You cannot release this stop",
    };
    let who = names.unwrap_or_else(|| "An operator or an admin".to_owned());
    format!("{why}, so nothing was released. {who} can release it.")
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct KeyForm {
    agent: String,
    kind: String,
    label: String,
}

pub async fn create_key(
    State(house): State<House>,
    Extension(actor): Extension<Actor>,
    Form(form): Form<KeyForm>,
) -> Response {
    let refused = |status, words: &str| pages::not_taken(status, words, &form.label, "/settings/keys");
    let Some(kind) = KeyKind::parse(&form.kind) else {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, "There is no such kind of key.");
    };
    match house.governance.create_key(&actor, &form.agent, kind, &form.label).await {
        Ok(key) => pages::new_key(&key.row.agent.name, &key.row.label, &key.secret),
        Err(Error::Unavailable) => pages::unavailable(),
        Err(Error::Unknown) => pages::unknown("/settings/keys"),
        Err(Error::Forbidden) => refused(StatusCode::FORBIDDEN, "Only an admin makes keys, so none was made."),
        Err(error) => {
            let words = format!("No key was made: {error}.");
            refused(StatusCode::UNPROCESSABLE_ENTITY, &words)
        }
    }
}
