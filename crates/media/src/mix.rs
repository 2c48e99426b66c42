//! Mixing: every listener hears the others, each at a gain of its own, without wrap-around or hard clipping.

/// Level below which the mix is left exactly as it is; above it the sum is bent towards full scale.
const KNEE: i32 = 24_000;
const FULL: i32 = i16::MAX as i32;

/// Linear gain, 8 bits of fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gain(u16);

impl Gain {
    /// Not heard.
    pub const MUTE: Self = Self(0);
    /// As it is.
    pub const UNITY: Self = Self(256);

    /// A gain of so many decibels, −48 to +12.
    pub fn from_db(db: f32) -> Self {
        Self((256.0 * 10f32.powf(db.clamp(-48.0, 12.0) / 20.0)).round() as u16)
    }

    fn apply(self, sample: i16) -> i32 {
        (i32::from(sample) * i32::from(self.0)) >> 8
    }
}

/// Sums frames for one listener. Reused from frame to frame: it does not allocate once it has its size.
#[derive(Debug, Clone, Default)]
pub struct Mixer {
    sum: Vec<i32>,
    sources: u32,
}

impl Mixer {
    /// An empty mixer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins a frame of so many samples.
    pub fn begin(&mut self, samples: usize) {
        self.sum.clear();
        self.sum.resize(samples, 0);
        self.sources = 0;
    }

    /// Adds a source's frame; what is longer than the frame is left out, what is shorter counts as silence.
    pub fn add(&mut self, pcm: &[i16], gain: Gain) {
        if gain == Gain::MUTE {
            return;
        }
        self.sources += 1;
        if gain == Gain::UNITY {
            self.sum.iter_mut().zip(pcm).for_each(|(sum, &s)| *sum += i32::from(s));
        } else {
            self.sum.iter_mut().zip(pcm).for_each(|(sum, &s)| *sum += gain.apply(s));
        }
    }

    /// Takes a source out again that was added at this gain: a conference sums everybody once, and each listener's
    /// frame is that sum without the listener.
    pub fn subtract(&mut self, pcm: &[i16], gain: Gain) {
        self.sum.iter_mut().zip(pcm).for_each(|(sum, &s)| *sum -= gain.apply(s));
        self.sources = self.sources.saturating_sub(1);
    }

    /// Begins a frame as a copy of another's sum.
    pub fn begin_from(&mut self, other: &Self) {
        self.sum.clone_from(&other.sum);
        self.sources = other.sources;
    }

    /// Appends the mixed frame to `out`.
    pub fn finish(&self, out: &mut Vec<i16>) {
        if self.sources <= 1 {
            out.extend(self.sum.iter().map(|&s| s.clamp(-FULL - 1, FULL) as i16));
        } else {
            out.extend(self.sum.iter().map(|&s| soften(s)));
        }
    }
}

/// Adds `from` onto `onto`, softly limited: the two-party case of a mix.
pub fn add_onto(onto: &mut [i16], from: &[i16]) {
    onto.iter_mut().zip(from).for_each(|(a, &b)| *a = soften(i32::from(*a) + i32::from(b)));
}

/// Linear up to the knee; above it a curve that meets the line's slope and never reaches full scale.
fn soften(sum: i32) -> i16 {
    let over = sum.abs() - KNEE;
    if over <= 0 {
        return sum as i16;
    }
    let room = i64::from(FULL - KNEE);
    let bent = i64::from(KNEE) + i64::from(over) * room / (i64::from(over) + room);
    if sum < 0 { -bent as i16 } else { bent as i16 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::{goertzel_power, sine};

    #[test]
    fn each_listener_hears_all_others_and_not_itself() {
        let voices: Vec<_> = [400.0, 700.0, 1100.0].map(|f| sine(f, 8000, 800, 6000.0)).into();
        let mut all = Mixer::new();
        all.begin(800);
        voices.iter().for_each(|v| all.add(v, Gain::UNITY));
        for (listener, own) in voices.iter().enumerate() {
            let mut mixer = Mixer::new();
            mixer.begin_from(&all);
            mixer.subtract(own, Gain::UNITY);
            let mut out = Vec::new();
            mixer.finish(&mut out);
            for (i, frequency) in [400.0, 700.0, 1100.0].into_iter().enumerate() {
                let power = goertzel_power(&out, frequency, 8000);
                assert_eq!(power > 1e7, i != listener, "listener {listener} at {frequency}: {power}");
            }
        }
    }

    #[test]
    fn a_loud_sum_is_limited_without_wrapping() {
        let loud = sine(500.0, 8000, 800, 32_000.0);
        let mut mixer = Mixer::new();
        mixer.begin(800);
        (0..40).for_each(|_| mixer.add(&loud, Gain::UNITY));
        let mut out = Vec::new();
        mixer.finish(&mut out);
        // Where the voices are positive, the mix is.
        assert!(out.iter().zip(&loud).all(|(o, l)| (*o >= 0) == (*l >= 0)));
        let clipped = out.iter().filter(|s| s.unsigned_abs() >= 32_767).count();
        assert_eq!(clipped, 0);
        assert!(out.iter().any(|s| *s > 30_000));
    }

    #[test]
    fn quiet_sums_and_single_sources_pass_unchanged() {
        let mut mixer = Mixer::new();
        mixer.begin(3);
        mixer.add(&[i16::MIN, i16::MAX, 5], Gain::UNITY);
        mixer.add(&[1, 2, 3], Gain::MUTE);
        let mut out = Vec::new();
        mixer.finish(&mut out);
        assert_eq!(out, [i16::MIN, i16::MAX, 5]);
        let mut onto = [100, -200, 12_000];
        add_onto(&mut onto, &[1, -1, 12_000]);
        assert_eq!(onto, [101, -201, 24_000]);
    }

    #[test]
    fn gains_scale() {
        let mut mixer = Mixer::new();
        mixer.begin(1);
        mixer.add(&[10_000], Gain::from_db(-6.0));
        let mut out = Vec::new();
        mixer.finish(&mut out);
        assert!((i32::from(out[0]) - 5012).abs() < 40, "{}", out[0]);
        assert_eq!(Gain::from_db(0.0), Gain::UNITY);
    }

    #[test]
    fn the_limiter_never_falls_as_the_sum_rises() {
        let mut last = i16::MIN;
        for sum in (-1_000_000..1_000_000).step_by(37) {
            let now = soften(sum);
            assert!(now >= last);
            last = now;
        }
    }
}
