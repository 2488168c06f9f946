//! The small changes that a form makes to a draft.
//!
//! Two people may edit one draft: an edit carries what its author saw of the part that it replaces, and a part that has
//! changed meanwhile is not written over. Edits of different parts never meet.

use serde::{Deserialize, Serialize};

use crate::{
    part::{Part, Piece, Seen},
    permission::{Condition, Limit, PermissionSet, Rule, Scope},
};

mod rule_id;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// What the author saw of the part; not needed where the change replaces nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    pub change: Change,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Puts a piece in the place of another: a rule with other words or without any, what layer 4 says, a whole set.
    /// With what stood there before, it undoes any other change of the part.
    Put {
        piece: Piece,
    },
    DataSet {
        name: String,
        standing: DataStanding,
    },
    /// What is allowed or in shadow keeps its limits; what is not, has none.
    Action {
        name: String,
        standing: ActionStanding,
    },
    AddLimit {
        action: String,
        limit: Limit,
    },
    /// `was` is the limit that its author saw, whatever became of the others of its action.
    ReplaceLimit {
        action: String,
        was: Limit,
        limit: Limit,
    },
    RemoveLimit {
        action: String,
        was: Limit,
    },
    /// Adds a rule at the end. Without an id, or with one that is taken, it gets one that is made of its words.
    AddRule {
        rule: Box<Rule>,
    },
    /// Adds the same rule once more, behind the first.
    CopyRule {
        id: String,
    },
    MoveRule {
        id: String,
        to: Direction,
    },
    SwitchRule {
        id: String,
        off: bool,
    },
    AddCondition {
        rule: String,
        condition: Condition,
    },
    ReplaceCondition {
        rule: String,
        at: usize,
        condition: Condition,
    },
    RemoveCondition {
        rule: String,
        at: usize,
    },
}

/// What layer 1 says of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataStanding {
    /// Denied, as everything is that is not listed.
    NotListed,
    ThisCustomer,
    All,
    Denied,
}

/// What layer 2 says of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionStanding {
    /// Denied, as everything is that is not listed.
    NotListed,
    Allowed,
    Shadow,
    Denied,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Up,
    Down,
}

/// Why an edit was not applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "refused", rename_all = "snake_case")]
pub enum Refusal {
    /// Somebody changed the part after the author saw it; this is how it stands now.
    #[error("the part was changed meanwhile")]
    Conflict { now: Box<Piece> },
    #[error("there is no rule `{id}`")]
    NoRule { id: String },
    #[error("`{action}` is not allowed, so it has no limits")]
    NotAllowed { action: String },
    #[error("there is no such condition")]
    NothingThere { part: Part, at: usize },
}

impl Change {
    /// The part that it replaces. Adding and moving a rule replace nothing: the order of rules decides nothing.
    pub fn part(&self) -> Option<Part> {
        match self {
            Self::Put { piece } => Some(piece.part()),
            Self::DataSet { name, .. } => Some(Part::DataSet { name: name.clone() }),
            Self::Action { name, .. } => Some(Part::Action { name: name.clone() }),
            Self::AddLimit { action, .. } | Self::ReplaceLimit { action, .. } | Self::RemoveLimit { action, .. } => {
                Some(Part::Action { name: action.clone() })
            }
            Self::AddRule { .. } | Self::CopyRule { .. } | Self::MoveRule { .. } => None,
            Self::SwitchRule { id: rule, .. }
            | Self::AddCondition { rule, .. }
            | Self::ReplaceCondition { rule, .. }
            | Self::RemoveCondition { rule, .. } => Some(Part::Rule { id: rule.clone() }),
        }
    }
}

impl PermissionSet {
    /// The set with the edit applied.
    ///
    /// What changes nothing is never refused as a conflict: a form that is sent twice says the same twice.
    pub fn apply(&self, edit: &Edit) -> Result<Self, Refusal> {
        let after = self.with(&edit.change);
        if after.as_ref() == Ok(self) {
            return after;
        }
        if let Some(part) = edit.change.part()
            && !matches!(edit.change, Change::ReplaceLimit { .. } | Change::RemoveLimit { .. })
        {
            let now = self.piece(&part);
            if !edit.seen.as_ref().is_some_and(|seen| now.is_as(seen)) {
                return Err(Refusal::Conflict { now: Box::new(now) });
            }
        }
        after
    }

    fn with(&self, change: &Change) -> Result<Self, Refusal> {
        let mut set = self.clone();
        match change {
            Change::Put { piece } => set.put(piece.clone()),
            Change::DataSet { name, standing } => set.put(set.data_set_as(name, *standing)),
            Change::Action { name, standing } => set.put(set.action_as(name, *standing)),
            Change::AddLimit { action, limit } => set.limits(action)?.push(limit.clone()),
            Change::ReplaceLimit { action, was, limit } => match set.limits(action)? {
                limits if !limits.contains(was) && limits.contains(limit) => {}
                limits => limits[self.limit_at(action, was)?] = limit.clone(),
            },
            Change::RemoveLimit { action, was } => {
                let at = self.limit_at(action, was)?;
                set.limits(action)?.remove(at);
            }
            Change::AddRule { rule } => set.add_rule(rule),
            Change::CopyRule { id } => {
                let at = set.rule_at(id)?;
                let copy = set.approval_thresholds.rules[at].clone();
                let copy = Rule { id: rule_id::of(&copy, &set.approval_thresholds.rules), ..copy };
                set.approval_thresholds.rules.insert(at + 1, copy);
            }
            Change::MoveRule { id, to } => {
                let at = set.rule_at(id)?;
                let rules = &mut set.approval_thresholds.rules;
                match to {
                    Direction::Up if at > 0 => rules.swap(at, at - 1),
                    Direction::Down if at + 1 < rules.len() => rules.swap(at, at + 1),
                    Direction::Up | Direction::Down => {}
                }
            }
            Change::SwitchRule { id, off } => set.rule(id)?.off = *off,
            Change::AddCondition { rule, condition } => set.rule(rule)?.when.push(condition.clone()),
            Change::ReplaceCondition { rule, at, condition } => {
                replace(&mut set.rule(rule)?.when, *at, Some(condition.clone()), Part::Rule { id: rule.clone() })?;
            }
            Change::RemoveCondition { rule, at } => {
                replace(&mut set.rule(rule)?.when, *at, None, Part::Rule { id: rule.clone() })?;
            }
        }
        Ok(set)
    }

    fn data_set_as(&self, name: &str, standing: DataStanding) -> Piece {
        let read = match standing {
            DataStanding::ThisCustomer => Some(Scope::ThisCustomer),
            DataStanding::All => Some(Scope::All),
            DataStanding::NotListed | DataStanding::Denied => None,
        };
        Piece::DataSet { name: name.to_owned(), read, denied: standing == DataStanding::Denied }
    }

    fn action_as(&self, name: &str, standing: ActionStanding) -> Piece {
        let shadow = standing == ActionStanding::Shadow;
        let mut allow = self.action_scope.allow.get(name).cloned().unwrap_or_default();
        allow.shadow = shadow;
        let allow = (shadow || standing == ActionStanding::Allowed).then_some(allow);
        Piece::Action { name: name.to_owned(), allow, denied: standing == ActionStanding::Denied }
    }

    fn limits(&mut self, action: &str) -> Result<&mut Vec<Limit>, Refusal> {
        let allowance = self.action_scope.allow.get_mut(action);
        Ok(&mut allowance.ok_or_else(|| Refusal::NotAllowed { action: action.to_owned() })?.limits)
    }

    fn limit_at(&self, action: &str, limit: &Limit) -> Result<usize, Refusal> {
        let allowance = self.action_scope.allow.get(action);
        let at = allowance.and_then(|allowance| allowance.limits.iter().position(|known| known == limit));
        let part = || Part::Action { name: action.to_owned() };
        at.ok_or_else(|| Refusal::Conflict { now: Box::new(self.piece(&part())) })
    }

    /// A rule that stands there already, but for its name, is not added again: a form may be sent twice.
    fn add_rule(&mut self, rule: &Rule) {
        let rules = &mut self.approval_thresholds.rules;
        if rules.iter().any(|known| Rule { id: known.id.clone(), ..rule.clone() } == *known) {
            return;
        }
        let is_free = !rule.id.is_empty() && rules.iter().all(|known| known.id != rule.id);
        let id = if is_free { rule.id.clone() } else { rule_id::of(rule, rules) };
        rules.push(Rule { id, ..rule.clone() });
    }

    fn rule_at(&self, id: &str) -> Result<usize, Refusal> {
        let at = self.approval_thresholds.rules.iter().position(|rule| rule.id == id);
        at.ok_or_else(|| Refusal::NoRule { id: id.to_owned() })
    }

    fn rule(&mut self, id: &str) -> Result<&mut Rule, Refusal> {
        let at = self.rule_at(id)?;
        Ok(&mut self.approval_thresholds.rules[at])
    }
}

/// Puts another item in the place of one, or none.
fn replace<T>(items: &mut Vec<T>, at: usize, by: Option<T>, part: Part) -> Result<(), Refusal> {
    match (items.get_mut(at), by) {
        (None, _) => return Err(Refusal::NothingThere { part, at }),
        (Some(item), Some(by)) => *item = by,
        (Some(_), None) => drop(items.remove(at)),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
