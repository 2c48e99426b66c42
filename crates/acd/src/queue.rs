//! One queue: its settings, its agents, its line and its figures.

use std::sync::Arc;
use std::time::Duration;

use types::record::{AgentState, Need};
use types::{InteractionId, Mono, Now, Wall};

use crate::config::QueueConfig;
use crate::hour::Hour;
use crate::line::Line;
use crate::members::Members;
use crate::ranked::Ranked;
use crate::stats::{Average, Fate, Pace, QueueSnapshot, Today};
use crate::waiting::{Ageing, Held, Place, Ticket};

#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) config: QueueConfig,
    pub(crate) ageing: Ageing,
    pub(crate) members: Members,
    pub(crate) line: Line,
    /// Those of it who are on the line, by the time of arrival, for the longest wait.
    arrivals: Ranked<(Mono, Wall, InteractionId)>,
    pub(crate) today: Today,
    hour: Hour,
    pub(crate) handle: Average,
    pub(crate) pace: Pace,
}

impl Queue {
    pub(crate) fn new(config: QueueConfig) -> Self {
        Self {
            ageing: ageing_of(&config),
            members: Members::new(config.id, config.strategy),
            config,
            line: Line::default(),
            arrivals: Ranked::new(),
            today: Today::default(),
            hour: Hour::default(),
            handle: Average::default(),
            pace: Pace::default(),
        }
    }

    /// Takes new settings; the caller puts members and line in anew.
    pub(crate) fn reconfigure(&mut self, config: QueueConfig) {
        self.ageing = ageing_of(&config);
        self.members.set_strategy(config.strategy);
        self.config = config;
    }

    /// Where a ticket stands.
    pub(crate) fn place(&self, ticket: &Ticket, serial: u64) -> Place {
        Place::new(ticket, self.config.priority, self.ageing, serial)
    }

    pub(crate) fn join(&mut self, now: Now, ticket: &Ticket, need: &Arc<Need>, place: Place) {
        self.line.insert(need, place);
        if !ticket.callback {
            self.arrivals.insert((ticket.at.mono, ticket.at.wall, ticket.interaction));
        }
        self.pace.waiting(now.mono);
        self.hour.waits(now.wall, self.callers());
    }

    /// How many wait on the line.
    pub(crate) fn callers(&self) -> usize {
        self.arrivals.len()
    }

    /// How long this one waits at most.
    pub(crate) fn longest_wait(&self, ticket: &Ticket) -> Option<Duration> {
        self.config.max_wait_s.filter(|_| !ticket.callback).map(|s| Duration::from_secs(s.into()))
    }

    /// Takes one out of the line, to an agent (`taken`) or for another reason.
    pub(crate) fn part(&mut self, now: Now, held: &Held, place: &Place, taken: bool) {
        let ticket = &held.ticket;
        self.line.remove(&held.need, place);
        self.arrivals.remove(&(ticket.at.mono, ticket.at.wall, ticket.interaction));
        if taken {
            self.pace.taken(now.mono, self.line.len() > 0);
        } else if self.line.len() == 0 {
            self.pace.emptied();
        }
        self.hour.waits(now.wall, self.callers());
    }

    /// The day's figures, of today.
    pub(crate) fn today(&mut self, now: Now) -> &mut Today {
        self.today = self.today.at(now.wall, self.config.utc_offset_min);
        &mut self.today
    }

    pub(crate) fn count(&mut self, now: Now, fate: Fate) {
        let target_s = self.config.service_level_s;
        self.today(now).end(fate, target_s);
        self.hour.end(now.wall, fate, target_s);
    }

    /// The expected wait of one with `ahead` before it; none where nothing is known.
    pub(crate) fn estimate(&self, ahead: usize) -> Option<Duration> {
        let working = self.members.working();
        let handle = self.handle.get().filter(|_| working > 0)?;
        let turns = u32::try_from(ahead + 1).unwrap_or(u32::MAX);
        let by_agents = handle.saturating_mul(turns) / working;
        let by_pace = self.pace.get().unwrap_or_default().saturating_mul(turns);
        Some(by_agents.max(by_pace))
    }

    pub(crate) fn snapshot(&self, now: Now) -> QueueSnapshot {
        let today = self.today.at(now.wall, self.config.utc_offset_min);
        let count = |state| self.members.count(state);
        QueueSnapshot {
            queue: self.config.id,
            name: self.config.name.clone(),
            number: self.config.number.clone(),
            waiting: u32::try_from(self.callers()).unwrap_or(u32::MAX),
            callbacks: u32::try_from(self.line.len() - self.callers()).unwrap_or(u32::MAX),
            longest_wait_since: self.arrivals.first().map(|(_, wall, _)| wall),
            ready: count(AgentState::Ready),
            ringing: count(AgentState::Ringing),
            talking: count(AgentState::Talking),
            wrap_up: count(AgentState::WrapUp),
            not_ready: count(AgentState::NotReady),
            offered: today.offered,
            answered: today.answered,
            abandoned: today.abandoned,
            overflowed: today.overflowed,
            refused: today.refused,
            service_level: today.service_level(),
            recent: self.hour.recent(now.wall),
            handle_time: self.handle.get(),
        }
    }

    /// The most that waited at once in each minute of the last hour, the oldest first.
    pub(crate) fn waited(&self, now: Now) -> Vec<u32> {
        self.hour.peaks(now.wall)
    }
}

/// Points per second in millionths. The settings have been checked to be at most 1000 points.
fn ageing_of(config: &QueueConfig) -> Ageing {
    (config.ageing * 1e6).round() as Ageing
}
