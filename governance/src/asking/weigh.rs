//! What a request is judged by: the control state, and the facts read in the deciding transaction.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    decision::{Need, Verdict, World, decide},
    facts::Facts,
    id::{AgentId, RequestId},
    request::Ask,
    window::{Window, locks_for, windows_for},
};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::{
    AgentError,
    control::{AgentControl, Control},
    db::{
        self,
        windows::{Asking, Met},
    },
    error::{Result, corrupt},
};

/// What a request of this agent is judged by.
pub(crate) fn world<'a>(
    control: &'a Control,
    now: DateTime<Utc>,
    id: AgentId,
    agent: &'a AgentControl,
    ask: &Ask,
    facts: &'a Facts,
) -> World<'a> {
    let action = control.actions.get(&ask.action).map(|(_, action)| action);
    World {
        agent: id,
        mode: agent.mode,
        stopped: control.stopped(id),
        action,
        permissions: agent.permissions.as_ref().map(|(_, set)| &**set),
        tightenings: &agent.tightenings,
        breaker_open: control.breaker_open(action),
        words: &control.words,
        facts,
        now,
    }
}

/// Locks the windows of these requests, then reads what is known of each, without the request `but`.
///
/// The windows are counted up to the time of the reading.
pub(crate) async fn gather(
    connection: &mut PgConnection,
    control: &Control,
    asks: &[Asking<'_>],
    but: Option<RequestId>,
) -> Result<Met> {
    let mut locks = BTreeSet::new();
    let mut all = BTreeSet::new();
    let mut of_each = Vec::with_capacity(asks.len());
    for (agent, _, ask) in asks {
        let permissions = control.agents.get(agent).and_then(|a| a.permissions.as_ref());
        let windows = match (permissions, control.action(&ask.action)) {
            (Some((_, set)), Some((_, action))) => {
                locks.extend(locks_for(ask, action, set).iter().map(|name| lock_key(*agent, name)));
                windows_for(*agent, ask, action, set)
            }
            _ => BTreeSet::new(),
        };
        all.extend(windows.iter().cloned());
        of_each.push(windows);
    }
    db::windows::lock(connection, &locks).await?;
    let mut met = db::windows::meet(connection, control, asks, but).await?;
    let mut counted = db::windows::count(connection, control, &all, but, met.now).await?;
    met.crowded = std::mem::take(&mut counted.crowded);
    for (met, windows) in met.of_each.iter_mut().zip(of_each) {
        let known = windows.into_iter().filter_map(|w: Window| counted.usages.get(&w).map(|usage| (w, usage.clone())));
        met.facts.windows = known.collect();
    }
    Ok(met)
}

/// The same for one request that is judged again.
pub(crate) async fn gather_again(
    connection: &mut PgConnection,
    control: &Control,
    agent: AgentId,
    ask: &Ask,
    id: RequestId,
) -> Result<Facts> {
    let met = gather(connection, control, &[(agent, None, ask)], Some(id)).await?;
    met.of_each.into_iter().next().map(|met| met.facts).ok_or_else(|| corrupt("facts of a request"))
}

/// Whether a grant of this may be given now; `are_met` says whether those who said yes to it are who is needed now.
pub(crate) fn permits(
    control: &Control,
    now: DateTime<Utc>,
    id: RequestId,
    agent: AgentId,
    ask: &Ask,
    facts: &Facts,
    are_met: impl Fn(&[Need]) -> bool,
) -> std::result::Result<(), AgentError> {
    let known = control.agents.get(&agent).ok_or(AgentError::NotFound)?;
    match decide(ask, &world(control, now, agent, known, ask, facts)).verdict {
        Verdict::Allowed => Ok(()),
        Verdict::NeedsApproval { needs } if are_met(&needs) => Ok(()),
        Verdict::NeedsApproval { .. } | Verdict::Denied | Verdict::Shadowed { .. } => {
            Err(AgentError::NoLongerPermitted(id))
        }
        Verdict::Paused => Err(AgentError::Paused(id)),
        Verdict::Stopped => Err(AgentError::Stopped(id)),
    }
}

/// A name within an agent as an advisory lock key.
fn lock_key(agent: AgentId, name: &str) -> i64 {
    let digest = Sha256::new().chain_update(agent.0.as_bytes()).chain_update(name).finalize();
    i64::from_be_bytes(std::array::from_fn(|index| digest[index]))
}
