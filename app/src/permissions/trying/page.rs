use axum::{
    extract::Query,
    http::{Uri, request::Parts},
};
use domain::permission::PermissionSet;
use islands::{given, trying::Answers};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    asked::Asked,
    bench::bench,
    blanks::codes,
    fields::{Around, Before, Customer, What},
    more::More,
};
use crate::{
    paths,
    permissions::editing::{Editing, Shared},
    server::{actor, governance},
    ui::{Empty, PageTitle, Submit, Tone, loaded},
};

/// Where a request is made up, and answered at once. The address holds the request: nothing is stored.
#[component]
pub fn TryPage() -> impl IntoView {
    let slug = use_params_map().with_untracked(|params| params.get("slug").unwrap_or_default());
    let pairs = use_context::<Parts>().map(|parts| pairs(&parts.uri)).unwrap_or_default();
    loaded(async move {
        let (actor, governance) = (actor().await?, governance()?);
        let editing = Editing::load(&governance, &actor, slug).await?;
        let in_force = match (&editing.view.draft, &editing.view.in_force) {
            (Some(_), Some(row)) => Some(governance.version(&actor, &editing.slug, row.version).await?.permissions),
            _ => None,
        };
        let asked = Asked::read(&pairs, &editing.view);
        Ok(view! { <Trying editing asked in_force/> })
    })
}

fn pairs(address: &Uri) -> Vec<(String, String)> {
    Query::try_from_uri(address).map(|Query(pairs)| pairs).unwrap_or_default()
}

#[component]
fn Trying(editing: Shared, asked: Option<Asked>, in_force: Option<PermissionSet>) -> impl IntoView {
    let title = format!("Try the permissions of {}", editing.view.agent.link.name);
    let lead =
        "Make up a request, and see what Reins would answer, and why. Nothing is asked, and nothing is recorded.";
    let ways = view! {
        <a href=paths::permissions(&editing.slug)>"Back to the permissions"</a>
        <a href=paths::impact(&editing.slug)>"What would have changed"</a>
    };
    let Some(asked) = asked else {
        return view! {
            <PageTitle title lead>{ways}</PageTitle>
            <Empty title="No actions yet">
                <p><a href=paths::actions()>"Describe what agents can do"</a> " first."</p>
            </Empty>
        }
        .into_any();
    };
    let bench = bench(&editing, in_force, asked.action.clone());
    let in_use = editing.view.catalog.currencies_in_use();
    let currencies = if in_use.is_empty() { codes(editing.currency()) } else { codes(in_use) };
    let here = paths::try_it(&editing.slug);
    view! {
        <PageTitle title lead>{ways}</PageTitle>
        <form class="trying" method="get" action=here novalidate>
            <section class="trying-answer" aria-label="The answer">
                <Answers bench=given(&bench) fields=asked.fields.clone()/>
                <p class="hint">"As of an agent that is live, and neither stopped nor tightened."</p>
            </section>
            <div class="trying-fields">
                <What editing=editing.clone() asked=asked.clone()/>
                <Customer asked=asked.clone() currencies=currencies.clone()/>
                <Around asked=asked.clone()/>
                <Before editing=editing.clone() bench asked=asked.clone() currencies=currencies.clone()/>
                <More editing asked currencies/>
                <div class="actions">
                    <Submit label="Judge this request" tone=Tone::Accent/>
                </div>
            </div>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_texts_as_they_were_typed() {
        let address =
            "/agents/a/permissions/try?action=x&fields%5B%2Ftotal%2Famount%5D=5%2541&fields%5Boutput%5D=a+b%26c";
        let said = pairs(&address.parse().unwrap());
        let said: Vec<_> = said.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(said, [("action", "x"), ("fields[/total/amount]", "5%41"), ("fields[output]", "a b&c")]);
    }
}
