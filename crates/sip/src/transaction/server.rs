//! The server side: requests that come in, and the answers to them.

use std::net::IpAddr;

use bytes::Bytes;
use types::Mono;

use super::linger::{LingerServer, Record};
use super::server_invite::ServerInvite;
use super::server_other::ServerOther;
use super::{CancelTarget, Received, RequestKey, Server, ServerSlot, ServerState, TimerKey, Transactions};
use crate::flow::{Flow, Transport};
use crate::handle::{CallHandle, RequestHandle};
use crate::host::Host;
use crate::message::Message;
use crate::method::Method;
use crate::timers::{Deadline, Tick};

impl Transactions {
    fn request_key(&self, message: &Message, method: Method) -> u64 {
        let class = if method == Method::Ack { Method::Invite } else { method };
        let method_text = if class == Method::Unknown { message.method_text() } else { class.as_str() };
        let Ok(via) = message.top_via() else { return 0 };
        let port = via.port.unwrap_or(0).to_be_bytes();
        let mut octets = [0; 16];
        let host: &[u8] = match via.host {
            Host::Name(name) => name.as_bytes(),
            Host::Ip(IpAddr::V4(ip)) => {
                octets[..4].copy_from_slice(&ip.octets());
                &octets[..4]
            }
            Host::Ip(IpAddr::V6(ip)) => {
                octets = ip.octets();
                &octets
            }
        };
        if via.has_rfc3261_branch() {
            return self.hash(&[via.branch().as_bytes(), host, &port, method_text.as_bytes()]);
        }
        // A client of RFC 2543: no branch to trust (section 17.2.3). The To tag is left out, since an ACK has one where
        // its INVITE had none.
        let number = message.cseq().map_or(0, |cseq| cseq.number).to_be_bytes();
        self.hash(&[
            b"2543",
            message.request_uri_text().as_bytes(),
            message.from_tag().unwrap_or_default().as_bytes(),
            message.call_id().as_bytes(),
            &number,
            host,
            &port,
            method_text.as_bytes(),
        ])
    }

    /// Sorts a request (other than CANCEL) in.
    pub(crate) fn request(&mut self, now: Mono, message: &Message, method: Method) -> Received {
        let key = self.request_key(message, method);
        let resend = match self.requests.get(&key) {
            Some(ServerSlot::Live(handle)) => {
                let handle = *handle;
                if method == Method::Ack {
                    self.acked(now, handle);
                    return Received::Absorbed;
                }
                self.servers
                    .get(handle)
                    .and_then(|server| server.answer.clone().map(|answer| (server.reply, answer, server.call_key)))
            }
            Some(ServerSlot::Linger(_)) if method == Method::Ack => {
                // After a failure this is its ACK again; after a 2xx the ACK has a branch of its own, unless the peer
                // is careless about that.
                let silent =
                    matches!(self.requests.get(&key), Some(ServerSlot::Linger(record)) if record.answer.is_none());
                let own = RequestKey { key, merge: None };
                return if silent { Received::New(own) } else { Received::Absorbed };
            }
            Some(ServerSlot::Linger(record)) => {
                record.answer.clone().map(|answer| (record.reply, answer, record.call_key))
            }
            None => {
                let merge = self.merge_key(message, method);
                let place = RequestKey { key, merge };
                return match merge.and_then(|merge| self.merged.get(&merge).map(|known| (merge, *known))) {
                    None => Received::New(place),
                    // Marked by `absorb_invite`.
                    Some((merge, known)) if known == merge => Received::Absorbed,
                    Some(_) => Received::Merged(place),
                };
            }
        };
        self.repeats.received += 1;
        if let Some((flow, answer, call_key)) = resend {
            self.send_again(flow, answer, call_key);
        }
        Received::Absorbed
    }

    fn merge_key(&self, message: &Message, method: Method) -> Option<u64> {
        if matches!(method, Method::Ack | Method::Cancel) || message.to_tag().is_some() {
            return None;
        }
        let number = message.cseq().map_or(0, |cseq| cseq.number);
        let from = message.from_tag()?.as_bytes();
        Some(self.merge_hash(message.call_id().as_bytes(), from, number, message.method_text()))
    }

    fn merge_hash(&self, call_id: &[u8], from_tag: &[u8], number: u32, method: &str) -> u64 {
        self.hash(&[call_id, from_tag, &number.to_be_bytes(), method.as_bytes()])
    }

    /// Repeats of an INVITE that a former process answered are absorbed, as its own record would have done.
    pub(crate) fn absorb_invite(&mut self, now: Mono, call_id: &[u8], from_tag: &[u8], number: u32, reply: Flow) {
        let merge = self.merge_hash(call_id, from_tag, number, Method::Invite.as_str());
        self.linger_server(now, RequestKey { key: merge, merge: Some(merge) }, reply, None, 0, false);
    }

    /// What a CANCEL takes back: the INVITE of the same branch.
    pub(crate) fn cancel_target(&self, cancel: &Message) -> CancelTarget {
        match self.requests.get(&self.request_key(cancel, Method::Invite)) {
            Some(ServerSlot::Live(handle)) => match self.servers.get(*handle) {
                Some(server) if server.request.is_some() => CancelTarget::Pending(*handle),
                _ => CancelTarget::Answered,
            },
            Some(ServerSlot::Linger(_)) => CancelTarget::Answered,
            None => CancelTarget::Unknown,
        }
    }

    /// Opens a transaction whose answer its user will give.
    pub(crate) fn start_server(
        &mut self,
        now: Mono,
        place: RequestKey,
        flow: Flow,
        message: Message,
        method: Method,
        call_key: u64,
        call: Option<CallHandle>,
    ) -> RequestHandle {
        let state = match method {
            Method::Invite => ServerState::Invite(ServerInvite::Proceeding),
            _ => ServerState::Other(ServerOther::new(now, &self.config)),
        };
        let server = Server {
            key: place.key,
            merge: place.merge,
            method,
            flow,
            reply: reply_flow(&message, flow),
            request: Some(message),
            answer: None,
            call_key,
            call,
            state,
            deadline: Deadline::default(),
        };
        let handle = self.servers.insert(server);
        self.requests.insert(place.key, ServerSlot::Live(handle));
        if let Some(merge) = place.merge {
            self.merged.insert(merge, place.key);
        }
        self.arm_server(handle);
        handle
    }

    fn arm_server(&mut self, handle: RequestHandle) {
        let Some(server) = self.servers.get_mut(handle) else { return };
        let due = match &server.state {
            ServerState::Invite(invite) => invite.due(),
            ServerState::Other(other) => other.due(),
        };
        self.timers.arm(&mut server.deadline, TimerKey::Server(handle), due);
    }

    /// Sends a provisional answer, and again for each copy of the request.
    pub(crate) fn answer_provisionally(&mut self, handle: RequestHandle, bytes: Bytes) {
        let Some(server) = self.servers.get_mut(handle) else { return };
        server.answer = Some(bytes.clone());
        let (reply, call_key) = (server.reply, server.call_key);
        self.send(reply, bytes, call_key);
    }

    /// Sends the final answer. Gives the path that answers take.
    pub(crate) fn answer_finally(
        &mut self,
        now: Mono,
        handle: RequestHandle,
        status: u16,
        bytes: Bytes,
    ) -> Option<Flow> {
        let server = self.servers.get_mut(handle)?;
        let (reply, call_key, key) = (server.reply, server.call_key, server.key);
        let (invite, merge) = (server.method == Method::Invite, server.merge);
        if let ServerState::Invite(invite) = &mut server.state
            && status >= 300
        {
            server.request = None;
            server.answer = Some(Bytes::copy_from_slice(&bytes));
            invite.complete(now, &self.config, reply.transport.is_reliable());
            self.send(reply, bytes, call_key);
            self.arm_server(handle);
            return Some(reply);
        }
        self.send(reply, bytes.clone(), call_key);
        self.servers.remove(handle);
        // The user repeats its 2xx by itself (RFC 6026 section 7.1): the record is silent.
        let answer = (!invite).then(|| Bytes::copy_from_slice(&bytes));
        self.linger_server(now, RequestKey { key, merge }, reply, answer, call_key, false);
        Some(reply)
    }

    /// Answers a request that needs no user.
    pub(crate) fn answer_at_once(
        &mut self,
        now: Mono,
        place: RequestKey,
        request: &Message,
        flow: Flow,
        bytes: Bytes,
        call_key: u64,
    ) {
        let reply = reply_flow(request, flow);
        self.send(reply, bytes.clone(), call_key);
        self.linger_server(now, place, reply, Some(Bytes::copy_from_slice(&bytes)), call_key, false);
    }

    /// Answers without a trace: copies of the request are answered anew.
    pub(crate) fn answer_statelessly(&mut self, request: &Message, flow: Flow, bytes: Bytes, call_key: u64) {
        self.send(reply_flow(request, flow), bytes, call_key);
    }

    fn linger_server(
        &mut self,
        now: Mono,
        place: RequestKey,
        reply: Flow,
        answer: Option<Bytes>,
        call_key: u64,
        short: bool,
    ) {
        if reply.transport.is_reliable() {
            self.requests.remove(&place.key);
            if let Some(merge) = place.merge {
                self.merged.remove(&merge);
            }
            return;
        }
        self.make_room();
        if let Some(merge) = place.merge {
            self.merged.insert(merge, place.key);
        }
        let record = Box::new(LingerServer { reply, answer, call_key, merge: place.merge });
        self.requests.insert(place.key, ServerSlot::Linger(record));
        let fifo = if short { &mut self.short } else { &mut self.long };
        fifo.push(now, Record::Server(place.key));
    }

    /// The answer given to a request, while its record lasts.
    pub(crate) fn last_answer(&self, place: RequestKey) -> Option<Bytes> {
        match self.requests.get(&place.key)? {
            ServerSlot::Linger(record) => record.answer.clone(),
            ServerSlot::Live(_) => None,
        }
    }

    /// The ACK of a refused INVITE came.
    fn acked(&mut self, now: Mono, handle: RequestHandle) {
        let completed = |server: &Server| matches!(server.state, ServerState::Invite(ServerInvite::Completed(_)));
        if !self.servers.get(handle).is_some_and(completed) {
            return;
        }
        if let Some(server) = self.servers.remove(handle) {
            let place = RequestKey { key: server.key, merge: server.merge };
            self.linger_server(now, place, server.reply, server.answer, server.call_key, true);
        }
    }

    /// Forgets a transaction that nobody will answer any more.
    fn drop_server(&mut self, handle: RequestHandle) {
        if let Some(server) = self.servers.remove(handle) {
            self.requests.remove(&server.key);
            if let Some(merge) = server.merge {
                self.merged.remove(&merge);
            }
        }
    }

    /// A server's entry came up.
    pub(crate) fn server_timer(&mut self, now: Mono, handle: RequestHandle, entry: (Mono, TimerKey)) {
        let Some(server) = self.servers.get_mut(handle) else { return };
        if !self.timers.claim(&mut server.deadline, entry, now) {
            return;
        }
        let tick = match &mut server.state {
            ServerState::Invite(invite) => invite.tick(now),
            ServerState::Other(other) => other.tick(now),
        };
        if tick == Tick::GiveUp {
            return self.drop_server(handle);
        }
        if let (Tick::Resend, Some(answer)) = (tick, server.answer.clone()) {
            let (reply, call_key) = (server.reply, server.call_key);
            self.send_again(reply, answer, call_key);
        }
        self.arm_server(handle);
    }
}

/// Where answers to a request go (RFC 3261 section 18.2.2, RFC 3581).
fn reply_flow(request: &Message, flow: Flow) -> Flow {
    if flow.transport != Transport::Udp {
        return flow;
    }
    match request.top_via() {
        Ok(via) => Flow { remote: via.reply_address(flow.remote), ..flow },
        Err(_) => flow,
    }
}
