//! Live sound on its way to the worker, and sentences that were said before.

use std::ops::ControlFlow;

use proptest::prelude::*;
use speech::{Cache, Error, Language, Piece, Pipe, Say, Speaker, Spoken};

/// 20 ms at 16 kHz.
const FRAME: usize = 320;

proptest! {
    #[test]
    fn what_had_to_go_is_marked(pushes in proptest::collection::vec(1_usize..12, 1..20), limit in 1_usize..8) {
        let mut pipe = Pipe::new(limit);
        let (mut at_ms, mut out_ms) = (0, 0);
        for count in pushes {
            for _ in 0..count {
                pipe.push(at_ms, vec![0; FRAME]);
                at_ms += 20;
                prop_assert!(pipe.len() <= limit);
            }
            while let Some(piece) = pipe.pop() {
                match piece {
                    Piece::Sound { at_ms, samples } => {
                        prop_assert_eq!(at_ms, out_ms, "sound at another time than what came before it says");
                        prop_assert_eq!(samples.len(), FRAME);
                        out_ms += 20;
                    }
                    Piece::Gap { ms } => out_ms += ms,
                }
            }
            prop_assert_eq!(out_ms, at_ms, "sound and gaps make up the whole");
        }
    }
}

/// Says a text by as many samples as it has bytes, in pieces of two.
#[derive(Default)]
struct Parrot {
    said: usize,
}

impl Speaker for Parrot {
    fn say(&mut self, say: &Say, out: &mut dyn FnMut(&[i16]) -> ControlFlow<()>) -> Result<Spoken, Error> {
        self.said += 1;
        let all: Vec<i16> = say.text.reveal().bytes().map(i16::from).collect();
        let mut samples = 0;
        for piece in all.chunks(2) {
            samples += piece.len() as u64;
            if out(piece).is_break() {
                break;
            }
        }
        Ok(Spoken { voice: "parrot".into(), samples })
    }
}

fn say(cache: &mut Cache, parrot: &mut Parrot, text: &str) -> usize {
    let mut heard = 0;
    let mut take = |samples: &[i16]| {
        heard += samples.len();
        ControlFlow::Continue(())
    };
    cache.say(parrot, &Say::plain(text, Language::En), &mut take).expect("said");
    heard
}

#[test]
fn a_sentence_is_made_once_and_the_oldest_goes_first() {
    let (mut cache, mut parrot) = (Cache::new(10), Parrot::default());
    assert_eq!(say(&mut cache, &mut parrot, "hello"), 5);
    assert_eq!(say(&mut cache, &mut parrot, "hello"), 5);
    assert_eq!(parrot.said, 1);
    assert_eq!(say(&mut cache, &mut parrot, "there!"), 6, "no room for both");
    say(&mut cache, &mut parrot, "hello");
    assert_eq!(parrot.said, 3);
    say(&mut cache, &mut parrot, "longer than the cache");
    say(&mut cache, &mut parrot, "hello");
    assert_eq!(parrot.said, 4, "what does not fit drives nothing out");
}

#[test]
fn half_a_sentence_is_not_kept() {
    let (mut cache, mut parrot) = (Cache::new(100), Parrot::default());
    cache.say(&mut parrot, &Say::plain("hello", Language::En), &mut |_| ControlFlow::Break(())).expect("said");
    assert_eq!(say(&mut cache, &mut parrot, "hello"), 5);
    assert_eq!(parrot.said, 2);
}
