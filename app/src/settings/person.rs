use chrono::{DateTime, Utc};
use domain::{
    role::Role,
    view::{
        approvals::Lost,
        people::{KnownTo, PersonRow},
    },
};
use leptos::prelude::*;

use super::{
    calls::{ChangePerson, ConfirmPassword, DisablePerson, EnablePerson, SetPassword as Set},
    named_submit::NamedSubmit,
};
use crate::{
    paths,
    ui::{
        Dated, DatedAt, Tag, Tone, post_to,
        words::{count, label as label_of, or_more},
    },
};

/// One person: what they are, and the forms that change it.
#[component]
pub fn Person(
    person: PersonRow,
    /// Whether this is the reader: nobody shuts themselves out.
    self_: bool,
    /// Whether it takes two admins, and there are no more than two.
    few: bool,
    /// What is lost without them.
    lost: Option<Lost>,
    /// Whether it takes two admins.
    two: bool,
) -> impl IntoView {
    let id = person.id.to_string();
    let queues = if person.queues.is_empty() { "none".to_owned() } else { person.queues.join(", ") };
    let name = person.name.clone();
    let of = format!("of {name}");
    let few = few && person.role == Role::Admin && person.disabled_at.is_none();
    let sign_in = match (person.disabled_at, self_) {
        (_, true) => view! { <Tag tone=Tone::Neutral text="You"/> }.into_any(),
        (at, _) => view! { <SignIn id=id.clone() name=name.clone() disabled_at=at few lost/> }.into_any(),
    };
    let role = view! { <RoleOf id name seen=person.role few lost/> };
    let password = match self_ {
        true => view! { <p><a href=paths::own_password()>"Change your password"</a></p> }.into_any(),
        false => {
            let proposed = two && (person.role == Role::Admin || !person.queues.is_empty());
            view! { <SetPassword id=person.id.to_string() name=of proposed/> }.into_any()
        }
    };
    let shown = two || person.role == Role::Admin;
    let known = person
        .known_to
        .filter(|_| shown)
        .map(|known| view! { <Known id=person.id.to_string() name=person.name.clone() known/> });
    view! {
        <tr role="row" data-key=person.id.to_string()>
            <td role="cell" data-label="Name"><div class="cell">
                <strong>{person.name}</strong>
                <br/>
                <span class="hint">{person.email}</span>
            </div></td>
            <td role="cell" data-label="Queues"><div class="cell">{queues}</div></td>
            <td role="cell" data-label="Role"><div class="cell">{role}</div></td>
            <td role="cell" data-label="Sign-in"><div class="cell">
                {sign_in}
                {known}
                {password}
            </div></td>
        </tr>
    }
}

/// Whether they can sign in, and the form that changes it.
#[component]
fn SignIn(
    id: String,
    name: String,
    disabled_at: Option<DateTime<Utc>>,
    few: bool,
    lost: Option<Lost>,
) -> impl IntoView {
    match disabled_at {
        Some(at) => view! {
            <p>"Disabled since " <Dated at/></p>
            <form method="post" action={post_to::<EnablePerson>()}>
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="disabled_at" value=at.to_rfc3339() data-seen/>
                <NamedSubmit label="Enable" of=name/>
            </form>
        }
        .into_any(),
        None => {
            let risky = few || lost.is_some();
            let losing = lost.map_or(0, |lost| lost.accepted());
            let label = if risky { "Disable all the same" } else { "Disable" };
            let form = view! {
                <form method="post" action={post_to::<DisablePerson>()}>
                    <input type="hidden" name="id" value=id/>
                    <input type="hidden" name="losing" value=losing.to_string() data-seen/>
                    <NamedSubmit label of=name.clone()/>
                </form>
            };
            match risky {
                false => form.into_any(),
                true => view! {
                    <details class="fold">
                        <summary>{format!("Disable {name}…")}</summary>
                        <p class="hint">"They are signed out at once."</p>
                        <Left few lost without="without them"/>
                        {form}
                    </details>
                }
                .into_any(),
            }
        }
    }
}

/// Who else may know their password, and the form by which that is over.
#[component]
fn Known(id: String, name: String, known: KnownTo) -> impl IntoView {
    let KnownTo { by, own_since, may_confirm } = known;
    let Some(at) = own_since else {
        return view! {
            <p class="hint">
                {format!("{by} has set the password of {name}. Both count as one person where it takes two, until {name} has chosen another one and another admin confirms that.")}
            </p>
        }
        .into_any();
    };
    let confirm = may_confirm.then(|| {
        view! {
            <form method="post" action={post_to::<ConfirmPassword>()}>
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="own_since" value=at.to_rfc3339() data-seen/>
                <NamedSubmit label="Confirm that it was them" of=name.clone()/>
            </form>
        }
    });
    view! {
        <details class="fold">
            <summary>"Password to be confirmed"</summary>
            <p class="hint">
                {format!("{by} had set the password of {name}. It was changed ")} <DatedAt at/>
                {format!(", by {name} or by {by}: Reins cannot tell. Both count as one person where it takes two, until another admin has asked {name} in person whether it was them.")}
            </p>
            {confirm}
        </details>
    }
    .into_any()
}

/// What somebody is, and the form that changes it.
#[component]
fn RoleOf(id: String, name: String, seen: Role, few: bool, lost: Option<Lost>) -> impl IntoView {
    let risky = few || lost.is_some();
    let losing = lost.map_or(0, |lost| lost.accepted());
    let label = if risky { "Change role all the same" } else { "Change role" };
    let form = view! {
        <form class="row-form" method="post" action={post_to::<ChangePerson>()}>
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="seen" value=seen.name()/>
            <input type="hidden" name="losing" value=losing.to_string() data-seen/>
            <select name="role" aria-label=format!("Role of {name}")>
                <RoleOptions chosen=Some(seen)/>
            </select>
            <NamedSubmit label of=format!("of {name}")/>
        </form>
    };
    match risky {
        false => form.into_any(),
        true => view! {
            <details class="fold">
                <summary>{format!("{}: change…", label_of(seen.name()))}</summary>
                <Left few lost without="with them as an auditor"/>
                {form}
            </details>
        }
        .into_any(),
    }
}

/// What is left by it, and what is lost.
#[component]
fn Left(few: bool, lost: Option<Lost>, without: &'static str) -> impl IntoView {
    let lost = lost.map(|lost| view! { <WhatIsLost lost without/> });
    let two = few.then(|| {
        view! {
            <p class="hint">
                "It takes two admins here, and one would be left: nothing that takes two could be changed, this would not be undone from here, and a second admin could only be added on the machine, by "
                <code>"reins user add"</code> "."
            </p>
        }
    });
    view! {
        {lost}
        {two}
    }
}

/// What is lost by somebody's leaving.
#[component]
pub fn WhatIsLost(lost: Lost, without: &'static str) -> impl IntoView {
    let Lost { nobody, more, yeses } = lost;
    let nobody = match (nobody, more) {
        (0, false) => None,
        (0, true) => Some(format!("Not all that waits could be counted: some may be approved by nobody {without}.")),
        _ => Some(format!("{} of what waits could be approved by nobody {without}.", or_more(nobody, more))),
    };
    let nobody = nobody.map(|words| view! { <p class="hint">{words}</p> });
    let yeses = (yeses > 0).then(|| {
        let given = count(yeses, "request that is open", "requests that are open");
        view! { <p class="hint">{format!("They have said yes to {given}: that would count no more.")}</p> }
    });
    view! {
        {nobody}
        {yeses}
    }
}

/// For somebody who has lost theirs.
#[component]
fn SetPassword(
    id: String,
    name: String,
    /// Whether another admin has to accept it.
    proposed: bool,
) -> impl IntoView {
    let hint = match proposed {
        true => {
            "At least 12 characters. It counts once another admin accepts that: then their sessions end, and you tell them."
        }
        false => "At least 12 characters. Their sessions end, and you tell them.",
    };
    view! {
        <details class="fold">
            <summary>"New password"</summary>
            <p class="hint">{hint}</p>
            <form class="row-form" method="post" action={post_to::<Set>()}>
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
                <NamedSubmit label=if proposed { "Propose password" } else { "Set password" } of=name/>
            </form>
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
            view! { <option value=role.name() selected=selected>{label_of(role.name())}</option> }
        })
        .collect::<Vec<_>>()
}
