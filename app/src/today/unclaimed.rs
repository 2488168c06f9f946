use chrono::{DateTime, Utc};
use domain::view::approvals::Unclaimed;
use islands::Said;
use leptos::prelude::*;

use super::calls::SeeUnclaimed;
use crate::{
    paths,
    ui::{Ago, Submit, Tag, Tone, post_to, words::list},
};

/// What was approved, and its agent never came for it: whoever approved it may believe that it was done.
#[component]
pub fn UnclaimedTask(row: Unclaimed, now: DateTime<Utc>) -> impl IntoView {
    let Unclaimed { request, sentence, agent, by, at } = row;
    view! {
        <li class="card task" data-key=format!("unclaimed {request}")>
            <div class="task-text">
                <Tag tone=Tone::Waiting text="Not done"/>
                <p>
                    "Approved by " {list(&by)} ", and " <a href=paths::agent(&agent.slug)>{agent.name}</a>
                    " never came for it, " <Ago at now/> ". Nothing was done: "
                    <a href=paths::request(request)><Said text=sentence/></a>
                </p>
                <form method="post" action={post_to::<SeeUnclaimed>()}>
                    <input type="hidden" name="request" value=request.to_string() data-seen/>
                    <Submit label="Seen"/>
                </form>
            </div>
        </li>
    }
}
