//! Lines to carriers and peers.

use serde::{Deserialize, Serialize};
use types::leg::Text;
use types::{Network, Private, TenantId, TrunkId};

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
}
