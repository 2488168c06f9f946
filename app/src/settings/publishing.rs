use domain::view::catalog::Meaning as Means;
use leptos::prelude::*;

use super::calls::{NeedTwoToPublish, ProposeOneToPublish};
use crate::{
    catalog::{Accepting, Refused},
    error::UiError,
    ui::{ErrorNote, Notice, Section, Submit, Tone, failure, post_to, said, sent},
};

/// How many people it takes to publish permissions.
#[component]
pub fn Publishing(
    two: bool,
    /// Who can sign in.
    admins: usize,
    /// What has to be done before it can take two, of each whose password somebody else may know.
    first: Vec<String>,
    /// What the way back means.
    meaning: Means,
) -> impl IntoView {
    let sent = sent::<ProposeOneToPublish>();
    let failed = sent.is_some();
    let body = match two {
        false => view! {
            <p>"One admin alone can publish. Others can be asked to look first."</p>
            <form method="post" action={post_to::<NeedTwoToPublish>()}>
                <Submit label="Ask for a second admin"/>
            </form>
        }
        .into_any(),
        true => view! {
            {(admins < 2)
                .then(|| {
                    view! {
                        <Notice tone=Tone::Waiting>
                            "One admin is left, so nothing that takes two can be changed. Whoever has the command line of the machine can add another one: " <code>"reins user add … --role admin"</code> "."
                        </Notice>
                    }
                })}
            <p>"It takes two admins: one proposes, another publishes. The same holds for what permissions mean, for adding somebody to a queue, for making somebody an admin, for giving an admin another password, and for switching this off. Who is enabled again, or decides again, comes back without queues."</p>
            <details class="fold-plain" open=failed>
                <summary>"Let one admin publish alone"</summary>
                <form class="form" method="post" action={post_to::<ProposeOneToPublish>()}>
                    <Accepting refused=Some(Refused { sent, meaning })/>
                    <Submit label="Propose it to another admin"/>
                </form>
            </details>
        }
        .into_any(),
    };
    let needed = match failure::<NeedTwoToPublish>() {
        Some(UiError::SharedPassword) => view! { <NotTwo first/> }.into_any(),
        error => view! { <ErrorNote error/> }.into_any(),
    };
    view! {
        <Section title="Publishing permissions">
            {needed}
            <ErrorNote error={failure::<ProposeOneToPublish>()}/>
            {body}
        </Section>
    }
}

/// Why it cannot take two admins yet, and what to do.
#[component]
fn NotTwo(first: Vec<String>) -> impl IntoView {
    let body = match first.is_empty() {
        true => view! { <p>"Add a second admin first."</p> }.into_any(),
        false => view! {
            <ul>{first.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
            <p>
                "A new password counts as their own once an admin has confirmed it whose password nobody of them may know. Where "
                "there is none, whoever has the command line of the machine confirms it: " <code>"reins user confirm"</code> "."
            </p>
        }
        .into_any(),
    };
    view! {
        <div class="error-note" role="alert" data-said=said()>
            <Notice tone=Tone::Waiting>
                <p class="notice-title">"There are no two admins yet of whom nobody may know both passwords, so nothing was changed."</p>
                {body}
            </Notice>
        </div>
    }
}
