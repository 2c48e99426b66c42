//! Settings of queues and agents. Unknown keys are refused, so that a mistyped one is noticed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use types::leg::Text;
use types::record::{Asked, Helper, Need, SkillLevel};
use types::{AgentId, QueueId, TeamId, TenantId};

use crate::callback::CallbackRules;
use crate::refused::{ConfigError, refuse};

/// The greatest priority of a queue or a ticket, and of both together. The least is its negative.
pub const PRIORITY_MAX: i32 = 1000;
/// The highest skill level.
pub const SKILL_MAX: u8 = 10;
/// The greatest weight of an agent: who gets a hundred calls for one of another's.
pub const WEIGHT_MAX: u16 = 100;
/// Steps of relaxation and of overflow each; every one may be a line of its own.
pub const STEPS_MAX: usize = 8;
/// The latest step, seconds: who waits for longer than an hour has been forgotten.
pub const STEP_AFTER_MAX_S: u32 = 3600;
/// Longest wait for the last agent, seconds: after five minutes anybody is better.
pub const LAST_AGENT_WAIT_MAX_S: u32 = 300;
/// Longest time for which a lost place is kept, seconds.
pub const KEEP_PLACE_MAX_S: u32 = 3600;
/// Digits of a queue's number: those of the longest telephone number (E.164).
pub const NUMBER_DIGITS: usize = 15;
/// A ring timeout beyond ten minutes is a mistake: the customer would listen to music for ever.
pub const RING_MAX_S: u32 = 600;
/// Agents who ring at once for one call: each may have two telephones, and a call rings sixteen at most.
pub const RING_ALL_MAX: usize = 8;
/// Wrap-up beyond an hour is a mistake; the default lease on it ends then too.
pub const WRAP_UP_MAX_S: u32 = 3600;
/// Points per second beyond which one second outweighs every priority.
pub const AGEING_MAX: f64 = PRIORITY_MAX as f64;
/// Offsets of real time zones lie between -12:00 and +14:00.
pub const OFFSET_RANGE_MIN: std::ops::RangeInclusive<i32> = -720..=840;
/// They are whole quarters of an hour, all of them.
pub const OFFSET_STEP_MIN: i32 = 15;

/// Whether a zone may be so many minutes ahead of UTC.
pub const fn is_offset(minutes: i32) -> bool {
    *OFFSET_RANGE_MIN.start() <= minutes && minutes <= *OFFSET_RANGE_MIN.end() && minutes % OFFSET_STEP_MIN == 0
}

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
    /// Who has talked least since it signed in.
    LeastTalk,
    /// Who has had the fewest talks since it signed in.
    FewestContacts,
    /// The first in a fixed order: by [`AgentConfig::order`], then by number.
    Linear,
    /// By lot.
    Random,
    /// By lot, in the proportion of [`AgentConfig::weight`].
    Weighted,
    /// Whose levels in the queue's skills make the greatest sum.
    BestSkill,
    /// All whose [`AgentConfig::order`] is the least ring at once, at most [`RING_ALL_MAX`] of them; the first to answer
    /// has it.
    RingAll,
}

/// What becomes of an interaction when nobody is signed in who serves the queue, or who is let in to help
/// ([`QueueConfig::overflow`]) before its longest wait is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoAgentPolicy {
    /// It waits; somebody may come.
    Wait,
    /// It is not let in, but who waits already goes on waiting.
    #[default]
    Refuse,
    /// It is not let in, and all who wait leave when the last of them signs out.
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

/// A step by which a queue asks less of agents for one who has waited long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relaxation {
    /// After this wait, seconds.
    pub after_s: u32,
    /// This skill …
    pub skill: Text,
    /// … is wanted at this level only; 0 for not at all.
    pub min: u8,
}

/// A step by which the agents of another queue, or of a team, are let in for one who has waited long: one of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overflow {
    /// After this wait, seconds.
    pub after_s: u32,
    /// The other queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueId>,
    /// The team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
}

impl Overflow {
    /// A step that lets another queue's agents in.
    pub const fn to_queue(after_s: u32, queue: QueueId) -> Self {
        Self { after_s, queue: Some(queue), team: None }
    }

    /// A step that lets a team's agents in.
    pub const fn to_team(after_s: u32, team: TeamId) -> Self {
        Self { after_s, queue: None, team: Some(team) }
    }

    /// Whose agents are let in; none where it names both or neither.
    pub const fn helper(&self) -> Option<Helper> {
        match (self.queue, self.team) {
            (Some(queue), None) => Some(Helper::Queue(queue)),
            (None, Some(team)) => Some(Helper::Team { team }),
            _ => None,
        }
    }
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
    /// How it asks less of agents while one waits, in any order.
    #[serde(default)]
    pub relax: Vec<Relaxation>,
    /// Whose agents are let in while one waits, in the order in which they are asked.
    #[serde(default)]
    pub overflow: Vec<Overflow>,
    /// How long a customer waits for the agent it talked to last before others may take it, seconds; absent for not at
    /// all.
    #[serde(default)]
    pub last_agent_wait_s: Option<u32>,
    /// A customer whose call was lost while it waited, and who rings again within so many seconds, stands where it stood;
    /// absent for at the end.
    #[serde(default)]
    pub keep_place_s: Option<u32>,
    /// How it calls back who asked for it; absent: somebody does so by hand.
    #[serde(default)]
    pub callback: Option<CallbackRules>,
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
    /// The teams it is in, which queues may call for help.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<TeamId>,
    /// Its skills and their levels, 0 to [`SKILL_MAX`].
    #[serde(default)]
    pub skills: BTreeMap<Text, u8>,
    /// Its place where agents are asked in a fixed order, the least first.
    #[serde(default)]
    pub order: u16,
    /// Its share of calls where lots are drawn with weights, 1 to [`WEIGHT_MAX`].
    #[serde(default = "weight")]
    pub weight: u16,
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
            relax: Vec::new(),
            overflow: Vec::new(),
            last_agent_wait_s: None,
            keep_place_s: None,
            callback: None,
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
        if !is_offset(self.utc_offset_min) {
            return Err(refuse("utc_offset_min", "must be -720 to 840, a multiple of 15"));
        }
        if self.skills.iter().any(|s| s.skill.is_empty() || !(1..=SKILL_MAX).contains(&s.min)) {
            return Err(refuse("skills", "each needs a name and a least level of 1 to 10"));
        }
        self.validate_steps()
    }

    fn validate_steps(&self) -> Result<(), ConfigError> {
        let after = 1..=STEP_AFTER_MAX_S;
        if self.relax.len() > STEPS_MAX || self.overflow.len() > STEPS_MAX {
            return Err(refuse("relax", "at most 8 steps of each kind"));
        }
        if self.relax.iter().any(|step| !after.contains(&step.after_s) || step.min > SKILL_MAX) {
            return Err(refuse("relax", "each needs a wait of 1 to 3600 s and a level of 0 to 10"));
        }
        let own = Some(Helper::Queue(self.id));
        let helps = |step: &Overflow| step.helper().is_some_and(|helper| Some(helper) != own);
        if self.overflow.iter().any(|step| !after.contains(&step.after_s) || !helps(step)) {
            return Err(refuse("overflow", "each needs a wait of 1 to 3600 s and another queue or a team"));
        }
        if self.last_agent_wait_s.is_some_and(|wait| !(1..=LAST_AGENT_WAIT_MAX_S).contains(&wait)) {
            return Err(refuse("last_agent_wait_s", "must be 1 to 300; leave it out for not at all"));
        }
        if self.keep_place_s.is_some_and(|s| !(1..=KEEP_PLACE_MAX_S).contains(&s)) {
            return Err(refuse("keep_place_s", "must be 1 to 3600; leave it out for not at all"));
        }
        self.callback.as_ref().map_or(Ok(()), CallbackRules::validate)
    }

    /// The least that the queue ever asks of this skill, once all steps have been taken.
    fn loosest(&self, need: &SkillRequirement) -> u8 {
        let steps = self.relax.iter().filter(|step| step.skill == need.skill).map(|step| step.min);
        steps.chain([need.min]).min().unwrap_or(need.min)
    }

    /// Whether this agent may serve the queue at all: same tenant, and all skills at the levels that are asked in the end.
    pub fn suits(&self, agent: &AgentConfig) -> bool {
        self.tenant == agent.tenant && self.skills.iter().all(|need| agent.level(&need.skill) >= self.loosest(need))
    }

    /// The skills that one asks for who has waited so long, with those of `wants`: at first, and as far as they are still
    /// asked. In the order of their names.
    pub(crate) fn asked(&self, waited: Duration, wants: &[SkillRequirement]) -> Vec<Asked> {
        let mut skills: BTreeMap<&Text, u8> = BTreeMap::new();
        for want in self.skills.iter().chain(wants) {
            let level = skills.entry(&want.skill).or_default();
            *level = want.min.max(*level);
        }
        let taken = |skill: &Text| {
            let steps = self.relax.iter().filter(move |step| Duration::from_secs(step.after_s.into()) <= waited);
            steps.filter(|step| step.skill == *skill).map(|step| step.min).min()
        };
        let asked = |(skill, first): (&Text, u8)| {
            let min = taken(skill).map_or(first, |step| step.min(first));
            Asked { skill: skill.clone(), first, min }
        };
        skills.into_iter().map(asked).collect()
    }

    /// What one needs who has waited so long, and when that changes next. `wants`: skills beyond the queue's; `last`: the
    /// agent it talked to last.
    pub(crate) fn need(
        &self,
        waited: Duration,
        wants: &[SkillRequirement],
        last: Option<AgentId>,
    ) -> (Need, Option<Duration>) {
        let seconds = |s: u32| Duration::from_secs(s.into());
        if let Some(bound) = self.last_agent_wait_s.map(seconds).filter(|bound| last.is_some() && waited < *bound) {
            return (Need { agent: last, ..Need::default() }, Some(bound));
        }
        let also: Vec<_> =
            self.overflow.iter().filter(|step| seconds(step.after_s) <= waited).filter_map(Overflow::helper).collect();
        let mut skills: BTreeMap<Text, u8> =
            self.asked(waited, wants).into_iter().map(|asked| (asked.skill, asked.min)).collect();
        // What every agent of the queue can do need not be asked of each; of helpers it has to be.
        let common =
            |skill: &Text| self.skills.iter().find(|need| need.skill == *skill).map_or(0, |need| self.loosest(need));
        skills.retain(|skill, level| *level > if also.is_empty() { common(skill) } else { 0 });
        let skills = skills.into_iter().map(|(skill, min)| SkillLevel { skill, min }).collect();
        let steps = self.relax.iter().map(|step| step.after_s).chain(self.overflow.iter().map(|step| step.after_s));
        let next = steps.map(seconds).filter(|after| *after > waited).min();
        (Need { skills, also, agent: None }, next)
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
            teams: Vec::new(),
            skills: BTreeMap::new(),
            order: 0,
            weight: weight(),
            capacity: 1,
            return_after_s: None,
        }
    }

    /// The queues it serves and the teams it is in.
    pub(crate) fn groups(&self) -> impl Iterator<Item = Helper> {
        let teams = self.teams.iter().map(|team| Helper::Team { team: *team });
        self.queues.iter().map(|queue| Helper::Queue(*queue)).chain(teams)
    }

    /// Its level in a skill; 0 for one that it has not.
    pub fn level(&self, skill: &str) -> u8 {
        self.skills.get(skill).copied().unwrap_or(0)
    }

    /// Checks the values.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if self.capacity != 1 {
            return Err(refuse("capacity", "must be 1"));
        }
        if !(1..=WEIGHT_MAX).contains(&self.weight) {
            return Err(refuse("weight", "must be 1 to 100"));
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
fn weight() -> u16 {
    1
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
