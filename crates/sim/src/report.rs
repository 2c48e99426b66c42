//! The day's figures.

use serde_json::{Value, json};
use types::record::Outcome;

use crate::Options;
use crate::check::Broken;
use crate::figures::{Figures, QueueRow, ratio};
use crate::platinum::Platinum;

/// A simulated day.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// Calls of customers.
    pub calls: u64,
    /// Of these: an agent or colleague spoke with the customer.
    pub answered: u64,
    /// The customer gave up.
    pub abandoned: u64,
    /// Refused before anything began.
    pub rejected: u64,
    /// The flow did all that was wanted.
    pub self_served: u64,
    /// The customer asked to be called back.
    pub callbacks: u64,
    /// The customer left a message.
    pub voicemails: u64,
    /// Ended by a fault, or because nobody was there.
    pub failed: u64,
    /// Calls of agents, among themselves and to the outside.
    pub other_calls: u64,
    /// Answered within the target, of all that were let into a queue; 0 to 1.
    pub service_level: Option<f64>,
    /// Average speed of answer: the wait of those who were answered, seconds.
    pub asa_s: Option<f64>,
    /// Average handle time: talk, hold and the work after it, seconds.
    pub aht_s: Option<f64>,
    /// The agents' share of occupied time in the time that they were ready or occupied; 0 to 1.
    pub occupancy: Option<f64>,
    /// The longest wait in a queue, seconds.
    pub longest_wait_s: f64,
    /// Events that were handled.
    pub events: u64,
    /// Each queue's day.
    pub queues: Vec<QueueRow>,
    /// How platinum customers fared in full queues.
    pub platinum: Platinum,
    /// What did not hold; empty on a good day.
    pub broken_invariants: Vec<Broken>,
}

impl Report {
    pub(crate) fn new(
        options: &Options,
        figures: Figures,
        events: u64,
        broken_invariants: Vec<Broken>,
        platinum: Platinum,
    ) -> Self {
        let sum = |f: fn(&QueueRow) -> u64| figures.queues.iter().map(f).sum::<u64>();
        let answered_in_queues = sum(|q| q.answered);
        let in_target: f64 = figures
            .queues
            .iter()
            .map(|q| q.service_level.unwrap_or(0.0) * (q.answered + q.abandoned + q.overflowed) as f64)
            .sum();
        let all = sum(|q| q.answered + q.abandoned + q.overflowed);
        Self {
            seed: options.seed,
            calls: figures.calls(),
            answered: figures.of(Outcome::Answered),
            abandoned: figures.of(Outcome::Abandoned),
            rejected: figures.of(Outcome::Rejected),
            self_served: figures.of(Outcome::SelfServed),
            callbacks: figures.of(Outcome::Callback),
            voicemails: figures.of(Outcome::Voicemail),
            failed: figures.of(Outcome::Failed),
            other_calls: figures.others,
            service_level: (all > 0).then(|| in_target / all as f64),
            asa_s: ratio(figures.waited_ms, answered_in_queues).map(|ms| ms / 1000.0),
            aht_s: ratio(figures.talk_ms + figures.wrap_up_ms, figures.talked).map(|ms| ms / 1000.0),
            occupancy: ratio(figures.occupied_ms, figures.occupied_ms + figures.ready_ms),
            longest_wait_s: figures.queues.iter().map(|q| q.longest_wait_s).fold(0.0, f64::max),
            events,
            queues: figures.queues,
            platinum,
            broken_invariants,
        }
    }

    /// The report as one JSON object.
    pub fn to_json(&self) -> Value {
        let broken = |b: &Broken| json!({"name": b.invariant.as_str(), "count": b.count, "first": b.first});
        json!({
            "seed": self.seed,
            "calls": self.calls,
            "answered": self.answered,
            "abandoned": self.abandoned,
            "rejected": self.rejected,
            "self_served": self.self_served,
            "callbacks": self.callbacks,
            "voicemails": self.voicemails,
            "failed": self.failed,
            "other_calls": self.other_calls,
            "service_level": self.service_level,
            "asa_s": self.asa_s,
            "aht_s": self.aht_s,
            "occupancy": self.occupancy,
            "longest_wait_s": self.longest_wait_s,
            "events": self.events,
            "queues": self.queues,
            "platinum": self.platinum,
            "broken_invariants": self.broken_invariants.iter().map(broken).collect::<Vec<_>>(),
        })
    }
}
