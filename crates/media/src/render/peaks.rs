//! Peaks for drawing a waveform.

use super::Sound;

/// Lowest and highest sample of each bucket of a channel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Peaks {
    /// The left channel's (lowest, highest).
    pub left: Vec<(i16, i16)>,
    /// The right channel's (lowest, highest).
    pub right: Vec<(i16, i16)>,
}

/// Most buckets that are drawn: the width of a large screen, twice.
pub const MAX_BUCKETS: usize = 8192;

/// Goes through the whole sound once and reduces it to `buckets` (1 to [`MAX_BUCKETS`]) of equal length.
///
/// # Errors
/// As [`Sound::block`].
pub fn peaks<S: Sound>(sound: &mut S, buckets: usize) -> Result<Peaks, S::Error> {
    let buckets = buckets.clamp(1, MAX_BUCKETS);
    let mut peaks = Peaks { left: vec![(0, 0); buckets], right: vec![(0, 0); buckets] };
    let total = sound.samples().max(1);
    for number in 0..sound.blocks() {
        let first = number * sound.block_samples();
        let (left, right) = sound.block(number)?;
        for (side, buckets_of_side) in [(left, &mut peaks.left), (right, &mut peaks.right)] {
            for (i, &sample) in side.iter().enumerate() {
                let bucket = ((first + i as u64) * buckets as u64 / total) as usize;
                let (low, high) = &mut buckets_of_side[bucket];
                *low = sample.min(*low);
                *high = sample.max(*high);
            }
        }
    }
    Ok(peaks)
}
