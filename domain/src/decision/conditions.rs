//! What is true of a request: `None` is unknown, and never counts as a no.

use super::World;
use crate::{
    action::{ActionType, Reversibility},
    facts::{Strictest, folded, topics},
    money::{Currency, Money},
    permission::{Condition, WindowSpec},
    request::Ask,
    window::Usage,
};

/// Whether a condition is true of the request; `None` is unknown.
pub(super) fn holds(condition: &Condition, ask: &Ask, action: &ActionType, world: &World<'_>) -> Option<bool> {
    let amount = Amount::of(ask, action);
    let strictest = |trust_agent: bool| Strictest { ask, facts: world.facts, trust_agent };
    match condition {
        Condition::AmountOver { limit } => Some(amount.minor_in(limit.currency)? > limit.minor),
        Condition::FirstOrder { trust_agent } => strictest(*trust_agent).first_order(),
        Condition::LifetimeValueOver { limit, trust_agent } => strictest(*trust_agent).worth_over(*limit),
        Condition::OpenComplaint { trust_agent } => strictest(*trust_agent).open_complaint(),
        Condition::Touches { topics: asked } => {
            let (found, known) = topics(ask, world.words);
            match asked.iter().any(|topic| found.contains(&folded(topic))) {
                true => Some(true),
                false => known.then_some(false),
            }
        }
        Condition::FirstOfItsKind => ask.template.as_ref().map(|_| !world.facts.kind_has_succeeded),
        Condition::TemplateNotIn { templates } => Some(!templates.contains(ask.template.as_ref()?)),
        Condition::CountOver { limit, window } => Some(count_with(ask, window, world)? > *limit),
        Condition::SumOver { limit, window } => {
            Some(sum_with(ask, amount, limit.currency, window, world)? > limit.minor)
        }
        Condition::Irreversible => Some(!matches!(action.reversibility, Reversibility::Reversible { .. })),
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
pub(super) enum Amount {
    /// The action has no amount, or an optional one that is absent.
    Nothing,
    Known(Money),
    Unknown,
}

impl Amount {
    pub(super) fn of(ask: &Ask, action: &ActionType) -> Self {
        let Some(name) = &action.amount else { return Self::Nothing };
        match ask.arguments.get(name) {
            None => Self::Nothing,
            Some(value) => Money::from_json(value).map_or(Self::Unknown, Self::Known),
        }
    }

    /// Minor units in `currency`; another currency is unknown.
    pub(super) fn minor_in(self, currency: Currency) -> Option<i64> {
        match self {
            Self::Nothing => Some(0),
            Self::Known(money) if money.currency == currency => Some(money.minor),
            _ => None,
        }
    }
}

fn usage<'a>(ask: &Ask, spec: &WindowSpec, world: &World<'a>) -> Option<&'a Usage> {
    world.facts.windows.get(&spec.of(world.agent, ask)?)
}

/// Requests in the window, this one included.
pub(super) fn count_with(ask: &Ask, spec: &WindowSpec, world: &World<'_>) -> Option<u32> {
    Some(usage(ask, spec, world)?.count.saturating_add(1))
}

/// Money in the window in minor units of `currency`, this request included.
pub(super) fn sum_with(
    ask: &Ask,
    amount: Amount,
    currency: Currency,
    spec: &WindowSpec,
    world: &World<'_>,
) -> Option<i64> {
    usage(ask, spec, world)?.sum_in(currency)?.checked_add(amount.minor_in(currency)?)
}
