//! SIP, SIPS and TEL URIs (RFC 3261 section 19, RFC 3966), and any other by its scheme alone.

use std::borrow::Cow;
use std::fmt;

use crate::error::Malformed;
use crate::flow::Transport;
use crate::host::Host;
use crate::params::UriParams;
use crate::scan::{Cursor, all_escaped, is_uri_header, is_user, text};

/// A URI's scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `sip:`
    Sip,
    /// `sips:`
    Sips,
    /// `tel:`
    Tel,
    /// Any other; well formed as far as RFC 3986 goes, opaque to us.
    Other,
}

/// A URI that borrows its text.
#[derive(Clone, Copy)]
pub struct Uri<'a> {
    text: &'a str,
    scheme: Scheme,
    user: Option<&'a str>,
    password: Option<&'a str>,
    host: Host<'a>,
    port: Option<u16>,
    params: UriParams<'a>,
    headers: Option<&'a str>,
}

impl<'a> Uri<'a> {
    /// Reads a URI that is alone in its text.
    ///
    /// # Errors
    /// Any breach of the grammar, white space included.
    pub fn parse(text: &'a str) -> Result<Self, Malformed> {
        let (scheme_text, rest) = text.split_once(':').ok_or(Malformed)?;
        let mut uri = Self {
            text,
            scheme: scheme_of(scheme_text)?,
            user: None,
            password: None,
            host: Host::Name(""),
            port: None,
            params: UriParams::default(),
            headers: None,
        };
        match uri.scheme {
            Scheme::Sip | Scheme::Sips => uri.read_sip(rest)?,
            Scheme::Tel => uri.read_tel(rest)?,
            Scheme::Other => {
                let opaque = |byte: u8| byte > b' ' && byte != 127 && !matches!(byte, b'<' | b'>' | b'"');
                if rest.is_empty() || !rest.bytes().all(opaque) {
                    return Err(Malformed);
                }
            }
        }
        Ok(uri)
    }

    /// As [`Uri::parse`], from bytes.
    ///
    /// # Errors
    /// Also bytes that are not UTF-8.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, Malformed> {
        Self::parse(text(bytes)?)
    }

    fn read_sip(&mut self, rest: &'a str) -> Result<(), Malformed> {
        let host_part = match rest.split_once('@') {
            Some((user_info, host_part)) => {
                let (user, password) = match user_info.split_once(':') {
                    Some((user, password)) => (user, Some(password)),
                    None => (user_info, None),
                };
                let fine = |part: &str| all_escaped(part.as_bytes(), is_user);
                // A second colon in the password breaks the grammar; nobody gains by a refusal.
                if user.is_empty() || !fine(user) || !password.is_none_or(|rest| rest.split(':').all(fine)) {
                    return Err(Malformed);
                }
                self.user = Some(user);
                self.password = password;
                host_part
            }
            None => rest,
        };
        let mut cursor = Cursor::new(host_part.as_bytes());
        (self.host, self.port) = Host::read(&mut cursor, false)?;
        let mut tail = &host_part[cursor.position()..];
        if let Some((before, headers)) = tail.split_once('?') {
            check_headers(headers)?;
            self.headers = Some(headers);
            tail = before;
        }
        if let Some(params) = tail.strip_prefix(';') {
            self.params = UriParams::new(params)?;
        } else if !tail.is_empty() {
            return Err(Malformed);
        }
        Ok(())
    }

    fn read_tel(&mut self, rest: &'a str) -> Result<(), Malformed> {
        let (number, params) = match rest.split_once(';') {
            Some((number, params)) => (number, Some(params)),
            None => (rest, None),
        };
        let digits = number.strip_prefix('+').unwrap_or(number);
        let phone_digit = |byte: u8| byte.is_ascii_hexdigit() || b"*#-.()".contains(&byte);
        if digits.is_empty() || !digits.bytes().all(phone_digit) {
            return Err(Malformed);
        }
        self.user = Some(number);
        if let Some(params) = params {
            self.params = UriParams::new(params)?;
        }
        Ok(())
    }

    /// The text as received.
    pub fn as_str(&self) -> &'a str {
        self.text
    }

    /// The scheme.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Whether the scheme is `sip` or `sips`.
    pub fn is_sip(&self) -> bool {
        matches!(self.scheme, Scheme::Sip | Scheme::Sips)
    }

    /// User part (or number of a `tel` URI) as received, escapes as they are.
    pub fn user(&self) -> Option<&'a str> {
        self.user
    }

    /// User part without escapes; bytes that are not UTF-8 become U+FFFD.
    pub fn user_decoded(&self) -> Option<Cow<'a, str>> {
        self.user.map(unescape)
    }

    /// Password as received.
    pub fn password(&self) -> Option<&'a str> {
        self.password
    }

    /// The host; an empty name where the scheme has none.
    pub fn host(&self) -> Host<'a> {
        self.host
    }

    /// The port, if one is given.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The parameters.
    pub fn params(&self) -> UriParams<'a> {
        self.params
    }

    /// The headers after `?`, as received.
    pub fn headers(&self) -> Option<&'a str> {
        self.headers
    }

    /// A header after `?`, without its escapes (`Replaces` in Refer-To).
    pub fn header(&self, name: &str) -> Option<Cow<'a, str>> {
        let pairs = self.headers?.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .into_iter()
            .find(|(known, _)| unescape(known).eq_ignore_ascii_case(name))
            .map(|(_, value)| unescape(value))
    }

    /// Whether the URI stands for a loose router (`;lr`, RFC 3261 section 16.12).
    pub fn is_loose_router(&self) -> bool {
        self.params.has("lr")
    }

    /// Whether the way has to be secured: `sips:`.
    pub fn is_secure(&self) -> bool {
        self.scheme() == Scheme::Sips
    }

    /// The transport that the URI asks for, if it does (RFC 3263 section 4.1); `sips:` over TCP is TLS.
    pub fn carrier(&self) -> Option<Transport> {
        match self.transport().and_then(|name| Transport::from_bytes(name.as_bytes()))? {
            Transport::Tcp if self.is_secure() => Some(Transport::Tls),
            Transport::Ws if self.is_secure() => Some(Transport::Wss),
            carrier => Some(carrier),
        }
    }

    /// The `transport` parameter.
    pub fn transport(&self) -> Option<&'a str> {
        self.params.get("transport")
    }

    /// Equality by RFC 3261 section 19.1.4 (for `tel`: RFC 3966 section 4, visual separators ignored).
    pub fn equivalent(&self, other: &Uri<'_>) -> bool {
        if self.scheme != other.scheme {
            return false;
        }
        match self.scheme {
            Scheme::Sip | Scheme::Sips => self.same_sip(other),
            Scheme::Tel => {
                let digits = |uri: &Uri<'_>| {
                    let user = uri.user.unwrap_or_default();
                    user.bytes().filter(|b| !b"-.()".contains(b)).map(|b| b.to_ascii_lowercase()).collect::<Vec<_>>()
                };
                digits(self) == digits(other) && same_params(&self.params, &other.params, true)
            }
            Scheme::Other => self.text == other.text,
        }
    }

    fn same_sip(&self, other: &Uri<'_>) -> bool {
        let same_part = |one: Option<&str>, two: Option<&str>| match (one, two) {
            (Some(one), Some(two)) => canonical(one) == canonical(two),
            (None, None) => true,
            _ => false,
        };
        same_part(self.user, other.user)
            && same_part(self.password, other.password)
            && self.host.matches(&other.host)
            && self.port == other.port
            && same_params(&self.params, &other.params, false)
            && same_headers(self.headers, other.headers)
    }
}

impl fmt::Display for Uri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// A checked URI that owns its text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UriBuf(Box<str>);

impl UriBuf {
    /// Checks and keeps the text.
    ///
    /// # Errors
    /// As [`Uri::parse`].
    pub fn new(text: impl Into<Box<str>>) -> Result<Self, Malformed> {
        let text = text.into();
        Uri::parse(&text)?;
        Ok(Self(text))
    }

    /// The parsed view.
    pub fn uri(&self) -> Uri<'_> {
        Uri::parse(&self.0).expect("the text was checked when it was kept")
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Uri<'_>> for UriBuf {
    fn from(uri: Uri<'_>) -> Self {
        Self(uri.text.into())
    }
}

impl fmt::Display for UriBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Without the text, as [`UriBuf`].
impl fmt::Debug for Uri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Uri(***)")
    }
}

/// Without the text: a URI mostly names a person.
impl fmt::Debug for UriBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UriBuf(***)")
    }
}

fn scheme_of(text: &str) -> Result<Scheme, Malformed> {
    for (name, scheme) in [("sip", Scheme::Sip), ("sips", Scheme::Sips), ("tel", Scheme::Tel)] {
        if text.eq_ignore_ascii_case(name) {
            return Ok(scheme);
        }
    }
    let starts_well = text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    let well = starts_well && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if well { Ok(Scheme::Other) } else { Err(Malformed) }
}

fn check_headers(headers: &str) -> Result<(), Malformed> {
    for pair in headers.split('&') {
        let (name, value) = pair.split_once('=').ok_or(Malformed)?;
        let value_byte = |byte| is_uri_header(byte) || matches!(byte, b'=' | b'@' | b';' | b',');
        if name.is_empty() || !all_escaped(name.as_bytes(), is_uri_header) {
            return Err(Malformed);
        }
        if !all_escaped(value.as_bytes(), value_byte) {
            return Err(Malformed);
        }
    }
    Ok(())
}

fn unescape_bytes(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|byte| char::from(*byte).to_digit(16));
        match (bytes[at], hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    plain
}

/// Text without `%HH`; bytes that are not UTF-8 become U+FFFD.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(match String::from_utf8(unescape_bytes(text)) {
        Ok(plain) => plain,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

/// Text as a URI's user part: everything that may not stand there becomes `%HH`.
pub fn escape_user(plain: &str) -> String {
    escape(plain, |byte| byte < 128 && byte != b'#' && is_user(byte))
}

/// Text as a URI header's value.
pub fn escape_header(plain: &str) -> String {
    escape(plain, |byte| byte < 128 && is_uri_header(byte))
}

fn escape(plain: &str, class: impl Fn(u8) -> bool) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut escaped = String::with_capacity(plain.len());
    for byte in plain.bytes() {
        if class(byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            escaped.push(char::from(HEX[usize::from(byte >> 4)]));
            escaped.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    escaped
}

/// The bytes that two texts must share to be equal: an escaped byte equals the byte itself unless it is reserved, so
/// escaped reserved bytes keep their `%` (RFC 3261 section 19.1.4).
fn canonical(text: &str) -> Cow<'_, [u8]> {
    if !text.contains('%') {
        return Cow::Borrowed(text.as_bytes());
    }
    let bytes = text.as_bytes();
    let mut canonical = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|byte| char::from(*byte).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (bytes[at], hex(1), hex(2)) {
            let plain = (high * 16 + low) as u8;
            if b";/?:@&=+$,%".contains(&plain) {
                canonical.extend_from_slice(&[
                    b'%',
                    bytes[at + 1].to_ascii_uppercase(),
                    bytes[at + 2].to_ascii_uppercase(),
                ]);
            } else {
                canonical.push(plain);
            }
            at += 3;
        } else {
            canonical.push(bytes[at]);
            at += 1;
        }
    }
    Cow::Owned(canonical)
}

fn equal_value(one: Option<Cow<'_, [u8]>>, two: Option<Cow<'_, [u8]>>) -> bool {
    match (one, two) {
        (None, None) => true,
        (Some(one), Some(two)) => one.eq_ignore_ascii_case(&two),
        _ => false,
    }
}

/// The value under a name without escapes. Of a name that stands twice, against the grammar, the first counts.
fn first_value<'a>(params: &UriParams<'a>, plain: &str) -> Option<Option<Cow<'a, [u8]>>> {
    let mut params = params.iter();
    params.find(|(name, _)| unescape(name).eq_ignore_ascii_case(plain)).map(|(_, value)| value.map(canonical))
}

fn same_params(one: &UriParams<'_>, two: &UriParams<'_>, all_must_match: bool) -> bool {
    // These count even when only one side has them.
    const DECISIVE: [&str; 5] = ["user", "ttl", "method", "maddr", "transport"];
    let covered = |left: &UriParams<'_>, right: &UriParams<'_>| {
        left.iter().all(|(name, _)| {
            let plain = unescape(name);
            match first_value(right, &plain) {
                Some(other) => equal_value(first_value(left, &plain).flatten(), other),
                None => !all_must_match && !DECISIVE.iter().any(|decisive| plain.eq_ignore_ascii_case(decisive)),
            }
        })
    };
    covered(one, two) && covered(two, one)
}

fn same_headers(one: Option<&str>, two: Option<&str>) -> bool {
    let sorted = |headers: Option<&str>| {
        let mut pairs: Vec<(String, Vec<u8>)> = headers
            .into_iter()
            .flat_map(|headers| headers.split('&'))
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (unescape(name).to_ascii_lowercase(), canonical(value).into_owned()))
            .collect();
        pairs.sort();
        pairs
    };
    sorted(one) == sorted(two)
}
