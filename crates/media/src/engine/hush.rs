//! Silence on a recorded leg: the end of a message whose caller says no more but stays on the line.

use std::time::Duration;

use types::Mono;

use crate::codec::{Codec, Decoder};

/// What counts as speech, RMS of a frame: −44 dBFS. Quiet speakers on a telephone are at −35, the noise of a line or a room
/// with a hand-set off is below −50.
const SPEECH_RMS: i64 = 200;

/// Listens for silence.
pub(super) struct Hush {
    after: Duration,
    /// When something was said last.
    spoken: Mono,
    decoder: Option<Decoder>,
    pcm: Vec<i16>,
    told: bool,
}

impl Hush {
    /// From now on; `after` so long a silence it is told, once.
    pub(super) const fn new(now: Mono, after: Duration) -> Self {
        Self { after, spoken: now, decoder: None, pcm: Vec::new(), told: false }
    }

    /// Hears a payload.
    pub(super) fn hear(&mut self, now: Mono, codec: Codec, payload: &[u8]) {
        if self.decoder.as_ref().is_none_or(|decoder| decoder.codec() != codec) {
            self.decoder = Decoder::new(codec).ok();
        }
        self.pcm.clear();
        let Some(decoder) = &mut self.decoder else { return };
        if decoder.decode(payload, &mut self.pcm).is_ok() && is_speech(&self.pcm) {
            self.spoken = now;
        }
    }

    /// Whether nothing has been said for long enough; true once.
    pub(super) fn is_over(&mut self, now: Mono) -> bool {
        let over = !self.told && now.since(self.spoken) >= self.after;
        self.told |= over;
        over
    }
}

fn is_speech(pcm: &[i16]) -> bool {
    let power: i64 = pcm.iter().map(|&sample| i64::from(sample) * i64::from(sample)).sum();
    power > SPEECH_RMS * SPEECH_RMS * pcm.len() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: Duration = Duration::from_secs(3);

    /// Frames of A-law: a tone's two loud values, or the quietest there is.
    fn frame(loud: bool) -> [u8; 160] {
        std::array::from_fn(|at| match (loud, at % 2) {
            (false, _) => 0xD5,
            (true, 0) => 0x25,
            (true, _) => 0xA5,
        })
    }

    #[test]
    fn silence_is_told_once_and_only_after_so_long() {
        let mut hush = Hush::new(Mono::from_millis(0), AFTER);
        let mut told = Vec::new();
        for frame_no in 0..500_u64 {
            let now = Mono::from_millis(frame_no * 20);
            // Five seconds of speech, then none.
            hush.hear(now, Codec::Pcma, &frame(frame_no < 250));
            if hush.is_over(now) {
                told.push(frame_no * 20);
            }
        }
        assert_eq!(told, [4980 + 3000]);
    }

    #[test]
    fn one_who_sends_nothing_at_all_is_silent_too() {
        let mut hush = Hush::new(Mono::from_millis(0), AFTER);
        assert!(!hush.is_over(Mono::from_millis(2_999)));
        assert!(hush.is_over(Mono::from_millis(3_000)));
    }
}
