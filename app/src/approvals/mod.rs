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
mod short;
mod standing;
mod timeline;
mod too_late;
mod waiting;
pub mod words;
mod wrote;

use domain::{
    role::Capability,
    view::{WaitingFilter, approvals::Place},
};
use islands::Shortcuts;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

pub use arguments::ArgumentFields;
pub use short::{ShortOf, told as told_short};

use crate::{
    feature::{Feature, page},
    server::{actor, governance},
    ui::{PageTitle, loaded},
};
use request::RequestPage;

pub const FEATURE: Feature = Feature {
    pages: &[
        page!("/approvals", ApprovalsPage, Some(Capability::Look)).everywhere("Approvals", "person", Some(2)),
        page!("/approvals/:id", RequestPage, Some(Capability::Look)),
    ],
    calls: &[calls::CALLS],
};

/// The queues, and what waits in one or in all of the reader's.
#[component]
pub fn ApprovalsPage() -> impl IntoView {
    let filter = use_query_map().with_untracked(|query| filter(|name| query.get(name)));
    let page = async move {
        let (governance, actor) = (governance()?, actor().await?);
        let page = governance.approvals(&actor, &filter).await?;
        Ok(view! {
            <PageTitle title="Approvals" lead=words::waiting(&page)/>
            <queues::Queues page=page.clone()/>
            <ShortOf short=page.short.clone()/>
            <waiting::Cut agents=page.cut.clone()/>
            <waiting::Waiting page=page.clone()/>
            <queues::Members queues=page.queues/>
        })
    };
    view! {
        {loaded(page)}
        <Shortcuts/>
    }
}

/// What an address asks for; what is empty or cannot be read is not set.
fn filter(part: impl Fn(&str) -> Option<String>) -> WaitingFilter {
    let part = |name: &str| part(name).filter(|text| !text.is_empty());
    WaitingFilter {
        queue: part("queue"),
        agent: part("agent"),
        later: part("show").as_deref() == Some("later"),
        after: part("after").and_then(|after| Place::parse(&after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths;

    #[test]
    fn a_part_of_what_waits_is_read_back_from_its_address() {
        let of = |text: &str| Some(text.to_owned());
        let after = "nobody.1700000000123456.0199a3c2-7d1e-7000-8000-000000000000";
        let place = Place::parse(after).unwrap();
        let all = WaitingFilter { queue: of("cs-leads"), agent: of("support"), later: true, after: Some(place) };
        let address = format!("/approvals?queue=cs-leads&agent=support&show=later&after={after}");
        assert_eq!(paths::waiting(&all), address);
        assert_eq!(paths::waiting(&WaitingFilter::default()), "/approvals");
        let part = |name: &str| match name {
            "queue" => of("cs-leads"),
            "agent" => of("support"),
            "show" => of("later"),
            "after" => of(after),
            _ => None,
        };
        assert_eq!(filter(part), all);
        assert_eq!(filter(|_| of("x")).after, None);
        for year in ["-300000000000000000", "300000000000000000"] {
            let beyond = format!("somebody.{year}.0199a3c2-7d1e-7000-8000-000000000000");
            assert_eq!(filter(|_| Some(beyond.clone())).after, None, "a year that PostgreSQL does not know");
        }
    }
}
