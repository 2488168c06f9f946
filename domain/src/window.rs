//! Rolling windows: how much of an action there was, for a customer or an agent.

use std::collections::BTreeSet;

use crate::{
    action::ActionType,
    id::AgentId,
    money::{Currency, Money},
    permission::{Per, PermissionSet, WindowSpec},
    request::Ask,
};

/// A window of one agent, and of one customer where it is per customer. Its order is the lock order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    pub agent: AgentId,
    pub customer: Option<String>,
    pub actions: BTreeSet<String>,
    pub within_s: u32,
}

/// What stands in a window, without the request that is judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    pub count: u32,
    /// Minor units; one sum a currency.
    pub sums: Vec<Money>,
}

impl Usage {
    /// The sum in `currency`; `None` when money in another currency stands in the window, too.
    pub fn sum_in(&self, currency: Currency) -> Option<i64> {
        let mut total = 0_i64;
        for sum in &self.sums {
            if sum.currency != currency {
                return None;
            }
            total = total.checked_add(sum.minor)?;
        }
        Some(total)
    }

    /// One more request, as those that are written together see each other.
    pub fn add(&mut self, amount: Option<Money>) {
        self.count = self.count.saturating_add(1);
        let Some(amount) = amount else { return };
        match self.sums.iter_mut().find(|sum| sum.currency == amount.currency) {
            Some(sum) => sum.minor = sum.minor.saturating_add(amount.minor),
            None => self.sums.push(amount),
        }
    }
}

impl WindowSpec {
    /// The window that this request falls into; `None` where it is per customer and none is named.
    pub fn of(&self, agent: AgentId, ask: &Ask) -> Option<Window> {
        let customer = match self.per {
            Per::Agent => None,
            Per::Customer => Some(ask.customer_id()?.to_owned()),
        };
        let actions = if self.actions.is_empty() { BTreeSet::from([ask.action.clone()]) } else { self.actions.clone() };
        Some(Window { agent, customer, actions, within_s: self.within_s })
    }
}

/// The windows that have to be counted to judge this request, each once, in lock order.
pub fn windows_for(agent: AgentId, ask: &Ask, action: &ActionType, permissions: &PermissionSet) -> BTreeSet<Window> {
    let limits = permissions.action_scope.allow.get(&ask.action).map(|a| a.limits.as_slice()).unwrap_or_default();
    let rules = permissions.approval_thresholds.rules.iter().filter(|rule| rule.applies_to.covers(action));
    let specs = limits.iter().filter_map(|l| l.window()).chain(rules.flat_map(|r| &r.when).filter_map(|c| c.window()));
    specs.filter_map(|spec| spec.of(agent, ask)).collect()
}

/// What has to be locked before the windows of this request are counted, as names within its agent.
///
/// Requests that count in a window must not be judged beside one that reads it; nor two customers under one trigger.
pub fn locks_for(ask: &Ask, action: &ActionType, permissions: &PermissionSet) -> BTreeSet<String> {
    let limits = permissions.action_scope.allow.values().flat_map(|a| &a.limits).filter_map(|l| l.window());
    let rules = permissions.approval_thresholds.rules.iter().flat_map(|r| &r.when).filter_map(|c| c.window());
    let counts = |spec: &&WindowSpec| spec.actions.is_empty() || spec.actions.contains(&ask.action);
    let reads = |spec: &&WindowSpec| {
        let own = permissions.action_scope.allow.get(&ask.action).into_iter().flat_map(|a| &a.limits);
        let covering = permissions.approval_thresholds.rules.iter().filter(|rule| rule.applies_to.covers(action));
        own.filter_map(|l| l.window())
            .chain(covering.flat_map(|r| &r.when).filter_map(|c| c.window()))
            .any(|s| s == *spec)
    };
    let mut names = BTreeSet::new();
    for spec in limits.chain(rules).filter(|spec| counts(spec) || reads(spec)) {
        match (spec.per, ask.customer_id()) {
            (Per::Agent, _) => names.insert("agent".to_owned()),
            (Per::Customer, Some(customer)) => names.insert(format!("customer {customer}")),
            (Per::Customer, None) => false,
        };
    }
    if let Some(trigger) = &ask.trigger
        && action.for_customer
    {
        names.insert(format!("trigger {trigger}"));
    }
    names
}
