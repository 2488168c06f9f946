use domain::{
    role::Role,
    view::PersonRow,
};
use leptos::prelude::*;

use super::{dated::Dated, people_page::Actions};
use crate::{
    approvals::words::label,
    ui::{Submit, Tag, Tone},
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
    let sign_in = match (person.disabled_at, self_) {
        (_, true) => view! { <Tag tone=Tone::Neutral text="You"/> }.into_any(),
        (Some(at), _) => view! {
            <p>"Disabled since " <Dated at/></p>
            <ActionForm action=actions.enable>
                <input type="hidden" name="id" value=id.clone()/>
                <Submit label=format!("Enable {}", person.name) busy=actions.enable.pending()/>
            </ActionForm>
        }
        .into_any(),
        (None, _) => view! {
            <ActionForm action=actions.disable>
                <input type="hidden" name="id" value=id.clone()/>
                <Submit label=format!("Disable {}", person.name) busy=actions.disable.pending()/>
            </ActionForm>
        }
        .into_any(),
    };
    view! {
        <tr role="row">
            <td role="cell" data-label="Name">
                <strong>{person.name.clone()}</strong>
                <br/>
                <span class="hint">{person.email}</span>
            </td>
            <td role="cell" data-label="Queues">{queues}</td>
            <td role="cell" data-label="Role">
                <ActionForm action=actions.change attr:class="form-row">
                    <input type="hidden" name="id" value=id/>
                    <select class="input" name="role" aria-label=format!("Role of {}", person.name)>
                        <RoleOptions chosen=Some(person.role)/>
                    </select>
                    <Submit label="Change role" busy=actions.change.pending()/>
                </ActionForm>
            </td>
            <td role="cell" data-label="Sign-in">{sign_in}</td>
        </tr>
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
