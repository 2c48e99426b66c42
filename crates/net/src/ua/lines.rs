//! Far ends of trunks, asked by OPTIONS whether they are there (RFC 3261 section 11). Almost any answer shows that one is,
//! also that it does not know what was asked.

use std::collections::HashMap;
use std::time::Duration;

use sip::agent::{Outgoing, SentHandle};
use sip::flow::Flow;
use sip::method::Method;
use types::{LegId, Mono, Now, TrunkId};

use super::dial::direct;
use super::{Lookup, Purpose, Ua};
use crate::mind::{Line, Mind};

/// How long an answer is awaited before the question counts as lost: beyond it a caller would hear nothing for as long.
const ANSWER_WAIT: Duration = Duration::from_secs(5);
/// A proxy has asked in vain.
const TIMED_OUT: u16 = 408;
/// It takes no calls.
const UNAVAILABLE: u16 = 503;
/// Trunks are not all asked at one moment: this lies between the first questions to two of them.
pub(super) const STAGGER: Duration = Duration::from_millis(50);

/// What a trunk's far end was asked, and when it is asked again.
#[derive(Debug)]
struct Looked {
    line: Line,
    /// The question under way; none while a name is being resolved.
    sent: Option<SentHandle>,
    /// An answer is awaited.
    awaits: bool,
    /// When an answer is missed, or the next question is due.
    due: Mono,
    /// Questions missed in a row: each goes to the next of the places that the name leads to.
    missed: usize,
}

/// All far ends that are looked after.
#[derive(Debug, Default)]
pub(super) struct Lines(HashMap<TrunkId, Looked>);

impl Lines {
    pub(super) fn due(&self) -> Option<Mono> {
        self.0.values().map(|looked| looked.due).min()
    }

    fn next_due(&self, now: Mono) -> Option<TrunkId> {
        self.0.iter().find(|(_, looked)| looked.due <= now).map(|(trunk, _)| *trunk)
    }
}

impl<M: Mind> Ua<M> {
    /// These trunks are looked after from now on; one that has not changed keeps its time.
    pub(super) fn look_after(&mut self, now: Now, lines: Vec<Line>) {
        let mut before = std::mem::take(&mut self.lines.0);
        let mut due = now.mono;
        for line in lines.into_iter().filter(|line| line.probe.is_some()) {
            let known = before.remove(&line.trunk).filter(|looked| looked.line == line);
            let looked = known.unwrap_or_else(|| {
                due = due + STAGGER;
                Looked { line, sent: None, awaits: false, due, missed: 0 }
            });
            self.lines.0.insert(looked.line.trunk, looked);
        }
    }

    /// Asks those whose time has come, and gives up what was not answered.
    pub(super) fn look_at_lines(&mut self, now: Now) {
        while let Some(trunk) = self.lines.next_due(now.mono) {
            let Some(looked) = self.lines.0.get_mut(&trunk) else { return };
            if std::mem::take(&mut looked.awaits) {
                looked.missed += 1;
                let tenant = looked.line.tenant;
                self.mind.line_asked(now, tenant, trunk, false);
            }
            self.ask_line(now, trunk);
        }
    }

    fn ask_line(&mut self, now: Now, trunk: TrunkId) {
        let Some(looked) = self.lines.0.get_mut(&trunk) else { return };
        looked.awaits = true;
        looked.due = now.mono + ANSWER_WAIT;
        looked.sent = None;
        let uri = looked.line.uri.to_string();
        match direct(&uri) {
            Some((transport, remote)) => self.ask_line_at(now, trunk, &[Flow::to(transport, remote)]),
            None => self.lookups.push_back(Lookup { leg: LegId(0), purpose: Purpose::Ask(trunk), uri: uri.into() }),
        }
    }

    /// Sends the question to one of these places. Where it can't be sent, it is missed in its time.
    pub(super) fn ask_line_at(&mut self, now: Now, trunk: TrunkId, places: &[Flow]) {
        let Some(looked) = self.lines.0.get(&trunk).filter(|looked| looked.awaits && looked.sent.is_none()) else {
            return;
        };
        let Some(place) = (!places.is_empty()).then(|| places[looked.missed % places.len()]) else { return };
        let target = looked.line.uri.clone();
        let Some((identity, _)) = self.identity_towards(place) else { return };
        let from = format!("<sip:ping@{identity}>");
        let asked = Outgoing {
            flow: place,
            method: Method::Options,
            target: &target,
            from: &from,
            to: None,
            contact: None,
            sequence: None,
            routes: &[],
            headers: &[("Accept", "application/sdp")],
            body: None,
            credentials: None,
        };
        let sent = self.agent.request(now, &asked).ok();
        if let Some(looked) = self.lines.0.get_mut(&trunk) {
            looked.sent = sent;
        }
    }

    /// A request of ours outside of calls was answered; `status`: what its far end says.
    pub(super) fn line_answered(&mut self, now: Now, sent: SentHandle, status: Option<u16>) {
        let asked = self.lines.0.values_mut().find(|looked| looked.sent == Some(sent));
        // What was not told is missed in its time, and so is what a proxy tells of a carrier behind it.
        let serves = status.is_some_and(|status| !matches!(status, TIMED_OUT | UNAVAILABLE));
        let Some(looked) = asked.filter(|_| serves) else { return };
        let was_silent = looked.missed > 0;
        (looked.sent, looked.awaits, looked.missed) = (None, false, 0);
        looked.due = now.mono + looked.line.probe.unwrap_or(ANSWER_WAIT);
        let (tenant, trunk) = (looked.line.tenant, looked.line.trunk);
        self.mind.line_asked(now, tenant, trunk, true);
        if was_silent {
            self.register_anew(now, trunk);
        }
    }
}
