use domain::{entry::Kind, view::RequestView};
use leptos::prelude::*;

use crate::ui::{Ago, Notice, Tone};

/// An outcome that came without leave: it stands out on the request for good.
#[component]
pub fn Breach(request: RequestView) -> impl IntoView {
    let now = request.now;
    let breach = request.entries.iter().rev().find(|entry| entry.kind == Some(Kind::Breach))?;
    let (who, at) = (breach.who.clone(), breach.at);
    Some(view! {
        <Notice tone=Tone::Bad>
            <p>{who} " reported an outcome of this without leave, " <Ago at now/> ". It may have happened all the same."</p>
        </Notice>
    })
}
