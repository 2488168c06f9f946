//! What stands around every page: the way to the others, the stop, and what is stopped.

mod banners;
mod cut_off;
mod navigation;
mod not_found;
mod stop_control;

use domain::{role::Capability, view::Frame};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    error::UiError,
    feature::{Feature, read},
    paths,
    server::{actor, governance},
    ui::{ErrorNote, words},
};
use banners::Banners;
use cut_off::CutOff;
use navigation::{BottomBar, SideBar};
use stop_control::StopControl;

pub use not_found::NotFound;

pub const FEATURE: Feature = Feature { pages: &[], calls: &[&[read("/live", Capability::Look)]] };

/// In the context of a page that is the answer to a form. Opened by a browser it stays as it is, as it would lose what it
/// says when it is loaded again; the client takes it in, and keeps what it says.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Where the page is found without what was sent.
    pub path: String,
}

#[component]
pub fn Shell() -> impl IntoView {
    view! {
        <Framed>
            <Outlet/>
        </Framed>
    }
}

/// A page in its frame. The client keeps it up to date while the stream at `data-live` says that something changed.
#[component]
pub fn Framed(children: Children) -> impl IntoView {
    let frame = Suspend::new(async {
        match load_frame().await {
            Ok(frame) => view! { <Around frame=Some(frame)/> }.into_any(),
            Err(error) => view! { <WithoutFrame error/> }.into_any(),
        }
    });
    let answer = use_context::<Answer>().map(|answer| answer.path);
    let live = answer.is_none().then(paths::live);
    view! {
        <a class="skip" href="#content">
            "Skip to the content"
        </a>
        <div class="shell" data-live=live data-answer=answer>
            {frame}
            <main id="content" class="content" tabindex="-1">
                <CutOff/>
                {children()}
            </main>
            <Foot/>
        </div>
    }
}

async fn load_frame() -> Result<Frame, UiError> {
    Ok(governance()?.frame(&actor().await?).await?)
}

/// The frame; without its data, the ways and the stop are there all the same.
#[component]
fn Around(frame: Option<Frame>) -> impl IntoView {
    let waits = frame.as_ref().filter(|frame| frame.waiting > 0 || frame.more_waits);
    let waiting = waits.map(|frame| words::or_more(frame.waiting, frame.more_waits));
    let me = frame.as_ref().map(|frame| frame.me.clone());
    let brand = frame.as_ref().map(|frame| frame.brand.clone());
    let agents = frame.as_ref().map(|frame| frame.agents.clone()).unwrap_or_default();
    let stops = frame.as_ref().map(|frame| frame.stops.clone()).unwrap_or_default();
    // The client tells times by the database's clock.
    let now = frame.as_ref().map(|frame| frame.now.to_rfc3339());

    view! {
        <header class="top" data-now=now>
            <a class="top-brand" href=paths::today()>
                <span class="wordmark">"Reins"</span>
                <span class="top-shop">{brand}</span>
            </a>
            <StopControl agents stops/>
        </header>
        <SideBar waiting=waiting.clone() me=me.clone()/>
        <BottomBar waiting me/>
        {frame.map(|frame| view! { <Banners frame/> })}
    }
    .into_any()
}

#[component]
fn WithoutFrame(error: UiError) -> impl IntoView {
    view! {
        <Around frame=None/>
        <section class="banners" aria-label="Announcements">
            <ErrorNote error=Some(error)/>
        </section>
    }
}

#[component]
fn Foot() -> impl IntoView {
    view! {
        <footer class="foot">
            <span>"Every action here is written to the record."</span>
            <SignOut/>
        </footer>
    }
}

#[component]
fn SignOut() -> impl IntoView {
    view! {
        <form action=paths::sign_out() method="post" data-leaves>
            <button class="button button-plain" type="submit">
                "Sign out"
            </button>
        </form>
    }
}
