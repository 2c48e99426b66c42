//! Where a request comes from, behind the proxies that are trusted to say so.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use axum::middleware::Next;
use axum::response::Response;
use types::Network;

/// What most proxies say for whom they ask with.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Proxies one behind the other that are followed.
const HOPS: usize = 16;

/// The caller's address, as far as attempts are counted by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Caller(pub(crate) IpAddr);

impl Caller {
    /// One subscriber has a whole /64 of IPv6: attempts are counted by that.
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                Self(IpAddr::from([a, b, c, d, 0, 0, 0, 0]))
            }
            v4 => Self(v4),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Ok(Self::of(peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

/// Puts the address for which a trusted proxy asks in the place of the proxy's own. All that asks where a request comes
/// from stands behind this. The port stays the proxy's.
pub(crate) async fn behind_proxies(
    State(trusted): State<Arc<[Network]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    if let Some(peer) = peer.filter(|_| !trusted.is_empty()) {
        let origin = origin(&trusted, peer.ip(), request.headers());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(origin, peer.port())));
    }
    next.run(request).await
}

/// Where a request began. A proxy appends to what a client sent, so a chain is read from its end, and only as far as
/// those who wrote it are trusted.
///
/// A proxy writes one of the two headers and may hand on a client's own other one. Where both are there and tell
/// different things neither is believed: the proxy is taken for the client.
fn origin(trusted: &[Network], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let lists = [lines(headers, &header::FORWARDED, forwarded), lines(headers, &X_FORWARDED_FOR, listed)];
    let mut told = lists.into_iter().flatten().map(|hops| follow(trusted, peer, &hops));
    match (told.next(), told.next()) {
        (Some(one), None) => one,
        (Some(one), Some(other)) if one == other => one,
        _ => peer,
    }
}

/// All hops of a header that may come in several lines; none where it is missing. A hop that is no address is `None`.
fn lines(
    headers: &HeaderMap,
    name: &HeaderName,
    parse: fn(&str) -> Vec<Option<IpAddr>>,
) -> Option<Vec<Option<IpAddr>>> {
    headers.contains_key(name).then(|| {
        let lines = headers.get_all(name).iter();
        lines.flat_map(|line| line.to_str().map_or_else(|_| vec![None], parse)).collect()
    })
}

fn follow(trusted: &[Network], peer: IpAddr, hops: &[Option<IpAddr>]) -> IpAddr {
    let mut at = peer;
    for hop in hops.iter().rev().take(HOPS) {
        match hop {
            Some(hop) if trusted.iter().any(|proxy| proxy.contains(at)) => at = hop.to_canonical(),
            _ => break,
        }
    }
    at
}

/// `X-Forwarded-For`: addresses by commas, some with a port.
fn listed(line: &str) -> Vec<Option<IpAddr>> {
    line.split(',').map(|text| address(text.trim())).collect()
}

/// `Forwarded` (RFC 7239 section 4): the `for` of each element. A line whose quotes do not close tells nothing.
fn forwarded(line: &str) -> Vec<Option<IpAddr>> {
    let Some(elements) = split(line, ',') else { return vec![None] };
    elements.into_iter().map(of_element).collect()
}

/// An element with none or several of `for`, or an obfuscated or unknown one (section 6), is no address.
fn of_element(element: &str) -> Option<IpAddr> {
    let pairs = split(element, ';')?;
    let named = pairs.iter().filter_map(|pair| pair.trim().split_once('='));
    let mut nodes = named.filter(|(name, _)| name.eq_ignore_ascii_case("for")).map(|(_, node)| node);
    let (node, None) = (nodes.next()?, nodes.next()) else { return None };
    let plain = node.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(node);
    address(plain)
}

/// Splits outside of quoted strings; `None` when a quote is left open.
fn split(text: &str, at: char) -> Option<Vec<&str>> {
    let (mut quoted, mut escaped) = (false, false);
    let parts = text.split(|c: char| {
        let here = c == at && !quoted;
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && c == '\\' && !escaped;
        here
    });
    let parts = parts.collect();
    (!quoted).then_some(parts)
}

/// An address, alone or with a port; IPv6 with a port, and in `Forwarded` always, in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse().ok().map(|socket: SocketAddr| socket.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = "203.0.113.9";
    const PROXY: &str = "10.0.0.1";

    fn from(peer: &str, headers: &[(&'static str, &str)]) -> String {
        let trusted: Vec<Network> = ["10.0.0.0/24", "2001:db8:1::/48"].map(|net| net.parse().unwrap()).into();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        origin(&trusted, peer.parse().unwrap(), &map).to_string()
    }

    #[test]
    fn who_is_not_trusted_speaks_for_itself() {
        let claims = [("x-forwarded-for", "10.0.0.5"), ("forwarded", "for=10.0.0.5")];
        assert_eq!(from(CLIENT, &claims), CLIENT);
        assert_eq!(from(PROXY, &[]), PROXY);
    }

    #[test]
    fn a_trusted_proxy_names_its_client() {
        for (header, value, client) in [
            ("x-forwarded-for", "203.0.113.9", "203.0.113.9"),
            ("x-forwarded-for", " 203.0.113.9:4711 ", "203.0.113.9"),
            ("x-forwarded-for", "2001:db8::7", "2001:db8::7"),
            ("x-forwarded-for", "[2001:db8::7]:4711", "2001:db8::7"),
            ("x-forwarded-for", "::ffff:203.0.113.9", "203.0.113.9"),
            ("forwarded", "for=203.0.113.9", "203.0.113.9"),
            ("forwarded", "proto=https;For=\"203.0.113.9:4711\";by=10.0.0.1", "203.0.113.9"),
            ("forwarded", "For=\"[2001:db8::7]:4711\"", "2001:db8::7"),
            ("forwarded", "for=203.0.113.9;host=\"a,for=198.51.100.1;b\"", "203.0.113.9"),
        ] {
            assert_eq!(from(PROXY, &[(header, value)]), client, "{header}: {value}");
            assert_eq!(from("::ffff:10.0.0.1", &[(header, value)]), client, "{header}: {value}");
        }
    }

    #[test]
    fn a_chain_is_believed_from_its_end_to_the_first_stranger() {
        let forged = [("x-forwarded-for", "198.51.100.1, 203.0.113.9, 10.0.0.2")];
        assert_eq!(from(PROXY, &forged), CLIENT, "what the client itself sent is not asked");
        let lines = [("x-forwarded-for", "198.51.100.1"), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(from(PROXY, &lines), CLIENT, "lines are one list");
        assert_eq!(from(PROXY, &[("forwarded", "for=198.51.100.1, for=203.0.113.9,for=10.0.0.2")]), CLIENT);
        assert_eq!(from(PROXY, &[("x-forwarded-for", "10.0.0.3")]), "10.0.0.3", "a proxy that asks for itself");
        let endless = ["10.0.0.2"; HOPS + 1].join(",");
        assert_eq!(from(PROXY, &[("x-forwarded-for", &format!("{CLIENT},{endless}"))]), "10.0.0.2");
    }

    #[test]
    fn what_can_not_be_read_is_the_last_proxy_that_could() {
        for (header, value) in [
            ("x-forwarded-for", ""),
            ("x-forwarded-for", "unknown"),
            ("x-forwarded-for", "203.0.113.9, nonsense"),
            ("x-forwarded-for", "203.0.113.999"),
            ("forwarded", "for=_hidden"),
            ("forwarded", "for=unknown"),
            ("forwarded", "by=203.0.113.9"),
            ("forwarded", "for=203.0.113.9;for=198.51.100.1"),
            ("forwarded", "host=\", for=203.0.113.9"),
        ] {
            assert_eq!(from(PROXY, &[(header, value)]), PROXY, "{header}: {value}");
        }
        assert_eq!(from(PROXY, &[("x-forwarded-for", "203.0.113.9, nonsense, 10.0.0.2")]), "10.0.0.2");
    }

    #[test]
    fn a_client_can_not_slip_in_the_header_that_its_proxy_does_not_write() {
        let both = |forwarded| [("x-forwarded-for", CLIENT), ("forwarded", forwarded)];
        assert_eq!(from(PROXY, &both("for=198.51.100.1")), PROXY);
        assert_eq!(from(PROXY, &both("for=203.0.113.9")), CLIENT);
    }
}
