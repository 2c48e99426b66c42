//! What a journal promises: nothing lost that was written, nothing twice, and no disk that holds up a call.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::disk::{Mood, TestDisk, event};
use journal::{Error, Journal, Options, Stored, Subscription, Writer, Written};
use proptest::prelude::*;
use tempfile::{TempDir, tempdir};
use types::TenantId;

/// Long enough that a test which reaches it has failed.
const LONG: Duration = Duration::from_secs(60);
const A: TenantId = TenantId(1);
const B: TenantId = TenantId(2);

fn open(dir: &TempDir) -> Journal {
    Journal::open(dir.path(), Options::default()).unwrap()
}

/// Segments of a few events.
fn small() -> Options {
    Options { segment_bytes: 1_000, live_bytes: 500, ..Options::default() }
}

fn append(writer: &mut Writer, tenant: TenantId, numbers: impl IntoIterator<Item = u64>) {
    for n in numbers {
        writer.append(&event(tenant.0, n));
    }
    assert_eq!(writer.barrier(LONG), Written::Written);
}

/// One event per batch, so that small segments fill one after the other.
fn append_singly(writer: &mut Writer, tenant: TenantId, numbers: impl IntoIterator<Item = u64>) {
    for n in numbers {
        append(writer, tenant, [n]);
    }
}

/// All that is at hand.
fn drain(subscription: &mut Subscription) -> Vec<Stored> {
    let mut all = Vec::new();
    loop {
        let events = subscription.read().unwrap();
        if events.is_empty() {
            return all;
        }
        all.extend(events);
    }
}

/// What the events of [`disk::event`] were made with.
fn numbers(events: &[Stored]) -> Vec<u64> {
    events.iter().map(|e| e.at.0 as u64).collect()
}

fn segments(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "journal"));
    paths.sort();
    paths
}

#[test]
fn events_come_back_in_order_numbered_by_tenant() {
    let dir = tempdir().unwrap();
    let journal = open(&dir);
    let mut writer = journal.writer();
    append(&mut writer, A, [10, 11]);
    append(&mut writer, B, [20]);
    append(&mut writer, A, [12]);
    let all = drain(&mut journal.read_from(0).unwrap());
    assert_eq!(numbers(&all), [10, 11, 20, 12]);
    assert_eq!(all.iter().map(|e| e.pos).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(all[0].kind(), "interaction.answered");
    assert_eq!(all[0].event().unwrap(), event(A.0, 10));
    let of_a = drain(&mut journal.subscribe(A, 0).unwrap());
    assert_eq!(of_a.iter().map(|e| (e.seq, e.at.0)).collect::<Vec<_>>(), [(1, 10), (2, 11), (3, 12)]);
    assert_eq!(numbers(&drain(&mut journal.subscribe(A, 2).unwrap())), [12]);
    assert_eq!(numbers(&drain(&mut journal.subscribe(B, 0).unwrap())), [20]);
    assert_eq!((journal.last_seq(A), journal.last_seq(B), journal.last_seq(TenantId(3))), (3, 1, 0));
    assert_eq!(drain(&mut journal.subscribe(TenantId(3), 0).unwrap()).len(), 0);
}

#[test]
fn what_passed_the_barrier_survives_the_process() {
    let (dir, copy) = (tempdir().unwrap(), tempdir().unwrap());
    let journal = open(&dir);
    append(&mut journal.writer(), A, 0..5);
    // As `kill -9` would leave it: nothing but what the files hold now.
    for entry in fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
    }
    let found = open(&copy);
    assert_eq!(found.warnings(), [] as [String; 0]);
    assert_eq!(numbers(&drain(&mut found.read_from(0).unwrap())), [0, 1, 2, 3, 4]);
}

#[test]
fn numbers_go_on_after_a_restart_and_skip_ahead_after_a_crash() {
    let dir = tempdir().unwrap();
    append(&mut open(&dir).writer(), A, [1, 2]);
    let journal = open(&dir);
    append(&mut journal.writer(), A, [3]);
    let third = drain(&mut journal.read_from(2).unwrap()).remove(0);
    assert_eq!((third.pos, third.seq), (3, 3));
    drop(journal);
    fs::write(dir.path().join("lock"), "running\n").unwrap();
    let journal = open(&dir);
    append(&mut journal.writer(), A, [4]);
    let after = drain(&mut journal.read_from(0).unwrap());
    assert_eq!(numbers(&after), [1, 2, 3, 4]);
    assert!(after[3].pos > 1_000 && after[3].seq > 1_000, "{:?}", after[3]);
    // Cursors from before the crash go on.
    assert_eq!(numbers(&drain(&mut journal.subscribe(A, 2).unwrap())), [3, 4]);
    assert_eq!(numbers(&drain(&mut journal.subscribe(A, 3).unwrap())), [4]);
    // A reader who waits after a crash really waits: no event is at hand.
    let mut caught_up = journal.read_from(after[3].pos).unwrap();
    assert_eq!(numbers(&drain(&mut caught_up)), [] as [u64; 0]);
    append(&mut journal.writer(), A, [5]);
    caught_up.wait(LONG);
    assert_eq!(numbers(&drain(&mut caught_up)), [5]);
}

#[test]
fn a_journal_that_was_lost_begins_behind_the_stores_cursor() {
    let dir = tempdir().unwrap();
    let journal = Journal::open(dir.path(), Options { after_pos: 5_000, ..Options::default() }).unwrap();
    let mut projection = journal.read_from(5_000).unwrap();
    append(&mut journal.writer(), A, [1]);
    assert_eq!(drain(&mut projection)[0].pos, 5_001);
    drop((journal, projection));
    let journal = Journal::open(dir.path(), Options { after_pos: 3, ..Options::default() }).unwrap();
    assert_eq!((journal.oldest_pos(), journal.last_pos(), journal.last_seq(A)), (5_000, 5_001, 1));
}

#[test]
fn a_torn_end_is_cut_behind_the_last_whole_event_wherever_it_tears() {
    let dir = tempdir().unwrap();
    append(&mut open(&dir).writer(), A, [1, 2, 3]);
    let path = segments(dir.path()).remove(0);
    let whole = fs::read(&path).unwrap();
    let start = whole.len() - (whole.len() - 44) / 3;
    for length in start + 1..whole.len() {
        let torn = tempdir().unwrap();
        let file = torn.path().join(path.file_name().unwrap());
        fs::write(&file, &whole[..length]).unwrap();
        let journal = open(&torn);
        let events = numbers(&drain(&mut journal.read_from(0).unwrap()));
        assert!(events == [1, 2] || events == [1], "{length}: {events:?}");
        let [warning] = journal.warnings() else { panic!("{length}: {:?}", journal.warnings()) };
        assert!(warning.contains(file.file_name().unwrap().to_str().unwrap()), "{warning}");
        let kept = fs::metadata(&file).unwrap().len();
        assert!(warning.contains(&format!("{} bytes", length as u64 - kept)), "{warning}");
        let aside = fs::read_dir(torn.path()).unwrap().map(|e| e.unwrap().path());
        let aside = aside.into_iter().find(|p| p.to_str().unwrap().contains(".cut-")).unwrap();
        assert_eq!(fs::read(aside).unwrap(), &whole[kept as usize..length], "the bytes cut are kept");
        append(&mut journal.writer(), A, [9]);
        assert_eq!(numbers(&drain(&mut journal.read_from(0).unwrap())).last(), Some(&9));
    }
}

#[test]
fn damage_in_an_old_segment_is_reported_and_mended_without_losing_a_whole_event() {
    let dir = tempdir().unwrap();
    let journal = Journal::open(dir.path(), small()).unwrap();
    append_singly(&mut journal.writer(), A, 0..40);
    drop(journal);
    let path = segments(dir.path()).remove(1);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, &bytes).unwrap();

    let journal = Journal::open(dir.path(), small()).unwrap();
    let mut subscription = journal.read_from(0).unwrap();
    let error = loop {
        match subscription.read() {
            Ok(events) => assert!(!events.is_empty()),
            Err(error) => break error.to_string(),
        }
    };
    assert!(error.contains(path.to_str().unwrap()) && error.contains("lingtong journal repair"), "{error}");
    append(&mut journal.writer(), A, [40]);
    drop((journal, subscription));

    let found = journal::inspect(dir.path()).unwrap();
    assert_eq!(found.len(), 1);
    assert!(found[0].file == path && found[0].offset <= middle as u64, "{found:?}");
    assert_eq!(journal::repair(dir.path()).unwrap(), found);
    assert_eq!(journal::inspect(dir.path()).unwrap(), []);
    assert_eq!(fs::read(path.with_extension("damaged")).unwrap(), bytes, "the damaged file is kept");
    let journal = Journal::open(dir.path(), small()).unwrap();
    let events = drain(&mut journal.read_from(0).unwrap());
    assert_eq!(events.len(), 40, "all but the damaged one");
    assert!(events.iter().all(|e| e.at.0 as u64 + 1 == e.pos), "with the numbers they had");
}

#[test]
fn old_segments_go_by_size_and_their_cursors_expire() {
    let dir = tempdir().unwrap();
    let journal = Journal::open(dir.path(), Options { retention_bytes: 3_000, ..small() }).unwrap();
    append_singly(&mut journal.writer(), A, 0..100);
    append_singly(&mut journal.writer(), B, 0..2);
    let size: u64 = segments(dir.path()).iter().map(|p| fs::metadata(p).unwrap().len()).sum();
    assert!(size <= 4_000, "{size}");
    for expired in [journal.read_from(0), journal.subscribe(A, 0), journal.subscribe(A, 101)] {
        assert!(matches!(expired, Err(Error::Expired { .. })));
    }
    let oldest = journal.oldest_pos();
    let kept = numbers(&drain(&mut journal.read_from(oldest).unwrap()));
    assert_eq!(kept.first(), Some(&oldest));
    assert_eq!(kept[kept.len() - 2..], [0, 1]);
    assert_eq!(numbers(&drain(&mut journal.subscribe(A, 98).unwrap())), [98, 99]);
    assert_eq!(numbers(&drain(&mut journal.subscribe(B, 0).unwrap())), [0, 1], "all of B's are there");
    drop(journal);
    let journal = Journal::open(dir.path(), small()).unwrap();
    assert_eq!((journal.last_seq(A), journal.last_seq(B)), (100, 2), "numbers outlive their events");
}

#[test]
#[allow(clippy::disallowed_methods)]
fn old_segments_go_by_age() {
    let dir = tempdir().unwrap();
    let journal = Journal::open(dir.path(), small()).unwrap();
    append_singly(&mut journal.writer(), A, 0..30);
    drop(journal);
    let old = segments(dir.path());
    let long_ago = SystemTime::now() - Duration::from_secs(31 * 24 * 3600);
    fs::File::options().write(true).open(&old[0]).unwrap().set_modified(long_ago).unwrap();
    let journal = Journal::open(dir.path(), small()).unwrap();
    append_singly(&mut journal.writer(), A, [30, 31]);
    assert!(!old[0].exists() && old[1].exists());
    assert!(matches!(journal.read_from(0), Err(Error::Expired { .. })));
}

#[test]
fn a_reader_whose_place_is_removed_is_told() {
    let dir = tempdir().unwrap();
    let journal = Journal::open(dir.path(), Options { retention_bytes: 3_000, ..small() }).unwrap();
    let mut slow = journal.read_from(0).unwrap();
    append_singly(&mut journal.writer(), A, 0..100);
    assert!(matches!(slow.read(), Err(Error::Expired { cursor: 0, .. })));
}

#[test]
fn folders_that_cannot_be_used_are_named() {
    let dir = tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Journal::open(file.join("journal"), Options::default()).err().unwrap().to_string();
    assert!(error.contains("file/journal") && error.contains("check that"), "{error}");
    let _first = open(&dir);
    let error = Journal::open(dir.path(), Options::default()).err().unwrap();
    assert!(matches!(error, Error::Locked { .. }) && error.to_string().contains("another process"), "{error}");
}

#[test]
fn a_newer_format_is_refused_and_left_alone() {
    let dir = tempdir().unwrap();
    append(&mut open(&dir).writer(), A, [1]);
    let path = segments(dir.path()).remove(0);
    let mut bytes = fs::read(&path).unwrap();
    bytes[8] = 9;
    fs::write(&path, &bytes).unwrap();
    assert!(matches!(Journal::open(dir.path(), Options::default()), Err(Error::Newer { version: 9, .. })));
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_stalled_disk_costs_one_bounded_wait_and_nothing_is_lost() {
    let (dir, disk) = (tempdir().unwrap(), TestDisk::default());
    let journal = Journal::open(dir.path(), disk.options()).unwrap();
    let mut writer = journal.writer();
    append(&mut writer, A, [1]);
    disk.set(Mood::Stalled);
    writer.append(&event(A.0, 2));
    assert_eq!(writer.barrier(Duration::from_millis(1)), Written::Stalled);
    for n in 3..10 {
        writer.append(&event(A.0, n));
        // Would hang if it waited.
        assert_eq!(writer.barrier(Duration::MAX), Written::Stalled);
    }
    assert_eq!(disk.alarms.heard(), ["disk_slow+"]);
    assert_eq!(numbers(&drain(&mut journal.read_from(0).unwrap())), [1], "nobody sees what is not written");
    disk.set(Mood::Well);
    disk.alarms.wait_for("disk_slow-");
    append(&mut writer, A, [10]);
    assert_eq!(numbers(&drain(&mut journal.read_from(0).unwrap())), (1..=10).collect::<Vec<_>>());
    assert_eq!(journal.lost(), 0);
    assert_eq!(disk.alarms.heard(), ["disk_slow+", "disk_slow-"]);
}

#[test]
fn beyond_the_queue_events_are_lost_counted_and_an_alarm_says_so() {
    let (dir, disk) = (tempdir().unwrap(), TestDisk::default());
    let journal = Journal::open(dir.path(), Options { queue_bytes: 1_000, ..disk.options() }).unwrap();
    let mut writer = journal.writer();
    disk.set(Mood::Stalled);
    for n in 0..100 {
        writer.append(&event(A.0, n));
        writer.flush();
    }
    let lost = journal.lost();
    assert!((80..100).contains(&lost), "{lost}");
    assert_eq!(writer.barrier(Duration::ZERO), Written::Stalled);
    disk.set(Mood::Well);
    disk.alarms.wait_for("events_lost-");
    append(&mut writer, A, [100]);
    let mut expected: Vec<u64> = (0..100 - lost).collect();
    expected.push(100);
    let events = drain(&mut journal.read_from(0).unwrap());
    assert_eq!(numbers(&events), expected);
    assert_eq!(events.last().unwrap().seq, expected.len() as u64, "what was lost took no number");
}

#[test]
fn a_full_disk_is_tried_again_and_nothing_is_lost_or_doubled() {
    let (dir, disk) = (tempdir().unwrap(), TestDisk::default());
    let journal = Journal::open(dir.path(), Options { segment_bytes: 300, ..disk.options() }).unwrap();
    let mut writer = journal.writer();
    append(&mut writer, A, [0]);
    for round in 1..4 {
        disk.set(Mood::Full);
        writer.append(&event(A.0, round * 2 - 1));
        writer.flush();
        while disk.alarms.heard().iter().filter(|a| *a == "journal_failed+").count() < round as usize {
            std::thread::yield_now();
        }
        disk.set(Mood::Well);
        append(&mut writer, A, [round * 2]);
    }
    assert_eq!(numbers(&drain(&mut journal.read_from(0).unwrap())), (0..=6).collect::<Vec<_>>());
    drop(journal);
    let journal = open(&dir);
    assert_eq!(journal.warnings(), [] as [String; 0]);
    assert_eq!(numbers(&drain(&mut journal.read_from(0).unwrap())), (0..=6).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_task_catches_up_from_files_then_follows() {
    let dir = tempdir().unwrap();
    let journal = Journal::open(dir.path(), small()).unwrap();
    let mut writer = journal.writer();
    append_singly(&mut writer, A, 0..50);
    let mut subscription = journal.subscribe(A, 7).unwrap();
    let mut seen = Vec::new();
    while seen.len() < 43 {
        seen.extend(numbers(&subscription.next().await.unwrap()));
    }
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let task = tokio::spawn(async move {
        let events = subscription.next().await.unwrap();
        drop(sender.send(numbers(&events)));
    });
    append(&mut writer, B, [1]);
    append(&mut writer, A, [50]);
    assert_eq!(receiver.await.unwrap(), [50], "it sleeps through other tenants' events");
    task.await.unwrap();
    assert_eq!(seen, (7..50).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_dropped_wait_misses_nothing() {
    let dir = tempdir().unwrap();
    let journal = Journal::open(dir.path(), small()).unwrap();
    append_singly(&mut journal.writer(), A, 0..50);
    let mut subscription = journal.subscribe(A, 0).unwrap();
    let mut seen = Vec::new();
    while seen.len() < 50 {
        tokio::select! {
            biased;
            events = subscription.next() => seen.extend(numbers(&events.unwrap())),
            () = tokio::task::yield_now() => {}
        }
    }
    assert_eq!(seen, (0..50).collect::<Vec<_>>());
}

#[test]
fn what_is_written_behind_a_dropped_wait_wakes_the_next_one() {
    // One thread reads files: when it does something else, it has read.
    let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let dir = tempdir().unwrap();
        let journal = Journal::open(dir.path(), small()).unwrap();
        let mut writer = journal.writer();
        append_singly(&mut writer, A, 0..5);
        let mut subscription = journal.subscribe(A, 5).unwrap();
        // So much of another tenant's that this reader has to look into the files, where nothing is for it.
        append_singly(&mut writer, B, 0..50);
        tokio::select! {
            biased;
            events = subscription.next() => panic!("{events:?}"),
            () = std::future::ready(()) => {}
        }
        tokio::task::spawn_blocking(|| ()).await.unwrap();
        append(&mut writer, A, [5]);
        let events = tokio::time::timeout(LONG, subscription.next()).await.expect("it sleeps on").unwrap();
        assert_eq!(numbers(&events), [5]);
    });
}

#[test]
fn a_batch_larger_than_a_segment_is_kept_whole() {
    let dir = tempdir().unwrap();
    let options = || Options { segment_bytes: 100, ..Options::default() };
    let journal = Journal::open(dir.path(), options()).unwrap();
    append(&mut journal.writer(), A, 0..50);
    append(&mut journal.writer(), A, 50..90);
    assert_eq!(segments(dir.path()).len(), 2);
    drop(journal);
    let journal = Journal::open(dir.path(), options()).unwrap();
    assert_eq!(numbers(&drain(&mut journal.read_from(0).unwrap())), (0..90).collect::<Vec<_>>());
}

#[test]
fn readers_miss_nothing_and_see_nothing_twice_while_segments_roll() {
    let dir = tempdir().unwrap();
    let journal = Journal::open(dir.path(), small()).unwrap();
    std::thread::scope(|scope| {
        for tenant in [A, B] {
            let mut writer = journal.writer();
            scope.spawn(move || append_singly(&mut writer, tenant, 0..300));
            for late in [0, 100] {
                let journal = &journal;
                scope.spawn(move || {
                    while journal.last_seq(tenant) < late {
                        std::thread::yield_now();
                    }
                    let mut subscription = journal.subscribe(tenant, late).unwrap();
                    let mut seen = Vec::new();
                    while seen.len() as u64 + late < 300 {
                        seen.extend(subscription.read().unwrap().iter().map(|e| (e.seq, e.at.0 as u64)));
                        subscription.wait(Duration::from_millis(5));
                    }
                    assert_eq!(seen, (late..300).map(|n| (n + 1, n)).collect::<Vec<_>>());
                });
            }
        }
    });
    assert!(segments(dir.path()).len() > 10);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Any cursor, in any division into batches, segments and runs, gives exactly the events after it.
    #[test]
    fn every_cursor_leads_to_exactly_what_follows(
        batches in prop::collection::vec(prop::collection::vec(1u64..4, 1..8), 1..20),
        restart in 0usize..20,
        segment_bytes in 200u64..2_000,
        live_bytes in 0usize..2_000,
    ) {
        let dir = tempdir().unwrap();
        let options = || Options { segment_bytes, live_bytes, ..Options::default() };
        let mut journal = Journal::open(dir.path(), options()).unwrap();
        let (mut all, mut n) = (Vec::new(), 0);
        for (i, batch) in batches.iter().enumerate() {
            if i == restart {
                drop(journal);
                journal = Journal::open(dir.path(), options()).unwrap();
            }
            let mut writer = journal.writer();
            for &tenant in batch {
                n += 1;
                all.push((tenant, n));
                writer.append(&event(tenant, n));
            }
            prop_assert_eq!(writer.barrier(LONG), Written::Written);
        }
        for after in 0..=n {
            let found = numbers(&drain(&mut journal.read_from(after).unwrap()));
            prop_assert_eq!(found, (after + 1..=n).collect::<Vec<_>>());
        }
        for tenant in 1..4 {
            let expected: Vec<u64> = all.iter().filter(|(t, _)| *t == tenant).map(|(_, n)| *n).collect();
            for after in 0..=expected.len() {
                let found = drain(&mut journal.subscribe(TenantId(tenant), after as u64).unwrap());
                prop_assert_eq!(&numbers(&found), &expected[after..]);
            }
        }
    }
}

#[test]
fn the_past_is_read_beside_whoever_writes_it() {
    let dir = tempdir().unwrap();
    let journal = Journal::open(dir.path(), small()).unwrap();
    let mut writer = journal.writer();
    append_singly(&mut writer, A, 1..=40);
    let all = |mut past: journal::Past| {
        let mut seen = Vec::new();
        loop {
            let events = past.read().unwrap();
            if events.is_empty() {
                return numbers(&seen);
            }
            seen.extend(events);
        }
    };
    let oldest = || journal::Past::open(dir.path(), types::Wall(0), 0).unwrap();
    assert_eq!(all(oldest()), (1..=40).collect::<Vec<_>>());
    assert!(journal.segments().len() > 3, "several files");
    let newest = all(journal.past(types::Wall(i64::MAX), 0).unwrap());
    assert!(newest.len() < 20 && newest.iter().all(|n| *n > 20), "from the newest file on: {newest:?}");
    assert!(all(journal.past(types::Wall(i64::MAX), 1).unwrap()).len() >= newest.len(), "and one more");
    // An event that is half written is not there yet.
    let last = segments(dir.path()).pop().unwrap();
    let whole = fs::read(&last).unwrap();
    drop(writer);
    drop(journal);
    fs::write(&last, [&whole[..], &whole[whole.len() - 20..]].concat()).unwrap();
    assert_eq!(all(oldest()), (1..=40).collect::<Vec<_>>());
}
