//! The browser takes a page over only at the address that it was rendered for.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_router::location::RequestUrl;

/// Back can be pressed before the client has come, which would take the page of one address for that of another.
///
/// Until it is there, the address stays that of the page, and the one to follow is noted.
const HOLD: &str = r#"{
    const { rendered } = document.currentScript.dataset;
    const html = document.documentElement;
    const address = (url) => url.pathname + url.search;
    const hold = () => {
        if (!rendered || "alive" in html.dataset) return;
        delete html.dataset.follow;
        const page = address(new URL(rendered));
        if (address(location) === page) return;
        html.dataset.follow = location.href;
        history.replaceState(history.state, "", page);
    };
    addEventListener("popstate", hold);
    hold();
}"#;

/// Stands before the client in the document.
#[component]
pub fn HoldAddress() -> impl IntoView {
    let rendered = use_context::<RequestUrl>().map(|url| url.as_ref().to_owned());
    view! {
        <script nonce=use_nonce() data-rendered=rendered>
            {HOLD}
        </script>
    }
}

/// From now on the client follows the address itself, and first where the reader went meanwhile.
pub fn let_go() {
    Effect::new(|_| {
        let Some(html) = document().document_element() else { return };
        let follow = html.get_attribute("data-follow");
        let held = html.set_attribute("data-alive", "").and(follow.map_or(Ok(()), |to| location().replace(&to)));
        if held.is_err() {
            leptos::logging::warn!("the address is not followed");
        }
    });
}
