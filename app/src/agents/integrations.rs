use chrono::{DateTime, Utc};
use domain::view::IntegrationView;
use leptos::prelude::*;

use super::calls::{CloseBreaker, OpenBreaker};
use crate::ui::{Ago, Empty, Icon, Reason, Section, Submit, Tone, Written, post_to, sent};

/// The outside systems that an agent acts on, each with its circuit breaker.
#[component]
pub fn Integrations(
    slug: String,
    integrations: Vec<IntegrationView>,
    may_break: bool,
    now: DateTime<Utc>,
) -> impl IntoView {
    if integrations.is_empty() {
        return view! {
            <Section title="Integrations">
                <Empty title="It runs on no integration"/>
            </Section>
        }
        .into_any();
    }
    let lines: Vec<_> = integrations
        .into_iter()
        .map(|integration| view! { <IntegrationLine slug=slug.clone() integration may_break now/> })
        .collect();
    view! {
        <Section title="Integrations">
            <ul class="lines">{lines}</ul>
        </Section>
    }
    .into_any()
}

#[component]
fn IntegrationLine(slug: String, integration: IntegrationView, may_break: bool, now: DateTime<Utc>) -> impl IntoView {
    let (open, key) = (integration.paused_since.is_some(), integration.slug.clone());
    let (tone, icon, state) = match open {
        true => ("waiting", "pause", "Paused"),
        false => ("good", "check", "Running"),
    };
    let reason = (open && !integration.breaker_reason.is_empty())
        .then(|| view! { "“" <Written text=integration.breaker_reason/> "” " });
    let changed = integration.changed_at.filter(|_| open).map(|at| view! { <Ago at now/> });
    let name = integration.name.clone();
    let sent = if open { sent::<CloseBreaker>() } else { sent::<OpenBreaker>() }.about("integration", &key);
    let (failed, why) = (sent.is_some(), sent.text("reason"));
    let form = may_break.then(|| match integration.paused_since {
        Some(opened) => view! {
            <BreakerFold summary=format!("Let {name} go on") open=failed>
                <form class="form" method="post" action={post_to::<CloseBreaker>()}>
                    <BreakerFields slug integration=integration.slug.clone() label="Why it can go on" why/>
                    <input type="hidden" name="opened" value=opened.to_rfc3339() data-seen/>
                    <div class="actions">
                        <Submit label=format!("Close the breaker of {name}") tone=Tone::Accent/>
                    </div>
                </form>
            </BreakerFold>
        }
        .into_any(),
        None => view! {
            <BreakerFold summary=format!("Pause {name}") open=failed>
                <form class="form" method="post" action={post_to::<OpenBreaker>()}>
                    <BreakerFields slug integration=integration.slug.clone() label="Why every action on it has to pause" why/>
                    <div class="actions">
                        <Submit label=format!("Pause all actions on {name}")/>
                    </div>
                </form>
            </BreakerFold>
        }
        .into_any(),
    });
    view! {
        <li class="line" data-key=key>
            <div class="line-main">
                <p>
                    <strong>{integration.name}</strong>
                    " "
                    <span class="quiet">"version " <Written text=integration.version/></span>
                </p>
                <p class="line-more">{reason} {changed}</p>
                {form}
            </div>
            <div class="line-side">
                <span class=format!("badge badge-{tone}")>
                    <Icon name=icon/>
                    {state}
                </span>
            </div>
        </li>
    }
}

#[component]
fn BreakerFold(summary: String, open: bool, children: Children) -> impl IntoView {
    view! {
        <details class="fold-plain" open=open>
            <summary>{summary}</summary>
            {children()}
        </details>
    }
}

#[component]
fn BreakerFields(slug: String, integration: String, label: &'static str, why: String) -> impl IntoView {
    view! {
        <input type="hidden" name="agent" value=slug/>
        <input type="hidden" name="integration" value=integration/>
        <Reason label value=why required=true/>
    }
}
