//! A browser's telephone.

use serde::Serialize;
use types::Wall;
use utoipa::ToSchema;

use crate::relay::Relay;

/// What a browser registers with as a telephone (digest authentication of SIP).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PhoneCredentials {
    /// The address of record, as a SIP URI.
    uri: String,
    /// The digest user name.
    username: String,
    /// The digest password.
    password: String,
    /// The digest realm: the tenant's name.
    realm: String,
    /// Until when they hold; fetch new ones before.
    expires_in_s: u32,
    /// Where SIP over WebSocket is spoken, to be resolved against this server's address, with `ws` for `http`.
    ws_url: &'static str,
    /// Servers that relay the sound, as `RTCConfiguration.iceServers` wants them. Empty where the server has none.
    ice_servers: Vec<IceServer>,
    /// Whether the sound may take no other way than one of them.
    relay_only: bool,
}

/// A server that relays sound (TURN, RFC 8656).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IceServer {
    /// Its `turn:` and `turns:` URIs (RFC 7065).
    pub(crate) urls: Vec<String>,
    /// The user name, which names its own end.
    pub(crate) username: String,
    /// The password.
    pub(crate) credential: String,
}

impl IceServer {
    fn of(relay: &Relay, now: Wall, phone: &crate::backend::PhoneCredentials) -> Self {
        let (username, credential) = relay.credentials(now, &phone.device, &phone.realm);
        Self { urls: relay.urls().to_vec(), username, credential }
    }
}

impl PhoneCredentials {
    /// What the node gave, and a way into the relay, where there is one.
    pub(crate) fn new(theirs: crate::backend::PhoneCredentials, relay: Option<&Relay>, now: Wall) -> Self {
        Self {
            ice_servers: relay.map(|relay| IceServer::of(relay, now, &theirs)).into_iter().collect(),
            relay_only: relay.is_some_and(Relay::only),
            uri: format!("sip:{}@{}", theirs.device, theirs.realm),
            username: theirs.username,
            password: theirs.password.into_inner(),
            realm: theirs.realm,
            expires_in_s: theirs.expires_in_s,
            ws_url: "/sip",
        }
    }
}
