//! A received message: its bytes, and where in them its parts are.

use bytes::Bytes;
use smallvec::SmallVec;

use crate::error::{Malformed, ParseError};
use crate::header::HeaderName;
use crate::header::accept::MediaType;
use crate::header::cseq::CSeq;
use crate::header::name_addr::{NameAddr, NameAddrIter};
use crate::header::timing::{parse_max_forwards, parse_number};
use crate::header::via::{Via, ViaIter};
use crate::method::Method;
use crate::scan::{text, trim};
use crate::uri::Uri;

/// A range of bytes in a message; messages are shorter than 64 KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) start: u16,
    pub(crate) end: u16,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        let fits = |at: usize| u16::try_from(at).expect("messages are shorter than 64 KiB");
        Self { start: fits(start), end: fits(end) }
    }

    fn of(self, raw: &[u8]) -> &[u8] {
        &raw[usize::from(self.start)..usize::from(self.end)]
    }
}

/// The start line.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Start {
    Request { method: Method, name: Span, uri: Span },
    Response { status: u16, reason: Span },
}

/// One header line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) id: HeaderName,
    pub(crate) name: Span,
    pub(crate) value: Span,
}

/// Header lines of an ordinary INVITE fit without an allocation.
pub(crate) type Fields = SmallVec<[Field; 24]>;

/// A request or a response as received. Cheap to clone.
#[derive(Clone)]
pub struct Message {
    pub(crate) raw: Bytes,
    pub(crate) start: Start,
    pub(crate) fields: Fields,
    pub(crate) body: Span,
}

/// A message that was refused, with as much of it as an answer needs.
#[derive(Debug, Clone)]
pub struct Refused {
    /// What is wrong.
    pub error: ParseError,
    /// What could be read, when the start line could.
    pub message: Option<Box<Message>>,
}

impl Refused {
    /// The status to answer with; `None` where silence is due: for a response, an ACK, and what is not SIP at all.
    pub fn status(&self) -> Option<u16> {
        let message = self.message.as_deref()?;
        match message.method()? {
            Method::Ack => None,
            // RFC 4475 section 3.1.2.18 prefers this to a 400.
            Method::Unknown if self.error == ParseError::CSeqMismatch => Some(501),
            _ => self.error.status(),
        }
    }
}

impl Message {
    /// The bytes as received.
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// Whether this is a request.
    pub fn is_request(&self) -> bool {
        matches!(self.start, Start::Request { .. })
    }

    /// The method of a request; `None` for a response.
    pub fn method(&self) -> Option<Method> {
        match self.start {
            Start::Request { method, .. } => Some(method),
            Start::Response { .. } => None,
        }
    }

    /// The method of a request as received; empty for a response.
    pub fn method_text(&self) -> &str {
        match self.start {
            Start::Request { name, .. } => self.text_of(name),
            Start::Response { .. } => "",
        }
    }

    /// The status code of a response; `None` for a request.
    pub fn status(&self) -> Option<u16> {
        match self.start {
            Start::Request { .. } => None,
            Start::Response { status, .. } => Some(status),
        }
    }

    /// The reason phrase of a response, as received.
    pub fn reason_phrase(&self) -> &[u8] {
        match self.start {
            Start::Request { .. } => &[],
            Start::Response { reason, .. } => reason.of(&self.raw),
        }
    }

    /// The Request-URI as received; empty for a response.
    pub fn request_uri_text(&self) -> &str {
        match self.start {
            Start::Request { uri, .. } => self.text_of(uri),
            Start::Response { .. } => "",
        }
    }

    /// The Request-URI.
    ///
    /// # Errors
    /// For a response, and for a URI that breaks the grammar (never after [`Message::parse`]).
    pub fn request_uri(&self) -> Result<Uri<'_>, Malformed> {
        Uri::parse(self.request_uri_text())
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        self.body.of(&self.raw)
    }

    /// The first line of that name: its value, folds as they are, white space at the ends removed.
    pub fn header(&self, id: HeaderName) -> Option<&[u8]> {
        self.headers(id).next()
    }

    /// All lines of that name, in order.
    pub fn headers(&self, id: HeaderName) -> impl Iterator<Item = &[u8]> {
        self.fields.iter().filter(move |field| field.id == id).map(|field| field.value.of(&self.raw))
    }

    /// The first line of that name, as text.
    pub fn header_text(&self, id: HeaderName) -> Option<&str> {
        self.header(id).and_then(|value| text(value).ok())
    }

    /// The first line of a name that this crate does not know, for instance `X-Account`.
    pub fn header_named(&self, name: &str) -> Option<&[u8]> {
        match HeaderName::from_bytes(name.as_bytes()) {
            HeaderName::Other => self
                .fields
                .iter()
                .find(|field| {
                    field.id == HeaderName::Other && field.name.of(&self.raw).eq_ignore_ascii_case(name.as_bytes())
                })
                .map(|field| field.value.of(&self.raw)),
            known => self.header(known),
        }
    }

    /// Every header line in order: id, name and value as received.
    pub fn all_headers(&self) -> impl Iterator<Item = (HeaderName, &[u8], &[u8])> {
        self.fields.iter().map(|field| (field.id, field.name.of(&self.raw), field.value.of(&self.raw)))
    }

    /// The Call-ID; empty when it is absent (never after [`Message::parse`]).
    pub fn call_id(&self) -> &str {
        self.header_text(HeaderName::CallId).unwrap_or_default()
    }

    /// CSeq.
    ///
    /// # Errors
    /// Never after [`Message::parse`].
    pub fn cseq(&self) -> Result<CSeq<'_>, Malformed> {
        CSeq::parse(self.header(HeaderName::CSeq).ok_or(Malformed)?)
    }

    /// From.
    ///
    /// # Errors
    /// Never after [`Message::parse`].
    pub fn from(&self) -> Result<NameAddr<'_>, Malformed> {
        NameAddr::parse(self.header(HeaderName::From).ok_or(Malformed)?)
    }

    /// To.
    ///
    /// # Errors
    /// Never after [`Message::parse`].
    pub fn to(&self) -> Result<NameAddr<'_>, Malformed> {
        NameAddr::parse(self.header(HeaderName::To).ok_or(Malformed)?)
    }

    /// The tag in From.
    pub fn from_tag(&self) -> Option<&str> {
        self.from().ok().and_then(|from| from.tag())
    }

    /// The tag in To.
    pub fn to_tag(&self) -> Option<&str> {
        self.to().ok().and_then(|to| to.tag())
    }

    /// The topmost Via.
    ///
    /// # Errors
    /// Never after [`Message::parse`].
    pub fn top_via(&self) -> Result<Via<'_>, Malformed> {
        self.vias().next().unwrap_or(Err(Malformed))
    }

    /// All Via values, topmost first.
    pub fn vias(&self) -> impl Iterator<Item = Result<Via<'_>, Malformed>> {
        self.headers(HeaderName::Via).flat_map(ViaIter::new)
    }

    /// All values of a header of the form of From: Contact, Route, Record-Route, Path, P-Asserted-Identity …
    /// A Contact `*` is an error here: see [`crate::header::name_addr::is_star`].
    pub fn addresses(&self, id: HeaderName) -> impl Iterator<Item = Result<NameAddr<'_>, Malformed>> {
        self.headers(id).flat_map(NameAddrIter::new)
    }

    /// The first Contact, when it is there and well formed.
    pub fn contact(&self) -> Option<NameAddr<'_>> {
        self.addresses(HeaderName::Contact).next().and_then(Result::ok)
    }

    /// Max-Forwards, clamped to 255; `None` when it is absent.
    pub fn max_forwards(&self) -> Option<u8> {
        self.header(HeaderName::MaxForwards).and_then(|value| parse_max_forwards(value).ok())
    }

    /// A header that is one number (Expires, Min-Expires, RSeq …); one that is no 32-bit number counts as absent.
    pub fn number(&self, id: HeaderName) -> Option<u32> {
        self.header(id).and_then(|value| parse_number(value).ok())
    }

    /// Whether a list header (Supported, Require, Allow …) names the token.
    pub fn lists(&self, id: HeaderName, token: &str) -> bool {
        let mut tokens = self.headers(id).flat_map(crate::header::option_tags::tokens);
        tokens.any(|known| known.is_ok_and(|known| known.eq_ignore_ascii_case(token)))
    }

    /// Content-Type; `None` when it is absent or broken.
    pub fn content_type(&self) -> Option<MediaType<'_>> {
        self.header(HeaderName::ContentType).and_then(|value| MediaType::parse(value).ok())
    }

    fn text_of(&self, span: Span) -> &str {
        text(span.of(&self.raw)).unwrap_or_default()
    }
}

/// What the message is, not what it says: its text names people.
impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.start {
            Start::Request { method, .. } => write!(f, "Message({method}, {} bytes)", self.raw.len()),
            Start::Response { status, .. } => write!(f, "Message({status}, {} bytes)", self.raw.len()),
        }
    }
}

/// A header's value with its folds made single spaces.
pub fn unfold(value: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(value.len());
    let mut rest = trim(value);
    while let Some(at) = memchr::memchr2(b'\r', b'\n', rest) {
        let (before, fold) = rest.split_at(at);
        plain.extend_from_slice(before);
        while plain.last().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
            plain.pop();
        }
        plain.push(b' ');
        rest = trim(fold);
    }
    plain.extend_from_slice(rest);
    plain
}
