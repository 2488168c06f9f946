use domain::view::catalog::ActionMeaning;
use leptos::prelude::*;

use crate::{
    paths,
    ui::{Notice, Tone},
};

/// What the change means for permissions in force, each with a box for the word of acceptance.
#[component]
pub fn Meaning(meaning: ActionMeaning) -> impl IntoView {
    let ActionMeaning { sentences, takes_two } = meaning;
    if sentences.is_empty() {
        return ().into_any();
    }
    if takes_two {
        let lines: Vec<_> = sentences.into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect();
        return view! {
            <Notice tone=Tone::Waiting>
                <p class="notice-title">"One admin alone cannot save this"</p>
                <ul class="reasons">{lines}</ul>
                <p>
                    "It takes two to publish here, and this changes what permissions in force mean. Another admin has to switch "
                    <a href=paths::people()>"that setting"</a> " off first."
                </p>
            </Notice>
        }
        .into_any();
    }
    let boxes: Vec<_> = sentences
        .into_iter()
        .map(|sentence| {
            let key = sentence.clone();
            view! {
                <li class="accept" data-key=key>
                    <label class="check">
                        <input type="checkbox" name="accepted[]" value=sentence.clone()/>
                        <span>"I accept: " {sentence}</span>
                    </label>
                </li>
            }
        })
        .collect();
    view! {
        <fieldset>
            <legend>"What it means for permissions in force"</legend>
            <p class="field-hint">"It counts from the next request on. What you accept is recorded with your name."</p>
            <ul class="accepts">{boxes}</ul>
        </fieldset>
    }
    .into_any()
}
