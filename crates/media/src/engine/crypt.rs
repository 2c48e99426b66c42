//! A leg's encryption: one context each way, renewed only when the keys change.

use super::command::SrtpPair;
use crate::srtp::{Context, MAX_OVERHEAD, SdesKey};

/// Both directions of an encrypted leg.
pub(super) struct Crypt {
    send: Direction,
    receive: Direction,
}

struct Direction {
    key: SdesKey,
    context: Context,
}

impl Direction {
    fn new(key: &SdesKey) -> Option<Self> {
        Some(Self { key: key.clone(), context: key.context().ok()? })
    }

    /// A re-INVITE that repeats the keys goes on with the same packet indices.
    fn renew(self, key: &SdesKey) -> Option<Self> {
        if self.key == *key { Some(self) } else { Self::new(key) }
    }
}

impl Crypt {
    /// Takes over the agreed keys; none when the leg is in clear. Whether what we send has other keys than before, if
    /// it had any.
    pub(super) fn update(current: &mut Option<Box<Self>>, agreed: Option<&SrtpPair>) -> bool {
        let rekeyed = current.as_ref().zip(agreed).is_some_and(|(old, new)| old.send.key != new.send);
        *current = agreed.and_then(|pair| {
            let both = match current.take() {
                Some(old) => (old.send.renew(&pair.send), old.receive.renew(&pair.receive)),
                None => (Direction::new(&pair.send), Direction::new(&pair.receive)),
            };
            both.0.zip(both.1).map(|(send, receive)| Box::new(Self { send, receive }))
        });
        rekeyed
    }

    /// With the keys of a handshake.
    pub(super) fn new(send: &SdesKey, receive: &SdesKey) -> Option<Box<Self>> {
        Some(Box::new(Self { send: Direction::new(send)?, receive: Direction::new(receive)? }))
    }

    /// Opens an SRTP packet in place; its new length.
    pub(super) fn open_rtp(&mut self, packet: &mut [u8]) -> Option<usize> {
        self.receive.context.unprotect_rtp(packet).ok()
    }

    /// Opens an SRTCP packet in place; its new length.
    pub(super) fn open_rtcp(&mut self, packet: &mut [u8]) -> Option<usize> {
        self.receive.context.unprotect_rtcp(packet).ok()
    }

    /// Protects the packet in the first `len` bytes; its new length.
    pub(super) fn seal_rtp(&mut self, room: &mut [u8], len: usize) -> Option<usize> {
        self.send.context.protect_rtp(room, len).ok()
    }

    /// Protects the RTP packet that begins at `start` and ends with `bytes`.
    pub(super) fn append_rtp(&mut self, bytes: &mut Vec<u8>, start: usize) -> Option<()> {
        Self::append(bytes, start, |room, len| self.send.context.protect_rtp(room, len).ok())
    }

    /// Protects the RTCP packet that begins at `start` and ends with `bytes`.
    pub(super) fn append_rtcp(&mut self, bytes: &mut Vec<u8>, start: usize) -> Option<()> {
        Self::append(bytes, start, |room, len| self.send.context.protect_rtcp(room, len).ok())
    }

    fn append(
        bytes: &mut Vec<u8>,
        start: usize,
        protect: impl FnOnce(&mut [u8], usize) -> Option<usize>,
    ) -> Option<()> {
        let len = bytes.len() - start;
        bytes.resize(start + len + MAX_OVERHEAD, 0);
        let sealed = protect(&mut bytes[start..], len)?;
        bytes.truncate(start + sealed);
        Some(())
    }
}
