//! The transaction layer (RFC 3261 section 17, RFC 6026): who a message belongs to, what is sent again, what is
//! absorbed.
//!
//! Transactions under way live in tables; finished ones leave a [`linger`] record behind, so that a rush of short calls
//! costs some hundred bytes for each and no more.

mod client_invite;
mod client_other;
mod linger;
mod messages;
mod server_invite;
mod server_other;

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};
use std::net::IpAddr;

use bytes::Bytes;
use smallvec::SmallVec;
use types::Mono;
use types::queue::Bounded;

use self::client_invite::ClientInvite;
use self::client_other::ClientOther;
pub(crate) use self::linger::After;
use self::linger::{Fifo, LingerClient, LingerServer, Record};
pub(crate) use self::messages::cancel_for;
use self::server_invite::ServerInvite;
use self::server_other::ServerOther;
use crate::config::{AgentLimits, TimerConfig};
use crate::flow::{Flow, Transmit, Transport};
use crate::handle::{CallHandle, ClientKey, RequestHandle, SentHandle, SubscriptionHandle};
use crate::host::Host;
use crate::message::Message;
use crate::method::Method;
use crate::table::Table;
use crate::tag::read_branch;
use crate::timers::{Deadline, Tick, TimerQueue};

/// Records are swept in batches of at least this many microseconds, so that they wake nobody one by one.
const SWEEP_EVERY_US: u64 = 500_000;

/// Forks of one INVITE that are ended one by one; more are no forks but a flood.
const MAX_FORKS_ENDED: usize = 32;

/// The timer queue is cleared of dead entries when it holds this many for each thing alive.
const TIMERS_PER_OWNER: usize = 4;

/// Whose request it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Nobody waits for the answer.
    Nobody,
    /// The INVITE that started the call.
    Invite(CallHandle),
    Reinvite(CallHandle),
    Update(CallHandle),
    Bye(CallHandle),
    /// PRACK on the fork of that number.
    Prack(CallHandle, u16),
    /// REFER within the call, by its number.
    Refer(CallHandle, u32),
    Sent(SentHandle),
    Subscribe(SubscriptionHandle),
    Notify(SubscriptionHandle),
}

/// What a timer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TimerKey {
    Client(ClientKey),
    Server(RequestHandle),
    Call(CallHandle),
    Subscription(SubscriptionHandle),
}

#[derive(Debug)]
enum ClientState {
    Invite(ClientInvite),
    Other(ClientOther),
}

/// A client transaction under way.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) method: Method,
    pub(crate) flow: Flow,
    /// The request.
    pub(crate) bytes: Bytes,
    pub(crate) branch: u64,
    pub(crate) call_key: u64,
    pub(crate) owner: Owner,
    /// Which attempt at the same request this is, from 0.
    pub(crate) tries: u8,
    state: ClientState,
    deadline: Deadline,
}

#[derive(Debug)]
enum ServerState {
    Invite(ServerInvite),
    Other(ServerOther),
}

/// A server transaction that waits for its user, or for its ACK.
#[derive(Debug)]
pub(crate) struct Server {
    key: u64,
    merge: Option<u64>,
    pub(crate) method: Method,
    /// How the request came.
    pub(crate) flow: Flow,
    /// Where answers go.
    reply: Flow,
    /// The request, until it is answered.
    pub(crate) request: Option<Message>,
    /// The last answer.
    answer: Option<Bytes>,
    pub(crate) call_key: u64,
    /// The call that it belongs to.
    pub(crate) call: Option<CallHandle>,
    state: ServerState,
    deadline: Deadline,
}

#[derive(Debug)]
enum ClientSlot {
    Live(ClientKey),
    Linger(Box<LingerClient>),
}

#[derive(Debug)]
enum ServerSlot {
    Live(RequestHandle),
    Linger(Box<LingerServer>),
}

/// A new request's place in the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestKey {
    key: u64,
    merge: Option<u64>,
}

/// What a received request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Received {
    /// A repeat, or the ACK of a failure: dealt with.
    Absorbed,
    /// New.
    New(RequestKey),
    /// The same request over another path (RFC 3261 section 8.2.2.2): 482.
    Merged(RequestKey),
}

/// What a CANCEL takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CancelTarget {
    /// An INVITE that waits for its answer.
    Pending(RequestHandle),
    /// Something that is answered already.
    Answered,
    /// Nothing that we know.
    Unknown,
}

/// What a received response is.
#[derive(Debug)]
pub(crate) enum Response {
    /// Nothing to tell.
    Absorbed,
    /// A provisional answer.
    Provisional(ClientKey, Owner),
    /// The final answer; the transaction is over.
    Final(Client),
    /// A 2xx to an INVITE that had one already, from a fork to which no ACK was sent.
    Fork(CallHandle),
    /// A 2xx to an INVITE that no transaction knows.
    Stray,
}

/// The layer.
#[derive(Debug)]
pub(crate) struct Transactions {
    config: TimerConfig,
    max_lingering: usize,
    pub(crate) clients: Table<ClientKey, Client>,
    branches: HashMap<(u64, bool), ClientSlot, ahash::RandomState>,
    pub(crate) servers: Table<RequestHandle, Server>,
    requests: HashMap<u64, ServerSlot, ahash::RandomState>,
    merged: HashMap<u64, u64, ahash::RandomState>,
    hasher: ahash::RandomState,
    long: Fifo,
    short: Fifo,
    pub(crate) timers: TimerQueue<TimerKey>,
    out: Bounded<Transmit>,
}

impl Transactions {
    pub(crate) fn new(seed: u64, config: TimerConfig, limits: &AgentLimits) -> Self {
        // Keyed by the seed: nobody outside can aim at one bucket, and a run can be repeated.
        let hasher = ahash::RandomState::with_seeds(seed, !seed, seed.rotate_left(17), 0x5173);
        Self {
            config,
            max_lingering: limits.max_lingering,
            clients: Table::new(),
            branches: HashMap::with_hasher(hasher.clone()),
            servers: Table::new(),
            requests: HashMap::with_hasher(hasher.clone()),
            merged: HashMap::with_hasher(hasher.clone()),
            hasher,
            long: Fifo::new(config.give_up()),
            short: Fifo::new(config.t4),
            timers: TimerQueue::new(),
            out: Bounded::new(limits.max_queue),
        }
    }

    pub(crate) fn send(&mut self, flow: Flow, bytes: Bytes, call_key: u64) {
        // A full queue is a lost packet, which every timer here expects; the queue counts it.
        let _ = self.out.push(Transmit { flow, bytes, call_key });
    }

    pub(crate) fn poll_transmit(&mut self) -> Option<Transmit> {
        self.out.pop()
    }

    pub(crate) fn overflowed(&self) -> u64 {
        self.out.refused()
    }

    pub(crate) fn lingering(&self) -> usize {
        self.long.len() + self.short.len()
    }

    pub(crate) fn hash(&self, parts: &[&[u8]]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        for part in parts {
            hasher.write_usize(part.len());
            hasher.write(part);
        }
        hasher.finish()
    }

    // ----- client side -----

    /// Sends a request and waits for its answers.
    pub(crate) fn start_client(
        &mut self,
        now: Mono,
        method: Method,
        flow: Flow,
        bytes: Bytes,
        branch: u64,
        call_key: u64,
        owner: Owner,
    ) -> ClientKey {
        let reliable = flow.transport.is_reliable();
        let state = match method {
            Method::Invite => ClientState::Invite(ClientInvite::new(now, &self.config, reliable)),
            _ => ClientState::Other(ClientOther::new(now, &self.config, reliable)),
        };
        let client = Client {
            method,
            flow,
            bytes: bytes.clone(),
            branch,
            call_key,
            owner,
            tries: 0,
            state,
            deadline: Deadline::default(),
        };
        let key = self.clients.insert(client);
        self.branches.insert((branch, method == Method::Cancel), ClientSlot::Live(key));
        self.arm_client(key);
        self.send(flow, bytes, call_key);
        key
    }

    fn arm_client(&mut self, key: ClientKey) {
        let Some(client) = self.clients.get_mut(key) else { return };
        let due = match &client.state {
            ClientState::Invite(invite) => invite.due(),
            ClientState::Other(other) => other.due(),
        };
        self.timers.arm(&mut client.deadline, TimerKey::Client(key), due);
    }

    /// Sends CANCEL for a pending INVITE, and bounds the wait for its final answer.
    pub(crate) fn cancel_client(&mut self, now: Mono, key: ClientKey, reason: Option<&str>) {
        let Some(client) = self.clients.get_mut(key) else { return };
        if let ClientState::Invite(invite) = &mut client.state {
            invite.cancelled(now, &self.config);
        }
        let (flow, branch, call_key) = (client.flow, client.branch, client.call_key);
        let cancel = cancel_for(&client.bytes, reason);
        self.arm_client(key);
        if let Some(cancel) = cancel {
            self.start_client(now, Method::Cancel, flow, cancel, branch, call_key, Owner::Nobody);
        }
    }

    /// Forgets a transaction: late answers find nobody.
    pub(crate) fn drop_client(&mut self, key: ClientKey) -> Option<Client> {
        let client = self.clients.remove(key)?;
        self.branches.remove(&(client.branch, client.method == Method::Cancel));
        Some(client)
    }

    /// Takes a response.
    pub(crate) fn response(&mut self, now: Mono, message: &Message, flow: Flow) -> Response {
        let (Some(status), Ok(cseq), Ok(via)) = (message.status(), message.cseq(), message.top_via()) else {
            return Response::Absorbed;
        };
        let method = cseq.method;
        let slot = read_branch(via.branch()).map(|branch| (branch, method == Method::Cancel));
        match slot.and_then(|slot| self.branches.get(&slot).map(|found| (slot, found))) {
            Some((_, ClientSlot::Live(key))) => {
                let key = *key;
                match self.clients.get(key) {
                    Some(client) if client.method == method || client.method == Method::Unknown => {
                        self.live_response(now, key, status, message, flow)
                    }
                    _ => Response::Absorbed,
                }
            }
            Some((slot, ClientSlot::Linger(_))) => self.late_response(slot.0, method, status, message),
            None if method == Method::Invite && status / 100 == 2 => Response::Stray,
            None => Response::Absorbed,
        }
    }

    fn live_response(&mut self, now: Mono, key: ClientKey, status: u16, message: &Message, flow: Flow) -> Response {
        let Some(client) = self.clients.get_mut(key) else { return Response::Absorbed };
        // From now on the connection is known.
        if client.flow.conn == 0 && client.flow.transport == flow.transport && flow.conn != 0 {
            client.flow = flow;
        }
        if status < 200 {
            match &mut client.state {
                ClientState::Invite(invite) => invite.proceed(),
                ClientState::Other(other) => other.proceed(now),
            }
            let owner = client.owner;
            self.arm_client(key);
            return Response::Provisional(key, owner);
        }
        let Some(client) = self.drop_client(key) else { return Response::Absorbed };
        if client.method == Method::Invite {
            self.after_invite(now, &client, status, message);
        }
        Response::Final(client)
    }

    /// Leaves the record that answers repeats of the final answer.
    fn after_invite(&mut self, now: Mono, client: &Client, status: u16, message: &Message) {
        let after = if status < 300 {
            let (Owner::Invite(call) | Owner::Reinvite(call)) = client.owner else { return };
            let awaited = self.hash(&[message.to_tag().unwrap_or_default().as_bytes()]);
            After::Success { call, awaited, acks: SmallVec::new() }
        } else {
            let Some(ack) = messages::ack_for_failure(&client.bytes, message) else { return };
            self.send(client.flow, ack.clone(), client.call_key);
            if client.flow.transport.is_reliable() {
                return;
            }
            After::Failure(ack)
        };
        self.linger_client(now, client.branch, client.flow, client.call_key, after);
    }

    fn linger_client(&mut self, now: Mono, branch: u64, flow: Flow, call_key: u64, after: After) {
        self.make_room();
        let record = Box::new(LingerClient { flow, call_key, after });
        self.branches.insert((branch, false), ClientSlot::Linger(record));
        self.long.push(now, Record::Client(branch));
    }

    /// Keeps a cancelled INVITE in mind whose final answer never came, so that a late 2xx is still ended.
    pub(crate) fn expect_stray(&mut self, now: Mono, client: &Client, call: CallHandle) {
        let after = After::Success { call, awaited: 0, acks: SmallVec::new() };
        self.linger_client(now, client.branch, client.flow, client.call_key, after);
    }

    fn late_response(&mut self, branch: u64, method: Method, status: u16, message: &Message) -> Response {
        let tag = self.hash(&[message.to_tag().unwrap_or_default().as_bytes()]);
        let Some(ClientSlot::Linger(record)) = self.branches.get(&(branch, false)) else { return Response::Absorbed };
        if method != Method::Invite || status < 200 {
            return Response::Absorbed;
        }
        let (flow, ack) = match &record.after {
            After::Failure(ack) if status >= 300 => (record.flow, ack.clone()),
            After::Success { call, awaited, acks } if status < 300 => {
                match acks.iter().find(|(known, ..)| *known == tag) {
                    Some((_, flow, ack)) => (*flow, ack.clone()),
                    // The user is still to give the answer that the ACK carries.
                    None if *awaited == tag || acks.len() >= MAX_FORKS_ENDED => return Response::Absorbed,
                    None => return Response::Fork(*call),
                }
            }
            _ => return Response::Absorbed,
        };
        let call_key = record.call_key;
        self.send(flow, ack, call_key);
        Response::Absorbed
    }

    /// Sends the ACK for a 2xx, and again for each copy of that.
    pub(crate) fn send_ack(&mut self, branch: u64, remote_tag: &[u8], flow: Flow, ack: Bytes, call_key: u64) {
        let tag = self.hash(&[remote_tag]);
        if let Some(ClientSlot::Linger(record)) = self.branches.get_mut(&(branch, false))
            && let After::Success { acks, .. } = &mut record.after
        {
            // Kept for 32 s in great numbers: without the room that the buffer has to spare.
            acks.push((tag, flow, Bytes::copy_from_slice(&ack)));
        }
        self.send(flow, ack, call_key);
    }

    /// Client transactions that go by a flow which failed.
    pub(crate) fn clients_on(&self, flow: &Flow) -> Vec<ClientKey> {
        self.clients.iter().filter(|(_, client)| client.flow.same_path(flow)).map(|(key, _)| key).collect()
    }

    // ----- server side -----

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
        if let Some((flow, answer, call_key)) = resend {
            self.send(flow, answer, call_key);
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

    // ----- time -----

    /// A client's entry came up. Gives the transaction when it has given up.
    pub(crate) fn client_timer(&mut self, now: Mono, key: ClientKey, entry: (Mono, TimerKey)) -> Option<Client> {
        let client = self.clients.get_mut(key)?;
        if !self.timers.claim(&mut client.deadline, entry, now) {
            return None;
        }
        let tick = match &mut client.state {
            ClientState::Invite(invite) => invite.tick(now),
            ClientState::Other(other) => other.tick(now),
        };
        if tick == Tick::GiveUp {
            return self.drop_client(key);
        }
        if tick == Tick::Resend {
            let (flow, bytes, call_key) = (client.flow, client.bytes.clone(), client.call_key);
            self.send(flow, bytes, call_key);
        }
        self.arm_client(key);
        None
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
            self.send(reply, answer, call_key);
        }
        self.arm_server(handle);
    }

    /// Drops records whose time is over.
    pub(crate) fn sweep(&mut self, now: Mono) {
        while let Some(record) = self.long.pop_due(now).or_else(|| self.short.pop_due(now)) {
            self.forget(record);
        }
    }

    fn make_room(&mut self) {
        while self.lingering() >= self.max_lingering {
            match self.short.pop().or_else(|| self.long.pop()) {
                Some(record) => self.forget(record),
                None => break,
            }
        }
    }

    fn forget(&mut self, record: Record) {
        match record {
            Record::Client(branch) => {
                if let Some(ClientSlot::Linger(_)) = self.branches.get(&(branch, false)) {
                    self.branches.remove(&(branch, false));
                }
            }
            Record::Server(key) => {
                if let Some(ServerSlot::Linger(record)) = self.requests.get(&key) {
                    if let Some(merge) = record.merge {
                        self.merged.remove(&merge);
                    }
                    self.requests.remove(&key);
                }
            }
        }
    }

    /// When something here wants the time.
    pub(crate) fn next_timeout(&self) -> Option<Mono> {
        let sweep = [self.long.next(), self.short.next()].into_iter().flatten().min();
        let sweep = sweep.map(|at| Mono(at.0.saturating_add(SWEEP_EVERY_US)));
        [self.timers.next(), sweep].into_iter().flatten().min()
    }

    /// Clears the timer queue when most of it is dead. `alive` speaks for what is not kept here.
    pub(crate) fn shed_timers(&mut self, others: usize, alive: impl Fn(&TimerKey) -> bool) {
        const SMALL: usize = 4096;
        let owners = self.clients.len() + self.servers.len() + others;
        if self.timers.len() < SMALL + owners * TIMERS_PER_OWNER {
            return;
        }
        let (clients, servers) = (&self.clients, &self.servers);
        self.timers.shed(|key| match key {
            TimerKey::Client(key) => clients.get(*key).is_some(),
            TimerKey::Server(handle) => servers.get(*handle).is_some(),
            other => alive(other),
        });
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
