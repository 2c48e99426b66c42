//! What people may do: permissions, and the roles that bundle them.

use std::fmt;

use serde::{Deserialize, Serialize};
use types::leg::Text;

macro_rules! permissions {
    ($($(#[$doc:meta])+ $variant:ident = $name:literal,)+) => {
        /// One thing that somebody may do. What is one's own (calls, recordings, state) needs none.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Permission { $($(#[$doc])+ $variant,)+ }

        impl Permission {
            /// All there are.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

permissions! {
    /// See everybody's interactions and callbacks, with the numbers in clear.
    InteractionsReadAll = "interactions.read_all",
    /// Hear everybody's recordings.
    RecordingsListen = "recordings.listen",
    /// Order other agents' states and wrap-ups.
    AgentsOrder = "agents.order",
    /// Act on other agents' calls: end them, say what came of them.
    CallsControl = "calls.control",
    /// Listen to calls that go on, whisper to the agent, join, take over.
    Supervise = "supervise",
    /// Say how far a callback has come.
    CallbacksWrite = "callbacks.write",
    /// Score recordings.
    QualityScore = "quality.score",
    /// See the settings of the centre.
    SettingsRead = "settings.read",
    /// Change the settings of the centre, but for users and roles.
    SettingsWrite = "settings.write",
    /// Add, change and remove users and roles.
    UsersWrite = "users.write",
    /// Read who changed and saw what.
    AuditRead = "audit.read",
    /// Reckon what the centre takes, from what came to it.
    Plan = "plan",
}

impl Permission {
    /// The permission of a stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|p| p.as_str() == text)
    }
}

/// Several permissions.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u32);

impl Permissions {
    /// Every one there is.
    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    /// Whether this one is among them.
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u32) != 0
    }

    /// Whether all of these are among them.
    pub const fn include(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// One after the other.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |p| self.has(*p))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(iter: I) -> Self {
        Self(iter.into_iter().fold(0, |bits, permission| bits | 1 << permission as u32))
    }
}

impl Extend<Permission> for Permissions {
    fn extend<I: IntoIterator<Item = Permission>>(&mut self, iter: I) {
        self.0 |= iter.into_iter().collect::<Self>().0;
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Permission::as_str)).finish()
    }
}

/// The longest name of a role, characters.
const NAME_CHARS: usize = 32;

/// A bundle of permissions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Role {
    /// Serves customers.
    Agent,
    /// Watches and helps agents.
    Supervisor,
    /// Listens to recordings and scores them.
    Quality,
    /// Takes the calls that no menu could place.
    Operator,
    /// Changes settings.
    Admin,
    /// Sees what was done and how the centre is set up, and changes nothing.
    Auditor,
    /// One that the tenant has made of permissions itself.
    Custom(Text),
}

impl Role {
    /// Those that every tenant has.
    pub const BUILT_IN: [Self; 6] =
        [Self::Agent, Self::Supervisor, Self::Quality, Self::Operator, Self::Admin, Self::Auditor];

    /// The stable name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Quality => "quality",
            Self::Operator => "operator",
            Self::Admin => "admin",
            Self::Auditor => "auditor",
            Self::Custom(name) => name,
        }
    }

    /// The role of a stable name; one that is not built in is the tenant's own. None where no role can have the name:
    /// it begins with a lower-case letter and goes on with those, digits, `_` and `-`, 32 characters at most.
    pub fn parse(text: &str) -> Option<Self> {
        let known = Self::BUILT_IN.into_iter().find(|r| r.as_str() == text);
        known.or_else(|| is_name(text).then(|| Self::Custom(text.into())))
    }

    /// What a built-in role may do; a tenant's own says so itself.
    pub fn permissions(&self) -> Permissions {
        use Permission as P;
        let some: &[P] = match self {
            Self::Agent | Self::Custom(_) => &[],
            Self::Supervisor => &[
                P::InteractionsReadAll,
                P::RecordingsListen,
                P::AgentsOrder,
                P::CallsControl,
                P::Supervise,
                P::CallbacksWrite,
                P::QualityScore,
                P::Plan,
            ],
            Self::Quality => &[P::InteractionsReadAll, P::RecordingsListen, P::QualityScore],
            Self::Operator => &[P::InteractionsReadAll, P::RecordingsListen],
            Self::Admin => P::ALL,
            Self::Auditor => &[P::InteractionsReadAll, P::SettingsRead, P::AuditRead],
        };
        some.iter().copied().collect()
    }
}

fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b);
    text.len() <= NAME_CHARS && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.bytes().all(plain)
}

/// A text that is no role's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no role can have the name `{0}`")]
pub struct NoRole(String);

impl TryFrom<String> for Role {
    type Error = NoRole;

    fn try_from(text: String) -> Result<Self, NoRole> {
        Self::parse(&text).ok_or(NoRole(text))
    }
}

impl From<Role> for String {
    fn from(role: Role) -> Self {
        role.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_what_they_name() {
        for role in Role::BUILT_IN {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        for permission in Permission::ALL {
            assert_eq!(Permission::parse(permission.as_str()), Some(*permission));
        }
        assert_eq!(Role::parse("night-shift_2"), Some(Role::Custom("night-shift_2".into())));
        for name in ["", "Admin", "a,b", "2nd", "a b", "班长", &"a".repeat(33)] {
            assert_eq!(Role::parse(name), None, "{name}");
        }
    }

    #[test]
    fn a_role_may_what_it_is_for_and_no_more() {
        use Permission as P;
        for (role, may, may_not) in [
            (Role::Agent, &[][..], P::ALL),
            (Role::Supervisor, &[P::Supervise, P::AgentsOrder], &[P::SettingsRead, P::UsersWrite]),
            (Role::Quality, &[P::RecordingsListen, P::QualityScore], &[P::CallsControl, P::SettingsRead]),
            (Role::Admin, P::ALL, &[]),
            (Role::Auditor, &[P::AuditRead, P::SettingsRead], &[P::SettingsWrite, P::RecordingsListen]),
            (Role::Custom("x".into()), &[], P::ALL),
        ] {
            let permissions = role.permissions();
            assert!(may.iter().all(|p| permissions.has(*p)), "{role:?}");
            assert!(!may_not.iter().any(|p| permissions.has(*p)), "{role:?}");
        }
        assert!(Permissions::all().include(Role::Admin.permissions()));
        assert!(!Role::Auditor.permissions().include(Role::Quality.permissions()));
    }
}
