use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::calls::{Propose, Publish};
use crate::{
    told,
    ui::{Notice, Tone, Written},
};

/// What was written and ticked, and not taken; the address carries it back.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Typed {
    pub note: String,
    pub accepted: Vec<String>,
    /// Whether it was to be proposed only.
    pub proposing: bool,
}

impl Typed {
    /// Nothing where nothing has failed.
    pub fn of_address() -> Self {
        told::typed::<Publish, _>().or_else(told::typed::<Propose, _>).unwrap_or_default()
    }
}

/// The note, where there is no form now that could hold it.
#[component]
pub fn NoteKept(typed: Typed) -> impl IntoView {
    (!typed.note.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Neutral>
                <p class="notice-title">"You wrote this, and it is not recorded:"</p>
                <p>"“" <Written text=typed.note/> "”"</p>
            </Notice>
        }
    })
}
