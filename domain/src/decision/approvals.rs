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
        merge(
            &mut needs,
            Need {
                queue: thresholds.queue.clone(),
                needed: 1,
                within_s: thresholds.within_s,
                otherwise: Otherwise::Reject,
                same_person: true,
                rules: vec![rule.to_owned()],
            },
        );
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
            merge(
                &mut needs,
                Need {
                    queue: rule.queue.clone(),
                    // A rule that asks for nobody asks for one person: it must not let through.
                    needed: rule.needed.max(1),
                    within_s: rule.within_s,
                    otherwise: rule.otherwise.clone(),
                    same_person: rule.same_person,
                    rules: vec![rule.id.clone()],
                },
            );
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

/// All rules that fit must be met; for one queue that is the most people, the earliest deadline, the hardest end, and
/// people who count for no other queue where any rule wants that. Ends that differ end in a rejection.
fn merge(needs: &mut Vec<Need>, new: Need) {
    let Some(need) = needs.iter_mut().find(|need| need.queue == new.queue) else {
        needs.push(new);
        return;
    };
    need.needed = need.needed.max(new.needed);
    need.within_s = need.within_s.min(new.within_s);
    need.same_person &= new.same_person;
    if need.otherwise != new.otherwise {
        need.otherwise = Otherwise::Reject;
    }
    for rule in new.rules {
        if !need.rules.contains(&rule) {
            need.rules.push(rule);
        }
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
