use domain::{role::Role, view::Me};
use leptos::prelude::*;
use leptos_router::components::A;

use super::SignOut;
use crate::{
    feature::{self, Way},
    paths,
    ui::Icon,
};

/// The way to every page, on a wide screen.
#[component]
pub fn SideBar(waiting: Option<String>, me: Option<Me>) -> impl IntoView {
    let ways = shown(ways(me.as_ref()), waiting);
    view! {
        <nav class="side" aria-label="Pages">
            {ways}
            <Who me/>
        </nav>
    }
    .into_any()
}

/// What a thumb reaches, on a phone.
#[component]
pub fn BottomBar(waiting: Option<String>, me: Option<Me>) -> impl IntoView {
    let (mut near, rest): (Vec<_>, Vec<_>) = ways(me.as_ref()).partition(|way| way.thumb.is_some());
    near.sort_by_key(|way| way.thumb);
    let near = shown(near, waiting);
    view! {
        <nav class="bar" aria-label="Pages">
            {near}
            <details class="more">
                <summary class="way">
                    <Icon name="more"/>
                    <span class="way-label">"More"</span>
                </summary>
                <div class="more-sheet">
                    {shown(rest, None)}
                    <div class="more-end">
                        <Who me/>
                        <SignOut/>
                    </div>
                </div>
            </details>
        </nav>
    }
    .into_any()
}

struct Shown {
    href: &'static str,
    label: &'static str,
    icon: &'static str,
    thumb: Option<u8>,
}

/// Those that the reader may go; where nobody knows who reads, what everybody may see.
fn ways(me: Option<&Me>) -> impl Iterator<Item = Shown> {
    let role = me.map_or(Role::Auditor, |me| me.role);
    feature::pages().filter(move |page| page.needs.is_none_or(|needs| role.can(needs))).filter_map(|page| {
        match page.way {
            Some(Way::Everywhere { label, icon, thumb }) => Some(Shown { href: page.path, label, icon, thumb }),
            _ => None,
        }
    })
}

/// How much waits stands beside the way to it.
fn shown(ways: impl IntoIterator<Item = Shown>, waiting: Option<String>) -> Vec<impl IntoView> {
    let shown = ways.into_iter().map(|Shown { href, label, icon, .. }| {
        let count = waiting.clone().filter(|_| href == paths::approvals());
        view! { <OneWay href label icon count/> }
    });
    shown.collect()
}

#[component]
fn OneWay(href: &'static str, icon: &'static str, label: &'static str, count: Option<String>) -> impl IntoView {
    let count = count.map(|count| {
        view! {
            <span class="way-count">
                {count} <span class="sr-only">" waiting"</span>
            </span>
        }
    });
    view! {
        <A href exact={href == "/"} attr:class="way">
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
