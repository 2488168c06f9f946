//! What stands around every page.

use domain::view::Frame;

use crate::{Actor, Governance, Result, approving::waiting::waiting_for, db};

impl Governance {
    pub async fn frame(&self, actor: &Actor) -> Result<Frame> {
        let me = actor.person()?.clone();
        // Before the stops are read: what is recorded by then stands among them.
        let holds_back = self.holds_back();
        let (control, now) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let (brand, _, demo) = db::control::describe_shop(&mut connection).await?;
        let stops = db::stops::all_holding(&mut connection).await?;
        let (waiting, more_waits) = waiting_for(&mut connection, &control, me.id).await?;
        let running = control
            .agents
            .values()
            .filter(|a| matches!(a.mode, domain::agent::Mode::Live | domain::agent::Mode::Shadow));
        let running = running.count() as u32;
        let mut agents: Vec<_> = control.agents.values().filter(|a| a.mode != domain::agent::Mode::Retired).collect();
        agents.sort_by(|a, b| a.link.name.cmp(&b.link.name));
        let agents = agents.into_iter().map(|a| a.link.clone()).collect();
        let waiting = waiting.count;
        Ok(Frame { me, brand, demo, waiting, more_waits, running, stops, holds_back, agents, now })
    }
}
