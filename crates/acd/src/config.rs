//! Settings of queues and agents. Unknown keys are refused, so that a mistyped one is noticed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use types::leg::Text;
use types::{AgentId, QueueId, TenantId};

/// The greatest priority of a queue or a ticket, and of both together. The least is its negative.
pub const PRIORITY_MAX: i32 = 1000;
/// The highest skill level.
pub const SKILL_MAX: u8 = 10;
/// Digits of a queue's number: those of the longest telephone number (E.164).
pub const NUMBER_DIGITS: usize = 15;
/// A ring timeout beyond ten minutes is a mistake: the customer would listen to music for ever.
pub const RING_MAX_S: u32 = 600;
/// Wrap-up beyond an hour is a mistake; the default lease on it ends then too.
pub const WRAP_UP_MAX_S: u32 = 3600;
/// Points per second beyond which one second outweighs every priority.
pub const AGEING_MAX: f64 = PRIORITY_MAX as f64;
/// Offsets of real time zones lie between -12:00 and +14:00.
pub const OFFSET_RANGE_MIN: std::ops::RangeInclusive<i32> = -720..=840;

/// How the agent is chosen among the suitable ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Strategy {
    /// Who has been ready for the longest time.
    #[default]
    LongestIdle,
    /// Whose last offer from this queue lies farthest back.
    RoundRobin,
}

/// What becomes of an interaction when nobody of the queue is signed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoAgentPolicy {
    /// It waits; somebody may come.
    Wait,
    /// It is not let in, but who waits already goes on waiting.
    #[default]
    Refuse,
    /// It is not let in, and all who wait leave when the last agent signs out.
    Leave,
}

/// A skill an agent must have to serve a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkillRequirement {
    /// The skill's name.
    pub skill: Text,
    /// The least level, 1 to [`SKILL_MAX`].
    #[serde(default = "one")]
    pub min: u8,
}

/// A queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueConfig {
    /// Its id.
    pub id: QueueId,
    /// Whose it is. Agents of other tenants never serve it.
    pub tenant: TenantId,
    /// Its name, by which flows refer to it.
    pub name: Text,
    /// What colleagues dial, and hand calls to; may be empty.
    #[serde(default = "empty")]
    pub number: Text,
    /// How an agent is chosen.
    #[serde(default)]
    pub strategy: Strategy,
    /// What its agents must be able to do.
    #[serde(default)]
    pub skills: Vec<SkillRequirement>,
    /// Work after each talk, seconds.
    #[serde(default)]
    pub wrap_up_s: u32,
    /// How long an agent's phone rings, seconds.
    #[serde(default = "ring_timeout_s")]
    pub ring_timeout_s: u32,
    /// Longest wait, seconds; absent for no limit.
    #[serde(default)]
    pub max_wait_s: Option<u32>,
    /// Most that may wait at once.
    #[serde(default = "max_length")]
    pub max_length: u32,
    /// A wait up to this counts as good service, seconds.
    #[serde(default = "service_level_s")]
    pub service_level_s: u32,
    /// Added to each ticket's priority.
    #[serde(default)]
    pub priority: i32,
    /// Points that each second of waiting adds to the priority.
    #[serde(default = "ageing")]
    pub ageing: f64,
    /// How often the position is told, seconds; absent for never.
    #[serde(default)]
    pub announce_position_s: Option<u32>,
    /// How often the expected wait is told, seconds; absent for never.
    #[serde(default)]
    pub announce_wait_s: Option<u32>,
    /// Music while waiting, by name.
    #[serde(default = "music")]
    pub music: Text,
    /// Whether the customer hears the agent's number before the bridge (工号1001为您服务).
    #[serde(default)]
    pub announce_agent_number: bool,
    /// Not shown on the wall, nor are agents who serve no other: a queue for tests and load.
    #[serde(default)]
    pub hidden: bool,
    /// Whether talks are recorded.
    #[serde(default = "yes")]
    pub record: bool,
    /// What becomes of calls when nobody is signed in.
    #[serde(default)]
    pub no_agent: NoAgentPolicy,
    /// The tenant's offset from UTC, minutes: its day begins at its midnight.
    #[serde(default = "utc_offset_min")]
    pub utc_offset_min: i32,
    /// The number of ours that those whom its agents call for it are shown; `anonymous` for none.
    #[serde(default)]
    pub caller_id: Option<Text>,
}

/// An agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentConfig {
    /// Its id.
    pub id: AgentId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The number customers are told (工号) and colleagues dial.
    pub number: Text,
    /// The queues it serves.
    #[serde(default)]
    pub queues: Vec<QueueId>,
    /// Its skills and their levels, 0 to [`SKILL_MAX`].
    #[serde(default)]
    pub skills: BTreeMap<Text, u8>,
    /// Voice calls at once; only 1 is possible so far.
    #[serde(default = "one")]
    pub capacity: u8,
    /// After a missed, declined or failed offer the agent becomes ready again by itself after so
    /// many seconds; absent when it has to do so by hand.
    #[serde(default)]
    pub return_after_s: Option<u32>,
}

/// Lengths of the leases that guard against forgotten releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From an agent's answer to the talk: the time for announcements. Default 60 s.
    pub connect: Duration,
    /// A talk that nobody has confirmed to be alive for so long is over. Default 4 h.
    pub talk: Duration,
    /// The longest wrap-up, all extensions included. Default 1 h.
    pub wrap_up: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(60),
            talk: Duration::from_secs(4 * 3600),
            wrap_up: Duration::from_secs(3600),
        }
    }
}

/// A setting that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct ConfigError {
    /// The field.
    pub field: &'static str,
    /// What it has to be.
    pub why: &'static str,
}

const fn refuse(field: &'static str, why: &'static str) -> ConfigError {
    ConfigError { field, why }
}

impl QueueConfig {
    /// A queue with the defaults that an empty JSON object of settings has.
    pub fn new(id: QueueId, tenant: TenantId, name: &str) -> Self {
        Self {
            id,
            tenant,
            name: name.into(),
            number: empty(),
            strategy: Strategy::default(),
            skills: Vec::new(),
            wrap_up_s: 0,
            ring_timeout_s: ring_timeout_s(),
            max_wait_s: None,
            max_length: max_length(),
            service_level_s: service_level_s(),
            priority: 0,
            ageing: ageing(),
            announce_position_s: None,
            announce_wait_s: None,
            music: music(),
            announce_agent_number: false,
            hidden: false,
            record: yes(),
            no_agent: NoAgentPolicy::default(),
            utc_offset_min: utc_offset_min(),
            caller_id: None,
        }
    }

    /// Checks the values against one another and against what is possible.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if self.name.is_empty() {
            return Err(refuse("name", "must not be empty"));
        }
        if self.number.len() > NUMBER_DIGITS || !self.number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(refuse("number", "must be at most 15 digits"));
        }
        if !(1..=RING_MAX_S).contains(&self.ring_timeout_s) {
            return Err(refuse("ring_timeout_s", "must be 1 to 600"));
        }
        if self.wrap_up_s > WRAP_UP_MAX_S {
            return Err(refuse("wrap_up_s", "must be at most 3600"));
        }
        if self.max_wait_s == Some(0) {
            return Err(refuse("max_wait_s", "must be at least 1; leave it out for no limit"));
        }
        if self.max_length == 0 {
            return Err(refuse("max_length", "must be at least 1"));
        }
        if self.priority.abs() > PRIORITY_MAX {
            return Err(refuse("priority", "must be -1000 to 1000"));
        }
        if !(0.0..=AGEING_MAX).contains(&self.ageing) {
            return Err(refuse("ageing", "must be 0 to 1000 points per second"));
        }
        if self.announce_position_s == Some(0) || self.announce_wait_s == Some(0) {
            return Err(refuse("announce_position_s", "intervals must be at least 1; leave them out for never"));
        }
        if !OFFSET_RANGE_MIN.contains(&self.utc_offset_min) {
            return Err(refuse("utc_offset_min", "must be -720 to 840"));
        }
        if self.skills.iter().any(|s| s.skill.is_empty() || !(1..=SKILL_MAX).contains(&s.min)) {
            return Err(refuse("skills", "each needs a name and a least level of 1 to 10"));
        }
        Ok(())
    }

    /// Whether this agent may serve the queue at all: same tenant and all skills.
    pub fn suits(&self, agent: &AgentConfig) -> bool {
        self.tenant == agent.tenant
            && self.skills.iter().all(|need| agent.skills.get(&need.skill).is_some_and(|level| *level >= need.min))
    }
}

impl AgentConfig {
    /// An agent of these queues without skills.
    pub fn new(id: AgentId, tenant: TenantId, number: &str, queues: &[QueueId]) -> Self {
        Self {
            id,
            tenant,
            number: number.into(),
            queues: queues.to_vec(),
            skills: BTreeMap::new(),
            capacity: 1,
            return_after_s: None,
        }
    }

    /// Checks the values.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if self.capacity != 1 {
            return Err(refuse("capacity", "must be 1"));
        }
        if self.skills.values().any(|level| *level > SKILL_MAX) {
            return Err(refuse("skills", "levels are 0 to 10"));
        }
        Ok(())
    }
}

fn yes() -> bool {
    true
}
fn one() -> u8 {
    1
}
fn empty() -> Text {
    Arc::from("")
}
fn ring_timeout_s() -> u32 {
    20
}
/// Memory of a waiting ticket is some 300 bytes; more callers than this at once in one queue is an attack.
fn max_length() -> u32 {
    50_000
}
fn service_level_s() -> u32 {
    20
}
fn ageing() -> f64 {
    1.0
}
fn music() -> Text {
    Arc::from("default")
}
/// China's.
fn utc_offset_min() -> i32 {
    480
}
