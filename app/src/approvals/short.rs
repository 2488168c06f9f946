use domain::view::approvals::Short;
use islands::Said;
use leptos::prelude::*;

use crate::ui::{Notice, Tone, words::or_more};

/// What waits and nobody can approve, and why.
#[component]
pub fn ShortOf(short: Vec<Short>) -> impl IntoView {
    let lines: Vec<_> = short.iter().map(|one| view! { <li><Said text=told(one)/></li> }).collect();
    let able = short.iter().filter(|one| one.rejectable).count();
    let rejected = match able {
        0 => "",
        n if n == short.len() => "It can still be rejected. ",
        _ => "The others can still be rejected. ",
    };
    (!lines.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Waiting>
                <p class="notice-title">"Some of what waits can be approved by nobody."</p>
                <ul>{lines}</ul>
                <p>{rejected} "An admin adds people to queues under Settings, Queues."</p>
            </Notice>
        }
    })
}

/// "6 requests: Nobody who can decide is in Legal."
pub fn told(short: &Short) -> String {
    let nor = if short.rejectable { "" } else { " Nobody can reject it either." };
    match (short.count, short.more) {
        (1, false) => format!("1 request: {}{nor}", short.why),
        (n, more) => format!("{} requests: {}{nor}", or_more(n, more), short.why),
    }
}
