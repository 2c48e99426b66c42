//! Tokens: random, known to the caller alone; we keep their hash.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::password::HashError;
use super::totp::base32;
use crate::error::{ApiError, Result};

/// Bytes of randomness in a token.
const TOKEN_BYTES: usize = 32;
/// The browser's cookie.
const COOKIE: &str = "lingtong_session";

/// A token that a request brings.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    /// It came as a cookie, which a browser sends by itself.
    pub(crate) by_cookie: bool,
}

impl Token {
    /// A fresh one.
    pub(crate) fn fresh() -> Result<String> {
        let mut bytes = [0; TOKEN_BYTES];
        getrandom::fill(&mut bytes).map_err(|e| ApiError::internal("randomness", &e))?;
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The one of a request; a header before a cookie.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
        if let Some(value) = headers.get(header::AUTHORIZATION).and_then(text) {
            let (scheme, token) = value.split_once(' ')?;
            let token = scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())?;
            return Some(Self { text: token, by_cookie: false });
        }
        headers.get_all(header::COOKIE).iter().filter_map(text).find_map(|cookies| {
            let pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
            let found = pairs.into_iter().find(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned());
            found.map(|text| Self { text, by_cookie: true })
        })
    }
}

/// Letters and digits of a password that is good for one sign-in: 80 bits, told over the telephone if need be.
const ONE_TIME_BYTES: usize = 10;

/// A fresh password for somebody else, to be changed at the first sign-in.
///
/// # Errors
/// The system has no randomness.
pub fn one_time_password() -> std::result::Result<String, HashError> {
    let mut bytes = [0; ONE_TIME_BYTES];
    getrandom::fill(&mut bytes).map_err(|e| HashError(e.to_string()))?;
    let letters = base32(&bytes).to_lowercase();
    let groups: Vec<&str> = (0..letters.len()).step_by(4).map(|at| &letters[at..at + 4]).collect();
    Ok(groups.join("-"))
}

/// What is stored of a token.
pub(crate) fn hash_of(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

/// The cookie for a fresh token; `secure` where the page came by TLS.
pub(crate) fn cookie(token: &str, max_age_s: i64, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{COOKIE}={token}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}")
}

/// Takes the cookie away.
pub(crate) fn cleared_cookie() -> String {
    format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_in_the_header_or_the_cookie() {
        let of = |authorization: &str, cookie: &str| {
            let mut headers = HeaderMap::new();
            for (name, value) in [(header::AUTHORIZATION, authorization), (header::COOKIE, cookie)] {
                if !value.is_empty() {
                    headers.insert(name, value.parse().unwrap());
                }
            }
            Token::of(&headers).map(|t| (t.text, t.by_cookie))
        };
        assert_eq!(of("Bearer abc", ""), Some(("abc".into(), false)));
        assert_eq!(of("bearer  abc", "lingtong_session=xyz"), Some(("abc".into(), false)));
        assert_eq!(of("", "a=b; lingtong_session=xyz; c=d"), Some(("xyz".into(), true)));
        assert_eq!(of("Basic abc", "lingtong_session=xyz"), None);
        assert_eq!(of("", "other=xyz"), None);
    }

    #[test]
    fn tokens_are_long_and_differ() {
        let (a, b) = (Token::fresh().unwrap(), Token::fresh().unwrap());
        assert!(a.len() == 43 && a != b && hash_of(&a) != a && hash_of(&a) != hash_of(&b));
    }
}
