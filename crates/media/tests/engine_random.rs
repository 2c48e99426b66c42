//! Whatever the engine is told and sent, in whatever order: it keeps its promises and never panics.

#[allow(dead_code, reason = "each suite uses a part of the lab")]
mod lab;

use std::net::SocketAddr;

use lab::Lab;
use media::codec::Codec;
use media::engine::{Lane, MediaCommand, MediaEvent, RecordTo};
use proptest::prelude::*;
use types::leg::{Connection, Sound, Tone};
use types::{PlayId, RecordingId};

const PHONES: usize = 4;

#[derive(Clone, Debug)]
enum Step {
    Pass(u64),
    PassSilently(u64),
    Silent(usize),
    Echo(usize),
    Bridge(usize, usize),
    Hear(usize, Vec<(usize, u16)>),
    Play(usize, u8, bool, bool),
    StopPlay(usize),
    Press(usize, u8),
    SendDigits(usize),
    Hold(usize, bool),
    Codec(usize, usize),
    Record(usize),
    Pause(usize, bool),
    StopRecord(usize),
    Rubbish(usize, Vec<u8>),
    Move(usize),
    Destroy(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let p = || 0..PHONES;
    prop_oneof![
        4 => (1u64..30).prop_map(|n| Step::Pass(n * 5)),
        1 => (1u64..400).prop_map(|n| Step::PassSilently(n * 5)),
        1 => p().prop_map(Step::Silent),
        1 => p().prop_map(Step::Echo),
        4 => (p(), p()).prop_map(|(a, b)| Step::Bridge(a, b)),
        2 => (p(), prop::collection::vec((p(), 0u16..3000), 0..4)).prop_map(|(a, l)| Step::Hear(a, l)),
        3 => (p(), 0u8..5, any::<bool>(), any::<bool>()).prop_map(|(a, s, r, b)| Step::Play(a, s, r, b)),
        1 => p().prop_map(Step::StopPlay),
        2 => (p(), 0u8..18).prop_map(|(a, code)| Step::Press(a, code)),
        1 => p().prop_map(Step::SendDigits),
        1 => (p(), any::<bool>()).prop_map(|(a, on)| Step::Hold(a, on)),
        1 => (p(), 0..Codec::ALL.len()).prop_map(|(a, c)| Step::Codec(a, c)),
        1 => p().prop_map(Step::Record),
        1 => (p(), any::<bool>()).prop_map(|(a, on)| Step::Pause(a, on)),
        1 => p().prop_map(Step::StopRecord),
        2 => (p(), prop::collection::vec(any::<u8>(), 0..300)).prop_map(|(a, b)| Step::Rubbish(a, b)),
        1 => p().prop_map(Step::Move),
        1 => p().prop_map(Step::Destroy),
    ]
}

fn sound(kind: u8) -> Sound {
    match kind {
        0 => Sound::Prompt { language: "zh".into(), id: "hello".into() },
        1 => Sound::Music("hold".into()),
        2 => Sound::Tone(Tone::Ringback),
        3 => Sound::Silence(30),
        _ => Sound::Prompt { language: "zh".into(), id: "missing".into() },
    }
}

fn apply(lab: &mut Lab, step: Step, plays: &mut u64) {
    match step {
        Step::Pass(ms) => lab.pass(ms),
        Step::PassSilently(ms) => lab.pass_silently(ms),
        Step::Silent(a) => lab.connect(a, Connection::Silent),
        Step::Echo(a) => lab.connect(a, Connection::Echo),
        Step::Bridge(a, b) => lab.bridge(a, b),
        Step::Hear(a, list) => {
            let list = list.into_iter().map(|(b, gain)| (lab.leg(b), gain)).collect();
            lab.connect(a, Connection::Hear(list));
        }
        Step::Play(a, kind, repeat, barge_in) => {
            *plays += 1;
            let sounds = [sound(kind), sound(kind / 2)].into();
            lab.tell(MediaCommand::Play {
                leg: lab.leg(a),
                play: PlayId(*plays),
                tenant: None,
                sounds,
                repeat,
                barge_in,
            });
        }
        Step::StopPlay(a) => lab.tell(MediaCommand::StopPlay(lab.leg(a))),
        Step::Press(a, code) => lab.press(a, code),
        Step::SendDigits(a) => lab.tell(MediaCommand::SendDigits { leg: lab.leg(a), digits: "12x#".into() }),
        Step::Hold(a, on) => lab.configure(a, |m| (m.send, m.receive) = (!on, !on)),
        Step::Codec(a, c) => lab.configure(a, |m| {
            m.codec = Codec::ALL[c];
            (m.send_type, m.receive_type) = (m.codec.default_payload_type(), m.codec.default_payload_type());
        }),
        Step::Record(a) => {
            let to = RecordTo {
                tenant: types::TenantId(1),
                recording: RecordingId(1),
                channel: 0,
                path: std::path::Path::new("track").into(),
                origin: lab.now.mono,
                hush: None,
            };
            lab.tell(MediaCommand::Record { leg: lab.leg(a), to: Box::new(to) });
        }
        Step::Pause(a, pause) => lab.tell(MediaCommand::PauseRecord { leg: lab.leg(a), pause }),
        Step::StopRecord(a) => lab.tell(MediaCommand::StopRecord(lab.leg(a))),
        Step::Rubbish(a, bytes) => {
            let from = lab.phones[a].from;
            lab.packet(a as u32, Lane::Rtp, from, &bytes);
            lab.packet(a as u32, Lane::Rtcp, SocketAddr::new(from.ip(), from.port() + 1), &bytes);
        }
        Step::Move(a) => {
            if let Some(moving) = lab.engine.release(lab.leg(a)) {
                lab.engine.adopt(lab.now.mono, moving, a as u32);
            }
        }
        Step::Destroy(a) => lab.tell(MediaCommand::Destroy(lab.leg(a))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn promises_are_kept_in_any_order(steps in prop::collection::vec(step(), 1..60)) {
        let mut lab = Lab::with(&[Codec::Pcma, Codec::Pcma, Codec::Pcmu, Codec::G722]);
        for (i, phone) in lab.phones.iter_mut().enumerate() {
            phone.voice = Some(300.0 + 200.0 * i as f64);
        }
        let mut plays = 0;
        for step in steps {
            apply(&mut lab, step, &mut plays);
        }
        let told: Vec<u64> = lab.events.iter().filter_map(|e| match e {
            MediaEvent::Ended { leg, .. } => Some(leg.0),
            _ => None,
        }).collect();
        for phone in 0..PHONES {
            let leg = lab.leg(phone);
            lab.tell(MediaCommand::Destroy(leg));
        }
        let ended = lab.events.iter().filter(|e| matches!(e, MediaEvent::Ended { .. })).count();
        prop_assert_eq!(ended, PHONES, "each leg ends once; ended before: {:?}", told);
        let mut done: Vec<u64> = lab.events.iter().filter_map(|e| match e {
            MediaEvent::PlayDone { play, .. } => Some(play.0),
            _ => None,
        }).collect();
        let count = done.len();
        done.sort_unstable();
        done.dedup();
        prop_assert_eq!(done.len(), count, "a playback's end is told once");
        let recorded = lab.tracks.iter().filter(|t| t.last).count();
        let opened = lab.tracks.iter().map(|t| t.leg).collect::<std::collections::BTreeSet<_>>().len();
        prop_assert!(recorded >= opened, "a track that was begun is ended");
        prop_assert!(lab.engine.is_empty());
        lab.now = lab.now.after(std::time::Duration::from_secs(2));
        lab.engine.tick(lab.now);
        prop_assert_eq!(lab.engine.next_deadline(), None, "nothing goes on when all are gone");
        prop_assert_eq!(lab.engine.outbox().transmits().len(), 0);
        // What each phone got was sent under one SSRC per clock, and never twice under one number in a row.
        for phone in 0..PHONES {
            for pair in lab.rtp(phone).windows(2) {
                let (a, b) = (&pair[0].header, &pair[1].header);
                prop_assert!(a.ssrc != b.ssrc || a.sequence != b.sequence, "{:?} {:?}", a, b);
            }
        }
    }
}
