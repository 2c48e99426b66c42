//! What legs are played, and that it ends when they talk.

use std::sync::Arc;

use types::leg::{Sound, Tone};
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

    /// The one who has somebody rung hears that it rings.
    pub(crate) fn play_ringback_to(&mut self, now: Now, id: InteractionId, leg: LegId) {
        let play = self.new_play(now);
        let Some(interaction) = self.get(id) else { return };
        interaction.note_playing(leg, play, Playing::Ringback);
        let sounds = Arc::from([Sound::Tone(Tone::Ringback)]);
        self.command(LegCommand::Play { leg, play, sounds, repeat: false, barge_in: false });
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

    /// Customer and partner are connected: they talk, or one of them waits for the other and hears music, as does one
    /// whom the partner asks beside while it waits.
    pub(crate) fn talk_or_hold(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.get(id).filter(|i| !i.pages.is_one_missing()) else { return };
        let Some(partner) = interaction.call.partner() else { return };
        let customer = interaction.call.customer();
        let agent = interaction.agent_of(partner);
        let waiting = interaction.call.waiting();
        let held = waiting.contains(&customer) || waiting.contains(&partner);
        let kind = if held { SegmentKind::Held } else { SegmentKind::Talking };
        let hear_music = interaction.playing.iter().filter(|p| p.what == Playing::Hold).map(|p| p.leg);
        let over: Vec<LegId> = hear_music.filter(|leg| !waiting.contains(leg)).collect();
        self.enter(now, id, Doing { kind, queue: None, agent });
        self.takes_on(now, id);
        for leg in over {
            self.stop_playing_to(id, leg);
        }
        for leg in waiting {
            if self.get(id).is_some_and(|i| !i.hears_hold_music(leg)) {
                self.play_hold_music(now, id, leg);
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
