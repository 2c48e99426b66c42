//! What the driver hands over with a command.

use std::time::Duration;

use thiserror::Error;

use crate::flow::Flow;
use crate::method::Method;

/// A message body to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Body<'a> {
    /// Value of Content-Type.
    pub content_type: &'a str,
    /// The content.
    pub bytes: &'a [u8],
}

impl<'a> Body<'a> {
    /// A session description.
    pub const fn sdp(bytes: &'a [u8]) -> Self {
        Self { content_type: "application/sdp", bytes }
    }
}

/// An extra header: name and value. Line ends in a value become spaces; a name that is no token is left out.
pub type Field<'a> = (&'a str, &'a str);

/// User and password for digest challenges of peers (RFC 8760).
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// User name.
    pub username: String,
    /// Password in clear.
    pub password: String,
    /// The realm that alone may ask for it; any where absent.
    pub realm: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(***)")
    }
}

/// Whether reliable provisional answers (RFC 3262) are offered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reliable {
    /// Not mentioned.
    Off,
    /// `Supported: 100rel`.
    #[default]
    Supported,
    /// `Require: 100rel`.
    Required,
}

/// An INVITE to send. [`Invite::new`] fills in the usual.
#[derive(Clone)]
pub struct Invite<'a> {
    /// Where the first request goes: the resolved next hop, or the flow of a registration (RFC 5626).
    pub flow: Flow,
    /// Where it goes when that place says nothing, can't be reached, or answers 503: the other places that the resolver
    /// found, the best first (RFC 3263 section 4.3).
    pub alternatives: &'a [Flow],
    /// The driver knows of another way: the last of these places, too, gets only [`crate::agent::TimerConfig`]'s
    /// `fail_over_after` for its first word.
    pub hurried: bool,
    /// Request-URI, e.g. `sip:1001@198.51.100.7:5060`.
    pub target: &'a str,
    /// From without its tag, e.g. `"Front desk" <sip:95000@example.com>`.
    pub from: &'a str,
    /// To; `<target>` when absent.
    pub to: Option<&'a str>,
    /// User part of our Contact; that of `from` when absent.
    pub contact_user: Option<&'a str>,
    /// Call-ID; a random one when absent.
    pub call_id: Option<&'a str>,
    /// Values of Route in order, e.g. the Path of a registration reversed to a route set, or a trunk's outbound proxy.
    pub routes: &'a [&'a str],
    /// Further headers (P-Asserted-Identity, Diversion, Replaces, Referred-By, Alert-Info …).
    pub headers: &'a [Field<'a>],
    /// The offer; none delays the offer to the peer's answer.
    pub body: Option<Body<'a>>,
    /// For 401 and 407; without them a challenge is a failure.
    pub credentials: Option<&'a Credentials>,
    /// Reliable provisional answers.
    pub reliable: Reliable,
    /// Whether to ask for a session timer (with [`crate::agent::SessionConfig`]).
    pub session_timer: bool,
    /// Hops that the request may take: 70, or one less than what came in where we relay.
    pub max_forwards: u8,
}

impl<'a> Invite<'a> {
    /// An INVITE with an offer (or none) and the usual rest.
    pub fn new(flow: Flow, target: &'a str, from: &'a str, body: Option<Body<'a>>) -> Self {
        Self {
            flow,
            alternatives: &[],
            hurried: false,
            target,
            from,
            to: None,
            contact_user: None,
            call_id: None,
            routes: &[],
            headers: &[],
            body,
            credentials: None,
            reliable: Reliable::Supported,
            session_timer: true,
            max_forwards: 70,
        }
    }
}

/// A request outside any dialog to send: OPTIONS, MESSAGE, REGISTER, PUBLISH …
#[derive(Clone)]
pub struct Outgoing<'a> {
    /// Where it goes.
    pub flow: Flow,
    /// Its method; not INVITE, ACK, CANCEL, BYE, PRACK, UPDATE or SUBSCRIBE.
    pub method: Method,
    /// Request-URI.
    pub target: &'a str,
    /// From without its tag.
    pub from: &'a str,
    /// To; `<target>` when absent.
    pub to: Option<&'a str>,
    /// Value of Contact; for REGISTER. Absent: none.
    pub contact: Option<&'a str>,
    /// Call-ID and CSeq number to go on with (a registration keeps them, RFC 3261 section 10.2); random when absent.
    pub sequence: Option<(&'a str, u32)>,
    /// Values of Route in order.
    pub routes: &'a [&'a str],
    /// Further headers.
    pub headers: &'a [Field<'a>],
    /// The body.
    pub body: Option<Body<'a>>,
    /// For 401 and 407.
    pub credentials: Option<&'a Credentials>,
}

/// A SUBSCRIBE that starts a subscription.
#[derive(Clone)]
pub struct Subscribe<'a> {
    /// Where it goes.
    pub flow: Flow,
    /// Request-URI.
    pub target: &'a str,
    /// From without its tag.
    pub from: &'a str,
    /// Value of Event, e.g. `message-summary`.
    pub event: &'a str,
    /// How long, in seconds; the agent refreshes by itself.
    pub expires_s: u32,
    /// Values of Route in order.
    pub routes: &'a [&'a str],
    /// Further headers (Accept …).
    pub headers: &'a [Field<'a>],
    /// For 401 and 407.
    pub credentials: Option<&'a Credentials>,
}

/// Where a REFER points.
#[derive(Clone, Copy)]
pub struct ReferTarget<'a> {
    /// The URI to contact, without angle brackets.
    pub uri: &'a str,
    /// Our call whose dialog the peer's new INVITE should take over (attended transfer, RFC 5589): its Replaces goes
    /// into the URI.
    pub replaces: Option<super::CallHandle>,
    /// Value of Referred-By.
    pub referred_by: Option<&'a str>,
}

/// State of a subscription that we notify.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotifyState<'a> {
    /// It goes on; the rest of its time is filled in.
    Active,
    /// It waits for somebody's consent.
    Pending,
    /// It is over, for this reason (`noresource`, `timeout`, `deactivated` …).
    Terminated(&'a str),
}

/// Why a command was refused. Nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CommandError {
    /// The handle names nothing (any more): the call, request or subscription is over. Its end was told by an event.
    #[error("no such call, request or subscription")]
    Gone,
    /// The state does not allow it: no dialog yet, already answered, another offer is open.
    #[error("not possible in this state")]
    WrongState,
    /// A body where an answer must stand is absent, or one stands where none may.
    #[error("offer/answer order forbids this body")]
    OfferAnswer,
    /// A URI, header or status that may not be sent.
    #[error("malformed argument")]
    Malformed,
    /// One of [`crate::agent::AgentLimits`] is reached.
    #[error("limit reached")]
    Limit,
    /// The peer does not support what the command needs (reliable answers, UPDATE).
    #[error("not supported by the peer")]
    Unsupported,
    /// Saved bytes that are no dialog of a version that we read.
    #[error("unreadable saved dialog")]
    Unreadable,
}

/// How a driver wants new INVITEs treated, beyond the agent's own limits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Admission {
    /// Let them in.
    #[default]
    Open,
    /// Answer 503 with Retry-After at once, without state; calls that stand go on.
    Shed {
        /// Value of Retry-After (a random share is added).
        retry_after: Duration,
    },
}
