//! What could not be judged, and what was judged without something.

use domain::{
    authoring::impact::{Gap, Impact, LeftOut},
    view::impact::RunSource,
};
use leptos::prelude::*;

use super::figures::requests;
use crate::ui::{Fact, Facts, Icon, Section};

#[component]
pub fn Coverage(impact: Impact, source: RunSource) -> impl IntoView {
    let left_out: u64 = impact.left_out.values().sum();
    let first = match left_out {
        0 => view! {
            <p class="all-well">
                <Icon name="check"/>
                "Everything could be judged."
            </p>
        }
        .into_any(),
        n => {
            let all = requests(impact.judged + n);
            view! { <p>{format!("Of {all}, {} could not be judged:", number(n))}</p> }.into_any()
        }
    };
    let causes: Vec<_> = impact
        .left_out
        .into_iter()
        .map(|(why, n)| view! { <Fact label=requests(n)>{cause(why, source)}</Fact> })
        .collect();
    let causes = (!causes.is_empty()).then(|| view! { <Facts>{causes}</Facts> });
    let gaps: Vec<_> =
        impact.gaps.into_iter().map(|(gap, n)| view! { <Fact label=requests(n)>{missing(gap)}</Fact> }).collect();
    let gaps = (!gaps.is_empty()).then(|| {
        view! {
            <p>"Judged, but without everything that was known at the time:"</p>
            <Facts>{gaps}</Facts>
        }
    });
    view! {
        <Section title="What these figures rest on">
            {first}
            {causes}
            {gaps}
            <p class="quiet">
                "Both were judged by their rules alone: stops, tightenings and open circuit breakers are left aside."
            </p>
        </Section>
    }
}

fn number(of: u64) -> String {
    crate::ui::words::grouped(u32::try_from(of).unwrap_or(u32::MAX))
}

/// Why it could not be judged.
fn cause(why: LeftOut, source: RunSource) -> &'static str {
    match (why, source) {
        (LeftOut::Unreadable, RunSource::File) => {
            "The line is no request that can be read, or is earlier than the line before it."
        }
        (LeftOut::Unreadable, RunSource::Record) => "What was asked cannot be read any more.",
        (LeftOut::UnknownAction, _) => "The shop has no such action any more.",
        (LeftOut::Erased, _) => "What was asked has been erased.",
        (LeftOut::NotRecorded, _) => "The rules ask about something that was not recorded with it.",
        (LeftOut::Masked, _) => "The rules mask something in it, and only the mask is there.",
        (LeftOut::NotByTheRules, _) => "The agent was stopped or paused, which no rule decides.",
    }
}

/// What it was judged without.
fn missing(gap: Gap) -> &'static str {
    match gap {
        Gap::CustomerFacts => "What the shop knew of the customer then. What it knows now was used.",
        Gap::Texts => "Texts that were not recorded, in which a topic might have been found.",
        Gap::EarlierRequests => {
            "Requests before the first one, which a stretch of time in the rules would have counted."
        }
    }
}
