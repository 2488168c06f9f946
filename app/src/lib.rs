//! The pages of Reins, and the server functions behind them.

#![recursion_limit = "256"]

mod activity;
mod agents;
mod approvals;
mod catalog;
mod customers;
mod drawn;
pub mod error;
pub mod feature;
mod integrations;
mod jobs;
pub mod paths;
mod permissions;
mod server;
mod settings;
pub mod setup;
mod shell;
pub mod sign_in;
mod stop;
mod today;
pub mod told;
pub mod ui;

pub use drawn::{Drawing, Drawn};
pub use permissions::{Found, Pasted, Would};
pub use shell::Answer;

use feature::Page;
use leptos::{prelude::*, tachys::view::iterators::StaticVec};
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::{
    MatchNestedRoutes, NestedRoute, SsrMode,
    components::{Outlet, Router, Routes},
    path,
};

pub use permissions::MOST_GIVEN;
pub use settings::PasswordRefusal;
use shell::{NotFound, Shell};
pub use stop::ReleaseTried;
use ui::Title;

/// The document around the pages.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="manifest" href="/site.webmanifest"/>
                <link rel="preload" href="/fonts/inter.woff2" r#as="font" type="font/woff2" crossorigin="anonymous"/>
                <HashedStylesheet id="style" options=options.clone()/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options islands=true/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let alone = NestedRoute::new(path!(""), Outlet).child(routes(|page| page.needs.is_none()));
    let framed = NestedRoute::new(path!(""), Shell).child(routes(|page| page.needs.is_some()));
    // Whole before it is sent: every page reads well without JavaScript, and has its status.
    let all = NestedRoute::new(path!(""), Outlet).ssr_mode(SsrMode::Async).child((alone, framed)).into_maybe_erased();

    view! {
        <Title/>
        <Router>
            <Routes fallback=NotFound children=ToChildren::to_children(|| all)/>
        </Router>
    }
}

/// The ways to the pages of one kind.
fn routes(are: fn(&Page) -> bool) -> StaticVec<impl MatchNestedRoutes + Clone> {
    let mut pages: Vec<&Page> = feature::pages().filter(|page| are(page)).collect();
    // The first that fits is taken: `/agents/new` is no agent.
    pages.sort_by_key(|page| page.path.contains(':'));
    pages.into_iter().map(|page| NestedRoute::new((page.segments)(), page.view)).collect::<Vec<_>>().into()
}
