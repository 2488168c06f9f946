use leptos::prelude::*;

use super::{Icon, Tone};

/// A line that stands out from the page.
#[component]
pub fn Notice(tone: Tone, children: Children) -> impl IntoView {
    let icon = match tone {
        Tone::Good => "check",
        Tone::Waiting => "clock",
        Tone::Bad => "alert",
        Tone::Neutral | Tone::Accent => "info",
    };
    view! {
        <div class=format!("notice notice-{}", tone.name())>
            <Icon name=icon/>
            <div class="notice-text">{children()}</div>
        </div>
    }
}
