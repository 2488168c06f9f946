//! Which rules stand together: those about the same actions.

use domain::{
    authoring::edit::Direction,
    permission::{AppliesTo, PermissionSet, Rule},
    words,
};

use super::super::editing::Editing;

/// The rules under what they are about: by action first, then kinds of action, then everything.
pub fn groups<'a>(rules: &'a [Rule], editing: &Editing) -> Vec<(String, Vec<&'a Rule>)> {
    let mut groups: Vec<(&AppliesTo, Vec<&Rule>)> = Vec::new();
    for rule in rules {
        match groups.iter_mut().find(|(about, _)| **about == rule.applies_to) {
            Some((_, known)) => known.push(rule),
            None => groups.push((&rule.applies_to, vec![rule])),
        }
    }
    groups.sort_by_key(|(about, _)| match about {
        AppliesTo::Actions(_) => 0,
        AppliesTo::Effects(_) => 1,
        AppliesTo::Any => 2,
    });
    groups.into_iter().map(|(about, rules)| (title(about, editing), rules)).collect()
}

fn title(about: &AppliesTo, editing: &Editing) -> String {
    match about {
        AppliesTo::Any => "Every action".to_owned(),
        AppliesTo::Actions(names) if names.is_empty() => "No action yet".to_owned(),
        AppliesTo::Actions(names) => {
            words::list(&names.iter().map(|name| editing.action_label(name)).collect::<Vec<_>>())
        }
        AppliesTo::Effects(effects) => {
            let effects: Vec<&str> = effects.iter().map(|effect| effect.words()).collect();
            format!("Whatever {}", effects.join(" or "))
        }
    }
}

/// How many places a rule moves to pass the next one of its group; none where it is the first or last of them.
pub fn neighbours(set: &PermissionSet, id: &str, to: Direction) -> usize {
    let rules = &set.approval_thresholds.rules;
    let Some(at) = rules.iter().position(|rule| rule.id == id) else { return 0 };
    let is_alike = |rule: &Rule| rule.applies_to == rules[at].applies_to;
    match to {
        Direction::Up => rules[..at].iter().rev().position(is_alike).map_or(0, |steps| steps + 1),
        Direction::Down => rules[at + 1..].iter().position(is_alike).map_or(0, |steps| steps + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_rule_moves_past_the_next_one_about_the_same() {
        let rules: Vec<_> = [("a", "x"), ("b", "y"), ("c", "x"), ("d", "x")]
            .map(|(id, about)| json!({"id": id, "applies_to": {"actions": [about]}, "queue": "leads"}))
            .into();
        let set = json!({"data_access": {}, "action_scope": {}, "audit_logging": {},
            "approval_thresholds": {"queue": "leads", "rules": rules}});
        let set: PermissionSet = serde_json::from_value(set).unwrap();
        let steps = |id, to| neighbours(&set, id, to);
        assert_eq!((steps("a", Direction::Up), steps("a", Direction::Down)), (0, 2));
        assert_eq!((steps("b", Direction::Up), steps("b", Direction::Down)), (0, 0));
        assert_eq!((steps("d", Direction::Up), steps("d", Direction::Down)), (1, 0));
    }
}
