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
use store::{ArchiveCursor, Archived, Fact, LegalHold, Projector, Retention, Store, Tombstone};
use types::cause::{Cause, EndedBy};
use types::event::Happening;
use types::record::{Channel, Direction, InteractionRecord, Outcome, RecordingRecord};
use types::{InteractionId, LegId, Private, QueueId, RecordingId, TenantId, Wall};

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

/// Has the store know of an interaction with a recording, both of this number.
async fn happened(store: &Store, recording: RecordingRecord, queue: Option<QueueId>) {
    let id = recording.id.0;
    let at = Wall(id as i64 * DAY_MS);
    let record = InteractionRecord {
        id: InteractionId(id),
        tenant: ONE,
        channel: Channel::Voice,
        direction: Direction::Inbound,
        from: "1".into(),
        to: "2".into(),
        queue,
        agent: None,
        flows: Vec::new(),
        started: at,
        answered: Some(at),
        connected: None,
        ended: at,
        wait_ms: 0,
        ring_ms: 0,
        talk_ms: 0,
        hold_ms: 0,
        outcome: Outcome::Answered,
        ended_by: EndedBy::Caller,
        cause: Cause::Normal,
        legs: Vec::new(),
        forwards: Vec::new(),
        segments: Vec::new(),
        trace: Vec::new(),
        decisions: Vec::new(),
        promises: Vec::new(),
        waits: Vec::new(),
        recordings: vec![recording],
        tags: Vec::new(),
        wrap_ups: Vec::new(),
        disposition: None,
    };
    let json = serde_json::to_vec(&Happening::InteractionEnded { record: Box::new(record) }).unwrap();
    let mut projector = Projector::open(store.clone()).await.unwrap();
    projector.apply([Fact { pos: id, tenant: ONE, at, json: &json }]).await.unwrap();
}

#[tokio::test]
async fn what_is_to_be_archived_comes_in_the_order_in_which_calls_ended() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_sqlite(dir.path().join("store.db")).await.unwrap();
    for id in [3, 5, 8] {
        happened(&store, record(dir.path(), id), None).await;
    }
    let ids = |tenant| {
        let store = store.clone();
        async move { store.to_archive(tenant, 9).await.unwrap().iter().map(|to| to.recording.0).collect::<Vec<_>>() }
    };
    assert_eq!((ids(ONE).await, ids(TenantId(2)).await), (vec![3, 5, 8], vec![]));
    store.put(&ArchiveCursor { tenant: ONE, pos: 5, recording: RecordingId(5) }).await.unwrap();
    assert_eq!(ids(ONE).await, [8]);
    assert_eq!(store.archive_figures(ONE).await.unwrap().waiting, 1);
}

#[tokio::test]
async fn what_is_due_goes_once_with_a_proof_that_tells_of_changes() {
    let dir = tempfile::tempdir().unwrap();
    let archive = archive(dir.path());
    let store = Store::open_sqlite(dir.path().join("store.db")).await.unwrap();
    let first = kept(dir.path(), &archive, &store, 7).await;
    for id in [8, 9, 6] {
        kept(dir.path(), &archive, &store, id).await;
    }
    // Of the sixth, the oldest, nobody knows what call it was.
    for (id, queue) in [(7, None), (8, None), (9, Some(QueueId(4)))] {
        happened(&store, record(dir.path(), id), queue).await;
    }
    store.put(&Retention { tenant: ONE, scope: queue_scope(QueueId(4)), keep_days: 5_000 }).await.unwrap();
    let on = |day: i64| Wall(day * DAY_MS);
    assert_eq!(expire(&archive, &store, TenantId(2), on(9_000)).await.unwrap(), Pass::default(), "without a rule");
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
    assert_eq!(archive.blobs.list("", None, 9).unwrap().len(), 3);
    // Cut off between the tombstone and the deletion: the next pass finishes it, and says it once.
    store.put(&first).await.unwrap();
    assert_eq!(expire(&archive, &store, ONE, on(18)).await.unwrap(), Pass { deleted: 1, held: 1 });
    store.put(&LegalHold { released: Some(on(18)), ..hold }).await.unwrap();
    assert_eq!(expire(&archive, &store, ONE, on(18)).await.unwrap(), Pass { deleted: 1, held: 0 });

    assert_eq!(expire(&archive, &store, ONE, on(4_000)).await.unwrap(), Pass::default(), "the queue's rule is longer");

    let stones = store.tombstones(ONE, 0, 9).await.unwrap();
    assert_eq!(stones.iter().map(|s| (s.number, s.recording.0)).collect::<Vec<_>>(), [(1, 7), (2, 8)]);
    assert_eq!((&stones[0].hash, stones[0].deleted), (&first.hash, on(18)));
    assert_eq!(check_chain(&store, ONE).await.unwrap(), (2, stones[1].proof.clone(), None));
    store.put(&Tombstone { rule: "another".to_owned(), ..stones[0].clone() }).await.unwrap();
    assert_eq!(check_chain(&store, ONE).await.unwrap().2, Some(Broken::Changed(1, RecordingId(7))));
    store.delete::<Tombstone>(ONE, (ONE, 1)).await.unwrap();
    assert_eq!(check_chain(&store, ONE).await.unwrap().2, Some(Broken::Missing(1)));
}
