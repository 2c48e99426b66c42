//! Bounded, seeded mutation of everything that reads bytes from outside: nothing may panic, hang, or take more memory
//! than the bytes warrant. The seed of a failing round is in its message.

use media::codec::{Codec, Decoder};
use media::dtmf::{Event, Receiver, parse_info};
use media::playout::Playout;
use media::prompt::decode;
use media::render::{Channel, RenderTrack, Renderer};
use media::rtcp::{Builder, ReportBlock, Rtcp, SenderInfo, Session, packets};
use media::rtp::{self, Header};
use media::srtp::{Context, MAX_OVERHEAD, Suite, parse_sdes};
use media::track::{Kind, TrackIndex, TrackWriter};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Rounds of each target: a few seconds in all on a debug build.
const ROUNDS: u64 = 3000;

/// Flips, cuts, repeats and inserts a few bytes.
fn mutate(rng: &mut StdRng, seed: &[u8]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..rng.random_range(1..6) {
        let at = rng.random_range(0..=bytes.len());
        match rng.random_range(0..6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << rng.random_range(0..8),
            1 if at < bytes.len() => bytes[at] = *[0, 1, 0x7f, 0x80, 0xff].get(rng.random_range(0..5)).unwrap_or(&0),
            2 => bytes.truncate(at),
            3 => bytes.insert(at, rng.random()),
            4 => {
                let end = (at + rng.random_range(0..32)).min(bytes.len());
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            _ => bytes.extend((0..rng.random_range(0..8)).map(|_| rng.random::<u8>())),
        }
    }
    bytes
}

fn fuzz(name: &str, seeds: &[Vec<u8>], rounds: u64, mut target: impl FnMut(&[u8])) {
    for round in 0..rounds {
        let mut rng = StdRng::seed_from_u64(round);
        let seed = &seeds[rng.random_range(0..seeds.len())];
        let bytes = mutate(&mut rng, seed);
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| target(&bytes)));
        assert!(outcome.is_ok(), "{name}: round {round} with {bytes:02x?}");
    }
}

fn rtp_seeds() -> Vec<Vec<u8>> {
    let mut plain = vec![0; 12];
    Header { payload_type: 8, sequence: 7, timestamp: 160, ssrc: 9, marker: true }.write(&mut plain);
    plain.extend([0x55; 40]);
    let mut full = plain.clone();
    full[0] = 0xb1;
    full.splice(12..12, [1, 2, 3, 4, 0xbe, 0xde, 0, 1, 0x10, 5, 0, 0]);
    *full.last_mut().unwrap() = 4;
    vec![plain, full]
}

fn rtcp_seed() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut builder = Builder::new(&mut bytes);
    builder.report(1, Some(&SenderInfo { ntp: 9, ..SenderInfo::default() }), &[ReportBlock::default(); 2]);
    builder.sdes(1, "a@b");
    builder.bye(1);
    bytes
}

#[test]
fn rtp_and_the_buffers_behind_it() {
    let mut playout = Playout::new(Codec::Pcma).unwrap();
    let mut receiver = Receiver::new(8000);
    let mut session = Session::new(1, "a", Codec::Pcma, 0, 1);
    let mut out = Vec::new();
    let mut now_us = 0;
    fuzz("rtp", &rtp_seeds(), ROUNDS, |bytes| {
        rtp::classify(bytes);
        let Ok(packet) = rtp::parse(bytes) else { return };
        let payload = packet.payload(bytes);
        now_us += 5_000;
        session.received(&packet.header, payload.len(), now_us);
        receiver.packet(&packet.header, payload);
        playout.push(&packet.header, payload, now_us);
        out.clear();
        playout.frame(now_us, &mut out);
        assert_eq!(out.len(), 160);
        let mut again = bytes.to_vec();
        packet.header.rewrite(&mut again);
        assert_eq!(again, bytes, "rewriting with the same fields changes nothing");
    });
}

#[test]
fn rtcp_compounds() {
    let mut session = Session::new(1, "a", Codec::Pcma, 0, 1);
    let mut now_us = 0;
    fuzz("rtcp", &[rtcp_seed()], ROUNDS, |bytes| {
        for packet in packets(bytes).flatten() {
            if let Rtcp::SenderReport { blocks, .. } | Rtcp::ReceiverReport { blocks, .. } = packet {
                assert!(blocks.iter().count() <= 31);
            }
        }
        now_us += 20_000;
        session.handle(now_us, bytes);
        let quality = session.quality();
        assert!(quality.remote_loss.is_none_or(|l| (0.0..=1.0).contains(&l)));
    });
}

#[test]
fn srtp_and_srtcp() {
    for suite in Suite::ALL {
        let (key, salt) = (vec![1; suite.key_len()], vec![2; suite.salt_len()]);
        let mut sender = Context::new(suite, &key, &salt).unwrap();
        let mut receiver = Context::new(suite, &key, &salt).unwrap();
        let mut seeds = Vec::new();
        for (rtcp, clear) in [(false, rtp_seeds().remove(0)), (true, rtcp_seed())] {
            let mut wire = clear.clone();
            wire.resize(clear.len() + MAX_OVERHEAD, 0);
            let len = if rtcp {
                sender.protect_rtcp(&mut wire, clear.len())
            } else {
                sender.protect_rtp(&mut wire, clear.len())
            };
            wire.truncate(len.unwrap());
            seeds.push(wire);
        }
        fuzz(suite.name(), &seeds, ROUNDS / 2, |bytes| {
            let changed = !seeds.iter().any(|s| s == bytes);
            let opened = receiver.unprotect_rtp(&mut bytes.to_vec()).is_ok()
                || receiver.unprotect_rtcp(&mut bytes.to_vec()).is_ok();
            assert!(!(changed && opened), "a changed packet was taken for authentic");
        });
    }
}

#[test]
fn dtmf_and_keys_in_signalling() {
    let event = Event { code: 5, end: true, volume: 10, duration: 800 };
    fuzz("event", &[event.to_bytes().to_vec()], ROUNDS, |bytes| {
        let mut receiver = Receiver::new(8000);
        let header = Header { timestamp: u32::MAX - 3, ..Header::default() };
        let heard = receiver.packet(&header, bytes);
        assert!(receiver.packet(&header, bytes).started.is_none() || heard.started.is_none());
    });
    fuzz("info", &[b"Signal=5\r\nDuration=160\r\n".to_vec(), b"*".to_vec()], ROUNDS, |bytes| {
        parse_info("application/dtmf-relay", bytes);
        parse_info(&String::from_utf8_lossy(bytes), bytes);
    });
    fuzz("sdes", &[b"inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:4".to_vec()], ROUNDS, |bytes| {
        let _ = parse_sdes("AES_CM_128_HMAC_SHA1_80", &String::from_utf8_lossy(bytes));
    });
}

#[test]
fn codec_payloads() {
    for codec in Codec::ALL {
        let mut decoder = Decoder::new(codec).unwrap();
        let mut pcm = Vec::new();
        fuzz(codec.name(), &[vec![0x48; 60], vec![0xff; 30], vec![]], ROUNDS / 3, |bytes| {
            pcm.clear();
            let decoded = decoder.decode(bytes, &mut pcm);
            assert_eq!(pcm.len(), decoded.unwrap_or(0));
            codec.payload_us(bytes);
        });
    }
}

#[test]
fn tracks_and_their_rendering() {
    let mut writer = TrackWriter::new(1);
    let mut track = Vec::new();
    for n in 0..60u64 {
        let codec = if n < 40 { Codec::Pcma } else { Codec::Opus };
        track.extend(writer.frame(codec, n * 20_000, &[n as u8; 40]).unwrap_or_default());
    }
    track.extend(writer.take().unwrap_or_default());
    track.extend(writer.mark(Kind::Paused, 300_000, 400_000));
    track.extend(writer.close(1_200_000));
    fuzz("track", &[track], ROUNDS / 10, |bytes| {
        let index = TrackIndex::scan(bytes);
        assert!(index.whole_len <= bytes.len() as u64);
        let tracks = vec![RenderTrack { bytes: bytes.to_vec(), index, channel: Channel::Left }];
        let mut renderer = Renderer::new(tracks, 8000);
        let mut out = vec![0; 4096];
        let n = renderer.read(10_000, &mut out);
        assert!(n as u64 <= renderer.total_len());
    });
}

#[test]
fn prompt_files() {
    let mut wav =
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\x10\0\0\0".to_vec();
    wav.extend([1; 16]);
    let mut ogg = Vec::new();
    let mut writer = ogg::PacketWriter::new(&mut ogg);
    let page = ogg::PacketWriteEndInfo::EndPage;
    writer.write_packet(b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0".to_vec(), 1, page, 0).unwrap();
    writer.write_packet(b"OpusTags\0\0\0\0\0\0\0\0".to_vec(), 1, page, 0).unwrap();
    writer.write_packet(vec![0x48; 40], 1, ogg::PacketWriteEndInfo::EndStream, 960).unwrap();
    drop(writer);
    assert!(decode(&ogg).is_ok() && decode(&wav).is_ok());
    fuzz("prompt", &[wav, ogg], ROUNDS, |bytes| {
        let _ = decode(bytes);
    });
}
