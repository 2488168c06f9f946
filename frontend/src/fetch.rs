//! Asks the server for pages, as the browser would for a link or a form.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Document, DomParser, Headers, RequestInit, Response, SupportedType, Url, UrlSearchParams};

use crate::dom::window;

/// The server gives up sooner.
const PATIENCE: u32 = 30_000;

/// Where whoever has no session ends up.
const SIGN_IN: &str = "/sign-in";

/// A page that came, wherever the way led.
pub struct Answer {
    pub address: Url,
    pub document: Document,
    /// Whether the server could not do its work.
    broken: bool,
    /// Whether it is a page that says why a form was not taken.
    refused: bool,
}

pub async fn get(address: &str) -> Option<Answer> {
    send(address, &RequestInit::new()).await.ok()
}

pub async fn post(address: &str, form: &UrlSearchParams) -> Option<Answer> {
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_body(form);
    send(address, &request).await.ok()
}

/// Fails when nothing came, and when what came is no page.
async fn send(address: &str, request: &RequestInit) -> Result<Answer, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "text/html")?;
    request.set_headers(&headers);
    request.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)));

    let response: Response = JsFuture::from(window().fetch_with_str_and_init(address, request)).await?.unchecked_into();
    if !response.headers().get("content-type")?.is_some_and(|kind| kind.starts_with("text/html")) {
        return Err(JsValue::NULL);
    }
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    let document = DomParser::new()?.parse_from_string(&text, SupportedType::TextHtml)?;
    let answer = document.query_selector("[data-answer]")?.and_then(|frame| frame.get_attribute("data-answer"));

    Ok(Answer {
        address: match &answer {
            Some(path) => Url::new_with_base(path, &response.url())?,
            None => Url::new(&response.url())?,
        },
        document,
        broken: response.status() >= 500,
        refused: answer.is_some() && response.status() >= 400,
    })
}

impl Answer {
    /// Whether it is a page that can be taken into another one.
    pub fn is_page(&self) -> bool {
        !self.broken && self.has_frame()
    }

    pub fn is_refusal(&self) -> bool {
        self.refused
    }

    /// Whether the page shows what was written, where it has no form for it any more.
    pub fn shows_what_was_kept(&self) -> bool {
        self.document.query_selector(".kept-words .kept-text").is_ok_and(|kept| kept.is_some())
    }

    pub fn is_sign_in(&self) -> bool {
        self.address.pathname() == SIGN_IN
    }

    /// What a page without the frame says to those who sent something.
    pub fn refusal(&self) -> Option<String> {
        let said = self.document.query_selector("[role=alert]").ok()??;
        said.text_content().filter(|_| !self.has_frame())
    }

    /// Whether it is not known how a stop that was pressed stands.
    pub fn is_open_press(&self) -> bool {
        self.document.query_selector("[data-open-press]").is_ok_and(|press| press.is_some())
    }

    fn has_frame(&self) -> bool {
        self.document.query_selector("[data-live], [data-answer]").is_ok_and(|frame| frame.is_some())
    }
}

/// What the server puts into the address to say what was done, or that a change failed.
const FAILED: &str = "failed";
const SAID: [&str; 3] = [FAILED, "done", "both"];

pub fn is_failure(address: &Url) -> bool {
    address.search_params().has(FAILED)
}

/// What somebody wrote that was not taken; the form that comes back holds it.
pub fn is_not_taken(address: &Url) -> bool {
    address.search_params().has("refused")
}

/// The address as a reader should see it.
pub fn clean(address: &Url) -> String {
    let shown = address.href();
    let Ok(address) = Url::new(&shown) else { return shown };
    for part in SAID {
        address.search_params().delete(part);
    }
    address.href()
}
