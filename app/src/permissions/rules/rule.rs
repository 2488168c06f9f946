use domain::{part::Part, permission::Rule, sentence::plain};
use islands::Said;
use leptos::prelude::*;

use super::rule_form::RuleFields;
use crate::{
    permissions::{
        calls::SaveRule,
        choose::Save,
        editing::{Shared, anchor},
        form::RuleForm,
        remarks::{NotTaken, Remarks, SaveMine, unsaved},
        wrote::Wrote,
    },
    ui::{Tag, Tone, post_to},
};

/// A rule as a sentence, and unfolded with blanks in it.
#[component]
pub fn RuleCard(
    editing: Shared,
    id: String,
    /// `None`: somebody has removed it.
    rule: Option<Rule>,
) -> impl IntoView {
    let part = Part::Rule { id: id.clone() };
    let here = anchor(&part);
    let refused = editing.refused_if(|wrote| matches!(wrote, Wrote::Rule { id: of, .. } if *of == id));
    let mine = refused.as_ref().and_then(|refused| match &refused.wrote {
        Wrote::Rule { rule, .. } => Some(rule.clone()),
        _ => None,
    });
    let off = rule.as_ref().is_some_and(|rule| rule.off);
    let now = rule.as_ref().map_or_else(|| "It was removed.".to_owned(), |rule| editing.rule_sentence(rule));
    let theirs = mine.as_ref().and_then(|mine| mine.read(&id, off).ok()).map(|rule| editing.rule_sentence(&rule));
    let form = mine.or_else(|| rule.as_ref().map(RuleForm::of)).unwrap_or_default();
    let arrived = editing.unfolded.as_ref() == Some(&id);
    let open = refused.is_some() || arrived;
    let stands_off = off.then(|| view! { <Tag tone=Tone::Neutral text="Switched off"/> " " });
    let named = now.clone();
    view! {
        <li class=if off { "edit-row rule rule-off" } else { "edit-row rule edit-row-on" } id=here.clone() data-key=here.clone() data-arrived=arrived>
            <details class="rule-fold" data-key=here.clone() open=open>
                <summary>
                    <span class="rule-sentence">{stands_off} <Said text=now.clone()/></span>
                    <span class="rule-change">"Change"</span>
                </summary>
                <form
                    class="rule-form"
                    method="post"
                    data-key=here.clone()
                    data-autosave
                    autocomplete="off"
                    data-unsaved=unsaved(&refused)
                    action={post_to::<SaveRule>()}
                >
                    <NotTaken editing=editing.clone() refused=refused.clone() now mine=theirs/>
                    <input type="hidden" name="agent" value=editing.slug.clone()/>
                    <input type="hidden" name="id" value=id/>
                    <input type="hidden" name="seen" value=editing.seen(&part)/>
                    <input type="hidden" name="off" value=off.to_string()/>
                    // The first button is what Enter presses.
                    <div class="rule-save">
                        <SaveMine refused=refused.clone()/>
                        <Save of=format!("this rule: {}", plain(&named))/>
                    </div>
                    <RuleFields editing=editing.clone() form/>
                    {rule.map(|rule| view! { <Tools off=rule.off/> })}
                </form>
            </details>
            <Remarks editing part/>
        </li>
    }
}

/// What else can be done with a rule. Each button saves what is written first.
#[component]
fn Tools(off: bool) -> impl IntoView {
    let switch = if off { ("on", "Switch on") } else { ("off", "Switch off") };
    let tools = [("up", "Move up"), ("down", "Move down"), ("copy", "Copy"), switch];
    let tools: Vec<_> = tools
        .into_iter()
        .map(|(then, words)| {
            view! {
                <button type="submit" class="button button-quiet button-row" name="then" value=then>
                    {words}
                </button>
            }
        })
        .collect();
    view! {
        <div class="rule-tools">
            {tools}
            <button type="submit" class="button button-quiet button-row" name="then" value="remove" formnovalidate>
                "Remove this rule"
            </button>
        </div>
    }
}
