//! Lines to carriers and peers.

use serde::{Deserialize, Serialize};
use types::leg::Text;
use types::{Network, Private, TenantId, TrunkId};

use crate::format::NumberForm;

/// A line to a carrier or a peer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trunk {
    /// Its id.
    pub id: TrunkId,
    /// Whose.
    pub tenant: TenantId,
    /// What people read.
    pub name: Text,
    /// Addresses whose calls are accepted without digest.
    #[serde(default)]
    pub accept_from: Vec<Network>,
    /// Where outbound calls go, `sip:host[:port][;transport=…]`; absent for an inbound-only trunk.
    #[serde(default)]
    pub send_to: Option<Text>,
    /// User name and secret if the carrier asks for digest.
    #[serde(default)]
    pub credentials: Option<(Text, Private<Text>)>,
    /// Most calls at once, in and out together; 0 is no limit.
    #[serde(default)]
    pub max_calls: u32,
    /// How numbers go to it.
    #[serde(default)]
    pub numbers: NumberForm,
    /// Numbers of ours that may be shown over it, as the carrier knows them; the first is shown where nobody asks for
    /// another. `anonymous` in their place shows none. Empty for a peer, who is shown who calls.
    #[serde(default)]
    pub caller_ids: Vec<Text>,
    /// The carrier lets a customer's own number be shown when its call is led on.
    #[serde(default)]
    pub pass_caller: bool,
    /// Most calls to the outside that begin within one second; 0 is no limit.
    #[serde(default)]
    pub max_cps: u32,
    /// How often its far end is asked by OPTIONS whether it is there, seconds; 0 is never. Some carriers do not answer.
    #[serde(default)]
    pub probe_s: u32,
    /// The realm that alone may ask for the secret; any where absent.
    #[serde(default)]
    pub realm: Option<Text>,
    /// The host of numbers that are shown over it, and the domain of its account; absent: our own address, and the
    /// registrar's host.
    #[serde(default)]
    pub from_domain: Option<Text>,
    /// Where it registers as its user, `sip:host[:port][;transport=…]`; absent: it does not.
    #[serde(default)]
    pub registrar: Option<Text>,
    /// For how long it asks to be registered, seconds.
    #[serde(default = "usual_register_s")]
    pub register_s: u32,
    /// The user by which the carrier calls it; its user name where absent.
    #[serde(default)]
    pub contact_user: Option<Text>,
}

const fn usual_register_s() -> u32 {
    Trunk::REGISTER_USUAL_S
}

impl Trunk {
    /// Numbers that may be shown over one trunk: a block of a hundred and some.
    pub const CALLER_IDS_MAX: usize = 256;
    /// Calls a second that one trunk may be asked to take: more is none's.
    pub const CPS_MAX: u32 = 1_000;
    /// Seconds between two questions whether it is there: fewer load a carrier, more learn too late.
    pub const PROBE_S: std::ops::RangeInclusive<u32> = 5..=3_600;
    /// Seconds that it may ask to be registered for: fewer load a carrier, more are longer than any grants.
    pub const REGISTER_S: std::ops::RangeInclusive<u32> = 60..=86_400;
    /// What it asks for where nobody says.
    pub const REGISTER_USUAL_S: u32 = 600;
    /// Rules for numbers: one for each area that a carrier treats apart.
    pub const RULES_MAX: usize = 64;

    /// A trunk that takes no calls and leads nowhere yet.
    pub fn new(id: TrunkId, tenant: TenantId, name: impl Into<Text>) -> Self {
        Self {
            id,
            tenant,
            name: name.into(),
            accept_from: Vec::new(),
            send_to: None,
            credentials: None,
            max_calls: 0,
            numbers: NumberForm::default(),
            caller_ids: Vec::new(),
            pass_caller: false,
            max_cps: 0,
            probe_s: 0,
            realm: None,
            from_domain: None,
            registrar: None,
            register_s: Self::REGISTER_USUAL_S,
            contact_user: None,
        }
    }
}
