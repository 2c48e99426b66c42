//! What an event costs the thread that appends it, and the process as a whole.
//!
//! `cargo bench -p journal`

#![allow(clippy::disallowed_methods)]

use std::time::{Duration, Instant};

use journal::ladder::{Ladder, LadderOptions, Position, Transport};
use journal::{Journal, Options, Written};
use testkit::bench::{cpu, record};
use types::event::{Event, Happening};
use types::{LegId, TenantId, Wall};

const EVENTS: u64 = 200_000;
/// Events of one turn of the signalling loop.
const TURN: u64 = 20;

fn main() {
    let dir = tempfile::tempdir().expect("a folder");
    let journal = Journal::open(dir.path().join("journal"), Options::default()).expect("a journal");
    let mut writer = journal.writer();
    let ended = |n| Happening::InteractionEnded { record: Box::new(record(n)) };
    let events: Vec<Event> = (0..TURN).map(|n| Event { tenant: TenantId(1), at: Wall(0), what: ended(n) }).collect();
    let bytes = serde_json::to_vec(&events[0].what).expect("JSON").len();
    let (used, mut appending, mut waiting, mut longest) = (cpu(), Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for _ in 0..EVENTS / TURN {
        let began = Instant::now();
        events.iter().for_each(|event| writer.append(event));
        appending += began.elapsed();
        let began = Instant::now();
        assert_eq!(writer.barrier(Duration::from_secs(10)), Written::Written);
        waiting += began.elapsed();
        longest = longest.max(began.elapsed());
    }
    let per = |time: Duration| time.as_nanos() as u64 / EVENTS;
    println!("interaction.ended of {bytes} bytes, {TURN} to a barrier");
    println!("append  {:>6} ns each", per(appending));
    println!("barrier {:>6} us each, longest {} us", waiting.as_micros() as u64 / (EVENTS / TURN), longest.as_micros());
    println!("process {:>6} ns of CPU each", per(cpu() - used));
    ladder(&dir.path().join("ladder"));
}

fn ladder(dir: &std::path::Path) {
    let ladder = Ladder::open(dir, LadderOptions::default()).expect("a ladder");
    let mut writer = ladder.writer();
    let message = [b'x'; 700];
    let peer = "192.0.2.1:5060".parse().expect("an address");
    let (used, began) = (cpu(), Instant::now());
    let mut last = Position::NONE;
    for n in 0..EVENTS {
        last = writer.append(LegId(n % 100), last, Wall(0), true, Transport::Udp, peer, &message);
        if n % 100 == 99 {
            writer.flush();
            // At full speed no disk keeps up, and what is dropped costs nothing.
            while began.elapsed() < Duration::from_micros(n * 50) {
                std::thread::sleep(Duration::from_micros(500));
            }
        }
    }
    let cpu = (cpu() - used).as_nanos() as u64 / EVENTS;
    println!("ladder  {cpu:>6} ns of CPU for each SIP message of 700 bytes, {} dropped", ladder.dropped());
}
