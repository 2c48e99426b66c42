//! What can be wrong with a message, and what to answer.

use thiserror::Error;

use crate::name::HeaderName;

/// Why a message was refused by the parser. [`ParseError::status`] is the answer to give to a request; responses and
/// ACK are dropped whatever is wrong with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ParseError {
    /// Nothing but line ends: a keep-alive (RFC 5626 section 4.4.1), not a message.
    #[error("keep-alive")]
    KeepAlive,
    /// The first line is neither a request nor a response of any version of SIP.
    #[error("not SIP")]
    NotSip,
    /// Longer than [`crate::limits::MAX_MESSAGE_BYTES`].
    #[error("message too large")]
    TooLarge,
    /// The start line is longer than [`crate::limits::MAX_START_LINE_BYTES`].
    #[error("Request-URI too long")]
    StartLineTooLong,
    /// The request line breaks the grammar, for instance by white space where a single space belongs.
    #[error("malformed request line")]
    RequestLine,
    /// The status line breaks the grammar, for instance by a code outside 100–699.
    #[error("malformed status line")]
    StatusLine,
    /// A version other than SIP/2.0.
    #[error("SIP version not supported")]
    Version,
    /// A line among the headers is no header.
    #[error("malformed header line")]
    HeaderLine,
    /// A header line longer than [`crate::limits::MAX_HEADER_LINE_BYTES`].
    #[error("header line too long")]
    HeaderTooLong,
    /// More than [`crate::limits::MAX_HEADERS`] lines.
    #[error("too many header lines")]
    TooManyHeaders,
    /// More than [`crate::limits::MAX_VIAS`] Via values.
    #[error("too many Via values")]
    TooManyVias,
    /// The datagram ends before the empty line that closes the headers.
    #[error("headers are not closed by an empty line")]
    Truncated,
    /// Content-Length is not a number, or tells more bytes than came.
    #[error("Content-Length does not fit the message")]
    ContentLength,
    /// A header that every message must have is absent.
    #[error("missing {0}")]
    Missing(HeaderName),
    /// A header that may stand once stands more often.
    #[error("more than one {0}")]
    Repeated(HeaderName),
    /// A header's value breaks its grammar.
    #[error("malformed {0}")]
    Header(HeaderName),
    /// The Request-URI breaks its grammar or carries headers.
    #[error("malformed Request-URI")]
    RequestUri,
    /// The method in CSeq is not the request's.
    #[error("CSeq method differs from the request's")]
    CSeqMismatch,
    /// The multipart body is broken, too deep or has too many parts.
    #[error("malformed multipart body")]
    Multipart,
}

impl ParseError {
    /// The status to answer a request with; `None` means drop without a word.
    pub fn status(self) -> Option<u16> {
        Some(match self {
            ParseError::KeepAlive | ParseError::NotSip | ParseError::StatusLine => return None,
            ParseError::TooLarge => 513,
            ParseError::StartLineTooLong => 414,
            ParseError::Version => 505,
            ParseError::TooManyVias => 483,
            _ => 400,
        })
    }
}

/// A header's value, or a URI, that breaks its grammar. The caller knows which one it asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("malformed value")]
pub struct Malformed;
