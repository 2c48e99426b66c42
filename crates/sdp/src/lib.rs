//! Session descriptions (RFC 8866) and offer/answer (RFC 3264), sans-IO.
//!
//! [`Session`] is a description: [`Session::parse`] reads one, its `Display` writes one. [`Local`] is one side of the
//! exchange: it makes offers and answers from [`Capabilities`] and says in [`Negotiated`] what media has to do.

pub mod attribute;
pub mod capability;
pub mod error;
pub mod negotiate;
mod parse;
mod print;
pub mod session;

pub use attribute::{Candidate, Crypto, CryptoSuite, Direction, Fingerprint, RtpMap, Setup};
pub use capability::{Capabilities, Codec, DtlsLocal, IceLocal, Srtp};
pub use error::{NegotiationError, SdpError};
pub use negotiate::{CryptoPair, DtlsRemote, IceRemote, Local, Negotiated};
pub use session::{Address, Attribute, Connection, Media, MediaKind, Origin, Session};
