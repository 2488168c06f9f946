use html_escape::encode_text;
use leptos::prelude::*;

/// Lines of text.
///
/// The only text area: what stands in one is written by Leptos as it is, so that it is escaped here.
#[component]
pub fn TextArea(
    #[prop(into)] name: String,
    #[prop(optional, into)] value: String,
    #[prop(default = 2)] rows: usize,
    /// The longest that is typed into it, in characters.
    #[prop(optional)]
    most: Option<u32>,
    #[prop(optional)] required: bool,
    /// Where no label stands around it.
    #[prop(optional, into)]
    label: Option<String>,
    /// Holds what machines read.
    #[prop(optional)]
    code: bool,
) -> impl IntoView {
    let class = match (code, rows > 10) {
        (false, _) => "input",
        (true, false) => "input code",
        (true, true) => "input code code-file",
    };
    view! {
        <textarea
            class=class
            name=name
            rows=rows.to_string()
            maxlength=most.map(|most| most.to_string())
            required=required
            aria-label=label
            spellcheck=code.then_some("false")
            autocomplete=code.then_some("off")
            inner_html=written(&value)
        />
    }
}

/// As it stands between the tags. A browser drops the first line end there.
fn written(value: &str) -> String {
    format!("\n{}", encode_text(value))
}
