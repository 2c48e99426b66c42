//! Nothing stands for ever: a leg that does not end when told so is given up, and so is a call that
//! goes on for longer than calls may.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use types::lease::{ExpiredLease, LeaseKind};
use types::leg::{Sound, Text, Tone};
use types::record::SegmentKind;
use types::{Cause, EndedBy, InteractionId, LegCommand, LegEvent, LegId, Mono, Now, Seconds};

use crate::Center;
use crate::remembered::earlier;
use crate::setup::SetupError;

/// How long a leg may take to end. An INVITE without any answer is given up after 32 s, a CANCEL or
/// BYE without one after another 32 s (RFC 3261, 64 times T1); whoever has not ended by then has been
/// forgotten below.
const END_WAIT: Duration = Duration::from_secs(90);
/// How long before the end of the longest call those who talk hear a beep.
const WARNING: Duration = Duration::from_secs(60);

/// When an interaction comes to its bounds.
#[derive(Debug, Default)]
pub(crate) struct Bounds {
    /// Legs that were told to end, and when each is given up.
    ending: Vec<(LegId, Mono)>,
    warn_at: Option<Mono>,
    end_at: Option<Mono>,
}

impl Bounds {
    pub(crate) fn new(now: Now, longest: Duration) -> Self {
        let end_at = now.mono + longest;
        let warn_at = longest.checked_sub(WARNING).filter(|d| !d.is_zero()).map(|d| now.mono + d);
        Self { ending: Vec::new(), warn_at, end_at: Some(end_at) }
    }

    pub(crate) fn told_to_end(&mut self, now: Now, leg: LegId) {
        self.ending.push((leg, now.mono + END_WAIT));
    }

    pub(crate) fn ended(&mut self, leg: LegId) {
        self.ending.retain(|(l, _)| *l != leg);
    }

    pub(crate) fn deadline(&self) -> Option<Mono> {
        let ending = self.ending.iter().map(|(_, at)| *at).min();
        [ending, self.warn_at, self.end_at].into_iter().flatten().min()
    }

    fn overdue(&mut self, now: Now) -> Option<LegId> {
        let at = self.ending.iter().position(|(_, at)| *at <= now.mono)?;
        Some(self.ending.swap_remove(at).0)
    }
}

/// How long something may take, by the tenant's settings.
///
/// # Errors
/// When the setting is no number of seconds that makes sense.
pub(crate) fn time_for(what: &Seconds, settings: &HashMap<Text, Text>) -> Result<Duration, SetupError> {
    what.parse(settings.get(what.name).map(|text| &**text)).map_err(|why| SetupError::Invalid {
        what: "setting",
        name: what.name.into(),
        why,
    })
}

impl Center {
    pub(crate) fn check_bounds(&mut self, now: Now, id: InteractionId) {
        while let Some(leg) = self.get(id).and_then(|i| i.bounds.overdue(now)) {
            self.give_up_leg(now, id, leg);
        }
        let Some(interaction) = self.get(id) else { return };
        if interaction.bounds.warn_at.take_if(|at| *at <= now.mono).is_some() {
            self.warn(now, id);
        }
        let Some(interaction) = self.get(id) else { return };
        if interaction.bounds.end_at.take_if(|at| *at <= now.mono).is_some() {
            let tenant = interaction.tenant;
            self.alarm(now, tenant, "call_too_long", id.to_string());
            self.end(now, id, EndedBy::System, Cause::TooLong);
        }
    }

    /// The leg goes on without us, if it still is anywhere.
    fn give_up_leg(&mut self, now: Now, id: InteractionId, leg: LegId) {
        let Some(tenant) = self.tenant_of(id) else { return };
        self.alarm(now, tenant, "leg_given_up", format!("{id} {leg}"));
        let agent = self.get(id).and_then(|i| i.ledger.leg(leg)).and_then(|record| record.agent);
        let since = earlier(now, END_WAIT).wall;
        self.lease_expired(now, tenant, ExpiredLease { lease: LeaseKind::Leg, agent, interaction: id, since });
        let ended = LegEvent::Ended { leg, cause: Cause::GivenUp, status: None, by_peer: false, measured: false };
        self.on_leg(now, id, &ended);
    }

    /// A beep for all who talk. Who is on hold keeps its music.
    fn warn(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.interactions.get(&id) else { return };
        if interaction.ledger.doing().kind != SegmentKind::Talking || !interaction.playing.is_empty() {
            return;
        }
        let parties = [Some(interaction.call.customer()), interaction.call.partner()];
        for leg in parties.into_iter().flatten() {
            let play = self.new_play(now);
            let sounds = Arc::from([Sound::Tone(Tone::Comfort)]);
            self.command(LegCommand::Play { leg, play, sounds, repeat: false, barge_in: false });
        }
    }
}
