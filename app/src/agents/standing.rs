use chrono::{DateTime, Utc};
use domain::{agent::Mode, phase::Phase, view::AgentRow};
use leptos::prelude::*;

use crate::ui::{Icon, Tone, words};

/// Of an agent whose permissions cannot be read.
pub const UNREADABLE: &str = "It gets no leave, as this version of Reins cannot read its permissions: a newer one has published \
                              them, or they were damaged. Start the version that published them.";

/// How an agent is, in a word.
#[component]
pub fn Standing(row: AgentRow) -> impl IntoView {
    let (tone, icon, words) = match (&row.stop, row.mode) {
        _ if row.unreadable => (Tone::Bad, "stop", "Cannot be judged"),
        (Some(_), _) => (Tone::Bad, "stop", "Stopped"),
        (None, Mode::Live) => (Tone::Good, "check", row.phase.map_or("Live", |(phase, _)| title(phase))),
        (None, Mode::Shadow) => (Tone::Neutral, "shadow", "Shadow"),
        (None, Mode::Draft) => (Tone::Neutral, "record", "Draft"),
        (None, Mode::Retired) => (Tone::Neutral, "deny", "Retired"),
    };
    let paused = (!row.broken.is_empty()).then(|| {
        view! {
            <span class="badge badge-waiting">
                <Icon name="pause"/>
                {format!("Paused on {}", words::list(&row.broken))}
            </span>
        }
    });
    let tightened = row.tightened.then(|| {
        view! {
            <span class="badge badge-waiting">
                <Icon name="person"/>
                "Tightened"
            </span>
        }
    });
    view! {
        <span class=format!("badge badge-{}", tone.name())>
            <Icon name=icon/>
            {words}
        </span>
        {paused}
        {tightened}
    }
}

/// A phase as a word of its own.
pub fn title(phase: Phase) -> &'static str {
    match phase {
        Phase::Shadow => "Shadow",
        Phase::Live => "Live",
        Phase::Rescue => "Rescue",
        Phase::Expansion => "Expansion",
    }
}

fn standing_in(phase: Phase) -> &'static str {
    match phase {
        Phase::Shadow => "In shadow",
        Phase::Live => "Live",
        Phase::Rescue => "In rescue",
        Phase::Expansion => "In expansion",
    }
}

/// `Live since 3 August, permission version 7, healthy.`
///
/// With how many of its breaches and unknown outcomes nobody has settled.
pub fn first_line(row: &AgentRow, (breaches, unknown): (u32, u32), now: DateTime<Utc>) -> String {
    let date = |at| words::date(words::wall(at), Some(words::wall(now)));
    let since = row.phase.map(|(_, at)| format!(" since {}", date(at))).unwrap_or_default();
    let mode = match row.mode {
        Mode::Live => format!("{}{since}", row.phase.map_or("Live", |(phase, _)| standing_in(phase))),
        Mode::Shadow => format!("In shadow{since}: judged and recorded, never carried out"),
        Mode::Draft => "A draft".to_owned(),
        Mode::Retired => "Retired".to_owned(),
    };
    let version = match row.permission_version {
        Some(version) => format!("permission version {version}"),
        None => "no permissions published".to_owned(),
    };
    let stands = match &row.stop {
        Some(stop) => Some(format!("stopped by {}", stop.by)),
        None if !row.broken.is_empty() => Some(format!("paused on {}", words::list(&row.broken))),
        None if row.tightened => Some("tightened".to_owned()),
        None => None,
    };
    let open: Vec<String> = [(breaches, "breach", "breaches"), (unknown, "unknown outcome", "unknown outcomes")]
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| words::count(number, one, many))
        .collect();
    let open = (!open.is_empty()).then(|| format!("{} to settle", words::list(&open)));
    let health = match (stands, &open) {
        (Some(stands), Some(open)) => format!("{stands}, {open}"),
        (Some(alone), None) => alone,
        (None, Some(open)) => open.clone(),
        (None, None) => "healthy".to_owned(),
    };
    let open = open.map(|open| format!(" {open}.")).unwrap_or_default();
    match row.mode {
        _ if row.unreadable => format!("{UNREADABLE}{open}"),
        Mode::Live | Mode::Shadow => format!("{mode}, {version}, {health}."),
        Mode::Draft => format!("{mode}, {version}. Whatever it asks is denied.{open}"),
        Mode::Retired => format!("{mode}. Whatever it asks is denied, and it does not come back.{open}"),
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        id::{AgentId, StopId},
        view::{AgentLink, StopView},
    };

    use super::*;

    fn row() -> AgentRow {
        AgentRow {
            link: AgentLink { id: AgentId(Default::default()), slug: "support".into(), name: "Support agent".into() },
            purpose: String::new(),
            mode: Mode::Live,
            phase: "2026-08-03T09:00:00Z".parse().ok().map(|since| (Phase::Live, since)),
            permission_version: Some(7),
            unreadable: false,
            stop: None,
            asked: 0,
            waiting: 0,
            tightened: false,
            broken: Vec::new(),
        }
    }

    #[test]
    fn the_first_line_says_how_an_agent_is() {
        let now = "2026-11-12T09:00:00Z".parse().unwrap_or_default();
        assert_eq!(first_line(&row(), (0, 0), now), "Live since 3 August, permission version 7, healthy.");
        assert!(first_line(&row(), (1, 0), now).ends_with("permission version 7, 1 breach to settle."));

        let expands = AgentRow { phase: row().phase.map(|(_, at)| (Phase::Expansion, at)), ..row() };
        assert_eq!(first_line(&expands, (0, 0), now), "In expansion since 3 August, permission version 7, healthy.");

        let broken = AgentRow { broken: vec!["Shopify".into(), "Klaviyo".into()], ..row() };
        assert!(first_line(&broken, (0, 0), now).ends_with("paused on Shopify and Klaviyo."));
        let with = "paused on Shopify and Klaviyo, 2 breaches and 1 unknown outcome to settle.";
        assert!(first_line(&broken, (2, 1), now).ends_with(with));

        let line = |mode| first_line(&AgentRow { mode, ..row() }, (0, 0), now);
        assert_eq!(line(Mode::Draft), "A draft, permission version 7. Whatever it asks is denied.");
        assert_eq!(line(Mode::Retired), "Retired. Whatever it asks is denied, and it does not come back.");

        let unreadable = AgentRow { unreadable: true, ..row() };
        assert!(first_line(&unreadable, (1, 0), now).ends_with("that published them. 1 breach to settle."));

        let stop = StopView {
            id: StopId(Default::default()),
            agent: None,
            by: "Ana".into(),
            at: now,
            reason: String::new(),
            added: Vec::new(),
            said: 0,
            taken_back_by: None,
        };
        assert!(first_line(&AgentRow { stop: Some(stop), ..row() }, (0, 0), now).ends_with("stopped by Ana."));
    }
}
