//! Change of sampling rate. The live path only ever doubles or halves (8 and 16 kHz); files come at any rate.

use super::CodecError;
use crate::dsp::dot;
use std::f64::consts::PI;
use std::sync::OnceLock;

/// Half of the half-band filter's length: 2 × 12 non-trivial taps give 60 dB beyond 4.6 kHz at a delay of 1.5 ms.
const HALF: usize = 12;
/// Input samples that the filter reaches over: a window begins at each.
const REACH: usize = 4 * HALF;
/// The sample of a window that the filter is centred on.
const CENTRE: usize = REACH / 2;

/// A half-band low-pass: all even taps but the middle (0.5) are zero.
struct Filter {
    /// The taps around a point between two samples, for doubling.
    between: [f32; 2 * HALF],
    /// All taps with the zeros among them, for halving; the last is padding.
    whole: [f32; REACH],
}

fn filter() -> &'static Filter {
    static FILTER: OnceLock<Filter> = OnceLock::new();
    FILTER.get_or_init(|| {
        // One side; the other is its mirror image.
        let mut side = [0.0; HALF];
        for (i, tap) in side.iter_mut().enumerate() {
            let n = (2 * i + 1) as f64;
            let sinc = (PI * n / 2.0).sin() / (PI * n);
            // Blackman window: side lobes below what 16 bits of speech show.
            let phase = 2.0 * PI * n / REACH as f64;
            *tap = sinc * (0.42 + 0.5 * phase.cos() + 0.08 * (2.0 * phase).cos());
        }
        // Unity at 0 Hz: the odd taps of both sides sum to one half.
        let scale = 0.25 / side.iter().sum::<f64>();
        let mut filter = Filter { between: [0.0; 2 * HALF], whole: [0.0; REACH] };
        filter.whole[CENTRE] = 0.5;
        for (i, tap) in side.into_iter().enumerate() {
            let tap = tap * scale;
            filter.between[HALF - 1 - i] = (2.0 * tap) as f32;
            filter.between[HALF + i] = (2.0 * tap) as f32;
            filter.whole[CENTRE - 1 - 2 * i] = tap as f32;
            filter.whole[CENTRE + 1 + 2 * i] = tap as f32;
        }
        filter
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

/// The newest input samples, oldest first, that the next frame's windows begin in.
struct History(Vec<f32>);

impl History {
    fn new() -> Self {
        Self(vec![0.0; REACH - 1])
    }

    fn extend(&mut self, input: &[i16]) {
        self.0.extend(input.iter().map(|&s| f32::from(s)));
    }

    /// Keeps what the next windows need.
    fn trim(&mut self) {
        let done = self.0.len() - (REACH - 1);
        self.0.drain(..done);
    }
}

impl Resampler {
    /// From `from` to `to` samples a second.
    ///
    /// # Errors
    /// [`CodecError::Library`] for a rate of zero.
    pub fn new(from: u32, to: u32) -> Result<Self, CodecError> {
        let kind = if from == to {
            Kind::Same
        } else if from * 2 == to {
            Kind::Double(History::new())
        } else if from == to * 2 {
            Kind::Halve(History::new())
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
    // Rounds without a call into the mathematics library; `as` saturates.
    (value + 0.5f32.copysign(value)) as i16
}

/// Inserts between each two samples the value that the half-band filter finds there.
fn double(history: &mut History, input: &[i16], out: &mut Vec<i16>) {
    let filter = filter();
    history.extend(input);
    out.reserve(input.len() * 2);
    for window in history.0.windows(REACH) {
        // The newest half surrounds the new point; the sample left of it is given out as it is.
        let around = &window[CENTRE..];
        out.push(to_i16(around[HALF - 1]));
        out.push(to_i16(dot(&filter.between, around)));
    }
    history.trim();
}

/// Filters to half the band and keeps every second sample.
fn halve(history: &mut History, input: &[i16], out: &mut Vec<i16>) {
    let filter = filter();
    history.extend(&input[..input.len() & !1]);
    out.reserve(input.len() / 2);
    out.extend(history.0.windows(REACH).skip(1).step_by(2).map(|window| to_i16(dot(&filter.whole, window))));
    history.trim();
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
