//! From packets to an even flow of PCM: jitter buffer, decoder and concealment of one leg, as a mixer or transcoder
//! needs it.

use crate::codec::{Codec, CodecError, Decoder};
use crate::conceal::Concealer;
use crate::jitter::{Counts, JitterBuffer, Pulled};
use crate::rtp::Header;

/// Pulls within one frame: packets of 2.5 ms, Opus's shortest, are eight to the frame.
const MAX_PULLS: usize = 8;

/// Plays one stream in frames of 20 ms.
pub struct Playout {
    codec: Codec,
    buffer: JitterBuffer,
    decoder: Decoder,
    concealer: Concealer,
    payload: Vec<u8>,
    /// Decoded and not played yet.
    ready: Vec<i16>,
    /// Kept at hand for decoding.
    fresh: Vec<i16>,
}

impl Playout {
    /// Plays packets of this codec.
    ///
    /// # Errors
    /// When the codec's library fails.
    pub fn new(codec: Codec) -> Result<Self, CodecError> {
        Ok(Self {
            codec,
            buffer: JitterBuffer::new(codec.clock_rate()),
            decoder: Decoder::new(codec)?,
            concealer: Concealer::new(codec.pcm_rate()),
            payload: Vec::new(),
            ready: Vec::new(),
            fresh: Vec::new(),
        })
    }

    /// The codec.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Takes a packet.
    pub fn push(&mut self, header: &Header, payload: &[u8], arrival_us: u64) {
        self.buffer.push(header, payload, arrival_us);
    }

    /// The sender has fallen silent on purpose (RFC 3389): once what is held is played, silence follows at once instead
    /// of made-up sound.
    pub fn pause(&mut self) {
        self.buffer.pause();
    }

    /// Appends the next 20 ms, at the codec's [`pcm_rate`](Codec::pcm_rate); `false` when they are silence because
    /// nothing is being sent. Call it every 20 ms.
    pub fn frame(&mut self, now_us: u64, out: &mut Vec<i16>) -> bool {
        let wanted = self.codec.frame_samples();
        let mut heard = !self.ready.is_empty();
        for _ in 0..MAX_PULLS {
            if self.ready.len() >= wanted || !self.pull(now_us) {
                break;
            }
            heard = true;
        }
        let n = wanted.min(self.ready.len());
        out.extend(self.ready.drain(..n));
        out.resize(out.len() + wanted - n, 0);
        heard
    }

    fn pull(&mut self, now_us: u64) -> bool {
        let codec = self.codec;
        let ticks = |payload: &[u8]| (codec.payload_us(payload) * u64::from(codec.clock_rate()) / 1_000_000) as u32;
        self.fresh.clear();
        match self.buffer.pull(now_us, &mut self.payload, ticks) {
            Pulled::Silence => return false,
            Pulled::Packet if self.decoder.decode(&self.payload, &mut self.fresh).is_ok() => {
                self.concealer.received(&mut self.fresh);
            }
            // Not of this codec: as good as lost.
            Pulled::Packet => self.conceal(self.codec.frame_samples(), false),
            Pulled::Lost { ticks, next } => {
                let samples = u64::from(ticks) * u64::from(codec.pcm_rate()) / u64::from(codec.clock_rate());
                self.conceal(samples as usize, next);
            }
        }
        self.ready.extend_from_slice(&self.fresh);
        true
    }

    fn conceal(&mut self, samples: usize, next: bool) {
        let spare = next.then_some(&self.payload[..]);
        if !self.decoder.conceal(samples, spare, &mut self.fresh) {
            self.concealer.lost(samples, &mut self.fresh);
        }
    }

    /// What became of the packets.
    pub fn counts(&self) -> Counts {
        self.buffer.counts()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Encoder;
    use crate::tone::{goertzel_power, sine};

    /// Sends 3 s of a tone in packets of `packet_ms` with every tenth lost; returns what is played.
    fn played(codec: Codec, packet_ms: u32) -> Vec<i16> {
        let rate = codec.pcm_rate();
        let mut encoder = Encoder::new(codec).unwrap();
        let mut playout = Playout::new(codec).unwrap();
        let packets: Vec<Vec<u8>> = sine(300.0, rate, 3 * rate as usize, 8000.0)
            .chunks((rate * packet_ms / 1000) as usize)
            .map(|pcm| {
                let mut payload = Vec::new();
                encoder.encode(pcm, &mut payload).unwrap();
                payload
            })
            .collect();
        let mut out = Vec::new();
        let mut next = 0;
        for now_ms in (0..3000u32).step_by(20) {
            while next < packets.len() && next as u32 * packet_ms <= now_ms {
                let header = Header {
                    sequence: next as u16,
                    timestamp: next as u32 * packet_ms * (codec.clock_rate() / 1000),
                    ssrc: 1,
                    ..Header::default()
                };
                if next % 10 != 9 {
                    playout.push(&header, &packets[next], u64::from(now_ms) * 1000);
                }
                next += 1;
            }
            let before = out.len();
            playout.frame(u64::from(now_ms) * 1000, &mut out);
            assert_eq!(out.len() - before, codec.frame_samples());
        }
        out
    }

    #[test]
    fn a_tone_comes_through_each_codec_and_packet_length_despite_loss() {
        for codec in Codec::ALL {
            for packet_ms in [10, 20, 40, 60] {
                let out = played(codec, packet_ms);
                let second = &out[out.len() / 3..out.len() * 2 / 3];
                let total = second.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / second.len() as f64;
                let tone = goertzel_power(second, 300.0, codec.pcm_rate());
                assert!(total > 1.2e7, "{codec:?} {packet_ms} ms: {total}");
                assert!(tone > 0.55 * total, "{codec:?} {packet_ms} ms: {tone} of {total}");
            }
        }
    }

    #[test]
    fn nothing_sent_is_silence() {
        let mut playout = Playout::new(Codec::Pcma).unwrap();
        let mut out = Vec::new();
        assert!(!playout.frame(0, &mut out));
        assert_eq!(out, vec![0; 160]);
    }

    #[test]
    fn foreign_payloads_are_played_over() {
        let mut playout = Playout::new(Codec::Opus).unwrap();
        let mut out = Vec::new();
        for n in 0..100u32 {
            let header = Header { sequence: n as u16, timestamp: n * 960, ssrc: 1, ..Header::default() };
            playout.push(&header, &[0xff; 500], u64::from(n) * 20_000);
            playout.frame(u64::from(n) * 20_000, &mut out);
        }
        assert_eq!(out.len(), 32_000);
    }
}
