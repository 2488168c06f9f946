use chrono::{DateTime, Utc};
use domain::{
    permission::Otherwise,
    sentence::duration,
    state::State,
    view::{NeedView, RequestView},
};
use leptos::prelude::*;

use super::words::still_needed;
use crate::ui::{
    Ago, AnswerDue, Section, Written,
    words::{count, label},
};

/// Who has to agree, who did, and how long there is.
#[component]
pub fn Needs(request: RequestView) -> impl IntoView {
    let (now, still) = (request.now, request.row.still);
    let open = matches!(request.row.state, State::Waiting | State::Frozen);
    let apart = (request.needs.iter().filter(|need| !need.same_person).count() > 1)
        .then(|| view! { <p class="hint">"Different people have to agree for each queue."</p> });
    let needs: Vec<_> = request.needs.into_iter().map(|need| view! { <Need need open now still/> }).collect();
    (!needs.is_empty()).then(|| {
        view! {
            <Section title=if open { "Who has to agree" } else { "Who had to agree" }>
                {apart}
                <ul class="needs">{needs}</ul>
            </Section>
        }
    })
}

#[component]
fn Need(need: NeedView, open: bool, now: DateTime<Utc>, still: bool) -> impl IntoView {
    let given = u32::try_from(need.given.len()).unwrap_or(u32::MAX);
    let people = match still_needed(need.needed, given, &need.queue_name) {
        Some(missing) if open => format!("{missing}."),
        Some(_) => format!("{} of {} had to agree.", count(need.needed, "person", "people"), need.queue_name),
        None => format!("{} agreed.", need.queue_name),
    };
    let otherwise = match &need.otherwise {
        Otherwise::Reject => "After that it is rejected.".to_owned(),
        Otherwise::Escalate { queue, within_s } => {
            format!("After that {} gets it for {}.", label(queue), duration(*within_s))
        }
    };
    let time = (open && given < need.needed).then(|| {
        view! {
            <p class="hint"><AnswerDue at=need.expires_at now still/> ". " {otherwise}</p>
        }
    });
    let yes: Vec<_> = need
        .given
        .into_iter()
        .map(|yes| {
            let note = yes.given.note;
            view! {
                <li>
                    <Written text=yes.name/> " said yes " <Ago at=yes.given.at now/>
                    {(!note.trim().is_empty()).then(|| view! { ": " <Written text=note/> })}
                </li>
            }
        })
        .collect();
    view! {
        <li class="need">
            <p>{people}</p>
            {time}
            {(!yes.is_empty()).then(|| view! { <ul class="given">{yes}</ul> })}
        </li>
    }
}
