//! What waits for a person, and one request whole.

mod approve;
mod arguments;
mod breach;
mod calls;
mod change;
mod complete;
mod controls;
mod decide;
mod difference;
mod fields;
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
mod shortcuts;
mod standing;
mod timeline;
mod too_late;
mod waiting;
pub mod words;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

pub use request::RequestPage;

use crate::ui::{Loaded, PageTitle, use_live};

/// The queues, and what waits in one or in all of the reader's.
#[component]
pub fn ApprovalsPage() -> impl IntoView {
    let live = use_live();
    let query = use_query_map();
    let queue = Memo::new(move |_| query.with(|query| query.get("queue")).filter(|slug| !slug.is_empty()));
    let page = Resource::new(move || (queue.get(), live.get()), |(queue, _)| calls::load_approvals(queue));

    view! {
        <Loaded
            resource=page
            view=move |page| {
                view! {
                    <PageTitle title="Approvals" lead=words::waiting(&page)/>
                    <queues::Queues queues=page.queues.clone() chosen=queue.get_untracked()/>
                    <waiting::Waiting page=page.clone()/>
                    <queues::Members queues=page.queues/>
                }
            }
        />
        <shortcuts::Shortcuts/>
    }
}
