use domain::view::AgentRow;
use leptos::prelude::*;

use super::{calls::DescribeAgent, new::Purpose};
use crate::{
    told,
    ui::{Section, Submit, TextField, Tone, Written, failure, post_to},
};

/// Another name or purpose; the short name stays. What was typed comes back where it was not taken.
#[component]
pub fn Describe(
    row: AgentRow,
    /// Whether it takes two, as its permissions are in force or proposed, to give it another name.
    two: bool,
) -> impl IntoView {
    let save = match two {
        true => "Save the purpose, or propose another name",
        false => "Save name and purpose",
    };
    let failed = failure::<DescribeAgent>().is_some();
    let typed: Option<(String, String)> = told::typed::<DescribeAgent, _>();
    let (name, purpose) = typed.unwrap_or_else(|| (row.link.name.clone(), row.purpose.clone()));
    // To be read where somebody else has changed it under a reader's eyes.
    let now = row.clone();
    let purpose_now = (!now.purpose.is_empty()).then(|| view! { " Its purpose is: " <Written text=now.purpose/> });
    view! {
        <Section title="Name and purpose">
            <details class="fold" open=failed>
                <summary>"Rename or describe it"</summary>
                <form class="form" method="post" action={post_to::<DescribeAgent>()}>
                    <input type="hidden" name="agent" value=row.link.slug/>
                    <input type="hidden" name="seen_name" value=row.link.name/>
                    <input type="hidden" name="seen_purpose" value=row.purpose/>
                    <p class="hint">"Its name is " <Written text=now.link.name/> " now." {purpose_now}</p>
                    <TextField label="Name" name="name" value=name required=true most=100/>
                    <Purpose value=purpose/>
                    <div class="actions">
                        <Submit label=save tone=Tone::Accent/>
                    </div>
                </form>
            </details>
        </Section>
    }
}
