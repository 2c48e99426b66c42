//! Session timers of calls that stand (RFC 4028).

use std::time::Duration;

use types::Now;

use super::call::{CallTimer, ChangeOut};
use super::{Agent, EndCause};
use crate::handle::CallHandle;
use crate::method::Method;

/// How long a refresh that failed, or could not start, waits for its next try.
const REFRESH_AGAIN: Duration = Duration::from_secs(5);

impl Agent {
    /// Sets the timers of what was agreed.
    pub(super) fn arm_session(&mut self, call: CallHandle) {
        let Some(leg) = self.calls.get(call) else { return };
        let (refresh_at, expires_at) = (leg.session.refresh_at, leg.session.expires_at);
        self.set_timer(call, CallTimer::Refresh, refresh_at);
        self.set_timer(call, CallTimer::Expire, expires_at);
    }

    /// The session is half over: refreshes it, by UPDATE where the peer knows that, without a word about the session
    /// itself; else by re-INVITE with the description that stands.
    pub(super) fn refresh(&mut self, now: Now, call: CallHandle) {
        let Some(leg) = self.calls.get_mut(call) else { return };
        let Some(dialog) = leg.dialogs.first() else { return };
        let (fork, update) = (dialog.fork, dialog.skills.update);
        let free = leg.is_standing() && leg.unacked.is_none() && !leg.last_invite.ack_owed;
        let local_sdp = leg.local_sdp.clone();
        let started = free && {
            let offer = (!update && !local_sdp.is_empty()).then(|| ("application/sdp".to_owned(), local_sdp));
            let method = if update { Method::Update } else { Method::Invite };
            self.start_change(now, call, method, offer, fork, true).is_ok()
        };
        if !started {
            self.set_timer(call, CallTimer::Refresh, now.mono + REFRESH_AGAIN);
        }
    }

    /// A refresh was refused: tries the other method, and again until the session runs out.
    pub(super) fn refresh_failed(&mut self, now: Now, call: CallHandle, change: &ChangeOut, status: u16) {
        let Some(leg) = self.calls.get_mut(call) else { return };
        if change.method == Method::Update
            && matches!(status, 405 | 415 | 501)
            && let Some(dialog) = leg.dialogs.first_mut()
        {
            dialog.skills.update = false;
        }
        self.set_timer(call, CallTimer::Refresh, now.mono + REFRESH_AGAIN);
    }

    /// No refresh came in time.
    pub(super) fn session_expired(&mut self, now: Now, call: CallHandle) {
        if self.calls.get(call).is_some_and(super::call::Call::is_standing) {
            self.lost(now, call, EndCause::SessionExpired);
        }
    }
}
