//! Writing a recording as Ogg Opus.

use std::convert::Infallible;
use std::io::{self, Read};

use ogg::{PacketWriteEndInfo, PacketWriter};

use super::{CLOCK, HEAD, MAPPING, PACKET_TICKS, SERIAL, STREAMS, TAGS};
use crate::render::Sound;

/// Hertz of what is coded: all that wide-band telephony has.
pub const ARCHIVE_RATE: u32 = 16_000;
/// Bits a second of both channels together while both talk; silence takes a few hundred.
const BITRATE: i32 = 40_000;
/// Of 10: what a background thread may take.
const COMPLEXITY: i32 = 5;
/// Samples of a packet on each channel.
const FRAME: usize = (ARCHIVE_RATE / 50) as usize;
/// Packets of a page: a second.
const PAGE_PACKETS: u64 = 50;
/// Bytes of a packet at most: what Opus allows for two streams of one frame each, and their lengths.
const PACKET_MAX: usize = 2 * (1275 + 3);

/// Reads a sound as the bytes of an Ogg Opus file.
pub struct OpusReader<S> {
    sound: S,
    encoder: opus::MSEncoder,
    pages: PacketWriter<'static, Vec<u8>>,
    given: usize,
    /// The packet that comes next, and how many there are.
    next: u64,
    packets: u64,
    /// The clock at the end of the last sample.
    end: u64,
}

impl<S: Sound<Error = Infallible>> OpusReader<S> {
    /// Begins a file of a sound of [`ARCHIVE_RATE`], with comments as `KEY=value`.
    ///
    /// # Errors
    /// The sound has another rate, or libopus has no memory.
    pub fn new(sound: S, comments: &[String]) -> io::Result<Self> {
        if sound.rate() != ARCHIVE_RATE {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not the rate of an archive"));
        }
        let audio = opus::Application::Audio;
        let mut encoder = opus::MSEncoder::new(ARCHIVE_RATE, STREAMS, 0, &MAPPING, audio).map_err(failed)?;
        encoder.set_bitrate(opus::Bitrate::Bits(BITRATE)).map_err(failed)?;
        encoder.set_complexity(COMPLEXITY).map_err(failed)?;
        let delay = u64::try_from(encoder.get_lookahead().map_err(failed)?).unwrap_or(0);
        let ticks = CLOCK / u64::from(ARCHIVE_RATE);
        let packets = (sound.samples() + delay).div_ceil(FRAME as u64).max(1);
        let end = (sound.samples() + delay) * ticks;
        let mut pages = PacketWriter::new(Vec::new());
        pages.write_packet(head(delay * ticks), SERIAL, PacketWriteEndInfo::EndPage, 0)?;
        pages.write_packet(tags(comments), SERIAL, PacketWriteEndInfo::EndPage, 0)?;
        Ok(Self { sound, encoder, pages, given: 0, next: 0, packets, end })
    }

    /// Codes the next packet into a page.
    fn packet(&mut self) -> io::Result<()> {
        let mut pcm = vec![0; FRAME * 2];
        let (block_samples, mut at) = (self.sound.block_samples(), self.next * FRAME as u64);
        let mut done = 0;
        while done < FRAME {
            let Ok((left, right)) = self.sound.block(at / block_samples);
            let skip = (at % block_samples) as usize;
            let n = left.len().saturating_sub(skip).min(FRAME - done);
            if n == 0 {
                break;
            }
            for i in 0..n {
                (pcm[(done + i) * 2], pcm[(done + i) * 2 + 1]) = (left[skip + i], right[skip + i]);
            }
            done += n;
            at += n as u64;
        }
        let mut packet = vec![0; PACKET_MAX];
        let n = self.encoder.encode(&pcm, &mut packet).map_err(failed)?;
        packet.truncate(n);
        self.next += 1;
        let (info, clock) = if self.next == self.packets {
            (PacketWriteEndInfo::EndStream, self.end)
        } else if self.next.is_multiple_of(PAGE_PACKETS) {
            (PacketWriteEndInfo::EndPage, self.next * PACKET_TICKS)
        } else {
            (PacketWriteEndInfo::NormalPacket, self.next * PACKET_TICKS)
        };
        self.pages.write_packet(packet, SERIAL, info, clock)
    }
}

impl<S: Sound<Error = Infallible>> Read for OpusReader<S> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.pages.inner().len() && self.next < self.packets {
            self.pages.inner_mut().clear();
            self.given = 0;
            self.packet()?;
        }
        let ready = &self.pages.inner()[self.given..];
        let n = out.len().min(ready.len());
        out[..n].copy_from_slice(&ready[..n]);
        self.given += n;
        Ok(n)
    }
}

/// The first packet: `delay` ticks are to be skipped.
fn head(delay: u64) -> Vec<u8> {
    let mut head = HEAD.to_vec();
    head.extend([1, MAPPING.len() as u8]);
    head.extend((delay as u16).to_le_bytes());
    head.extend(ARCHIVE_RATE.to_le_bytes());
    // No gain; mapping family 1.
    head.extend([0, 0, 1, STREAMS, 0]);
    head.extend(MAPPING);
    head
}

fn tags(comments: &[String]) -> Vec<u8> {
    let mut tags = TAGS.to_vec();
    let put = |tags: &mut Vec<u8>, text: &str| {
        tags.extend((text.len() as u32).to_le_bytes());
        tags.extend(text.as_bytes());
    };
    put(&mut tags, "lingtong");
    tags.extend((comments.len() as u32).to_le_bytes());
    comments.iter().for_each(|comment| put(&mut tags, comment));
    tags
}

fn failed(error: opus::Error) -> io::Error {
    io::Error::other(error.to_string())
}
