use domain::{
    action::Reversibility,
    agent_file::IntegrationHead,
    sentence::visible,
    view::{
        AgentLink,
        catalog::{ActionRow, CatalogPage},
    },
};
use leptos::prelude::*;

use crate::{
    paths,
    server::{actor, governance},
    settings::SettingsNav,
    ui::{DoneNote, Empty, PageTitle, loaded, words::count},
};

/// Everything that agents can ask to do.
#[component]
pub fn ActionsPage() -> impl IntoView {
    let page = async {
        let actor = actor().await?;
        let page = governance()?.catalog(&actor).await?;
        let add = page.may_edit.then(|| {
            view! { <a class="button button-accent" href=paths::new_action()>"Add an action type"</a> }
        });
        Ok(view! {
            <PageTitle title="Actions" lead=lead(&page)>{add}</PageTitle>
            <SettingsNav actor here="Actions"/>
            <Actions rows=page.actions integrations=page.integrations/>
        })
    };
    view! {
        <DoneNote/>
        {loaded(page)}
    }
}

/// `14 kinds of action that agents can ask for, 3 of them cannot be undone.`
fn lead(page: &CatalogPage) -> String {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let final_ = page.actions.iter().filter(|row| row.action.reversibility == Reversibility::Irreversible).count();
    let all = count(number(page.actions.len()), "kind of action", "kinds of action");
    match final_ {
        0 => format!("{all} that agents can ask for."),
        1 => format!("{all} that agents can ask for; one of them cannot be undone."),
        n => format!("{all} that agents can ask for; {n} of them cannot be undone."),
    }
}

#[component]
fn Actions(rows: Vec<ActionRow>, integrations: Vec<IntegrationHead>) -> impl IntoView {
    if rows.is_empty() {
        return view! { <Empty title="There is no action type yet"/> }.into_any();
    }
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let slug = row.action.integration.as_deref();
            let runs_on = slug.map_or("no integration".to_owned(), |slug| {
                let known = integrations.iter().find(|known| known.slug == slug);
                visible(known.map_or(slug, |known| &known.name))
            });
            view! { <Action row runs_on/> }
        })
        .collect();
    view! {
        <div class="table-box stacks"><table class="table" role="table">
            <caption class="sr-only">"Action types"</caption>
            <thead role="rowgroup">
                <tr role="row">
                    <th scope="col" role="columnheader">"Action"</th>
                    <th scope="col" role="columnheader">"What it does"</th>
                    <th scope="col" role="columnheader">"Undoing"</th>
                    <th scope="col" role="columnheader">"Runs on"</th>
                    <th scope="col" role="columnheader">"Used by"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table></div>
    }
    .into_any()
}

#[component]
fn Action(row: ActionRow, runs_on: String) -> impl IntoView {
    let ActionRow { action, revision, changed, agents } = row;
    let undoing = match &action.reversibility {
        Reversibility::Reversible { .. } => "Can be undone".to_owned(),
        Reversibility::Until { moment, .. } => format!("Until {}", visible(moment)),
        Reversibility::Irreversible => "Cannot be undone".to_owned(),
    };
    // What is built in has no page of its own: nobody changes it.
    let name = match changed {
        Some(_) => view! { <a href=paths::action(&action.name)>{visible(&action.label)}</a> }.into_any(),
        None => view! { <strong>{visible(&action.label)}</strong> }.into_any(),
    };
    let revision = if changed.is_some() { format!(", revision {revision}") } else { ", built in".to_owned() };
    view! {
        <tr role="row" data-key=action.name.clone()>
            <td role="cell" data-label="Action"><div class="cell">
                {name} <br/> <code>{action.name.clone()}</code> <span class="hint">{revision}</span>
            </div></td>
            <td role="cell" data-label="What it does"><div class="cell">
                {visible(&action.sentence)} <br/> <span class="hint">{format!("It {}.", action.effect.words())}</span>
            </div></td>
            <td role="cell" data-label="Undoing"><div class="cell">{undoing}</div></td>
            <td role="cell" data-label="Runs on"><div class="cell">{runs_on}</div></td>
            <td role="cell" data-label="Used by"><div class="cell"><UsedBy agents/></div></td>
        </tr>
    }
}

/// The agents whose permissions name something.
#[component]
pub fn UsedBy(agents: Vec<AgentLink>) -> impl IntoView {
    if agents.is_empty() {
        return view! { <span class="hint">"no agent"</span> }.into_any();
    }
    let last = agents.len() - 1;
    let links: Vec<_> = agents
        .into_iter()
        .enumerate()
        .map(|(at, agent)| {
            let joint = (at < last).then_some(", ");
            view! { <a href=paths::agent(&agent.slug)>{agent.name}</a> {joint} }
        })
        .collect();
    links.into_any()
}
