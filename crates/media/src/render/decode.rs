//! Decoding of one track for any stretch of media time.

use super::MAX_SPAN_US;
use crate::codec::{Codec, Decoder, Resampler};
use crate::conceal::Concealer;
use crate::track::{Chunk, HEADER_LEN, Kind, MAX_CHUNK_US, ReadAt, TrackIndex, frames, read_chunk};

/// Run-up before a block, in microseconds: after it, G.722's and Opus's memory and the resampler's are as if they had
/// heard all that was before.
const RUN_UP_US: u64 = 200_000;
/// Longest packet, in microseconds.
const MAX_PACKET_US: u64 = 120_000;
/// Hole between two packets that is filled by concealment, in microseconds; a longer one is silence.
const MAX_HOLE_US: u64 = 60_000;
/// Deviation below which a packet is joined to the one before it without a seam, in microseconds.
const SEAM_US: u64 = 2_000;

pub(super) struct TrackDecoder<R> {
    bytes: R,
    /// Audio by the time it starts.
    chunks: Vec<Chunk>,
    held: Vec<(u64, u64)>,
    rate: u32,
    /// Media time of the recording's first sample.
    start_us: u64,
    out: Vec<i16>,
    chunk: Vec<u8>,
    pcm: Vec<i16>,
    resampled: Vec<i16>,
}

/// A packet, copied out of its chunk.
struct Packet {
    media_us: u64,
    codec: Codec,
    start: usize,
    end: usize,
}

/// The coders while they run through consecutive packets.
struct Chain {
    decoder: Decoder,
    concealer: Concealer,
    resampler: Resampler,
    /// Media time that the next packet should have.
    next_us: u64,
    /// Output position there.
    cursor: i64,
}

impl<R: ReadAt> TrackDecoder<R> {
    pub(super) fn new(bytes: R, index: &TrackIndex, rate: u32, start_us: u64) -> Self {
        let mut chunks: Vec<_> = index.chunks.iter().filter(|c| c.kind == Kind::Audio).copied().collect();
        chunks.sort_by_key(|c| c.start_us);
        Self {
            bytes,
            chunks,
            held: index.spans(Kind::Held).collect(),
            rate,
            start_us,
            out: Vec::new(),
            chunk: Vec::new(),
            pcm: Vec::new(),
            resampled: Vec::new(),
        }
    }

    /// The samples `first..first + length` of the recording.
    pub(super) fn render(&mut self, first: u64, length: usize) -> &[i16] {
        self.out.clear();
        self.out.resize(length, 0);
        let from_us = self.start_us + first * 1_000_000 / u64::from(self.rate);
        let to_us = self.start_us + (first + length as u64) * 1_000_000 / u64::from(self.rate);
        let (packets, payloads) = self.packets(from_us.saturating_sub(RUN_UP_US), to_us);
        let mut chain: Option<Chain> = None;
        for packet in packets {
            let payload = &payloads[packet.start..packet.end];
            chain = self.play(chain, &packet, payload, first);
        }
        for &(from, to) in &self.held {
            let sample = |us: u64| {
                let at = us.saturating_sub(self.start_us).min(MAX_SPAN_US) * u64::from(self.rate) / 1_000_000;
                at.saturating_sub(first).min(length as u64) as usize
            };
            let (from, to) = (sample(from), sample(to));
            self.out[from..to.max(from)].fill(0);
        }
        &self.out
    }

    /// The packets of a stretch of time in its order, each once.
    fn packets(&mut self, from_us: u64, to_us: u64) -> (Vec<Packet>, Vec<u8>) {
        let earliest = from_us.saturating_sub(MAX_CHUNK_US + MAX_PACKET_US);
        let begin = self.chunks.partition_point(|c| c.start_us < earliest);
        let end = self.chunks.partition_point(|c| c.start_us < to_us);
        let (mut packets, mut payloads) = (Vec::new(), Vec::new());
        for chunk in &self.chunks[begin..end] {
            let at = chunk.payload_at - HEADER_LEN as u64;
            let Ok(chunk) = read_chunk(&self.bytes, at, &mut self.chunk) else { continue };
            let Some(codec) = chunk.codec else { continue };
            for frame in frames(&chunk, &self.chunk) {
                let length_us = codec.payload_us(frame.payload);
                if frame.media_us.saturating_add(length_us) > from_us && frame.media_us < to_us {
                    let start = payloads.len();
                    payloads.extend_from_slice(frame.payload);
                    packets.push(Packet { media_us: frame.media_us, codec, start, end: payloads.len() });
                }
            }
        }
        packets.sort_by_key(|p| p.media_us);
        packets.dedup_by_key(|p| p.media_us);
        (packets, payloads)
    }

    /// Decodes a packet to its place; returns the chain for the next one.
    fn play(&mut self, chain: Option<Chain>, packet: &Packet, payload: &[u8], first: u64) -> Option<Chain> {
        let position = self.position(packet.media_us, first);
        let fits = |c: &Chain| {
            let reach = c.next_us.saturating_sub(SEAM_US)..=c.next_us + MAX_HOLE_US;
            c.decoder.codec() == packet.codec && reach.contains(&packet.media_us)
        };
        let mut chain = match chain.filter(fits) {
            Some(chain) => chain,
            None => Chain::new(packet.codec, self.rate, packet.media_us, position)?,
        };
        if packet.media_us > chain.next_us + SEAM_US {
            let samples = (packet.media_us - chain.next_us) * u64::from(packet.codec.pcm_rate()) / 1_000_000;
            self.pcm.clear();
            if !chain.decoder.conceal(samples as usize, Some(payload), &mut self.pcm) {
                chain.concealer.lost(samples as usize, &mut self.pcm);
            }
            self.emit(&mut chain);
            chain.cursor = position;
        }
        self.pcm.clear();
        if chain.decoder.decode(payload, &mut self.pcm).is_ok() {
            chain.concealer.received(&mut self.pcm);
        }
        self.emit(&mut chain);
        chain.next_us = packet.media_us.saturating_add(packet.codec.payload_us(payload));
        Some(chain)
    }

    /// Where a media time lies in the block; negative before it.
    fn position(&self, media_us: u64, first: u64) -> i64 {
        let rate = i128::from(self.rate);
        let us = i128::from(media_us) - i128::from(self.start_us);
        ((us * rate).div_euclid(1_000_000) - i128::from(first)) as i64
    }

    /// Writes what was decoded at the chain's cursor.
    fn emit(&mut self, chain: &mut Chain) {
        self.resampled.clear();
        chain.resampler.process(&self.pcm, &mut self.resampled);
        let skip = usize::try_from(-chain.cursor).unwrap_or(0).min(self.resampled.len());
        let at = usize::try_from(chain.cursor).unwrap_or(0).min(self.out.len());
        let room = &mut self.out[at..];
        let n = room.len().min(self.resampled.len() - skip);
        room[..n].copy_from_slice(&self.resampled[skip..skip + n]);
        chain.cursor += self.resampled.len() as i64;
    }
}

impl Chain {
    fn new(codec: Codec, rate: u32, next_us: u64, cursor: i64) -> Option<Self> {
        Some(Self {
            decoder: Decoder::new(codec).ok()?,
            concealer: Concealer::new(codec.pcm_rate()),
            resampler: Resampler::new(codec.pcm_rate(), rate).ok()?,
            next_us,
            cursor,
        })
    }
}
