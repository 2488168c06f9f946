use chrono::{DateTime, Utc};
use domain::sentence::visible;
use leptos::prelude::*;

use super::calls::{CloseBreaker, OpenBreaker};
use crate::ui::{Reason, Submit, Tone, post_to, sent};

/// Pauses all that runs on an integration, or lets it go on, for those who may.
#[component]
pub fn Breaker(slug: String, name: String, paused_since: Option<DateTime<Utc>>) -> impl IntoView {
    let open = paused_since.is_some();
    let sent = if open { sent::<CloseBreaker>() } else { sent::<OpenBreaker>() }.about("slug", &slug);
    let (failed, why) = (sent.is_some(), sent.text("reason"));
    let name = visible(&name);
    let id = view! { <input type="hidden" name="slug" value=slug/> };
    match paused_since {
        Some(opened) => view! {
            <details class="fold-plain" open=failed>
                <summary>{format!("Let actions through {name} again")}</summary>
                <form class="form" method="post" action={post_to::<CloseBreaker>()}>
                    {id}
                    <input type="hidden" name="opened" value=opened.to_rfc3339() data-seen/>
                    <Reason label="Why it is safe again" value=why required=true/>
                    <Submit label=format!("Close the breaker of {name}") tone=Tone::Accent/>
                </form>
            </details>
        }
        .into_any(),
        None => view! {
            <details class="fold-plain" open=failed>
                <summary>{format!("Pause actions on {name}")}</summary>
                <p class="hint">"Opens its circuit breaker: agents that ask to act on it are told to wait. Nothing else stops."</p>
                <form class="form" method="post" action={post_to::<OpenBreaker>()}>
                    {id}
                    <Reason label="What is wrong with it" value=why required=true/>
                    <Submit label=format!("Open the breaker of {name}")/>
                </form>
            </details>
        }
        .into_any(),
    }
}
