//! Loudness and ends of what people upload, after the manner of the prompts that ship: speech at −18 dBFS while there is
//! speech, music at −23, peaks below −2, and short ends.

use super::BANK_RATE;

/// Level of speech while there is speech, and of music, in dBFS.
const SPEECH_DBFS: f32 = -18.0;
const MUSIC_DBFS: f32 = -23.0;
/// Highest peak, as a part of full scale: −2 dBFS.
const CEILING: f32 = 0.794;
/// More than this is noise that is made loud, in dB.
const MAX_GAIN_DB: f32 = 36.0;
/// Below this nothing is to be heard, in dBFS.
const SILENCE_DBFS: f32 = -60.0;
/// Silence before and after speech, and how much of it is the recording's own, in milliseconds.
const LEAD_MS: usize = 60;
const TAIL_MS: usize = 120;
const OWN_LEAD_MS: usize = 20;
const OWN_TAIL_MS: usize = 40;
/// How long an end is faded, in milliseconds.
const FADE_MS: usize = 8;
/// Frames by which levels are measured, in samples: 20 ms, and 5 ms where ends are looked for.
const FRAME: usize = ms(20);
const FINE_FRAME: usize = ms(5);
/// What is this much below the loudest frame is no speech, in dB.
const PAUSE_BELOW_DB: f32 = 25.0;
const END_BELOW_DB: f32 = 42.0;
/// A room's noise, the level that a tenth of the frames stay below, counts as silence up to this much above it, and
/// never up to this much below the loudest, in dB.
const NOISE_MARGIN_DB: f32 = 8.0;
const NOISE_BELOW_DB: f32 = 20.0;
/// How far a peak's neighbourhood is turned down with it, in samples: 4 ms.
const REACH: usize = ms(4);
/// Levelling moves peaks, and limiting moves the level: after so many rounds both are right.
const ROUNDS: usize = 3;
/// Rumble below this is cut, in Hz: no telephone carries it, and it would cost level.
const RUMBLE_HZ: f32 = 90.0;

const fn ms(ms: usize) -> usize {
    BANK_RATE as usize * ms / 1000
}

/// Nothing is to be heard.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Silent;

/// Speech at [`BANK_RATE`] as it is played.
pub(super) fn master_speech(samples: &[i16]) -> Result<Vec<i16>, Silent> {
    let mut wave = without_rumble(samples);
    wave = trim(&wave)?;
    level(&mut wave, SPEECH_DBFS)?;
    let mut out = vec![0; ms(LEAD_MS - OWN_LEAD_MS)];
    out.extend(wave.iter().map(|s| to_i16(*s)));
    out.resize(out.len() + ms(TAIL_MS - OWN_TAIL_MS), 0);
    Ok(out)
}

/// Music at [`BANK_RATE`] as it is played.
pub(super) fn master_music(samples: &[i16]) -> Result<Vec<i16>, Silent> {
    let mut wave: Vec<f32> = samples.iter().map(|s| f32::from(*s) / 32_768.0).collect();
    level(&mut wave, MUSIC_DBFS)?;
    Ok(wave.into_iter().map(to_i16).collect())
}

fn to_i16(sample: f32) -> i16 {
    (sample * 32_768.0).round() as i16
}

/// A high-pass of second order (Butterworth).
fn without_rumble(samples: &[i16]) -> Vec<f32> {
    let k = (std::f32::consts::PI * RUMBLE_HZ / BANK_RATE as f32).tan();
    let norm = 1.0 / (1.0 + std::f32::consts::SQRT_2 * k + k * k);
    let (a1, a2) = (2.0 * (k * k - 1.0) * norm, (1.0 - std::f32::consts::SQRT_2 * k + k * k) * norm);
    let (mut x1, mut x2, mut y1, mut y2) = (0.0, 0.0, 0.0, 0.0);
    let step = |sample: &i16| {
        let x = f32::from(*sample) / 32_768.0;
        let y = norm * (x - 2.0 * x1 + x2) - a1 * y1 - a2 * y2;
        (x2, x1, y2, y1) = (x1, x, y1, y);
        y
    };
    samples.iter().map(step).collect()
}

fn db(power: f32) -> f32 {
    10.0 * (power + 1e-10).log10()
}

fn power(frame: &[f32]) -> f32 {
    frame.iter().map(|s| s * s).sum::<f32>() / frame.len().max(1) as f32
}

fn levels(wave: &[f32], frame: usize) -> Vec<f32> {
    wave.chunks_exact(frame).map(|frame| db(power(frame))).collect()
}

fn loudest(levels: &[f32]) -> Result<f32, Silent> {
    levels.iter().copied().reduce(f32::max).filter(|level| *level > SILENCE_DBFS).ok_or(Silent)
}

/// Cuts the ends down to what a prompt has, faded so that neither clicks.
fn trim(wave: &[f32]) -> Result<Vec<f32>, Silent> {
    let levels = levels(wave, FINE_FRAME);
    let loudest = loudest(&levels)?;
    let mut sorted = levels.clone();
    sorted.sort_by(f32::total_cmp);
    let noise = sorted.get(sorted.len() / 10).copied().unwrap_or(SILENCE_DBFS);
    let floor = (loudest - END_BELOW_DB).max((noise + NOISE_MARGIN_DB).min(loudest - NOISE_BELOW_DB));
    let first = levels.iter().position(|level| *level > floor).ok_or(Silent)?;
    let last = levels.iter().rposition(|level| *level > floor).ok_or(Silent)?;
    let begin = (first * FINE_FRAME).saturating_sub(ms(OWN_LEAD_MS));
    let end = ((last + 1) * FINE_FRAME + ms(OWN_TAIL_MS)).min(wave.len());
    let mut body = wave[begin..end].to_vec();
    let fade = ms(FADE_MS).min(body.len() / 2);
    let length = body.len();
    for at in 0..fade {
        let gain = 0.5 - 0.5 * (std::f32::consts::PI * at as f32 / fade as f32).cos();
        body[at] *= gain;
        body[length - 1 - at] *= gain;
    }
    Ok(body)
}

/// To a level while there is sound, with peaks under [`CEILING`].
fn level(wave: &mut [f32], wanted: f32) -> Result<(), Silent> {
    for _ in 0..ROUNDS {
        let frames: Vec<f32> = wave.chunks(FRAME).map(power).collect();
        let loudest = loudest(&frames.iter().map(|p| db(*p)).collect::<Vec<_>>())?;
        let active: Vec<f32> = frames.into_iter().filter(|p| db(*p) > loudest - PAUSE_BELOW_DB).collect();
        let now = db(active.iter().sum::<f32>() / active.len().max(1) as f32);
        let gain = 10f32.powf((wanted - now).min(MAX_GAIN_DB) / 20.0);
        wave.iter_mut().for_each(|sample| *sample *= gain);
        limit(wave);
    }
    Ok(())
}

/// A limiter that looks ahead: turns down around a peak, smoothly, instead of clipping it.
fn limit(wave: &mut [f32]) {
    if wave.iter().all(|sample| sample.abs() <= CEILING) {
        return;
    }
    let need: Vec<f32> = wave.iter().map(|sample| (CEILING / sample.abs().max(1e-9)).min(1.0)).collect();
    // Held for a reach to both sides, then smoothed over no more than that: at the peak itself the gain is what it needs.
    let held = least_around(&need, REACH);
    let smooth = mean_around(&mean_around(&held, REACH / 2), REACH / 2);
    for ((sample, smooth), need) in wave.iter_mut().zip(smooth).zip(need) {
        *sample *= smooth.min(need);
    }
}

/// The least value within `reach` to both sides.
fn least_around(values: &[f32], reach: usize) -> Vec<f32> {
    // Places of values that may still be the least, in order of place and value.
    let mut waiting = std::collections::VecDeque::new();
    let mut out = Vec::with_capacity(values.len());
    for at in 0..values.len() + reach {
        if let Some(value) = values.get(at) {
            while waiting.back().is_some_and(|last: &usize| values[*last] >= *value) {
                waiting.pop_back();
            }
            waiting.push_back(at);
        }
        let Some(middle) = at.checked_sub(reach) else { continue };
        while waiting.front().is_some_and(|first| first + reach < middle) {
            waiting.pop_front();
        }
        out.push(waiting.front().map_or(1.0, |first| values[*first]));
    }
    out
}

/// The mean within `reach` to both sides; beyond the ends there is gain one.
fn mean_around(values: &[f32], reach: usize) -> Vec<f32> {
    let value = |at: isize| usize::try_from(at).ok().and_then(|at| values.get(at)).copied().map_or(1.0, f64::from);
    let reach = reach as isize;
    let mut sum: f64 = (-reach..=reach).map(value).sum();
    let width = (2 * reach + 1) as f64;
    let mut out = Vec::with_capacity(values.len());
    for at in 0..values.len() as isize {
        out.push((sum / width) as f32);
        sum += value(at + reach + 1) - value(at - reach);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_are_turned_down_and_not_clipped() {
        // Quiet speech with a knock on the table in it.
        let mut wave: Vec<f32> = (0..16_000).map(|n| (n as f32 * 0.17).sin() * 0.2).collect();
        for (n, sample) in wave[8_000..8_040].iter_mut().enumerate() {
            *sample = if n % 2 == 0 { 3.0 } else { -3.0 };
        }
        let before = wave.clone();
        limit(&mut wave);
        assert!(wave.iter().all(|sample| sample.abs() <= CEILING + 1e-4));
        assert_eq!(wave[..7_000], before[..7_000], "what is far from a peak stays as it is");
        assert!(
            wave[8_000..8_040].iter().all(|sample| (sample.abs() - CEILING).abs() < 0.01),
            "the peaks keep their form"
        );
    }

    #[test]
    fn a_rooms_noise_counts_as_silence() {
        let mut seed = 1u32;
        let mut noise = move || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as f32 / 65_536.0 - 0.5
        };
        let room: Vec<f32> = (0..48_000).map(|_| noise() * 0.02).collect();
        let mut wave = room;
        for (n, sample) in wave[16_000..32_000].iter_mut().enumerate() {
            *sample += (n as f32 * 0.17).sin() * 0.3;
        }
        let length = trim(&wave).unwrap().len();
        assert!((16_000..17_500).contains(&length), "{length}");
    }
}
