//! What an interaction costs on its way from the journal into SQLite.
//!
//! `cargo bench -p store`

#![allow(clippy::disallowed_methods)]

use std::fs;
use std::time::{Duration, Instant};

use store::{Fact, Filter, Number, Projector, Store};
use types::cause::{Cause, EndedBy};
use types::event::Happening;
use types::leg::{AudioCodec, MediaQuality};
use types::record::*;
use types::{AgentId, InteractionId, LegId, QueueId, TenantId, Wall};

const ROWS: u64 = 100_000;
/// What a projector finds when it looks five times a second at 1,000 calls a second.
const BATCH: u64 = 200;

fn main() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    runtime.block_on(run());
}

async fn run() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("store.sqlite");
    let store = Store::open_sqlite(&path).await.expect("a store");
    let mut projector = Projector::open(store.clone()).await.expect("a projector");
    let ended = |n| Happening::InteractionEnded { record: Box::new(record(n)) };
    let json: Vec<Vec<u8>> = (1..=ROWS).map(|n| serde_json::to_vec(&ended(n)).expect("JSON")).collect();
    let (cpu, began) = (cpu(), Instant::now());
    for (i, batch) in json.chunks(BATCH as usize).enumerate() {
        let first = i as u64 * BATCH + 1;
        let fact = |(pos, json)| Fact { pos, tenant: TenantId(1), at: Wall(0), json };
        projector.apply((first..).zip(batch.iter().map(Vec::as_slice)).map(fact)).await.expect("applied");
    }
    let cpu = (self::cpu() - cpu).as_micros() as u64;
    let time = began.elapsed();
    println!("{ROWS} interactions in batches of {BATCH}");
    println!("{:>6} us of CPU each, {:.0} a second", cpu / ROWS, ROWS as f64 / time.as_secs_f64());
    println!("{:>6} bytes of disk each", fs::metadata(&path).expect("the file").len() / ROWS);
    for (what, filter) in [
        ("newest", Filter::default()),
        ("of an agent", Filter { agent: Some(AgentId(7)), ..Filter::default() }),
        ("ending 0777", Filter { number: Some(Number::Ending("0777".into())), ..Filter::default() }),
    ] {
        let began = Instant::now();
        let page = store.interactions(TenantId(1), &filter, None, 50).await.expect("a page");
        println!("{:>6} us for a page {what}: {} rows", began.elapsed().as_micros(), page.rows.len());
    }
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
