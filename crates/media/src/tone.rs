//! Tones: sines, call progress tones by country, DTMF pairs, and their measurement by Goertzel's filter.

use crate::FRAME_MS;
use std::f64::consts::TAU;

/// A sine as PCM; `amplitude` of 32767 is full scale.
pub fn sine(frequency: f64, rate: u32, samples: usize, amplitude: f64) -> Vec<i16> {
    (0..samples).map(|n| ((TAU * frequency * n as f64 / f64::from(rate)).sin() * amplitude) as i16).collect()
}

/// Mean power of the component at `frequency` in `pcm`, in squared sample units: a sine alone of amplitude `a` gives
/// about `a²/2`.
pub fn goertzel_power(pcm: &[i16], frequency: f64, rate: u32) -> f64 {
    if pcm.is_empty() {
        return 0.0;
    }
    let coefficient = 2.0 * (TAU * frequency / f64::from(rate)).cos();
    let (mut s1, mut s2) = (0.0, 0.0);
    for &sample in pcm {
        let s0 = f64::from(sample) + coefficient * s1 - s2;
        s2 = s1;
        s1 = s0;
    }
    let magnitude = s1 * s1 + s2 * s2 - coefficient * s1 * s2;
    2.0 * magnitude / (pcm.len() as f64).powi(2)
}

/// One step of a cadence: frequencies that sound together (none: silence) for a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Frequencies in Hz; zero stands for none.
    pub frequencies: [f32; 2],
    /// Length in milliseconds.
    pub ms: u32,
}

/// A tone that a caller knows: a cadence repeated until stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Progress {
    /// The far end rings.
    Ringback,
    /// The far end is busy.
    Busy,
    /// No line or no capacity.
    Congestion,
    /// Ready for digits.
    Dial,
    /// Another call waits.
    CallWaiting,
}

/// Whose tones are played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Country {
    /// China: 450 Hz (GB/T 3380).
    #[default]
    China,
    /// Most of Europe: 425 Hz (ETSI TR 101 041-2).
    Europe,
    /// United Kingdom: 400 and 450 Hz.
    UnitedKingdom,
    /// North America: 350, 440, 480 and 620 Hz.
    NorthAmerica,
    /// Hong Kong: 440 and 480 Hz.
    HongKong,
    /// Japan: 400 Hz.
    Japan,
}

const fn on(a: f32, b: f32, ms: u32) -> Step {
    Step { frequencies: [a, b], ms }
}
const fn off(ms: u32) -> Step {
    Step { frequencies: [0.0, 0.0], ms }
}

/// The cadence of a tone in a country (ITU-T E.180 supplement 2).
pub fn cadence(country: Country, tone: Progress) -> &'static [Step] {
    use {Country as C, Progress as P};
    match (country, tone) {
        (C::China, P::Ringback) => const { &[on(450.0, 0.0, 1000), off(4000)] },
        (C::China, P::Busy) => const { &[on(450.0, 0.0, 350), off(350)] },
        (C::China, P::Congestion) => const { &[on(450.0, 0.0, 700), off(700)] },
        (C::China, P::Dial) => const { &[on(450.0, 0.0, 1000)] },
        (C::China, P::CallWaiting) => const { &[on(450.0, 0.0, 400), off(4000)] },
        (C::Europe, P::Ringback) => const { &[on(425.0, 0.0, 1000), off(4000)] },
        (C::Europe, P::Busy) => const { &[on(425.0, 0.0, 500), off(500)] },
        (C::Europe, P::Congestion) => const { &[on(425.0, 0.0, 250), off(250)] },
        (C::Europe, P::Dial) => const { &[on(425.0, 0.0, 1000)] },
        (C::Europe, P::CallWaiting) => const { &[on(425.0, 0.0, 200), off(600), on(425.0, 0.0, 200), off(3000)] },
        (C::UnitedKingdom, P::Ringback) => {
            const { &[on(400.0, 450.0, 400), off(200), on(400.0, 450.0, 400), off(2000)] }
        }
        (C::UnitedKingdom, P::Busy) => const { &[on(400.0, 0.0, 375), off(375)] },
        (C::UnitedKingdom, P::Congestion) => const { &[on(400.0, 0.0, 400), off(350), on(400.0, 0.0, 225), off(525)] },
        (C::UnitedKingdom, P::Dial) => const { &[on(350.0, 440.0, 1000)] },
        (C::UnitedKingdom, P::CallWaiting) => const { &[on(400.0, 0.0, 100), off(4000)] },
        (C::NorthAmerica, P::Ringback) => const { &[on(440.0, 480.0, 2000), off(4000)] },
        (C::NorthAmerica | C::HongKong, P::Busy) => const { &[on(480.0, 620.0, 500), off(500)] },
        (C::NorthAmerica | C::HongKong, P::Congestion) => const { &[on(480.0, 620.0, 250), off(250)] },
        (C::NorthAmerica | C::HongKong, P::Dial) => const { &[on(350.0, 440.0, 1000)] },
        (C::NorthAmerica | C::HongKong, P::CallWaiting) => const { &[on(440.0, 0.0, 300), off(10_000)] },
        (C::HongKong, P::Ringback) => const { &[on(440.0, 480.0, 400), off(200), on(440.0, 480.0, 400), off(3000)] },
        (C::Japan, P::Ringback) => const { &[on(400.0, 0.0, 1000), off(2000)] },
        (C::Japan, P::Busy | P::Congestion) => const { &[on(400.0, 0.0, 500), off(500)] },
        (C::Japan, P::Dial) => const { &[on(400.0, 0.0, 1000)] },
        (C::Japan, P::CallWaiting) => const { &[on(400.0, 0.0, 500), off(3500)] },
    }
}

/// Level of each tone that we make: −13 dBm0 within a few tenths, below speech so that it does not startle.
const AMPLITUDE: f32 = 5000.0;
/// Rise and fall at each change, in milliseconds: without them each edge clicks.
const RAMP_MS: u32 = 4;

/// Generates a cadence frame by frame.
#[derive(Debug, Clone)]
pub struct ToneSource {
    steps: Vec<Step>,
    repeat: bool,
    rate: u32,
    step: usize,
    /// Samples played of the step.
    position: u32,
    voices: [Oscillator; 2],
}

/// A sine made by one multiplication a sample.
#[derive(Debug, Clone, Copy, Default)]
struct Oscillator {
    coefficient: f64,
    now: f64,
    before: f64,
}

impl Oscillator {
    /// Starts at phase zero; a frequency of zero stays silent.
    fn new(frequency: f32, rate: u32) -> Self {
        let angle = TAU * f64::from(frequency) / f64::from(rate);
        Self { coefficient: 2.0 * angle.cos(), now: 0.0, before: -angle.sin() }
    }

    fn next(&mut self) -> f64 {
        let value = self.now;
        (self.now, self.before) = (self.coefficient * self.now - self.before, self.now);
        value
    }
}

impl ToneSource {
    /// A progress tone, repeated for ever, at `rate` samples a second.
    pub fn progress(country: Country, tone: Progress, rate: u32) -> Self {
        Self::new(cadence(country, tone).to_vec(), true, rate)
    }

    /// A DTMF digit as sound, once. Nothing when `digit` is not one of `0-9 * # A-D`.
    pub fn dtmf(digit: char, ms: u32, rate: u32) -> Option<Self> {
        let (low, high) = dtmf_pair(digit)?;
        Some(Self::new(vec![on(low, high, ms), off(ms)], false, rate))
    }

    /// A short beep: "speak after the tone".
    pub fn beep(rate: u32) -> Self {
        Self::new(vec![on(1000.0, 0.0, 300)], false, rate)
    }

    /// A cadence of one's own.
    pub fn new(steps: Vec<Step>, repeat: bool, rate: u32) -> Self {
        Self { steps, repeat, rate, step: 0, position: 0, voices: Default::default() }
    }

    /// Appends a frame of 20 ms to `out`; `false` when the tone was over before it and nothing was written. A tone
    /// that ends within the frame is filled up with silence.
    pub fn frame(&mut self, out: &mut Vec<i16>) -> bool {
        if self.step >= self.steps.len() {
            return false;
        }
        for _ in 0..self.rate * FRAME_MS / 1000 {
            out.push(self.sample());
        }
        true
    }

    fn sample(&mut self) -> i16 {
        let Some(step) = self.steps.get(self.step).copied() else { return 0 };
        let length = step.ms * self.rate / 1000;
        if self.position == 0 {
            self.voices = step.frequencies.map(|f| Oscillator::new(f, self.rate));
        }
        let sum: f64 = self.voices.iter_mut().map(Oscillator::next).sum();
        // A tone of a single endless step must not pulse.
        let endless = self.repeat && self.steps.len() == 1;
        let ramp = (RAMP_MS * self.rate / 1000) as f32;
        let edge = self.position.min(length.saturating_sub(self.position + 1)) as f32;
        let gain = if endless { 1.0 } else { (edge / ramp).min(1.0) };
        self.position += 1;
        if self.position >= length {
            self.position = 0;
            self.step += 1;
            if self.repeat && self.step == self.steps.len() {
                self.step = 0;
            }
        }
        (sum as f32 * gain * AMPLITUDE) as i16
    }
}

/// Row frequencies of the DTMF keypad, Hz (ITU-T Q.23).
pub const DTMF_ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
/// Column frequencies of the DTMF keypad, Hz (ITU-T Q.23).
pub const DTMF_COLUMNS: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
/// The keypad, row by row.
pub const DTMF_KEYS: [[char; 4]; 4] =
    [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

/// Row and column frequency of a key.
pub fn dtmf_pair(digit: char) -> Option<(f32, f32)> {
    let digit = digit.to_ascii_uppercase();
    DTMF_KEYS.iter().enumerate().find_map(|(row, keys)| {
        let column = keys.iter().position(|&k| k == digit)?;
        Some((DTMF_ROWS[row], DTMF_COLUMNS[column]))
    })
}

/// Comfort noise: low, even noise for a leg that would otherwise hear a dead line. The same seed gives the same noise.
#[derive(Debug, Clone)]
pub struct ComfortNoise {
    state: u32,
    smooth: i32,
}

/// Peak of the comfort noise in sample units: about −65 dBm0, just above nothing.
const NOISE_PEAK: i32 = 24;

impl ComfortNoise {
    /// Noise from a seed.
    pub fn new(seed: u32) -> Self {
        Self { state: seed | 1, smooth: 0 }
    }

    /// Appends `samples` of noise.
    pub fn fill(&mut self, samples: usize, out: &mut Vec<i16>) {
        for _ in 0..samples {
            // Xorshift32: white; one pole makes it softer.
            self.state ^= self.state << 13;
            self.state ^= self.state >> 17;
            self.state ^= self.state << 5;
            let white = (self.state >> 16) as i32 % (2 * NOISE_PEAK + 1) - NOISE_PEAK;
            self.smooth = (self.smooth * 3 + white * 8) / 4;
            out.push((self.smooth / 8) as i16);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rms(pcm: &[i16]) -> f64 {
        (pcm.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / pcm.len() as f64).sqrt()
    }

    #[test]
    fn chinese_ringback_is_450_hz_one_second_in_five() {
        let mut tone = ToneSource::progress(Country::China, Progress::Ringback, 8000);
        let mut pcm = Vec::new();
        for _ in 0..500 {
            assert!(tone.frame(&mut pcm));
        }
        for start_s in [0, 5] {
            let sounding = &pcm[start_s * 8000 + 100..start_s * 8000 + 7900];
            assert!(goertzel_power(sounding, 450.0, 8000) > 0.99 * rms(sounding).powi(2));
            assert_eq!(rms(&pcm[(start_s + 1) * 8000..(start_s + 5) * 8000]), 0.0);
        }
    }

    #[test]
    fn every_tone_of_every_country_sounds_and_does_not_clip() {
        use {Country as C, Progress as P};
        for country in [C::China, C::Europe, C::UnitedKingdom, C::NorthAmerica, C::HongKong, C::Japan] {
            for tone in [P::Ringback, P::Busy, P::Congestion, P::Dial, P::CallWaiting] {
                let mut source = ToneSource::progress(country, tone, 16_000);
                let mut pcm = Vec::new();
                (0..10).for_each(|_| assert!(source.frame(&mut pcm)));
                let level = rms(&pcm[..1600]);
                assert!((2000.0..8000.0).contains(&level), "{country:?} {tone:?} {level}");
                // No step between samples larger than the tone itself makes: no clicks.
                let jump = pcm.windows(2).map(|w| (i32::from(w[0]) - i32::from(w[1])).abs()).max().unwrap();
                assert!(jump < 3000, "{country:?} {tone:?} {jump}");
            }
        }
    }

    #[test]
    fn a_beep_ends() {
        let mut beep = ToneSource::beep(8000);
        let mut pcm = Vec::new();
        while beep.frame(&mut pcm) {}
        assert_eq!(pcm.len(), 2400);
    }

    #[test]
    fn comfort_noise_is_faint_but_there() {
        let mut pcm = Vec::new();
        ComfortNoise::new(5).fill(8000, &mut pcm);
        let level = rms(&pcm);
        assert!((2.0..40.0).contains(&level), "{level}");
    }
}
