use domain::view::Day;
use leptos::prelude::*;

use crate::{
    paths,
    ui::{Empty, Section, words::count},
};

/// What was decided, day by day: a picture, and the numbers under it.
#[component]
pub fn Decisions(
    slug: String,
    days: Vec<Day>,
    /// Whether some of what happened is not counted yet.
    behind: bool,
) -> impl IntoView {
    let behind = behind.then(|| view! { <p>"Some of what happened lately is not counted here yet."</p> });
    if days.iter().all(|day| total(day) == 0) {
        return view! {
            <Section title="Decisions">
                <Empty title="No decisions in the last 30 days"/>
                {behind}
            </Section>
        }
        .into_any();
    }
    let title = title(&days);
    let [dark, light] = ["dark", "light"].map(|theme| paths::decisions_chart(&slug, theme, false));
    let [narrow_dark, narrow_light] = ["dark", "light"].map(|theme| paths::decisions_chart(&slug, theme, true));
    view! {
        <Section title="Decisions">
            {behind}
            <figure class="chart">
                <figcaption>{title.clone()}</figcaption>
                <picture>
                    <source srcset=narrow_dark media="(max-width: 39.99rem) and (prefers-color-scheme: dark)" width="360" height="280"/>
                    <source srcset=narrow_light media="(max-width: 39.99rem)" width="360" height="280"/>
                    <source srcset=dark media="(prefers-color-scheme: dark)"/>
                    <img src=light alt=format!("{title} The numbers are in the table below.") width="960" height="280"/>
                </picture>
                <Legend/>
            </figure>
            <details class="fold">
                <summary>"Show the numbers"</summary>
                <Numbers days=days.clone()/>
            </details>
            <details class="fold">
                <summary>"Show what came of it"</summary>
                <Became days/>
            </details>
        </Section>
    }
    .into_any()
}

/// The colours of the picture, in the words of the table.
#[component]
fn Legend() -> impl IntoView {
    let colours = [
        ("legend-allowed", "Allowed"),
        ("legend-asked", "Asked a person"),
        ("legend-denied", "Denied"),
        ("legend-other", "Shadow, paused or stopped"),
    ];
    let lines = colours.map(|(class, words)| {
        view! {
            <li>
                <span class=format!("legend-colour {class}") aria-hidden="true"></span>
                {words}
            </li>
        }
    });
    view! { <ul class="legend" aria-label="Colours">{lines}</ul> }
}

#[component]
fn Numbers(days: Vec<Day>) -> impl IntoView {
    let rows = days.iter().rev().map(|day| {
        view! {
            <tr>
                <th scope="row">{day.date.format("%-d %B").to_string()}</th>
                <td class="number">{day.allowed}</td>
                <td class="number">{day.needs_approval}</td>
                <td class="number">{day.denied}</td>
                <td class="number">{day.shadowed}</td>
                <td class="number">{day.paused}</td>
                <td class="number">{day.stopped}</td>
            </tr>
        }
    });
    view! {
        <div class="table-box" tabindex="0" role="region" aria-label="Decisions per day">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Day"</th>
                        <th scope="col" class="number">"Allowed"</th>
                        <th scope="col" class="number">"Asked a person"</th>
                        <th scope="col" class="number">"Denied"</th>
                        <th scope="col" class="number">"Shadow"</th>
                        <th scope="col" class="number">"Paused"</th>
                        <th scope="col" class="number">"Stopped"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

/// What became of requests on each day, whenever they were asked.
#[component]
fn Became(days: Vec<Day>) -> impl IntoView {
    let rows = days.iter().rev().map(|day| {
        let numbers = [
            day.approved,
            day.rejected,
            day.expired,
            day.cancelled,
            day.succeeded,
            day.failed,
            day.unknown,
            day.rolled_back,
        ];
        view! {
            <tr>
                <th scope="row">{day.date.format("%-d %B").to_string()}</th>
                {numbers.map(|number| view! { <td class="number">{number}</td> })}
                <td class="number">{day.costs.join(", ")}</td>
            </tr>
        }
    });
    let columns =
        ["Approved", "Rejected", "Expired", "Withdrawn", "Carried out", "Failed", "Not known", "Undone", "Cost"];
    view! {
        <div class="table-box" tabindex="0" role="region" aria-label="What came of requests per day">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Day"</th>
                        {columns.map(|column| view! { <th scope="col" class="number">{column}</th> })}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

fn total(day: &Day) -> u32 {
    day.allowed + day.needs_approval + day.denied + day.shadowed + day.stopped + day.paused
}

/// `412 requests in 30 days: 300 allowed, 90 asked a person, 22 denied.`
fn title(days: &[Day]) -> String {
    let sum = |part: fn(&Day) -> u32| days.iter().map(part).sum::<u32>();
    let parts: Vec<String> = [
        (sum(|day| day.allowed), "allowed"),
        (sum(|day| day.needs_approval), "asked a person"),
        (sum(|day| day.denied), "denied"),
        (sum(|day| day.shadowed), "in shadow"),
        (sum(|day| day.paused), "paused"),
        (sum(|day| day.stopped), "stopped"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| format!("{number} {what}"))
    .collect();
    let length = u32::try_from(days.len()).unwrap_or(u32::MAX);
    format!("{} in {}: {}.", count(sum(total), "request", "requests"), count(length, "day", "days"), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_of_the_chart_says_what_it_shows() {
        let day = Day { allowed: 300, needs_approval: 90, denied: 22, ..Day::default() };
        assert_eq!(title(&[day]), "412 requests in 1 day: 300 allowed, 90 asked a person, 22 denied.");
    }
}
