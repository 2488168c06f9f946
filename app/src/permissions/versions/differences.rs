use domain::{
    authoring::difference::{Difference, What},
    decision::Layer,
};
use islands::Said;
use leptos::prelude::*;

/// What differs, layer by layer.
#[component]
pub fn Differences(changes: Vec<Difference>) -> impl IntoView {
    if changes.is_empty() {
        return view! { <p class="quiet">"Nothing differs."</p> }.into_any();
    }
    let layers = [
        (Layer::DataAccess, "What it may read"),
        (Layer::ActionScope, "What it may do"),
        (Layer::ApprovalThresholds, "When a person decides"),
        (Layer::AuditLogging, "What is recorded"),
    ];
    let groups: Vec<_> = layers
        .into_iter()
        .filter_map(|(layer, title)| {
            let lines: Vec<_> = changes
                .iter()
                .filter(|change| change.layer == layer)
                .cloned()
                .map(|change| view! { <Line what=change.what/> })
                .collect();
            (!lines.is_empty()).then(|| {
                view! {
                    <div class="difference-group">
                        <h3>{title}</h3>
                        <ul class="differences">{lines}</ul>
                    </div>
                }
            })
        })
        .collect();
    view! { <div class="difference-groups">{groups}</div> }.into_any()
}

/// What differs, line by line.
#[component]
pub fn Told(told: Vec<What>) -> impl IntoView {
    let lines: Vec<_> = told.into_iter().map(|what| view! { <Line what/> }).collect();
    view! { <ul class="differences">{lines}</ul> }
}

#[component]
fn Line(what: What) -> impl IntoView {
    match what {
        What::Added { new } => view! {
            <li class="difference difference-new">
                <strong>"New: "</strong>
                <ins><Said text=new/></ins>
            </li>
        }
        .into_any(),
        What::Removed { old } => view! {
            <li class="difference difference-old">
                <strong>"Gone: "</strong>
                <del><Said text=old/></del>
            </li>
        }
        .into_any(),
        What::Changed { old, new } => view! {
            <li class="difference difference-changed">
                <p><strong>"New: "</strong> <ins><Said text=new/></ins></p>
                <p class="difference-before"><strong>"Old: "</strong> <del><Said text=old/></del></p>
            </li>
        }
        .into_any(),
        What::Moved { rule } => view! {
            <li class="difference">
                <strong>"Moved, which changes no decision: "</strong>
                <Said text=rule/>
            </li>
        }
        .into_any(),
    }
}
