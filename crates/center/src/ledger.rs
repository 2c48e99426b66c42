//! Writes an interaction's record while it happens: each second gets one cause, each leg its times.

use types::forward::Forward;
use types::leg::Text;
use types::record::{
    Channel, Decision, Direction, Disposition, InteractionRecord, LegRecord, LegRole, Outcome, PROMISES_MAX, Promise,
    RecordingGap, RecordingRecord, Segment, SegmentKind, TAGS_MAX, TraceStep, WAIT_NOTES_MAX, WaitNote,
};
use types::{AgentId, Cause, EndedBy, FlowId, InteractionId, LegId, Private, QueueId, RecordingId, TenantId, Wall};

/// Decisions kept with one interaction. A call that bounces between agents for longer keeps the
/// first ones and the last.
const MAX_DECISIONS: usize = 50;
/// Legs kept with one interaction. While every telephone of a queue is out of order, its first caller
/// is offered many times a second; what says least goes first.
const MAX_LEGS: usize = 100;
/// Flows kept with one interaction. One that is handed around for longer keeps the first ones.
const MAX_FLOWS: usize = 20;
/// Stated gaps of one recording. One that goes on is one gap.
const MAX_GAPS: usize = 100;
/// Why nothing was recorded for a while, beside a disk that was slow or full.
const PAUSED: &str = "paused";

/// What an interaction is doing, as its next segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Doing {
    pub(crate) kind: SegmentKind,
    pub(crate) queue: Option<QueueId>,
    pub(crate) agent: Option<AgentId>,
}

impl Doing {
    pub(crate) const fn just(kind: SegmentKind) -> Self {
        Self { kind, queue: None, agent: None }
    }
}

/// The record in the making.
#[derive(Debug)]
pub(crate) struct Ledger {
    record: Box<InteractionRecord>,
    doing: Doing,
    since: Wall,
    fixed_end: Option<(EndedBy, Cause)>,
    talk_end: Option<(EndedBy, Cause)>,
}

impl Ledger {
    pub(crate) fn new(
        id: InteractionId,
        tenant: TenantId,
        direction: Direction,
        from: Private<Text>,
        to: Private<Text>,
        now: Wall,
    ) -> Self {
        let record = InteractionRecord {
            id,
            tenant,
            channel: Channel::Voice,
            direction,
            from,
            to,
            queue: None,
            agent: None,
            flows: Vec::new(),
            started: now,
            answered: None,
            connected: None,
            ended: now,
            wait_ms: 0,
            ring_ms: 0,
            talk_ms: 0,
            hold_ms: 0,
            outcome: Outcome::Failed,
            ended_by: EndedBy::System,
            cause: Cause::Internal,
            legs: Vec::with_capacity(2),
            forwards: Vec::new(),
            segments: Vec::with_capacity(4),
            trace: Vec::new(),
            decisions: Vec::new(),
            promises: Vec::new(),
            waits: Vec::new(),
            recordings: Vec::new(),
            tags: Vec::new(),
            wrap_ups: Vec::new(),
            disposition: None,
        };
        Self {
            record: Box::new(record),
            doing: Doing::just(SegmentKind::Setup),
            since: now,
            fixed_end: None,
            talk_end: None,
        }
    }

    /// What an earlier process had begun for this caller, who never heard an answer: its time was set-up. Whom it rang,
    /// and what was recorded and said, stays told.
    pub(crate) fn begins_again(&mut self, cut_off: InteractionRecord) {
        let InteractionRecord { ended, legs, recordings, wrap_ups, disposition, .. } = cut_off;
        self.record.legs.extend(legs.into_iter().skip(1));
        self.record.recordings = recordings;
        for recording in &mut self.record.recordings {
            recording.ended.get_or_insert(ended);
        }
        (self.record.wrap_ups, self.record.disposition) = (wrap_ups, disposition);
    }

    pub(crate) fn record(&self) -> &InteractionRecord {
        &self.record
    }

    pub(crate) const fn doing(&self) -> Doing {
        self.doing
    }

    pub(crate) const fn since(&self) -> Wall {
        self.since
    }

    /// From now on it does this. Returns whether that is news.
    pub(crate) fn enter(&mut self, now: Wall, doing: Doing) -> bool {
        if self.doing == doing {
            return false;
        }
        self.close_segment(now);
        self.doing = doing;
        self.record.queue = doing.queue.or(self.record.queue);
        self.record.agent = doing.agent.or(self.record.agent);
        true
    }

    fn close_segment(&mut self, now: Wall) {
        // The wall clock may step back; a segment never has a negative length.
        let to = now.max(self.since);
        let Doing { kind, queue, agent } = self.doing;
        let length = to.ms_since(self.since);
        if kind == SegmentKind::Ringing {
            self.record.ring_ms += length;
        }
        match kind {
            SegmentKind::Queued => self.record.wait_ms += length,
            SegmentKind::Ringing if queue.is_some() => self.record.wait_ms += length,
            SegmentKind::Talking => self.record.talk_ms += length,
            SegmentKind::Held | SegmentKind::Parked => self.record.hold_ms += length,
            _ => {}
        }
        if length > 0 {
            self.record.segments.push(Segment { kind, from: self.since, to, queue, agent });
        }
        self.since = to;
    }

    pub(crate) fn leg_started(
        &mut self,
        now: Wall,
        id: LegId,
        role: LegRole,
        agent: Option<AgentId>,
        address: Private<Text>,
        sip_call_id: Option<Text>,
    ) {
        if self.record.legs.len() >= MAX_LEGS {
            let in_vain = |l: &LegRecord| l.ended.is_some() && l.answered.is_none();
            if let Some(at) = self.record.legs.iter().skip(1).position(in_vain) {
                self.record.legs.remove(at + 1);
            }
        }
        self.record.legs.push(LegRecord {
            id,
            role,
            agent,
            sip_call_id,
            address,
            started: now,
            ringing: None,
            answered: None,
            ended: None,
            cause: None,
            status: None,
            by_peer: false,
            forwarded_from: None,
            media: None,
        });
    }

    pub(crate) fn leg(&mut self, id: LegId) -> Option<&mut LegRecord> {
        self.record.legs.iter_mut().find(|l| l.id == id)
    }

    /// Gives a leg away to another interaction: here it ends, there it goes on as it was.
    pub(crate) fn give_leg(&mut self, now: Wall, id: LegId) -> Option<LegRecord> {
        let leg = self.leg(id)?;
        let given = leg.clone();
        leg.ended = Some(now);
        leg.cause = Some(Cause::Transferred);
        Some(given)
    }

    /// Adds a leg that another interaction has given away.
    pub(crate) fn adopt_leg(&mut self, leg: Option<LegRecord>) {
        self.record.legs.extend(leg);
    }

    /// The call is led on.
    pub(crate) fn led_on(&mut self, step: Forward) {
        self.record.forwards.push(step);
    }

    pub(crate) fn answered(&mut self, now: Wall) -> bool {
        let first = self.record.answered.is_none();
        self.record.answered.get_or_insert(now);
        first
    }

    pub(crate) fn connected(&mut self, now: Wall) {
        self.record.connected.get_or_insert(now);
    }

    /// Somebody said, or the queue reckoned, how long it is to wait.
    pub(crate) fn promised(&mut self, promise: Promise) {
        if self.record.promises.len() < PROMISES_MAX {
            self.record.promises.push(promise);
        }
    }

    /// What holds it up while it waits, where that is news.
    pub(crate) fn waits(&mut self, note: Option<WaitNote>) {
        let same = |last: &WaitNote, note: &WaitNote| WaitNote { at: note.at, ..last.clone() } == *note;
        let waits = &mut self.record.waits;
        let news = note.filter(|note| !waits.last().is_some_and(|last| same(last, note)));
        waits.extend(news.filter(|_| waits.len() < WAIT_NOTES_MAX));
    }

    /// An agent is done with its work after the talk while the interaction goes on.
    pub(crate) fn wrapped(&mut self, wrap_up: Segment) {
        if self.record.wrap_ups.len() < MAX_LEGS {
            self.record.wrap_ups.push(wrap_up);
        }
    }

    pub(crate) fn disposed(&mut self, disposition: Disposition) {
        self.record.disposition = Some(disposition);
    }

    /// The record as it would be if it ended now.
    pub(crate) fn so_far(&self, now: Wall, outcome: Outcome, trace: Vec<TraceStep>) -> Box<InteractionRecord> {
        let mut so_far = Self {
            record: self.record.clone(),
            doing: self.doing,
            since: self.since,
            fixed_end: self.fixed_end,
            talk_end: self.talk_end,
        };
        so_far.close_segment(now);
        so_far.record.ended = so_far.since;
        so_far.record.trace.extend(trace);
        (so_far.record.ended_by, so_far.record.cause) = so_far.end_so_far();
        so_far.record.outcome = outcome;
        so_far.record
    }

    pub(crate) fn trace(&mut self, steps: impl IntoIterator<Item = TraceStep>) {
        self.record.trace.extend(steps);
    }

    /// It enters this flow.
    pub(crate) fn walks(&mut self, flow: FlowId) {
        let flows = &mut self.record.flows;
        if flows.len() < MAX_FLOWS && !flows.contains(&flow) {
            flows.push(flow);
        }
    }

    /// Notes words with it; one that is there already, or has no room, is left out.
    pub(crate) fn tag(&mut self, words: Vec<Text>) {
        let tags = &mut self.record.tags;
        for word in words {
            if tags.len() < TAGS_MAX && !tags.contains(&word) {
                tags.push(word);
            }
        }
    }

    pub(crate) fn decided(&mut self, decision: Decision) {
        if self.record.decisions.len() == MAX_DECISIONS {
            self.record.decisions.pop();
        }
        self.record.decisions.push(decision);
    }

    pub(crate) fn recording_started(&mut self, now: Wall, id: RecordingId, tracks: Vec<(LegId, u8)>) {
        self.record.recordings.push(RecordingRecord { id, started: now, ended: None, tracks, gaps: Vec::new() });
    }

    /// What is recorded of it ends here.
    pub(crate) fn recording_ended(&mut self, now: Wall) {
        if let Some(recording) = self.recording() {
            recording.ended = Some(now);
        }
    }

    /// A track has had no sound for `gap_ms` up to now.
    pub(crate) fn recording_gap(&mut self, now: Wall, gap_ms: u32) {
        let Some(recording) = self.recording() else { return };
        let to_ms = now.ms_since(recording.started);
        let from_ms = to_ms.saturating_sub(u64::from(gap_ms));
        let room = recording.gaps.len() < MAX_GAPS;
        match recording.gaps.last_mut() {
            Some(last) if from_ms <= last.to_ms && &*last.cause != PAUSED => {
                last.from_ms = last.from_ms.min(from_ms);
                last.to_ms = last.to_ms.max(to_ms);
            }
            _ if room => {
                recording.gaps.push(RecordingGap { from_ms, to_ms, cause: "disk".into() });
            }
            _ => {}
        }
    }

    /// Somebody had paused the recording.
    pub(crate) fn recording_paused(&mut self, from: Wall, to: Wall) {
        let Some(recording) = self.recording() else { return };
        if recording.gaps.len() < MAX_GAPS {
            let (from_ms, to_ms) = (from.ms_since(recording.started), to.ms_since(recording.started));
            recording.gaps.push(RecordingGap { from_ms, to_ms, cause: PAUSED.into() });
        }
    }

    pub(crate) fn recording(&mut self) -> Option<&mut RecordingRecord> {
        self.record.recordings.last_mut().filter(|r| r.ended.is_none())
    }

    /// The first reason given is the true one; what follows is only the taking down.
    pub(crate) fn ends(&mut self, by: EndedBy, cause: Cause) {
        self.fixed_end.get_or_insert((by, cause));
    }

    /// Who ended the talk, should nothing else happen that ends the interaction.
    pub(crate) fn talk_ended_by(&mut self, by: EndedBy, cause: Cause) {
        self.talk_end = Some((by, cause));
    }

    /// Who ended it and why, as far as is known.
    pub(crate) fn end_so_far(&self) -> (EndedBy, Cause) {
        match (self.fixed_end, self.talk_end) {
            // The flow's own hang-up after a talk only follows the goodbye that came before.
            (Some((EndedBy::System, Cause::Normal)), Some(talk)) => talk,
            (Some(end), _) => end,
            (None, talk) => talk.unwrap_or((EndedBy::System, Cause::Internal)),
        }
    }

    /// Closes the record.
    pub(crate) fn close(mut self, now: Wall, outcome: Outcome) -> Box<InteractionRecord> {
        self.close_segment(now);
        self.record.ended = self.since;
        for recording in &mut self.record.recordings {
            recording.ended.get_or_insert(self.since);
        }
        for leg in &mut self.record.legs {
            leg.ended.get_or_insert(self.since);
        }
        (self.record.ended_by, self.record.cause) = self.end_so_far();
        self.record.outcome = outcome;
        self.record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_second_has_one_cause_and_the_sums_agree() {
        let none = || Private::new(Text::from(""));
        let mut ledger = Ledger::new(InteractionId(1), TenantId(1), Direction::Inbound, none(), none(), Wall(1000));
        let queue = Some(QueueId(4));
        let doing = |kind, queue| Doing { kind, queue, agent: None };
        for (at, what) in [
            (1500, doing(SegmentKind::Menu, None)),
            (3000, doing(SegmentKind::Queued, queue)),
            (9000, doing(SegmentKind::Ringing, queue)),
            (12_000, doing(SegmentKind::Talking, None)),
            (20_000, doing(SegmentKind::Held, None)),
            (19_000, doing(SegmentKind::Talking, None)),
        ] {
            assert!(ledger.enter(Wall(at), what));
            assert!(!ledger.enter(Wall(at), what));
        }
        ledger.ends(EndedBy::Agent, Cause::Normal);
        ledger.ends(EndedBy::System, Cause::Internal);
        let record = ledger.close(Wall(30_000), Outcome::Answered);
        assert_eq!((record.wait_ms, record.talk_ms, record.hold_ms), (9000, 18_000, 0));
        assert_eq!((record.ended_by, record.cause), (EndedBy::Agent, Cause::Normal));
        let mut at = record.started;
        for segment in &record.segments {
            assert_eq!(segment.from, at);
            assert!(segment.to > segment.from);
            at = segment.to;
        }
        assert_eq!(at, record.ended);
    }

    fn ledger() -> Ledger {
        let none = || Private::new(Text::from(""));
        Ledger::new(InteractionId(1), TenantId(1), Direction::Inbound, none(), none(), Wall(0))
    }

    #[test]
    fn offers_in_vain_without_end_keep_the_record_small() {
        let mut ledger = ledger();
        let none = || Private::new(Text::from(""));
        for leg in 0..1000 {
            ledger.leg_started(Wall(0), LegId(leg), LegRole::Agent, None, none(), None);
            if let Some(leg) = ledger.leg(LegId(leg)) {
                leg.ended = Some(Wall(1));
            }
        }
        let legs = &ledger.record().legs;
        assert_eq!((legs.len(), legs[0].id, legs[99].id), (MAX_LEGS, LegId(0), LegId(999)));
    }

    #[test]
    fn a_gap_that_goes_on_is_one_gap() {
        let mut ledger = ledger();
        ledger.recording_started(Wall(1000), RecordingId(1), Vec::new());
        for (at, gap_ms) in [(3000, 500), (4000, 1500), (9000, 20)] {
            ledger.recording_gap(Wall(at), gap_ms);
        }
        let gaps: Vec<_> = ledger.record().recordings[0].gaps.iter().map(|g| (g.from_ms, g.to_ms)).collect();
        assert_eq!(gaps, [(1500, 3000), (7980, 8000)]);
    }
}
