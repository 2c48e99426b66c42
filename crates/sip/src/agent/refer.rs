//! REFER (RFC 3515) and the reports on it, transfer with Replaces (RFC 3891, RFC 5589).

use types::Now;

use super::call::Stage;
use super::receive::{Arrival, Refusal};
use super::subscription::Link;
use super::wire::finish;
use super::{Agent, Body, CommandError, EndCause, Event, NotifyState, ReferTarget};
use crate::dialog::as_text;
use crate::handle::{CallHandle, RequestHandle, SubscriptionHandle};
use crate::header::option_tags::TokenParams;
use crate::header::replaces::Replaces;
use crate::message::Message;
use crate::method::Method;
use crate::name::HeaderName;
use crate::status::reason_phrase;
use crate::tag::tag_text;
use crate::transaction::{Client, Owner};
use crate::uri::{Uri, escape_header};

/// How long a REFER's reports may go on, in seconds: longer than any phone rings.
const REFER_LIFE_S: u32 = 300;

/// REFERs of one call whose outcome is awaited at once; more than one is rare already.
const MAX_REFERS: usize = 8;

const SIPFRAG: &str = "message/sipfrag;version=2.0";

/// Commands around REFER.
impl Agent {
    /// Asks the peer of a call to contact somebody (RFC 3515); [`Event::ReferProgress`] follows under the number given
    /// back.
    ///
    /// # Errors
    /// [`CommandError::WrongState`] unless the call stands; [`CommandError::Gone`] also when the call to be replaced is.
    pub fn refer(&mut self, now: Now, call: CallHandle, target: &ReferTarget<'_>) -> Result<u32, CommandError> {
        Uri::parse(target.uri).map_err(|_| CommandError::Malformed)?;
        let refer_to = match target.replaces {
            Some(other) => self.with_replaces(target.uri, other)?,
            None => format!("<{}>", target.uri),
        };
        let branch = self.random();
        let leg = self.calls.get_mut(call).ok_or(CommandError::Gone)?;
        if !leg.is_standing() {
            return Err(CommandError::WrongState);
        }
        if leg.refers.len() >= MAX_REFERS {
            return Err(CommandError::Limit);
        }
        let seq = leg.end.next_seq();
        leg.refers.push(seq);
        let leg = self.calls.get(call).ok_or(CommandError::Gone)?;
        let dialog = leg.dialogs.first().ok_or(CommandError::WrongState)?;
        let builder = self
            .within(leg, dialog, Method::Refer, seq, branch)
            .raw_header(HeaderName::Contact.as_str(), &leg.end.contact)
            .header(HeaderName::ReferTo, refer_to)
            .header_opt(HeaderName::ReferredBy, target.referred_by);
        let (hop, key) = (dialog.hop, leg.end.call_key);
        let bytes = finish(builder, &[], None);
        self.tx.start_client(now.mono, Method::Refer, hop, bytes, branch, key, Owner::Refer(call, seq));
        Ok(seq)
    }

    /// Refer-To with the dialog of `other` to be replaced, as the far end of that dialog knows it.
    fn with_replaces(&self, uri: &str, other: CallHandle) -> Result<String, CommandError> {
        let leg = self.calls.get(other).ok_or(CommandError::Gone)?;
        let dialog = leg.dialogs.first().ok_or(CommandError::WrongState)?;
        let tag = tag_text(leg.end.tag);
        let (call_id, remote_tag) = (as_text(&leg.end.call_id), as_text(&dialog.remote_tag));
        let replaces = format!("{call_id};to-tag={remote_tag};from-tag={}", tag.as_str());
        let joint = if uri.contains('?') { '&' } else { '?' };
        Ok(format!("<{uri}{joint}Replaces={}>", escape_header(&replaces)))
    }

    /// Accepts a REFER with 202 and sends the first NOTIFY (100 Trying). Tell how it goes by [`Agent::refer_progress`].
    ///
    /// # Errors
    /// [`CommandError::Gone`]; [`CommandError::WrongState`] when the request is no REFER.
    pub fn accept_refer(&mut self, now: Now, request: RequestHandle) -> Result<SubscriptionHandle, CommandError> {
        let server = self.tx.servers.get(request).ok_or(CommandError::Gone)?;
        if server.method != Method::Refer {
            return Err(CommandError::WrongState);
        }
        let message = server.request.as_ref().ok_or(CommandError::Gone)?;
        let event = match server.call {
            Some(_) => format!("refer;id={}", message.cseq().map_or(0, |cseq| cseq.number)),
            None => "refer".to_owned(),
        };
        let subscription = self.open_notifier(now, request, 202, event, REFER_LIFE_S)?;
        self.refer_progress(now, subscription, 100, "")?;
        Ok(subscription)
    }

    /// Tells who referred us how the attempt goes: NOTIFY with `SIP/2.0 <status> <reason>`. A final status ends it.
    ///
    /// # Errors
    /// [`CommandError::Gone`].
    pub fn refer_progress(
        &mut self,
        now: Now,
        refer: SubscriptionHandle,
        status: u16,
        reason: &str,
    ) -> Result<(), CommandError> {
        let reason = if reason.is_empty() { reason_phrase(status) } else { reason };
        let fragment = format!("SIP/2.0 {status} {reason}\r\n");
        let state = if status < 200 { NotifyState::Active } else { NotifyState::Terminated("noresource") };
        let body = Body { content_type: SIPFRAG, bytes: fragment.as_bytes() };
        self.notify(now, refer, state, Some(body))
    }
}

/// What the network says about REFER.
impl Agent {
    /// The call of ours that a Refer-To's Replaces names.
    pub(super) fn referred_call(&self, refer: &Message) -> Option<CallHandle> {
        let target = refer.addresses(HeaderName::ReferTo).next()?.ok()?;
        let value = target.uri.header("Replaces")?;
        let replaces = Replaces::parse(value.as_bytes()).ok()?;
        self.call_by_dialog(replaces.call_id, replaces.to_tag, replaces.from_tag)
    }

    pub(super) fn on_refer_final(
        &mut self,
        now: Now,
        call: CallHandle,
        refer: u32,
        client: &Client,
        status: u16,
        message: Option<&Message>,
    ) {
        if let Some(message) = message.filter(|_| matches!(status, 401 | 407))
            && self.retry_in_dialog(now, call, client, status, message).is_some()
        {
            return;
        }
        // Without a subscription (RFC 4488) this is the last word.
        let unreported = message.is_some_and(|message| {
            message.header_text(HeaderName::ReferSub).is_some_and(|value| value.trim().eq_ignore_ascii_case("false"))
        });
        if status < 300 && !unreported {
            return;
        }
        let Some(leg) = self.calls.get_mut(call) else { return };
        leg.refers.retain(|known| *known != refer);
        self.emit(Event::ReferProgress { call, refer, status, finished: true });
        if status == 481 && self.stands(call) {
            self.lost(now, call, EndCause::DialogLost);
        }
    }

    /// NOTIFY within a call: a report on our REFER.
    pub(super) fn on_refer_notify(&mut self, arrival: Arrival, message: Message, call: CallHandle) {
        let Some(leg) = self.calls.get_mut(call) else { return };
        let event = message.header(HeaderName::Event).and_then(|value| TokenParams::parse(value).ok());
        let id = event.filter(|event| event.token.eq_ignore_ascii_case("refer")).map(|event| event.number("id"));
        // Without an id it is the only one's (RFC 3515 section 2.4.6).
        let refer = id.and_then(|id| leg.refers.iter().copied().find(|known| id.is_none_or(|id| id == *known)));
        let Some(refer) = refer else { return self.refuse(&arrival, &message, Refusal::new(481)) };
        let tag = leg.end.tag;
        let status = sipfrag_status(message.body());
        let state = message.header(HeaderName::SubscriptionState).and_then(|value| TokenParams::parse(value).ok());
        let over = state.is_some_and(|state| state.token.eq_ignore_ascii_case("terminated"));
        let finished = over || status.is_some_and(|status| status >= 200);
        if finished {
            leg.refers.retain(|known| *known != refer);
        }
        self.answer_plainly(&arrival, &message, 200, tag);
        // A report that ends without a final status: the peer does not tell.
        let status = status.unwrap_or(if over { 500 } else { 100 });
        self.emit(Event::ReferProgress { call, refer, status, finished });
    }

    /// A call is over: reports that still go on within its dialog keep it for themselves (RFC 5057 section 3.2).
    pub(super) fn keep_notifying(&mut self, leg: &super::call::Call) {
        let Some(dialog) = leg.dialogs.first().filter(|_| !matches!(leg.stage, Stage::Calling(_))) else { return };
        for handle in &leg.notifies {
            if let Some(subscription) = self.subscriptions.get_mut(*handle) {
                subscription.link = Link::own(leg.end.clone(), Some(dialog.clone()));
                self.tags.insert(leg.end.tag, super::Usage::Subscription(*handle));
            }
        }
    }
}

/// The status in a sipfrag's first line.
fn sipfrag_status(body: &[u8]) -> Option<u16> {
    let rest = body.strip_prefix(b"SIP/2.0 ")?;
    std::str::from_utf8(rest.get(..3)?).ok()?.parse().ok().filter(|status| (100..700).contains(status))
}
