//! Calls as bytes: what a standing call needs to go on in another process.
//!
//! The form is a version byte and a postcard record. Passwords are not in it, so a challenge within a restored call is a
//! failure of that request; nor are subscriptions and requests whose answer only the driver waits for.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use types::{Now, Wall};

use super::call::{Call, CallTimer, ChangeIn, ChangeOut, LastInvite, Stage, Unacked};
use super::{Agent, ChangeKind, CommandError, Event, Usage, call_key};
use crate::dialog::{Dialog, LocalEnd, OfferState, PeerSkills, as_text};
use crate::flow::Flow;
use crate::handle::CallHandle;
use crate::header::timing::Refresher;
use crate::message::Message;
use crate::method::Method;
use crate::session_timer::Grant;
use crate::timers::{NEVER, Repeat};
use crate::transaction::{Owner, Received};

/// The first byte of a saved call.
const VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
struct SavedCall {
    saved_at: Wall,
    call_id: Vec<u8>,
    tag: u64,
    name: Vec<u8>,
    contact: Vec<u8>,
    seq: u32,
    owns_call_id: bool,
    dialog: SavedDialog,
    session: SavedSession,
    want_timer: bool,
    local_sdp: Vec<u8>,
    remote_sdp: u64,
    last_invite: (u32, u64, bool, bool),
    unacked: Option<SavedUnacked>,
    change_out: Option<SavedChangeOut>,
    change_in: Option<SavedChangeIn>,
    bye_waits: Option<Vec<(String, String)>>,
    refers: Vec<u32>,
    last_answer: Option<(u32, Vec<u8>)>,
}

#[derive(Serialize, Deserialize)]
struct SavedDialog {
    remote: Vec<u8>,
    remote_tag: Vec<u8>,
    target: Vec<u8>,
    routes: Vec<Vec<u8>>,
    remote_seq: Option<u32>,
    hop: Flow,
    /// UPDATE, 100rel, timer.
    skills: (bool, bool, bool),
    offer: u8,
    fork: u16,
}

#[derive(Serialize, Deserialize)]
struct SavedSession {
    interval_s: u32,
    we_refresh: bool,
    min_se_s: u32,
    refresh_in_ms: Option<u64>,
    expires_in_ms: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct SavedUnacked {
    bytes: Vec<u8>,
    reply: Flow,
    seq: u32,
    offers: bool,
}

#[derive(Serialize, Deserialize)]
struct SavedChangeOut {
    invite: bool,
    offer: Option<(String, Vec<u8>)>,
    refresh: bool,
    tries: u8,
    /// Request, branch and path, where it is under way.
    sent: Option<(Vec<u8>, u64, Flow)>,
}

#[derive(Serialize, Deserialize)]
struct SavedChangeIn {
    request: Vec<u8>,
    flow: Flow,
    kind: u8,
    offered: bool,
    grant: Option<(u32, bool, bool)>,
    hash: Option<u64>,
}

const OFFER_STATES: [OfferState; 4] = [OfferState::Fresh, OfferState::Theirs, OfferState::Ours, OfferState::Stable];
const KINDS: [ChangeKind; 3] = [ChangeKind::Reinvite, ChangeKind::Update, ChangeKind::Prack];

fn place_of<T: PartialEq>(all: &[T], one: &T) -> u8 {
    all.iter().position(|known| known == one).unwrap_or_default() as u8
}

/// Saving and restoring.
impl Agent {
    /// A call that stands as bytes, from which [`Agent::restore`] makes it again in another process. Its timers are those of
    /// the last input's time.
    ///
    /// # Errors
    /// [`CommandError::Gone`]; [`CommandError::WrongState`] unless the call stands.
    pub fn save(&self, call: CallHandle) -> Result<Vec<u8>, CommandError> {
        let leg = self.calls.get(call).ok_or(CommandError::Gone)?;
        let dialog = leg.dialogs.first().filter(|_| leg.is_standing()).ok_or(CommandError::WrongState)?;
        let saved = SavedCall {
            saved_at: self.clock.wall,
            call_id: leg.end.call_id.to_vec(),
            tag: leg.end.tag,
            name: leg.end.name.to_vec(),
            contact: leg.end.contact.to_vec(),
            seq: leg.end.seq,
            owns_call_id: leg.owns_call_id,
            dialog: save_dialog(dialog),
            session: save_session(self.clock, leg),
            want_timer: leg.want_timer,
            local_sdp: leg.local_sdp.to_vec(),
            remote_sdp: leg.remote_sdp,
            last_invite: (
                leg.last_invite.seq,
                leg.last_invite.branch,
                leg.last_invite.ack_owed,
                leg.last_invite.answered_in_ack,
            ),
            unacked: leg.unacked.as_ref().map(|unacked| SavedUnacked {
                bytes: unacked.bytes.to_vec(),
                reply: unacked.reply,
                seq: unacked.seq,
                offers: unacked.offers,
            }),
            change_out: leg.change_out.as_deref().map(|change| self.save_change_out(change)),
            change_in: leg.change_in.as_ref().and_then(|change| self.save_change_in(change)),
            bye_waits: leg.bye_waits.clone(),
            refers: leg.refers.to_vec(),
            last_answer: self.last_answer(leg),
        };
        let bytes = vec![VERSION];
        postcard::to_extend(&saved, bytes).map_err(|_| CommandError::WrongState)
    }

    fn last_answer(&self, leg: &Call) -> Option<(u32, Vec<u8>)> {
        if let Some((number, bytes)) = &leg.last_answer {
            return Some((*number, bytes.to_vec()));
        }
        let (number, place) = leg.last_request?;
        Some((number, self.tx.last_answer(place)?.to_vec()))
    }

    fn save_change_out(&self, change: &ChangeOut) -> SavedChangeOut {
        let client = change.client.and_then(|client| self.tx.clients.get(client));
        SavedChangeOut {
            invite: change.method == Method::Invite,
            offer: change.offer.as_ref().map(|(kind, bytes)| (kind.clone(), bytes.to_vec())),
            refresh: change.refresh,
            tries: change.tries,
            sent: client.map(|client| (client.bytes.to_vec(), client.branch, client.flow)),
        }
    }

    fn save_change_in(&self, change: &ChangeIn) -> Option<SavedChangeIn> {
        let server = self.tx.servers.get(change.server)?;
        Some(SavedChangeIn {
            request: server.request.as_ref()?.raw().to_vec(),
            flow: server.flow,
            kind: place_of(&KINDS, &change.kind),
            offered: change.offered,
            grant: change.grant.map(|grant| (grant.interval_s, grant.refresher == Refresher::Uas, grant.require)),
            hash: change.hash,
        })
    }

    /// A saved call again: its timers go on, and what was under way is taken up. A change that the peer asked for and
    /// nobody had answered is told anew by [`Event::Change`].
    ///
    /// # Errors
    /// [`CommandError::Unreadable`]; [`CommandError::Limit`]; [`CommandError::WrongState`] when the call is here already.
    pub fn restore(&mut self, now: Now, saved: &[u8]) -> Result<CallHandle, CommandError> {
        self.clock = now;
        if self.calls.len() >= self.config.limits.max_calls {
            return Err(CommandError::Limit);
        }
        let record = saved.strip_prefix(&[VERSION]).ok_or(CommandError::Unreadable)?;
        let saved: SavedCall = postcard::from_bytes(record).map_err(|_| CommandError::Unreadable)?;
        let dialog = restore_dialog(&saved.dialog).ok_or(CommandError::Unreadable)?;
        if self.tags.contains_key(&saved.tag) {
            return Err(CommandError::WrongState);
        }
        let call_id = std::str::from_utf8(&saved.call_id).map_err(|_| CommandError::Unreadable)?;
        let end = LocalEnd {
            call_key: call_key(call_id),
            call_id: Bytes::copy_from_slice(call_id.as_bytes()),
            tag: saved.tag,
            name: saved.name.clone().into(),
            contact: saved.contact.clone().into(),
            seq: saved.seq,
        };
        let mut leg = Call::new(end, saved.owns_call_id, Stage::Standing);
        leg.dialogs.push(dialog);
        leg.want_timer = saved.want_timer;
        leg.local_sdp = saved.local_sdp.clone().into();
        leg.remote_sdp = saved.remote_sdp;
        let (seq, branch, ack_owed, answered_in_ack) = saved.last_invite;
        leg.last_invite = LastInvite { seq, branch, ack_owed, answered_in_ack };
        leg.bye_waits = saved.bye_waits.clone();
        leg.refers = saved.refers.iter().copied().collect();
        leg.last_answer = saved.last_answer.as_ref().map(|(number, bytes)| (*number, Bytes::copy_from_slice(bytes)));
        restore_session(now, &mut leg, &saved);
        let call = self.calls.insert(leg);
        self.tags.insert(saved.tag, Usage::Call(call));
        self.arm_session(call);
        if ack_owed {
            self.set_timer(call, CallTimer::AckOwed, now.mono + self.config.timers.give_up());
        }
        if let Some(unacked) = saved.unacked {
            self.restore_unacked(now, call, unacked);
        }
        if let Some(change) = saved.change_out {
            self.restore_change_out(now, call, change);
        }
        if let Some(change) = saved.change_in {
            self.restore_change_in(now, call, change);
        }
        Ok(call)
    }

    fn restore_unacked(&mut self, now: Now, call: CallHandle, saved: SavedUnacked) {
        let timers = self.config.timers;
        let repeat = Repeat::new(now.mono, timers.t1, timers.t2, timers.give_up());
        let bytes: Bytes = saved.bytes.into();
        let reply = Flow { conn: 0, ..saved.reply };
        if let Some(leg) = self.calls.get_mut(call) {
            let (seq, offers) = (saved.seq, saved.offers);
            let from_tag = leg.dialogs.first().map(|dialog| dialog.remote_tag.clone()).unwrap_or_default();
            self.tx.absorb_invite(now.mono, &leg.end.call_id, &from_tag, seq, reply);
            leg.unacked = Some(Box::new(Unacked { bytes, reply, seq, repeat, offers }));
        }
        self.set_timer(call, CallTimer::Unacked, repeat.due());
    }

    /// A request under way goes out again under its old branch: to the peer it is a repeat.
    fn restore_change_out(&mut self, now: Now, call: CallHandle, saved: SavedChangeOut) {
        let method = if saved.invite { Method::Invite } else { Method::Update };
        let owner = if saved.invite { Owner::Reinvite(call) } else { Owner::Update(call) };
        let key = self.call_key(call);
        let client = saved.sent.map(|(bytes, branch, flow)| {
            let flow = Flow { conn: 0, ..flow };
            self.tx.start_client(now.mono, method, flow, bytes.into(), branch, key, owner)
        });
        let Some(leg) = self.calls.get_mut(call) else { return };
        let fork = leg.dialogs.first().map_or(0, |dialog| dialog.fork);
        let offer = saved.offer.map(|(kind, bytes)| (kind, bytes.into()));
        let change = ChangeOut { method, offer, client, refresh: saved.refresh, fork, tries: saved.tries };
        leg.change_out = Some(Box::new(change));
        if client.is_none() {
            self.set_timer(call, CallTimer::Retry, now.mono + self.config.timers.t2);
        }
    }

    fn restore_change_in(&mut self, now: Now, call: CallHandle, saved: SavedChangeIn) {
        let Ok(message) = Message::parse(saved.request) else { return };
        let (Some(method), Some(kind)) = (message.method(), KINDS.get(usize::from(saved.kind)).copied()) else {
            return;
        };
        let Received::New(place) = self.tx.request(now.mono, &message, method) else { return };
        let flow = Flow { conn: 0, ..saved.flow };
        let key = self.call_key(call);
        let server = self.tx.start_server(now.mono, place, flow, message.clone(), method, key, Some(call));
        let grant = saved.grant.map(|(interval_s, uas, require)| {
            let refresher = if uas { Refresher::Uas } else { Refresher::Uac };
            Grant { interval_s, refresher, require }
        });
        let Some(leg) = self.calls.get_mut(call) else { return };
        let fork = leg.dialogs.first().map_or(0, |dialog| dialog.fork);
        let (offered, hash) = (saved.offered, saved.hash);
        leg.change_in = Some(ChangeIn { server, kind, offered, fork, grant, hash });
        let offer = super::wire::session_body(&message).filter(|_| offered);
        self.emit(Event::Change { call, kind, offer, message });
    }
}

fn save_dialog(dialog: &Dialog) -> SavedDialog {
    SavedDialog {
        remote: dialog.remote.to_vec(),
        remote_tag: dialog.remote_tag.to_vec(),
        target: dialog.target.to_vec(),
        routes: dialog.routes.iter().map(|route| route.to_vec()).collect(),
        remote_seq: dialog.remote_seq,
        hop: dialog.hop,
        skills: (dialog.skills.update, dialog.skills.reliable, dialog.skills.timer),
        offer: place_of(&OFFER_STATES, &dialog.offer),
        fork: dialog.fork,
    }
}

fn restore_dialog(saved: &SavedDialog) -> Option<Dialog> {
    let target: Bytes = saved.target.clone().into();
    // What is read from a disk is no more trusted than what comes by wire.
    if !target.is_empty() {
        crate::uri::Uri::parse(as_text(&target)).ok()?;
    }
    let (update, reliable, timer) = saved.skills;
    Some(Dialog {
        remote: saved.remote.clone().into(),
        remote_tag: saved.remote_tag.clone().into(),
        target,
        routes: saved.routes.iter().map(|route| Bytes::copy_from_slice(route)).collect(),
        remote_seq: saved.remote_seq,
        // Connections of another process are not ours.
        hop: Flow { conn: 0, ..saved.hop },
        skills: PeerSkills { update, reliable, timer },
        offer: *OFFER_STATES.get(usize::from(saved.offer))?,
        fork: saved.fork,
        rseq: None,
    })
}

fn save_session(now: Now, leg: &Call) -> SavedSession {
    let left = |at: types::Mono| (at != NEVER).then(|| at.since(now.mono).as_millis() as u64);
    SavedSession {
        interval_s: leg.session.interval_s,
        we_refresh: leg.session.we_refresh,
        min_se_s: leg.session.min_se_s,
        // What is armed, not what was agreed: a refresh under way has its next moment already.
        refresh_in_ms: left(leg.timers[CallTimer::Refresh as usize]),
        expires_in_ms: left(leg.timers[CallTimer::Expire as usize]),
    }
}

fn restore_session(now: Now, leg: &mut Call, saved: &SavedCall) {
    let passed = Duration::from_millis(now.wall.ms_since(saved.saved_at));
    let at = |left_ms: Option<u64>| match left_ms {
        Some(left_ms) => now.mono + Duration::from_millis(left_ms).saturating_sub(passed),
        None => NEVER,
    };
    leg.session.interval_s = saved.session.interval_s;
    leg.session.we_refresh = saved.session.we_refresh;
    leg.session.min_se_s = saved.session.min_se_s;
    leg.session.refresh_at = at(saved.session.refresh_in_ms);
    leg.session.expires_at = at(saved.session.expires_in_ms);
}
