//! The ladder gives back what was on the wire, as long as it holds it, and never holds up a call.

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::disk::{Alarms, Mood, TestDisk};
use journal::ladder::{Chain, Ladder, LadderOptions, LadderWriter, Position, Transport};
use tempfile::{TempDir, tempdir};
use types::{LegId, Wall};

fn open(dir: &TempDir) -> Ladder {
    Ladder::open(dir.path(), LadderOptions::default()).unwrap()
}

fn peer() -> SocketAddr {
    "192.0.2.7:5060".parse().unwrap()
}

/// A message numbered `n` of a leg, sent at `n` seconds.
fn append(writer: &mut LadderWriter, leg: u64, last: Position, n: u64) -> Position {
    let text = format!("MESSAGE {n} SIP/2.0\r\n\r\n{}", "x".repeat(n as usize % 50));
    writer.append(LegId(leg), last, Wall(n as i64 * 1_000), n % 2 == 1, Transport::Wss, peer(), text.as_bytes())
}

fn numbers(chain: &Chain) -> Vec<u64> {
    let number = |m: &journal::ladder::Message| {
        let text = String::from_utf8(m.bytes.reveal().clone()).unwrap();
        text.split(' ').nth(1).unwrap().parse().unwrap()
    };
    chain.messages.iter().map(number).collect()
}

#[test]
fn a_legs_messages_come_back_in_order_with_all_that_is_known_of_them() {
    let dir = tempdir().unwrap();
    let ladder = open(&dir);
    // Two threads; the second leg wanders from one to the other.
    let (mut one, mut two) = (ladder.writer(), ladder.writer());
    let (mut a, mut b) = (Position::NONE, Position::NONE);
    for n in 0..100 {
        a = append(&mut one, 1, a, n);
        b = append(if n % 3 == 0 { &mut one } else { &mut two }, 2, b, n);
    }
    let v6: SocketAddr = "[2001:db8::1]:5061".parse().unwrap();
    let c = one.append(LegId(3), Position::NONE, Wall(7), false, Transport::Udp, v6, b"MESSAGE 7 \xff");
    drop((one, two, ladder));

    let ladder = open(&dir);
    for (leg, last) in [(1, a), (2, b)] {
        let chain = ladder.read_chain(last).unwrap();
        assert_eq!((numbers(&chain), chain.partial), ((0..100).collect(), false));
        assert!(chain.messages.iter().all(|m| m.leg == LegId(leg)));
    }
    let found = ladder.read_chain(a).unwrap().messages.remove(5);
    assert_eq!((found.at, found.sent, found.transport, found.peer), (Wall(5_000), true, Transport::Wss, peer()));
    assert!(format!("{found:?}").contains("bytes") && !format!("{found:?}").contains("MESSAGE"));
    let found = ladder.read_chain(c).unwrap().messages.remove(0);
    assert_eq!((found.peer, found.sent, found.bytes.reveal().as_slice()), (v6, false, &b"MESSAGE 7 \xff"[..]));
    assert_eq!(ladder.read_chain(Position::NONE).unwrap(), Chain::default());
    // A writer after the restart goes on behind what is there.
    let mut writer = ladder.writer();
    let last = append(&mut writer, 1, a, 100);
    drop((writer, ladder));
    assert_eq!(numbers(&open(&dir).read_chain(last).unwrap()), (0..=100).collect::<Vec<_>>());
}

#[test]
fn a_leg_that_lives_is_read_up_to_its_last_flush() {
    let dir = tempdir().unwrap();
    let ladder = open(&dir);
    let mut writer = ladder.writer();
    let mut last = Position::NONE;
    for n in 0..50 {
        last = append(&mut writer, 1, last, n);
        writer.flush();
        let chain = ladder.read_chain(last).unwrap();
        assert_eq!((numbers(&chain), chain.partial), ((0..=n).collect(), false));
    }
}

#[test]
fn legs_are_found_by_their_time_without_a_position() {
    let dir = tempdir().unwrap();
    let ladder = open(&dir);
    let mut writer = ladder.writer();
    for n in 0..60 {
        append(&mut writer, 1 + n % 3, Position::NONE, n);
    }
    drop((writer, ladder));
    let ladder = open(&dir);
    let found = ladder.find(&[LegId(1), LegId(3)], Wall(0), Wall(60_000)).unwrap();
    assert_eq!(numbers(&found), (0..60).filter(|n| n % 3 != 1).collect::<Vec<_>>());
    assert_eq!(ladder.find(&[LegId(9)], Wall(0), Wall(60_000)).unwrap().messages.len(), 0);
}

#[test]
fn the_ring_is_bounded_and_says_what_it_no_longer_holds() {
    let dir = tempdir().unwrap();
    let bytes = 20_000;
    let ladder = Ladder::open(dir.path(), LadderOptions { bytes, ..LadderOptions::default() }).unwrap();
    let mut writer = ladder.writer();
    let mut last = Position::NONE;
    for n in 0..2_000 {
        last = append(&mut writer, 1, last, n);
        writer.flush();
        if n % 50 == 0 {
            // Lets the writer thread come along, so that files fill one after the other.
            while ladder.read_chain(last).unwrap().messages.is_empty() {
                std::thread::yield_now();
            }
        }
    }
    drop((writer, ladder));
    let size: u64 = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).sum();
    assert!(size <= bytes * 3 / 2, "{size}");
    let ladder = open(&dir);
    let chain = ladder.read_chain(last).unwrap();
    let held = numbers(&chain);
    assert!(chain.partial && held.len() > 10, "{held:?}");
    assert_eq!(held, (2_000 - held.len() as u64..2_000).collect::<Vec<_>>(), "the newest, without a hole");
    assert!(ladder.find(&[LegId(1)], Wall(0), Wall(1_000)).unwrap().partial);
}

#[test]
fn a_stalled_disk_drops_messages_and_keeps_the_chain() {
    let (dir, disk) = (tempdir().unwrap(), TestDisk::default());
    let alarms = Alarms::default();
    let heard = alarms.clone();
    let options = LadderOptions {
        queue_bytes: 100_000,
        disk: Arc::new(disk.clone()),
        alarm: Arc::new(move |a| heard.hear(a)),
        ..LadderOptions::default()
    };
    let ladder = Ladder::open(dir.path(), options).unwrap();
    let mut writer = ladder.writer();
    disk.set(Mood::Stalled);
    let mut last = Position::NONE;
    for n in 0..10_000 {
        last = append(&mut writer, 1, last, n);
    }
    writer.flush();
    let dropped = ladder.dropped();
    assert!(dropped > 5_000, "{dropped}");
    disk.set(Mood::Well);
    alarms.wait_for("events_lost-");
    last = append(&mut writer, 1, last, 10_000);
    drop((writer, ladder));
    let chain = open(&dir).read_chain(last).unwrap();
    let mut expected: Vec<u64> = (0..10_000 - dropped).collect();
    expected.push(10_000);
    // The chain is longer than one answer may be: it holds the newest.
    let held = numbers(&chain);
    assert_eq!(held, expected[expected.len() - held.len()..]);
}

#[test]
fn a_damaged_or_foreign_position_ends_the_chain() {
    let dir = tempdir().unwrap();
    let ladder = open(&dir);
    let mut writer = ladder.writer();
    let first = append(&mut writer, 1, Position::NONE, 1);
    let second = append(&mut writer, 1, first, 2);
    let third = append(&mut writer, 1, second, 3);
    drop((writer, ladder));
    let path = fs::read_dir(dir.path()).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&path).unwrap();
    bytes[(second.0 - first.0) as usize + 70] ^= 1;
    fs::write(&path, bytes).unwrap();
    let ladder = open(&dir);
    let chain = ladder.read_chain(third).unwrap();
    assert_eq!((numbers(&chain), chain.partial), (vec![3], true));
    for foreign in [Position(u64::MAX), Position(third.0 + 1), Position(12_345_678)] {
        assert_eq!(ladder.read_chain(foreign).unwrap(), Chain { messages: vec![], partial: true });
    }
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let dir = tempdir().unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    let error = Ladder::open(dir.path().join("file/ladder"), LadderOptions::default()).err().unwrap().to_string();
    assert!(error.contains("file/ladder"), "{error}");
}

#[test]
fn what_was_flushed_a_moment_ago_is_found_once_it_has_settled() {
    let dir = tempdir().unwrap();
    let ladder = open(&dir);
    let mut writer = ladder.writer();
    assert_eq!(writer.last(), Position::NONE);
    ladder.settle(writer.last());
    for n in 0..300 {
        let position = append(&mut writer, 9, Position::NONE, n);
        writer.flush();
        assert_eq!(writer.last(), position);
        ladder.settle(position);
        let found = ladder.find(&[LegId(9)], Wall(0), Wall(n as i64 * 1_000)).unwrap();
        assert_eq!(found.messages.last().map(|m| m.position), Some(position));
    }
}
