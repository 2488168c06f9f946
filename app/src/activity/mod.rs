//! The record: what happened, who did it, and when.

mod calls;
mod detail;
mod entries;
mod filter;
mod query;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

pub use detail::Detail;

use crate::ui::{Loaded, PageTitle, use_live, words::count};

/// The record, filtered by the address.
#[component]
pub fn ActivityPage() -> impl IntoView {
    let live = use_live();
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(|query| query::filter(|name| query.get(name))));
    let page = Resource::new(move || (filter.get(), live.get()), |(filter, _)| calls::load_record(filter));

    view! {
        <Loaded
            resource=page
            view=move |page| {
                let filter = filter.get_untracked();
                let shown = u32::try_from(page.entries.len()).unwrap_or(u32::MAX);
                let lead = match (shown, page.next.is_some()) {
                    (0, _) => "No entries here.".to_owned(),
                    (_, false) => format!("{}, the newest first.", count(shown, "entry", "entries")),
                    (_, true) => format!("The newest {} that fit; older ones follow.", count(shown, "entry", "entries")),
                };
                view! {
                    <PageTitle title="Activity" lead/>
                    <filter::Filter filter=filter.clone() page=page.clone()/>
                    <entries::Entries filter page/>
                }
            }
        />
    }
}
