//! A permission set in parts: what two people can change at once, and what a page puts a remark beside.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    decision::Layer,
    json,
    permission::{Allowance, Field, PermissionSet, Recorded, Rule, Scope},
};

/// Names a part of a permission set.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "snake_case", deny_unknown_fields)]
pub enum Part {
    DataSet {
        name: String,
    },
    /// An action's standing, with its hard limits.
    Action {
        name: String,
    },
    /// A rule, wherever it stands among the others.
    Rule {
        id: String,
    },
    /// Who decides where no rule names a queue.
    Fallback,
    Record,
    Require,
    Mask,
    KeepDays,
    Whole,
}

/// A part with what stands in it. Where a name is not listed, it says so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "snake_case", deny_unknown_fields)]
pub enum Piece {
    DataSet { name: String, read: Option<Scope>, denied: bool },
    Action { name: String, allow: Option<Allowance>, denied: bool },
    Rule { id: String, rule: Option<Box<Rule>> },
    Fallback { queue: String, within_s: u32 },
    Record { record: Recorded },
    Require { fields: BTreeSet<Field> },
    Mask { pointers: BTreeSet<String> },
    KeepDays { days: u32 },
    Whole { permissions: Box<PermissionSet> },
}

/// What somebody saw of a part: a short digest of its piece.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seen(String);

impl Part {
    /// `None`: all of them.
    pub fn layer(&self) -> Option<Layer> {
        match self {
            Self::DataSet { .. } => Some(Layer::DataAccess),
            Self::Action { .. } => Some(Layer::ActionScope),
            Self::Rule { .. } | Self::Fallback => Some(Layer::ApprovalThresholds),
            Self::Record | Self::Require | Self::Mask | Self::KeepDays => Some(Layer::AuditLogging),
            Self::Whole => None,
        }
    }
}

impl Piece {
    pub fn part(&self) -> Part {
        match self {
            Self::DataSet { name, .. } => Part::DataSet { name: name.clone() },
            Self::Action { name, .. } => Part::Action { name: name.clone() },
            Self::Rule { id, .. } => Part::Rule { id: id.clone() },
            Self::Fallback { .. } => Part::Fallback,
            Self::Record { .. } => Part::Record,
            Self::Require { .. } => Part::Require,
            Self::Mask { .. } => Part::Mask,
            Self::KeepDays { .. } => Part::KeepDays,
            Self::Whole { .. } => Part::Whole,
        }
    }

    /// 64 bits of SHA-256: enough to notice a change, and short enough for a form.
    pub fn seen(&self) -> Seen {
        Seen(json::digest(self).map(|digest| json::hex(&digest[..8])).unwrap_or_default())
    }

    /// Whether this is what was seen; what could not be digested is not.
    pub fn is_as(&self, seen: &Seen) -> bool {
        !seen.0.is_empty() && self.seen() == *seen
    }
}

impl PermissionSet {
    /// What stands in a part.
    pub fn piece(&self, part: &Part) -> Piece {
        let Self { data_access, action_scope, approval_thresholds, audit_logging } = self;
        match part {
            Part::DataSet { name } => Piece::DataSet {
                name: name.clone(),
                read: data_access.read.get(name).copied(),
                denied: data_access.deny.contains(name),
            },
            Part::Action { name } => Piece::Action {
                name: name.clone(),
                allow: action_scope.allow.get(name).cloned(),
                denied: action_scope.deny.contains(name),
            },
            Part::Rule { id } => {
                let rule = approval_thresholds.rules.iter().find(|rule| rule.id == *id);
                Piece::Rule { id: id.clone(), rule: rule.cloned().map(Box::new) }
            }
            Part::Fallback => {
                Piece::Fallback { queue: approval_thresholds.queue.clone(), within_s: approval_thresholds.within_s }
            }
            Part::Record => Piece::Record { record: audit_logging.record },
            Part::Require => Piece::Require { fields: audit_logging.require.clone() },
            Part::Mask => Piece::Mask { pointers: audit_logging.mask.clone() },
            Part::KeepDays => Piece::KeepDays { days: audit_logging.keep_days },
            Part::Whole => Piece::Whole { permissions: Box::new(self.clone()) },
        }
    }

    /// Puts a piece in the place of what stands there; a new rule comes last.
    pub fn put(&mut self, piece: Piece) {
        match piece {
            Piece::DataSet { name, read, denied } => {
                set_or_remove(&mut self.data_access.read, &name, read);
                list_or_not(&mut self.data_access.deny, name, denied);
            }
            Piece::Action { name, allow, denied } => {
                set_or_remove(&mut self.action_scope.allow, &name, allow);
                list_or_not(&mut self.action_scope.deny, name, denied);
            }
            Piece::Rule { id, rule } => {
                let rules = &mut self.approval_thresholds.rules;
                let at = rules.iter().position(|rule| rule.id == id);
                match (at, rule.map(|rule| Rule { id, ..*rule })) {
                    (Some(at), Some(rule)) => rules[at] = rule,
                    (None, Some(rule)) => rules.push(rule),
                    (Some(at), None) => drop(rules.remove(at)),
                    (None, None) => {}
                }
            }
            Piece::Fallback { queue, within_s } => {
                self.approval_thresholds.queue = queue;
                self.approval_thresholds.within_s = within_s;
            }
            Piece::Record { record } => self.audit_logging.record = record,
            Piece::Require { fields } => self.audit_logging.require = fields,
            Piece::Mask { pointers } => self.audit_logging.mask = pointers,
            Piece::KeepDays { days } => self.audit_logging.keep_days = days,
            Piece::Whole { permissions } => *self = *permissions,
        }
    }

    /// Every part in which something stands, layer by layer; the rules in their order.
    pub fn parts(&self) -> Vec<Part> {
        let data_sets: BTreeSet<&String> = self.data_access.read.keys().chain(&self.data_access.deny).collect();
        let actions: BTreeSet<&String> = self.action_scope.allow.keys().chain(&self.action_scope.deny).collect();
        let rules = self.approval_thresholds.rules.iter();
        let data_sets = data_sets.into_iter().map(|name| Part::DataSet { name: name.clone() });
        let actions = actions.into_iter().map(|name| Part::Action { name: name.clone() });
        let rules = rules.map(|rule| Part::Rule { id: rule.id.clone() });
        let fixed = [Part::Fallback, Part::Record, Part::Require, Part::Mask, Part::KeepDays];
        data_sets.chain(actions).chain(rules).chain(fixed).collect()
    }
}

fn set_or_remove<T>(map: &mut std::collections::BTreeMap<String, T>, name: &str, value: Option<T>) {
    match value {
        Some(value) => drop(map.insert(name.to_owned(), value)),
        None => drop(map.remove(name)),
    }
}

fn list_or_not(names: &mut BTreeSet<String>, name: String, listed: bool) {
    match listed {
        true => names.insert(name),
        false => names.remove(&name),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn set() -> PermissionSet {
        serde_json::from_value(json!({
            "data_access": {"read": {"orders": "this_customer"}, "deny": ["cards"]},
            "action_scope": {"allow": {"order.refund": {}}, "deny": ["order.delete"]},
            "approval_thresholds": {"queue": "leads", "rules": [
                {"id": "a", "applies_to": "any", "queue": "leads"}, {"id": "b", "applies_to": "any", "queue": "legal"},
            ]},
            "audit_logging": {},
        }))
        .unwrap()
    }

    #[test]
    fn the_parts_of_a_set_are_all_of_it() {
        let mut other: PermissionSet = serde_json::from_value(json!({
            "data_access": {}, "action_scope": {}, "approval_thresholds": {"queue": "x", "within_s": 1},
            "audit_logging": {"record": {"input": false}, "require": ["model"], "mask": ["/a"], "keep_days": 200},
        }))
        .unwrap();
        set().parts().iter().for_each(|part| other.put(set().piece(part)));
        assert_eq!(other, set());
    }

    #[test]
    fn a_change_of_one_part_is_seen_in_that_part_alone() {
        let mut changed = set();
        changed.approval_thresholds.rules[1].needed = 2;
        let differs = |part: &&Part| set().piece(part).seen() != changed.piece(part).seen();
        assert_eq!(set().parts().iter().filter(differs).collect::<Vec<_>>(), [&Part::Rule { id: "b".to_owned() }]);
    }

    #[test]
    fn what_is_not_there_differs_from_what_is() {
        let gone = set().piece(&Part::Rule { id: "c".to_owned() });
        assert_eq!(gone, Piece::Rule { id: "c".to_owned(), rule: None });
        assert!(gone.is_as(&gone.seen()) && !gone.is_as(&Seen(String::new())));
    }

    #[test]
    fn a_piece_is_read_back_as_it_was_written() {
        for part in set().parts().iter().chain([&Part::Whole]) {
            let piece = set().piece(part);
            assert_eq!(piece.part(), *part);
            assert_eq!(serde_json::from_value::<Piece>(serde_json::to_value(&piece).unwrap()).unwrap(), piece);
        }
    }
}
