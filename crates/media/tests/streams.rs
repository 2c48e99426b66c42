//! Streams that do not simply run on: jumps, other sources, other codecs, other keys, events of another clock.

#[allow(dead_code, reason = "each suite uses a part of the lab")]
mod lab;

use std::path::Path;
use std::sync::Arc;

use lab::Lab;
use media::codec::Codec;
use media::engine::{EventTypes, Lane, LegMedia, MediaCommand, MediaEvent, RecordTo, SrtpPair};
use media::render::{Channel, RenderTrack, Renderer, WAV_HEADER_LEN};
use media::rtp::{HEADER_LEN, Header};
use media::srtp::{SdesKey, Suite};
use media::tone::goertzel_power;
use media::track::TrackIndex;
use types::leg::DigitSource;
use types::{LegId, Mono, RecordingId};

const ALAW: Codec = Codec::Pcma;

fn digits(lab: &Lab) -> Vec<(LegId, char, DigitSource)> {
    let digit = |e: &MediaEvent| match e {
        MediaEvent::Digit { leg, digit, source } => Some((*leg, *digit.reveal(), *source)),
        _ => None,
    };
    lab.events.iter().filter_map(digit).collect()
}

/// Opus with the old clock's events, as many phones offer it.
fn old_events(media: &mut LegMedia) {
    media.events = Some(EventTypes { send: 101, receive: 101, clock_rate: 8000 });
}

#[test]
fn events_of_the_old_clock_beside_opus_are_taken_and_sent() {
    let mut lab = Lab::with(&[Codec::Opus, Codec::Opus]);
    lab.configure(0, old_events);
    lab.phones[0].voice = Some(400.0);
    lab.phones[1].voice = Some(700.0);
    lab.bridge(0, 1);
    lab.pass(200);
    lab.press(0, 7);
    lab.pass(500);
    assert_eq!(digits(&lab), [(lab.leg(0), '7', DigitSource::Rtp)]);
    // The other side, whose events have Opus's own clock, gets it once and with a length in that clock.
    let held = |lab: &Lab, phone: usize, clock_rate: u32| -> Vec<(char, u32)> {
        let mut receiver = media::dtmf::Receiver::new(clock_rate);
        let events = lab.rtp(phone).into_iter().filter(|got| got.header.payload_type == 101);
        let heard = events.filter_map(|got| receiver.packet(&got.header, &got.payload).ended);
        heard.map(|(digit, ms)| (digit.as_char(), ms)).collect()
    };
    assert_eq!(held(&lab, 1, 48_000), [('7', 100)]);
    lab.assert_seamless(1);
    lab.tell(MediaCommand::SendDigits { leg: lab.leg(0), digits: "42".into() });
    lab.pass(1000);
    assert_eq!(held(&lab, 0, 8000), [('4', 100), ('2', 100)]);
    lab.assert_seamless(0);
    assert!(lab.level(0, 700.0) > 5000.0, "the audio goes on");
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

/// What is heard of a phone's track, at 8 kHz, from the first audio on.
fn rendered(lab: &mut Lab, phone: usize) -> Vec<i16> {
    let leg = lab.leg(phone);
    lab.tell(MediaCommand::StopRecord(leg));
    let bytes: Vec<u8> = lab.tracks.iter().filter(|t| t.leg == leg).flat_map(|t| t.bytes.clone()).collect();
    let index = TrackIndex::scan(&bytes);
    let mut renderer = Renderer::new(vec![RenderTrack { bytes, index, channel: Channel::Left }], 8000);
    let mut wav = vec![0; renderer.total_len() as usize];
    renderer.read(0, &mut wav);
    wav[WAV_HEADER_LEN..].chunks_exact(4).map(|s| i16::from_le_bytes([s[0], s[1]])).collect()
}

/// Amplitude of a tone within each tenth of a second.
fn tenths(pcm: &[i16], frequency: f64) -> Vec<f64> {
    pcm.chunks(800).map(|part| (2.0 * goertzel_power(part, frequency, 8000)).sqrt()).collect()
}

/// Records 1 s of a tone, lets `change` happen, then 1 s of another tone; gives where each begins and ends, in tenths
/// of a second after the first audio.
fn around(change: impl FnOnce(&mut Lab)) -> ((usize, usize), (usize, usize)) {
    let mut lab = Lab::with(&[ALAW]);
    let origin = lab.now.mono;
    record(&mut lab, 0, origin);
    lab.phones[0].voice = Some(400.0);
    lab.pass(1000);
    change(&mut lab);
    lab.phones[0].voice = Some(700.0);
    lab.pass(1000);
    let pcm = rendered(&mut lab, 0);
    let span = |frequency| {
        let levels = tenths(&pcm, frequency);
        let loud = |level: &f64| *level > 4000.0;
        let first = levels.iter().position(loud).expect("heard");
        (first, levels.iter().rposition(loud).expect("heard") + 1 - first)
    };
    (span(400.0), span(700.0))
}

#[test]
fn a_recording_stays_aligned_over_whatever_the_stream_does() {
    type Change = fn(&mut Lab);
    let at_once: [(&str, Change); 6] = [
        ("timestamps jump ahead", |lab| jump(lab, 0x6000_0000)),
        ("timestamps jump back", |lab| jump(lab, 0xa000_0000)),
        ("timestamps jump ahead by two seconds", |lab| jump(lab, 16_000)),
        ("another source", |lab| lab.phones[0].header.ssrc ^= 0xffff),
        ("another source with other numbers", |lab| {
            let header = &mut lab.phones[0].header;
            *header = Header { ssrc: 77, sequence: 9, timestamp: 3, ..*header };
        }),
        ("the same codec agreed again", |lab| lab.configure(0, |_| {})),
    ];
    for (what, change) in at_once {
        assert_eq!(around(change), ((0, 10), (10, 10)), "{what}");
    }
    // Gaps: silence as long as they lasted, whether the timestamps tell of it or not.
    assert_eq!(around(|lab| lab.pass_silently(3000)), ((0, 10), (40, 10)), "timestamps stand still");
    let told = |lab: &mut Lab| {
        lab.pass_silently(3000);
        jump(lab, 3 * 8000);
    };
    assert_eq!(around(told), ((0, 10), (40, 10)), "timestamps go on");
}

fn jump(lab: &mut Lab, by: u32) {
    let header = &mut lab.phones[0].header;
    header.timestamp = header.timestamp.wrapping_add(by);
}

#[test]
fn a_recording_stays_aligned_over_a_change_of_codec() {
    for codec in [Codec::Pcmu, Codec::G722, Codec::Opus] {
        let mut lab = Lab::with(&[ALAW, codec]);
        let origin = lab.now.mono;
        record(&mut lab, 0, origin);
        lab.phones[0].voice = Some(400.0);
        lab.pass(1000);
        // A re-INVITE: the same leg goes on with what the second phone would send.
        let (from, slot) = (lab.phones[0].from, lab.phones[0].slot);
        lab.phones[0].voice = None;
        let mut media = lab.phones[1].media.clone();
        media.remote_rtp = from;
        let leg = lab.leg(0);
        lab.tell(MediaCommand::Configure { leg, media: Box::new(media) });
        lab.phones[1].voice = Some(700.0);
        for _ in 0..50 {
            lab.pass_silently(20);
            let bytes = lab.speak(1);
            lab.packet(slot, Lane::Rtp, from, &bytes);
        }
        let pcm = rendered(&mut lab, 0);
        let (before, after) = (tenths(&pcm, 400.0), tenths(&pcm, 700.0));
        assert!(before[..10].iter().all(|l| *l > 4000.0) && before[11..].iter().all(|l| *l < 1000.0), "{codec:?}");
        // A coder's memory and look-ahead cost the first tenth a little.
        assert!(after[11..20].iter().all(|l| *l > 4000.0), "{codec:?} {after:?}");
        assert!(pcm.len() <= 16_000 + 480, "{codec:?}: {} samples", pcm.len());
        lab.tell(MediaCommand::Destroy(leg));
        let quality = lab.events.iter().find_map(|e| match e {
            MediaEvent::Ended { quality: Some(quality), .. } => Some(quality.clone()),
            _ => None,
        });
        let quality = quality.expect("told");
        assert_eq!((quality.received, quality.lost), (100, 0), "{codec:?}: both codecs' packets count");
        assert_eq!(quality.wideband, codec.is_wideband());
        assert!(quality.mos > 4.0 && quality.jitter_ms < 2.0, "{codec:?} {quality:?}");
    }
}

fn keys(suite: Suite, seed: u8) -> SdesKey {
    SdesKey::from_random(suite, &[seed; 46])
}

#[test]
fn new_keys_in_a_call_begin_a_new_stream_that_the_far_end_can_open() {
    let suite = Suite::AesCm128HmacSha1_80;
    let mut lab = Lab::with(&[ALAW, ALAW]);
    lab.bridge(0, 1);
    let mut counted = 0;
    for round in 0..2u8 {
        let pair = SrtpPair { send: keys(suite, 1 + round), receive: keys(suite, 11 + round) };
        lab.configure(0, |m| m.srtp = Some(Arc::new(pair)));
        lab.forget();
        let mut to_us = keys(suite, 11 + round).context().unwrap();
        let mut from_us = keys(suite, 1 + round).context().unwrap();
        lab.phones[0].voice = Some(400.0);
        lab.phones[1].voice = Some(700.0);
        for _ in 0..30 {
            let mut bytes = lab.speak(0);
            let len = bytes.len();
            bytes.resize(len + media::srtp::MAX_OVERHEAD, 0);
            let len = to_us.protect_rtp(&mut bytes, len).unwrap();
            let from = lab.phones[0].from;
            lab.packet(0, Lane::Rtp, from, &bytes[..len]);
            let (plain, from) = (lab.speak(1), lab.phones[1].from);
            lab.packet(1, Lane::Rtp, from, &plain);
            lab.pass_silently(20);
        }
        assert_eq!(lab.rtp(1).len(), 30);
        for got in lab.rtp(0) {
            let mut packet = vec![0; HEADER_LEN];
            got.header.write(&mut packet);
            packet.extend(&got.payload);
            // A far end that never saw this source begins with a rollover counter of zero.
            assert!(got.header.sequence < 0x8000 || round == 0);
            assert!(from_us.unprotect_rtp(&mut packet).is_ok());
        }
        counted += 30;
    }
    let leg = lab.leg(0);
    lab.tell(MediaCommand::Destroy(leg));
    let Some(MediaEvent::Ended { quality: Some(quality), .. }) = lab.events.last() else { panic!("no figures") };
    assert_eq!((quality.received, quality.sent, quality.lost), (counted, counted, 0), "both keys' packets count");
}

#[test]
fn comfort_noise_is_silence_in_a_mix_and_in_the_record() {
    // Two codecs, so that the audio is decoded.
    let mut lab = Lab::with(&[ALAW, Codec::Opus]);
    let origin = lab.now.mono;
    record(&mut lab, 0, origin);
    lab.bridge(0, 1);
    lab.phones[0].voice = Some(400.0);
    lab.pass(1000);
    for _ in 0..5 {
        let phone = &mut lab.phones[0];
        let mut bytes = vec![0; HEADER_LEN];
        Header { payload_type: 13, ..phone.header }.write(&mut bytes);
        bytes.push(60);
        phone.header.sequence = phone.header.sequence.wrapping_add(1);
        phone.header.timestamp = phone.header.timestamp.wrapping_add(8 * 200);
        let from = phone.from;
        lab.packet(0, Lane::Rtp, from, &bytes);
        lab.pass_silently(200);
    }
    lab.pass(1000);
    let tenths_heard = |pcm: &[i16]| tenths(pcm, 400.0).iter().filter(|l| **l > 4000.0).count();
    let pcm = rendered(&mut lab, 0);
    assert_eq!((tenths_heard(&pcm), pcm.len() / 800), (20, 30));
    let heard = lab.heard(1);
    let heard: Vec<i16> = heard.chunks(2).map(|pair| pair[0]).collect();
    let levels = tenths(&heard, 400.0);
    assert!(levels[12..20].iter().all(|l| *l < 200.0), "no made-up sound: {levels:?}");
    assert!(levels[22..].iter().all(|l| *l > 4000.0), "{levels:?}");
}
