use governance::Actor;
use leptos::prelude::*;

use crate::feature::{self, Way};

/// The parts of the settings that the reader can see.
#[component]
pub fn SettingsNav(actor: Actor, here: &'static str) -> impl IntoView {
    let ways = feature::pages().filter(|page| page.needs.is_none_or(|needs| actor.can(needs)));
    let links: Vec<_> = ways
        .filter_map(|page| match page.way {
            Some(Way::Settings { label }) => Some((page.path, label)),
            _ => None,
        })
        .map(|(href, label)| {
            let current = (label == here).then_some("page");
            view! {
                <li>
                    <a href=href aria-current=current>
                        {label}
                    </a>
                </li>
            }
        })
        .collect();
    view! {
        <nav class="tabs" aria-label="Settings">
            <ul>{links}</ul>
        </nav>
    }
}
