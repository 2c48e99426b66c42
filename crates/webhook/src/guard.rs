//! Where posts may go.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hyper::Uri;
use types::Network;

/// Why an address of the web can't be posted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongUrl {
    /// It is none, or says more than scheme, host, port, path and query.
    #[error("is no address of the web")]
    NoUrl,
    /// It is neither `https` nor `http`.
    #[error("begins with neither https:// nor http://")]
    Scheme,
}

/// An address of the web, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Over TLS.
    pub secure: bool,
    /// The host's name or address, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Path and query.
    pub path: String,
    /// Host and port as they stand in the address.
    pub authority: String,
}

impl Url {
    /// Reads an address.
    ///
    /// # Errors
    /// See [`WrongUrl`].
    pub fn parse(text: &str) -> Result<Self, WrongUrl> {
        let uri: Uri = text.parse().map_err(|_| WrongUrl::NoUrl)?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(WrongUrl::Scheme),
        };
        let authority = uri.authority().ok_or(WrongUrl::NoUrl)?;
        // A password in it would come to light in lists and logs.
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(WrongUrl::NoUrl);
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let port = authority.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Self { secure, host, port, path, authority: authority.to_string() })
    }
}

/// Which addresses may be posted to: those of the public net, and what the operator of this server allows beside them.
/// Whoever may set a webhook up is not to reach what only this machine reaches.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// Allowed beside the public net, over plain HTTP as well.
    pub allowed: Vec<Network>,
}

impl Guard {
    /// Whether a post may go to this address, over TLS or not.
    pub fn permits(&self, ip: IpAddr, secure: bool) -> bool {
        self.allowed.iter().any(|network| network.contains(ip)) || (secure && is_public(ip))
    }
}

/// Whether an address is of the public net (RFC 6890 and the registries it founded).
fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    match (first, second) {
        // Of 2000::/3, what carries an IPv4 address inside or is for documents.
        (0x2002, _) | (0x2001, 0..=0x01ff | 0x0db8) | (0x3fff, 0..=0x0fff) => false,
        _ => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_net_is_free() {
        let guard = Guard::default();
        for ip in ["8.8.8.8", "2606:4700::1111", "1.1.1.1", "240e::1"] {
            assert!(guard.permits(ip.parse().unwrap(), true), "{ip}");
            assert!(!guard.permits(ip.parse().unwrap(), false), "{ip} in clear");
        }
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.0.8",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!guard.permits(ip.parse().unwrap(), true), "{ip}");
        }
    }

    #[test]
    fn the_operator_may_allow_more() {
        let guard = Guard { allowed: vec!["10.0.0.0/8".parse().unwrap()] };
        assert!(guard.permits("10.1.2.3".parse().unwrap(), false));
        assert!(!guard.permits("192.168.1.1".parse().unwrap(), true));
    }

    #[test]
    fn addresses_are_taken_apart() {
        let url = Url::parse("https://hooks.example.com/a?b=c").unwrap();
        assert_eq!(
            (url.secure, url.host.as_str(), url.port, url.path.as_str()),
            (true, "hooks.example.com", 443, "/a?b=c")
        );
        let url = Url::parse("http://[::1]:8080").unwrap();
        assert_eq!((url.host.as_str(), url.port, url.path.as_str()), ("::1", 8080, "/"));
        assert_eq!(Url::parse("ftp://example.com/"), Err(WrongUrl::Scheme));
        for text in ["", "example.com", "https://", "https://a:b@example.com/", "/only/a/path"] {
            assert!(Url::parse(text).is_err(), "{text}");
        }
    }
}
