//! What a form sent, be it with a file.

use axum::{
    Form,
    extract::{FromRequest, Multipart, Request},
    http::header,
};

/// Each field with its text, in the order in which they came; `None` of what is too long, no form or no text.
pub async fn fields(request: Request) -> Option<Vec<(String, String)>> {
    let kind = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?.to_ascii_lowercase();
    if !kind.starts_with("multipart/form-data") {
        return Form::from_request(request, &()).await.ok().map(|Form(fields)| fields);
    }
    let (mut form, mut fields) = (Multipart::from_request(request, &()).await.ok()?, Vec::new());
    while let Some(field) = form.next_field().await.ok()? {
        let name = field.name().unwrap_or_default().to_owned();
        fields.push((name, String::from_utf8(field.bytes().await.ok()?.into()).ok()?));
    }
    Some(fields)
}
