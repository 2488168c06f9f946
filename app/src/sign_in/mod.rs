//! The way in.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    paths,
    ui::{Notice, Submit, TextField, Title, Tone},
};

#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let next = query.with_untracked(|query| query.get("next").unwrap_or_else(paths::today));
    let welcome = query.with_untracked(|query| query.get_str("welcome").is_some());
    let failed = query.with_untracked(|query| query.get_str("error").and_then(failure));
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
                    <TextField label="Email" name="email" kind="email" autocomplete="username" required=true/>
                    <TextField label="Password" name="password" kind="password" autocomplete="current-password" required=true/>
                    <Submit label="Sign in" tone=Tone::Accent/>
                </form>
                <p class="quiet">"No account, or a lost password? Ask an admin of Reins in your team."</p>
            </div>
        </main>
    }
}

fn failure(code: &str) -> Option<&'static str> {
    match code {
        "wrong" => Some("The email address and the password do not go together. You are not signed in."),
        "slow" => Some("Too many attempts from here. Wait a minute, then try again."),
        "unavailable" => Some("Reins cannot reach its record just now. Try again in a minute."),
        "signed-out" => Some("You were signed out meanwhile, so nothing was done. Sign in, then do it again."),
        _ => None,
    }
}
