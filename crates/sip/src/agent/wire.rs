//! Putting messages together: what every request and answer of ours has in common.

use bytes::Bytes;

use super::Agent;
use super::call::Call;
use super::command::{Body, Field};
use crate::build::MessageBuilder;
use crate::config::AgentConfig;
use crate::dialog::Dialog;
use crate::flow::Flow;
use crate::identity;
use crate::message::Message;
use crate::method::Method;
use crate::name::HeaderName;
use crate::status::reason_phrase;
use crate::tag::tag_text;

/// Extensions that answers and requests of a session name.
pub(super) const SESSION_SUPPORTED: &str = "100rel, timer, replaces";

impl AgentConfig {
    /// Our name on the way of a flow.
    pub(super) fn sent_by(&self, flow: &Flow) -> &str {
        identity::sent_by(&self.identities, flow)
    }

    /// Our Contact on the way of a flow.
    pub(super) fn contact(&self, user: &str, flow: &Flow) -> Bytes {
        identity::contact(&self.identities, user, flow)
    }

    /// A path whose local end is one of our sockets.
    pub(super) fn bind(&self, flow: Flow) -> Flow {
        identity::bind(&self.identities, flow)
    }

    /// `User-Agent` in requests, `Server` in answers.
    pub(super) fn signed(&self, builder: MessageBuilder, name: HeaderName) -> MessageBuilder {
        if self.user_agent.is_empty() { builder } else { builder.header(name, &self.user_agent) }
    }
}

/// Ends a message with its extra headers and its body.
pub(super) fn finish(mut builder: MessageBuilder, fields: &[Field<'_>], body: Option<Body<'_>>) -> Bytes {
    for (name, value) in fields {
        builder = builder.raw_header(name, value.as_bytes());
    }
    match body {
        Some(body) => builder.finish_with(body.content_type, body.bytes),
        None => builder.finish(),
    }
    .into()
}

/// A description's fingerprint, the same in every process: tells a refresh from a change.
pub(super) fn fingerprint(description: &[u8]) -> u64 {
    super::fnv(description)
}

/// The session description in a message's body, alone or as a part of a multipart.
pub(super) fn session_body(message: &Message) -> Option<Bytes> {
    let description = crate::body::session_description(message).ok()??;
    Some(message.raw().slice_ref(description))
}

impl Agent {
    /// An answer to a request, up to its own headers.
    pub(super) fn reply(&self, request: &Message, flow: &Flow, status: u16, reason: &str, tag: u64) -> MessageBuilder {
        let reason = if reason.is_empty() { reason_phrase(status) } else { reason };
        let tag = tag_text(tag);
        let tag = (status != 100).then(|| tag.as_str());
        let builder = MessageBuilder::reply_with_reason(request, status, reason, tag, Some(flow.remote));
        self.config.signed(builder, HeaderName::Server)
    }

    /// A request within a dialog, up to its own headers.
    pub(super) fn within(&self, call: &Call, dialog: &Dialog, method: Method, seq: u32, branch: u64) -> MessageBuilder {
        let builder = dialog.request(&call.end, method, seq, self.config.sent_by(&dialog.hop), branch);
        self.config.signed(builder, HeaderName::UserAgent)
    }
}
