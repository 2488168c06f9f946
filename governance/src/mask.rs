//! Layer 4's masks: values of a request that nobody is shown.

use std::collections::BTreeSet;

use domain::{id::AgentId, request::Ask};
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
