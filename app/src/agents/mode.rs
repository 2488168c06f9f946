use domain::{agent::Mode, entry::Kind, view::AgentLink};
use leptos::prelude::*;

use super::calls::SetMode;
use crate::{
    paths, told,
    ui::{Reason, Section, failure, post_to},
};

/// Moves an agent to another mode. Each button says to which.
#[component]
pub fn ChangeMode(link: AgentLink, mode: Mode) -> impl IntoView {
    let modes: Vec<Mode> = Mode::ALL.into_iter().filter(|to| mode.may_become(*to)).collect();
    let reasons = view! {
        <p><a href=paths::activity_about(&link.slug, Kind::ModeChanged)>"Every change of the mode, and why"</a></p>
    };
    if modes.is_empty() {
        return view! {
            <Section title="Mode">
                <p class="quiet">"A retired agent stays retired."</p>
                {reasons}
            </Section>
        }
        .into_any();
    }
    let buttons: Vec<_> = modes
        .clone()
        .into_iter()
        .map(|to| {
            view! {
                <button class="button button-neutral" type="submit" name="mode" value=to.name()>
                    {label(to, &link.name)}
                </button>
            }
        })
        .collect();
    let meanings: Vec<_> = modes.into_iter().map(|to| view! { <li>{meaning(to)}</li> }).collect();
    // Why, as it was typed, where it was not taken.
    let failed = failure::<SetMode>().is_some();
    let reason: String = told::typed::<SetMode, _>().unwrap_or_default();
    view! {
        <Section title="Mode">
            <details class="fold" open=failed>
                <summary>"Change the mode"</summary>
                <form class="form" method="post" action={post_to::<SetMode>()}>
                    <input type="hidden" name="agent" value=link.slug/>
                    <ul class="sentences quiet">{meanings}</ul>
                    <Reason label="Why" value=reason required=true/>
                    <div class="actions">{buttons}</div>
                </form>
            </details>
            {reasons}
        </Section>
    }
    .into_any()
}

fn label(to: Mode, name: &str) -> String {
    match to {
        Mode::Draft => format!("Move {name} to draft"),
        Mode::Shadow => format!("Move {name} to shadow"),
        Mode::Live => format!("Set {name} live"),
        Mode::Retired => format!("Retire {name} for good"),
    }
}

fn meaning(to: Mode) -> &'static str {
    match to {
        Mode::Draft => "Draft: it is being written, and everything it asks is denied.",
        Mode::Shadow => "Shadow: everything it asks is judged and recorded, and nothing is carried out.",
        Mode::Live => "Live: what its permissions allow is carried out.",
        Mode::Retired => "Retired: everything it asks is denied, and it does not come back.",
    }
}
