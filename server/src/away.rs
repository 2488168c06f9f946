//! While the database is away when the server starts: it says so, and goes on as soon as the database is there.

use std::time::Duration;

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use governance::Governance;
use tokio::{net::TcpListener, time::sleep};

use crate::{agent_api, listen, pages, press};

/// How often the database is looked for.
const PERIOD: Duration = Duration::from_millis(500);

pub async fn until_there(listener: &TcpListener, most: usize, governance: &Governance) {
    let there = async {
        while !governance.is_there().await {
            sleep(PERIOD).await;
        }
    };
    listen::serve(listener, Router::new().fallback(say), most, there).await;
}

async fn say(request: Request) -> Response {
    let path = request.uri().path();
    if path == "/health" {
        (StatusCode::SERVICE_UNAVAILABLE, "the database is away\n").into_response()
    } else if agent_api::is_at(path) {
        agent_api::unavailable()
    } else if press::is_press(&request) {
        pages::not_stopped(pages::Open::NotTried)
    } else if request.method().is_safe() {
        pages::not_shown(pages::Press::NotTaken)
    } else {
        pages::unavailable()
    }
}
