//! Recording who talks: one track a leg, one recording an interaction.

use types::event::Happening;
use types::{AgentId, InteractionId, LegCommand, LegId, Now, RecordingId};

use crate::Center;

const CUSTOMER_CHANNEL: u8 = 0;
const AGENT_CHANNEL: u8 = 1;

impl Center {
    /// Starts the recording when the first two parties talk, and adds a track for each later party.
    pub(crate) fn keep_recording(&mut self, now: Now, id: InteractionId, partner: LegId) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        if !interaction.record || interaction.record_refused {
            return;
        }
        let (tenant, customer) = (interaction.tenant, interaction.call.customer());
        if let Some(open) = interaction.ledger.recording() {
            let recording = open.id;
            if open.tracks.iter().all(|(leg, _)| *leg != partner) {
                open.tracks.push((partner, AGENT_CHANNEL));
                let paused = interaction.paused.is_some();
                let channel = AGENT_CHANNEL;
                self.command(LegCommand::Record { leg: partner, tenant, recording, channel, hush_s: None });
                if paused {
                    self.command(LegCommand::PauseRecord { leg: partner, pause: true });
                }
            }
            return;
        }
        let recording = RecordingId(self.ids.next(now.wall));
        let tracks = vec![(customer, CUSTOMER_CHANNEL), (partner, AGENT_CHANNEL)];
        interaction.ledger.recording_started(now.wall, recording, tracks.clone());
        self.journal(now, tenant, Happening::RecordingStarted { id, recording, tracks: tracks.clone() });
        for (leg, channel) in tracks {
            self.command(LegCommand::Record { leg, tenant, recording, channel, hush_s: None });
        }
    }

    /// Pauses the recording, or has it go on; whether there is one.
    pub(crate) fn pause_recording(&mut self, now: Now, id: InteractionId, pause: bool, by: Option<AgentId>) -> bool {
        let Some(interaction) = self.interactions.get_mut(&id) else { return false };
        let Some(open) = interaction.ledger.recording() else { return false };
        let (recording, legs) = (open.id, open.tracks.iter().map(|(leg, _)| *leg).collect::<Vec<_>>());
        if interaction.paused.is_some() == pause {
            return true;
        }
        if pause {
            interaction.paused = Some(now.wall);
        } else if let Some(since) = interaction.paused.take() {
            interaction.ledger.recording_paused(since, now.wall);
        }
        let tenant = interaction.tenant;
        for leg in legs {
            self.command(LegCommand::PauseRecord { leg, pause });
        }
        self.journal(now, tenant, Happening::RecordingPaused { id, recording, paused: pause, by });
        true
    }
}
