//! What an event costs the thread that appends it, and the process as a whole.
//!
//! `cargo bench -p journal`

#![allow(clippy::disallowed_methods)]

use std::fs;
use std::time::{Duration, Instant};

use journal::ladder::{Ladder, LadderOptions, Position, Transport};
use journal::{Journal, Options, Written};
use types::cause::{Cause, EndedBy};
use types::event::{Event, Happening};
use types::leg::{AudioCodec, MediaQuality};
use types::record::*;
use types::{AgentId, InteractionId, LegId, QueueId, TenantId, Wall};

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
    let (cpu, mut appending, mut waiting, mut longest) = (cpu(), Duration::ZERO, Duration::ZERO, Duration::ZERO);
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
    println!("process {:>6} ns of CPU each", per(self::cpu() - cpu));
    ladder(&dir.path().join("ladder"));
}

fn ladder(dir: &std::path::Path) {
    let ladder = Ladder::open(dir, LadderOptions::default()).expect("a ladder");
    let mut writer = ladder.writer();
    let message = [b'x'; 700];
    let peer = "192.0.2.1:5060".parse().expect("an address");
    let (cpu, began) = (cpu(), Instant::now());
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
    let cpu = (self::cpu() - cpu).as_nanos() as u64 / EVENTS;
    println!("ladder  {cpu:>6} ns of CPU for each SIP message of 700 bytes, {} dropped", ladder.dropped());
}

/// CPU time of this process, all threads; the kernel counts it in hundredths of a second.
fn cpu() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: u64 = fields[11..13].iter().map(|f| f.parse::<u64>().expect("a number")).sum();
    Duration::from_millis(ticks * 10)
}

/// An answered call through a queue: two legs, four segments, a menu and one choice of an agent.
fn record(n: u64) -> InteractionRecord {
    let at = |ms: i64| Wall(1_790_000_000_000 + n as i64 + ms);
    let media = MediaQuality {
        codec_sent: Some(AudioCodec::Pcma),
        codec_received: Some(AudioCodec::Pcma),
        received: 1_502,
        sent: 1_498,
        lost: 3,
        jitter_ms: 1.25,
        rtt_ms: Some(23.5),
        remote_loss_pct: Some(0.1),
        mos: 4.31,
        wideband: false,
    };
    let leg = |id, role, agent, address: &str| LegRecord {
        id: LegId(id),
        role,
        agent,
        sip_call_id: Some("a84b4c76e66710@pc33.atlanta.example.com".into()),
        address: address.into(),
        started: at(0),
        ringing: Some(at(100)),
        answered: Some(at(2_000)),
        ended: Some(at(32_000)),
        cause: Some(Cause::Normal),
        status: Some(200),
        by_peer: true,
        media: Some(media),
    };
    let kinds = [SegmentKind::Setup, SegmentKind::Menu, SegmentKind::Queued, SegmentKind::Talking];
    let segment = |(i, kind): (usize, &SegmentKind)| Segment {
        kind: *kind,
        from: at(i as i64 * 100),
        to: at(i as i64 * 100 + 100),
        queue: Some(QueueId(7)),
        agent: None,
    };
    let step = |node: &str, kind: &str| TraceStep {
        at: at(5),
        node: node.into(),
        kind: kind.into(),
        detail: "digit 1".into(),
        outlet: Some("1".into()),
    };
    let candidate =
        |agent| Candidate { agent: AgentId(agent), terms: vec![Term { name: "idle_ms".into(), value: 91 }] };
    InteractionRecord {
        id: InteractionId(n << 12),
        tenant: TenantId(1),
        channel: Channel::Voice,
        direction: Direction::Inbound,
        from: format!("138{:08}", n % 100_000_000).as_str().into(),
        to: "95005".into(),
        queue: Some(QueueId(7)),
        agent: Some(AgentId(n % 500)),
        started: at(0),
        answered: Some(at(20)),
        connected: Some(at(2_000)),
        ended: at(32_000),
        wait_ms: 1_900,
        ring_ms: 0,
        talk_ms: 30_000,
        hold_ms: 0,
        outcome: Outcome::Answered,
        ended_by: EndedBy::Caller,
        cause: Cause::Normal,
        legs: vec![
            leg(n * 2, LegRole::Customer, None, "13800138000"),
            leg(n * 2 + 1, LegRole::Agent, Some(AgentId(n % 500)), "1001"),
        ],
        segments: kinds.iter().enumerate().map(segment).collect(),
        trace: vec![step("welcome", "menu"), step("sales", "queue")],
        decisions: vec![Decision {
            at: at(200),
            queue: QueueId(7),
            strategy: "longest_idle".into(),
            winner: candidate(1),
            next: vec![candidate(2), candidate(3)],
            excluded: vec![Excluded { reason: "talking".into(), count: 41 }],
        }],
        recordings: vec![],
        wrap_ups: Vec::new(),
        disposition: None,
    }
}
