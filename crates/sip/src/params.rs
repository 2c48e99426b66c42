//! `;name=value` lists of headers and URIs.

use std::borrow::Cow;

use crate::error::Malformed;
use crate::limits::MAX_URI_PARAMS;
use crate::scan::{Cursor, all_escaped, is_uri_param, is_white, text, trim};

/// Header parameters as received, already checked: `;tag=abc;q="0.5"`. Names compare without regard to case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Params<'a> {
    raw: &'a [u8],
}

impl<'a> Params<'a> {
    /// Reads parameters up to a comma or the end of the value.
    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        let start = cursor.position();
        let mut end = start;
        loop {
            cursor.skip_white();
            if !cursor.take(b';') {
                break;
            }
            cursor.skip_white();
            read_param(cursor)?;
            end = cursor.position();
        }
        match cursor.peek() {
            None | Some(b',') => {}
            Some(_) => return Err(Malformed),
        }
        let position = cursor.position();
        cursor.seek(end);
        let raw = cursor.since(start);
        cursor.seek(position);
        Ok(Self { raw: trim(raw) })
    }

    /// The bytes as received, from the first `;`; empty if there are none.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.raw
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// All parameters: name and, where there is one, the value as received (quotes included).
    pub fn iter(&self) -> ParamIter<'a> {
        ParamIter { cursor: Cursor::new(self.raw) }
    }

    /// The first parameter of that name: `Some(None)` when it stands without a value.
    pub fn find(&self, name: &str) -> Option<Option<&'a [u8]>> {
        self.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Whether a parameter of that name stands, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The value as received, when it is text.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.find(name).flatten().and_then(|value| text(value).ok())
    }

    /// The value without its quotes and escapes.
    pub fn unquoted(&self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name).map(unquote)
    }
}

fn read_param<'a>(cursor: &mut Cursor<'a>) -> Result<(&'a str, Option<&'a [u8]>), Malformed> {
    let name = cursor.token()?;
    let after_name = cursor.position();
    cursor.skip_white();
    if !cursor.take(b'=') {
        cursor.seek(after_name);
        return Ok((name, None));
    }
    cursor.skip_white();
    if cursor.peek() == Some(b'"') {
        return Ok((name, Some(cursor.quoted()?)));
    }
    // Wider than token or host: `received=2001:db8::1`, and values that phones leave unquoted.
    let value = cursor.take_while(|byte| !is_white(byte) && !matches!(byte, b';' | b',' | b'"' | b'<' | b'>'));
    if value.is_empty() { Err(Malformed) } else { Ok((name, Some(value))) }
}

/// See [`Params::iter`].
#[derive(Debug, Clone)]
pub struct ParamIter<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Iterator for ParamIter<'a> {
    type Item = (&'a str, Option<&'a [u8]>);

    fn next(&mut self) -> Option<Self::Item> {
        self.cursor.skip_white();
        if !self.cursor.take(b';') {
            return None;
        }
        self.cursor.skip_white();
        read_param(&mut self.cursor).ok()
    }
}

/// A quoted string without its quotes and backslashes; other text as it is.
pub fn unquote(value: &str) -> Cow<'_, str> {
    let Some(inner) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Cow::Borrowed(value);
    };
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut plain = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        if char == '\\' {
            plain.extend(chars.next());
        } else {
            plain.push(char);
        }
    }
    Cow::Owned(plain)
}

/// Text as a quoted string. Control characters become spaces, so that a value can never open a line of its own.
pub fn quote(plain: &str) -> String {
    let mut quoted = String::with_capacity(plain.len() + 2);
    quoted.push('"');
    for char in plain.chars() {
        match char {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(char);
            }
            control if control.is_ascii_control() => quoted.push(' '),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// URI parameters as received, already checked. Names and values may hold `%HH`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UriParams<'a> {
    raw: &'a str,
}

impl<'a> UriParams<'a> {
    /// Checks `a=b;c` (without the first `;`).
    pub(crate) fn new(raw: &'a str) -> Result<Self, Malformed> {
        for (count, param) in raw.split(';').enumerate() {
            if count >= MAX_URI_PARAMS {
                return Err(Malformed);
            }
            let (name, value) = split_pair(param);
            if name.is_empty() || value.is_some_and(str::is_empty) {
                return Err(Malformed);
            }
            let whole = all_escaped(name.as_bytes(), is_uri_param)
                && value.is_none_or(|value| all_escaped(value.as_bytes(), is_uri_param_value));
            if !whole {
                return Err(Malformed);
            }
        }
        Ok(Self { raw })
    }

    /// The text as received, without the first `;`.
    pub fn as_str(&self) -> &'a str {
        self.raw
    }

    /// Name and value of each, as received.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> + use<'a> {
        self.raw.split(';').filter(|param| !param.is_empty()).map(split_pair)
    }

    /// The first parameter of that name: `Some(None)` when it stands without a value.
    pub fn find(&self, name: &str) -> Option<Option<&'a str>> {
        self.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Whether a parameter of that name stands.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The value as received.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.find(name).flatten()
    }
}

/// `=` and `@` are not in the grammar of a parameter's value, but phones put them there unescaped.
fn is_uri_param_value(byte: u8) -> bool {
    is_uri_param(byte) || matches!(byte, b'=' | b'@')
}

fn split_pair(param: &str) -> (&str, Option<&str>) {
    match param.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (param, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Result<Params<'_>, Malformed> {
        Params::read(&mut Cursor::new(raw.as_bytes()))
    }

    #[test]
    fn parameters_are_read_across_folds_and_quotes() {
        let params = read(" ; newparam =\r\n newvalue ;\r\n secondparam ; q = 0.33;s=\"a;b\\\"c\"").unwrap();
        assert_eq!(params.get("NEWPARAM"), Some("newvalue"));
        assert_eq!(params.find("secondparam"), Some(None));
        assert_eq!(params.get("q"), Some("0.33"));
        assert_eq!(params.unquoted("s").as_deref(), Some("a;b\"c"));
        assert!(!params.has("b"));
        assert_eq!(params.iter().count(), 4);
    }

    #[test]
    fn broken_parameters_are_refused() {
        for raw in [";;", ";", ";a=", ";a=\"x", ";a b", ";=b", "x"] {
            assert!(read(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn quoting_round_trips_and_cannot_open_a_line() {
        assert_eq!(unquote(&quote("J \"R\" \\ x")), "J \"R\" \\ x");
        assert!(!quote("a\r\nVia: x").contains('\n'));
    }
}
