use chrono::{DateTime, Utc};
use domain::{role::Role, view::PersonRow};
use leptos::prelude::*;

use super::{dated::Dated, named_submit::NamedSubmit, people_page::Actions};
use crate::{
    approvals::words::label,
    ui::{Tag, Tone, busy},
};

/// One person: what they are, and the forms that change it.
#[component]
pub fn Person(
    person: PersonRow,
    /// Whether this is the reader: nobody shuts themselves out.
    self_: bool,
    actions: Actions,
) -> impl IntoView {
    let id = person.id.to_string();
    let queues = if person.queues.is_empty() { "none".to_owned() } else { person.queues.join(", ") };
    let name = person.name.clone();
    let of = format!("of {name}");
    let of_name = of.clone();
    let sign_in = match (person.disabled_at, self_) {
        (_, true) => view! { <Tag tone=Tone::Neutral text="You"/> }.into_any(),
        (at, _) => view! { <SignIn id=id.clone() name=name.clone() disabled_at=at actions/> }.into_any(),
    };
    view! {
        <tr role="row">
            <td role="cell" data-label="Name"><div class="cell">
                <strong>{person.name}</strong>
                <br/>
                <span class="hint">{person.email}</span>
            </div></td>
            <td role="cell" data-label="Queues"><div class="cell">{queues}</div></td>
            <td role="cell" data-label="Role"><div class="cell">
                <ActionForm action=actions.change attr:class="row-form">
                    <input type="hidden" name="id" value=id/>
                    <select name="role" aria-label=format!("Role of {name}")>
                        <RoleOptions chosen=Some(person.role)/>
                    </select>
                    <NamedSubmit label="Change role" of=of busy=busy(actions.change)/>
                </ActionForm>
            </div></td>
            <td role="cell" data-label="Sign-in"><div class="cell">
                {sign_in}
                <SetPassword id=person.id.to_string() name=of_name actions/>
            </div></td>
        </tr>
    }
}

/// Whether they can sign in, and the form that changes it.
#[component]
fn SignIn(id: String, name: String, disabled_at: Option<DateTime<Utc>>, actions: Actions) -> impl IntoView {
    match disabled_at {
        Some(at) => view! {
            <p>"Disabled since " <Dated at/></p>
            <ActionForm action=actions.enable>
                <input type="hidden" name="id" value=id/>
                <NamedSubmit label="Enable" of=name busy=busy(actions.enable)/>
            </ActionForm>
        }
        .into_any(),
        None => view! {
            <ActionForm action=actions.disable>
                <input type="hidden" name="id" value=id/>
                <NamedSubmit label="Disable" of=name busy=busy(actions.disable)/>
            </ActionForm>
        }
        .into_any(),
    }
}

/// For somebody who has lost theirs.
#[component]
fn SetPassword(id: String, name: String, actions: Actions) -> impl IntoView {
    view! {
        <details class="fold">
            <summary>"New password"</summary>
            <p class="hint">"At least 12 characters. Their sessions end, and you tell them."</p>
            <ActionForm action=actions.set_password attr:class="row-form">
                <input type="hidden" name="id" value=id/>
                <input
                    class="input"
                    type="password"
                    name="password"
                    aria-label=format!("New password {name}")
                    required
                    minlength="12"
                    maxlength="200"
                    autocomplete="new-password"
                />
                <NamedSubmit label="Set password" of=name busy=busy(actions.set_password)/>
            </ActionForm>
        </details>
    }
}

/// The roles as options of a select.
#[component]
pub fn RoleOptions(chosen: Option<Role>) -> impl IntoView {
    Role::ALL
        .iter()
        .map(|role| {
            let selected = Some(*role) == chosen;
            view! { <option value=role.name() selected=selected>{label(role.name())}</option> }
        })
        .collect::<Vec<_>>()
}
