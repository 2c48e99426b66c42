//! Audio files that prompts come from: Ogg Opus (RFC 7845) and WAV (16-bit PCM, A-law, µ-law).

use crate::codec::{CodecError, g711};
use std::io::Cursor;

/// Mono PCM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pcm {
    /// Samples a second.
    pub rate: u32,
    /// The samples.
    pub samples: Vec<i16>,
}

/// Why a file cannot be a prompt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Neither Ogg nor WAV.
    #[error("not an Ogg Opus or WAV file")]
    Unknown,
    /// The container is broken.
    #[error("damaged file: {0}")]
    Damaged(String),
    /// A coding or layout that is not read here.
    #[error("not supported: {0}")]
    Unsupported(&'static str),
    /// Longer than [`MAX_PROMPT_S`].
    #[error("longer than {MAX_PROMPT_S} seconds")]
    TooLong,
    /// The codec's library failed.
    #[error(transparent)]
    Codec(#[from] CodecError),
}

/// Longest recording taken, in seconds: half an hour of music holds 58 MB at 16 kHz.
pub const MAX_PROMPT_S: u32 = 1800;

/// Rate that Opus files are decoded at, in Hz: what the bank holds.
const OPUS_RATE: u32 = 16_000;

/// Decodes a file. Several channels are mixed to one.
///
/// # Errors
/// See [`FileError`].
pub fn decode(bytes: &[u8]) -> Result<Pcm, FileError> {
    match bytes.get(..4) {
        Some(b"OggS") => ogg_opus(bytes),
        Some(b"RIFF") => wav(bytes),
        _ => Err(FileError::Unknown),
    }
}

fn ogg_opus(bytes: &[u8]) -> Result<Pcm, FileError> {
    let damaged = |e: ogg::OggReadError| FileError::Damaged(e.to_string());
    let mut reader = ogg::PacketReader::new(Cursor::new(bytes));
    let head = reader.read_packet().map_err(damaged)?.ok_or(FileError::Unknown)?.data;
    if head.len() < 19 || &head[..8] != b"OpusHead" {
        return Err(FileError::Unsupported("an Ogg stream other than Opus"));
    }
    let (channels, family) = (head[9], head[18]);
    if !(1..=2).contains(&channels) || family != 0 {
        return Err(FileError::Unsupported("Opus with more than two channels"));
    }
    // Samples of the coder's delay, at 48 kHz.
    let pre_skip = usize::from(u16::from_le_bytes([head[10], head[11]])) / 3;
    reader.read_packet().map_err(damaged)?;
    let mut decoder = opus::Decoder::new(OPUS_RATE, opus::Channels::Mono)
        .map_err(|e| FileError::Codec(CodecError::Library(e.to_string())))?;
    let mut samples = Vec::new();
    let mut last_granule = 0;
    // 120 ms, the longest packet.
    let mut frame = [0; 1920];
    while let Some(packet) = reader.read_packet().map_err(damaged)? {
        last_granule = packet.absgp_page();
        let n = decoder.decode(&packet.data, &mut frame, false).map_err(|e| FileError::Damaged(e.to_string()))?;
        samples.extend_from_slice(&frame[..n]);
        if samples.len() > (MAX_PROMPT_S * OPUS_RATE) as usize {
            return Err(FileError::TooLong);
        }
    }
    // The last page's position tells where the audio ends within the last packet (RFC 7845 section 4.4).
    samples.truncate(usize::try_from(last_granule / 3).unwrap_or(usize::MAX));
    samples.drain(..pre_skip.min(samples.len()));
    Ok(Pcm { rate: OPUS_RATE, samples })
}

/// Format tags of a WAV file (RFC 2361).
const WAV_PCM: u16 = 1;
const WAV_ALAW: u16 = 6;
const WAV_ULAW: u16 = 7;
const WAV_EXTENSIBLE: u16 = 0xfffe;

fn wav(bytes: &[u8]) -> Result<Pcm, FileError> {
    let cut = || FileError::Damaged("WAV chunk is cut short".to_owned());
    if bytes.get(8..12) != Some(b"WAVE") {
        return Err(FileError::Unknown);
    }
    let mut rest = &bytes[12..];
    let mut format = None;
    while let Some((head, tail)) = rest.split_at_checked(8) {
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        match &head[..4] {
            b"fmt " => {
                let f = tail.get(..length.min(tail.len())).filter(|f| f.len() >= 16).ok_or_else(cut)?;
                let word = |i: usize| u16::from_le_bytes([f[i], f[i + 1]]);
                let tag = if word(0) == WAV_EXTENSIBLE && f.len() >= 26 { word(24) } else { word(0) };
                format = Some((tag, word(2), u32::from_le_bytes([f[4], f[5], f[6], f[7]]), word(14)));
            }
            b"data" => {
                let (tag, channels, rate, bits) = format.ok_or_else(cut)?;
                // Streaming writers leave the length open.
                return wav_samples(&tail[..length.min(tail.len())], tag, channels, rate, bits);
            }
            _ => {}
        }
        rest = tail.get(length + (length & 1)..).unwrap_or_default();
    }
    Err(cut())
}

fn wav_samples(data: &[u8], tag: u16, channels: u16, rate: u32, bits: u16) -> Result<Pcm, FileError> {
    if !(1..=2).contains(&channels) || !(8000..=96_000).contains(&rate) {
        return Err(FileError::Unsupported("WAV with this many channels or this rate"));
    }
    let samples: Vec<i16> = match (tag, bits) {
        (WAV_PCM, 16) => data.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect(),
        (WAV_ALAW, 8) => data.iter().map(|&b| g711::alaw_to_linear(b)).collect(),
        (WAV_ULAW, 8) => data.iter().map(|&b| g711::ulaw_to_linear(b)).collect(),
        _ => return Err(FileError::Unsupported("WAV other than 16-bit PCM, A-law or µ-law")),
    };
    let samples = if channels == 2 {
        samples.chunks_exact(2).map(|p| ((i32::from(p[0]) + i32::from(p[1])) / 2) as i16).collect()
    } else {
        samples
    };
    if samples.len() > MAX_PROMPT_S as usize * rate as usize {
        return Err(FileError::TooLong);
    }
    Ok(Pcm { rate, samples })
}
