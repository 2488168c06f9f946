//! Layers 1 to 3 as Cedar policies (<https://www.cedarpolicy.com>), for who checks them with other tools.
//!
//! Each request is judged twice: with `context.approved` it is denied where Reins denies it, and without it is denied where
//! Reins denies or asks. The policies that deny then carry the queue, the people and the time in their annotations.
//! Cedar cannot count what came before, so windows are left out, and listed.

use serde::{Deserialize, Serialize};

use crate::{
    action::ActionType,
    catalog::Catalog,
    part::Piece,
    permission::{AppliesTo, Limit, PermissionSet, Rule, Scope},
    sentence::{self, Names},
};

mod conditions;
mod context;

pub use context::context;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cedar {
    pub policies: String,
    pub schema: String,
    /// What the policies do not say, in sentences.
    pub left_out: Vec<String>,
}

/// Exports the set of the agent with this slug.
pub fn export(set: &PermissionSet, catalog: &Catalog, agent: &str) -> Cedar {
    let mut export = Export { set, catalog, names: catalog.names(), agent, policies: String::new(), left_out: vec![] };
    export.every_request();
    export.actions();
    export.rules();
    Cedar { policies: export.policies, schema: schema(catalog), left_out: export.left_out }
}

struct Export<'a> {
    set: &'a PermissionSet,
    catalog: &'a Catalog,
    names: Names,
    agent: &'a str,
    policies: String,
    left_out: Vec<String>,
}

impl Export<'_> {
    /// What holds of every request: its arguments fit, and it reads what it may.
    fn every_request(&mut self) {
        self.policy(
            "// The arguments fit the action.",
            &[("id", "arguments")],
            "forbid",
            None,
            &["context.fits".to_owned()],
        );
        let access = &self.set.data_access;
        let readable = |scopes: &[Scope]| {
            let sets =
                access.read.iter().filter(|(name, scope)| scopes.contains(scope) && !access.deny.contains(*name));
            sets.map(|(name, _)| quoted(name)).collect::<Vec<_>>()
        };
        for (attribute, id, scopes) in [
            ("reads_of_customer", "reads", &[Scope::ThisCustomer, Scope::All][..]),
            ("reads_of_others", "reads-of-others", &[Scope::All][..]),
        ] {
            // An empty set has no type in Cedar.
            let within = match readable(scopes).as_slice() {
                [] => format!("context.{attribute}.isEmpty()"),
                sets => format!("[{}].containsAll(context.{attribute})", sets.join(", ")),
            };
            self.policy("// Layer 1.", &[("id", id)], "forbid", None, &[within]);
        }
    }

    fn actions(&mut self) {
        let scope = &self.set.action_scope;
        for (name, allowance) in &scope.allow {
            if scope.deny.contains(name) || self.catalog.action(name).is_none() {
                continue;
            }
            let said = format!("// Layer 2: {}.", self.names.actions.get(name).unwrap_or(name));
            let shadow = if allowance.shadow { "true" } else { "false" };
            self.policy(&comment(&said), &[("id", name), ("shadow", shadow)], "permit", Some(&[name]), &[]);
            for limit in &allowance.limits {
                match limit {
                    Limit::Amount { most } => {
                        let others = allowance.limits.iter().filter_map(|other| match other {
                            Limit::Amount { most: other } if other.currency != most.currency => Some(other.currency),
                            _ => None,
                        });
                        let within = conditions::amount_within_or_in(*most, &others.collect());
                        self.policy("", &[("id", &format!("{name} limit"))], "forbid", Some(&[name]), &[within]);
                    }
                    Limit::Count { .. } | Limit::Sum { .. } => {
                        let said = sentence::limit(limit, &self.names);
                        self.left_out.push(format!("A limit of {}: {said}.", sentence::value(name)));
                    }
                }
            }
        }
        for name in scope.deny.iter().filter(|name| self.catalog.action(name).is_some()) {
            let id = format!("{name} denied");
            self.policy("", &[("id", &id)], "forbid", Some(&[name]), &[]);
        }
    }

    fn rules(&mut self) {
        let thresholds = &self.set.approval_thresholds;
        let for_customers = self.catalog.actions.iter().filter(|a| a.for_customer && a.effect.needs_outcome());
        let names: Vec<&String> = for_customers.map(|action| &action.name).collect();
        let clear = "context has customer && context has trigger && !context.other_customer";
        let (queue, within) = (thresholds.queue.as_str(), thresholds.within_s.to_string());
        let annotations = [("id", "second-customer"), ("queue", queue), ("needed", "1"), ("within", &within)];
        let clear = ["context.approved".to_owned(), clear.to_owned()];
        if !names.is_empty() {
            self.policy("// Layer 3: who is asked.", &annotations, "forbid", Some(names.as_slice()), &clear);
        }
        for rule in thresholds.in_force() {
            self.rule(rule);
        }
    }

    fn rule(&mut self, rule: &Rule) {
        let (needed, within) = (rule.needed.max(1).to_string(), rule.within_s.to_string());
        let same = rule.same_person.to_string();
        let annotations = [
            ("id", rule.id.as_str()),
            ("queue", &rule.queue),
            ("needed", &needed),
            ("within", &within),
            // Whether somebody who decides for another queue may decide for this one, too.
            ("same_person", &same),
        ];
        let mut unless = vec!["context.approved".to_owned()];
        for condition in &rule.when {
            match conditions::clause(condition) {
                conditions::Clause::Always | conditions::Clause::OfTheAction => {}
                conditions::Clause::Unless(clause) => unless.push(clause),
                conditions::Clause::Counts => {
                    // Without its count the rule would ask for more than it does: it is left out whole.
                    let piece = Piece::Rule { id: rule.id.clone(), rule: Some(Box::new(rule.clone())) };
                    self.left_out.extend(sentence::piece(&piece, &self.names));
                    return;
                }
            }
        }
        let covered = |action: &&ActionType| {
            rule.applies_to.covers(action) && rule.when.iter().all(|condition| conditions::can_hold(condition, action))
        };
        let names: Vec<&String> = self.catalog.actions.iter().filter(covered).map(|action| &action.name).collect();
        let all = rule.applies_to == AppliesTo::Any && names.len() == self.catalog.actions.len();
        if !names.is_empty() {
            self.policy("", &annotations, "forbid", (!all).then_some(names.as_slice()), &unless);
        }
    }

    fn policy(
        &mut self,
        comment: &str,
        annotations: &[(&str, &str)],
        effect: &str,
        actions: Option<&[&String]>,
        unless: &[String],
    ) {
        let mut text = String::new();
        if !comment.is_empty() {
            text.push_str(&format!("{comment}\n"));
        }
        for (name, value) in annotations {
            text.push_str(&format!("@{name}({})\n", quoted(value)));
        }
        let entity = |name: &&String| format!("Action::{}", quoted(name));
        let action = match actions {
            None => "action".to_owned(),
            Some([one]) => format!("action == {}", entity(one)),
            Some(several) => format!("action in [{}]", several.iter().map(entity).collect::<Vec<_>>().join(", ")),
        };
        let agent = quoted(self.agent);
        text.push_str(&format!("{effect} (principal == Agent::{agent}, {action}, resource)"));
        for clause in unless {
            text.push_str(&format!("\nunless {{ {clause} }}"));
        }
        self.policies.push_str(&format!("{text};\n\n"));
    }
}

fn schema(catalog: &Catalog) -> String {
    let names: Vec<String> = catalog.actions.iter().map(|action| quoted(&action.name)).collect();
    let actions = match names.is_empty() {
        true => String::new(),
        false => format!(
            "\naction {} appliesTo {{ principal: [Agent], resource: [Shop], context: Asked }};\n",
            names.join(", ")
        ),
    };
    format!("{TYPES}{actions}")
}

const TYPES: &str = r#"// An agent asks, and the shop is what it acts on.
entity Agent;
entity Shop;

type Money = { minor: Long, currency: String };

// What somebody knows of a customer.
type Known = { first_order?: Bool, lifetime_value?: Money, open_complaint?: Bool };

type Asked = {
    // Whether the people who have to decide have said yes.
    approved: Bool,
    // Whether the arguments fit the action's schema, and its amount is one that it can move.
    fits: Bool,
    amount?: Money,
    // Whether it is known what it moves: the amount, or nothing where there is none.
    amount_known: Bool,
    // Data sets that are read of the request's own customer, and of others.
    reads_of_customer: Set<String>,
    reads_of_others: Set<String>,
    customer?: String,
    trigger?: String,
    // Whether another customer was served under the same trigger.
    other_customer: Bool,
    said_by_agent: Known,
    known_to_brand: Known,
    // Whether a customer is named whom the brand knows.
    customer_known: Bool,
    template?: String,
    // Whether a request with this action and template has succeeded.
    kind_has_succeeded: Bool,
    // Topics that were declared or found, and whether these are all.
    topics: Set<String>,
    topics_complete: Bool,
};
"#;

/// A comment in one line.
fn comment(text: &str) -> String {
    sentence::visible(text).replace(['\n', '\r'], " ")
}

/// A text as Cedar writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests;
