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

/// What is summed up over a stretch of a channel.
#[derive(Clone, Copy, Default)]
struct Stretch {
    samples: usize,
    raw: f64,
    kept: f64,
    both: f64,
}

impl Stretch {
    fn add(&mut self, raw: &[i16], kept: &[i16]) {
        let sum = |a: &[i16], b: &[i16]| a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>();
        self.samples += raw.len();
        self.raw += sum(raw, raw);
        self.kept += sum(kept, kept);
        self.both += sum(raw, kept);
    }

    fn check(&self, channel: u8, at_ms: u64) -> Result<(), Difference> {
        let level = |sum: f64| (sum / self.samples.max(1) as f64).sqrt();
        let (raw, kept) = (level(self.raw), level(self.kept));
        let alike = self.both / (self.raw * self.kept).sqrt().max(1.0);
        let is_good = if raw < LOUD {
            kept < QUIET_MOST
        } else {
            (LEVEL_FACTOR.recip()..LEVEL_FACTOR).contains(&(kept / raw)) && alike >= LEAST_ALIKE
        };
        if is_good { Ok(()) } else { Err(Difference::Content { at_ms, channel, raw, kept, alike }) }
    }
}

/// Holds a kept sound against the one that was recorded, at the same rate: the length to the sample, and in each two
/// seconds of each channel the level within 3 dB and the content by its correlation. What is left at the end is judged
/// together with the two seconds before it: a coder lets what it has just coded ring on for some milliseconds, which are
/// much of a stretch that is as short.
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
    let (blocks, block_samples) = (raw.blocks(), raw.block_samples());
    let block_ms = block_samples * 1000 / u64::from(raw.rate());
    let has_rest = !raw.samples().is_multiple_of(block_samples);
    let (mut stretches, mut first) = ([Stretch::default(); 2], 0);
    for number in 0..blocks {
        let Ok((left, right)) = raw.block(number);
        let (kept_left, kept_right) = kept.block(number)?;
        stretches[0].add(left, kept_left);
        stretches[1].add(right, kept_right);
        if has_rest && number + 2 == blocks {
            continue;
        }
        for (channel, stretch) in (0..).zip(&stretches) {
            stretch.check(channel, first * block_ms)?;
        }
        (stretches, first) = (Default::default(), number + 1);
    }
    Ok(())
}
