use super::*;
use acd::AgentConfig;
use center::{AgentOrder, Center, Effect, Setup};
use directory::{Agent, Device, Directory, Ha1, Tenant};
use std::time::Duration;
use types::record::Disposition;
use types::register::{Contact, RegisterChange, RegisterRequest};
use types::{Mono, Now};

const T: TenantId = TenantId(1);
const QUEUE: QueueId = QueueId(5);

fn event(at: i64, what: Happening) -> Event {
    Event { tenant: T, at: Wall(at), what }
}

fn started(id: u64, leg: u64) -> Happening {
    Happening::InteractionStarted {
        id: InteractionId(id),
        channel: Channel::Voice,
        direction: Direction::Inbound,
        from: "1".into(),
        to: "2".into(),
        leg: LegId(leg),
        sip_call_id: Some("c".into()),
        callback_of: None,
    }
}

fn write(dir: &Path, events: &[Event]) {
    let journal = Journal::open(dir, journal::Options::default()).unwrap();
    let mut writer = journal.writer();
    events.iter().for_each(|event| writer.append(event));
    writer.barrier(Duration::from_secs(5));
}

fn read(dir: &Path) -> Recovered {
    let journal = Journal::open(dir, journal::Options::default()).unwrap();
    recover(&journal, &dir.join("none")).unwrap()
}

#[test]
fn what_a_crash_cut_off_gets_an_end_and_the_rest_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let agent = AgentId(3);
    let state =
        |state, agent| Happening::InteractionState { id: InteractionId(7), state, queue: None, agent, slot: None };
    let recorded =
        Happening::RecordingStarted { id: InteractionId(7), recording: RecordingId(9), tracks: vec![(LegId(70), 0)] };
    let saved = |leg| Happening::DialogSaved { leg: LegId(leg), id: InteractionId(7), bytes: vec![leg as u8] };
    let said = Disposition::new("solved", "", "u".into(), Wall(2650)).unwrap();
    let events = [
        event(1000, started(7, 70)),
        event(1500, Happening::InteractionAnswered { id: InteractionId(7) }),
        event(1800, state(SegmentKind::Ringing, Some(agent))),
        event(2000, state(SegmentKind::Talking, Some(agent))),
        event(2500, recorded),
        event(2600, saved(70)),
        event(2600, saved(71)),
        event(2600, saved(72)),
        event(2650, Happening::Disposed { id: InteractionId(7), disposition: said.clone() }),
        event(2700, Happening::DialogEnded { leg: LegId(71), cause: Cause::Normal }),
    ];
    write(dir.path(), &events);
    let recovered = read(dir.path());
    assert_eq!(recovered.dialogs.into_values().collect::<Vec<_>>(), [(T, vec![70]), (T, vec![72])]);
    let [Event { what: Happening::InteractionEnded { record }, .. }] = &recovered.ends[..] else { panic!() };
    assert_eq!(
        (record.answered, record.outcome, record.disposition.as_ref()),
        (Some(Wall(1500)), Outcome::Answered, Some(&said))
    );
    assert_eq!((record.ended_by, record.cause), (EndedBy::System, Cause::Shutdown));
    // A leg's goodbye is the last moment that is known of the call.
    assert_eq!((record.ring_ms, record.talk_ms, record.ended), (200, 700, Wall(2700)));
    assert_eq!(record.recordings.len(), 1);
    let legs: Vec<_> = record.legs.iter().map(|l| (l.id.0, l.role, l.agent, l.cause)).collect();
    let cut_off = Some(Cause::Shutdown);
    let expected = [
        (70, LegRole::Customer, None, cut_off),
        (71, LegRole::Agent, Some(agent), None),
        (72, LegRole::Agent, Some(agent), cut_off),
    ];
    assert_eq!(legs, expected);
}

#[test]
fn a_call_whose_caller_heard_no_answer_is_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let answered = |id| Happening::InteractionAnswered { id: InteractionId(id) };
    let saved = |id, leg| Happening::DialogSaved { leg: LegId(leg), id: InteractionId(id), bytes: vec![1] };
    let events = [
        event(1000, started(8, 80)),
        event(1100, started(7, 70)),
        event(1200, answered(8)),
        // Only the one that was dialled for it is confirmed.
        event(1300, saved(8, 81)),
        event(1400, answered(7)),
        event(1500, saved(7, 70)),
        event(1600, started(6, 60)),
        event(1700, saved(6, 60)),
        event(1800, Happening::DialogEnded { leg: LegId(60), cause: Cause::Normal }),
    ];
    write(dir.path(), &events);
    let recovered = read(dir.path());
    let ends = recovered.ends.iter().filter_map(|event| match &event.what {
        Happening::InteractionEnded { record } => Some(record.id.0),
        _ => None,
    });
    assert_eq!(ends.collect::<Vec<_>>(), [6, 7]);
    let unheard: Vec<_> = recovered.unheard.iter().map(|r| (r.id.0, r.ended, r.cause, r.legs.len())).collect();
    assert_eq!(unheard, [(8, Wall(1200), Cause::Shutdown, 2)]);
}

#[test]
fn work_after_a_talk_that_a_crash_cut_off_is_accounted_for() {
    let dir = tempfile::tempdir().unwrap();
    let id = InteractionId(7);
    let state = |state, interaction| Happening::AgentState {
        agent: AgentId(3),
        state,
        reason: None,
        until: Some(Wall(99_000)),
        interaction,
        since: None,
        next: None,
        queue: None,
        clock_ms: None,
        worked: None,
        need: types::record::Need::default(),
    };
    let events = [
        event(1000, state(AgentState::Talking, Some(id))),
        event(4000, state(AgentState::WrapUp, Some(id))),
        event(9000, started(8, 80)),
    ];
    write(dir.path(), &events);
    let recovered = read(dir.path());
    let wrapped = Happening::Wrapped { id, agent: AgentId(3), wrap_up_ms: 5000, from: Some(Wall(4000)), queue: None };
    assert_eq!(recovered.ends, [event(9000, wrapped)]);
    let mut ends = recovered.ends;
    ends.extend(
        recovered
            .unheard
            .into_iter()
            .map(|record| event(9000, Happening::InteractionEnded { record: Box::new(record) })),
    );
    assert_eq!(ends.len(), 2);
    // The next start, thirteen hours later, finds nothing left to account for; nor does one from a checkpoint.
    write(dir.path(), &ends);
    write(dir.path(), &[event(47_000_000, Happening::InteractionAnswered { id: InteractionId(8) })]);
    assert_eq!(read(dir.path()).ends, []);
    let journal = Journal::open(dir.path(), journal::Options::default()).unwrap();
    let at = dir.path().join("checkpoint.json");
    Scan::catch_up(&journal, &at).unwrap().save(&at).unwrap();
    assert_eq!(recover(&journal, &at).unwrap().ends, []);
}

#[test]
fn work_after_one_talk_does_not_settle_that_after_another() {
    let dir = tempfile::tempdir().unwrap();
    let wrap_up = |interaction| Happening::AgentState {
        agent: AgentId(3),
        state: AgentState::WrapUp,
        reason: None,
        until: None,
        interaction: Some(InteractionId(interaction)),
        since: None,
        next: None,
        queue: None,
        clock_ms: None,
        worked: None,
        need: types::record::Need::default(),
    };
    let wrapped = |id, wrap_up_ms, from| Happening::Wrapped {
        id: InteractionId(id),
        agent: AgentId(3),
        wrap_up_ms,
        from: Some(Wall(from)),
        queue: None,
    };
    let events = [event(4000, wrap_up(8)), event(5000, wrapped(7, 10, 3000))];
    write(dir.path(), &events);
    assert_eq!(read(dir.path()).ends, [event(5000, wrapped(8, 1000, 4000))]);
}

// ---- what agents said ----

fn company() -> Setup {
    let tenant = Tenant { id: T, name: "t".into(), title: "t".into(), demo: false, utc_offset_min: 480 };
    let mut directory = Directory::new(tenant);
    let none = || Private::new(Text::from(""));
    let mut agents = Vec::new();
    for n in 0..5 {
        let (id, number) = (AgentId(n), Text::from(format!("100{n}")));
        agents.push(AgentConfig::new(id, T, &number, &[QUEUE]));
        directory
            .add_agent(Agent { id, tenant: T, number: number.clone(), name: none(), address: None, caller_id: None })
            .unwrap();
        let ha1 = Ha1 { md5: none(), sha256: none() };
        directory
            .add_device(Device { id: DeviceId(n), tenant: T, name: number, agent: Some(id), ha1, message_lamp: true })
            .unwrap();
    }
    Setup {
        secrets: HashMap::new(),
        databases: HashMap::new(),
        directory,
        plan: dialplan::Plan::default(),
        queues: vec![acd::QueueConfig::new(QUEUE, T, "q")],
        agents,
        mailbox_agents: HashMap::new(),
        thresholds: Vec::new(),
        flows: HashMap::new(),
        settings: HashMap::new(),
        seed: 1,
    }
}

fn state(center: &Center, now: Now, agent: u64) -> String {
    let status = center.agent_status(now, T, AgentId(agent)).unwrap();
    let reason = status.reason.map(|r| format!(" {r}")).unwrap_or_default();
    format!("{}{reason}", status.state.as_str())
}

#[test]
fn an_agent_at_lunch_is_still_at_lunch_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let now = net::media::now();
    let mut center = Center::new(1);
    center.add_tenant(now, company()).unwrap();
    for n in 0..5 {
        let uri: Text = format!("sip:100{n}@192.0.2.9").into();
        let contact = Contact { uri: uri.into(), source: "192.0.2.9:5060".into(), ..Contact::default() };
        let change = RegisterChange::Update(vec![(contact, 3600)]);
        let request = RegisterRequest { call_id: "r".into(), cseq: 1, change };
        center.register(now, T, DeviceId(n), &request).unwrap();
    }
    let mut order = |agent, order| center.order(now, T, AgentId(agent), order).unwrap();
    order(0, AgentOrder::NotReady("lunch".into()));
    order(1, AgentOrder::SignOut);
    order(2, AgentOrder::NotReady("lunch".into()));
    order(2, AgentOrder::Ready);
    let mut events: Vec<Event> = Vec::new();
    while let Some(effect) = center.poll_effect() {
        if let Effect::Journal(event) = effect {
            events.push(*event);
        }
    }
    // The fourth missed a call: it has not said anything itself.
    let (ready, missed) = (AgentState::NotReady, Some("rona".into()));
    let missed = Happening::AgentState {
        agent: AgentId(3),
        state: ready,
        reason: missed,
        until: None,
        interaction: None,
        since: None,
        next: None,
        queue: None,
        clock_ms: None,
        worked: None,
        need: types::record::Need::default(),
    };
    events.push(Event { tenant: T, at: now.wall, what: missed });
    write(dir.path(), &events);

    // Once from the journal alone, once from a checkpoint.
    for checkpoint in [false, true] {
        let journal = std::sync::Arc::new(Journal::open(dir.path(), journal::Options::default()).unwrap());
        let at = dir.path().join("checkpoint.json");
        if checkpoint {
            Scan::catch_up(&journal, &at).unwrap().save(&at).unwrap();
        }
        let later = Now { mono: Mono(now.mono.0 + 1_000_000), wall: Wall(now.wall.0 + 1000) };
        let mut center = Center::new(1);
        center.add_tenant(later, company()).unwrap();
        crate::restore(&journal, &at, &mut center).unwrap();
        let states: Vec<_> = (0..5).map(|n| state(&center, later, n)).collect();
        assert_eq!(states, ["not_ready lunch", "offline", "ready", "not_ready rona", "ready"]);
    }
}

#[test]
fn a_dialog_stands_for_every_start_until_its_goodbye_has_arrived() {
    let dir = tempfile::tempdir().unwrap();
    let saved = Happening::DialogSaved { leg: LegId(70), id: InteractionId(7), bytes: vec![70] };
    write(dir.path(), &[event(1000, started(7, 70)), event(2600, saved)]);
    // A start that fails after this point must leave the goodbye to the next one.
    for _ in 0..2 {
        let journal = std::sync::Arc::new(Journal::open(dir.path(), journal::Options::default()).unwrap());
        let dialogs = crate::restore(&journal, &dir.path().join("none"), &mut Center::new(1)).unwrap();
        assert_eq!(dialogs.into_iter().collect::<Vec<_>>(), [(LegId(70), (T, vec![70]))]);
    }
    write(dir.path(), &[event(3000, Happening::DialogEnded { leg: LegId(70), cause: Cause::Normal })]);
    assert!(read(dir.path()).dialogs.is_empty());
}
