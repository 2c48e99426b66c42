//! What every message must have, and the grammar of what we will use of it.

use bytes::Bytes;

use crate::error::{Malformed, ParseError};
use crate::header::HeaderName;
use crate::header::accept::MediaType;
use crate::header::cseq::CSeq;
use crate::header::name_addr::{NameAddr, NameAddrIter, is_star};
use crate::header::timing::parse_max_forwards;
use crate::header::via::ViaIter;
use crate::limits::{MAX_LIST_VALUES, MAX_VIAS};
use crate::message::{Message, Refused, Start};
use crate::scan::{ListIter, is_white, text};
use crate::uri::Uri;

impl Message {
    /// Reads and checks one message: the bytes of a datagram, of a WebSocket frame, or of one frame of a
    /// [`crate::stream::Framer`]. Without Content-Length the body is the rest; bytes behind the body are ignored.
    ///
    /// After success the start line, the top Via, From, To, Call-ID and CSeq are there and well formed, Content-Length,
    /// Contact, Route, Record-Route and Max-Forwards are well formed if they are there.
    ///
    /// # Errors
    /// What is wrong, and what is known of the message.
    pub fn parse(raw: impl Into<Bytes>) -> Result<Self, Refused> {
        let message = Self::scan(raw)?;
        match check(&message) {
            Ok(()) => Ok(message),
            Err(error) => Err(Refused { error, message: Some(Box::new(message)) }),
        }
    }
}

/// One walk over the header lines.
fn check(message: &Message) -> Result<(), ParseError> {
    if message.is_request() {
        let uri = Uri::parse(message.request_uri_text()).map_err(|_| ParseError::RequestUri)?;
        // Headers in a Request-URI are never allowed (RFC 3261 section 19.1.1), and dangerous when taken at their word.
        if uri.headers().is_some() {
            return Err(ParseError::RequestUri);
        }
    }
    let mut found = Found::default();
    for (id, _, value) in message.all_headers() {
        found.line(message, id, value)?;
    }
    found.mandatory()
}

#[derive(Default)]
struct Found {
    vias: usize,
    from: bool,
    to: bool,
    call_id: bool,
    cseq: bool,
}

impl Found {
    fn line(&mut self, message: &Message, id: HeaderName, value: &[u8]) -> Result<(), ParseError> {
        let wrong = |_: Malformed| ParseError::Header(id);
        match id {
            HeaderName::Via => self.via_line(value)?,
            HeaderName::From => {
                NameAddr::parse(value).map_err(wrong)?;
                self.from = true;
            }
            HeaderName::To => {
                NameAddr::parse(value).map_err(wrong)?;
                self.to = true;
            }
            HeaderName::CallId => {
                let id_text = text(value).map_err(wrong)?;
                if id_text.is_empty() || id_text.bytes().any(is_white) {
                    return Err(ParseError::Header(id));
                }
                self.call_id = true;
            }
            HeaderName::CSeq => {
                let cseq = CSeq::parse(value).map_err(wrong)?;
                if matches!(message.start, Start::Request { .. }) && cseq.method_text != message.method_text() {
                    return Err(ParseError::CSeqMismatch);
                }
                self.cseq = true;
            }
            HeaderName::MaxForwards => {
                parse_max_forwards(value).map_err(wrong)?;
            }
            HeaderName::Contact if is_star(value) => {}
            HeaderName::Contact | HeaderName::Route | HeaderName::RecordRoute => address_list(id, value)?,
            HeaderName::ContentType => {
                MediaType::parse(value).map_err(wrong)?;
            }
            HeaderName::Require | HeaderName::ProxyRequire | HeaderName::Supported => {
                let broken = crate::header::option_tags::tokens(value).any(|token| token.is_err());
                if broken {
                    return Err(ParseError::Header(id));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The topmost line is what we use; those below are only handed back, so they are counted and no more.
    fn via_line(&mut self, value: &[u8]) -> Result<(), ParseError> {
        let wrong = ParseError::Header(HeaderName::Via);
        if self.vias == 0 {
            for via in ViaIter::new(value) {
                via.map_err(|_| wrong)?;
                self.vias += 1;
            }
        } else if memchr::memchr(b',', value).is_none() {
            self.vias += 1;
        } else {
            self.vias += ListIter::new(value).count();
        }
        if self.vias > MAX_VIAS { Err(ParseError::TooManyVias) } else { Ok(()) }
    }

    fn mandatory(&self) -> Result<(), ParseError> {
        let found = [
            (self.vias > 0, HeaderName::Via),
            (self.from, HeaderName::From),
            (self.to, HeaderName::To),
            (self.call_id, HeaderName::CallId),
            (self.cseq, HeaderName::CSeq),
        ];
        match found.iter().find(|(present, _)| !present) {
            None => Ok(()),
            Some((_, name)) => Err(ParseError::Missing(*name)),
        }
    }
}

fn address_list(id: HeaderName, value: &[u8]) -> Result<(), ParseError> {
    for (count, address) in NameAddrIter::new(value).enumerate() {
        let address = address.map_err(|_| ParseError::Header(id))?;
        // A route is a loose or strict router's name-addr; without brackets its parameters would change sides.
        let unbracketed_route = id != HeaderName::Contact && !address.is_bracketed();
        if unbracketed_route || count >= MAX_LIST_VALUES {
            return Err(ParseError::Header(id));
        }
    }
    Ok(())
}
