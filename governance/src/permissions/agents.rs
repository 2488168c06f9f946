//! Agents as people see them, and their mode.

use domain::{
    agent::Mode,
    agent_file::{AgentHead, is_agent_slug},
    authoring::meaning::Change,
    entry::{Detail, ModeChanged, Name, Nothing, OfProposal},
    fault::Fault,
    id::AgentId,
    money::Money,
    phase::{Move, Phase},
    role::Capability,
    view::{AgentLink, AgentRow, AgentView, Day},
};
use serde_json::json;

use crate::{
    Actor, Came, Conflict, Error, Governance, Result,
    catalog::changes::{meaning::InForce, need_fitting, steps},
    db,
    entry::NewEntry,
    id,
    names::{need_agents_own, need_name, need_purpose},
    people::accounts::propose_of,
    permissions::drafts::begin,
    reasons::need_reason,
};

impl Governance {
    pub async fn agents(&self, actor: &Actor) -> Result<Vec<AgentRow>> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        db::pages::agents(&self.0.pages, &control, now).await
    }

    pub async fn agent(&self, actor: &Actor, slug: &str) -> Result<AgentView> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let agent = db::pages::agent(&mut connection, &control, slug, now).await?.ok_or(Error::NotFound)?;
        let days = db::counts::days(&mut connection, agent.row.link.id, now).await?;
        let days_behind = db::counts::are_behind(&mut connection).await?;
        Ok(AgentView { days, days_behind, ..agent })
    }

    /// Decisions per day, for the chart.
    pub async fn days(&self, actor: &Actor, slug: &str) -> Result<Vec<Day>> {
        self.allow(actor, Capability::Look).await?;
        let (_, now) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let agent = db::agents::by_slug(&mut connection, slug).await?.ok_or(Error::NotFound)?;
        db::counts::days(&mut connection, agent.id, now).await
    }

    /// Adds an agent. It is a draft, and nothing is permitted to it yet; from a starting point, a draft of its permissions
    /// is begun, with amounts in the currency of the money above which a customer counts as valued.
    pub async fn create_agent(&self, actor: &Actor, head: &AgentHead, start: Option<(&str, Money)>) -> Result<()> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let start = match start {
            Some((point, worth_over)) => Some((point, begin::file_of(point, worth_over)?)),
            None => None,
        };
        if !is_agent_slug(&head.slug) {
            let words =
                "a short name has lower-case letters, digits and inner hyphens, at most 40; no page is called so";
            return Err(Error::Invalid(Fault::Slug, words.to_owned()));
        }
        need_name("an agent", &head.name)?;
        need_purpose(&head.purpose)?;
        let (mut tx, now) = self.begin_control().await?;
        need_agents_own(&mut tx, head).await?;
        let id = AgentId(id::next());
        db::agents::insert(&mut tx, id, head, now).await?;
        let entry = NewEntry::new(Detail::AgentCreated(Nothing {}), &permit).agent(id);
        entry.personal(json!({ "agent": head }))?.write(&mut tx, now).await?;
        if let Some((point, file)) = &start {
            let agent = AgentLink { id, slug: head.slug.clone(), name: head.name.clone() };
            begin::start_from(&mut tx, &permit, &agent, point, file, None, now).await?;
        }
        self.commit(tx).await
    }

    /// Gives the agent that was seen another name or purpose; its short name stays. Where it takes two, another name of
    /// an agent whose permissions are in force or proposed is proposed.
    pub async fn describe_agent(&self, actor: &Actor, seen: &AgentHead, name: &str, purpose: &str) -> Result<Came> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let (mut tx, now) = self.begin_control().await?;
        let change = Change::Agent { seen: seen.clone(), name: name.to_owned(), purpose: purpose.to_owned() };
        need_fitting(&mut tx, &change).await?;
        let meaning = InForce::load(&mut tx).await?.meaning(&change);
        if !meaning.is_empty() && db::control::two_to_publish(&mut tx).await? {
            propose_of(&mut tx, &permit, &change, None, now).await?;
            self.commit(tx).await?;
            return Ok(Came::Proposed);
        }
        let agent = db::agents::by_slug(&mut tx, &seen.slug).await?.ok_or(Error::NotFound)?;
        let beside = steps::describe(&mut tx, seen, name, purpose).await?;
        let entry = NewEntry::new(Detail::AgentDescribed(OfProposal::NONE), &permit).agent(agent.id);
        entry.personal(beside)?.write(&mut tx, now).await?;
        db::proposals::remove_about(&mut tx, &change.subject()).await?;
        self.commit(tx).await?;
        Ok(Came::Done)
    }

    /// Moves an agent the plain way into a mode.
    pub async fn set_mode(&self, actor: &Actor, slug: &str, mode: Mode, reason: &str) -> Result<()> {
        let cannot = || Conflict::Other(format!("an agent cannot become {} again", mode.name()));
        let to = Move::of(mode).ok_or_else(cannot)?;
        self.move_agent(actor, slug, to, reason).await
    }

    /// Moves an agent, however it was seen.
    pub async fn move_agent(&self, actor: &Actor, slug: &str, to: Move, reason: &str) -> Result<()> {
        self.moved(actor, slug, to, reason, |_| true).await
    }

    /// Moves an agent that was seen in a phase, or in none.
    pub async fn move_seen_agent(
        &self,
        actor: &Actor,
        slug: &str,
        seen: Option<Phase>,
        to: Move,
        reason: &str,
    ) -> Result<()> {
        self.moved(actor, slug, to, reason, |phase| phase == seen).await
    }

    async fn moved(
        &self,
        actor: &Actor,
        slug: &str,
        to: Move,
        reason: &str,
        is_as_seen: impl FnOnce(Option<Phase>) -> bool,
    ) -> Result<()> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let by = permit.person()?;
        let reason = need_reason(reason)?;
        let (mut tx, now) = self.begin_control().await?;
        let agent = db::agents::by_slug(&mut tx, slug).await?.ok_or(Error::NotFound)?;
        let before = db::phases::stands(&mut tx, agent.id).await?;
        if !is_as_seen(before.phase) {
            return Err(Conflict::ChangedMeanwhile.into());
        }
        if !before.may(to) {
            let words = format!("a {} agent cannot become {}", before.mode().name(), to.name());
            return Err(Conflict::Other(words).into());
        }
        match to {
            Move::Begin(phase) => db::phases::begin(&mut tx, agent.id, phase, by, reason, now).await?,
            Move::Retire => db::phases::retire(&mut tx, agent.id, now).await?,
        }
        let from = before.phase.map_or(before.mode().name(), Phase::name);
        let moved = ModeChanged { from: Name::of(from), to: Name::of(to.name()) };
        let entry = NewEntry::new(Detail::ModeChanged(moved), &permit).agent(agent.id);
        entry.personal(json!({ "reason": reason }))?.write(&mut tx, now).await?;
        self.commit(tx).await
    }
}
