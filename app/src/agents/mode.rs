use domain::{
    agent::Mode,
    phase::{Move, Phase, Stands},
    readiness::Readiness,
    view::AgentRow,
};
use leptos::prelude::*;

use super::{calls::SetMode, ready::still_missing};
use crate::{
    told,
    ui::{Reason, Submit, post_to, words},
};

/// Moves an agent to another phase. Each button says to which; the one that cannot be taken back asks first.
#[component]
pub fn ChangeMode(
    row: AgentRow,
    stands: Stands,
    readiness: Readiness,
    /// How much of it waits or is approved.
    open: u32,
) -> impl IntoView {
    if stands.retired {
        return view! { <p class="quiet">"A retired agent stays retired."</p> }.into_any();
    }
    let link = row.link;
    let seen = seen(stands);
    let next: Vec<Phase> = stands.next().collect();
    let buttons: Vec<_> = next
        .iter()
        .map(|phase| {
            view! {
                <button class="button button-neutral" type="submit" name="mode" value=phase.name()>
                    {label(Move::Begin(*phase), &link.name)}
                </button>
            }
        })
        .collect();
    let shadow = next.contains(&Phase::Shadow) && stands.mode() == Mode::Live;
    let meanwhile = (shadow && open > 0).then(|| {
        let open = words::open(open);
        view! { <p><strong>{open} " could not be carried out while it is not live."</strong></p> }
    });
    let meanings: Vec<_> = next
        .into_iter()
        .map(|phase| {
            let missing = still_missing(&readiness, phase).map(|text| view! { " " <strong>{text}</strong> });
            view! { <li>{meaning(Move::Begin(phase))} {missing}</li> }
        })
        .collect();
    let typed = not_taken().filter(|(to, _)| *to != Move::Retire);
    let failed = typed.is_some();
    let reason = typed.map(|(_, reason)| reason).unwrap_or_default();
    view! {
        <details class="fold" open=failed>
            <summary>"Move it to another phase"</summary>
            <form class="form" method="post" action={post_to::<SetMode>()}>
                <input type="hidden" name="agent" value=link.slug.clone()/>
                <input type="hidden" name="seen" value=seen/>
                <ul class="sentences quiet">{meanings}</ul>
                {meanwhile}
                <Reason label="Why" value=reason required=true/>
                <div class="actions">{buttons}</div>
            </form>
        </details>
        <Retire slug=link.slug name=link.name stands open/>
    }
    .into_any()
}

/// The phase that the forms are drawn in.
fn seen(stands: Stands) -> &'static str {
    stands.phase.map_or(stands.mode().name(), Phase::name)
}

/// Where to and why, as it was typed, where it was not taken.
fn not_taken() -> Option<(Move, String)> {
    told::typed::<SetMode, _>()
}

/// Asks before what cannot be taken back, and says what ends with it.
#[component]
fn Retire(slug: String, name: String, stands: Stands, open: u32) -> impl IntoView {
    let ends = match open {
        0 => "Nothing of it waits or is approved.".to_owned(),
        1 => "1 request of it waits or is approved, and ends with it.".to_owned(),
        n => format!("{} requests of it wait or are approved, and end with it.", words::waiting(n)),
    };
    let seen = seen(stands);
    let typed = not_taken().filter(|(to, _)| *to == Move::Retire);
    let failed = typed.is_some();
    let reason = typed.map(|(_, reason)| reason).unwrap_or_default();
    view! {
        <details class="fold" open=failed>
            <summary>{format!("Retire {name} for good …")}</summary>
            <form class="form" method="post" data-key="retire" action={post_to::<SetMode>()}>
                <input type="hidden" name="agent" value=slug/>
                <input type="hidden" name="seen" value=seen/>
                <input type="hidden" name="mode" value=Move::Retire.name()/>
                <p>{meaning(Move::Retire)} " " <strong>{ends}</strong></p>
                <Reason label="Why it is retired" value=reason required=true/>
                <label class="check">
                    <input type="checkbox" required/>
                    <span>"It does not come back."</span>
                </label>
                <Submit label=label(Move::Retire, &name)/>
            </form>
        </details>
    }
}

fn label(to: Move, name: &str) -> String {
    match to {
        Move::Begin(Phase::Shadow) => format!("Move {name} to shadow"),
        Move::Begin(Phase::Live) => format!("Set {name} live"),
        Move::Begin(Phase::Rescue) => format!("Begin a rescue of {name}"),
        Move::Begin(Phase::Expansion) => format!("Begin an expansion of {name}"),
        Move::Retire => format!("Retire {name} for good"),
    }
}

fn meaning(to: Move) -> &'static str {
    match to {
        Move::Begin(Phase::Shadow) => "Shadow: everything it asks is judged and recorded, and nothing is carried out.",
        Move::Begin(Phase::Live) => "Live: what its permissions allow is carried out.",
        Move::Begin(Phase::Rescue) => {
            "Rescue: it comes back after something went wrong. What its permissions allow is carried out, as in live."
        }
        Move::Begin(Phase::Expansion) => {
            "Expansion: it takes on more. What its permissions allow is carried out, as in live."
        }
        Move::Retire => "Retired: everything it asks is denied, and it does not come back.",
    }
}
