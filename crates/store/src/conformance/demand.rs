//! What came to the queues by the time of day.

use types::record::{Direction, InteractionRecord, Outcome};
use types::{QueueId, TenantId, Wall};

use super::fixtures::{Journal, ended, record};
use crate::demand::Demand;
use crate::projection::Projector;
use crate::store::Store;

const T: TenantId = TenantId(600);
const HOUR: i64 = 3_600_000;
/// Midnight in Shanghai, 20 September 2026.
const MIDNIGHT: i64 = 1_789_833_600_000;

fn call(id: u64, started: i64, outcome: Outcome, wait_ms: u64) -> InteractionRecord {
    let mut record = record(T.0, id, started, "13800138000", "95004");
    record.queue = Some(QueueId(5));
    record.wait_ms = wait_ms;
    record.outcome = outcome;
    record.connected = (outcome == Outcome::Answered).then_some(Wall(started + wait_ms as i64));
    record.talk_ms = 100_000;
    record.hold_ms = 20_000;
    record
}

pub(super) async fn run(store: &Store) {
    let at = |day: i64, minutes: i64| MIDNIGHT + day * 24 * HOUR + minutes * 60_000;
    let mut outbound = call(106, at(0, 545), Outcome::Answered, 0);
    outbound.direction = Direction::Outbound;
    let mut unqueued = call(107, at(0, 546), Outcome::SelfServed, 0);
    unqueued.queue = None;
    let records = [
        call(100, at(0, 540), Outcome::Answered, 4_000),
        call(101, at(1, 569), Outcome::Answered, 6_000),
        call(102, at(1, 568), Outcome::Abandoned, 30_000),
        call(103, at(3, 570), Outcome::Answered, 0),
        call(104, at(3, 5), Outcome::Abandoned, 1_000),
        call(105, at(9, 540), Outcome::Answered, 1),
        outbound,
        unqueued,
    ];
    let journal = Journal::new(950_000, records.map(ended));
    Projector::open(store.clone()).await.expect("opened").apply(journal.facts()).await.expect("applied");

    let week = (Wall(at(0, 0)), Wall(at(7, 0)));
    let (all, days) = store.demand(T, week, 480, 30).await.expect("read");
    let early = Demand { interval: 0, calls: 1, abandoned: 1, waited_ms: 1_000, ..Demand::default() };
    let nine =
        Demand { interval: 18, calls: 3, abandoned: 1, waited_ms: 40_000, served: 2, busy_ms: 240_000, wrap_up_ms: 0 };
    let half_past = Demand { interval: 19, calls: 1, served: 1, busy_ms: 120_000, ..Demand::default() };
    assert_eq!((all, days), (vec![early, nine, half_past], 3), "by the tenant's own clock, queues' calls from outside");
    let hours = store.demand(T, week, 480, 60).await.expect("read").0;
    assert_eq!(hours.iter().map(|d| (d.interval, d.calls)).collect::<Vec<_>>(), [(0, 1), (9, 4)]);
    let other = store.demand(TenantId(601), week, 480, 30).await.expect("read");
    assert_eq!(other, (vec![], 0), "another tenant's");
}
