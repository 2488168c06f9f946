//! Where a call comes from, for limits and counts.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};

use crate::config::ServeConfig;

/// The caller's address: the peer's, or what the outermost trusted proxy says. Of IPv6 the network, which is one caller's.
pub fn of(headers: &HeaderMap, extensions: &Extensions, config: &ServeConfig) -> String {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    let told = forwarded(headers, config.trusted_hops);
    told.or(peer).map_or_else(|| "unknown".to_owned(), network)
}

/// An address, or its network of 64 bits, which one caller has to themselves.
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// What the proxy that is `hops` before this server saw. What is no address there is not believed.
fn forwarded(headers: &HeaderMap, hops: u8) -> Option<IpAddr> {
    let behind = usize::from(hops).checked_sub(1)?;
    let values = headers.get_all("x-forwarded-for").iter().rev().map(|value| value.to_str().unwrap_or_default());
    let told = values.flat_map(|list| list.rsplit(',')).nth(behind)?.trim();
    told.parse().ok().or_else(|| Some(told.parse::<SocketAddr>().ok()?.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(values: &[&str], hops: u8) -> Option<String> {
        let headers: HeaderMap =
            values.iter().map(|value| ("x-forwarded-for".parse().unwrap(), value.parse().unwrap())).collect();
        forwarded(&headers, hops).map(network)
    }

    #[test]
    fn only_what_trusted_proxies_wrote_is_believed() {
        let values = ["6.6.6.6, 1.2.3.4", "10.0.0.7"];
        assert_eq!(told(&values, 0), None);
        assert_eq!(told(&values, 1).as_deref(), Some("10.0.0.7"));
        assert_eq!(told(&values, 2).as_deref(), Some("1.2.3.4"));
        assert_eq!(told(&values, 4), None, "fewer proxies than were said");
        for made_up in ["", "unknown", "1.2.3", "1.2.3.4 or so", "_hidden"] {
            assert_eq!(told(&[made_up], 1), None, "{made_up}");
        }
    }

    #[test]
    fn a_port_or_another_address_of_the_same_network_makes_no_other_caller() {
        assert_eq!(told(&["1.2.3.4:5678"], 1), told(&["1.2.3.4"], 1));
        assert_eq!(told(&["::ffff:1.2.3.4"], 1), told(&["1.2.3.4"], 1));
        assert_eq!(told(&["2001:db8:1:2:3::4"], 1).as_deref(), Some("2001:db8:1:2::/64"));
        assert_eq!(told(&["[2001:db8:1:2::9]:443"], 1), told(&["2001:db8:1:2:3::4"], 1));
    }
}
