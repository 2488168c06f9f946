//! A change before and after, in words.

use super::{
    Change, NewAdmin, difference,
    kind::{exact, members},
    looked_for,
};
use crate::{
    action::{AbsentAmount, ActionType, DataSet},
    authoring::difference::What,
    catalog::Catalog,
    role::Role,
    sentence::{called, list, value},
};

impl Change {
    /// What it is a change of, as a title; `whom` is called the person that it is about, and `queue` the queue.
    pub fn title(&self, whom: &str, queue: &str) -> String {
        let whom = value(whom);
        match self {
            Self::ActionType { action, .. } => format!("The action {}", value(&action.label)),
            Self::DataSet { set, .. } => format!("The data set {}", value(&set.label)),
            Self::Words { topic, .. } => format!("The words for {}", value(topic)),
            Self::Agent { seen, .. } => format!("The agent {}", value(&seen.name)),
            Self::Rename { thing, seen, .. } => format!("The {} {}", thing.name(), value(seen)),
            Self::OneToPublish => "How many admins it takes to publish".to_owned(),
            Self::Member { .. } => format!("{whom} in the queue {}", value(queue)),
            Self::Admin { by: NewAdmin::Role { .. }, .. } => format!("{whom} as an admin"),
            Self::Admin { by: NewAdmin::Enabled { .. }, .. } => format!("{whom}, a disabled admin"),
            Self::Admin { by: NewAdmin::Password, .. } => format!("Another password for {whom}"),
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
                    vec![Line::named("Label", label), Line::plain("How private it is", sensitivity.words())]
                };
                differing(before.data_set(&set.name).map(lines), lines(set))
            }
            Self::Words { topic, words, .. } => {
                let known = before.word_lists.get(topic).map(|known| looked_for(known)).unwrap_or_default();
                let changed = difference(&known, &looked_for(words));
                changed.into_iter().map(|new| What::Added { new: format!("The words are {new}.") }).collect()
            }
            Self::Agent { seen, name, purpose } => {
                let lines =
                    |name: &str, purpose: &str| vec![Line::named("Name", name), Line::named("Purpose", purpose)];
                differing(Some(lines(&seen.name, &seen.purpose)), lines(name, purpose))
            }
            Self::Rename { seen, name, .. } => {
                differing(Some(vec![Line::named("Name", seen)]), vec![Line::named("Name", name)])
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

/// What there is to say of a part of something.
struct Line {
    /// Which part it is.
    part: String,
    /// How that is, to the last character; values that differ may be drawn alike.
    is: String,
    text: String,
}

impl Line {
    fn plain(part: &str, words: impl AsRef<str>) -> Self {
        let words = words.as_ref();
        Self { part: part.to_owned(), is: words.to_owned(), text: format!("{part}: {words}") }
    }

    fn named(part: &str, name: &str) -> Self {
        Self { part: part.to_owned(), is: exact(name), text: format!("{part}: {}", value(name)) }
    }
}

/// Line by line; without a before, all of it is new.
fn differing(before: Option<Vec<Line>>, after: Vec<Line>) -> Vec<What> {
    let text = |line: &Line| line.text.clone();
    let Some(before) = before else { return after.iter().map(|new| What::Added { new: text(new) }).collect() };
    let mut found: Vec<What> = Vec::new();
    for new in &after {
        match before.iter().find(|old| old.part == new.part) {
            Some(old) if old.is == new.is => {}
            Some(old) => found.push(What::Changed { old: text(old), new: text(new) }),
            None => found.push(What::Added { new: text(new) }),
        }
    }
    let gone = before.iter().filter(|old| after.iter().all(|new| new.part != old.part));
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
    let rests_on = if sets.is_empty() { "nothing".to_owned() } else { list(sets, "and") };
    let yes = |yes: &bool| if *yes { "yes" } else { "no" };
    let absent = match absent_amount {
        AbsentAmount::Unknown => "nobody knows how much moves: rules about money ask, and limits deny",
        AbsentAmount::NothingMoves => "nothing moves",
    };
    let mut lines = vec![
        Line::named("Label", label),
        Line::named("Sentence", sentence),
        Line::plain("Effect", format!("it {}", effect.words())),
        Line::named("Undoing", &reversibility.words()),
        Line::plain("For one customer", yes(for_customer)),
        amount.as_ref().map_or_else(|| Line::plain("Its amount", "none"), |name| Line::named("Its amount", name)),
    ];
    if amount.is_some() {
        lines.push(Line::plain("Without its amount", absent));
        lines.push(Line::plain("Its amount may be zero", yes(zero_amount)));
    }
    let runs_on =
        integration.as_ref().map_or_else(|| Line::plain("Runs on", "nothing"), |it| Line::named("Runs on", it));
    lines.push(runs_on);
    lines.push(Line { is: format!("{data_sets:?}"), ..Line::plain("Rests on", rests_on) });
    let exactly = members(arguments, exact);
    lines.extend(members(arguments, value).into_iter().zip(exactly.into_values()).map(|((name, kind), is)| Line {
        part: exact(name),
        is,
        text: format!("{}: {kind}", value(name)),
    }));
    lines
}
