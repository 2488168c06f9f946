use domain::role::Capability;
use governance::Actor;
use leptos::prelude::*;

use crate::paths;

/// The parts of the settings that the reader can see.
#[component]
pub fn SettingsNav(actor: Actor, here: &'static str) -> impl IntoView {
    let ways = [
        (paths::queues(), "Queues", true),
        (paths::actions(), "Actions", true),
        (paths::data_sets(), "Data sets", true),
        (paths::words(), "Words", true),
        (paths::changes(), "Proposed changes", true),
        (paths::people(), "People", actor.can(Capability::ManagePeople)),
        (paths::keys(), "Keys", actor.can(Capability::ManageKeys)),
        (paths::own_password(), "Your password", true),
    ];
    let links: Vec<_> = ways
        .into_iter()
        .filter(|(_, _, seen)| *seen)
        .map(|(href, label, _)| {
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
