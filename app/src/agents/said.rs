use chrono::{DateTime, Utc};
use domain::{
    entry::Kind,
    view::{EntryRow, RecordFilter},
};
use governance::{Actor, Governance};
use leptos::prelude::*;

use crate::{
    error::UiError,
    ui::{Ago, Written, words::label},
};

/// How many of the tightenings that were lifted are shown with their reasons.
const LIFTED: usize = 3;

/// What people said when they changed an agent's mode or lifted a tightening, the newest first.
pub struct Said {
    modes: Vec<EntryRow>,
    lifted: Vec<EntryRow>,
}

impl Said {
    pub async fn of(governance: &Governance, actor: &Actor, slug: &str) -> Result<Self, UiError> {
        let about = async |kind| {
            let filter = RecordFilter { agent: Some(slug.to_owned()), kind: Some(kind), ..RecordFilter::default() };
            governance.record(actor, &filter).await.map(|page| page.entries)
        };
        Ok(Self { modes: about(Kind::ModeChanged).await?, lifted: about(Kind::TighteningLifted).await? })
    }

    /// "Live, by Ada, 3 days ago: “the trial went well”".
    pub fn mode(&self, now: DateTime<Utc>) -> Option<AnyView> {
        let last = self.modes.first()?;
        let to = last.detail.get("to").and_then(|to| to.as_str()).unwrap_or_default();
        Some(view! { <p>{label(to)} ", by " <By entry=last.clone() now/></p> }.into_any())
    }

    pub fn lifted(&self, now: DateTime<Utc>) -> Option<AnyView> {
        let lines = self.lifted.iter().take(LIFTED).cloned();
        let lines: Vec<_> = lines.map(|entry| view! { <li>"Lifted by " <By entry now/></li> }).collect();
        (!lines.is_empty()).then(|| view! { <ul class="sentences quiet">{lines}</ul> }.into_any())
    }
}

/// Who it was, when, and why.
#[component]
fn By(entry: EntryRow, now: DateTime<Utc>) -> impl IntoView {
    let reason = entry.detail.get("reason").and_then(|reason| reason.as_str()).map(str::to_owned);
    view! {
        <Written text=entry.who/> ", " <Ago at=entry.at now/>
        {reason.map(|reason| view! { ": “" <Written text=reason/> "”" })}
    }
}
