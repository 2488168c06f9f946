use domain::{id::RequestId, view::RequestView};
use leptos::prelude::*;

use super::calls::ResolveComplaint;
use crate::ui::{ErrorNote, Reason, Section, Submit, busy, each, failure};

/// For what a customer complained about.
#[component]
pub fn Resolving(request: RequestView, action: ServerAction<ResolveComplaint>) -> impl IntoView {
    let open: Vec<RequestId> = request.can_resolve.then_some(request.row.id).into_iter().collect();
    let form = each(open, |id| *id, move |id| view! { <ResolveForm id action/> });
    view! {
        <ErrorNote error=failure(action)/>
        {form}
    }
}

#[component]
fn ResolveForm(id: RequestId, action: ServerAction<ResolveComplaint>) -> impl IntoView {
    view! {
        <Section title="The customer complained">
            <p>"Until it is resolved, rules about open complaints ask a person for this customer."</p>
            <ActionForm action attr:class="form card">
                <input type="hidden" name="id" value=id.to_string()/>
                <Reason label="How it was cleared up" required=true/>
                <Submit label="Mark as resolved" busy=busy(action)/>
            </ActionForm>
        </Section>
    }
}
