//! Answers that nobody waits for: further forks of an INVITE, and 2xx whose ACK was lost with a former process.

use bytes::Bytes;
use types::Now;

use super::call::Stage;
use super::wire::finish;
use super::{Agent, Body, Usage};
use crate::dialog::{Dialog, LocalEnd, OfferState, share};
use crate::flow::Flow;
use crate::handle::CallHandle;
use crate::message::Message;
use crate::method::Method;
use crate::name::HeaderName;
use crate::tag::read_branch;
use crate::transaction::Owner;

/// More requests than an early dialog ever sees.
const MAX_EARLY_REQUESTS: u32 = 1000;

impl Agent {
    /// Ends a fork that answered after another one, or after our CANCEL: ACK, then BYE (RFC 3261 section 13.2.2.4). All
    /// that needs is in the 2xx.
    pub(super) fn end_fork(&mut self, now: Now, call: CallHandle, message: &Message, flow: Flow) {
        let Some(mut dialog) = Dialog::from_response(message, flow, 0, OfferState::Stable) else { return };
        let (Some(from), Ok(cseq), Ok(via)) = (message.header(HeaderName::From), message.cseq(), message.top_via())
        else {
            return;
        };
        dialog.place(flow, self.config.nat_symmetric);
        let end = LocalEnd {
            call_id: share(message, message.call_id().as_bytes()),
            call_key: super::call_key(message.call_id()),
            tag: 0,
            name: share(message, from),
            contact: Bytes::new(),
            seq: cseq.number,
        };
        // The early dialog may have seen PRACK and UPDATE, whose numbers the BYE must exceed; gaps are allowed.
        let spoken = self.calls.get(call).map_or(cseq.number.saturating_add(MAX_EARLY_REQUESTS), |leg| leg.end.seq);
        let bye_seq = spoken.max(cseq.number).saturating_add(1);
        let invite_branch = read_branch(via.branch()).unwrap_or_default();
        let invite_line = self.calls.get(call).and_then(|leg| leg.auth.as_ref()?.invite_line.clone());
        let (branch, bye_branch) = (self.random(), self.random());
        let sent_by = self.config.sent_by(&dialog.hop);
        let mut ack = dialog.request(&end, Method::Ack, end.seq, sent_by, branch);
        if let Some((name, value)) = &invite_line {
            ack = ack.header(*name, value);
        }
        let ack = finish(self.config.signed(ack, HeaderName::UserAgent), &[], None);
        let bye = dialog.request(&end, Method::Bye, bye_seq, sent_by, bye_branch);
        let bye = finish(self.config.signed(bye, HeaderName::UserAgent), &[], None);
        self.tx.send_ack(now.mono, invite_branch, &dialog.remote_tag, dialog.hop, ack, end.call_key);
        self.tx.start_client(now.mono, Method::Bye, dialog.hop, bye, bye_branch, end.call_key, Owner::Nobody);
    }

    /// A 2xx for an INVITE of a former process whose dialog was restored here: its ACK got lost.
    pub(super) fn on_stray(&mut self, message: &Message) {
        let usage = message.from_tag().and_then(|tag| self.usage_of(tag, message));
        let Some(Usage::Call(call)) = usage else {
            self.junk += 1;
            return;
        };
        let Some(leg) = self.calls.get(call) else { return };
        let Some(dialog) = leg.dialogs.first() else { return };
        let ours = message.cseq().is_ok_and(|cseq| cseq.number == leg.last_invite.seq);
        let same = message.to_tag().is_some_and(|tag| dialog.remote_tag == tag.as_bytes());
        let stands = matches!(leg.stage, Stage::Standing | Stage::Ending);
        if !(ours && same && stands) || leg.last_invite.ack_owed || leg.change_out.is_some() {
            return;
        }
        let answer = leg.last_invite.answered_in_ack.then(|| leg.local_sdp.clone());
        self.send_ack(call, answer.as_deref().map(Body::sdp));
    }
}
