//! What the signalling thread asks of the shell above it.
//!
//! One thread reads all datagrams, drives `sip`, and asks a [`Mind`] what to do, in turns:
//!
//! 1. take a bounded batch of datagrams, timers, media events and messages of other threads;
//! 2. hand each to the mind, and carry out every command it gives;
//! 3. [`Mind::commit`]: what the mind decided is on its way to the disk;
//! 4. let the batch's messages leave meanwhile, up to the first that its far end counts on: an answer that accepts
//!    something, or an ACK;
//! 5. [`Mind::await_written`], and only now let that one leave, and what comes after it.
//!
//! So an answered call is in the journal before its 200 goes out, and one that was dialled before its ACK, at the price
//! of one write a batch, which has mostly been done by the time that it is waited for.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sip::flow::Transport;
use types::event::Binding;
use types::leg::{Login, Registered, Text};
use types::register::{DigestChoice, RegisterRejected, RegisterRequest, Registering};
use types::watch::{Summary, WatchId, WatchRefused, WatchRequest, Watched};
use types::{DeviceId, LegCommand, LegEvent, LegId, Mono, Now, Private, TenantId, TrunkId};

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// We received it.
    In,
    /// We sent it.
    Out,
}

/// What a new request claims and where it came from: all that admission may look at. Names people: never printed.
#[derive(Clone)]
pub struct Claim<'a> {
    /// Where it really came from.
    pub source: SocketAddr,
    /// How.
    pub transport: Transport,
    /// The method.
    pub method: &'a str,
    /// User part of From.
    pub from_user: &'a str,
    /// Host part of From.
    pub from_host: &'a str,
    /// User part of Contact, if any.
    pub contact_user: &'a str,
    /// Host part of the Request-URI.
    pub to_host: &'a str,
    /// The trunk that it comes by, as far as registrations of ours tell.
    pub registered: Option<ByRegistration>,
}

/// A trunk that a request comes by, known by its registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByRegistration {
    /// The tenant.
    pub tenant: TenantId,
    /// The trunk.
    pub trunk: TrunkId,
    /// It is sent to what the trunk has registered. Else it just comes from the registrar's address.
    pub to_contact: bool,
}

/// Where and as whom a trunk registers.
#[derive(Clone, Debug, PartialEq)]
pub struct RegisterAt {
    /// The registrar, as a URI without a user.
    pub registrar: Text,
    /// User, password and realm.
    pub login: Login,
    /// The domain of the account; the registrar's host where absent.
    pub domain: Option<Text>,
    /// The user of the contact; that of the account where absent.
    pub contact_user: Option<Text>,
    /// For how long, seconds.
    pub expires_s: u32,
}

/// What admission makes of a claim.
#[derive(Clone, Debug, PartialEq)]
pub enum Admission {
    /// It must prove to be a device of this realm (the tenant's name).
    Challenge {
        /// The realm.
        realm: Text,
        /// By which algorithms.
        digest: DigestChoice,
    },
    /// It comes from a trunk.
    Trunk {
        /// The tenant.
        tenant: TenantId,
        /// The trunk.
        trunk: TrunkId,
    },
    /// Refused with this status, which tells nothing about what exists.
    Refuse(u16),
}

/// A trunk whose far end is looked after.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The tenant.
    pub tenant: TenantId,
    /// The trunk.
    pub trunk: TrunkId,
    /// Where its calls go, as a URI without a user.
    pub uri: Text,
    /// How often it is asked whether it is there.
    pub probe: Option<Duration>,
    /// Where it registers.
    pub register: Option<RegisterAt>,
}

/// A device's identity and hashed secrets; empty ones where it has none and only what a browser was lent is taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Credential {
    /// The tenant.
    pub tenant: TenantId,
    /// The device.
    pub device: DeviceId,
    /// H(user:realm:secret) by MD5, lower-case hexadecimal.
    pub md5: Private<Text>,
    /// The same by SHA-256.
    pub sha256: Private<Text>,
}

/// The shell above the signalling thread: feeds the brains, keeps the journal.
pub trait Mind: Send + 'static {
    /// What other threads (API, timers of the store) send to the mind.
    type Message: Send + 'static;

    /// Something happened on a leg.
    fn handle_leg(&mut self, now: Now, event: LegEvent);

    /// Another thread says something.
    fn handle_message(&mut self, now: Now, message: Self::Message);

    /// [`Mind::poll_timeout`] has been reached.
    fn handle_timeout(&mut self, now: Now);

    /// When the mind wants to be called next.
    fn poll_timeout(&mut self) -> Option<Mono>;

    /// The next command, until there is none.
    fn poll_command(&mut self) -> Option<LegCommand>;

    /// Hands over what was decided, to be written.
    fn commit(&mut self, now: Now);

    /// Waits until all is written that a far end may count on from now on, for a bounded time.
    fn await_written(&mut self);

    /// A new leg's id.
    fn new_leg(&mut self, now: Now) -> LegId;

    /// Whose prompts a leg hears.
    fn tenant_of(&self, leg: LegId) -> Option<TenantId>;

    /// Who may come in, and how.
    fn admit(&self, claim: &Claim<'_>) -> Admission;

    /// The device of this name in this realm.
    fn credential(&self, realm: &str, user: &str) -> Option<Credential>;

    /// A verified REGISTER.
    ///
    /// # Errors
    /// When it is out of order or asks for too much; nothing has changed then.
    fn register(
        &mut self,
        now: Now,
        device: DeviceId,
        request: &RegisterRequest,
    ) -> Result<Vec<Binding>, RegisterRejected>;

    /// A device that has proved who it is wants to watch something. How that stands, and each change, comes by
    /// [`Mind::poll_watched`].
    ///
    /// # Errors
    /// When there is no such thing, or the device watches enough.
    fn watch(&mut self, request: &WatchRequest) -> Result<(), WatchRefused>;

    /// A watch is over.
    fn unwatch(&mut self, watch: WatchId);

    /// The next news of something that is watched, until there is none.
    fn poll_watched(&mut self) -> Option<(WatchId, Arc<Watched>)>;

    /// What the next telephone that has not asked is told of its messages, until there is none.
    fn poll_summary(&mut self) -> Option<Box<Summary>> {
        None
    }

    /// It has not reached the telephone. `refused`: the telephone would not hear of messages.
    fn summary_failed(&mut self, _device: DeviceId, _refused: bool) {}

    /// All trunks whose far ends are to be looked after, once after each change of them.
    fn poll_lines(&mut self) -> Option<Vec<Line>> {
        None
    }

    /// The far end of a trunk was asked whether it is there.
    fn line_asked(&mut self, _now: Now, _tenant: TenantId, _trunk: TrunkId, _answered: bool) {}

    /// The registration of a trunk stands so from now on.
    fn line_registered(&mut self, _now: Now, _tenant: TenantId, _trunk: TrunkId, _state: Registering) {}

    /// A connection has closed: bindings that came by it are gone.
    fn flow_closed(&mut self, now: Now, flow: u64);

    /// A way to a device leads nowhere: the connection is gone, or the proxy before the device says so (430 of RFC 5626).
    /// What this REGISTER bound to this URI is to be forgotten.
    fn flow_failed(&mut self, now: Now, uri: &Private<Text>, registered: &Registered);

    /// A message went by, for the ladder. `leg` is the leg it belongs to.
    fn on_message(&mut self, now: Now, leg: LegId, way: Way, transport: Transport, peer: SocketAddr, bytes: &[u8]);

    /// A dialog's state changed: its saved form, for the journal; `None` when it has ended.
    fn save_dialog(&mut self, now: Now, leg: LegId, saved: Option<&[u8]>);
}
