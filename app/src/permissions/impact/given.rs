use leptos::prelude::*;

use crate::{
    paths,
    ui::{Field, Submit, TextArea, by_reader},
};

/// The most that can be given at once, in bytes: some 100,000 requests.
pub const MOST_GIVEN: usize = MOST_MEGABYTES * 1024 * 1024;

const MOST_MEGABYTES: usize = 100;

const EXAMPLE: &str = r##"{"at": "2026-10-01T14:02:00Z", "action": "order.refund", "arguments": {"order_id": "#W1", "total": {"amount": "72.50", "currency": "USD"}}, "customer": {"id": "omar"}, "trigger": "ticket 7"}"##;

/// Past actions from elsewhere, pasted or as a file. The browser sends them by itself, in parts, as no address would carry
/// a file.
#[component]
pub fn Given(agent: String, seen: String) -> impl IntoView {
    let most = format!(
        "At most {MOST_MEGABYTES} MB, which is some 100,000 requests. Where a file is chosen, it is taken, and what is pasted is not."
    );
    view! {
        <details class="fold" data-key="given">
            <summary>"Judge past actions that you have"</summary>
            <p>
                "One action a line, the earliest first. Each line is what an agent sends when it asks, as JSON, with one thing more: "
                <code>"at"</code> ", when it was. This is called JSON Lines."
            </p>
            <pre class="json">{EXAMPLE}</pre>
            <form
                class="form"
                method="post"
                data-key="given"
                data-leaves
                enctype="multipart/form-data"
                action=by_reader(&paths::impact(&agent))
            >
                <input type="hidden" name="seen" value=seen/>
                <Field label="Paste the lines" name="lines">
                    <TextArea name="lines" rows=5 code=true/>
                </Field>
                <Field label="Or choose a file" name="file" hint=most>
                    <input class="input" type="file" name="file" accept=".jsonl,.ndjson,.json,.txt,application/jsonl,text/plain"/>
                </Field>
                <div class="actions">
                    <Submit label="Judge these actions"/>
                </div>
            </form>
        </details>
    }
}
