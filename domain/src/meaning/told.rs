//! A change before and after, in words.

use super::{Change, NewAdmin, difference, kind::members, looked_for};
use crate::{
    action::{AbsentAmount, ActionType, DataSet},
    catalog::Catalog,
    difference::What,
    role::Role,
    sentence::{called, list, value, visible},
};

impl Change {
    /// What it is a change of, as a title; `whom` is called the person that it is about.
    pub fn title(&self, whom: &str) -> String {
        let whom = visible(whom);
        match self {
            Self::ActionType { action, .. } => format!("The action {}", visible(&action.label)),
            Self::DataSet { set, .. } => format!("The data set {}", visible(&set.label)),
            Self::Words { topic, .. } => format!("The words for {}", visible(topic)),
            Self::Agent { seen, .. } => format!("The agent {}", visible(&seen.name)),
            Self::Rename { thing, seen, .. } => format!("The {} {}", thing.name(), visible(seen)),
            Self::OneToPublish => "How many admins it takes to publish".to_owned(),
            Self::Member { queue, .. } => format!("{whom} in the queue {}", visible(queue)),
            Self::Admin { by: NewAdmin::Role { .. }, .. } => format!("{whom} as an admin"),
            Self::Admin { by: NewAdmin::Enabled { .. }, .. } => format!("{whom}, a disabled admin"),
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
                let lines = |DataSet { name: _, label, sensitivity }: &DataSet| {
                    vec![
                        ("Label".to_owned(), value(label)),
                        ("How private it is".to_owned(), sensitivity.words().to_owned()),
                    ]
                };
                differing(before.data_set(&set.name).map(lines), lines(set))
            }
            Self::Words { topic, words, .. } => {
                let known = before.word_lists.get(topic).map(|known| looked_for(known)).unwrap_or_default();
                let changed = difference(&known, &looked_for(words));
                changed.into_iter().map(|new| What::Added { new: format!("The words are {new}.") }).collect()
            }
            Self::Agent { seen, name, purpose } => {
                let lines = |name: &str, purpose: &str| {
                    vec![("Name".to_owned(), value(name)), ("Purpose".to_owned(), value(purpose))]
                };
                differing(Some(lines(&seen.name, &seen.purpose)), lines(name, purpose))
            }
            Self::Rename { seen, name, .. } => {
                let line = |name: &str| vec![("Name".to_owned(), value(name))];
                differing(Some(line(seen)), line(name))
            }
            Self::OneToPublish => vec![What::Changed {
                old: "One admin proposes, and another publishes.".to_owned(),
                new: "One admin alone can publish.".to_owned(),
            }],
            Self::Member { queue, .. } => {
                vec![What::Added {
                    new: format!("They decide what waits in {}.", called(&before.names().queues, queue)),
                }]
            }
            Self::Admin { by: NewAdmin::Role { seen }, .. } => {
                let role = |name: &str| format!("Their role: {name}");
                vec![What::Changed { old: role(seen.name()), new: role(Role::Admin.name()) }]
            }
            Self::Admin { by: NewAdmin::Enabled { .. }, .. } => vec![What::Changed {
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

/// What it is, and how that is.
type Line = (String, String);

/// Line by line; without a before, all of it is new.
fn differing(before: Option<Vec<Line>>, after: Vec<Line>) -> Vec<What> {
    let text = |(head, text): &Line| format!("{head}: {text}");
    let Some(before) = before else { return after.iter().map(|new| What::Added { new: text(new) }).collect() };
    let mut found: Vec<What> = Vec::new();
    for new in &after {
        match before.iter().find(|old| old.0 == new.0) {
            Some(old) if old == new => {}
            Some(old) => found.push(What::Changed { old: text(old), new: text(new) }),
            None => found.push(What::Added { new: text(new) }),
        }
    }
    let gone = before.iter().filter(|old| after.iter().all(|new| new.0 != old.0));
    found.extend(gone.map(|old| What::Removed { old: text(old) }));
    found
}

/// All that there is to say of an action type, each with its own head.
fn lines(action: &ActionType, catalog: &Catalog) -> Vec<Line> {
    let ActionType {
        name: _,
        label,
        sentence,
        effect,
        reversibility,
        integration,
        data_sets,
        amount,
        absent_amount,
        zero_amount,
        for_customer,
        arguments,
    } = action;
    let names = catalog.names();
    let sets: Vec<String> = data_sets.iter().map(|name| called(&names.data_sets, name)).collect();
    let yes = |yes: &bool| if *yes { "yes".to_owned() } else { "no".to_owned() };
    let absent = match absent_amount {
        AbsentAmount::Unknown => "nobody knows how much moves: rules about money ask, and limits deny",
        AbsentAmount::NothingMoves => "nothing moves",
    };
    let mut lines = vec![
        ("Label", value(label)),
        ("Sentence", value(sentence)),
        ("Effect", format!("it {}", effect.words())),
        ("Undoing", value(&reversibility.words())),
        ("For one customer", yes(for_customer)),
        ("Its amount", amount.as_deref().map_or_else(|| "none".to_owned(), value)),
    ];
    if amount.is_some() {
        lines.push(("Without its amount", absent.to_owned()));
        lines.push(("Its amount may be zero", yes(zero_amount)));
    }
    lines.push(("Runs on", integration.as_deref().map_or_else(|| "nothing".to_owned(), value)));
    lines.push(("Rests on", if sets.is_empty() { "nothing".to_owned() } else { list(sets, "and") }));
    let lines = lines.into_iter().map(|(head, text)| (head.to_owned(), text));
    let arguments = members(arguments).into_iter().map(|(name, kind)| (value(name), kind));
    lines.chain(arguments).collect()
}
