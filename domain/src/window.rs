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
    let rules = permissions.approval_thresholds.in_force().filter(|rule| rule.applies_to.covers(action));
    let specs = limits.iter().filter_map(|l| l.window()).chain(rules.flat_map(|r| &r.when).filter_map(|c| c.window()));
    specs.filter_map(|spec| spec.of(agent, ask)).collect()
}

/// What has to be locked before the windows of this request are counted, as names within its agent.
///
/// Requests that count in a window must not be judged beside one that reads it; nor two customers under one trigger.
pub fn locks_for(ask: &Ask, action: &ActionType, permissions: &PermissionSet) -> BTreeSet<String> {
    let limits = permissions.action_scope.allow.values().flat_map(|a| &a.limits).filter_map(|l| l.window());
    let rules = permissions.approval_thresholds.in_force().flat_map(|r| &r.when).filter_map(|c| c.window());
    let counts = |spec: &&WindowSpec| spec.actions.is_empty() || spec.actions.contains(&ask.action);
    let reads = |spec: &&WindowSpec| {
        let own = permissions.action_scope.allow.get(&ask.action).into_iter().flat_map(|a| &a.limits);
        let covering = permissions.approval_thresholds.in_force().filter(|rule| rule.applies_to.covers(action));
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const AGENT: AgentId = AgentId(uuid::Uuid::from_u128(1));

    fn money(amount: &str, currency: &str) -> Money {
        Money::parse(amount, currency).unwrap()
    }

    fn ask(customer: Option<&str>) -> Ask {
        let customer = customer.map(|id| json!({ "id": id }));
        serde_json::from_value(json!({"action": "order.refund", "arguments": {}, "customer": customer})).unwrap()
    }

    fn spec(per: Per, actions: &[&str]) -> WindowSpec {
        WindowSpec { per, within_s: 60, actions: actions.iter().map(|name| (*name).to_owned()).collect() }
    }

    #[test]
    fn a_sum_is_known_in_one_currency_only() {
        let mut usage = Usage::default();
        let usd = money("0.01", "USD").currency;
        assert_eq!(usage.sum_in(usd), Some(0));
        usage.add(Some(money("1.00", "USD")));
        usage.add(None);
        usage.add(Some(money("0.50", "USD")));
        assert_eq!((usage.count, usage.sum_in(usd)), (3, Some(150)));
        usage.add(Some(money("1.00", "EUR")));
        assert_eq!((usage.count, usage.sum_in(usd)), (4, None));
    }

    #[test]
    fn a_full_window_stays_full() {
        let usd = money("0.01", "USD").currency;
        let mut usage = Usage { count: u32::MAX, sums: vec![Money { minor: i64::MAX, currency: usd }] };
        usage.add(Some(money("1.00", "USD")));
        assert_eq!((usage.count, usage.sum_in(usd)), (u32::MAX, Some(i64::MAX)));
        usage.sums.push(money("1.00", "USD"));
        assert_eq!(usage.sum_in(usd), None);
    }

    #[test]
    fn a_window_is_of_the_customer_or_of_the_agent_and_of_the_actions_that_it_names() {
        let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let of = |spec: WindowSpec, customer| spec.of(AGENT, &ask(customer)).map(|w| (w.customer, w.actions));
        assert_eq!(of(spec(Per::Agent, &[]), Some("omar")), Some((None, named(&["order.refund"]))));
        assert_eq!(
            of(spec(Per::Customer, &["order.cancel"]), Some("omar")),
            Some((Some("omar".to_owned()), named(&["order.cancel"])))
        );
        assert_eq!(of(spec(Per::Customer, &[]), None), None, "nobody's window is unknown");
        assert_eq!(of(spec(Per::Agent, &[]), None), Some((None, named(&["order.refund"]))));
    }
}
