//! Networks of addresses, as settings name them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A network in CIDR form, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether `ip` lies in it. IPv4 addresses mapped into IPv6 count as IPv4.
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.address, ip.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => same_prefix(&net.octets(), &ip.octets(), self.prefix),
            (IpAddr::V6(net), IpAddr::V6(ip)) => same_prefix(&net.octets(), &ip.octets(), self.prefix),
            _ => false,
        }
    }

    /// Whether it holds every address of its kind.
    pub const fn is_everything(&self) -> bool {
        self.prefix == 0
    }

    /// The network as it is written with nothing behind its prefix: `10.0.0.0/8` for `10.1.2.3/8`.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        let kept = u32::from(self.prefix);
        let address = match self.address {
            IpAddr::V4(v4) => Ipv4Addr::from_bits(v4.to_bits() & u32::MAX.checked_shl(32 - kept).unwrap_or(0)).into(),
            IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & u128::MAX.checked_shl(128 - kept).unwrap_or(0)).into(),
        };
        Self { address, ..*self }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

fn same_prefix(a: &[u8], b: &[u8], bits: u8) -> bool {
    let (whole, rest) = (usize::from(bits / 8), bits % 8);
    a[..whole] == b[..whole] && (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0)
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is no address or network such as 192.0.2.0/24");
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.parse().map_err(|_| bad())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(longest), |p| p.parse().map_err(|_| bad()))?;
        if prefix > longest { Err(bad()) } else { Ok(Self { address, prefix }) }
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_contain_what_they_should() {
        for (net, ip, inside) in [
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("10.0.0.0/9", "10.127.1.1", true),
            ("10.0.0.0/9", "10.128.1.1", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("127.0.0.1", "::ffff:127.0.0.1", true),
            ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false),
            ("0.0.0.0/0", "::1", false),
        ] {
            assert_eq!(net.parse::<Network>().unwrap().contains(ip.parse().unwrap()), inside, "{net} {ip}");
        }
        for bad in ["", "10.0.0.0/33", "10.0.0", "::/129", "10.0.0.0/x"] {
            assert!(bad.parse::<Network>().unwrap_err().contains(bad));
        }
    }

    #[test]
    fn what_is_behind_the_prefix_is_trimmed() {
        for (net, trimmed) in [
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("10.1.2.3", "10.1.2.3/32"),
            ("10.1.2.3/0", "0.0.0.0/0"),
            ("2001:db8:ffff::1/33", "2001:db8:8000::/33"),
            ("::1", "::1/128"),
            ("2001:db8::1/0", "::/0"),
        ] {
            let net: Network = net.parse().unwrap();
            assert_eq!((net.trimmed().to_string(), net.is_everything()), (trimmed.to_owned(), trimmed.ends_with("/0")));
        }
    }
}
