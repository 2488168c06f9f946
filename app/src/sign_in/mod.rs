//! The way in.

use domain::role::Capability;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    feature::{Feature, form, page},
    paths,
    ui::{Notice, Submit, TextField, Title, Tone},
};

pub const FEATURE: Feature = Feature {
    pages: &[page!("/sign-in", SignInPage, None)],
    calls: &[&[form("/sign-in", None), form("/sign-out", Some(Capability::Look))]],
};

/// In the context of the page that is the answer to a sign-in that failed: what was typed stays, all but the password.
#[derive(Clone)]
pub struct SignInTried {
    pub email: String,
    pub next: String,
    pub why: Refusal,
}

#[derive(Clone, Copy)]
pub enum Refusal {
    Wrong,
    Slow,
}

#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let tried = use_context::<SignInTried>();
    let signed_out = query.with_untracked(|query| query.get_str("error") == Some("signed-out"));
    let failed = match &tried {
        Some(tried) => Some(words(tried.why)),
        None => signed_out.then_some(SIGNED_OUT),
    };
    let (email, next) = match tried {
        Some(tried) => (tried.email, Some(tried.next)),
        None => (String::new(), query.with_untracked(|query| query.get("next"))),
    };
    let next = next.filter(|next| !next.is_empty()).unwrap_or_else(paths::today);
    let is_known = !email.is_empty();
    let welcome = query.with_untracked(|query| query.get_str("welcome").is_some());
    let welcome =
        welcome.then(|| view! { <Notice tone=Tone::Good>"You are the first admin. Sign in to start."</Notice> });
    view! {
        <Title text="Sign in"/>
        <main class="alone">
            <div class="alone-card">
                <header class="page-title">
                    <p class="wordmark">"Reins"</p>
                    <h1>"Sign in"</h1>
                    <p class="lead">"The control room for your shop's AI agents."</p>
                </header>
                <div role="status" class="done">
                    {welcome}
                </div>
                <div role="alert" class="error-note">
                    {failed.map(|words| view! { <Notice tone=Tone::Bad>{words}</Notice> })}
                </div>
                <form class="form" action=paths::sign_in() method="post">
                    <input type="hidden" name="next" value=next/>
                    <TextField label="Email" name="email" value=email kind="email" autocomplete="username" required=true/>
                    <TextField
                        label="Password"
                        name="password"
                        kind="password"
                        autocomplete="current-password"
                        required=true
                        autofocus=is_known
                    />
                    <Submit label="Sign in" tone=Tone::Accent/>
                </form>
                <p class="quiet">"No account, or a lost password? Ask an admin of Reins in your team."</p>
            </div>
        </main>
    }
}

const SIGNED_OUT: &str = "You were signed out meanwhile, so nothing was done. Sign in, then do it again.";

fn words(why: Refusal) -> &'static str {
    match why {
        Refusal::Wrong => "The email address and the password do not go together. You are not signed in.",
        Refusal::Slow => "Too many attempts from here. Wait ten minutes, then try again.",
    }
}
