use domain::{
    agent_file::AgentFile,
    authoring::{
        difference::{Difference, differences},
        draft::{DraftSeen, DraftView},
        statement::keys,
    },
    sentence::Names,
    view::catalog::Meaning,
};

use crate::error::UiError;

/// An agent file that somebody pasted, with what came of looking at it.
///
/// The answer to its form is a page that holds it, as an address could not.
#[derive(Clone, Debug)]
pub struct Pasted {
    pub text: String,
    pub note: String,
    /// The keys of what it means for permissions in force, as far as that is accepted.
    pub accepted: Vec<String>,
    pub found: Found,
    /// Why it was not taken in.
    pub error: Option<UiError>,
}

#[derive(Clone, Debug)]
pub enum Found {
    /// Nobody could look.
    Nothing,
    /// What keeps it from being taken in, in words.
    Faults(Vec<String>),
    Changes(Box<Would>),
}

/// What taking a file in would change.
#[derive(Clone, Debug)]
pub struct Would {
    pub file: AgentFile,
    /// The agent's permissions as they are, if there is such an agent.
    pub before: Option<DraftView>,
    pub changes: Vec<String>,
    pub meaning: Meaning,
}

impl Would {
    /// The open draft, which would be discarded.
    pub fn open(&self) -> Option<DraftSeen> {
        self.before.as_ref()?.draft.as_ref().map(|draft| draft.seen)
    }

    /// As the form that takes it in holds what was seen.
    pub fn seen(&self) -> String {
        let open = self.open().map(|seen| seen.to_string()).unwrap_or_default();
        [vec![open], self.changes.clone(), keys(&self.meaning.statements)].concat().join("\n")
    }

    /// What it calls things, and the shop what it does not call.
    pub fn names(&self) -> Names {
        let mut names = self.before.as_ref().map(|view| view.catalog.names()).unwrap_or_default();
        let Names { actions, data_sets, queues } = self.file.names();
        names.actions.extend(actions);
        names.data_sets.extend(data_sets);
        names.queues.extend(queues);
        names
    }

    /// What differs from the permissions as they are; nothing of an agent that has none.
    pub fn differences(&self) -> Option<Vec<Difference>> {
        let before = self.before.as_ref().filter(|view| view.draft.is_some() || view.in_force.is_some())?;
        Some(differences(&before.permissions, &self.file.permissions, &self.names()))
    }
}
