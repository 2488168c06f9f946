use domain::{
    request::Ask,
    sentence::{value, visible},
    view::RequestView,
};
use islands::Said;
use leptos::prelude::*;

use crate::{
    paths,
    ui::{At, Fact, Facts, decision_words},
};

/// Everything about the request, as it is, never cut.
#[component]
pub fn Complete(request: RequestView) -> impl IntoView {
    let now = request.now;
    let whole = |ask: &Ask| visible(&serde_json::to_string_pretty(ask).unwrap_or_default());
    let holds = whole(&request.ask);
    let sent = request.asked.map(|asked| whole(&Ask { arguments: asked.arguments, ..request.ask.clone() }));
    let bodies = match sent {
        _ if request.erased => Vec::new(),
        None => vec![("As it was sent", holds)],
        Some(sent) => vec![("As it was sent", sent), ("As people changed it, which is what holds now", holds)],
    };
    let bodies: Vec<_> = bodies
        .into_iter()
        .map(|(title, body)| {
            view! {
                <h3>{title}</h3>
                <pre class="json">{body}</pre>
            }
        })
        .collect();
    let ask = request.ask;
    let versions: Vec<_> = [
        ("Model", ask.model),
        ("Prompt version", ask.prompt_version),
        ("Agent version", ask.agent_version),
        ("Template", ask.template),
        ("Trigger", ask.trigger),
    ]
    .into_iter()
    .filter_map(|(name, value)| {
        let value = visible(&value?);
        Some(view! { <Fact label=name>{value}</Fact> })
    })
    .collect();
    let slug = request.row.agent.slug.clone();
    let permissions = match request.permission_version {
        Some(version) => view! { <a href=paths::version(&slug, version)>{format!("Version {version}")}</a> }.into_any(),
        None => "none".into_any(),
    };
    let rules: Vec<_> = request
        .reasons
        .iter()
        .map(|reason| {
            let place = reason.pointer.as_ref().map(|pointer| view! { ", at " <Said text=value(pointer)/> });
            view! {
                <li>
                    <code>{visible(&reason.rule)}</code>
                    {place}
                    ": "
                    <Said text=reason.text.clone()/>
                </li>
            }
        })
        .collect();
    view! {
        <details class="fold complete">
            <summary>"The complete request"</summary>
            <Facts>
                <Fact label="Action">{visible(&request.row.action)}</Fact>
                <Fact label="Asked">
                    <At at=request.row.asked_at now/>
                </Fact>
                <Fact label="Reins’ answer">{decision_words(&request.row.decision).2}</Fact>
                <Fact label="Judged by permission version">{permissions}</Fact>
                {versions}
                <Fact label="Request id">
                    <code>{request.row.id.to_string()}</code>
                </Fact>
                <Fact label="Agent id">
                    <code>{request.row.agent.id.to_string()}</code>
                </Fact>
                <Fact label="Fingerprint (SHA-256) that each yes holds for">
                    <code>{request.digest}</code>
                </Fact>
            </Facts>
            {(!rules.is_empty()).then(|| view! { <h3>"Rules that fit"</h3> <ul class="reasons">{rules}</ul> })}
            {bodies}
        </details>
    }
}
