//! Layer 1, and what layer 4 hides.

use serde_json::json;

use super::{Code, Review, Risk, risk, words::all};
use crate::{
    action::Sensitivity,
    authoring::statement::Given,
    part::Part,
    permission::{Field, Scope},
    schema::{Schema, steps},
    statement,
};

pub(super) fn risks(review: &Review<'_>) -> Vec<Risk> {
    let Review { set, catalog, names, .. } = review;
    let access = &set.data_access;
    let part = |name: &String| Part::DataSet { name: name.clone() };
    let mut found = Vec::new();
    for name in access.read.keys().chain(access.deny.iter().filter(|name| !access.read.contains_key(*name))) {
        if catalog.data_set(name).is_none() {
            let said = statement!("unknown_data_set", "There is no data set {name}.", name = Given::name(name));
            found.push(risk(Code::UnknownDataSet, part(name), said));
        }
    }
    for (name, scope) in &access.read {
        let label = Given::called(&names.data_sets, name);
        if access.deny.contains(name) {
            let said = statement!("denied_anyway.data", "Listed and denied; it is denied: {label}.", label);
            found.push(risk(Code::DeniedAnyway, part(name), said));
            continue;
        }
        let sensitivity = catalog.data_set(name).map(|set| set.sensitivity);
        if let (Scope::All, Some(private @ (Sensitivity::Personal | Sensitivity::Sensitive))) = (scope, sensitivity) {
            let said = statement!(
                "open_to_all",
                "May be read of everybody, though it is {private}: {label}.",
                private = Given::new(json!(private), private.words()),
                label
            );
            found.push(risk(Code::OpenToAll, part(name), said));
        }
    }
    found.extend(hidden_amounts(review));
    found.extend(hidden_nothing(review));
    found
}

/// Masks of places that no request of the shop can have: somebody takes for hidden what is shown.
fn hidden_nothing(review: &Review<'_>) -> impl Iterator<Item = Risk> {
    let masks = review.set.audit_logging.mask.iter().filter(|mask| mask.starts_with('/'));
    let of_none = masks.filter(|mask| {
        let steps: Vec<String> = steps(mask).collect();
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        !is_of_any_request(&steps)
            && !review.catalog.actions.iter().any(|action| match steps.split_first() {
                Some((&"arguments", rest)) => has_place(&action.arguments, rest),
                _ => false,
            })
    });
    of_none.map(|mask| {
        let said = statement!(
            "hides_nothing",
            "{mask} hides nothing: no request has such a place. Each item of a list is a star, as in \
             /arguments/cards/*/number.",
            mask = Given::name(mask)
        );
        risk(Code::HidesNothing, Part::Mask, said)
    })
}

fn is_of_any_request(steps: &[&str]) -> bool {
    match steps {
        ["customer", "id" | "orders" | "open_complaints" | "lifetime_value"]
        | ["customer", "lifetime_value", "amount" | "currency"] => true,
        ["topics" | "reads", item] | ["reads", item, "data_set" | "subject"] => is_item(item),
        ["action" | "arguments" | "customer"] => true,
        [name] => Field::ALL.iter().any(|field| field.name() == *name),
        _ => false,
    }
}

fn has_place(schema: &Schema, steps: &[&str]) -> bool {
    let Some((step, rest)) = steps.split_first() else { return true };
    match schema {
        Schema::Object { properties, .. } => properties.get(*step).is_some_and(|member| has_place(member, rest)),
        Schema::Array { items, .. } => is_item(step) && has_place(items, rest),
        Schema::Money { .. } => matches!(steps, ["amount" | "currency"]),
        _ => false,
    }
}

fn is_item(step: &str) -> bool {
    step == "*" || step.parse::<usize>().is_ok()
}

fn hidden_amounts(review: &Review<'_>) -> Vec<Risk> {
    let with_amount = review.allowed.iter().filter_map(|action| Some((action, action.amount_pointer()?)));
    let is_within = |place: &str, whole: &str| place == whole || place.starts_with(&format!("{whole}/"));
    let masks = &review.set.audit_logging.mask;
    let hidden = with_amount.filter(|(_, amount)| masks.iter().any(|m| is_within(amount, m) || is_within(m, amount)));
    hidden
        .map(|(action, _)| {
            let said = statement!(
                "hidden_amount",
                "The amount of {all} is masked: who decides cannot see it.",
                all = all(&action.label)
            );
            risk(Code::HiddenAmount, Part::Mask, said)
        })
        .collect()
}
