use chrono::{DateTime, Utc};
use domain::view::integrations::IntegrationRow;
use leptos::prelude::*;

use super::calls::{CloseBreaker, OpenBreaker};
use crate::{
    paths,
    ui::{Ago, Empty, Icon, Reason, Section, Submit, Tone, Written, post_to, sent},
};

/// The outside systems that an agent acts on, each with its circuit breaker.
#[component]
pub fn Integrations(
    slug: String,
    integrations: Vec<IntegrationRow>,
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
fn IntegrationLine(slug: String, integration: IntegrationRow, may_break: bool, now: DateTime<Utc>) -> impl IntoView {
    let (open, key) = (integration.pause.is_some(), integration.slug.clone());
    let (tone, icon, state) = match open {
        true => ("waiting", "pause", "Paused"),
        false => ("neutral", "plug", "Not paused"),
    };
    let opened = integration.pause.as_ref().map(|pause| pause.began_at);
    let why =
        integration.pause.map(|pause| view! { "“" <Written text=pause.reason/> "” " <Ago at=pause.began_at now/> });
    let name = integration.name.clone();
    let sent = if open { sent::<CloseBreaker>() } else { sent::<OpenBreaker>() }.about("integration", &key);
    let (failed, typed) = (sent.is_some(), sent.text("reason"));
    let page = paths::integration(&integration.slug);
    let version = match integration.version.is_empty() {
        true => view! { <span class="quiet">"no version pinned"</span> }.into_any(),
        false => view! { <span class="quiet">"version " <Written text=integration.version/></span> }.into_any(),
    };
    let form = may_break.then(|| match opened {
        Some(opened) => view! {
            <BreakerFold summary=format!("Let {name} go on") open=failed>
                <form class="form" method="post" action={post_to::<CloseBreaker>()}>
                    <BreakerFields slug integration=integration.slug.clone() label="Why it can go on" why=typed/>
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
                    <BreakerFields slug integration=integration.slug.clone() label="Why every action on it has to pause" why=typed/>
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
                    <a href=page>{integration.name}</a>
                    " "
                    {version}
                </p>
                <p class="line-more">{why}</p>
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
