//! Integrations as people see them.

use std::collections::BTreeSet;

use domain::{
    role::Capability,
    view::integrations::{IntegrationRow, IntegrationView, RunsOnIt},
};

use super::describing::seen_as;
use crate::{Actor, Error, Governance, Result, control::Control, db};

impl Governance {
    pub async fn integrations(&self, actor: &Actor) -> Result<Vec<IntegrationRow>> {
        self.allow(actor, Capability::Look).await?;
        let (control, _) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        db::integrations::rows(&mut connection, &control).await
    }

    pub async fn integration(&self, actor: &Actor, slug: &str) -> Result<IntegrationView> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let (head, owner) = db::integrations::find(&mut connection, slug).await?.ok_or(Error::NotFound)?;
        let actions = control.runs_on(slug);
        let data_sets = rest_on(&control, &actions);
        Ok(IntegrationView {
            seen: seen_as(&head, owner.as_ref().map(|person| person.id))?,
            owner,
            people: db::integrations::owners(&mut connection).await?,
            agents: control.agents_on(slug),
            data_sets,
            actions,
            pauses: db::integrations::pauses(&mut connection, slug).await?,
            today: db::control::today(&mut connection, now).await?,
            head,
            now,
        })
    }
}

/// The data sets that the actions rest on.
fn rest_on(control: &Control, actions: &[RunsOnIt]) -> Vec<(String, String)> {
    let types = actions.iter().filter_map(|action| control.action(&action.name));
    let names: BTreeSet<&String> = types.flat_map(|(_, action)| &action.data_sets).collect();
    let called = |name: &String| control.names.data_sets.get(name).unwrap_or(name).clone();
    let mut sets: Vec<_> = names.into_iter().map(|name| (name.clone(), called(name))).collect();
    sets.sort_by(|a, b| a.1.cmp(&b.1));
    sets
}
