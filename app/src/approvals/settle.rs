use domain::{state::State, view::RequestView};
use leptos::prelude::*;

use super::{calls::Settle, wrote::Wrote};
use crate::ui::{ErrorNote, Field, Reason, Section, Submit, Tone, failure, post_to};

/// For a request whose outcome nobody knows, or nobody but its agent: a person looks it up and says.
#[component]
pub fn Settling(request: RequestView) -> impl IntoView {
    let (title, hint, outcomes): (_, _, &[_]) = match request.row.state {
        State::Failed => (
            "Confirm that it failed",
            "Only its agent says so. Until somebody has looked, it counts in the limits of what was done.",
            &[FAILED],
        ),
        _ => (
            "Settle it",
            "Look in the outside system whether it happened. It is never tried again by itself.",
            &[("succeeded", "It was carried out"), FAILED],
        ),
    };
    let outcomes: Vec<_> =
        outcomes.iter().map(|(value, words)| view! { <option value=*value>{*words}</option> }).collect();
    let form = request.can_settle.then(|| {
        view! {
            <Section title>
                <p>{hint}</p>
                <form class="form card" method="post" action={post_to::<Settle>()}>
                    <input type="hidden" name="id" value=request.row.id.to_string() data-seen/>
                    <Field label="What happened" name="outcome">
                        <select name="outcome" required>
                            <option value="">"Choose"</option>
                            {outcomes}
                        </select>
                    </Field>
                    <Reason label="How you know" value={Wrote::into::<Settle>().text} required=true/>
                    <Submit label="Settle" tone=Tone::Accent/>
                </form>
            </Section>
        }
    });
    view! {
        <ErrorNote error={failure::<Settle>()}/>
        {form}
    }
}

const FAILED: (&str, &str) = ("failed", "It was not carried out");
