//! An INVITE whose place gives no word goes to the next one that the resolver found (RFC 3263 section 4.3).

use types::Now;

use super::Agent;
use super::call::{Call, LastInvite};
use crate::handle::CallHandle;
use crate::header::HeaderName;
use crate::identity;
use crate::message::Message;
use crate::method::Method;
use crate::tag::branch_text;
use crate::transaction::{Client, Edit, Owner, rerouted};

impl Agent {
    /// Tries the next place after a timeout, a failed connection or 503. False where there is none, or the failure is the
    /// callee's own.
    pub(super) fn fail_over(
        &mut self,
        now: Now,
        call: CallHandle,
        client: &Client,
        status: u16,
        message: Option<&Message>,
    ) -> bool {
        let Ok(failed) = Message::scan(client.bytes.clone()) else { return false };
        let branch = self.random();
        let Some(leg) = self.calls.get_mut(call) else { return false };
        let (seq, key) = (leg.last_invite.seq, leg.end.call_key);
        let Some(calling) = leg.calling().filter(|_| message.is_none() || status == 503) else { return false };
        let Some(next) = calling.others.pop() else { return false };
        calling.proceeding = false;
        leg.dialogs.clear();
        leg.last_invite = LastInvite { seq, branch, ..LastInvite::default() };
        if message.is_none() {
            // It may only be slow: an answer that still comes is ended.
            self.tx.expect_stray(now.mono, client, call);
        }
        let flow = self.config.bind(next);
        let (identities, branch_name) = (&self.config.identities, branch_text(branch));
        let sent_by = identity::sent_by(identities, &flow);
        let invite = rerouted(&failed, flow.transport, sent_by, branch_name.as_str(), |id, value| match id {
            HeaderName::Contact => match identity::contact_by(identities, value, &flow) {
                Some(contact) => Edit::Replace(contact),
                None => Edit::Keep,
            },
            // What another server asked for means nothing to this one.
            HeaderName::Authorization | HeaderName::ProxyAuthorization => Edit::Drop,
            _ => Edit::Keep,
        });
        let bytes = invite.finish_raw(failed.body()).into();
        let next = self.start_call_client(now, Method::Invite, flow, bytes, branch, key, Owner::Invite(call));
        self.note_contact(next);
        if let Some(calling) = self.calls.get_mut(call).and_then(Call::calling) {
            calling.client = next;
        }
        self.hurry_if_others(now, call);
        true
    }

    /// Bounds the wait for a place's first word, as long as there is another or the driver knows one.
    pub(super) fn hurry_if_others(&mut self, now: Now, call: CallHandle) {
        let Some(calling) = self.calls.get_mut(call).and_then(Call::calling) else { return };
        if calling.hurried || !calling.others.is_empty() {
            let client = calling.client;
            self.tx.hurry(client, now.mono + self.config.timers.fail_over_after);
        }
    }
}
