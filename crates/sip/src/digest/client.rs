//! The client's side: answers to challenges.

use super::hash::{Algorithm, Ha1};
use crate::header::auth::AuthValue;
use crate::message::Message;
use crate::name::HeaderName;
use crate::params::quote;

/// A challenge that we can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Whose password is asked for.
    pub realm: String,
    /// The last answer was right, but its nonce too old: no need to ask the user again.
    pub stale: bool,
    /// Which header the answer goes into.
    pub answer_in: HeaderName,
    algorithm: Algorithm,
    nonce: String,
    opaque: Option<String>,
    qop: bool,
}

impl Challenge {
    /// The strongest challenge of a 401 or 407 that we can answer.
    pub fn of(response: &Message) -> Option<Self> {
        let kinds = [
            (HeaderName::WwwAuthenticate, HeaderName::Authorization),
            (HeaderName::ProxyAuthenticate, HeaderName::ProxyAuthorization),
        ];
        let all = kinds.into_iter().flat_map(|(asked_in, answer_in)| {
            response.headers(asked_in).filter_map(move |value| Self::read(value, answer_in))
        });
        // The first of equals: servers put what they prefer first.
        all.reduce(|best, next| if next.algorithm > best.algorithm { next } else { best })
    }

    fn read(value: &[u8], answer_in: HeaderName) -> Option<Self> {
        let auth = AuthValue::parse(value).ok().filter(AuthValue::is_digest)?;
        let qop = match auth.get("qop") {
            None => false,
            Some(offered) if offered.split(',').any(|qop| qop.trim().eq_ignore_ascii_case("auth")) => true,
            Some(_) => return None,
        };
        Some(Self {
            realm: auth.get("realm")?.into_owned(),
            stale: auth.get("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
            answer_in,
            algorithm: Algorithm::parse(auth.get("algorithm").as_deref())?,
            nonce: auth.get("nonce")?.into_owned(),
            opaque: auth.get("opaque").map(|opaque| opaque.into_owned()),
            qop,
        })
    }
}

/// A challenge in use: counts how often its nonce was answered, so that later requests need no challenge of their own.
#[derive(Debug, Clone)]
pub struct ClientAuth {
    challenge: Challenge,
    username: String,
    ha1: Ha1,
    uses: u32,
}

impl ClientAuth {
    /// Ready to answer `challenge` for a user.
    pub fn new(challenge: Challenge, username: &str, password: &str) -> Self {
        let ha1 = Ha1::new(challenge.algorithm, username, &challenge.realm, password);
        Self { challenge, username: username.to_owned(), ha1, uses: 0 }
    }

    /// The header for the next request and its value. `cnonce` should be random.
    pub fn authorize(&mut self, method: &str, uri: &str, cnonce: u64) -> (HeaderName, String) {
        let Challenge { realm, nonce, algorithm, opaque, qop, answer_in, .. } = &self.challenge;
        self.uses += 1;
        let nc = format!("{:08x}", self.uses);
        let cnonce = format!("{cnonce:016x}");
        let response = if *qop {
            self.ha1.response(nonce, &nc, &cnonce, method, uri)
        } else {
            self.ha1.plain_response(nonce, method, uri)
        };
        let mut value = format!(
            "Digest username={},realm={},nonce={},uri={},response=\"{response}\",algorithm={}",
            quote(&self.username),
            quote(realm),
            quote(nonce),
            quote(uri),
            algorithm.as_str()
        );
        if let Some(opaque) = opaque {
            value.push_str(&format!(",opaque={}", quote(opaque)));
        }
        if *qop {
            value.push_str(&format!(",qop=auth,nc={nc},cnonce=\"{cnonce}\""));
        }
        (*answer_in, value)
    }
}
