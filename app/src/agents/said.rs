use chrono::{DateTime, Utc};
use domain::{
    entry::Kind,
    view::{EntryRow, RecordFilter},
};
use governance::{Actor, Governance};
use leptos::prelude::*;

use crate::{
    error::UiError,
    ui::{Ago, Written},
};

/// How many of the tightenings that were lifted are shown with their reasons.
const LIFTED: usize = 3;

/// What people said when they retired an agent or lifted a tightening, the newest first.
pub struct Said {
    moves: Vec<EntryRow>,
    lifted: Vec<EntryRow>,
}

impl Said {
    pub async fn of(governance: &Governance, actor: &Actor, slug: &str, retired: bool) -> Result<Self, UiError> {
        let about = async |kind| {
            let filter = RecordFilter { agent: Some(slug.to_owned()), kind: Some(kind), ..RecordFilter::default() };
            governance.record(actor, &filter).await.map(|page| page.entries)
        };
        let moves = if retired { about(Kind::ModeChanged).await? } else { Vec::new() };
        Ok(Self { moves, lifted: about(Kind::TighteningLifted).await? })
    }

    /// "Retired by Ada, 3 days ago: “another agent does its work”".
    pub fn retired(&self, now: DateTime<Utc>) -> Option<AnyView> {
        let last = self.moves.first()?;
        Some(view! { <p>"Retired by " <By entry=last.clone() now/></p> }.into_any())
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
