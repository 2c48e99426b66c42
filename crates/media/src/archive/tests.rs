use std::convert::Infallible;
use std::io::{Cursor, Read};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::render::{Sound, wav_len, wav_read};
use crate::tone::{goertzel_power, sine};

/// Two channels in memory.
struct Pcm {
    left: Vec<i16>,
    right: Vec<i16>,
}

impl Sound for Pcm {
    type Error = Infallible;

    fn rate(&self) -> u32 {
        ARCHIVE_RATE
    }

    fn samples(&self) -> u64 {
        self.left.len() as u64
    }

    fn block(&mut self, number: u64) -> Result<(&[i16], &[i16]), Infallible> {
        let length = self.left.len();
        let first = ((number * self.block_samples()) as usize).min(length);
        let end = (first + self.block_samples() as usize).min(length);
        Ok((&self.left[first..end], &self.right[first..end]))
    }
}

fn noise(seed: u64, samples: usize, loud: i16) -> Vec<i16> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..samples).map(|_| rng.random_range(-loud..=loud)).collect()
}

/// A call: a tone and silence in turn on the left, noise on the right from the fifth second on.
fn call(samples: usize) -> Pcm {
    let mut left = sine(440.0, ARCHIVE_RATE, samples, 8000.0);
    for (at, sample) in left.iter_mut().enumerate() {
        if (at / 48_000) % 2 == 1 {
            *sample = 0;
        }
    }
    let mut right = noise(1, samples, 6000);
    let quiet = samples.min(80_000);
    right[..quiet].fill(0);
    Pcm { left, right }
}

fn archived(sound: Pcm) -> Vec<u8> {
    let mut bytes = Vec::new();
    OpusReader::new(sound, &["TITLE=a call".to_owned()]).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn open(bytes: &[u8], rate: u32) -> OpusFile<Cursor<Vec<u8>>> {
    OpusFile::open(Cursor::new(bytes.to_vec()), rate).unwrap()
}

#[test]
fn what_is_kept_is_what_was_recorded_at_any_length() {
    for samples in [0, 1, 319, 320, 15_999, 16_000, 32_001, 200_123] {
        let bytes = archived(call(samples));
        let mut kept = open(&bytes, ARCHIVE_RATE);
        compare(&mut call(samples), &mut kept).unwrap_or_else(|e| panic!("{samples}: {e}"));
        assert_eq!(open(&bytes, 8000).samples(), samples as u64 / 2);
    }
}

#[test]
fn a_voice_that_ends_just_before_the_end_is_kept() {
    // Silence for as short as the coder rings on, at the start of the last two seconds.
    for rest in [8, 40, 160, 640, 1_600] {
        let mut left = sine(2_000.0, ARCHIVE_RATE, 96_000 + rest, 16_000.0);
        left[96_000..].fill(0);
        let sound = || Pcm { right: left.clone(), left: left.clone() };
        let mut kept = open(&archived(sound()), ARCHIVE_RATE);
        compare(&mut sound(), &mut kept).unwrap_or_else(|e| panic!("{rest}: {e}"));
    }
}

#[test]
fn any_part_is_the_same_bytes_as_the_whole() {
    let bytes = archived(call(250_000));
    let mut whole = vec![0; wav_len(125_000) as usize];
    assert_eq!(wav_read(&mut open(&bytes, 8000), 0, &mut whole).unwrap(), whole.len());
    let mut one = open(&bytes, 8000);
    for from in [400_000, 7, 44, 64_040, 128_001, 499_990] {
        let mut part = vec![0; 5000.min(whole.len() - from)];
        assert_eq!(wav_read(&mut one, from as u64, &mut part).unwrap(), part.len());
        assert!(part == whole[from..from + part.len()], "from {from}");
    }
}

#[test]
fn nothing_of_one_side_is_heard_on_the_other() {
    let tone = Pcm { left: sine(440.0, ARCHIVE_RATE, 64_000, 12_000.0), right: vec![0; 64_000] };
    let mut kept = open(&archived(tone), ARCHIVE_RATE);
    let (left, right) = kept.block(1).unwrap();
    assert!(goertzel_power(left, 440.0, ARCHIVE_RATE) > 1e6);
    assert!(right.iter().all(|s| s.abs() < 8), "{:?}", right.iter().max());
}

#[test]
fn what_differs_is_told() {
    let content = |raw: &mut Pcm, bytes: &[u8]| match compare(raw, &mut open(bytes, ARCHIVE_RATE)) {
        Err(Difference::Content { at_ms, channel, .. }) => (at_ms, channel),
        other => panic!("{other:?}"),
    };
    let bytes = archived(call(160_000));
    let mut swapped = call(160_000);
    std::mem::swap(&mut swapped.left, &mut swapped.right);
    assert_eq!(content(&mut swapped, &bytes), (0, 0));
    let mut muted = call(160_000);
    muted.right[128_000..].fill(0);
    assert_eq!(content(&mut call(160_000), &archived(muted)), (8000, 1));
    let mut other = call(160_000);
    other.right[96_000..].copy_from_slice(&noise(2, 64_000, 6000));
    assert_eq!(content(&mut call(160_000), &archived(other)), (6000, 1));
    let mut late = call(160_000);
    late.right.rotate_right(800);
    late.right[..800].fill(0);
    assert_eq!(content(&mut call(160_000), &archived(late)), (4000, 1));
    let cut = archived(call(150_000));
    assert!(matches!(
        compare(&mut call(160_000), &mut open(&cut, ARCHIVE_RATE)),
        Err(Difference::Length { raw_ms: 10_000, kept_ms: 9375 })
    ));
}

#[test]
fn a_damaged_file_is_an_error_and_no_other_sound() {
    let bytes = archived(call(160_000));
    for at in (200..bytes.len()).step_by(1_733) {
        let mut broken = bytes.clone();
        broken[at] ^= 0x55;
        let told = OpusFile::open(Cursor::new(broken), ARCHIVE_RATE)
            .map_err(Difference::from)
            .and_then(|mut kept| compare(&mut call(160_000), &mut kept));
        assert!(told.is_err(), "byte {at} was changed and nobody noticed");
    }
    for end in [0, 10, 60, 300, bytes.len() / 2, bytes.len() - 1] {
        assert!(OpusFile::open(Cursor::new(bytes[..end].to_vec()), ARCHIVE_RATE).is_err() || end == bytes.len() - 1);
    }
}
