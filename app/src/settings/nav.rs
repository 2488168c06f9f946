use domain::role::{Capability, Role};
use leptos::prelude::*;

use crate::paths;

/// The parts of the settings that the role can see.
#[component]
pub fn SettingsNav(role: Role, here: &'static str) -> impl IntoView {
    let ways = [
        (paths::queues(), "Queues", true),
        (paths::people(), "People", role.can(Capability::ManagePeople)),
        (paths::keys(), "Keys", role.can(Capability::ManageKeys)),
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
