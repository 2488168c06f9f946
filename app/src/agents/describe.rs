use domain::view::AgentRow;
use leptos::prelude::*;

use super::{calls::DescribeAgent, new::Purpose};
use crate::ui::{Section, Submit, TextField, Tone, post_to};

/// Another name or purpose; the short name stays.
#[component]
pub fn Describe(row: AgentRow) -> impl IntoView {
    view! {
        <Section title="Name and purpose">
            <details class="fold">
                <summary>"Rename or describe it"</summary>
                <form class="form" method="post" action={post_to::<DescribeAgent>()}>
                    <input type="hidden" name="agent" value=row.link.slug/>
                    <input type="hidden" name="seen_name" value=row.link.name.clone()/>
                    <input type="hidden" name="seen_purpose" value=row.purpose.clone()/>
                    <TextField label="Name" name="name" value=row.link.name required=true most=100/>
                    <Purpose value=row.purpose/>
                    <div class="actions">
                        <Submit label="Save name and purpose" tone=Tone::Accent/>
                    </div>
                </form>
            </details>
        </Section>
    }
}
