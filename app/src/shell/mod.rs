//! What stands around every page: the way to the others, the stop, and what is stopped.

mod banners;
mod calls;
mod cut_off;
mod navigation;
mod not_found;
mod stop_control;

use domain::view::Frame;
use leptos::{html, prelude::*};
use leptos_router::{components::Outlet, hooks::use_location};

use crate::{
    error::UiError,
    paths,
    ui::{ErrorNote, FrameResource, Live},
};
use banners::Banners;
use calls::load_frame;
use cut_off::CutOff;
use navigation::{BottomBar, SideBar};
use stop_control::StopControl;

pub use not_found::NotFound;

#[component]
pub fn Shell() -> impl IntoView {
    view! {
        <Framed>
            <Outlet/>
        </Framed>
    }
}

/// A page in its frame.
#[component]
pub fn Framed(children: Children) -> impl IntoView {
    let live = Live::provide();
    let frame: FrameResource = live.resource(|| (), |()| load_frame());
    provide_context(frame);

    view! {
        <a class="skip" href="#content" rel="external">
            "Skip to the content"
        </a>
        <div class="shell">
            // Its own boundary, beside the page's: the frame stays while a page loads.
            <Transition fallback=|| view! { <Around frame=None/> }>
                {move || Suspend::new(async move {
                    match frame.await {
                        Ok(frame) => view! { <Around frame=Some(frame)/> }.into_any(),
                        Err(error) => view! { <WithoutFrame error/> }.into_any(),
                    }
                })}
            </Transition>
            <Content>{children()}</Content>
            <Foot/>
        </div>
    }
}

/// The frame; without its data, the ways and the stop are there all the same.
#[component]
fn Around(frame: Option<Frame>) -> impl IntoView {
    let waiting = frame.as_ref().map_or(0, |frame| frame.waiting);
    let me = frame.as_ref().map(|frame| frame.me.clone());
    let brand = frame.as_ref().map(|frame| frame.brand.clone());
    let agents = frame.as_ref().map(|frame| frame.agents.clone()).unwrap_or_default();
    let stops = frame.as_ref().map(|frame| frame.stops.clone()).unwrap_or_default();

    view! {
        <header class="top">
            <a class="top-brand" href=paths::today()>
                <span class="wordmark">"Reins"</span>
                <span class="top-shop">{brand}</span>
            </a>
            <StopControl agents stops/>
        </header>
        <SideBar waiting me=me.clone()/>
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
fn Content(children: Children) -> impl IntoView {
    let main = NodeRef::<html::Main>::new();
    let path = use_location().pathname;
    // Another page: a screen reader and the keyboard start where it starts.
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if let (Some(before), Some(main)) = (before, main.get_untracked())
            && before != now
        {
            // Without focus the page is as good.
            main.focus().unwrap_or_default();
        }
        now
    });

    view! {
        <main id="content" class="content" tabindex="-1" node_ref=main>
            <CutOff/>
            {children()}
        </main>
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
        <form action=paths::sign_out() method="post">
            <button class="button button-plain" type="submit">
                "Sign out"
            </button>
        </form>
    }
}
