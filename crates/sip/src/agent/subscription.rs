//! Subscriptions (RFC 6665), on both sides; REFER's reports are subscriptions too.

use std::time::Duration;

use types::{Mono, Now};

use super::call::Auth;
use super::receive::{Arrival, Refusal};
use super::wire::finish;
use super::{Agent, Body, CommandError, Event, NotifyState, Subscribe, Usage, call_key};
use crate::build::MessageBuilder;
use crate::dialog::{Dialog, LocalEnd, OfferState, share};
use crate::flow::Flow;
use crate::handle::{CallHandle, RequestHandle, SubscriptionHandle};
use crate::header::name_addr::NameAddr;
use crate::header::option_tags::TokenParams;
use crate::message::Message;
use crate::method::Method;
use crate::name::HeaderName;
use crate::tag::{branch_text, tag_text};
use crate::timers::{Deadline, NEVER};
use crate::transaction::{Client, Owner, TimerKey};
use crate::uri::Uri;

/// Subscriptions at once: some for each phone of a large site.
const MAX_SUBSCRIPTIONS: usize = 50_000;

/// Which side we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// We tell.
    Notifier,
    /// We are told.
    Subscriber,
}

/// The dialog of a subscription.
#[derive(Debug)]
pub(super) enum Link {
    /// That of a call.
    Call(CallHandle),
    /// Its own; the peer's half is unknown until it speaks.
    Own(Box<(LocalEnd, Option<Dialog>)>),
}

impl Link {
    pub(super) fn own(end: LocalEnd, dialog: Option<Dialog>) -> Self {
        Link::Own(Box::new((end, dialog)))
    }
}

/// A subscription.
#[derive(Debug)]
pub(super) struct Subscription {
    role: Role,
    pub(super) link: Link,
    /// Value of Event.
    event: String,
    /// The interval asked for or granted, in seconds.
    life_s: u32,
    expires_at: Mono,
    /// When we subscribe anew (as subscriber) or tell that it is over (as notifier).
    act_at: Mono,
    /// The end was asked for; one NOTIFY is still to come.
    closing: bool,
    auth: Option<Box<Auth>>,
    deadline: Deadline,
}

impl Subscription {
    fn new(role: Role, link: Link, event: String, life_s: u32) -> Self {
        Self {
            role,
            link,
            event,
            life_s,
            expires_at: NEVER,
            act_at: NEVER,
            closing: false,
            auth: None,
            deadline: Deadline::default(),
        }
    }

    pub(super) fn own(&self) -> Option<&(LocalEnd, Option<Dialog>)> {
        match &self.link {
            Link::Own(own) => Some(own),
            Link::Call(_) => None,
        }
    }
}

/// Commands of a subscriber.
impl Agent {
    /// Subscribes (RFC 6665); [`Event::Notified`] follows, or [`Event::SubscriptionFailed`].
    ///
    /// # Errors
    /// [`CommandError::Malformed`], [`CommandError::Limit`].
    pub fn subscribe(&mut self, now: Now, subscribe: &Subscribe<'_>) -> Result<SubscriptionHandle, CommandError> {
        Uri::parse(subscribe.target).map_err(|_| CommandError::Malformed)?;
        let from = NameAddr::parse(subscribe.from.as_bytes()).map_err(|_| CommandError::Malformed)?;
        if self.subscriptions.len() >= MAX_SUBSCRIPTIONS {
            return Err(CommandError::Limit);
        }
        let flow = self.config.bind(subscribe.flow);
        let (tag, branch) = (self.fresh_tag(), self.random());
        let call_id = self.fresh_call_id();
        let end = LocalEnd {
            call_key: call_key(crate::dialog::as_text(&call_id)),
            call_id,
            tag,
            name: format!("{};tag={}", subscribe.from, tag_text(tag).as_str()).into(),
            contact: self.config.contact(from.uri.user().unwrap_or_default(), &flow),
            seq: 1,
        };
        let branch_name = branch_text(branch);
        let mut builder = MessageBuilder::request(Method::Subscribe, subscribe.target)
            .via(flow.transport.as_str(), self.config.sent_by(&flow), branch_name.as_str())
            .header(HeaderName::MaxForwards, 70);
        for route in subscribe.routes {
            builder = builder.header(HeaderName::Route, route);
        }
        builder = builder
            .raw_header(HeaderName::From.as_str(), &end.name)
            .header(HeaderName::To, format_args!("<{}>", subscribe.target))
            .raw_header(HeaderName::CallId.as_str(), &end.call_id)
            .header(HeaderName::CSeq, "1 SUBSCRIBE")
            .raw_header(HeaderName::Contact.as_str(), &end.contact)
            .header(HeaderName::Event, subscribe.event)
            .header(HeaderName::Expires, subscribe.expires_s);
        let bytes = finish(self.config.signed(builder, HeaderName::UserAgent), subscribe.headers, None);
        let key = end.call_key;
        let link = Link::own(end, None);
        let mut record = Subscription::new(Role::Subscriber, link, subscribe.event.to_owned(), subscribe.expires_s);
        record.auth = subscribe.credentials.map(|credentials| Box::new(Auth::new(credentials)));
        let handle = self.subscriptions.insert(record);
        self.tags.insert(tag, Usage::Subscription(handle));
        let owner = Owner::Subscribe(handle);
        self.tx.start_client(now.mono, Method::Subscribe, flow, bytes, branch, key, owner);
        Ok(handle)
    }

    /// Ends our subscription; the last [`Event::Notified`] or [`Event::SubscriptionFailed`] follows.
    ///
    /// # Errors
    /// [`CommandError::Gone`]; [`CommandError::WrongState`] before its first answer.
    pub fn unsubscribe(&mut self, now: Now, subscription: SubscriptionHandle) -> Result<(), CommandError> {
        let record = self.subscriptions.get_mut(subscription).ok_or(CommandError::Gone)?;
        if record.role != Role::Subscriber || record.own().is_none_or(|(_, dialog)| dialog.is_none()) {
            return Err(CommandError::WrongState);
        }
        record.closing = true;
        self.subscribe_again(now, subscription, 0);
        // Should the last NOTIFY never come, the subscription still ends.
        let end_at = now.mono + self.config.timers.give_up();
        self.arm_subscription(subscription, end_at, end_at);
        Ok(())
    }

    fn subscribe_again(&mut self, now: Now, subscription: SubscriptionHandle, expires_s: u32) {
        let branch = self.random();
        let Some(record) = self.subscriptions.get_mut(subscription) else { return };
        let Link::Own(own) = &mut record.link else { return };
        let (end, Some(dialog)) = (&mut own.0, &own.1) else { return };
        let seq = end.next_seq();
        let builder = dialog
            .request(end, Method::Subscribe, seq, self.config.sent_by(&dialog.hop), branch)
            .raw_header(HeaderName::Contact.as_str(), &end.contact)
            .header(HeaderName::Event, &record.event)
            .header(HeaderName::Expires, expires_s);
        let (hop, key) = (dialog.hop, end.call_key);
        let bytes = finish(self.config.signed(builder, HeaderName::UserAgent), &[], None);
        let owner = Owner::Subscribe(subscription);
        self.tx.start_client(now.mono, Method::Subscribe, hop, bytes, branch, key, owner);
    }
}

/// Commands of a notifier.
impl Agent {
    /// Accepts a SUBSCRIBE for at most `expires_s` seconds with 200. A [`Agent::notify`] is owed at once.
    ///
    /// # Errors
    /// [`CommandError::Gone`]; [`CommandError::WrongState`] when the request is no SUBSCRIBE.
    pub fn accept_subscription(
        &mut self,
        now: Now,
        request: RequestHandle,
        expires_s: u32,
    ) -> Result<SubscriptionHandle, CommandError> {
        let server = self.tx.servers.get(request).ok_or(CommandError::Gone)?;
        if server.method != Method::Subscribe {
            return Err(CommandError::WrongState);
        }
        let message = server.request.as_ref().ok_or(CommandError::Gone)?;
        let event = message.header_text(HeaderName::Event).unwrap_or_default().to_owned();
        let wished = message.number(HeaderName::Expires).unwrap_or(expires_s);
        self.open_notifier(now, request, 200, event, wished.min(expires_s))
    }

    /// Answers SUBSCRIBE or REFER and opens the subscription.
    pub(super) fn open_notifier(
        &mut self,
        now: Now,
        request: RequestHandle,
        status: u16,
        event: String,
        life_s: u32,
    ) -> Result<SubscriptionHandle, CommandError> {
        if self.subscriptions.len() >= MAX_SUBSCRIPTIONS {
            return Err(CommandError::Limit);
        }
        let tag = self.fresh_tag();
        let server = self.tx.servers.get(request).ok_or(CommandError::Gone)?;
        let (flow, call, key) = (server.flow, server.call, server.call_key);
        let message = server.request.clone().ok_or(CommandError::Gone)?;
        let (link, contact) = match call.and_then(|call| self.calls.get(call).map(|leg| (call, leg))) {
            Some((call, leg)) => (Link::Call(call), leg.end.contact.clone()),
            None => {
                let end = self.notifier_end(&message, &flow, tag, key);
                let contact = end.contact.clone();
                let dialog = Dialog::from_request(&message, flow, OfferState::Stable);
                let mut dialog = dialog.ok_or(CommandError::Malformed)?;
                dialog.place(flow, self.config.nat_symmetric);
                (Link::own(end, Some(dialog)), contact)
            }
        };
        let builder = self.reply(&message, &flow, status, "", tag).raw_header(HeaderName::Contact.as_str(), &contact);
        let builder = if status == 200 { builder.header(HeaderName::Expires, life_s) } else { builder };
        self.tx.answer_finally(now.mono, request, status, finish(builder, &[], None));
        let own = matches!(link, Link::Own(_));
        let handle = self.subscriptions.insert(Subscription::new(Role::Notifier, link, event, life_s));
        if own {
            self.tags.insert(tag, Usage::Subscription(handle));
        } else if let Some(leg) = call.and_then(|call| self.calls.get_mut(call)) {
            leg.notifies.push(handle);
        }
        let end_at = now.mono + Duration::from_secs(life_s.into());
        self.arm_subscription(handle, end_at, end_at);
        Ok(handle)
    }

    fn notifier_end(&self, message: &Message, flow: &Flow, tag: u64, key: u64) -> LocalEnd {
        let to = message.header(HeaderName::To).unwrap_or_default();
        let name = [to, b";tag=", tag_text(tag).as_str().as_bytes()].concat();
        let uri = message.request_uri().ok();
        let user = uri.as_ref().and_then(|uri| uri.user()).unwrap_or_default();
        LocalEnd {
            call_id: share(message, message.call_id().as_bytes()),
            call_key: key,
            tag,
            name: name.into(),
            contact: self.config.contact(user, flow),
            seq: 0,
        }
    }

    /// Notifies a subscriber.
    ///
    /// # Errors
    /// [`CommandError::Gone`]; [`CommandError::WrongState`] when we are the subscriber.
    pub fn notify(
        &mut self,
        now: Now,
        subscription: SubscriptionHandle,
        state: NotifyState<'_>,
        body: Option<Body<'_>>,
    ) -> Result<(), CommandError> {
        let branch = self.random();
        let record = self.subscriptions.get_mut(subscription).ok_or(CommandError::Gone)?;
        if record.role != Role::Notifier {
            return Err(CommandError::WrongState);
        }
        let left_s = record.expires_at.since(now.mono).as_secs();
        let (end, dialog) = match &mut record.link {
            Link::Own(own) => (&mut own.0, own.1.as_ref()),
            Link::Call(call) => {
                let leg = self.calls.get_mut(*call).ok_or(CommandError::Gone)?;
                (&mut leg.end, leg.dialogs.first())
            }
        };
        let dialog = dialog.ok_or(CommandError::Gone)?;
        let seq = end.next_seq();
        let builder = dialog
            .request(end, Method::Notify, seq, self.config.sent_by(&dialog.hop), branch)
            .raw_header(HeaderName::Contact.as_str(), &end.contact)
            .header(HeaderName::Event, &record.event);
        let builder = match state {
            NotifyState::Active => {
                builder.header(HeaderName::SubscriptionState, format_args!("active;expires={left_s}"))
            }
            NotifyState::Pending => {
                builder.header(HeaderName::SubscriptionState, format_args!("pending;expires={left_s}"))
            }
            NotifyState::Terminated(reason) => {
                builder.header(HeaderName::SubscriptionState, format_args!("terminated;reason={reason}"))
            }
        };
        let (hop, key) = (dialog.hop, end.call_key);
        let bytes = finish(self.config.signed(builder, HeaderName::UserAgent), &[], body);
        let over = matches!(state, NotifyState::Terminated(_));
        let owner = if over { Owner::Nobody } else { Owner::Notify(subscription) };
        self.tx.start_client(now.mono, Method::Notify, hop, bytes, branch, key, owner);
        if over {
            self.forget_subscription(subscription);
        }
        Ok(())
    }

    fn forget_subscription(&mut self, subscription: SubscriptionHandle) {
        let Some(record) = self.subscriptions.remove(subscription) else { return };
        match record.link {
            Link::Own(own) => {
                if self.tags.get(&own.0.tag) == Some(&Usage::Subscription(subscription)) {
                    self.tags.remove(&own.0.tag);
                }
            }
            Link::Call(call) => {
                if let Some(leg) = self.calls.get_mut(call) {
                    leg.notifies.retain(|known| *known != subscription);
                }
            }
        }
    }

    fn arm_subscription(&mut self, subscription: SubscriptionHandle, act_at: Mono, expires_at: Mono) {
        let Some(record) = self.subscriptions.get_mut(subscription) else { return };
        record.act_at = act_at;
        record.expires_at = expires_at;
        self.tx.timers.arm(&mut record.deadline, TimerKey::Subscription(subscription), act_at);
    }
}

/// What the network and time say about subscriptions.
impl Agent {
    pub(super) fn on_subscription_request(
        &mut self,
        arrival: Arrival,
        message: Message,
        subscription: SubscriptionHandle,
    ) {
        let nat = self.config.nat_symmetric;
        let Some(record) = self.subscriptions.get_mut(subscription) else { return };
        let role = record.role;
        let Link::Own(own) = &mut record.link else { return };
        if own.1.is_none() && arrival.method == Method::Notify {
            // NOTIFY may be faster than the answer to SUBSCRIBE (RFC 6665 section 4.1.2.4).
            own.1 = Dialog::from_request(&message, arrival.flow, OfferState::Stable);
            if let Some(dialog) = &mut own.1 {
                dialog.remote_seq = None;
                dialog.place(arrival.flow, nat);
            }
        }
        let tag = own.0.tag;
        let number = message.cseq().map_or(0, |cseq| cseq.number);
        let known = own
            .1
            .as_mut()
            .filter(|dialog| message.from_tag().is_some_and(|from_tag| dialog.remote_tag == from_tag.as_bytes()));
        let Some(dialog) = known else { return self.refuse(&arrival, &message, Refusal::new(481)) };
        // The call that this dialog began with is over already (RFC 5057).
        if !matches!((role, arrival.method), (Role::Subscriber, Method::Notify) | (Role::Notifier, Method::Subscribe)) {
            return self.refuse(&arrival, &message, Refusal::new(481));
        }
        if !dialog.take_seq(number) {
            return self.refuse(&arrival, &message, Refusal::new(500));
        }
        if dialog.refresh_target(&message) {
            dialog.place(arrival.flow, nat);
        }
        match role {
            Role::Subscriber => self.on_notify(arrival, message, subscription, tag),
            Role::Notifier => self.on_resubscribe(arrival, message, subscription, tag),
        }
    }

    fn on_notify(&mut self, arrival: Arrival, message: Message, subscription: SubscriptionHandle, tag: u64) {
        self.answer_plainly(&arrival, &message, 200, tag);
        let state = message.header(HeaderName::SubscriptionState).and_then(|value| TokenParams::parse(value).ok());
        let terminated = state.is_some_and(|state| state.token.eq_ignore_ascii_case("terminated"));
        if terminated {
            self.forget_subscription(subscription);
        } else if let Some(expires_s) = state.and_then(|state| state.number("expires")) {
            self.expect_until(arrival.now, subscription, expires_s);
        }
        self.emit(Event::Notified { subscription, message, terminated });
    }

    /// Plans the next SUBSCRIBE for well before the end.
    fn expect_until(&mut self, now: Now, subscription: SubscriptionHandle, expires_s: u32) {
        if self.subscriptions.get(subscription).is_some_and(|record| record.closing) {
            return;
        }
        let life = Duration::from_secs(expires_s.into());
        let margin = (life / 5).max(Duration::from_secs(1));
        self.arm_subscription(subscription, now.mono + life.saturating_sub(margin), now.mono + life);
    }

    fn on_resubscribe(&mut self, arrival: Arrival, message: Message, subscription: SubscriptionHandle, tag: u64) {
        let Some(record) = self.subscriptions.get_mut(subscription) else { return };
        let expires_s = message.number(HeaderName::Expires).map_or(record.life_s, |wish| wish.min(record.life_s));
        record.closing = expires_s == 0;
        let contact = record.own().map(|(end, _)| end.contact.clone()).unwrap_or_default();
        let builder = self
            .reply(&message, &arrival.flow, 200, "", tag)
            .raw_header(HeaderName::Contact.as_str(), &contact)
            .header(HeaderName::Expires, expires_s);
        let bytes = finish(builder, &[], None);
        self.tx.answer_at_once(arrival.now.mono, arrival.place, &message, arrival.flow, bytes, arrival.key);
        // A driver that does not tell the last state itself is spoken for when this comes up.
        let life = Duration::from_secs(u64::from(expires_s.max(1)));
        let end_at = arrival.now.mono + life;
        self.arm_subscription(subscription, end_at, end_at);
        self.emit(Event::SubscriptionRefreshed { subscription, expires_s });
    }

    pub(super) fn on_subscribe_final(
        &mut self,
        now: Now,
        subscription: SubscriptionHandle,
        client: &Client,
        status: u16,
        message: Option<&Message>,
        flow: Flow,
    ) {
        let nat = self.config.nat_symmetric;
        if let Some(message) = message.filter(|_| matches!(status, 401 | 407))
            && self.subscription_again(now, subscription, client, status, message)
        {
            return;
        }
        let Some(record) = self.subscriptions.get_mut(subscription) else { return };
        let Some(message) = message.filter(|_| status < 300) else {
            self.forget_subscription(subscription);
            return self.emit(Event::SubscriptionFailed { subscription, status });
        };
        let life_s = message.number(HeaderName::Expires).unwrap_or(record.life_s);
        if let Link::Own(own) = &mut record.link
            && own.1.is_none()
        {
            own.1 = Dialog::from_response(message, flow, 0, OfferState::Stable);
            if let Some(dialog) = &mut own.1 {
                dialog.place(flow, nat);
            }
        }
        self.expect_until(now, subscription, life_s);
    }

    fn subscription_again(
        &mut self,
        now: Now,
        subscription: SubscriptionHandle,
        client: &Client,
        status: u16,
        message: &Message,
    ) -> bool {
        let branch = self.random();
        let Some(record) = self.subscriptions.get_mut(subscription) else { return false };
        let mut auth = record.auth.take();
        let Link::Own(own) = &mut record.link else { return false };
        let seq = own.0.next_seq();
        let bytes = self.again_with(auth.as_deref_mut(), client, status, message, seq, branch, None);
        if let Some(record) = self.subscriptions.get_mut(subscription) {
            record.auth = auth;
        }
        let Some(bytes) = bytes else { return false };
        self.start_again(now, client, bytes, branch);
        true
    }

    /// NOTIFY was refused or never answered: the subscriber is gone (RFC 6665 section 4.2.2).
    pub(super) fn on_notify_final(&mut self, subscription: SubscriptionHandle, status: u16) {
        if self.subscriptions.get(subscription).is_none() {
            return;
        }
        if matches!(status, 408 | 481 | 489 | 503) {
            self.forget_subscription(subscription);
            self.emit(Event::SubscriptionEnded { subscription });
        } else {
            self.emit(Event::NotifyAnswered { subscription });
        }
    }

    pub(super) fn subscription_timer(&mut self, now: Now, handle: SubscriptionHandle, entry: (Mono, TimerKey)) {
        let Some(record) = self.subscriptions.get_mut(handle) else { return };
        if !self.tx.timers.claim(&mut record.deadline, entry, now.mono) {
            return;
        }
        match record.role {
            Role::Subscriber if record.closing => {
                self.forget_subscription(handle);
                self.emit(Event::SubscriptionFailed { subscription: handle, status: 408 });
            }
            Role::Subscriber => {
                let life_s = record.life_s;
                self.arm_subscription(handle, NEVER, NEVER);
                self.subscribe_again(now, handle, life_s);
            }
            Role::Notifier => {
                let _ = self.notify(now, handle, NotifyState::Terminated("timeout"), None);
                // A notifier whose call is gone can tell nobody.
                self.forget_subscription(handle);
                self.emit(Event::SubscriptionEnded { subscription: handle });
            }
        }
    }
}
