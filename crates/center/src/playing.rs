//! What legs are played, and that it ends when they talk.

use std::sync::Arc;

use types::leg::Sound;
use types::record::SegmentKind;
use types::{InteractionId, LegCommand, LegId, Now};

use crate::Center;
use crate::interaction::Playing;
use crate::ledger::Doing;

impl Center {
    /// Plays to the customer.
    pub(crate) fn play(
        &mut self,
        now: Now,
        id: InteractionId,
        what: Playing,
        sounds: Vec<Sound>,
        repeat: bool,
        barge_in: bool,
    ) {
        // What the call brain wants first, such as the answer, goes first.
        self.pump_call_commands(now, id);
        let play = self.new_play(now);
        let Some(interaction) = self.get(id) else { return };
        let leg = interaction.call.customer();
        interaction.note_playing(leg, play, what);
        self.command(LegCommand::Play { leg, play, sounds: Arc::from(sounds), repeat, barge_in });
    }

    fn play_hold_music(&mut self, now: Now, id: InteractionId, leg: LegId) {
        let play = self.new_play(now);
        let Some(interaction) = self.get(id) else { return };
        interaction.note_playing(leg, play, Playing::Hold);
        let sounds = Arc::from([Sound::Music("default".into())]);
        self.command(LegCommand::Play { leg, play, sounds, repeat: true, barge_in: false });
    }

    /// Whatever plays in this interaction, to whomever, ends.
    pub(crate) fn stop_playing(&mut self, id: InteractionId) {
        let Some(interaction) = self.get(id) else { return };
        for playback in std::mem::take(&mut interaction.playing) {
            self.command(LegCommand::StopPlay(playback.leg));
        }
    }

    /// What plays to this leg ends.
    pub(crate) fn stop_playing_to(&mut self, id: InteractionId, leg: LegId) {
        let Some(interaction) = self.get(id) else { return };
        let before = interaction.playing.len();
        interaction.playing.retain(|p| p.leg != leg);
        if interaction.playing.len() < before {
            self.command(LegCommand::StopPlay(leg));
        }
    }

    /// Customer and partner are connected: they talk, or one of them has the other on hold, who hears
    /// music then and nothing else.
    pub(crate) fn talk_or_hold(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.get(id).filter(|i| !i.pages.is_one_missing()) else { return };
        let Some(partner) = interaction.call.partner() else { return };
        let customer = interaction.call.customer();
        let agent = interaction.agent_of(partner);
        let holds = |leg| interaction.call.leg(leg).is_some_and(|l| l.holds);
        let held = [(holds(partner), customer), (holds(customer), partner)];
        let kind = if held.iter().any(|(h, _)| *h) { SegmentKind::Held } else { SegmentKind::Talking };
        self.enter(now, id, Doing { kind, queue: None, agent });
        for (held, listener) in held {
            let music = self.get(id).is_some_and(|i| i.hears_hold_music(listener));
            match (held, music) {
                (true, false) => self.play_hold_music(now, id, listener),
                (false, true) => self.stop_playing_to(id, listener),
                _ => {}
            }
        }
    }

    /// The partner's media has stopped: better music than silence.
    pub(crate) fn bridge_silence(&mut self, now: Now, id: InteractionId) {
        let customer = self.get(id).map(|i| (i.call.customer(), i.hears_hold_music(i.call.customer())));
        if let Some((customer, false)) = customer {
            self.play_hold_music(now, id, customer);
        }
    }
}
