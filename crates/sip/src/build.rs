//! Writes messages straight into bytes.

use std::fmt::Display;
use std::io::Write;
use std::net::SocketAddr;

use crate::header::HeaderName;
use crate::header::via::stamp_into;
use crate::message::{Message, Refused, Start, unfold};
use crate::method::Method;
use crate::status::reason_phrase;

/// Room for an ordinary message with its session description.
const TYPICAL_BYTES: usize = 1024;

/// Writes one message, line after line. A value can never open a line of its own: CR and LF in it become spaces.
#[derive(Debug, Clone)]
pub struct MessageBuilder {
    out: Vec<u8>,
}

impl MessageBuilder {
    /// A request. For [`Method::Unknown`] use [`MessageBuilder::request_named`].
    pub fn request(method: Method, uri: impl Display) -> Self {
        Self::request_named(method.as_str(), uri)
    }

    /// A request of a method that this crate does not know.
    pub fn request_named(method: &str, uri: impl Display) -> Self {
        let mut builder = Self { out: Vec::with_capacity(TYPICAL_BYTES) };
        builder.text(method);
        builder.out.push(b' ');
        builder.text(uri);
        builder.out.extend_from_slice(b" SIP/2.0\r\n");
        builder
    }

    /// A response without any header; mostly [`MessageBuilder::reply_to`] is what you want.
    pub fn response(status: u16, reason: &str) -> Self {
        let mut builder = Self { out: Vec::with_capacity(TYPICAL_BYTES) };
        builder.text(format_args!("SIP/2.0 {status} "));
        builder.text(reason);
        builder.line_end();
        builder
    }

    /// A response to `request` (RFC 3261 section 8.2.6): Via, From, To, Call-ID and CSeq are the request's; To gets
    /// `to_tag` if it has no tag; Record-Route is copied where a dialog begins, Timestamp where there is one. With
    /// `source`, `received` and `rport` of the topmost Via are filled in.
    pub fn reply_to(request: &Message, status: u16, to_tag: Option<&str>, source: Option<SocketAddr>) -> Self {
        Self::reply_with_reason(request, status, reason_phrase(status), to_tag, source)
    }

    /// As [`MessageBuilder::reply_to`], with a reason phrase of one's own.
    pub fn reply_with_reason(
        request: &Message,
        status: u16,
        reason: &str,
        to_tag: Option<&str>,
        source: Option<SocketAddr>,
    ) -> Self {
        let mut builder = Self::response(status, reason);
        let mut top = true;
        for via in request.headers(HeaderName::Via) {
            builder.name("Via");
            let start = builder.out.len();
            let stamped = top.then_some(source).flatten().map(|source| stamp_into(&mut builder.out, via, source));
            if !matches!(stamped, Some(Ok(()))) {
                builder.out.truncate(start);
                builder.out.extend_from_slice(via);
            }
            top = false;
            builder.line_end();
        }
        let to = request.to();
        let begins_dialog = (101..300).contains(&status)
            && request.method().is_some_and(Method::creates_dialog)
            && to.as_ref().is_ok_and(|to| to.tag().is_none());
        if begins_dialog {
            builder = builder.copy(request, HeaderName::RecordRoute);
        }
        builder = builder.copy_first(request, HeaderName::From);
        if let Some(value) = request.header(HeaderName::To) {
            builder.name("To");
            builder.out.extend_from_slice(value);
            if let (Some(tag), true) = (to_tag, to.is_ok_and(|to| to.tag().is_none())) {
                builder.text(format_args!(";tag={tag}"));
            }
            builder.line_end();
        }
        for id in [HeaderName::CallId, HeaderName::CSeq, HeaderName::Timestamp] {
            builder = builder.copy_first(request, id);
        }
        builder
    }

    /// The same message again, without its body: [`MessageBuilder::finish_raw`] adds one.
    pub fn again(message: &Message) -> Self {
        let mut builder = match message.start {
            Start::Request { .. } => Self::request_named(message.method_text(), message.request_uri_text()),
            Start::Response { status, .. } => {
                let mut builder = Self::response(status, "");
                builder.out.truncate(builder.out.len() - 2);
                builder.bytes(message.reason_phrase());
                builder.line_end();
                builder
            }
        };
        for (id, name, value) in message.all_headers() {
            match id {
                HeaderName::ContentLength => {}
                HeaderName::Other => builder = builder.raw_header(&String::from_utf8_lossy(name), &unfold(value)),
                known => builder = builder.raw_header(known.as_str(), &unfold(value)),
            }
        }
        builder
    }

    /// Adds a header.
    pub fn header(mut self, name: HeaderName, value: impl Display) -> Self {
        self.name(name.as_str());
        self.text(value);
        self.line_end();
        self
    }

    /// Adds a header if there is a value.
    pub fn header_opt(self, name: HeaderName, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.header(name, value),
            None => self,
        }
    }

    /// Adds a header by its name in words, with a value in bytes. A name that is no token is left out.
    pub fn raw_header(mut self, name: &str, value: &[u8]) -> Self {
        if crate::scan::all_token(name.as_bytes()) {
            self.name(name);
            self.bytes(value);
            self.line_end();
        }
        self
    }

    /// Copies all lines of that name, as received.
    pub fn copy(mut self, from: &Message, id: HeaderName) -> Self {
        for value in from.headers(id) {
            self.name(id.as_str());
            self.out.extend_from_slice(value);
            self.line_end();
        }
        self
    }

    /// Copies the first line of that name, as received: an answer to a request that repeats it stays well formed.
    fn copy_first(mut self, from: &Message, id: HeaderName) -> Self {
        if let Some(value) = from.header(id) {
            self.name(id.as_str());
            self.out.extend_from_slice(value);
            self.line_end();
        }
        self
    }

    /// Adds a Via. `sent_by` is `host[:port]`, IPv6 in brackets; `rport` is asked for (RFC 3581).
    pub fn via(mut self, transport: &str, sent_by: impl Display, branch: &str) -> Self {
        self.text(format_args!("Via: SIP/2.0/{transport} {sent_by};rport;branch={branch}"));
        self.line_end();
        self
    }

    /// Ends the message, without a body.
    pub fn finish(self) -> Vec<u8> {
        self.finish_raw(&[])
    }

    /// Ends the message with a body.
    pub fn finish_with(self, content_type: &str, body: &[u8]) -> Vec<u8> {
        self.header(HeaderName::ContentType, content_type).finish_raw(body)
    }

    /// Ends the message with a body whose Content-Type stands already.
    pub fn finish_raw(mut self, body: &[u8]) -> Vec<u8> {
        self.text(format_args!("Content-Length: {}", body.len()));
        self.out.extend_from_slice(b"\r\n\r\n");
        self.out.extend_from_slice(body);
        self.out
    }

    fn name(&mut self, name: &str) {
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b": ");
    }

    fn text(&mut self, value: impl Display) {
        let start = self.out.len();
        write!(self.out, "{value}").expect("a write to memory does not fail");
        self.disarm(start);
    }

    fn bytes(&mut self, value: &[u8]) {
        let start = self.out.len();
        self.out.extend_from_slice(value);
        self.disarm(start);
    }

    fn disarm(&mut self, start: usize) {
        while let Some(at) = memchr::memchr2(b'\r', b'\n', &self.out[start..]) {
            self.out[start + at] = b' ';
        }
    }

    fn line_end(&mut self) {
        self.out.extend_from_slice(b"\r\n");
    }
}

impl Message {
    /// The message printed anew: long header names, unfolded values, a Content-Length that fits.
    pub fn print(&self) -> Vec<u8> {
        MessageBuilder::again(self).finish_raw(self.body())
    }
}

impl Refused {
    /// The reason phrase that tells the sender what to mend.
    pub fn reason(&self) -> String {
        match self.error.status() {
            Some(400) => {
                let text = self.error.to_string();
                let (first, rest) = text.split_at(1);
                format!("{}{rest}", first.to_ascii_uppercase())
            }
            Some(status) => reason_phrase(status).to_owned(),
            None => String::new(),
        }
    }

    /// The answer to send back to where the request came from, if one is due.
    pub fn reply(&self, source: SocketAddr) -> Option<Vec<u8>> {
        let status = self.status()?;
        let request = self.message.as_deref()?;
        let reason = if status == 400 { self.reason() } else { reason_phrase(status).to_owned() };
        Some(MessageBuilder::reply_with_reason(request, status, &reason, None, Some(source)).finish())
    }
}
