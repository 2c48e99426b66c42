//! What benchmarks measure by, and with.

use std::time::Duration;

use types::cause::{Cause, EndedBy};
use types::leg::{AudioCodec, MediaQuality};
use types::record::*;
use types::{AgentId, InteractionId, LegId, QueueId, TenantId, Wall};

/// CPU time of this process, all threads; the kernel counts it in hundredths of a second.
///
/// # Panics
/// On anything but Linux.
pub fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: u64 = fields[11..13].iter().map(|f| f.parse::<u64>().expect("a number")).sum();
    Duration::from_millis(ticks * 10)
}

/// An answered call through a queue: two legs, four segments, a menu and one choice of an agent.
pub fn record(n: u64) -> InteractionRecord {
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
        forwarded_from: None,
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
        title: types::Title::default(),
        choice: types::Title::default(),
        flow: None,
        version: None,
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
        flows: Vec::new(),
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
        forwards: Vec::new(),
        segments: kinds.iter().enumerate().map(segment).collect(),
        trace: vec![step("welcome", "menu"), step("sales", "queue")],
        decisions: vec![Decision {
            at: at(200),
            queue: QueueId(7),
            strategy: "longest_idle".into(),
            need: types::record::Need::default(),
            winner: candidate(1),
            next: vec![candidate(2), candidate(3)],
            excluded: vec![Excluded { reason: "talking".into(), count: 41 }],
            together: Vec::new(),
            waited_ms: Some(9_000),
            asked: Vec::new(),
            rules: None,
        }],
        promises: Vec::new(),
        waits: Vec::new(),
        recordings: vec![],
        tags: Vec::new(),
        wrap_ups: Vec::new(),
        disposition: None,
    }
}
