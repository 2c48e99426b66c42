//! Prompts and music: held once, coded once per codec, shared by every leg that hears them.

mod file;
mod master;
mod upload;

pub use file::{FileError, MAX_PROMPT_S, Pcm, decode};
pub use upload::{MAX_UPLOAD_S, Sounds, UploadError, import, to_wav};

use crate::codec::{Codec, CodecError, Encoder, Resampler};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use types::TenantId;

/// A recording as payloads of 20 ms, ready to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    codec: Codec,
    bytes: Arc<[u8]>,
    /// End of each frame in `bytes`.
    ends: Box<[u32]>,
}

impl Encoded {
    /// Codes a recording; its end is filled up to a whole frame with silence.
    ///
    /// # Errors
    /// When the codec's library fails.
    pub fn new(pcm: &Pcm, codec: Codec) -> Result<Self, CodecError> {
        let samples = crate::codec::resample_all(&pcm.samples, pcm.rate, codec.pcm_rate())?;
        let mut encoder = Encoder::new(codec)?;
        let mut bytes = Vec::new();
        let mut ends = Vec::new();
        let mut frame = Vec::new();
        for chunk in samples.chunks(codec.frame_samples()) {
            frame.clear();
            frame.extend_from_slice(chunk);
            frame.resize(codec.frame_samples(), 0);
            encoder.encode(&frame, &mut bytes)?;
            ends.push(bytes.len() as u32);
        }
        Ok(Self { codec, bytes: bytes.into(), ends: ends.into() })
    }

    /// The codec.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Number of frames.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is nothing to play.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The payload of a frame; nothing past the end.
    pub fn frame(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)? as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        self.bytes.get(start..end)
    }
}

/// A recording and its coded forms.
#[derive(Debug)]
pub struct Prompt {
    pcm: Pcm,
    encoded: [OnceLock<Arc<Encoded>>; Codec::ALL.len()],
}

impl Prompt {
    /// Holds a recording.
    pub fn new(pcm: Pcm) -> Self {
        Self { pcm, encoded: Default::default() }
    }

    /// The recording.
    pub fn pcm(&self) -> &Pcm {
        &self.pcm
    }

    /// Length in milliseconds.
    pub fn duration_ms(&self) -> u64 {
        self.pcm.samples.len() as u64 * 1000 / u64::from(self.pcm.rate.max(1))
    }

    /// The recording in a codec, coded at the first call: up to 10 ms of CPU per second of Opus, so prepare what a
    /// media thread will ask for with [`PromptBank::warm`].
    ///
    /// # Errors
    /// When the codec's library fails.
    pub fn encoded(&self, codec: Codec) -> Result<Arc<Encoded>, CodecError> {
        let cell = &self.encoded[usize::from(codec.code() - 1)];
        if let Some(encoded) = cell.get() {
            return Ok(encoded.clone());
        }
        let encoded = Arc::new(Encoded::new(&self.pcm, codec)?);
        Ok(cell.get_or_init(|| encoded).clone())
    }

    /// The coded form if it is there already; never codes.
    pub fn ready(&self, codec: Codec) -> Option<&Arc<Encoded>> {
        self.encoded[usize::from(codec.code() - 1)].get()
    }
}

/// Prompts by their name in the bank: `zh/menu_main`, `music/default`.
pub type Prompts = HashMap<Arc<str>, Arc<Prompt>>;

/// All prompts by name; cheap to clone and share.
#[derive(Debug, Clone, Default)]
pub struct PromptBank {
    prompts: Prompts,
    /// What tenants have of their own, heard by their callers alone.
    own: HashMap<TenantId, Arc<Prompts>>,
}

/// Rate at which the bank holds recordings, in Hz: wideband speech; more would only cost memory.
pub const BANK_RATE: u32 = 16_000;

impl PromptBank {
    /// An empty bank.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file (Ogg Opus or WAV) under a name, in place of what had it.
    ///
    /// # Errors
    /// When the file is not one that [`decode`] reads.
    pub fn insert_file(&mut self, name: &str, bytes: &[u8]) -> Result<Arc<Prompt>, FileError> {
        let mut pcm = decode(bytes)?;
        if pcm.rate > BANK_RATE {
            pcm.samples = crate::codec::resample_all(&pcm.samples, pcm.rate, BANK_RATE)?;
            pcm.rate = BANK_RATE;
        }
        cut_loop(&mut pcm);
        Ok(self.insert(name, pcm))
    }

    /// Adds a recording under a name, in place of what had it.
    pub fn insert(&mut self, name: &str, pcm: Pcm) -> Arc<Prompt> {
        let prompt = Arc::new(Prompt::new(pcm));
        self.prompts.insert(name.into(), prompt.clone());
        prompt
    }

    /// The prompt of a name.
    pub fn get(&self, name: &str) -> Option<&Arc<Prompt>> {
        self.prompts.get(name)
    }

    /// The prompt of a name as a tenant's callers hear it: its own goes before what all have. One without a sample is as
    /// good as none.
    pub fn find(&self, tenant: Option<TenantId>, name: &str) -> Option<&Arc<Prompt>> {
        let own = tenant.and_then(|tenant| self.own.get(&tenant)?.get(name));
        own.or_else(|| self.get(name)).filter(|prompt| !prompt.pcm.samples.is_empty())
    }

    /// A tenant has these prompts of its own, and no others.
    pub fn set_own(&mut self, tenant: TenantId, prompts: Prompts) {
        if prompts.is_empty() {
            self.own.remove(&tenant);
        } else {
            self.own.insert(tenant, Arc::new(prompts));
        }
    }

    /// Codes all prompts in a codec: for a thread that may take its time.
    ///
    /// # Errors
    /// When the codec's library fails.
    pub fn warm(&self, codec: Codec) -> Result<(), CodecError> {
        let own = self.own.values().flat_map(|prompts| prompts.values());
        self.prompts.values().chain(own).try_for_each(|p| p.encoded(codec).map(drop))
    }

    /// Number of prompts.
    pub fn len(&self) -> usize {
        self.prompts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.prompts.is_empty()
    }
}

/// A recording that ends in full sound is music meant to repeat: it is cut to whole frames, so that no filled-up
/// silence breaks the loop. What fades out, as speech does, stays whole.
fn cut_loop(pcm: &mut Pcm) {
    let frame = (pcm.rate * crate::FRAME_MS / 1000) as usize;
    let rms = |samples: &[i16]| {
        let power: f64 = samples.iter().map(|&s| f64::from(s).powi(2)).sum();
        (power / samples.len().max(1) as f64).sqrt()
    };
    let end = pcm.samples.len().saturating_sub(frame);
    if end > 0 && rms(&pcm.samples[end..]) > rms(&pcm.samples) / 4.0 {
        pcm.samples.truncate(pcm.samples.len() / frame * frame);
    }
}

/// Plays a recording as PCM frames at the rate of whoever mixes it.
pub struct PcmSource {
    prompt: Arc<Prompt>,
    resampler: Resampler,
    position: usize,
    repeat: bool,
    /// The frame at the recording's own rate.
    frame: Vec<i16>,
}

impl PcmSource {
    /// From the start; `repeat` begins again at the end (music). `rate` in Hz.
    ///
    /// # Errors
    /// [`CodecError::Library`] for a rate of zero.
    pub fn new(prompt: Arc<Prompt>, rate: u32, repeat: bool) -> Result<Self, CodecError> {
        let resampler = Resampler::new(prompt.pcm.rate, rate)?;
        Ok(Self { prompt, resampler, position: 0, repeat, frame: Vec::new() })
    }

    /// Appends 20 ms to `out`, filled up with silence at the end; `false` when it was over before.
    pub fn frame(&mut self, out: &mut Vec<i16>) -> bool {
        let samples = &self.prompt.pcm.samples;
        let wanted = (self.prompt.pcm.rate * crate::FRAME_MS / 1000) as usize;
        if samples.is_empty() || (self.position >= samples.len() && !self.repeat) {
            return false;
        }
        self.frame.clear();
        while self.frame.len() < wanted {
            if self.position >= samples.len() {
                if !self.repeat {
                    self.frame.resize(wanted, 0);
                    break;
                }
                self.position = 0;
            }
            let n = (samples.len() - self.position).min(wanted - self.frame.len());
            self.frame.extend_from_slice(&samples[self.position..self.position + n]);
            self.position += n;
        }
        self.resampler.process(&self.frame, out);
        true
    }
}

#[cfg(test)]
mod tests;
