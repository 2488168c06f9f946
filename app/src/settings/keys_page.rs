use domain::view::KeyRow;
use leptos::prelude::*;

use super::{
    calls::{RevokeKey, load_keys},
    create_key::CreateKey,
    key_row::Key,
    nav::SettingsNav,
};
use crate::ui::{DoneNote, Empty, ErrorNote, LoadedForMe, PageTitle, each, failure, words::count};

/// The keys that agents and helpdesks sign in with.
#[component]
pub fn KeysPage() -> impl IntoView {
    let revoke = ServerAction::<RevokeKey>::new();
    let keys = Resource::new(move || revoke.version().get(), |_| load_keys());

    view! {
        <DoneNote/>
        <LoadedForMe
            resource=keys
            view=move |me, (keys, agents)| {
                view! {
                    <PageTitle title="Keys" lead=lead(&keys)/>
                    <SettingsNav role=me.role here="Keys"/>
                    <ErrorNote error=failure(revoke)/>
                    <Keys keys revoke/>
                    <CreateKey agents/>
                }
            }
        />
    }
}

fn lead(keys: &[KeyRow]) -> String {
    let good = keys.iter().filter(|key| key.revoked_at.is_none()).count();
    let good = u32::try_from(good).unwrap_or(u32::MAX);
    format!("{} in use. Each is shown once, when it is made.", count(good, "key", "keys"))
}

#[component]
fn Keys(keys: Vec<KeyRow>, revoke: ServerAction<RevokeKey>) -> impl IntoView {
    if keys.is_empty() {
        return view! {
            <Empty title="There is no key yet.">
                <p>"An agent cannot ask before it has one."</p>
            </Empty>
        }
        .into_any();
    }
    let rows = each(keys, |key| (key.id, key.revoked_at), move |key| view! { <Key key_row=key revoke/> });
    view! {
        <div class="table-box stacks"><table class="table" role="table">
            <caption class="sr-only">"Keys"</caption>
            <thead role="rowgroup">
                <tr role="row">
                    <th scope="col" role="columnheader">"Key"</th>
                    <th scope="col" role="columnheader">"For"</th>
                    <th scope="col" role="columnheader">"Made"</th>
                    <th scope="col" role="columnheader">"State"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table></div>
    }
    .into_any()
}
