//! A browser leg on its way to us: checks of its path, the handshake for its keys, and the goodbye.

use std::net::SocketAddr;

use types::Mono;

use super::command::BrowserMedia;
use super::crypt::Crypt;
use super::event::MediaEvent;
use super::leg::Leg;
use super::output::{Lane, Learnt, Outbox};
use crate::dtls::Report;
use crate::ice::Outcome;
use crate::rtp::Datagram;

/// Handshakes that are begun anew after one failed: noise that a browser's network lets through costs one each.
const MAX_FAILURES: u8 = 8;

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
