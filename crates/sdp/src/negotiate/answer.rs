//! Our answers to the peer's offers.

use crate::attribute::Direction;
use crate::capability::{Capabilities, Codec};
use crate::error::NegotiationError;
use crate::negotiate::offer::packet_time;
use crate::negotiate::transport::{self, Protection};
use crate::negotiate::{Local, Negotiated, event_clocks, event_payload, session_at, telephone_event};
use crate::session::{Attribute, Media, MediaKind, Session};

impl Local {
    /// Answers an offer: the first audio line with a transport and a codec that we have is taken, with the codec that
    /// stands first in our list and telephone-event of the same clock; every other line is refused in its place.
    ///
    /// # Errors
    /// See [`NegotiationError`]; our side stays as it was.
    pub fn answer(&mut self, offer: &Session, ours: &Capabilities) -> Result<(Session, Negotiated), NegotiationError> {
        let mut failure = NegotiationError::NoAudio;
        let mut taken = None;
        for (index, media) in offer.media.iter().enumerate() {
            if media.kind != MediaKind::Audio || media.port == 0 {
                continue;
            }
            match Taken::new(offer, index, media, ours) {
                Ok(line) => {
                    taken = Some(line);
                    break;
                }
                Err(error) => failure = error,
            }
        }
        let taken = taken.ok_or(failure)?;
        let mut session = session_at(ours);
        let index = taken.negotiated.media_index;
        session.media = offer.media.iter().map(Media::refused).collect();
        session.media[index] = taken.line(&offer.media[index], ours);
        session_lines(offer, &offer.media[index], ours, &mut session);
        let negotiated = taken.negotiated;
        self.remember(negotiated.codec.map(negotiated.receive_payload));
        if let Some(payload) = negotiated.dtmf_receive {
            self.remember(telephone_event(payload, negotiated.dtmf_clock));
        }
        self.pending = None;
        Ok((self.seal(session, ours.address), negotiated))
    }
}

/// An offered line that fits.
struct Taken {
    negotiated: Negotiated,
    protection: Protection,
}

impl Taken {
    fn new(offer: &Session, media_index: usize, media: &Media, ours: &Capabilities) -> Result<Self, NegotiationError> {
        let (codec, payload) = common_codec(media, ours).ok_or(NegotiationError::NoCommonCodec)?;
        let protection = transport::accept(offer, media, ours)?;
        let rtcp_mux = ours.rtcp_mux && media.has("rtcp-mux");
        let (remote, remote_rtcp) = transport::remote_addresses(offer, media, rtcp_mux)?;
        let held = offer.holds(media);
        let theirs = offer.direction_of(media);
        // 0.0.0.0 holds as `sendonly` does, whatever the direction says.
        let theirs = Direction::new(theirs.sends(), theirs.receives() && !held);
        let offered_events = |clock| Some((event_payload(media, clock)?, clock));
        let dtmf = if ours.telephone_event { event_clocks(codec.clock).find_map(offered_events) } else { None };
        let (crypto, dtls) = match &protection {
            Protection::Plain => (None, None),
            Protection::Sdes(pair) => (Some(pair.clone()), None),
            Protection::Dtls(remote) => (None, Some(remote.clone())),
        };
        let negotiated = Negotiated {
            media_index,
            remote,
            remote_rtcp,
            rtcp_mux,
            codec: codec.clone(),
            send_payload: payload,
            receive_payload: payload,
            remote_fmtp: media.fmtp(payload).map(str::to_owned),
            dtmf_send: dtmf.map(|(payload, _)| payload),
            dtmf_receive: dtmf.map(|(payload, _)| payload),
            dtmf_clock: dtmf.map_or(codec.clock, |(_, clock)| clock),
            direction: ours.direction.limited_by(theirs),
            held,
            ptime_ms: packet_time(media, ours),
            crypto,
            dtls,
            ice: transport::remote_ice(offer, media, ours),
        };
        Ok(Self { negotiated, protection })
    }

    fn line(&self, offered: &Media, ours: &Capabilities) -> Media {
        let Negotiated { codec, receive_payload: payload, .. } = &self.negotiated;
        let mut formats = vec![payload.to_string()];
        let mut attributes = vec![Attribute::new("rtpmap", codec.map(*payload))];
        attributes.extend(codec.fmtp.as_ref().map(|fmtp| Attribute::new("fmtp", format_args!("{payload} {fmtp}"))));
        if let Some(event) = self.negotiated.dtmf_receive {
            formats.push(event.to_string());
            attributes.push(Attribute::new("rtpmap", telephone_event(event, self.negotiated.dtmf_clock)));
            attributes.push(Attribute::new("fmtp", format_args!("{event} 0-16")));
        }
        attributes.push(Attribute::new("ptime", self.negotiated.ptime_ms));
        attributes.push(Attribute::flag(self.negotiated.direction.as_str()));
        if self.negotiated.rtcp_mux {
            attributes.push(Attribute::flag("rtcp-mux"));
        } else {
            attributes.extend(ours.rtcp_port.map(|port| Attribute::new("rtcp", port)));
        }
        attributes.extend(offered.value("mid").map(|mid| Attribute::new("mid", mid)));
        transport::answer_lines(ours, &self.protection, self.negotiated.ice.is_some(), &mut attributes);
        Media {
            kind: MediaKind::Audio,
            port: ours.address.port(),
            port_count: None,
            protocol: offered.protocol.clone(),
            formats,
            connection: None,
            bandwidth: Vec::new(),
            attributes,
        }
    }
}

/// The first codec of ours that is offered, with the offerer's payload type.
fn common_codec<'a>(media: &Media, ours: &'a Capabilities) -> Option<(&'a Codec, u8)> {
    let offered: Vec<_> = media.payloads().filter_map(|payload| media.rtpmap(payload)).collect();
    ours.codecs.iter().find_map(|codec| {
        let map = offered.iter().find(|map| codec.is(map))?;
        Some((codec, map.payload))
    })
}

/// Session lines of the answer: ICE-lite, and the bundle with no more than the line we take (RFC 9143).
fn session_lines(offer: &Session, taken: &Media, ours: &Capabilities, session: &mut Session) {
    if ours.ice.is_some() && offer.value_of(taken, "ice-ufrag").is_some() {
        session.attributes.push(Attribute::flag("ice-lite"));
    }
    let Some(mid) = taken.value("mid") else { return };
    let bundled = offer.groups().any(|(semantics, mids)| semantics == "BUNDLE" && mids.contains(&mid));
    if bundled {
        session.attributes.push(Attribute::new("group", format_args!("BUNDLE {mid}")));
    }
}
