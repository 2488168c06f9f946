//! The pages of Reins, and the server functions behind them.

#![recursion_limit = "256"]

mod activity;
mod agents;
mod approvals;
mod catalog;
mod drawn;
pub mod error;
mod integrations;
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

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Outlet, ParentRoute, Route, Router, Routes},
    path,
};

use activity::ActivityPage;
use agents::{AgentPage, AgentsPage, NewAgentPage};
use approvals::{ApprovalsPage, RequestPage};
use catalog::{ActionPage, ActionsPage, ChangesPage, DataSetsPage, NewActionPage, WordsPage};
use integrations::IntegrationsPage;
pub use permissions::MOST_GIVEN;
use permissions::{
    ComparePage, EditorPage, FilesPage, ImpactPage, ImportPage, PrintPage, PublishPage, TryPage, VersionPage,
    VersionsPage,
};
pub use settings::PasswordRefusal;
use settings::{KeysPage, PasswordPage, PeoplePage, QueuesPage};
use setup::SetupPage;
use shell::{NotFound, Shell};
use sign_in::SignInPage;
pub use stop::ReleaseTried;
use stop::{StopPage, StopsPage};
use today::TodayPage;
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

    view! {
        <Title/>
        <Router>
            <Routes fallback=NotFound>
                // Whole before it is sent: every page reads well without JavaScript, and has its status.
                <ParentRoute path=path!("") view=Outlet ssr=SsrMode::Async>
                    <Route path=path!("/sign-in") view=SignInPage/>
                    <Route path=path!("/setup") view=SetupPage/>
                    <ParentRoute path=path!("") view=Shell>
                        <Route path=path!("/") view=TodayPage/>
                        <Route path=path!("/approvals") view=ApprovalsPage/>
                        <Route path=path!("/approvals/:id") view=RequestPage/>
                        <Route path=path!("/agents") view=AgentsPage/>
                        <Route path=path!("/agents/new") view=NewAgentPage/>
                        <Route path=path!("/agents/import") view=ImportPage/>
                        <Route path=path!("/agents/:slug") view=AgentPage/>
                        <Route path=path!("/agents/:slug/permissions") view=EditorPage/>
                        <Route path=path!("/agents/:slug/permissions/try") view=TryPage/>
                        <Route path=path!("/agents/:slug/permissions/impact") view=ImpactPage/>
                        <Route path=path!("/agents/:slug/permissions/publish") view=PublishPage/>
                        <Route path=path!("/agents/:slug/permissions/versions") view=VersionsPage/>
                        <Route path=path!("/agents/:slug/permissions/versions/:version") view=VersionPage/>
                        <Route path=path!("/agents/:slug/permissions/compare") view=ComparePage/>
                        <Route path=path!("/agents/:slug/permissions/files") view=FilesPage/>
                        <Route path=path!("/agents/:slug/permissions/print") view=PrintPage/>
                        <Route path=path!("/stop") view=StopPage/>
                        <Route path=path!("/stops") view=StopsPage/>
                        <Route path=path!("/activity") view=ActivityPage/>
                        <Route path=path!("/integrations") view=IntegrationsPage/>
                        <Route path=path!("/settings") view=QueuesPage/>
                        <Route path=path!("/settings/people") view=PeoplePage/>
                        <Route path=path!("/settings/queues") view=QueuesPage/>
                        <Route path=path!("/settings/keys") view=KeysPage/>
                        <Route path=path!("/settings/password") view=PasswordPage/>
                        <Route path=path!("/settings/actions") view=ActionsPage/>
                        <Route path=path!("/settings/actions/new") view=NewActionPage/>
                        <Route path=path!("/settings/actions/:name") view=ActionPage/>
                        <Route path=path!("/settings/data-sets") view=DataSetsPage/>
                        <Route path=path!("/settings/words") view=WordsPage/>
                        <Route path=path!("/settings/changes") view=ChangesPage/>
                    </ParentRoute>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
