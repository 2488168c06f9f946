use domain::{entry::Kind, view::PhaseView};
use leptos::prelude::*;

use super::standing::title;
use crate::{
    paths,
    ui::{Dated, Empty, Section, Written, words},
};

/// How many are shown without unfolding.
const SHOWN: usize = 3;

/// What the agent went through, each with who began it and why, and the ways on.
#[component]
pub fn Phases(
    slug: String,
    /// The newest first.
    phases: Vec<PhaseView>,
    /// When it was retired, by whom, and why.
    retired: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let is_draft = phases.is_empty();
    let none = is_draft.then(|| {
        view! {
            <Empty title="It was in no phase yet">
                <p>"It is a draft until somebody lets it begin, in shadow or live."</p>
            </Empty>
        }
    });
    let mut lines = phases.into_iter().map(|phase| view! { <PhaseLine phase/> }.into_any());
    let shown: Vec<_> = lines.by_ref().take(SHOWN).collect();
    let earlier: Vec<_> = lines.collect();
    let fold = (!earlier.is_empty()).then(|| {
        let number = words::count(words::number(earlier.len()), "earlier phase", "earlier phases");
        view! {
            <details class="fold-plain">
                <summary>{number}</summary>
                <ul class="lines">{earlier}</ul>
            </details>
        }
    });
    view! {
        <Section title="Phases">
            {retired}
            {none}
            <ul class="lines" hidden=is_draft>
                {shown}
            </ul>
            {fold}
            {children()}
            <p id="phases">
                <a href=paths::activity_about(&slug, Kind::ModeChanged)>"Every change of its phase, and why"</a>
            </p>
        </Section>
    }
}

/// "Shadow, 20 July 2026 to 3 August 2026, begun by Ada: “…”".
#[component]
fn PhaseLine(phase: PhaseView) -> impl IntoView {
    let PhaseView { phase, began_at, ended_at, by, why } = phase;
    let time = match ended_at {
        None => view! { "since " <Dated at=began_at/> }.into_any(),
        Some(ended) => view! { <Dated at=began_at/> " to " <Dated at=ended/> }.into_any(),
    };
    view! {
        <li class="line" data-key=began_at.to_rfc3339()>
            <div class="line-main">
                <p>
                    <strong>{title(phase)}</strong>
                    " "
                    <span class="quiet">{time}</span>
                </p>
                <p class="line-more">"Begun by " <Written text=by/> ": “" <Written text=why/> "”"</p>
            </div>
        </li>
    }
}
