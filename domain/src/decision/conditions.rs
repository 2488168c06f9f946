//! What is true of a request: `None` is unknown, and never counts as a no.

use std::cell::OnceCell;

use super::World;
use crate::{
    action::{ActionType, Amount, Reversibility},
    facts::{Strictest, Topics},
    money::Currency,
    permission::{Condition, Field, WindowSpec},
    request::Ask,
    window::Usage,
};

/// A request for a known action, and what conditions read of it more than once.
pub(super) struct Question<'a> {
    pub ask: &'a Ask,
    pub action: &'a ActionType,
    pub world: &'a World<'a>,
    pub amount: Amount,
    topics: OnceCell<Topics<'a>>,
}

impl<'a> Question<'a> {
    pub(super) fn new(ask: &'a Ask, action: &'a ActionType, world: &'a World<'a>) -> Self {
        Self { ask, action, world, amount: action.moves(&ask.arguments), topics: OnceCell::new() }
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
            Condition::UnknownCustomer => ask.customer.as_ref().map(|_| world.facts.brand.is_none()),
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

    /// Why nobody knows whether a condition is true, as a sentence; empty where that has no name.
    pub(super) fn missing(&self, condition: &Condition) -> &'static str {
        let has_topics = self.ask.topics.is_some();
        match condition {
            Condition::Touches { .. } => match (has_topics, self.ask.carries(Field::Output)) {
                (false, false) => "Its topics and its output are missing.",
                (false, true) => "Its topics are missing.",
                (true, false) => "Its output is missing.",
                (true, true) => "Its text is shown in another order than it is written in.",
            },
            Condition::FirstOfItsKind | Condition::TemplateNotIn { .. } => "Its template is missing.",
            Condition::FirstOrder { .. }
            | Condition::LifetimeValueOver { .. }
            | Condition::OpenComplaint { .. }
            | Condition::UnknownCustomer => match (&self.ask.customer, &self.world.facts.brand) {
                (None, _) => "No customer is named.",
                (Some(_), None) => "The shop does not know this customer.",
                (Some(_), Some(_)) => "",
            },
            Condition::AmountOver { .. } | Condition::SumOver { .. } if self.amount == Amount::Unknown => {
                "How much it moves is missing."
            }
            _ => "",
        }
    }

    pub(super) fn amount_cannot_be(&self) -> bool {
        matches!(self.amount, Amount::Known(money) if !self.action.can_move(money))
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

    /// Money in the window in minor units of `currency`, this request included; a sum too large for that is unknown.
    pub(super) fn sum_with(&self, currency: Currency, spec: &WindowSpec) -> Option<i64> {
        self.usage(spec)?.sum_in(currency)?.checked_add(self.minor_in(currency)?)
    }

    /// The same for one of several limits, each for its own currency: what others judge is not its business.
    pub(super) fn sum_of_its_own(&self, currency: Currency, others: &[Currency], spec: &WindowSpec) -> Option<i64> {
        let usage = self.usage(spec)?;
        if usage.sums.iter().any(|sum| sum.currency != currency && !others.contains(&sum.currency)) {
            return None;
        }
        let its_own = usage.sums.iter().filter(|sum| sum.currency == currency);
        let before = its_own.map(|sum| sum.minor).try_fold(0_i64, i64::checked_add)?;
        match self.amount {
            Amount::Known(money) if money.currency != currency && others.contains(&money.currency) => Some(before),
            _ => before.checked_add(self.minor_in(currency)?),
        }
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
        Condition::UnknownCustomer => Some("/customer".to_owned()),
        Condition::Touches { .. } => Some("/topics".to_owned()),
        Condition::FirstOfItsKind | Condition::TemplateNotIn { .. } => Some("/template".to_owned()),
        Condition::CountOver { .. } | Condition::Irreversible => None,
    }
}
