//! Lists of tokens: Require, Supported, Unsupported, Proxy-Require, Allow; and Event, Subscription-State, Reason.

use crate::error::Malformed;
use crate::params::Params;
use crate::scan::{Cursor, ListIter, all_token, number, text, trim};

/// The tokens of one line; empty elements are errors.
pub fn tokens(value: &[u8]) -> impl Iterator<Item = Result<&str, Malformed>> {
    ListIter::new(value).map(|item| {
        let item = item?;
        if all_token(item) { text(item) } else { Err(Malformed) }
    })
}

/// A token with parameters: Event (RFC 6665 section 8.2.1), Subscription-State, Content-Disposition, one Reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenParams<'a> {
    /// The token: event package, state, protocol …
    pub token: &'a str,
    /// The parameters.
    pub params: Params<'a>,
}

impl<'a> TokenParams<'a> {
    /// Reads the value.
    ///
    /// # Errors
    /// Any breach of the grammar.
    pub fn parse(value: &'a [u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new(trim(value));
        let token = cursor.token()?;
        let params = Params::read(&mut cursor)?;
        if cursor.at_end() { Ok(Self { token, params }) } else { Err(Malformed) }
    }

    /// The `id` parameter of an Event.
    pub fn id(&self) -> Option<&'a str> {
        self.params.get("id")
    }

    /// A parameter that is a number: `expires` and `retry-after` of Subscription-State, `cause` of Reason.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.params.find(name).flatten().and_then(|value| number(value).ok())
    }
}

/// A Reason (RFC 3326): `Q.850;cause=16;text="Normal call clearing"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason<'a> {
    /// `SIP`, `Q.850` or another protocol, as received.
    pub protocol: &'a str,
    /// The protocol's own code.
    pub cause: Option<u32>,
    /// Words for a person.
    pub text: Option<std::borrow::Cow<'a, str>>,
}

impl<'a> Reason<'a> {
    /// Reads one value of a Reason line.
    ///
    /// # Errors
    /// Any breach of the grammar.
    pub fn parse(value: &'a [u8]) -> Result<Self, Malformed> {
        let reason = TokenParams::parse(value)?;
        Ok(Self { protocol: reason.token, cause: reason.number("cause"), text: reason.params.unquoted("text") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_their_faults() {
        let list = |value: &'static str| tokens(value.as_bytes()).collect::<Result<Vec<_>, _>>();
        assert_eq!(list("100rel , timer,\r\n replaces"), Ok(vec!["100rel", "timer", "replaces"]));
        assert_eq!(list(" "), Ok(vec![]));
        assert!(list("a,,b").is_err());
        assert!(list("a b").is_err());
    }

    #[test]
    fn reasons_and_states() {
        let reason = Reason::parse(b"Q.850 ;cause=16 ;text=\"Terminated\"").unwrap();
        assert_eq!((reason.protocol, reason.cause, reason.text.as_deref()), ("Q.850", Some(16), Some("Terminated")));
        let state = TokenParams::parse(b"active;expires=600").unwrap();
        assert_eq!((state.token, state.number("expires")), ("active", Some(600)));
        assert_eq!(TokenParams::parse(b"refer;id=93809824").unwrap().id(), Some("93809824"));
    }
}
