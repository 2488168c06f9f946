//! What somebody sent after their session had ended, or that of somebody else had begun: the answer keeps it, to be sent
//! again once they are signed in.

use std::time::Duration;

use app::paths::escaped;
use axum::{
    body::{Body, to_bytes},
    extract::{Query, Request},
    http::{HeaderMap, HeaderValue, Uri, header, request::Parts},
    response::Response,
};
use tokio::time::timeout;

use crate::{forms::is_own, pages, sent};

/// What is longer is not kept, in bytes.
const MOST: usize = 256 * 1024;

/// The longest that sending it may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Names the page that the form stood on, in the address that it is sent to again.
const BACK: &str = "back";

/// Whether a browser leaves its page for the answer. The client stays on its page, which holds what was typed.
pub fn leaves_its_page(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let accepted = text("accept").unwrap_or_default();
    match text("sec-fetch-mode") {
        Some(mode) => mode == "navigate" && accepted.contains("text/html"),
        // The client takes nothing but pages; a browser, more.
        None => accepted.contains("text/html,"),
    }
}

/// The page that holds what was sent, and says who is signed in, if anybody is; `None` where it is no form, too long, or holds
/// a password.
pub async fn keep(parts: &Parts, body: Body, signed_in: Option<&str>) -> Option<Response> {
    let body = timeout(PATIENCE, to_bytes(body, MOST)).await.ok()?.ok()?;
    let fields = sent::fields(Request::from_parts(parts.clone(), Body::from(body))).await?;
    if fields.iter().any(|(name, _)| name.to_lowercase().contains("password")) {
        return None;
    }
    Some(pages::kept(signed_in, &again(parts)?, &fields))
}

/// The same address. A function answers with the page that the form stood on, which only this one knows by now.
fn again(parts: &Parts) -> Option<String> {
    let address = parts.uri.path_and_query()?.as_str();
    if !is_own(address) {
        return None;
    }
    Some(match came_from(parts).filter(|_| parts.uri.path().starts_with("/api/") && back(&parts.uri).is_none()) {
        Some(from) => {
            let joint = if address.contains('?') { '&' } else { '?' };
            format!("{address}{joint}{BACK}={}", escaped(&from))
        }
        None => address.to_owned(),
    })
}

/// The address that a form was sent from; the guard has seen to it that it is of this site.
fn came_from(parts: &Parts) -> Option<String> {
    let from: Uri = parts.headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    Some(from.path_and_query()?.to_string())
}

/// The page that a form stood on, where it can be opened.
pub fn page_of(parts: &Parts) -> Option<String> {
    let page = back(&parts.uri).or_else(|| came_from(parts))?;
    Some(page).filter(|page| is_own(page) && !page.starts_with("/api/"))
}

/// What an address says under a name.
pub fn part(address: &Uri, name: &str) -> Option<String> {
    let Query(query) = Query::<Vec<(String, String)>>::try_from_uri(address).ok()?;
    query.into_iter().find(|(known, _)| known == name).map(|(_, text)| text)
}

fn back(address: &Uri) -> Option<String> {
    part(address, BACK).filter(|path| is_own(path))
}

/// A form that is sent again comes from the page that it first stood on.
pub fn comes_from(request: &mut Request) -> Option<()> {
    let path = back(request.uri())?;
    let from = request.headers().get(header::REFERER)?.to_str().ok()?.parse::<Uri>().ok()?;
    let from = format!("{}://{}{path}", from.scheme_str()?, from.authority()?);
    request.headers_mut().insert(header::REFERER, HeaderValue::from_str(&from).ok()?);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_browser_that_leaves_its_page_gets_another() {
        let headers = |named: &[(&'static str, &'static str)]| {
            named.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect::<HeaderMap>()
        };
        let chrome = ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        assert!(leaves_its_page(&headers(&[chrome, ("sec-fetch-mode", "navigate")])));
        assert!(leaves_its_page(&headers(&[chrome])));
        assert!(!leaves_its_page(&headers(&[("accept", "text/html"), ("sec-fetch-mode", "cors")])));
        assert!(!leaves_its_page(&headers(&[("accept", "text/html")])));
        assert!(!leaves_its_page(&headers(&[])));
    }

    #[test]
    fn a_form_leads_back_to_its_page_and_to_no_other_site() {
        let sent = |address: &str| {
            let request = Request::post(address).header("referer", "https://reins.example/approvals/7?x=1");
            request.body(Body::empty()).unwrap().into_parts().0
        };
        let address = again(&sent("/api/app/a?step=add")).unwrap();
        assert_eq!(address, "/api/app/a?step=add&back=%2Fapprovals%2F7%3Fx%3D1");
        assert_eq!(again(&sent(&address)).as_deref(), Some(address.as_str()), "signed out once more");
        assert_eq!(again(&sent("/stop")).as_deref(), Some("/stop"));

        let request = Request::post(&address).header("referer", "https://reins.example/api/app/a");
        let mut request = request.body(Body::empty()).unwrap();
        comes_from(&mut request).unwrap();
        assert_eq!(request.headers()["referer"], "https://reins.example/approvals/7?x=1");
        for elsewhere in ["/a?back=%2F%2Fevil.example", "/a?back=https%3A%2F%2Fevil.example", "/a"] {
            assert_eq!(back(&elsewhere.parse().unwrap()), None);
        }
    }

    #[tokio::test]
    async fn what_a_form_with_a_file_held_is_kept_but_no_password() {
        let kept = async |name: &str| {
            let form = Request::post("/agents/import").header("content-type", "multipart/form-data; boundary=x");
            let (parts, ()) = form.body(()).unwrap().into_parts();
            let body =
                format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n[agent] \"<b>\r\n--x--\r\n");
            let answer = keep(&parts, Body::from(body), None).await?;
            Some(String::from_utf8(to_bytes(answer.into_body(), MOST).await.unwrap().into()).unwrap())
        };
        let page = kept("chosen").await.unwrap();
        let field = "<input type=\"hidden\" name=\"chosen\" value=\"[agent] &quot;&lt;b&gt;\">";
        assert!(page.contains(field), "{page}");
        assert_eq!(kept("new_password").await, None);
    }
}
