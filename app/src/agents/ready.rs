use domain::{
    agent::Mode,
    phase::Phase,
    readiness::{Checked, Missing, Place, Readiness},
};
use islands::Said;
use leptos::prelude::*;

use crate::{
    paths,
    ui::{Section, Tag, Tone, words},
};

/// The checklist of an agent: what is there, and what is missing with the way to mend it.
#[component]
pub fn Ready(readiness: Readiness, slug: String, mode: Mode) -> impl IntoView {
    let open = readiness.checks.iter().filter(|line| !line.missing.is_empty()).count();
    let lead = match open {
        0 => "Nothing that Reins knows of is missing.".to_owned(),
        open => format!("{} missing.", words::count(words::number(open), "thing is", "things are")),
    };
    let lines: Vec<_> = readiness.checks.into_iter().map(|line| view! { <Line line slug=slug.clone()/> }).collect();
    let list = view! { <ul class="lines">{lines}</ul> };
    match mode {
        Mode::Live | Mode::Retired => view! {
            <Section title="Its checklist">
                <p>{lead}</p>
                <details class="fold">
                    <summary>"What is there, and what is missing"</summary>
                    {list}
                </details>
            </Section>
        }
        .into_any(),
        Mode::Draft | Mode::Shadow => view! {
            <Section title="Before it goes live">
                <p>{lead} " Reins holds nothing up for it."</p>
                {list}
            </Section>
        }
        .into_any(),
    }
}

#[component]
fn Line(line: Checked, slug: String) -> impl IntoView {
    let Checked { check, missing, there } = line;
    let (tone, text) = if missing.is_empty() { (Tone::Good, "There") } else { (Tone::Waiting, "Missing") };
    let missing: Vec<_> = missing
        .iter()
        .map(|one| {
            let (href, words) = way(one, &slug);
            view! { <p class="line-more"><Said text=one.sentence()/> " " <a href=href>{words}</a></p> }
        })
        .collect();
    view! {
        <li class="line" data-key=check.title()>
            <div class="line-main">
                <p><strong>{check.title()}</strong></p>
                {there.map(|text| view! { <p class="line-more"><Said text/></p> })}
                {missing}
            </div>
            <div class="line-side">
                <Tag tone text/>
            </div>
        </li>
    }
}

/// Where it is mended, and what that is called.
fn way(missing: &Missing, slug: &str) -> (String, &'static str) {
    match missing.place() {
        Place::Permissions => (paths::permissions(slug), "Its permissions"),
        Place::Queues => (paths::queues(), "Queues"),
        Place::Integration(slug) => (paths::integration(&slug), "The integration"),
        Place::Action(name) => (paths::action(&name), "The action"),
        Place::Keys => (paths::keys(), "Keys"),
        Place::Stop => (paths::stop(), "The stop"),
        Place::Phases => (format!("{}#phases", paths::agent(slug)), "Its phases"),
        Place::Today => (paths::today(), "Today"),
    }
}

/// "Still missing for that: “A key” and “Days in shadow”."
pub fn still_missing(readiness: &Readiness, phase: Phase) -> Option<String> {
    let mut titles: Vec<String> =
        readiness.missing_for(phase).map(|one| format!("“{}”", one.check().title())).collect();
    titles.dedup();
    (!titles.is_empty()).then(|| format!("Still missing for that: {}.", words::list(&titles)))
}
