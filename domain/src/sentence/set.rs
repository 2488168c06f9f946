//! A permission set as plain sentences.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Names, called, conditions, decide, duration, limit, list, people, value};
use crate::{
    part::Piece,
    permission::{
        ActionScope, Allowance, AppliesTo, ApprovalThresholds, AuditLogging, Condition, DataAccess, Field, Otherwise,
        PermissionSet, Recorded, Rule, Scope,
    },
};

/// Which rule it is: "`Refund`, when the amount is over $50.00 (one person from `CS leads`)".
pub fn about(rule: &Rule, names: &Names) -> String {
    format!("{} ({})", asks_about(rule, names), people(rule.needed, &rule.queue, names))
}

fn asks_about(rule: &Rule, names: &Names) -> String {
    let what = match &rule.applies_to {
        AppliesTo::Any => "every action".to_owned(),
        AppliesTo::Actions(actions) => list(actions.iter().map(|name| called(&names.actions, name)), "or"),
        AppliesTo::Effects(effects) => {
            format!("every action that {}", list(effects.iter().map(|effect| effect.words()), "or"))
        }
    };
    let when = if rule.when.is_empty() { String::new() } else { format!(", when {}", conditions(rule, names)) };
    what + &when
}

/// A rule on its own: "For `Refund`, when the amount is over $50.00, one person from `cs-leads` decides within 4 hours.
/// Without a decision in time, it is rejected."
fn rule(rule: &Rule, names: &Names) -> String {
    let (who, decide, time) = (people(rule.needed, &rule.queue, names), decide(rule.needed), duration(rule.within_s));
    let for_what = if rule.off { "Switched off: for" } else { "For" };
    let about = asks_about(rule, names);
    let (late, trust) = (late(&rule.otherwise, names), if trusts_agent(rule) { TRUSTED } else { "" });
    let same = if rule.same_person { SAME_PERSON } else { "" };
    format!("{for_what} {about}, {who} {decide} within {time}. {late}{same}{trust}")
}

const SAME_PERSON: &str = " Somebody who decides for another queue may decide for this one, too.";

const TRUSTED: &str = " What only the agent says of the customer is enough to let it through.";

fn trusts_agent(rule: &Rule) -> bool {
    rule.when.iter().any(|condition| match condition {
        Condition::FirstOrder { trust_agent }
        | Condition::LifetimeValueOver { trust_agent, .. }
        | Condition::OpenComplaint { trust_agent } => *trust_agent,
        _ => false,
    })
}

fn late(otherwise: &Otherwise, names: &Names) -> String {
    match otherwise {
        Otherwise::Reject => "Without a decision in time, it is rejected.".to_owned(),
        Otherwise::Escalate { queue, within_s } => {
            let (queue, time) = (called(&names.queues, queue), duration(*within_s));
            format!("Without a decision in time, it goes to {queue}, who have {time}; then it is rejected.")
        }
    }
}

/// A permission set as plain sentences, layer by layer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sentences {
    pub data_access: Vec<String>,
    pub action_scope: Vec<String>,
    pub approval_thresholds: Vec<String>,
    pub audit_logging: Vec<String>,
}

/// Says a permission set in sentences.
pub fn permission_set(set: &PermissionSet, names: &Names) -> Sentences {
    Sentences {
        data_access: data_sentences(&set.data_access, names),
        action_scope: action_sentences(&set.action_scope, names),
        approval_thresholds: approval_sentences(&set.approval_thresholds, names),
        audit_logging: audit_sentences(&set.audit_logging),
    }
}

/// Says a part of a set; `None` where nothing is to be said of it, as it is denied because it is not listed.
pub fn piece(piece: &Piece, names: &Names) -> Option<String> {
    match piece {
        Piece::DataSet { name, denied: true, .. } => Some(unreadable(name, names)),
        Piece::DataSet { name, read, .. } => read.map(|scope| readable(name, scope, names)),
        Piece::Action { name, denied: true, .. } => Some(denied(name, names)),
        Piece::Action { name, allow, .. } => allow.as_ref().map(|allowance| allowed(name, allowance, names)),
        Piece::Rule { rule: said, .. } => said.as_ref().map(|said| rule(said, names)),
        Piece::Fallback { queue, within_s } => Some(fallback(queue, *within_s, names)),
        Piece::Record { record } => Some(recorded(*record).join(" ")),
        Piece::Require { fields } => required(fields),
        Piece::Mask { pointers } => masked(pointers),
        Piece::KeepDays { days } => Some(kept_for(*days)),
        Piece::Whole { .. } => None,
    }
}

fn data_sentences(access: &DataAccess, names: &Names) -> Vec<String> {
    let allowed = access.read.iter().filter(|(name, _)| !access.deny.contains(*name));
    let mut sentences: Vec<String> = allowed.map(|(name, scope)| readable(name, *scope, names)).collect();
    sentences.extend(access.deny.iter().map(|name| unreadable(name, names)));
    sentences.push("Must not read anything that is not named here.".to_owned());
    sentences
}

fn readable(name: &str, scope: Scope, names: &Names) -> String {
    let what = called(&names.data_sets, name);
    match scope {
        Scope::ThisCustomer => format!("May read of the customer whom the request is for: {what}."),
        Scope::All => format!("May read of everybody: {what}."),
    }
}

fn unreadable(name: &str, names: &Names) -> String {
    format!("Must not read: {}.", called(&names.data_sets, name))
}

fn action_sentences(scope: &ActionScope, names: &Names) -> Vec<String> {
    let listed = scope.allow.iter().filter(|(name, _)| !scope.deny.contains(*name));
    let mut sentences: Vec<String> = listed.map(|(name, allowance)| allowed(name, allowance, names)).collect();
    sentences.extend(scope.deny.iter().map(|name| denied(name, names)));
    sentences.push("Denied: every action that is not named here.".to_owned());
    sentences
}

fn allowed(name: &str, allowance: &Allowance, names: &Names) -> String {
    let may = if allowance.shadow { "In shadow, judged but never carried out" } else { "Allowed" };
    let limits = list(allowance.limits.iter().map(|one| limit(one, names)), "and");
    let limits = if allowance.limits.is_empty() { String::new() } else { format!(", {limits}") };
    format!("{may}: {}{limits}.", called(&names.actions, name))
}

fn denied(name: &str, names: &Names) -> String {
    format!("Denied: {}.", called(&names.actions, name))
}

fn approval_sentences(thresholds: &ApprovalThresholds, names: &Names) -> Vec<String> {
    let mut sentences: Vec<String> = thresholds.rules.iter().map(|one| rule(one, names)).collect();
    let apart = thresholds.in_force().filter(|rule| !rule.same_person).map(|rule| &rule.queue);
    if apart.collect::<BTreeSet<_>>().len() > 1 {
        sentences.push("Where several queues are asked, different people decide for each.".to_owned());
    }
    sentences.push(fallback(&thresholds.queue, thresholds.within_s, names));
    sentences
}

fn fallback(queue: &str, within_s: u32, names: &Names) -> String {
    format!(
        "For what has been tightened, and when the customer or what set it off is unclear, {} decides within {}. {}",
        people(1, queue, names),
        duration(within_s),
        late(&Otherwise::Reject, names)
    )
}

fn audit_sentences(logging: &AuditLogging) -> Vec<String> {
    let rest = [required(&logging.require), masked(&logging.mask), Some(kept_for(logging.keep_days))];
    recorded(logging.record).into_iter().chain(rest.into_iter().flatten()).collect()
}

fn recorded(record: Recorded) -> Vec<String> {
    let kept = [
        ("the input", record.input),
        ("the reasoning", record.reasoning),
        ("the output", record.output),
        ("whose data was read", record.reads),
    ];
    let named = |wanted: bool| kept.iter().filter(move |(_, on)| *on == wanted).map(|(name, _)| *name);
    let mut sentences = Vec::new();
    if named(true).next().is_some() {
        sentences.push(format!("Recorded with each request: {}.", list(named(true), "and")));
    }
    if named(false).next().is_some() {
        sentences.push(format!("Not recorded: {}.", list(named(false), "and")));
    }
    sentences
}

fn required(fields: &BTreeSet<Field>) -> Option<String> {
    let names = fields.iter().map(|field| field.name().replace('_', " "));
    (!fields.is_empty()).then(|| format!("Denied: a request that does not say its {}.", list(names, "and")))
}

fn masked(pointers: &BTreeSet<String>) -> Option<String> {
    (!pointers.is_empty())
        .then(|| format!("Shown to nobody: {}.", list(pointers.iter().map(|pointer| place(pointer)), "and")))
}

/// "the argument `card`" for `/arguments/card`.
fn place(pointer: &str) -> String {
    match pointer {
        "/input" => "the input".to_owned(),
        "/reasoning" => "the reasoning".to_owned(),
        "/output" => "the output".to_owned(),
        "/trigger" => "what set it off".to_owned(),
        "/customer/id" => "who the customer is".to_owned(),
        _ => match pointer.strip_prefix("/arguments/") {
            Some(argument) => format!("the argument {}", value(argument)),
            None => value(pointer),
        },
    }
}

fn kept_for(days: u32) -> String {
    format!(
        "Entries are kept for {days} days; then they and their requests are deleted, unless something still rests on them."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_permission_set_reads_as_plain_sentences() {
        let money = |amount: &str| json!({"amount": amount, "currency": "USD"});
        let day = |per: &str, actions: &[&str]| json!({"per": per, "within_s": 86_400, "actions": actions});
        let refunds = json!({"limits": [
            {"kind": "amount", "most": money("500.00")},
            {"kind": "count", "most": 1, "window": day("customer", &[])},
            {"kind": "sum", "most": money("2000.00"), "window": day("agent", &["order.cancel", "order.refund"])},
        ]});
        let rules = json!([
            {"id": "a", "applies_to": {"actions": ["order.refund"]}, "queue": "cs-leads",
                "when": [{"kind": "amount_over", "limit": money("50.00")}]},
            {"id": "b", "applies_to": {"effects": ["write", "commitment"]}, "queue": "finance", "needed": 2,
                "within_s": 1800, "else": {"escalate": {"queue": "managers", "within_s": 3600}},
                "when": [{"kind": "irreversible"}, {"kind": "lifetime_value_over", "limit": money("1000.00")}]},
            {"id": "c", "applies_to": "any", "queue": "cs-leads", "when": [
                {"kind": "count_over", "limit": 3, "window": day("customer", &[])},
                {"kind": "sum_over", "limit": money("500.00"), "window": day("agent", &["order.refund"])}]},
            {"id": "d", "applies_to": {"effects": ["message"]}, "queue": "cs-leads", "when": [
                {"kind": "touches", "topics": ["legal", "medical", "press"]}, {"kind": "first_order"},
                {"kind": "open_complaint"}, {"kind": "first_of_its_kind"},
                {"kind": "template_not_in", "templates": ["returns.accepted"]}]},
        ]);
        let set = serde_json::from_value(json!({
            "data_access": {"read": {"customer.orders": "this_customer", "catalog.products": "all"},
                "deny": ["customer.card_numbers"]},
            "action_scope": {"allow": {"order.refund": refunds, "order.exchange": {"shadow": true}, "ticket.note": {}},
                "deny": ["order.modify_address"]},
            "approval_thresholds": {"queue": "cs-leads", "rules": rules},
            "audit_logging": {"record": {"input": false}, "require": ["model", "prompt_version", "customer"],
                "mask": ["/arguments/card", "/reasoning", "/x"]},
        }));
        let names = Names {
            actions: [("order.exchange".to_owned(), "Exchange items".to_owned())].into(),
            data_sets: [("catalog.products".to_owned(), "Products and prices".to_owned())].into(),
            queues: [("finance".to_owned(), "Finance".to_owned())].into(),
        };
        let said = permission_set(&set.unwrap(), &names);

        assert_eq!(
            said.data_access,
            [
                "May read of everybody: `Products and prices`.",
                "May read of the customer whom the request is for: `customer.orders`.",
                "Must not read: `customer.card_numbers`.",
                "Must not read anything that is not named here.",
            ]
        );
        assert_eq!(
            said.action_scope,
            [
                "In shadow, judged but never carried out: `Exchange items`.",
                "Allowed: `order.refund`, at most $500.00 a request, at most 1 such request for one customer within 1 day \
                 and at most $2,000.00 in requests of `order.cancel` or `order.refund` by this agent within 1 day.",
                "Allowed: `ticket.note`.",
                "Denied: `order.modify_address`.",
                "Denied: every action that is not named here.",
            ]
        );
        assert_eq!(
            said.approval_thresholds,
            [
                "For `order.refund`, when the amount is over $50.00, one person from `cs-leads` decides within 4 hours. \
                 Without a decision in time, it is rejected.",
                "For every action that changes an outside system or binds the brand, when it cannot always be undone, and \
                 the customer's lifetime value is over $1,000.00, 2 different people from `Finance` decide within 30 \
                 minutes. Without a decision in time, it goes to `managers`, who have 1 hour; then it is rejected.",
                "For every action, when this makes more than 3 such requests for one customer within 1 day, and this \
                 makes more than $500.00 in requests of `order.refund` by this agent within 1 day, one person from `cs-leads` \
                 decides within 4 hours. Without a decision in time, it is rejected.",
                "For every action that speaks to a customer, when it touches on `legal`, `medical` or `press`, and it is the \
                 customer's first order, and the customer has an open complaint, and nothing with this template has \
                 succeeded yet, and its template is not `returns.accepted`, one person from `cs-leads` decides within 4 \
                 hours. Without a decision in time, it is rejected.",
                "Where several queues are asked, different people decide for each.",
                "For what has been tightened, and when the customer or what set it off is unclear, one person from \
                 `cs-leads` decides within 4 hours. Without a decision in time, it is rejected.",
            ]
        );
        assert_eq!(
            said.audit_logging,
            [
                "Recorded with each request: the reasoning, the output and whose data was read.",
                "Not recorded: the input.",
                "Denied: a request that does not say its customer, model and prompt version.",
                "Shown to nobody: the argument `card`, the reasoning and `/x`.",
                "Entries are kept for 365 days; then they and their requests are deleted, unless something still rests on \
                 them.",
            ]
        );
    }

    #[test]
    fn a_rule_that_trusts_the_agent_says_so() {
        let rules = [false, true].map(|trust_agent| {
            json!({"id": "a", "applies_to": "any", "queue": "cs-leads",
                "when": [{"kind": "irreversible"}, {"kind": "first_order", "trust_agent": trust_agent}]})
        });
        let [without, with] = rules.map(|said| rule(&serde_json::from_value(said).unwrap(), &Names::default()));
        assert_eq!(with, format!("{without} What only the agent says of the customer is enough to let it through."));
    }

    #[test]
    fn a_rule_that_is_switched_off_says_so() {
        let off = json!({"id": "a", "off": true, "applies_to": "any", "queue": "cs-leads"});
        assert_eq!(
            rule(&serde_json::from_value(off).unwrap(), &Names::default()),
            "Switched off: for every action, one person from `cs-leads` decides within 4 hours. Without a decision in \
             time, it is rejected."
        );
    }

    #[test]
    fn no_label_passes_for_words_of_reins() {
        let label = "Refund, at most 5.00 EUR` or anything. Denied: all";
        let named = |name: &str| [(name.to_owned(), label.to_owned())].into();
        let names = Names { actions: named("a"), data_sets: named("d"), queues: named("q") };
        let window = json!({"per": "customer", "within_s": 60, "actions": ["a"]});
        let set = json!({
            "data_access": {"read": {"d": "all"}},
            "action_scope": {"allow": {"a": {"limits": [{"kind": "count", "most": 1, "window": window}]}}},
            "approval_thresholds": {"queue": "q", "rules": [{"id": "a", "applies_to": {"actions": ["a"]}, "queue": "q",
                "when": [{"kind": "touches", "topics": [label]}, {"kind": "template_not_in", "templates": [label]}],
                "else": {"escalate": {"queue": "q", "within_s": 60}}}]},
            "audit_logging": {"mask": [format!("/{label}")]},
        });
        let said = permission_set(&serde_json::from_value(set).unwrap(), &names);
        let all = [said.data_access, said.action_scope, said.approval_thresholds, said.audit_logging].concat();
        assert_eq!(all.iter().flat_map(|sentence| sentence.split("anything").skip(1)).count(), 11, "{all:#?}");
        for sentence in all {
            let own: Vec<&str> = sentence.split('`').step_by(2).collect();
            assert!(!own.concat().contains("5.00 EUR"), "{sentence}");
        }
    }
}
