//! What the user agent counts, in plain integers on its own thread.

use sip::agent::AgentStats;

use super::AuthCounts;

/// The methods that are told apart; the last stands for all others.
pub const METHODS: [&str; 14] = [
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "OPTIONS",
    "REGISTER",
    "PRACK",
    "UPDATE",
    "INFO",
    "REFER",
    "NOTIFY",
    "SUBSCRIBE",
    "MESSAGE",
    "other",
];
/// Classes of answers: 1xx to 6xx.
const CLASSES: usize = 6;

/// SIP messages since the start, repeats included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Requests received, by [`METHODS`].
    pub requests_received: [u64; METHODS.len()],
    /// Requests sent, by [`METHODS`].
    pub requests_sent: [u64; METHODS.len()],
    /// Answers received, by the first digit of their status less one.
    pub responses_received: [u64; CLASSES],
    /// Answers sent, likewise.
    pub responses_sent: [u64; CLASSES],
}

impl Traffic {
    pub(super) fn received(&mut self, message: &[u8]) {
        count(message, &mut self.requests_received, &mut self.responses_received);
    }

    pub(super) fn sent(&mut self, message: &[u8]) {
        count(message, &mut self.requests_sent, &mut self.responses_sent);
    }
}

/// The first word says it all; what is no message at all is counted by the agent as junk, and here as `other`.
fn count(message: &[u8], requests: &mut [u64; METHODS.len()], responses: &mut [u64; CLASSES]) {
    if let Some(status) = message.strip_prefix(b"SIP/2.0 ") {
        let class = status.first().map_or(u8::MAX, |digit| digit.wrapping_sub(b'1'));
        if let Some(counter) = responses.get_mut(usize::from(class)) {
            *counter += 1;
        }
        return;
    }
    // Keep-alives begin with a line's end, or are nothing.
    if message.first().is_none_or(|first| first.is_ascii_whitespace() || *first == 0) {
        return;
    }
    let known = METHODS
        .iter()
        .position(|name| message.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.first() == Some(&b' ')));
    requests[known.unwrap_or(METHODS.len() - 1)] += 1;
}

/// Figures of the user agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UaStats {
    /// Calls, transactions, junk and what was shed.
    pub agent: AgentStats,
    /// Legs that stand.
    pub legs: usize,
    /// Connections that have carried a message.
    pub connections: usize,
    /// Messages.
    pub traffic: Traffic,
    /// Who proved to be a device, and who did not.
    pub auth: AuthCounts,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_counted_by_their_first_word() {
        let mut traffic = Traffic::default();
        for message in [
            "INVITE sip:a SIP/2.0\r\n",
            "INVITER sip:a SIP/2.0\r\n",
            "SIP/2.0 200 OK\r\n",
            "SIP/2.0 999 ?\r\n",
            "SIP/2.0 ",
            "\r\n\r\n",
            "",
            "\0",
            "PUBLISH sip:a SIP/2.0\r\n",
        ] {
            traffic.received(message.as_bytes());
        }
        assert_eq!((traffic.requests_received[0], traffic.requests_received[13]), (1, 2));
        assert_eq!(traffic.responses_received, [0, 1, 0, 0, 0, 0]);
        traffic.sent(b"SIP/2.0 603 Decline\r\n");
        assert_eq!(traffic.responses_sent[5], 1);
    }
}
