//! Messages out of a stream (TCP, TLS): RFC 3261 section 18.3, keep-alives of RFC 5626 section 3.5.1.
//!
//! Over WebSocket a frame is a message as it is: see [`crate::websocket`].

use bytes::{Bytes, BytesMut};
use memchr::memchr_iter;

use crate::error::ParseError;
use crate::header::timing::parse_number;
use crate::limits::MAX_MESSAGE_BYTES;
use crate::message::{Message, Refused};
use crate::name::HeaderName;

/// What a client sends to keep a connection alive, and a server answers with [`PONG`].
pub const PING: &[u8] = b"\r\n\r\n";

/// The answer to [`PING`].
pub const PONG: &[u8] = b"\r\n";

/// One piece of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A whole message.
    Message(Bytes),
    /// A line end of its own. To a client it is the answer to its ping; a server overlooks it.
    Pong,
    /// A second line end: with the one before it a ping. A server answers [`PONG`].
    Ping,
}

/// Cuts a stream into messages.
///
/// Call order: [`Framer::push`] what was read, then [`Framer::next_frame`] until it has nothing. An error is final:
/// answer with [`Refused::reply`] if that gives something, then close the connection.
#[derive(Debug, Default)]
pub struct Framer {
    buffer: BytesMut,
    /// Bytes of the buffer that hold no end of headers.
    searched: usize,
    /// Bytes of the message that is under way, once its headers are there.
    wanted: Option<usize>,
    after_line_end: bool,
}

impl Framer {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what was read. Read at most [`Framer::room`] bytes at a time.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// How many bytes may be pushed before frames have to be taken out.
    pub fn room(&self) -> usize {
        (2 * MAX_MESSAGE_BYTES).saturating_sub(self.buffer.len())
    }

    /// Whether part of a message has come and the rest has not.
    pub fn is_waiting(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// The next frame; `None` when more bytes are needed.
    ///
    /// # Errors
    /// The boundaries of messages are lost: no SIP, no usable Content-Length, or a message that is too large.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        if self.wanted.is_none() {
            if let Some(frame) = self.line_end() {
                return Ok(Some(frame));
            }
            let Some(head) = self.head_end() else { return self.bounded().map(|()| None) };
            self.wanted = Some(head + self.body_length(head)?);
        }
        let wanted = self.wanted.unwrap_or_default();
        if self.buffer.len() < wanted {
            return Ok(None);
        }
        self.wanted = None;
        self.searched = 0;
        self.after_line_end = false;
        Ok(Some(Frame::Message(self.buffer.split_to(wanted).freeze())))
    }

    fn line_end(&mut self) -> Option<Frame> {
        let length = match self.buffer[..] {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            _ => return None,
        };
        let _ = self.buffer.split_to(length);
        let second = std::mem::replace(&mut self.after_line_end, false);
        self.after_line_end = !second;
        Some(if second { Frame::Ping } else { Frame::Pong })
    }

    /// Where the headers end, behind the empty line.
    fn head_end(&mut self) -> Option<usize> {
        // The end may have begun in the bytes that were searched before.
        let from = self.searched.saturating_sub(2);
        for feed in memchr_iter(b'\n', &self.buffer[from..]) {
            match self.buffer[from + feed + 1..] {
                [b'\n', ..] => return Some(from + feed + 2),
                [b'\r', b'\n', ..] => return Some(from + feed + 3),
                _ => {}
            }
        }
        self.searched = self.buffer.len();
        None
    }

    fn bounded(&self) -> Result<(), Refused> {
        if self.buffer.len() <= MAX_MESSAGE_BYTES {
            return Ok(());
        }
        let start = Bytes::copy_from_slice(&self.buffer);
        Err(Message::scan(start).err().unwrap_or(Refused { error: ParseError::TooLarge, message: None }))
    }

    fn body_length(&self, head: usize) -> Result<usize, Refused> {
        let start = Bytes::copy_from_slice(&self.buffer[..head]);
        let message = match Message::scan(start) {
            Ok(message) => Box::new(message),
            // Other faults are the parser's to answer; the boundary can still be known.
            Err(Refused { message: Some(message), error }) if error != ParseError::TooLarge => message,
            Err(refused) => return Err(refused),
        };
        let mut told = message.headers(HeaderName::ContentLength).map(parse_number);
        let length = match (told.next(), told.next()) {
            // A stream's message must tell its length; one that does not has no body (RFC 3261 section 18.3).
            (None, _) => Ok(0),
            (Some(Ok(length)), None) => Ok(length as usize),
            (Some(Ok(_)), Some(_)) => Err(ParseError::Repeated(HeaderName::ContentLength)),
            (Some(Err(_)), _) => Err(ParseError::ContentLength),
        };
        drop(told);
        match length {
            Ok(length) if head + length <= MAX_MESSAGE_BYTES => Ok(length),
            Ok(_) => Err(Refused { error: ParseError::TooLarge, message: Some(message) }),
            Err(error) => Err(Refused { error, message: Some(message) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &str = "MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bKa\r\nFrom: <sip:a@b>;tag=1\r\n\
                           To: <sip:c@d>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\nl: 5\r\n\r\nhello";

    fn frames(framer: &mut Framer) -> Vec<Frame> {
        std::iter::from_fn(|| framer.next_frame().unwrap()).collect()
    }

    #[test]
    fn any_cut_gives_the_same_messages() {
        let stream = [REQUEST.as_bytes(), REQUEST.as_bytes()].concat();
        for cut in 0..stream.len() {
            let mut framer = Framer::new();
            let mut all = Vec::new();
            for piece in [&stream[..cut], &stream[cut..]] {
                framer.push(piece);
                all.extend(frames(&mut framer));
            }
            assert_eq!(all, vec![Frame::Message(Bytes::from_static(REQUEST.as_bytes())); 2], "cut at {cut}");
            assert!(!framer.is_waiting());
        }
    }

    #[test]
    fn pings_and_pongs() {
        let mut framer = Framer::new();
        framer.push(b"\r");
        assert_eq!(framer.next_frame().unwrap(), None);
        framer.push(b"\n");
        assert_eq!(framer.next_frame().unwrap(), Some(Frame::Pong));
        framer.push(b"\r\n");
        assert_eq!(framer.next_frame().unwrap(), Some(Frame::Ping));
        framer.push(b"\r\n");
        framer.push(REQUEST.as_bytes());
        framer.push(PING);
        let rest = frames(&mut framer);
        assert!(matches!(rest[..], [Frame::Pong, Frame::Message(_), Frame::Pong, Frame::Ping]), "{rest:?}");
    }

    #[test]
    fn lost_boundaries_close_the_connection() {
        let check = |from: &str, to: &str, error: ParseError, status: Option<u16>| {
            let mut framer = Framer::new();
            framer.push(REQUEST.replace(from, to).as_bytes());
            let refused = framer.next_frame().unwrap_err();
            assert_eq!((refused.error, refused.status()), (error, status), "{to}");
        };
        let length = HeaderName::ContentLength;
        check("l: 5", "l: -5", ParseError::ContentLength, Some(400));
        check("l: 5", "l: 5\r\nContent-Length: 4", ParseError::Repeated(length), Some(400));
        check("l: 5", "l: 99999999", ParseError::TooLarge, Some(513));
        check("MESSAGE sip:a@b SIP/2.0", "GET / HTTP/1.1", ParseError::NotSip, None);
    }

    #[test]
    fn endless_headers_are_cut_off() {
        let mut framer = Framer::new();
        framer.push(b"INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP h\r\n");
        let filler = "X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n";
        let refused = loop {
            assert!(framer.room() >= filler.len());
            framer.push(filler.as_bytes());
            if let Err(refused) = framer.next_frame() {
                break refused;
            }
        };
        assert_eq!(refused.status(), Some(513));
    }
}
