//! A change before and after, in words.

use super::{Change, NewAdmin, difference, kind::members};
use crate::{
    action::{ActionType, DataSet},
    catalog::Catalog,
    difference::What,
    role::Role,
    sentence::{called, list, visible},
};

impl Change {
    /// What it is a change of, as a title; `whom` is called the person that it is about.
    pub fn title(&self, whom: &str) -> String {
        let whom = visible(whom);
        match self {
            Self::ActionType { action, .. } => format!("The action {}", visible(&action.label)),
            Self::DataSet { set, .. } => format!("The data set {}", visible(&set.label)),
            Self::Words { topic, .. } => format!("The words for {}", visible(topic)),
            Self::OneToPublish => "How many admins it takes to publish".to_owned(),
            Self::Admin { by: NewAdmin::Role { .. }, .. } => format!("{whom} as an admin"),
            Self::Admin { by: NewAdmin::Enabled, .. } => format!("{whom}, a disabled admin"),
            Self::Admin { by: NewAdmin::Password, .. } => format!("Another password for {whom}, an admin"),
        }
    }

    /// What differs from how it is now.
    pub fn told(&self, before: &Catalog) -> Vec<What> {
        match self {
            Self::ActionType { action, .. } => {
                differing(before.action(&action.name).map(|known| lines(known, before)), lines(action, before))
            }
            Self::DataSet { set, .. } => {
                let lines = |set: &DataSet| {
                    vec![
                        format!("Label: {}", visible(&set.label)),
                        format!("How private it is: {}", set.sensitivity.words()),
                    ]
                };
                differing(before.data_set(&set.name).map(lines), lines(set))
            }
            Self::Words { topic, words, .. } => {
                let lower = |words: &[String]| words.iter().map(|word| word.trim().to_lowercase()).collect();
                let known = before.word_lists.get(topic).map(|known| lower(known)).unwrap_or_default();
                let changed = difference(&known, &lower(words));
                changed.into_iter().map(|new| What::Added { new: format!("The words are {new}.") }).collect()
            }
            Self::OneToPublish => vec![What::Changed {
                old: "One admin proposes, and another publishes.".to_owned(),
                new: "One admin alone can publish.".to_owned(),
            }],
            Self::Admin { by: NewAdmin::Role { seen }, .. } => {
                let role = |name: &str| format!("Their role: {name}");
                vec![What::Changed { old: role(seen.name()), new: role(Role::Admin.name()) }]
            }
            Self::Admin { by: NewAdmin::Enabled, .. } => vec![What::Changed {
                old: "They cannot sign in.".to_owned(),
                new: "They can sign in again, as an admin.".to_owned(),
            }],
            Self::Admin { by: NewAdmin::Password, .. } => vec![What::Changed {
                old: "They sign in with the password that they have.".to_owned(),
                new: "They sign in with one that was chosen for them, and are signed out wherever they are.".to_owned(),
            }],
        }
    }
}

/// Line by line; without a before, all of it is new.
fn differing(before: Option<Vec<String>>, after: Vec<String>) -> Vec<What> {
    let Some(before) = before else { return after.into_iter().map(|new| What::Added { new }).collect() };
    let head = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
    let mut found: Vec<What> = Vec::new();
    for new in &after {
        match before.iter().find(|old| head(old) == head(new)) {
            Some(old) if old == new => {}
            Some(old) => found.push(What::Changed { old: old.clone(), new: new.clone() }),
            None => found.push(What::Added { new: new.clone() }),
        }
    }
    let gone = before.iter().filter(|old| after.iter().all(|new| head(new) != head(old)));
    found.extend(gone.map(|old| What::Removed { old: old.clone() }));
    found
}

/// All that there is to say of an action type, each with its own head.
fn lines(action: &ActionType, catalog: &Catalog) -> Vec<String> {
    let names = catalog.names();
    let sets: Vec<String> = action.data_sets.iter().map(|name| called(&names.data_sets, name)).collect();
    let runs_on = action.integration.as_deref().map_or_else(|| "nothing".to_owned(), visible);
    let amount = action.amount.as_deref().map_or_else(|| "none".to_owned(), visible);
    let mut lines = vec![
        format!("Label: {}", visible(&action.label)),
        format!("Sentence: {}", visible(&action.sentence)),
        format!("Effect: it {}", action.effect.words()),
        format!("Undoing: {}", visible(&action.reversibility.words())),
        format!("For one customer: {}", if action.for_customer { "yes" } else { "no" }),
        format!("Its amount: {amount}"),
        format!("Runs on: {runs_on}"),
        format!("Rests on: {}", if sets.is_empty() { "nothing".to_owned() } else { list(sets, "and") }),
    ];
    let arguments = members(&action.arguments);
    lines.extend(arguments.into_iter().map(|(name, kind)| format!("“{}”: {kind}", visible(name))));
    lines
}
