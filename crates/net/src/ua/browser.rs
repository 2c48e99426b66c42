//! Browser legs: which legs are one, and what their descriptions need besides.

use media::engine::MediaCommand;
use sdp::Session;
use sip::flow::{Flow, Transport};
use types::{LegId, Now};

use super::Ua;
use super::phase::Phase;
use crate::mind::Mind;

/// What a browser's media line begins its protocol with.
const DTLS: &[u8] = b" UDP/TLS/RTP/SAVP";

/// Whether an offer is a browser's: its media are to be keyed by DTLS.
pub(crate) fn offers_dtls(offer: &[u8]) -> bool {
    offer.windows(DTLS.len()).any(|part| part == DTLS)
}

/// Whether who is reached by this flow is a browser.
pub(crate) fn is_browsers(flow: Flow) -> bool {
    matches!(flow.transport, Transport::Ws | Transport::Wss)
}

impl<M: Mind> Ua<M> {
    /// Opens the media of a browser leg and notes in its capabilities what its descriptions will say. Whether there is
    /// a port for it.
    pub(crate) fn open_browser(&mut self, now: Now, id: LegId) -> bool {
        let linked = self.legs.get(&id).and_then(|leg| leg.linked);
        let Ok(end) = self.media.open_browser(now, id, linked) else { return false };
        let Some(leg) = self.legs.get_mut(&id) else { return false };
        leg.media_open = true;
        end.describe(&mut leg.caps);
        true
    }

    /// A browser's connection has closed. Its media may go on; where they don't, the page has gone.
    pub(crate) fn doubt_browsers(&mut self, flow: Flow) {
        if !is_browsers(flow) {
            return;
        }
        let doubted = self.legs.values().filter(|leg| leg.conn == flow.conn && leg.phase == Phase::Up);
        for leg in doubted {
            self.media.command(MediaCommand::Doubt(leg.id));
        }
    }

    /// An offer of a browser whose ICE credentials are new asks for new ones of ours (RFC 8839 section 4.4.1.1.1): its
    /// network has changed, or its page was loaded anew.
    pub(crate) fn renew_ice(&mut self, id: LegId, offer: &[u8]) {
        let Some(leg) = self.legs.get(&id).filter(|leg| leg.caps.ice.is_some()) else { return };
        let Some(before) = leg.negotiated.as_ref().and_then(|n| n.ice.as_ref()) else { return };
        let Ok(offer) = Session::parse(offer) else { return };
        let Some((_, media)) = offer.audio() else { return };
        let same = |name, before: &str| offer.value_of(media, name).is_some_and(|value| value.trim() == before);
        if same("ice-ufrag", &before.ufrag) && same("ice-pwd", &before.password) {
            return;
        }
        let Some(renewed) = self.media.restart_ice(id) else { return };
        if let Some(ice) = self.legs.get_mut(&id).and_then(|leg| leg.caps.ice.as_mut()) {
            (ice.ufrag, ice.password) = (renewed.ufrag.to_string(), renewed.password.to_string());
        }
    }
}
