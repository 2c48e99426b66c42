//! Codecs of a telephone leg: G.711 A-law and µ-law, G.722, Opus; their names, clocks and frames.

pub mod g711;
mod resample;

pub use resample::{Resampler, resample_all};

use crate::FRAME_MS;
use audio_codec::{Decoder as _, Encoder as _, g722};

/// An audio codec that a leg can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 A-law, 8 kHz (RFC 3551): what China's carriers speak.
    Pcma,
    /// G.711 µ-law, 8 kHz (RFC 3551).
    Pcmu,
    /// G.722 at 64 kbit/s, 16 kHz audio on an 8 kHz RTP clock (RFC 3551 section 4.5.2).
    G722,
    /// Opus (RFC 7587), coded here as 16 kHz mono.
    Opus,
}

/// Why audio could not be coded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The payload is not of this codec, or longer than a packet may be.
    #[error("payload is not valid {0:?}")]
    Payload(Codec),
    /// The codec's library refused.
    #[error("codec failed: {0}")]
    Library(String),
}

/// Largest payload that an encoder here writes, in bytes: an Opus frame at the top of its range fits well.
pub const MAX_PAYLOAD: usize = 1275;

/// Most audio that one packet may carry, in milliseconds (RFC 7587's largest; G.711 beyond it is a fault).
pub const MAX_PACKET_MS: u32 = 120;

impl From<Codec> for types::leg::AudioCodec {
    fn from(codec: Codec) -> Self {
        match codec {
            Codec::Pcma => Self::Pcma,
            Codec::Pcmu => Self::Pcmu,
            Codec::G722 => Self::G722,
            Codec::Opus => Self::Opus,
        }
    }
}

impl Codec {
    /// All codecs, in the order we offer them: the ones that need no transcoding to a carrier first.
    pub const ALL: [Self; 4] = [Self::Pcma, Self::Pcmu, Self::G722, Self::Opus];

    /// The encoding name of SDP's `rtpmap`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
            Self::G722 => "G722",
            Self::Opus => "opus",
        }
    }

    /// The codec of this `rtpmap` name and clock rate, in any case.
    pub fn from_rtpmap(name: &str, clock_rate: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name().eq_ignore_ascii_case(name) && c.clock_rate() == clock_rate)
    }

    /// The codec of a static payload type (RFC 3551 section 6).
    pub fn from_static_payload_type(payload_type: u8) -> Option<Self> {
        match payload_type {
            0 => Some(Self::Pcmu),
            8 => Some(Self::Pcma),
            9 => Some(Self::G722),
            _ => None,
        }
    }

    /// The payload type we offer: static where there is one, browsers' usual 111 for Opus.
    pub fn default_payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
            Self::G722 => 9,
            Self::Opus => 111,
        }
    }

    /// Ticks of the RTP clock in a second. G.722's 8000 is RFC 3551's historic error, kept by all.
    pub fn clock_rate(self) -> u32 {
        match self {
            Self::Pcma | Self::Pcmu | Self::G722 => 8000,
            Self::Opus => 48_000,
        }
    }

    /// Channels written in `rtpmap` (RFC 7587 demands 2 for Opus whatever is sent).
    pub fn sdp_channels(self) -> u8 {
        if self == Self::Opus { 2 } else { 1 }
    }

    /// Samples a second of the PCM that [`Encoder`] takes and [`Decoder`] gives.
    pub fn pcm_rate(self) -> u32 {
        match self {
            Self::Pcma | Self::Pcmu => 8000,
            Self::G722 | Self::Opus => 16_000,
        }
    }

    /// Whether it carries more than the telephone's old band of 300 to 3,400 Hz.
    pub fn is_wideband(self) -> bool {
        self.pcm_rate() > 8000
    }

    /// PCM samples of a frame of 20 ms.
    pub fn frame_samples(self) -> usize {
        (self.pcm_rate() * FRAME_MS / 1000) as usize
    }

    /// RTP ticks of a frame of 20 ms.
    pub fn frame_ticks(self) -> u32 {
        self.clock_rate() * FRAME_MS / 1000
    }

    /// Whether each byte stands for itself, so that payloads may be cut and silence written without a coder.
    pub fn is_sample_based(self) -> bool {
        matches!(self, Self::Pcma | Self::Pcmu)
    }

    /// A one-byte code for stored formats; never reused.
    pub fn code(self) -> u8 {
        match self {
            Self::Pcma => 1,
            Self::Pcmu => 2,
            Self::G722 => 3,
            Self::Opus => 4,
        }
    }

    /// The codec of [`Codec::code`].
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }

    /// Length in microseconds of the audio in a payload, as far as the bytes tell; 0 when they are not of this codec.
    pub fn payload_us(self, payload: &[u8]) -> u64 {
        match self {
            Self::Pcma | Self::Pcmu | Self::G722 => payload.len() as u64 * 125,
            Self::Opus => opus::packet::get_nb_samples(payload, 48_000).map_or(0, |n| n as u64 * 125 / 6),
        }
    }
}

/// Codes PCM of [`Codec::pcm_rate`] into payloads.
pub struct Encoder {
    codec: Codec,
    state: EncoderState,
}

enum EncoderState {
    G711,
    G722(Box<g722::G722Encoder>),
    Opus(opus::Encoder),
}

/// Opus bit rate of a leg, bit/s: wideband speech without audible loss, half of G.711's.
const OPUS_BITRATE: i32 = 24_000;
/// Opus effort: 5 of 10 costs half of the default and no ear tells them apart at this bit rate.
const OPUS_COMPLEXITY: i32 = 5;
/// Loss that Opus's redundancy is tuned to, percent.
const OPUS_EXPECTED_LOSS: i32 = 5;

impl Encoder {
    /// A fresh encoder.
    ///
    /// # Errors
    /// [`CodecError::Library`] when libopus has no memory.
    pub fn new(codec: Codec) -> Result<Self, CodecError> {
        let state = match codec {
            Codec::Pcma | Codec::Pcmu => EncoderState::G711,
            Codec::G722 => EncoderState::G722(Box::default()),
            Codec::Opus => EncoderState::Opus(opus_encoder(codec.pcm_rate()).map_err(library)?),
        };
        Ok(Self { codec, state })
    }

    /// The codec.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Codes a frame and appends the payload to `out`; returns the payload's length.
    ///
    /// # Errors
    /// When libopus refuses the frame's length (it takes 2.5, 5, 10, 20, 40 or 60 ms).
    pub fn encode(&mut self, pcm: &[i16], out: &mut Vec<u8>) -> Result<usize, CodecError> {
        let start = out.len();
        match (&mut self.state, self.codec) {
            (EncoderState::G711, Codec::Pcma) => out.extend(pcm.iter().map(|&s| g711::linear_to_alaw(s))),
            (EncoderState::G711, _) => out.extend(pcm.iter().map(|&s| g711::linear_to_ulaw(s))),
            (EncoderState::G722(encoder), _) => {
                out.resize(start + encoder.max_encode_bytes(pcm.len()), 0);
                let n = encoder.encode_into(pcm, &mut out[start..]).map_err(|e| CodecError::Library(e.to_string()))?;
                out.truncate(start + n);
            }
            (EncoderState::Opus(encoder), _) => {
                out.resize(start + MAX_PAYLOAD, 0);
                let coded = encoder.encode(pcm, &mut out[start..]);
                out.truncate(start + *coded.as_ref().unwrap_or(&0));
                coded.map_err(library)?;
            }
        }
        Ok(out.len() - start)
    }
}

fn opus_encoder(rate: u32) -> opus::Result<opus::Encoder> {
    let mut encoder = opus::Encoder::new(rate, opus::Channels::Mono, opus::Application::Voip)?;
    encoder.set_bitrate(opus::Bitrate::Bits(OPUS_BITRATE))?;
    encoder.set_complexity(OPUS_COMPLEXITY)?;
    encoder.set_inband_fec(true)?;
    encoder.set_packet_loss_perc(OPUS_EXPECTED_LOSS)?;
    Ok(encoder)
}

fn library(error: opus::Error) -> CodecError {
    CodecError::Library(error.to_string())
}

/// Decodes payloads into PCM of [`Codec::pcm_rate`].
pub struct Decoder {
    codec: Codec,
    state: DecoderState,
}

enum DecoderState {
    G711,
    G722(Box<g722::G722Decoder>),
    Opus(opus::Decoder),
}

impl Decoder {
    /// A fresh decoder.
    ///
    /// # Errors
    /// [`CodecError::Library`] when libopus has no memory.
    pub fn new(codec: Codec) -> Result<Self, CodecError> {
        let state = match codec {
            Codec::Pcma | Codec::Pcmu => DecoderState::G711,
            Codec::G722 => DecoderState::G722(Box::default()),
            Codec::Opus => {
                DecoderState::Opus(opus::Decoder::new(codec.pcm_rate(), opus::Channels::Mono).map_err(library)?)
            }
        };
        Ok(Self { codec, state })
    }

    /// The codec.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Decodes a payload and appends the samples to `out`; returns their number.
    ///
    /// # Errors
    /// [`CodecError::Payload`] when the bytes are not of this codec or hold more than [`MAX_PACKET_MS`]; `out` is
    /// then as it was.
    pub fn decode(&mut self, payload: &[u8], out: &mut Vec<i16>) -> Result<usize, CodecError> {
        let start = out.len();
        let max = (self.codec.pcm_rate() * MAX_PACKET_MS / 1000) as usize;
        let bad = CodecError::Payload(self.codec);
        match (&mut self.state, self.codec) {
            (DecoderState::G711, _) if payload.len() > max => return Err(bad),
            (DecoderState::G711, Codec::Pcma) => out.extend(payload.iter().map(|&b| g711::alaw_to_linear(b))),
            (DecoderState::G711, _) => out.extend(payload.iter().map(|&b| g711::ulaw_to_linear(b))),
            (DecoderState::G722(_), _) if payload.len() * 2 > max => return Err(bad),
            (DecoderState::G722(decoder), _) => {
                out.resize(start + payload.len() * 2, 0);
                let n = decoder.decode_into(payload, &mut out[start..]).map_err(|_| bad)?;
                out.truncate(start + n);
            }
            // An empty payload would ask libopus to conceal.
            (DecoderState::Opus(_), _) if payload.is_empty() => return Err(bad),
            (DecoderState::Opus(decoder), _) => {
                out.resize(start + max, 0);
                let decoded = decoder.decode(payload, &mut out[start..], false);
                out.truncate(start + *decoded.as_ref().unwrap_or(&0));
                decoded.map_err(|_| bad)?;
            }
        }
        Ok(out.len() - start)
    }

    /// Makes up `samples` of lost audio by the codec's own means and appends them; `false` when the codec has none and
    /// [`crate::conceal`] is to do it. `next` is the packet after the loss, if it is there: Opus may carry a spare
    /// copy in it.
    pub fn conceal(&mut self, samples: usize, next: Option<&[u8]>, out: &mut Vec<i16>) -> bool {
        let DecoderState::Opus(decoder) = &mut self.state else { return false };
        // Opus counts in steps of 2.5 ms.
        let step = self.codec.pcm_rate() as usize / 400;
        let start = out.len();
        out.resize(start + samples.div_ceil(step) * step, 0);
        let filled = decoder.decode(next.unwrap_or(&[]), &mut out[start..], next.is_some());
        out.truncate(start + samples.min(*filled.as_ref().unwrap_or(&0)));
        filled.is_ok()
    }
}

#[cfg(test)]
mod tests;
