use domain::{
    integration::{MOST_LINK, Numbering},
    sentence::visible,
    view::integrations::IntegrationView,
};
use leptos::prelude::*;

use super::calls::DescribeIntegration;
use crate::ui::{Choice, Submit, TextField, Tone, post_to, sent};

/// Says anew what is known; what was typed comes back where it was not taken.
#[component]
pub fn Describe(integration: IntegrationView) -> impl IntoView {
    let IntegrationView { head, owner, seen, people, .. } = integration;
    let sent = sent::<DescribeIntegration>().about("slug", &head.slug);
    let failed = sent.is_some();
    let text = |name: &str, known: String| if failed { sent.text(name) } else { known };
    let numbering = text("said[numbering]", head.numbering.map(|by| by.name().to_owned()).unwrap_or_default());
    let owned = text("said[owner]", owner.as_ref().map(|owner| owner.id.to_string()).unwrap_or_default());
    let gone = owner.filter(|owner| people.iter().all(|person| person.id != owner.id));
    let people = gone.into_iter().chain(people).map(|person| (person.id.to_string(), person.name));
    let numberings = Numbering::ALL.map(|by| (by.name().to_owned(), by.words().to_owned()));
    view! {
        <details class="fold" open=failed>
            <summary>{format!("Say what is known of {}", visible(&head.name))}</summary>
            <form class="form" method="post" action={post_to::<DescribeIntegration>()}>
                <input type="hidden" name="slug" value=head.slug/>
                <input type="hidden" name="seen" value=seen data-seen/>
                <p class="hint">"Leave empty what is not known. None of it lets an agent do more or less."</p>
                <TextField label="Vendor" name="said[vendor]" value=text("said[vendor]", head.vendor) most=100 hint="Such as Shopify."/>
                <TextField label="Product" name="said[product]" value=text("said[product]", head.product) most=100 hint="Such as Admin API."/>
                <TextField label="Pinned version" name="said[version]" value=text("said[version]", head.version) most=100/>
                <Choice label="Versions are numbered" name="said[numbering]" none="Not known" options=numberings.to_vec() chosen=numbering/>
                <TextField
                    label="Last day of that version"
                    name="said[version_ends]"
                    kind="date"
                    value=text("said[version_ends]", head.version_ends.map(|day| day.to_string()).unwrap_or_default())
                />
                <Choice label="Owner" name="said[owner]" none="Nobody" options=people.collect() chosen=owned/>
                <TextField label="Account or store" name="said[account]" value=text("said[account]", head.account) most=100/>
                <TextField
                    label="Documentation"
                    name="said[documentation]"
                    value=text("said[documentation]", head.documentation)
                    most=u32::try_from(MOST_LINK).unwrap_or(u32::MAX)
                    hint="An address that begins with https://"
                />
                <TextField
                    label="Status page"
                    name="said[status_page]"
                    value=text("said[status_page]", head.status_page)
                    most=u32::try_from(MOST_LINK).unwrap_or(u32::MAX)
                    hint="An address that begins with https://"
                />
                <div class="actions">
                    <Submit label="Save what is known" tone=Tone::Accent/>
                </div>
            </form>
        </details>
    }
}
