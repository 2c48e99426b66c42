//! The client side: requests that go out, and the responses to them.

use bytes::Bytes;
use smallvec::SmallVec;
use types::Mono;

use super::client_invite::ClientInvite;
use super::client_other::ClientOther;
use super::linger::{After, LingerClient, Record};
use super::messages::{ack_for_failure, cancel_for};
use super::{Client, ClientSlot, ClientState, MAX_FORKS_ENDED, Owner, Response, TimerKey, Transactions};
use crate::flow::{Flow, Transport};
use crate::handle::{CallHandle, ClientKey};
use crate::message::Message;
use crate::method::Method;
use crate::tag::read_branch;
use crate::timers::{Deadline, Tick};

impl Transactions {
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
        let (flow, bytes, datagram) = match self.large.over_tcp(now, &flow, &bytes) {
            Some((tcp, request)) => (tcp, request, Some(Box::new((flow, bytes)))),
            None => (flow, bytes, None),
        };
        let client = Client {
            method,
            flow,
            datagram,
            bytes: bytes.clone(),
            branch,
            call_key,
            owner,
            tries: 0,
            state: self.fresh_state(now, method, &flow),
            deadline: Deadline::default(),
        };
        let key = self.clients.insert(client);
        self.branches.insert((branch, method == Method::Cancel), ClientSlot::Live(key));
        self.arm_client(key);
        self.send(flow, bytes, call_key);
        key
    }

    fn fresh_state(&self, now: Mono, method: Method, flow: &Flow) -> ClientState {
        let reliable = flow.transport.is_reliable();
        match method {
            Method::Invite => ClientState::Invite(ClientInvite::new(now, &self.config, reliable)),
            _ => ClientState::Other(ClientOther::new(now, &self.config, reliable)),
        }
    }

    /// Sends a large request as a datagram after all, since the connection for it failed. False where it had no such
    /// choice.
    pub(crate) fn fall_back(&mut self, now: Mono, key: ClientKey) -> bool {
        let Some((method, flow, bytes)) = self.clients.get_mut(key).and_then(|client| {
            let (flow, bytes) = *client.datagram.take()?;
            Some((client.method, flow, bytes))
        }) else {
            return false;
        };
        let state = self.fresh_state(now, method, &flow);
        let Some(client) = self.clients.get_mut(key) else { return false };
        (client.state, client.flow, client.bytes) = (state, flow, bytes.clone());
        let call_key = client.call_key;
        self.arm_client(key);
        self.send(flow, bytes, call_key);
        true
    }

    /// A connection to a peer did not come about: large requests to it go as datagrams for a while.
    pub(crate) fn no_tcp(&mut self, now: Mono, flow: &Flow) {
        if flow.transport == Transport::Tcp && flow.conn == 0 {
            self.large.refused(now, flow.remote);
        }
    }

    /// Whether a request's size has put it on another way than it was meant for.
    pub(crate) fn is_rerouted(&self, key: ClientKey) -> bool {
        self.clients.get(key).is_some_and(|client| client.datagram.is_some())
    }

    /// Bounds the wait for a transaction's first answer; its own bound stays where it is sooner.
    pub(crate) fn hurry(&mut self, key: ClientKey, give_up_at: Mono) {
        if let Some(ClientState::Invite(invite)) = self.clients.get_mut(key).map(|client| &mut client.state) {
            invite.hurry(give_up_at);
            self.arm_client(key);
        }
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
            Some((slot, ClientSlot::Linger(_))) => self.late_response(now, slot.0, method, status, message),
            None if method == Method::Invite && status / 100 == 2 => Response::Stray,
            None => Response::Absorbed,
        }
    }

    fn live_response(&mut self, now: Mono, key: ClientKey, status: u16, message: &Message, flow: Flow) -> Response {
        let Some(client) = self.clients.get_mut(key) else { return Response::Absorbed };
        // From now on the connection is known.
        client.datagram = None;
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
            let Some(ack) = ack_for_failure(&client.bytes, message) else { return };
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

    fn late_response(&mut self, now: Mono, branch: u64, method: Method, status: u16, message: &Message) -> Response {
        let tag = self.hash(&[message.to_tag().unwrap_or_default().as_bytes()]);
        let Some(ClientSlot::Linger(record)) = self.branches.get(&(branch, false)) else { return Response::Absorbed };
        if method != Method::Invite || status < 200 {
            return Response::Absorbed;
        }
        let (flow, ack) = match &record.after {
            After::Failure(ack) if status >= 300 => (record.flow, ack.clone()),
            After::Success { call, awaited, acks } if status < 300 => {
                match acks.iter().find(|(known, ..)| *known == tag) {
                    Some((_, flow, ack)) => self.large.over_tcp(now, flow, ack).unwrap_or((*flow, ack.clone())),
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
    pub(crate) fn send_ack(
        &mut self,
        now: Mono,
        branch: u64,
        remote_tag: &[u8],
        flow: Flow,
        ack: Bytes,
        call_key: u64,
    ) {
        let tag = self.hash(&[remote_tag]);
        if let Some(ClientSlot::Linger(record)) = self.branches.get_mut(&(branch, false))
            && let After::Success { acks, .. } = &mut record.after
        {
            // Kept for 32 s in great numbers: without the room that the buffer has to spare.
            acks.push((tag, flow, Bytes::copy_from_slice(&ack)));
        }
        let (flow, ack) = self.large.over_tcp(now, &flow, &ack).unwrap_or((flow, ack));
        self.send(flow, ack, call_key);
    }

    /// Client transactions that go by a flow which failed. A request that was sent to an address alone has taken
    /// whichever connection there was to it.
    pub(crate) fn clients_on(&self, flow: &Flow) -> Vec<ClientKey> {
        let unbound = Flow { conn: 0, ..*flow };
        let on_it =
            |client: &Client| client.flow.same_path(flow) || client.flow.conn == 0 && client.flow.same_path(&unbound);
        self.clients.iter().filter(|(_, client)| on_it(client)).map(|(key, _)| key).collect()
    }

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
            self.send_again(flow, bytes, call_key);
        }
        self.arm_client(key);
        None
    }
}
