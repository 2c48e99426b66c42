//! What can go wrong with a description, or between two.

use thiserror::Error;

/// Why a description could not be read. The answer to the message that carries it is 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SdpError {
    /// Not UTF-8, or it does not start with `v=0`.
    #[error("not a session description")]
    NotSdp,
    /// Longer than [`crate::session::MAX_BYTES`].
    #[error("session description too large")]
    TooLarge,
    /// More media, lines or formats than the limits of [`crate::session`].
    #[error("too many parts in the session description")]
    TooMany,
    /// A line is no `x=value`.
    #[error("malformed line in the session description")]
    Line,
    /// The `o=` line breaks the grammar.
    #[error("malformed origin")]
    Origin,
    /// A `c=` line breaks the grammar.
    #[error("malformed connection")]
    Connection,
    /// An `m=` line breaks the grammar.
    #[error("malformed media line")]
    Media,
}

/// Why offer and answer did not come together. The answer to the offer is 488.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NegotiationError {
    /// No audio line is offered at all.
    #[error("no audio offered")]
    NoAudio,
    /// Audio is offered, but no codec is common.
    #[error("no common codec")]
    NoCommonCodec,
    /// The transports or keys of the two sides do not fit.
    #[error("no common media transport")]
    NoCommonTransport,
    /// A browser's audio without what ICE needs: name and password, and one of the two sides that sends checks. We are
    /// the lite one, so the peer must not be.
    #[error("ICE is needed: ice-ufrag, ice-pwd, and no ice-lite")]
    NoIce,
    /// A browser's audio whose RTCP would need a port of its own.
    #[error("rtcp-mux is needed")]
    NoMux,
    /// A browser's audio without a fingerprint that can be checked.
    #[error("a fingerprint by SHA-256, SHA-384 or SHA-512 is needed")]
    NoFingerprint,
    /// Audio has no address.
    #[error("no connection address")]
    NoAddress,
    /// The answer does not have the media lines of the offer.
    #[error("the answer does not fit the offer")]
    AnswerMismatch,
    /// The answer rejects the audio.
    #[error("audio was rejected")]
    Rejected,
    /// An answer came without an offer.
    #[error("no offer is pending")]
    NoOffer,
}
