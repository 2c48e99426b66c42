//! After a crash: what was going on is read from the journal, and put in order.
//!
//! Telephones are where they were, calls that had no end get one, and dialogs that still stand on
//! the far side are ended with a clean goodbye.

use std::collections::{BTreeMap, HashMap};

use std::io::Write as _;
use std::path::{Path, PathBuf};

use journal::{Error, Journal, Stored};
use serde::{Deserialize, Serialize};
use types::event::{Binding, Event, Happening};
use types::leg::Text;
use types::record::{
    Channel, Direction, InteractionRecord, LegRecord, LegRole, Outcome, RecordingRecord, Segment, SegmentKind,
};
use types::{AgentId, Cause, DeviceId, EndedBy, InteractionId, LegId, Private, QueueId, RecordingId, TenantId, Wall};

/// What the journal says was going on.
#[derive(Debug, Default)]
pub(crate) struct Recovered {
    /// The bindings of every device.
    pub(crate) registrations: HashMap<DeviceId, (TenantId, Vec<Binding>)>,
    /// Saved dialogs that have not ended.
    pub(crate) dialogs: BTreeMap<LegId, (TenantId, Vec<u8>)>,
    /// An end for every interaction that has none.
    pub(crate) ends: Vec<Event>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Open {
    record: InteractionRecord,
    doing: SegmentKind,
    since: Wall,
    queue: Option<QueueId>,
    agent: Option<AgentId>,
    last: Wall,
}

/// What goes on, as of a position of the journal. Kept by whoever reads the journal anyway, and saved now and
/// then, so that a start reads the last seconds instead of a month.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Scan {
    pos: u64,
    open: BTreeMap<InteractionId, Open>,
    dialogs: BTreeMap<LegId, (TenantId, Vec<u8>)>,
    registrations: HashMap<DeviceId, (TenantId, Vec<Binding>)>,
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
        || matches!(kind, "device.registered" | "recording.started")
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
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_data()?;
        std::fs::rename(&beside, path)
    }

    fn take(&mut self, event: Event) {
        let Event { tenant, at, what } = event;
        match what {
            Happening::InteractionStarted { id, channel, direction, from, to, leg, sip_call_id } => {
                let record = begun(id, tenant, channel, direction, from, to, at, leg, sip_call_id);
                let doing = SegmentKind::Setup;
                self.open.insert(id, Open { record, doing, since: at, queue: None, agent: None, last: at });
            }
            Happening::InteractionAnswered { id } => {
                if let Some(open) = self.open.get_mut(&id) {
                    open.record.answered.get_or_insert(at);
                    open.last = at;
                }
            }
            Happening::InteractionState { id, state, queue, agent } => {
                if let Some(open) = self.open.get_mut(&id) {
                    open.enter(at, state, queue, agent);
                }
            }
            Happening::RecordingStarted { id, recording, tracks } => {
                if let Some(open) = self.open.get_mut(&id) {
                    open.recording(at, recording, tracks);
                }
            }
            Happening::InteractionEnded { record } => {
                self.open.remove(&record.id);
            }
            Happening::DialogSaved { leg, bytes, .. } => {
                self.dialogs.insert(leg, (tenant, bytes));
            }
            Happening::DialogEnded { leg, .. } => {
                self.dialogs.remove(&leg);
            }
            Happening::Registered { device, contacts } => {
                self.registrations.insert(device, (tenant, contacts));
            }
            _ => {}
        }
    }

    fn finish(self) -> Recovered {
        let ends = self.open.into_values().map(Open::end).collect();
        Recovered { registrations: self.registrations, dialogs: self.dialogs, ends }
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
    let first = LegRecord {
        id: leg,
        role: LegRole::Customer,
        agent: None,
        sip_call_id,
        address: from.clone(),
        started: at,
        ringing: None,
        answered: None,
        ended: None,
        cause: Some(Cause::Shutdown),
        status: None,
        by_peer: false,
        media: None,
    };
    InteractionRecord {
        id,
        tenant,
        channel,
        direction,
        from,
        to,
        queue: None,
        agent: None,
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
        segments: Vec::new(),
        trace: Vec::new(),
        decisions: Vec::new(),
        recordings: Vec::new(),
        wrap_ups: Vec::new(),
        disposition: None,
    }
}

impl Open {
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
            SegmentKind::Held => self.record.hold_ms += length,
            _ => {}
        }
        if length > 0 {
            let (kind, queue, agent) = (self.doing, self.queue, self.agent);
            self.record.segments.push(Segment { kind, from: self.since, to, queue, agent });
        }
        (self.since, self.last) = (to, to);
    }

    fn recording(&mut self, at: Wall, id: RecordingId, tracks: Vec<(LegId, u8)>) {
        self.last = at;
        self.record.recordings.push(RecordingRecord { id, started: at, ended: None, tracks, gaps: Vec::new() });
    }

    /// The end of a call that a crash cut off: at the last moment that is known.
    fn end(mut self) -> Event {
        let at = self.last;
        self.close_segment(at);
        self.record.ended = at;
        if self.record.connected.is_some() {
            self.record.outcome = Outcome::Answered;
        }
        for leg in &mut self.record.legs {
            leg.ended = Some(at);
        }
        let tenant = self.record.tenant;
        Event { tenant, at, what: Happening::InteractionEnded { record: Box::new(self.record) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(at: i64, what: Happening) -> Event {
        Event { tenant: TenantId(1), at: Wall(at), what }
    }

    #[test]
    fn what_a_crash_cut_off_gets_an_end_and_the_rest_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let started = |id, leg| Happening::InteractionStarted {
            id: InteractionId(id),
            channel: Channel::Voice,
            direction: Direction::Inbound,
            from: "1".into(),
            to: "2".into(),
            leg: LegId(leg),
            sip_call_id: Some("c".into()),
        };
        {
            let journal = Journal::open(dir.path(), journal::Options::default()).unwrap();
            let mut writer = journal.writer();
            let talking = Happening::InteractionState {
                id: InteractionId(7),
                state: SegmentKind::Talking,
                queue: None,
                agent: None,
            };
            let recorded = Happening::RecordingStarted {
                id: InteractionId(7),
                recording: RecordingId(9),
                tracks: vec![(LegId(70), 0)],
            };
            let saved = |leg| Happening::DialogSaved { leg: LegId(leg), id: InteractionId(7), bytes: vec![leg as u8] };
            writer.append(&event(1000, started(7, 70)));
            writer.append(&event(1500, Happening::InteractionAnswered { id: InteractionId(7) }));
            writer.append(&event(2000, talking));
            writer.append(&event(2500, recorded));
            writer.append(&event(2600, saved(70)));
            writer.append(&event(2600, saved(71)));
            writer.append(&event(2700, Happening::DialogEnded { leg: LegId(71), cause: Cause::Normal }));
            writer.barrier(std::time::Duration::from_secs(5));
        }
        let journal = Journal::open(dir.path(), journal::Options::default()).unwrap();
        let recovered = recover(&journal, &dir.path().join("none")).unwrap();
        assert_eq!(recovered.dialogs.into_values().collect::<Vec<_>>(), [(TenantId(1), vec![70])]);
        let [Event { what: Happening::InteractionEnded { record }, .. }] = &recovered.ends[..] else { panic!() };
        assert_eq!((record.answered, record.outcome), (Some(Wall(1500)), Outcome::Answered));
        assert_eq!((record.talk_ms, record.recordings.len()), (500, 1));
    }
}
