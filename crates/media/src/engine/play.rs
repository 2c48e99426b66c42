//! Playback: a list of sounds, one frame at a time.

use std::sync::Arc;

use types::leg::{Sound, Tone};
use types::{PlayId, RecordingId, TenantId};

use crate::FRAME_MS;
use crate::codec::{Codec, Encoder};
use crate::prompt::{Encoded, PcmSource, Prompt, PromptBank};
use crate::tone::{Country, Progress, ToneSource};

/// How long a recording is waited for, milliseconds: a disk that takes longer would leave the listener in silence.
const PATIENCE_MS: u32 = 5_000;

/// The bank's name of a prompt.
pub fn prompt_name(language: &str, id: &str) -> String {
    format!("{language}/{id}")
}

/// The bank's name of a piece of music.
pub fn music_name(name: &str) -> String {
    format!("music/{name}")
}

/// The languages in which a prompt is looked for when it is missing in the one that is asked for, in this order.
const OTHER_LANGUAGES: [&str; 2] = ["zh", "en"];

/// The music that is heard where the one that is asked for is missing.
const OTHER_MUSIC: &str = "default";

/// What is playing at the moment.
enum Piece {
    /// Frames that are coded already, shared with everybody.
    Coded {
        encoded: Arc<Encoded>,
        next: usize,
        endless: bool,
    },
    /// Coded as it goes: a form that is not in the bank yet.
    Pcm(PcmSource),
    Tone(ToneSource),
    Silence {
        frames: u32,
    },
    /// A recording that is being read, for so many frames more.
    Awaited {
        recording: RecordingId,
        frames: u32,
    },
}

/// A frame to send.
pub(super) enum Frame {
    /// Its payload, as shared bytes of the bank.
    Coded { encoded: Arc<Encoded>, index: usize },
    /// It lies in the scratch buffer as PCM.
    Pcm,
    /// The playback is over.
    End,
}

/// One playback of one leg.
pub(super) struct Player {
    pub(super) play: PlayId,
    pub(super) barge_in: bool,
    /// Whose prompts are heard.
    tenant: Option<TenantId>,
    sounds: Arc<[Sound]>,
    repeat: bool,
    codec: Codec,
    country: Country,
    next: usize,
    piece: Option<Piece>,
    /// Recordings of the list that have been read.
    clips: Vec<(RecordingId, Arc<Prompt>)>,
    /// Something sounded since the list's begin: a list of nothing must not be repeated for ever.
    sounded: bool,
}

impl Player {
    pub(super) fn new(
        play: PlayId,
        tenant: Option<TenantId>,
        sounds: Arc<[Sound]>,
        repeat: bool,
        barge_in: bool,
        codec: Codec,
        country: Country,
    ) -> Self {
        let (next, piece, clips, sounded) = (0, None, Vec::new(), false);
        Self { play, barge_in, tenant, sounds, repeat, codec, country, next, piece, clips, sounded }
    }

    /// The leg has another codec now: the present sound begins again in it.
    pub(super) fn set_codec(&mut self, codec: Codec) {
        if codec != self.codec {
            self.codec = codec;
            if self.piece.take().is_some() {
                self.next -= 1;
            }
        }
    }

    /// The next frame; PCM is put into `pcm`. `missing` is told the names that the bank does not have.
    pub(super) fn frame(&mut self, bank: &PromptBank, pcm: &mut Vec<i16>, mut missing: impl FnMut(String)) -> Frame {
        loop {
            if let Some(frame) = self.piece.as_mut().and_then(|piece| piece.frame(self.codec, pcm)) {
                self.sounded = true;
                return frame;
            }
            self.piece = None;
            if self.next >= self.sounds.len() {
                if !self.repeat || !self.sounded {
                    return Frame::End;
                }
                self.next = 0;
                self.sounded = false;
            }
            let Some(sound) = self.sounds.get(self.next) else { return Frame::End };
            self.next += 1;
            self.piece = self.open(bank, sound, &mut missing);
        }
    }

    /// A recording of the list has been read.
    pub(super) fn clip(&mut self, recording: RecordingId, clip: Arc<Prompt>) {
        let plays = |sound: &Sound| matches!(sound, Sound::Message { recording: of, .. } if *of == recording);
        if !self.sounds.iter().any(plays) {
            return;
        }
        if matches!(self.piece, Some(Piece::Awaited { recording: awaited, .. }) if awaited == recording) {
            self.piece = PcmSource::new(clip.clone(), self.codec.pcm_rate(), false).ok().map(Piece::Pcm);
        }
        self.clips.retain(|(of, _)| *of != recording);
        self.clips.push((recording, clip));
    }

    fn message(&self, recording: RecordingId) -> Option<Piece> {
        let Some((_, clip)) = self.clips.iter().find(|(of, _)| *of == recording) else {
            return Some(Piece::Awaited { recording, frames: PATIENCE_MS / FRAME_MS });
        };
        PcmSource::new(clip.clone(), self.codec.pcm_rate(), false).ok().map(Piece::Pcm)
    }

    /// Begins a sound. What is missing is told, and something else is heard in its place: a caller who hears nothing
    /// hangs up.
    fn open(&self, bank: &PromptBank, sound: &Sound, missing: &mut impl FnMut(String)) -> Option<Piece> {
        match sound {
            Sound::Prompt { language, id } => {
                let name = prompt_name(language, id);
                let found = self.recording(bank, &name, false);
                found.or_else(|| {
                    missing(name);
                    let others = OTHER_LANGUAGES.into_iter().filter(|other| *other != &**language);
                    let mut found = others.filter_map(|other| self.recording(bank, &prompt_name(other, id), false));
                    found.next().or_else(|| Some(Piece::Tone(self.tone(Tone::Comfort))))
                })
            }
            Sound::Music(name) => {
                let name = music_name(name);
                self.recording(bank, &name, true).or_else(|| {
                    missing(name);
                    self.recording(bank, &music_name(OTHER_MUSIC), true)
                })
            }
            Sound::Tone(tone) => Some(Piece::Tone(self.tone(*tone))),
            Sound::Silence(ms) => Some(Piece::Silence { frames: ms.div_ceil(FRAME_MS) }),
            Sound::Message { recording, .. } => self.message(*recording).or_else(|| {
                missing(recording.to_string());
                None
            }),
        }
    }

    fn recording(&self, bank: &PromptBank, name: &str, endless: bool) -> Option<Piece> {
        let prompt = bank.find(self.tenant, name)?;
        // G.711 is cheap enough to code on demand; the others are coded ahead by `PromptBank::warm`, and until that is
        // done frame by frame, so that a media thread is never held up for a whole recording.
        let coded = match prompt.ready(self.codec) {
            Some(encoded) => Some(encoded.clone()),
            None if self.codec.is_sample_based() => prompt.encoded(self.codec).ok(),
            None => None,
        };
        match coded {
            Some(encoded) => Some(Piece::Coded { encoded, next: 0, endless }),
            None => PcmSource::new(prompt.clone(), self.codec.pcm_rate(), endless).ok().map(Piece::Pcm),
        }
    }

    fn tone(&self, tone: Tone) -> ToneSource {
        let rate = self.codec.pcm_rate();
        match tone {
            Tone::Ringback => ToneSource::progress(self.country, Progress::Ringback, rate),
            Tone::Busy => ToneSource::progress(self.country, Progress::Busy, rate),
            Tone::Congestion => ToneSource::progress(self.country, Progress::Congestion, rate),
            Tone::Comfort => ToneSource::beep(rate),
        }
    }
}

impl Piece {
    fn frame(&mut self, codec: Codec, pcm: &mut Vec<i16>) -> Option<Frame> {
        pcm.clear();
        match self {
            Self::Coded { encoded, next, endless } => {
                if *next >= encoded.len() && *endless {
                    *next = 0;
                }
                let index = *next;
                *next += 1;
                (index < encoded.len()).then(|| Frame::Coded { encoded: encoded.clone(), index })
            }
            Self::Pcm(source) => source.frame(pcm).then_some(Frame::Pcm),
            Self::Tone(tone) => tone.frame(pcm).then_some(Frame::Pcm),
            Self::Silence { frames } | Self::Awaited { frames, .. } => {
                *frames = frames.checked_sub(1)?;
                pcm.resize(codec.frame_samples(), 0);
                Some(Frame::Pcm)
            }
        }
    }
}

/// Codes the scratch buffer with the leg's encoder, which is made when first needed.
pub(super) fn encode(encoder: &mut Option<Box<Encoder>>, codec: Codec, pcm: &[i16], out: &mut Vec<u8>) -> Option<()> {
    if encoder.as_ref().is_none_or(|e| e.codec() != codec) {
        *encoder = Some(Box::new(Encoder::new(codec).ok()?));
    }
    encoder.as_mut()?.encode(pcm, out).ok().map(drop)
}
