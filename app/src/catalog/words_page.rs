use domain::{
    meaning::Change,
    sentence::visible,
    view::catalog::{Meaning as Means, WordsRow},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    actions_page::UsedBy,
    calls::{PutWords, words_of},
    meaning::Meaning,
};
use crate::{
    server::{actor, governance},
    settings::SettingsNav,
    told,
    ui::{
        DoneNote, Empty, ErrorNote, Field, PageTitle, Reason, Section, Submit, TextArea, TextField, Tone, failure,
        loaded, post_to,
        words::{count, number},
    },
};

/// What was typed of a topic and not taken, with what it would mean.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Typed {
    pub topic: String,
    pub words: String,
    pub note: String,
    pub is_new: bool,
    #[serde(skip)]
    pub meaning: Means,
}

/// The words that give a topic away, which rules ask about.
#[component]
pub fn WordsPage() -> impl IntoView {
    let typed = told::typed::<PutWords, Typed>();
    let page = async move {
        let (actor, governance) = (actor().await?, governance()?);
        let rows = governance.word_lists(&actor).await?;
        let may_edit = actor.can(domain::role::Capability::Govern);
        let typed = match typed {
            Some(typed) => {
                let words = words_of(&typed.words);
                let change = Change::Words { topic: typed.topic.clone(), words, seen: Vec::new() };
                Some(Typed { meaning: governance.meaning(&actor, &change).await?, ..typed })
            }
            None => None,
        };
        let lead = format!(
            "{} with words. What an agent would say is searched for them, whatever the agent says that it touches on.",
            count(number(rows.len()), "topic", "topics")
        );
        let (new, changed) = match typed {
            Some(typed) if typed.is_new => (Some(typed), None),
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
                let typed = changed.clone().filter(|typed| typed.topic == row.topic);
                view! { <Topic row may_edit typed/> }
            })
            .collect();
        Ok(view! {
            <PageTitle title="Words" lead/>
            <SettingsNav actor here="Words"/>
            <ErrorNote error={failure::<PutWords>()}/>
            {nothing}
            <ul class="lines">{lines}</ul>
            {may_edit.then(|| view! { <AddTopic typed=new/> })}
        })
    };
    view! {
        <DoneNote/>
        {loaded(page)}
    }
}

#[component]
fn Topic(row: WordsRow, may_edit: bool, typed: Option<Typed>) -> impl IntoView {
    let WordsRow { topic, words, agents } = row;
    let shown = words.iter().map(|word| visible(word)).collect::<Vec<_>>().join(" · ");
    let form = may_edit.then(|| {
        let open = typed.is_some();
        let seen = words.join("\n");
        let Typed { words, note, meaning, .. } =
            typed.unwrap_or_else(|| Typed { words: seen.clone(), ..Typed::default() });
        view! {
            <details class="fold-plain" open=open>
                <summary>{format!("Change the words for {}", visible(&topic))}</summary>
                <form class="form" method="post" action={post_to::<PutWords>()}>
                    <input type="hidden" name="topic" value=topic.clone()/>
                    <input type="hidden" name="seen" value=seen/>
                    <Field label="Words" name="words" hint="One a line, or several that belong together: side effect. Without any, the topic has no words.">
                        <TextArea name="words" value=words rows=8/>
                    </Field>
                    <Meaning meaning/>
                    <Reason label="Why, for the record" name="note" value=note required=true/>
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
fn AddTopic(typed: Option<Typed>) -> impl IntoView {
    let Typed { topic, words, note, meaning, .. } = typed.unwrap_or_default();
    view! {
        <Section title="Add a topic">
            <form class="form" method="post" action={post_to::<PutWords>()}>
                <TextField label="Topic" name="topic" value=topic hint="As rules name it: legal" required=true most=80/>
                <Field label="Words" name="words" hint="One a line, or several that belong together: side effect.">
                    <TextArea name="words" value=words rows=6 required=true/>
                </Field>
                <Meaning meaning/>
                <Reason label="Why, for the record" name="note" value=note required=true/>
                <Submit label="Add the topic" tone=Tone::Accent/>
            </form>
        </Section>
    }
}
