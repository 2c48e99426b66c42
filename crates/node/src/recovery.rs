//! After a crash: what was going on is read from the journal, and put in order.
//!
//! Telephones are where they were, calls that had no end get one, and dialogs that still stand on
//! the far side are ended with a clean goodbye.

use std::collections::{BTreeMap, HashMap, VecDeque};

use std::io::BufWriter;
use std::path::{Path, PathBuf};

use journal::{Error, Journal, Stored};
use serde::{Deserialize, Serialize};
use types::event::{Binding, Event, Happening};
use types::lease::ExpiredLease;
use types::leg::Text;
use types::record::{
    AgentState, Channel, Direction, InteractionRecord, LegRecord, LegRole, Outcome, RecordingRecord, Segment,
    SegmentKind,
};
use types::voicemail::Mailbox;
use types::{AgentId, Cause, DeviceId, EndedBy, InteractionId, LegId, Private, QueueId, RecordingId, TenantId, Wall};

/// Expired leases that are kept, of all tenants: each is a fault, and a screen shows fifty of a tenant's.
const EXPIRED_MAX: usize = 200;

/// What the journal says was going on.
#[derive(Debug, Default)]
pub(crate) struct Recovered {
    /// The bindings of every device.
    pub(crate) registrations: HashMap<DeviceId, (TenantId, Vec<Binding>)>,
    /// Saved dialogs that have not ended.
    pub(crate) dialogs: BTreeMap<LegId, (TenantId, Vec<u8>)>,
    /// What agents did last.
    pub(crate) agents: BTreeMap<AgentId, LastSeen>,
    /// Leases that had to expire, the oldest first.
    pub(crate) expired: VecDeque<(TenantId, Wall, ExpiredLease)>,
    /// An end for every interaction, and all work after a talk, that has none.
    pub(crate) ends: Vec<Event>,
    /// The records of calls that have no end either, and whose callers may repeat their request, since the journal does
    /// not know that they had heard an answer; the first begun first.
    pub(crate) unheard: Vec<InteractionRecord>,
}

/// What an agent did last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct LastSeen {
    pub(crate) tenant: TenantId,
    /// It said that it wants no calls: why, or nothing for signed out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) away: Option<Away>,
    pub(crate) state: AgentState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
    pub(crate) since: Wall,
    /// The state ends by itself.
    #[serde(default)]
    pub(crate) ends: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) interaction: Option<InteractionId>,
}

/// Why an agent wants no calls; without a reason it has signed out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Away {
    pub(crate) reason: Option<Text>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Open {
    record: InteractionRecord,
    doing: SegmentKind,
    since: Wall,
    queue: Option<QueueId>,
    agent: Option<AgentId>,
    last: Wall,
    /// A message that the caller is leaving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<CutOff>,
}

/// A message that nobody has said the end of.
#[derive(Debug, Serialize, Deserialize)]
struct CutOff {
    recording: RecordingId,
    mailbox: Mailbox,
    from: Private<Text>,
    leg: LegId,
    at: Wall,
}

impl CutOff {
    /// It is kept as far as it goes, though nobody knows how long it is.
    fn left(self, tenant: TenantId, id: InteractionId, last: Wall) -> Event {
        let Self { recording, mailbox, from, leg, at } = self;
        let duration_ms = last.ms_since(at);
        let what = Happening::VoicemailLeft { id, recording, mailbox, from, leg, duration_ms };
        Event { tenant, at: last.max(at), what }
    }
}

/// What goes on, as of a position of the journal. Kept by whoever reads the journal anyway, and saved now and
/// then, so that a start reads the last seconds instead of a month.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Scan {
    pos: u64,
    open: BTreeMap<InteractionId, Box<Open>>,
    /// Kept as long as their calls, so in no more room than they need.
    dialogs: BTreeMap<LegId, (TenantId, Box<[u8]>)>,
    registrations: HashMap<DeviceId, (TenantId, Vec<Binding>)>,
    #[serde(default)]
    agents: BTreeMap<AgentId, LastSeen>,
    #[serde(default)]
    expired: VecDeque<(TenantId, Wall, ExpiredLease)>,
    /// The last moment that is known.
    #[serde(default)]
    last: Wall,
}

/// Reads the journal from the last checkpoint on.
///
/// # Errors
/// When its files can't be read.
pub(crate) fn recover(journal: &Journal, checkpoint: &Path) -> Result<Recovered, Error> {
    Ok(Scan::catch_up(journal, checkpoint)?.finish())
}

fn is_of_interest(kind: &str) -> bool {
    kind.starts_with("interaction.")
        || kind.starts_with("dialog.")
        || kind.starts_with("voicemail.")
        || matches!(kind, "device.registered" | "recording.started" | "agent.state" | "agent.wish" | "lease.expired")
}

impl Scan {
    /// The scan as of the journal's end.
    pub(crate) fn catch_up(journal: &Journal, checkpoint: &Path) -> Result<Self, Error> {
        let mut scan = Self::load(checkpoint).filter(|s| s.pos >= journal.oldest_pos()).unwrap_or_default();
        let mut events = match journal.read_from(scan.pos.max(journal.oldest_pos())) {
            Ok(events) => events,
            // The checkpoint is ahead of a journal that lost its last moments, or that was replaced.
            Err(Error::Expired { .. }) => {
                scan = Self::default();
                journal.read_from(journal.oldest_pos())?
            }
            Err(error) => return Err(error),
        };
        loop {
            let batch = events.read()?;
            if batch.is_empty() {
                return Ok(scan);
            }
            batch.iter().for_each(|stored| scan.note(stored));
        }
    }

    /// Takes the next event of the journal.
    pub(crate) fn note(&mut self, stored: &Stored) {
        if stored.pos <= self.pos {
            return;
        }
        self.pos = stored.pos;
        self.last = self.last.max(stored.at);
        // The kinds that matter here are few; the rest is not even parsed.
        if is_of_interest(stored.kind()) {
            match stored.event() {
                Ok(event) => self.take(event),
                Err(error) => tracing::warn!(%error, pos = stored.pos, "an event can't be read; it is left out"),
            }
        }
    }

    fn load(path: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(path).ok()?).ok()
    }

    /// Saves the checkpoint, whole or not at all.
    pub(crate) fn save(&self, path: &Path) -> std::io::Result<()> {
        let mut beside = PathBuf::from(path);
        beside.set_extension("new");
        let file = std::fs::File::create(&beside)?;
        let mut buffered = BufWriter::new(file);
        serde_json::to_writer(&mut buffered, self)?;
        buffered.into_inner()?.sync_data()?;
        std::fs::rename(&beside, path)
    }

    fn take(&mut self, event: Event) {
        let Event { tenant, at, what } = event;
        match what {
            Happening::InteractionStarted { id, channel, direction, from, to, leg, sip_call_id, .. } => {
                let record = begun(id, tenant, channel, direction, from, to, at, leg, sip_call_id);
                let doing = SegmentKind::Setup;
                let open = Open { record, doing, since: at, queue: None, agent: None, last: at, message: None };
                self.open.insert(id, Box::new(open));
            }
            Happening::InteractionAnswered { id } => {
                if let Some(open) = self.open.get_mut(&id) {
                    open.record.answered.get_or_insert(at);
                    open.last = at;
                }
            }
            Happening::InteractionState { id, state, queue, agent, .. } => {
                if let Some(open) = self.open.get_mut(&id) {
                    open.enter(at, state, queue, agent);
                }
            }
            Happening::InteractionForwarded { id, step } => {
                if let Some(open) = self.open.get_mut(&id) {
                    open.record.forwards.push(step);
                }
            }
            Happening::RecordingStarted { id, recording, tracks } => {
                if let Some(open) = self.open.get_mut(&id) {
                    open.recording(at, recording, tracks);
                }
            }
            Happening::VoicemailBegun { id, recording, mailbox, from, leg } => {
                if let Some(open) = self.open.get_mut(&id) {
                    open.message = Some(CutOff { recording, mailbox, from, leg, at });
                }
            }
            Happening::VoicemailLeft { id, .. } => {
                if let Some(open) = self.open.get_mut(&id) {
                    open.message = None;
                    open.record.outcome = Outcome::Voicemail;
                }
            }
            Happening::VoicemailDropped { id } => {
                if let Some(open) = self.open.get_mut(&id) {
                    open.message = None;
                }
            }
            Happening::InteractionEnded { record } => {
                self.open.remove(&record.id);
            }
            Happening::Wrapped { id, agent, wrap_up_ms, from, queue } => {
                // It is accounted for: the next start must not do so again.
                if let Some(seen) = self.agents.get_mut(&agent) {
                    seen.interaction.take_if(|of| *of == id);
                }
                if let Some((open, from)) = self.open.get_mut(&id).zip(from) {
                    let to = Wall(from.0.saturating_add_unsigned(wrap_up_ms));
                    let (kind, agent) = (SegmentKind::WrapUp, Some(agent));
                    open.record.wrap_ups.push(Segment { kind, from, to, queue, agent });
                }
            }
            Happening::Disposed { id, disposition } => {
                if let Some(open) = self.open.get_mut(&id) {
                    open.record.disposition = Some(disposition);
                }
            }
            Happening::DialogSaved { leg, id, bytes } => {
                self.dialogs.insert(leg, (tenant, bytes.into()));
                if let Some(open) = self.open.get_mut(&id) {
                    open.talks(at, leg);
                }
            }
            Happening::DialogEnded { leg, .. } => {
                self.dialogs.remove(&leg);
                for open in self.open.values_mut() {
                    if let Some(leg) = open.record.legs.iter_mut().find(|l| l.id == leg) {
                        leg.ended = Some(at);
                        // Between the goodbyes and the record's end: nothing more is told of a call then.
                        open.last = open.last.max(at);
                    }
                }
            }
            Happening::AgentState { agent, state, reason, until, interaction, since, .. } => {
                let away = self.agents.remove(&agent).and_then(|a| a.away);
                let ends = until.is_some();
                self.agents.insert(
                    agent,
                    LastSeen { tenant, away, state, reason, since: since.unwrap_or(at), ends, interaction },
                );
            }
            Happening::AgentWish { agent, state, reason } => {
                let seen = self.agents.entry(agent).or_insert_with(|| LastSeen::offline(tenant, at));
                seen.away = (state != AgentState::Ready).then_some(Away { reason });
            }
            Happening::Registered { device, contacts } => {
                self.registrations.insert(device, (tenant, contacts));
            }
            Happening::LeaseExpired { expired } => {
                if self.expired.len() == EXPIRED_MAX {
                    self.expired.pop_front();
                }
                self.expired.push_back((tenant, at, expired));
            }
            _ => {}
        }
    }

    fn finish(self) -> Recovered {
        let last = self.last;
        let wraps = self.agents.iter().filter_map(|(id, seen)| seen.wrap_up_cut_off(*id, last));
        let mut ends: Vec<Event> = wraps.collect();
        let (mut unheard, heard): (Vec<_>, Vec<_>) = self.open.into_values().map(|open| *open).partition(Open::unheard);
        unheard.sort_by_key(|open| open.record.started);
        let unheard = unheard.into_iter().map(Open::end).collect();
        for mut open in heard {
            let (id, tenant) = (open.record.id, open.record.tenant);
            if let Some(message) = open.message.take() {
                open.record.outcome = Outcome::Voicemail;
                ends.push(message.left(tenant, id, last));
            }
            let record = Box::new(open.end());
            ends.push(Event { tenant, at: record.ended, what: Happening::InteractionEnded { record } });
        }
        let dialogs =
            self.dialogs.into_iter().map(|(leg, (tenant, bytes))| (leg, (tenant, bytes.into_vec()))).collect();
        Recovered {
            registrations: self.registrations,
            dialogs,
            agents: self.agents,
            expired: self.expired,
            ends,
            unheard,
        }
    }
}

impl LastSeen {
    const fn offline(tenant: TenantId, since: Wall) -> Self {
        let state = AgentState::Offline;
        Self { tenant, away: None, state, reason: None, since, ends: false, interaction: None }
    }

    /// The end of the work after a talk that a crash cut off: at the last moment that is known.
    fn wrap_up_cut_off(&self, agent: AgentId, last: Wall) -> Option<Event> {
        let id = self.interaction.filter(|_| self.state == AgentState::WrapUp)?;
        let wrap_up_ms = last.ms_since(self.since);
        let what = Happening::Wrapped { id, agent, wrap_up_ms, from: Some(self.since), queue: None };
        Some(Event { tenant: self.tenant, at: last, what })
    }
}

fn begun(
    id: InteractionId,
    tenant: TenantId,
    channel: Channel,
    direction: Direction,
    from: Private<Text>,
    to: Private<Text>,
    at: Wall,
    leg: LegId,
    sip_call_id: Option<Text>,
) -> InteractionRecord {
    // Who calls out or a colleague is one of ours.
    let role = if direction == Direction::Inbound { LegRole::Customer } else { LegRole::Agent };
    let first = LegRecord { sip_call_id, ..leg_of(leg, role, from.clone(), at) };
    InteractionRecord {
        id,
        tenant,
        channel,
        direction,
        from,
        to,
        queue: None,
        agent: None,
        flows: Vec::new(),
        started: at,
        answered: None,
        connected: None,
        ended: at,
        wait_ms: 0,
        ring_ms: 0,
        talk_ms: 0,
        hold_ms: 0,
        outcome: Outcome::Failed,
        ended_by: EndedBy::System,
        cause: Cause::Shutdown,
        legs: vec![first],
        forwards: Vec::new(),
        segments: Vec::new(),
        trace: Vec::new(),
        decisions: Vec::new(),
        promises: Vec::new(),
        waits: Vec::new(),
        recordings: Vec::new(),
        tags: Vec::new(),
        wrap_ups: Vec::new(),
        disposition: None,
    }
}

fn leg_of(id: LegId, role: LegRole, address: Private<Text>, started: Wall) -> LegRecord {
    LegRecord {
        id,
        role,
        agent: None,
        sip_call_id: None,
        address,
        started,
        ringing: None,
        answered: None,
        ended: None,
        cause: None,
        status: None,
        by_peer: false,
        forwarded_from: None,
        media: None,
    }
}

impl Open {
    /// A leg's dialog stands. Of one that was rung this is the first that the journal knows.
    fn talks(&mut self, at: Wall, id: LegId) {
        match self.record.legs.iter_mut().find(|l| l.id == id) {
            Some(leg) => {
                leg.answered.get_or_insert(at);
            }
            None => {
                let role = if self.agent.is_some() { LegRole::Agent } else { LegRole::Target };
                let leg = leg_of(id, role, "".into(), at);
                self.record.legs.reserve_exact(1);
                self.record.legs.push(LegRecord { agent: self.agent, answered: Some(at), ..leg });
            }
        }
    }

    fn enter(&mut self, at: Wall, state: SegmentKind, queue: Option<QueueId>, agent: Option<AgentId>) {
        self.close_segment(at);
        (self.doing, self.queue, self.agent) = (state, queue, agent);
        self.record.queue = queue.or(self.record.queue);
        self.record.agent = agent.or(self.record.agent);
        if state == SegmentKind::Talking {
            self.record.connected.get_or_insert(at);
        }
    }

    fn close_segment(&mut self, at: Wall) {
        let to = at.max(self.since);
        let length = to.ms_since(self.since);
        if self.doing == SegmentKind::Ringing {
            self.record.ring_ms += length;
        }
        match self.doing {
            SegmentKind::Queued => self.record.wait_ms += length,
            SegmentKind::Ringing if self.queue.is_some() => self.record.wait_ms += length,
            SegmentKind::Talking => self.record.talk_ms += length,
            SegmentKind::Held | SegmentKind::Parked => self.record.hold_ms += length,
            _ => {}
        }
        if length > 0 {
            let (kind, queue, agent) = (self.doing, self.queue, self.agent);
            self.record.segments.reserve_exact(1);
            self.record.segments.push(Segment { kind, from: self.since, to, queue, agent });
        }
        (self.since, self.last) = (to, to);
    }

    fn recording(&mut self, at: Wall, id: RecordingId, tracks: Vec<(LegId, u8)>) {
        self.last = at;
        self.record.recordings.push(RecordingRecord { id, started: at, ended: None, tracks, gaps: Vec::new() });
    }

    /// Whether its caller's dialog was never confirmed, so that it may not have heard an answer.
    fn unheard(&self) -> bool {
        self.record.legs.first().is_some_and(|leg| leg.answered.is_none() && leg.ended.is_none())
    }

    /// The record of a call that a crash cut off: its end is the last moment that is known.
    fn end(mut self) -> InteractionRecord {
        let at = self.last;
        self.close_segment(at);
        self.record.ended = at;
        if self.record.connected.is_some() {
            self.record.outcome = Outcome::Answered;
        }
        for leg in self.record.legs.iter_mut().filter(|l| l.ended.is_none()) {
            leg.ended = Some(at);
            leg.cause = Some(Cause::Shutdown);
        }
        self.record
    }
}

#[cfg(test)]
#[path = "recovery_tests.rs"]
mod tests;
