//! Keep-alives of telephones that reach us by UDP: STUN on the very port that SIP uses (RFC 5626 section 3.5.2).

use std::net::SocketAddr;

use bytes::Bytes;
use media::ice::stun::{Builder, Kind, Message};

/// Whether a datagram is STUN: no SIP message begins with a byte below four.
pub(super) fn is_stun(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|first| *first < 4)
}

/// The answer to a telephone's request: where it is seen to come from, so that it notices a new mapping of its router.
/// It is hardly longer than what was asked, so that nobody gains by having others answered. Nothing else gets any.
pub(super) fn answer(from: SocketAddr, datagram: &[u8]) -> Option<Bytes> {
    let request = Message::parse(datagram).filter(|request| request.kind() == Kind::BindingRequest)?;
    let mut answer = Vec::new();
    Builder::new(&mut answer, Kind::BindingSuccess, &request.transaction()).mapped_address(canonical(from));
    Some(answer.into())
}

/// On a socket of both families an IPv4 address is seen in IPv6's form.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: Kind) -> Vec<u8> {
        let mut bytes = Vec::new();
        Builder::new(&mut bytes, kind, &[7; 12]);
        bytes
    }

    #[test]
    fn a_request_is_told_where_it_comes_from_and_nothing_else_gets_a_word() {
        let request = message(Kind::BindingRequest);
        for (seen, told) in [("192.0.2.7:40000", "192.0.2.7:40000"), ("[::ffff:192.0.2.7]:9", "192.0.2.7:9")] {
            let answer = answer(seen.parse().unwrap(), &request).unwrap();
            let read = Message::parse(&answer).unwrap();
            assert_eq!((read.kind(), read.transaction()), (Kind::BindingSuccess, [7; 12]));
            assert_eq!(read.mapped_address(), told.parse().ok());
            assert!(is_stun(&answer) && answer.len() <= request.len() + 12);
        }
        let from = "192.0.2.7:40000".parse().unwrap();
        for other in [message(Kind::BindingIndication), message(Kind::BindingSuccess), vec![0, 1, 2]] {
            assert_eq!(answer(from, &other), None);
        }
        assert!(!is_stun(b"OPTIONS sip:a SIP/2.0") && !is_stun(b"\r\n\r\n") && !is_stun(b""));
    }
}
