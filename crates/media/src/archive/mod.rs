//! Recordings as they are kept for years: two-channel Ogg Opus (RFC 7845), the customer left, the agents right.
//!
//! The two channels are streams of their own (mapping family 1, nothing coupled), so that nothing of one side is heard
//! on the other. A page holds a second; a part is decoded from the page that it lies in.

mod compare;
mod read;
mod write;

pub use compare::{Difference, compare};
pub use read::OpusFile;
pub use write::{ARCHIVE_RATE, OpusReader};

/// Ticks of an Ogg Opus file's clock a second, whatever the rate of what was coded.
const CLOCK: u64 = 48_000;
/// Ticks of a packet: 20 ms.
const PACKET_TICKS: u64 = 960;
/// Streams, none of which is coupled with another, and which channel each is.
const STREAMS: u8 = 2;
const MAPPING: [u8; 2] = [0, 1];
/// The number of the only logical stream of a file.
const SERIAL: u32 = 1;
/// What the first two packets begin with.
const HEAD: &[u8; 8] = b"OpusHead";
const TAGS: &[u8; 8] = b"OpusTags";

#[cfg(test)]
mod tests;
