use domain::view::{AgentRow, MOST_COUNTED};
use leptos::prelude::*;

use super::standing::Standing;
use crate::{
    paths,
    ui::{
        Empty, Written,
        words::{self, label},
    },
};

/// Agents, one in a line.
#[component]
pub fn AgentLines(rows: Vec<AgentRow>) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <Empty title="No agents yet">
                <p>"An agent shows up here once an admin has added it, or applied its agent file."</p>
            </Empty>
        }
        .into_any();
    }
    view! { <ul class="lines">{rows.into_iter().map(|row| view! { <AgentLine row/> }).collect_view()}</ul> }.into_any()
}

#[component]
fn AgentLine(mut row: AgentRow) -> impl IntoView {
    let key = row.link.slug.clone();
    row.broken = row.broken.iter().map(|slug| label(slug)).collect();
    let more = match &row.stop {
        Some(stop) if stop.reason.is_empty() => format!("Stopped by {}.", stop.by).into_any(),
        Some(stop) => {
            let (by, reason) = (stop.by.clone(), stop.reason.clone());
            view! { "Stopped by " <Written text=by/> ": “" <Written text=reason/> "”" }.into_any()
        }
        None => view! { <Written text=row.purpose.clone()/> }.into_any(),
    };
    let version = row.permission_version.map_or("no permissions".to_owned(), |version| format!("version {version}"));
    let waiting = (row.waiting > 0).then(|| format!(", {} waiting", words::waiting(row.waiting)));
    let asked = format!(
        "{} in 24 hours",
        match row.asked < MOST_COUNTED {
            true => words::count(row.asked, "request", "requests"),
            false => "10,000 requests or more".to_owned(),
        }
    );
    view! {
        <li class="line" data-key=key>
            <div class="line-main">
                <a class="line-link" href=paths::agent(&row.link.slug)>{row.link.name.clone()}</a>
                <p class="line-more">{more}</p>
            </div>
            <div class="line-side agent-side">
                <span class="badges">
                    <Standing row/>
                </span>
                <span class="agent-numbers number">
                    <span>{asked} {waiting}</span>
                    <span class="agent-version">{version}</span>
                </span>
            </div>
        </li>
    }
}
