//! What stands around every page, and the page that says what needs somebody.

use domain::{
    role::Capability,
    view::{Frame, Today},
};

use crate::{Actor, Governance, Result, db, waiting::waiting_for};

impl Governance {
    pub async fn frame(&self, actor: &Actor) -> Result<Frame> {
        let me = actor.person()?.clone();
        let (control, now) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let (brand, _, demo) = db::control::describe_shop(&mut connection).await?;
        let stops = db::stops::all_holding(&mut connection).await?;
        let waiting = waiting_for(&mut connection, &control, me.id).await?.count;
        let running = control
            .agents
            .values()
            .filter(|a| matches!(a.mode, domain::agent::Mode::Live | domain::agent::Mode::Shadow));
        let running = running.count() as u32;
        let mut agents: Vec<_> = control.agents.values().filter(|a| a.mode != domain::agent::Mode::Retired).collect();
        agents.sort_by(|a, b| a.link.name.cmp(&b.link.name));
        let agents = agents.into_iter().map(|a| a.link.clone()).collect();
        Ok(Frame { me, brand, demo, waiting, running, stops, agents, now })
    }

    pub async fn today(&self, actor: &Actor) -> Result<Today> {
        self.allow(actor, Capability::Look).await?;
        let me = actor.person()?.id;
        let (control, now) = self.control_now().await?;
        let agents = db::pages::agents(&self.0.pages, &control, now).await?;
        let breaches = db::outcome::open_breaches(&self.0.pages).await?;
        let unknown = db::pages::unknown(&self.0.pages, &control).await?;
        let short = if actor.can(Capability::ManagePeople) { self.short(actor).await? } else { Vec::new() };
        let mut connection = self.0.pages.acquire().await?;
        let waiting = waiting_for(&mut connection, &control, me).await?;
        let (waiting_for_me, oldest_waiting) = (waiting.count, waiting.oldest);
        let (mut proposals, mut changes) = (Vec::new(), Vec::new());
        if actor.can(Capability::Govern) {
            proposals = db::drafts::proposals(&mut connection).await?;
            changes.extend(db::proposals::all(&mut connection).await?.into_iter().map(|proposal| proposal.head));
        }
        let by = (!actor.can(Capability::Govern)).then_some(me);
        let unclaimed = db::pages::unclaimed(&mut connection, by).await?;
        changes.retain(|change| change.stamp.by.id != me);
        proposals.retain(|proposal| proposal.stamp.by.id != me);
        Ok(Today {
            waiting_for_me,
            oldest_waiting,
            agents,
            breaches,
            unknown,
            proposals,
            changes,
            short,
            unclaimed,
            now,
        })
    }
}
