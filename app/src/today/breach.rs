use chrono::{DateTime, Utc};
use domain::view::BreachView;
use islands::Said;
use leptos::prelude::*;

use super::calls::SettleBreach;
use crate::{
    paths,
    ui::{Ago, Reason, Submit, Tag, Tone, post_to},
};

/// An outcome that came without a grant: somebody has to say what happened.
#[component]
pub fn BreachTask(breach: BreachView, now: DateTime<Utc>, may_settle: bool) -> impl IntoView {
    let said = said(&breach.detail);
    let settle = may_settle.then(|| {
        view! {
            <details class="fold-plain">
                <summary>"Settle this breach"</summary>
                <form class="form" method="post" action={post_to::<SettleBreach>()}>
                    <input type="hidden" name="entry" value=breach.entry.to_string() data-seen/>
                    <Reason label="What happened, and what was done about it" required=true/>
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
fn said(detail: &str) -> String {
    let did = match detail.split(' ').nth(1) {
        Some("succeeded") => "carried this out",
        Some("failed") => "tried this, and that it failed",
        Some("unknown") => "tried this, and does not know what came of it",
        _ => return " reported an outcome of this, although nobody allowed it".to_owned(),
    };
    let wrong = match detail.ends_with("with a wrong grant") {
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
        for (detail, words) in [
            ("reported succeeded without a grant", " says that it carried this out, although nobody allowed it"),
            (
                "reported failed with a wrong grant",
                " says that it tried this, and that it failed, but did not show the grant that it was given",
            ),
            ("", " reported an outcome of this, although nobody allowed it"),
        ] {
            assert_eq!(said(detail), words);
        }
    }
}
