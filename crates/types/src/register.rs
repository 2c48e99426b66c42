//! What a REGISTER asks for, once the edge has verified and read it.

use crate::leg::Text;
use crate::private::Private;

/// Contacts that one device may have at once: a telephone that reboots with a new address leaves
/// its old contact until it lapses, and a browser has one per tab.
pub const MAX_CONTACTS: usize = 8;

/// One REGISTER, as the edge has verified and read it.
#[derive(Clone, Debug, PartialEq)]
pub struct RegisterRequest {
    /// Its Call-ID.
    pub call_id: Text,
    /// Its CSeq number.
    pub cseq: u32,
    /// What it asks for.
    pub change: RegisterChange,
}

/// What a REGISTER asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum RegisterChange {
    /// No Contact: only tell what there is.
    Query,
    /// `Contact: *` with `Expires: 0`.
    Clear,
    /// Add, refresh or (with an expiry of zero seconds) remove these contacts.
    Update(Vec<(Contact, u32)>),
}

/// How a registration of ours at a carrier stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registering {
    /// The first answer is awaited.
    Trying,
    /// The carrier knows where we are.
    Registered,
    /// The carrier does not take us: a wrong password, a user it does not know.
    Refused {
        /// What it said.
        status: u16,
    },
    /// There is no answer, or none that says anything about us.
    Unreachable,
}

impl Registering {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trying => "trying",
            Self::Registered => "registered",
            Self::Refused { .. } => "refused",
            Self::Unreachable => "unreachable",
        }
    }

    /// Whether the carrier leads no calls to us.
    pub const fn has_failed(self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Unreachable)
    }
}

/// By which digest algorithms telephones may prove who they are, a tenant's choice. It can't be a telephone's: what a
/// challenge says would tell strangers which names exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DigestChoice {
    /// MD5 alone (RFC 2617), which every telephone speaks.
    Md5,
    /// SHA-256 alone (RFC 8760): nobody can be talked into the weaker one.
    Sha256,
    /// SHA-256 before MD5; each telephone takes the first that it knows (RFC 8760 section 2.4).
    #[default]
    Both,
}

impl DigestChoice {
    /// The name of the setting.
    pub const SETTING: &str = "sip.digest";
    /// What the setting may be.
    pub const NAMES: [&str; 3] = ["md5", "sha256", "both"];

    /// Reads a value of the setting.
    pub fn parse(name: &str) -> Option<Self> {
        let place = Self::NAMES.iter().position(|known| *known == name)?;
        [Self::Md5, Self::Sha256, Self::Both].get(place).copied()
    }
}

/// A contact to bind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// The URI.
    pub uri: Private<Text>,
    /// The connection it came by, where it has to be reused.
    pub flow: Option<u64>,
    /// `ip:port` it really came from.
    pub source: Private<Text>,
    /// Path of RFC 3327.
    pub path: Vec<Text>,
    /// It is a page in a browser, which may be loaded anew.
    pub browser: bool,
    /// What the telephone calls itself across its restarts and addresses (`+sip.instance`).
    pub instance: Option<Private<Text>>,
    /// Which of the telephone's flows this is, where RFC 5626 is spoken; only with `instance`.
    pub reg_id: Option<u32>,
}

/// Why a REGISTER changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegisterRejected {
    /// An older request came after a newer one.
    #[error("an older REGISTER of the same Call-ID")]
    OutOfOrder,
    /// More contacts than [`MAX_CONTACTS`].
    #[error("more than {MAX_CONTACTS} contacts")]
    TooMany,
}
