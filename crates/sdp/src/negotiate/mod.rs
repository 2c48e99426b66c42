//! Offer and answer (RFC 3264).

mod answer;
mod offer;
mod transport;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;

use crate::attribute::{Candidate, Crypto, Direction, Fingerprint, RtpMap, Setup};
use crate::capability::{Capabilities, Codec};
use crate::session::{Address, Connection, Media, Origin, Session};

/// What media has to do, once both sides have spoken. All from our own point of view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Negotiated {
    /// Which media line it is, counted from 0.
    pub media_index: usize,
    /// Where to send RTP. The address is unspecified (0.0.0.0) when the peer holds the old way, or named a host that
    /// only its packets will tell.
    pub remote: SocketAddr,
    /// Where to send RTCP.
    pub remote_rtcp: SocketAddr,
    /// RTCP shares RTP's port.
    pub rtcp_mux: bool,
    /// The codec, of our capabilities.
    pub codec: Codec,
    /// The payload type to send it with.
    pub send_payload: u8,
    /// The payload type it comes with.
    pub receive_payload: u8,
    /// The peer's `fmtp` for it.
    pub remote_fmtp: Option<String>,
    /// telephone-event: the payload type to send it with.
    pub dtmf_send: Option<u8>,
    /// telephone-event: the payload type it comes with.
    pub dtmf_receive: Option<u8>,
    /// telephone-event's clock in Hz: the codec's own, or 8000 where the peer has no other: many phones
    /// offer Opus beside `telephone-event/8000` alone.
    pub dtmf_clock: u32,
    /// Which way media go.
    pub direction: Direction,
    /// The peer will not play what we send: it has put us on hold.
    pub held: bool,
    /// Packet time to send with, in milliseconds.
    pub ptime_ms: u32,
    /// SDES keys, when the media are protected by them.
    pub crypto: Option<CryptoPair>,
    /// DTLS-SRTP, when the media are protected by it.
    pub dtls: Option<DtlsRemote>,
    /// ICE, when the peer speaks it.
    pub ice: Option<IceRemote>,
}

/// The SDES keys of both directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CryptoPair {
    /// What we send with.
    pub local: Crypto,
    /// What we receive with.
    pub remote: Crypto,
}

/// The peer's side of DTLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DtlsRemote {
    /// Its certificate must have this fingerprint.
    pub fingerprint: Fingerprint,
    /// What we do: [`Setup::Passive`] waits for the peer's ClientHello, [`Setup::Active`] sends ours.
    pub role: Setup,
}

/// The peer's side of ICE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IceRemote {
    /// `ice-ufrag`
    pub ufrag: String,
    /// `ice-pwd`
    pub password: String,
    /// Its candidates, as far as they are addresses.
    pub candidates: Vec<Candidate>,
}

/// Our side of one session's offers and answers.
///
/// Call order: [`Local::offer`] then [`Local::apply_answer`], or [`Local::answer`]; again and again.
#[derive(Debug, Clone)]
pub struct Local {
    session_id: u64,
    version: u64,
    /// What we said last, with its version: as text, a third of the size, since it stays for the whole call and is
    /// looked at when something changes.
    last: Option<Box<str>>,
    /// The offer that waits for its answer.
    pending: Option<Box<Session>>,
    /// Payload types in use in this session; one never changes its meaning (RFC 3264 section 8.3.2).
    payloads: Vec<RtpMap>,
}

impl Local {
    /// A session of our own; `session_id` should be new for each (a random number below 2^62, say).
    pub fn new(session_id: u64) -> Self {
        Self { session_id, version: 0, last: None, pending: None, payloads: Vec::new() }
    }

    /// Our side as it was after `last`, the description that was sent last: for a dialog that outlived its process.
    pub fn restore(last: Session) -> Self {
        let number = |text: &str| text.parse().unwrap_or(0);
        let mut local = Self::new(number(&last.origin.session_id));
        local.version = number(&last.origin.version);
        if let Some((_, audio)) = last.audio() {
            local.payloads = audio.payloads().filter_map(|payload| audio.rtpmap(payload)).collect();
        }
        local.last = Some(last.to_string().into());
        local
    }

    /// What we said last.
    pub fn last(&self) -> Option<Session> {
        self.last.as_ref().and_then(|text| Session::parse(text.as_bytes()).ok())
    }

    /// Whether an offer of ours waits for its answer.
    pub fn is_offer_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Forgets an offer that was refused (488, 491 …): the session stays as it was.
    pub fn drop_offer(&mut self) {
        self.pending = None;
    }

    /// Gives the description its origin: the version grows when, and only when, something has changed.
    fn seal(&mut self, mut session: Session, address: SocketAddr) -> Session {
        let mut origin = Origin {
            username: "-".to_owned(),
            session_id: self.session_id.to_string(),
            version: self.version.to_string(),
            address: Address::Ip(address.ip()),
        };
        session.origin = origin.clone();
        let mut text = session.to_string();
        if self.last.as_ref().is_some_and(|last| **last != *text) {
            self.version += 1;
            origin.version = self.version.to_string();
            session.origin = origin;
            text = session.to_string();
        }
        self.last = Some(text.into());
        session
    }

    fn remember(&mut self, map: RtpMap) {
        if !self.payloads.iter().any(|known| known.payload == map.payload) {
            self.payloads.push(map);
        }
    }
}

fn same_encoding(one: &RtpMap, two: &RtpMap) -> bool {
    one.clock == two.clock && one.channels == two.channels && one.name.eq_ignore_ascii_case(&two.name)
}

fn telephone_event(payload: u8, clock: u32) -> RtpMap {
    RtpMap { payload, name: "telephone-event".to_owned(), clock, channels: 1 }
}

/// telephone-event's clock of old, which peers name whatever the codec's clock is.
const EVENT_CLOCK: u32 = 8000;

/// The clocks that telephone-event may have beside a codec, the preferred first (RFC 4733 section 2.1: events share the
/// audio's clock).
fn event_clocks(codec_clock: u32) -> impl Iterator<Item = u32> {
    [codec_clock, EVENT_CLOCK].into_iter()
}

/// The payload type under which a media line has telephone-event of that clock.
fn event_payload(media: &Media, clock: u32) -> Option<u8> {
    let wanted = telephone_event(0, clock);
    media.payloads().find(|payload| media.rtpmap(*payload).is_some_and(|map| same_encoding(&map, &wanted)))
}

fn session_at(capabilities: &Capabilities) -> Session {
    Session { connection: Some(Connection::to(capabilities.address.ip())), ..Session::default() }
}
