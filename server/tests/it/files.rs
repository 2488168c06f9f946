//! Agents' permissions as files: out by a link, in by a form that first says what it would change.

use app::paths::escaped;
use domain::role::Role;

use crate::{
    browser::Browser,
    front::{Answer, Front, fingerprint},
};

const OUT: &str = "/agents/support/permissions/export";

async fn agent_file(browser: &Browser<'_>) -> String {
    let answer = browser.get(&format!("{OUT}/agent.toml?version=1")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.text
}

async fn paste(browser: &Browser<'_>, file: &str, rest: &str) -> Answer {
    browser.post("/agents/import", &format!("file={}&{rest}", escaped(file))).await
}

/// What the form that takes a file in holds of what was shown.
fn seen(answer: &Answer) -> String {
    let field = answer.text.split("name=\"seen\"").nth(1).unwrap();
    let value = field.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
    value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[tokio::test]
async fn whoever_looks_takes_files_out_on_record() {
    let front = Front::open().await;
    let auditor = front.signed_in(Role::Auditor).await;
    for (file, name, begins) in [
        ("agent.toml?version=1", "support-1.toml", "[agent]\nslug = \"support\""),
        ("agent.toml", "support.toml", "[agent]\nslug = \"support\""),
        ("policies.cedar?version=1", "support-1.cedar", "//"),
        ("schema.cedarschema?version=1", "support-1.cedarschema", "// An agent asks"),
    ] {
        let answer = auditor.get(&format!("{OUT}/{file}")).await;
        assert_eq!(answer.status, 200, "{file}: {answer:?}");
        assert!(answer.text.starts_with(begins), "{file}: {}", answer.text);
        assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"{name}\""));
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let exported = "select count(*) from entries where kind = 'agent_exported'";
    assert_eq!(front.shop.database.count(exported).await, 4);
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_leaves_no_entry() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    for path in [
        "/agents/support/permissions/export/agent.toml?version=7",
        "/agents/support/permissions/export/agent.toml?version=x",
        "/agents/support/permissions/export/agent.json",
        "/agents/nobody/permissions/export/agent.toml",
        "/agents/support/permissions/print?version=7",
        "/agents/support/permissions/print?version=draft",
        "/agents/support/permissions/files?version=7",
    ] {
        let answer = admin.get(path).await;
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
    }
    let exported = "select count(*) from entries where kind = 'agent_exported'";
    assert_eq!(front.shop.database.count(exported).await, 0);
}

#[tokio::test]
async fn an_agent_without_permissions_has_nothing_to_take_out_or_print() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let made = admin.post("/api/app/agents/calls/create_agent", "name=Returns").await;
    assert_eq!(made.leads_to(), "/agents/returns/permissions?done=agent-created", "{made:?}");
    for (page, said) in [("files", "there is nothing to take out"), ("print", "There is nothing to print")] {
        let answer = admin.get(&format!("/agents/returns/permissions/{page}")).await;
        assert!(answer.status == 200 && answer.text.contains(said), "{page}: {answer:?}");
    }
    assert_eq!(admin.get("/agents/returns/permissions/export/agent.toml").await.status, 404);
}

#[tokio::test]
async fn a_file_that_was_taken_out_changes_nothing_when_it_comes_back() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let file = agent_file(&admin).await;
    let before = fingerprint(&front.shop).await;
    let answer = paste(&admin, &file.replace('\n', "\r\n"), "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.text.contains("Nothing would change"), "{}", answer.text);
    assert_eq!(fingerprint(&front.shop).await, before);
}

#[tokio::test]
async fn a_file_is_taken_in_after_what_it_would_change_was_seen() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let file = agent_file(&admin).await;
    let file = file.replacen("\"support\"", "\"returns\"", 1).replacen("\"Support\"", "\"Returns & more\"", 1);
    let before = fingerprint(&front.shop).await;
    let answer = paste(&admin, &file, "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(
        answer.text.replace("<!>", "").contains("New agent <bdi class=\"value\">returns</bdi>, as a draft."),
        "{}",
        answer.text
    );
    assert!(!answer.text.contains("data-live"), "the client would load it again, and lose it");
    assert_eq!(fingerprint(&front.shop).await, before);

    let seen = escaped(&seen(&answer));
    let other = paste(&admin, &file, &format!("seen={seen}x&note=reviewed")).await;
    assert_eq!(other.status, 409, "what was shown is another thing");
    let silent = paste(&admin, &file, &format!("seen={seen}&note=")).await;
    assert_eq!(silent.status, 422, "nobody says why");
    assert!(silent.text.contains("Returns &amp; more"), "what was pasted is still there");
    assert_eq!(fingerprint(&front.shop).await, before);

    let done = paste(&admin, &file, &format!("seen={seen}&note=reviewed")).await;
    assert_eq!((done.status.as_u16(), done.leads_to().as_str()), (303, "/agents/returns/permissions?done=taken-in"));
    let draft = front.shop.governance.draft(&front.shop.admin, "returns").await.unwrap();
    assert_eq!(draft.agent.link.name, "Returns & more");
    let out = front.shop.governance.export_agent(&front.shop.admin, "support", None).await.unwrap();
    assert_eq!(draft.permissions, out.permissions);
    let again = paste(&admin, &file, "").await;
    assert!(again.text.contains("Nothing would change"), "{}", again.text);
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said_and_the_file_is_kept() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let file = agent_file(&admin).await;
    let before = fingerprint(&front.shop).await;
    for (old, new, said) in [
        ("[agent]", "[agent]\nmode = \"live\"", "Line 2: unknown field <bdi class=\"value\">mode</bdi>"),
        ("slug = \"support\"", "slug = \"import\"", "No agent can be called <bdi class=\"value\">import</bdi>."),
        ("slug = \"support\"", "slug = \"Support!\"", "<bdi class=\"value\">Support!</bdi> is not a short name"),
    ] {
        let answer = paste(&admin, &file.replacen(old, new, 1), "note=x").await;
        assert_eq!(answer.status, 422, "{new}");
        assert!(answer.text.replace("<!>", "").contains(said), "{new}: {}", answer.text);
        assert!(answer.text.contains(&new.replace('"', "&quot;")) || answer.text.contains(new), "{new} is lost");
    }
    assert_eq!(fingerprint(&front.shop).await, before);
}
