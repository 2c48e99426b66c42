//! The server's side: challenges that need no memory, and checks.

use std::borrow::Cow;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use types::Wall;

use super::hash::{Algorithm, Ha1, to_hex};
use super::replay::{NonceId, ReplayTable};
use crate::header::auth::AuthValue;
use crate::message::Message;
use crate::name::HeaderName;
use crate::params::quote;

/// How long a nonce is taken: longer than a phone takes to register again after a challenge, shorter than anybody
/// needs to try passwords against a captured digest.
pub(super) const NONCE_LIFE_MS: u64 = 300_000;

/// Clocks of restarted servers may differ this much; a nonce from further ahead is a fake.
const CLOCK_SLACK_MS: u64 = 5_000;

/// Hexadecimal digits of a nonce: 8 bytes of time, 4 of number, 16 of signature.
const NONCE_DIGITS: usize = 2 * (8 + 4 + 16);

/// What a check has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The sender knows the password.
    Granted,
    /// The sender knows the password, but the nonce is old or was used before: challenge with `stale=true`.
    Stale,
    /// Anything else: challenge again, and tell nothing of the reason.
    Denied,
}

/// What a request's Authorization says.
#[derive(Clone)]
pub struct Credentials<'a> {
    /// Who it claims to be. Not yet true.
    pub username: Cow<'a, str>,
    /// Which hash it has used.
    pub algorithm: Algorithm,
    realm: Cow<'a, str>,
    nonce: Cow<'a, str>,
    uri: Cow<'a, str>,
    response: Cow<'a, str>,
    nc: Cow<'a, str>,
    cnonce: Cow<'a, str>,
}

impl<'a> Credentials<'a> {
    /// The Digest credentials for `realm` in Authorization; `None` when there are none that we could check: another
    /// scheme, another realm, an unknown algorithm, no `qop=auth`.
    pub fn of(request: &'a Message, realm: &str) -> Option<Self> {
        Self::in_header(request, HeaderName::Authorization, realm)
    }

    /// As [`Credentials::of`], in Proxy-Authorization.
    pub fn of_proxy(request: &'a Message, realm: &str) -> Option<Self> {
        Self::in_header(request, HeaderName::ProxyAuthorization, realm)
    }

    fn in_header(request: &'a Message, id: HeaderName, realm: &str) -> Option<Self> {
        request.headers(id).filter_map(Self::read).find(|found| found.realm == realm)
    }

    fn read(value: &'a [u8]) -> Option<Self> {
        let auth = AuthValue::parse(value).ok().filter(AuthValue::is_digest)?;
        let qop = auth.get("qop")?;
        if !qop.eq_ignore_ascii_case("auth") {
            return None;
        }
        Some(Self {
            username: auth.get("username")?,
            algorithm: Algorithm::parse(auth.get("algorithm").as_deref())?,
            realm: auth.get("realm")?,
            nonce: auth.get("nonce")?,
            uri: auth.get("uri")?,
            response: auth.get("response")?,
            nc: auth.get("nc")?,
            cnonce: auth.get("cnonce")?,
        })
    }

    /// The URI that the digest was made for. Mostly the Request-URI, unless a proxy on the way has changed that.
    pub fn uri(&self) -> &str {
        &self.uri
    }
}

/// Makes challenges and checks what comes back. A nonce carries its moment and our signature, so a challenge costs no
/// memory; only nonces that were used with the right password are remembered, for the replay check.
///
/// ACK and CANCEL repeat the credentials of their INVITE and can't be challenged: don't check them.
pub struct Authenticator {
    key: Hmac<Sha256>,
    issued: u32,
    replay: ReplayTable,
}

impl Authenticator {
    /// With a secret of the server's own. Servers that share it take each other's nonces.
    pub fn new(secret: &[u8; 32]) -> Self {
        let key = Hmac::new_from_slice(secret).expect("HMAC takes keys of any length");
        Self { key, issued: 0, replay: ReplayTable::default() }
    }

    /// The values of the WWW-Authenticate lines of a challenge, the stronger algorithm first (RFC 8760 section 2.3). A
    /// server that wants one algorithm alone sends that line alone.
    pub fn challenge(&mut self, now: Wall, realm: &str, stale: bool) -> [(Algorithm, String); 2] {
        let nonce = self.nonce(now, realm);
        let realm = quote(realm);
        let stale = if stale { ",stale=true" } else { "" };
        [Algorithm::Sha256, Algorithm::Md5].map(|algorithm| {
            let name = algorithm.as_str();
            (algorithm, format!("Digest realm={realm},nonce=\"{nonce}\",algorithm={name},qop=\"auth\"{stale}"))
        })
    }

    /// Checks credentials against the user's hash, which must be of [`Credentials::algorithm`]. For an unknown user
    /// pass a hash of something random: both take the same time and the same answer. Against an empty hash, of one who has
    /// no password, nothing is right.
    pub fn verify(&mut self, now: Wall, method: &str, credentials: &Credentials<'_>, user: &Ha1) -> Outcome {
        let Credentials { nonce, nc, cnonce, uri, .. } = credentials;
        let expected = user.response(nonce, nc, cnonce, method, uri);
        let right = same(expected.as_bytes(), credentials.response.to_ascii_lowercase().as_bytes());
        if !right || user.to_hex().is_empty() || user.algorithm() != credentials.algorithm {
            return Outcome::Denied;
        }
        let (Some(issued), Some(count)) = (self.open(nonce, &credentials.realm), count(nc)) else {
            // A nonce of another server or of a former secret: its holder knows the password.
            return Outcome::Stale;
        };
        let now_ms = millis(now);
        let young = now_ms.saturating_sub(issued.0) <= NONCE_LIFE_MS && issued.0 <= now_ms + CLOCK_SLACK_MS;
        self.replay.expire(now_ms.saturating_sub(NONCE_LIFE_MS));
        if young && self.replay.take(issued, count) { Outcome::Granted } else { Outcome::Stale }
    }

    fn nonce(&mut self, now: Wall, realm: &str) -> String {
        self.issued = self.issued.wrapping_add(1);
        let id = (millis(now), self.issued);
        let mut nonce = Vec::with_capacity(NONCE_DIGITS / 2);
        nonce.extend_from_slice(&id.0.to_be_bytes());
        nonce.extend_from_slice(&id.1.to_be_bytes());
        nonce.extend_from_slice(&self.signature(id, realm));
        to_hex(&nonce)
    }

    /// The moment and number of a nonce that we have issued for this realm.
    fn open(&self, nonce: &str, realm: &str) -> Option<NonceId> {
        if nonce.len() != NONCE_DIGITS || !nonce.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let id = (u64::from_str_radix(&nonce[..16], 16).ok()?, u32::from_str_radix(&nonce[16..24], 16).ok()?);
        same(to_hex(&self.signature(id, realm)).as_bytes(), &nonce.as_bytes()[24..]).then_some(id)
    }

    fn signature(&self, id: NonceId, realm: &str) -> [u8; 16] {
        let mut mac = self.key.clone();
        mac.update(&id.0.to_be_bytes());
        mac.update(&id.1.to_be_bytes());
        mac.update(realm.as_bytes());
        let mut signature = [0; 16];
        signature.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        signature
    }
}

fn millis(now: Wall) -> u64 {
    u64::try_from(now.0).unwrap_or(0)
}

/// `nc` has eight hexadecimal digits; some phones write fewer.
fn count(nc: &str) -> Option<u32> {
    u32::from_str_radix(nc, 16).ok().filter(|count| *count > 0)
}

/// Compares without telling by its time where the difference is.
fn same(one: &[u8], two: &[u8]) -> bool {
    one.len() == two.len() && one.iter().zip(two).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}
