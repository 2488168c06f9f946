use domain::{
    part::Part,
    permission::{Field as Required, LEAST_KEEP_DAYS},
    words,
};
use leptos::prelude::*;

use super::{Layer, mask::Mask};
use crate::{
    permissions::{
        calls::{SetKeepDays, SetRecord, SetRequire},
        choose::{NumberBlank, Save, Ticks},
        editing::Shared,
        remarks::{NotTaken, Remarks, SaveMine, unsaved},
        wrote::Wrote,
    },
    ui::post_to,
};

/// Layer 4.
#[component]
pub fn LoggingLayer(editing: Shared) -> impl IntoView {
    view! {
        <Layer number=4 title="What is recorded?" hint="Each request and each decision is in the record. This says how much of it.">
            <Record editing=editing.clone()/>
            <Require editing=editing.clone()/>
            <Mask editing=editing.clone()/>
            <KeepDays editing/>
        </Layer>
    }
}

const RECORDED: [(&str, &str); 4] = [
    ("input", "What came in, such as the customer’s message"),
    ("reasoning", "The agent’s reasoning"),
    ("output", "What the agent wrote"),
    ("reads", "Whose data it read"),
];

fn said(names: &[String]) -> String {
    match names.is_empty() {
        true => "nothing".to_owned(),
        false => words::list(&names.iter().map(|name| name.replace('_', " ")).collect::<Vec<_>>()),
    }
}

#[component]
fn Record(editing: Shared) -> impl IntoView {
    let recorded = editing.set().audit_logging.record;
    let on = [
        ("input", recorded.input),
        ("reasoning", recorded.reasoning),
        ("output", recorded.output),
        ("reads", recorded.reads),
    ];
    let stands: Vec<String> = on.iter().filter(|(_, on)| *on).map(|(name, _)| (*name).to_owned()).collect();
    let refused = editing.refused_if(|wrote| matches!(wrote, Wrote::Record { .. }));
    let mine = refused.as_ref().and_then(|refused| match &refused.wrote {
        Wrote::Record { record } => Some(record.clone()),
        _ => None,
    });
    let (now, theirs) = (said(&stands), mine.as_deref().map(said));
    let options = RECORDED.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    view! {
        <div class="edit-box" id="record">
            <form class="edit-form" method="post" data-key="record" data-autosave autocomplete="off" data-unsaved=unsaved(&refused) action={post_to::<SetRecord>()}>
                <NotTaken editing=editing.clone() refused=refused.clone() now mine=theirs/>
                <input type="hidden" name="agent" value=editing.slug.clone()/>
                <input type="hidden" name="seen" value=editing.seen(&Part::Record)/>
                <Ticks name="record[]" legend="Keep with each request" options chosen=mine.unwrap_or(stands)/>
                <SaveMine refused=refused.clone()/>
                <Save of="what is kept"/>
            </form>
            <Remarks editing part=Part::Record/>
        </div>
    }
}

#[component]
fn Require(editing: Shared) -> impl IntoView {
    let stands: Vec<String> = editing.set().audit_logging.require.iter().map(|field| field.name().to_owned()).collect();
    let refused = editing.refused_if(|wrote| matches!(wrote, Wrote::Require { .. }));
    let mine = refused.as_ref().and_then(|refused| match &refused.wrote {
        Wrote::Require { fields } => Some(fields.clone()),
        _ => None,
    });
    let (now, theirs) = (said(&stands), mine.as_deref().map(said));
    let options =
        Required::ALL.map(|field| (field.name().to_owned(), words::label(&field.name().replace('_', " ")))).to_vec();
    view! {
        <div class="edit-box" id="require">
            <form class="edit-form" method="post" data-key="require" data-autosave autocomplete="off" data-unsaved=unsaved(&refused) action={post_to::<SetRequire>()}>
                <NotTaken editing=editing.clone() refused=refused.clone() now mine=theirs/>
                <input type="hidden" name="agent" value=editing.slug.clone()/>
                <input type="hidden" name="seen" value=editing.seen(&Part::Require)/>
                <Ticks
                    name="fields[]"
                    legend="A request must say, or it is denied"
                    options
                    chosen=mine.unwrap_or(stands)
                />
                <SaveMine refused=refused.clone()/>
                <Save of="what a request must say"/>
            </form>
            <Remarks editing part=Part::Require/>
        </div>
    }
}

#[component]
fn KeepDays(editing: Shared) -> impl IntoView {
    let stands = editing.set().audit_logging.keep_days.to_string();
    let refused = editing.refused_if(|wrote| matches!(wrote, Wrote::KeepDays { .. }));
    let mine = refused.as_ref().and_then(|refused| match &refused.wrote {
        Wrote::KeepDays { days } => Some(days.clone()),
        _ => None,
    });
    let said = |days: &str| format!("{days} days");
    let (now, theirs) = (said(&stands), mine.as_deref().map(said));
    view! {
        <div class="edit-box" id="keep">
            <form class="phrase" method="post" data-key="keep" data-autosave autocomplete="off" data-unsaved=unsaved(&refused) action={post_to::<SetKeepDays>()}>
                <NotTaken editing=editing.clone() refused=refused.clone() now mine=theirs/>
                <input type="hidden" name="agent" value=editing.slug.clone()/>
                <input type="hidden" name="seen" value=editing.seen(&Part::KeepDays)/>
                <span>"Keep entries for"</span>
                <NumberBlank name="days" label="Days that entries are kept" value=mine.unwrap_or(stands) least=1/>
                <span>"days."</span>
                <SaveMine refused=refused.clone()/>
                <Save of="how long entries are kept"/>
            </form>
            <p class="hint">
                {format!("{LEAST_KEEP_DAYS} days at the least, which is six months. ")}
                "Then they are deleted with their requests and all that was written in them. What is open or on hold, and what a limit still counts, is kept until it is not; who published permissions, and counts for charts, for good."
            </p>
            <Remarks editing part=Part::KeepDays/>
        </div>
    }
}
