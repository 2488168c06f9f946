//! Where a call comes from, for limits and counts.

use std::net::SocketAddr;

use axum::{extract::ConnectInfo, http::request::Parts};

/// The caller's address: the peer's, or behind a proxy of ours the last that it added.
pub fn of(parts: &Parts, behind_proxy: bool) -> String {
    let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    let last = forwarded.and_then(|list| list.rsplit(',').next()).map(str::trim).filter(|text| text.len() <= 45);
    if let (true, Some(last)) = (behind_proxy, last) {
        return last.to_owned();
    }
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or_else(|| "unknown".to_owned(), |ConnectInfo(address)| address.ip().to_string())
}
