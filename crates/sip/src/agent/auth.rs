//! Requests tried again: with credentials, or with what a refusal asked for.

use bytes::Bytes;
use types::Now;

use super::call::Auth;
use super::{Agent, Credentials};
use crate::digest::{Challenge, ClientAuth};
use crate::flow::Flow;
use crate::handle::{CallHandle, ClientKey};
use crate::message::Message;
use crate::method::Method;
use crate::name::HeaderName;
use crate::session_timer::SessionTimer;
use crate::tag::branch_text;
use crate::transaction::{Client, Edit, Owner, rerouted};

/// Attempts at one request: its first, one for each of proxy and server, and one for a nonce that was too old.
pub(super) const MAX_TRIES: u8 = 4;

impl Auth {
    pub(super) fn new(credentials: &Credentials) -> Self {
        Self { credentials: credentials.clone(), invite_line: None }
    }

    /// The line that meets a challenge; `None` where it can't be met, or was met with the same password before.
    fn meet(&mut self, refused: &Message, response: &Message, cnonce: u64) -> Option<(HeaderName, String)> {
        let asks = |challenge: &Challenge| self.credentials.realm.as_ref().is_none_or(|r| *r == challenge.realm);
        let challenge = Challenge::of(response).filter(asks)?;
        if refused.header(challenge.answer_in).is_some() && !challenge.stale {
            return None;
        }
        let mut client = ClientAuth::new(challenge, &self.credentials.username, &self.credentials.password);
        let line = client.authorize(refused.method_text(), refused.request_uri_text(), cnonce);
        if refused.method() == Some(Method::Invite) {
            self.invite_line = Some(line.clone());
        }
        Some(line)
    }
}

impl Agent {
    /// The request of a transaction again, after 401, 407, 422 or 500, with a new number and branch; `None` where the refusal
    /// stands.
    pub(super) fn again(
        &mut self,
        call: CallHandle,
        client: &Client,
        status: u16,
        response: &Message,
        seq: u32,
        branch: u64,
        session: Option<&SessionTimer>,
    ) -> Option<Bytes> {
        let mut auth = self.calls.get_mut(call)?.auth.take();
        let bytes = self.again_with(auth.as_deref_mut(), client, status, response, seq, branch, session);
        self.calls.get_mut(call)?.auth = auth;
        bytes
    }

    /// As [`Agent::again`], for requests of other owners.
    pub(super) fn again_with(
        &mut self,
        auth: Option<&mut Auth>,
        client: &Client,
        status: u16,
        response: &Message,
        seq: u32,
        branch: u64,
        session: Option<&SessionTimer>,
    ) -> Option<Bytes> {
        if client.tries >= MAX_TRIES {
            return None;
        }
        let refused = Message::scan(client.bytes.clone()).ok()?;
        let line = match status {
            401 | 407 => Some(auth?.meet(&refused, response, self.random())?),
            422 | 500 => None,
            _ => return None,
        };
        let (transport, sent_by) = (client.flow.transport, self.config.sent_by(&client.flow));
        let mut builder = rerouted(&refused, transport, sent_by, branch_text(branch).as_str(), |id, _| match id {
            HeaderName::SessionExpires | HeaderName::MinSe if session.is_some() => Edit::Drop,
            _ if line.as_ref().is_some_and(|(answer_in, _)| *answer_in == id) => Edit::Drop,
            HeaderName::CSeq => Edit::Replace(format!("{seq} {}", refused.method_text()).into()),
            _ => Edit::Keep,
        });
        if let Some(session) = session.filter(|_| refused.header(HeaderName::SessionExpires).is_some()) {
            builder = self.with_wish(builder, session);
        }
        if let Some((name, value)) = line {
            builder = builder.header(name, value);
        }
        Some(builder.finish_raw(refused.body()).into())
    }

    /// Sends a request within a call again, with credentials. Gives its number, branch and transaction.
    pub(super) fn retry_in_dialog(
        &mut self,
        now: Now,
        call: CallHandle,
        client: &Client,
        status: u16,
        response: &Message,
    ) -> Option<(u32, u64, ClientKey)> {
        let seq = self.calls.get(call)?.end.seq + 1;
        let branch = self.random();
        let bytes = self.again(call, client, status, response, seq, branch, None)?;
        self.calls.get_mut(call)?.end.seq = seq;
        Some((seq, branch, self.start_again(now, client, bytes, branch)))
    }

    /// Opens the transaction of another attempt.
    pub(super) fn start_again(&mut self, now: Now, client: &Client, bytes: Bytes, branch: u64) -> ClientKey {
        let (method, flow, key, owner) = (client.method, client.flow, client.call_key, client.owner);
        let next = self.start_call_client(now, method, flow, bytes, branch, key, owner);
        if let Some(next) = self.tx.clients.get_mut(next) {
            next.tries = client.tries + 1;
        }
        next
    }

    /// Opens a transaction; of an INVITE that starts a call the Contact is noted, since it names the way it takes.
    pub(super) fn start_call_client(
        &mut self,
        now: Now,
        method: Method,
        flow: Flow,
        bytes: Bytes,
        branch: u64,
        key: u64,
        owner: Owner,
    ) -> ClientKey {
        let client = self.tx.start_client(now.mono, method, flow, bytes, branch, key, owner);
        if self.tx.is_rerouted(client) {
            self.note_contact(client);
        }
        client
    }

    /// Takes over the Contact of an INVITE whose way has changed.
    pub(super) fn note_contact(&mut self, client: ClientKey) {
        let Some(client) = self.tx.clients.get(client) else { return };
        let (Owner::Invite(call), Ok(invite)) = (client.owner, Message::scan(client.bytes.clone())) else { return };
        if let (Some(contact), Some(leg)) = (invite.header(HeaderName::Contact), self.calls.get_mut(call)) {
            leg.end.contact = Bytes::copy_from_slice(contact);
        }
    }
}
