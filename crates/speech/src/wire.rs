//! What the server and its worker say to each other: frames over a socket.
//!
//! A frame is its length (four bytes, little-endian, not counting themselves) and a message in postcard's coding. The
//! first message of each side is its `Hello` with [`VERSION`]; a side that hears another version says so and closes.
//! Streams are numbered by the server; every stream ends with `Done` or `Failed`.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use types::{LegId, TenantId};

use crate::{Error, Heard, Hints, Say, Spoken};

/// Raised whenever a message changes so that an older side would misread it.
pub const VERSION: u32 = 1;

/// Longest message, in bytes: a sentence of speech (30 s) is handed out in pieces far below it.
pub const FRAME_MAX: usize = 256 * 1024;

/// Most samples of one sound message: a second. Live sound comes in 20 ms.
pub const SOUND_MAX: usize = crate::RATE_HZ as usize;

/// Bytes of the length before each message.
const HEAD: usize = 4;

/// From the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// The first message.
    Hello {
        /// [`VERSION`] of the sender.
        version: u32,
    },
    /// A channel of sound begins.
    Hear {
        /// Its number.
        stream: u32,
        /// Whose call it is.
        tenant: TenantId,
        /// The leg it is heard on.
        leg: Option<LegId>,
        /// What is known beforehand.
        hints: Hints,
    },
    /// The next samples of a channel.
    Sound {
        /// Which one.
        stream: u32,
        /// Time of the first sample since the start of the channel, in milliseconds.
        at_ms: u64,
        /// At most [`SOUND_MAX`] samples.
        samples: Vec<i16>,
    },
    /// Sound of a channel that was lost.
    Gap {
        /// Which one.
        stream: u32,
        /// How much, in milliseconds.
        ms: u64,
    },
    /// A channel is over.
    End {
        /// Which one.
        stream: u32,
    },
    /// Something is to be said.
    Say {
        /// The number its sound will bear.
        stream: u32,
        /// For whom.
        tenant: TenantId,
        /// What.
        say: Say,
    },
    /// No more is wanted of a stream.
    Stop {
        /// Which one.
        stream: u32,
    },
}

/// From the worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// The first message.
    Hello {
        /// [`VERSION`] of the sender.
        version: u32,
    },
    /// Something became clear in a channel.
    Heard {
        /// Which one.
        stream: u32,
        /// What.
        heard: Heard,
    },
    /// The next samples of what is said.
    Sound {
        /// Of which stream.
        stream: u32,
        /// At most [`SOUND_MAX`] samples.
        samples: Vec<i16>,
    },
    /// A stream is done.
    Done {
        /// Which one.
        stream: u32,
        /// Processor time it took, in milliseconds.
        cpu_ms: u64,
        /// By whom and how long it was spoken, for a `Say`.
        spoken: Option<Spoken>,
    },
    /// A stretch could not be done. A channel of sound goes on; anything else is over.
    Failed {
        /// Which stream.
        stream: u32,
        /// Why.
        error: Error,
    },
}

/// Why frames could not be written or read. After one of these the connection is of no more use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// A message is longer than [`FRAME_MAX`].
    #[error("a message of {0} bytes; at most {FRAME_MAX} are taken")]
    TooLong(usize),
    /// What stands in a frame is no message.
    #[error("a frame that is no message")]
    Garbled,
}

/// Adds `message` to `out` as a frame.
///
/// # Errors
/// When it is too long; `out` is as it was.
pub fn encode<T: Serialize>(message: &T, out: &mut Vec<u8>) -> Result<(), WireError> {
    let body = postcard::to_allocvec(message).map_err(|_| WireError::Garbled)?;
    if body.len() > FRAME_MAX {
        return Err(WireError::TooLong(body.len()));
    }
    out.extend((body.len() as u32).to_le_bytes());
    out.extend(body);
    Ok(())
}

/// Puts frames together from what a socket gives, in whatever pieces.
#[derive(Debug, Default)]
pub struct Reader {
    bytes: Vec<u8>,
    /// Bytes at the start that were read as messages already.
    done: usize,
}

impl Reader {
    /// One that waits for its first byte.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.done);
        self.done = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message.
    ///
    /// # Errors
    /// When the frame is too long or no message.
    #[expect(clippy::should_implement_trait, reason = "the type of the message is the caller's to say")]
    pub fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, WireError> {
        let Some((head, rest)) = self.bytes[self.done..].split_first_chunk::<HEAD>() else { return Ok(None) };
        let length = u32::from_le_bytes(*head) as usize;
        if length > FRAME_MAX {
            return Err(WireError::TooLong(length));
        }
        let Some(body) = rest.get(..length) else { return Ok(None) };
        let (message, left) = postcard::take_from_bytes(body).map_err(|_| WireError::Garbled)?;
        if !left.is_empty() {
            return Err(WireError::Garbled);
        }
        self.done += HEAD + length;
        Ok(Some(message))
    }
}
