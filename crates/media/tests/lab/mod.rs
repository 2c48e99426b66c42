//! Phones around an engine, in virtual time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use media::codec::{Codec, Decoder, Encoder};
use media::engine::{
    Engine, EngineConfig, EventTypes, Lane, LegMedia, MediaCommand, MediaEvent, SourcePolicy, TrackBytes,
};
use media::prompt::{Pcm, PromptBank};
use media::rtp::{self, Header};
use media::tone::{goertzel_power, sine};
use types::leg::Connection;
use types::{LegId, Mono, Now, Wall};

/// What a phone got.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) at: Mono,
    pub(crate) lane: Lane,
    pub(crate) header: Header,
    pub(crate) payload: Vec<u8>,
}

/// A phone at the far end of a leg.
pub(crate) struct Phone {
    pub(crate) leg: LegId,
    pub(crate) slot: u32,
    pub(crate) from: SocketAddr,
    pub(crate) media: LegMedia,
    pub(crate) header: Header,
    encoder: Encoder,
    /// Frequency that it speaks in, Hz; silent when none.
    pub(crate) voice: Option<f64>,
    phase: usize,
    pub(crate) got: Vec<Got>,
}

/// An engine and its phones.
pub(crate) struct Lab {
    pub(crate) engine: Engine,
    pub(crate) now: Now,
    pub(crate) phones: Vec<Phone>,
    pub(crate) events: Vec<MediaEvent>,
    pub(crate) tracks: Vec<TrackBytes>,
}

pub(crate) fn media(codec: Codec, remote: SocketAddr) -> LegMedia {
    LegMedia {
        remote_rtp: remote,
        remote_rtcp: None,
        rtcp_mux: false,
        codec,
        send_type: codec.default_payload_type(),
        receive_type: codec.default_payload_type(),
        also_received: Vec::new(),
        events: Some(EventTypes { send: 101, receive: 101, clock_rate: codec.clock_rate() }),
        send: true,
        receive: true,
        source: SourcePolicy::Latch,
        srtp: None,
        browser: None,
    }
}

pub(crate) fn bank() -> PromptBank {
    let mut bank = PromptBank::new();
    for (name, frequency, ms) in [("zh/hello", 500.0, 200), ("zh/bye", 900.0, 100), ("music/hold", 1300.0, 400)] {
        bank.insert(name, Pcm { rate: 16_000, samples: sine(frequency, 16_000, 16 * ms, 8000.0) });
    }
    // The prompt of one tenant, under the name of one that all have.
    let own = Pcm { rate: 16_000, samples: sine(1500.0, 16_000, 16 * 200, 8000.0) };
    let own = Arc::new(media::prompt::Prompt::new(own));
    bank.set_own(types::TenantId(7), [("zh/hello".into(), own)].into());
    bank
}

impl Lab {
    pub(crate) fn new() -> Self {
        let engine = Engine::new(EngineConfig::default(), Arc::new(bank()));
        let now = Now { mono: Mono::from_millis(10_000), wall: Wall(1_700_000_000_000) };
        Self { engine, now, phones: Vec::new(), events: Vec::new(), tracks: Vec::new() }
    }

    /// A lab with a phone for each codec, all answered.
    pub(crate) fn with(codecs: &[Codec]) -> Self {
        let mut lab = Self::new();
        for &codec in codecs {
            lab.add(codec);
        }
        lab
    }

    pub(crate) fn add(&mut self, codec: Codec) -> usize {
        let index = self.phones.len();
        let from = SocketAddr::from(([192, 0, 2, 1 + index as u8], 4000));
        let phone = Phone {
            leg: LegId(100 + index as u64),
            slot: index as u32,
            from,
            media: media(codec, from),
            header: Header {
                payload_type: codec.default_payload_type(),
                sequence: 65_000 + 100 * index as u16,
                timestamp: u32::MAX - 1000,
                ssrc: 0xabc0 + index as u32,
                marker: false,
            },
            encoder: Encoder::new(codec).unwrap(),
            voice: None,
            phase: 0,
            got: Vec::new(),
        };
        let (leg, slot, media) = (phone.leg, phone.slot, Box::new(phone.media.clone()));
        self.phones.push(phone);
        self.tell(MediaCommand::Create { leg, slot, seed: 7 + index as u64, ice: None });
        self.tell(MediaCommand::Configure { leg, media });
        index
    }

    pub(crate) fn leg(&self, phone: usize) -> LegId {
        self.phones[phone].leg
    }

    pub(crate) fn tell(&mut self, command: MediaCommand) {
        self.engine.handle_command(self.now, command);
        self.drain();
    }

    pub(crate) fn connect(&mut self, phone: usize, to: Connection) {
        self.tell(MediaCommand::Connect { leg: self.leg(phone), to });
    }

    pub(crate) fn bridge(&mut self, a: usize, b: usize) {
        self.connect(a, Connection::Bridge(self.leg(b)));
    }

    pub(crate) fn configure(&mut self, phone: usize, change: impl FnOnce(&mut LegMedia)) {
        change(&mut self.phones[phone].media);
        let (leg, media) = (self.leg(phone), Box::new(self.phones[phone].media.clone()));
        self.tell(MediaCommand::Configure { leg, media });
    }

    /// Gives the engine bytes as a packet from an address; what comes back goes to the phones.
    pub(crate) fn packet(&mut self, slot: u32, lane: Lane, from: SocketAddr, bytes: &[u8]) {
        let mut room = bytes.to_vec();
        room.resize(2000, 0);
        let forward = self.engine.handle_packet(self.now.mono, slot, lane, from, &mut room, bytes.len());
        if let Some(forward) = forward {
            self.deliver(forward.slot, Lane::Rtp, forward.to, room[..forward.len].to_vec());
        }
        self.drain();
    }

    fn deliver(&mut self, slot: u32, lane: Lane, to: SocketAddr, bytes: Vec<u8>) {
        let at = self.now.mono;
        let phone = self.phones.iter_mut().find(|p| p.slot == slot).unwrap();
        assert_eq!(to.ip(), phone.from.ip(), "sent to somebody else");
        if lane == Lane::Rtp {
            let packet = rtp::parse(&bytes).unwrap();
            phone.got.push(Got { at, lane, header: packet.header, payload: packet.payload(&bytes).to_vec() });
        } else {
            phone.got.push(Got { at, lane, header: Header::default(), payload: bytes });
        }
    }

    pub(crate) fn drain(&mut self) {
        let outbox = self.engine.outbox();
        let sent: Vec<_> = outbox.transmits().map(|(t, b)| (t.slot, t.lane, t.to, b.to_vec())).collect();
        outbox.clear_transmits();
        self.events.append(&mut outbox.events);
        self.tracks.append(&mut outbox.tracks);
        for (slot, lane, to, bytes) in sent {
            self.deliver(slot, lane, to, bytes);
        }
    }

    /// The phone's next packet of sound, as it would go over the wire.
    pub(crate) fn speak(&mut self, phone: usize) -> Vec<u8> {
        let phone = &mut self.phones[phone];
        let codec = phone.media.codec;
        let samples = codec.frame_samples();
        let pcm: Vec<i16> = match phone.voice {
            // Whole frequencies repeat every second.
            Some(frequency) => {
                let second = codec.pcm_rate() as usize;
                let start = phone.phase % second;
                sine(frequency, codec.pcm_rate(), start + samples, 8000.0)[start..].to_vec()
            }
            None => vec![0; samples],
        };
        phone.phase += samples;
        let mut bytes = vec![0; rtp::HEADER_LEN];
        phone.encoder.encode(&pcm, &mut bytes).unwrap();
        phone.header.write(&mut bytes);
        phone.header.sequence = phone.header.sequence.wrapping_add(1);
        phone.header.timestamp = phone.header.timestamp.wrapping_add(codec.frame_ticks());
        bytes
    }

    /// Presses a key for 100 ms: the packets of RFC 4733, each sent twice, as a bad network does.
    pub(crate) fn press(&mut self, phone: usize, code: u8) {
        let timestamp = self.phones[phone].header.timestamp;
        let media = &self.phones[phone].media;
        let clock_rate = media.events.map_or(8000, |e| e.clock_rate);
        let ticks = media.codec.frame_ticks();
        for step in 1..=7u16 {
            let end = step >= 5;
            let duration = step.min(5) * (clock_rate / 50) as u16;
            let p = &mut self.phones[phone];
            let header = Header { marker: step == 1, payload_type: 101, timestamp, ..p.header };
            p.header.sequence = p.header.sequence.wrapping_add(1);
            p.header.timestamp = p.header.timestamp.wrapping_add(ticks);
            let mut bytes = vec![0; rtp::HEADER_LEN];
            header.write(&mut bytes);
            bytes.extend([code, if end { 0x8a } else { 0x0a }, (duration >> 8) as u8, duration as u8]);
            let (slot, from) = (p.slot, p.from);
            self.packet(slot, Lane::Rtp, from, &bytes);
            self.packet(slot, Lane::Rtp, from, &bytes);
            self.pass_silently(20);
        }
    }

    /// Lets time pass while all phones that have a voice speak.
    pub(crate) fn pass(&mut self, ms: u64) {
        self.run(ms, true);
    }

    /// Lets time pass while nobody speaks.
    pub(crate) fn pass_silently(&mut self, ms: u64) {
        self.run(ms, false);
    }

    fn run(&mut self, ms: u64, speaking: bool) {
        for _ in 0..ms / 5 {
            self.now = self.now.after(Duration::from_millis(5));
            if speaking && self.now.mono.as_millis().is_multiple_of(20) {
                for i in 0..self.phones.len() {
                    if self.phones[i].voice.is_some() {
                        let bytes = self.speak(i);
                        let (slot, from) = (self.phones[i].slot, self.phones[i].from);
                        self.packet(slot, Lane::Rtp, from, &bytes);
                    }
                }
            }
            if self.engine.next_deadline().is_some_and(|d| d <= self.now.mono) {
                self.engine.tick(self.now);
                self.drain();
            }
        }
    }

    pub(crate) fn forget(&mut self) {
        self.phones.iter_mut().for_each(|p| p.got.clear());
        self.events.clear();
    }

    /// The RTP packets that a phone got.
    pub(crate) fn rtp(&self, phone: usize) -> Vec<Got> {
        self.phones[phone].got.iter().filter(|g| g.lane == Lane::Rtp).cloned().collect()
    }

    /// What a phone heard, as PCM of its codec's rate.
    pub(crate) fn heard(&self, phone: usize) -> Vec<i16> {
        let codec = self.phones[phone].media.codec;
        let mut decoder = Decoder::new(codec).unwrap();
        let mut pcm = Vec::new();
        for got in self.rtp(phone) {
            if got.header.payload_type == self.phones[phone].media.send_type {
                decoder.decode(&got.payload, &mut pcm).unwrap();
            }
        }
        pcm
    }

    /// Level of a frequency in what a phone heard lately, as the amplitude of a sine.
    pub(crate) fn level(&self, phone: usize, frequency: f64) -> f64 {
        let rate = self.phones[phone].media.codec.pcm_rate();
        let pcm = self.heard(phone);
        let half = &pcm[pcm.len() / 2..];
        if half.is_empty() {
            return 0.0;
        }
        (2.0 * goertzel_power(half, frequency, rate)).sqrt()
    }

    /// Asserts that a phone's stream has no seam: one SSRC, each sequence number once and in order, timestamps rising.
    pub(crate) fn assert_seamless(&self, phone: usize) {
        let got = self.rtp(phone);
        for pair in got.windows(2) {
            let (a, b) = (&pair[0].header, &pair[1].header);
            assert_eq!(a.ssrc, b.ssrc);
            assert_eq!(b.sequence, a.sequence.wrapping_add(1), "{a:?} {b:?}");
            let ticks = rtp::ts_distance(a.timestamp, b.timestamp);
            assert!(ticks >= 0, "{a:?} {b:?}");
        }
    }
}
