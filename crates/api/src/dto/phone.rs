//! A browser's telephone.

use serde::Serialize;
use utoipa::ToSchema;

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
}

impl From<crate::backend::PhoneCredentials> for PhoneCredentials {
    fn from(theirs: crate::backend::PhoneCredentials) -> Self {
        Self {
            uri: format!("sip:{}@{}", theirs.device, theirs.realm),
            username: theirs.username,
            password: theirs.password.into_inner(),
            realm: theirs.realm,
            expires_in_s: theirs.expires_in_s,
            ws_url: "/sip",
        }
    }
}
