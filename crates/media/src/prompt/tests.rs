use super::*;
use crate::codec::Decoder;
use crate::tone::{goertzel_power, sine};

fn wav_bytes(tag: u16, channels: u16, rate: u32, bits: u16, data: &[u8]) -> Vec<u8> {
    let mut out = b"RIFF\0\0\0\0WAVE".to_vec();
    out.extend(b"LIST\x03\0\0\0abc\0fmt \x10\0\0\0");
    out.extend(tag.to_le_bytes());
    out.extend(channels.to_le_bytes());
    out.extend(rate.to_le_bytes());
    out.extend([0; 6]);
    out.extend(bits.to_le_bytes());
    out.extend(b"data");
    out.extend((data.len() as u32).to_le_bytes());
    out.extend(data);
    out
}

/// A sine as the Ogg Opus file that an encoder would make, with a delay of 312 samples and its end cut to the sample.
fn ogg_bytes(frequency: f64, ms: u32) -> Vec<u8> {
    let mut pcm = sine(frequency, 16_000, (ms * 16) as usize + 104, 8000.0);
    // Speech ends softly.
    let end = pcm.len() - 1600;
    pcm[end..].fill(0);
    let mut encoder = Encoder::new(Codec::Opus).unwrap();
    let mut out = Vec::new();
    let mut writer = ogg::PacketWriter::new(&mut out);
    let mut head = b"OpusHead\x01\x01".to_vec();
    head.extend(312u16.to_le_bytes());
    head.extend(16_000u32.to_le_bytes());
    head.extend([0, 0, 0]);
    let end_page = ogg::PacketWriteEndInfo::EndPage;
    writer.write_packet(head, 1, end_page, 0).unwrap();
    writer.write_packet(b"OpusTags\0\0\0\0\0\0\0\0".to_vec(), 1, end_page, 0).unwrap();
    let mut frames = pcm.chunks(320).peekable();
    let mut granule = 0;
    while let Some(frame) = frames.next() {
        let mut payload = Vec::new();
        let mut frame = frame.to_vec();
        frame.resize(320, 0);
        encoder.encode(&frame, &mut payload).unwrap();
        granule += 960;
        let last = frames.peek().is_none();
        let (info, granule) = if last {
            (ogg::PacketWriteEndInfo::EndStream, u64::from(ms) * 48 + 312)
        } else {
            (ogg::PacketWriteEndInfo::NormalPacket, granule)
        };
        writer.write_packet(payload, 1, info, granule).unwrap();
    }
    drop(writer);
    out
}

fn tone_share(pcm: &[i16], frequency: f64, rate: u32) -> f64 {
    let total = pcm.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / pcm.len() as f64;
    goertzel_power(pcm, frequency, rate) / total
}

#[test]
fn an_ogg_opus_prompt_is_heard_in_every_codec_at_its_length() {
    let mut bank = PromptBank::new();
    let prompt = bank.insert_file("menu", &ogg_bytes(500.0, 990)).unwrap();
    assert_eq!(prompt.duration_ms(), 990);
    for codec in Codec::ALL {
        let encoded = prompt.encoded(codec).unwrap();
        assert_eq!(encoded.len(), 50, "rounded up to frames");
        let mut decoder = Decoder::new(codec).unwrap();
        let mut pcm = Vec::new();
        (0..encoded.len()).for_each(|i| {
            decoder.decode(encoded.frame(i).unwrap(), &mut pcm).unwrap();
        });
        assert!(encoded.frame(encoded.len()).is_none());
        let rate = codec.pcm_rate();
        assert!(tone_share(&pcm[pcm.len() / 4..pcm.len() * 3 / 4], 500.0, rate) > 0.9, "{codec:?}");
    }
}

#[test]
fn a_prompt_is_coded_once_and_shared() {
    let mut bank = PromptBank::new();
    bank.insert("beep", Pcm { rate: 16_000, samples: sine(800.0, 16_000, 3200, 8000.0) });
    let shared = bank.clone();
    assert!(bank.get("beep").unwrap().ready(Codec::Pcma).is_none());
    bank.warm(Codec::Pcma).unwrap();
    let (a, b) = (bank.get("beep").unwrap(), shared.get("beep").unwrap());
    assert!(Arc::ptr_eq(a.ready(Codec::Pcma).unwrap(), &b.encoded(Codec::Pcma).unwrap()));
    assert!(bank.get("no such prompt").is_none());
}

#[test]
fn wav_files_of_telephony_are_read() {
    let pcm = sine(400.0, 8000, 800, 8000.0);
    let linear: Vec<u8> = pcm.iter().flat_map(|s| s.to_le_bytes()).collect();
    let alaw: Vec<u8> = pcm.iter().map(|&s| crate::codec::g711::linear_to_alaw(s)).collect();
    let stereo: Vec<u8> = pcm.iter().flat_map(|s| [s.to_le_bytes(), s.to_le_bytes()]).flatten().collect();
    for (what, bytes) in [
        ("linear", wav_bytes(1, 1, 8000, 16, &linear)),
        ("A-law", wav_bytes(6, 1, 8000, 8, &alaw)),
        ("stereo", wav_bytes(1, 2, 8000, 16, &stereo)),
    ] {
        let read = decode(&bytes).unwrap();
        assert_eq!((read.rate, read.samples.len()), (8000, 800), "{what}");
        assert!(tone_share(&read.samples, 400.0, 8000) > 0.99, "{what}");
    }
}

#[test]
fn what_is_no_prompt_is_refused_with_its_reason() {
    assert_eq!(decode(b"ID3mp3"), Err(FileError::Unknown));
    assert_eq!(decode(b""), Err(FileError::Unknown));
    assert!(matches!(decode(&wav_bytes(1, 1, 8000, 24, &[0; 12])), Err(FileError::Unsupported(_))));
    assert!(matches!(decode(&wav_bytes(1, 6, 8000, 16, &[0; 12])), Err(FileError::Unsupported(_))));
    assert!(matches!(decode(&wav_bytes(1, 1, 8000, 16, &[])[..30]), Err(FileError::Damaged(_))));
    let mut bent = ogg_bytes(500.0, 200);
    let middle = bent.len() / 2;
    bent[middle] ^= 1;
    assert!(matches!(decode(&bent), Err(FileError::Damaged(_))), "Ogg pages are checksummed");
}

#[test]
fn music_repeats_and_a_prompt_ends() {
    let prompt = Arc::new(Prompt::new(Pcm { rate: 16_000, samples: sine(500.0, 16_000, 16_000 / 2 + 10, 8000.0) }));
    let frames = |repeat: bool, rate: u32| {
        let mut source = PcmSource::new(prompt.clone(), rate, repeat).unwrap();
        let mut out = Vec::new();
        let count = (0..100).take_while(|_| source.frame(&mut out)).count();
        assert_eq!(out.len(), count * rate as usize / 50);
        count
    };
    assert_eq!((frames(false, 8000), frames(true, 8000), frames(false, 16_000)), (26, 100, 26));
}

#[test]
fn music_loops_without_a_break() {
    // 250 Hz, and a length of whole periods but not of whole frames.
    let pcm = sine(250.0, 16_000, 16_000 + 64, 8000.0);
    let mut bank = PromptBank::new();
    let prompt = bank.insert("music", Pcm { rate: 16_000, samples: pcm.clone() });
    let mut source = PcmSource::new(prompt, 16_000, true).unwrap();
    let mut out = Vec::new();
    (0..150).for_each(|_| assert!(source.frame(&mut out)));
    let step = out.windows(2).map(|w| (i32::from(w[0]) - i32::from(w[1])).abs()).max().unwrap();
    assert!(step < 900, "a click of {step}");

    let bytes: Vec<u8> = pcm.iter().flat_map(|s| s.to_le_bytes()).collect();
    let prompt = bank.insert_file("music", &wav_bytes(1, 1, 16_000, 16, &bytes)).unwrap();
    assert_eq!(prompt.pcm().samples.len(), 16_000, "cut to whole frames");
}
