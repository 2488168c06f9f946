use domain::view::RequestView;
use leptos::prelude::*;

use super::{calls::ResolveComplaint, wrote::Wrote};
use crate::ui::{ErrorNote, Reason, Section, Submit, failure, post_to};

/// For what a customer complained about.
#[component]
pub fn Resolving(request: RequestView) -> impl IntoView {
    let form = request.can_resolve.then(|| {
        view! {
            <Section title="The customer complained">
                <p>"Until it is resolved, rules about open complaints ask a person for this customer."</p>
                <form class="form card" method="post" action={post_to::<ResolveComplaint>()}>
                    <input type="hidden" name="id" value=request.row.id.to_string() data-seen/>
                    <Reason label="How it was cleared up" value={Wrote::into::<ResolveComplaint>().text} required=true/>
                    <Submit label="Mark as resolved"/>
                </form>
            </Section>
        }
    });
    view! {
        <ErrorNote error={failure::<ResolveComplaint>()}/>
        {form}
    }
}
