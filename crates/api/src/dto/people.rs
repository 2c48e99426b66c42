//! Signing in, and agents' states.

use center::AgentStatus;
use directory::Permissions;
use serde::{Deserialize, Serialize};
use types::Private;
use types::leg::Text;
use utoipa::ToSchema;

use super::{Unfinished, mirror};

mirror! {
    /// One thing that somebody may do. What is one's own needs none.
    Permission of directory::Permission {
        InteractionsReadAll = "interactions.read_all", RecordingsListen = "recordings.listen",
        AgentsOrder = "agents.order", CallsControl = "calls.control", Supervise = "supervise",
        CallbacksWrite = "callbacks.write", QualityScore = "quality.score", SettingsRead = "settings.read",
        SettingsWrite = "settings.write", UsersWrite = "users.write", AuditRead = "audit.read", Plan = "plan",
    }
}

mirror! {
    /// An agent's state.
    AgentStateName of types::record::AgentState {
        Offline = "offline", Ready = "ready", NotReady = "not_ready", Ringing = "ringing", Talking = "talking",
        WrapUp = "wrap_up",
    }
}

/// Who wants in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginRequest {
    /// The tenant's short name; may be left out where there is only one.
    #[serde(default)]
    pub(crate) tenant: Option<String>,
    pub(crate) username: String,
    #[schema(value_type = String)]
    pub(crate) password: Private<String>,
    /// The second factor, where the user has one: a code of the app, or one for recovery.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) code: Option<Private<String>>,
}

/// The way in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LoginResponse {
    /// Goes as `Authorization: Bearer`. Browsers have the cookie instead.
    #[schema(value_type = String)]
    pub(crate) token: Private<String>,
    pub(crate) user: Me,
}

/// A company on this installation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tenant {
    pub(crate) id: String,
    /// The short name.
    pub(crate) name: String,
    /// What people read.
    pub(crate) title: String,
    /// Whether this is the demo tenant, which every page says.
    pub(crate) demo: bool,
    /// IANA name, for example `Asia/Shanghai`.
    pub(crate) time_zone: String,
}

/// The signed-in person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    pub(crate) id: String,
    pub(crate) username: String,
    /// `agent`, `supervisor`, `quality`, `operator`, `admin`, `auditor`, or the name of a role of the tenant's own.
    pub(crate) roles: Vec<String>,
    /// What the roles permit.
    pub(crate) permissions: Vec<Permission>,
    /// The agent that the person is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agent_id: Option<String>,
    pub(crate) tenant: Tenant,
    /// Whether sign-ins ask for a code besides the password.
    pub(crate) second_factor: bool,
    /// What has to be done before anything else; all other requests are refused until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unfinished: Option<Unfinished>,
}

/// The states an agent can be told to take.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WantedState {
    /// Free for work; ends wrap-up.
    Ready,
    /// Not to be called.
    NotReady,
}

impl WantedState {
    /// As it is written.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => types::record::AgentState::Ready.as_str(),
            Self::NotReady => types::record::AgentState::NotReady.as_str(),
        }
    }
}

/// An order to an agent's state.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgentStateChange {
    #[schema(inline)]
    pub(crate) state: WantedState,
    /// Why, for `not_ready`: `lunch`, `training` …
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

/// The state that follows what an agent does now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NextState {
    #[schema(inline)]
    pub(crate) state: WantedState,
    /// Why, for `not_ready`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

impl NextState {
    /// Not ready for this reason; nothing for an agent who takes what comes.
    pub(crate) fn not_ready(reason: Option<Text>) -> Option<Self> {
        reason.map(|reason| Self { state: WantedState::NotReady, reason: Some(reason.to_string()) })
    }
}

/// More time for the work after a talk.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrapUpChange {
    /// Seconds to add, 1 to 3600.
    #[schema(minimum = 1, maximum = 3600)]
    pub(crate) extend_s: u32,
}

/// An agent's state.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AgentState {
    pub(crate) agent_id: String,
    pub(crate) state: AgentStateName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    pub(crate) since: String,
    /// When the state ends by itself: the end of a wrap-up, for example.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<String>,
    /// What the agent has asked for once what it does now is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<NextState>,
}

impl From<AgentStatus> for AgentState {
    fn from(status: AgentStatus) -> Self {
        let AgentStatus { agent, state, reason, since, until, interaction: _, next } = status;
        Self {
            agent_id: agent.to_string(),
            state: state.into(),
            reason: reason.map(|r| r.to_string()),
            since: since.to_string(),
            until: until.map(|at| at.to_string()),
            next: NextState::not_ready(next),
        }
    }
}

impl From<directory::Tenant> for Tenant {
    fn from(tenant: directory::Tenant) -> Self {
        Self {
            id: tenant.id.to_string(),
            name: tenant.name.to_string(),
            title: tenant.title.to_string(),
            demo: tenant.demo,
            time_zone: time_zone(tenant.utc_offset_min),
        }
    }
}

impl Me {
    pub(crate) fn new(
        user: &directory::User,
        permissions: Permissions,
        tenant: directory::Tenant,
        second_factor: bool,
        unfinished: Option<directory::Unfinished>,
    ) -> Self {
        Self {
            id: user.id.to_string(),
            username: user.username.to_string(),
            roles: user.roles.iter().map(|role| role.as_str().to_owned()).collect(),
            permissions: permissions.iter().map(Permission::from).collect(),
            agent_id: user.agent.map(|id| id.to_string()),
            tenant: tenant.into(),
            second_factor,
            unfinished: unfinished.map(Unfinished::from),
        }
    }
}

/// A zone of this offset that a browser knows. The signs of `Etc/GMT` are the other way round.
fn time_zone(utc_offset_min: i32) -> String {
    match (utc_offset_min / 60, utc_offset_min % 60) {
        (8, 0) => "Asia/Shanghai".to_owned(),
        (0, 0) => "Etc/UTC".to_owned(),
        (hours, 0) => format!("Etc/GMT{:+}", -hours),
        _ => {
            let sign = if utc_offset_min < 0 { '-' } else { '+' };
            let minutes = utc_offset_min.abs();
            format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_offset_has_a_zone() {
        for (minutes, zone) in [
            (480, "Asia/Shanghai"),
            (0, "Etc/UTC"),
            (540, "Etc/GMT-9"),
            (-300, "Etc/GMT+5"),
            (-210, "-03:30"),
            (330, "+05:30"),
        ] {
            assert_eq!(super::time_zone(minutes), zone);
        }
    }
}
