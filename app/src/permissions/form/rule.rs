use domain::{
    action::Effect,
    fault::Fault,
    permission::{AppliesTo, Otherwise, Rule},
};
use serde::{Deserialize, Serialize};

use super::{ClauseForm, SpanForm, number};

/// A rule: a sentence with blanks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleForm {
    /// `any`, `several` with `actions`, `kinds` with `effects`; or, of a new one, `action:` and a name.
    pub applies: String,
    pub actions: Vec<String>,
    pub effects: Vec<String>,
    pub when: Vec<ClauseForm>,
    pub queue: String,
    pub needed: String,
    pub number: String,
    pub unit: String,
    /// `reject`, or `queue:` and a slug.
    pub late: String,
    pub late_number: String,
    pub late_unit: String,
    /// `same`: somebody who decides for another queue may decide, too.
    pub same: String,
}

/// What an action can do, as a form names it.
pub const EFFECTS: [(&str, Effect); 5] = [
    ("read", Effect::Read),
    ("internal", Effect::Internal),
    ("write", Effect::Write),
    ("message", Effect::Message),
    ("commitment", Effect::Commitment),
];

fn effect_name(effect: Effect) -> String {
    EFFECTS.iter().find(|(_, known)| *known == effect).map(|(name, _)| (*name).to_owned()).unwrap_or_default()
}

impl RuleForm {
    pub fn of(rule: &Rule) -> Self {
        let (applies, actions, effects) = match &rule.applies_to {
            AppliesTo::Any => ("any".to_owned(), Vec::new(), Vec::new()),
            // One of one, too: what is saved after the first box stays open for the next.
            AppliesTo::Actions(names) => ("several".to_owned(), names.iter().cloned().collect(), Vec::new()),
            AppliesTo::Effects(effects) => {
                ("kinds".to_owned(), Vec::new(), effects.iter().copied().map(effect_name).collect())
            }
        };
        let SpanForm { number, unit } = SpanForm::of(rule.within_s);
        let (late, late_span) = match &rule.otherwise {
            Otherwise::Reject => ("reject".to_owned(), SpanForm::of(4 * 60 * 60)),
            Otherwise::Escalate { queue, within_s } => (format!("queue:{queue}"), SpanForm::of(*within_s)),
        };
        Self {
            applies,
            actions,
            effects,
            when: rule.when.iter().map(ClauseForm::of_condition).collect(),
            queue: rule.queue.clone(),
            needed: rule.needed.to_string(),
            number,
            unit,
            late,
            late_number: late_span.number,
            late_unit: late_span.unit,
            same: if rule.same_person { "same".to_owned() } else { String::new() },
        }
    }

    pub fn read(&self, id: &str, off: bool) -> Result<Rule, Fault> {
        let when: Result<Vec<_>, _> = self.when.iter().map(ClauseForm::condition).collect();
        let otherwise = match self.late.strip_prefix("queue:") {
            Some(queue) => {
                let span = SpanForm { number: self.late_number.clone(), unit: self.late_unit.clone() };
                Otherwise::Escalate { queue: queue.to_owned(), within_s: span.read()? }
            }
            None => Otherwise::Reject,
        };
        Ok(Rule {
            id: id.to_owned(),
            off,
            applies_to: self.applies_to()?,
            when: when?,
            queue: self.queue.clone(),
            needed: number(&self.needed)?,
            within_s: SpanForm { number: self.number.clone(), unit: self.unit.clone() }.read()?,
            otherwise,
            same_person: self.same == "same",
        })
    }

    fn applies_to(&self) -> Result<AppliesTo, Fault> {
        Ok(match self.applies.as_str() {
            "any" => AppliesTo::Any,
            "several" => AppliesTo::Actions(self.actions.iter().cloned().collect()),
            "kinds" => {
                let effect = |name: &String| EFFECTS.iter().find(|(known, _)| known == name).map(|(_, effect)| *effect);
                AppliesTo::Effects(self.effects.iter().filter_map(effect).collect())
            }
            other => {
                let action = other.strip_prefix("action:").ok_or(Fault::Action)?;
                AppliesTo::Actions([action.to_owned()].into())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_rule_is_read_back_from_its_form() {
        for (applies_to, otherwise) in [
            (json!("any"), json!("reject")),
            (json!({"actions": ["order.refund"]}), json!({"escalate": {"queue": "ops", "within_s": 7_200}})),
            (json!({"actions": ["order.cancel", "order.refund"]}), json!("reject")),
            (json!({"actions": []}), json!("reject")),
            (json!({"effects": ["write", "commitment"]}), json!("reject")),
        ] {
            let rule = json!({"id": "a", "off": true, "applies_to": applies_to, "queue": "cs-leads", "needed": 2,
                "within_s": 1_800, "else": otherwise, "when": [{"kind": "irreversible"}]});
            let rule: Rule = serde_json::from_value(rule).unwrap();
            assert_eq!(RuleForm::of(&rule).read("a", true), Ok(rule));
        }
    }

    #[test]
    fn a_rule_about_one_action_is_drawn_with_its_box_ticked_and_room_for_more() {
        let rule = json!({"id": "a", "applies_to": {"actions": ["order.refund"]}, "queue": "cs-leads"});
        let mut form = RuleForm::of(&serde_json::from_value(rule).unwrap());
        assert_eq!(
            (form.applies.as_str(), form.actions.as_slice()),
            ("several", ["order.refund".to_owned()].as_slice())
        );
        form.actions.push("order.cancel".to_owned());
        let both = AppliesTo::Actions(["order.cancel".to_owned(), "order.refund".to_owned()].into());
        assert_eq!(form.read("a", false).unwrap().applies_to, both);
    }

    #[test]
    fn a_rule_with_a_blank_that_cannot_be_read_is_refused() {
        let rule = json!({"id": "a", "applies_to": "any", "queue": "cs-leads"});
        let form = RuleForm::of(&serde_json::from_value(rule).unwrap());
        let faults = [
            (RuleForm { needed: "two".into(), ..form.clone() }, Fault::Number),
            (RuleForm { number: String::new(), ..form.clone() }, Fault::Span),
            (RuleForm { applies: "nothing".into(), ..form.clone() }, Fault::Action),
            (RuleForm { late: "queue:ops".into(), late_number: "soon".into(), ..form }, Fault::Span),
        ];
        for (form, fault) in faults {
            assert_eq!(form.read("a", false), Err(fault), "{form:?}");
        }
    }
}
