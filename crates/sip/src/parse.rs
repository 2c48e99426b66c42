//! The scan: finds the start line, the header lines and the body, and nothing else. It goes on behind a faulty line,
//! because the answer to a faulty request needs the other lines.

use bytes::Bytes;
use memchr::{memchr, memrchr};

use crate::error::ParseError;
use crate::header::HeaderName;
use crate::header::timing::parse_number;
use crate::limits::{
    MAX_HEADER_LINE_BYTES, MAX_HEADERS, MAX_LENGTH_SLACK_BYTES, MAX_MESSAGE_BYTES, MAX_START_LINE_BYTES,
};
use crate::message::{Field, Fields, Message, Refused, Span, Start};
use crate::method::Method;
use crate::scan::{all_token, is_token};

impl Message {
    /// Reads one message without looking into its headers' values (Content-Length apart).
    ///
    /// # Errors
    /// As [`Message::parse`], for what the lines as such show.
    pub fn scan(raw: impl Into<Bytes>) -> Result<Self, Refused> {
        scan(raw.into())
    }
}

fn scan(raw: Bytes) -> Result<Message, Refused> {
    let mut first_error = None;
    let raw = if raw.len() > MAX_MESSAGE_BYTES {
        first_error = Some(ParseError::TooLarge);
        raw.slice(..MAX_MESSAGE_BYTES)
    } else {
        raw
    };
    let refuse = |error| Refused { error, message: None };
    let begin =
        raw.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).ok_or_else(|| refuse(ParseError::KeepAlive))?;
    let (line_end, mut at) = line_at(&raw, begin).unwrap_or((raw.len(), raw.len()));
    let start = start_line(&raw, begin, line_end, &mut first_error).map_err(refuse)?;

    let mut lines = Lines { raw: &raw, fields: Fields::new(), seen: 0, content_length: None, error: first_error };
    let closed = lines.read(&mut at);
    if !closed {
        lines.error.get_or_insert(ParseError::Truncated);
    }
    let body = lines.body(at);
    let Lines { fields, error, .. } = lines;
    let message = Message { start, fields, body, raw };
    match error {
        None => Ok(message),
        Some(error) => Err(Refused { error, message: Some(Box::new(message)) }),
    }
}

/// The end of the line that starts at `start` (without its line end), and the start of the next.
fn line_at(raw: &[u8], start: usize) -> Option<(usize, usize)> {
    let feed = start + memchr(b'\n', &raw[start..])?;
    let end = if feed > start && raw[feed - 1] == b'\r' { feed - 1 } else { feed };
    Some((end, feed + 1))
}

fn start_line(raw: &[u8], begin: usize, end: usize, error: &mut Option<ParseError>) -> Result<Start, ParseError> {
    let line = &raw[begin..end];
    if line.len() >= 4 && line[..4].eq_ignore_ascii_case(b"SIP/") {
        return status_line(raw, begin, end);
    }
    if line.len() > MAX_START_LINE_BYTES {
        error.get_or_insert(ParseError::StartLineTooLong);
    }
    let first = memchr(b' ', line).ok_or(ParseError::NotSip)?;
    // Trailing white space belongs to the fault, not to the version.
    let version_end = line.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |at| at + 1);
    let last = memrchr(b' ', &line[..version_end]).ok_or(ParseError::NotSip)?;
    let version = &line[last + 1..version_end];
    let digits = version.len() >= 4 && version[..4].eq_ignore_ascii_case(b"SIP/");
    if !digits || !all_token(&line[..first]) {
        return Err(ParseError::NotSip);
    }
    if !version[4..].eq_ignore_ascii_case(b"2.0") {
        error.get_or_insert(ParseError::Version);
    }
    let (uri_start, uri_end) = if first < last { (first + 1, last) } else { (first, first) };
    let uri = &line[uri_start..uri_end];
    if version_end != line.len() || uri.is_empty() || uri.iter().any(|byte| matches!(byte, b' ' | b'\t' | b'\r')) {
        error.get_or_insert(ParseError::RequestLine);
    }
    Ok(Start::Request {
        method: Method::from_bytes(&line[..first]),
        name: Span::new(begin, begin + first),
        uri: Span::new(begin + uri_start, begin + uri_end),
    })
}

fn status_line(raw: &[u8], begin: usize, end: usize) -> Result<Start, ParseError> {
    let line = &raw[begin..end];
    if line.get(4..8).is_none_or(|version| version != b"2.0 ") {
        return Err(ParseError::StatusLine);
    }
    let code_end = line[8..].iter().position(|byte| *byte == b' ').map_or(line.len(), |at| at + 8);
    let status = std::str::from_utf8(&line[8..code_end]).ok().filter(|code| code.len() == 3);
    let status = status.and_then(|code| code.parse::<u16>().ok()).filter(|code| (100..700).contains(code));
    let reason_start = (code_end + 1).min(line.len());
    Ok(Start::Response { status: status.ok_or(ParseError::StatusLine)?, reason: Span::new(begin + reason_start, end) })
}

struct Lines<'a> {
    raw: &'a [u8],
    fields: Fields,
    /// A bit for each known name that stood already.
    seen: u128,
    content_length: Option<u32>,
    error: Option<ParseError>,
}

impl Lines<'_> {
    /// Reads header lines from `at` on, which ends behind the empty line. False when the empty line never comes.
    fn read(&mut self, at: &mut usize) -> bool {
        while let Some((mut end, mut next)) = line_at(self.raw, *at) {
            let start = *at;
            if end == start {
                *at = next;
                return true;
            }
            while matches!(self.raw.get(next), Some(b' ' | b'\t')) {
                let Some((folded_end, folded_next)) = line_at(self.raw, next) else { break };
                (end, next) = (folded_end, folded_next);
            }
            *at = next;
            self.field(start, end);
        }
        // A last line without a line end still counts for the answer.
        if *at < self.raw.len() {
            let (start, end) = (*at, self.raw.len());
            self.field(start, end);
            *at = end;
        }
        false
    }

    fn fault(&mut self, error: ParseError) {
        self.error.get_or_insert(error);
    }

    fn field(&mut self, start: usize, end: usize) {
        let raw = self.raw;
        let line = &raw[start..end];
        if line.len() > MAX_HEADER_LINE_BYTES {
            return self.fault(ParseError::HeaderTooLong);
        }
        if self.fields.len() >= MAX_HEADERS {
            return self.fault(ParseError::TooManyHeaders);
        }
        let name_len = line.iter().position(|byte| !is_token(*byte)).unwrap_or(line.len());
        let gap = line[name_len..].iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(0);
        let colon = name_len + gap;
        if name_len == 0 || line.get(colon) != Some(&b':') {
            return self.fault(ParseError::HeaderLine);
        }
        let white = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let value_start =
            line[colon + 1..].iter().position(|byte| !white(byte)).map_or(line.len(), |at| colon + 1 + at);
        let value_end = line.iter().rposition(|byte| !white(byte)).map_or(value_start, |at| (at + 1).max(value_start));
        if has_bare_return(&line[value_start..value_end]) {
            return self.fault(ParseError::HeaderLine);
        }
        let id = HeaderName::from_bytes(&line[..name_len]);
        if id != HeaderName::Other {
            let bit = 1u128 << (id as u8);
            if self.seen & bit != 0 && id.is_single() {
                self.fault(ParseError::Repeated(id));
            }
            self.seen |= bit;
        }
        if id == HeaderName::ContentLength {
            match parse_number(&line[value_start..value_end]) {
                Ok(length) => self.content_length = Some(length),
                Err(_) => self.fault(ParseError::ContentLength),
            }
        }
        let name = Span::new(start, start + name_len);
        let value = Span::new(start + value_start, start + value_end);
        self.fields.push(Field { id, name, value });
    }

    fn body(&mut self, at: usize) -> Span {
        let rest = self.raw.len() - at;
        let length = self.content_length.map_or(rest, |length| length as usize);
        let missing = length.saturating_sub(rest);
        let whole_lines = rest > 0 && self.raw.ends_with(b"\n");
        if missing > MAX_LENGTH_SLACK_BYTES || (missing > 0 && !whole_lines) {
            self.fault(ParseError::ContentLength);
        }
        Span::new(at, at + length.min(rest))
    }
}

/// A CR that is not the first half of a line end would let a copied value open a line of its own at lenient peers.
fn has_bare_return(value: &[u8]) -> bool {
    memchr::memchr_iter(b'\r', value).any(|at| value.get(at + 1) != Some(&b'\n'))
}
