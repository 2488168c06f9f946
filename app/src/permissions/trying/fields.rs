//! What most made-up requests are about.

use islands::{
    Said,
    fields::field,
    trying::{Bench, Counted, counted},
};
use leptos::prelude::*;

use super::{
    asked::Asked,
    blanks::{Amount, Line, Number, Tick},
};
use crate::{
    approvals::ArgumentFields,
    permissions::editing::Shared,
    ui::{Field, Section, TextArea},
};

/// Which action, and its arguments.
#[component]
pub fn What(editing: Shared, asked: Asked) -> impl IntoView {
    let chosen = asked.action.name.clone();
    let options: Vec<_> = editing
        .view
        .catalog
        .actions
        .iter()
        .map(|action| {
            let selected = action.name == chosen;
            view! { <option value=action.name.clone() selected=selected>{editing.action_label(&action.name)}</option> }
        })
        .collect();
    view! {
        <Section title="What is asked">
            <input type="hidden" name="of" value=chosen.clone()/>
            <div class="form-row">
                <Field label="Action" name="action">
                    <select name="action" autocomplete="off">{options}</select>
                </Field>
                <button type="submit" class="button button-neutral save">"Take this action"</button>
            </div>
            <ArgumentFields schema=asked.action.arguments.clone() arguments=asked.arguments()/>
        </Section>
    }
}

/// For whom, and what the shop knows of them.
#[component]
pub fn Customer(asked: Asked, currencies: Vec<(String, String)>) -> impl IntoView {
    view! {
        <Section title="For whom">
            <Line asked=asked.clone() name="customer" label="Customer" hint="As the agent names them. Empty: it names nobody."/>
            <fieldset class="fields">
                <legend>"What the shop knows of them"</legend>
                <p class="field-hint">"Where it knows nothing, a rule that asks about it asks a person."</p>
                <Tick asked=asked.clone() name="brand/known" words="It knows this customer"/>
                <div class="form-row">
                    <Number asked=asked.clone() name="brand/orders" label="Orders, this one included"/>
                    <Number asked=asked.clone() name="brand/complaints" label="Open complaints"/>
                    <Amount asked name="brand/worth" label="Lifetime value" currencies/>
                </div>
            </fieldset>
        </Section>
    }
}

/// What set it off, and what it would say.
#[component]
pub fn Around(asked: Asked) -> impl IntoView {
    let (name, text) = (field("output"), asked.text("output"));
    view! {
        <Section title="Around it">
            <div class="form-row">
                <Line asked=asked.clone() name="trigger" label="What set it off" hint="Such as a ticket."/>
                <Line asked=asked.clone() name="template" label="Template" hint="Where it follows one."/>
            </div>
            <Line asked name="topics" label="Topics that the agent names" hint="Between commas. Empty: it says that there are none."/>
            <Field label="What it would write" name=name.clone() hint="The shop’s words for topics are looked for in it.">
                <TextArea name value=text rows=3 most=4000/>
            </Field>
        </Section>
    }
}

/// What stands already in the stretches of time that limits and rules count.
#[component]
pub fn Before(editing: Shared, bench: Bench, asked: Asked, currencies: Vec<(String, String)>) -> impl IntoView {
    let all = counted(&bench);
    if all.is_empty() {
        return ().into_any();
    }
    let each: Vec<_> = all
        .into_iter()
        .map(|Counted { name, spec }| {
            let mut legend = domain::sentence::requests_in(&spec, false, &editing.names);
            // It begins a line.
            legend.replace_range(..1, &legend[..1].to_uppercase());
            view! {
                <fieldset class="fields" data-key=name.clone()>
                    <legend><Said text=legend/></legend>
                    <div class="form-row">
                        <Number asked=asked.clone() name=format!("{name}/count") label="How many"/>
                        <Amount asked=asked.clone() name=format!("{name}/sum") label="Money in them" currencies=currencies.clone()/>
                    </div>
                </fieldset>
            }
        })
        .collect();
    view! {
        <Section title="What there was before">
            <p class="hint">"This request comes on top. Empty: there was nothing."</p>
            {each}
        </Section>
    }
    .into_any()
}
