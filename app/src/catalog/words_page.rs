use domain::{authoring::meaning::Change, sentence::visible, view::catalog::WordsRow};
use leptos::prelude::*;

use super::{
    actions_page::UsedBy,
    calls::{PutWords, words_of},
    meaning::{Accepting, Refused},
};
use crate::{
    server::{actor, governance},
    settings::SettingsNav,
    ui::{
        DoneNote, Empty, ErrorNote, Field, PageTitle, Section, Submit, TextArea, TextField, Tone, failure, loaded,
        post_to, sent,
        words::{count, number},
    },
};

/// The words that give a topic away, which rules ask about.
#[component]
pub fn WordsPage() -> impl IntoView {
    let sent = sent::<PutWords>();
    let page = async move {
        let (actor, governance) = (actor().await?, governance()?);
        let rows = governance.word_lists(&actor).await?;
        let may_edit = actor.can(domain::role::Capability::Govern);
        let refused = match sent.is_some() {
            true => {
                let (topic, words) = (sent.text("topic").trim().to_owned(), words_of(&sent.text("words")));
                let change = Change::Words { topic, words, seen: Vec::new() };
                Some(Refused { meaning: governance.meaning(&actor, &change).await?, sent })
            }
            false => None,
        };
        let lead = format!(
            "{} with words. What an agent would say is searched for them, whatever the agent says that it touches on.",
            count(number(rows.len()), "topic", "topics")
        );
        // The form for a new topic has seen none.
        let (new, changed) = match refused {
            Some(refused) if refused.sent.text("seen").is_empty() => (Some(refused), None),
            changed => (None, changed),
        };
        let nothing = rows.is_empty().then(|| {
            view! {
                <Empty title="There are no words yet">
                    <p>"Until there are, only the agent says which topics it touches on."</p>
                </Empty>
            }
        });
        let lines: Vec<_> = rows
            .into_iter()
            .map(|row| {
                let refused = changed.clone().filter(|refused| refused.sent.has("topic", &row.topic));
                view! { <Topic row may_edit refused/> }
            })
            .collect();
        Ok(view! {
            <PageTitle title="Words" lead/>
            <SettingsNav actor here="Words"/>
            <ErrorNote error={failure::<PutWords>()}/>
            {nothing}
            <ul class="lines">{lines}</ul>
            {may_edit.then(|| view! { <AddTopic refused=new/> })}
        })
    };
    view! {
        <DoneNote/>
        {loaded(page)}
    }
}

#[component]
fn Topic(row: WordsRow, may_edit: bool, refused: Option<Refused>) -> impl IntoView {
    let WordsRow { topic, words, agents } = row;
    let shown = words.iter().map(|word| visible(word)).collect::<Vec<_>>().join(" · ");
    let form = may_edit.then(|| {
        let open = refused.is_some();
        let seen = words.join("\n");
        let words = refused.as_ref().map_or_else(|| seen.clone(), |refused| refused.sent.text("words"));
        view! {
            <details class="fold-plain" open=open>
                <summary>{format!("Change the words for {}", visible(&topic))}</summary>
                <form class="form" method="post" action={post_to::<PutWords>()}>
                    <input type="hidden" name="topic" value=topic.clone()/>
                    <input type="hidden" name="seen" value=seen/>
                    <Field label="Words" name="words" hint="One a line, or several that belong together: side effect. Without any, the topic has no words.">
                        <TextArea name="words" value=words rows=8/>
                    </Field>
                    <Accepting refused/>
                    <div class="actions">
                        <Submit label="Save the words" tone=Tone::Accent/>
                    </div>
                </form>
            </details>
        }
    });
    view! {
        <li class="line" data-key=topic.clone()>
            <div class="line-main">
                <p><strong>{visible(&topic)}</strong></p>
                <p>{shown}</p>
                <p class="line-more">"Asked about by rules of " <UsedBy agents/> "."</p>
                {form}
            </div>
        </li>
    }
}

#[component]
fn AddTopic(refused: Option<Refused>) -> impl IntoView {
    let text = |name| refused.as_ref().map(|refused| refused.sent.text(name)).unwrap_or_default();
    let (topic, words) = (text("topic"), text("words"));
    view! {
        <Section title="Add a topic">
            <form class="form" method="post" action={post_to::<PutWords>()}>
                <TextField label="Topic" name="topic" value=topic hint="As rules name it: legal" required=true most=80/>
                <Field label="Words" name="words" hint="One a line, or several that belong together: side effect.">
                    <TextArea name="words" value=words rows=6 required=true/>
                </Field>
                <Accepting refused/>
                <Submit label="Add the topic" tone=Tone::Accent/>
            </form>
        </Section>
    }
}
