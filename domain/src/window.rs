//! Rolling windows: how much of an action there was, for a customer or an agent.

use std::collections::BTreeSet;

use crate::{
    action::ActionType,
    folding::folded,
    id::AgentId,
    money::{Currency, Money},
    permission::{Per, PermissionSet, WindowSpec},
    request::Ask,
};

/// A window of one agent, and of one customer where it is per customer. Its order is the lock order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    pub agent: AgentId,
    /// Folded: a cap counts `H1` and `h1` as one.
    pub customer: Option<String>,
    pub actions: BTreeSet<String>,
    pub within_s: u32,
    /// Whether what the agent alone says failed is left out.
    pub trust_agent: bool,
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
            // At its end a sum stays, and with one more it is unknown.
            Some(sum) => sum.minor = sum.minor.saturating_add(amount.minor),
            None => self.sums.push(amount),
        }
    }
}

impl Window {
    /// Whether the requests for this customer count in it, as far as that goes.
    pub fn counts(&self, customer: Option<&str>) -> bool {
        self.customer.is_none() || self.is_of(customer)
    }

    fn is_of(&self, customer: Option<&str>) -> bool {
        self.customer.as_deref() == customer.map(folded).as_deref()
    }
}

impl WindowSpec {
    /// The window that this request falls into; `None` where it is per customer and none is named.
    pub fn of(&self, agent: AgentId, ask: &Ask) -> Option<Window> {
        let customer = match self.per {
            Per::Agent => None,
            Per::Customer => Some(folded(ask.customer_id()?).into_owned()),
        };
        let actions = if self.actions.is_empty() { BTreeSet::from([ask.action.clone()]) } else { self.actions.clone() };
        Some(Window { agent, customer, actions, within_s: self.within_s, trust_agent: self.trust_agent })
    }

    /// Whether `window` is the one that this request falls into, without making that.
    pub(crate) fn is(&self, window: &Window, agent: AgentId, ask: &Ask) -> bool {
        let of_customer = match self.per {
            Per::Agent => window.customer.is_none(),
            Per::Customer => window.is_of(ask.customer_id()) && window.customer.is_some(),
        };
        let of_actions = match self.actions.is_empty() {
            true => window.actions.len() == 1 && window.actions.contains(&ask.action),
            false => window.actions == self.actions,
        };
        let of_its_kind = window.within_s == self.within_s && window.trust_agent == self.trust_agent;
        of_its_kind && window.agent == agent && of_customer && of_actions
    }
}

/// The windows that have to be counted to judge this request, each once, in lock order.
pub fn windows_for(agent: AgentId, ask: &Ask, action: &ActionType, permissions: &PermissionSet) -> BTreeSet<Window> {
    read_by(ask, action, permissions).filter_map(|spec| spec.of(agent, ask)).collect()
}

/// The windows that the limits and rules read which apply to this request.
fn read_by<'a>(
    ask: &'a Ask,
    action: &'a ActionType,
    permissions: &'a PermissionSet,
) -> impl Iterator<Item = &'a WindowSpec> {
    let limits = permissions.action_scope.allow.get(&ask.action).into_iter().flat_map(|allowance| &allowance.limits);
    let conditions =
        permissions.approval_thresholds.in_force().flat_map(|rule| rule.when.iter().map(move |c| (rule, c)));
    let windows = conditions.filter_map(|(rule, condition)| Some((rule, condition.window()?)));
    let covering = windows.filter(|(rule, _)| rule.applies_to.covers(action)).map(|(_, window)| window);
    limits.filter_map(|limit| limit.window()).chain(covering)
}

/// The windows that a request with this action counts in, whoever reads them.
fn counting<'a>(action: &'a str, permissions: &'a PermissionSet) -> impl Iterator<Item = &'a WindowSpec> {
    let limits = permissions.action_scope.allow.values().flat_map(|a| &a.limits).filter_map(|l| l.window());
    let rules = permissions.approval_thresholds.in_force().flat_map(|r| &r.when).filter_map(|c| c.window());
    limits.chain(rules).filter(move |spec| spec.actions.is_empty() || spec.actions.contains(action))
}

/// Whether a request with this action goes on counting somewhere when its agent says that it failed.
pub fn failure_counts(action: &str, permissions: &PermissionSet) -> bool {
    counting(action, permissions).any(|spec| !spec.trust_agent)
}

/// What has to be locked before the windows of this request are counted, as names within its agent.
///
/// Requests that count in a window must not be judged beside one that reads it; nor two customers under one trigger.
pub fn locks_for(ask: &Ask, action: &ActionType, permissions: &PermissionSet) -> BTreeSet<String> {
    let counted_in = counting(&ask.action, permissions);
    let pers: BTreeSet<Per> = counted_in.chain(read_by(ask, action, permissions)).map(|spec| spec.per).collect();

    let mut names = BTreeSet::new();
    for per in pers {
        match (per, ask.customer_id()) {
            (Per::Agent, _) => names.insert("agent".to_owned()),
            (Per::Customer, Some(customer)) => names.insert(format!("customer {}", folded(customer))),
            (Per::Customer, None) => false,
        };
    }
    if let Some(occasion) = ask.occasion()
        && action.for_customer
    {
        names.insert(format!("trigger {occasion}"));
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
        let actions = actions.iter().map(|name| (*name).to_owned()).collect();
        WindowSpec { per, within_s: 60, actions, trust_agent: false }
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
        for same in ["OMAR", "Ｏｍａｒ"] {
            assert_eq!(
                spec(Per::Customer, &[]).of(AGENT, &ask(Some(same))),
                spec(Per::Customer, &[]).of(AGENT, &ask(Some("omar")))
            );
        }
        assert_eq!(of(spec(Per::Customer, &[]), None), None, "nobody's window is unknown");
        assert_eq!(of(spec(Per::Agent, &[]), None), Some((None, named(&["order.refund"]))));
    }

    #[test]
    fn a_window_is_known_without_making_it() {
        let actions = [&[][..], &["order.refund"], &["order.cancel"], &["order.cancel", "order.refund"]];
        let specs = actions.map(|actions| [spec(Per::Agent, actions), spec(Per::Customer, actions)]).concat();
        let customers = [None, Some("omar"), Some("ana")];
        let windows_of = |spec: &WindowSpec| customers.map(|customer| spec.of(AGENT, &ask(customer)));
        let mut windows: Vec<_> = specs.iter().flat_map(windows_of).flatten().collect();
        windows.extend(windows.clone().into_iter().map(|w| Window { within_s: 61, ..w }));
        windows.extend(windows.clone().into_iter().map(|w| Window { trust_agent: true, ..w }));
        windows.extend(windows.clone().into_iter().map(|w| Window { agent: AgentId(uuid::Uuid::from_u128(2)), ..w }));
        for (spec, customer) in specs.iter().flat_map(|spec| customers.map(|customer| (spec, customer))) {
            let its_own = spec.of(AGENT, &ask(customer));
            for window in &windows {
                assert_eq!(spec.is(window, AGENT, &ask(customer)), its_own.as_ref() == Some(window), "{window:?}");
            }
        }
    }
}
