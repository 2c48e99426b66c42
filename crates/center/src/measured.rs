//! The figures of a leg's media come a moment after the leg has ended. The record alone waits for them: agents are free,
//! and the other party is told, at once.

use std::time::Duration;

use types::{InteractionId, LegEvent, LegId, Mono, Now, Wall};

use crate::Center;

/// The edge tells the figures within half a second, or that there are none. A word that is lost keeps no record open.
const TOLD_WITHIN: Duration = Duration::from_secs(2);

/// What an interaction's record waits for.
#[derive(Debug, Default)]
pub(crate) struct Unmeasured {
    /// Legs that have ended and whose figures have not come.
    legs: Vec<LegId>,
    until: Option<Mono>,
    /// When the last leg ended, if all have.
    over: Option<Wall>,
}

impl Unmeasured {
    pub(crate) const fn deadline(&self) -> Option<Mono> {
        self.until
    }

    /// When it was over, which is what its record tells.
    pub(crate) fn over(&self, now: Now) -> Wall {
        self.over.unwrap_or(now.wall)
    }
}

impl Center {
    /// A leg has ended and will be measured.
    pub(crate) fn await_figures(&mut self, now: Now, id: InteractionId, leg: LegId) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        interaction.unmeasured.legs.push(leg);
        interaction.unmeasured.until = Some(now.mono + TOLD_WITHIN);
        self.measuring.insert(leg, id);
    }

    /// What is said of a leg that has ended.
    pub(crate) fn on_ended_leg(&mut self, now: Now, id: InteractionId, event: &LegEvent) {
        match event {
            LegEvent::RecordingGap { .. } => self.note_in_record(now, id, event),
            LegEvent::Measured { leg, .. } => {
                self.note_in_record(now, id, event);
                self.measuring.remove(leg);
                if let Some(interaction) = self.get(id) {
                    interaction.unmeasured.legs.retain(|l| l != leg);
                }
                self.go_on_measured(now, id);
            }
            _ => {}
        }
    }

    /// Figures that have not come in time come no more.
    pub(crate) fn check_figures(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        if interaction.unmeasured.until.is_some_and(|until| until <= now.mono) {
            for leg in std::mem::take(&mut interaction.unmeasured.legs) {
                self.measuring.remove(&leg);
            }
            self.go_on_measured(now, id);
        }
    }

    /// The last leg has ended: the record is closed now, or with the last figures.
    pub(crate) fn over(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.get(id) else { return };
        interaction.unmeasured.over.get_or_insert(now.wall);
        self.go_on_measured(now, id);
    }

    fn go_on_measured(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.get(id) else { return };
        if !interaction.unmeasured.legs.is_empty() {
            return;
        }
        interaction.unmeasured.until = None;
        if interaction.unmeasured.over.is_some() {
            return self.close(now, id);
        }
        self.touch(id);
    }
}
