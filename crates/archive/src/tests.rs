//! Recordings from their tracks into the archive and back, over real files.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use blob::Disk;
use media::archive::ARCHIVE_RATE;
use media::codec::{Codec, Encoder};
use media::render::Sound as _;
use media::seal::{DataKey, Keys};
use media::tone::{goertzel_power, sine};
use media::track::TrackWriter;
use types::record::RecordingRecord;
use types::{InteractionId, LegId, Private, RecordingId, TenantId, Wall};

use super::*;

const ONE: TenantId = TenantId(1);
const CALL: InteractionId = InteractionId(5);

struct OneKey;

impl Keys for OneKey {
    fn newest(&self, tenant: TenantId) -> Option<(u64, DataKey)> {
        (tenant == ONE).then(|| (1, Private::new([7; 32])))
    }

    fn find(&self, number: u64) -> Option<DataKey> {
        (number == 1).then(|| Private::new([7; 32]))
    }
}

fn archive(folder: &Path) -> Archive {
    let tracks = Tracks(folder.join("recordings"));
    Archive { blobs: Arc::new(Disk::open(folder.join("archive")).unwrap()), keys: Arc::new(OneKey), tracks }
}

/// Writes five seconds of a tone of each side's.
fn record(folder: &Path, id: u64) -> RecordingRecord {
    let tracks = folder.join("recordings").join(RecordingId(id).to_string());
    fs::create_dir_all(&tracks).unwrap();
    for (leg, frequency) in [(1, 440.0), (2, 1000.0)] {
        let (mut writer, mut encoder) = (TrackWriter::new(leg), Encoder::new(Codec::Pcma).unwrap());
        let mut bytes = Vec::new();
        for (n, frame) in sine(frequency, 8000, 40_000, 8000.0).chunks_exact(160).enumerate() {
            let mut payload = Vec::new();
            encoder.encode(frame, &mut payload).unwrap();
            bytes.extend(writer.frame(Codec::Pcma, n as u64 * 20_000, &payload).unwrap_or_default());
        }
        bytes.extend(writer.close(5_000_000));
        fs::write(tracks.join(format!("{}.trk", LegId(leg))), bytes).unwrap();
    }
    RecordingRecord {
        id: RecordingId(id),
        started: Wall(0),
        ended: Some(Wall(5000)),
        tracks: vec![(LegId(1), 0), (LegId(2), 1)],
        gaps: Vec::new(),
    }
}

#[test]
fn what_was_recorded_is_heard_from_the_archive_when_its_tracks_are_gone() {
    let dir = tempfile::tempdir().unwrap();
    let (archive, recording) = (archive(dir.path()), record(dir.path(), 9));
    let kept = archive.keep(ONE, CALL, &recording).unwrap();
    assert_eq!(kept.duration_ms, 5000);
    archive.tracks.delete(recording.id).unwrap();
    assert_eq!(fs::read_dir(&archive.tracks.0).unwrap().count(), 0);
    let mut sound = archive.open(ONE, recording.id, ARCHIVE_RATE).unwrap();
    let (left, right) = sound.block(1).unwrap();
    for (channel, tone, other) in [(left, 440.0, 1000.0), (right, 1000.0, 440.0)] {
        let [mine, theirs] = [tone, other].map(|hz| goertzel_power(channel, hz, ARCHIVE_RATE));
        assert!(mine > 1000.0 * theirs, "{tone} Hz: {mine} against {theirs}");
    }
    archive.verify(ONE, recording.id, &kept.hash).unwrap();
    // A database older than the archive: the object is taken in as it is.
    let again = archive.keep(ONE, CALL, &recording).unwrap();
    assert_eq!((again.hash, again.duration_ms), (kept.hash, 5000));
}

#[test]
fn nothing_of_it_lies_in_the_clear() {
    let dir = tempfile::tempdir().unwrap();
    let (archive, recording) = (archive(dir.path()), record(dir.path(), 9));
    archive.keep(ONE, CALL, &recording).unwrap();
    let objects = archive.blobs.list("", None, 9).unwrap();
    assert_eq!(objects.len(), 1);
    let body = fs::read(dir.path().join("archive").join(objects[0].key.as_str())).unwrap();
    for clear in ["OggS", "OpusHead", "LINGTONG"] {
        assert!(!body.windows(clear.len()).any(|w| w == clear.as_bytes()), "{clear} can be read");
    }
}

#[test]
fn no_damage_goes_unnoticed_and_no_other_tenant_opens_it() {
    let dir = tempfile::tempdir().unwrap();
    let (archive, recording) = (archive(dir.path()), record(dir.path(), 9));
    let kept = archive.keep(ONE, CALL, &recording).unwrap();
    archive.tracks.delete(recording.id).unwrap();
    let key = archive.blobs.list("", None, 9).unwrap().remove(0).key;
    let path = dir.path().join("archive").join(key.as_str());
    let whole = fs::read(&path).unwrap();
    let mut broken = whole.clone();
    broken[whole.len() / 2] ^= 1;
    for body in [&broken[..], &whole[..whole.len() - 1], &whole[..40]] {
        fs::write(&path, body).unwrap();
        assert!(matches!(archive.verify(ONE, recording.id, &kept.hash), Err(Failure::Changed { .. })));
        assert!(archive.keep(ONE, CALL, &recording).is_err(), "{} bytes were taken for whole", body.len());
    }
    fs::write(&path, whole).unwrap();
    let other = archive.open(TenantId(2), recording.id, ARCHIVE_RATE).err().unwrap();
    assert_eq!(other.kind(), std::io::ErrorKind::NotFound);
    fs::remove_file(&path).unwrap();
    assert!(matches!(archive.verify(ONE, recording.id, &kept.hash), Err(Failure::Blob(blob::Error::NotFound(_)))));
    assert!(matches!(archive.keep(ONE, CALL, &recording), Err(Failure::NoTracks)));
}

#[test]
fn a_deletion_that_was_cut_off_is_finished() {
    let dir = tempfile::tempdir().unwrap();
    let (archive, recording) = (archive(dir.path()), record(dir.path(), 9));
    let folder = archive.tracks.0.join(recording.id.to_string());
    fs::rename(&folder, archive.tracks.0.join(format!("{}.archived", recording.id))).unwrap();
    archive.tracks.delete(recording.id).unwrap();
    archive.tracks.delete(recording.id).unwrap();
    assert_eq!(fs::read_dir(&archive.tracks.0).unwrap().count(), 0);
}
