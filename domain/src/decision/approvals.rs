//! Who is asked: the rules of layer 3 that fit, tightenings, and a second customer under one trigger.

use super::{
    Layer, Need, Prepared, Reason, Said,
    conditions::{Question, pointer_of},
    reason,
};
use crate::{
    action::ActionType,
    facts::Facts,
    permission::{AppliesTo, Field, Otherwise, Rule},
    request::Ask,
    sentence,
};

/// What people have to decide; adds why.
pub(super) fn approvals(question: &Question<'_>, set: &Prepared, reasons: &mut Vec<Reason>) -> Vec<Need> {
    let Question { ask, action, world, .. } = question;
    let thresholds = &set.approval_thresholds;
    let mut needs = Vec::new();
    let mut fallback = |rule: &str, layer: Layer, text: String, pointer: Option<&str>| {
        reasons.push(Reason { pointer: pointer.map(str::to_owned), ..reason(layer, rule, text) });
        merge(&mut needs, &thresholds.queue, 1, thresholds.within_s, &Otherwise::Reject, rule);
    };

    for tightening in world.tightenings.iter().filter(|t| t.covers(&ask.action, world.now)) {
        fallback("tightening", Layer::Tightening, format!("Tightened: {}", sentence::value(&tightening.reason)), None);
    }
    if let Some((text, pointer)) = second_customer(ask, action, world.facts) {
        fallback("second-customer", Layer::ApprovalThresholds, text.to_owned(), Some(pointer));
    }
    for Said { what: rule, words } in set.rules_for(action) {
        if let Some(fit) = fits(rule, question) {
            let text = sentence::asked_by(action, words, fit.unknown);
            reasons.push(Reason { pointer: fit.pointer, ..reason(Layer::ApprovalThresholds, &rule.id, text) });
            merge(&mut needs, &rule.queue, rule.needed, rule.within_s, &rule.otherwise, &rule.id);
        }
    }
    needs
}

/// An agent that serves two customers on one occasion may have mixed them up.
fn second_customer(ask: &Ask, action: &ActionType, facts: &Facts) -> Option<(&'static str, &'static str)> {
    if !action.for_customer || !action.effect.needs_outcome() {
        return None;
    }
    match &ask.customer {
        None => Some(("The customer is not known.", "/customer")),
        _ if !ask.carries(Field::Trigger) => Some(("What triggered it is not known.", "/trigger")),
        _ if facts.other_customer_under_trigger => {
            Some(("Another customer was served under the same trigger.", "/trigger"))
        }
        _ => None,
    }
}

/// All rules that fit must be met; for one queue that is the most people, the earliest deadline, the hardest end.
///
/// Ends that differ end in a rejection. A rule that asks for nobody asks for one person: it must not let through.
fn merge(needs: &mut Vec<Need>, queue: &str, needed: u32, within_s: u32, otherwise: &Otherwise, rule: &str) {
    let needed = needed.max(1);
    let Some(need) = needs.iter_mut().find(|need| need.queue == queue) else {
        needs.push(Need {
            queue: queue.to_owned(),
            needed,
            within_s,
            otherwise: otherwise.clone(),
            same_person: true,
            rules: vec![rule.to_owned()],
        });
        return;
    };
    need.needed = need.needed.max(needed);
    need.within_s = need.within_s.min(within_s);
    if need.otherwise != *otherwise {
        need.otherwise = Otherwise::Reject;
    }
    if !need.rules.iter().any(|known| known == rule) {
        need.rules.push(rule.to_owned());
    }
}

impl AppliesTo {
    pub fn covers(&self, action: &ActionType) -> bool {
        match self {
            Self::Any => true,
            Self::Actions(names) => names.contains(&action.name),
            Self::Effects(effects) => effects.contains(&action.effect),
        }
    }
}

/// How a rule fits: where in the request, and what is missing where it rests on something unknown.
struct Fit {
    pointer: Option<String>,
    unknown: Option<&'static str>,
}

fn fits(rule: &Rule, question: &Question<'_>) -> Option<Fit> {
    let mut fit = Fit { pointer: None, unknown: None };
    for condition in &rule.when {
        match question.holds(condition) {
            Some(false) => return None,
            Some(true) => {}
            None => {
                let missing = question.missing(condition);
                fit.unknown = fit.unknown.filter(|known| !known.is_empty()).or(Some(missing));
            }
        }
        fit.pointer = fit.pointer.or_else(|| pointer_of(condition, question.action));
    }
    Some(fit)
}
