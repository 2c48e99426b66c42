//! Reading any part of an archived recording.

use std::io::{self, Read, Seek, SeekFrom};

use ogg::{Packet, PacketReader};

use super::{CLOCK, HEAD, MAPPING, PACKET_TICKS, SERIAL, STREAMS};
use crate::render::Sound;

/// Run-up before a block, in ticks: what RFC 7845 asks for, after which the decoder is as if it had heard all before.
const RUN_UP: u64 = 3840;
/// Bytes of the longest page: the last one begins no further from the end.
const PAGE_MAX: u64 = 65_307;
/// What a page begins with, where its flags, clock and serial number lie, and the flag of the last one.
const CAPTURE: &[u8; 4] = b"OggS";
const PAGE_HEADER: usize = 27;
const LAST_PAGE: u8 = 4;

/// An archived recording, decoded at any rate that Opus knows.
pub struct OpusFile<R: Read + Seek> {
    pages: PacketReader<R>,
    decoder: opus::MSDecoder,
    rate: u32,
    /// Ticks that are skipped at the start.
    delay: u64,
    samples: u64,
    block: Option<(u64, Vec<i16>, Vec<i16>)>,
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the archived recording is damaged: {what}"))
}

fn failed(error: impl std::fmt::Display) -> io::Error {
    damaged(&error.to_string())
}

impl<R: Read + Seek> OpusFile<R> {
    /// Opens a file; `rate` is 8000 or 16000 samples a second.
    ///
    /// # Errors
    /// It can't be read, was cut off, or is no file of [`OpusReader`](super::OpusReader)'s.
    pub fn open(mut from: R, rate: u32) -> io::Result<Self> {
        let end = last_clock(&mut from)?;
        from.seek(SeekFrom::Start(0))?;
        let mut pages = PacketReader::new(from);
        let head = pages.read_packet_expected().map_err(failed)?.data;
        // Version, channels; then after delay, rate and gain: family, streams, none coupled, mapping.
        let known = head.len() == 23 && head.starts_with(HEAD) && head[8..10] == [1, 2];
        if !known || head[18..] != [1, STREAMS, 0, MAPPING[0], MAPPING[1]] {
            return Err(damaged("its head is another's"));
        }
        let delay = u64::from(u16::from_le_bytes([head[10], head[11]]));
        let length = end.checked_sub(delay).ok_or_else(|| damaged("it ends before it begins"))?;
        let decoder = opus::MSDecoder::new(rate, STREAMS, 0, &MAPPING).map_err(failed)?;
        Ok(Self { pages, decoder, rate, delay, samples: length * u64::from(rate) / CLOCK, block: None })
    }

    /// Decodes from the page that holds the run-up of sample `first`.
    fn decode(&mut self, first: u64, length: usize) -> io::Result<(Vec<i16>, Vec<i16>)> {
        let ticks = CLOCK / u64::from(self.rate);
        let from = first * ticks + self.delay;
        // A page is known by the clock at its end, and pages of the head say 0.
        let goal = from.saturating_sub(RUN_UP).max(1);
        if !self.pages.seek_absgp(Some(SERIAL), goal).map_err(failed)? {
            return Err(damaged("a page is missing"));
        }
        self.decoder.reset_state().map_err(failed)?;
        let mut page = self.page()?;
        // The search may end at a page before.
        while page.last().is_none_or(|packet| packet.absgp_page() < goal) {
            page = self.page()?;
        }
        let mut clock = page.last().map_or(0, |p| p.absgp_page()).div_ceil(PACKET_TICKS) * PACKET_TICKS;
        clock = clock.saturating_sub(page.len() as u64 * PACKET_TICKS);
        if clock > from {
            return Err(damaged("a page is missing"));
        }
        let (mut left, mut right) = (Vec::with_capacity(length), Vec::with_capacity(length));
        loop {
            for packet in std::mem::take(&mut page) {
                let pcm = self.packet(&packet.data)?;
                let skip = (from.saturating_sub(clock) / ticks) as usize;
                for pair in pcm.as_chunks::<2>().0.iter().skip(skip).take(length - left.len()) {
                    left.push(pair[0]);
                    right.push(pair[1]);
                }
                clock += PACKET_TICKS;
            }
            if left.len() == length {
                return Ok((left, right));
            }
            page = self.page()?;
            let end = page.last().map_or(0, |p| p.absgp_page()).div_ceil(PACKET_TICKS) * PACKET_TICKS;
            // Ogg drops a page whose sum is wrong; what follows would be heard too early.
            if end != clock + page.len() as u64 * PACKET_TICKS {
                return Err(damaged("a page is missing"));
            }
        }
    }

    /// The packets of the page that comes next.
    fn page(&mut self) -> io::Result<Vec<Packet>> {
        let mut packets = Vec::new();
        loop {
            let packet = self.pages.read_packet_expected().map_err(failed)?;
            let is_last = packet.last_in_page();
            packets.push(packet);
            if is_last {
                return Ok(packets);
            }
        }
    }

    /// Decodes a packet into pairs of samples.
    fn packet(&mut self, data: &[u8]) -> io::Result<Vec<i16>> {
        let samples = (PACKET_TICKS * u64::from(self.rate) / CLOCK) as usize;
        let mut pcm = vec![0; samples * MAPPING.len()];
        let n = self.decoder.decode(data, &mut pcm, false).map_err(failed)?;
        if n == samples { Ok(pcm) } else { Err(damaged("a packet has another length")) }
    }
}

/// The clock at the end of the last page.
fn last_clock(from: &mut (impl Read + Seek)) -> io::Result<u64> {
    let length = from.seek(SeekFrom::End(0))?;
    from.seek(SeekFrom::Start(length.saturating_sub(PAGE_MAX)))?;
    let mut tail = Vec::new();
    from.take(PAGE_MAX).read_to_end(&mut tail)?;
    let is_last = |at: &usize| {
        let page = &tail[*at..];
        page.starts_with(CAPTURE) && page[5] & LAST_PAGE != 0 && page[14..18] == SERIAL.to_le_bytes()
    };
    let at = (0..tail.len().saturating_sub(PAGE_HEADER)).rev().find(is_last);
    let at = at.ok_or_else(|| damaged("its end is missing"))?;
    let clock = tail[at + 6..].first_chunk().ok_or_else(|| damaged("its end is missing"))?;
    Ok(u64::from_le_bytes(*clock))
}

impl<R: Read + Seek> Sound for OpusFile<R> {
    type Error = io::Error;

    fn rate(&self) -> u32 {
        self.rate
    }

    fn samples(&self) -> u64 {
        self.samples
    }

    fn block(&mut self, number: u64) -> io::Result<(&[i16], &[i16])> {
        if self.block.as_ref().is_none_or(|(known, ..)| *known != number) {
            let first = number.saturating_mul(self.block_samples());
            let length = self.block_samples().min(self.samples.saturating_sub(first)) as usize;
            let (left, right) = if length == 0 { Default::default() } else { self.decode(first, length)? };
            self.block = Some((number, left, right));
        }
        Ok(self.block.as_ref().map_or((&[], &[]), |(_, left, right)| (left, right)))
    }
}
