use domain::sentence::Sentences;
use islands::Said;
use leptos::prelude::*;

/// The four layers of a permission set, as sentences.
#[component]
pub fn Layers(sentences: Sentences) -> impl IntoView {
    view! {
        <ol class="layers">
            <Layer title="What it may read" sentences=sentences.data_access/>
            <Layer title="What it may do" sentences=sentences.action_scope/>
            <Layer title="When a person decides" wide=true sentences=sentences.approval_thresholds/>
            <Layer title="What is recorded" wide=true sentences=sentences.audit_logging/>
        </ol>
    }
}

#[component]
fn Layer(title: &'static str, sentences: Vec<String>, #[prop(optional)] wide: bool) -> impl IntoView {
    view! {
        <li class="card layer" class:layer-wide=wide>
            <h3>{title}</h3>
            <ul class="sentences">
                {sentences.into_iter().map(|sentence| view! { <li><Said text=sentence/></li> }).collect_view()}
            </ul>
        </li>
    }
}
