//! Whether what was archived is what was recorded.

use std::convert::Infallible;
use std::io;

use crate::render::Sound;

/// Level (root of the mean square) from which a block is held against its original: −44 dB of full scale.
const LOUD: f64 = 200.0;
/// Level that a block may have whose original is quieter than [`LOUD`].
const QUIET_MOST: f64 = 2.0 * LOUD;
/// By what factor the level of a loud block may differ: 3 dB.
const LEVEL_FACTOR: f64 = 1.413;
/// The least correlation of a loud block with its original, sample by sample. Coded noise has 0.7 and more, speech 0.9;
/// what belongs elsewhere has none.
const LEAST_ALIKE: f64 = 0.5;

/// In what an archived recording differs from what was recorded.
#[derive(Debug, thiserror::Error)]
pub enum Difference {
    /// It can't be read back.
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    /// It has another length.
    #[error("it has {kept_ms} ms of {raw_ms} ms")]
    Length {
        /// Length of what was recorded, milliseconds.
        raw_ms: u64,
        /// Length of what is kept, milliseconds.
        kept_ms: u64,
    },
    /// A stretch sounds otherwise.
    #[error("from {at_ms} ms on, channel {channel} sounds otherwise (level {raw:.0} and {kept:.0}, alike {alike:.2})")]
    Content {
        /// Where, milliseconds from the start.
        at_ms: u64,
        /// On which channel: 0 the customer's.
        channel: u8,
        /// Level of what was recorded.
        raw: f64,
        /// Level of what is kept.
        kept: f64,
        /// Their correlation.
        alike: f64,
    },
}

/// Holds a kept sound against the one that was recorded, at the same rate: the length to the sample, and in each two
/// seconds of each channel the level within 3 dB and the content by its correlation.
///
/// # Errors
/// The first [`Difference`].
pub fn compare<R, K>(raw: &mut R, kept: &mut K) -> Result<(), Difference>
where
    R: Sound<Error = Infallible>,
    K: Sound<Error = io::Error>,
{
    if raw.samples() != kept.samples() || raw.rate() != kept.rate() {
        return Err(Difference::Length { raw_ms: raw.duration_ms(), kept_ms: kept.duration_ms() });
    }
    let block_ms = raw.block_samples() * 1000 / u64::from(raw.rate());
    for number in 0..raw.blocks() {
        let Ok((left, right)) = raw.block(number);
        let (kept_left, kept_right) = kept.block(number)?;
        for (channel, raw, kept) in [(0, left, kept_left), (1, right, kept_right)] {
            check(channel, number * block_ms, raw, kept)?;
        }
    }
    Ok(())
}

fn check(channel: u8, at_ms: u64, raw: &[i16], kept: &[i16]) -> Result<(), Difference> {
    let sum = |a: &[i16], b: &[i16]| a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>();
    let level = |pcm: &[i16]| (sum(pcm, pcm) / pcm.len().max(1) as f64).sqrt();
    let (raw_level, kept_level) = (level(raw), level(kept));
    let alike = sum(raw, kept) / (sum(raw, raw) * sum(kept, kept)).sqrt().max(1.0);
    let is_good = if raw_level < LOUD {
        kept_level < QUIET_MOST
    } else {
        let factor = kept_level / raw_level;
        (LEVEL_FACTOR.recip()..LEVEL_FACTOR).contains(&factor) && alike >= LEAST_ALIKE
    };
    if is_good && raw.len() == kept.len() {
        return Ok(());
    }
    Err(Difference::Content { at_ms, channel, raw: raw_level, kept: kept_level, alike })
}
