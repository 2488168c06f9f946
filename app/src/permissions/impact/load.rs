//! What each queue gets, and would get.

use domain::{
    authoring::impact::{Days, Impact},
    catalog::Queue,
    sentence::visible,
    view::impact::RunSource,
};
use governance::PAST_DAYS;
use leptos::prelude::*;

use super::figures::requests;
use crate::ui::Section;

#[component]
pub fn Loads(impact: Impact, queues: Vec<Queue>, source: RunSource) -> impl IntoView {
    if impact.queues.is_empty() {
        return view! {
            <Section title="Load on the queues">
                <p class="quiet">"No person would be asked, and none is."</p>
            </Section>
        }
        .into_any();
    }
    let rows: Vec<_> = impact
        .queues
        .into_iter()
        .map(|(slug, load)| {
            let called =
                visible(queues.iter().find(|queue| queue.slug == slug).map_or(slug.as_str(), |queue| &queue.name));
            view! {
                <tr role="row" data-key=slug>
                    <th scope="row" role="rowheader">{called}</th>
                    <td role="cell" data-label="In force"><Cell of=days(&load.before, source)/></td>
                    <td role="cell" data-label="The draft"><Cell of=days(&load.after, source)/></td>
                </tr>
            }
        })
        .collect();
    view! {
        <Section title="Load on the queues">
            <div class="table-box stacks"><table class="table" role="table">
                <caption class="sr-only">"How many requests each queue decides"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader">"Queue"</th>
                        <th scope="col" role="columnheader" class="number">"In force"</th>
                        <th scope="col" role="columnheader" class="number">"The draft"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table></div>
            <p class="hint">"A request that goes on to another queue because nobody decided in time is not counted there."</p>
        </Section>
    }
    .into_any()
}

#[component]
fn Cell(of: (String, String)) -> impl IntoView {
    let (first, second) = of;
    view! {
        <div class="cell">
            <p class="number">{first}</p>
            <p class="quiet number">{second}</p>
        </div>
    }
}

/// How many a day, and on the fullest day; of a file it is not said how many days it covers.
fn days(days: &Days, source: RunSource) -> (String, String) {
    let first = match source {
        RunSource::Record => format!("{} a day", a_day(days.requests)),
        RunSource::File => requests(days.requests),
    };
    let second = match days.peak {
        0 => "on no day".to_owned(),
        peak => format!("{} on the fullest day", requests(peak)),
    };
    (first, second)
}

/// On average, to a tenth.
fn a_day(requests: u64) -> String {
    let days = u64::try_from(PAST_DAYS).unwrap_or(1);
    let tenths = (requests * 10 + days / 2) / days;
    match (tenths / 10, tenths % 10) {
        (0, 0) if requests > 0 => "less than 0.1".to_owned(),
        (whole, 0) => whole.to_string(),
        (whole, tenth) => format!("{whole}.{tenth}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_is_told_a_day_and_on_the_fullest() {
        for (requests, words) in [(0, "0"), (1, "less than 0.1"), (2, "0.1"), (45, "1.5"), (60, "2"), (3_000, "100")] {
            assert_eq!(a_day(requests), words);
        }
        let mut load = Days::default();
        (load.requests, load.peak) = (60, 9);
        let said = |source| days(&load, source);
        assert_eq!(said(RunSource::Record), ("2 a day".to_owned(), "9 requests on the fullest day".to_owned()));
        assert_eq!(said(RunSource::File), ("60 requests".to_owned(), "9 requests on the fullest day".to_owned()));
    }
}
