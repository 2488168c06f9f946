use chrono::{DateTime, Utc};
use domain::{
    entry::Kind,
    view::{Pile, RequestRow},
};
use islands::Said;
use leptos::prelude::*;

use super::{calls::SettleUnknown, rest::Rest};
use crate::{
    paths,
    ui::{Ago, Reason, Tag, Tone, post_to, sent, words},
};

/// The unknown outcomes of an agent: the oldest one by one, and the way to the others where there are many.
#[component]
pub fn Unknown(pile: Pile<RequestRow>, now: DateTime<Utc>, may_settle: bool) -> impl IntoView {
    let Pile { agent, total, first, .. } = pile;
    let rest = total.saturating_sub(words::number(first.len()));
    let tasks: Vec<_> = first.into_iter().map(|row| view! { <UnknownTask row now may_settle/> }).collect();
    let rest = (rest > 0).then(|| {
        let tag = view! { <Tag tone=Tone::Waiting text="Outcome unknown"/> }.into_any();
        view! {
            <Rest agent kind=Kind::OutcomeUnknown rest total words="actions of which nobody knows whether they went through" tag/>
        }
    });
    view! { {tasks} {rest} }
}

/// An action of which nobody knows whether it went through: somebody looks, and says so.
#[component]
fn UnknownTask(row: RequestRow, now: DateTime<Utc>, may_settle: bool) -> impl IntoView {
    let settle = may_settle.then(|| {
        let sent = sent::<SettleUnknown>().about("request", &row.id.to_string());
        view! {
            <details class="fold-plain" open=sent.is_some()>
                <summary>"Settle this outcome"</summary>
                <form class="form" method="post" action={post_to::<SettleUnknown>()}>
                    <input type="hidden" name="request" value=row.id.to_string() data-seen/>
                    <Reason label="How you know" hint="What you saw in the other system." value=sent.text("reason") required=true/>
                    <div class="actions">
                        <button class="button button-neutral" type="submit" name="outcome" value="succeeded">
                            "It went through"
                        </button>
                        <button class="button button-neutral" type="submit" name="outcome" value="failed">
                            "It did not go through"
                        </button>
                    </div>
                </form>
            </details>
        }
    });
    let who = (!may_settle).then(|| view! { <p class="quiet">"An operator, a manager or an admin settles this."</p> });

    view! {
        <li class="card task" data-key=row.id.to_string()>
            <div class="task-text">
                <Tag tone=Tone::Waiting text="Outcome unknown"/>
                <p>"Nobody knows whether this went through: " <a href=paths::request(row.id)><Said text=row.sentence/></a></p>
                <p class="quiet">
                    <a href=paths::agent(&row.agent.slug)>{row.agent.name}</a>
                    " asked "
                    <Ago at=row.asked_at now/>
                    "."
                </p>
                {who}
            </div>
            {settle}
        </li>
    }
}
