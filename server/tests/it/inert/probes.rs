//! A probe in every string that an agent, a file, an address or a person can write: on every page, for every role, with
//! and without scripts, it is text and nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use app::paths::escaped;
use domain::{authoring::statement::keys, role::Role};
use leptos::server_fn::axum::server_fn_paths;
use serde_json::{Value, json};
use server::agent_api;

use super::written::{UNSEEN, body, probe, probed_file, unseen_probe};
use crate::{
    access::coverage::pages,
    browser::Browser,
    front::{Answer, Front, usd},
    parsed::{Element, Form, Page},
};

/// Nothing of a probe has become anything but text, and what agents wrote stands apart from Reins' words.
#[track_caller]
fn is_inert(place: &str, html: &str) {
    for scripts in [true, false] {
        let page = Page::read_with(html, scripts);
        for (at, element) in page.all().iter().enumerate() {
            let said = || format!("{place}: {} {:?}", element.name, element.attributes);
            let odd = ["base", "iframe", "object", "embed", "frame", "xmp", "plaintext", "math", "marquee"];
            assert!(!element.name.contains("xprobe") && !odd.contains(&element.name.as_str()), "{}", said());
            assert!(!(element.name == "meta" && element.attributes.contains_key("http-equiv")), "{}", said());
            for (name, value) in &element.attributes {
                assert!(
                    !name.starts_with("on") && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-:_.".contains(&b)),
                    "{}",
                    said()
                );
                let leads =
                    ["href", "src", "action", "formaction", "data", "poster", "cite", "srcset", "ping", "background"];
                if leads.contains(&name.as_str()) || name.ends_with(":href") {
                    let inside = value.is_empty()
                        || value.starts_with(['#', '?'])
                        || value.starts_with('/') && !value.starts_with("//") && !value.contains('\\');
                    // An integration's documentation and status page, by a link that says where it leads.
                    let outside = element.name == "a"
                        && value.starts_with("https://")
                        && element.attribute("rel") == "noopener noreferrer nofollow"
                        && element.own.concat().trim() == value;
                    let plain = value.starts_with('#') || !value.contains(['<', '"', '`']);
                    assert!((inside || outside) && plain, "{}", said());
                }
            }
            let raw = ["script", "style"].contains(&element.name.as_str());
            assert!(!raw || !element.text.contains("xprobe"), "{}", said());
            assert!(element.name != "form" || element.attribute("data-unsaved") != "due", "{}", said());
            // What stands in a control is sent back as it is.
            let exact = |name: &str| name == "value" || name.starts_with("data-");
            let seen = |text: &String| !text.contains(|c| UNSEEN.contains(c));
            assert!(element.attributes.iter().all(|(name, value)| exact(name) || seen(value)), "{}", said());
            assert!(element.name == "textarea" || element.own.iter().all(seen), "{} {:?}", said(), element.own);
            for text in &element.own {
                assert!(stands_apart(&page, at, text.trim()), "{place}: {} says {text:?}", said());
            }
        }
    }
}

/// Whether what an agent wrote is all of a text, or stands in quotation marks where nothing can be drawn.
fn stands_apart(page: &Page, at: usize, text: &str) -> bool {
    let Some((before, _)) = text.split_once("«a") else { return true };
    let within = |names: &[&str]| {
        let mut up = Some(at);
        std::iter::from_fn(|| {
            let element: &Element = &page.all()[up?];
            up = element.parent;
            Some(element)
        })
        .any(|element| names.contains(&element.name.as_str()))
    };
    let whole = text.starts_with("«a") && text.ends_with('»');
    whole
        || within(&["bdi", "textarea", "pre", "code", "blockquote", "option"])
        || within(&["title"]) && before.ends_with('“')
}

/// A shop in which an agent and a file have written probes into everything, with all that can stand open.
struct Probed {
    front: Front,
    requests: Vec<String>,
    actions: Vec<String>,
}

impl Probed {
    async fn open() -> Self {
        let front = Front::open().await;
        let (file, probed) = probed_file();
        for place in [
            "/agent/name",
            "/agent/purpose",
            "/queues/0/name",
            "/integrations/0/name",
            "/actions/0/label",
            "/actions/0/sentence",
            "/actions/0/reversibility/how",
            "/actions/1/reversibility/moment",
            "/data_sets/0/label",
            "/word_lists/legal/0",
            "/permissions/audit_logging/mask/0",
        ] {
            assert!(probed.iter().any(|one| one == place), "{place} is not among {probed:?}");
        }
        let (governance, admin) = (&front.shop.governance, &front.shop.admin);
        let shown = keys(&governance.apply(admin, &file, "probed", &[], true).await.unwrap().to_accept());
        governance.apply(admin, &file, &unseen_probe('p', 400), &shown, false).await.unwrap();
        let actions = file.actions.iter().map(|action| action.name.clone()).collect();
        let mut all = Self { front, requests: Vec::new(), actions };
        all.write().await;
        all
    }

    /// Everything that an agent can send, and what people must settle then.
    async fn write(&mut self) {
        let description = serde_json::to_value(agent_api::description()).unwrap();
        let text = || unseen_probe('a', 400);
        let refund = |amount: &str, whole: &Value| {
            let mut ask = whole.clone();
            ask["action"] = json!("order.refund");
            ask["arguments"] =
                json!({ "order_id": text(), "card": text(), "total": usd(amount), "items": [text(), "א"] });
            ask["reads"][1]["data_set"] = json!("customer.orders");
            ask
        };
        let mut ask = body(&description, "Ask");
        // What is compared is taken only where all of it is seen.
        ask["customer"]["id"] = json!(probe('a', 200));
        ask["trigger"] = json!(probe('a', 200));
        let mut strange = refund("5.00", &ask);
        strange["arguments"] = json!({ text(): text(), "order_id": [text()], "total": { "amount": text(), "currency": text() }, "why": text() });
        let mut alone = refund("5.00", &ask);
        alone["reads"] = json!(null);
        let gift = json!({ "action": "gift.send", "arguments": { "gift": text() }, "customer": ask["customer"], "trigger": ask["trigger"] });
        let note = json!({ "action": "desk.note", "arguments": { "text": text() } });
        let look =
            json!({ "action": "data.read", "arguments": {}, "reads": ask["reads"], "customer": ask["customer"] });
        for one in [
            &ask,
            &strange,
            &refund("80.00", &ask),
            &alone,
            &gift,
            &note,
            &look,
            &refund("81.00", &ask),
            &refund("82.00", &ask),
        ] {
            let asked = self.front.ask(one).await;
            let id = asked["id"].as_str().unwrap().to_owned();
            let mut outcome = body(&description, "Outcome");
            outcome["status"] = json!("unknown");
            if let Some(token) = asked["grant"]["token"].as_str() {
                outcome["grant"] = json!(token);
            }
            // Without a grant it is a breach.
            self.front.post(&format!("/actions/{id}/outcome"), "", &outcome).await;
            for kind in ["complaint", "quality", "reply"] {
                let mut feedback = body(&description, "Feedback");
                feedback["kind"] = json!(kind);
                self.front.post(&format!("/actions/{id}/feedback"), "", &feedback).await;
            }
            self.requests.push(id);
        }
        // What was approved, and its agent never came for it.
        let shop = &self.front.shop;
        let mut late = refund("83.00", &ask);
        late["reads"] = json!(null);
        let asked = self.front.ask(&late).await;
        assert_eq!(asked["state"], "waiting", "{asked}");
        let unclaimed = asked["id"].as_str().unwrap().parse().unwrap();
        shop.approve(&shop.ana, unclaimed).await.unwrap();
        shop.pass_time(901).await;
        shop.governance.pass_deadlines().await.unwrap();
        assert_eq!(shop.governance.today(&shop.admin).await.unwrap().unclaimed.len(), 1);
        self.requests.push(unclaimed.to_string());

        // The contract's own words stay where they are: nothing of an answer is markup.
        for id in &self.requests {
            let answer = self.front.get(&self.front.key, &format!("/actions/{id}")).await;
            assert_eq!(answer.header("content-type"), "application/json");
        }
        let (governance, admin) = (&self.front.shop.governance, &self.front.shop.admin);
        let reason = unseen_probe('p', 400);
        governance.tighten(admin, "support", BTreeSet::new(), &reason, None).await.unwrap();
        governance.open_breaker(admin, "shopify", &reason).await.unwrap();
    }

    /// Every address that there is a page at.
    fn addresses(&self) -> Vec<String> {
        let mut all = BTreeSet::from(["/nothing-here".to_owned(), format!("/{}", escaped(&probe('q', 200)))]);
        for (page, _) in pages() {
            let page = page.replace(":slug", "support").replace(":version", "2").replace(":integration", "shopify");
            let names = if page.contains("/actions/:name") { self.actions.clone() } else { Vec::new() };
            let ids = if page.contains(":id") { self.requests.clone() } else { Vec::new() };
            all.extend(names.iter().map(|name| page.replace(":name", name)));
            all.extend(ids.iter().map(|id| page.replace(":id", id)));
            all.insert(page.replace(":name", &escaped(&probe('q', 200))).replace(":id", &escaped(&probe('q', 200))));
        }
        all.insert(format!("/agents/{}", escaped(&probe('q', 200))));
        all.into_iter().collect()
    }

    async fn stop(&self) {
        self.front.shop.governance.stop(&self.front.shop.admin, None, &unseen_probe('p', 400)).await.unwrap();
    }

    async fn all_inert(&self, browser: &Browser<'_>, who: &str) {
        for address in self.addresses() {
            let answer = browser.get(&address).await;
            assert!(answer.status.as_u16() < 500, "{who} {address}: {}", answer.status);
            is_inert(&format!("{who} {address}"), &answer.text);
        }
    }

    /// Somebody who may do all that people do.
    async fn decider(&self) -> Browser<'_> {
        let browser = self.front.signed_in(Role::Admin).await;
        let me = self.front.shop.governance.person_by_email("admin@front.example").await.unwrap().unwrap();
        for queue in ["cs-leads", "legal"] {
            self.front.shop.governance.add_member(&self.front.shop.admin, queue, me.id).await.unwrap();
        }
        browser
    }
}

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

/// Sends a form as a browser without scripts does, and reads what comes of it.
async fn send(browser: &Browser<'_>, page: &str, form: &Form, fill: impl Fn(&str, &str) -> String) -> Answer {
    let controls = form.controls.iter().map(|(name, value, typed)| {
        let value = if *typed { fill(name, value) } else { value.clone() };
        format!("{}={}", escaped(name), escaped(&value))
    });
    let text = controls.collect::<Vec<_>>().join("&");
    let referer = format!("http://reins.example{page}");
    let headers =
        [("sec-fetch-site", "same-origin"), ("accept", "text/html,application/xhtml+xml"), ("referer", &*referer)];
    let answer = browser.post_from(&form.action, &text, &headers).await;
    let place = format!("{} from {page}", form.action);
    assert!(answer.status.as_u16() < 500, "{place}: {answer:?}");
    is_inert(&place, &answer.text);
    let location = answer.header("location").to_owned();
    if !location.is_empty() {
        let path = location.strip_prefix("http://reins.example").unwrap_or(&location);
        assert!(path.starts_with('/') && !path.starts_with("//"), "{place} leads to {location}");
        is_inert(&format!("{place} to {path}"), &browser.get(path).await.text);
    }
    answer
}

/// What ends what the others need: sent after them. Signing out is nobody's text.
fn is_last(form: &Form) -> bool {
    ["set_mode", "disable", "password", "change_person", "publish", "discard", "revoke", "release"]
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
