//! How we name ourselves on each socket: in Via, in Contact, and as the local end of a path.

use bytes::Bytes;

use crate::config::Identity;
use crate::flow::Flow;

/// Our name on the way of a flow.
pub(crate) fn sent_by<'a>(identities: &'a [Identity], flow: &Flow) -> &'a str {
    let same = |identity: &&Identity| identity.transport == flow.transport;
    let exact = identities.iter().filter(same).find(|identity| identity.local == flow.local);
    let any = || identities.iter().find(same).or(identities.first());
    exact.or_else(any).map_or("invalid.invalid", |identity| identity.sent_by.as_str())
}

/// Our Contact on the way of a flow.
pub(crate) fn contact(identities: &[Identity], user: &str, flow: &Flow) -> Bytes {
    let mut contact = String::with_capacity(64);
    contact.push_str("<sip:");
    if !user.is_empty() {
        contact.push_str(user);
        contact.push('@');
    }
    contact.push_str(sent_by(identities, flow));
    if let Some(transport) = flow.transport.uri_param() {
        contact.push_str(";transport=");
        contact.push_str(transport);
    }
    contact.push('>');
    contact.into()
}

/// A Contact that [`contact`] made for one way, as it is on another; none for a Contact that is not ours.
pub(crate) fn contact_by(identities: &[Identity], value: &[u8], flow: &Flow) -> Option<Bytes> {
    let inner = std::str::from_utf8(value).ok()?.strip_prefix("<sip:")?.strip_suffix('>')?;
    let (user, host) = inner.rsplit_once('@').unwrap_or(("", inner));
    let host = host.split(';').next()?;
    let ours = identities.iter().any(|identity| identity.sent_by == host);
    ours.then(|| contact(identities, user, flow))
}

/// A path whose local end is one of our sockets.
pub(crate) fn bind(identities: &[Identity], flow: Flow) -> Flow {
    if !flow.local.ip().is_unspecified() || flow.local.port() != 0 {
        return flow;
    }
    let fits = |identity: &&Identity| {
        identity.transport == flow.transport && identity.local.is_ipv4() == flow.remote.is_ipv4()
    };
    let local = identities.iter().find(fits).map_or(flow.local, |identity| identity.local);
    Flow { local, ..flow }
}
