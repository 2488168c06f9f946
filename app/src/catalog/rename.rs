use domain::{
    authoring::meaning::{Change, Thing},
    role::Capability,
    sentence::visible,
};
use governance::{Actor, Governance};
use leptos::prelude::*;

use super::{
    calls::Rename as Post,
    meaning::{Accepting, Refused},
};
use crate::{
    error::UiError,
    told::Sent,
    ui::{Submit, TextField, Tone, failure, post_to, sent},
};

/// The forms that rename what is on a page, for those who may.
#[derive(Clone)]
pub struct Renaming {
    thing: Thing,
    refused: Refused,
}

impl Renaming {
    /// What was sent and not done.
    pub fn sent() -> Sent {
        sent::<Post>()
    }

    /// Why it was not done.
    pub fn failure() -> Option<UiError> {
        failure::<Post>()
    }

    /// With what `sent` would mean.
    pub async fn of(governance: &Governance, actor: &Actor, thing: Thing, sent: Sent) -> Result<Option<Self>, UiError> {
        if !actor.can(Capability::Govern) {
            return Ok(None);
        }
        let [slug, seen, name] = ["slug", "seen", "name"].map(|field| sent.text(field));
        let change = Change::Rename { thing, slug, seen, name: name.trim().to_owned() };
        let meaning = match sent.is_some() {
            true => governance.meaning(actor, &change).await?,
            false => Default::default(),
        };
        Ok(Some(Self { thing, refused: Refused { sent, meaning } }))
    }
}

/// What people call it from then on; its short name stays.
#[component]
pub fn Rename(renaming: Renaming, slug: String, name: String) -> impl IntoView {
    let Renaming { thing, refused } = renaming;
    let refused = Some(refused).filter(|refused| refused.sent.has("slug", &slug));
    let typed = refused.as_ref().map_or_else(|| name.clone(), |refused| refused.sent.text("name"));
    let open = refused.is_some();
    view! {
        <details class="fold-plain" open=open>
            <summary>{format!("Rename {}", visible(&name))}</summary>
            <form class="form" method="post" action={post_to::<Post>()}>
                <input type="hidden" name="thing" value=thing.name()/>
                <input type="hidden" name="slug" value=slug/>
                <input type="hidden" name="seen" value=name data-seen/>
                <TextField label="Name" name="name" value=typed required=true most=100/>
                <Accepting refused/>
                <div class="actions">
                    <Submit label="Save the name" tone=Tone::Accent/>
                </div>
            </form>
        </details>
    }
}
