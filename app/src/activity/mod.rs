//! The record: what happened, who did it, and when.

mod calls;
mod detail;
mod entries;
mod filter;
mod query;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

pub use detail::Detail;

use crate::ui::{
    Loaded, Notice, PageTitle, Tone, each, use_live,
    words::{count, list},
};

/// The record, filtered by the address.
#[component]
pub fn ActivityPage() -> impl IntoView {
    let live = use_live();
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(|query| query::filter(|name| query.get(name))));
    let page = live.resource(move || filter.get(), calls::load_record);

    view! {
        <Loaded
            resource=page
            view=move |page| {
                let filter = filter.get_untracked();
                let left_out = query.with_untracked(|query| query::left_out(&filter, |name| query.get(name)));
                let left_out = (!left_out.is_empty()).then(|| {
                    let words = format!("Left out of the filter, as it cannot be read: {}.", list(&left_out));
                    view! { <Notice tone=Tone::Waiting>{words}</Notice> }
                });
                let shown = u32::try_from(page.entries.len()).unwrap_or(u32::MAX);
                let lead = match (shown, page.next.is_some()) {
                    (0, _) => "No entries here.".to_owned(),
                    (_, false) => format!("{}, the newest first.", count(shown, "entry", "entries")),
                    (_, true) => format!("The newest {} that fit; older ones follow.", count(shown, "entry", "entries")),
                };
                // What is typed into it stays while entries come in.
                let form = each(
                    vec![(filter.clone(), page.clone())],
                    |(filter, _)| query::address(filter),
                    |(filter, page)| view! { <filter::Filter filter page/> },
                );
                view! {
                    <PageTitle title="Activity" lead/>
                    {left_out}
                    {form}
                    <entries::Entries filter page/>
                }
            }
        />
    }
}
