//! Globally unique ids. An id is 64 bits: 42 bits of milliseconds since 2020, 10 bits of node and
//! 12 bits of sequence, so that ids of one node sort by age and two nodes never collide.
//!
//! On every screen and in every API an id is a string of 13 Crockford base-32 characters.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::Wall;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const TEXT_LEN: usize = 13;

/// 2020-01-01T00:00:00Z in Unix milliseconds: the zero of an id's time.
const EPOCH_MS: i64 = 1_577_836_800_000;
const SEQUENCE_BITS: u32 = 12;
const NODE_BITS: u32 = 10;

/// Why a text is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id is {TEXT_LEN} characters of 0-9 and a-z without i, l, o, u")]
pub struct BadId;

fn encode(mut value: u64, out: &mut [u8; TEXT_LEN]) {
    for slot in out.iter_mut().rev() {
        *slot = ALPHABET[(value & 31) as usize];
        value >>= 5;
    }
}

fn decode(text: &str) -> Result<u64, BadId> {
    let bytes = text.as_bytes();
    if bytes.len() != TEXT_LEN {
        return Err(BadId);
    }
    let mut value: u64 = 0;
    for &byte in bytes {
        let digit = ALPHABET.iter().position(|&a| a == byte.to_ascii_lowercase()).ok_or(BadId)?;
        if value >> 59 != 0 {
            return Err(BadId);
        }
        value = (value << 5) | digit as u64;
    }
    Ok(value)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut out = [0; TEXT_LEN];
                encode(self.0, &mut out);
                f.write_str(std::str::from_utf8(&out).expect("the alphabet is ASCII"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                decode(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// A company on this installation. Every row, event and route belongs to one.
    TenantId,
    /// What a customer does: one call, one chat, one e-mail thread.
    InteractionId,
    /// One side of an interaction: a SIP dialog, a browser phone, a chat session.
    LegId,
    /// Someone who serves customers.
    AgentId,
    /// A telephone or browser that registers.
    DeviceId,
    /// Someone who signs in.
    UserId,
    /// A group of agents with a supervisor.
    TeamId,
    /// Where interactions wait for an agent.
    QueueId,
    /// A menu or bot that an interaction walks.
    FlowId,
    /// A line to a carrier or a peer.
    TrunkId,
    /// One recording of an interaction.
    RecordingId,
    /// A passing of a threshold, from its raising to its end.
    AlertId,
    /// One thing that is sent to one recipient by mail or webhook.
    DeliveryId,
    /// One playback on one leg, so that its end can be told from the next one's.
    PlayId,
}

/// Makes ids that never repeat on one node, even when the wall clock steps back.
#[derive(Debug, Clone)]
pub struct IdSource {
    node: u64,
    last: u64,
}

impl IdSource {
    /// `node`: this node's number, 0 to 1023.
    pub fn new(node: u16) -> Self {
        Self { node: u64::from(node) & ((1 << NODE_BITS) - 1), last: 0 }
    }

    /// The next id. More than 4,096 in a millisecond borrow from the coming milliseconds.
    pub fn next(&mut self, wall: Wall) -> u64 {
        let ms = (wall.0 - EPOCH_MS).max(0) as u64;
        let tick = (ms << SEQUENCE_BITS).max(self.last + 1);
        self.last = tick;
        let (ms, sequence) = (tick >> SEQUENCE_BITS, tick & ((1 << SEQUENCE_BITS) - 1));
        (ms << (NODE_BITS + SEQUENCE_BITS)) | (self.node << SEQUENCE_BITS) | sequence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_text_and_json() {
        for value in [0, 1, u64::MAX, 0x0123_4567_89ab_cdef] {
            let id = LegId(value);
            assert_eq!(id.to_string().parse::<LegId>(), Ok(id));
            let json = serde_json::to_string(&id).unwrap();
            assert_eq!(serde_json::from_str::<LegId>(&json).unwrap(), id);
        }
        for bad in ["", "short", "zzzzzzzzzzzzz", "00000000000u0", "0000000000000000"] {
            assert_eq!(bad.parse::<LegId>(), Err(BadId), "{bad}");
        }
    }

    #[test]
    fn ids_rise_and_never_repeat_when_the_clock_steps_back() {
        let mut source = IdSource::new(7);
        let mut last = 0;
        for ms in [1_700_000_000_000, 1_700_000_000_001, 1_600_000_000_000, 1_700_000_000_001] {
            for _ in 0..5000 {
                let id = source.next(Wall(ms));
                assert!(id > last);
                last = id;
            }
        }
    }
}
