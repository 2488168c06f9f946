use domain::{part::Part, sentence::value};
use leptos::prelude::*;

use super::places::places;
use crate::{
    permissions::{
        calls::SetMask,
        choose::{Save, Ticks},
        editing::Shared,
        form::list,
        remarks::{NotTaken, Remarks, SaveMine, unsaved},
        wrote::Wrote,
    },
    ui::{TextArea, post_to, words},
};

/// What nobody is shown: a box for each place that is known, and lines for others.
#[component]
pub fn Mask(editing: Shared) -> impl IntoView {
    let stands: Vec<String> = editing.set().audit_logging.mask.iter().cloned().collect();
    let refused = editing.refused_if(|wrote| matches!(wrote, Wrote::Mask { .. }));
    let mine = refused.as_ref().and_then(|refused| match &refused.wrote {
        Wrote::Mask { pointers } => Some(list(pointers).collect::<Vec<_>>()),
        _ => None,
    });
    let options = places(&editing);
    let has_box = |pointer: &String| options.iter().any(|(known, _)| known == pointer);
    let called = |pointer: &String| {
        options.iter().find(|(known, _)| known == pointer).map_or(pointer, |(_, words)| words).clone()
    };
    let said = |pointers: &Vec<String>| match pointers.is_empty() {
        true => "nothing".to_owned(),
        false => words::list(&pointers.iter().map(|pointer| value(&called(pointer))).collect::<Vec<_>>()),
    };
    let (now, theirs) = (said(&stands), mine.as_ref().map(said));
    let (ticked, others): (Vec<_>, Vec<_>) = mine.unwrap_or(stands).into_iter().partition(has_box);
    view! {
        <div class="edit-box" id="mask">
            <form class="edit-form" method="post" data-key="mask" data-autosave autocomplete="off" data-unsaved=unsaved(&refused) action={post_to::<SetMask>()}>
                <NotTaken editing=editing.clone() refused=refused.clone() now mine=theirs/>
                <input type="hidden" name="agent" value=editing.slug.clone()/>
                <input type="hidden" name="seen" value=editing.seen(&Part::Mask)/>
                <Ticks name="places[]" legend="Shown to nobody" options chosen=ticked/>
                <label class="field">
                    <span class="field-label">"Other places"</span>
                    <span class="field-hint">
                        "What has no box, one place a line; a star is each item of a list: "
                        <code>"/arguments/items/*/note"</code>
                    </span>
                    <TextArea name="pointers" value=others.join("\n")/>
                </label>
                <SaveMine refused=refused.clone()/>
                <Save of="what is masked"/>
            </form>
            <Remarks editing part=Part::Mask/>
        </div>
    }
}
