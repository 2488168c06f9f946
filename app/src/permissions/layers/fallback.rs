use domain::{part::Part, sentence::value};
use leptos::prelude::*;

use crate::{
    permissions::{
        calls::SetFallback,
        choose::{Choose, Save, SpanBlank},
        editing::Shared,
        form::SpanForm,
        remarks::{NotTaken, Remarks, SaveMine, unsaved},
        wrote::Wrote,
    },
    ui::post_to,
};

/// Who decides where no rule names a queue.
#[component]
pub fn Fallback(editing: Shared) -> impl IntoView {
    let thresholds = &editing.set().approval_thresholds;
    let refused = editing.refused_if(|wrote| matches!(wrote, Wrote::Fallback { .. }));
    let mine = refused.as_ref().and_then(|refused| match &refused.wrote {
        Wrote::Fallback { queue, within } => Some((queue.clone(), within.clone())),
        _ => None,
    });
    let queues = editing.queues();
    let named = |slug: &str| queues.iter().find(|(known, _)| known == slug).map_or(slug, |(_, name)| name).to_owned();
    let said =
        |queue: &str, within: &SpanForm| format!("{}, within {} {}", value(&named(queue)), within.number, within.unit);
    let stands = (thresholds.queue.clone(), SpanForm::of(thresholds.within_s));
    let (now, theirs) = (said(&stands.0, &stands.1), mine.as_ref().map(|(queue, within)| said(queue, within)));
    let (queue, within) = mine.unwrap_or(stands);
    let names = ("within[number]".to_owned(), "within[unit]".to_owned());
    view! {
        <div class="edit-box" id="fallback">
            <h3>"Where no rule says who"</h3>
            <form class="phrase" method="post" data-key="fallback" data-autosave autocomplete="off" data-unsaved=unsaved(&refused) action={post_to::<SetFallback>()}>
                <NotTaken editing=editing.clone() refused=refused.clone() now mine=theirs/>
                <input type="hidden" name="agent" value=editing.slug.clone()/>
                <input type="hidden" name="seen" value=editing.seen(&Part::Fallback)/>
                <Choose name="queue" label="Queue where no rule says who" options=queues.clone() chosen=queue/>
                <span>"decide within"</span>
                <SpanBlank names label="Time where no rule says who" number=within.number unit=within.unit/>
                <span>", else it is rejected."</span>
                <SaveMine refused=refused.clone()/>
                <Save of="who decides where no rule says who"/>
            </form>
            <p class="hint">
                "For what has been tightened, and when it is unclear whom a request is for or what set it off."
            </p>
            <Remarks editing part=Part::Fallback/>
        </div>
    }
}
