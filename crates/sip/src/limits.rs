//! Bounds on what one received message may hold. Each has the answer that a breach earns (see [`crate::error::ParseError::status`]).

/// Longest message, in bytes: offsets are 16 bit, and no UDP datagram is longer. Answer: 513.
pub const MAX_MESSAGE_BYTES: usize = 65_535;

/// How much more than came Content-Length may promise, in bytes: routers rewrite addresses in the body for NAT and leave
/// the length as it was. Only on datagrams, whose end is known, and only where the body ends with its line. Answer
/// beyond that: 400.
pub const MAX_LENGTH_SLACK_BYTES: usize = 32;

/// Most header lines in a message: an ordinary INVITE has 12 to 25, one that passed many proxies under 100. Answer: 400.
pub const MAX_HEADERS: usize = 256;

/// Most Via values: Max-Forwards starts at 70, so a longer list tells of a loop. Answer: 483.
pub const MAX_VIAS: usize = 70;

/// Longest header line with its folded continuations, in bytes: room for an Identity header's certificate and for a
/// Kerberos credential, not for a flood. Answer: 400.
pub const MAX_HEADER_LINE_BYTES: usize = 16_384;

/// Longest start line, in bytes. Answer: 414 (the Request-URI is what makes it long).
pub const MAX_START_LINE_BYTES: usize = 8_192;

/// Deepest multipart body inside a multipart body. Answer: 400.
pub const MAX_BODY_NESTING: usize = 4;

/// Most parts looked at in one multipart body. Answer: 400.
pub const MAX_BODY_PARTS: usize = 32;

/// Most parameters of one URI: equality compares each with each. Answer: 400.
pub const MAX_URI_PARAMS: usize = 64;

/// Most values read from a comma-separated header (Contact, Route, …). Answer: 400.
pub const MAX_LIST_VALUES: usize = 128;
