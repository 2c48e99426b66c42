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
use store::{Archived, LegalHold, Retention, Store, Tombstone};
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

const DAY_MS: i64 = 86_400_000;

/// Archives a recording that began on the day of its number, of an interaction of that number too.
async fn kept(dir: &Path, archive: &Archive, store: &Store, id: u64) -> Archived {
    let recording = record(dir, id);
    let interaction = InteractionId(id);
    let Kept { bytes, hash, duration_ms, raw_bytes } = archive.keep(ONE, interaction, &recording).unwrap();
    let (started, archived) = (Wall(id as i64 * DAY_MS), Wall(id as i64 * DAY_MS + 600_000));
    let recording = recording.id;
    let row = Archived {
        recording,
        tenant: ONE,
        interaction,
        started,
        bytes,
        hash,
        duration_ms,
        raw_bytes,
        archived,
        raw_gone: false,
    };
    store.put(&row).await.unwrap();
    row
}

#[tokio::test]
async fn what_is_due_goes_once_with_a_proof_that_tells_of_changes() {
    let dir = tempfile::tempdir().unwrap();
    let archive = archive(dir.path());
    let store = Store::open_sqlite(dir.path().join("store.db")).await.unwrap();
    let first = kept(dir.path(), &archive, &store, 7).await;
    for id in [8, 9] {
        kept(dir.path(), &archive, &store, id).await;
    }
    let on = |day: i64| Wall(day * DAY_MS);
    assert_eq!(expire(&archive, &store, ONE, on(9_000)).await.unwrap(), Pass::default(), "without a rule");
    for tenant in [ONE, TenantId(2)] {
        store.put(&Retention { tenant, scope: DEFAULT.to_owned(), keep_days: 10 }).await.unwrap();
    }
    let hold = LegalHold {
        tenant: ONE,
        matter: "case".to_owned(),
        interaction: InteractionId(8),
        held: on(9),
        held_by: "Li".to_owned(),
        reason: String::new(),
        released: None,
        released_by: None,
    };
    store.put(&hold).await.unwrap();
    assert_eq!(
        expire(&archive, &store, TenantId(2), on(9_000)).await.unwrap(),
        Pass::default(),
        "another tenant's pass"
    );
    assert_eq!(expire(&archive, &store, ONE, Wall(on(17).0 - 1)).await.unwrap(), Pass::default(), "too early");
    assert_eq!(expire(&archive, &store, ONE, on(18)).await.unwrap(), Pass { deleted: 1, held: 1 });
    assert_eq!(archive.blobs.list("", None, 9).unwrap().len(), 2);
    // Cut off between the tombstone and the deletion: the next pass finishes it, and says it once.
    store.put(&first).await.unwrap();
    assert_eq!(expire(&archive, &store, ONE, on(18)).await.unwrap(), Pass { deleted: 1, held: 1 });
    store.put(&LegalHold { released: Some(on(18)), ..hold }).await.unwrap();
    assert_eq!(expire(&archive, &store, ONE, on(18)).await.unwrap(), Pass { deleted: 1, held: 0 });

    let stones = store.tombstones(ONE, 0, 9).await.unwrap();
    assert_eq!(stones.iter().map(|s| (s.number, s.recording.0)).collect::<Vec<_>>(), [(1, 7), (2, 8)]);
    assert_eq!((&stones[0].hash, stones[0].deleted), (&first.hash, on(18)));
    assert_eq!(check_chain(&store, ONE).await.unwrap(), (2, stones[1].proof.clone(), None));
    store.put(&Tombstone { rule: "another".to_owned(), ..stones[0].clone() }).await.unwrap();
    assert_eq!(check_chain(&store, ONE).await.unwrap().2, Some(Broken::Changed(1, RecordingId(7))));
    store.delete::<Tombstone>(ONE, (ONE, 1)).await.unwrap();
    assert_eq!(check_chain(&store, ONE).await.unwrap().2, Some(Broken::Missing(1)));
}
