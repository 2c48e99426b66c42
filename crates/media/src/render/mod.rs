//! What a person hears of a recording: the tracks of a call's legs as one two-channel WAV, aligned on media time.
//!
//! The length is known before anything is decoded, and any byte range can be asked for and is the same bytes each
//! time: audio is rendered in blocks of fixed place, each with a run-up for the coders that have a memory.

mod decode;
mod peaks;
mod wav;

pub use peaks::{MAX_BUCKETS, Peaks, peaks};
pub use wav::{WAV_HEADER_LEN, wav_len, wav_read};

use std::convert::Infallible;

use crate::mix::add_onto;
use crate::track::{Kind, ReadAt, TrackIndex};
use decode::TrackDecoder;

/// Channel that a track is heard on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// The customer's side.
    Left,
    /// The side of agents and of the system.
    Right,
}

/// A track with its place in the recording.
pub struct RenderTrack<R> {
    /// The track's bytes.
    pub bytes: R,
    /// The index of the same bytes, of [`TrackIndex::scan`].
    pub index: TrackIndex,
    /// Where it is heard. Several tracks may share a channel: agents before and after a transfer.
    pub channel: Channel,
}

/// Two channels of sound in blocks of fixed place, each the same whenever it is asked for.
pub trait Sound {
    /// Why a block can't be had.
    type Error;

    /// Samples a second.
    fn rate(&self) -> u32;

    /// Samples of each channel.
    fn samples(&self) -> u64;

    /// The samples of both channels of a block; fewer in the last one, none behind it.
    ///
    /// # Errors
    /// When what the sound is kept in can't be read.
    fn block(&mut self, number: u64) -> Result<(&[i16], &[i16]), Self::Error>;

    /// Samples of a block on each channel.
    fn block_samples(&self) -> u64 {
        BLOCK_US * u64::from(self.rate()) / 1_000_000
    }

    /// Number of blocks.
    fn blocks(&self) -> u64 {
        self.samples().div_ceil(self.block_samples())
    }

    /// Length in milliseconds.
    fn duration_ms(&self) -> u64 {
        self.samples() * 1000 / u64::from(self.rate())
    }
}

/// Audio that is rendered at once, in microseconds.
const BLOCK_US: u64 = 2_000_000;
/// Longest recording that is rendered, in microseconds: two days; a longer span is a damaged time.
const MAX_SPAN_US: u64 = 48 * 3600 * 1_000_000;

/// Renders a recording.
pub struct Renderer<R> {
    tracks: Vec<(Channel, TrackDecoder<R>)>,
    /// Spans in which nothing is heard, whichever track says so: a pause hides what anybody said.
    paused: Vec<(u64, u64)>,
    rate: u32,
    start_us: u64,
    samples: u64,
    block: Option<Block>,
}

struct Block {
    number: u64,
    left: Vec<i16>,
    right: Vec<i16>,
}

impl<R: ReadAt> Renderer<R> {
    /// Lays the tracks side by side at 8000 or 16000 samples a second. The recording begins at the first audio or mark
    /// of any track and ends with the last.
    pub fn new(tracks: Vec<RenderTrack<R>>, rate: u32) -> Self {
        let all = || tracks.iter().flat_map(|t| &t.index.chunks);
        let start_us = all().map(|c| c.start_us).min().unwrap_or(0);
        let end_us = all().map(|c| c.end_us()).max().unwrap_or(0);
        let mut paused: Vec<_> = tracks.iter().flat_map(|t| t.index.spans(Kind::Paused).collect::<Vec<_>>()).collect();
        paused.sort_unstable();
        let samples = (end_us - start_us).min(MAX_SPAN_US) * u64::from(rate) / 1_000_000;
        let tracks =
            tracks.into_iter().map(|t| (t.channel, TrackDecoder::new(t.bytes, &t.index, rate, start_us))).collect();
        Self { tracks, paused, rate, start_us, samples, block: None }
    }

    /// Media time of the first sample, in microseconds.
    pub fn start_us(&self) -> u64 {
        self.start_us
    }

    /// Length of the whole WAV file in bytes.
    pub fn total_len(&self) -> u64 {
        wav_len(self.samples)
    }

    /// Fills `out` with the file's bytes from `offset`; returns how many there were. Fewer than asked for only at the
    /// end.
    pub fn read(&mut self, offset: u64, out: &mut [u8]) -> usize {
        let Ok(n) = wav_read(self, offset, out);
        n
    }

    fn render(&mut self, number: u64) -> Block {
        let first = number * self.block_samples();
        let length = self.block_samples().min(self.samples.saturating_sub(first)) as usize;
        let (mut left, mut right) = (vec![0; length], vec![0; length]);
        for (channel, track) in &mut self.tracks {
            let pcm = track.render(first, length);
            add_onto(if *channel == Channel::Left { &mut left } else { &mut right }, pcm);
        }
        for &(from_us, to_us) in &self.paused {
            let sample = |us: u64| {
                let since_us = us.saturating_sub(self.start_us).min(MAX_SPAN_US);
                (since_us * u64::from(self.rate)).div_ceil(1_000_000)
            };
            let from = sample(from_us).saturating_sub(first).min(length as u64) as usize;
            let to = sample(to_us).saturating_sub(first).min(length as u64) as usize;
            left[from..to.max(from)].fill(0);
            right[from..to.max(from)].fill(0);
        }
        Block { number, left, right }
    }
}

impl<R: ReadAt> Sound for Renderer<R> {
    type Error = Infallible;

    fn rate(&self) -> u32 {
        self.rate
    }

    fn samples(&self) -> u64 {
        self.samples
    }

    fn block(&mut self, number: u64) -> Result<(&[i16], &[i16]), Infallible> {
        if self.block.as_ref().is_none_or(|b| b.number != number) {
            let rendered = self.render(number);
            self.block = Some(rendered);
        }
        Ok(self.block.as_ref().map_or((&[], &[]), |b| (&b.left, &b.right)))
    }
}

#[cfg(test)]
mod tests;
