use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{entry::Kind, sentence::value, view::TighteningView};
use islands::Said;
use leptos::prelude::*;

use super::{calls::Lift, tighten::TightenForm};
use crate::{
    paths,
    ui::{Ago, Empty, Left, Reason, Section, Submit, Tone, Written, post_to, sent, words},
};

/// What makes a person be asked where the permission set alone would allow; adding one, and lifting it.
#[component]
pub fn Tightenings(
    slug: String,
    tightenings: Vec<TighteningView>,
    /// The actions of its permission set.
    names: BTreeMap<String, String>,
    /// Those that were lifted last, and why.
    lifted: Option<AnyView>,
    may_tighten: bool,
    now: DateTime<Utc>,
) -> impl IntoView {
    let add = may_tighten.then(|| view! { <TightenForm slug=slug.clone() names=names.clone()/> });
    let empty = tightenings.is_empty().then(|| {
        view! {
            <Empty title="Not tightened">
                <p>"The permission set alone decides. Tighten it, and a person is asked where it would allow."</p>
            </Empty>
        }
    });
    let none = tightenings.is_empty();
    let called = |name: &String| value(names.get(name).unwrap_or(name));
    let lines: Vec<_> = tightenings
        .into_iter()
        .map(|tightening| {
            let labels: Vec<String> = tightening.actions.iter().map(called).collect();
            let what = if labels.is_empty() { "every action".to_owned() } else { words::list(&labels) };
            view! { <TighteningLine slug=slug.clone() tightening what may_lift=may_tighten now/> }
        })
        .collect();
    view! {
        <Section title="Tightenings">
            {empty}
            <ul class="lines" hidden=none>
                {lines}
            </ul>
            {add}
            {lifted}
            <p>
                <a href=paths::activity_about(&slug, Kind::TighteningAdded)>"Every tightening, and why"</a>
                ", "
                <a href=paths::activity_about(&slug, Kind::TighteningLifted)>"what was lifted, and why"</a>
            </p>
        </Section>
    }
}

#[component]
fn TighteningLine(
    slug: String,
    tightening: TighteningView,
    /// The actions that it is about, within a sentence.
    what: String,
    may_lift: bool,
    now: DateTime<Utc>,
) -> impl IntoView {
    let until = match tightening.until {
        Some(until) => view! { "ends " <Left at=until now/> }.into_any(),
        None => "until a person lifts it".into_any(),
    };
    let form = may_lift.then(|| {
        let sent = sent::<Lift>().about("tightening", &tightening.id.to_string());
        view! {
            <details class="fold-plain" open=sent.is_some()>
                <summary>"Lift it"</summary>
                <form class="form" method="post" action={post_to::<Lift>()}>
                    <input type="hidden" name="agent" value=slug/>
                    <input type="hidden" name="tightening" value=tightening.id.to_string() data-seen/>
                    <Reason label="Why it can be lifted" value=sent.text("reason") required=true/>
                    <div class="actions">
                        <Submit label="Lift the tightening" tone=Tone::Accent/>
                    </div>
                </form>
            </details>
        }
    });
    view! {
        <li class="line" data-key=tightening.id.to_string()>
            <div class="line-main">
                <p>
                    "A person is asked about "
                    <strong><Said text=what/></strong>
                    ": “"
                    <Written text=tightening.reason/>
                    "”"
                </p>
                <p class="line-more">
                    <Written text=tightening.by/>
                    ", "
                    <Ago at=tightening.at now/>
                    ", "
                    {until}
                </p>
                {form}
            </div>
        </li>
    }
}
