//! How far the judging has come.

use domain::view::impact::{ImpactRun, ImpactView, RunSource, RunState};
use leptos::prelude::*;

use super::calls::CancelImpact;
use crate::{
    paths,
    permissions::editing::Shared,
    ui::{Ago, Notice, Submit, Tone, post_to, words::grouped},
};

/// The first line.
pub fn lead(run: Option<&ImpactRun>, has_draft: bool) -> String {
    let Some(run) = run else {
        return match has_draft {
            true => "Nothing was judged yet. See here what the draft would have changed before you publish it.",
            false => "There is no draft, so there is nothing to judge.",
        }
        .to_owned();
    };
    match (run.state, &run.summary) {
        (RunState::Done, Some(impact)) => impact.sentence(),
        (RunState::Running, _) => format!("The past is being judged: {}.", progress(run)),
        (RunState::Cancelled, _) if run.is_of_draft => "The judging was cancelled, so there are no figures.".to_owned(),
        (RunState::Cancelled, _) => "The judging ended when the draft changed, so there are no figures.".to_owned(),
        (RunState::BrokenOff, _) => "The server went down while it judged, so there are no figures.".to_owned(),
        (RunState::Failed | RunState::Done, _) => "The judging failed, so there are no figures.".to_owned(),
    }
}

/// `12,400 of 40,000 judged`
fn progress(run: &ImpactRun) -> String {
    match run.total {
        Some(total) => format!("{} of {} judged", grouped(run.judged), grouped(total)),
        None => "the requests are being counted".to_owned(),
    }
}

/// Who judged what, how far it has come, and whether the figures are of the draft as it is now.
#[component]
pub fn Standing(editing: Shared, past: ImpactView) -> impl IntoView {
    let run = past.run?;
    let what = match run.source {
        RunSource::Record => "the last 30 days",
        RunSource::File => "past actions from elsewhere",
    };
    let (had, begun) = if run.state == RunState::Running { ("has", "begun ") } else { ("had", "") };
    let began = view! {
        <p class="quiet">
            {run.started.by.name.clone()} " " {had} " " {what} " judged, " {begun} <Ago at=run.started.at now=past.now/> "."
        </p>
    };
    let more = match run.state {
        RunState::Running => view! { <Running editing run/> }.into_any(),
        RunState::Done => view! { <OfDraft editing is_of_draft=run.is_of_draft/> }.into_any(),
        RunState::Failed => view! {
            <Notice tone=Tone::Waiting>"Judge it again. If it fails again, call whoever runs Reins: its log says why."</Notice>
        }
        .into_any(),
        RunState::BrokenOff => view! {
            <Notice tone=Tone::Waiting>"It is not taken up again by itself. Judge it again."</Notice>
        }
        .into_any(),
        RunState::Cancelled => ().into_any(),
    };
    Some(view! { {began} {more} })
}

#[component]
fn OfDraft(editing: Shared, is_of_draft: bool) -> impl IntoView {
    let words = match editing.view.draft.is_some() {
        true => "The draft has changed since. These figures are of what it said then: judge it again.",
        false => "The draft of these figures is no longer open: it was published or discarded.",
    };
    (!is_of_draft).then(|| view! { <Notice tone=Tone::Waiting>{words}</Notice> })
}

/// The page follows; without the client, somebody looks again.
#[component]
fn Running(editing: Shared, run: ImpactRun) -> impl IntoView {
    let words = progress(&run);
    let bar = match run.total {
        Some(total) => view! {
            <progress class="progress" value=run.judged.to_string() max=total.max(1).to_string() aria-label="Judged">
                {words.clone()}
            </progress>
        }
        .into_any(),
        None => view! { <progress class="progress" aria-label="Judged">{words.clone()}</progress> }.into_any(),
    };
    let slug = editing.slug.clone();
    let cancel = editing.view.may_edit.then(|| {
        view! {
            <form method="post" data-key="cancel" action={post_to::<CancelImpact>()}>
                <input type="hidden" name="agent" value=editing.slug.clone()/>
                <Submit label="Cancel"/>
            </form>
        }
    });
    view! {
        <div class="running" data-key="running" data-follow="1">
            {bar}
            <div class="actions">
                <span class="number">{words}</span>
                <a href=paths::impact(&slug)>"Look again"</a>
                {cancel}
            </div>
            <p class="hint">"You can leave this page: it goes on. A change of the draft ends it."</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        authoring::draft::{DraftSeen, Stamp},
        id::{DraftId, PersonId, RunId},
        view::PersonLink,
    };

    fn run(state: RunState, total: Option<u32>) -> ImpactRun {
        let id = Default::default();
        ImpactRun {
            id: RunId(id),
            draft: DraftSeen { draft: DraftId(id), revision: 1 },
            is_of_draft: true,
            source: RunSource::Record,
            started: Stamp { by: PersonLink { id: PersonId(id), name: "Ana".to_owned() }, at: Default::default() },
            state,
            judged: 12_400,
            total,
            summary: (state == RunState::Done).then(Default::default),
        }
    }

    #[test]
    fn the_first_line_says_how_it_stands() {
        for (run, words) in [
            (run(RunState::Running, Some(40_000)), "The past is being judged: 12,400 of 40,000 judged."),
            (run(RunState::Running, None), "The past is being judged: the requests are being counted."),
            (run(RunState::Done, Some(0)), "There is no request to judge."),
            (run(RunState::Cancelled, None), "The judging was cancelled, so there are no figures."),
            (
                ImpactRun { is_of_draft: false, ..run(RunState::Cancelled, None) },
                "The judging ended when the draft changed, so there are no figures.",
            ),
            (run(RunState::BrokenOff, None), "The server went down while it judged, so there are no figures."),
        ] {
            assert_eq!(lead(Some(&run), true), words);
        }
        assert!(lead(None, true).starts_with("Nothing was judged yet."));
        assert!(lead(None, false).starts_with("There is no draft"));
    }
}
