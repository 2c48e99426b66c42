//! Reports: what counts as what, that sums and lists agree, and that a rebuild brings the same figures.

use directory::Tenant;
use serde_json::json;
use types::event::{Event, Happening};
use types::record::{AgentState, InteractionRecord, LegRole, Outcome, Segment, SegmentKind};
use types::{AgentId, Cause, FlowId, InteractionId, QueueId, TeamId, TenantId, Wall};

use super::days::leg;
use super::fixtures::{Journal, ended, record};
use crate::interactions::Filter;
use crate::projection::Projector;
use crate::report::{Dimension, Figure, Line, QUARTER_MS, Report, Under};
use crate::rows::{Setting, Team};
use crate::store::Store;

const T: TenantId = TenantId(900);
const SALES: QueueId = QueueId(9_001);
const SUPPORT: QueueId = QueueId(9_002);
const LI: AgentId = AgentId(9_071);
const HAN: AgentId = AgentId(9_072);
const TEAM: TeamId = TeamId(9_003);
const MENU: FlowId = FlowId(9_004);
/// 2026-03-02 00:00 in China.
const MIDNIGHT: i64 = 1_772_380_800_000;
const S: i64 = 1_000;
/// Ids of interactions follow it: no other test has them.
const FIRST: u64 = 9_100;

pub(super) async fn run(store: &Store) {
    let tenant = Tenant { id: T, name: "reports".into(), title: "报表".into(), demo: false, utc_offset_min: 480 };
    store.put(&tenant).await.expect("written");
    let config = json!({"title": {}, "agents": [LI, HAN], "supervisors": []});
    store.put(&Team { id: TEAM, tenant: T, name: "one".into(), config }).await.expect("written");
    let short = Setting { tenant: T, key: "report.short_abandon_s".to_owned(), value: json!(4) };
    store.put(&short).await.expect("written");
    let mut projector = Projector::open(store.clone()).await.expect("opened");
    let first = projector.cursor() + 1;
    let journal = Journal::new(first, day());
    projector.apply(journal.facts()).await.expect("applied");
    figures_are_counted_once_where_they_belong(store).await;
    what_an_agent_did_adds_up_to_its_time(store).await;
    lists_hold_what_figures_count(store).await;
    let before = everything(store).await;
    assert!(before.len() > 20);

    // Event by event, with a new start after each: as one that was killed again and again.
    projector.rewind(first - 1).await.expect("rewound");
    assert!(everything(store).await.is_empty());
    for fact in journal.facts() {
        let mut projector = Projector::open(store.clone()).await.expect("opened");
        projector.apply([fact, fact]).await.expect("applied");
    }
    assert_eq!(everything(store).await, before);

    // What the journal no longer holds stays as it is.
    let half = first + 7;
    let mut projector = Projector::open(store.clone()).await.expect("opened");
    projector.rewind(half).await.expect("rewound");
    projector.apply(journal.facts()).await.expect("applied");
    let counts = |lines: &[Line]| lines.iter().map(|line| line.sums.get(Figure::Answered)).sum::<u64>();
    assert_eq!(counts(&everything(store).await), counts(&before));
    a_second_record_replaces_the_first(store, &mut projector).await;
    days_follow_the_tenants_clock(store, &mut projector, tenant).await;
}

fn spent(kind: SegmentKind, (from, to): (i64, i64), queue: Option<QueueId>, agent: Option<AgentId>) -> Segment {
    Segment { kind, from: Wall(MIDNIGHT + from * S), to: Wall(MIDNIGHT + to * S), queue, agent }
}

/// A call that came at `at` seconds and waited in sales for so many.
fn waited(id: u64, at: i64, wait: i64, outcome: Outcome) -> InteractionRecord {
    let mut call = record(T.0, FIRST + id, MIDNIGHT + at * S, &format!("1380000{id}"), "95001");
    call.segments = vec![spent(SegmentKind::Queued, (at, at + wait), Some(SALES), None)];
    (call.queue, call.outcome, call.flows) = (Some(SALES), outcome, vec![MENU]);
    (call.talk_ms, call.hold_ms) = (0, 0);
    call.ended = Wall(MIDNIGHT + (at + wait) * S);
    call
}

/// The same, and talked with Li for 60 s.
fn talked(id: u64, at: i64, wait: i64) -> InteractionRecord {
    let mut call = waited(id, at, wait, Outcome::Answered);
    let (from, to) = (at + wait, at + wait + 60);
    call.segments.push(spent(SegmentKind::Talking, (from, to), None, Some(LI)));
    call.connected = Some(Wall(MIDNIGHT + from * S));
    (call.agent, call.talk_ms, call.ended) = (Some(LI), 60_000, Wall(MIDNIGHT + to * S));
    call.legs = vec![
        leg(LegRole::Customer, None, false, Some(0), Cause::Normal),
        leg(LegRole::Agent, Some(LI), true, Some(MIDNIGHT + from * S), Cause::Normal),
    ];
    call
}

fn state(at: i64, state: AgentState, reason: Option<&str>) -> Event {
    let what = Happening::AgentState {
        agent: LI,
        state,
        reason: reason.map(Into::into),
        until: None,
        interaction: None,
        since: None,
        next: None,
        queue: None,
        clock_ms: None,
        worked: None,
        need: types::record::Need::default(),
    };
    Event { tenant: T, at: Wall(MIDNIGHT + at * S), what }
}

fn target(target_s: u32) -> Event {
    let queue = json!({"id": SALES, "service_level_s": target_s}).to_string();
    let what = Happening::RoutingChanged {
        begun: None,
        queues: vec![queue.as_str().into()],
        agents: vec![],
        queues_gone: vec![],
        agents_gone: vec![],
        priorities: None,
    };
    Event { tenant: T, at: Wall(MIDNIGHT), what }
}

fn day() -> Vec<Event> {
    let mut handed_on = talked(5, 1_000, 5);
    handed_on.segments.extend([
        spent(SegmentKind::Queued, (1_065, 1_095), Some(SUPPORT), None),
        spent(SegmentKind::Talking, (1_095, 1_195), None, Some(HAN)),
    ]);
    handed_on.legs.push(leg(LegRole::Agent, Some(HAN), true, Some(MIDNIGHT + 1_095 * S), Cause::Normal));
    (handed_on.agent, handed_on.talk_ms, handed_on.queue) = (Some(HAN), 160_000, Some(SUPPORT));
    handed_on.ended = Wall(MIDNIGHT + 1_195 * S);
    let mut back = talked(6, 2_000, 1);
    back.from = "13800001".into();
    let wrapped = |id, agent, ms| Happening::Wrapped {
        id: InteractionId(FIRST + id),
        agent,
        wrap_up_ms: ms,
        from: None,
        queue: Some(SALES),
    };
    vec![
        state(0, AgentState::Ready, None),
        ended(talked(1, 10, 15)),
        Event { tenant: T, at: Wall(MIDNIGHT), what: wrapped(1, LI, 7_000) },
        target(10),
        ended(talked(2, 100, 15)),
        ended(waited(3, 200, 2, Outcome::Abandoned)),
        ended(waited(4, 899, 30, Outcome::Abandoned)),
        state(890, AgentState::NotReady, Some("lunch")),
        ended(handed_on),
        ended(back),
        state(910, AgentState::Offline, None),
    ]
}

fn report(dimension: Dimension, step: Option<i64>) -> Report {
    Report {
        tenant: T,
        dimension,
        subjects: vec![],
        from: Wall(MIDNIGHT),
        to: Wall(MIDNIGHT + 96 * QUARTER_MS),
        midnight: step.is_none().then_some(Wall(MIDNIGHT)),
        step: step.map(|step| (step, Wall(MIDNIGHT))),
        most: 1_000,
    }
}

async fn everything(store: &Store) -> Vec<Line> {
    let mut all = Vec::new();
    for dimension in Dimension::ALL {
        for step in [Some(QUARTER_MS), None] {
            all.extend(store.report(&report(*dimension, step)).await.expect("read"));
        }
    }
    all
}

async fn line(store: &Store, dimension: Dimension, subject: &str) -> Line {
    let lines = store.report(&report(dimension, None)).await.expect("read");
    lines.into_iter().find(|line| line.subject == subject).expect("a line")
}

async fn figures_are_counted_once_where_they_belong(store: &Store) {
    use Figure::*;
    let figures = |line: &Line, of: &[Figure]| of.iter().map(|f| line.sums.get(*f)).collect::<Vec<_>>();
    let sales = line(store, Dimension::Queue, &SALES.to_string()).await;
    let counts = [Contacts, Offered, Answered, Abandoned, AbandonedShort, WentOn, Transferred, Resolvable, Repeated];
    assert_eq!(figures(&sales, &counts), [6, 6, 4, 2, 1, 0, 1, 4, 1]);
    // The first under the usual target of 20 s; the second waited as long, and the target was 10 s by then.
    assert_eq!(figures(&sales, &[AnsweredInTarget, AbandonedInTarget]), [3, 1]);
    assert_eq!(figures(&sales, &[WaitedMs, AnswerWaitMs, TalkingMs, WrappingMs]), [68_000, 36_000, 240_000, 7_000]);
    assert_eq!(sales.longest_wait_ms, 30_000);
    let support = line(store, Dimension::Queue, &SUPPORT.to_string()).await;
    assert_eq!(figures(&support, &[Offered, Answered, AnsweredInTarget, TalkingMs]), [1, 1, 0, 100_000]);
    let inbound = line(store, Dimension::Direction, "inbound").await;
    assert_eq!(figures(&inbound, &[Contacts, Offered, Answered, Abandoned]), [6, 6, 4, 2]);
    for (dimension, subject) in [(Dimension::Flow, MENU.to_string()), (Dimension::Number, "95001".to_owned())] {
        assert_eq!(line(store, dimension, &subject).await.sums, inbound.sums);
    }
    let li = line(store, Dimension::Agent, &LI.to_string()).await;
    assert_eq!(figures(&li, &[Answered, Transferred, TalkingMs, WrappingMs]), [4, 1, 240_000, 7_000]);
    let team = line(store, Dimension::Team, &TEAM.to_string()).await;
    assert_eq!(figures(&team, &[Answered, Transferred, TalkingMs]), [4, 1, 340_000], "a call of both counts once");
    let by_quarter = store.report(&report(Dimension::Queue, Some(QUARTER_MS))).await.expect("read");
    let sales: Vec<_> = by_quarter.iter().filter(|line| line.subject == SALES.to_string()).collect();
    let starts: Vec<i64> = sales.iter().map(|line| (line.start.0 - MIDNIGHT) / QUARTER_MS).collect();
    assert_eq!(starts, [0, 1, 2]);
    assert_eq!(figures(sales[0], &[Offered, Abandoned]), [4, 2], "a call counts where it began");
    let two = Report { most: 1, ..report(Dimension::Queue, Some(QUARTER_MS)) };
    assert_eq!(store.report(&two).await.expect("read").len(), 2, "one more tells that there are more");
}

async fn what_an_agent_did_adds_up_to_its_time(store: &Store) {
    for dimension in [Dimension::Agent, Dimension::Team] {
        for step in [None, Some(QUARTER_MS)] {
            let times = store.report_times(&report(dimension, step)).await.expect("read");
            let spent = |state| times.iter().filter(|t| t.state == state).map(|t| t.ms).sum::<u64>();
            assert_eq!((spent(AgentState::Ready), spent(AgentState::NotReady)), (890_000, 20_000));
            assert!(times.iter().all(|t| (t.state == AgentState::NotReady) == (t.reason == "lunch")));
        }
    }
}

async fn lists_hold_what_figures_count(store: &Store) {
    for dimension in Dimension::ALL {
        for line in store.report(&report(*dimension, Some(QUARTER_MS))).await.expect("read") {
            for figure in Figure::ALL.iter().filter(|figure| !figure.is_time()) {
                let under = Some(Under { dimension: *dimension, subject: line.subject.clone(), figure: *figure });
                let (from, to) = (Some(line.start), Some(Wall(line.start.0 + QUARTER_MS)));
                let filter = Filter { under, from, to, ..Filter::default() };
                let mut listed = 0;
                let mut cursor = None;
                loop {
                    let page = store.interactions(T, &filter, cursor.as_deref(), 2).await.expect("read");
                    listed += page.rows.len() as u64;
                    cursor = page.next;
                    if cursor.is_none() {
                        break;
                    }
                }
                assert_eq!(listed, line.sums.get(*figure), "{dimension:?} {figure:?}");
                assert!(store.interactions(TenantId(1), &filter, None, 2).await.expect("read").rows.is_empty());
            }
        }
    }
}

async fn a_second_record_replaces_the_first(store: &Store, projector: &mut Projector) {
    let again = Journal::new(projector.cursor() + 1, [ended(waited(4, 899, 12, Outcome::Abandoned))]);
    projector.apply(again.facts()).await.expect("applied");
    let sales = line(store, Dimension::Queue, &SALES.to_string()).await;
    let figures = [Figure::Offered, Figure::Abandoned, Figure::WaitedMs].map(|figure| sales.sums.get(figure));
    assert_eq!((figures, sales.longest_wait_ms), ([6, 2, 50_000], 15_000));
}

/// A centre that moves to another zone has its days, those that are over too, from that zone's midnight.
async fn days_follow_the_tenants_clock(store: &Store, projector: &mut Projector, tenant: Tenant) {
    // In UTC+2 the calls of these 24 hours, the first of China's day, lie in two days.
    let midnight = MIDNIGHT + 6 * 3_600 * S;
    let moved = Happening::SettingsChanged {
        kind: "tenant".into(),
        name: tenant.name.clone(),
        action: "update".into(),
        fields: vec!["utc_offset_min".into()],
        by: "admin".into(),
    };
    store.put(&Tenant { utc_offset_min: 120, ..tenant }).await.expect("written");
    let told = Event { tenant: T, at: Wall(MIDNIGHT), what: moved };
    projector.apply(Journal::new(projector.cursor() + 1, [told]).facts()).await.expect("applied");
    let (from, to) = (Wall(midnight - 96 * QUARTER_MS), Wall(midnight));
    for dimension in Dimension::ALL {
        let of = |midnight| Report { midnight, from, to, ..report(*dimension, None) };
        let by_days = store.report(&of(Some(to))).await.expect("read");
        assert!(!by_days.is_empty());
        assert_eq!(by_days, store.report(&of(None)).await.expect("read"), "{dimension:?}");
        let times = store.report_times(&of(Some(to))).await.expect("read");
        assert_eq!(times, store.report_times(&of(None)).await.expect("read"), "{dimension:?}");
    }
}
