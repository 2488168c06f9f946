use chrono::{DateTime, Utc};
use domain::{
    entry::Kind,
    state::Outcome,
    view::{BreachView, MOST_SETTLED, Pile},
};
use islands::Said;
use leptos::prelude::*;

use super::{
    calls::{SettleBreach, SettleBreaches},
    rest::Rest,
};
use crate::{
    paths,
    ui::{Ago, Reason, Submit, Tag, Tone, post_to, sent, words},
};

/// The breaches of an agent: the oldest one by one, and the way to the others where there are many.
#[component]
pub fn Breaches(pile: Pile<BreachView>, now: DateTime<Utc>, may_settle: bool) -> impl IntoView {
    let Pile { agent, total, until, first } = pile;
    let rest = total.saturating_sub(words::number(first.len()));
    let tasks: Vec<_> = first.into_iter().map(|breach| view! { <BreachTask breach now may_settle/> }).collect();
    let rest = (rest > 0).then(|| {
        let count = total.min(MOST_SETTLED);
        let which = match count == total {
            true => format!("all {}", words::grouped(total)),
            false => format!("the oldest {}", words::grouped(count)),
        };
        let settle = may_settle.then(|| {
            let sent = sent::<SettleBreaches>().about("agent", &agent.slug);
            view! {
                <details class="fold-plain" open=sent.is_some()>
                    <summary>{format!("Settle {which} with one reason")}</summary>
                    <form class="form" method="post" action={post_to::<SettleBreaches>()}>
                        <input type="hidden" name="agent" value=agent.slug.clone()/>
                        <input type="hidden" name="seen_until" value=until.to_rfc3339()/>
                        <input type="hidden" name="seen_count" value=count.to_string()/>
                        <Reason label="What happened, and what was done about it" value=sent.text("reason") required=true/>
                        <div class="actions">
                            <Submit label=format!("Settle {which} breaches of {}", agent.name) tone=Tone::Accent/>
                        </div>
                    </form>
                </details>
            }
            .into_any()
        });
        let tag = view! { <Tag tone=Tone::Bad text="Breach"/> }.into_any();
        view! {
            <Rest agent=agent.clone() kind=Kind::Breach rest total words="outcomes that it reported without leave" tag settle/>
        }
    });
    view! { {tasks} {rest} }
}

/// An outcome that came without a grant: somebody has to say what happened.
#[component]
fn BreachTask(breach: BreachView, now: DateTime<Utc>, may_settle: bool) -> impl IntoView {
    let said = said(breach.outcome, breach.granted);
    let settle = may_settle.then(|| {
        let sent = sent::<SettleBreach>().about("entry", &breach.entry.to_string());
        view! {
            <details class="fold-plain" open=sent.is_some()>
                <summary>"Settle this breach"</summary>
                <form class="form" method="post" action={post_to::<SettleBreach>()}>
                    <input type="hidden" name="entry" value=breach.entry.to_string() data-seen/>
                    <Reason label="What happened, and what was done about it" value=sent.text("reason") required=true/>
                    <div class="actions">
                        <Submit label="Settle the breach" tone=Tone::Accent/>
                    </div>
                </form>
            </details>
        }
    });
    let who = (!may_settle).then(|| view! { <p class="quiet">"An operator, a manager or an admin settles this."</p> });

    view! {
        <li class="card task" data-key=breach.entry.to_string()>
            <div class="task-text">
                <Tag tone=Tone::Bad text="Breach"/>
                <p>
                    <a href=paths::agent(&breach.agent.slug)>{breach.agent.name}</a>
                    {said}
                    ", "
                    <Ago at=breach.at now/>
                    ": "
                    <a href=paths::request(breach.request)><Said text=breach.sentence/></a>
                </p>
                {who}
            </div>
            {settle}
        </li>
    }
}

/// What the agent said, in words, and what was wrong with it.
fn said(outcome: Outcome, granted: bool) -> String {
    let did = match outcome {
        Outcome::Succeeded => "carried this out",
        Outcome::Failed => "tried this, and that it failed",
        Outcome::Unknown => "tried this, and does not know what came of it",
    };
    let wrong = match granted {
        true => "but did not show the grant that it was given",
        false => "although nobody allowed it",
    };
    format!(" says that it {did}, {wrong}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breach_is_told_in_plain_words() {
        for (outcome, granted, words) in [
            (Outcome::Succeeded, false, " says that it carried this out, although nobody allowed it"),
            (
                Outcome::Failed,
                true,
                " says that it tried this, and that it failed, but did not show the grant that it was given",
            ),
        ] {
            assert_eq!(said(outcome, granted), words);
        }
    }
}
