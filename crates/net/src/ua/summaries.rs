//! NOTIFYs to telephones that have not subscribed: how many messages wait (RFC 3842, "unsolicited" by all who make
//! telephones). It goes where calls to the telephone go, and belongs to no subscription.

use std::collections::HashMap;

use sip::agent::{Body, Outgoing, SentHandle};
use sip::flow::Flow;
use sip::message_summary;
use sip::method::Method;
use sip::uri::escape_user;
use types::watch::Summary;
use types::{DeviceId, Now};

use super::Ua;
use super::dial::direct;
use crate::mind::Mind;

/// What is sent and not answered yet, no more than the agent has room for.
#[derive(Debug, Default)]
pub(super) struct Summaries(HashMap<SentHandle, DeviceId>);

impl<M: Mind> Ua<M> {
    /// Tells a telephone how many messages wait. One behind a proxy that is known by its name alone is not told: nobody
    /// waits for this as one waits for a call.
    pub(super) fn send_summary(&mut self, now: Now, summary: &Summary) {
        let Summary { device, target, account, new, old } = summary;
        let first = target.next_hop.as_ref().or(target.routes.first()).unwrap_or(target.uri.reveal());
        let flow = match target.flow {
            Some(connection) => self.connections.get(&connection).copied(),
            None => direct(first).map(|(transport, remote)| Flow::to(transport, remote)),
        };
        let Some((flow, identity)) = flow.and_then(|flow| Some((flow, self.identity_towards(flow)?.0))) else {
            return self.mind.summary_failed(*device, false);
        };
        let address = format!("sip:{}@{identity}", escape_user(account.reveal()));
        let (from, contact) = (format!("<{address}>"), format!("<sip:{identity}>"));
        let text = message_summary::write(&address, *new, *old);
        let routes: Vec<String> = target.routes.iter().map(|route| format!("<{route}>")).collect();
        let routes: Vec<&str> = routes.iter().map(String::as_str).collect();
        let notify = Outgoing {
            flow,
            method: Method::Notify,
            target: target.uri.reveal(),
            from: &from,
            to: None,
            contact: Some(&contact),
            sequence: None,
            routes: &routes,
            // There is no subscription that could go on.
            headers: &[("Event", "message-summary"), ("Subscription-State", "terminated")],
            body: Some(Body { content_type: message_summary::CONTENT_TYPE, bytes: text.as_bytes() }),
            credentials: None,
        };
        match self.agent.request(now, &notify) {
            Ok(sent) => _ = self.summaries.0.insert(sent, *device),
            Err(_) => self.mind.summary_failed(*device, false),
        }
    }

    /// A request of ours outside of calls was answered; `status`: what its far end says. Whether it was one of these.
    pub(super) fn summary_answered(&mut self, sent: SentHandle, status: Option<u16>) -> bool {
        let Some(device) = self.summaries.0.remove(&sent) else { return false };
        if !status.is_some_and(|status| (200..300).contains(&status)) {
            self.mind.summary_failed(device, status.is_some_and(refuses));
        }
        true
    }
}

/// Whether a telephone will answer so each time: it knows no NOTIFY (405, 501), no such event (489), no such subscription
/// (481), or wants a proof that we have not. Not so when it or a proxy is busy, or did not find it.
const fn refuses(status: u16) -> bool {
    matches!(status, 400..=403 | 405..=407 | 415..=420 | 481 | 488 | 489 | 501 | 603)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_want_it_is_told_from_who_could_not_hear_it() {
        for status in [481, 489, 405, 501, 403, 401] {
            assert!(refuses(status), "{status}");
        }
        for status in [404, 408, 430, 480, 486, 491, 500, 503] {
            assert!(!refuses(status), "{status}");
        }
    }
}
