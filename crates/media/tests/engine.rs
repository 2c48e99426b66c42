//! The engine as its callers meet it: phones in virtual time around it.

mod lab;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use lab::Lab;
use media::codec::Codec;
use media::engine::{Lane, LegMedia, MediaCommand, MediaEvent, RecordTo, SrtpPair};
use media::prompt::{Pcm, Prompt};
use media::rtp::{self, Header};
use media::srtp::{SdesKey, Suite};
use media::track::{HEADER_LEN, Kind, TrackIndex, frames, read_chunk};
use types::leg::{AudioCodec, Connection, DigitSource, Sound};
use types::{LegId, Mono, PlayId, RecordingId};

const ALAW: Codec = Codec::Pcma;

fn hello() -> Sound {
    Sound::Prompt { language: "zh".into(), id: "hello".into() }
}

fn bye() -> Sound {
    Sound::Prompt { language: "zh".into(), id: "bye".into() }
}

fn play(lab: &mut Lab, phone: usize, play: u64, sounds: &[Sound], repeat: bool, barge_in: bool) {
    let (leg, sounds) = (lab.leg(phone), sounds.into());
    lab.tell(MediaCommand::Play { leg, play: PlayId(play), tenant: None, sounds, repeat, barge_in });
}

fn play_done(lab: &Lab) -> Vec<(u64, bool)> {
    let done = |e: &MediaEvent| match e {
        MediaEvent::PlayDone { play, finished, .. } => Some((play.0, *finished)),
        _ => None,
    };
    lab.events.iter().filter_map(done).collect()
}

fn digits(lab: &Lab) -> Vec<(LegId, char, DigitSource)> {
    let digit = |e: &MediaEvent| match e {
        MediaEvent::Digit { leg, digit, source } => Some((*leg, *digit.reveal(), *source)),
        _ => None,
    };
    lab.events.iter().filter_map(digit).collect()
}

#[test]
fn a_bridge_passes_packets_on_at_once_both_ways_and_without_a_seam() {
    let mut lab = Lab::with(&[ALAW, ALAW]);
    lab.phones[0].voice = Some(400.0);
    lab.phones[1].voice = Some(700.0);
    lab.bridge(0, 1);
    lab.pass(1000);
    for (phone, frequency, other) in [(0, 700.0, 400.0), (1, 400.0, 700.0)] {
        assert_eq!(lab.rtp(phone).len(), 50);
        lab.assert_seamless(phone);
        assert!(lab.level(phone, frequency) > 7000.0);
        assert!(lab.level(phone, other) < 300.0);
        // No tick in between: each packet leaves the moment it came.
        assert!(lab.rtp(phone).iter().all(|got| got.at.as_millis() % 20 == 0));
    }
}

#[test]
fn payload_types_are_the_receivers_own() {
    let mut lab = Lab::with(&[Codec::Opus, Codec::Opus]);
    lab.configure(0, |m| (m.send_type, m.receive_type, m.events) = (96, 96, None));
    lab.configure(1, |m| (m.send_type, m.receive_type) = (120, 121));
    lab.phones[0].header.payload_type = 96;
    lab.phones[0].voice = Some(400.0);
    lab.bridge(0, 1);
    lab.pass(200);
    assert!(lab.rtp(1).iter().all(|got| got.header.payload_type == 120));
    assert_eq!(lab.rtp(1).len(), 10);
}

#[test]
fn header_extensions_are_not_passed_on() {
    let mut lab = Lab::with(&[ALAW, ALAW]);
    lab.bridge(0, 1);
    let mut bytes = vec![0; 12];
    Header { payload_type: 8, sequence: 1, ..Header::default() }.write(&mut bytes);
    bytes[0] |= 0x10;
    bytes.extend([0xbe, 0xde, 0, 1, 1, 2, 3, 4, 0x55, 0x56]);
    let from = lab.phones[0].from;
    lab.packet(0, Lane::Rtp, from, &bytes);
    assert_eq!(lab.rtp(1)[0].payload, [0x55, 0x56]);
}

#[test]
fn a_stranger_neither_speaks_into_a_call_nor_draws_it_to_himself() {
    let mut lab = Lab::with(&[ALAW, ALAW]);
    lab.phones[0].voice = Some(400.0);
    lab.phones[1].voice = Some(700.0);
    lab.bridge(0, 1);
    lab.pass(100);
    lab.forget();
    let stranger: SocketAddr = "203.0.113.66:6666".parse().unwrap();
    for i in 0..100u16 {
        let mut bytes = vec![0xff; 172];
        Header { payload_type: 8, sequence: i, timestamp: u32::from(i) * 160, ssrc: 666, marker: false }
            .write(&mut bytes);
        lab.packet(0, Lane::Rtp, stranger, &bytes);
        // `deliver` asserts that nothing goes to the stranger.
        lab.pass(20);
    }
    assert_eq!(lab.rtp(1).len(), 100);
    lab.assert_seamless(1);
}

#[test]
fn a_phone_behind_nat_is_answered_where_it_speaks_from() {
    let mut lab = Lab::with(&[ALAW, ALAW]);
    // Signalling told a private address; the packets come from the NAT's.
    lab.configure(0, |m| m.remote_rtp = "192.0.2.1:9".parse().unwrap());
    lab.phones[0].voice = Some(400.0);
    lab.phones[1].voice = Some(700.0);
    lab.bridge(0, 1);
    lab.pass(400);
    assert!(lab.rtp(1).len() >= 18, "{}", lab.rtp(1).len());
    assert!(lab.level(0, 700.0) > 7000.0);
}

#[test]
fn each_digit_is_told_once_and_reaches_the_other_side_in_the_stream() {
    let mut lab = Lab::with(&[ALAW, ALAW]);
    lab.configure(1, |m| m.events.as_mut().unwrap().send = 96);
    lab.phones[0].voice = Some(400.0);
    lab.bridge(0, 1);
    lab.pass(100);
    lab.press(0, 5);
    lab.pass(100);
    lab.press(0, 5);
    lab.press(0, 11);
    lab.pass(100);
    let leg = lab.leg(0);
    assert_eq!(digits(&lab), ['5', '5', '#'].map(|d| (leg, d, DigitSource::Rtp)));
    let events: Vec<_> = lab.rtp(1).into_iter().filter(|got| got.header.payload_type == 96).collect();
    assert_eq!(events.len(), 21, "seven packets a press, copies left out");
    assert!(lab.rtp(1).windows(2).all(|w| w[1].header.sequence == w[0].header.sequence.wrapping_add(1)));
}

#[test]
fn a_digit_in_the_audio_is_heard_only_where_events_are_not_agreed_on() {
    for (with_events, expected) in [(false, 1), (true, 0)] {
        let mut lab = Lab::with(&[ALAW]);
        if !with_events {
            lab.configure(0, |m| m.events = None);
        }
        let mut tone = media::tone::ToneSource::dtmf('7', 100, 8000).unwrap();
        let mut encoder = media::codec::Encoder::new(ALAW).unwrap();
        let mut pcm = Vec::new();
        while tone.frame(&mut pcm) {}
        pcm.resize(pcm.len() + 1600, 0);
        for (i, frame) in pcm.chunks(160).enumerate() {
            let mut bytes = vec![0; rtp::HEADER_LEN];
            encoder.encode(frame, &mut bytes).unwrap();
            let i = i as u16;
            Header { payload_type: 8, sequence: i, timestamp: u32::from(i) * 160, ssrc: 1, marker: false }
                .write(&mut bytes);
            let from = lab.phones[0].from;
            lab.packet(0, Lane::Rtp, from, &bytes);
            lab.pass_silently(20);
        }
        assert_eq!(digits(&lab).len(), expected);
        assert!(digits(&lab).iter().all(|d| d.1 == '7' && d.2 == DigitSource::Inband));
    }
}

#[test]
fn a_press_that_comes_as_event_and_as_info_is_one_digit() {
    let mut lab = Lab::with(&[ALAW]);
    let leg = lab.leg(0);
    lab.press(0, 4);
    lab.tell(MediaCommand::DigitByInfo { leg, digit: '4'.into() });
    assert_eq!(digits(&lab), [(leg, '4', DigitSource::Rtp)]);
    lab.pass(2000);
    lab.tell(MediaCommand::DigitByInfo { leg, digit: '4'.into() });
    assert_eq!(digits(&lab)[1..], [(leg, '4', DigitSource::Info)]);
}

#[test]
fn digits_are_sent_as_events_of_100_ms_one_after_the_other() {
    let mut lab = Lab::with(&[ALAW, ALAW]);
    lab.phones[1].voice = Some(700.0);
    lab.bridge(0, 1);
    lab.pass(100);
    lab.tell(MediaCommand::SendDigits { leg: lab.leg(0), digits: "1#".into() });
    lab.pass(1000);
    let mut receiver = media::dtmf::Receiver::new(8000);
    let events = lab.rtp(0).into_iter().filter(|got| got.header.payload_type == 101);
    let heard: Vec<_> = events.map(|got| receiver.packet(&got.header, &got.payload)).collect();
    let started: String = heard.iter().filter_map(|h| h.started).map(|d| d.as_char()).collect();
    let held: Vec<_> = heard.iter().filter_map(|h| h.ended).map(|(_, ms)| ms).collect();
    assert_eq!((started.as_str(), held), ("1#", vec![100, 100]));
    assert!(lab.events.contains(&MediaEvent::DigitsSent(lab.leg(0))));
    lab.assert_seamless(0);
    // The other side's voice comes back after the digits.
    assert_eq!(lab.rtp(0).last().unwrap().header.payload_type, 8);
}

#[test]
fn digits_go_as_sound_to_a_phone_without_events() {
    let mut lab = Lab::with(&[ALAW, ALAW]);
    lab.configure(0, |m| m.events = None);
    lab.bridge(0, 1);
    lab.press(1, 3);
    lab.pass(400);
    let mut found = String::new();
    media::dtmf::Detector::new(8000).process(&lab.heard(0), |digit| found.push(digit.as_char()));
    assert_eq!(found, "3");
}

#[test]
fn a_prompt_plays_to_its_end_and_then_the_bridge_is_heard_again() {
    let mut lab = Lab::with(&[ALAW, ALAW]);
    lab.phones[1].voice = Some(700.0);
    lab.bridge(0, 1);
    lab.pass(100);
    lab.forget();
    play(&mut lab, 0, 1, &[hello(), Sound::Silence(40), bye()], false, false);
    lab.pass(360);
    assert_eq!(play_done(&lab), [(1, true)]);
    // 200 ms, 40 ms and 100 ms; nothing of the other side in between.
    let prompt = lab.heard(0);
    let power = |range: std::ops::Range<usize>, f: f64| media::tone::goertzel_power(&prompt[range], f, 8000);
    assert!(power(320..1280, 500.0) > 1e7 && power(2080..2560, 900.0) > 1e7);
    assert!(power(0..2720, 700.0) < 1e4);
    lab.pass(200);
    lab.assert_seamless(0);
    lab.phones[0].got.drain(..20);
    assert!(lab.level(0, 700.0) > 7000.0);
}

#[test]
fn a_message_is_waited_for_in_silence_and_heard_whenever_it_was_read() {
    let tone: Vec<i16> =
        (0..1600).map(|n| (f64::from(n) * std::f64::consts::FRAC_PI_8).sin()).map(|s| (s * 12_000.0) as i16).collect();
    let clip = Arc::new(Prompt::new(Pcm { rate: 8000, samples: tone }));
    let message = Sound::Message { recording: RecordingId(5), leg: LegId(5) };
    for (sounds, told_at) in [(vec![message.clone(), bye()], 300), (vec![hello(), message], 100)] {
        let mut lab = Lab::with(&[ALAW]);
        play(&mut lab, 0, 1, &sounds, false, false);
        lab.pass(told_at);
        let leg = lab.leg(0);
        lab.tell(MediaCommand::Clip { leg, recording: RecordingId(6), clip: clip.clone() });
        lab.tell(MediaCommand::Clip { leg, recording: RecordingId(5), clip: clip.clone() });
        lab.pass(500);
        assert_eq!(play_done(&lab), [(1, true)]);
        let heard = lab.heard(0);
        let power = |from: usize, f: f64| media::tone::goertzel_power(&heard[from..from + 960], f, 8000);
        // Silence up to the moment at which it was read, or the prompt before it; then 200 ms of it.
        let begins = if told_at == 300 { 2400 } else { 1600 };
        assert!(power(begins + 320, 500.0) > 1e7, "{told_at}");
        assert!(told_at != 300 || power(320, 500.0) < 1e4, "silence before");
    }
}

#[test]
fn a_message_that_cannot_be_read_holds_nothing_up() {
    let mut lab = Lab::with(&[ALAW]);
    let message = Sound::Message { recording: RecordingId(5), leg: LegId(5) };
    play(&mut lab, 0, 1, &[message.clone(), bye()], false, false);
    let (leg, clip) = (lab.leg(0), Arc::new(Prompt::new(Pcm { rate: 8000, samples: Vec::new() })));
    lab.tell(MediaCommand::Clip { leg, recording: RecordingId(5), clip });
    lab.pass(200);
    assert_eq!(play_done(&lab), [(1, true)]);
    play(&mut lab, 0, 2, &[message], false, false);
    lab.pass(5_200);
    assert_eq!(play_done(&lab)[1..], [(2, true)], "nobody reads it at all");
}

#[test]
fn a_list_repeats_until_stopped_and_music_never_ends() {
    for sounds in [vec![hello(), bye()], vec![Sound::Music("hold".into())]] {
        let mut lab = Lab::with(&[Codec::Pcmu]);
        let repeat = sounds.len() > 1;
        play(&mut lab, 0, 9, &sounds, repeat, false);
        lab.pass(3000);
        assert_eq!((play_done(&lab), lab.rtp(0).len()), (vec![], 150));
        lab.assert_seamless(0);
        lab.tell(MediaCommand::StopPlay(lab.leg(0)));
        lab.pass(500);
        assert_eq!((play_done(&lab), lab.rtp(0).len()), (vec![(9, false)], 150));
    }
}

#[test]
fn a_digit_interrupts_only_what_it_may() {
    for (barge_in, expected) in [(true, vec![(3, false)]), (false, vec![])] {
        let mut lab = Lab::with(&[ALAW]);
        play(&mut lab, 0, 3, &[hello()], true, barge_in);
        lab.pass(100);
        lab.press(0, 1);
        assert_eq!((play_done(&lab), digits(&lab).len()), (expected, 1));
    }
}

#[test]
fn a_new_playback_ends_the_old_one_and_for_a_missing_sound_another_is_heard() {
    let mut lab = Lab::with(&[ALAW]);
    play(&mut lab, 0, 1, &[hello()], true, false);
    lab.pass(100);
    lab.forget();
    let missing = Sound::Prompt { language: "en".into(), id: "nothing".into() };
    play(&mut lab, 0, 2, &[missing, bye()], false, false);
    lab.pass(700);
    assert_eq!(play_done(&lab), [(1, false), (2, true)]);
    let told = MediaEvent::SoundMissing { leg: lab.leg(0), name: "en/nothing".into() };
    assert_eq!(lab.events.iter().filter(|e| **e == told).count(), 1);
    assert!(media::tone::goertzel_power(&lab.heard(0)[800..2000], 1000.0, 8000) > 1e7, "no beep in its place");
    // Another language goes before a beep.
    let hello = Sound::Prompt { language: "en".into(), id: "hello".into() };
    lab.forget();
    play(&mut lab, 0, 3, &[hello], false, false);
    lab.pass(200);
    assert!(media::tone::goertzel_power(&lab.heard(0)[320..1280], 500.0, 8000) > 1e7);
}

#[test]
fn each_tenants_callers_hear_its_own_prompts_and_nobody_elses() {
    for (tenant, frequency) in [(None, 500.0), (Some(types::TenantId(7)), 1500.0), (Some(types::TenantId(8)), 500.0)] {
        let mut lab = Lab::with(&[ALAW]);
        let (leg, sounds) = (lab.leg(0), vec![hello()].into());
        lab.tell(MediaCommand::Play { leg, play: PlayId(1), tenant, sounds, repeat: false, barge_in: false });
        lab.pass(200);
        let power = |f: f64| media::tone::goertzel_power(&lab.heard(0)[320..1280], f, 8000);
        assert!(power(frequency) > 1e7 && power(2000.0 - frequency) < 1e4, "{tenant:?}");
    }
}

#[test]
fn every_pair_of_codecs_understands_each_other() {
    for a in Codec::ALL {
        for b in Codec::ALL {
            let mut lab = Lab::with(&[a, b]);
            lab.phones[0].voice = Some(400.0);
            lab.phones[1].voice = Some(700.0);
            lab.bridge(0, 1);
            lab.pass(1200);
            for (phone, own, others) in [(0, 400.0, 700.0), (1, 700.0, 400.0)] {
                let (own, others) = (lab.level(phone, own), lab.level(phone, others));
                assert!(others > 5000.0 && own < 700.0, "{a:?} {b:?} phone {phone}: own {own} other's {others}");
                lab.assert_seamless(phone);
            }
        }
    }
}

#[test]
fn a_far_end_that_changes_its_codec_on_its_own_is_still_understood() {
    let mut lab = Lab::with(&[ALAW, ALAW]);
    lab.configure(0, |m| m.also_received = vec![(0, Codec::Pcmu)]);
    lab.bridge(0, 1);
    lab.phones[0].voice = Some(400.0);
    lab.pass(500);
    let other = lab.add(Codec::Pcmu);
    lab.phones[other].voice = Some(400.0);
    lab.forget();
    for i in 0..50 {
        let mut bytes = lab.speak(other);
        let mut header = rtp::parse(&bytes).unwrap().header;
        header.ssrc = lab.phones[0].header.ssrc;
        header.sequence = lab.phones[0].header.sequence.wrapping_add(i);
        header.timestamp = lab.phones[0].header.timestamp.wrapping_add(u32::from(i) * 160);
        header.write(&mut bytes);
        let from = lab.phones[0].from;
        lab.packet(0, Lane::Rtp, from, &bytes);
        lab.pass_silently(20);
    }
    assert!(lab.level(1, 400.0) > 5000.0, "{}", lab.level(1, 400.0));
}

#[test]
fn in_a_conference_each_hears_the_others_at_the_gain_asked_for() {
    let mut lab = Lab::with(&[ALAW, Codec::Pcmu, Codec::G722]);
    let voices = [400.0, 700.0, 1100.0];
    for (phone, frequency) in voices.into_iter().enumerate() {
        lab.phones[phone].voice = Some(frequency);
    }
    for listener in 0..3 {
        let gain = |source: usize| if source == 2 { 500 } else { 1000 };
        let others = (0..3).filter(|s| *s != listener).map(|s| (lab.leg(s), gain(s))).collect();
        lab.connect(listener, Connection::Hear(others));
    }
    lab.pass(1500);
    for listener in 0..3 {
        for (source, frequency) in voices.into_iter().enumerate() {
            let level = lab.level(listener, frequency);
            let expected = match source {
                s if s == listener => 0.0..500.0,
                2 => 3000.0..4700.0,
                _ => 6500.0..9000.0,
            };
            assert!(expected.contains(&level), "{listener} hears {source} at {level}");
        }
    }
}

#[test]
fn a_supervisor_hears_a_bridge_that_stays_direct_and_is_not_heard() {
    let mut lab = Lab::with(&[ALAW, ALAW, ALAW]);
    for (phone, frequency) in [400.0, 700.0, 1100.0].into_iter().enumerate() {
        lab.phones[phone].voice = Some(frequency);
    }
    lab.bridge(0, 1);
    let both = vec![(lab.leg(0), 1000), (lab.leg(1), 1000)];
    lab.connect(2, Connection::Hear(both));
    lab.pass(1000);
    assert!(lab.level(2, 400.0) > 6000.0 && lab.level(2, 700.0) > 6000.0 && lab.level(2, 1100.0) < 500.0);
    assert!(lab.level(0, 1100.0) < 500.0 && lab.level(1, 1100.0) < 500.0);
    assert!(lab.rtp(1).iter().all(|got| got.at.as_millis() % 20 == 0), "the bridge is not mixed");
    // A whisper to the agent alone.
    let with_whisper = vec![(lab.leg(0), 1000), (lab.leg(2), 1000)];
    lab.connect(1, Connection::Hear(with_whisper));
    lab.connect(0, Connection::Hear(vec![(lab.leg(1), 1000)]));
    lab.forget();
    lab.pass(1000);
    assert!(lab.level(1, 1100.0) > 6000.0 && lab.level(1, 400.0) > 6000.0);
    assert!(lab.level(0, 1100.0) < 500.0 && lab.level(0, 700.0) > 6000.0);
}

#[test]
fn an_echo_comes_back() {
    let mut lab = Lab::with(&[Codec::Opus]);
    lab.phones[0].voice = Some(400.0);
    lab.connect(0, Connection::Echo);
    lab.pass(500);
    assert_eq!(lab.rtp(0).len(), 25);
    assert!(lab.level(0, 400.0) > 5000.0);
}

#[test]
fn a_bridge_ends_for_both_when_one_is_taken_away_or_goes() {
    let mut lab = Lab::with(&[ALAW, ALAW, ALAW]);
    lab.phones.iter_mut().for_each(|p| p.voice = Some(400.0));
    lab.bridge(0, 1);
    lab.pass(100);
    lab.bridge(1, 2);
    lab.forget();
    lab.pass(100);
    assert_eq!([0, 1, 2].map(|p| lab.rtp(p).len()), [0, 5, 5]);
    lab.tell(MediaCommand::Destroy(lab.leg(2)));
    lab.forget();
    lab.pass(100);
    assert_eq!([0, 1].map(|p| lab.rtp(p).len()), [0, 0]);
    assert_eq!(lab.engine.len(), 2);
}

#[test]
fn a_leg_on_hold_is_neither_heard_nor_missed() {
    let mut lab = Lab::with(&[ALAW, ALAW]);
    lab.phones.iter_mut().for_each(|p| p.voice = Some(400.0));
    lab.bridge(0, 1);
    lab.tell(MediaCommand::Watch { leg: lab.leg(0), on: true });
    lab.configure(0, |m| (m.send, m.receive) = (false, false));
    lab.pass(12_000);
    assert_eq!((lab.rtp(0).len(), lab.rtp(1).len()), (0, 0));
    assert!(!lab.events.contains(&MediaEvent::Lost(lab.leg(0))));
    lab.configure(0, |m| (m.send, m.receive) = (true, true));
    lab.pass(100);
    assert_eq!((lab.rtp(0).len(), lab.rtp(1).len()), (5, 5));
}

#[test]
fn a_phone_that_falls_silent_is_told_lost_once_and_back_once() {
    let mut lab = Lab::with(&[ALAW]);
    let leg = lab.leg(0);
    lab.tell(MediaCommand::Watch { leg, on: true });
    lab.phones[0].voice = Some(400.0);
    lab.pass(1000);
    lab.pass_silently(30_000);
    lab.pass(1000);
    let told: Vec<_> =
        lab.events.iter().filter(|e| matches!(e, MediaEvent::Lost(_) | MediaEvent::Back(_))).cloned().collect();
    assert_eq!(told, [MediaEvent::Lost(leg), MediaEvent::Back(leg)]);
}

#[test]
fn reports_go_out_and_the_far_ends_report_ends_in_the_record() {
    let mut lab = Lab::with(&[ALAW, ALAW]);
    lab.phones.iter_mut().for_each(|p| p.voice = Some(400.0));
    lab.bridge(0, 1);
    lab.pass(4000);
    let reports: Vec<_> = lab.phones[0].got.iter().filter(|g| g.lane == Lane::Rtcp).cloned().collect();
    assert_eq!(reports.len(), 1, "the first report comes within 3.75 s");
    // The far end answers: a tenth of our packets is lost, and 100 ms have passed since our report came.
    let ours = &reports[0].payload;
    let (ssrc, ntp_middle) = (&ours[4..8], &ours[10..14]);
    let mut report = vec![0x81, 201, 0, 7, 0, 0, 0, 9];
    report.extend(ssrc);
    report.extend([25, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0]);
    report.extend(ntp_middle);
    let held = (lab.now.mono.0 - reports[0].at.0) * 65_536 / 1_000_000;
    report.extend((held as u32).to_be_bytes());
    lab.pass(40);
    let from = SocketAddr::from(([192, 0, 2, 1], 4001));
    lab.packet(0, Lane::Rtcp, from, &report);
    lab.tell(MediaCommand::Destroy(lab.leg(0)));
    let Some(MediaEvent::Ended { quality: Some(quality), .. }) = lab.events.last() else { panic!("{:?}", lab.events) };
    assert_eq!((quality.received, quality.sent, quality.lost), (202, 202, 0));
    assert_eq!((quality.codec_sent, quality.codec_received), (Some(AudioCodec::Pcma), Some(AudioCodec::Pcma)));
    assert!((quality.rtt_ms.unwrap() - 40.0).abs() < 2.0, "{:?}", quality.rtt_ms);
    assert!((quality.remote_loss_pct.unwrap() - 10.0).abs() < 1.0, "{:?}", quality.remote_loss_pct);
    assert!(quality.mos > 4.0);
    let goodbye = lab.phones[0].got.last().unwrap();
    assert_eq!((goodbye.lane, goodbye.payload.windows(2).any(|w| w == [0x81, 203])), (Lane::Rtcp, true));
}

#[test]
fn a_leg_that_never_had_media_ends_without_quality() {
    let mut lab = Lab::with(&[ALAW]);
    lab.tell(MediaCommand::Destroy(lab.leg(0)));
    assert_eq!(lab.events, [MediaEvent::Ended { leg: lab.leg(0), quality: None }]);
    assert!(lab.phones[0].got.is_empty());
}

fn record(lab: &mut Lab, phone: usize, origin: Mono) {
    let to = RecordTo {
        tenant: types::TenantId(1),
        recording: RecordingId(5),
        channel: 0,
        path: Path::new("track").into(),
        origin,
        hush: None,
    };
    lab.tell(MediaCommand::Record { leg: lab.leg(phone), to: Box::new(to) });
}

/// The chunks of a leg's track as they would lie in its file, and the file.
fn track(lab: &Lab, phone: usize) -> (TrackIndex, Vec<u8>) {
    let ours = lab.tracks.iter().filter(|t| t.leg == lab.leg(phone));
    let file: Vec<u8> = ours.flat_map(|t| t.bytes.clone()).collect();
    (TrackIndex::scan(&file), file)
}

#[test]
fn a_track_holds_what_the_leg_said_within_a_second_and_states_its_pause() {
    let mut lab = Lab::with(&[ALAW, ALAW]);
    lab.phones[0].voice = Some(400.0);
    lab.bridge(0, 1);
    let origin = lab.now.mono;
    record(&mut lab, 0, origin);
    lab.pass(1000);
    assert!(!lab.tracks.is_empty(), "the first chunk is out within a second");
    let leg = lab.leg(0);
    lab.tell(MediaCommand::PauseRecord { leg, pause: true });
    lab.pass(500);
    lab.tell(MediaCommand::PauseRecord { leg, pause: false });
    lab.pass(500);
    lab.pass_silently(1100);
    let out: usize = lab.tracks.iter().map(|t| t.span.audio_ms as usize).sum();
    assert_eq!(out, 1500, "an idle leg's last chunk does not wait");
    lab.tell(MediaCommand::StopRecord(leg));
    let (index, file) = track(&lab, 0);
    let audio: usize = audio_of(&index, &file).iter().map(|(_, bytes)| bytes.len()).sum();
    assert_eq!(audio, 1500 * 8);
    let paused = index.chunks.iter().find(|c| c.kind == Kind::Paused).expect("stated");
    assert_eq!((paused.start_us / 1000, paused.duration_us / 1000), (1000, 500));
    assert_eq!(index.chunks.last().map(|c| c.kind), Some(Kind::End));
    assert!(lab.tracks.last().unwrap().last);
    // The payloads are the leg's own bytes, at their media time.
    let first = &audio_of(&index, &file)[0];
    assert_eq!(first.0 / 1000, 20);
    assert_eq!(lab.rtp(1)[0].payload, first.1);
}

fn audio_of(index: &TrackIndex, file: &Vec<u8>) -> Vec<(u64, Vec<u8>)> {
    let mut all = Vec::new();
    let mut buffer = Vec::new();
    for chunk in &index.chunks {
        read_chunk(file, chunk.payload_at - HEADER_LEN as u64, &mut buffer).unwrap();
        all.extend(frames(chunk, &buffer).map(|f| (f.media_us, f.payload.to_vec())));
    }
    all
}

#[test]
fn what_the_recorder_lost_is_stated_and_told() {
    let mut lab = Lab::with(&[ALAW]);
    lab.phones[0].voice = Some(400.0);
    let origin = lab.now.mono;
    record(&mut lab, 0, origin);
    lab.pass(1000);
    let lost = lab.tracks.remove(0);
    let (leg, recording) = (lost.leg, lost.recording);
    lab.tell(MediaCommand::RecordingLost { leg, recording, span: lost.span, disk: true });
    assert_eq!(lab.events.last(), Some(&MediaEvent::RecordingGap { leg, recording, gap_ms: 800 }));
    lab.pass(1000);
    lab.tell(MediaCommand::Destroy(leg));
    let (index, _) = track(&lab, 0);
    let gap = index.chunks.iter().find(|c| c.kind == Kind::Gap).expect("stated");
    assert_eq!((gap.start_us / 1000, gap.duration_us / 1000), (20, 800));
}

fn keys(suite: Suite, seed: u8) -> SdesKey {
    SdesKey::from_random(suite, &[seed; 46])
}

#[test]
fn an_encrypted_leg_talks_to_one_in_clear() {
    for suite in Suite::ALL {
        let mut lab = Lab::with(&[ALAW, ALAW]);
        let pair = SrtpPair { send: keys(suite, 1), receive: keys(suite, 2) };
        lab.configure(0, |m: &mut LegMedia| m.srtp = Some(Arc::new(pair)));
        lab.bridge(0, 1);
        let mut to_us = keys(suite, 2).context().unwrap();
        let mut from_us = keys(suite, 1).context().unwrap();
        lab.phones[0].voice = Some(400.0);
        let (from, mut clear) = (lab.phones[0].from, Vec::new());
        for _ in 0..20 {
            let mut bytes = lab.speak(0);
            clear.push(bytes[12..].to_vec());
            let len = bytes.len();
            bytes.resize(len + media::srtp::MAX_OVERHEAD, 0);
            let len = to_us.protect_rtp(&mut bytes, len).unwrap();
            lab.packet(0, Lane::Rtp, from, &bytes[..len]);
            // A copy, and the same with a flipped bit, change nothing.
            lab.packet(0, Lane::Rtp, from, &bytes[..len]);
            bytes[20] ^= 1;
            lab.packet(0, Lane::Rtp, from, &bytes[..len]);
        }
        let got: Vec<_> = lab.rtp(1).into_iter().map(|g| g.payload).collect();
        assert_eq!(got, clear, "{suite:?}");

        lab.phones[1].voice = Some(700.0);
        let plain = lab.speak(1);
        let from = lab.phones[1].from;
        lab.packet(1, Lane::Rtp, from, &plain);
        let got = &lab.rtp(0)[0];
        assert_ne!(got.payload[..160], plain[12..]);
        let mut packet = vec![0; 12];
        got.header.write(&mut packet);
        packet.extend(&got.payload);
        let len = from_us.unprotect_rtp(&mut packet).unwrap();
        assert_eq!(packet[12..len], plain[12..]);
    }
}

#[test]
fn a_prompt_to_an_encrypted_leg_is_encrypted() {
    let mut lab = Lab::with(&[ALAW]);
    let suite = Suite::AesCm128HmacSha1_80;
    let pair = SrtpPair { send: keys(suite, 1), receive: keys(suite, 2) };
    lab.configure(0, |m| m.srtp = Some(Arc::new(pair)));
    play(&mut lab, 0, 1, &[hello()], false, false);
    lab.pass(300);
    let mut from_us = keys(suite, 1).context().unwrap();
    for got in lab.rtp(0) {
        let mut packet = vec![0; 12];
        got.header.write(&mut packet);
        packet.extend(&got.payload);
        assert_eq!(from_us.unprotect_rtp(&mut packet), Ok(172));
    }
    assert_eq!(lab.rtp(0).len(), 10);
}

#[test]
fn a_late_tick_is_made_up_for_and_a_long_stall_is_not() {
    let mut lab = Lab::with(&[ALAW]);
    play(&mut lab, 0, 1, &[Sound::Music("hold".into())], false, false);
    lab.pass(100);
    lab.forget();
    for (stall_ms, frames) in [(60, 3..=3), (5000, 4..=6)] {
        lab.now = lab.now.after(std::time::Duration::from_millis(stall_ms));
        lab.engine.tick(lab.now);
        lab.drain();
        assert!(frames.contains(&lab.rtp(0).len()), "{stall_ms}: {}", lab.rtp(0).len());
        lab.assert_seamless(0);
        lab.forget();
    }
}

#[test]
fn nothing_is_planned_when_nothing_stands() {
    let mut lab = Lab::with(&[ALAW]);
    lab.tell(MediaCommand::Destroy(lab.leg(0)));
    lab.pass(1000);
    assert!(lab.engine.is_empty());
    assert_eq!(lab.engine.next_deadline(), None);
}

#[test]
fn a_leg_that_moves_to_another_engine_goes_on_with_its_stream_playback_and_track() {
    let mut lab = Lab::with(&[ALAW, ALAW]);
    lab.phones[0].voice = Some(400.0);
    let origin = lab.now.mono;
    record(&mut lab, 0, origin);
    play(&mut lab, 0, 4, &[Sound::Music("hold".into())], false, false);
    // The listener stays, and hears the leg again when it comes back.
    lab.connect(1, Connection::Hear(vec![(lab.leg(0), 1000)]));
    lab.pass(500);
    let leg = lab.leg(0);
    let moving = lab.engine.release(leg).expect("it is there");
    assert_eq!(lab.engine.len(), 1);
    lab.pass_silently(20);
    lab.phones[0].slot = 7;
    lab.engine.adopt(lab.now.mono, moving, 7);
    lab.pass(1000);
    lab.assert_seamless(0);
    // Its phase of the tick may be another one.
    assert!((75..=76).contains(&lab.rtp(0).len()));
    assert!(lab.level(0, 1300.0) > 5000.0 && lab.level(1, 400.0) > 5000.0);
    lab.tell(MediaCommand::Destroy(leg));
    assert!(play_done(&lab).contains(&(4, false)));
    let (index, file) = track(&lab, 0);
    assert_eq!(audio_of(&index, &file).len(), 75);
    assert!(index.is_complete());
}

#[test]
fn a_flood_is_cut_off_and_the_call_goes_on() {
    let mut lab = Lab::with(&[ALAW, ALAW]);
    lab.bridge(0, 1);
    lab.phones[0].voice = Some(400.0);
    let from = lab.phones[0].from;
    for _ in 0..5000 {
        let bytes = lab.speak(0);
        lab.packet(0, Lane::Rtp, from, &bytes);
    }
    assert!(lab.rtp(1).len() <= 1000);
    lab.forget();
    lab.pass(1000);
    lab.forget();
    lab.pass(200);
    assert_eq!(lab.rtp(1).len(), 10);
}

#[test]
fn a_far_end_is_tied_once_it_is_sure_and_untied_when_another_may_come() {
    let mut lab = Lab::with(&[ALAW, ALAW]);
    let ties = |lab: &mut Lab| lab.engine.outbox().ties.drain(..).map(|t| (t.slot, t.to)).collect::<Vec<_>>();
    let nat: SocketAddr = "192.0.2.2:9999".parse().unwrap();
    lab.configure(1, |m| m.remote_rtp = "192.0.2.2:4001".parse().unwrap());
    lab.phones[1].from = nat;
    lab.phones.iter_mut().for_each(|p| p.voice = Some(400.0));
    lab.pass(1000);
    let first = lab.phones[0].from;
    assert_eq!(ties(&mut lab), [(0, Some(first))], "a learnt source may still be outranked");
    lab.pass(5000);
    assert_eq!(ties(&mut lab), [(1, Some(nat))]);
    // The phone falls silent: its NAT may have given it another port.
    lab.pass_silently(3000);
    let mut untied = ties(&mut lab);
    untied.sort_unstable();
    assert_eq!(untied, [(0, None), (1, None)]);
    lab.pass(100);
    assert_eq!(ties(&mut lab).len(), 2);
    lab.tell(MediaCommand::Destroy(lab.leg(1)));
    assert_eq!(ties(&mut lab), [(1, None)], "the next call finds the port free");
}

#[test]
fn a_packet_from_before_the_bridge_takes_no_number_of_the_prompts() {
    let mut lab = Lab::with(&[ALAW, ALAW]);
    lab.phones[1].voice = Some(700.0);
    let late = lab.speak(1);
    lab.speak(1);
    play(&mut lab, 0, 1, &[hello()], false, false);
    lab.bridge(0, 1);
    lab.pass_silently(300);
    lab.pass(40);
    let (slot, from) = (lab.phones[1].slot, lab.phones[1].from);
    lab.packet(slot, Lane::Rtp, from, &late);
    // Over ten minutes the numbers go round.
    lab.pass(700_000);
    lab.assert_seamless(0);
    assert_eq!(lab.rtp(0).len(), 10 + 2 + 35_000);
}

#[test]
fn comfort_noise_is_passed_on_so_that_it_is_not_taken_for_loss() {
    let mut lab = Lab::with(&[ALAW, ALAW]);
    lab.bridge(0, 1);
    let mut bytes = vec![40; 13];
    Header { payload_type: 13, sequence: 1, ..Header::default() }.write(&mut bytes);
    let from = lab.phones[0].from;
    lab.packet(0, Lane::Rtp, from, &bytes);
    assert_eq!(lab.rtp(1)[0].header.payload_type, 13);
}
