use leptos::prelude::*;

use super::rule_form::about_options;
use crate::{
    permissions::{calls::AddRule as Add, choose::Choose, editing::Shared, form::CONDITIONS},
    ui::post_to,
};

/// A new rule: what it is about, and its first condition. Its blanks are filled in after.
#[component]
pub fn AddRule(editing: Shared) -> impl IntoView {
    let mut about = about_options(&editing);
    about.push(("any".to_owned(), "anything".to_owned()));
    let first = about.first().map(|(value, _)| value.clone()).unwrap_or_default();
    let mut kinds = vec![(String::new(), "always".to_owned())];
    kinds.extend(CONDITIONS.iter().map(|(kind, words)| {
        let mut words = (*words).to_owned();
        // In the middle of the sentence.
        words.replace_range(..1, &words[..1].to_lowercase());
        ((*kind).to_owned(), format!("if {words}"))
    }));
    view! {
        <div class="edit-box add-rule" id="add-rule">
            <h3>"Add a rule"</h3>
            <form class="phrase" method="post" data-key="add-rule" action={post_to::<Add>()}>
                <input type="hidden" name="agent" value=editing.slug.clone()/>
                <span>"When"</span>
                <Choose name="applies" label="What the new rule is about" options=about chosen=first/>
                <span>"is asked for, a person decides"</span>
                <Choose name="kind" label="When the new rule asks" options=kinds chosen=""/>
                <button type="submit" class="button button-accent button-row">
                    "Add this rule"
                </button>
            </form>
        </div>
    }
}
