//! What a server says to a well-formed request before it looks at who sends it and what it is for (RFC 3261 sections
//! 8.2.1 to 8.2.3): method, scheme, extensions, content.

use std::net::SocketAddr;

use crate::body::{self, Part};
use crate::build::MessageBuilder;
use crate::error::Malformed;
use crate::header::accept::accepts;
use crate::header::name_addr::is_star;
use crate::header::option_tags::{TokenParams, tokens};
use crate::header::replaces::Replaces;
use crate::header::timing::SessionExpires;
use crate::message::Message;
use crate::method::Method;
use crate::name::HeaderName;
use crate::uri::Scheme;

/// What a server can do.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The methods it serves.
    pub methods: &'static [Method],
    /// The extensions that a request may require of it.
    pub extensions: &'static [&'static str],
    /// The event packages that may be subscribed to.
    pub events: &'static [&'static str],
    /// The shortest session timer it takes, in seconds (RFC 4028: at least 90).
    pub min_session_expires_s: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            methods: &[
                Method::Invite,
                Method::Ack,
                Method::Bye,
                Method::Cancel,
                Method::Options,
                Method::Register,
                Method::Prack,
                Method::Update,
                Method::Info,
                Method::Refer,
                Method::Notify,
                Method::Subscribe,
                Method::Message,
            ],
            extensions: &["100rel", "timer", "replaces", "path", "outbound", "tdialog", "norefersub"],
            events: &["dialog", "message-summary", "refer"],
            min_session_expires_s: 90,
        }
    }
}

impl Policy {
    /// The value of an Allow header.
    pub fn allow(&self) -> String {
        self.methods.iter().map(|method| method.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The value of a Supported header.
    pub fn supported(&self) -> String {
        self.extensions.join(", ")
    }
}

/// A refusal: its status, and the headers that tell the sender what would have been fine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The status code.
    pub status: u16,
    /// What is wrong, for the reason phrase of a 400 and for a log.
    pub why: &'static str,
    /// Headers of the answer.
    pub headers: Vec<(HeaderName, String)>,
}

impl Rejection {
    fn new(status: u16, why: &'static str) -> Self {
        Self { status, why, headers: Vec::new() }
    }

    fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The answer, ready to send.
    pub fn reply(&self, request: &Message, to_tag: Option<&str>, source: Option<SocketAddr>) -> Vec<u8> {
        let builder = match self.status {
            400 => MessageBuilder::reply_with_reason(request, 400, self.why, to_tag, source),
            status => MessageBuilder::reply_to(request, status, to_tag, source),
        };
        self.headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, value)).finish()
    }
}

/// Media types by their two names.
type Types = &'static [(&'static str, &'static str)];

/// Bodies that an INVITE, UPDATE or PRACK may carry.
const SESSION_TYPES: Types =
    &[("application", "sdp"), ("multipart", "mixed"), ("multipart", "alternative"), ("multipart", "related")];

/// Bodies that a MESSAGE may carry.
const MESSAGE_TYPES: Types = &[
    ("text", "plain"),
    ("text", "html"),
    ("message", "cpim"),
    ("application", "im-iscomposing+xml"),
    ("multipart", "mixed"),
    ("multipart", "alternative"),
    ("multipart", "related"),
    ("multipart", "signed"),
];

/// The refusal of a body's type, with the types that are fine.
fn unsupported(types: Types) -> Rejection {
    let accept: Vec<String> = types.iter().map(|(kind, subtype)| format!("{kind}/{subtype}")).collect();
    Rejection::new(415, "content type").with(HeaderName::Accept, accept.join(", "))
}

/// Looks at a request that [`Message::parse`] has let pass. ACK has to be screened by nobody: it gets no answer. What a
/// session description says is for whoever negotiates it.
///
/// # Errors
/// The refusal to send.
pub fn screen(request: &Message, policy: &Policy) -> Result<(), Rejection> {
    let Some(method) = request.method() else { return Ok(()) };
    if !policy.methods.contains(&method) {
        let status = if method == Method::Unknown { 501 } else { 405 };
        return Err(Rejection::new(status, "method").with(HeaderName::Allow, policy.allow()));
    }
    let uri = request.request_uri().map_err(|_| Rejection::new(400, "Malformed Request-URI"))?;
    if uri.scheme() == Scheme::Other {
        return Err(Rejection::new(416, "scheme"));
    }
    // A CANCEL that could be refused would leave its INVITE ringing.
    if matches!(method, Method::Cancel | Method::Ack) {
        return Ok(());
    }
    extensions(request, policy)?;
    content(request, method)?;
    match method {
        Method::Invite => invite(request, policy),
        Method::Update => session_timer(request, policy),
        Method::Register => register(request),
        Method::Subscribe => subscribe(request, policy),
        Method::Refer => refer(request),
        _ => Ok(()),
    }
}

fn extensions(request: &Message, policy: &Policy) -> Result<(), Rejection> {
    let known = |tag: &str| policy.extensions.iter().any(|known| known.eq_ignore_ascii_case(tag));
    let unknown: Vec<&str> =
        request.headers(HeaderName::Require).flat_map(tokens).flatten().filter(|tag| !known(tag)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Rejection::new(420, "extension").with(HeaderName::Unsupported, unknown.join(", ")))
}

fn content(request: &Message, method: Method) -> Result<(), Rejection> {
    if request.body().is_empty() || request.header(HeaderName::ContentDisposition).is_some_and(body::is_optional) {
        return Ok(());
    }
    let encoded = request.headers(HeaderName::ContentEncoding).flat_map(tokens).flatten();
    if encoded.into_iter().any(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(Rejection::new(415, "content encoding").with(HeaderName::AcceptEncoding, "identity"));
    }
    let accepted = match method {
        Method::Invite | Method::Update | Method::Prack => SESSION_TYPES,
        Method::Message => MESSAGE_TYPES,
        // INFO's packages and NOTIFY's events have types of their own; other methods mean nothing by a body.
        _ => return Ok(()),
    };
    let content_type = request.content_type().ok_or(Rejection::new(400, "Missing Content-Type"))?;
    if !accepted.iter().any(|(kind, subtype)| content_type.is(kind, subtype)) {
        return Err(unsupported(accepted));
    }
    if method == Method::Message || content_type.is("application", "sdp") {
        return Ok(());
    }
    let is_session = |part: &Part<'_>| part.content_type.is_some_and(|kind| kind.is("application", "sdp"));
    match body::find_part(request, |part| (!part.is_optional() && !is_session(part)).then_some(())) {
        Ok(None) => Ok(()),
        Ok(Some(())) => Err(unsupported(accepted)),
        Err(_) => Err(Rejection::new(400, "Malformed multipart body")),
    }
}

fn invite(request: &Message, policy: &Policy) -> Result<(), Rejection> {
    let malformed = |_: Malformed| Rejection::new(400, "Malformed Accept");
    let mut lines = request.headers(HeaderName::Accept).peekable();
    if lines.peek().is_some() && !accepts(lines, "application", "sdp").map_err(malformed)? {
        let warning = "399 lingtong \"Only session descriptions are sent\"";
        return Err(Rejection::new(406, "accept").with(HeaderName::Warning, warning));
    }
    if request.header(HeaderName::Replaces).is_some_and(|value| Replaces::parse(value).is_err()) {
        return Err(Rejection::new(400, "Malformed Replaces"));
    }
    session_timer(request, policy)
}

fn session_timer(request: &Message, policy: &Policy) -> Result<(), Rejection> {
    let Some(value) = request.header(HeaderName::SessionExpires) else { return Ok(()) };
    let timer = SessionExpires::parse(value).map_err(|_| Rejection::new(400, "Malformed Session-Expires"))?;
    let short = timer.seconds < policy.min_session_expires_s;
    if short && request.lists(HeaderName::Supported, "timer") {
        let minimum = policy.min_session_expires_s.to_string();
        return Err(Rejection::new(422, "session timer").with(HeaderName::MinSe, minimum));
    }
    Ok(())
}

fn register(request: &Message) -> Result<(), Rejection> {
    let to = request.to().map_err(|_| Rejection::new(400, "Malformed To"))?;
    if to.uri.scheme() == Scheme::Other {
        return Err(Rejection::new(400, "To is no address of record"));
    }
    let lines = || request.headers(HeaderName::Contact);
    if lines().any(is_star) && (lines().count() > 1 || request.number(HeaderName::Expires) != Some(0)) {
        return Err(Rejection::new(400, "Contact * without Expires 0"));
    }
    Ok(())
}

fn subscribe(request: &Message, policy: &Policy) -> Result<(), Rejection> {
    let event = request.header(HeaderName::Event).ok_or(Rejection::new(400, "Missing Event"))?;
    let event = TokenParams::parse(event).map_err(|_| Rejection::new(400, "Malformed Event"))?;
    if policy.events.contains(&event.token) {
        return Ok(());
    }
    Err(Rejection::new(489, "event package").with(HeaderName::AllowEvents, policy.events.join(", ")))
}

fn refer(request: &Message) -> Result<(), Rejection> {
    match request.addresses(HeaderName::ReferTo).next() {
        Some(Ok(_)) => Ok(()),
        Some(Err(_)) => Err(Rejection::new(400, "Malformed Refer-To")),
        None => Err(Rejection::new(400, "Missing Refer-To")),
    }
}
