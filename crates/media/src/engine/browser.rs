//! What a browser leg has besides: its path by ICE, its keys by DTLS.

use std::net::SocketAddr;
use std::sync::Arc;

use types::Mono;

use super::command::BrowserMedia;
use super::crypt::Crypt;
use super::event::MediaEvent;
use super::leg::Leg;
use super::output::{Lane, Learnt, Outbox};
use crate::dtls::{Identity, Report, Session};
use crate::ice::{Credentials, IceLite, Outcome};
use crate::rtp::Datagram;

/// Silence, without checks and without media, after which a browser counts as gone, in microseconds. It checks its
/// consent every 2.7 s, so this is three that did not come.
const GONE_US: u64 = 8_000_000;
/// The same for one whose media came until then, fifty packets a second and a check: somebody hears the silence.
const STOPPED_US: u64 = 3_000_000;
/// The same for one that is doubted: twenty-five packets, more than a network in use loses in a row.
const DOUBTED_US: u64 = 500_000;
/// A doubt that has not come true after this time is none, in microseconds.
const DOUBT_US: u64 = 5_000_000;
/// Handshakes that are begun anew after one failed: noise that a browser's network lets through costs one each.
const MAX_FAILURES: u8 = 8;

/// A browser leg's own part.
pub(super) struct Browser {
    ice: IceLite,
    identity: Arc<Identity>,
    /// None until signalling has said whom to trust.
    agreed: Option<BrowserMedia>,
    dtls: Option<Box<Session>>,
    failures: u8,
    /// It said goodbye, or is a stranger.
    left: bool,
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

    fn new_session(&mut self, now: Mono) {
        if let Some(BrowserMedia { peer, active }) = self.agreed.clone() {
            self.dtls = Some(Box::new(Session::new(self.identity.clone(), peer, active, now)));
        }
    }
}

impl Leg {
    /// Where our packets would go.
    pub(super) fn remote(&self, now: Mono) -> Option<SocketAddr> {
        match &self.browser {
            Some(browser) => browser.path(now),
            None => self.gate.remote(),
        }
    }

    /// Takes over what a description says of the browser.
    pub(super) fn configure_browser(&mut self, now: Mono, agreed: Option<&BrowserMedia>) {
        let (Some(browser), Some(agreed)) = (&mut self.browser, agreed) else { return };
        let same = browser.agreed.as_ref().is_some_and(|before| before.peer == agreed.peer);
        browser.agreed = Some(agreed.clone());
        if !same {
            // Another certificate is another page: its keys, its packets and its goodbyes are not those of the old one.
            (browser.left, browser.failures) = (false, 0);
            browser.new_session(now);
            self.crypt = None;
        }
    }

    /// Takes a datagram of a browser leg's port that is neither RTP nor RTCP.
    pub(super) fn take_other(
        &mut self,
        now: Mono,
        kind: Datagram,
        from: SocketAddr,
        bytes: &[u8],
        outbox: &mut Outbox,
    ) -> Option<()> {
        match kind {
            Datagram::Stun => self.take_check(now, from, bytes, outbox),
            // Only from where the browser was checked: a stranger must not disturb its handshake.
            Datagram::Dtls if self.browser.as_ref()?.path(now)? == from => self.handshake(now, Some(bytes), outbox),
            _ => None,
        }
    }

    fn take_check(&mut self, now: Mono, from: SocketAddr, bytes: &[u8], outbox: &mut Outbox) -> Option<()> {
        let browser = self.browser.as_mut()?;
        let mut outcome = Outcome::Ignored;
        outbox.packet(self.slot, Lane::Rtp, from, |out| {
            outcome = browser.ice.handle(now, from, bytes, out);
            (outcome != Outcome::Ignored).then_some(())
        });
        let Outcome::Checked { .. } = outcome else { return None };
        outbox.learnt.push(Learnt { slot: self.slot, from });
        if !browser.left && self.lost {
            self.lost = false;
            outbox.events.push(MediaEvent::Back(self.id));
        }
        if browser.dtls.as_ref().is_some_and(|dtls| dtls.timeout().is_some_and(|at| at <= now)) {
            // A handshake that we open waited for a path.
            self.handshake(now, None, outbox);
        }
        Some(())
    }

    /// Goes on with the handshake: with a datagram, or because its timer is due.
    pub(super) fn handshake(&mut self, now: Mono, datagram: Option<&[u8]>, outbox: &mut Outbox) -> Option<()> {
        let (slot, id) = (self.slot, self.id);
        let browser = self.browser.as_mut()?;
        let to = browser.path(now)?;
        let session = browser.dtls.as_mut()?;
        let mut send = |record: &[u8]| {
            outbox.packet(slot, Lane::Rtp, to, |out| {
                out.extend_from_slice(record);
                Some(())
            });
        };
        let report = match datagram {
            Some(datagram) => session.handle(now, datagram, &mut send),
            None => session.handle_timeout(now, &mut send),
        };
        match report? {
            Report::Keys { send, receive } => {
                self.crypt = Crypt::new(&send, &receive);
                self.renew_stream(self.agreed.codec_out.clock_rate());
                outbox.events.push(MediaEvent::Secured(id));
            }
            Report::Stranger => {
                browser.left = true;
                outbox.events.push(MediaEvent::Insecure(id));
            }
            Report::Closed => {
                browser.left = true;
                if self.watch && !self.lost {
                    self.lost = true;
                    outbox.events.push(MediaEvent::Lost(id));
                }
            }
            Report::Failed if self.crypt.is_some() => {}
            Report::Failed if browser.failures < MAX_FAILURES => {
                browser.failures += 1;
                browser.new_session(now);
            }
            Report::Failed => outbox.events.push(MediaEvent::Insecure(id)),
        }
        Some(())
    }

    /// Says goodbye to a browser.
    pub(super) fn close_browser(&mut self, now: Mono, outbox: &mut Outbox) {
        let slot = self.slot;
        let Some(browser) = &mut self.browser else { return };
        let (Some(to), Some(session)) = (browser.path(now), &mut browser.dtls) else { return };
        session.close(|record| {
            outbox.packet(slot, Lane::Rtp, to, |out| {
                out.extend_from_slice(record);
                Some(())
            });
        });
    }
}
