//! Sentences that were spoken before.

use std::collections::{HashMap, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::{Error, Say, Speaker, Spoken};

/// Remembers what a speaker said, up to a bound of samples; the oldest goes first. Only what was said to its end is
/// kept.
#[derive(Debug)]
pub struct Cache {
    sentences: HashMap<Key, Arc<(Spoken, Vec<i16>)>>,
    order: VecDeque<Key>,
    samples: usize,
    limit: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    text: types::Private<String>,
    language: crate::Language,
    voice: Option<String>,
    /// The bits of the pace: the same pace is written the same way.
    pace: u32,
}

impl Key {
    fn of(say: &Say) -> Self {
        let voice = say.voice.clone();
        Self { text: say.text.clone(), language: say.language, voice, pace: say.pace.to_bits() }
    }
}

impl Cache {
    /// A cache of at most `limit` samples in all.
    pub fn new(limit: usize) -> Self {
        Self { sentences: HashMap::new(), order: VecDeque::new(), samples: 0, limit }
    }

    /// Says it from memory, or by `speaker`.
    ///
    /// # Errors
    /// Those of the speaker.
    pub fn say(
        &mut self,
        speaker: &mut dyn Speaker,
        say: &Say,
        out: &mut dyn FnMut(&[i16]) -> ControlFlow<()>,
    ) -> Result<Spoken, Error> {
        let key = Key::of(say);
        if let Some(known) = self.sentences.get(&key).cloned() {
            let _ = out(&known.1);
            return Ok(known.0.clone());
        }
        let (mut all, mut broken_off) = (Vec::new(), false);
        let spoken = speaker.say(say, &mut |samples| {
            all.extend_from_slice(samples);
            let flow = out(samples);
            broken_off |= flow.is_break();
            flow
        })?;
        if !broken_off {
            self.keep(key, spoken.clone(), all);
        }
        Ok(spoken)
    }

    fn keep(&mut self, key: Key, spoken: Spoken, samples: Vec<i16>) {
        if samples.len() > self.limit {
            return;
        }
        self.samples += samples.len();
        self.order.push_back(key.clone());
        self.sentences.insert(key, Arc::new((spoken, samples)));
        while self.samples > self.limit {
            let Some(gone) = self.order.pop_front().and_then(|oldest| self.sentences.remove(&oldest)) else { return };
            self.samples -= gone.1.len();
        }
    }
}
