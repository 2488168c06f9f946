//! A made-up request, judged while somebody types it: by the same rules on the server and in the browser.

mod answers;
mod filled;
mod judge;
mod read;
mod words;

use domain::{
    action::{ActionType, WordLists},
    decision::Prepared,
    facts::Words,
    permission::PermissionSet,
    sentence::Names,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use answers::Answers;
pub use filled::{fields_of, sample};
pub use judge::{Judged, judge};
pub use read::{Counted, LEFT_OUT, READ_OF, counted};

/// What a made-up request is judged by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bench {
    /// The action that it asks for.
    pub action: ActionType,
    /// The permission sets, each by itself; one or two.
    pub sides: Vec<Side>,
    /// What people call actions, data sets and queues.
    pub actions: BTreeMap<String, String>,
    pub data_sets: BTreeMap<String, String>,
    pub queues: BTreeMap<String, String>,
    pub word_lists: WordLists,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// Such as "The draft".
    pub title: String,
    /// `None`: nothing is published.
    pub permissions: Option<PermissionSet>,
}

/// A bench, made ready once for all that is typed.
pub struct Ready {
    action: ActionType,
    sides: Vec<(String, Option<Prepared>)>,
    names: Names,
    words: Words,
    windows: Vec<Counted>,
}

impl Bench {
    pub fn ready(self) -> Ready {
        let windows = counted(&self);
        let names = Names { actions: self.actions, data_sets: self.data_sets, queues: self.queues };
        let prepared = |side: Side| (side.title, side.permissions.map(|set| Prepared::new(set, &names)));
        let sides = self.sides.into_iter().map(prepared).collect();
        Ready { action: self.action, sides, words: Words::from(&self.word_lists), names, windows }
    }
}
