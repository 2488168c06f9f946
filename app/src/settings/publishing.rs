use leptos::prelude::*;

use super::calls::SetTwoToPublish;
use crate::ui::{ErrorNote, Section, Submit, failure, post_to};

/// How many people it takes to publish permissions.
#[component]
pub fn Publishing(two: bool) -> impl IntoView {
    let (now, next) = match two {
        true => ("It takes two admins: one proposes, another publishes.", "Let one admin publish alone"),
        false => ("One admin alone can publish. Others can be asked to look first.", "Ask for a second admin"),
    };
    view! {
        <Section title="Publishing permissions">
            <ErrorNote error={failure::<SetTwoToPublish>()}/>
            <p>{now}</p>
            <form method="post" action={post_to::<SetTwoToPublish>()}>
                <input type="hidden" name="two" value=(!two).to_string()/>
                <Submit label=next/>
            </form>
        </Section>
    }
}
