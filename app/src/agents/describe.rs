use domain::view::AgentRow;
use leptos::prelude::*;

use super::{calls::DescribeAgent, new::Purpose};
use crate::{
    told,
    ui::{Section, Submit, TextField, Tone, failure, post_to},
};

/// Another name or purpose; the short name stays. What was typed comes back where it was not taken.
#[component]
pub fn Describe(row: AgentRow) -> impl IntoView {
    let failed = failure::<DescribeAgent>().is_some();
    let typed: Option<(String, String)> = told::typed::<DescribeAgent, _>();
    let (name, purpose) = typed.unwrap_or_else(|| (row.link.name.clone(), row.purpose.clone()));
    view! {
        <Section title="Name and purpose">
            <details class="fold" open=failed>
                <summary>"Rename or describe it"</summary>
                <form class="form" method="post" action={post_to::<DescribeAgent>()}>
                    <input type="hidden" name="agent" value=row.link.slug/>
                    <input type="hidden" name="seen_name" value=row.link.name/>
                    <input type="hidden" name="seen_purpose" value=row.purpose/>
                    <TextField label="Name" name="name" value=name required=true most=100/>
                    <Purpose value=purpose/>
                    <div class="actions">
                        <Submit label="Save name and purpose" tone=Tone::Accent/>
                    </div>
                </form>
            </details>
        </Section>
    }
}
