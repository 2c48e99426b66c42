//! The INVITE server transaction (RFC 3261 section 17.2.1 with RFC 6026). A 2xx ends it here: the user agent repeats
//! that until its ACK comes, and a record absorbs the INVITE's repeats.

use types::Mono;

use crate::config::TimerConfig;
use crate::timers::{NEVER, Repeat, Tick};

/// Where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ServerInvite {
    /// The user has not decided.
    Proceeding,
    /// Refused; timers G and H run until the ACK.
    Completed(Repeat),
}

impl ServerInvite {
    /// Refused with 300–699.
    pub(crate) fn complete(&mut self, now: Mono, timers: &TimerConfig, reliable: bool) {
        *self = ServerInvite::Completed(match reliable {
            true => Repeat::patience_only(now, timers.give_up()),
            false => Repeat::new(now, timers.t1, timers.t2, timers.give_up()),
        });
    }

    pub(crate) fn due(&self) -> Mono {
        match self {
            ServerInvite::Proceeding => NEVER,
            ServerInvite::Completed(repeat) => repeat.due(),
        }
    }

    pub(crate) fn tick(&mut self, now: Mono) -> Tick {
        match self {
            ServerInvite::Proceeding => Tick::Nothing,
            ServerInvite::Completed(repeat) => repeat.tick(now),
        }
    }
}
