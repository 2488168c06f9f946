use domain::view::approvals::Short;
use leptos::prelude::*;

use crate::ui::{Notice, Tone, words::grouped};

/// What waits and nobody can approve, and why.
#[component]
pub fn ShortOf(short: Vec<Short>) -> impl IntoView {
    let lines: Vec<_> = short.iter().map(|one| view! { <li>{told(one)}</li> }).collect();
    (!lines.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Waiting>
                <p class="notice-title">"Some of what waits can be approved by nobody."</p>
                <ul>{lines}</ul>
                <p>"It can still be rejected. Who is in a queue is set under Settings, Queues."</p>
            </Notice>
        }
    })
}

/// "6 requests: Nobody who can decide is in Legal."
pub fn told(short: &Short) -> String {
    match short.count {
        1 => format!("1 request: {}", short.why),
        n => format!("{} requests: {}", grouped(n), short.why),
    }
}
