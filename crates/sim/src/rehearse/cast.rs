//! The centre's people, with telephones of ours in place of theirs.

use std::collections::HashMap;

use center::{Center, Setup};
use directory::{Agent, Directory};
use types::register::{Contact, RegisterChange, RegisterRequest};
use types::{AgentId, DeviceId, LegId, Now, TenantId};

use super::Duty;
use crate::people::People;
use crate::world;

/// Longer than any day that is rehearsed, seconds: nobody's telephone vanishes.
const EXPIRES_S: u32 = 3 * 86_400;

/// An agent.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) device: Option<DeviceId>,
    pub(super) registered: bool,
    /// What it means to do.
    pub(super) duty: Duty,
    /// Its telephone's legs.
    pub(super) legs: Vec<LegId>,
}

/// All agents, by their places.
#[derive(Debug)]
pub(super) struct Cast {
    pub(super) people: People,
    pub(super) members: Vec<Member>,
}

impl Cast {
    /// Gives each agent an address by which it is known here; and the settings with these.
    pub(super) fn new(setup: &mut Setup) -> Self {
        let tenant = setup.directory.tenant().clone();
        let mut agents: Vec<Agent> = setup.directory.agents().cloned().collect();
        agents.sort_by(|a, b| a.number.cmp(&b.number).then(a.id.cmp(&b.id)));
        let people = People::new(tenant.id, agents.iter().map(|agent| agent.id).collect());
        let mut directory = Directory::new(tenant);
        let mut members = Vec::new();
        for (place, agent) in agents.into_iter().enumerate() {
            let id = agent.id;
            // A fixed address is always there.
            let fixed = agent.address.is_some();
            let address = fixed.then(|| world::contact(place, 1).into());
            let device = setup.directory.devices_of(id).first().copied();
            // The numbers were different before.
            let _ = directory.add_agent(Agent { address, ..agent });
            if let Some(rules) = setup.directory.forwarding(id) {
                directory.set_forwarding(id, rules.clone());
            }
            let duty = if fixed { Duty::Ready } else { Duty::Away };
            members.push(Member { device, registered: fixed, duty, legs: Vec::new() });
        }
        for device in setup.directory.devices() {
            let _ = directory.add_device(device.clone());
        }
        setup.directory = directory;
        Self { people, members }
    }

    /// Whether an agent's telephone is taken by another call.
    pub(super) fn is_busy(&self, place: usize, but: LegId, legs: &HashMap<LegId, crate::leg::Leg>) -> bool {
        let others = self.members[place].legs.iter().filter(|id| **id != but);
        others.filter_map(|id| legs.get(id)).any(|leg| leg.up && !leg.ended)
    }

    /// The agent's telephone is there from now on; whether it has one.
    pub(super) fn register(&mut self, now: Now, center: &mut Center, place: usize) -> bool {
        let member = &mut self.members[place];
        if member.registered {
            return true;
        }
        let Some(device) = member.device else { return false };
        let contact = Contact {
            uri: world::contact(place, 0).into(),
            source: types::Private::new("192.0.2.1:5060".into()),
            ..Contact::default()
        };
        let change = RegisterChange::Update(vec![(contact, EXPIRES_S)]);
        let request = RegisterRequest { call_id: format!("r{place}").into(), cseq: 1, change };
        member.registered = center.register(now, self.people.tenant(), device, &request).is_ok();
        member.registered
    }

    pub(super) fn place(&self, agent: AgentId) -> Option<usize> {
        self.people.place(agent)
    }

    pub(super) fn id(&self, place: usize) -> AgentId {
        self.people.ids()[place]
    }

    pub(super) const fn tenant(&self) -> TenantId {
        self.people.tenant()
    }
}
