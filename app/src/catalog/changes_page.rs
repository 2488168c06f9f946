use chrono::{DateTime, Utc};
use domain::{role::Capability, view::catalog::ProposedChange};
use islands::Said;
use leptos::prelude::*;

use super::{
    calls::{AcceptChange, WithdrawChange},
    meaning::{Accepting, Refused},
};
use crate::{
    permissions::Told,
    server::{actor, governance},
    settings::SettingsNav,
    ui::{
        Ago, DoneNote, Empty, ErrorNote, PageTitle, Submit, Tone, Written, failure, loaded, post_to, sent,
        words::{count, number},
    },
};

/// Changes that take two, and wait for another admin.
#[component]
pub fn ChangesPage() -> impl IntoView {
    let page = async {
        let (actor, governance) = (actor().await?, governance()?);
        let changes = governance.proposed_changes(&actor).await?;
        let now = governance.today(&actor).await?.now;
        let may = actor.can(Capability::Govern);
        let lead = match changes.len() {
            0 => "Nothing waits for another admin.".to_owned(),
            some => format!("{} for another admin.", count(number(some), "change waits", "changes wait")),
        };
        let nothing = changes.is_empty().then(|| {
            view! {
                <Empty title="No change is proposed">
                    <p>"Where it takes two admins to publish, what changes the meaning of permissions that are in force or proposed, and who decides, waits here."</p>
                </Empty>
            }
        });
        let cards: Vec<_> = changes.into_iter().map(|change| view! { <Proposed change may now/> }).collect();
        Ok(view! {
            <PageTitle title="Proposed changes" lead/>
            <SettingsNav actor here="Proposed changes"/>
            <ErrorNote error={failure::<AcceptChange>()}/>
            <ErrorNote error={failure::<WithdrawChange>()}/>
            {nothing}
            {cards}
        })
    };
    view! {
        <DoneNote/>
        {loaded(page)}
    }
}

#[component]
fn Proposed(change: ProposedChange, may: bool, now: DateTime<Utc>) -> impl IntoView {
    let ProposedChange { head, told, meaning, mine } = change;
    let id = head.id.to_string();
    let note = (!head.note.is_empty()).then(|| view! { " Why: " <Written text=head.note/> });
    let accept = (may && !mine).then(|| {
        let meaning = meaning.clone();
        let refused = Some(Refused { sent: sent::<AcceptChange>().about("id", &id), meaning });
        view! {
            <form class="form" method="post" action={post_to::<AcceptChange>()}>
                <input type="hidden" name="id" value=id.clone() data-seen/>
                <Accepting refused/>
                <div class="actions">
                    <Submit label="Accept, and make the change" tone=Tone::Accent/>
                </div>
            </form>
        }
    });
    let means = (!may || mine).then(|| {
        let lines: Vec<_> =
            meaning.statements.iter().map(|said| view! { <li><Said text=said.sentence.clone()/></li> }).collect();
        view! { <ul class="reasons">{lines}</ul> }
    });
    let withdraw = may.then(|| {
        let label = if mine { "Take it back" } else { "Turn it down" };
        view! {
            <form method="post" action={post_to::<WithdrawChange>()}>
                <input type="hidden" name="id" value=id data-seen/>
                <Submit label/>
            </form>
        }
    });
    view! {
        <section class="card" data-key=head.id.to_string()>
            <h2><Said text=head.title/></h2>
            <p><Written text=head.stamp.by.name/> " proposes this, " <Ago at=head.stamp.at now/> "." {note}</p>
            <Told told/>
            {means}
            {mine.then(|| view! { <p class="quiet">"You have proposed it: another admin accepts it, or turns it down."</p> })}
            {accept}
            {withdraw}
        </section>
    }
}
