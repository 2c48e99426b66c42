//! What a browser leg has besides: its path by ICE, its keys by DTLS.

use std::net::SocketAddr;
use std::sync::Arc;

use types::Mono;

use super::command::BrowserMedia;
use crate::dtls::{Identity, Session};
use crate::ice::{Credentials, IceLite};

/// Silence, without checks and without media, after which a browser counts as gone, in microseconds. It checks its
/// consent every 2.7 s, so this is three that did not come.
const GONE_US: u64 = 8_000_000;
/// The same for one whose media came until then, fifty packets a second and a check: somebody hears the silence.
const STOPPED_US: u64 = 3_000_000;
/// The same for one that is doubted: twenty-five packets, more than a network in use loses in a row.
const DOUBTED_US: u64 = 500_000;
/// A doubt that has not come true after this time is none, in microseconds.
const DOUBT_US: u64 = 5_000_000;

/// A browser leg's own part.
pub(super) struct Browser {
    pub(super) ice: IceLite,
    identity: Arc<Identity>,
    /// None until signalling has said whom to trust.
    pub(super) agreed: Option<BrowserMedia>,
    pub(super) dtls: Option<Box<Session>>,
    pub(super) failures: u8,
    /// It said goodbye, or is a stranger.
    pub(super) left: bool,
    /// Since when there is reason to think that it is gone.
    doubted: Option<Mono>,
    /// When the engine was told to look at the handshake's timer.
    pub(super) alarm: Option<Mono>,
}

impl Browser {
    pub(super) fn new(identity: Arc<Identity>, ice: Credentials) -> Self {
        let ice = IceLite::new(ice);
        Self { ice, identity, agreed: None, dtls: None, failures: 0, left: false, doubted: None, alarm: None }
    }

    /// Where to send.
    pub(super) fn path(&self, now: Mono) -> Option<SocketAddr> {
        if self.left { None } else { self.ice.path(now) }
    }

    /// There is reason to think that it is gone.
    pub(super) fn doubt(&mut self, now: Mono) {
        self.doubted = Some(now);
    }

    /// Whether it is gone. `heard`: when media last came, or was to begin; `started`: some has come.
    pub(super) fn is_gone(&self, now: Mono, heard: Mono, started: bool) -> bool {
        let ago = |at: Mono| now.0.saturating_sub(at.0);
        let last = self.ice.last_check().map_or(heard, |checked| checked.max(heard));
        let patience = if !started || ago(heard) >= GONE_US {
            // It sends nothing, and is known by its checks alone.
            GONE_US
        } else if self.doubted.is_some_and(|at| ago(at) < DOUBT_US) {
            DOUBTED_US
        } else {
            STOPPED_US
        };
        self.left || ago(last) >= patience
    }

    pub(super) fn restart_ice(&mut self, ice: Credentials) {
        self.ice.restart(ice);
    }

    /// When the handshake has something to do next.
    pub(super) fn due(&self, now: Mono) -> Option<Mono> {
        self.dtls.as_ref()?.next_due(now)
    }

    pub(super) fn new_session(&mut self, now: Mono) {
        if let Some(BrowserMedia { peer, active }) = self.agreed.clone() {
            self.dtls = Some(Box::new(Session::new(self.identity.clone(), peer, active, now)));
        }
    }
}
