//! Change of sampling rate. The live path only ever doubles or halves (8 and 16 kHz); files come at any rate.

use super::CodecError;
use std::sync::OnceLock;

/// Half of the half-band filter's length: 2 × 12 non-trivial taps give 60 dB beyond 4.6 kHz at a delay of 1.5 ms.
const HALF: usize = 12;

/// The odd taps of a half-band low-pass; all even ones but the middle (0.5) are zero. Symmetric, so half suffices.
fn taps() -> &'static [f32; HALF] {
    static TAPS: OnceLock<[f32; HALF]> = OnceLock::new();
    TAPS.get_or_init(|| {
        let mut taps = [0.0; HALF];
        let length = (4 * HALF) as f64;
        let mut sum = 0.0;
        for (i, tap) in taps.iter_mut().enumerate() {
            let n = (2 * i + 1) as f64;
            let sinc = (std::f64::consts::PI * n / 2.0).sin() / (std::f64::consts::PI * n);
            // Blackman window: side lobes below what 16 bits of speech show.
            let phase = 2.0 * std::f64::consts::PI * (n / length);
            let window = 0.42 + 0.5 * phase.cos() + 0.08 * (2.0 * phase).cos();
            *tap = (sinc * window) as f32;
            sum += *tap;
        }
        // Unity at 0 Hz: the odd taps of both sides sum to one half.
        taps.map(|t| t * 0.25 / sum)
    })
}

/// Resamples a stream frame by frame, keeping its filter's memory between frames.
pub struct Resampler {
    kind: Kind,
}

enum Kind {
    Same,
    Double(History),
    Halve(History),
    Any(Box<audio_codec::BoxedResampler>),
}

/// The newest input samples, oldest first; the taps reach over all of them.
type History = [f32; 4 * HALF];

impl Resampler {
    /// From `from` to `to` samples a second.
    ///
    /// # Errors
    /// [`CodecError::Library`] for a rate of zero.
    pub fn new(from: u32, to: u32) -> Result<Self, CodecError> {
        let kind = if from == to {
            Kind::Same
        } else if from * 2 == to {
            Kind::Double([0.0; 4 * HALF])
        } else if from == to * 2 {
            Kind::Halve([0.0; 4 * HALF])
        } else {
            let any = audio_codec::BoxedResampler::new(from as usize, to as usize);
            Kind::Any(Box::new(any.map_err(|e| CodecError::Library(e.to_string()))?))
        };
        Ok(Self { kind })
    }

    /// Whether samples pass through unchanged.
    pub fn is_identity(&self) -> bool {
        matches!(self.kind, Kind::Same)
    }

    /// Resamples `input` and appends to `out`. Frames of 20 ms give frames of 20 ms. When halving, `input` must hold
    /// an even number of samples; an odd last one is dropped.
    pub fn process(&mut self, input: &[i16], out: &mut Vec<i16>) {
        match &mut self.kind {
            Kind::Same => out.extend_from_slice(input),
            Kind::Double(history) => double(history, input, out),
            Kind::Halve(history) => halve(history, input, out),
            Kind::Any(any) => {
                let start = out.len();
                out.resize(start + any.max_output_samples(input.len()), 0);
                let n = any.resample_into(input, &mut out[start..]).unwrap_or(0);
                out.truncate(start + n);
            }
        }
    }
}

fn to_i16(value: f32) -> i16 {
    // `as` saturates.
    value.round() as i16
}

/// Inserts between each two samples the value that the half-band filter finds there.
fn double(history: &mut History, input: &[i16], out: &mut Vec<i16>) {
    let taps = taps();
    out.reserve(input.len() * 2);
    for &sample in input {
        shift(history, f32::from(sample));
        // The last 2 × HALF samples surround the new point; the one left of it is given out as it is.
        let window = &history[2 * HALF..];
        let mut sum = 0.0;
        for (i, tap) in taps.iter().enumerate() {
            sum += tap * (window[HALF - 1 - i] + window[HALF + i]);
        }
        out.push(to_i16(window[HALF - 1]));
        out.push(to_i16(sum * 2.0));
    }
}

/// Filters to half the band and keeps every second sample.
fn halve(history: &mut History, input: &[i16], out: &mut Vec<i16>) {
    let taps = taps();
    out.reserve(input.len() / 2);
    for pair in input.chunks_exact(2) {
        shift(history, f32::from(pair[0]));
        shift(history, f32::from(pair[1]));
        let centre = 2 * HALF;
        let mut sum = 0.5 * history[centre];
        for (i, tap) in taps.iter().enumerate() {
            let n = 2 * i + 1;
            sum += tap * (history[centre - n] + history[centre + n]);
        }
        out.push(to_i16(sum));
    }
}

fn shift(history: &mut History, sample: f32) {
    history.copy_within(1.., 0);
    history[4 * HALF - 1] = sample;
}

/// Resamples a whole recording at once, without the filter's delay at its start and without losing its end.
///
/// # Errors
/// [`CodecError::Library`] for a rate of zero.
pub fn resample_all(input: &[i16], from: u32, to: u32) -> Result<Vec<i16>, CodecError> {
    if from == to {
        return Ok(input.to_vec());
    }
    let mut resampler = Resampler::new(from, to)?;
    let wanted = (input.len() as u64 * u64::from(to) / u64::from(from)) as usize;
    let delay = match resampler.kind {
        Kind::Double(_) => 2 * HALF,
        Kind::Halve(_) => HALF - 1,
        // The library's filter reaches over 24 input samples.
        _ => 23 * to as usize / (2 * from as usize),
    };
    let mut out = Vec::with_capacity(wanted + delay);
    resampler.process(input, &mut out);
    // Silence pushes the filter's memory out.
    resampler.process(&vec![0; (2 * HALF + 4 * HALF * from as usize / to as usize) & !1], &mut out);
    out.drain(..delay.min(out.len()));
    out.resize(wanted, 0);
    Ok(out)
}
