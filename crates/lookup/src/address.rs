//! Where a request goes, and whether it may.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hyper::Uri;

use crate::Why;

/// Who is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) secure: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Endpoint {
    pub(crate) fn of(url: &str) -> Result<Self, Why> {
        let uri: Uri = url.parse().map_err(|_| Why::Address)?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(Why::Address),
        };
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or(Why::Address)?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let port = authority.port_u16().unwrap_or(if secure { 443 } else { 80 });
        if host.is_empty() { Err(Why::Address) } else { Ok(Self { secure, host, port }) }
    }

    /// Host and port.
    pub(crate) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// The hosts within the own network that a tenant may ask, by the word of its administrator: names or addresses with
/// commas between, each with a port or without: `crm.internal, 10.0.0.5:8080`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed(Vec<(String, Option<u16>)>);

impl Allowed {
    /// Reads the setting.
    pub fn parse(text: &str) -> Self {
        let one = |entry: &str| {
            let entry = entry.trim().to_ascii_lowercase();
            // An IPv6 address has colons of its own; with a port it stands in brackets.
            if let Some((host, rest)) = entry.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                return (host.to_owned(), rest.strip_prefix(':').and_then(|port| port.parse().ok()));
            }
            match entry.split_once(':').filter(|_| entry.parse::<IpAddr>().is_err()) {
                Some((host, port)) => (host.to_owned(), port.parse().ok()),
                None => (entry, None),
            }
        };
        Self(text.split(',').map(one).filter(|(host, _)| !host.is_empty()).collect())
    }

    fn names(&self, endpoint: &Endpoint) -> bool {
        self.0.iter().any(|(host, port)| *host == endpoint.host && port.is_none_or(|port| port == endpoint.port))
    }

    /// Whether an endpoint may be asked at this address. It is asked of the very address that is then connected to, so
    /// that a name can't lead elsewhere in between.
    pub(crate) fn permits(&self, endpoint: &Endpoint, address: IpAddr) -> bool {
        is_public(address) || self.names(endpoint)
    }
}

/// Whether an address is one of the internet at large.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let within = address.is_private() || address.is_loopback() || address.is_link_local() || address.is_multicast();
    let kept = a == 0
        || a >= 240
        // Shared by carriers and clouds (RFC 6598), where some have their metadata service.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b));
    !within && !kept && !address.is_documentation()
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // An address of the older kind in the newer one's clothes is judged as what it is: mapped, compatible, 6to4, NAT64.
    let parts = address.segments();
    let inner = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Ipv4Addr::new(a, b, c, d)
    };
    match parts {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => is_public_v4(inner(high, low)),
        [0x2002, high, low, ..] => is_public_v4(inner(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(inner(high, low)),
        // What is given out to the internet begins with 2000::/3; without documentation and Teredo.
        [first, second, ..] => first & 0xe000 == 0x2000 && !(first == 0x2001 && (second == 0xdb8 || second == 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_within_are_refused_in_all_their_clothes() {
        for within in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.100.100.200",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "::7f00:1",
            "2001:db8::1",
            "fec0::1",
        ] {
            assert!(!is_public(within.parse().unwrap()), "{within}");
        }
        for outside in ["1.1.1.1", "114.114.114.114", "172.32.0.1", "100.128.0.1", "2400:3200::1", "64:ff9b::101:101"] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn an_administrator_allows_hosts() {
        let allowed = Allowed::parse("crm.internal, 10.0.0.5:8080 ,[fd00::7]:9000,fd00::8,");
        let may = |url: &str, address: &str| allowed.permits(&Endpoint::of(url).unwrap(), address.parse().unwrap());
        assert!(may("http://CRM.internal/x", "10.0.0.9"));
        assert!(may("http://10.0.0.5:8080/", "10.0.0.5"));
        assert!(!may("http://10.0.0.5/", "10.0.0.5"), "another port");
        assert!(may("http://[fd00::7]:9000/", "fd00::7") && may("http://[fd00::8]/", "fd00::8"));
        assert!(!may("http://other/", "10.0.0.5"), "the name counts, not where it leads");
        assert!(!Allowed::default().permits(&Endpoint::of("http://localhost/").unwrap(), "127.0.0.1".parse().unwrap()));
    }

    #[test]
    fn addresses_are_read() {
        let endpoint = |url: &str| Endpoint::of(url).map(|e| (e.secure, e.authority()));
        assert_eq!(endpoint("https://A.example/x?y"), Ok((true, "a.example:443".to_owned())));
        assert_eq!(endpoint("http://[::1]:81"), Ok((false, "::1:81".to_owned())));
        for bad in ["", "crm", "ftp://a/", "http://u:p@a/", "http:///x"] {
            assert_eq!(endpoint(bad), Err(Why::Address), "{bad}");
        }
    }
}
