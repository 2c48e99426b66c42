//! Messages that a transaction makes from its INVITE: the ACK for a failure, and the CANCEL.

use bytes::Bytes;

use crate::build::MessageBuilder;
use crate::flow::Transport;
use crate::header::HeaderName;
use crate::message::Message;
use crate::method::Method;

/// What becomes of a header when a request goes out again.
pub(crate) enum Edit {
    Keep,
    Drop,
    Replace(Bytes),
}

/// A request of ours again, by another way or with other headers: its Via is made anew, each other header becomes what
/// `edit` says. The body is still to come.
pub(crate) fn rerouted(
    request: &Message,
    transport: Transport,
    sent_by: &str,
    branch: &str,
    mut edit: impl FnMut(HeaderName, &[u8]) -> Edit,
) -> MessageBuilder {
    let builder = MessageBuilder::request_named(request.method_text(), request.request_uri_text());
    let mut builder = builder.via(transport.as_str(), sent_by, branch);
    for (id, name, value) in request.all_headers() {
        if matches!(id, HeaderName::Via | HeaderName::ContentLength) {
            continue;
        }
        let replaced = match edit(id, value) {
            Edit::Keep => None,
            Edit::Drop => continue,
            Edit::Replace(value) => Some(value),
        };
        let value = replaced.as_deref().unwrap_or(value);
        builder = match id {
            HeaderName::Other => builder.raw_header(&String::from_utf8_lossy(name), value),
            _ => builder.raw_header(id.as_str(), value),
        };
    }
    builder
}

/// Request-URI, topmost Via, Route, From, Call-ID and CSeq number of the INVITE (RFC 3261 sections 9.1 and 17.1.1.3).
fn hop_request(invite: &Message, method: Method, to: &[u8]) -> MessageBuilder {
    let number = invite.cseq().map_or(0, |cseq| cseq.number);
    let mut builder = MessageBuilder::request(method, invite.request_uri_text());
    if let Some(via) = invite.header(HeaderName::Via) {
        builder = builder.raw_header(HeaderName::Via.as_str(), via);
    }
    builder
        .copy(invite, HeaderName::Route)
        .header(HeaderName::MaxForwards, 70)
        .copy(invite, HeaderName::From)
        .raw_header(HeaderName::To.as_str(), to)
        .copy(invite, HeaderName::CallId)
        .header(HeaderName::CSeq, format_args!("{number} {method}"))
}

/// The ACK for a final answer of 300 and more.
pub(crate) fn ack_for_failure(invite: &Bytes, response: &Message) -> Option<Bytes> {
    let invite = Message::scan(invite.clone()).ok()?;
    let to = response.header(HeaderName::To)?;
    Some(hop_request(&invite, Method::Ack, to).finish().into())
}

/// The CANCEL of an INVITE that was sent.
pub(crate) fn cancel_for(invite: &Bytes, reason: Option<&str>) -> Option<Bytes> {
    let invite = Message::scan(invite.clone()).ok()?;
    let to = invite.header(HeaderName::To)?;
    Some(hop_request(&invite, Method::Cancel, to).header_opt(HeaderName::Reason, reason).finish().into())
}
