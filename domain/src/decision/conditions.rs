//! What is true of a request: `None` is unknown, and never counts as a no.

use std::cell::OnceCell;

use super::World;
use crate::{
    action::{ActionType, Reversibility},
    facts::{Strictest, Topics},
    money::{Currency, Money},
    permission::{Condition, WindowSpec},
    request::Ask,
    window::Usage,
};

/// A request for a known action, and what conditions read of it more than once.
pub(super) struct Question<'a> {
    pub ask: &'a Ask,
    pub action: &'a ActionType,
    pub world: &'a World<'a>,
    amount: Amount,
    topics: OnceCell<Topics<'a>>,
}

impl<'a> Question<'a> {
    pub(super) fn new(ask: &'a Ask, action: &'a ActionType, world: &'a World<'a>) -> Self {
        Self { ask, action, world, amount: Amount::of(ask, action), topics: OnceCell::new() }
    }

    /// Whether a condition is true of the request; `None` is unknown.
    pub(super) fn holds(&self, condition: &Condition) -> Option<bool> {
        let Self { ask, action, world, .. } = self;
        let strictest = |trust_agent: bool| Strictest { ask, facts: world.facts, trust_agent };
        match condition {
            Condition::AmountOver { limit } => Some(self.minor_in(limit.currency)? > limit.minor),
            Condition::FirstOrder { trust_agent } => strictest(*trust_agent).first_order(),
            Condition::LifetimeValueOver { limit, trust_agent } => strictest(*trust_agent).worth_over(*limit),
            Condition::OpenComplaint { trust_agent } => strictest(*trust_agent).open_complaint(),
            Condition::Touches { topics } => {
                let found = self.topics.get_or_init(|| Topics::of(ask, world.words));
                match topics.iter().any(|topic| found.contains(topic)) {
                    true => Some(true),
                    false => found.complete.then_some(false),
                }
            }
            Condition::FirstOfItsKind => ask.template.as_ref().map(|_| !world.facts.kind_has_succeeded),
            Condition::TemplateNotIn { templates } => Some(!templates.contains(ask.template.as_ref()?)),
            Condition::CountOver { limit, window } => Some(self.count_with(window)? > *limit),
            Condition::SumOver { limit, window } => Some(self.sum_with(limit.currency, window)? > limit.minor),
            Condition::Irreversible => Some(!matches!(action.reversibility, Reversibility::Reversible { .. })),
        }
    }

    pub(super) fn amount_is_not_positive(&self) -> bool {
        matches!(self.amount, Amount::Known(money) if money.minor <= 0)
    }

    /// Minor units in `currency` that the request moves; another currency is unknown.
    pub(super) fn minor_in(&self, currency: Currency) -> Option<i64> {
        match self.amount {
            Amount::Nothing => Some(0),
            Amount::Known(money) if money.currency == currency => Some(money.minor),
            _ => None,
        }
    }

    /// Requests in the window, this one included.
    pub(super) fn count_with(&self, spec: &WindowSpec) -> Option<u32> {
        Some(self.usage(spec)?.count.saturating_add(1))
    }

    /// Money in the window in minor units of `currency`, this request included.
    pub(super) fn sum_with(&self, currency: Currency, spec: &WindowSpec) -> Option<i64> {
        self.usage(spec)?.sum_in(currency)?.checked_add(self.minor_in(currency)?)
    }

    fn usage(&self, spec: &WindowSpec) -> Option<&'a Usage> {
        let mut known = self.world.facts.windows.iter();
        known.find(|(window, _)| spec.is(window, self.world.agent, self.ask)).map(|(_, usage)| usage)
    }
}

pub(super) fn pointer_of(condition: &Condition, action: &ActionType) -> Option<String> {
    match condition {
        Condition::AmountOver { .. } | Condition::SumOver { .. } => action.amount_pointer(),
        Condition::FirstOrder { .. } => Some("/customer/orders".to_owned()),
        Condition::LifetimeValueOver { .. } => Some("/customer/lifetime_value".to_owned()),
        Condition::OpenComplaint { .. } => Some("/customer/open_complaints".to_owned()),
        Condition::Touches { .. } => Some("/topics".to_owned()),
        Condition::FirstOfItsKind | Condition::TemplateNotIn { .. } => Some("/template".to_owned()),
        Condition::CountOver { .. } | Condition::Irreversible => None,
    }
}

/// The amount that a request moves.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Amount {
    /// The action has no amount, or an optional one that is absent.
    Nothing,
    Known(Money),
    Unknown,
}

impl Amount {
    fn of(ask: &Ask, action: &ActionType) -> Self {
        let Some(name) = &action.amount else { return Self::Nothing };
        match ask.arguments.get(name) {
            None => Self::Nothing,
            Some(value) => Money::from_json(value).map_or(Self::Unknown, Self::Known),
        }
    }
}
