//! How long customers were to wait, how long they did, and what the next call of each depends on.

use types::record::{Direction, InteractionRecord, Outcome, Promise as Promised, Segment, SegmentKind};
use types::{AgentId, InteractionId, QueueId, TenantId, Wall};

use super::fixtures::{Journal, ended, record};
use crate::projection::Projector;
use crate::promises::Promise;
use crate::store::Store;

const T: TenantId = TenantId(620);
const BEGAN: i64 = 1_789_833_600_000;

fn call(id: u64, after_ms: i64, outcome: Outcome, promises: &[(i64, u64, bool)]) -> InteractionRecord {
    let began = BEGAN + after_ms;
    let mut record = record(T.0, id, began, "13800138000", "95004");
    let queue = Some(QueueId(5));
    let (queued, talked) = (Wall(began + 1_000), Wall(began + 61_000));
    record.segments = vec![Segment { kind: SegmentKind::Queued, from: queued, to: talked, queue, agent: None }];
    if outcome == Outcome::Answered {
        let to = Wall(began + 90_000);
        record.segments.push(Segment { kind: SegmentKind::Talking, from: talked, to, queue, agent: Some(AgentId(8)) });
        record.agent = Some(AgentId(8));
    }
    (record.queue, record.outcome, record.wait_ms) = (queue, outcome, 60_000);
    let promised = |(after, wait_ms, told): &(i64, u64, bool)| {
        let position = Some(3);
        Promised { at: Wall(began + after), queue: QueueId(5), position, wait_ms: Some(*wait_ms), told: *told }
    };
    record.promises = promises.iter().map(promised).collect();
    record.promises.push(Promised { at: talked, queue: QueueId(5), position: Some(1), wait_ms: None, told: true });
    record
}

pub(super) async fn run(store: &Store) {
    let mut outbound = call(303, 300_000, Outcome::Answered, &[]);
    outbound.direction = Direction::Outbound;
    let records = [
        call(301, 0, Outcome::Answered, &[(1_000, 45_000, false), (31_000, 60_000, true)]),
        call(302, 200_000, Outcome::Abandoned, &[(1_000, 20_000, true)]),
        outbound,
    ];
    let journal = Journal::new(970_000, records.map(ended));
    let mut projector = Projector::open(store.clone()).await.expect("opened");
    projector.apply(journal.facts()).await.expect("applied");

    let all = (Wall(BEGAN), Wall(BEGAN + 1_000_000));
    let found = store.promises(T, all, Some(QueueId(5)), 10).await.expect("read");
    let promise = |interaction, at, wait_ms, told, kept_ms| Promise {
        tenant: T,
        at: Wall(BEGAN + at),
        interaction: InteractionId(interaction),
        queue: QueueId(5),
        position: Some(3),
        wait_ms,
        told,
        kept_ms,
    };
    let expected = [
        promise(302, 201_000, 20_000, true, None),
        promise(301, 31_000, 60_000, true, Some(30_000)),
        promise(301, 1_000, 45_000, false, Some(60_000)),
    ];
    assert_eq!(found, expected, "the last first; a place alone is no promise of a time");
    assert_eq!(store.promises(T, all, None, 1).await.expect("read"), expected[..1]);
    assert!(store.promises(T, all, Some(QueueId(6)), 10).await.expect("read").is_empty());
    assert!(store.promises(TenantId(621), all, None, 10).await.expect("read").is_empty(), "another tenant's");

    let last = store.last_queued(T, 10).await.expect("read");
    let told: Vec<_> = last.iter().map(|call| (call.agent, call.outcome, call.wait_ms, call.ended)).collect();
    let over = |after: i64| journal_end(after);
    assert_eq!(
        told,
        [
            (Some(AgentId(8)), Outcome::Answered, 60_000, over(0)),
            (last[1].agent, Outcome::Abandoned, 60_000, over(200_000)),
        ],
        "calls from outside, the first begun first"
    );
    assert_eq!(store.last_queued(T, 1).await.expect("read"), last[1..]);
}

/// When the call that began so long after the first is over.
fn journal_end(after_ms: i64) -> Wall {
    record(T.0, 1, BEGAN + after_ms, "", "").ended
}
