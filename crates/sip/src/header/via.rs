//! Via (RFC 3261 section 20.42, rport: RFC 3581).

use std::net::{IpAddr, SocketAddr};

use crate::error::Malformed;
use crate::host::Host;
use crate::params::Params;
use crate::scan::{Cursor, number, trim};

/// What branches of RFC 3261 start with.
pub const BRANCH_MAGIC: &str = "z9hG4bK";

/// One Via value.
#[derive(Debug, Clone, Copy)]
pub struct Via<'a> {
    /// The transport as received: `UDP`, `TCP`, `TLS`, `WS`, `WSS`, or a stranger.
    pub transport: &'a str,
    /// Who sent the message.
    pub host: Host<'a>,
    /// The port to answer to, if given.
    pub port: Option<u16>,
    /// The parameters.
    pub params: Params<'a>,
}

impl<'a> Via<'a> {
    /// Reads one value.
    ///
    /// # Errors
    /// Any breach of the grammar; a protocol other than `SIP`.
    pub fn parse(value: &'a [u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new(value);
        let via = Self::read(&mut cursor)?;
        if cursor.at_end() { Ok(via) } else { Err(Malformed) }
    }

    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        cursor.skip_white();
        if !cursor.token()?.eq_ignore_ascii_case("SIP") {
            return Err(Malformed);
        }
        cursor.skip_white();
        cursor.expect(b'/')?;
        cursor.skip_white();
        cursor.token()?;
        cursor.skip_white();
        cursor.expect(b'/')?;
        cursor.skip_white();
        let transport = cursor.token()?;
        cursor.skip_white();
        let (host, port) = Host::read(cursor, true)?;
        let params = Params::read(cursor)?;
        Ok(Self { transport, host, port, params })
    }

    /// The branch; empty when there is none (RFC 2543).
    pub fn branch(&self) -> &'a str {
        self.params.get("branch").unwrap_or_default()
    }

    /// Whether the branch names a transaction by RFC 3261: the magic cookie and something after it.
    pub fn has_rfc3261_branch(&self) -> bool {
        let branch = self.branch().as_bytes();
        branch.len() > BRANCH_MAGIC.len() && branch[..BRANCH_MAGIC.len()].eq_ignore_ascii_case(BRANCH_MAGIC.as_bytes())
    }

    /// The `received` address, with or without brackets around IPv6 (RFC 5118 section 4.5).
    pub fn received(&self) -> Option<IpAddr> {
        Host::parse(self.params.get("received")?).ok()?.ip()
    }

    /// `rport`: `Some(None)` asks for it, `Some(Some(port))` tells it.
    pub fn rport(&self) -> Option<Option<u16>> {
        let value = self.params.find("rport")?;
        Some(value.and_then(|port| number(port).ok()).and_then(|port| u16::try_from(port).ok()))
    }

    /// The `maddr` parameter.
    pub fn maddr(&self) -> Option<&'a str> {
        self.params.get("maddr")
    }

    /// Where to send the answer on an unreliable transport (RFC 3261 section 18.2.2, RFC 3581 section 4), for a
    /// request that came from `source`.
    pub fn reply_address(&self, source: SocketAddr) -> SocketAddr {
        let maddr = self.maddr().and_then(|host| Host::parse(host).ok()).and_then(|host| host.ip());
        let port = self.port.unwrap_or(5060);
        match (maddr, self.rport()) {
            (Some(ip), _) if ip.is_multicast() => SocketAddr::new(ip, port),
            (_, Some(_)) => source,
            _ => SocketAddr::new(source.ip(), port),
        }
    }
}

/// The values of one Via line.
pub(crate) struct ViaIter<'a> {
    cursor: Cursor<'a>,
    done: bool,
}

impl<'a> ViaIter<'a> {
    pub(crate) fn new(value: &'a [u8]) -> Self {
        Self { cursor: Cursor::new(trim(value)), done: false }
    }
}

impl<'a> Iterator for ViaIter<'a> {
    type Item = Result<Via<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let via = Via::read(&mut self.cursor);
        self.done = via.is_err() || !self.cursor.take(b',');
        Some(via)
    }
}

/// Appends the Via line for an answer: as received, with `received` and `rport` filled in for a request that came
/// from `source` (RFC 3261 section 18.2.1, RFC 3581). Only the first value of the line is changed.
pub(crate) fn stamp_into(out: &mut Vec<u8>, value: &[u8], source: SocketAddr) -> Result<(), Malformed> {
    let mut cursor = Cursor::new(value);
    let via = Via::read(&mut cursor)?;
    let rest = cursor.rest();
    let wants_rport = via.rport().is_some();
    let params = via.params.as_bytes();
    // What stands before the parameters, as received.
    let head_len =
        if params.is_empty() { cursor.position() } else { params.as_ptr() as usize - value.as_ptr() as usize };
    out.extend_from_slice(trim(&value[..head_len]));
    for (name, param) in via.params.iter() {
        if name.eq_ignore_ascii_case("received") || name.eq_ignore_ascii_case("rport") {
            continue;
        }
        out.push(b';');
        out.extend_from_slice(name.as_bytes());
        if let Some(param) = param {
            out.push(b'=');
            out.extend_from_slice(param);
        }
    }
    if wants_rport || via.host.ip() != Some(source.ip()) {
        out.extend_from_slice(format!(";received={}", source.ip()).as_bytes());
    }
    if wants_rport {
        out.extend_from_slice(format!(";rport={}", source.port()).as_bytes());
    }
    out.extend_from_slice(rest);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_lists_are_read() {
        let line = b"SIP  / 2.0\r\n / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239";
        let vias: Vec<_> = ViaIter::new(line).collect::<Result<_, _>>().unwrap();
        assert_eq!(vias.len(), 2);
        assert_eq!((vias[0].transport, vias[0].branch()), ("TCP", "z9hG4bK9ikj8"));
        assert_eq!((vias[1].transport, vias[1].branch()), ("UDP", "z9hG4bK30239"));
        assert_eq!(vias[1].host, Host::Ip("192.168.255.111".parse().unwrap()));
    }

    #[test]
    fn extra_separators_are_refused() {
        for bad in
            ["SIP/2.0/UDP 192.0.2.15;;,;,,", "SIP/2.0/UDP", "SIP/2.0/UDP h x", "HTTP/1.1/UDP h", "SIP/2.0/UDP h,"]
        {
            assert!(ViaIter::new(bad.as_bytes()).any(|via| via.is_err()), "{bad}");
        }
    }

    #[test]
    fn answers_go_where_the_via_says() {
        let source: SocketAddr = "198.51.100.7:40000".parse().unwrap();
        let check = |via: &str, expected: &str| {
            let via = Via::parse(via.as_bytes()).unwrap();
            assert_eq!(via.reply_address(source), expected.parse().unwrap());
        };
        check("SIP/2.0/UDP 10.0.0.1:5062;branch=z9hG4bKa", "198.51.100.7:5062");
        check("SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa", "198.51.100.7:5060");
        check("SIP/2.0/UDP 10.0.0.1:5062;rport;branch=z9hG4bKa", "198.51.100.7:40000");
        check("SIP/2.0/UDP 10.0.0.1;maddr=239.1.1.1", "239.1.1.1:5060");
    }

    #[test]
    fn received_and_rport_are_filled_in() {
        let source: SocketAddr = "198.51.100.7:40000".parse().unwrap();
        let stamp = |via: &str| {
            let mut out = Vec::new();
            stamp_into(&mut out, via.as_bytes(), source).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            stamp("SIP/2.0/UDP 10.0.0.1 ;rport;branch=z9hG4bKa, SIP/2.0/UDP b"),
            "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa;received=198.51.100.7;rport=40000, SIP/2.0/UDP b"
        );
        assert_eq!(stamp("SIP/2.0/UDP 198.51.100.7;branch=x"), "SIP/2.0/UDP 198.51.100.7;branch=x");
        assert_eq!(stamp("SIP/2.0/UDP h"), "SIP/2.0/UDP h;received=198.51.100.7");
    }
}
