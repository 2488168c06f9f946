use chrono::{DateTime, Utc};
use domain::{
    authoring::draft::{DraftHead, Side, VersionRow},
    sentence::Sentences,
    view::AgentRow,
};
use governance::{Actor, Error, Governance};
use islands::Said;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    error::UiError,
    paths,
    server::{actor, governance},
    ui::{DatedAt, Empty, Fact, Facts, Layers, Notice, PageTitle, Section, Tag, Tone, Written, loaded},
};

/// An agent's permissions on paper, with lines to sign.
#[component]
pub fn PrintPage() -> impl IntoView {
    let slug = use_params_map().with_untracked(|params| params.get("slug").unwrap_or_default());
    let asked = use_query_map().with_untracked(|query| query.get("version"));
    loaded(async move {
        let (actor, governance) = (actor().await?, governance()?);
        let asked = match asked {
            Some(text) => Some(text.parse().map_err(|()| Error::NotFound)?),
            None => None,
        };
        let paper = Paper::load(&governance, &actor, &slug, asked).await?;
        Ok(view! { <Printed paper/> })
    })
}

/// What is printed.
struct Paper {
    agent: AgentRow,
    what: What,
    /// What else could be.
    other: Option<Side>,
    now: DateTime<Utc>,
}

enum What {
    Nothing,
    Version(Box<VersionRow>, Sentences),
    Draft(Box<DraftHead>, Sentences),
}

impl Paper {
    async fn load(governance: &Governance, actor: &Actor, slug: &str, asked: Option<Side>) -> Result<Self, UiError> {
        let view = governance.draft(actor, slug).await?;
        let in_force = view.in_force.map(|row| Side::Version(row.version));
        let draft = view.draft.as_ref().map(|_| Side::Draft);
        let side = asked.or(in_force).or(draft);
        let what = match side {
            None => What::Nothing,
            Some(Side::Draft) => What::Draft(Box::new(view.draft.ok_or(Error::NotFound)?), view.sentences),
            Some(Side::Version(number)) => {
                let version = governance.version(actor, slug, number).await?;
                What::Version(Box::new(version.row), version.sentences)
            }
        };
        let other = [in_force, draft].into_iter().flatten().find(|other| Some(*other) != side);
        Ok(Self { agent: view.agent, what, other, now: view.now })
    }
}

#[component]
fn Printed(paper: Paper) -> impl IntoView {
    let Paper { agent, what, other, now } = paper;
    let name = agent.link.name.clone();
    let slug = agent.link.slug.clone();
    let ways = view! { <Ways slug other/> };
    match what {
        What::Nothing => view! {
            <PageTitle title=format!("Permissions of {name}") lead="Nothing is permitted yet.">{ways}</PageTitle>
            <Empty title="There is nothing to print">
                <p>"Without permissions everything that this agent asks for is denied."</p>
            </Empty>
        }
        .into_any(),
        What::Version(row, sentences) => {
            let lead = match row.in_force {
                true => format!("Version {}, in force.", row.version),
                false => format!("Version {}, not in force any more.", row.version),
            };
            view! {
                <PageTitle title=format!("Permissions of {name}") lead>{ways}</PageTitle>
                <AboutVersion agent row=*row now/>
                <Permitted sentences/>
                <Signatures/>
            }
            .into_any()
        }
        What::Draft(head, sentences) => view! {
            <PageTitle title=format!("Draft of the permissions of {name}") lead="A draft: nothing of it is in force.">
                <Tag tone=Tone::Waiting text="Draft"/>
                {ways}
            </PageTitle>
            <AboutDraft agent head=*head now/>
            <Permitted sentences/>
            <Signatures/>
        }
        .into_any(),
    }
}

#[component]
fn Permitted(sentences: Sentences) -> impl IntoView {
    view! {
        <Section title="What is permitted">
            <Layers sentences/>
        </Section>
    }
}

/// What is not printed itself. The client shows the button, which only works with it.
#[component]
fn Ways(slug: String, other: Option<Side>) -> impl IntoView {
    let other = other.map(|side| {
        let words = match side {
            Side::Draft => "The draft instead".to_owned(),
            Side::Version(version) => format!("Version {version}, in force, instead"),
        };
        view! { <a href=paths::print_side(&slug, side)>{words}</a> }
    });
    view! {
        <span class="print-ways">
            <button type="button" class="button button-accent" data-client data-prints hidden>"Print this page"</button>
            <span class="hint">"Print this page with your browser."</span>
            {other}
            <a href=paths::permissions(&slug)>"Back to the permissions"</a>
        </span>
    }
}

#[component]
fn AboutVersion(agent: AgentRow, row: VersionRow, now: DateTime<Utc>) -> impl IntoView {
    let proposed =
        row.proposed.map(|proposed| view! { <Fact label="Proposed by"><Written text=proposed.by.name/></Fact> });
    let accepted = (!row.accepted.is_empty()).then(|| {
        let lines: Vec<_> =
            row.accepted.into_iter().map(|said| view! { <li><Said text=said.sentence/></li> }).collect();
        view! { <Fact label="Risks accepted"><ul class="sentences">{lines}</ul></Fact> }
    });
    view! {
        <Facts>
            <AgentFacts agent/>
            <Fact label="Version">{row.version.to_string()}</Fact>
            {proposed}
            <Fact label="Published by"><Written text=row.published.by.name/> ", " <DatedAt at=row.published.at/></Fact>
            <Fact label="Note"><Written text=row.note/></Fact>
            {accepted}
            <Fact label="As of"><DatedAt at=now/></Fact>
        </Facts>
    }
}

#[component]
fn AboutDraft(agent: AgentRow, head: DraftHead, now: DateTime<Utc>) -> impl IntoView {
    let proposed = head.proposal.map(|proposal| {
        view! {
            <Fact label="Proposed by"><Written text=proposal.stamp.by.name/> ", " <DatedAt at=proposal.stamp.at/></Fact>
            <Fact label="Note"><Written text=proposal.note/></Fact>
        }
    });
    view! {
        <Notice tone=Tone::Waiting>"This is a draft. It may have changed since, and decides nothing until it is published."</Notice>
        <Facts>
            <AgentFacts agent/>
            <Fact label="Begun by"><Written text=head.begun.by.name/> ", " <DatedAt at=head.begun.at/></Fact>
            <Fact label="Changed by"><Written text=head.changed.by.name/> ", " <DatedAt at=head.changed.at/></Fact>
            {proposed}
            <Fact label="As of"><DatedAt at=now/></Fact>
        </Facts>
    }
}

#[component]
fn AgentFacts(agent: AgentRow) -> impl IntoView {
    let purpose = (!agent.purpose.is_empty())
        .then(|| view! { <Fact label="What it is for"><Written text=agent.purpose/></Fact> });
    view! {
        <Fact label="Agent"><Written text=agent.link.name/> " (" {agent.link.slug} ")"</Fact>
        {purpose}
    }
}

/// For people to sign that they have read it.
#[component]
fn Signatures() -> impl IntoView {
    let line = || view! { <tr><td></td><td></td><td></td><td></td></tr> };
    view! {
        <Section title="Read and signed">
            <div class="table-box signatures"><table class="table">
                <caption class="sr-only">"Lines to sign on paper"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"Date"</th>
                        <th scope="col">"Signature"</th>
                    </tr>
                </thead>
                <tbody>{[line(), line(), line()]}</tbody>
            </table></div>
        </Section>
    }
}
