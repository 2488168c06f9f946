//! Layer 4's masks: values of a request that nobody is shown.

use std::collections::BTreeSet;

use domain::{action::ActionType, decision::Reason, id::AgentId, request::Ask, schema, sentence};
use serde_json::{Value, json};

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
    // Whatever stands among the arguments fits there: those of a request need not be written and read for that.
    if let Some(masks) = masks.iter().map(|mask| mask.strip_prefix("/arguments")).collect::<Option<Vec<_>>>()
        && masks.iter().all(|mask| mask.starts_with('/'))
    {
        let mut masked = ask.clone();
        mask_each(&mut masked.arguments, masks);
        return Ok(masked);
    }
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

/// A reason about what is masked, about a part of it, or about what holds it, is not said: it could quote the value.
pub(crate) fn mask_reasons(reasons: &mut [Reason], masks: &BTreeSet<String>) {
    for reason in reasons {
        let pointer = reason.pointer.as_deref().unwrap_or_default();
        if pointer.starts_with('/') && masks.iter().any(|mask| touches(pointer, mask)) {
            reason.text = "Why is not shown, as it is about what is masked.".to_owned();
        }
    }
}

/// Masks a request, or what an entry keeps of one.
pub(crate) fn mask(request: &mut Value, masks: &BTreeSet<String>) {
    mask_each(request, masks.iter().map(String::as_str));
}

fn mask_each<'a>(value: &mut Value, pointers: impl IntoIterator<Item = &'a str>) {
    for pointer in pointers {
        each_place(value, &steps(pointer), &mut |place| *place = Value::String(MASKED.to_owned()));
    }
}

/// Whether some of its arguments are shown to nobody.
pub(crate) fn hides_arguments(ask: &Ask, masks: &BTreeSet<String>) -> Result<bool> {
    Ok(masked(ask, masks)?.arguments != ask.arguments)
}

/// Whether a mask was sent back where its value belongs.
pub(crate) fn hides_a_value(ask: &Ask, masks: &BTreeSet<String>) -> Result<bool> {
    let mut value = serde_json::to_value(ask)?;
    let mut hides = false;
    for pointer in masks {
        each_place(&mut value, &steps(pointer), &mut |place| hides |= place == MASKED);
    }
    Ok(hides)
}

/// Whether a place in a request is the masked one, lies in it, or holds it; `*` in a mask is each item of a list.
fn touches(pointer: &str, mask: &str) -> bool {
    pointer.split('/').zip(mask.split('/')).all(|(at, step)| step == at || step == "*")
}

fn steps(pointer: &str) -> Vec<String> {
    schema::steps(pointer).collect()
}

fn each_place(value: &mut Value, steps: &[String], change: &mut impl FnMut(&mut Value)) {
    let Some((step, rest)) = steps.split_first() else { return change(value) };
    match value {
        Value::Object(members) => members.get_mut(step).into_iter().for_each(|below| each_place(below, rest, change)),
        Value::Array(items) if step == "*" => items.iter_mut().for_each(|item| each_place(item, rest, change)),
        Value::Array(items) => {
            let item = step.parse().ok().and_then(|at: usize| items.get_mut(at));
            item.into_iter().for_each(|item| each_place(item, rest, change));
        }
        _ => {}
    }
}

/// What is left of a request whose body was erased.
pub(crate) fn erased(action: &str) -> Ask {
    Ask { arguments: json!({}), ..bare(action) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_masked_the_same_whether_its_arguments_alone_are_or_more() {
        let mut ask = bare("order.refund");
        ask.arguments = json!({"card": {"number": "4111"}, "notes": ["a", {"b": "c"}], "argumentsx": "d"});
        ask.input = Some("Hello".to_owned());
        let masks = ["/arguments/card", "/arguments/notes/*", "/arguments/none"].map(str::to_owned).into();
        let alone = masked(&ask, &masks).unwrap();
        assert_eq!(alone.arguments, json!({"card": MASKED, "notes": [MASKED, MASKED], "argumentsx": "d"}));
        let mut with_more = masks.clone();
        with_more.insert("/input".to_owned());
        let more = masked(&ask, &with_more).unwrap();
        assert_eq!((more.arguments, more.input.as_deref()), (alone.arguments, Some(MASKED)));
        assert_eq!(alone.input.as_deref(), Some("Hello"));
        let whole = masked(&ask, &["/arguments".to_owned()].into()).unwrap();
        assert_eq!(whole.arguments, MASKED);
    }

    #[test]
    fn a_mask_can_be_of_each_item_of_a_list() {
        let mut request =
            json!({"arguments": {"cards": [{"number": "4111"}, {"number": "4222"}, 3], "a/b": ["x", "y"]}});
        let masks = ["/arguments/cards/*/number", "/arguments/a~1b/1", "/arguments/none/*"].map(str::to_owned).into();
        mask(&mut request, &masks);
        let seen = json!({"cards": [{"number": MASKED}, {"number": MASKED}, 3], "a/b": ["x", MASKED]});
        assert_eq!(request["arguments"], seen);
        for (pointer, mask) in [
            ("/arguments/cards/7/number", "/arguments/cards/*/number"),
            ("/arguments/cards/7/number/x", "/arguments/cards/*"),
            ("/arguments/cards", "/arguments/cards/*"),
            ("/arguments/total", "/arguments/total/amount"),
        ] {
            assert!(touches(pointer, mask), "{pointer} {mask}");
        }
        assert!(!touches("/arguments/card", "/arguments/cards"));
        assert!(!touches("/arguments/cards/7/name", "/arguments/cards/*/number"));
    }
}
