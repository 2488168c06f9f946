//! What a browser sends: forms of this site, with the session of somebody who signed in.

use axum::{
    body::Body,
    http::{Request, header},
};
use domain::role::Role;

use crate::front::{Answer, Front};

pub const PASSWORD: &str = "a long password";

/// Somebody's browser; without a session until they sign in.
pub struct Browser<'a> {
    front: &'a Front,
    pub cookie: String,
}

impl Front {
    pub fn browser(&self) -> Browser<'_> {
        Browser { front: self, cookie: String::new() }
    }

    /// Adds somebody, and signs them in.
    pub async fn signed_in(&self, role: Role) -> Browser<'_> {
        let email = format!("{}@front.example", role.name());
        self.shop.governance.add_person(&self.shop.admin, &email, role.name(), role, PASSWORD).await.unwrap();
        let mut browser = self.browser();
        let answer = browser.sign_in(&email).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"), "{answer:?}");
        browser
    }
}

impl Browser<'_> {
    pub async fn sign_in(&mut self, email: &str) -> Answer {
        let form = format!("email={email}&password={}", PASSWORD.replace(' ', "+"));
        let answer = self.post("/sign-in", &form).await;
        if let Some(cookie) = answer.header("set-cookie").split(';').next().filter(|cookie| !cookie.is_empty()) {
            self.cookie = cookie.to_owned();
        }
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        let request = Request::builder().uri(path).header(header::ACCEPT, "text/html");
        self.send(request.header(header::COOKIE, &self.cookie).body(Body::empty()).unwrap()).await
    }

    /// Posts a form from a page of this site.
    pub async fn post(&self, path: &str, form: &str) -> Answer {
        self.post_from(path, form, &[("sec-fetch-site", "same-origin")]).await
    }

    /// Posts a form with these headers, which say where it comes from.
    pub async fn post_from(&self, path: &str, form: &str, from: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method("POST").uri(path).header(header::HOST, "reins.example");
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        request = request.header(header::COOKIE, &self.cookie);
        for (name, value) in from {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        self.front.send(request).await
    }
}
