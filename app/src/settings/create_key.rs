use domain::{
    agent::Mode,
    view::{AgentRow, KeyKind},
};
use leptos::prelude::*;

use crate::{
    paths,
    ui::{Field, Section, Submit, TextField, Tone, by_reader},
};

/// Makes a key. A plain form: the answer is the page that shows the key, once.
#[component]
pub fn CreateKey(agents: Vec<AgentRow>) -> impl IntoView {
    let options: Vec<_> = agents
        .into_iter()
        .filter(|agent| agent.mode != Mode::Retired)
        .map(|agent| view! { <option value=agent.link.slug>{agent.link.name}</option> })
        .collect();
    view! {
        <Section title="Make a key">
            <form class="form" method="post" action=by_reader(&paths::create_key()) data-leaves>
                <Field label="For which agent" name="agent">
                    <select name="agent" required>
                        <option value="">"Choose"</option>
                        {options}
                    </select>
                </Field>
                <Field label="What it may do" name="kind">
                    <select name="kind">
                        <option value=KeyKind::Agent.name()>"Ask for leave, as the agent does"</option>
                        <option value=KeyKind::Hook.name()>"Give feedback, as a helpdesk does"</option>
                    </select>
                </Field>
                <TextField
                    label="Label"
                    name="label"
                    hint="Where it is used, so that you know which to revoke"
                    required=true
                    most=100
                />
                <p class="hint">"The key is shown once, on the next page. Have a safe place ready for it."</p>
                <Submit label="Make a key" tone=Tone::Accent/>
            </form>
        </Section>
    }
}
