//! What the SIP agent reports, in leg words.

use media::dtmf;
use media::engine::MediaCommand;
use sip::agent::{Body, CallHandle, EndCause, Event, RequestHandle, Sdp};
use sip::flow::Flow;
use sip::header::HeaderName;
use sip::message::Message;
use sip::method::Method;
use types::leg::{Incoming, Origin, Text};
use types::{Cause, LegEvent, LegId, Now, Private};

use super::auth::{Verdict, auth_header};
use super::leg::{Leg, Refer};
use super::phase::Phase;
use super::{Ua, browser, cause};
use crate::mind::Mind;

impl<M: Mind> Ua<M> {
    pub(crate) fn on_event(&mut self, now: Now, event: Event) {
        match event {
            Event::Incoming { call, message, flow, offer, replaces } => {
                self.on_incoming(now, call, &message, flow, offer, replaces);
            }
            Event::Progress { call, fork, status, message, sdp, .. } => {
                self.note_answerable(now, call, fork, &message);
                self.on_progress(now, call, status, sdp.as_ref());
            }
            Event::Answered { call, sdp, .. } => self.on_answered(now, call, sdp),
            Event::Confirmed { call, answer } => self.on_confirmed(now, call, answer.as_deref()),
            Event::Failed { call, status, message } => {
                if let Some(id) = self.leg_of(call) {
                    if let Some(target) =
                        message.as_ref().filter(|_| matches!(status, 301 | 302)).and_then(redirected_to)
                    {
                        self.tell(now, LegEvent::Redirected { leg: id, target: Private::new(target) });
                    }
                    self.forget_call(now, id);
                    if !self.goes_another_way(now, id, status, message.is_some()) {
                        self.close(now, id, cause::of_status(status), Some(status), true);
                    }
                }
            }
            Event::Cancelled { call, message } => {
                if let Some(id) = self.leg_of(call) {
                    self.forget_call(now, id);
                    self.close(now, id, cause::of_cancel(message.as_ref()), Some(487), true);
                }
            }
            Event::Ended { call, cause, .. } => self.on_ended(now, call, cause),
            Event::Change { call, offer, .. } => self.on_change(now, call, offer.as_deref()),
            Event::Changed { call, status, sdp, .. } => self.on_changed(now, call, status, sdp.as_ref()),
            Event::Resolve { call, uri } => self.on_resolve(call, uri),
            Event::Info { call, message } => self.on_info(call, &message),
            Event::Refer { request, call, message, flow, replaces } => {
                self.on_refer(now, request, call, &message, flow, replaces);
            }
            Event::Request { request, method, message, flow, .. } => {
                self.on_request(now, request, method, &message, flow);
            }
            Event::Response { sent, status, message, .. } => {
                let told = message.is_some().then_some(status);
                if !self.summary_answered(sent, told) {
                    self.line_answered(now, sent, told);
                    self.registration_answered(now, sent, status, message.as_ref());
                }
            }
            // Our provisional answers carry no offers, so none is answered early.
            Event::EarlyAnswer { .. }
            | Event::ChangeCancelled { .. }
            | Event::ReferProgress { .. }
            | Event::Notified { .. }
            | Event::SubscriptionFailed { .. } => {}
            Event::NotifyAnswered { subscription } => self.on_notify_answered(now, subscription),
            Event::SubscriptionRefreshed { subscription, expires_s } => {
                self.on_watch_refreshed(now, subscription, expires_s);
            }
            Event::SubscriptionEnded { subscription } => self.forget_watch(subscription),
        }
    }

    fn on_incoming(
        &mut self,
        now: Now,
        call: CallHandle,
        message: &Message,
        flow: Flow,
        offer: Option<bytes::Bytes>,
        replaces: Option<CallHandle>,
    ) {
        let (tenant, origin, caller) = match self.identify(now, message, flow) {
            Verdict::Device(credential, name) => (credential.tenant, Origin::Device(credential.device), name),
            Verdict::Trunk(tenant, trunk) => (tenant, Origin::Trunk(trunk), caller_of(message)),
            Verdict::Challenge(status, header) => {
                let fields: Vec<(&str, &str)> = header.iter().map(|h| (auth_header(status), h.as_str())).collect();
                let _ = self.agent.reject(now, call, status, "", &fields);
                return;
            }
            Verdict::Refuse(status) => {
                let _ = self.agent.reject(now, call, status, "", &[]);
                return;
            }
        };
        let id = self.mind.new_leg(now);
        let local = self.identity_towards(flow).map_or(flow.local, |(_, local)| local);
        let session = self.next_session();
        let mut leg = Leg::new(id, true, self.media_address(local, 0), session);
        leg.call = Some(call);
        leg.call_key = self.agent.call_key(call);
        leg.conn = flow.conn;
        leg.offer = offer;
        leg.hops = message.max_forwards().unwrap_or(leg.hops);
        self.keys.add(leg.call_key, id);
        self.calls.insert(call, id);
        self.legs.insert(id, Box::new(leg));
        let behind = match &origin {
            Origin::Trunk(trunk) => self.registrations.behind_contact(*trunk, message),
            Origin::Device(_) => None,
        };
        let incoming = Incoming {
            tenant,
            origin,
            dialled: Private::new(Text::from(behind.unwrap_or_else(|| dialled(message)))),
            caller: Private::new(caller),
            caller_name: Private::new(name_of(message)),
            sip_call_id: Text::from(message.call_id()),
            peer: flow.remote,
            replaces: replaces.and_then(|r| self.leg_of(r)),
            browser: browser::is_browsers(flow).then_some(flow.conn),
        };
        self.tell(now, LegEvent::Incoming { leg: id, call: Box::new(incoming) });
    }

    /// A telephone that rings may say that it can be told to answer: it takes the event `talk`.
    fn note_answerable(&mut self, now: Now, call: CallHandle, fork: u16, message: &Message) {
        let Some(id) = self.leg_of(call) else { return };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if message.lists(HeaderName::AllowEvents, sip::agent::TALK) && leg.answerable.replace(fork).is_none() {
            self.tell(now, LegEvent::Answerable { leg: id });
        }
    }

    fn on_progress(&mut self, now: Now, call: CallHandle, status: u16, sdp: Option<&Sdp>) {
        let Some(id) = self.leg_of(call) else { return };
        let early = match sdp {
            Some(Sdp::Answer(body) | Sdp::Preview(body)) => {
                let taken = self.legs.get_mut(&id).is_some_and(|l| l.take_answer(body, false));
                if taken {
                    self.configure_media(id);
                }
                taken
            }
            _ => false,
        };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if early || (matches!(status, 180..=183) && !leg.rang) {
            leg.rang = true;
            self.tell(now, LegEvent::Ringing { leg: id, early_media: early });
        }
    }

    fn on_answered(&mut self, now: Now, call: CallHandle, sdp: Option<Sdp>) {
        let Some(id) = self.leg_of(call) else { return };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let agreed = match &sdp {
            Some(Sdp::Answer(body) | Sdp::Preview(body)) => leg.take_answer(body, true),
            Some(Sdp::Offer(_)) | None => leg.negotiated.is_some(),
        };
        if !agreed {
            let _ = self.agent.bye(now, call, &[("Reason", "SIP;cause=488;text=\"No common codec\"")]);
            return self.close(now, id, Cause::NotAcceptable, Some(488), false);
        }
        leg.phase = Phase::Up;
        self.configure_media(id);
        self.media.command(MediaCommand::Watch { leg: id, on: true });
        self.save(now, id);
        self.tell(now, LegEvent::Answered { leg: id });
    }

    fn on_confirmed(&mut self, now: Now, call: CallHandle, answer: Option<&[u8]>) {
        let Some(id) = self.leg_of(call) else { return };
        if let Some(answer) = answer {
            let agreed = self.legs.get_mut(&id).is_some_and(|l| l.take_answer(answer, true));
            if !agreed {
                let _ = self.agent.bye(now, call, &[("Reason", "SIP;cause=488;text=\"No common codec\"")]);
                return self.close(now, id, Cause::NotAcceptable, Some(488), false);
            }
            self.configure_media(id);
            self.tell_hold(now, id);
        }
        self.save(now, id);
        if self.legs.get(&id).is_some_and(|l| l.inbound && l.phase == Phase::Up) {
            self.tell(now, LegEvent::Answered { leg: id });
        }
    }

    fn on_ended(&mut self, now: Now, call: CallHandle, why: EndCause) {
        let Some(id) = self.leg_of(call) else { return self.goodbye_answered(now, call) };
        let (cause, by_peer) = match why {
            EndCause::PeerBye => (Cause::Normal, true),
            EndCause::LocalBye => (Cause::Normal, false),
            EndCause::NoAck | EndCause::DialogLost => (Cause::PeerFailed, true),
            EndCause::SessionExpired => (Cause::SessionExpired, true),
            EndCause::NoAnswer => (Cause::Internal, false),
        };
        self.forget_call(now, id);
        self.close(now, id, cause, None, by_peer);
    }

    /// The agent no longer knows the call.
    fn forget_call(&mut self, now: Now, id: LegId) {
        if let Some(call) = self.legs.get_mut(&id).and_then(|l| l.call.take()) {
            self.calls.remove(&call);
            self.void_saved(now, id);
        }
    }

    fn on_change(&mut self, now: Now, call: CallHandle, offer: Option<&[u8]>) {
        let Some(id) = self.leg_of(call) else { return };
        if let Some(offer) = offer {
            self.renew_ice(id, offer);
        }
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let body = match offer {
            Some(offer) => leg.make_answer(offer),
            None => Some(bytes::Bytes::from(leg.local.offer(&leg.caps).to_string())),
        };
        let Some(body) = body else {
            let _ = self.agent.reject_change(now, call, 488, &[]);
            return;
        };
        let _ = self.agent.answer_change(now, call, Body::sdp(&body));
        self.configure_media(id);
        self.tell_hold(now, id);
        self.save(now, id);
    }

    fn on_changed(&mut self, now: Now, call: CallHandle, status: u16, sdp: Option<&Sdp>) {
        let Some(id) = self.leg_of(call) else { return };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        match sdp {
            Some(Sdp::Answer(body)) if (200..300).contains(&status) => {
                leg.take_answer(body, true);
                self.configure_media(id);
                self.save(now, id);
            }
            _ => leg.local.drop_offer(),
        }
    }

    /// Tells when the far end's wish to hold has changed.
    fn tell_hold(&mut self, now: Now, id: LegId) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let held = leg.negotiated.as_ref().is_some_and(|n| n.held);
        if std::mem::replace(&mut leg.held, held) != held {
            self.tell(now, LegEvent::HeldByPeer { leg: id, held });
        }
    }

    fn save(&mut self, now: Now, id: LegId) {
        let Some(leg) = self.legs.get(&id).filter(|l| l.phase == Phase::Up) else { return };
        if let Some(saved) = leg.call.and_then(|c| self.agent.save(c).ok()) {
            self.mind.save_dialog(now, id, Some(&saved));
            if let Some(leg) = self.legs.get_mut(&id) {
                leg.saved = true;
            }
        }
    }

    fn on_info(&mut self, call: CallHandle, message: &Message) {
        let Some(leg) = self.leg_of(call) else { return };
        let kind = message.header_text(HeaderName::ContentType).unwrap_or("");
        if let Some((digit, _)) = dtmf::parse_info(kind, message.body()) {
            self.media.command(MediaCommand::DigitByInfo { leg, digit: digit.as_char().into() });
        }
    }

    fn on_refer(
        &mut self,
        now: Now,
        request: RequestHandle,
        call: Option<CallHandle>,
        message: &Message,
        _flow: Flow,
        replaces: Option<CallHandle>,
    ) {
        let target = message.addresses(HeaderName::ReferTo).next().and_then(Result::ok);
        let user = target.and_then(|t| t.uri.user_decoded().map(|u| u.into_owned()));
        let leg = call.and_then(|c| self.leg_of(c)).and_then(|id| self.legs.get_mut(&id));
        // Outside a call nobody is proved to be anybody: a stranger must not make us ring others.
        let (Some(leg), Some(user)) = (leg, user) else {
            let status = if call.is_some() { 400 } else { 403 };
            let _ = self.agent.respond(now, request, status, "", &[], None);
            return;
        };
        if leg.refer.is_some() {
            let _ = self.agent.respond(now, request, 491, "", &[], None);
            return;
        }
        leg.refer = Some(Refer::Asked(request));
        let id = leg.id;
        self.asked.push(id);
        let replaces = replaces.and_then(|c| self.leg_of(c));
        self.tell(now, LegEvent::TransferAsked { leg: id, target: Private::new(user.into()), replaces });
    }

    fn on_request(&mut self, now: Now, request: RequestHandle, method: Method, message: &Message, flow: Flow) {
        match method {
            Method::Register => self.on_register(now, request, message, flow),
            Method::Options => {
                let _ = self.agent.respond(now, request, 200, "", &[], None);
            }
            Method::Subscribe => self.on_subscribe(now, request, message, flow),
            _ => {
                let _ = self.agent.respond(now, request, 405, "", &[], None);
            }
        }
    }
}

/// The number or user that was dialled.
fn dialled(message: &Message) -> String {
    let uri = message.request_uri().ok();
    uri.and_then(|u| u.user_decoded().map(|u| u.into_owned())).unwrap_or_default()
}

/// Where a far end asks to be called instead: the user of the Contact that it likes best (RFC 3261 section 8.1.3.4).
fn redirected_to(message: &Message) -> Option<Text> {
    let contact = message.addresses(HeaderName::Contact).filter_map(Result::ok).next()?;
    contact.uri.user_decoded().map(|user| Text::from(&*user))
}

/// The caller as a trunk asserts it: P-Asserted-Identity before From, nothing when withheld.
fn caller_of(message: &Message) -> Text {
    let asserted = message.addresses(HeaderName::PAssertedIdentity).next().and_then(Result::ok);
    let from = message.from().ok();
    let user = asserted.or(from).and_then(|a| a.uri.user_decoded().map(|u| u.into_owned())).unwrap_or_default();
    if user.eq_ignore_ascii_case("anonymous") { Text::from("") } else { Text::from(user) }
}

fn name_of(message: &Message) -> Text {
    message.from().map_or_else(|_| Text::from(""), |from| Text::from(&*from.display_name()))
}
