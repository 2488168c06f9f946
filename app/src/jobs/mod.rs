//! What Reins does by itself, and the servers that do it.

mod job;
mod replica;

use domain::{role::Capability, view::jobs::JobsPage as View};
use leptos::prelude::*;

use crate::{
    feature::{Feature, page},
    server::{actor, governance},
    settings::SettingsNav,
    ui::{
        PageTitle, Section, loaded,
        words::{count, list, number},
    },
};
use job::Job;
use replica::Replica;

pub const FEATURE: Feature = Feature {
    pages: &[page!("/settings/jobs", JobsPage, Some(Capability::Operate)).in_settings("What runs by itself")],
    calls: &[],
};

/// Whether what happens by itself happens, and what it means where it does not.
#[component]
pub fn JobsPage() -> impl IntoView {
    loaded(async {
        let actor = actor().await?;
        let page = governance()?.jobs(&actor).await?;
        Ok(view! {
            <PageTitle title="What runs by itself" lead=lead(&page)/>
            <SettingsNav actor here="What runs by itself"/>
            <Jobs page/>
        })
    })
}

#[component]
fn Jobs(page: View) -> impl IntoView {
    let View { jobs, replicas, revision, now } = page;
    let jobs: Vec<_> = jobs.into_iter().map(|job| view! { <Job job now/> }).collect();
    let replicas: Vec<_> = replicas.into_iter().map(|replica| view! { <Replica replica revision now/> }).collect();
    view! {
        <Section title="What is done">
            // Nothing of this is in the record that a page follows.
            <ul class="tasks" data-follow="5">{jobs}</ul>
        </Section>
        <Section title="Servers">
            <p class="hint">"Any of them does all of it: where one goes down, another takes over within seconds."</p>
            <ul class="tasks">{replicas}</ul>
        </Section>
    }
}

fn lead(page: &View) -> String {
    let late: Vec<&str> =
        page.jobs.iter().filter(|job| job.late_since.is_some()).map(|job| job.label.as_str()).collect();
    let failing = page.jobs.iter().filter(|job| job.failing.is_some() || job.left_over.is_some()).count();
    let here = number(page.replicas.iter().filter(|replica| replica.is_here(page.now)).count());
    match (late.as_slice(), failing) {
        ([], 0) => format!("All of it is done in time. {} here.", count(here, "server is", "servers are")),
        ([], _) => format!("All of it is done in time, but not all of it well: look at {failing} below."),
        (late, _) => format!("Not done in time: {}.", list(late)),
    }
}
