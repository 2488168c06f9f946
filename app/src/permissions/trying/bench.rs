use domain::{action::ActionType, permission::PermissionSet};
use islands::trying::{Bench, Side};

use crate::permissions::editing::Editing;

/// What the request is judged by: the draft, the version in force, or both. Without either, everything is denied.
pub fn bench(editing: &Editing, in_force: Option<PermissionSet>, action: ActionType) -> Bench {
    let side = |title: String, permissions: Option<PermissionSet>| Side { title, permissions };
    let own = Some(editing.set().clone());
    let version = editing.view.in_force.as_ref().map(|row| format!("Version {}, in force", row.version));
    let sides = match (&editing.view.draft, version) {
        (Some(_), Some(version)) => vec![side("The draft".to_owned(), own), side(version, in_force)],
        (Some(_), None) => vec![side("The draft".to_owned(), own)],
        (None, Some(version)) => vec![side(version, own)],
        (None, None) => vec![side("No permissions yet".to_owned(), None)],
    };
    let names = editing.names.clone();
    let word_lists = editing.view.catalog.word_lists.clone();
    Bench { action, sides, actions: names.actions, data_sets: names.data_sets, queues: names.queues, word_lists }
}
