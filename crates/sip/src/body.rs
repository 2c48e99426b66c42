//! Bodies: the session description in a message, alone or in a multipart body (RFC 5621).

use crate::error::ParseError;
use crate::header::accept::MediaType;
use crate::limits::{MAX_BODY_NESTING, MAX_BODY_PARTS};
use crate::message::Message;
use crate::name::HeaderName;
use crate::scan::{trim, unquoted_bytes};

/// One part of a body.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Its type; `None` when it tells none (then it is text) or none that can be read.
    pub content_type: Option<MediaType<'a>>,
    /// Content-Disposition as received.
    pub disposition: Option<&'a [u8]>,
    /// What it holds.
    pub content: &'a [u8],
}

impl Part<'_> {
    /// Whether the receiver may overlook it: `handling=optional` (RFC 3204 section 4.6).
    pub fn is_optional(&self) -> bool {
        self.disposition.is_some_and(is_optional)
    }
}

pub(crate) fn is_optional(disposition: &[u8]) -> bool {
    crate::header::option_tags::TokenParams::parse(disposition)
        .is_ok_and(|disposition| disposition.params.get("handling").is_some_and(|h| h.eq_ignore_ascii_case("optional")))
}

/// The session description of a message, if it has one: its body, or the first such part of a multipart body.
///
/// # Errors
/// A multipart body that is broken, nested too deep, or of too many parts.
pub fn session_description(message: &Message) -> Result<Option<&[u8]>, ParseError> {
    let Some(content_type) = message.content_type().filter(|_| !message.body().is_empty()) else { return Ok(None) };
    if content_type.is("application", "sdp") {
        return Ok(Some(message.body()));
    }
    let found = find(&content_type, message.body(), 0, &mut |part| is_sdp(part).then_some(part.content))?;
    Ok(found)
}

/// Looks at every part of a multipart body that is not itself multipart, and returns the first find.
///
/// # Errors
/// As [`session_description`].
pub fn find_part<'a, T>(
    message: &'a Message,
    mut pick: impl FnMut(&Part<'a>) -> Option<T>,
) -> Result<Option<T>, ParseError> {
    match message.content_type() {
        Some(content_type) => find(&content_type, message.body(), 0, &mut pick),
        None => Ok(None),
    }
}

fn is_sdp(part: &Part<'_>) -> bool {
    part.content_type.is_some_and(|content_type| content_type.is("application", "sdp"))
}

fn find<'a, T>(
    content_type: &MediaType<'a>,
    body: &'a [u8],
    depth: usize,
    pick: &mut impl FnMut(&Part<'a>) -> Option<T>,
) -> Result<Option<T>, ParseError> {
    if !content_type.kind.eq_ignore_ascii_case("multipart") {
        return Ok(None);
    }
    if depth >= MAX_BODY_NESTING {
        return Err(ParseError::Multipart);
    }
    let boundary = content_type.params.find("boundary").flatten().map(unquoted_bytes).ok_or(ParseError::Multipart)?;
    let mut parts = Parts::new(body, boundary)?;
    let mut count = 0;
    while let Some(part) = parts.next_part()? {
        count += 1;
        if count > MAX_BODY_PARTS {
            return Err(ParseError::Multipart);
        }
        let inner = part.content_type.filter(|inner| inner.kind.eq_ignore_ascii_case("multipart"));
        let found = match inner {
            Some(inner) => find(&inner, part.content, depth + 1, pick)?,
            None => pick(&part),
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

struct Parts<'a> {
    rest: &'a [u8],
    boundary: &'a [u8],
    done: bool,
}

impl<'a> Parts<'a> {
    fn new(body: &'a [u8], boundary: &'a [u8]) -> Result<Self, ParseError> {
        // RFC 2046 section 5.1.1.
        if boundary.is_empty() || boundary.len() > 70 {
            return Err(ParseError::Multipart);
        }
        let (_, end, last) = next_delimiter(body, boundary).ok_or(ParseError::Multipart)?;
        Ok(Self { rest: &body[end..], boundary, done: last })
    }

    fn next_part(&mut self) -> Result<Option<Part<'a>>, ParseError> {
        if self.done {
            return Ok(None);
        }
        let (start, end, last) = next_delimiter(self.rest, self.boundary).ok_or(ParseError::Multipart)?;
        let part = read_part(&self.rest[..start]);
        self.rest = &self.rest[end..];
        self.done = last;
        Ok(Some(part))
    }
}

/// The next delimiter line: where it starts (its own line end counted in), where it ends, whether it is the last.
fn next_delimiter(body: &[u8], boundary: &[u8]) -> Option<(usize, usize, bool)> {
    let mut line_start = 0;
    loop {
        let line_end = memchr::memchr(b'\n', &body[line_start..]).map_or(body.len(), |feed| line_start + feed + 1);
        let line = &body[line_start..line_end];
        if let Some(after) = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary)) {
            let last = after.starts_with(b"--");
            let rest = if last { &after[2..] } else { after };
            if trim(rest).is_empty() {
                let before = &body[..line_start];
                let start =
                    before.strip_suffix(b"\n").map_or(line_start, |cut| cut.strip_suffix(b"\r").unwrap_or(cut).len());
                return Some((start, line_end, last));
            }
        }
        if line_end >= body.len() {
            return None;
        }
        line_start = line_end;
    }
}

fn read_part(bytes: &[u8]) -> Part<'_> {
    let mut part = Part { content_type: None, disposition: None, content: &[] };
    let mut at = 0;
    while at < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |feed| at + feed + 1);
        let line = trim(&bytes[at..end]);
        at = end;
        if line.is_empty() {
            part.content = &bytes[at..];
            break;
        }
        let Some(colon) = memchr::memchr(b':', line) else { continue };
        let (name, value) = (trim(&line[..colon]), trim(&line[colon + 1..]));
        match HeaderName::from_bytes(name) {
            HeaderName::ContentType => part.content_type = MediaType::parse(value).ok(),
            HeaderName::ContentDisposition => part.disposition = Some(value),
            _ => {}
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::MessageBuilder;
    use crate::method::Method;

    fn invite(content_type: &str, body: &str) -> Message {
        let raw = MessageBuilder::request(Method::Invite, "sip:a@b").finish_with(content_type, body.as_bytes());
        Message::scan(raw).unwrap()
    }

    #[test]
    fn a_description_is_found_wherever_it_is() {
        assert_eq!(session_description(&invite("application/sdp", "v=0")).unwrap(), Some(&b"v=0"[..]));
        assert_eq!(session_description(&invite("text/plain", "v=0")).unwrap(), None);
        let inner =
            "--in\r\nContent-Type: text/plain\r\n\r\nhi\r\n--in\r\nc: application/sdp\r\n\r\nv=0\r\n\r\n--in--\r\n";
        let outer =
            format!("preamble\r\n--out\r\nContent-Type: multipart/mixed;boundary=\"in\"\r\n\r\n{inner}\r\n--out--");
        let found = invite("multipart/mixed; boundary=out", &outer);
        assert_eq!(session_description(&found).unwrap(), Some(&b"v=0\r\n"[..]));
    }

    #[test]
    fn broken_and_bottomless_bodies_are_refused() {
        assert!(session_description(&invite("multipart/mixed", "--a\r\n\r\n--a--")).is_err());
        assert!(session_description(&invite("multipart/mixed;boundary=a", "--a\r\n\r\nx")).is_err());
        let mut body = "x".to_owned();
        for depth in 0..10 {
            body = format!(
                "--b{depth}\r\nContent-Type: multipart/mixed;boundary=b{}\r\n\r\n{body}\r\n--b{depth}--",
                depth - 1
            );
        }
        assert!(session_description(&invite("multipart/mixed;boundary=b9", &body)).is_err());
    }

    #[test]
    fn optional_parts_are_known() {
        let body = "--a\r\nContent-Disposition: render;handling=optional\r\n\r\nx\r\n--a--";
        let message = invite("multipart/mixed;boundary=a", body);
        let optional = find_part(&message, |part| Some(part.is_optional())).unwrap();
        assert_eq!(optional, Some(true));
    }
}
