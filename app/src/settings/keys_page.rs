use domain::view::KeyRow;
use leptos::prelude::*;

use super::{calls::RevokeKey, create_key::CreateKey, key_row::Key, nav::SettingsNav};
use crate::{
    server::{actor, governance},
    ui::{DoneNote, Empty, ErrorNote, PageTitle, failure, loaded, words::count},
};

/// The keys that agents and helpdesks sign in with.
#[component]
pub fn KeysPage() -> impl IntoView {
    let page = async {
        let actor = actor().await?;
        let governance = governance()?;
        let keys = governance.keys(&actor).await?;
        let agents = governance.agents(&actor).await?;
        Ok(view! {
            <PageTitle title="Keys" lead=lead(&keys)/>
            <SettingsNav actor here="Keys"/>
            <ErrorNote error={failure::<RevokeKey>()}/>
            <Keys keys/>
            <CreateKey agents/>
        })
    };
    view! {
        <DoneNote/>
        {loaded(page)}
    }
}

fn lead(keys: &[KeyRow]) -> String {
    let good = keys.iter().filter(|key| key.revoked_at.is_none()).count();
    let good = u32::try_from(good).unwrap_or(u32::MAX);
    format!("{} in use. Each is shown once, when it is made.", count(good, "key", "keys"))
}

#[component]
fn Keys(keys: Vec<KeyRow>) -> impl IntoView {
    if keys.is_empty() {
        return view! {
            <Empty title="There is no key yet.">
                <p>"An agent cannot ask before it has one."</p>
            </Empty>
        }
        .into_any();
    }
    let rows: Vec<_> = keys.into_iter().map(|key| view! { <Key key_row=key/> }).collect();
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
