//! One leg: its dialog, its media and where both stand.

use std::net::SocketAddr;

use bytes::Bytes;
use media::engine::{EventTypes, LegMedia, SourcePolicy};
use sdp::{Capabilities, Local, Negotiated, Session};
use sip::agent::{CallHandle, RequestHandle, SubscriptionHandle};
use types::{LegId, Mono, RecordingId};

use super::codecs;
use super::phase::Phase;
use super::ways::Ways;
use crate::media::browser_media;

/// What a request of our own may take (RFC 3261 section 8.1.1.6).
const MAX_FORWARDS: u8 = 70;

/// A transfer that the far end of a leg asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Refer {
    /// Neither accepted nor refused yet.
    Asked(RequestHandle),
    /// Accepted; progress goes here.
    Accepted(SubscriptionHandle),
}

/// One leg.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) id: LegId,
    /// `None` while the address is being resolved, and once the dialog is gone.
    pub(crate) call: Option<CallHandle>,
    pub(crate) call_key: u64,
    pub(crate) phase: Phase,
    pub(crate) inbound: bool,
    pub(crate) local: Local,
    pub(crate) caps: Capabilities,
    /// The offer of an inbound INVITE until it is answered.
    pub(crate) offer: Option<Bytes>,
    /// Our answer once made: the same goes into 183 and 200.
    pub(crate) answer: Option<Bytes>,
    pub(crate) negotiated: Option<Negotiated>,
    /// The peer's address by which its media may come from behind a NAT.
    pub(crate) source: SourcePolicy,
    /// The connection that it was brought or reached by; 0 without one.
    pub(crate) conn: u64,
    pub(crate) media_open: bool,
    pub(crate) media_seen: bool,
    pub(crate) held: bool,
    pub(crate) rang: bool,
    /// The fork whose telephone takes the call when it is told to.
    pub(crate) answerable: Option<u16>,
    /// Hops that a request on its behalf may still take (Max-Forwards): what stops a call that is led back to us.
    pub(crate) hops: u8,
    /// Its dialog was saved and has to be declared void at its end.
    pub(crate) saved: bool,
    pub(crate) refer: Option<Refer>,
    /// The other side of a call that was dialled on its behalf.
    pub(crate) linked: Option<LegId>,
    /// The recording that it has a track of, and when that began.
    pub(crate) recording: Option<(RecordingId, Mono)>,
    /// How a registered telephone is reached, and how else it could be.
    pub(crate) ways: Option<Box<Ways>>,
}

impl Leg {
    pub(crate) fn new(id: LegId, inbound: bool, address: SocketAddr, session_id: u64) -> Self {
        Self {
            id,
            call: None,
            call_key: 0,
            phase: if inbound { Phase::Offered } else { Phase::Dialling },
            inbound,
            local: Local::new(session_id),
            caps: codecs::capabilities(address),
            offer: None,
            answer: None,
            negotiated: None,
            source: SourcePolicy::Latch,
            conn: 0,
            media_open: false,
            media_seen: false,
            held: false,
            rang: false,
            answerable: None,
            hops: MAX_FORWARDS,
            saved: false,
            refer: None,
            linked: None,
            recording: None,
            ways: None,
        }
    }

    /// Answers an offer; the media that result are in `negotiated`.
    pub(crate) fn make_answer(&mut self, offer: &[u8]) -> Option<Bytes> {
        if self.caps.cryptos.is_empty() && offer.windows(9).any(|w| w == b"a=crypto:") {
            self.caps.cryptos = codecs::own_keys();
        }
        let offer = Session::parse(offer).ok()?;
        let (answer, negotiated) = self.local.answer(&offer, &self.caps).ok()?;
        if !keys_fit(&negotiated) {
            return None;
        }
        self.negotiated = Some(negotiated);
        Some(Bytes::from(answer.to_string()))
    }

    /// Takes the answer to an offer of ours.
    pub(crate) fn take_answer(&mut self, answer: &[u8], last: bool) -> bool {
        let Ok(answer) = Session::parse(answer) else { return false };
        let Ok(negotiated) = self.local.apply_answer(&answer, &self.caps) else { return false };
        if !keys_fit(&negotiated) {
            return false;
        }
        if last {
            self.local.settle();
        }
        self.negotiated = Some(negotiated);
        true
    }

    /// What the media plane has to do; none while nothing is agreed or the codec is unknown to it.
    pub(crate) fn media(&self) -> Option<LegMedia> {
        let n = self.negotiated.as_ref()?;
        let codec = codecs::engine_codec(&n.codec)?;
        let events = n.dtmf_send.zip(n.dtmf_receive).map(|(send, receive)| EventTypes {
            send,
            receive,
            clock_rate: n.dtmf_clock,
        });
        Some(LegMedia {
            remote_rtp: n.remote,
            remote_rtcp: Some(n.remote_rtcp),
            rtcp_mux: n.rtcp_mux,
            codec,
            send_type: n.send_payload,
            receive_type: n.receive_payload,
            also_received: Vec::new(),
            events,
            send: n.direction.sends(),
            receive: n.direction.receives(),
            source: self.source,
            srtp: n.crypto.as_ref().and_then(codecs::srtp_pair),
            browser: browser_media(n).map(Box::new),
        })
    }
}

/// Whether keys that were agreed can be used: a call that was promised encryption never runs in clear.
fn keys_fit(negotiated: &Negotiated) -> bool {
    negotiated.crypto.as_ref().is_none_or(|pair| codecs::srtp_pair(pair).is_some())
}
