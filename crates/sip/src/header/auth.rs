//! Challenges and credentials: WWW-Authenticate, Proxy-Authenticate, Authorization, Proxy-Authorization.

use std::borrow::Cow;

use crate::error::Malformed;
use crate::params::unquote;
use crate::scan::{Cursor, is_token, text, trim};

/// One challenge or one set of credentials: a scheme and comma-separated parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthValue<'a> {
    /// The scheme, `Digest` or a stranger.
    pub scheme: &'a str,
    params: &'a [u8],
}

impl<'a> AuthValue<'a> {
    /// Reads the value of one line. Unlike other headers, a comma here parts parameters, not values: lines are never
    /// joined.
    ///
    /// # Errors
    /// A missing scheme. Parameters of schemes other than Digest are not looked at.
    pub fn parse(value: &'a [u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new(trim(value));
        let scheme = cursor.token()?;
        cursor.skip_white();
        let auth = Self { scheme, params: cursor.rest() };
        if auth.is_digest() && auth.try_iter().any(|param| param.is_err()) {
            return Err(Malformed);
        }
        Ok(auth)
    }

    /// Whether the scheme is Digest.
    pub fn is_digest(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("Digest")
    }

    /// The value of a parameter, without quotes and escapes.
    pub fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        let found = self.try_iter().flatten().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.and_then(|(_, value)| text(value).ok()).map(unquote)
    }

    fn try_iter(&self) -> AuthParams<'a> {
        AuthParams { cursor: Cursor::new(self.params), done: false }
    }
}

struct AuthParams<'a> {
    cursor: Cursor<'a>,
    done: bool,
}

impl<'a> AuthParams<'a> {
    fn read(&mut self) -> Result<(&'a str, &'a [u8]), Malformed> {
        let name = self.cursor.token()?;
        self.cursor.skip_white();
        self.cursor.expect(b'=')?;
        self.cursor.skip_white();
        let value = if self.cursor.peek() == Some(b'"') {
            self.cursor.quoted()?
        } else {
            // URIs and base64 without quotes are seen in the field.
            self.cursor.take_while(|byte| is_token(byte) || b"/:=@;".contains(&byte))
        };
        self.cursor.skip_white();
        Ok((name, value))
    }
}

impl<'a> Iterator for AuthParams<'a> {
    type Item = Result<(&'a str, &'a [u8]), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        self.cursor.skip_white();
        while self.cursor.take(b',') {
            self.cursor.skip_white();
        }
        if self.cursor.at_end() {
            return None;
        }
        let param = self.read();
        self.done = param.is_err() || !matches!(self.cursor.peek(), Some(b','));
        let trailing = param.is_ok() && self.done && !self.cursor.at_end();
        Some(if trailing { Err(Malformed) } else { param })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_parameters() {
        let auth =
            AuthValue::parse(b"Digest username=\"a\\\"b\", realm=\"x, y\",\r\n qop=auth , nc=00000001,uri=\"sip:h\"")
                .unwrap();
        assert!(auth.is_digest());
        assert_eq!(auth.get("username").as_deref(), Some("a\"b"));
        assert_eq!(auth.get("REALM").as_deref(), Some("x, y"));
        assert_eq!(auth.get("qop").as_deref(), Some("auth"));
        assert_eq!(auth.get("nc").as_deref(), Some("00000001"));
        assert_eq!(auth.get("response"), None);
    }

    #[test]
    fn strangers_and_faults() {
        assert!(!AuthValue::parse(b"NoOneKnowsThisScheme opaque-data=here").unwrap().is_digest());
        for bad in ["", "Digest username", "Digest username=\"a", "Digest a=b c=d"] {
            assert!(AuthValue::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
