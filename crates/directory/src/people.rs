//! Who there is.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use types::forward::Forwarding;
use types::leg::Text;
use types::{AgentId, DeviceId, Private, TenantId, UserId};

use crate::role::Role;

/// A company on this installation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its short name: lower-case letters, digits and hyphens; also the SIP realm and domain.
    pub name: Text,
    /// What people read.
    pub title: Text,
    /// Whether it is the demo, with passwords that everyone knows.
    #[serde(default)]
    pub demo: bool,
    /// Minutes east of UTC, for opening hours and day totals. China has one offset and no summer time.
    #[serde(default = "china")]
    pub utc_offset_min: i32,
}

const fn china() -> i32 {
    8 * 60
}

/// Someone who signs in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Whose.
    pub tenant: TenantId,
    /// Unique within the tenant.
    pub username: Text,
    /// What the user may do.
    pub roles: Vec<Role>,
    /// The agent that the user is.
    pub agent: Option<AgentId>,
}

/// What a person who has signed in still has to do before anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfinished {
    /// Choose a password: the one used was given by somebody else, for once.
    Password,
    /// Set up a second factor: the tenant demands one of people with such a role.
    SecondFactor,
}

impl Unfinished {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::SecondFactor => "second_factor",
        }
    }

    /// What a stable name means.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Password, Self::SecondFactor].into_iter().find(|u| u.as_str() == text)
    }
}

/// Someone who serves customers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// Whose.
    pub tenant: TenantId,
    /// The agent's number (工号), unique within the tenant; announced to customers and dialled by colleagues.
    pub number: Text,
    /// The agent's name.
    pub name: Private<Text>,
    /// What is rung beside its registered telephones: a SIP address as it is (a desk behind another exchange), or a
    /// mobile's number as `tel:` URI, over the trunks like any number outside. Such an agent is signed in all the time.
    #[serde(default)]
    pub address: Option<Private<Text>>,
    /// The number of ours that those whom it calls outside are shown; `anonymous` for none. Absent: what its queue, the
    /// route or the trunk shows.
    #[serde(default)]
    pub caller_id: Option<Text>,
}

/// The hashed secrets of a device: H(user:realm:secret) of RFC 7616, lower-case hexadecimal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ha1 {
    /// With MD5, which most telephones speak.
    pub md5: Private<Text>,
    /// With SHA-256 (RFC 8760).
    pub sha256: Private<Text>,
}

impl std::fmt::Debug for Ha1 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ha1(***)")
    }
}

/// A telephone or browser that registers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Whose.
    pub tenant: TenantId,
    /// The SIP user name, unique within the tenant.
    pub name: Text,
    /// The agent who answers there.
    pub agent: Option<AgentId>,
    /// Its hashed secrets.
    pub ha1: Ha1,
    /// Whether it shows that messages wait: one that stands where all can see it need not.
    #[serde(default = "shows")]
    pub message_lamp: bool,
}

const fn shows() -> bool {
    true
}

/// A name or number that is taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} {name} exists already")]
pub struct Duplicate {
    /// `agent`, `device`.
    pub what: &'static str,
    /// The name or number.
    pub name: Text,
}

/// One tenant's people and telephones.
#[derive(Clone, Debug)]
pub struct Directory {
    tenant: Tenant,
    agents: HashMap<AgentId, Agent>,
    by_number: HashMap<Text, AgentId>,
    devices: HashMap<DeviceId, Device>,
    by_name: HashMap<Text, DeviceId>,
    by_agent: HashMap<AgentId, Vec<DeviceId>>,
    forwarding: HashMap<AgentId, Forwarding>,
}

impl Directory {
    /// A tenant with nobody in it.
    pub fn new(tenant: Tenant) -> Self {
        Self {
            tenant,
            agents: HashMap::new(),
            by_number: HashMap::new(),
            devices: HashMap::new(),
            by_name: HashMap::new(),
            by_agent: HashMap::new(),
            forwarding: HashMap::new(),
        }
    }

    /// The tenant.
    pub const fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// Adds an agent.
    ///
    /// # Errors
    /// When another agent has the number.
    pub fn add_agent(&mut self, agent: Agent) -> Result<(), Duplicate> {
        if self.by_number.contains_key(&agent.number) {
            return Err(Duplicate { what: "agent", name: agent.number });
        }
        self.by_number.insert(agent.number.clone(), agent.id);
        self.agents.insert(agent.id, agent);
        Ok(())
    }

    /// Adds a device.
    ///
    /// # Errors
    /// When another device has the name.
    pub fn add_device(&mut self, device: Device) -> Result<(), Duplicate> {
        if self.by_name.contains_key(&device.name) {
            return Err(Duplicate { what: "device", name: device.name });
        }
        self.by_name.insert(device.name.clone(), device.id);
        if let Some(agent) = device.agent {
            self.by_agent.entry(agent).or_default().push(device.id);
        }
        self.devices.insert(device.id, device);
        Ok(())
    }

    /// An agent.
    pub fn agent(&self, id: AgentId) -> Option<&Agent> {
        self.agents.get(&id)
    }

    /// The agent with this number.
    pub fn agent_by_number(&self, number: &str) -> Option<&Agent> {
        self.by_number.get(number).and_then(|id| self.agents.get(id))
    }

    /// A device.
    pub fn device(&self, id: DeviceId) -> Option<&Device> {
        self.devices.get(&id)
    }

    /// The device with this SIP user name.
    pub fn device_by_name(&self, name: &str) -> Option<&Device> {
        self.by_name.get(name).and_then(|id| self.devices.get(id))
    }

    /// The devices at which an agent answers.
    pub fn devices_of(&self, agent: AgentId) -> &[DeviceId] {
        self.by_agent.get(&agent).map_or(&[], Vec::as_slice)
    }

    /// What an agent wants done with calls that it doesn't take.
    pub fn forwarding(&self, agent: AgentId) -> Option<&Forwarding> {
        self.forwarding.get(&agent)
    }

    /// Says what an agent wants done with calls that it doesn't take.
    pub fn set_forwarding(&mut self, agent: AgentId, rules: Forwarding) {
        self.forwarding.insert(agent, rules);
    }

    /// All agents, in no particular order.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.agents.values()
    }

    /// All devices, in no particular order.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.devices.values()
    }
}
