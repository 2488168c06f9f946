//! What an agent has and lacks before a phase begins.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    authoring::{
        risk::{Code, Risk, Severity, risks},
        statement::{Statement, keys},
    },
    catalog::Catalog,
    integration::Integration,
    part::Part,
    permission::PermissionSet,
    phase::Phase,
    readiness::{Facts, Readiness, RunsOn},
    role::Capability,
    sentence::about,
    view::{KeyKind, PhaseView},
};

use crate::{Actor, Error, Governance, Result, db};

impl Governance {
    pub async fn readiness(&self, actor: &Actor, slug: &str) -> Result<Readiness> {
        self.allow(actor, Capability::Look).await?;
        let days = self.days(actor, slug).await?;
        let (control, now) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let agent = db::agents::by_slug(&mut connection, slug).await?.ok_or(Error::NotFound)?.id;
        let in_force = db::versions::in_force(&mut connection, agent).await?;
        let shop = db::catalog::shop(&mut connection).await?;
        let phases = db::phases::of_agent(&mut connection, agent).await?;
        let open = db::outcome::open(&mut connection).await?.into_iter().find(|open| open.agent.id == agent);

        let keys = control.keys.values().filter(|key| key.agent == agent && key.kind == KeyKind::Agent).count();
        let stops = control.stops.iter().filter(|(of, _)| of.is_none_or(|of| of == agent));
        let mut facts = Facts {
            keys: u32::try_from(keys).unwrap_or(u32::MAX),
            shadow_days: shadow_days(&phases, now),
            shadowed: days.iter().map(|day| day.shadowed).fold(0, u32::saturating_add),
            was_stopped: stops.into_iter().any(|(_, span)| span.until.is_some()),
            to_settle: open.map_or((0, 0), |open| (open.breaches.0, open.unknown.0)),
            today: db::control::today(&mut connection, now).await?,
            ..Facts::default()
        };
        if let Some((version, set)) = in_force {
            let allowed = set.action_scope.allow.keys().filter(|name| !set.action_scope.deny.contains(*name));
            facts.actions = allowed.filter_map(|name| shop.action(name)).cloned().collect();
            let on: BTreeSet<&String> = facts.actions.iter().filter_map(|one| one.integration.as_ref()).collect();
            let paused = |slug: &String| control.open_breakers.contains_key(slug);
            let known = db::integrations::all(&mut connection).await?;
            facts.integrations = on.into_iter().map(|slug| runs_on(&known, slug, paused(slug))).collect();
            (facts.short, facts.risks) = open_risks(&set, &shop, &version.accepted);
            facts.permissions = Some(set);
        }
        Ok(Readiness::of(&facts))
    }
}

fn runs_on(known: &[Integration], slug: &str, paused: bool) -> RunsOn {
    let known = known.iter().find(|known| known.slug == slug);
    RunsOn {
        slug: slug.to_owned(),
        name: known.map(|known| known.name.clone()).unwrap_or_default(),
        version: known.map(|known| known.version.clone()).filter(|version| !version.is_empty()),
        ends: known.and_then(|known| known.version_ends),
        paused,
    }
}

fn shadow_days(phases: &[PhaseView], now: DateTime<Utc>) -> u32 {
    let shadows = phases.iter().filter(|one| one.phase == Phase::Shadow);
    let time: TimeDelta = shadows.map(|one| one.ended_at.unwrap_or(now) - one.began_at).sum();
    u32::try_from(time.num_days()).unwrap_or_default()
}

/// What keeps queues from deciding, and what else is wrong or risky that nobody accepted.
fn open_risks(set: &PermissionSet, shop: &Catalog, accepted: &[Statement]) -> (Vec<String>, Vec<String>) {
    let (rules, names) = (&set.approval_thresholds.rules, shop.names());
    let told = |risk: Risk| match rules.iter().find(|rule| risk.part == Part::Rule { id: rule.id.clone() }) {
        Some(rule) => format!("The rule for {}: {}", about(rule, &names), risk.said.sentence),
        None => risk.said.sentence,
    };
    let cannot_decide = |risk: &Risk| matches!(risk.code, Code::TooFewPeople | Code::UnknownQueue);
    let found = risks(set, shop).into_iter().filter(|risk| risk.severity != Severity::Note);
    let (short, risky): (Vec<Risk>, Vec<Risk>) = found.partition(cannot_decide);
    let accepted = keys(accepted);
    let risky = risky.into_iter().filter(|risk| !accepted.contains(&risk.said.key()));
    (short.into_iter().map(told).collect(), risky.map(told).collect())
}
