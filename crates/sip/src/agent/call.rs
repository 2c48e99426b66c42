//! One call leg: its state between messages.

use bytes::Bytes;
use smallvec::SmallVec;
use types::Mono;

use super::command::Credentials;
use super::event::ChangeKind;
use super::kept::ReliableOut;
use crate::dialog::{Dialog, LocalEnd, OfferState};
use crate::flow::Flow;
use crate::handle::{ClientKey, RequestHandle, SubscriptionHandle};
use crate::method::Method;
use crate::name::HeaderName;
use crate::session_timer::{Grant, SessionTimer};
use crate::timers::{Deadline, NEVER, Repeat};
use crate::transaction::RequestKey;

/// What a call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallTimer {
    /// 100 (Trying) goes out.
    Trying,
    /// The provisional answer goes out again, so that no proxy gives up (RFC 3261 section 13.3.1.1).
    StillRinging,
    /// A reliable provisional answer goes out again.
    Reliable,
    /// Our 2xx goes out again.
    Unacked,
    /// The driver's answer to an offer in a 2xx is overdue.
    AckOwed,
    /// The session is refreshed.
    Refresh,
    /// The session ends for want of a refresh.
    Expire,
    /// A change that met glare is tried again.
    Retry,
}

impl CallTimer {
    pub(super) const ALL: [CallTimer; 8] = [
        CallTimer::Trying,
        CallTimer::StillRinging,
        CallTimer::Reliable,
        CallTimer::Unacked,
        CallTimer::AckOwed,
        CallTimer::Refresh,
        CallTimer::Expire,
        CallTimer::Retry,
    ];
}

/// Whether our INVITE is to be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cancel {
    No,
    /// As soon as a provisional answer has come (RFC 3261 section 9.1), with this Reason.
    Wanted(Option<String>),
    Sent,
}

/// An unanswered INVITE of ours.
#[derive(Debug)]
pub(super) struct Calling {
    pub(super) client: ClientKey,
    pub(super) cancel: Cancel,
    /// Whether any provisional answer came.
    pub(super) proceeding: bool,
    pub(super) next_fork: u16,
    pub(super) offered: bool,
    /// Where else the INVITE can go, the best last.
    pub(super) others: Vec<Flow>,
    /// The driver has another way for when this INVITE gets no word.
    pub(super) hurried: bool,
}

/// An unanswered INVITE of the peer's.
#[derive(Debug)]
pub(super) struct Ringing {
    pub(super) server: RequestHandle,
    /// The last provisional answer, to be sent again each minute.
    pub(super) provisional: Option<Bytes>,
    pub(super) reliable: ReliableOut,
    pub(super) grant: Option<Grant>,
}

/// Where a call stands.
#[derive(Debug)]
pub(super) enum Stage {
    Calling(Box<Calling>),
    Ringing(Box<Ringing>),
    Standing,
    /// Our BYE is under way.
    Ending,
}

/// A re-INVITE or UPDATE of ours that is not settled.
#[derive(Debug, Clone)]
pub(super) struct ChangeOut {
    pub(super) method: Method,
    pub(super) offer: Option<(String, Bytes)>,
    /// The transaction; none while it waits for its next try.
    pub(super) client: Option<ClientKey>,
    /// The agent's own refresh of the session: the driver hears of it only if the session changed.
    pub(super) refresh: bool,
    /// The dialog's fork.
    pub(super) fork: u16,
    pub(super) tries: u8,
}

/// A change that the peer asked for and the driver has not answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChangeIn {
    pub(super) server: RequestHandle,
    pub(super) kind: ChangeKind,
    pub(super) offered: bool,
    pub(super) fork: u16,
    pub(super) grant: Option<Grant>,
    /// The peer's description, as a hash.
    pub(super) hash: Option<u64>,
}

/// A 2xx of ours that waits for its ACK.
#[derive(Debug, Clone)]
pub(super) struct Unacked {
    pub(super) bytes: Bytes,
    pub(super) reply: Flow,
    pub(super) seq: u32,
    pub(super) repeat: Repeat,
    /// Whether it carries our offer, so that the ACK must bring the answer.
    pub(super) offers: bool,
}

/// The INVITE of ours that was answered last: what its ACK needs.
#[derive(Debug, Clone, Default)]
pub(super) struct LastInvite {
    pub(super) seq: u32,
    pub(super) branch: u64,
    /// Its 2xx made an offer, which the driver has not answered.
    pub(super) ack_owed: bool,
    /// Its ACK carried our session description.
    pub(super) answered_in_ack: bool,
}

/// What the peer's challenges are answered with.
#[derive(Debug, Clone)]
pub(super) struct Auth {
    pub(super) credentials: Credentials,
    /// The line that the INVITE carried: its ACK carries the same (RFC 3261 section 22.1).
    pub(super) invite_line: Option<(HeaderName, String)>,
}

/// A call leg.
#[derive(Debug)]
pub(crate) struct Call {
    pub(super) end: LocalEnd,
    /// Whether we made the Call-ID: after glare its owner waits longer (RFC 3261 section 14.1).
    pub(super) owns_call_id: bool,
    pub(super) stage: Stage,
    /// All forks while it rings, then the one that stands.
    pub(super) dialogs: SmallVec<[Dialog; 1]>,
    pub(super) session: SessionTimer,
    pub(super) want_timer: bool,
    /// The last description that we sent.
    pub(super) local_sdp: Bytes,
    /// The last description of the peer's, as a hash; 0 before the first.
    pub(super) remote_sdp: u64,
    pub(super) change_out: Option<Box<ChangeOut>>,
    pub(super) change_in: Option<ChangeIn>,
    pub(super) unacked: Option<Box<Unacked>>,
    pub(super) last_invite: LastInvite,
    /// BYE waits for the ACK, with these headers.
    pub(super) bye_waits: Option<Vec<(String, String)>>,
    /// REFERs of ours whose outcome is awaited.
    pub(super) refers: SmallVec<[u32; 1]>,
    /// Subscriptions in this dialog that we notify.
    pub(super) notifies: SmallVec<[SubscriptionHandle; 1]>,
    pub(super) auth: Option<Box<Auth>>,
    /// The last request of the peer's within the dialog.
    pub(super) last_request: Option<(u32, RequestKey)>,
    /// After a restore: the answer to the last request, should it come again.
    pub(super) last_answer: Option<(u32, Bytes)>,
    pub(super) timers: [Mono; CallTimer::ALL.len()],
    pub(super) deadline: Deadline,
}

impl Call {
    pub(super) fn new(end: LocalEnd, owns_call_id: bool, stage: Stage) -> Self {
        Self {
            end,
            owns_call_id,
            stage,
            dialogs: SmallVec::new(),
            session: SessionTimer::default(),
            want_timer: true,
            local_sdp: Bytes::new(),
            remote_sdp: 0,
            change_out: None,
            change_in: None,
            unacked: None,
            last_invite: LastInvite::default(),
            bye_waits: None,
            refers: SmallVec::new(),
            notifies: SmallVec::new(),
            auth: None,
            last_request: None,
            last_answer: None,
            timers: [NEVER; CallTimer::ALL.len()],
            deadline: Deadline::default(),
        }
    }

    pub(super) fn is_standing(&self) -> bool {
        matches!(self.stage, Stage::Standing)
    }

    pub(super) fn calling(&mut self) -> Option<&mut Calling> {
        match &mut self.stage {
            Stage::Calling(calling) => Some(calling),
            _ => None,
        }
    }

    pub(super) fn ringing(&mut self) -> Option<&mut Ringing> {
        match &mut self.stage {
            Stage::Ringing(ringing) => Some(ringing),
            _ => None,
        }
    }

    pub(super) fn dialog_by_tag(&mut self, tag: &str) -> Option<&mut Dialog> {
        self.dialogs.iter_mut().find(|dialog| dialog.remote_tag == tag.as_bytes())
    }

    pub(super) fn dialog_by_fork(&mut self, fork: u16) -> Option<&mut Dialog> {
        self.dialogs.iter_mut().find(|dialog| dialog.fork == fork)
    }

    /// Whether another offer may be made on the dialog of that fork.
    pub(super) fn may_offer(&mut self, fork: u16) -> bool {
        self.change_out.is_none()
            && self.change_in.is_none()
            && self.dialog_by_fork(fork).is_some_and(|dialog| dialog.offer == OfferState::Stable)
    }
}
