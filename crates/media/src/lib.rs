//! Media plane as state machines: RTP, SRTP, jitter, DTMF, codecs, mixing, tones, recording tracks.
//!
//! Nothing here reads a clock, opens a socket or starts a thread. Packets and times go in, packets and audio come
//! out; sockets, threads and files belong to the crates above. Audio is mono 16-bit PCM in frames of [`FRAME_MS`].

pub mod archive;
pub mod codec;
pub mod conceal;
mod dsp;
pub mod dtls;
pub mod dtmf;
pub mod engine;
pub mod ice;
pub mod jitter;
pub mod mix;
pub mod playout;
pub mod prompt;
pub mod render;
pub mod rtcp;
pub mod rtp;
pub mod seal;
pub mod srtp;
pub mod tone;
pub mod track;

/// Length of one audio frame, in milliseconds: what every codec here packs and what the slow path ticks at.
pub const FRAME_MS: u32 = 20;

/// Length of one audio frame, in microseconds of media time.
pub const FRAME_US: u64 = 20_000;
