use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::calls::{Propose, Publish};
use crate::{
    permissions::wrote::is_from_elsewhere,
    ui::{Notice, Tone, failure},
};

/// What was written and ticked, and not taken; the address carries it back.
#[derive(Clone, Default)]
pub struct Typed {
    pub note: String,
    pub accepted: Vec<String>,
    /// Whether it was to be proposed only.
    pub proposing: bool,
}

impl Typed {
    /// Nothing where nothing has failed, and where another site has led here: nobody ticks a box for another.
    pub async fn of_address() -> Self {
        let proposing = failure::<Propose>().is_some();
        let failed = proposing || failure::<Publish>().is_some();
        let (note, accepted) = use_query_map().with_untracked(|query| {
            (query.get("note").unwrap_or_default(), query.get_all("accepted").unwrap_or_default())
        });
        match failed && !is_from_elsewhere().await {
            true => Self { note, accepted, proposing },
            false => Self::default(),
        }
    }
}

/// The note, where there is no form now that could hold it.
#[component]
pub fn NoteKept(typed: Typed) -> impl IntoView {
    (!typed.note.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Neutral>
                <p class="notice-title">"You wrote this, and it is not recorded:"</p>
                <p>"“" {typed.note} "”"</p>
            </Notice>
        }
    })
}
