//! Browser legs: one port on each media thread for all of them.
//!
//! A datagram finds its leg by the name in a connectivity check, later by the address that the leg was checked from.
//! A leg lives on the thread whose port it was offered. Where it is to meet a leg of another thread it moves there like
//! any leg, but its port can't: the port's thread hands its datagrams over, and it sends by the same socket.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::dtls::{Identity, PeerFingerprint};
use media::engine::BrowserMedia;
use media::ice::{self, Credentials};
use media::rtp::{Datagram, classify};
use ring::rand::{SecureRandom, SystemRandom};
use sdp::{Candidate, Capabilities, DtlsLocal, Fingerprint, IceLocal, Negotiated, Setup};
use types::{LegId, Mono};

use super::door::{Door, HandedOver, Order};

/// Addresses that one leg is known by: a browser's interfaces, and those it had before.
const MAX_ADDRESSES: usize = 8;
/// Packets that a leg may have handed over to another thread in [`SHARE_OF`]: sixteen times what a browser sends with 20 ms of
/// audio a packet, so that four seconds that a radio held back still pass at once. Whoever sends more, under its address for example, has them dropped before they cost others anything.
const SHARE: u32 = 200;
/// See [`SHARE`].
const SHARE_OF: Duration = Duration::from_millis(250);
/// Names that one leg is known by: the present one, and those before ICE restarts that may still be in use.
const MAX_UFRAGS: usize = 4;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
#[error("the certificate for browser legs cannot be made: {0}")]
pub struct IdentityFailed(String);

/// A certificate for this process: browsers learn its fingerprint by signalling, so nobody has to sign it.
///
/// # Errors
/// When the system has no randomness.
#[allow(clippy::disallowed_methods, reason = "the epoch that a library's moments are counted from")]
pub(super) fn new_identity() -> Result<Arc<Identity>, IdentityFailed> {
    let failed = |error: &dyn std::fmt::Display| IdentityFailed(error.to_string());
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).map_err(|e| failed(&e))?;
    let mut parameters = rcgen::CertificateParams::new(Vec::new()).map_err(|e| failed(&e))?;
    parameters.distinguished_name.push(rcgen::DnType::CommonName, "lingtong");
    // Firefox refuses two certificates of one issuer and number, also of different machines.
    let mut serial = [0; 16];
    SystemRandom::new().fill(&mut serial).map_err(|e| failed(&e))?;
    serial[0] &= 0x7f;
    parameters.serial_number = Some(serial.to_vec().into());
    let certificate = parameters.self_signed(&key).map_err(|e| failed(&e))?;
    let identity = Identity::new(certificate.der().to_vec(), key.serialize_der(), Instant::now());
    identity.map(Arc::new).map_err(|e| failed(&e))
}

/// Fresh ICE credentials; none when the system has no randomness.
pub(super) fn new_credentials() -> Option<Credentials> {
    let mut random = [0; Credentials::RANDOM];
    SystemRandom::new().fill(&mut random).ok()?;
    Some(Credentials::from_random(&random))
}

/// Our end of a new browser leg, for its session description.
#[derive(Clone, Debug)]
pub struct BrowserEnd {
    /// Where it can reach us, best first.
    pub addresses: Vec<SocketAddr>,
    /// Our ICE credentials.
    pub ice: Credentials,
    /// SHA-256 of our certificate.
    pub fingerprint: [u8; 32],
}

/// `host` candidates' type preference (RFC 8445 section 5.1.2.2).
const HOST_PREFERENCE: u32 = 126;

impl BrowserEnd {
    /// What we can do towards a browser, in terms of offer and answer: codecs as they are in `capabilities`, all else by
    /// ICE, DTLS and one port.
    pub fn describe(&self, capabilities: &mut Capabilities) {
        if let Some(&first) = self.addresses.first() {
            capabilities.address = first;
        }
        capabilities.rtcp_mux = true;
        capabilities.rtcp_port = None;
        capabilities.srtp = sdp::Srtp::Off;
        capabilities.cryptos.clear();
        let bytes = self.fingerprint.to_vec();
        capabilities.dtls = Some(DtlsLocal { fingerprint: Fingerprint { hash: "sha-256".into(), bytes } });
        let candidate = |(index, &address): (usize, &SocketAddr)| Candidate {
            foundation: (index + 1).to_string(),
            component: 1,
            priority: (HOST_PREFERENCE << 24) | ((0xffff - index as u32) << 8) | 0xff,
            address,
            kind: "host".into(),
        };
        capabilities.ice = Some(IceLocal {
            ufrag: self.ice.ufrag.to_string(),
            password: self.ice.password.to_string(),
            candidates: self.addresses.iter().enumerate().map(candidate).collect(),
        });
    }
}

/// What the media plane has to know of a browser, from what offer and answer agreed on; none when it is no browser.
pub fn browser_media(negotiated: &Negotiated) -> Option<BrowserMedia> {
    let dtls = negotiated.dtls.as_ref()?;
    let Fingerprint { hash, bytes } = &dtls.fingerprint;
    let peer = PeerFingerprint { hash: hash.as_str().into(), digest: bytes.as_slice().into() };
    Some(BrowserMedia { peer, active: dtls.role == Setup::Active })
}

/// Where a leg lives.
enum Place {
    /// On the port's own thread, in this slot.
    Here(u32),
    /// On another thread.
    There(Door),
}

/// A leg whose port is here.
struct Guest {
    place: Place,
    ufrags: VecDeque<Box<str>>,
    addresses: VecDeque<SocketAddr>,
    /// Since when packets were counted that another thread got, and how many.
    handed_over: (Mono, u32),
}

impl Guest {
    /// Whether another thread may get a packet more.
    fn has_share(&mut self, now: Mono) -> bool {
        let (since, count) = &mut self.handed_over;
        if now.since(*since) >= SHARE_OF {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        *count <= SHARE
    }
}

/// What a thread knows of browser legs.
#[derive(Default)]
pub(super) struct Browsers {
    /// Slots of the shared sockets.
    ports: Vec<u32>,
    by_ufrag: HashMap<Box<str>, LegId>,
    by_address: HashMap<SocketAddr, LegId>,
    guests: HashMap<LegId, Guest>,
    /// Slots of legs that live here and whose port is another thread's.
    away: HashMap<u32, (LegId, Door)>,
    /// Slots of all browser legs that live here.
    slots: HashMap<LegId, u32>,
    /// Datagrams that were nobody's, or too many.
    refused: u64,
}

impl Browsers {
    pub(super) fn open(&mut self, slot: u32) {
        self.ports.push(slot);
    }

    /// Whether datagrams of this slot have to be told apart.
    pub(super) fn is_port(&self, slot: u32) -> bool {
        self.ports.contains(&slot)
    }

    /// A new leg whose port is here.
    pub(super) fn welcome(&mut self, leg: LegId, slot: u32, ufrag: &str) {
        let guest = Guest {
            place: Place::Here(slot),
            ufrags: VecDeque::new(),
            addresses: VecDeque::new(),
            handed_over: (Mono::default(), 0),
        };
        self.guests.insert(leg, guest);
        self.slots.insert(leg, slot);
        self.name(leg, ufrag);
    }

    /// A leg has another name from now on, beside those it had.
    pub(super) fn name(&mut self, leg: LegId, ufrag: &str) {
        let Some(guest) = self.guests.get_mut(&leg) else { return };
        guest.ufrags.push_back(ufrag.into());
        self.by_ufrag.insert(ufrag.into(), leg);
        if guest.ufrags.len() > MAX_UFRAGS
            && let Some(oldest) = guest.ufrags.pop_front()
        {
            self.by_ufrag.remove(&oldest);
        }
    }

    /// An address has proved to be a leg's. Where its port is another thread's, that one is to be told.
    pub(super) fn learn(&mut self, slot: u32, from: SocketAddr) {
        if let Some((leg, home)) = self.away.get(&slot) {
            // Lost, it is told again with the next check.
            let _ = home.post(Order::Learnt { leg: *leg, from });
            return;
        }
        let leg = self.by_address.get(&from).copied();
        let is_known = leg.is_some_and(|leg| self.slots.get(&leg) == Some(&slot));
        if !is_known && let Some((&leg, _)) = self.slots.iter().find(|(_, s)| **s == slot) {
            self.learn_of(leg, from);
        }
    }

    /// The same, by the leg.
    pub(super) fn learn_of(&mut self, leg: LegId, from: SocketAddr) {
        let Some(guest) = self.guests.get_mut(&leg) else { return };
        if guest.addresses.contains(&from) {
            return;
        }
        if let Some(before) = self.by_address.insert(from, leg)
            && let Some(other) = self.guests.get_mut(&before)
        {
            // A page that was loaded anew may have the port of its former self.
            other.addresses.retain(|address| *address != from);
        }
        let Some(guest) = self.guests.get_mut(&leg) else { return };
        guest.addresses.push_back(from);
        if guest.addresses.len() > MAX_ADDRESSES
            && let Some(oldest) = guest.addresses.pop_front()
        {
            self.by_address.remove(&oldest);
        }
    }

    /// The slot that a datagram is for; none when it is nobody's, or was handed to the thread that its leg lives on.
    pub(super) fn find(&mut self, now: Mono, from: SocketAddr, bytes: &[u8]) -> Option<u32> {
        let leg = match classify(bytes) {
            Datagram::Stun => ice::receiver_ufrag(bytes).and_then(|ufrag| self.by_ufrag.get(ufrag)),
            Datagram::Unknown => None,
            Datagram::Dtls | Datagram::Rtp | Datagram::Rtcp => self.by_address.get(&from),
        };
        let Some((leg, guest)) = leg.and_then(|leg| Some((*leg, self.guests.get_mut(leg)?))) else {
            self.refused += 1;
            return None;
        };
        if let Place::Here(slot) = guest.place {
            return Some(slot);
        }
        let may = guest.has_share(now);
        let Place::There(door) = &guest.place else { return None };
        // A thread that does not keep up loses packets, as a network does.
        if !may || !door.hand_over(HandedOver { leg, from, bytes: bytes.into() }) {
            self.refused += 1;
        }
        None
    }

    /// How many datagrams were refused since this was asked last.
    pub(super) fn take_refused(&mut self) -> u64 {
        std::mem::take(&mut self.refused)
    }

    /// The slot of a browser leg that lives here.
    pub(super) fn slot_of(&self, leg: LegId) -> Option<u32> {
        self.slots.get(&leg).copied()
    }

    /// A leg leaves this thread, or is over.
    pub(super) fn leave(&mut self, leg: LegId) {
        if let Some(slot) = self.slots.remove(&leg) {
            self.away.remove(&slot);
        }
    }

    /// A leg has come to live here. `home`: the thread of its port, where it is not this one.
    pub(super) fn settle(&mut self, leg: LegId, slot: u32, home: Option<Door>) {
        self.slots.insert(leg, slot);
        match home {
            Some(home) => _ = self.away.insert(slot, (leg, home)),
            None => {
                if let Some(guest) = self.guests.get_mut(&leg) {
                    guest.place = Place::Here(slot);
                }
            }
        }
    }

    /// A leg whose port is here lives on another thread from now on.
    pub(super) fn moved(&mut self, leg: LegId, to: Door) {
        if let Some(guest) = self.guests.get_mut(&leg) {
            guest.place = Place::There(to);
        }
    }

    /// A leg whose port is here is over.
    pub(super) fn forget(&mut self, leg: LegId) {
        let Some(guest) = self.guests.remove(&leg) else { return };
        for ufrag in guest.ufrags {
            self.by_ufrag.remove(&ufrag);
        }
        for address in guest.addresses {
            self.by_address.remove(&address);
        }
    }
}
