//! Detection of DTMF in the audio, for callers whose network sends no events.

use super::Digit;
use crate::tone::{DTMF_COLUMNS, DTMF_KEYS, DTMF_ROWS};

/// Block that is judged at once, in samples at 8 kHz: 12.75 ms, short enough that a 40 ms key holds three whole
/// blocks, long enough to tell 697 from 770 Hz.
const BLOCK: usize = 102;
/// Least mean power of the weaker tone, in squared sample units: about −36 dBm0 (Q.24 asks for −29 at least).
const MIN_POWER: f32 = 60.0 * 60.0;
/// Most that the column may exceed the row (normal twist), as power: 4 dB by Q.24, with room for a bad line.
const NORMAL_TWIST: f32 = 6.3;
/// Most that the row may exceed the column (reverse twist), as power: 8 dB.
const REVERSE_TWIST: f32 = 6.3;
/// The strongest row and column must exceed the other rows and columns by this, as power: 8 dB.
const PEAK: f32 = 6.3;
/// Share of a block's power that the two tones must hold: speech spreads its power.
const SHARE: f32 = 0.75;
/// Second harmonics beyond this share of their tone are a voice's.
const HARMONIC: f32 = 0.2;
/// Blocks in a row that make a press (about 25 ms of tone) or its end.
const CONFIRM: u8 = 2;

/// Detects keys in PCM of 8 or 16 kHz.
#[derive(Debug, Clone)]
pub struct Detector {
    /// Every how manieth sample is taken: DTMF lies below 4 kHz, so 16 kHz audio is averaged down to 8.
    stride: usize,
    pending: Vec<f32>,
    carry: Option<i16>,
    /// Coefficients of the rows, then the columns; and of twice their frequencies.
    fundamentals: [f32; 8],
    harmonics: [f32; 8],
    last: Option<Digit>,
    streak: u8,
    down: Option<Digit>,
}

impl Detector {
    /// `rate` is 8000 or 16000 samples a second.
    pub fn new(rate: u32) -> Self {
        let (mut fundamentals, mut harmonics) = ([0.0; 8], [0.0; 8]);
        for (i, frequency) in DTMF_ROWS.iter().chain(&DTMF_COLUMNS).enumerate() {
            let angle = std::f32::consts::TAU * frequency / 8000.0;
            fundamentals[i] = 2.0 * angle.cos();
            harmonics[i] = 2.0 * (2.0 * angle).cos();
        }
        Self {
            stride: (rate / 8000).max(1) as usize,
            pending: Vec::with_capacity(BLOCK),
            carry: None,
            fundamentals,
            harmonics,
            last: None,
            streak: 0,
            down: None,
        }
    }

    /// Takes audio; `heard` is called with each key at its press, once however long it is held.
    pub fn process(&mut self, pcm: &[i16], mut heard: impl FnMut(Digit)) {
        for &sample in pcm {
            let value = if self.stride == 2 {
                match self.carry.take() {
                    None => {
                        self.carry = Some(sample);
                        continue;
                    }
                    Some(first) => (f32::from(first) + f32::from(sample)) / 2.0,
                }
            } else {
                f32::from(sample)
            };
            self.pending.push(value);
            if self.pending.len() == BLOCK {
                let found = self.judge();
                self.pending.clear();
                if let Some(digit) = self.follow(found) {
                    heard(digit);
                }
            }
        }
    }

    /// Power at eight frequencies, in step with one another.
    fn powers(&self, coefficients: &[f32; 8]) -> [f32; 8] {
        let (mut s1, mut s2) = ([0.0; 8], [0.0; 8]);
        for &sample in &self.pending {
            let s0: [f32; 8] = std::array::from_fn(|i| sample + coefficients[i] * s1[i] - s2[i]);
            (s2, s1) = (s1, s0);
        }
        std::array::from_fn(|i| {
            let magnitude = s1[i] * s1[i] + s2[i] * s2[i] - coefficients[i] * s1[i] * s2[i];
            2.0 * magnitude / (BLOCK * BLOCK) as f32
        })
    }

    fn judge(&self) -> Option<Digit> {
        let total = self.pending.iter().map(|s| s * s).sum::<f32>() / BLOCK as f32;
        // Most blocks end here: silence, or a level that no key has.
        if total < 2.0 * MIN_POWER {
            return None;
        }
        let powers = self.powers(&self.fundamentals);
        let (row, row_power) = strongest(&powers[..4])?;
        let (column, column_power) = strongest(&powers[4..])?;
        let strong = row_power.min(column_power) >= MIN_POWER;
        let level = column_power <= row_power * NORMAL_TWIST && row_power <= column_power * REVERSE_TWIST;
        let alone = row_power + column_power >= SHARE * total;
        if !strong || !level || !alone {
            return None;
        }
        let second = self.powers(&self.harmonics);
        if second[row] > HARMONIC * row_power || second[4 + column] > HARMONIC * column_power {
            return None;
        }
        Digit::from_char(DTMF_KEYS[row][column])
    }

    fn follow(&mut self, found: Option<Digit>) -> Option<Digit> {
        self.streak = if found == self.last { self.streak.saturating_add(1) } else { 1 };
        self.last = found;
        if self.streak < CONFIRM || found == self.down {
            return None;
        }
        self.down = found;
        found
    }
}

/// The strongest of four, if it stands out from the others.
fn strongest(powers: &[f32]) -> Option<(usize, f32)> {
    let (index, &power) = powers.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    powers.iter().enumerate().all(|(i, &p)| i == index || p * PEAK <= power).then_some((index, power))
}
