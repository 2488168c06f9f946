//! What has to hold of forms and pages in their sources.

use std::collections::BTreeSet;

use super::tidy::{Source, sources};

#[test]
fn every_server_function_is_called_by_a_post() {
    let marks = ["GetUrl", "input =", "Get<", "codee::", "prefix =", "endpoint ="];
    let mut found = Vec::new();
    for source in sources("app/src") {
        found.extend(source.find(&["#[server("]).into_iter().filter(|line| !line.contains("#[server(default)]")));
        if source.path.ends_with("calls.rs") {
            found.extend(source.find(&marks));
        }
    }
    assert_eq!(found, [""; 0]);
}

#[test]
fn what_a_form_sends_does_not_move_with_the_clock() {
    // A page that is loaded again would change it under its reader's hands.
    let is_from_now = |line: &str| {
        let part =
            |of: &str| line.split(of).nth(1).and_then(|rest| rest.split(['/', '>', ' ']).next()).map(str::to_owned);
        ["value=", "data-key=", "data-version="].iter().any(|of| part(of).is_some_and(|value| value.contains("now")))
    };
    let mut found = Vec::new();
    for source in sources("app/src") {
        let lines = source.code().filter(|(_, line)| is_from_now(line) || line.contains("(now + "));
        found.extend(lines.map(|(number, line)| format!("{}:{number}: {}", source.path, line.trim())));
    }
    assert_eq!(found, [""; 0]);
}

#[test]
fn every_change_is_a_form() {
    // A form posts without JavaScript, too; an action that is dispatched from a click would not.
    let marks = [".dispatch(", "spawn_local(", "ServerAction::", "Action::new"];
    let pages = ["app/src", "islands/src"].into_iter().flat_map(sources);
    let found: Vec<String> = pages.flat_map(|source| source.find(&marks)).collect();
    assert_eq!(found, [""; 0]);
}

/// The server function or address that each form of a page posts to, with its markup.
fn posting_forms(source: &Source) -> Vec<(String, String)> {
    let code: String = source.code().map(|(_, line)| format!("{line}\n")).collect();
    let forms = code.split("<form").skip(1).filter_map(|rest| Some(rest.split_once("</form>")?.0.to_owned()));
    let forms = forms.filter(|form| form.contains("method=\"post\""));
    let to = |form: &str| {
        let name = |after: &str, ends: &[char]| Some(form.split_once(after)?.1.split(ends).next()?.to_owned());
        let named = name("post_to::<", &['>']).or_else(|| name("by_reader(&", &['(']));
        named.or_else(|| name("action=", &['(', ' ', '>'])).unwrap_or_default()
    };
    forms.map(|form| (to(&form), form)).collect()
}

#[test]
fn what_a_form_was_drawn_with_is_what_it_posts() {
    // What does not, and why a change meanwhile does no harm.
    let without: [(&str, &[&str]); 3] = [
        (
            "it adds something",
            &[
                "agents/new.rs: CreateAgent",
                "agents/tighten.rs: Tighten",
                "catalog/data_sets_page.rs: PutDataSet",
                "catalog/words_page.rs: PutWords",
                "customers/holds.rs: PlaceHold",
                "permissions/begin/mod.rs: BeginFrom",
                "permissions/files/import.rs: paths::import_agent",
                "permissions/rules/add.rs: Add",
                "settings/add_person.rs: Add",
                "settings/add_queue.rs: Add",
                "settings/create_key.rs: paths::create_key",
            ],
        ),
        (
            "it says which way it goes, and is refused where that was gone already",
            &[
                "agents/integrations.rs: OpenBreaker",
                "customers/holds.rs: ReleaseHold",
                "integrations/breaker.rs: OpenBreaker",
                "permissions/impact/standing.rs: CancelImpact",
                "settings/publishing.rs: NeedTwoToPublish",
                "settings/publishing.rs: ProposeOneToPublish",
                "settings/queue.rs: AddMember",
            ],
        ),
        (
            "it is the same whatever was shown",
            &[
                "settings/password_page.rs: paths::own_password",
                "settings/person.rs: Set",
                "setup/mod.rs: paths::setup",
                "shell/mod.rs: paths::sign_out",
                "shell/stop_control.rs: target",
                "sign_in/mod.rs: paths::sign_in",
                "stop/big_button.rs: action",
                "stop/explain.rs: ExplainStop",
            ],
        ),
    ];
    let without: BTreeSet<String> =
        without.iter().flat_map(|(_, forms)| forms.iter().map(|form| format!("app/src/{form}"))).collect();
    // `Bound` holds it for all forms about one request, or one draft.
    let shared = ["name=\"seen", "[seen]", "data-seen", "<Bound"];
    let mut found = BTreeSet::new();
    for source in sources("app/src") {
        let forms = posting_forms(&source).into_iter();
        let bare = forms.filter(|(_, form)| !shared.iter().any(|part| form.contains(part)));
        found.extend(bare.map(|(to, _)| format!("{}: {to}", source.path)));
    }
    assert_eq!(found, without);
}

#[test]
fn a_form_names_whom_it_was_drawn_for() {
    // Where nobody is signed in; what stops, whoever presses; and what signs out whoever is signed in.
    let free = [
        "setup/mod.rs: paths::setup",
        "shell/mod.rs: paths::sign_out",
        "shell/stop_control.rs: target",
        "sign_in/mod.rs: paths::sign_in",
        "stop/big_button.rs: action",
    ];
    let mut found = BTreeSet::new();
    for source in sources("app/src") {
        let forms = posting_forms(&source).into_iter();
        let bare = forms.filter(|(_, form)| !["post_to::<", "by_reader("].iter().any(|part| form.contains(part)));
        found.extend(bare.map(|(to, _)| format!("{}: {to}", source.path)));
        let buttons = source.find(&["formaction="]).into_iter().filter(|line| !line.contains("formaction=redraw("));
        found.extend(buttons);
    }
    assert_eq!(found, free.map(|form| format!("app/src/{form}")).into());
    let islands: Vec<String> = sources("islands/src").iter().flat_map(|source| source.find(&["\"post\""])).collect();
    assert_eq!(islands, [""; 0]);
}

#[test]
fn text_stands_raw_in_no_element() {
    // Leptos writes what stands in these as it is; the kit escapes it, in one place each.
    let marks = [
        "<textarea",
        "textarea(",
        "<title",
        "leptos_meta::Title",
        "<noscript",
        "<noembed",
        "<script",
        "<Script",
        "<style",
        "<Style",
        "<iframe",
        "<xmp",
        "<plaintext",
        "inner_html",
        "outer_html",
        "insert_adjacent",
        "InertElement",
    ];
    let kit = ["app/src/ui/text_area.rs", "app/src/ui/title.rs"];
    let pages = ["app/src", "frontend/src", "islands/src"].into_iter().flat_map(sources);
    let others = pages.filter(|source| !kit.contains(&source.path.as_str()));
    let found: Vec<String> = others.flat_map(|source| source.find(&marks)).collect();
    assert_eq!(found, [""; 0]);
    let titles = sources("app/src").into_iter().filter(|source| !source.find(&["leptos_meta::"]).is_empty());
    let titles: BTreeSet<String> = titles.map(|source| source.path).collect();
    assert_eq!(titles, ["app/src/lib.rs", "app/src/ui/title.rs"].map(str::to_owned).into());
}
