use domain::view::catalog::Meaning as Means;
use islands::Said;
use leptos::prelude::*;

/// What the change means for permissions in force, each with a box for the word of acceptance.
#[component]
pub fn Meaning(meaning: Means) -> impl IntoView {
    let Means { sentences, takes_two } = meaning;
    if sentences.is_empty() {
        return ().into_any();
    }
    let boxes: Vec<_> = sentences
        .into_iter()
        .map(|sentence| {
            let key = sentence.clone();
            view! {
                <li class="accept" data-key=key>
                    <label class="check">
                        <input type="checkbox" name="accepted[]" value=sentence.clone()/>
                        <span>"I accept: " <Said text=sentence/></span>
                    </label>
                </li>
            }
        })
        .collect();
    let hint = match takes_two {
        true => {
            "It takes two here: what you accept is proposed, and counts once another admin accepts it, too. Both stand in the record."
        }
        false => "It counts from the next request on. What you accept is recorded with your name.",
    };
    view! {
        <fieldset>
            <legend>"What it means for permissions in force"</legend>
            <p class="field-hint">{hint}</p>
            <ul class="accepts">{boxes}</ul>
        </fieldset>
    }
    .into_any()
}
