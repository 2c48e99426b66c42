//! What telephones watch (RFC 6665): SUBSCRIBE for a lamp (RFC 4235, RFC 3842), and a NOTIFY for each change.
//!
//! A subscriber is told one thing at a time: while its answer is awaited, what changes gathers, and one NOTIFY tells it
//! then. So a slow telephone costs no more than a quick one, and none is told things out of order.

use std::collections::HashMap;
use std::sync::Arc;

use sip::agent::{Body, NotifyState, RequestHandle, SubscriptionHandle};
use sip::dialog_info::{self, DialogEntry};
use sip::flow::Flow;
use sip::header::HeaderName;
use sip::header::accept::accepts;
use sip::header::option_tags::TokenParams;
use sip::message::Message;
use sip::message_summary;
use types::leg::Text;
use types::watch::{WatchId, WatchKind, WatchRefused, WatchRequest, Watched, WatchedDialog};
use types::{LegId, Now, Private};

use super::Ua;
use super::refusal::Refusal;
use crate::mind::Mind;

/// Says which event packages are served.
pub(super) const ALLOW_EVENTS: &str = "Allow-Events";
/// The event packages that are served; that of REFER is no business of SUBSCRIBE.
pub(super) const EVENTS: &[&str] = &["dialog", "message-summary", "refer"];
/// Longest subscription, seconds. After a restart of ours a lamp says nothing until its telephone asks anew, and finds
/// that we know nothing of it (481): no later than this.
const MAX_EXPIRES_S: u32 = 600;
/// Shortest: less is a flood.
const MIN_EXPIRES_S: u32 = 60;

/// Everything that is watched.
#[derive(Debug, Default)]
pub(crate) struct Watches {
    by_subscription: HashMap<SubscriptionHandle, Watch>,
    subscriptions: HashMap<WatchId, SubscriptionHandle>,
    last: u64,
}

/// One subscription.
#[derive(Debug)]
struct Watch {
    id: WatchId,
    kind: WatchKind,
    /// The URI of what is watched, for the documents.
    entity: Private<String>,
    /// How it stands; unknown until the mind has said it.
    state: Option<Arc<Watched>>,
    /// How the subscriber believes that it stands.
    told: Option<Arc<Watched>>,
    /// Number of the next document.
    version: u32,
    /// A NOTIFY is not answered yet.
    is_telling: bool,
    /// The whole state is owed, whatever the subscriber knows.
    owes_all: bool,
}

impl Watch {
    /// The next document for the subscriber; none when it knows all.
    fn document(&mut self) -> Option<String> {
        let state = self.state.clone()?;
        let owes_all = std::mem::take(&mut self.owes_all);
        let told = self.told.replace(state.clone()).filter(|_| !owes_all);
        let entity = self.entity.reveal();
        let dialogs = match &*state {
            Watched::Dialogs(dialogs) => dialogs,
            Watched::Messages { new, old } => {
                let is_news = told.is_none_or(|told| told != state);
                return is_news.then(|| message_summary::write(entity, *new, *old));
            }
            Watched::Gone => return None,
        };
        let entries = match told.as_deref() {
            Some(Watched::Dialogs(told)) => changes(told, dialogs),
            _ => dialogs.iter().map(entry).collect(),
        };
        if told.is_some() && entries.is_empty() {
            return None;
        }
        let document = dialog_info::write(self.version, told.is_none(), entity, entries);
        self.version = self.version.wrapping_add(1);
        Some(document)
    }

    const fn content_type(&self) -> &'static str {
        content_type(self.kind)
    }
}

fn entry(dialog: &WatchedDialog) -> DialogEntry<LegId> {
    DialogEntry { id: dialog.leg, initiator: dialog.initiator, state: dialog.phase.as_str() }
}

/// What is new to one who knows `told`.
fn changes(told: &[WatchedDialog], dialogs: &[WatchedDialog]) -> Vec<DialogEntry<LegId>> {
    let gone = told.iter().filter(|old| dialogs.iter().all(|dialog| dialog.leg != old.leg));
    let gone = gone.map(|old| DialogEntry { state: "terminated", ..entry(old) });
    let news = dialogs.iter().filter(|dialog| !told.contains(dialog)).map(entry);
    gone.chain(news).collect()
}

impl<M: Mind> Ua<M> {
    pub(crate) fn on_subscribe(&mut self, now: Now, request: RequestHandle, message: &Message, flow: Flow) {
        let Some(credential) = self.device_of(now, request, message, flow) else { return };
        let watched = wish(message).and_then(|(kind, target, entity)| {
            self.watches.last += 1;
            let watch = WatchId(self.watches.last);
            let wish = WatchRequest { watch, device: credential.device, kind, target: Private::new(target) };
            self.mind.watch(&wish).map_err(|refused| match refused {
                WatchRefused::NotFound => Refusal::new(404, ""),
                WatchRefused::TooMany => Refusal::new(403, ""),
            })?;
            let watch = Watch {
                id: watch,
                kind,
                entity: Private::new(entity),
                state: None,
                told: None,
                version: 0,
                is_telling: false,
                owes_all: false,
            };
            Ok(watch)
        });
        match watched {
            Ok(watch) => self.begin_watch(now, request, message, watch),
            Err(refusal) => self.refuse(now, request, &refusal),
        }
    }

    fn begin_watch(&mut self, now: Now, request: RequestHandle, message: &Message, watch: Watch) {
        let id = watch.id;
        let Ok(subscription) = self.agent.accept_subscription(now, request, MAX_EXPIRES_S) else {
            self.mind.unwatch(id);
            // Without a Contact there is nobody to notify; else we are full.
            let status = if message.contact().is_none() { 400 } else { 503 };
            return self.refuse(now, request, &Refusal::new(status, ""));
        };
        self.watches.by_subscription.insert(subscription, watch);
        self.watches.subscriptions.insert(id, subscription);
        // One who wants to know once, now, is told by the end of the subscription.
        if message.number(HeaderName::Expires) == Some(0) {
            self.end_watch(now, subscription);
        }
    }

    /// Something that is watched stands so from now on.
    pub(crate) fn on_watched(&mut self, now: Now, id: WatchId, state: Arc<Watched>) {
        let Some(&subscription) = self.watches.subscriptions.get(&id) else { return };
        if *state == Watched::Gone {
            // One that cannot be told is over all the same.
            let _ = self.agent.notify(now, subscription, NotifyState::Terminated("noresource"), None);
            return self.forget_watch(subscription);
        }
        if let Some(watch) = self.watches.by_subscription.get_mut(&subscription) {
            watch.state = Some(state);
        }
        self.tell_watcher(now, subscription);
    }

    fn tell_watcher(&mut self, now: Now, subscription: SubscriptionHandle) {
        let Some(watch) = self.watches.by_subscription.get_mut(&subscription).filter(|w| !w.is_telling) else { return };
        let Some(document) = watch.document() else { return };
        watch.is_telling = true;
        let body = Body { content_type: watch.content_type(), bytes: document.as_bytes() };
        if self.agent.notify(now, subscription, NotifyState::Active, Some(body)).is_err() {
            self.forget_watch(subscription);
        }
    }

    pub(crate) fn on_notify_answered(&mut self, now: Now, subscription: SubscriptionHandle) {
        if let Some(watch) = self.watches.by_subscription.get_mut(&subscription) {
            watch.is_telling = false;
            self.tell_watcher(now, subscription);
        }
    }

    pub(crate) fn on_watch_refreshed(&mut self, now: Now, subscription: SubscriptionHandle, expires_s: u32) {
        let Some(watch) = self.watches.by_subscription.get_mut(&subscription) else { return };
        if expires_s == 0 {
            return self.end_watch(now, subscription);
        }
        watch.owes_all = true;
        self.tell_watcher(now, subscription);
    }

    /// The last word: how it stands now.
    fn end_watch(&mut self, now: Now, subscription: SubscriptionHandle) {
        // What is on its way to it goes into this word.
        if let Some(watch) = self.watches.by_subscription.get_mut(&subscription) {
            watch.is_telling = true;
            watch.owes_all = true;
        }
        while let Some((other, state)) = self.mind.poll_watched() {
            self.on_watched(now, other, state);
        }
        let Some(watch) = self.watches.by_subscription.get_mut(&subscription) else { return };
        let document = watch.document();
        let bytes = document.as_ref().map(String::as_bytes);
        let body = bytes.map(|bytes| Body { content_type: watch.content_type(), bytes });
        // A subscription that cannot be notified is over all the same.
        let _ = self.agent.notify(now, subscription, NotifyState::Terminated("timeout"), body);
        self.forget_watch(subscription);
    }

    pub(crate) fn forget_watch(&mut self, subscription: SubscriptionHandle) {
        if let Some(watch) = self.watches.by_subscription.remove(&subscription) {
            self.watches.subscriptions.remove(&watch.id);
            self.mind.unwatch(watch.id);
        }
    }
}

const fn content_type(kind: WatchKind) -> &'static str {
    match kind {
        WatchKind::Dialogs => dialog_info::CONTENT_TYPE,
        WatchKind::Messages => message_summary::CONTENT_TYPE,
    }
}

/// What is asked for: what about whom, and by which name it is told of.
fn wish(message: &Message) -> Result<(WatchKind, Text, String), Refusal> {
    let event = message.header(HeaderName::Event).and_then(|event| TokenParams::parse(event).ok());
    let kind = match event.map(|event| event.token) {
        Some("dialog") => WatchKind::Dialogs,
        Some("message-summary") => WatchKind::Messages,
        _ => return Err(Refusal::hinting(489, ALLOW_EVENTS, EVENTS.join(", "))),
    };
    let mut lines = message.headers(HeaderName::Accept).peekable();
    let content_type = content_type(kind);
    let (main, subtype) = content_type.split_once('/').unwrap_or_default();
    if lines.peek().is_some() && accepts(lines, main, subtype) != Ok(true) {
        return Err(Refusal::hinting(406, "Accept", content_type.to_owned()));
    }
    if message.number(HeaderName::Expires).is_some_and(|s| (1..MIN_EXPIRES_S).contains(&s)) {
        return Err(Refusal::hinting(423, "Min-Expires", MIN_EXPIRES_S.to_string()));
    }
    let uri = message.request_uri().ok();
    let Some((user, uri)) = uri.and_then(|uri| Some((uri.user_decoded()?, uri))) else {
        return Err(Refusal::new(404, ""));
    };
    let entity = format!("sip:{}@{}", uri.user().unwrap_or_default(), uri.host());
    Ok((kind, Text::from(&*user), entity))
}
