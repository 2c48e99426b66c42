//! The frames between server and worker.

use proptest::prelude::*;
use speech::wire::{FRAME_MAX, Reader, Reply, Request, VERSION, WireError, encode};
use speech::{Error, Heard, Hints, Language, Say, Segment, Spoken, Word};
use types::{LegId, Private, TenantId};

fn text() -> impl Strategy<Value = Private<String>> {
    "[a-z您好，。123 ]{0,40}".prop_map(Private::new)
}

fn language() -> impl Strategy<Value = Language> {
    prop_oneof![Just(Language::Zh), Just(Language::En)]
}

fn request() -> impl Strategy<Value = Request> {
    let hints = (proptest::option::of(language()), proptest::collection::vec(text(), 0..5));
    let hints = hints.prop_map(|(language, words)| Hints { language, words });
    prop_oneof![
        any::<u32>().prop_map(|version| Request::Hello { version }),
        (any::<u32>(), any::<u64>(), proptest::option::of(any::<u64>()), hints).prop_map(
            |(stream, tenant, leg, hints)| Request::Hear {
                stream,
                tenant: TenantId(tenant),
                leg: leg.map(LegId),
                hints
            }
        ),
        (any::<u32>(), any::<u64>(), proptest::collection::vec(any::<i16>(), 0..700))
            .prop_map(|(stream, at_ms, samples)| Request::Sound { stream, at_ms, samples }),
        (any::<u32>(), any::<u64>()).prop_map(|(stream, ms)| Request::Gap { stream, ms }),
        any::<u32>().prop_map(|stream| Request::End { stream }),
        (any::<u32>(), any::<u64>(), text(), language(), 0.5_f32..2.0).prop_map(
            |(stream, tenant, text, language, pace)| Request::Say {
                stream,
                tenant: TenantId(tenant),
                say: Say { text, language, voice: None, pace }
            }
        ),
        any::<u32>().prop_map(|stream| Request::Stop { stream }),
    ]
}

fn reply() -> impl Strategy<Value = Reply> {
    let word =
        (any::<u64>(), any::<u64>(), text()).prop_map(|(start_ms, end_ms, text)| Word { start_ms, end_ms, text });
    let segment = (any::<u64>(), any::<u64>(), text(), 0.0_f32..1.0, proptest::collection::vec(word, 0..4))
        .prop_map(|(start_ms, end_ms, text, confidence, words)| Segment { start_ms, end_ms, text, confidence, words });
    prop_oneof![
        (any::<u32>(), segment).prop_map(|(stream, segment)| Reply::Heard { stream, heard: Heard::Final(segment) }),
        (any::<u32>(), any::<u64>(), text())
            .prop_map(|(stream, start_ms, text)| Reply::Heard { stream, heard: Heard::Partial { start_ms, text } }),
        (any::<u32>(), any::<u64>(), any::<u64>()).prop_map(|(stream, cpu_ms, samples)| Reply::Done {
            stream,
            cpu_ms,
            spoken: Some(Spoken { voice: "v".into(), samples })
        }),
        any::<u32>().prop_map(|stream| Reply::Failed { stream, error: Error::input("text", "too long") }),
    ]
}

fn read_all<T: serde::de::DeserializeOwned>(bytes: &[u8], piece: usize) -> Result<Vec<T>, WireError> {
    let (mut reader, mut messages) = (Reader::new(), Vec::new());
    for part in bytes.chunks(piece) {
        reader.push(part);
        while let Some(message) = reader.next()? {
            messages.push(message);
        }
    }
    Ok(messages)
}

proptest! {
    #[test]
    fn messages_come_back_whatever_the_pieces(
        requests in proptest::collection::vec(request(), 1..8),
        replies in proptest::collection::vec(reply(), 1..8),
        piece in 1_usize..3000,
    ) {
        let (mut there, mut back) = (Vec::new(), Vec::new());
        requests.iter().for_each(|message| encode(message, &mut there).unwrap());
        replies.iter().for_each(|message| encode(message, &mut back).unwrap());
        prop_assert_eq!(read_all::<Request>(&there, piece).unwrap(), requests);
        prop_assert_eq!(read_all::<Reply>(&back, piece).unwrap(), replies);
    }

    #[test]
    fn garbage_is_refused_or_waited_for_and_never_taken_in_without_bound(
        bytes in proptest::collection::vec(any::<u8>(), 0..2000),
        piece in 1_usize..500,
    ) {
        let _ = read_all::<Request>(&bytes, piece);
        let _ = read_all::<Reply>(&bytes, piece);
    }
}

#[test]
fn a_frame_that_is_too_long_is_refused_by_both_sides() {
    let long = Request::Sound { stream: 1, at_ms: 0, samples: vec![i16::MIN; FRAME_MAX] };
    let mut out = vec![7];
    assert!(matches!(encode(&long, &mut out), Err(WireError::TooLong(_))));
    assert_eq!(out, [7], "nothing half written");

    let mut reader = Reader::new();
    reader.push(&(FRAME_MAX as u32 + 1).to_le_bytes());
    assert_eq!(reader.next::<Request>(), Err(WireError::TooLong(FRAME_MAX + 1)));
}

#[test]
fn a_message_with_something_behind_it_is_garbled() {
    let mut bytes = Vec::new();
    encode(&Request::Hello { version: VERSION }, &mut bytes).unwrap();
    bytes[0] += 1;
    bytes.push(0);
    let mut reader = Reader::new();
    reader.push(&bytes);
    assert_eq!(reader.next::<Request>(), Err(WireError::Garbled));
}
