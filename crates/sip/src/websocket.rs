//! Messages out of a WebSocket (RFC 7118): one SIP message in each WebSocket message, text or binary alike.
//!
//! The driver speaks RFC 6455 (handshake with the subprotocol `sip`, fragments, close, its own pings; messages of at most
//! [`crate::limits::MAX_MESSAGE_BYTES`]) and hands each whole message to [`frame`]. What the agent wants sent goes out as
//! one message.

use bytes::Bytes;

use crate::error::ParseError;
use crate::header::timing::parse_number;
use crate::message::{Message, Refused};
use crate::name::HeaderName;
use crate::stream::{Frame, PING};

/// What one WebSocket message holds.
///
/// # Errors
/// Not SIP, too large, or another length than its Content-Length says (RFC 7118 section 5: one whole message, never two;
/// the header may be left out). Final: answer with [`Refused::reply`] if that gives something, then close the socket (code
/// 1002, or 1009 where it is too large). Faults of other kinds are the agent's to answer.
pub fn frame(bytes: Bytes) -> Result<Frame, Refused> {
    if bytes[..] == *PING {
        return Ok(Frame::Ping);
    }
    let message = match Message::scan(bytes.clone()) {
        Ok(message) => message,
        Err(refused) => match (refused.error, refused.message) {
            (ParseError::KeepAlive, _) => return Ok(Frame::Pong),
            (ParseError::TooLarge | ParseError::ContentLength, message) => {
                return Err(Refused { error: refused.error, message });
            }
            (_, Some(_)) => return Ok(Frame::Message(bytes)),
            (error, None) => return Err(Refused { error, message: None }),
        },
    };
    let told = message.header(HeaderName::ContentLength).map(|value| parse_number(value).unwrap_or_default() as usize);
    let head = message.body().as_ptr() as usize - bytes.as_ptr() as usize;
    if told.is_some_and(|told| told != bytes.len() - head) {
        return Err(Refused { error: ParseError::ContentLength, message: Some(Box::new(message)) });
    }
    Ok(Frame::Message(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = "MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/WSS h.invalid;branch=z9hG4bKa\r\nFrom: <sip:a@b>;tag=1\r\n\
                           To: <sip:c@d>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\nContent-Length: 5\r\n\r\nhello";

    fn take(text: &str) -> Result<Frame, Refused> {
        frame(Bytes::copy_from_slice(text.as_bytes()))
    }

    #[test]
    fn each_holds_one_message_or_a_keep_alive() {
        let whole = Frame::Message(Bytes::from_static(MESSAGE.as_bytes()));
        assert_eq!(take(MESSAGE).unwrap(), whole);
        let unmeasured = MESSAGE.replace("Content-Length: 5\r\n", "");
        assert_eq!(take(&unmeasured).unwrap(), Frame::Message(unmeasured.into()));
        assert_eq!(take("\r\n\r\n").unwrap(), Frame::Ping);
        assert_eq!((take("\r\n").unwrap(), take("").unwrap()), (Frame::Pong, Frame::Pong));
    }

    #[test]
    fn what_can_be_answered_is_left_to_the_agent() {
        for fault in [MESSAGE.replace("CSeq: 1 MESSAGE\r\n", ""), MESSAGE.replace("SIP/2.0\r\nVia", "SIP/3.0\r\nVia")] {
            assert_eq!(take(&fault).unwrap(), Frame::Message(fault.clone().into()));
        }
    }

    #[test]
    fn anything_but_one_whole_message_closes_the_socket() {
        let check = |text: &str, error: ParseError, status: Option<u16>| {
            let refused = take(text).unwrap_err();
            assert_eq!((refused.error, refused.status()), (error, status), "{text}");
        };
        check(&[MESSAGE, MESSAGE].concat(), ParseError::ContentLength, Some(400));
        check(&MESSAGE[..MESSAGE.len() - 1], ParseError::ContentLength, Some(400));
        check("GET / HTTP/1.1\r\n\r\n", ParseError::NotSip, None);
        let large = MESSAGE.replace("hello", &"a".repeat(crate::limits::MAX_MESSAGE_BYTES));
        check(&large, ParseError::TooLarge, Some(513));
    }
}
