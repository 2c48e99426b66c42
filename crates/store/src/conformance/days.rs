//! Agents' days: who had a part in which interaction, missed calls, states.

use types::cause::Cause;
use types::event::{Event, Happening};
use types::record::{AgentState, Direction, InteractionRecord, LINE_TEST, LegRecord, LegRole, Segment, SegmentKind};
use types::{AgentId, InteractionId, LegId, TenantId, Wall};

use super::fixtures::{Journal, agent, ended, record, wrapped};
use crate::interactions::{Filter, Number};
use crate::parts::Part;
use crate::projection::Projector;
use crate::store::Store;

const T: TenantId = TenantId(500);
const ME: AgentId = AgentId(71);
const OTHER: AgentId = AgentId(72);

pub(super) fn leg(role: LegRole, agent: Option<AgentId>, rang: bool, answered: Option<i64>, cause: Cause) -> LegRecord {
    LegRecord {
        id: LegId(1),
        role,
        agent,
        sip_call_id: None,
        address: "1001".into(),
        started: Wall(0),
        ringing: rang.then_some(Wall(1)),
        answered: answered.map(Wall),
        ended: Some(Wall(9_000)),
        cause: Some(cause),
        status: None,
        by_peer: false,
        forwarded_from: None,
        media: None,
    }
}

/// An inbound call with these legs of agents.
fn call(id: u64, started: i64, legs: Vec<LegRecord>, segments: Vec<Segment>) -> InteractionRecord {
    let customer = leg(LegRole::Customer, None, false, Some(started), Cause::Normal);
    let mut record = record(T.0, id, started, "13800138000", "95004");
    record.legs = std::iter::once(customer).chain(legs).collect();
    record.segments = segments;
    record
}

fn spent(kind: SegmentKind, from: i64, to: i64, agent: AgentId) -> Segment {
    Segment { kind, from: Wall(from), to: Wall(to), queue: None, agent: Some(agent) }
}

fn state(agent: AgentId, at: i64, state: AgentState) -> Event {
    let what = Happening::AgentState {
        agent,
        state,
        reason: None,
        until: None,
        interaction: None,
        since: None,
        next: None,
        queue: None,
        clock_ms: None,
        worked: None,
        need: types::record::Need::default(),
    };
    Event { tenant: T, at: Wall(at), what }
}

pub(super) async fn run(store: &Store) {
    let took = |agent, at| leg(LegRole::Agent, Some(agent), true, Some(at), Cause::Normal);
    let rang = |agent, cause| leg(LegRole::Agent, Some(agent), true, None, cause);
    let mut handed_on = call(
        80,
        10_000,
        vec![took(ME, 11_000), took(OTHER, 14_000)],
        vec![
            spent(SegmentKind::Talking, 11_000, 13_000, ME),
            spent(SegmentKind::Held, 13_000, 13_500, ME),
            spent(SegmentKind::Talking, 14_000, 15_000, OTHER),
        ],
    );
    handed_on.agent = Some(OTHER);
    let missed = call(81, 20_000, vec![rang(ME, Cause::NoAnswer), took(OTHER, 21_000)], vec![]);
    let elsewhere = call(82, 30_000, vec![rang(ME, Cause::AnsweredElsewhere), took(OTHER, 31_000)], vec![]);
    let mut mine = call(83, 40_000, vec![], vec![]);
    mine.legs[0] = rang(ME, Cause::NoAnswer);
    let conferred = call(84, 50_000, vec![took(ME, 5_000)], vec![]);
    let watched = call(85, 60_000, vec![leg(LegRole::Supervisor, Some(ME), true, Some(61_000), Cause::Normal)], vec![]);
    let mut line = call(86, 65_000, vec![], vec![spent(SegmentKind::Menu, 65_000, 69_000, ME)]);
    (line.direction, line.to, line.agent) = (Direction::Internal, LINE_TEST.into(), Some(ME));
    let mut consulted = call(87, 66_000, vec![took(OTHER, 66_500)], vec![]);
    consulted.legs[0] = took(ME, 66_000);
    (consulted.direction, consulted.cause, consulted.agent) = (Direction::Internal, Cause::Transferred, Some(OTHER));
    let before = [state(ME, 5_000, AgentState::Offline), state(ME, 9_000, AgentState::Ready)];
    let after = [state(ME, 12_000, AgentState::Talking), wrapped(T.0, 80, ME.0, 16_000, 1_500)];
    let records = [handed_on, missed, elsewhere, mine, conferred, watched, line, consulted].map(ended);
    let journal = Journal::new(900_000, before.into_iter().chain(after).chain(records));
    let mut projector = Projector::open(store.clone()).await.expect("opened");
    projector.apply(journal.facts()).await.expect("applied");

    let ids = |filter| async move {
        let page = store.interactions(T, &filter, None, 100).await.expect("read");
        page.rows.iter().map(|row| row.id.0).collect::<Vec<_>>()
    };
    let of_me = || Filter { agent: Some(ME), ..Filter::default() };
    assert_eq!(ids(of_me()).await, [84, 83, 82, 81, 80], "handed on and missed ones too, watched ones not");
    assert_eq!(ids(Filter { missed: true, ..of_me() }).await, [81]);
    assert_eq!(ids(Filter { from: Some(Wall(20_000)), to: Some(Wall(40_000)), ..of_me() }).await, [82, 81]);
    let all = ids(Filter::default()).await;
    assert!(all.contains(&85) && !all.contains(&86), "trials of lines are in no list: {all:?}");
    let number = Some(Number::Exact(LINE_TEST.into()));
    assert_eq!(ids(Filter { number, ..Filter::default() }).await, [86], "unless one looks for them");
    let first = store.interactions(T, &of_me(), None, 2).await.expect("read");
    let rest = store.interactions(T, &of_me(), first.next.as_deref(), 10).await.expect("read");
    assert_eq!(rest.rows.iter().map(|row| row.id.0).collect::<Vec<_>>(), [82, 81, 80], "the next page");

    let day = store.agent_day(T, ME, Wall(8_000), Wall(70_000)).await.expect("read");
    let part = |id, began, taken, missed, talked_ms, held_ms| Part {
        interaction: InteractionId(id),
        agent: ME,
        tenant: T,
        began: Wall(began),
        taken,
        missed,
        talked_ms,
        held_ms,
    };
    let expected = [
        part(80, 10_000, Some(Wall(11_000)), false, 2_000, 500),
        part(81, 20_000, None, true, 0, 0),
        part(82, 30_000, None, false, 0, 0),
        part(83, 40_000, None, false, 0, 0),
        part(84, 50_000, Some(Wall(5_000)), false, 4_000, 0),
    ];
    assert_eq!(day.parts, expected);
    assert_eq!(day.wrap_ups.iter().map(|w| w.wrap_up_ms).collect::<Vec<_>>(), [1_500]);
    let states: Vec<_> = day.states.iter().map(|s| (s.at.0, s.state)).collect();
    let known = [(5_000, AgentState::Offline), (9_000, AgentState::Ready), (12_000, AgentState::Talking)];
    assert_eq!(states, known, "the one before too");
    let of_page = store.parts_of(T, ME, &[InteractionId(81), InteractionId(85)]).await.expect("read");
    assert_eq!(of_page, [expected[1]]);
    let other = store.agent_day(TenantId(T.0 + 1), ME, Wall(0), Wall(70_000)).await.expect("read");
    assert_eq!(other, crate::days::AgentDay::default(), "another tenant's day");

    let stays = AgentId(70_001);
    store.put(&agent(T.0, stays.0, "70001")).await.expect("written");
    let removed = Happening::SettingsChanged {
        kind: "agent".into(),
        name: "9".into(),
        action: "delete".into(),
        fields: Vec::new(),
        by: "boss".into(),
    };
    let removed = Event { tenant: T, at: Wall(60_000), what: removed };
    let journal = Journal::new(900_100, [state(stays, 60_000, AgentState::Ready), removed]);
    projector.apply(journal.facts()).await.expect("applied");
    let states = async |agent| {
        let day = store.agent_day(T, agent, Wall(8_000), Wall(70_000)).await.expect("read");
        (day.states.len(), day.parts.len())
    };
    assert_eq!(states(stays).await, (1, 0));
    assert_eq!(states(ME).await, (0, 5), "who is gone has no states; what it did stays");
}
