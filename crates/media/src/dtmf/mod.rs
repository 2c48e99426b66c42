//! Keys that a caller presses: as RTP events (RFC 4733), as sound in the audio, or in a SIP INFO.

mod goertzel;
mod info;
mod receive;
mod send;

pub use goertzel::Detector;
pub use info::parse_info;
pub use receive::{Heard, Receiver};
pub use send::{DEFAULT_PRESS_MS, EventPacket, Sender};

/// A key of the telephone: `0-9`, `*`, `#`, `A-D`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digit(u8);

impl Digit {
    /// The digit of a character.
    pub fn from_char(c: char) -> Option<Self> {
        match c.to_ascii_uppercase() {
            c @ '0'..='9' => Some(Self(c as u8 - b'0')),
            '*' => Some(Self(10)),
            '#' => Some(Self(11)),
            c @ 'A'..='D' => Some(Self(c as u8 - b'A' + 12)),
            _ => None,
        }
    }

    /// The digit of an RFC 4733 event code (0 to 15).
    pub fn from_event(code: u8) -> Option<Self> {
        (code < 16).then_some(Self(code))
    }

    /// The RFC 4733 event code.
    pub fn event(self) -> u8 {
        self.0
    }

    /// The character on the key.
    pub fn as_char(self) -> char {
        char::from(b"0123456789*#ABCD"[usize::from(self.0)])
    }
}

/// The payload of an RFC 4733 event packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Event code; 0 to 15 are keys.
    pub code: u8,
    /// The event is over.
    pub end: bool,
    /// Level below 0 dBm0, in dB.
    pub volume: u8,
    /// Length so far, in timestamp ticks.
    pub duration: u16,
}

impl Event {
    /// Parses an event payload. Some senders append more blocks; the first is the newest that matters.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let &[code, flags, high, low, ..] = payload else { return None };
        Some(Self { code, end: flags & 0x80 != 0, volume: flags & 0x3f, duration: u16::from_be_bytes([high, low]) })
    }

    /// The four bytes of the payload.
    pub fn to_bytes(self) -> [u8; 4] {
        let [high, low] = self.duration.to_be_bytes();
        [self.code, (u8::from(self.end) << 7) | (self.volume & 0x3f), high, low]
    }
}

#[cfg(test)]
mod tests;
