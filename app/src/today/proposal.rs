use chrono::{DateTime, Utc};
use domain::{authoring::draft::ProposalRow, view::catalog::ChangeHead};
use islands::Said;
use leptos::prelude::*;

use crate::{
    paths,
    ui::{Ago, Tag, Tone, Written},
};

/// Permissions that another admin wants to have published.
#[component]
pub fn ProposalTask(row: ProposalRow, now: DateTime<Utc>) -> impl IntoView {
    let ProposalRow { agent, stamp, note } = row;
    view! {
        <li class="card task" data-key=format!("proposal {}", agent.slug)>
            <div class="task-text">
                <Tag tone=Tone::Waiting text="Proposed"/>
                <p>
                    <Written text=stamp.by.name/>
                    " proposes other permissions of "
                    <a href=paths::agent(&agent.slug)>{agent.name.clone()}</a>
                    ", "
                    <Ago at=stamp.at now/>
                    ": "
                    <Written text=note/>
                </p>
            </div>
            <a class="button button-accent" href=paths::publish(&agent.slug)>
                {format!("Look at what changes for {}", agent.name)}
            </a>
        </li>
    }
}

/// What another admin wants to change of what permissions mean.
#[component]
pub fn ChangeTask(change: ChangeHead, now: DateTime<Utc>) -> impl IntoView {
    let ChangeHead { id, title, stamp, note } = change;
    view! {
        <li class="card task" data-key=format!("change {id}")>
            <div class="task-text">
                <Tag tone=Tone::Waiting text="Proposed"/>
                <p><Written text=stamp.by.name/> " proposes a change, " <Ago at=stamp.at now/> ": " <Said text=title/> ". " <Written text=note/></p>
            </div>
            <a class="button button-accent" href=paths::changes()>"Look at what it means"</a>
        </li>
    }
}
