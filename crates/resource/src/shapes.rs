//! What the schema says of values whose types are not ours to describe.

use utoipa::ToSchema;

/// The strategies by name, for the schema alone.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "its names are what counts")]
pub(crate) enum StrategyName {
    LongestIdle,
    RoundRobin,
    LeastTalk,
    FewestContacts,
    Linear,
    Random,
    Weighted,
    BestSkill,
    RingAll,
}

/// The figures by name, for the schema alone.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "its names are what counts")]
pub(crate) enum MeasureName {
    Waiting,
    LongestWait,
    ServiceLevel,
    AbandonRate,
    AgentsFree,
    Occupancy,
    Capacity,
}

/// What becomes of calls when nobody is signed in, for the schema alone.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "its names are what counts")]
pub(crate) enum NoAgentName {
    Wait,
    Refuse,
    Leave,
}

/// A skill that an agent must have, for the schema alone.
#[derive(ToSchema)]
#[expect(dead_code, reason = "its fields are what counts")]
pub(crate) struct SkillNeed {
    /// The skill's name.
    skill: String,
    /// The least level, 1 to 10.
    #[schema(minimum = 1, maximum = 10, default = 1)]
    min: Option<u8>,
}

/// How a queue calls back, for the schema alone.
#[derive(ToSchema)]
#[expect(dead_code, reason = "its fields are what counts")]
pub(crate) struct CallbackSpec {
    /// Calls that are made in vain before nobody tries any longer.
    #[schema(minimum = 1, maximum = 10, default = 3)]
    attempts: Option<u8>,
    /// From one of them to the next, seconds.
    #[schema(minimum = 10, maximum = 86400, default = 900)]
    pause_s: Option<u32>,
    /// After so long nobody calls any more, seconds.
    #[schema(minimum = 60, maximum = 604800, default = 86400)]
    expire_s: Option<u32>,
    /// Nobody is called before this time of the tenant's day, `HH:MM` …
    #[schema(default = "09:00")]
    from: Option<String>,
    /// … nor from this one on; `24:00` is the day's end.
    #[schema(default = "21:00")]
    until: Option<String>,
    /// Who hangs up after having waited for so many seconds is called back as well; absent: only those who asked for it.
    #[schema(minimum = 1, maximum = 3600)]
    missed_after_s: Option<u32>,
}

/// A step by which a queue asks less of agents, for the schema alone.
#[derive(ToSchema)]
#[expect(dead_code, reason = "its fields are what counts")]
pub(crate) struct SkillStep {
    /// After this wait, seconds.
    #[schema(minimum = 1, maximum = 3600)]
    after_s: u32,
    /// This skill …
    skill: String,
    /// … is wanted at this level only; 0 for not at all.
    #[schema(minimum = 0, maximum = 10)]
    min: u8,
}

/// The forms of numbers by name, for the schema alone.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "its names are what counts")]
pub(crate) enum NumberFormatName {
    National,
    E164,
    Digits,
}

/// A change to numbers that begin with some digits, for the schema alone.
#[derive(ToSchema)]
#[expect(dead_code, reason = "its fields are what counts")]
pub(crate) struct NumberChange {
    /// Numbers that begin with this.
    prefix: String,
    /// Characters taken off the front: those of the prefix, at most.
    #[schema(default = 0)]
    strip: Option<u8>,
    /// Put before the rest.
    prepend: Option<String>,
}
