//! What a resource of each kind says. Names refer to other resources; ids stay inside.

use std::collections::BTreeMap;
use std::fmt;

use acd::{NoAgentPolicy, QueueConfig, Strategy};
use dialplan::{NumberFormat, NumberRule, Trunk};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use types::alert::Measure;
use types::{Private, QueueId, TenantId, TrunkId};
use utoipa::ToSchema;

use crate::canary::CanarySpec;
use crate::shapes::{
    CallbackSpec, MeasureName, NoAgentName, NumberChange, NumberFormatName, SkillNeed, SkillStep, StrategyName,
};

/// The name of the route that takes every number.
pub const ANY_PREFIX: &str = "any";

/// A value that is written and never read back.
#[derive(Clone, Default, PartialEq)]
pub enum Secret {
    /// It stays as it is.
    #[default]
    Keep,
    /// There shall be none.
    Clear,
    /// It shall be this.
    Set(Private<String>),
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "Keep",
            Self::Clear => "Clear",
            Self::Set(_) => "Set(***)",
        })
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(text.filter(|text| !text.is_empty()).map_or(Self::Clear, |text| Self::Set(text.into())))
    }
}

/// What people read, in each language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TitleSpec {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// The company itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantSpec {
    /// What people read.
    pub title: String,
    /// Minutes east of UTC, for opening hours and day totals.
    #[serde(default = "china")]
    pub utc_offset_min: i32,
}

const fn china() -> i32 {
    8 * 60
}

/// A named value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingSpec {
    /// A text, a number, or a list of texts.
    #[serde(deserialize_with = "plain_value")]
    pub value: Value,
}

fn plain_value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let fits = match &value {
        Value::String(_) | Value::Number(_) => true,
        Value::Array(items) => items.iter().all(Value::is_string),
        _ => false,
    };
    if fits { Ok(value) } else { Err(serde::de::Error::custom("expected a text, a number or a list of texts")) }
}

/// What can be said of an interaction when it is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DispositionSpec {
    /// What people read.
    #[serde(default)]
    pub title: TitleSpec,
    /// Its place in lists, the least first.
    #[serde(default)]
    pub place: i32,
    /// Whether people may choose it; old records understand it in any case.
    #[serde(default = "yes")]
    pub offered: bool,
}

const fn yes() -> bool {
    true
}

/// A recording that callers hear. One with the name of a prompt that ships is heard in its place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PromptSpec {
    /// What people read.
    pub title: TitleSpec,
    /// What it says, word by word.
    pub words: TitleSpec,
    /// Its sound.
    pub audio: PromptAudio,
}

/// The sound of a prompt: recordings that were uploaded, each by the SHA-256 of what is in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PromptAudio {
    /// In Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
    /// In English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// As music, for those who wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub music: Option<String>,
}

impl PromptAudio {
    /// Each language that there is, and its recording.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [("zh", &self.zh), ("en", &self.en), ("music", &self.music)];
        all.into_iter().filter_map(|(language, audio)| Some((language, audio.as_deref()?)))
    }

    /// The recording of a language; none when there is no such language.
    pub fn of(&mut self, language: &str) -> Option<&mut Option<String>> {
        match language {
            "zh" => Some(&mut self.zh),
            "en" => Some(&mut self.en),
            "music" => Some(&mut self.music),
            _ => None,
        }
    }
}

/// Someone who serves customers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentSpec {
    /// The person's name.
    #[schema(value_type = String)]
    pub display_name: Private<String>,
    /// What is rung beside its registered telephones: `sip:` as it is, a mobile's number as `tel:` over the trunks, or the
    /// address in `setting:NAME`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub address: Option<Private<String>>,
    /// The number of ours that those whom it calls outside are shown; `anonymous` for none. Absent: what its queue, the
    /// route or the trunk shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller_id: Option<String>,
    /// What the router knows of it, beside the queues it serves.
    #[serde(default, skip_serializing_if = "RoutingSpec::is_default")]
    pub routing: RoutingSpec,
}

/// What the router knows of an agent, beside the queues it serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RoutingSpec {
    /// Its skills and their levels, 0 to 10.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub skills: BTreeMap<String, u8>,
    /// Its place where agents are asked in a fixed order, the least first.
    pub order: u16,
    /// Its share of calls where lots are drawn with weights, 1 to 100.
    pub weight: u16,
}

impl Default for RoutingSpec {
    fn default() -> Self {
        Self { skills: BTreeMap::new(), order: 0, weight: 1 }
    }
}

impl RoutingSpec {
    /// Whether it says nothing.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A step by which the agents of another queue, or of a team, are let in for one who has waited long: one of the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverflowSpec {
    /// After this wait, seconds.
    #[schema(minimum = 1, maximum = 3600)]
    pub after_s: u32,
    /// The other queue's name; empty where it is a team.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub queue: String,
    /// The team's name; empty where it is a queue.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub team: String,
}

/// A bundle of permissions that the tenant has made itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RoleSpec {
    /// What people read.
    pub title: TitleSpec,
    /// What it permits, by the names of permissions.
    pub permissions: Vec<String>,
}

/// Someone who signs in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserSpec {
    /// What the user may do, by the names of roles.
    pub roles: Vec<String>,
    /// The number of the agent that the user is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// May not sign in.
    #[serde(default)]
    pub disabled: bool,
    /// The password: written, never read back. Without one nobody signs in as this user.
    #[serde(default, skip_serializing)]
    #[schema(value_type = Option<String>, write_only)]
    pub password: Secret,
    /// The password that is given here is good for one sign-in, at which the person chooses another: unless this is `false`.
    /// Written with a password, never read back.
    #[serde(default = "yes", skip_serializing)]
    #[schema(write_only, default = true)]
    pub one_time_password: bool,
}

/// A group of agents.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TeamSpec {
    /// What people read.
    pub title: TitleSpec,
    /// Numbers of its agents.
    pub agents: Vec<String>,
    /// Names of the users who lead it.
    pub supervisors: Vec<String>,
}

/// What flows show to other systems to be let in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SecretSpec {
    /// Itself: written, never read back.
    #[serde(skip_serializing)]
    #[schema(value_type = Option<String>, write_only)]
    pub value: Secret,
}

/// A telephone that registers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeviceSpec {
    /// The number of the agent who answers there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The SIP password: written, never read back. Without one nobody registers as this device.
    #[serde(skip_serializing)]
    #[schema(value_type = Option<String>, write_only)]
    pub secret: Secret,
    /// Whether it is told how many messages wait for its agent, also where it does not ask (MWI, RFC 3842).
    pub message_lamp: bool,
}

impl Default for DeviceSpec {
    fn default() -> Self {
        Self { agent: None, secret: Secret::Keep, message_lamp: true }
    }
}

/// A line to a carrier or a peer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TrunkSpec {
    /// Addresses and networks whose calls are accepted without digest.
    pub accept_from: Vec<String>,
    /// Where outbound calls go, `sip:host[:port][;transport=…]`; absent for a trunk that only takes calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_to: Option<String>,
    /// The user name if the carrier asks for digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The password for it: written, never read back.
    #[serde(skip_serializing)]
    #[schema(value_type = Option<String>, write_only)]
    pub secret: Secret,
    /// Most calls at once, in and out together; 0 is no limit.
    pub max_calls: u32,
    /// In which form numbers go to it.
    #[schema(value_type = NumberFormatName)]
    pub number_format: NumberFormat,
    /// Changes to numbers in that form; of several that fit the longest prefix counts.
    #[schema(value_type = Vec<NumberChange>)]
    pub number_rules: Vec<NumberRule>,
    /// Numbers of ours that may be shown over it, as the carrier knows them; the first is shown where nobody asks for
    /// another, `anonymous` in its place shows none. Empty for a peer, who is shown who calls.
    pub caller_ids: Vec<String>,
    /// The carrier lets a customer's own number be shown when its call is led on.
    pub pass_caller: bool,
    /// Most calls to the outside that begin within one second; 0 is no limit.
    pub max_cps: u32,
    /// How often its far end is asked by OPTIONS whether it is there, seconds; 0 is never. One that gives no answer three
    /// times is passed over until it does.
    pub probe_s: u32,
    /// The realm that alone may ask for the password; any where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub realm: Option<String>,
    /// The host of numbers that are shown over it, and the domain of its account; absent: our own address, and the
    /// registrar's host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_domain: Option<String>,
    /// Where it registers as its user, `sip:host[:port][;transport=…]`; absent: it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registrar: Option<String>,
    /// For how long it asks to be registered, seconds.
    pub register_s: u32,
    /// The user by which the carrier calls it; its user name where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_user: Option<String>,
}

impl Default for TrunkSpec {
    fn default() -> Self {
        let trunk = Trunk::new(TrunkId(0), TenantId(0), "");
        Self {
            accept_from: Vec::new(),
            send_to: None,
            username: None,
            secret: Secret::Keep,
            max_calls: trunk.max_calls,
            number_format: trunk.numbers.format,
            number_rules: Vec::new(),
            caller_ids: Vec::new(),
            pass_caller: trunk.pass_caller,
            max_cps: trunk.max_cps,
            probe_s: trunk.probe_s,
            realm: None,
            from_domain: None,
            registrar: None,
            register_s: trunk.register_s,
            contact_user: None,
        }
    }
}

/// Which trunks take numbers with a prefix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteSpec {
    /// Names of trunks, tried in this order.
    pub trunks: Vec<String>,
    /// The number of ours that is shown where neither agent nor queue asks for another; `anonymous` for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller_id: Option<String>,
}

/// Where interactions wait for an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct QueueSpec {
    /// What people read.
    pub title: TitleSpec,
    /// The number colleagues dial.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// How an agent is chosen.
    #[schema(value_type = StrategyName)]
    pub strategy: Strategy,
    /// What its agents must be able to do.
    #[schema(value_type = Vec<SkillNeed>)]
    pub skills: Vec<acd::SkillRequirement>,
    /// Work after each talk, seconds.
    pub wrap_up_s: u32,
    /// How long an agent's phone rings, seconds.
    pub ring_timeout_s: u32,
    /// Longest wait, seconds; absent for no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_wait_s: Option<u32>,
    /// Most that may wait at once.
    pub max_length: u32,
    /// A wait up to this counts as good service, seconds.
    pub service_level_s: u32,
    /// Added to each interaction's priority.
    pub priority: i32,
    /// Points that each second of waiting adds to the priority.
    pub ageing: f64,
    /// How often the position is told, seconds; absent for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announce_position_s: Option<u32>,
    /// How often the expected wait is told, seconds; absent for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announce_wait_s: Option<u32>,
    /// Music while waiting, by name.
    pub music: String,
    /// Whether the customer hears the agent's number before the talk.
    pub announce_agent_number: bool,
    /// Not shown on the wall: a queue for tests and load.
    pub hidden: bool,
    /// Whether talks are recorded.
    pub record: bool,
    /// What becomes of calls when nobody is signed in.
    #[schema(value_type = NoAgentName)]
    pub no_agent: NoAgentPolicy,
    /// Minutes east of UTC, where it differs from the tenant's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utc_offset_min: Option<i32>,
    /// The number of ours that those whom its agents call for it are shown; `anonymous` for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller_id: Option<String>,
    /// How it asks less of agents while one waits.
    #[schema(value_type = Vec<SkillStep>)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relax: Vec<acd::Relaxation>,
    /// Whose agents are let in while one waits, in the order in which they are asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overflow: Vec<OverflowSpec>,
    /// How long a customer waits for the agent it talked to last before others may take it, seconds; absent for not at
    /// all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_agent_wait_s: Option<u32>,
    /// A customer whose call was lost while it waited, and who rings again within so many seconds, stands where it
    /// stood; absent for at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_place_s: Option<u32>,
    /// How those who asked for it are called back; absent: somebody does so by hand, from the list.
    #[schema(value_type = Option<CallbackSpec>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback: Option<acd::CallbackRules>,
    /// Numbers of the agents who serve it.
    pub members: Vec<String>,
    /// Numbers of the agents who have its mailbox, whether or not they serve it; empty for all who do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mailbox_agents: Vec<String>,
}

/// What a queue says of itself, beside what the router reads: not part of its settings as stored.
const BESIDE_THE_ROUTER: [&str; 4] = ["title", "number", "members", MAILBOX_AGENTS];
/// The field of a queue's settings as stored that holds the ids of those who have its mailbox.
pub(crate) const MAILBOX_AGENTS: &str = "mailbox_agents";

impl Default for QueueSpec {
    fn default() -> Self {
        let queue = QueueConfig::new(QueueId(0), TenantId(0), "");
        Self {
            title: TitleSpec::default(),
            number: None,
            strategy: queue.strategy,
            skills: queue.skills,
            wrap_up_s: queue.wrap_up_s,
            ring_timeout_s: queue.ring_timeout_s,
            max_wait_s: queue.max_wait_s,
            max_length: queue.max_length,
            service_level_s: queue.service_level_s,
            priority: queue.priority,
            ageing: queue.ageing,
            announce_position_s: queue.announce_position_s,
            announce_wait_s: queue.announce_wait_s,
            music: queue.music.to_string(),
            announce_agent_number: queue.announce_agent_number,
            hidden: queue.hidden,
            record: queue.record,
            no_agent: queue.no_agent,
            utc_offset_min: None,
            caller_id: None,
            relax: Vec::new(),
            overflow: Vec::new(),
            last_agent_wait_s: None,
            keep_place_s: None,
            callback: None,
            members: Vec::new(),
            mailbox_agents: Vec::new(),
        }
    }
}

impl QueueSpec {
    /// Its settings as they are stored.
    pub(crate) fn config(&self) -> Value {
        let mut config = serde_json::to_value(self).unwrap_or_default();
        if let Some(fields) = config.as_object_mut() {
            fields.retain(|field, _| !BESIDE_THE_ROUTER.contains(&field.as_str()));
        }
        config
    }
}

/// A graph that interactions walk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FlowSpec {
    /// What people read.
    #[serde(default)]
    pub title: TitleSpec,
    /// The graph. A changed one becomes a new version, and calls walk it from then on.
    pub definition: Value,
    /// A newer version that a share of the callers walks. It goes with this field: by hand, when a guard finds it worse, or
    /// at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<CanarySpec>,
}

/// A figure of the wall that somebody wants to be told of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThresholdSpec {
    /// What people read.
    #[serde(default)]
    pub title: TitleSpec,
    /// The figure.
    #[serde(default)]
    #[schema(value_type = MeasureName)]
    pub measure: Measure,
    /// Names of the queues, each watched for itself; empty for all queues together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queues: Vec<String>,
    /// From which value on somebody should look: customers, agents, seconds or percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<u32>,
    /// From which value on somebody has to act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical: Option<u32>,
    /// For how long the figure has to be beyond a value, or back, before anything is said; seconds.
    #[serde(default = "half_a_minute")]
    #[schema(maximum = 3600, default = 30)]
    pub hold_s: u32,
    /// By how much the figure has to be better than the value that it had passed before the alert is over.
    #[serde(default)]
    pub margin: u32,
}

impl ThresholdSpec {
    /// What it says as it is stored: all but its title, the queues by name.
    pub(crate) fn config(&self) -> Value {
        let mut config = serde_json::to_value(self).unwrap_or_default();
        if let Some(fields) = config.as_object_mut() {
            fields.remove("title");
        }
        config
    }
}

const fn half_a_minute() -> u32 {
    30
}

/// A number of the tenant's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberSpec {
    /// Where it leads.
    pub target: TargetSpec,
}

/// Where a number leads: one of these, by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TargetSpec {
    /// Into a flow.
    Flow(String),
    /// Straight into a queue.
    Queue(String),
    /// To one agent, by number.
    Agent(String),
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The fields of a queue that it does not say itself.
    const FROM_ELSEWHERE: [&str; 3] = ["id", "tenant", "name"];

    #[test]
    fn a_queue_can_say_all_that_the_router_reads() {
        let reads = serde_json::to_value(QueueConfig::new(QueueId(0), TenantId(0), "x")).unwrap();
        let all = QueueSpec {
            number: Some("1".into()),
            max_wait_s: Some(1),
            announce_position_s: Some(1),
            announce_wait_s: Some(1),
            utc_offset_min: Some(1),
            caller_id: Some("1".into()),
            relax: vec![acd::Relaxation { after_s: 1, skill: "x".into(), min: 0 }],
            overflow: vec![OverflowSpec { after_s: 1, queue: "y".into(), team: String::new() }],
            last_agent_wait_s: Some(1),
            keep_place_s: Some(1),
            callback: Some(acd::CallbackRules::default()),
            ..QueueSpec::default()
        };
        let says = serde_json::to_value(&all).unwrap();
        let fields = |v: &Value| v.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
        let missing: Vec<_> = fields(&reads).difference(&fields(&says)).cloned().collect();
        let missing: Vec<_> = missing.iter().filter(|f| !FROM_ELSEWHERE.contains(&f.as_str())).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn a_secret_is_kept_cleared_or_set_and_never_shown() {
        let read = |json: &str| serde_json::from_str::<DeviceSpec>(json).unwrap();
        assert_eq!(read("{}").secret, Secret::Keep);
        for cleared in [r#"{"secret":null}"#, r#"{"secret":""}"#] {
            assert_eq!(read(cleared).secret, Secret::Clear);
        }
        let set = read(r#"{"secret":"tiger"}"#);
        assert_eq!(set.secret, Secret::Set("tiger".into()));
        assert!(!format!("{set:?}").contains("tiger"));
        assert_eq!(serde_json::to_value(&set).unwrap(), serde_json::json!({"message_lamp": true}));
    }
}
