//! Byte classes of the grammar (RFC 3261 section 25.1) and a cursor over a header's value.
//!
//! A value may be folded over lines; the cursor takes CR and LF for white space, so nobody has to unfold.

use crate::error::Malformed;

const TOKEN: u8 = 1;
const UNRESERVED: u8 = 2;
const USER: u8 = 4;
const PARAM: u8 = 8;
const HEADER: u8 = 16;
const HOST: u8 = 32;
const WHITE: u8 = 64;

const CLASS: [u8; 256] = {
    let mut table = [0u8; 256];
    let mut byte = 0;
    while byte < 256 {
        let alnum = (byte as u8).is_ascii_alphanumeric();
        if alnum {
            table[byte] = TOKEN | UNRESERVED | USER | PARAM | HEADER | HOST;
        }
        // A raw byte over 127 should be escaped in a URI; phones that send UTF-8 as it is are taken at their word.
        if byte >= 128 {
            table[byte] = UNRESERVED | USER | PARAM | HEADER;
        }
        byte += 1;
    }
    table = with(table, b"-.!%*_+`'~", TOKEN);
    table = with(table, b"-_.!~*'()", UNRESERVED | USER | PARAM | HEADER);
    table = with(table, b"&=+$,;?/", USER);
    // '#' is no URI character, but it is on every telephone and phones send it unescaped.
    table = with(table, b"#", USER);
    table = with(table, b"[]/:&+$", PARAM);
    table = with(table, b"[]/?:+$", HEADER);
    table = with(table, b"-._", HOST);
    with(table, b" \t\r\n", WHITE)
};

const fn with(mut table: [u8; 256], bytes: &[u8], class: u8) -> [u8; 256] {
    let mut index = 0;
    while index < bytes.len() {
        table[bytes[index] as usize] |= class;
        index += 1;
    }
    table
}

/// A byte of `token`.
#[inline]
pub(crate) fn is_token(byte: u8) -> bool {
    CLASS[byte as usize] & TOKEN != 0
}

/// White space, line folds included.
#[inline]
pub(crate) fn is_white(byte: u8) -> bool {
    CLASS[byte as usize] & WHITE != 0
}

/// A byte of a host name; `_` is not in the grammar but in the field.
#[inline]
pub(crate) fn is_host(byte: u8) -> bool {
    CLASS[byte as usize] & HOST != 0
}

/// A byte of a URI's user part, escapes apart.
#[inline]
pub(crate) fn is_user(byte: u8) -> bool {
    CLASS[byte as usize] & USER != 0
}

/// A byte of a URI parameter, escapes apart.
#[inline]
pub(crate) fn is_uri_param(byte: u8) -> bool {
    CLASS[byte as usize] & PARAM != 0
}

/// A byte of a URI header's name or value, escapes apart.
#[inline]
pub(crate) fn is_uri_header(byte: u8) -> bool {
    CLASS[byte as usize] & HEADER != 0
}

/// Whether all bytes are `token` and there is at least one.
pub(crate) fn all_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&byte| is_token(byte))
}

/// Whether every byte is of the class or part of a well-formed `%HH`.
pub(crate) fn all_escaped(bytes: &[u8], class: fn(u8) -> bool) -> bool {
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            let hex = bytes.get(at + 1..at + 3);
            if !hex.is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit)) {
                return false;
            }
            at += 3;
        } else if class(bytes[at]) {
            at += 1;
        } else {
            return false;
        }
    }
    true
}

/// The value without white space at its ends.
pub(crate) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = bytes {
        if !is_white(*first) {
            break;
        }
        bytes = rest;
    }
    while let [rest @ .., last] = bytes {
        if !is_white(*last) {
            break;
        }
        bytes = rest;
    }
    bytes
}

/// The bytes between quotes; other bytes as they are. Escapes stay.
pub(crate) fn unquoted_bytes(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(bytes)
}

/// A decimal number of at most `u32::MAX`; leading zeros are fine, signs and other bytes are not.
pub(crate) fn number(bytes: &[u8]) -> Result<u32, Malformed> {
    if bytes.is_empty() {
        return Err(Malformed);
    }
    let mut value = 0u32;
    for &byte in bytes {
        if !byte.is_ascii_digit() {
            return Err(Malformed);
        }
        let digit = u32::from(byte - b'0');
        value = value.checked_mul(10).and_then(|value| value.checked_add(digit)).ok_or(Malformed)?;
    }
    Ok(value)
}

/// The bytes as text.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Malformed> {
    std::str::from_utf8(bytes).map_err(|_| Malformed)
}

/// A position in a header's value.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(crate) fn at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    pub(crate) fn since(&self, start: usize) -> &'a [u8] {
        &self.bytes[start..self.at]
    }

    #[inline]
    pub(crate) fn bump(&mut self) {
        self.at += 1;
    }

    pub(crate) fn seek(&mut self, at: usize) {
        self.at = at.min(self.bytes.len());
    }

    #[inline]
    pub(crate) fn skip_white(&mut self) {
        while self.peek().is_some_and(is_white) {
            self.at += 1;
        }
    }

    /// Takes `byte` if it is next.
    #[inline]
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.take(byte) { Ok(()) } else { Err(Malformed) }
    }

    pub(crate) fn take_while(&mut self, class: impl Fn(u8) -> bool) -> &'a [u8] {
        let start = self.at;
        while self.peek().is_some_and(&class) {
            self.at += 1;
        }
        self.since(start)
    }

    /// A token, as text.
    pub(crate) fn token(&mut self) -> Result<&'a str, Malformed> {
        let token = self.take_while(is_token);
        if token.is_empty() { Err(Malformed) } else { text(token) }
    }

    /// A quoted string with its quotes, escapes as they are.
    pub(crate) fn quoted(&mut self) -> Result<&'a [u8], Malformed> {
        let start = self.at;
        self.expect(b'"')?;
        loop {
            match self.peek().ok_or(Malformed)? {
                b'"' => {
                    self.bump();
                    return Ok(self.since(start));
                }
                b'\\' => {
                    self.bump();
                    self.peek().ok_or(Malformed)?;
                    self.bump();
                }
                _ => self.bump(),
            }
        }
    }

    /// Moves to the comma that ends this value of a list (or to the end), past quoted strings and `<…>`.
    pub(crate) fn skip_value(&mut self) -> Result<(), Malformed> {
        let mut angle = false;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' if !angle => {
                    self.quoted()?;
                    continue;
                }
                b'<' => angle = true,
                b'>' => angle = false,
                b',' if !angle => break,
                _ => {}
            }
            self.bump();
        }
        Ok(())
    }
}

/// Splits a header's value at its commas; quoted strings and `<…>` stay whole. Empty elements are errors, but an
/// empty value as such is an empty list (`Supported:` and `Accept:` may be empty).
#[derive(Debug, Clone)]
pub(crate) struct ListIter<'a> {
    cursor: Cursor<'a>,
    done: bool,
}

impl<'a> ListIter<'a> {
    /// Over the value of one header line.
    pub(crate) fn new(value: &'a [u8]) -> Self {
        let value = trim(value);
        Self { cursor: Cursor::new(value), done: value.is_empty() }
    }
}

impl<'a> Iterator for ListIter<'a> {
    type Item = Result<&'a [u8], Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let start = self.cursor.position();
        if self.cursor.skip_value().is_err() {
            self.done = true;
            return Some(Err(Malformed));
        }
        let item = trim(self.cursor.since(start));
        self.done = !self.cursor.take(b',');
        Some(if item.is_empty() { Err(Malformed) } else { Ok(item) })
    }
}
