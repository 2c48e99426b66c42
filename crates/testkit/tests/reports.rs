//! Every report of a simulated month against the journal of that month.

use std::collections::BTreeMap;

use directory::Tenant;
use sim::Options;
use store::report::{Dimension, Figure, Line, QUARTER_MS, Report, Under};
use store::{Fact, Filter, Projector, Store};
use types::event::{Event, Happening};
use types::record::{AgentState, InteractionRecord, Outcome, SegmentKind};
use types::{AgentId, InteractionId, QueueId, TenantId, Wall};

const SEED: u64 = 20_260_302;
const DAYS: u16 = 28;
const CALLS: u32 = 250;
const AGENTS: u32 = 5;
/// 2026-03-02 00:00 in China.
const MIDNIGHT: i64 = 1_772_380_800_000;
const DAY_MS: i64 = 24 * 3_600_000;
const HOUR_MS: i64 = 3_600_000;

/// Each day is a centre of its own, which counts its interactions from the start.
fn on_day(id: InteractionId, day: u16) -> InteractionId {
    InteractionId(id.0 + (u64::from(day) << 52))
}

fn month() -> Vec<Event> {
    let mut all = Vec::new();
    for day in 0..DAYS {
        let (report, mut told) = sim::tell(&Options::new(CALLS, AGENTS, SEED + u64::from(day)), day);
        assert!(report.broken_invariants.is_empty(), "seed {SEED}, day {day}");
        for event in &mut told {
            match &mut event.what {
                Happening::InteractionEnded { record } => record.id = on_day(record.id, day),
                Happening::Wrapped { id, .. } => *id = on_day(*id, day),
                _ => {}
            }
        }
        all.extend(told);
    }
    all
}

/// What the journal says itself, counted without any of the reports' code.
#[derive(Default)]
struct Truth {
    records: BTreeMap<InteractionId, InteractionRecord>,
    wrapped_ms: BTreeMap<AgentId, u64>,
    ready_ms: u64,
}

impl Truth {
    fn of(events: &[Event]) -> Self {
        let mut truth = Self::default();
        let mut states: BTreeMap<AgentId, (AgentState, Wall)> = BTreeMap::new();
        for event in events {
            match &event.what {
                Happening::InteractionEnded { record } => {
                    truth.records.insert(record.id, (**record).clone());
                }
                Happening::Wrapped { agent, wrap_up_ms, .. } => {
                    *truth.wrapped_ms.entry(*agent).or_default() += wrap_up_ms
                }
                Happening::AgentState { agent, state, since, .. } => {
                    let at = since.unwrap_or(event.at);
                    if let Some((AgentState::Ready, from)) = states.insert(*agent, (*state, at)) {
                        // A day ends with whoever is still there; the next one is a centre of its own.
                        truth.ready_ms += at.ms_since(from).min(DAY_MS as u64);
                    }
                }
                _ => {}
            }
        }
        truth
    }

    fn count(&self, of: impl Fn(&InteractionRecord) -> bool) -> u64 {
        self.records.values().filter(|record| of(record)).count() as u64
    }

    fn talked_ms(&self, agent: AgentId) -> u64 {
        let spans = self.records.values().flat_map(|record| &record.segments);
        let mine = spans.filter(|span| span.kind == SegmentKind::Talking && span.agent == Some(agent));
        mine.map(|span| span.to.ms_since(span.from)).sum()
    }
}

fn report(tenant: TenantId, dimension: Dimension, step: Option<i64>) -> Report {
    let (from, to) = (Wall(MIDNIGHT), Wall(MIDNIGHT + i64::from(DAYS) * DAY_MS));
    let step = step.map(|length| (length, from));
    Report { tenant, dimension, subjects: vec![], from, to, midnight: Some(from), step, most: 100_000 }
}

async fn listed(store: &Store, tenant: TenantId, filter: &Filter) -> u64 {
    let (mut listed, mut cursor) = (0, None::<String>);
    loop {
        let page = store.interactions(tenant, filter, cursor.as_deref(), 500).await.unwrap();
        listed += page.rows.len() as u64;
        cursor = page.next;
        if cursor.is_none() {
            return listed;
        }
    }
}

fn by_subject(lines: &[Line], figure: Figure) -> BTreeMap<&str, u64> {
    let mut sums = BTreeMap::new();
    for line in lines {
        *sums.entry(line.subject.as_str()).or_default() += line.sums.get(figure);
    }
    sums
}

#[tokio::test]
async fn every_report_of_a_month_is_the_sum_of_the_journals_interactions() {
    let events = month();
    let tenant = events[0].tenant;
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_sqlite(dir.path().join("store.sqlite")).await.unwrap();
    let own = Tenant { id: tenant, name: "sim".into(), title: "模拟".into(), demo: false, utc_offset_min: 480 };
    store.put(&own).await.unwrap();
    let json: Vec<Vec<u8>> = events.iter().map(|event| serde_json::to_vec(&event.what).unwrap()).collect();
    let facts = (1..).zip(events.iter().zip(&json));
    let facts = facts.map(|(pos, (event, json))| Fact { pos, tenant: event.tenant, at: event.at, json });
    let mut projector = Projector::open(store.clone()).await.unwrap();
    assert_eq!(projector.apply(facts).await.unwrap().unreadable, 0);
    let truth = Truth::of(&events);

    let whole = store.report(&report(tenant, Dimension::Direction, None)).await.unwrap();
    let sum = |figure| whole.iter().map(|line| line.sums.get(figure)).sum::<u64>();
    assert_eq!(sum(Figure::Contacts), truth.records.len() as u64);
    assert_eq!(sum(Figure::Answered), truth.count(|record| record.connected.is_some()));
    let gave_up = |r: &InteractionRecord| r.outcome == Outcome::Abandoned && r.connected.is_none();
    assert_eq!(sum(Figure::Abandoned), truth.count(gave_up));
    assert!(sum(Figure::Abandoned) > 100 && sum(Figure::Transferred) > 20, "a month with something in it");
    assert_eq!(sum(Figure::TalkingMs), truth.records.values().map(|r| r.talk_ms).sum::<u64>());
    assert_eq!(sum(Figure::HoldingMs), truth.records.values().map(|r| r.hold_ms).sum::<u64>());

    for line in store.report(&report(tenant, Dimension::Queue, None)).await.unwrap() {
        let queue: QueueId = line.subject.parse().unwrap();
        let waited = |r: &InteractionRecord| r.segments.iter().any(|span| span.queue == Some(queue));
        assert_eq!(line.sums.get(Figure::Offered), truth.count(waited), "{queue}");
    }
    for line in store.report(&report(tenant, Dimension::Agent, None)).await.unwrap() {
        let agent: AgentId = line.subject.parse().unwrap();
        let wrapped = truth.wrapped_ms.get(&agent).copied().unwrap_or_default();
        assert_eq!(line.sums.get(Figure::WrappingMs), wrapped, "{agent}");
        // A third party of a conference talks without a segment of its own.
        assert!(line.sums.get(Figure::TalkingMs) >= truth.talked_ms(agent), "{agent}");
    }
    let times = store.report_times(&report(tenant, Dimension::Agent, None)).await.unwrap();
    let ready: u64 = times.iter().filter(|t| t.state == AgentState::Ready).map(|t| t.ms).sum();
    assert!(ready > 0 && ready <= truth.ready_ms);

    for dimension in Dimension::ALL {
        let quarters = store.report(&report(tenant, *dimension, Some(QUARTER_MS))).await.unwrap();
        let days = store.report(&report(tenant, *dimension, Some(DAY_MS))).await.unwrap();
        let month = store.report(&report(tenant, *dimension, None)).await.unwrap();
        for figure in Figure::ALL {
            assert_eq!(by_subject(&quarters, *figure), by_subject(&days, *figure), "{dimension:?} {figure:?}");
            assert_eq!(by_subject(&days, *figure), by_subject(&month, *figure), "{dimension:?} {figure:?}");
        }
        // From the first afternoon to the last: days in the middle, quarters at the ends.
        let ends = (Wall(MIDNIGHT + 15 * HOUR_MS), Wall(MIDNIGHT + (i64::from(DAYS) - 1) * DAY_MS + 12 * HOUR_MS));
        let cut = |step| Report { from: ends.0, to: ends.1, ..report(tenant, *dimension, step) };
        let (parts, sum) = (store.report(&cut(Some(QUARTER_MS))).await, store.report(&cut(None)).await);
        let (parts, sum) = (parts.unwrap(), sum.unwrap());
        assert_eq!(sum.is_empty(), month.is_empty());
        for figure in Figure::ALL {
            assert_eq!(by_subject(&parts, *figure), by_subject(&sum, *figure), "{dimension:?} {figure:?}");
        }
        for line in &month {
            let of = |figure| line.sums.get(figure);
            assert_eq!(of(Figure::Offered), of(Figure::Answered) + of(Figure::Abandoned) + of(Figure::WentOn));
            for figure in Figure::ALL.iter().filter(|figure| !figure.is_time()) {
                let under = Some(Under { dimension: *dimension, subject: line.subject.clone(), figure: *figure });
                let filter = Filter { under, ..Filter::default() };
                assert_eq!(listed(&store, tenant, &filter).await, of(*figure), "{dimension:?} {figure:?}");
            }
        }
    }
}
