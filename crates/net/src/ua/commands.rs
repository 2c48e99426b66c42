//! Carries out what legs are told.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use media::engine::{MediaCommand, RecordTo};
use sip::agent::{Body, CallHandle};
use types::leg::{Connection, Sound, TransferProgress};
use types::{Cause, LegCommand, LegEvent, LegId, Now, PlayId, RecordingId, TenantId};

use super::leg::Refer;
use super::phase::Phase;
use super::{MEDIA_FIGURES_WAIT, Ua, browser, cause, codecs};
use crate::mind::Mind;

impl<M: Mind> Ua<M> {
    pub(crate) fn on_command(&mut self, now: Now, command: LegCommand) {
        match command {
            LegCommand::Dial { leg, target, caller, on_behalf_of, .. } => {
                self.dial(now, leg, target, caller, on_behalf_of)
            }
            LegCommand::Ring(leg) => self.ring(now, leg),
            LegCommand::EarlyMedia(leg) => self.early_media(now, leg),
            LegCommand::Answer(leg) => self.answer(now, leg),
            LegCommand::AskToAnswer(leg) => self.ask_to_answer(now, leg),
            LegCommand::Hangup { leg, cause } => self.hang_up(now, leg, cause),
            LegCommand::Connect { leg, to } => {
                if let Connection::Bridge(other) = to {
                    self.link(leg, other);
                }
                self.media.command(MediaCommand::Connect { leg, to });
            }
            LegCommand::Play { leg, play, sounds, repeat, barge_in } => {
                if let Some(l) = self.legs.get_mut(&leg) {
                    l.media_seen = true;
                }
                self.play(leg, play, sounds, repeat, barge_in);
            }
            LegCommand::StopPlay(leg) => self.media.command(MediaCommand::StopPlay(leg)),
            LegCommand::SendDigits { leg, digits } => self.media.command(MediaCommand::SendDigits { leg, digits }),
            LegCommand::Hold { leg, hold } => self.hold(now, leg, hold),
            LegCommand::Record { leg, tenant, recording, channel, hush_s } => {
                self.record(now, leg, (tenant, recording), channel, hush_s);
            }
            LegCommand::PauseRecord { leg, pause } => self.media.command(MediaCommand::PauseRecord { leg, pause }),
            LegCommand::StopRecord(leg) => self.media.command(MediaCommand::StopRecord(leg)),
            LegCommand::TransferProgress { leg, progress } => self.transfer_progress(now, leg, progress),
        }
    }

    fn play(&mut self, leg: LegId, play: PlayId, sounds: Arc<[Sound]>, repeat: bool, barge_in: bool) {
        let recorded = sounds.iter().filter_map(|sound| match sound {
            Sound::Message { recording, leg } => Some((*recording, *leg)),
            _ => None,
        });
        let recorded = recorded.collect::<Vec<_>>();
        let tenant = self.mind.tenant_of(leg);
        self.media.command(MediaCommand::Play { leg, play, tenant, sounds, repeat, barge_in });
        for (recording, of) in recorded {
            self.media.read(leg, (recording, of), self.track(recording, of));
        }
    }

    /// The file of a track.
    fn track(&self, recording: RecordingId, leg: LegId) -> PathBuf {
        self.config.recordings.join(recording.to_string()).join(format!("{leg}.trk"))
    }

    fn call_in(&self, id: LegId, phase: Phase) -> Option<CallHandle> {
        self.legs.get(&id).filter(|l| l.phase == phase).and_then(|l| l.call)
    }

    fn ring(&mut self, now: Now, id: LegId) {
        let Some(call) = self.call_in(id, Phase::Offered) else { return };
        if let Some(leg) = self.legs.get_mut(&id)
            && !std::mem::replace(&mut leg.rang, true)
        {
            // The agent keeps what it cannot do from the peer; a call that has just gone is told by an event.
            let _ = self.agent.provisional(now, call, 180, None, false, &[]);
        }
    }

    /// Answers the offer of an inbound leg once; 183 and 200 carry the same description.
    fn answer_body(&mut self, now: Now, id: LegId) -> Option<bytes::Bytes> {
        let prefer = self.legs.get(&id)?.linked.and_then(|l| self.legs.get(&l)).and_then(|l| l.negotiated.clone());
        if !self.open_media(now, id) {
            return None;
        }
        let leg = self.legs.get_mut(&id)?;
        if let Some(answer) = &leg.answer {
            return Some(answer.clone());
        }
        if let Some(negotiated) = prefer {
            codecs::prefer(&mut leg.caps, &negotiated.codec);
        }
        let body = match leg.offer.take() {
            Some(offer) => leg.make_answer(&offer)?,
            // A delayed offer: ours goes into the 200, the answer comes with the ACK.
            None => bytes::Bytes::from(leg.local.offer(&leg.caps).to_string()),
        };
        leg.answer = Some(body.clone());
        self.configure_media(id);
        Some(body)
    }

    /// Opens the ports of an inbound leg.
    fn open_media(&mut self, now: Now, id: LegId) -> bool {
        let Some(leg) = self.legs.get(&id) else { return false };
        if leg.media_open {
            return true;
        }
        let linked = leg.linked;
        if leg.offer.as_deref().is_some_and(browser::offers_dtls) {
            return self.open_browser(now, id);
        }
        let Ok(port) = self.media.open(now, id, linked) else { return false };
        let Some(leg) = self.legs.get_mut(&id) else { return false };
        leg.media_open = true;
        leg.caps.address.set_port(port);
        true
    }

    pub(crate) fn configure_media(&mut self, id: LegId) {
        if let Some(media) = self.legs.get(&id).and_then(|leg| leg.media()) {
            self.media.command(MediaCommand::Configure { leg: id, media: Box::new(media) });
        }
    }

    fn early_media(&mut self, now: Now, id: LegId) {
        let Some(call) = self.call_in(id, Phase::Offered) else { return };
        if self.legs.get(&id).is_some_and(|l| l.offer.is_none() && l.answer.is_none()) {
            // Without an offer there is nothing to answer early; the caller hears its own ringback.
            let _ = self.agent.provisional(now, call, 180, None, false, &[]);
        } else if let Some(body) = self.answer_body(now, id) {
            let _ = self.agent.provisional(now, call, 183, Some(Body::sdp(&body)), false, &[]);
        }
    }

    fn answer(&mut self, now: Now, id: LegId) {
        let Some(call) = self.call_in(id, Phase::Offered) else { return };
        let Some(body) = self.answer_body(now, id) else {
            let _ = self.agent.reject(now, call, 488, "", &[]);
            return self.close(now, id, Cause::NotAcceptable, Some(488), false);
        };
        if self.agent.answer(now, call, Some(Body::sdp(&body)), &[]).is_err() {
            return self.close(now, id, Cause::PeerFailed, None, false);
        }
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.phase = Phase::Up;
        }
        self.media.command(MediaCommand::Watch { leg: id, on: true });
    }

    /// Tells the telephone that rings to take the call, as if somebody had lifted its receiver.
    fn ask_to_answer(&mut self, now: Now, id: LegId) {
        let Some(call) = self.call_in(id, Phase::Dialling) else { return };
        if let Some(fork) = self.legs.get(&id).and_then(|leg| leg.answerable) {
            // A telephone that has answered or given up in this moment needs no word.
            let _ = self.agent.talk(now, call, fork);
        }
    }

    fn hang_up(&mut self, now: Now, id: LegId, cause: Cause) {
        let Some(leg) = self.legs.get(&id) else { return };
        let (phase, call) = (leg.phase, leg.call);
        let why = cause::reason(cause);
        let fields: Vec<(&str, &str)> = why.iter().map(|r| ("Reason", *r)).collect();
        let mut status = None;
        // Whatever the agent says, the leg is over; a call that it no longer knows needs no goodbye.
        match (phase, call) {
            (Phase::Offered, Some(call)) => {
                status = Some(cause::to_status(cause));
                let retry = [("Retry-After", "5")];
                let fields = if status == Some(503) { &retry[..] } else { &fields[..] };
                let _ = self.agent.reject(now, call, cause::to_status(cause), "", fields);
            }
            (Phase::Dialling, Some(call)) => {
                let _ = self.agent.cancel(now, call, why);
            }
            (Phase::Up, Some(call)) => {
                let _ = self.agent.bye(now, call, &fields);
            }
            (Phase::Closing, _) => return,
            (_, None) => {
                self.dialling.remove(&id);
            }
        }
        self.close(now, id, cause, status, false);
    }

    /// Both sides of a bridge prefer each other's codec in later descriptions.
    fn link(&mut self, a: LegId, b: LegId) {
        for (id, other) in [(a, b), (b, a)] {
            if let Some(leg) = self.legs.get_mut(&id) {
                leg.linked = Some(other);
            }
        }
    }

    fn hold(&mut self, now: Now, id: LegId, hold: bool) {
        let Some(call) = self.call_in(id, Phase::Up) else { return };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.caps.direction = if hold { sdp::Direction::SendOnly } else { sdp::Direction::SendRecv };
        let offer = leg.local.offer(&leg.caps).to_string();
        if self.agent.reinvite(now, call, Some(Body::sdp(offer.as_bytes()))).is_err()
            && let Some(leg) = self.legs.get_mut(&id)
        {
            leg.local.drop_offer();
        }
    }

    fn record(
        &mut self,
        now: Now,
        leg: LegId,
        (tenant, recording): (TenantId, RecordingId),
        channel: u8,
        hush_s: Option<u32>,
    ) {
        let Some(l) = self.legs.get(&leg) else { return };
        // All tracks of a recording count from the moment at which its first track began; the other
        // side of the bridge knows it.
        let linked = l.linked.and_then(|o| self.legs.get(&o)).and_then(|o| o.recording);
        let known = l.recording.into_iter().chain(linked).find(|(r, _)| *r == recording);
        let origin = known.map_or(now.mono, |(_, at)| at);
        if let Some(l) = self.legs.get_mut(&leg) {
            l.recording = Some((recording, origin));
        }
        let path: Arc<Path> = self.track(recording, leg).into();
        let hush = hush_s.map(|seconds| Duration::from_secs(seconds.into()));
        let to = RecordTo { tenant, recording, channel, path, origin, hush };
        self.media.command(MediaCommand::Record { leg, to: Box::new(to) });
    }

    // ---- transfers that the far end asked for ----

    pub(crate) fn accept_transfers(&mut self, now: Now) {
        for id in std::mem::take(&mut self.asked) {
            let Some(leg) = self.legs.get_mut(&id) else { continue };
            if let Some(Refer::Asked(request)) = leg.refer {
                leg.refer = self.agent.accept_refer(now, request).ok().map(Refer::Accepted);
            }
        }
    }

    fn transfer_progress(&mut self, now: Now, id: LegId, progress: TransferProgress) {
        let Some(refer) = self.legs.get(&id).and_then(|l| l.refer) else { return };
        if let (Refer::Asked(request), TransferProgress::Refused(cause)) = (refer, progress) {
            let _ = self.agent.respond(now, request, cause::to_status(cause), "", &[], None);
            self.forget_refer(id);
            return;
        }
        self.asked.push(id);
        self.accept_transfers(now);
        let Some(Refer::Accepted(subscription)) = self.legs.get(&id).and_then(|l| l.refer) else { return };
        let (status, last) = match progress {
            TransferProgress::Ringing => (180, false),
            TransferProgress::Done => (200, true),
            TransferProgress::Failed(cause) | TransferProgress::Refused(cause) => (cause::to_status(cause), true),
        };
        let _ = self.agent.refer_progress(now, subscription, status, "");
        if last {
            self.forget_refer(id);
        }
    }

    fn forget_refer(&mut self, id: LegId) {
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.refer = None;
        }
    }

    // ---- the end of a leg ----

    /// The dialog is over, and so is the leg: the media's figures follow when the media plane has given them, or time is
    /// up for it.
    pub(crate) fn close(&mut self, now: Now, id: LegId, cause: Cause, status: Option<u16>, by_peer: bool) {
        let Some(leg) = self.legs.get_mut(&id).filter(|l| l.phase != Phase::Closing) else { return };
        leg.phase = Phase::Closing;
        let key = leg.call_key;
        let (call, open, seen) = (leg.call.take(), leg.media_open, leg.media_seen);
        if let Some(call) = call {
            self.calls.remove(&call);
            self.await_goodbye(call, id);
        }
        if open {
            self.media.command(MediaCommand::Destroy(id));
        }
        self.keys.end(now.mono, key);
        if seen {
            self.closing.push_back((now.mono + MEDIA_FIGURES_WAIT, id));
        } else {
            self.legs.remove(&id);
        }
        self.tell(now, LegEvent::Ended { leg: id, cause, status, by_peer, measured: seen });
    }

    /// A dialog's saved form is void from now on.
    pub(crate) fn void_saved(&mut self, now: Now, id: LegId) {
        if self.legs.get_mut(&id).is_some_and(|l| std::mem::take(&mut l.saved)) {
            self.mind.save_dialog(now, id, None);
        }
    }

    /// The figures of a leg that is over; none when they have not come in time.
    pub(crate) fn tell_figures(&mut self, now: Now, id: LegId, quality: Option<Box<types::leg::MediaQuality>>) {
        if self.legs.get(&id).is_some_and(|leg| leg.phase == Phase::Closing) {
            self.legs.remove(&id);
            self.tell(now, LegEvent::Measured { leg: id, quality });
        }
    }
}
