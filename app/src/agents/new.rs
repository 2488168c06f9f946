use domain::role::Capability;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    calls::CreateAgent,
    starting::{StartForm, StartingPoints},
};
use crate::{
    paths,
    server::{actor, governance},
    told,
    ui::{Empty, ErrorNote, Field, PageTitle, Submit, TextArea, TextField, Tone, failure, loaded, post_to},
};

/// Adds an agent, which begins as a draft.
#[component]
pub fn NewAgentPage() -> impl IntoView {
    let typed = told::typed::<CreateAgent, Typed>();
    loaded(async move {
        let actor = actor().await?;
        let form = match actor.can(Capability::Govern) {
            true => {
                let typed = match typed {
                    Some(typed) => typed,
                    None => {
                        let catalog = governance()?.catalog(&actor).await?;
                        let currency = catalog.actions.iter().find_map(|row| row.action.fixed_currency());
                        Typed { start: StartForm::new(currency), ..Typed::default() }
                    }
                };
                view! { <NewAgent typed/> }.into_any()
            }
            false => view! {
                <Empty title="Only an admin adds agents">
                    <p>"Ask one of them, and say what the agent is for."</p>
                </Empty>
            }
            .into_any(),
        };
        Ok(view! {
            <PageTitle title="New agent" lead="It begins as a draft: everything it asks is denied until you publish what it may do."/>
            {form}
        })
    })
}

/// What was typed, where something of it did not fit.
#[derive(Default, Serialize, Deserialize)]
pub struct Typed {
    pub name: String,
    pub slug: String,
    pub purpose: String,
    pub start: StartForm,
}

#[component]
fn NewAgent(typed: Typed) -> impl IntoView {
    view! {
        <ErrorNote error={failure::<CreateAgent>()}/>
        <p class="quiet">
            "Is it written down already? " <a href=paths::import_agent()>"Take in its agent file"</a> " instead."
        </p>
        <form class="form form-wide" method="post" action={post_to::<CreateAgent>()}>
            <TextField
                label="Name"
                name="name"
                value=typed.name
                hint="As people call it: Returns desk"
                required=true
                most=100
            />
            <ShortName value=typed.slug/>
            <Purpose
                value=typed.purpose
                hint="In a sentence or two, for those who look after it. Leave it empty to take what the starting point says."
            />
            <StartingPoints start=typed.start or_nothing=true/>
            <div class="actions">
                <Submit label="Add the agent, and write what it may do" tone=Tone::Accent/>
                <a class="button button-quiet" href=paths::agents()>"Back to the agents"</a>
            </div>
        </form>
    }
}

#[component]
fn ShortName(value: String) -> impl IntoView {
    view! {
        <Field
            label="Short name"
            name="slug"
            hint="As addresses and files name it, for good: returns-desk. Leave it empty, and it is made from the name."
        >
            <input
                class="input"
                type="text"
                name="slug"
                value=value
                maxlength="40"
                pattern="[a-z0-9]([a-z0-9\\-]*[a-z0-9])?"
                title="Small letters, digits and hyphens, such as returns-desk"
                autocomplete="off"
            />
        </Field>
    }
}

/// What an agent is for, in a sentence or two.
#[component]
pub fn Purpose(
    value: String,
    #[prop(default = "In a sentence or two, for those who look after it.")] hint: &'static str,
) -> impl IntoView {
    view! {
        <Field label="What it is for" name="purpose" hint>
            <TextArea name="purpose" value rows=3 most=2000/>
        </Field>
    }
}
