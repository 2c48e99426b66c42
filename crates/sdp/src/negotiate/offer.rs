//! Our offers, and what the peer's answers make of them.

use crate::attribute::{Direction, RtpMap};
use crate::capability::{Capabilities, Codec, DEFAULT_EVENT_PAYLOAD};
use crate::error::NegotiationError;
use crate::negotiate::transport::{self, Protection};
use crate::negotiate::{Local, Negotiated, event_clocks, event_payload, same_encoding, session_at, telephone_event};
use crate::session::{Attribute, Media, MediaKind, Session};

/// Payload types that are free for anyone's use (RFC 3551 section 6).
const DYNAMIC: std::ops::RangeInclusive<u8> = 96..=127;

/// The name of our medium in a first offer to a browser.
const FIRST_MID: &str = "0";

impl Local {
    /// An offer of what we can do. In a session that stands, its media lines keep their number and places
    /// (RFC 3264 section 8), and payload types keep their meaning.
    pub fn offer(&mut self, ours: &Capabilities) -> Session {
        let audio = self.audio_line(ours);
        let mut session = session_at(ours);
        if ours.ice.is_some() {
            session.attributes.push(Attribute::flag("ice-lite"));
        }
        match self.last() {
            None if ours.dtls.is_some() => {
                // Browsers name their media; the name of ours goes back in their answers.
                session.media.push(audio);
                session.media[0].attributes.push(Attribute::new("mid", FIRST_MID));
            }
            None => session.media.push(audio),
            Some(last) => {
                let place = last.audio().map(|(index, _)| index);
                let place = place.or_else(|| last.media.iter().position(|media| media.kind == MediaKind::Audio));
                session.media = last.media.iter().map(Media::refused).collect();
                match place {
                    Some(index) => {
                        let mid = last.media[index].value("mid").map(|mid| Attribute::new("mid", mid));
                        session.media[index] = audio;
                        session.media[index].attributes.extend(mid);
                    }
                    None => session.media.push(audio),
                }
            }
        }
        let mid =
            session.media.iter().find(|m| m.port != 0).and_then(|m| m.value("mid")).filter(|_| ours.dtls.is_some());
        if let Some(mid) = mid.map(str::to_owned) {
            session.attributes.push(Attribute::new("group", format_args!("BUNDLE {mid}")));
        }
        let session = self.seal(session, ours.address);
        self.pending = Some(Box::new(session.clone()));
        session
    }

    /// Takes the peer's answer to our pending offer.
    ///
    /// # Errors
    /// See [`NegotiationError`]. The offer stays pending: a forked call may bring another answer.
    pub fn apply_answer(&mut self, answer: &Session, ours: &Capabilities) -> Result<Negotiated, NegotiationError> {
        let offer = self.pending.clone().ok_or(NegotiationError::NoOffer)?;
        if answer.media.len() != offer.media.len() {
            return Err(NegotiationError::AnswerMismatch);
        }
        let (media_index, offered) = offer.audio().ok_or(NegotiationError::NoAudio)?;
        let media = &answer.media[media_index];
        if media.kind != MediaKind::Audio {
            return Err(NegotiationError::AnswerMismatch);
        }
        if media.port == 0 {
            return Err(NegotiationError::Rejected);
        }
        let (codec, send, receive) = answered_codec(media, offered, ours).ok_or(NegotiationError::NoCommonCodec)?;
        let protection = transport::chosen(answer, media, offered, ours)?;
        let rtcp_mux = offered.has("rtcp-mux") && media.has("rtcp-mux");
        let (remote, remote_rtcp) = transport::remote_addresses(answer, media, rtcp_mux)?;
        let theirs = answer.direction_of(media);
        let offered_direction = offered.own_direction().unwrap_or(Direction::SendRecv);
        let events = |clock| Some((event_payload(media, clock)?, event_payload(offered, clock)?, clock));
        let dtmf = event_clocks(codec.clock).find_map(events);
        let (crypto, dtls) = match protection {
            Protection::Plain => (None, None),
            Protection::Sdes(pair) => (Some(pair), None),
            Protection::Dtls(remote) => (None, Some(remote)),
        };
        Ok(Negotiated {
            media_index,
            remote,
            remote_rtcp,
            rtcp_mux,
            codec: codec.clone(),
            send_payload: send,
            receive_payload: receive,
            remote_fmtp: media.fmtp(send).map(str::to_owned),
            dtmf_send: dtmf.map(|(send, ..)| send),
            dtmf_receive: dtmf.map(|(_, receive, _)| receive),
            dtmf_clock: dtmf.map_or(codec.clock, |(.., clock)| clock),
            direction: offered_direction.limited_by(theirs),
            held: answer.holds(media) && offered_direction.sends(),
            ptime_ms: packet_time(media, ours),
            crypto,
            dtls,
            ice: transport::remote_ice(answer, media, ours),
        })
    }

    /// Ends the exchange of our pending offer: a final answer has been applied.
    pub fn settle(&mut self) {
        self.pending = None;
    }

    fn audio_line(&mut self, ours: &Capabilities) -> Media {
        let mut formats = Vec::new();
        let mut attributes = Vec::new();
        let mut clocks: Vec<u32> = Vec::new();
        for codec in &ours.codecs {
            let Some(payload) = self.payload_for(codec.map(codec.payload)) else { continue };
            formats.push(payload.to_string());
            attributes.push(Attribute::new("rtpmap", codec.map(payload)));
            attributes.extend(codec.fmtp.as_ref().map(|fmtp| Attribute::new("fmtp", format_args!("{payload} {fmtp}"))));
            if !clocks.contains(&codec.clock) {
                clocks.push(codec.clock);
            }
        }
        for clock in clocks.into_iter().filter(|_| ours.telephone_event) {
            let Some(payload) = self.payload_for(telephone_event(DEFAULT_EVENT_PAYLOAD, clock)) else { continue };
            formats.push(payload.to_string());
            attributes.push(Attribute::new("rtpmap", telephone_event(payload, clock)));
            attributes.push(Attribute::new("fmtp", format_args!("{payload} 0-16")));
        }
        attributes.push(Attribute::new("ptime", ours.ptime_ms));
        attributes.push(Attribute::flag(ours.direction.as_str()));
        attributes.extend(ours.rtcp_port.map(|port| Attribute::new("rtcp", port)));
        if ours.rtcp_mux {
            attributes.push(Attribute::flag("rtcp-mux"));
        }
        transport::offer_lines(ours, &mut attributes);
        Media {
            kind: MediaKind::Audio,
            port: ours.address.port(),
            port_count: None,
            protocol: transport::offered_protocol(ours).to_owned(),
            formats,
            connection: None,
            bandwidth: Vec::new(),
            attributes,
        }
    }

    /// The payload type that the session knows the encoding by, or the wanted one, or a free one.
    fn payload_for(&mut self, wanted: RtpMap) -> Option<u8> {
        if let Some(known) = self.payloads.iter().find(|known| same_encoding(known, &wanted)) {
            return Some(known.payload);
        }
        let free = |payload: u8| !self.payloads.iter().any(|known| known.payload == payload);
        let payload =
            if free(wanted.payload) { wanted.payload } else { DYNAMIC.rev().find(|payload| free(*payload))? };
        self.remember(RtpMap { payload, ..wanted });
        Some(payload)
    }
}

/// The codec that the answer puts first, of those that we offered: it, the payload type to send, the one to receive.
fn answered_codec<'a>(media: &Media, offered: &Media, ours: &'a Capabilities) -> Option<(&'a Codec, u8, u8)> {
    media.payloads().find_map(|send| {
        let map = media.rtpmap(send)?;
        let codec = ours.codecs.iter().find(|codec| codec.is(&map))?;
        let receive = offered.payloads().find(|payload| offered.rtpmap(*payload).is_some_and(|map| codec.is(&map)))?;
        Some((codec, send, receive))
    })
}

/// Longest and shortest packet we send, in milliseconds: what codecs and jitter buffers bear.
const PTIME_MS: std::ops::RangeInclusive<u32> = 10..=60;

/// The packet time to send with: what the peer asks for, in steps of 10 ms and within what codecs bear.
pub(super) fn packet_time(media: &Media, ours: &Capabilities) -> u32 {
    let wanted = media.ptime_ms().filter(|ms| PTIME_MS.contains(ms)).map_or(ours.ptime_ms, |ms| ms - ms % 10);
    match media.max_ptime_ms() {
        Some(max) if max >= *PTIME_MS.start() => wanted.min(max - max % 10),
        _ => wanted,
    }
}
