//! One SIP user agent, sans-IO: transactions, dialogs and sessions of many calls at once.
//!
//! The driver owns sockets and clock. After each input ([`Agent::handle_message`], [`Agent::handle_timeout`],
//! [`Agent::transport_error`]) and after each batch of commands it drains [`Agent::poll_transmit`] and
//! [`Agent::poll_event`], and calls [`Agent::handle_timeout`] when [`Agent::poll_timeout`] has come.

mod command;
mod config;
mod event;
mod handle;

use bytes::Bytes;
use types::{Mono, Now};

pub use command::{
    Admission, Body, CommandError, Credentials, Field, Invite, NotifyState, Outgoing, ReferTarget, Reliable, Subscribe,
};
pub use config::{AgentConfig, AgentLimits, Identity, SessionConfig, TimerConfig};
pub use event::{ChangeKind, EndCause, Event, Sdp};
pub use handle::{CallHandle, RequestHandle, SentHandle, SubscriptionHandle};

use crate::flow::Flow;
use crate::method::Method;

/// Bytes to send: one datagram, one WebSocket frame, or a piece of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// Where to. With `conn` 0 over a stream the driver opens a connection, or takes one that it has to there.
    pub flow: Flow,
    /// What.
    pub bytes: Bytes,
    /// [`call_key`] of its Call-ID; 0 where there is none. For traces.
    pub call_key: u64,
}

/// Counts for gauges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AgentStats {
    /// Calls, in any state.
    pub calls: usize,
    /// Subscriptions of their own dialog.
    pub subscriptions: usize,
    /// Client transactions under way.
    pub client_transactions: usize,
    /// Server transactions under way.
    pub server_transactions: usize,
    /// Records of finished transactions.
    pub lingering: usize,
    /// Entries in the timer queue.
    pub timers: usize,
    /// INVITEs answered 503 by the overload guard, since the start.
    pub shed: u64,
    /// Received messages that were refused or dropped, since the start.
    pub junk: u64,
    /// Events and messages dropped because the driver did not poll, since the start.
    pub overflowed: u64,
}

/// The user agent.
#[derive(Debug)]
pub struct Agent {
    config: AgentConfig,
}

/// The number by which a Call-ID is known in traces, the same in every process.
pub fn call_key(call_id: &str) -> u64 {
    // FNV-1a.
    call_id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// The interface as the driver sees it.
impl Agent {
    /// A user agent without calls.
    pub fn new(config: AgentConfig) -> Self {
        Self { config }
    }

    /// Takes one datagram, one WebSocket message, or one framed message of a stream ([`crate::stream`]). Gives the
    /// [`call_key`] of its Call-ID, for traces; 0 for junk and keep-alives.
    pub fn handle_message(&mut self, now: Now, flow: Flow, bytes: Bytes) -> u64 {
        let _ = (now, flow, bytes);
        0
    }

    /// Lets the time pass: call it at [`Agent::poll_timeout`] or later.
    pub fn handle_timeout(&mut self, now: Now) {
        let _ = now;
    }

    /// A connection broke, could not be opened, or a datagram was refused: what went by that flow has failed, and
    /// dialogs on it look for another way.
    pub fn transport_error(&mut self, now: Now, flow: Flow) {
        let _ = (now, flow);
    }

    /// When [`Agent::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Mono> {
        None
    }

    /// The next message to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        None
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        None
    }

    /// Opens or closes the door for new INVITEs, beyond [`AgentLimits`].
    pub fn set_admission(&mut self, admission: Admission) {
        let _ = admission;
    }

    /// Counts for gauges.
    pub fn stats(&self) -> AgentStats {
        AgentStats::default()
    }

    /// [`call_key`] of a call's Call-ID; 0 for a call that is gone.
    pub fn call_key(&self, call: CallHandle) -> u64 {
        let _ = call;
        0
    }

    /// Call-ID, our tag and the peer's tag (none before its first answer) of a call.
    pub fn dialog_id(&self, call: CallHandle) -> Option<(&str, String, Option<&str>)> {
        let _ = call;
        None
    }

    /// Sends an INVITE.
    ///
    /// # Errors
    /// [`CommandError::Malformed`], [`CommandError::Limit`].
    pub fn invite(&mut self, now: Now, invite: &Invite<'_>) -> Result<CallHandle, CommandError> {
        let _ = (now, invite);
        Err(CommandError::Limit)
    }

    /// Gives the answer to an offer that came in a response to our INVITE: it goes out in PRACK or ACK.
    ///
    /// # Errors
    /// [`CommandError::Gone`]; [`CommandError::WrongState`] when no such offer is open.
    pub fn accept_offer(&mut self, now: Now, call: CallHandle, answer: Body<'_>) -> Result<(), CommandError> {
        let _ = (now, call, answer);
        Err(CommandError::Gone)
    }

    /// Takes our INVITE back. [`Event::Failed`] follows with 487, or the final answer that was faster; a 2xx that was
    /// faster is ended by ACK and BYE. `reason` is the value of Reason, e.g. `SIP;cause=200;text="Call completed elsewhere"`.
    ///
    /// # Errors
    /// [`CommandError::Gone`]; [`CommandError::WrongState`] when the call is not an unanswered one of ours.
    pub fn cancel(&mut self, now: Now, call: CallHandle, reason: Option<&str>) -> Result<(), CommandError> {
        let _ = (now, call, reason);
        Err(CommandError::Gone)
    }

    /// Sends a provisional answer, 101–199. With `reliable` it is repeated until PRACK comes; a body in it then is the
    /// answer (or the offer, if the INVITE had none), else a preview of the answer. A second reliable one waits for the
    /// first one's PRACK.
    ///
    /// # Errors
    /// [`CommandError::Unsupported`] when the peer knows no 100rel; [`CommandError::OfferAnswer`];
    /// [`CommandError::WrongState`] after a final answer; [`CommandError::Limit`] with too many reliable ones waiting.
    pub fn provisional(
        &mut self,
        now: Now,
        call: CallHandle,
        status: u16,
        body: Option<Body<'_>>,
        reliable: bool,
        headers: &[Field<'_>],
    ) -> Result<(), CommandError> {
        let _ = (now, call, status, body, reliable, headers);
        Err(CommandError::Gone)
    }

    /// Answers an INVITE with 200. The body is the answer (or the offer, if the INVITE had none); none only where a
    /// reliable provisional carried it already. [`Event::Confirmed`] tells of the ACK.
    ///
    /// # Errors
    /// [`CommandError::OfferAnswer`]; [`CommandError::WrongState`] after a final answer.
    pub fn answer(
        &mut self,
        now: Now,
        call: CallHandle,
        body: Option<Body<'_>>,
        headers: &[Field<'_>],
    ) -> Result<(), CommandError> {
        let _ = (now, call, body, headers);
        Err(CommandError::Gone)
    }

    /// Refuses an INVITE, 300–699; the call is gone at once, no event follows. Contact (3xx), Retry-After,
    /// WWW-Authenticate and the like go into `headers`; an empty `reason` takes the usual phrase.
    ///
    /// # Errors
    /// [`CommandError::WrongState`] after a 2xx.
    pub fn reject(
        &mut self,
        now: Now,
        call: CallHandle,
        status: u16,
        reason: &str,
        headers: &[Field<'_>],
    ) -> Result<(), CommandError> {
        let _ = (now, call, status, reason, headers);
        Err(CommandError::Gone)
    }

    /// Ends a call that stands; [`Event::Ended`] follows. An unanswered one of ours is cancelled. Where our 200 still
    /// waits for its ACK, the BYE waits with it (RFC 3261 section 15). `headers`: Reason and the like.
    ///
    /// # Errors
    /// [`CommandError::Gone`]; [`CommandError::WrongState`] for an unanswered one of the peer's ([`Agent::reject`] it).
    pub fn bye(&mut self, now: Now, call: CallHandle, headers: &[Field<'_>]) -> Result<(), CommandError> {
        let _ = (now, call, headers);
        Err(CommandError::Gone)
    }

    /// Changes the session by re-INVITE, with an offer, or asking the peer for one. [`Event::Changed`] follows; glare is
    /// waited out and tried again.
    ///
    /// # Errors
    /// [`CommandError::WrongState`] while another change is open on either side or the call does not stand.
    pub fn reinvite(&mut self, now: Now, call: CallHandle, offer: Option<Body<'_>>) -> Result<(), CommandError> {
        let _ = (now, call, offer);
        Err(CommandError::Gone)
    }

    /// Changes the session by UPDATE, in an early or a standing dialog. [`Event::Changed`] follows.
    ///
    /// # Errors
    /// As [`Agent::reinvite`]; [`CommandError::Unsupported`] when the peer's Allow lacks UPDATE.
    pub fn update(&mut self, now: Now, call: CallHandle, offer: Body<'_>) -> Result<(), CommandError> {
        let _ = (now, call, offer);
        Err(CommandError::Gone)
    }

    /// Accepts a change that the peer asked for ([`Event::Change`]). The body is the answer, or our offer where the
    /// re-INVITE had none.
    ///
    /// # Errors
    /// [`CommandError::WrongState`] when none is open.
    pub fn answer_change(&mut self, now: Now, call: CallHandle, body: Body<'_>) -> Result<(), CommandError> {
        let _ = (now, call, body);
        Err(CommandError::Gone)
    }

    /// Refuses a change that the peer asked for (488 mostly); the session stands as it was.
    ///
    /// # Errors
    /// [`CommandError::WrongState`] when none is open.
    pub fn reject_change(
        &mut self,
        now: Now,
        call: CallHandle,
        status: u16,
        headers: &[Field<'_>],
    ) -> Result<(), CommandError> {
        let _ = (now, call, status, headers);
        Err(CommandError::Gone)
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
        let _ = (now, call, method, headers, body);
        Err(CommandError::Gone)
    }

    /// Asks the peer of a call to contact somebody (RFC 3515); [`Event::ReferProgress`] follows under the number given
    /// back.
    ///
    /// # Errors
    /// [`CommandError::WrongState`] unless the call stands.
    pub fn refer(&mut self, now: Now, call: CallHandle, target: &ReferTarget<'_>) -> Result<u32, CommandError> {
        let _ = (now, call, target);
        Err(CommandError::Gone)
    }

    /// Accepts a REFER with 202 and sends the first NOTIFY (100 Trying). Tell how it goes by [`Agent::refer_progress`].
    ///
    /// # Errors
    /// [`CommandError::Gone`].
    pub fn accept_refer(&mut self, now: Now, request: RequestHandle) -> Result<SubscriptionHandle, CommandError> {
        let _ = (now, request);
        Err(CommandError::Gone)
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
        let _ = (now, refer, status, reason);
        Err(CommandError::Gone)
    }

    /// Answers a request that an event gave (other than INVITE), 200–699.
    ///
    /// # Errors
    /// [`CommandError::Gone`] when it was answered or timed out.
    pub fn respond(
        &mut self,
        now: Now,
        request: RequestHandle,
        status: u16,
        reason: &str,
        headers: &[Field<'_>],
        body: Option<Body<'_>>,
    ) -> Result<(), CommandError> {
        let _ = (now, request, status, reason, headers, body);
        Err(CommandError::Gone)
    }

    /// Sends a request outside any dialog; [`Event::Response`] follows.
    ///
    /// # Errors
    /// [`CommandError::Malformed`], [`CommandError::Limit`].
    pub fn request(&mut self, now: Now, request: &Outgoing<'_>) -> Result<SentHandle, CommandError> {
        let _ = (now, request);
        Err(CommandError::Limit)
    }

    /// Subscribes (RFC 6665); [`Event::Notified`] follows, or [`Event::SubscriptionFailed`].
    ///
    /// # Errors
    /// [`CommandError::Malformed`], [`CommandError::Limit`].
    pub fn subscribe(&mut self, now: Now, subscribe: &Subscribe<'_>) -> Result<SubscriptionHandle, CommandError> {
        let _ = (now, subscribe);
        Err(CommandError::Limit)
    }

    /// Ends our subscription; the last [`Event::Notified`] or [`Event::SubscriptionFailed`] follows.
    ///
    /// # Errors
    /// [`CommandError::Gone`].
    pub fn unsubscribe(&mut self, now: Now, subscription: SubscriptionHandle) -> Result<(), CommandError> {
        let _ = (now, subscription);
        Err(CommandError::Gone)
    }

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
        let _ = (now, request, expires_s);
        Err(CommandError::Gone)
    }

    /// Notifies a subscriber.
    ///
    /// # Errors
    /// [`CommandError::Gone`].
    pub fn notify(
        &mut self,
        now: Now,
        subscription: SubscriptionHandle,
        state: NotifyState<'_>,
        body: Option<Body<'_>>,
    ) -> Result<(), CommandError> {
        let _ = (now, subscription, state, body);
        Err(CommandError::Gone)
    }

    /// Tells where in-dialog requests of a call go, after [`Event::Resolve`].
    ///
    /// # Errors
    /// [`CommandError::Gone`].
    pub fn set_next_hop(&mut self, call: CallHandle, flow: Flow) -> Result<(), CommandError> {
        let _ = (call, flow);
        Err(CommandError::Gone)
    }

    /// A call that stands as bytes, from which [`Agent::restore`] makes it again in another process.
    ///
    /// # Errors
    /// [`CommandError::WrongState`] unless the call stands.
    pub fn save(&self, call: CallHandle) -> Result<Vec<u8>, CommandError> {
        let _ = call;
        Err(CommandError::Gone)
    }

    /// A saved call again: its timers go on, and what was under way is taken up.
    ///
    /// # Errors
    /// [`CommandError::Unreadable`], [`CommandError::Limit`].
    pub fn restore(&mut self, now: Now, saved: &[u8]) -> Result<CallHandle, CommandError> {
        let _ = (now, saved, &self.config);
        Err(CommandError::Unreadable)
    }
}
