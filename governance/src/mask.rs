//! Layer 4's masks: values of a request that nobody is shown.

use std::collections::BTreeSet;

use domain::{action::ActionType, decision::Reason, id::AgentId, request::Ask, sentence};
use serde_json::Value;

use crate::{Result, control::Control};

const MASKED: &str = "[masked]";

impl Control {
    /// JSON pointers into a request of this agent.
    pub fn masks(&self, agent: AgentId) -> &BTreeSet<String> {
        static NONE: BTreeSet<String> = BTreeSet::new();
        let set = self.agents.get(&agent).and_then(|a| a.permissions.as_ref());
        set.map_or(&NONE, |(_, set)| &set.audit_logging.mask)
    }
}

/// The request without the values that are masked.
pub(crate) fn masked(ask: &Ask, masks: &BTreeSet<String>) -> Result<Ask> {
    let mut value = serde_json::to_value(ask)?;
    mask(&mut value, masks);
    match serde_json::from_value(value) {
        Ok(masked) => Ok(masked),
        // A mask over something that is not a text: nothing of the request is shown rather than all of it.
        Err(_) => Ok(bare(&ask.action)),
    }
}

/// What the request does, in words that show no masked value.
pub(crate) fn effect(ask: &Ask, action: &ActionType, masks: &BTreeSet<String>) -> Result<String> {
    if masks.is_empty() {
        return Ok(sentence::effect(ask, action));
    }
    Ok(sentence::effect(&masked(ask, masks)?, action))
}

/// What does not fit is said without the value where that is masked.
pub(crate) fn mask_reasons(reasons: &mut [Reason], masks: &BTreeSet<String>) {
    for reason in reasons {
        let pointer = reason.pointer.as_deref().unwrap_or_default();
        if masks.iter().any(|mask| {
            pointer.strip_prefix(mask.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }) {
            reason.text = "What is masked does not fit.".to_owned();
        }
    }
}

/// Masks a request, or what an entry keeps of one.
pub(crate) fn mask(request: &mut Value, masks: &BTreeSet<String>) {
    for pointer in masks {
        if let Some(place) = request.pointer_mut(pointer) {
            *place = Value::String(MASKED.to_owned());
        }
    }
}

/// Whether a mask was sent back where its value belongs.
pub(crate) fn hides_a_value(ask: &Ask, masks: &BTreeSet<String>) -> Result<bool> {
    let value = serde_json::to_value(ask)?;
    Ok(masks.iter().any(|pointer| value.pointer(pointer).is_some_and(|place| place == MASKED)))
}

fn bare(action: &str) -> Ask {
    Ask {
        action: action.to_owned(),
        arguments: Value::String(MASKED.to_owned()),
        reads: None,
        customer: None,
        topics: None,
        template: None,
        trigger: None,
        input: None,
        reasoning: None,
        output: None,
        model: None,
        prompt_version: None,
        agent_version: None,
    }
}
