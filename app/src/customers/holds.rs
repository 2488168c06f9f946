use domain::{
    sentence::value,
    view::erasing::{HoldView, Kept},
};
use islands::Said;
use leptos::prelude::*;

use super::calls::{PlaceHold, ReleaseHold};
use crate::{
    paths,
    ui::{Choice, Dated, Reason, Section, Submit, Tag, TextField, Tone, Written, post_to, sent, words::day},
};

/// What must be kept, and the form that holds more.
#[component]
pub fn Holds(
    holds: Vec<HoldView>,
    /// By slug, with their names.
    agents: Vec<(String, String)>,
    /// Whom the page is about; may be nobody.
    customer: String,
) -> impl IntoView {
    let none = holds.is_empty().then(|| view! { <p>"Nothing is held."</p> });
    let rows: Vec<_> = holds.into_iter().map(|hold| view! { <Hold hold/> }).collect();
    let sent = sent::<PlaceHold>();
    let (failed, agent, until, why) = (sent.is_some(), sent.text("agent"), sent.text("until"), sent.text("reason"));
    let of = if failed { sent.text("customer") } else { customer };
    view! {
        <Section title="Legal holds">
            <p class="hint">"What is held is neither erased nor deleted when its time is over."</p>
            {none}
            <ul class="tasks">{rows}</ul>
            <details class="fold-plain" open=failed>
                <summary>"Place a hold …"</summary>
                <form class="form" method="post" action={post_to::<PlaceHold>()}>
                    <TextField label="Customer" name="customer" value=of hint="The id that agents use for them."/>
                    <Choice
                        label="Or an agent"
                        name="agent"
                        hint="Then all that it has asked is held."
                        none="No agent"
                        options=agents
                        chosen=agent
                    />
                    <TextField label="Last day" name="until" kind="date" value=until hint="Empty: until somebody releases it."/>
                    <Reason label="Why it must be kept" value=why required=true/>
                    <div class="actions">
                        <Submit label="Place the hold"/>
                    </div>
                </form>
            </details>
        </Section>
    }
}

#[component]
fn Hold(hold: HoldView) -> impl IntoView {
    let what = match hold.keeps.clone() {
        Kept::Agent(agent) => view! { <a href=paths::agent(&agent.slug)>{agent.name}</a> }.into_any(),
        Kept::Customer(Some(id)) => view! { <a href=paths::customer(&id)><Said text=value(&id)/></a> }.into_any(),
        Kept::Customer(None) => "a customer who was erased".into_any(),
    };
    let tag = match hold.holds {
        true => view! { <Tag tone=Tone::Waiting text="Held"/> },
        false => view! { <Tag tone=Tone::Neutral text="Over"/> },
    };
    let until = hold.until.map(|last| format!(" Last day: {}.", day(last)));
    let form = hold.released.is_none().then(|| view! { <Release hold=hold.clone()/> });
    // What was erased with its customer says nothing more.
    let told = hold.keeps != Kept::Customer(None);
    let why = told.then(|| view! { <Written text=hold.why/> });
    let released = hold.released.clone().map(|(by, at, why)| {
        view! { <p>"Released by " {by} " on " <Dated at/> "."</p> {told.then(|| view! { <Written text=why/> })} }
    });
    view! {
        <li class="card task" data-key=hold.id.to_string()>
            <div class="task-text">
                <p><strong>{what}</strong> " " {tag}</p>
                <p class="quiet">"Placed by " {hold.by} " on " <Dated at=hold.at/> "." {until}</p>
                {why}
                {released}
                {form}
            </div>
        </li>
    }
}

#[component]
fn Release(hold: HoldView) -> impl IntoView {
    let sent = sent::<ReleaseHold>().about("hold", &hold.id.to_string());
    let (failed, why) = (sent.is_some(), sent.text("reason"));
    view! {
        <details class="fold-plain" open=failed>
            <summary>"Release it …"</summary>
            <form class="form" method="post" action={post_to::<ReleaseHold>()}>
                <input type="hidden" name="hold" value=hold.id.to_string()/>
                <Reason label="Why it may go" value=why required=true/>
                <div class="actions">
                    <Submit label="Release the hold"/>
                </div>
            </form>
        </details>
    }
}
