use std::io::Read;

use types::Private;

use super::*;
use crate::codec::Codec;
use crate::track::{ReadAt, TrackIndex, TrackWriter};

struct TwoKeys;

impl Keys for TwoKeys {
    fn newest(&self, tenant: TenantId) -> Option<(u64, DataKey)> {
        (tenant.0 < 3).then(|| (tenant.0, Private::new([tenant.0 as u8; KEY_LEN])))
    }

    fn find(&self, number: u64) -> Option<DataKey> {
        (number < 3).then(|| Private::new([number as u8; KEY_LEN]))
    }
}

const PLACE: &str = "9/1";

/// A track of three chunks and its end, in batches as a recorder is handed them.
fn batches() -> Vec<Vec<u8>> {
    let mut writer = TrackWriter::new(1);
    let frames = (0..120).filter_map(|n: u64| writer.frame(Codec::Pcma, n * 20_000, &[n as u8; 160]));
    let mut batches: Vec<_> = frames.collect();
    batches.push(writer.close(2_400_000));
    batches
}

fn sealed(batches: &[Vec<u8>]) -> Vec<u8> {
    let (mut sealer, header) = Sealer::begin(&TwoKeys, TenantId(1), PLACE, [7; SALT_LEN]).unwrap();
    let mut file = header.to_vec();
    for batch in batches {
        sealer.seal(batch, &mut file);
    }
    file
}

fn open(file: Vec<u8>) -> TrackFile<Vec<u8>> {
    TrackFile::open(file, &TwoKeys, PLACE).unwrap()
}

#[test]
fn a_sealed_track_reads_as_a_clear_one_and_shows_nothing() {
    let clear = batches().concat();
    let file = sealed(&batches());
    assert!(!file.windows(4).any(|four| four == b"LTRK"), "a chunk shows through");
    let track = open(file);
    assert_eq!(ReadAt::len(&track), clear.len() as u64);
    let mut read = vec![0; clear.len()];
    assert!(track.read_at(0, &mut read) && read == clear);
    assert!(!track.read_at(1, &mut read), "a read behind the end gives nothing");
    assert_eq!(TrackIndex::scan(&track), TrackIndex::scan(&clear));
    let plain = open(clear.clone());
    assert!(!plain.is_sealed());
    assert_eq!(TrackIndex::scan(&plain), TrackIndex::scan(&clear));
}

#[test]
fn a_torn_end_costs_the_last_piece_and_no_more() {
    let file = sealed(&batches());
    let whole = TrackIndex::scan(&open(file.clone()));
    for cut in 1..OVERHEAD + 60 {
        let torn = TrackIndex::scan(&open(file[..file.len() - cut].to_vec()));
        assert!(!torn.is_complete());
        assert_eq!(torn.chunks, whole.chunks[..torn.chunks.len()]);
        assert!(torn.chunks.len() >= whole.chunks.len() - 2, "the end mark and its chunk at most");
    }
}

#[test]
fn a_damaged_piece_costs_itself() {
    let file = sealed(&batches());
    let whole = TrackIndex::scan(&open(file.clone()));
    for at in (HEADER_LEN..file.len()).step_by(97) {
        let mut broken = file.clone();
        broken[at] ^= 0x10;
        let left = TrackIndex::scan(&open(broken));
        assert!(left.chunks.len() < whole.chunks.len(), "{at}: what was changed is not believed");
        assert!(left.chunks.len() + 2 >= whole.chunks.len(), "{at}: {} left", left.chunks.len());
        assert!(left.chunks.iter().all(|c| whole.chunks.iter().any(|w| w.number == c.number)));
    }
}

#[test]
fn a_file_that_is_gone_on_with_reads_as_one() {
    let batches = batches();
    let mut file = sealed(&batches[..2]);
    let (mut sealer, header) = Sealer::begin(&TwoKeys, TenantId(2), PLACE, [8; SALT_LEN]).unwrap();
    // What a crash left of the piece after.
    file.extend_from_slice(&b"LTSP\x40\x00\x00\x00half"[..]);
    file.extend_from_slice(&header);
    for batch in &batches[2..] {
        sealer.seal(batch, &mut file);
    }
    let index = TrackIndex::scan(&open(file));
    assert_eq!(index.chunks, TrackIndex::scan(&batches.concat()).chunks);
}

#[test]
fn no_other_place_key_or_version_opens_it() {
    let file = sealed(&batches());
    let elsewhere = TrackFile::open(file.clone(), &TwoKeys, "9/2").unwrap();
    assert_eq!(TrackIndex::scan(&elsewhere).chunks, []);
    let mut keyless = file.clone();
    keyless[8] = 5;
    assert_eq!(TrackFile::open(keyless, &TwoKeys, PLACE).err(), Some(SealError::NoKey(5)));
    let mut later = file;
    later[4] = 2;
    assert_eq!(TrackFile::open(later, &TwoKeys, PLACE).err(), Some(SealError::Version(2)));
    assert_eq!(Sealer::begin(&TwoKeys, TenantId(3), PLACE, [0; SALT_LEN]).err(), Some(SealError::NoTenant));
}

#[test]
fn any_part_of_an_object_opens_alone() {
    for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 5] {
        let clear: Vec<u8> = (0..length).map(|n| (n % 253) as u8).collect();
        let mut kept = Vec::new();
        let mut reader = SealingReader::new(&*clear, &TwoKeys, TenantId(1), "a", [3; SALT_LEN]).unwrap();
        reader.read_to_end(&mut kept).unwrap();
        let header = kept.first_chunk().unwrap();
        let opener = Opener::new(header, kept.len() as u64, &TwoKeys, "a").unwrap();
        assert_eq!(opener.length(), length as u64);
        for offset in (0..length).step_by(10_007) {
            let number = Opener::number(offset as u64);
            let place = opener.place(number);
            let mut piece = kept[place.start as usize..place.end as usize].to_vec();
            let first = number as usize * PIECE;
            let expected = &clear[first..length.min(first + PIECE)];
            assert_eq!(opener.open(number, &mut piece).unwrap(), expected, "{length} {offset}");
            let mut swapped = kept[place.start as usize..place.end as usize].to_vec();
            assert_eq!(opener.open(number + 1, &mut swapped), Err(SealError::Damaged));
        }
        assert!(opener.place(length as u64 / PIECE as u64 + 1).is_empty());
    }
}
