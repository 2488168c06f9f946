//! A simulation: asks of the past judged one after another, each seeing those before it in its windows.

use std::{
    collections::{BTreeSet, HashMap, VecDeque, hash_map::RandomState},
    hash::BuildHasher,
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    action::ActionType,
    agent::Mode,
    decision::{Decision, Prepared, Verdict, World, decide},
    facts::{Facts, Words},
    id::AgentId,
    money::{Currency, Money},
    permission::{Condition, Limit, PermissionSet, WindowSpec},
    request::Ask,
    window::{Usage, Window, windows_for},
};

/// Windows that nobody has counted in for their length are forgotten once in so many asks.
const SWEEP: u32 = 4096;

/// What asks are judged by beside a permission set.
pub(crate) struct Shelf {
    pub agent: AgentId,
    pub actions: HashMap<String, ActionType>,
    pub words: Words,
}

/// What the set says of an ask.
pub(crate) struct Judgement {
    pub decision: Decision,
    /// How far back its windows reach, in seconds.
    pub reach_s: u32,
}

/// One permission set, and the requests that it has let into its windows so far.
pub(crate) struct Simulation {
    permissions: Option<Prepared>,
    /// The windows that name their actions; the others count the action that reads them.
    naming: Vec<WindowSpec>,
    windows: HashMap<Window, Rolling>,
    judged: u32,
}

impl Simulation {
    pub fn new(permissions: Option<Prepared>) -> Self {
        let naming = permissions.as_deref().map(windows_that_name).unwrap_or_default();
        Self { permissions, naming, windows: HashMap::new(), judged: 0 }
    }

    /// Judges an ask of that time, by an agent that is live and not stopped. `facts` are all but the windows, which are
    /// counted here. Asks come in the order of their times.
    pub fn judge(&mut self, shelf: &Shelf, at: DateTime<Utc>, ask: &Ask, mut facts: Facts) -> Judgement {
        self.sweep(at);
        let action = shelf.actions.get(&ask.action);
        let permissions = self.permissions.as_ref();
        let read = match (permissions, action) {
            (Some(set), Some(action)) => windows_for(shelf.agent, ask, action, set),
            _ => BTreeSet::new(),
        };
        for window in &read {
            let usage = self.windows.get_mut(window).map(|rolling| rolling.usage(since(window, at)));
            facts.windows.insert(window.clone(), usage.unwrap_or_default());
        }
        let world = World {
            agent: shelf.agent,
            mode: Mode::Live,
            stopped: None,
            action,
            permissions,
            tightenings: &[],
            breaker_open: false,
            words: &shelf.words,
            facts: &facts,
            now: at,
        };
        let decision = decide(ask, &world);
        let reach_s = read.iter().map(|window| window.within_s).max().unwrap_or_default();
        if matches!(decision.verdict, Verdict::Allowed | Verdict::NeedsApproval { .. }) {
            let amount = action.and_then(|action| action.amount_in(&ask.arguments));
            self.count(shelf.agent, at, ask, amount, read);
        }
        Judgement { decision, reach_s }
    }

    /// Takes up room in every window that counts this action.
    fn count(&mut self, agent: AgentId, at: DateTime<Utc>, ask: &Ask, amount: Option<Money>, read: BTreeSet<Window>) {
        let mut into = read;
        into.retain(|window| window.actions.contains(&ask.action));
        let naming = self.naming.iter().filter(|spec| spec.actions.contains(&ask.action));
        into.extend(naming.filter_map(|spec| spec.of(agent, ask)));
        for window in into {
            let since = since(&window, at);
            self.windows.entry(window).or_default().add(at, amount, since);
        }
    }

    fn sweep(&mut self, at: DateTime<Utc>) {
        self.judged = self.judged.wrapping_add(1);
        if self.judged.is_multiple_of(SWEEP) {
            self.windows.retain(|window, rolling| !rolling.is_empty(since(window, at)));
        }
    }
}

fn since(window: &Window, at: DateTime<Utc>) -> DateTime<Utc> {
    at - TimeDelta::seconds(i64::from(window.within_s))
}

fn windows_that_name(set: &PermissionSet) -> Vec<WindowSpec> {
    let limits = set.action_scope.allow.values().flat_map(|allowance| &allowance.limits).filter_map(Limit::window);
    let conditions = set.approval_thresholds.in_force().flat_map(|rule| &rule.when).filter_map(Condition::window);
    let naming: BTreeSet<&WindowSpec> = limits.chain(conditions).filter(|spec| !spec.actions.is_empty()).collect();
    naming.into_iter().cloned().collect()
}

/// What stands in one window: each request is added once and leaves once, so that a long past costs no more than its length.
#[derive(Default)]
struct Rolling {
    requests: VecDeque<(DateTime<Utc>, Option<Money>)>,
    sums: Vec<Sum>,
}

struct Sum {
    currency: Currency,
    minor: i128,
    /// How many requests it is made of: one of none is not there, or its currency would count as another one.
    of: u32,
}

impl Rolling {
    fn usage(&mut self, since: DateTime<Utc>) -> Usage {
        self.forget(since);
        let minor = |sum: &Sum| i64::try_from(sum.minor).unwrap_or(i64::MAX);
        Usage {
            count: u32::try_from(self.requests.len()).unwrap_or(u32::MAX),
            sums: self.sums.iter().map(|sum| Money { minor: minor(sum), currency: sum.currency }).collect(),
        }
    }

    fn add(&mut self, at: DateTime<Utc>, amount: Option<Money>, since: DateTime<Utc>) {
        self.forget(since);
        self.requests.push_back((at, amount));
        let Some(amount) = amount else { return };
        let minor = i128::from(amount.minor);
        match self.sums.iter_mut().find(|sum| sum.currency == amount.currency) {
            Some(sum) => {
                sum.minor += minor;
                sum.of += 1;
            }
            None => self.sums.push(Sum { currency: amount.currency, minor, of: 1 }),
        }
    }

    fn is_empty(&mut self, since: DateTime<Utc>) -> bool {
        self.forget(since);
        self.requests.is_empty()
    }

    /// What lies at the beginning of the window or before it counts no more.
    fn forget(&mut self, since: DateTime<Utc>) {
        while let Some((_, amount)) = self.requests.pop_front_if(|(at, _)| *at <= since) {
            let Some(amount) = amount else { continue };
            if let Some(sum) = self.sums.iter_mut().find(|sum| sum.currency == amount.currency) {
                sum.minor -= i128::from(amount.minor);
                sum.of -= 1;
            }
            self.sums.retain(|sum| sum.of > 0);
        }
    }
}

/// Whom each occasion served first; as hashes, so that a long past takes little room.
#[derive(Default)]
pub(crate) struct Occasions {
    hasher: RandomState,
    /// `None`: more than one customer.
    served: HashMap<u64, Option<u64>>,
}

impl Occasions {
    /// Whether another customer was served under the same trigger before; remembers this one.
    pub fn other_customer(&mut self, ask: &Ask) -> bool {
        let Some((trigger, customer)) = ask.occasion().zip(ask.customer_id()) else { return false };
        let (trigger, customer) = (self.hasher.hash_one(&*trigger), self.hasher.hash_one(customer));
        let served = self.served.entry(trigger).or_insert(Some(customer));
        if *served != Some(customer) {
            *served = None;
        }
        served.is_none()
    }
}
