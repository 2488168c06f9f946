use domain::view::Me;
use leptos::prelude::*;
use leptos_router::components::A;

use super::SignOut;
use crate::{paths, ui::Icon};

/// The way to every page, on a wide screen.
#[component]
pub fn SideBar(waiting: Option<String>, me: Option<Me>) -> impl IntoView {
    view! {
        <nav class="side" aria-label="Pages">
            <Way href=paths::today() icon="today" label="Today" exact=true/>
            <Way href=paths::approvals() icon="person" label="Approvals" count=waiting/>
            <Way href=paths::agents() icon="agents" label="Agents"/>
            <Way href=paths::activity() icon="record" label="Activity"/>
            <Way href=paths::integrations() icon="plug" label="Integrations"/>
            <Way href=paths::settings() icon="settings" label="Settings"/>
            <Way href=paths::stop() icon="stop" label="Stop"/>
            <Who me/>
        </nav>
    }
    .into_any()
}

/// What a thumb reaches, on a phone.
#[component]
pub fn BottomBar(waiting: Option<String>, me: Option<Me>) -> impl IntoView {
    view! {
        <nav class="bar" aria-label="Pages">
            <Way href=paths::today() icon="today" label="Today" exact=true/>
            <Way href=paths::approvals() icon="person" label="Approvals" count=waiting/>
            <Way href=paths::stop() icon="stop" label="Stop"/>
            <Way href=paths::agents() icon="agents" label="Agents"/>
            <More me/>
        </nav>
    }
    .into_any()
}

#[component]
fn More(me: Option<Me>) -> impl IntoView {
    view! {
        <details class="more">
            <summary class="way">
                <Icon name="more"/>
                <span class="way-label">"More"</span>
            </summary>
            <div class="more-sheet">
                <Way href=paths::activity() icon="record" label="Activity"/>
                <Way href=paths::integrations() icon="plug" label="Integrations"/>
                <Way href=paths::settings() icon="settings" label="Settings"/>
                <div class="more-end">
                    <Who me/>
                    <SignOut/>
                </div>
            </div>
        </details>
    }
    .into_any()
}

#[component]
fn Way(
    href: String,
    icon: &'static str,
    label: &'static str,
    #[prop(default = None)] count: Option<String>,
    #[prop(optional)] exact: bool,
) -> impl IntoView {
    let count = count.map(|count| {
        view! {
            <span class="way-count">
                {count} <span class="sr-only">" waiting"</span>
            </span>
        }
    });
    view! {
        <A href exact attr:class="way">
            <Icon name=icon/>
            <span class="way-label">{label}</span>
            {count}
        </A>
    }
    .into_any()
}

#[component]
fn Who(me: Option<Me>) -> impl IntoView {
    me.map(|me| {
        view! {
            <p class="who">
                <span class="who-name">{me.name}</span>
                <span class="who-role">{me.role.name()}</span>
            </p>
        }
    })
}
