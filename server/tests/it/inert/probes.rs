//! A probe in every string that an agent, a file, an address or a person can write: on every page, for every role, with
//! and without scripts, it is text and nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use app::paths::escaped;
use domain::role::Role;
use leptos::server_fn::axum::server_fn_paths;

use super::{
    probed::{Probed, is_inert, send},
    written::{probe, unseen_probe},
};
use crate::parsed::{Form, Page};

#[tokio::test]
async fn what_agents_and_files_write_is_text_for_every_role() {
    let probed = Probed::open().await;
    for role in Role::ALL {
        let browser = probed.front.signed_in(role).await;
        probed.all_inert(&browser, role.name()).await;
        if role == Role::Auditor {
            probed.stop().await;
        }
    }
    let browser = probed.front.browser();
    for address in ["/sign-in", "/setup", "/agents"] {
        is_inert(address, &browser.get(address).await.text);
    }
}

#[tokio::test]
async fn what_stands_in_a_file_that_is_taken_out_is_what_was_written() {
    let probed = Probed::open().await;
    let browser = probed.front.signed_in(Role::Admin).await;
    let base = "/agents/support/permissions/export";
    let file = browser.get(&format!("{base}/agent.toml")).await;
    assert_eq!(toml::from_str::<domain::agent_file::AgentFile>(&file.text).unwrap().faults(), [""; 0]);
    let page = Page::read(&browser.get("/agents/support/permissions/files").await.text);
    let links: BTreeSet<&str> =
        page.named("a").map(|link| link.attribute("href")).filter(|href| href.contains("/export/")).collect();
    assert!(links.len() > 1, "{links:?}");
    for link in links {
        let answer = browser.get(link).await;
        // A browser reads none of it as a page.
        assert!(
            !answer.header("content-type").contains("html") && answer.header("x-content-type-options") == "nosniff",
            "{link}: {:?}",
            answer.headers
        );
        assert!(answer.header("content-disposition").starts_with("attachment"), "{link}: {:?}", answer.headers);
    }
    let chart = browser.get("/charts/decisions/support.svg").await;
    assert!(!chart.text.contains("xprobe") && !chart.text.contains("<script"), "{}", chart.text);
}

/// Each lower-case word in quotation marks in what reads addresses: names of its parts among them.
fn parts_of_addresses() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(path).unwrap();
            if text.contains("query") {
                let words = text.split('"').skip(1).step_by(2).filter(|word| {
                    (2..20).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
                });
                found.extend(words.map(str::to_owned));
            }
        }
    }
    for name in ["next", "done", "refused", "failed", "version", "queue", "agent", "customer"] {
        assert!(found.contains(name), "{name} is not among {found:?}");
    }
    found
}

#[tokio::test]
async fn what_addresses_say_is_text() {
    let probed = Probed::open().await;
    let browser = probed.decider().await;
    let nobody = probed.front.browser();
    let mut names = parts_of_addresses();
    let mut addresses = probed.addresses();
    addresses.retain(|address| probed.requests.iter().skip(1).all(|other| !address.contains(other)));
    addresses.extend(["/sign-in", "/setup"].map(str::to_owned));
    for address in &addresses {
        let page = Page::read(&browser.get(address).await.text);
        let forms = page.forms();
        names.extend(
            forms
                .iter()
                .filter(|form| form.method != "post")
                .flat_map(|form| form.controls.iter().map(|one| one.0.clone())),
        );
    }
    let names: Vec<String> = names.into_iter().collect();
    for value in [unseen_probe('q', 200), "javascript:xprobe".to_owned(), "//xprobe.example/<xprobe>".to_owned()] {
        for part in names.chunks(25) {
            let query: Vec<String> = part.iter().map(|name| format!("{}={}", escaped(name), escaped(&value))).collect();
            let query = query.join("&");
            for address in &addresses {
                let browser = if ["/sign-in", "/setup"].contains(&address.as_str()) { &nobody } else { &browser };
                let place = format!("{address}?{query}");
                let answer = browser.get(&place).await;
                assert!(answer.status.as_u16() < 500, "{place}: {}", answer.status);
                assert!(
                    answer.header("location").is_empty() || answer.header("location").starts_with('/'),
                    "{place}: {answer:?}"
                );
                is_inert(&place, &answer.text);
            }
        }
    }
}

/// What ends what the others need: sent after them. Signing out is nobody's text.
fn is_last(form: &Form) -> bool {
    ["set_mode", "disable", "password", "change_person", "publish", "discard", "revoke", "release", "erase"]
        .iter()
        .any(|last| form.action.contains(last))
}

/// Whose forms stand on a page only while something else is so: proposed, discarded, disabled, running, not stopped.
const ELSEWHERE: [&str; 19] = [
    "/agents/calls/close_breaker",
    "/approvals/calls/approve",
    "/approvals/calls/change_and_approve",
    "/approvals/calls/roll_back",
    "/catalog/calls/accept_change",
    "/catalog/calls/redraw_action_type",
    "/catalog/calls/withdraw_change",
    "/integrations/calls/close_breaker",
    "/begin/calls/begin_from",
    "/impact/calls/cancel_impact",
    "/publish/calls/catch_up",
    "/publish/calls/propose",
    "/publish/calls/publish",
    "/publish/calls/restore",
    "/publish/calls/take_back",
    "/settings/calls/confirm_password",
    "/settings/calls/enable_person",
    "/settings/calls/propose_one_to_publish",
    "/today/calls/see_unclaimed",
];

#[tokio::test]
async fn what_people_write_is_text() {
    let probed = Probed::open().await;
    let browser = probed.decider().await;
    let mut forms: BTreeMap<(bool, String, String), (String, Form)> = BTreeMap::new();
    let mut met = BTreeSet::new();
    for round in 0..2 {
        if round == 1 {
            probed.stop().await;
        }
        // The second time with a draft, proposals and all that the first has begun.
        forms.clear();
        for address in probed.addresses() {
            let page = Page::read(&browser.get(&address).await.text);
            for form in page.forms().into_iter().filter(|form| form.method == "post" && form.action != "/sign-out") {
                let names = form.controls.iter().map(|one| one.0.as_str()).collect::<Vec<_>>().join(" ");
                forms.entry((is_last(&form), form.action.clone(), names)).or_insert((address.clone(), form));
            }
        }
        met.extend(forms.values().map(|(_, form)| form.path().to_owned()));
        for (address, form) in forms.values().filter(|(_, form)| round == 1 || !is_last(form)) {
            // All at once is mostly refused, as an amount is no text; then each for itself.
            let most = if form.action.contains("keys") { 80 } else { 200 };
            let text = |name: &str, most| match name {
                "reason" | "note" => unseen_probe('p', most),
                _ => probe('p', most),
            };
            send(&browser, address, form, |name, _| text(name, most)).await;
            for (one, ..) in form.controls.iter().filter(|one| one.2) {
                send(&browser, address, form, |name, value| match name == one {
                    true => text(name, 80),
                    false if value.is_empty() => "x".to_owned(),
                    false => value.to_owned(),
                })
                .await;
            }
        }
        let role = [Role::Manager, Role::Auditor][round];
        probed.all_inert(&probed.front.signed_in(role).await, role.name()).await;
    }
    let all: BTreeSet<String> = server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    let known = |path: &&String| ELSEWHERE.iter().any(|one| path.ends_with(one));
    let unmet: Vec<&String> = all.difference(&met).filter(|path| !known(path)).collect();
    assert!(unmet.is_empty(), "forms that no page here shows: {unmet:?}");
}
