//! A shop with a probe in everything that others write, and what it takes for one to be text and nothing else.

use std::collections::BTreeSet;

use app::paths::escaped;
use domain::{authoring::statement::keys, role::Role};
use governance::Hold;
use serde_json::{Value, json};
use server::agent_api;

use super::written::{UNSEEN, body, probe, probed_file, unseen_probe};
use crate::{
    access::table::pages,
    browser::Browser,
    front::{Answer, Front, usd},
    parsed::{Element, Form, Page},
};

/// Nothing of a probe has become anything but text, and what agents wrote stands apart from Reins' words.
#[track_caller]
pub fn is_inert(place: &str, html: &str) {
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
pub struct Probed {
    pub front: Front,
    pub requests: Vec<String>,
    pub actions: Vec<String>,
}

impl Probed {
    pub async fn open() -> Self {
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
    pub async fn write(&mut self) {
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
        // Of this one nothing is open, so that it can be erased.
        let over = json!({ "action": "desk.note", "arguments": { "text": text() }, "customer": { "id": forgotten() } });
        self.front.ask(&over).await;
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
        governance.place_hold(admin, Hold::Customer(&probe('h', 200)), None, &reason).await.unwrap();
        governance.tighten(admin, "support", BTreeSet::new(), &reason, None).await.unwrap();
        governance.open_breaker(admin, "shopify", &reason).await.unwrap();
    }

    /// Every address that there is a page at.
    pub fn addresses(&self) -> Vec<String> {
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
        all.insert(format!("/settings/customers?id={}", escaped(&forgotten())));
        all.into_iter().collect()
    }

    pub async fn stop(&self) {
        self.front.shop.governance.stop(&self.front.shop.admin, None, &unseen_probe('p', 400)).await.unwrap();
    }

    pub async fn all_inert(&self, browser: &Browser<'_>, who: &str) {
        for address in self.addresses() {
            let answer = browser.get(&address).await;
            assert!(answer.status.as_u16() < 500, "{who} {address}: {}", answer.status);
            is_inert(&format!("{who} {address}"), &answer.text);
        }
    }

    /// Somebody who may do all that people do.
    pub async fn decider(&self) -> Browser<'_> {
        let browser = self.front.signed_in(Role::Admin).await;
        let me = self.front.shop.governance.person_by_email("admin@front.example").await.unwrap().unwrap();
        for queue in ["cs-leads", "legal"] {
            self.front.shop.governance.add_member(&self.front.shop.admin, queue, me.id).await.unwrap();
        }
        browser
    }
}

/// The id of a customer of whom all is over.
fn forgotten() -> String {
    probe('a', 90)
}

/// Sends a form as a browser without scripts does, and reads what comes of it.
pub async fn send(browser: &Browser<'_>, page: &str, form: &Form, fill: impl Fn(&str, &str) -> String) -> Answer {
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
