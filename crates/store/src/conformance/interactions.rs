//! The list: filters, order, pages, numbers.

use types::record::{Direction, LegRecord, LegRole, Outcome};
use types::{AgentId, LegId, QueueId, TenantId, Wall};

use super::fixtures::{Journal, ended, record};
use crate::error::Error;
use crate::interactions::{Filter, Number};
use crate::projection::Projector;
use crate::store::Store;

const T: TenantId = TenantId(300);

pub(super) async fn run(store: &Store) {
    let mut projector = Projector::open(store.clone()).await.expect("opened");
    let numbers = [
        ("13800138000", "95004"),
        ("13800138001", "95004"),
        ("+8613800138000", "95005"),
        ("", "13800138000"),
        ("alice", "95004"),
        ("95004", "01012345678"),
    ];
    let records = numbers.iter().zip(0u64..).map(|((from, to), i)| {
        // Two of a kind start in the same millisecond.
        let mut record = record(T.0, 60 + i, 1_000 * (i as i64 / 2), from, to);
        record.queue = (i < 3).then_some(QueueId(1));
        record.agent = (i == 2).then_some(AgentId(9));
        record.legs.extend(record.agent.map(of_agent));
        record.tags = if i == 3 { vec!["vip".into(), "new".into()] } else { Vec::new() };
        record.outcome = if i == 1 { Outcome::Abandoned } else { Outcome::Answered };
        record.direction = if i == 5 { Direction::Outbound } else { Direction::Inbound };
        ended(record)
    });
    let journal = Journal::new(10_000, records);
    projector.apply(journal.facts()).await.expect("applied");
    filters(store).await;
    numbers_are_found_whole_and_by_their_ending(store).await;
    pages_neither_skip_nor_repeat(store).await;
}

fn of_agent(agent: AgentId) -> LegRecord {
    LegRecord {
        id: LegId(1),
        role: LegRole::Agent,
        agent: Some(agent),
        sip_call_id: None,
        address: "1001".into(),
        started: Wall(0),
        ringing: None,
        answered: Some(Wall(1)),
        ended: Some(Wall(2)),
        cause: None,
        status: None,
        by_peer: false,
        forwarded_from: None,
        media: None,
    }
}

/// The last digits of the ids found, in order.
async fn ids(store: &Store, filter: Filter) -> Vec<u64> {
    let page = store.interactions(T, &filter, None, 100).await.expect("read");
    assert_eq!(page.next, None);
    page.rows.iter().map(|row| row.id.0 - 60).collect()
}

async fn filters(store: &Store) {
    let all = Filter::default;
    for (filter, expected) in [
        (all(), &[5, 4, 3, 2, 1, 0][..]),
        (Filter { queue: Some(QueueId(1)), ..all() }, &[2, 1, 0]),
        (Filter { agent: Some(AgentId(9)), ..all() }, &[2]),
        (Filter { outcome: Some(Outcome::Abandoned), ..all() }, &[1]),
        (Filter { direction: Some(Direction::Outbound), ..all() }, &[5]),
        (Filter { tag: Some("vip".into()), ..all() }, &[3]),
        (Filter { tag: Some("vi".into()), ..all() }, &[]),
        (Filter { has_recording: Some(true), ..all() }, &[]),
        (Filter { from: Some(Wall(1_000)), to: Some(Wall(2_000)), ..all() }, &[3, 2]),
        (Filter { queue: Some(QueueId(1)), from: Some(Wall(1_000)), ..all() }, &[2]),
    ] {
        assert_eq!(ids(store, filter.clone()).await, expected, "{filter:?}");
    }
}

async fn numbers_are_found_whole_and_by_their_ending(store: &Store) {
    let with = |number| Filter { number: Some(number), ..Filter::default() };
    let exact = |number: &str| with(Number::Exact(number.into()));
    let ending = |number: &str| with(Number::Ending(number.into()));
    for (filter, expected) in [
        (exact("13800138000"), &[3, 0][..]),
        (exact("3800138000"), &[]),
        (exact("95004"), &[5, 4, 1, 0]),
        (ending("8000"), &[3, 2, 0]),
        (ending("13800138000"), &[3, 2, 0]),
        (ending("138001"), &[1]),
        (ending("lice"), &[4]),
        (ending("5678"), &[5]),
        (ending("999"), &[]),
        (ending("%00"), &[]),
        (exact("' OR 1=1 --"), &[]),
        (Filter { queue: Some(QueueId(1)), ..ending("8000") }, &[2, 0]),
    ] {
        assert_eq!(
            ids(store, filter.clone()).await,
            expected,
            "{:?}",
            filter.number.map(|n| match n {
                Number::Exact(n) | Number::Ending(n) => n.into_inner(),
            })
        );
    }
    let short = store.interactions(T, &ending("00"), None, 10).await;
    assert!(matches!(short, Err(Error::TooFewDigits(3))));
}

async fn pages_neither_skip_nor_repeat(store: &Store) {
    for limit in [1, 2, 3, 5, 6] {
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = store.interactions(T, &Filter::default(), cursor.as_deref(), limit).await.expect("read");
            assert!(page.rows.len() as u64 <= limit);
            seen.extend(page.rows.iter().map(|row| row.id.0 - 60));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, [5, 4, 3, 2, 1, 0], "in pages of {limit}");
    }
    for damaged in ["", "x", "-", "10-short", "zz-0000000000000"] {
        let page = store.interactions(T, &Filter::default(), Some(damaged), 10).await;
        assert!(matches!(page, Err(Error::BadCursor)), "{damaged}");
    }
}
