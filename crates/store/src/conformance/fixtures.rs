//! Things to store.

use directory::{Agent, Device, Ha1, Role, Tenant, User};
use types::cause::{Cause, EndedBy};
use types::event::{Event, Happening};
use types::record::{Channel, Direction, InteractionRecord, Outcome};
use types::{AgentId, DeviceId, InteractionId, QueueId, TenantId, UserId, Wall};

use crate::projection::Fact;
use crate::rows::Login;

pub(super) fn tenant(id: u64) -> Tenant {
    Tenant {
        id: TenantId(id),
        name: format!("tenant-{id}").into(),
        title: "甲公司".into(),
        demo: false,
        utc_offset_min: -210,
    }
}

pub(super) fn login(tenant: u64, id: u64, username: &str) -> Login {
    let user = User {
        id: UserId(id),
        tenant: TenantId(tenant),
        username: username.into(),
        roles: vec![Role::Agent, Role::Admin],
        agent: Some(AgentId(id)),
    };
    Login { user, password_hash: "$argon2id$x".into(), disabled: false }
}

pub(super) fn agent(tenant: u64, id: u64, number: &str) -> Agent {
    let (tenant, name) = (TenantId(tenant), "李雷".into());
    Agent { id: AgentId(id), tenant, number: number.into(), name, address: None, caller_id: None }
}

pub(super) fn device(tenant: u64, id: u64, name: &str) -> Device {
    let ha1 = Ha1 { md5: "aa".into(), sha256: "bb".into() };
    Device { id: DeviceId(id), tenant: TenantId(tenant), name: name.into(), agent: None, ha1, message_lamp: true }
}

/// A record that began at `started` ms, from and to these numbers.
pub(super) fn record(tenant: u64, id: u64, started: i64, from: &str, to: &str) -> InteractionRecord {
    InteractionRecord {
        id: InteractionId(id),
        tenant: TenantId(tenant),
        channel: Channel::Voice,
        direction: Direction::Inbound,
        from: from.into(),
        to: to.into(),
        queue: None,
        agent: None,
        flows: Vec::new(),
        started: Wall(started),
        answered: Some(Wall(started + 10)),
        connected: None,
        ended: Wall(started + 5_000),
        wait_ms: 1,
        ring_ms: 0,
        talk_ms: 2,
        hold_ms: 3,
        outcome: Outcome::Answered,
        ended_by: EndedBy::Caller,
        cause: Cause::Normal,
        legs: vec![],
        forwards: vec![],
        segments: vec![],
        trace: vec![],
        decisions: vec![],
        promises: vec![],
        waits: vec![],
        recordings: vec![],
        tags: vec![],
        wrap_ups: vec![],
        disposition: None,
    }
}

pub(super) fn ended(record: InteractionRecord) -> Event {
    Event { tenant: record.tenant, at: record.ended, what: Happening::InteractionEnded { record: Box::new(record) } }
}

pub(super) fn wrapped(tenant: u64, id: u64, agent: u64, at: i64, wrap_up_ms: u64) -> Event {
    let what = Happening::Wrapped { id: InteractionId(id), agent: AgentId(agent), wrap_up_ms, from: None, queue: None };
    Event { tenant: TenantId(tenant), at: Wall(at), what }
}

pub(super) fn wish(tenant: u64, id: u64, at: i64, number: &str) -> Event {
    let what = Happening::CallbackRequested {
        id: InteractionId(id),
        number: number.into(),
        queue: Some(QueueId(5)),
        since: None,
        wants: Vec::new(),
        missed: false,
    };
    Event { tenant: TenantId(tenant), at: Wall(at), what }
}

/// The same where nobody asked for it.
pub(super) fn missed_wish(tenant: u64, id: u64, at: i64, number: &str) -> Event {
    let mut event = wish(tenant, id, at, number);
    if let Happening::CallbackRequested { missed, .. } = &mut event.what {
        *missed = true;
    }
    event
}

/// A journal of these events, from a position on.
pub(super) struct Journal {
    events: Vec<(u64, Event, Vec<u8>)>,
}

impl Journal {
    pub(super) fn new(first: u64, events: impl IntoIterator<Item = Event>) -> Self {
        let json = |event: &Event| serde_json::to_vec(&event.what).expect("an event becomes JSON");
        let events = (first..).zip(events).map(|(pos, event)| (pos, json(&event), event));
        Self { events: events.map(|(pos, json, event)| (pos, event, json)).collect() }
    }

    pub(super) fn facts(&self) -> impl Iterator<Item = Fact<'_>> {
        self.events.iter().map(|(pos, event, json)| Fact { pos: *pos, tenant: event.tenant, at: event.at, json })
    }
}
