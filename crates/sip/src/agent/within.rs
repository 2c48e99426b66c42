//! Requests within a dialog.

use types::Now;

use super::call::{Auth, Cancel, Stage};
use super::outside::Sent;
use super::receive::{Arrival, Refusal};
use super::wire::finish;
use super::{Agent, Body, CommandError, Event, Field, Usage};
use crate::handle::{CallHandle, SentHandle};
use crate::message::Message;
use crate::method::Method;
use crate::name::HeaderName;
use crate::screen::screen;
use crate::transaction::Owner;

/// The event by which a telephone that rings is told to answer, as its Allow-Events names it. No RFC has it; makers of
/// telephones do.
pub const TALK: &str = "talk";

impl Agent {
    /// A request whose To tag is one of ours.
    pub(super) fn on_dialog_request(&mut self, arrival: Arrival, message: Message, usage: Usage) {
        if let Err(rejection) = screen(&message, &self.config.policy) {
            return self.refuse(&arrival, &message, rejection.into());
        }
        match usage {
            Usage::Call(call) => self.on_call_request(arrival, message, call),
            Usage::Subscription(subscription) => self.on_subscription_request(arrival, message, subscription),
        }
    }

    fn on_call_request(&mut self, arrival: Arrival, message: Message, call: CallHandle) {
        let number = message.cseq().map_or(0, |cseq| cseq.number);
        let nat = self.config.nat_symmetric;
        let Some(leg) = self.calls.get_mut(call) else { return };
        let ending = matches!(leg.stage, Stage::Ending);
        let Some(dialog) = leg.dialog_by_tag(message.from_tag().unwrap_or_default()) else {
            return self.refuse(&arrival, &message, Refusal::new(481));
        };
        let fork = dialog.fork;
        // A BYE that another request overtook still means what it says.
        if !dialog.take_seq(number) && arrival.method != Method::Bye {
            return self.out_of_order(&arrival, &message, call, number);
        }
        dialog.follow(arrival.flow, nat);
        leg.last_request = Some((number, arrival.place));
        leg.last_answer = None;
        match arrival.method {
            Method::Bye => self.on_bye(arrival, message, call),
            _ if ending => self.refuse(&arrival, &message, Refusal::new(481)),
            Method::Invite => self.on_reinvite(arrival, message, call, fork),
            Method::Update => self.on_update(arrival, message, call, fork),
            Method::Prack => self.on_prack(arrival, message, call),
            Method::Info => {
                let tag = leg.end.tag;
                self.answer_plainly(&arrival, &message, 200, tag);
                self.emit(Event::Info { call, message });
            }
            Method::Options => self.answer_options(&arrival, &message, call),
            Method::Notify => self.on_refer_notify(arrival, message, call),
            _ => self.surface(arrival, message, Some(call)),
        }
    }

    /// A number that is not higher than the last: a repeat that a former process answered, or out of order.
    fn out_of_order(&mut self, arrival: &Arrival, message: &Message, call: CallHandle, number: u32) {
        let answer = self.calls.get(call).and_then(|leg| leg.last_answer.clone());
        match answer {
            Some((answered, bytes)) if answered == number => {
                self.tx.answer_statelessly(message, arrival.flow, bytes, arrival.key);
            }
            _ => self.refuse(arrival, message, Refusal::new(500)),
        }
    }

    fn answer_options(&mut self, arrival: &Arrival, message: &Message, call: CallHandle) {
        let tag = self.calls.get(call).map_or(0, |leg| leg.end.tag);
        let builder = self.reply(message, &arrival.flow, 200, "", tag);
        let bytes = finish(self.with_capabilities(builder), &[], None);
        self.tx.answer_at_once(arrival.now.mono, arrival.place, message, arrival.flow, bytes, arrival.key);
    }

    /// Tells a telephone that rings to answer: NOTIFY of the event `talk`, which no subscription asked for, in the early
    /// dialog of one fork. Telephones that take it say so in the Allow-Events of their provisional answers. What it
    /// answers to the NOTIFY is of no use: it answers the call, or goes on ringing.
    ///
    /// # Errors
    /// [`CommandError::Gone`]; [`CommandError::WrongState`] when the call is not an unanswered one of ours, or was taken
    /// back, or has no such fork.
    pub fn talk(&mut self, now: Now, call: CallHandle, fork: u16) -> Result<(), CommandError> {
        let branch = self.random();
        let leg = self.calls.get_mut(call).ok_or(CommandError::Gone)?;
        leg.calling().filter(|calling| calling.cancel == Cancel::No).ok_or(CommandError::WrongState)?;
        leg.dialog_by_fork(fork).ok_or(CommandError::WrongState)?;
        let seq = leg.end.next_seq();
        let leg = self.calls.get(call).ok_or(CommandError::Gone)?;
        let dialog = leg.dialogs.iter().find(|dialog| dialog.fork == fork).ok_or(CommandError::WrongState)?;
        let builder = self
            .within(leg, dialog, Method::Notify, seq, branch)
            .raw_header(HeaderName::Contact.as_str(), &leg.end.contact)
            .header(HeaderName::Event, TALK)
            .header(HeaderName::SubscriptionState, "active");
        let (hop, key) = (dialog.hop, leg.end.call_key);
        let bytes = finish(builder, &[], None);
        self.tx.start_client(now.mono, Method::Notify, hop, bytes, branch, key, Owner::Nobody);
        Ok(())
    }

    /// Sends INFO, MESSAGE, OPTIONS or another simple request within a call; [`Event::Response`] follows.
    ///
    /// # Errors
    /// [`CommandError::WrongState`] without a dialog; [`CommandError::Malformed`] for a method with rules of its own.
    pub fn request_in_call(
        &mut self,
        now: Now,
        call: CallHandle,
        method: Method,
        headers: &[Field<'_>],
        body: Option<Body<'_>>,
    ) -> Result<SentHandle, CommandError> {
        if !matches!(method, Method::Info | Method::Message | Method::Options | Method::Publish) {
            return Err(CommandError::Malformed);
        }
        let branch = self.random();
        let leg = self.calls.get_mut(call).ok_or(CommandError::Gone)?;
        if leg.dialogs.is_empty() || matches!(leg.stage, Stage::Ending) {
            return Err(CommandError::WrongState);
        }
        let seq = leg.end.next_seq();
        let auth: Option<Box<Auth>> = None;
        let sent = self.sent.insert(Sent { call: Some(call), auth, seq });
        let leg = self.calls.get(call).ok_or(CommandError::Gone)?;
        let dialog = leg.dialogs.first().ok_or(CommandError::WrongState)?;
        let builder = self.within(leg, dialog, method, seq, branch);
        let builder = builder.raw_header(HeaderName::Contact.as_str(), &leg.end.contact);
        let (hop, key) = (dialog.hop, leg.end.call_key);
        let bytes = finish(builder, headers, body);
        self.tx.start_client(now.mono, method, hop, bytes, branch, key, Owner::Sent(sent));
        Ok(sent)
    }
}
