//! What came of calls, counted on the signalling thread.

use std::collections::BTreeMap;

use types::TenantId;
use types::event::{Event, Happening};
use types::leg::MediaQuality;
use types::record::Outcome;

/// Upper bounds of the classes that legs are counted in by their mean opinion score: unusable, bad, fair, good.
pub const MOS_BOUNDS: [f32; 4] = [2.0, 3.0, 3.6, 4.0];

/// What came of calls since the start, counted on the signalling thread.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// By tenant.
    pub tenants: BTreeMap<TenantId, TenantTally>,
    /// Media of legs that have ended.
    pub media: MediaTally,
}

/// A tenant's calls since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenantTally {
    /// Calls that began.
    pub started: u64,
    /// Calls that ended, by what came of them.
    pub ended: BTreeMap<Outcome, u64>,
}

/// How good the media of ended legs was.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MediaTally {
    /// Packets received from far ends.
    pub received: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Legs in each class of [`MOS_BOUNDS`]; the last is above all bounds.
    pub mos: [u64; MOS_BOUNDS.len() + 1],
    /// The scores added up.
    pub mos_sum: f64,
}

impl Tally {
    pub(crate) fn note(&mut self, event: &Event) {
        match &event.what {
            Happening::InteractionStarted { .. } => self.tenants.entry(event.tenant).or_default().started += 1,
            Happening::InteractionEnded { record } => {
                let tenant = self.tenants.entry(event.tenant).or_default();
                *tenant.ended.entry(record.outcome).or_default() += 1;
            }
            _ => {}
        }
    }

    pub(crate) fn note_media(&mut self, quality: &MediaQuality) {
        let media = &mut self.media;
        media.received += quality.received;
        media.lost += quality.lost;
        media.mos[MOS_BOUNDS.partition_point(|bound| *bound < quality.mos)] += 1;
        media.mos_sum += f64::from(quality.mos);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legs_are_classed_by_their_score() {
        let mut tally = Tally::default();
        for mos in [1.0, 3.6, 4.0, 4.4] {
            tally.note_media(&MediaQuality { received: 10, lost: 1, mos, ..MediaQuality::default() });
        }
        assert_eq!((tally.media.received, tally.media.lost, tally.media.mos), (40, 4, [1, 0, 1, 1, 1]));
    }
}
