//! What a draft and the version that it was carried over to had both changed, as the page after it names it.

use domain::{part::Part, sentence::value};
use islands::Said;
use leptos::prelude::*;

use super::editing::{Shared, anchor};
use crate::{
    paths::escaped,
    told::{BOTH, telling, told},
    ui::{Notice, Tone, words},
};

/// Longer addresses are cut off on the way.
const MOST: usize = 3_000;

/// The address with the parts that it has room for, and how many more there are.
pub fn telling_both(address: String, both: &[Part]) -> String {
    if both.is_empty() {
        return address;
    }
    telling(address, BOTH, &shortened(both))
}

fn shortened(both: &[Part]) -> String {
    let mut parts: Vec<&Part> = both.iter().collect();
    loop {
        let text = serde_json::to_string(&(&parts, both.len() - parts.len())).unwrap_or_default();
        if escaped(&text).len() <= MOST || parts.is_empty() {
            return text;
        }
        parts.pop();
    }
}

/// Names what both have changed; the draft's stands.
#[component]
pub fn BothChanged(editing: Shared) -> impl IntoView {
    let both = told(BOTH).and_then(|both| serde_json::from_str(&both).ok());
    let (both, more): (Vec<Part>, u32) = both.unwrap_or_default();
    if both.is_empty() {
        return None;
    }
    let lines: Vec<_> = both
        .into_iter()
        .map(|part| view! { <li><a href=format!("#{}", anchor(&part))><Said text=called(&editing, &part)/></a></li> })
        .collect();
    let more =
        (more > 0).then(|| view! { <li>{format!("And {}.", words::count(more, "thing more", "things more"))}</li> });
    Some(view! {
        <Notice tone=Tone::Waiting>
            <p class="notice-title">"Both had changed this. What the draft says of it stands:"</p>
            <ul class="reasons">{lines} {more}</ul>
        </Notice>
    })
}

/// A part in words.
fn called(editing: &Shared, part: &Part) -> String {
    match part {
        Part::DataSet { name } => format!("Reading {}", value(editing.names.data_sets.get(name).unwrap_or(name))),
        Part::Action { name } => format!("{}, with its hard limits", value(&editing.action_label(name))),
        Part::Rule { id } => {
            let rule = editing.set().approval_thresholds.rules.iter().find(|rule| rule.id == *id);
            rule.map_or("A rule that the draft has removed".to_owned(), |rule| editing.rule_sentence(rule))
        }
        Part::Fallback => "Who decides where no rule says who".to_owned(),
        Part::Record => "What is kept with each request".to_owned(),
        Part::Require => "What a request must say".to_owned(),
        Part::Mask => "What is shown to nobody".to_owned(),
        Part::KeepDays => "How long entries are kept".to_owned(),
        Part::Whole => "The permissions as a whole".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_what_it_has_room_for_and_counts_the_rest() {
        assert_eq!(shortened(&[Part::Mask]), r#"[[{"part":"mask"}],0]"#);
        let many: Vec<Part> = (0..500).map(|n| Part::Rule { id: format!("rule-{n}") }).collect();
        let text = shortened(&many);
        assert!(escaped(&text).len() <= MOST && !text.ends_with(",0]"), "{text}");
    }
}
