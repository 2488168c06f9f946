//! Layer 1, and what layer 4 hides.

use super::{
    Code, Review, Risk, risk,
    words::{lower, plural},
};
use crate::{
    action::Sensitivity,
    part::Part,
    permission::Scope,
    sentence::{called, visible},
};

pub(super) fn risks(review: &Review<'_>) -> Vec<Risk> {
    let Review { set, catalog, names, .. } = review;
    let access = &set.data_access;
    let part = |name: &String| Part::DataSet { name: name.clone() };
    let mut found = Vec::new();
    for name in access.read.keys().chain(access.deny.iter().filter(|name| !access.read.contains_key(*name))) {
        if catalog.data_set(name).is_none() {
            let sentence = format!("There is no data set {}.", visible(name));
            found.push(risk(Code::UnknownDataSet, part(name), sentence));
        }
    }
    for (name, scope) in &access.read {
        let label = called(&names.data_sets, name);
        if access.deny.contains(name) {
            let sentence = format!("Listed and denied; it is denied: {label}.");
            found.push(risk(Code::DeniedAnyway, part(name), sentence));
            continue;
        }
        let sensitivity = catalog.data_set(name).map(|set| set.sensitivity);
        if let (Scope::All, Some(private @ (Sensitivity::Personal | Sensitivity::Sensitive))) = (scope, sensitivity) {
            let sentence = format!("May be read of everybody, though it is {}: {label}.", private.words());
            found.push(risk(Code::OpenToAll, part(name), sentence));
        }
    }
    found.extend(hidden_amounts(review));
    found
}

fn hidden_amounts(review: &Review<'_>) -> Vec<Risk> {
    let with_amount = review.allowed.iter().filter_map(|action| Some((action, action.amount_pointer()?)));
    let is_within = |place: &str, whole: &str| place == whole || place.starts_with(&format!("{whole}/"));
    let masks = &review.set.audit_logging.mask;
    let hidden = with_amount.filter(|(_, amount)| masks.iter().any(|m| is_within(amount, m) || is_within(m, amount)));
    hidden
        .map(|(action, _)| {
            let what = lower(&plural(&action.label));
            let sentence = format!("The amount of {what} is masked: who decides cannot see it.");
            risk(Code::HiddenAmount, Part::Mask, sentence)
        })
        .collect()
}
