//! A request as the policies see it.

use serde_json::{Map, Value, json};

use crate::{
    action::{ActionType, Amount, DATA_READ},
    facts::{Facts, Topics, Words},
    money::Money,
    permission::{Condition, Field, PermissionSet},
    request::Ask,
};

/// The `context` of a request, in Cedar's JSON form.
///
/// Topics are those that the set asks about: what a text touches is for Reins to find.
pub fn context(
    ask: &Ask,
    action: &ActionType,
    facts: &Facts,
    words: &Words,
    set: &PermissionSet,
    approved: bool,
) -> Value {
    let moves = action.moves(&ask.arguments);
    let amount = action.amount_in(&ask.arguments);
    let (own, others) = reads(ask, action);
    let topics = Topics::of(ask, words);
    let (customer, brand) = (ask.customer.as_ref(), facts.brand.as_ref());
    let mut context = json!({
        "approved": approved,
        "fits": fits(ask, action, amount),
        "amount_known": moves != Amount::Unknown,
        "reads_of_customer": own,
        "reads_of_others": others,
        "other_customer": facts.other_customer_under_trigger,
        "said_by_agent": known(
            customer.and_then(|c| c.orders),
            customer.and_then(|c| c.lifetime_value),
            customer.and_then(|c| c.open_complaints),
        ),
        "known_to_brand": known(
            brand.and_then(|b| b.orders),
            brand.and_then(|b| b.lifetime_value),
            match facts.recorded_complaints {
                0 => brand.and_then(|b| b.open_complaints),
                n => Some(n),
            },
        ),
        "customer_known": customer.is_some() && brand.is_some(),
        "kind_has_succeeded": facts.kind_has_succeeded,
        "topics": asked_topics(set).filter(|topic| topics.contains(topic)).collect::<Vec<_>>(),
        "topics_complete": topics.complete,
    });
    let trigger = ask.trigger.as_ref().filter(|_| ask.carries(Field::Trigger));
    let customer = ask.customer_id().map(str::to_owned);
    for (name, value) in [
        ("amount", amount.map(money)),
        ("customer", customer.map(Value::from)),
        ("trigger", trigger.cloned().map(Value::from)),
        ("template", ask.template.clone().map(Value::from)),
    ] {
        if let Some(value) = value {
            context[name] = value;
        }
    }
    context
}

fn fits(ask: &Ask, action: &ActionType, amount: Option<Money>) -> bool {
    action.arguments.misfits(&ask.arguments, "").is_empty()
        && amount.is_none_or(|money| action.can_move(money))
        && (action.name != DATA_READ || ask.says_reads())
}

/// Data sets of the request's own customer, and of others.
fn reads(ask: &Ask, action: &ActionType) -> (Vec<String>, Vec<String>) {
    let is_own = |subject: Option<&str>| subject.is_some() && subject == ask.customer_id();
    let (own, others): (Vec<_>, Vec<_>) = ask.rests_on(action).partition(|(_, subject)| is_own(*subject));
    let names = |reads: Vec<(&str, _)>| reads.into_iter().map(|(name, _)| name.to_owned()).collect();
    (names(own), names(others))
}

fn known(orders: Option<u32>, lifetime_value: Option<Money>, open_complaints: Option<u32>) -> Value {
    let mut known = Map::new();
    let facts = [
        ("first_order", orders.map(|n| (n <= 1).into())),
        ("lifetime_value", lifetime_value.map(money)),
        ("open_complaint", open_complaints.map(|n| (n > 0).into())),
    ];
    known.extend(facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    known.into()
}

fn money(money: Money) -> Value {
    json!({"minor": money.minor, "currency": money.currency.code()})
}

fn asked_topics(set: &PermissionSet) -> impl Iterator<Item = &String> {
    let conditions = set.approval_thresholds.in_force().flat_map(|rule| &rule.when);
    let topics = conditions.filter_map(|condition| match condition {
        Condition::Touches { topics } => Some(topics),
        _ => None,
    });
    topics.flatten()
}
