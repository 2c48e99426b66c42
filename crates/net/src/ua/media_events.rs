//! What the media plane reports of a leg.

use media::engine::MediaEvent;
use types::{LegEvent, Now};

use super::Ua;
use crate::mind::Mind;

impl<M: Mind> Ua<M> {
    /// The media plane reports.
    pub fn handle_media(&mut self, now: Now, event: MediaEvent) {
        match event {
            MediaEvent::Started(leg) => {
                if let Some(leg) = self.legs.get_mut(&leg) {
                    leg.media_seen = true;
                }
            }
            MediaEvent::Digit { leg, digit, source } => self.tell(now, LegEvent::Digit { leg, digit, source }),
            MediaEvent::PlayDone { leg, play, finished } => self.tell(now, LegEvent::PlayDone { leg, play, finished }),
            MediaEvent::SoundMissing { leg, name } => tracing::warn!(%leg, name = &*name, "a sound is not in the bank"),
            MediaEvent::DigitsSent(_) | MediaEvent::Secured(_) => {}
            MediaEvent::Insecure(leg) => {
                tracing::warn!(%leg, "a browser's media cannot be encrypted: its handshake failed, or it is a stranger");
                self.tell(now, LegEvent::MediaLost { leg });
            }
            MediaEvent::Lost(leg) => self.tell(now, LegEvent::MediaLost { leg }),
            MediaEvent::Back(leg) => self.tell(now, LegEvent::MediaBack { leg }),
            MediaEvent::Hushed { leg, recording } => self.tell(now, LegEvent::Hushed { leg, recording }),
            MediaEvent::RecordingGap { leg, recording, gap_ms } => {
                self.tell(now, LegEvent::RecordingGap { leg, recording, gap_ms });
            }
            MediaEvent::Ended { leg, quality } => self.tell_figures(now, leg, quality),
        }
        self.pump(now);
    }
}
