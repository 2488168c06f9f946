use domain::{agent::Mode, entry::Kind, view::AgentRow};
use leptos::prelude::*;

use super::calls::SetMode;
use crate::{
    paths, told,
    ui::{Reason, Section, Submit, post_to, words},
};

/// Moves an agent to another mode. Each button says to which; the one that cannot be taken back asks first.
#[component]
pub fn ChangeMode(
    row: AgentRow,
    /// How much of it waits or is approved.
    open: u32,
    /// Whether the reader may.
    may: bool,
    /// When it was changed last, and why.
    changed: Option<AnyView>,
) -> impl IntoView {
    let AgentRow { link, mode, .. } = row;
    let modes = Mode::ALL.into_iter().filter(|to| mode.may_become(*to) && *to != Mode::Retired);
    let modes: Vec<Mode> = modes.filter(|_| may).collect();
    let reasons = view! {
        {changed}
        <p><a href=paths::activity_about(&link.slug, Kind::ModeChanged)>"Every change of the mode, and why"</a></p>
    };
    let retired = (mode == Mode::Retired).then(|| view! { <p class="quiet">"A retired agent stays retired."</p> });
    let retire = (may && mode.may_become(Mode::Retired))
        .then(|| view! { <Retire slug=link.slug.clone() name=link.name.clone() mode open/> });
    if modes.is_empty() {
        return view! {
            <Section title="Mode">
                {retired}
                {reasons}
                {retire}
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
    // From live on, it goes where nothing is carried out.
    let meanwhile = (mode == Mode::Live && open > 0).then(|| {
        let open = words::open(open);
        view! { <p><strong>{open} " could not be carried out while it is not live."</strong></p> }
    });
    let meanings: Vec<_> = modes.into_iter().map(|to| view! { <li>{meaning(to)}</li> }).collect();
    let typed = not_taken().filter(|(to, _)| *to != Mode::Retired);
    let failed = typed.is_some();
    let reason = typed.map(|(_, reason)| reason).unwrap_or_default();
    view! {
        <Section title="Mode">
            <details class="fold" open=failed>
                <summary>"Change the mode"</summary>
                <form class="form" method="post" action={post_to::<SetMode>()}>
                    <input type="hidden" name="agent" value=link.slug/>
                    <input type="hidden" name="seen" value=mode.name()/>
                    <ul class="sentences quiet">{meanings}</ul>
                    {meanwhile}
                    <Reason label="Why" value=reason required=true/>
                    <div class="actions">{buttons}</div>
                </form>
            </details>
            {retire}
            {reasons}
        </Section>
    }
    .into_any()
}

/// The mode and why, as it was typed, where it was not taken.
fn not_taken() -> Option<(Mode, String)> {
    told::typed::<SetMode, _>()
}

/// Asks before what cannot be taken back, and says what ends with it.
#[component]
fn Retire(slug: String, name: String, mode: Mode, open: u32) -> impl IntoView {
    let ends = match open {
        0 => "Nothing of it waits or is approved.".to_owned(),
        1 => "1 request of it waits or is approved, and ends with it.".to_owned(),
        n => format!("{} requests of it wait or are approved, and end with it.", words::waiting(n)),
    };
    let typed = not_taken().filter(|(to, _)| *to == Mode::Retired);
    let failed = typed.is_some();
    let reason = typed.map(|(_, reason)| reason).unwrap_or_default();
    view! {
        <details class="fold" open=failed>
            <summary>{format!("Retire {name} for good …")}</summary>
            <form class="form" method="post" data-key="retire" action={post_to::<SetMode>()}>
                <input type="hidden" name="agent" value=slug/>
                <input type="hidden" name="seen" value=mode.name()/>
                <input type="hidden" name="mode" value=Mode::Retired.name()/>
                <p>{meaning(Mode::Retired)} " " <strong>{ends}</strong></p>
                <Reason label="Why it is retired" value=reason required=true/>
                <label class="check">
                    <input type="checkbox" required/>
                    <span>"It does not come back."</span>
                </label>
                <Submit label=label(Mode::Retired, &name)/>
            </form>
        </details>
    }
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
