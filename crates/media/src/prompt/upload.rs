//! What people upload, made into a prompt: any common format in, mono at the bank's rate and the shipped prompts'
//! loudness out.

use std::io::Cursor;

use symphonia::core::audio::GenericAudioBufferRef;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::file::{FileError, Pcm, decode};
use super::master::{Silent, master_music, master_speech};
use super::{BANK_RATE, cut_loop};
use crate::codec::{CodecError, resample_all};

/// Longest upload, in seconds: an announcement of ten minutes is heard by nobody, and holds 19 MB at the bank's rate.
pub const MAX_UPLOAD_S: u32 = 600;
/// Sampling rates that are taken, in Hz: what recorders give.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;
/// Channels that are mixed to one.
const MAX_CHANNELS: usize = 8;
/// Damaged packets that are passed over; more of them are another kind of file.
const MAX_DAMAGED: u32 = 50;

/// What an upload is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sounds {
    /// Words: its ends are trimmed, it is as loud as shipped speech.
    Speech,
    /// Music that repeats: it keeps its ends, and is as loud as shipped music.
    Music,
}

/// Why an upload cannot be a prompt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    /// No audio that is known here.
    #[error("no audio in a format that is known: WAV, MP3, FLAC, OGG or M4A")]
    Unknown,
    /// The file is broken.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// A coding or layout that is not read here.
    #[error("not supported: {0}")]
    Unsupported(String),
    /// Longer than [`MAX_UPLOAD_S`].
    #[error("longer than {MAX_UPLOAD_S} seconds")]
    TooLong,
    /// Nothing is to be heard in it.
    #[error("nothing is to be heard in it")]
    Silent,
    /// The codec's library failed.
    #[error(transparent)]
    Codec(#[from] CodecError),
}

impl From<FileError> for UploadError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Unknown => Self::Unknown,
            FileError::Damaged(why) => Self::Damaged(why),
            FileError::Unsupported(what) => Self::Unsupported(what.to_owned()),
            FileError::TooLong => Self::TooLong,
            FileError::Codec(error) => Self::Codec(error),
        }
    }
}

impl From<Silent> for UploadError {
    fn from(Silent: Silent) -> Self {
        Self::Silent
    }
}

/// Makes a prompt of an uploaded file: decoded within [`MAX_UPLOAD_S`], mixed to one channel, at [`BANK_RATE`], as loud
/// as what ships. Takes CPU time in proportion to its length: not for a thread that calls wait for.
///
/// # Errors
/// See [`UploadError`].
pub fn import(bytes: Vec<u8>, sounds: Sounds) -> Result<Pcm, UploadError> {
    let pcm = read(bytes)?;
    if pcm.samples.len() as u64 > u64::from(MAX_UPLOAD_S) * u64::from(pcm.rate) {
        return Err(UploadError::TooLong);
    }
    let samples = resample_all(&pcm.samples, pcm.rate, BANK_RATE)?;
    let samples = match sounds {
        Sounds::Speech => master_speech(&samples)?,
        Sounds::Music => master_music(&samples)?,
    };
    let mut pcm = Pcm { rate: BANK_RATE, samples };
    if sounds == Sounds::Music {
        cut_loop(&mut pcm);
    }
    Ok(pcm)
}

fn read(bytes: Vec<u8>) -> Result<Pcm, UploadError> {
    // Opus is what the codec of calls reads; all else has a reader of its own.
    let is_opus = bytes.starts_with(b"OggS") && bytes.windows(8).take(OPUS_HEAD_WITHIN).any(|w| w == b"OpusHead");
    if is_opus { Ok(decode(&bytes)?) } else { read_any(bytes) }
}

/// The first page of an Ogg stream has a header of at most 282 bytes before the first packet (RFC 3533 section 6).
const OPUS_HEAD_WITHIN: usize = 283;

fn read_any(bytes: Vec<u8>) -> Result<Pcm, UploadError> {
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), Default::default());
    let probe = symphonia::default::get_probe();
    let opened = probe.probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default());
    let mut format = opened.map_err(|_| UploadError::Unknown)?;
    let track = format.default_track(TrackType::Audio).ok_or(UploadError::Unknown)?;
    let id = track.id;
    let params = track.codec_params.as_ref().and_then(|params| params.audio()).ok_or(UploadError::Unknown)?;
    let decoder = symphonia::default::get_codecs().make_audio_decoder(params, &AudioDecoderOptions::default());
    let mut decoder = decoder.map_err(said)?;
    let mut mix = Mix::default();
    let mut damaged = 0;
    loop {
        let packet = match format.next_packet() {
            Ok(Some(packet)) if packet.track_id == id => packet,
            Ok(Some(_)) => continue,
            // A stream that was cut short is heard as far as it goes.
            Ok(None) | Err(Error::IoError(_) | Error::ResetRequired) => break,
            Err(error) => return Err(said(error)),
        };
        match decoder.decode(&packet) {
            Ok(audio) => mix.add(&audio)?,
            Err(error @ Error::DecodeError(_)) => {
                damaged += 1;
                if damaged > MAX_DAMAGED {
                    return Err(said(error));
                }
            }
            Err(error) => return Err(said(error)),
        }
    }
    if mix.samples.is_empty() { Err(UploadError::Silent) } else { Ok(Pcm { rate: mix.rate, samples: mix.samples }) }
}

fn said(error: Error) -> UploadError {
    match error {
        Error::Unsupported(what) => UploadError::Unsupported(what.to_owned()),
        other => UploadError::Damaged(other.to_string()),
    }
}

/// All channels as one.
#[derive(Default)]
struct Mix {
    rate: u32,
    samples: Vec<i16>,
    scratch: Vec<f32>,
}

impl Mix {
    fn add(&mut self, audio: &GenericAudioBufferRef<'_>) -> Result<(), UploadError> {
        let (rate, channels) = (audio.spec().rate(), audio.spec().channels().count());
        if !RATES.contains(&rate) || !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(UploadError::Unsupported(format!("{channels} channels at {rate} Hz")));
        }
        if self.rate != 0 && self.rate != rate {
            return Err(UploadError::Unsupported("a rate that changes".to_owned()));
        }
        self.rate = rate;
        audio.copy_to_vec_interleaved(&mut self.scratch);
        let frames = self.scratch.chunks_exact(channels);
        let mixed = frames.map(|frame| frame.iter().sum::<f32>() / channels as f32);
        self.samples.extend(mixed.map(|sample| (sample * 32_767.0) as i16));
        if self.samples.len() as u64 > u64::from(MAX_UPLOAD_S) * u64::from(rate) {
            return Err(UploadError::TooLong);
        }
        Ok(())
    }
}

/// Bytes of a WAV file before its samples.
const WAV_HEAD: usize = 44;

/// A recording as a WAV file of one channel, 16 bits a sample: what [`decode`] gives back unchanged.
pub fn to_wav(pcm: &Pcm) -> Vec<u8> {
    let data = pcm.samples.len() * 2;
    let mut wav = Vec::with_capacity(WAV_HEAD + data);
    wav.extend(b"RIFF");
    wav.extend((data as u32 + WAV_HEAD as u32 - 8).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(pcm.rate.to_le_bytes());
    wav.extend((pcm.rate * 2).to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend((data as u32).to_le_bytes());
    wav.extend(pcm.samples.iter().flat_map(|sample| sample.to_le_bytes()));
    wav
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::sine;

    fn spoken(rate: u32) -> Pcm {
        let quiet = vec![0; rate as usize];
        let word = sine(440.0, rate, rate as usize, 3_000.0);
        Pcm { rate, samples: [quiet.clone(), word, quiet].concat() }
    }

    #[test]
    fn what_was_written_is_read_back() {
        let pcm = spoken(16_000);
        assert_eq!(decode(&to_wav(&pcm)).unwrap(), pcm);
    }

    #[test]
    fn speech_is_resampled_trimmed_and_made_as_loud_as_what_ships() {
        for rate in [8_000, 16_000, 44_100, 48_000] {
            let prompt = import(to_wav(&spoken(rate)), Sounds::Speech).unwrap();
            assert_eq!(prompt.rate, BANK_RATE);
            let length_ms = prompt.samples.len() * 1000 / BANK_RATE as usize;
            assert!((1_150..1_230).contains(&length_ms), "{rate}: {length_ms} ms");
            let middle = &prompt.samples[BANK_RATE as usize / 2..BANK_RATE as usize / 2 + 1600];
            let power = middle.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / middle.len() as f64;
            let level = 10.0 * (power / 32_768.0_f64.powi(2)).log10();
            assert!((-18.5..-17.5).contains(&level), "{rate}: {level} dBFS");
            assert_eq!((prompt.samples[0], prompt.samples.last()), (0, Some(&0)), "no end clicks");
        }
    }

    #[test]
    fn music_keeps_its_length_and_its_frames_are_whole() {
        let samples = sine(440.0, 16_000, 16_000 * 2 + 100, 9_000.0);
        let prompt = import(to_wav(&Pcm { rate: 16_000, samples }), Sounds::Music).unwrap();
        assert_eq!(prompt.samples.len(), 16_000 * 2);
    }

    #[test]
    fn what_is_no_prompt_is_said() {
        let wav = |samples| to_wav(&Pcm { rate: 8_000, samples });
        assert_eq!(import(b"hello".to_vec(), Sounds::Speech), Err(UploadError::Unknown));
        assert_eq!(import(Vec::new(), Sounds::Speech), Err(UploadError::Unknown));
        assert_eq!(import(wav(vec![0; 8_000]), Sounds::Speech), Err(UploadError::Silent));
        let long = sine(440.0, 8_000, (8_000 * (MAX_UPLOAD_S + 1)) as usize, 9_000.0);
        assert_eq!(import(wav(long), Sounds::Music), Err(UploadError::TooLong));
    }
}
