use domain::{
    sentence::visible,
    view::{KeyKind, KeyRow},
};
use leptos::prelude::*;

use super::calls::RevokeKey;
use crate::{
    paths,
    ui::{Dated, Submit, Tag, Tone, post_to},
};

/// One key, and the way to revoke it.
#[component]
pub fn Key(key_row: KeyRow) -> impl IntoView {
    let KeyRow { id, kind, agent, label, prefix, created_at, created_by, revoked_at } = key_row;
    let kind = match kind {
        KeyKind::Agent => "asks for leave",
        KeyKind::Hook => "gives feedback only",
    };
    let state = match revoked_at {
        Some(at) => view! {
            <Tag tone=Tone::Neutral text="Revoked"/>
            " "
            <Dated at/>
        }
        .into_any(),
        None => view! {
            <Tag tone=Tone::Good text="In use"/>
            <details class="fold-plain">
                <summary>{format!("Revoke {prefix}…")}</summary>
                <p>"Whoever uses it is refused at once. It cannot be brought back."</p>
                <form method="post" action={post_to::<RevokeKey>()}>
                    <input type="hidden" name="id" value=id.to_string() data-seen/>
                    <Submit label="Revoke this key"/>
                </form>
            </details>
        }
        .into_any(),
    };
    view! {
        <tr role="row" data-key=id.to_string()>
            <td role="cell" data-label="Key"><div class="cell">
                <strong>{visible(&label)}</strong>
                <br/>
                <code>{prefix}"…"</code>
            </div></td>
            <td role="cell" data-label="For"><div class="cell">
                <a href=paths::agent(&agent.slug)>{agent.name}</a>
                ", "
                {kind}
            </div></td>
            <td role="cell" data-label="Made"><div class="cell">
                <Dated at=created_at/>
                {created_by.map(|by| format!(", by {by}"))}
            </div></td>
            <td role="cell" data-label="State"><div class="cell">{state}</div></td>
        </tr>
    }
}
