use domain::view::{Frame, Me};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::ErrorNote;
use crate::{error::UiError, paths};

/// What stands around the page: loaded once by the shell, which gives it to its pages as a context.
pub type FrameResource = Resource<Result<Frame, UiError>>;

/// Shows what a resource holds; a page that waits keeps its layout, and a page that reloads keeps its content.
#[component]
pub fn Loaded<T, F, V>(resource: Resource<Result<T, UiError>>, view: F) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    F: Fn(T) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=Loading>
            {move || {
                let view = view.clone();
                Suspend::new(async move { shown(resource.await.map(view)) })
            }}
        </Transition>
    }
}

/// As [`Loaded`], for pages that show more to those who may do more.
#[component]
pub fn LoadedForMe<T, F, V>(resource: Resource<Result<T, UiError>>, view: F) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    F: Fn(Me, T) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let frame = use_context::<FrameResource>();
    view! {
        <Transition fallback=Loading>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    let loaded = match resource.await {
                        Ok(loaded) => loaded,
                        Err(error) => return shown::<AnyView>(Err(error)),
                    };
                    let frame = match frame {
                        Some(frame) => frame.await,
                        None => Err(UiError::SignedOut),
                    };
                    shown(frame.map(|frame| view(frame.me, loaded)))
                })
            }}
        </Transition>
    }
}

fn shown<V: IntoView + 'static>(loaded: Result<V, UiError>) -> AnyView {
    match loaded {
        Ok(view) => view.into_any(),
        Err(error) => view! { <LoadError error/> }.into_any(),
    }
}

/// Keeps the place of a page that is on its way.
#[component]
pub fn Loading() -> impl IntoView {
    view! {
        <div class="loading" aria-busy="true">
            <p class="sr-only">"Loading"</p>
            <div class="loading-title"></div>
            <div class="loading-lead"></div>
            <div class="loading-block"></div>
            <div class="loading-block"></div>
        </div>
    }
}

/// Stands where a page could not be loaded.
#[component]
pub fn LoadError(error: UiError) -> impl IntoView {
    let title = match error {
        UiError::NotFound => "There is nothing here",
        UiError::Forbidden => "This page is not for your role",
        UiError::SignedOut => "You are signed out",
        _ => "This page cannot be shown now",
    };
    let way_on = match error {
        UiError::SignedOut => {
            let href = paths::sign_in_to(&use_location().pathname.get_untracked());
            view! { <a class="button button-accent" href=href rel="external">"Sign in"</a> }.into_any()
        }
        _ => view! { <a class="button button-neutral" href=paths::today()>"Go to Today"</a> }.into_any(),
    };
    let (lead, note) = match error {
        UiError::NotFound => {
            (Some("The address leads nowhere. It may have been mistyped, or what it showed is gone."), None)
        }
        UiError::SignedOut => (Some("Sign in, and you come back to this page."), None),
        _ => (None, Some(view! { <ErrorNote error=Some(error)/> })),
    };
    view! {
        <Title text=title/>
        <header class="page-title">
            <h1>{title}</h1>
            {lead.map(|lead| view! { <p class="lead">{lead}</p> })}
        </header>
        {note}
        <p>{way_on}</p>
    }
}
