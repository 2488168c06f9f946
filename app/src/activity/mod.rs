//! The record: what happened, who did it, and when.

mod detail;
mod entries;
mod filter;
mod query;

use domain::{
    role::Capability,
    view::{RecordFilter, RecordPage},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

pub use detail::Detail;
pub use entries::happened;

use crate::{
    feature::{Feature, page},
    server::{actor, governance},
    ui::{
        Notice, PageTitle, Tone, loaded,
        words::{count, list},
    },
};

pub const FEATURE: Feature = Feature {
    pages: &[page!("/activity", ActivityPage, Some(Capability::Look)).everywhere("Activity", "record", None)],
    calls: &[],
};

/// The record, filtered by the address.
#[component]
pub fn ActivityPage() -> impl IntoView {
    let (filter, left_out) = use_query_map().with_untracked(|query| {
        let filter = query::filter(|name| query.get(name));
        let left_out = query::left_out(&filter, |name| query.get(name));
        (filter, left_out)
    });
    loaded(async move {
        let page = governance()?.record(&actor().await?, &filter).await?;
        Ok(view! { <Record filter left_out page/> })
    })
}

#[component]
fn Record(
    filter: RecordFilter,
    /// What of the address cannot be read.
    left_out: Vec<&'static str>,
    page: RecordPage,
) -> impl IntoView {
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
    view! {
        <PageTitle title="Activity" lead/>
        {left_out}
        <filter::Filter filter=filter.clone() page=page.clone()/>
        <entries::Entries filter page/>
    }
}
