//! What a changed action type means for permissions in force. They stay as they were published, and yet mean something
//! else: whoever changes the type has to accept that.

use super::{
    Risk, Severity, risks,
    words::{lower, plural},
};
use crate::{
    action::{ActionType, Reversibility},
    catalog::Catalog,
    part::Part,
    permission::{AppliesTo, Condition, PermissionSet, Rule},
    schema::{Schema, escape},
    sentence::{called, list, visible},
};

/// What has to be accepted, in sentences that name the agent. `catalog` is as it was before; what the permissions do not
/// allow means nothing to them.
pub fn of_action_change(agent: &str, set: &PermissionSet, catalog: &Catalog, after: &ActionType) -> Vec<String> {
    let (scope, agent) = (&set.action_scope, visible(agent));
    if !scope.allow.contains_key(&after.name) || scope.deny.contains(&after.name) {
        return Vec::new();
    }
    let all = lower(&plural(&after.label));
    let Some(before) = catalog.action(&after.name) else {
        return vec![format!("{agent}’s permissions name it already: {all} are allowed from now on.")];
    };
    let change = Change { agent, set, catalog, before, after, all };
    let mut found: Vec<String> = [
        change.amount(),
        change.effect(),
        change.for_customer(),
        change.data_sets(),
        change.undoing(),
        change.integration(),
        change.masks(),
    ]
    .into_iter()
    .flatten()
    .collect();
    for sentence in change.new_risks() {
        if !found.contains(&sentence) {
            found.push(sentence);
        }
    }
    found
}

struct Change<'a> {
    agent: String,
    set: &'a PermissionSet,
    catalog: &'a Catalog,
    before: &'a ActionType,
    after: &'a ActionType,
    /// "refunds".
    all: String,
}

impl Change<'_> {
    fn amount(&self) -> Option<String> {
        let Self { agent, all, .. } = self;
        let about = format!("{agent}’s rules and limits about money look at");
        Some(match (&self.before.amount, &self.after.amount) {
            (Some(_), None) => format!("{about} nothing any more: {all} would have no amount."),
            (None, Some(name)) => format!("{about} “{}” of {all} from now on.", visible(name)),
            (Some(old), Some(new)) if old != new => {
                format!("{about} “{}” of {all} instead of “{}”.", visible(new), visible(old))
            }
            (Some(name), Some(_)) if requires(self.before, name) && !requires(self.after, name) => {
                format!("{about} nothing where {all} leave out “{}”, which they may from now on.", visible(name))
            }
            _ => return None,
        })
    }

    fn effect(&self) -> Option<String> {
        let Self { agent, all, .. } = self;
        let (old, new) = (self.before.effect, self.after.effect);
        if old == new {
            return None;
        }
        let falls_silent = self.rules().any(|rule| match &rule.applies_to {
            AppliesTo::Effects(effects) => effects.contains(&old) && !effects.contains(&new),
            AppliesTo::Any | AppliesTo::Actions(_) => false,
        });
        Some(match falls_silent {
            true => format!("{agent}’s rules for whatever {} no longer ask about {all}.", old.words()),
            false => format!("{agent}: {all} count as what {}, no longer as what {}.", new.words(), old.words()),
        })
    }

    fn for_customer(&self) -> Option<String> {
        let Self { agent, all, .. } = self;
        match (self.before.for_customer, self.after.for_customer) {
            (true, false) => Some(format!("{agent}: {all} no longer need a customer, nor what set them off.")),
            (false, true) => Some(format!("{agent}: {all} need a customer from now on, and what set them off.")),
            _ => None,
        }
    }

    fn data_sets(&self) -> Option<String> {
        let Self { agent, all, .. } = self;
        let (old, new) = (&self.before.data_sets, &self.after.data_sets);
        let names = self.catalog.names();
        let only = |these: &[String], others: &[String]| {
            let mut labels: Vec<String> = Vec::new();
            for name in these.iter().filter(|name| !others.contains(name)) {
                labels.push(called(&names.data_sets, name));
            }
            (!labels.is_empty()).then(|| list(&labels, "and"))
        };
        match (only(new, old), only(old, new)) {
            (None, None) => None,
            (Some(more), None) => Some(format!("{agent}: {all} rest on more: {more}.")),
            (None, Some(less)) => Some(format!("{agent}: {all} no longer rest on what was checked: {less}.")),
            (Some(more), Some(less)) => Some(format!("{agent}: {all} rest on {more}, no longer on {less}.")),
        }
    }

    /// How and until when are words for people; rules ask whether.
    fn undoing(&self) -> Option<String> {
        let Self { agent, all, .. } = self;
        if std::mem::discriminant(&self.before.reversibility) == std::mem::discriminant(&self.after.reversibility) {
            return None;
        }
        let asks = |rule: &Rule| rule.when.contains(&Condition::Irreversible);
        Some(match self.after.reversibility {
            Reversibility::Reversible { .. } if self.rules().any(asks) => {
                format!("{agent}’s rules for what cannot be undone no longer ask about {all}.")
            }
            Reversibility::Reversible { .. } => format!("{agent}: {all} count as what can always be undone."),
            Reversibility::Until { .. } => format!("{agent}: {all} count as what can be undone for a while."),
            Reversibility::Irreversible => format!("{agent}: {all} count as what cannot be undone."),
        })
    }

    fn integration(&self) -> Option<String> {
        let Self { agent, all, .. } = self;
        let name = |slug: &String| {
            let known = self.catalog.integrations.iter().find(|known| known.slug == *slug);
            visible(known.map_or(slug, |known| &known.name))
        };
        let (old, new) = (self.before.integration.as_ref(), self.after.integration.as_ref());
        match (old, new) {
            _ if old == new => None,
            (Some(old), None) => Some(format!("{agent}: the circuit breaker of {} no longer pauses {all}.", name(old))),
            (None, Some(new)) => Some(format!("{agent}: the circuit breaker of {} pauses {all}, too.", name(new))),
            (Some(old), Some(new)) => Some(format!(
                "{agent}: the circuit breaker of {} pauses {all}, that of {} no longer does.",
                name(new),
                name(old)
            )),
            (None, None) => None,
        }
    }

    /// A mask hides what is called so, whatever it is.
    fn masks(&self) -> Option<String> {
        let Self { agent, all, .. } = self;
        let masked = |name: &&String| {
            let whole = format!("/arguments/{}", escape(name));
            let within = format!("{whole}/");
            self.set.audit_logging.mask.iter().any(|mask| *mask == whole || mask.starts_with(&within))
        };
        let (before, after) = (arguments(self.before), arguments(self.after));
        let gone: Vec<String> = before
            .filter(|name| !after.clone().any(|known| known == *name))
            .filter(masked)
            .map(|s| visible(s))
            .collect();
        (!gone.is_empty()).then(|| {
            let gone = list(&gone, "and");
            format!("{agent}’s masks hide {gone}, which {all} no longer have: what takes its place is shown.")
        })
    }

    /// What is wrong or risky with the new type and was not with the old one, whatever both are called.
    fn new_risks(&self) -> Vec<String> {
        let old = ActionType { label: self.after.label.clone(), ..self.before.clone() };
        let before = risks(self.set, &self.with(&old));
        let is_new = |risk: &Risk| {
            risk.severity != Severity::Note
                && !before.iter().any(|known| known.part == risk.part && known.sentence == risk.sentence)
        };
        let after = risks(self.set, &self.with(self.after)).into_iter().filter(is_new);
        let told = after.map(|risk| match &risk.part {
            Part::Rule { id } => format!("{}, rule {}: {}", self.agent, visible(id), risk.sentence),
            _ => format!("{}: {}", self.agent, risk.sentence),
        });
        told.collect()
    }

    fn with(&self, action: &ActionType) -> Catalog {
        let mut catalog = self.catalog.clone();
        catalog.actions.iter_mut().filter(|known| known.name == action.name).for_each(|known| *known = action.clone());
        catalog
    }

    /// The rules in force that were about it.
    fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.set.approval_thresholds.in_force().filter(|rule| rule.applies_to.covers(self.before))
    }
}

fn requires(action: &ActionType, name: &String) -> bool {
    matches!(&action.arguments, Schema::Object { required, .. } if required.contains(name))
}

fn arguments(action: &ActionType) -> impl Iterator<Item = &String> + Clone {
    let properties = match &action.arguments {
        Schema::Object { properties, .. } => Some(properties),
        _ => None,
    };
    properties.into_iter().flat_map(|properties| properties.keys())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn action() -> Value {
        json!({
            "name": "order.refund", "label": "Refund", "sentence": "Refund", "effect": "write",
            "reversibility": {"kind": "irreversible"}, "integration": "shop", "data_sets": ["orders"],
            "amount": "total", "arguments": {"type": "object", "required": ["total"], "properties": {
                "total": {"type": "money"}, "fee": {"type": "money"}, "card": {"type": "string"}}},
        })
    }

    fn catalog() -> Catalog {
        serde_json::from_value(json!({
            "actions": [action()],
            "data_sets": [{"name": "orders", "label": "Orders", "sensitivity": "personal"},
                {"name": "notes", "label": "Notes", "sensitivity": "internal"}],
            "queues": [{"slug": "leads", "name": "Leads", "able": 3}],
            "integrations": [{"slug": "shop", "name": "Shop"}, {"slug": "bank", "name": "Bank"}],
            "word_lists": {},
        }))
        .unwrap()
    }

    /// Rules for whatever changes an outside system, for what cannot be undone, and for much money.
    fn set(scope: Value) -> PermissionSet {
        let much = json!({"kind": "amount_over", "limit": {"amount": "50.00", "currency": "USD"}});
        serde_json::from_value(json!({
            "data_access": {"read": {"orders": "this_customer", "notes": "all"}},
            "action_scope": scope,
            "approval_thresholds": {"queue": "leads", "rules": [
                {"id": "writes", "applies_to": {"effects": ["write"]}, "queue": "leads", "needed": 2},
                {"id": "for-good", "applies_to": "any", "when": [{"kind": "irreversible"}], "queue": "leads",
                    "needed": 3, "within_s": 60},
                {"id": "much", "applies_to": {"actions": ["order.refund"]}, "when": [much], "queue": "leads",
                    "needed": 3, "within_s": 30},
            ]},
            "audit_logging": {"mask": ["/arguments/card"]},
        }))
        .unwrap()
    }

    fn allowed() -> Value {
        json!({"allow": {"order.refund": {"limits": [
            {"kind": "amount", "most": {"amount": "500.00", "currency": "USD"}}]}}})
    }

    fn said(scope: Value, changes: &[(&str, Value)]) -> Vec<String> {
        let mut after = action();
        for (pointer, value) in changes {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            after.pointer_mut(parent).unwrap()[name] = value.clone();
        }
        let after: ActionType = serde_json::from_value(after).unwrap();
        of_action_change("Support", &set(scope), &catalog(), &after)
    }

    #[test]
    fn each_change_of_meaning_is_said_with_its_agent() {
        for (changes, sentence) in [
            (vec![("/amount", Value::Null)], "money look at nothing any more: refunds would have no amount."),
            (vec![("/amount", json!("fee"))], "money look at “fee” of refunds instead of “total”."),
            (vec![("/arguments/required", json!([]))], "money look at nothing where refunds leave out “total”, which"),
            (
                vec![("/effect", json!("internal"))],
                "rules for whatever changes an outside system no longer ask about refunds.",
            ),
            (vec![("/for_customer", json!(false))], "refunds no longer need a customer, nor what set them off."),
            (vec![("/data_sets", json!([]))], "refunds no longer rest on what was checked: Orders."),
            (vec![("/data_sets", json!(["orders", "notes"]))], "refunds rest on more: Notes."),
            (
                vec![("/reversibility", json!({"kind": "reversible", "how": "so"}))],
                "rules for what cannot be undone no longer ask about refunds.",
            ),
            (
                vec![("/reversibility", json!({"kind": "until", "moment": "then", "how": "so"}))],
                "refunds count as what can be undone for a while.",
            ),
            (vec![("/integration", Value::Null)], "the circuit breaker of Shop no longer pauses refunds."),
            (
                vec![("/integration", json!("bank"))],
                "the circuit breaker of Bank pauses refunds, that of Shop no longer does.",
            ),
            (
                vec![("/arguments/properties", json!({"total": {"type": "money"}, "iban": {"type": "string"}}))],
                "masks hide card, which refunds no longer have: what takes its place is shown.",
            ),
        ] {
            let said = said(allowed(), &changes);
            assert!(said.iter().any(|said| said.starts_with("Support") && said.contains(sentence)), "{said:?}");
        }
    }

    #[test]
    fn what_is_newly_risky_is_said_and_no_old_risk() {
        let none = said(allowed(), &[("/amount", Value::Null)]);
        assert!(
            none.contains(&"Support, rule much: This rule never asks: refunds have no amount.".to_owned()),
            "{none:?}"
        );
        assert!(none.contains(&"Support: Refunds have no amount, so this limit never holds.".to_owned()), "{none:?}");
        // Without a limit, refunds have no upper limit under any name.
        assert_eq!(said(json!({"allow": {"order.refund": {}}}), &[("/label", json!("Payback"))]), [""; 0]);
    }

    #[test]
    fn words_for_people_and_what_is_not_allowed_mean_nothing() {
        let words = [("/label", json!("Payback")), ("/sentence", json!("Pay back {total}"))];
        assert_eq!(said(allowed(), &words), [""; 0]);
        let amount = [("/amount", Value::Null)];
        assert_eq!(said(json!({"allow": {}}), &amount), [""; 0]);
        assert_eq!(said(json!({"allow": {"order.refund": {}}, "deny": ["order.refund"]}), &amount), [""; 0]);
    }

    #[test]
    fn a_new_type_that_is_allowed_already_is_said_to_be() {
        let mut catalog = catalog();
        catalog.actions.clear();
        let after = serde_json::from_value(action()).unwrap();
        let said = of_action_change("Support", &set(allowed()), &catalog, &after);
        assert_eq!(said, ["Support’s permissions name it already: refunds are allowed from now on."]);
    }
}
