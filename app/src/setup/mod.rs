//! The first admin, with the code that Reins printed when it started.

use leptos::prelude::*;

use crate::{
    error::UiError,
    feature::{Feature, form, page},
    paths,
    server::governance,
    ui::{NewPassword, Notice, Submit, TextField, Title, Tone},
};

pub const FEATURE: Feature = Feature { pages: &[page!("/setup", SetupPage, None)], calls: &[&[form("/setup", None)]] };

/// In the context of the page that is the answer to a set-up that failed.
#[derive(Clone)]
pub struct SetupTried {
    pub name: String,
    pub email: String,
    pub why: Refusal,
}

#[derive(Clone, Copy)]
pub enum Refusal {
    Code,
    Name,
    Email,
    Password,
}

#[component]
pub fn SetupPage() -> impl IntoView {
    let page = Suspend::new(async {
        match is_set_up().await {
            Ok(true) => view! { <SetUp/> }.into_any(),
            _ => view! { <FirstAdmin/> }.into_any(),
        }
    });
    view! {
        <Title text="Set up Reins"/>
        <main class="alone">
            <div class="alone-card">
                {page}
            </div>
        </main>
    }
}

/// Whether somebody became the first admin.
async fn is_set_up() -> Result<bool, UiError> {
    Ok(governance()?.has_admin().await?)
}

/// There is an admin: nobody becomes the first one again.
#[component]
fn SetUp() -> impl IntoView {
    view! {
        <header class="page-title">
            <p class="wordmark">"Reins"</p>
            <h1>"Reins is set up"</h1>
            <p class="lead">"It has an admin already. Sign in, or ask them to add you."</p>
        </header>
        <p>
            <a class="button button-accent" href=paths::sign_in()>
                "Sign in"
            </a>
        </p>
    }
}

#[component]
fn FirstAdmin() -> impl IntoView {
    let tried = use_context::<SetupTried>();
    let failed = tried.as_ref().map(|tried| words(tried.why));
    let (name, email) = tried.map(|tried| (tried.name, tried.email)).unwrap_or_default();
    view! {
        <header class="page-title">
            <p class="wordmark">"Reins"</p>
            <h1>"Set up Reins"</h1>
            <p class="lead">"You become its first admin, and add everybody else."</p>
        </header>
        <div role="alert" class="error-note">
            {failed.map(|words| view! { <Notice tone=Tone::Bad>{words}</Notice> })}
        </div>
        <form class="form" action=paths::setup() method="post">
            <TextField
                label="One-time code"
                name="code"
                hint="Reins printed it when it started."
                autocomplete="one-time-code"
                required=true
            />
            // What was given comes back with a refusal, all but the code and the password.
            <TextField
                label="Your name"
                name="name"
                value=name
                autocomplete="name"
                most=100
                required=true
            />
            <TextField
                label="Email"
                name="email"
                value=email
                kind="email"
                autocomplete="username"
                required=true
            />
            <NewPassword label="Password"/>
            <Submit label="Become the first admin" tone=Tone::Accent/>
        </form>
    }
}

fn words(why: Refusal) -> &'static str {
    match why {
        Refusal::Code => "The code is not right, or was used already. Reins prints a new one when it starts.",
        Refusal::Name => "Give a name of at most 100 characters, and none that Reins uses itself.",
        Refusal::Email => "That is not an email address.",
        Refusal::Password => "Choose a password of 12 to 200 characters.",
    }
}
