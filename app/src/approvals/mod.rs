//! What waits for a person, and one request whole.

mod approve;
mod arguments;
mod breach;
mod calls;
mod change;
mod complete;
mod controls;
mod decide;
mod knowledge;
mod needs;
mod outcome;
mod own_words;
mod queues;
mod reject;
mod request;
mod resolve;
mod roll_back;
mod settle;
mod standing;
mod timeline;
mod too_late;
mod waiting;
pub mod words;

use islands::Shortcuts;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

pub use arguments::ArgumentFields;
pub use request::RequestPage;

use crate::{
    server::{actor, governance},
    ui::{PageTitle, loaded},
};

/// The queues, and what waits in one or in all of the reader's.
#[component]
pub fn ApprovalsPage() -> impl IntoView {
    let queue = use_query_map().with_untracked(|query| query.get("queue")).filter(|slug| !slug.is_empty());
    let page = async move {
        let page = governance()?.approvals(&actor().await?, queue.as_deref()).await?;
        Ok(view! {
            <PageTitle title="Approvals" lead=words::waiting(&page)/>
            <queues::Queues queues=page.queues.clone() chosen=queue/>
            <waiting::Waiting page=page.clone()/>
            <queues::Members queues=page.queues/>
        })
    };
    view! {
        {loaded(page)}
        <Shortcuts/>
    }
}
