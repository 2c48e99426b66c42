//! The source gate: whose packets a leg takes.
//!
//! Whoever finds a leg's port could speak into the call, or, where a stream is simply followed to its source, have
//! the call's audio sent to him. So a leg takes the stream of the address that signalling named; a phone behind NAT
//! sends from another one, which is taken after it has shown a stable stream of the right kind. Once latched,
//! everybody else is dropped, until the latched source has been silent for a while.

use std::net::SocketAddr;

use types::Mono;

use super::command::SourcePolicy;
use crate::rtp::{Header, seq_distance};

/// Consecutive packets of one stream that latch a source on the signalled IP but another port: NAT and some soft
/// phones do this all the time.
const LEARN_SAME_IP: u8 = 2;
/// Consecutive packets that latch a source on another IP: 80 ms, and a stranger would have to send a plausible stream
/// before the phone does.
const LEARN_OTHER_IP: u8 = 4;
/// Consecutive packets of a new stream that take over from a latched source that fell silent.
const RELEARN: u8 = 5;
/// Silence after which a latched source may be replaced, in microseconds: longer than a network's hiccup.
const RELEARN_SILENCE_US: u64 = 2_000_000;
/// Time after which a learnt source is trusted as much as a signalled one, in microseconds: a far end that speaks from
/// its signalled address has done so by then.
const SETTLED_US: u64 = 5_000_000;
/// Step in sequence that still counts as consecutive: one lost packet in between.
const MAX_STEP: i16 = 2;

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It belongs to the leg's stream.
    Take,
    /// It does, and the stream's address is new: what we send goes there from now on.
    Latched,
    /// A stranger's.
    Drop,
}

#[derive(Clone, Copy, Debug)]
struct Latched {
    source: SocketAddr,
    since: Mono,
    last: Mono,
}

#[derive(Clone, Copy, Debug)]
struct Candidate {
    source: SocketAddr,
    ssrc: u32,
    sequence: u16,
    count: u8,
}

/// The gate of one leg.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    signalled: SocketAddr,
    policy: SourcePolicy,
    latched: Option<Latched>,
    candidate: Option<Candidate>,
    dropped: u32,
}

impl Gate {
    pub(super) fn new(signalled: SocketAddr, policy: SourcePolicy) -> Self {
        Self { signalled, policy, latched: None, candidate: None, dropped: 0 }
    }

    /// The far end was signalled anew. The latch stays when nothing changed, so that a re-INVITE for a session
    /// timer does not open the gate.
    pub(super) fn signal(&mut self, signalled: SocketAddr, policy: SourcePolicy) {
        if (self.signalled, self.policy) != (signalled, policy) {
            *self = Self { dropped: self.dropped, ..Self::new(signalled, policy) };
        }
    }

    /// Where to send: to the source where there is one, else where signalling said.
    pub(super) fn remote(&self) -> Option<SocketAddr> {
        match &self.latched {
            Some(latched) => Some(latched.source),
            None => (self.signalled.port() != 0 && !self.signalled.ip().is_unspecified()).then_some(self.signalled),
        }
    }

    /// The source that may be fixed for the kernel: everybody else is dropped anyway, and will be until
    /// [`Gate::is_open`].
    pub(super) fn settled(&self, now: Mono) -> Option<SocketAddr> {
        let latched = self.latched.as_ref()?;
        let settled = latched.source == self.signalled || now.0.saturating_sub(latched.since.0) >= SETTLED_US;
        settled.then_some(latched.source)
    }

    /// Whether another source might be taken now.
    pub(super) fn is_open(&self, now: Mono) -> bool {
        self.latched.is_none_or(|latched| now.0.saturating_sub(latched.last.0) >= RELEARN_SILENCE_US)
    }

    /// The source that the leg listens to.
    #[cfg(test)]
    pub(super) fn source(&self) -> Option<SocketAddr> {
        self.latched.map(|l| l.source)
    }

    /// Packets of strangers so far.
    #[cfg(test)]
    pub(super) fn dropped(&self) -> u32 {
        self.dropped
    }

    /// Judges a packet whose payload type fits. `authentic`: SRTP has proved it to be the far end's.
    pub(super) fn check(&mut self, now: Mono, source: SocketAddr, header: &Header, authentic: bool) -> Verdict {
        if let Some(latched) = &mut self.latched
            && latched.source == source
        {
            latched.last = now;
            self.candidate = None;
            return Verdict::Take;
        }
        if authentic || self.may_latch(now, source, header) {
            self.latched = Some(Latched { source, since: now, last: now });
            self.candidate = None;
            return Verdict::Latched;
        }
        self.dropped = self.dropped.saturating_add(1);
        Verdict::Drop
    }

    fn may_latch(&mut self, now: Mono, source: SocketAddr, header: &Header) -> bool {
        let silent = match &self.latched {
            // Signalling outranks a guess: the signalled address takes the stream back from a learnt one.
            Some(latched) if source != self.signalled || latched.source == self.signalled => {
                if now.0.saturating_sub(latched.last.0) < RELEARN_SILENCE_US {
                    return false;
                }
                true
            }
            _ => false,
        };
        if source == self.signalled {
            return true;
        }
        if self.policy == SourcePolicy::Signalled {
            return false;
        }
        let needed = match (silent, source.ip() == self.signalled.ip()) {
            (true, _) => RELEARN,
            (false, true) => LEARN_SAME_IP,
            (false, false) => LEARN_OTHER_IP,
        };
        let count = match &self.candidate {
            Some(c) if c.source == source && c.ssrc == header.ssrc => {
                let step = seq_distance(c.sequence, header.sequence);
                if (1..=MAX_STEP).contains(&step) { c.count + 1 } else { 1 }
            }
            // Any other stream begins to count anew, so that two strangers in turn never latch.
            _ => 1,
        };
        self.candidate = Some(Candidate { source, ssrc: header.ssrc, sequence: header.sequence, count });
        count >= needed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addr(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn packet(sequence: u16, ssrc: u32) -> Header {
        Header { sequence, ssrc, ..Header::default() }
    }

    fn gate() -> Gate {
        Gate::new(addr("192.0.2.1:4000"), SourcePolicy::Latch)
    }

    /// Sends `n` consecutive packets, 20 ms apart from `at`, and gives the last verdict.
    fn stream(gate: &mut Gate, at: u64, from: &str, ssrc: u32, n: u16) -> Verdict {
        let mut last = Verdict::Drop;
        for i in 0..n {
            last = gate.check(Mono::from_millis(at + u64::from(i) * 20), addr(from), &packet(100 + i, ssrc), false);
        }
        last
    }

    #[test]
    fn the_signalled_address_is_taken_at_once_and_strangers_are_dropped() {
        let mut gate = gate();
        assert_eq!(stream(&mut gate, 0, "192.0.2.1:4000", 1, 1), Verdict::Latched);
        assert_eq!(stream(&mut gate, 20, "203.0.113.9:7", 2, 50), Verdict::Drop);
        assert_eq!(gate.dropped(), 50);
        assert_eq!(stream(&mut gate, 40, "192.0.2.1:4000", 1, 1), Verdict::Take);
        assert_eq!(gate.remote(), Some(addr("192.0.2.1:4000")));
    }

    #[test]
    fn a_phone_behind_nat_is_learnt_from_a_stable_stream_only() {
        let mut same_ip = gate();
        assert_eq!(stream(&mut same_ip, 0, "192.0.2.1:9999", 1, 1), Verdict::Drop);
        assert_eq!(stream(&mut same_ip, 0, "192.0.2.1:9999", 1, 2), Verdict::Latched);

        let mut other_ip = gate();
        assert_eq!(stream(&mut other_ip, 0, "203.0.113.9:7", 1, 3), Verdict::Drop);
        for i in 0..40u16 {
            // Random sequence numbers are no stream.
            let header = packet(i.wrapping_mul(7919), 1);
            assert_eq!(other_ip.check(Mono(0), addr("203.0.113.9:7"), &header, false), Verdict::Drop);
        }
        assert_eq!(stream(&mut other_ip, 0, "203.0.113.9:7", 1, 4), Verdict::Latched);
        assert_eq!(other_ip.remote(), Some(addr("203.0.113.9:7")));
    }

    #[test]
    fn the_signalled_address_takes_the_stream_back_from_a_stranger_who_was_first() {
        let mut gate = gate();
        assert_eq!(stream(&mut gate, 0, "203.0.113.9:7", 1, 4), Verdict::Latched);
        assert_eq!(stream(&mut gate, 100, "192.0.2.1:4000", 2, 1), Verdict::Latched);
        assert_eq!(stream(&mut gate, 120, "203.0.113.9:7", 1, 20), Verdict::Drop);
    }

    #[test]
    fn a_new_source_is_taken_only_after_silence_and_a_stable_stream() {
        let mut gate = gate();
        stream(&mut gate, 0, "192.0.2.1:4000", 1, 10);
        assert_eq!(stream(&mut gate, 1000, "192.0.2.1:5555", 3, 20), Verdict::Drop);
        assert_eq!(stream(&mut gate, 2500, "192.0.2.1:5555", 3, 4), Verdict::Drop);
        assert_eq!(stream(&mut gate, 2600, "192.0.2.1:5555", 4, 5), Verdict::Latched);
        assert_eq!(stream(&mut gate, 2800, "192.0.2.1:4000", 1, 1), Verdict::Latched, "signalling outranks a guess");
    }

    #[test]
    fn a_trunk_that_tells_the_truth_is_never_learnt_around() {
        let mut gate = Gate::new(addr("192.0.2.1:4000"), SourcePolicy::Signalled);
        assert_eq!(stream(&mut gate, 0, "192.0.2.1:9999", 1, 100), Verdict::Drop);
        assert_eq!(stream(&mut gate, 9000, "192.0.2.1:4000", 1, 1), Verdict::Latched);
    }

    #[test]
    fn only_a_changed_address_opens_the_gate_again() {
        let mut gate = gate();
        stream(&mut gate, 0, "192.0.2.1:9999", 1, 2);
        gate.signal(addr("192.0.2.1:4000"), SourcePolicy::Latch);
        assert_eq!(gate.source(), Some(addr("192.0.2.1:9999")));
        gate.signal(addr("198.51.100.4:6000"), SourcePolicy::Latch);
        assert_eq!((gate.source(), gate.remote()), (None, Some(addr("198.51.100.4:6000"))));
    }

    #[test]
    fn what_srtp_has_proved_is_taken_from_anywhere() {
        let mut gate = gate();
        let verdict = gate.check(Mono(0), addr("203.0.113.9:7"), &packet(1, 1), true);
        assert_eq!(verdict, Verdict::Latched);
    }
}
