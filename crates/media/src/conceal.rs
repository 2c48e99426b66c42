//! Packet-loss concealment for codecs that have none of their own (G.711, G.722): the last pitch period is repeated
//! and faded, in the spirit of ITU-T G.711 Appendix I.

use crate::dsp::dot;

/// Shortest pitch period looked for, in microseconds: 200 Hz and above repeat within it several times.
const MIN_PERIOD_US: usize = 5_000;
/// Longest pitch period: 66 Hz, a deep voice.
const MAX_PERIOD_US: usize = 15_000;
/// Stretch of the past that a period is matched on.
const MATCH_US: usize = 20_000;
/// Most periods that are repeated as one, so that long losses do not buzz.
const MAX_PERIODS: usize = 3;
/// Time at full level before the fade begins.
const HOLD_US: usize = 10_000;
/// Time from the begin of the loss after which nothing is left.
const SILENT_US: usize = 60_000;
/// Most of the cross-fade back to real audio.
const MAX_REJOIN_US: usize = 10_000;

/// Conceals the losses of one stream.
#[derive(Debug, Clone)]
pub struct Concealer {
    rate: usize,
    /// The newest real samples, oldest first.
    history: Vec<i16>,
    /// What is repeated; empty while nothing is lost.
    template: Vec<i16>,
    period: usize,
    position: usize,
    /// Samples concealed in the present loss.
    lost: usize,
}

impl Concealer {
    /// For audio of `rate` samples a second.
    pub fn new(rate: u32) -> Self {
        let rate = rate as usize;
        let length =
            samples(rate, MAX_PERIOD_US * MAX_PERIODS + MAX_PERIOD_US / 4).max(samples(rate, MATCH_US + MAX_PERIOD_US));
        Self { rate, history: vec![0; length + 2], template: Vec::new(), period: 0, position: 0, lost: 0 }
    }

    /// Takes a frame that arrived; after a loss its first milliseconds are faded in over what was made up.
    pub fn received(&mut self, frame: &mut [i16]) {
        if self.lost > 0 {
            let quarter = self.period / 4 + samples(self.rate, 4_000) * self.lost / samples(self.rate, 20_000);
            let rejoin = quarter.min(samples(self.rate, MAX_REJOIN_US)).min(frame.len()).max(1);
            for (i, sample) in frame.iter_mut().take(rejoin).enumerate() {
                let made_up = i32::from(self.next());
                let (old, new) = ((rejoin - i) as i32, i as i32);
                *sample = ((made_up * old + i32::from(*sample) * new) / rejoin as i32) as i16;
            }
            self.lost = 0;
            self.template.clear();
        }
        self.remember(frame);
    }

    /// Appends `count` made-up samples to `out` for a frame that did not arrive.
    pub fn lost(&mut self, count: usize, out: &mut Vec<i16>) {
        let frame = samples(self.rate, 20_000);
        let periods = (self.lost / frame + 1).min(MAX_PERIODS);
        if self.lost == 0 {
            self.period = self.find_period();
            self.position = 0;
        }
        if self.lost == 0 || (self.lost < MAX_PERIODS * frame && self.template.len() != periods * self.period) {
            // A longer template begins where the shorter one stands within its period.
            self.position %= self.period;
            self.make_template(periods);
        }
        for _ in 0..count {
            let sample = self.next();
            out.push(sample);
        }
    }

    fn remember(&mut self, frame: &[i16]) {
        let length = self.history.len();
        if frame.len() >= length {
            self.history.copy_from_slice(&frame[frame.len() - length..]);
        } else {
            self.history.copy_within(frame.len().., 0);
            self.history[length - frame.len()..].copy_from_slice(frame);
        }
    }

    /// The lag at which the newest stretch resembles what was before it most.
    fn find_period(&self) -> usize {
        // At 16 kHz every second sample is enough to find the pitch.
        let stride = (self.rate / 8000).max(1);
        let history: Vec<f32> = self.history.iter().rev().step_by(stride).map(|&s| f32::from(s)).collect();
        let (shortest, longest) = (samples(8000, MIN_PERIOD_US), samples(8000, MAX_PERIOD_US));
        let length = samples(8000, MATCH_US);
        let mut best = (f32::MIN, longest);
        for lag in shortest..=longest {
            let older = &history[lag..lag + length];
            let likeness = dot(&history[..length], older) / f32::sqrt(dot(older, older) + 1.0);
            if likeness > best.0 {
                best = (likeness, lag);
            }
        }
        best.1 * stride
    }

    /// The last periods, with their end bent so that it runs on into their begin.
    fn make_template(&mut self, periods: usize) {
        let length = self.period * periods;
        let end = self.history.len();
        self.template.clear();
        self.template.extend_from_slice(&self.history[end - length..]);
        let quarter = self.period / 4;
        for i in 0..quarter {
            let leaving = i32::from(self.history[end - quarter + i]);
            let entering = i32::from(self.history[end - length - quarter + i]);
            let (old, new) = ((quarter - i) as i32, i as i32);
            self.template[length - quarter + i] = ((leaving * old + entering * new) / quarter as i32) as i16;
        }
    }

    fn next(&mut self) -> i16 {
        let Some(&sample) = self.template.get(self.position) else { return 0 };
        self.position = (self.position + 1) % self.template.len();
        let (hold, silent) = (samples(self.rate, HOLD_US), samples(self.rate, SILENT_US));
        let level = silent.saturating_sub(self.lost.max(hold)) as i32;
        self.lost += 1;
        (i32::from(sample) * level / (silent - hold) as i32) as i16
    }
}

fn samples(rate: usize, us: usize) -> usize {
    rate * us / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::{goertzel_power, sine};

    /// Sends a steady voice-like tone with frames lost at `losses`; returns what is heard.
    fn heard(rate: u32, frequency: f64, losses: &[usize]) -> Vec<i16> {
        let frame = rate as usize / 50;
        let voice = sine(frequency, rate, frame * 20, 10_000.0);
        let mut concealer = Concealer::new(rate);
        let mut out = Vec::new();
        for (i, chunk) in voice.chunks(frame).enumerate() {
            if losses.contains(&i) {
                concealer.lost(frame, &mut out);
            } else {
                let mut chunk = chunk.to_vec();
                concealer.received(&mut chunk);
                out.extend(chunk);
            }
        }
        out
    }

    #[test]
    fn a_lost_frame_of_a_voice_is_hardly_heard() {
        for rate in [8000, 16_000] {
            for frequency in [100.0, 150.0, 187.0, 220.0, 410.0] {
                let out = heard(rate, frequency, &[10]);
                let frame = rate as usize / 50;
                let around = &out[9 * frame..12 * frame];
                let total = around.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / around.len() as f64;
                let tone = goertzel_power(around, frequency, rate);
                assert!(tone > 0.85 * total && total > 3.5e7, "{frequency} Hz at {rate}: {tone} of {total}");
                // No click: no step beyond a few times what the tone itself makes.
                let natural = 10_000.0 * std::f64::consts::TAU * frequency / f64::from(rate);
                let step = around.windows(2).map(|w| (f64::from(w[0]) - f64::from(w[1])).abs()).fold(0.0, f64::max);
                assert!(step < 2.5 * natural + 300.0, "{frequency} Hz at {rate}: step {step}");
            }
        }
    }

    #[test]
    fn a_long_loss_fades_to_silence_and_the_voice_returns() {
        let out = heard(8000, 200.0, &[8, 9, 10, 11, 12]);
        let level = |frame: usize| out[frame * 160..(frame + 1) * 160].iter().map(|s| s.unsigned_abs()).max().unwrap();
        assert!(level(8) > 8000);
        assert!(level(9) < level(8) && level(10) < level(9));
        assert_eq!(level(12), 0);
        assert!(level(14) > 9900);
    }

    #[test]
    fn losses_before_any_audio_are_silence() {
        let mut concealer = Concealer::new(8000);
        let mut out = Vec::new();
        concealer.lost(160, &mut out);
        assert_eq!(out, vec![0; 160]);
    }
}
