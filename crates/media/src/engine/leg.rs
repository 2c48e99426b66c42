//! One leg of the engine: what it is, and the way of one packet in and one packet out.

use std::net::SocketAddr;

use types::leg::DigitSource;
use types::{LegId, Mono};

use super::browser::Browser;
use super::command::LegMedia;
use super::crypt::Crypt;
use super::digits::{Inband, Outgoing};
use super::event::MediaEvent;
use super::gate::{Gate, Verdict};
use super::hearing::{Decoding, Hears, Mode};
use super::output::{Forward, Lane, Outbox, Tie};
use super::play::Player;
use super::record::Track;
use crate::codec::{Codec, Encoder};
use crate::dtmf::{Digit, Receiver};
use crate::rtcp::Session;
use crate::rtp::{self, Header, Rewriter};

/// A digit that comes twice within this time, by different ways, is one press, in microseconds: some phones send a
/// press as RTP event and as INFO.
const SAME_PRESS_US: u64 = 1_000_000;
/// Packets that a leg may send between two looks at its timers (0.1 to 0.5 s): speech in the shortest packets needs a
/// fifth of it; more is a flood that the other side shall not have to bear.
const MAX_BURST: u16 = 1000;
/// How far behind the newest packet one may come and still be told from a restarted stream, in packets: 20 s.
const MAX_LATE: i16 = 1000;
/// Our name in RTCP. One for all legs: it tells nothing about the machine or the caller.
const CNAME: &str = "lingtong";
/// Payload type of comfort noise (RFC 3389).
const COMFORT_NOISE: u8 = 13;

/// What a received packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Audio,
    Event,
    /// Comfort noise: a sign of life, nothing more.
    Noise,
}

/// A packet that the leg has taken, lying in the driver's buffer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Incoming {
    pub(super) header: Header,
    pub(super) role: Role,
    pub(super) start: usize,
    pub(super) end: usize,
    /// The far end has changed its codec on its own.
    pub(super) switched: bool,
    /// Clock of an event's length, Hz.
    pub(super) event_clock: u32,
}

/// What was agreed, in the form that each packet needs.
#[derive(Clone, Debug)]
pub(super) struct Agreed {
    /// Codec of what we send.
    pub(super) codec_out: Codec,
    /// Codec of what the far end sends at present.
    pub(super) codec_in: Codec,
    pub(super) send_type: u8,
    pub(super) receive_type: u8,
    pub(super) event_send: Option<u8>,
    pub(super) event_receive: Option<u8>,
    /// Clock of the lengths of events, Hz.
    pub(super) event_clock: u32,
    pub(super) also_received: Box<[(u8, Codec)]>,
    pub(super) send: bool,
    pub(super) receive: bool,
    pub(super) rtcp_mux: bool,
    pub(super) remote_rtcp: Option<SocketAddr>,
}

/// A leg with media.
pub(super) struct Leg {
    pub(super) id: LegId,
    pub(super) slot: u32,
    /// Tells the leg from an earlier one of the same slot.
    pub(super) serial: u32,
    pub(super) agreed: Agreed,
    pub(super) gate: Gate,
    /// The socket receives from one far end only.
    tied: bool,
    pub(super) rewriter: Rewriter,
    pub(super) session: Session,
    /// SSRC and sequence number with which the stream that is passed on joined ours: what comes from before it would
    /// take numbers that are used already.
    joined: Option<(u32, u16)>,
    pub(super) crypt: Option<Box<Crypt>>,
    /// For a browser: its path and its keys.
    pub(super) browser: Option<Box<Browser>>,
    seed: u64,

    pub(super) hears: Hears,
    pub(super) mode: Mode,
    /// Who hears this leg, whether now or after a prompt: whom a change of this leg concerns.
    pub(super) heard_by: Vec<u32>,
    /// The leg to which packets go as they are.
    pub(super) fast_to: Option<u32>,
    /// Listeners that need this leg's audio decoded.
    pub(super) decoded_for: u32,
    pub(super) decoding: Option<Box<Decoding>>,
    pub(super) encoder: Option<Box<Encoder>>,
    pub(super) player: Option<Box<Player>>,
    pub(super) ticking: bool,

    /// There is one once an event has come: most legs never send a digit.
    events: Option<Box<Receiver>>,
    inband: Option<Box<Inband>>,
    pub(super) outgoing: Option<Box<Outgoing>>,
    last_digit: Option<(char, DigitSource, Mono)>,
    pub(super) track: Option<Box<Track>>,

    pub(super) watch: bool,
    pub(super) started: bool,
    pub(super) lost: bool,
    pub(super) last_heard: Mono,
    /// Packets that may still be taken until the next look.
    allowance: u16,
}

/// Spreads one seed into many numbers (SplitMix64).
fn mix(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn new_rewriter(seed: &mut u64, clock_rate: u32) -> Rewriter {
    let numbers = mix(seed);
    // RFC 3711: a first sequence in the lower half keeps the rollover counter unambiguous when the first packets are
    // lost.
    Rewriter::new(mix(seed) as u32, clock_rate, (numbers & 0x7fff) as u16, (numbers >> 16) as u32)
}

impl Leg {
    /// A leg that has not been configured yet: it neither sends nor takes anything.
    pub(super) fn new(id: LegId, slot: u32, serial: u32, seed: u64, now: Mono) -> Self {
        let mut seed = seed;
        let codec = Codec::Pcma;
        let rewriter = new_rewriter(&mut seed, codec.clock_rate());
        let session = Session::new(rewriter.ssrc(), CNAME, codec, now.0, mix(&mut seed) as u32);
        let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
        Self {
            id,
            slot,
            serial,
            agreed: Agreed {
                codec_out: codec,
                codec_in: codec,
                send_type: codec.default_payload_type(),
                receive_type: codec.default_payload_type(),
                event_send: None,
                event_receive: None,
                event_clock: codec.clock_rate(),
                also_received: Box::default(),
                send: false,
                receive: false,
                rtcp_mux: false,
                remote_rtcp: None,
            },
            gate: Gate::new(nowhere, super::SourcePolicy::Signalled),
            tied: false,
            rewriter,
            session,
            joined: None,
            crypt: None,
            browser: None,
            seed,
            hears: Hears::Nothing,
            mode: Mode::Mute,
            heard_by: Vec::new(),
            fast_to: None,
            decoded_for: 0,
            decoding: None,
            encoder: None,
            player: None,
            ticking: false,
            events: None,
            inband: None,
            outgoing: None,
            last_digit: None,
            track: None,
            watch: false,
            started: false,
            lost: false,
            last_heard: now,
            allowance: MAX_BURST,
        }
    }

    /// Begins a new span of time in which packets are counted.
    pub(super) fn renew_allowance(&mut self) {
        self.allowance = MAX_BURST;
    }

    /// Takes over what offer and answer agreed on.
    pub(super) fn configure(&mut self, now: Mono, media: &LegMedia, outbox: &mut Outbox) {
        let changed_keys = self.browser.is_none() && Crypt::update(&mut self.crypt, media.srtp.as_deref());
        let clock_rate = media.codec.clock_rate();
        if changed_keys || clock_rate != self.agreed.codec_out.clock_rate() {
            // Another clock rate is another source (RFC 3550 section 5.2). New keys begin with a rollover counter of
            // zero at both ends only for a stream that neither has seen.
            self.renew_stream(clock_rate);
        }
        self.session.use_codec(media.codec);
        let event_clock = media.events.map_or(clock_rate, |e| e.clock_rate);
        if event_clock != self.agreed.event_clock {
            self.events = None;
        }
        if media.codec != self.agreed.codec_out {
            self.encoder = None;
        }
        if !self.agreed.receive && media.receive {
            // Silence is counted from the moment on that something is to come.
            self.last_heard = now;
        }
        self.configure_browser(now, media.browser.as_deref());
        self.gate.signal(media.remote_rtp, media.source);
        self.tie(now, outbox);
        self.agreed = Agreed {
            codec_out: media.codec,
            codec_in: media.codec,
            send_type: media.send_type,
            receive_type: media.receive_type,
            event_send: media.events.map(|e| e.send),
            event_receive: media.events.map(|e| e.receive),
            event_clock,
            also_received: media.also_received.clone().into(),
            send: media.send,
            receive: media.receive,
            rtcp_mux: media.rtcp_mux,
            remote_rtcp: media.remote_rtcp,
        };
        if self.browser.is_none() && media.srtp.is_some() && self.crypt.is_none() {
            // Keys that cannot be used: better no audio than audio in clear.
            (self.agreed.send, self.agreed.receive) = (false, false);
        }
        let inband = media.events.is_none().then_some(media.codec);
        if self.inband.as_ref().map(|i| i.codec()) != inband {
            self.inband = inband.and_then(|codec| Inband::new(codec).map(Box::new));
        }
        if let Some(track) = &mut self.track {
            track.held(now, !media.receive);
        }
    }

    /// Takes an RTP packet of the far end's: decrypted, from the right source, of an agreed type, and new.
    pub(super) fn take(
        &mut self,
        now: Mono,
        from: SocketAddr,
        room: &mut [u8],
        len: usize,
        outbox: &mut Outbox,
    ) -> Option<Incoming> {
        let authentic = self.crypt.is_some();
        let len = match &mut self.crypt {
            Some(crypt) => crypt.open_rtp(&mut room[..len])?,
            // A browser's audio is never in clear.
            None if self.browser.is_some() => return None,
            None => len,
        };
        let packet = rtp::parse(&room[..len]).ok()?;
        let (role, codec) = self.role(packet.header.payload_type)?;
        if self.gate.check(now, from, &packet.header, authentic) == Verdict::Drop || !self.agreed.receive {
            return None;
        }
        self.allowance = self.allowance.checked_sub(1)?;
        self.heard(now, outbox);
        if !self.tied {
            self.tie(now, outbox);
        }
        let payload_len = packet.payload_end - packet.payload_start;
        let fresh = match role {
            Role::Audio => {
                self.session.use_codec(codec);
                self.session.received(&packet.header, payload_len, now.0)
            }
            Role::Event | Role::Noise => self.session.received_untimed(&packet.header, payload_len),
        };
        if !fresh {
            return None;
        }
        if !self.started {
            self.started = true;
            outbox.events.push(MediaEvent::Started(self.id));
        }
        let switched = role == Role::Audio && codec != self.agreed.codec_in;
        if switched {
            self.agreed.codec_in = codec;
        }
        let (start, end) = (packet.payload_start, packet.payload_end);
        Some(Incoming { header: packet.header, role, start, end, switched, event_clock: self.agreed.event_clock })
    }

    /// Ties the socket to the far end while nobody else may speak anyway, and unties it as soon as somebody may. An
    /// encrypted leg stays free: what is authentic is welcome from anywhere.
    pub(super) fn tie(&mut self, now: Mono, outbox: &mut Outbox) {
        // A browser's port is not its own.
        let free = self.gate.is_open(now) || self.crypt.is_some() || self.browser.is_some();
        let to = if free { None } else { self.gate.settled(now) };
        if to.is_some() != self.tied {
            self.tied = to.is_some();
            outbox.ties.push(Tie { slot: self.slot, to });
        }
    }

    /// Unties the socket for good.
    pub(super) fn untie(&mut self, outbox: &mut Outbox) {
        if std::mem::take(&mut self.tied) {
            outbox.ties.push(Tie { slot: self.slot, to: None });
        }
    }

    fn role(&self, payload_type: u8) -> Option<(Role, Codec)> {
        let agreed = &self.agreed;
        if payload_type == agreed.receive_type {
            return Some((Role::Audio, agreed.codec_out));
        }
        if Some(payload_type) == agreed.event_receive {
            return Some((Role::Event, agreed.codec_in));
        }
        if payload_type == COMFORT_NOISE {
            return Some((Role::Noise, agreed.codec_in));
        }
        agreed.also_received.iter().find(|(t, _)| *t == payload_type).map(|&(_, codec)| (Role::Audio, codec))
    }

    /// A sign of life from the far end.
    fn heard(&mut self, now: Mono, outbox: &mut Outbox) {
        self.last_heard = now;
        if self.lost {
            self.lost = false;
            outbox.events.push(MediaEvent::Back(self.id));
        }
    }

    /// Takes an RTCP packet of the far end's.
    pub(super) fn take_rtcp(
        &mut self,
        now: Mono,
        from: SocketAddr,
        room: &mut [u8],
        len: usize,
        outbox: &mut Outbox,
    ) -> Option<()> {
        let len = match &mut self.crypt {
            Some(crypt) => crypt.open_rtcp(&mut room[..len])?,
            None if self.browser.is_some() => return None,
            // Reports change no routing, so the host is enough; its RTCP port may have been mapped by NAT.
            None if self.gate.remote().is_some_and(|remote| remote.ip() == from.ip()) => len,
            None => return None,
        };
        self.session.handle(now.0, &room[..len]);
        self.heard(now, outbox);
        Some(())
    }

    /// The digits that a taken packet tells: as event, or as tones in the audio. At most a few.
    pub(super) fn digits(&mut self, incoming: &Incoming, payload: &[u8], mut heard: impl FnMut(Digit, DigitSource)) {
        match (incoming.role, &mut self.inband) {
            (Role::Event, _) => {
                let clock = self.agreed.event_clock;
                let events = self.events.get_or_insert_with(|| Box::new(Receiver::new(clock)));
                if let Some(digit) = events.packet(&incoming.header, payload).started {
                    heard(digit, DigitSource::Rtp);
                }
            }
            (Role::Audio, Some(inband)) => inband.packet(payload, |digit| heard(digit, DigitSource::Inband)),
            _ => {}
        }
    }

    /// Whether this is a new press; the same digit by another way shortly after is the same press.
    pub(super) fn is_new_press(&mut self, now: Mono, digit: char, source: DigitSource) -> bool {
        let repeated = self.last_digit.is_some_and(|(last, way, at)| {
            last == digit && way != source && now.0.saturating_sub(at.0) < SAME_PRESS_US
        });
        if !repeated {
            self.last_digit = Some((digit, source, now));
        }
        !repeated
    }

    /// Where our packets go, when they may.
    pub(super) fn destination(&self, now: Mono) -> Option<SocketAddr> {
        let secured = self.browser.is_none() || self.crypt.is_some();
        if self.agreed.send && secured { self.remote(now) } else { None }
    }

    /// Begins to send as another source, whose timestamps count at `clock_rate` Hz.
    pub(super) fn renew_stream(&mut self, clock_rate: u32) {
        self.rewriter = new_rewriter(&mut self.seed, clock_rate);
        self.session.restart_sending(self.rewriter.ssrc(), clock_rate);
    }

    /// Where our RTCP goes.
    fn rtcp_destination(&self, now: Mono) -> Option<(Lane, SocketAddr)> {
        if self.browser.is_some() && self.crypt.is_none() {
            return None;
        }
        let remote = self.remote(now)?;
        if self.agreed.rtcp_mux {
            return Some((Lane::Rtp, remote));
        }
        let default = || remote.port().checked_add(1).map(|port| SocketAddr::new(remote.ip(), port));
        // Behind NAT, the signalled RTCP address is as wrong as the RTP address was.
        let signalled = self.agreed.remote_rtcp.filter(|rtcp| rtcp.ip() == remote.ip());
        signalled.or_else(default).map(|to| (Lane::Rtcp, to))
    }

    /// Sends another leg's packet on: rewritten in its own buffer.
    pub(super) fn forward(&mut self, now: Mono, incoming: &Incoming, room: &mut [u8]) -> Option<Forward> {
        let to = self.destination(now)?;
        let payload_type = match incoming.role {
            Role::Audio => self.agreed.send_type,
            // Events of another clock are pressed anew instead.
            Role::Event if incoming.event_clock != self.agreed.event_clock => return None,
            Role::Event => self.agreed.event_send?,
            Role::Noise if self.agreed.codec_out.clock_rate() == 8000 => COMFORT_NOISE,
            Role::Noise => return None,
        };
        if self.outgoing.as_ref().is_some_and(|o| o.is_sending()) {
            return None;
        }
        if !self.follows(&incoming.header) {
            return None;
        }
        let header = self.rewriter.forward(Header { payload_type, ..incoming.header }, now.0);
        let payload_len = incoming.end - incoming.start;
        if incoming.start != rtp::HEADER_LEN {
            // Extensions and CSRCs were agreed with the other side, if at all.
            room.copy_within(incoming.start..incoming.end, rtp::HEADER_LEN);
        }
        header.write(room);
        self.session.sent(&header, payload_len, now.0);
        let len = rtp::HEADER_LEN + payload_len;
        let len = match &mut self.crypt {
            Some(crypt) => crypt.seal_rtp(room, len)?,
            None => len,
        };
        Some(Forward { slot: self.slot, to, len })
    }

    /// Whether a packet belongs to the time since its stream joined ours.
    fn follows(&mut self, header: &Header) -> bool {
        let (ssrc, first) = *self.joined.get_or_insert((header.ssrc, header.sequence));
        let step = rtp::seq_distance(first, header.sequence);
        if ssrc == header.ssrc && (-MAX_LATE..0).contains(&step) {
            return false;
        }
        if ssrc != header.ssrc || !(0..=2 * MAX_LATE).contains(&step) {
            // The mark follows the stream, so that it is never half the circle of numbers behind.
            let behind = if ssrc == header.ssrc { MAX_LATE as u16 } else { 0 };
            self.joined = Some((header.ssrc, header.sequence.wrapping_sub(behind)));
        }
        true
    }

    /// Sends a frame of our own making; `payload` appends it.
    pub(super) fn send_frame(
        &mut self,
        now: Mono,
        outbox: &mut Outbox,
        payload: impl FnOnce(&mut Option<Box<Encoder>>, &mut Vec<u8>) -> Option<()>,
    ) -> bool {
        let header = self.rewriter.own(self.agreed.send_type, self.agreed.codec_out.frame_ticks(), now.0);
        let mut encoder = self.encoder.take();
        let sent = self.send_packet(now, header, outbox, |bytes| payload(&mut encoder, bytes));
        self.encoder = encoder;
        sent
    }

    /// Sends a packet under this header.
    pub(super) fn send_packet(
        &mut self,
        now: Mono,
        header: Header,
        outbox: &mut Outbox,
        payload: impl FnOnce(&mut Vec<u8>) -> Option<()>,
    ) -> bool {
        let Some(to) = self.destination(now) else { return false };
        self.joined = None;
        let crypt = &mut self.crypt;
        let mut payload_len = 0;
        let sent = outbox.packet(self.slot, Lane::Rtp, to, |bytes| {
            let start = bytes.len();
            bytes.extend_from_slice(&[0; rtp::HEADER_LEN]);
            payload(bytes)?;
            payload_len = bytes.len() - start - rtp::HEADER_LEN;
            header.write(&mut bytes[start..]);
            match crypt {
                Some(crypt) => crypt.append_rtp(bytes, start),
                None => Some(()),
            }
        });
        if sent {
            self.session.sent(&header, payload_len, now.0);
        }
        sent
    }

    /// Sends the report that is due, or the last one with a goodbye.
    pub(super) fn report(&mut self, now: Mono, ntp: u64, bye: bool, outbox: &mut Outbox) {
        if !bye && now.0 < self.session.next_report_us() {
            return;
        }
        let destination = self.rtcp_destination(now);
        let quality = self.session.quality();
        if bye && quality.sent == 0 && quality.received.unique == 0 {
            return;
        }
        let (session, crypt) = (&mut self.session, &mut self.crypt);
        let (lane, to) = destination.unwrap_or((Lane::Rtcp, SocketAddr::from(([0, 0, 0, 0], 0))));
        outbox.packet(self.slot, lane, to, |bytes| {
            let start = bytes.len();
            if bye {
                session.bye(now.0, ntp, bytes);
            } else {
                session.poll(now.0, ntp, bytes);
            }
            destination?;
            match crypt {
                Some(crypt) => crypt.append_rtcp(bytes, start),
                None => Some(()),
            }
        });
    }
}
