use domain::view::catalog::Meaning as Means;
use islands::Said;
use leptos::prelude::*;

use crate::{
    told::Sent,
    ui::{Reason, words},
};

/// What a form sent that was not done, with what it would mean.
#[derive(Clone, Default)]
pub struct Refused {
    pub sent: Sent,
    pub meaning: Means,
}

/// What the change means, to be accepted, and why it is made.
#[component]
pub fn Accepting(refused: Option<Refused>) -> impl IntoView {
    let Refused { sent, meaning } = refused.unwrap_or_default();
    view! {
        <Meaning meaning ticked=sent.texts("accepted[]")/>
        <Reason label="Why, for the record" name="note" value=sent.text("note") required=true/>
    }
}

/// What the change means, each with a box for the word of acceptance.
#[component]
pub fn Meaning(
    meaning: Means,
    /// The keys of what the reader has ticked already: what means something else by now is not accepted.
    ticked: Vec<String>,
) -> impl IntoView {
    let Means { statements, takes_two, ends } = meaning;
    let ends = view! { <Ends ends/> };
    if statements.is_empty() {
        return ends.into_any();
    }
    let boxes: Vec<_> = statements
        .into_iter()
        .map(|said| {
            let key = said.key();
            let checked = ticked.contains(&key);
            view! {
                <li class="accept" data-key=key>
                    <label class="check">
                        <input type="checkbox" name="accepted[]" value=key.clone() checked=checked/>
                        <span>"I accept: " <Said text=said.sentence/></span>
                    </label>
                </li>
            }
        })
        .collect();
    let hint = match takes_two {
        true => {
            "It takes two here: what you accept is proposed, and counts once another admin accepts it, too. Both stand in the record."
        }
        false => "It counts from now on. What you accept is recorded with your name.",
    };
    view! {
        <fieldset>
            <legend>"What it means"</legend>
            <p class="field-hint">{hint}</p>
            {ends}
            <ul class="accepts">{boxes}</ul>
        </fieldset>
    }
    .into_any()
}

/// How much that waits or is approved ends with a change.
#[component]
pub fn Ends(ends: u32) -> impl IntoView {
    (ends > 0).then(|| {
        let open = words::open(ends);
        view! { <p><strong>{open} " could not be carried out any more."</strong></p> }
    })
}
