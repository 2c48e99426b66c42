//! Hosts in URIs and Via.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::error::Malformed;
use crate::scan::{Cursor, is_host, number, text};

/// A host: a name, or an address. IPv6 stands in brackets on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Host<'a> {
    /// A domain name, as received.
    Name(&'a str),
    /// An address.
    Ip(IpAddr),
}

impl<'a> Host<'a> {
    /// Reads a host that is alone in its text: a name, an IPv4 address, or an IPv6 address with or without brackets.
    pub fn parse(host: &'a str) -> Result<Self, Malformed> {
        if let Some(v6) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return parse_v6(v6).map(|ip| Host::Ip(ip.into()));
        }
        if host.contains(':') {
            return parse_v6(host).map(|ip| Host::Ip(ip.into()));
        }
        Self::name(host)
    }

    /// The address, when the host is one.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Host::Name(_) => None,
            Host::Ip(ip) => Some(*ip),
        }
    }

    /// Equal hosts: names without regard to case.
    pub fn matches(&self, other: &Host<'_>) -> bool {
        match (self, other) {
            (Host::Name(one), Host::Name(two)) => one.eq_ignore_ascii_case(two),
            (Host::Ip(one), Host::Ip(two)) => one == two,
            _ => false,
        }
    }

    fn name(host: &'a str) -> Result<Self, Malformed> {
        if host.is_empty() || !host.bytes().all(is_host) {
            return Err(Malformed);
        }
        Ok(host.parse::<Ipv4Addr>().map_or(Host::Name(host), |ip| Host::Ip(ip.into())))
    }

    /// Reads `host [":" port]`; white space may stand around the colon where `spaced`, as in Via.
    pub(crate) fn read(cursor: &mut Cursor<'a>, spaced: bool) -> Result<(Self, Option<u16>), Malformed> {
        let host = if cursor.take(b'[') {
            let v6 = cursor.take_while(|byte| byte != b']' && byte != b'[');
            cursor.expect(b']')?;
            Host::Ip(parse_v6(text(v6)?)?.into())
        } else {
            Self::name(text(cursor.take_while(is_host))?)?
        };
        let after_host = cursor.position();
        if spaced {
            cursor.skip_white();
        }
        if !cursor.take(b':') {
            cursor.seek(after_host);
            return Ok((host, None));
        }
        if spaced {
            cursor.skip_white();
        }
        let port = number(cursor.take_while(|byte| byte.is_ascii_digit()))?;
        Ok((host, Some(u16::try_from(port).map_err(|_| Malformed)?)))
    }
}

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Name(name) => f.write_str(name),
            Host::Ip(IpAddr::V4(ip)) => ip.fmt(f),
            Host::Ip(IpAddr::V6(ip)) => write!(f, "[{ip}]"),
        }
    }
}

/// An IPv6 address. Three colons for two came out of a mistake in RFC 3261's grammar and have to be tolerated
/// (RFC 5118 section 4.10).
fn parse_v6(address: &str) -> Result<Ipv6Addr, Malformed> {
    if let Ok(ip) = address.parse() {
        return Ok(ip);
    }
    match address.split_once(":::") {
        Some((head, tail)) => format!("{head}::{tail}").parse().map_err(|_| Malformed),
        None => Err(Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_apart() {
        assert_eq!(Host::parse("example.com"), Ok(Host::Name("example.com")));
        assert_eq!(Host::parse("192.0.2.1"), Ok(Host::Ip("192.0.2.1".parse().unwrap())));
        let v6 = Host::Ip("2001:db8::192.0.2.1".parse().unwrap());
        assert_eq!(Host::parse("[2001:db8::192.0.2.1]"), Ok(v6));
        assert_eq!(Host::parse("2001:db8:::192.0.2.1"), Ok(v6));
        assert_eq!(v6.to_string(), "[2001:db8::c000:201]");
        for bad in ["", "a b", "[::1", "[zz]", "exa<mple", "1::2::3"] {
            assert!(Host::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn ports_are_read_and_bounded() {
        let read = |raw: &'static str| Host::read(&mut Cursor::new(raw.as_bytes()), true);
        assert_eq!(read("h : 5060").unwrap().1, Some(5060));
        assert_eq!(read("[::1]:65535").unwrap().1, Some(65535));
        assert!(read("h:65536").is_err());
        assert!(read("h:").is_err());
    }
}
