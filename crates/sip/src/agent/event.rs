//! What an agent tells its driver, in the words of a user agent.

use bytes::Bytes;
use types::Private;

use super::{CallHandle, RequestHandle, SentHandle, SubscriptionHandle};
use crate::flow::Flow;
use crate::message::Message;
use crate::method::Method;

/// A session description and its place in offer/answer (RFC 3264, RFC 6337).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sdp {
    /// The peer offers; an answer is owed.
    Offer(Bytes),
    /// The peer answers our offer.
    Answer(Bytes),
    /// Sent again, or early and superseded (an answer in an unreliable 18x, a copy in the 200): it opens nothing and
    /// closes nothing. Early media may be heard with it.
    Preview(Bytes),
}

impl Sdp {
    /// The description.
    pub fn bytes(&self) -> &Bytes {
        match self {
            Sdp::Offer(bytes) | Sdp::Answer(bytes) | Sdp::Preview(bytes) => bytes,
        }
    }
}

/// Why a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndCause {
    /// The peer sent BYE.
    PeerBye,
    /// We sent BYE, and it is done (answered or given up).
    LocalBye,
    /// Our 200 was never confirmed by an ACK; BYE was sent (RFC 3261 section 13.3.1.4).
    NoAck,
    /// The session timer ran out; BYE was sent (RFC 4028 section 10).
    SessionExpired,
    /// The peer no longer knows the dialog (481, or 408 to a request within it); BYE was sent.
    DialogLost,
    /// The driver never gave the answer that an offer in a 2xx needs; ACK and BYE were sent.
    NoAnswer,
}

/// A request by which the peer changes a session that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// re-INVITE.
    Reinvite,
    /// UPDATE (RFC 3311).
    Update,
    /// An offer in PRACK (RFC 3262 section 5).
    Prack,
}

/// What happened. Handles in an event that says so (`Failed`, `Cancelled`, `Ended`, …) are gone afterwards.
#[derive(Debug, Clone)]
pub enum Event {
    /// A new call. Answer by [`provisional`](super::Agent::provisional), [`answer`](super::Agent::answer),
    /// [`reject`](super::Agent::reject) (401/407 with a challenge is a rejection too). 100 goes out by itself.
    Incoming {
        /// The call.
        call: CallHandle,
        /// The INVITE.
        message: Message,
        /// How it came.
        flow: Flow,
        /// Its offer; none: our answer must offer.
        offer: Option<Bytes>,
        /// Our call that this one is to take the place of (RFC 3891): answer, then end that one by
        /// [`bye`](super::Agent::bye).
        replaces: Option<CallHandle>,
    },
    /// A provisional answer other than 100 to our INVITE. With [`Sdp::Offer`] (delayed offer, reliable) give the answer
    /// by [`accept_offer`](super::Agent::accept_offer).
    Progress {
        /// The call.
        call: CallHandle,
        /// Which fork (RFC 3261 section 13.2.2.4), counted from 0.
        fork: u16,
        /// 101–199.
        status: u16,
        /// The response.
        message: Message,
        /// Its description: early media.
        sdp: Option<Sdp>,
        /// Whether it came reliably (PRACK goes out by itself).
        reliable: bool,
    },
    /// Our INVITE was answered with 2xx. ACK goes out by itself, except with [`Sdp::Offer`]: then by
    /// [`accept_offer`](super::Agent::accept_offer). Other forks are ended by themselves.
    Answered {
        /// The call.
        call: CallHandle,
        /// Which fork answered.
        fork: u16,
        /// The response.
        message: Message,
        /// Its description.
        sdp: Option<Sdp>,
    },
    /// Our 2xx was confirmed by ACK.
    Confirmed {
        /// The call.
        call: CallHandle,
        /// The answer, where our 2xx had made the offer.
        answer: Option<Bytes>,
    },
    /// The answer to the offer in our reliable provisional answer came, in PRACK.
    EarlyAnswer {
        /// The call.
        call: CallHandle,
        /// The answer.
        answer: Bytes,
    },
    /// Our INVITE failed; the call is gone.
    Failed {
        /// The call.
        call: CallHandle,
        /// The final answer, 300–699; 408 when none came, 503 when it could not be sent, 487 when we cancelled.
        status: u16,
        /// The response; none when the status is our own.
        message: Option<Message>,
    },
    /// The peer took its INVITE back, by CANCEL or by BYE, or never confirmed a reliable answer; 487 (504) was sent; the
    /// call is gone.
    Cancelled {
        /// The call.
        call: CallHandle,
        /// The CANCEL (its Reason may tell that the call was taken elsewhere); none when nothing came.
        message: Option<Message>,
    },
    /// A call that stood is over and gone.
    Ended {
        /// The call.
        call: CallHandle,
        /// Why.
        cause: EndCause,
        /// The BYE, when the peer sent one.
        message: Option<Message>,
    },
    /// The peer asks to change the session. Answer by [`answer_change`](super::Agent::answer_change) or
    /// [`reject_change`](super::Agent::reject_change). Refreshes that change nothing are answered without a word.
    Change {
        /// The call.
        call: CallHandle,
        /// By which request.
        kind: ChangeKind,
        /// The offer; none (re-INVITE only): our answer must offer, and [`Event::Confirmed`] brings the answer.
        offer: Option<Bytes>,
        /// The request.
        message: Message,
    },
    /// A change that the peer asked for was taken back by CANCEL before we answered it.
    ChangeCancelled {
        /// The call.
        call: CallHandle,
    },
    /// The answer to our [`reinvite`](super::Agent::reinvite) or [`update`](super::Agent::update). With [`Sdp::Offer`]
    /// (re-INVITE without an offer) give the answer by [`accept_offer`](super::Agent::accept_offer). 491, 422 and
    /// challenges were tried again before this is told; after a failure the session stands as it was.
    Changed {
        /// The call.
        call: CallHandle,
        /// The final status.
        status: u16,
        /// Its description.
        sdp: Option<Sdp>,
        /// The response; none when the status is our own.
        message: Option<Message>,
    },
    /// INFO within a call (DTMF, RFC 6086); 200 was sent.
    Info {
        /// The call.
        call: CallHandle,
        /// The request.
        message: Message,
    },
    /// REFER, within a call or outside: the peer asks us to contact somebody. Answer by
    /// [`accept_refer`](super::Agent::accept_refer) or [`respond`](super::Agent::respond).
    Refer {
        /// What to answer.
        request: RequestHandle,
        /// The call within which it came.
        call: Option<CallHandle>,
        /// The request; Refer-To names the target, Replaces in it a dialog.
        message: Message,
        /// How it came.
        flow: Flow,
        /// The call of ours that Refer-To's Replaces names, seen from the other side, when both dialogs end here.
        replaces: Option<CallHandle>,
    },
    /// How our REFER fares: NOTIFY with a sipfrag, or the answer to REFER itself when it was refused.
    ReferProgress {
        /// The call.
        call: CallHandle,
        /// Which REFER, as [`refer`](super::Agent::refer) named it.
        refer: u32,
        /// Status that the peer's own attempt met (100 for a start), or that refused the REFER.
        status: u16,
        /// Whether this is the last word.
        finished: bool,
    },
    /// A request outside any call, or one within that the agent has no rule for (MESSAGE …). Answer by
    /// [`respond`](super::Agent::respond) or, for SUBSCRIBE, [`accept_subscription`](super::Agent::accept_subscription).
    Request {
        /// What to answer.
        request: RequestHandle,
        /// The call within which it came.
        call: Option<CallHandle>,
        /// Its method.
        method: Method,
        /// The request.
        message: Message,
        /// How it came: keep it with a registration (RFC 5626).
        flow: Flow,
    },
    /// The final answer to a request of ours.
    Response {
        /// Which request.
        sent: SentHandle,
        /// The call within which it was sent.
        call: Option<CallHandle>,
        /// 200–699; 408 when none came, 503 when it could not be sent.
        status: u16,
        /// The response; none when the status is our own.
        message: Option<Message>,
    },
    /// NOTIFY to our subscription; 200 was sent.
    Notified {
        /// The subscription.
        subscription: SubscriptionHandle,
        /// The request, with Subscription-State and body.
        message: Message,
        /// Whether the subscription ended with it; the handle is then gone.
        terminated: bool,
    },
    /// Our subscription failed or could not be refreshed; it is gone.
    SubscriptionFailed {
        /// The subscription.
        subscription: SubscriptionHandle,
        /// The status.
        status: u16,
    },
    /// The subscriber refreshed; a NOTIFY with the full state is owed.
    SubscriptionRefreshed {
        /// The subscription.
        subscription: SubscriptionHandle,
        /// Seconds from now; 0 when the subscriber ends it: the handle is gone after the NOTIFY with `Terminated`.
        expires_s: u32,
    },
    /// The subscriber has answered a NOTIFY, and the subscription goes on: the next one finds the one before told.
    NotifyAnswered {
        /// The subscription.
        subscription: SubscriptionHandle,
    },
    /// A subscription that we notified is over (it expired, or its subscriber is gone); the handle is gone.
    SubscriptionEnded {
        /// The subscription.
        subscription: SubscriptionHandle,
    },
    /// The place of the peer, or of the first proxy on the way to it, is given by a name: resolve it (RFC 3263) and tell
    /// by [`set_next_hop`](super::Agent::set_next_hop). Until then requests go to where the peer's messages came from.
    Resolve {
        /// The call.
        call: CallHandle,
        /// The URI: of the first Route, else of the Contact.
        uri: Private<String>,
    },
}
