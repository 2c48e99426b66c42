//! How RTP is carried and protected: the protocol on the media line, SDES keys, DTLS, ICE, RTCP.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::attribute::{Crypto, Fingerprint, Setup};
use crate::capability::{Capabilities, Srtp};
use crate::error::NegotiationError;
use crate::negotiate::{CryptoPair, DtlsRemote, IceRemote};
use crate::session::{Address, Attribute, Media, Session};

/// What protects the media.
pub(super) enum Protection {
    Plain,
    Sdes(CryptoPair),
    Dtls(DtlsRemote),
}

pub(super) fn is_dtls(protocol: &str) -> bool {
    matches!(protocol, "UDP/TLS/RTP/SAVP" | "UDP/TLS/RTP/SAVPF")
}

fn is_sdes(protocol: &str) -> bool {
    matches!(protocol, "RTP/SAVP" | "RTP/SAVPF")
}

fn is_plain(protocol: &str) -> bool {
    matches!(protocol, "RTP/AVP" | "RTP/AVPF")
}

/// How an offered medium can be protected with what we have.
pub(super) fn accept(offer: &Session, media: &Media, ours: &Capabilities) -> Result<Protection, NegotiationError> {
    let none = NegotiationError::NoCommonTransport;
    // Where we have DTLS, as towards a browser, nothing less will do.
    if is_dtls(&media.protocol) != ours.dtls.is_some() {
        return Err(none);
    }
    if ours.dtls.is_some() {
        let fingerprint = checkable(offer, media, ours)?;
        // We wait unless the peer insists on waiting itself: it may be behind a NAT.
        let role = match offer.setup_of(media) {
            Some(Setup::Passive) => Setup::Active,
            Some(Setup::HoldConn) => return Err(none),
            _ => Setup::Passive,
        };
        return Ok(Protection::Dtls(DtlsRemote { fingerprint, role }));
    }
    if !is_sdes(&media.protocol) && !is_plain(&media.protocol) {
        return Err(none);
    }
    let pair = match ours.srtp {
        Srtp::Off => None,
        Srtp::WhenOffered | Srtp::Required => common_crypto(media, ours),
    };
    match pair {
        Some(pair) => Ok(Protection::Sdes(pair)),
        None if is_sdes(&media.protocol) || ours.srtp == Srtp::Required => Err(none),
        None => Ok(Protection::Plain),
    }
}

/// The fingerprint of a medium over DTLS, all else that such a medium needs being there too.
fn checkable(theirs: &Session, media: &Media, ours: &Capabilities) -> Result<Fingerprint, NegotiationError> {
    let length = |hash: &str| match hash {
        "sha-256" => Some(32),
        "sha-384" => Some(48),
        "sha-512" => Some(64),
        _ => None,
    };
    let fingerprint = theirs.fingerprint_of(media).filter(|f| length(&f.hash) == Some(f.bytes.len()));
    if ours.ice.is_some() {
        if theirs.has("ice-lite") || remote_ice(theirs, media, ours).is_none_or(|ice| ice.ufrag.is_empty()) {
            return Err(NegotiationError::NoIce);
        }
        if ours.rtcp_mux && !media.has("rtcp-mux") {
            return Err(NegotiationError::NoMux);
        }
    }
    fingerprint.ok_or(NegotiationError::NoFingerprint)
}

/// The first offered key whose suite we speak; our key goes under the same tag.
fn common_crypto(media: &Media, ours: &Capabilities) -> Option<CryptoPair> {
    media.cryptos().find_map(|remote| {
        let local = ours.cryptos.iter().find(|local| local.suite == remote.suite)?;
        Some(CryptoPair { local: Crypto { tag: remote.tag, ..local.clone() }, remote })
    })
}

/// What the answer to an offer of ours has chosen.
pub(super) fn chosen(
    answer: &Session,
    media: &Media,
    offered: &Media,
    ours: &Capabilities,
) -> Result<Protection, NegotiationError> {
    let mismatch = NegotiationError::NoCommonTransport;
    if is_dtls(&offered.protocol) {
        let fingerprint = checkable(answer, media, ours)?;
        let role = match answer.setup_of(media) {
            Some(Setup::Passive) => Setup::Active,
            _ => Setup::Passive,
        };
        return Ok(Protection::Dtls(DtlsRemote { fingerprint, role }));
    }
    let Some(remote) = media.cryptos().next() else {
        return if is_sdes(&offered.protocol) { Err(mismatch) } else { Ok(Protection::Plain) };
    };
    let local = offered.cryptos().find(|local| local.tag == remote.tag && local.suite == remote.suite);
    Ok(Protection::Sdes(CryptoPair { local: local.ok_or(mismatch)?, remote }))
}

/// The protocol of our own offers.
pub(super) fn offered_protocol(ours: &Capabilities) -> &'static str {
    match (&ours.dtls, ours.srtp) {
        (Some(_), _) => "UDP/TLS/RTP/SAVPF",
        (None, Srtp::Required) => "RTP/SAVP",
        (None, _) => "RTP/AVP",
    }
}

/// The lines of our own offers that protect the media and find the way.
pub(super) fn offer_lines(ours: &Capabilities, attributes: &mut Vec<Attribute>) {
    match (&ours.dtls, ours.srtp) {
        (Some(dtls), _) => {
            attributes.push(Attribute::new("fingerprint", &dtls.fingerprint));
            attributes.push(Attribute::new("setup", Setup::ActPass.as_str()));
            attributes.push(stream());
        }
        (None, Srtp::Required) => attributes.extend(ours.cryptos.iter().map(|key| Attribute::new("crypto", key))),
        (None, _) => {}
    }
    ice_lines(ours, attributes);
}

/// The lines of an answer that protect the media and find the way.
pub(super) fn answer_lines(ours: &Capabilities, protection: &Protection, ice: bool, attributes: &mut Vec<Attribute>) {
    match protection {
        Protection::Plain => {}
        Protection::Sdes(pair) => attributes.push(Attribute::new("crypto", &pair.local)),
        Protection::Dtls(remote) => {
            attributes.extend(ours.dtls.iter().map(|dtls| Attribute::new("fingerprint", &dtls.fingerprint)));
            attributes.push(Attribute::new("setup", remote.role.as_str()));
            attributes.push(stream());
        }
    }
    if ice {
        ice_lines(ours, attributes);
    }
}

/// The stream that our audio is of (RFC 8830): without it a page's track comes without a stream to play.
fn stream() -> Attribute {
    Attribute::new("msid", "lingtong audio")
}

fn ice_lines(ours: &Capabilities, attributes: &mut Vec<Attribute>) {
    let Some(ice) = &ours.ice else { return };
    attributes.push(Attribute::new("ice-ufrag", &ice.ufrag));
    attributes.push(Attribute::new("ice-pwd", &ice.password));
    attributes.extend(ice.candidates.iter().map(|candidate| Attribute::new("candidate", candidate)));
    attributes.push(Attribute::flag("end-of-candidates"));
}

/// The peer's ICE credentials, when both sides speak ICE.
pub(super) fn remote_ice(session: &Session, media: &Media, ours: &Capabilities) -> Option<IceRemote> {
    ours.ice.as_ref()?;
    Some(IceRemote {
        ufrag: session.value_of(media, "ice-ufrag")?.trim().to_owned(),
        password: session.value_of(media, "ice-pwd")?.trim().to_owned(),
        candidates: media.candidates().collect(),
    })
}

/// Where the peer takes RTP and RTCP.
pub(super) fn remote_addresses(
    session: &Session,
    media: &Media,
    mux: bool,
) -> Result<(SocketAddr, SocketAddr), NegotiationError> {
    let connection = session.connection_of(media).ok_or(NegotiationError::NoAddress)?;
    let ip = match connection.address {
        Address::Ip(ip) => ip,
        // A name is not looked up here: the peer's packets will tell the address.
        Address::Name { .. } => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    };
    let rtp = SocketAddr::new(ip, media.port);
    let rtcp = match (mux, media.rtcp()) {
        (true, _) => rtp,
        (false, Some((port, address))) => SocketAddr::new(address.unwrap_or(ip), port),
        (false, None) => SocketAddr::new(ip, media.port.checked_add(1).unwrap_or(media.port)),
    };
    Ok((rtp, rtcp))
}
