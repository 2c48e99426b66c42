//! Who hears whom: from what the legs were told to the way their packets go.

use types::LegId;
use types::leg::Connection;

use super::Engine;
use super::hearing::{Decoding, Edge, Hears, Mode};

/// Sources in one mix, so that a tick's cost has a bound; a conference of people stays far below.
const MAX_SOURCES: usize = 64;

impl Engine {
    /// Carries out [`Connection`] for a leg.
    pub(super) fn connect(&mut self, leg: LegId, to: Connection) {
        let Some(&slot) = self.slots.get(&leg) else { return };
        let hears = match to {
            Connection::Silent => Hears::Nothing,
            Connection::Echo => Hears::Echo,
            Connection::Bridge(other) if other == leg => Hears::Echo,
            Connection::Bridge(other) => Hears::Bridge(other),
            Connection::Hear(sources) => Hears::Mix(sources.into_iter().take(MAX_SOURCES).collect()),
        };
        let other = match hears {
            Hears::Bridge(other) => Some(other),
            _ => None,
        };
        self.part(slot, other);
        self.hear(slot, hears);
        if let Some(other) = other.and_then(|other| self.slots.get(&other).copied()) {
            self.part(other, Some(leg));
            self.hear(other, Hears::Bridge(leg));
        }
    }

    /// Ends the bridge that a leg is in, unless it is with `keep`: the other side hears nothing then.
    pub(super) fn part(&mut self, slot: u32, keep: Option<LegId>) {
        let Some(leg) = self.leg(slot) else { return };
        let (id, Hears::Bridge(partner)) = (leg.id, &leg.hears) else { return };
        let partner = *partner;
        if keep == Some(partner) {
            return;
        }
        if let Some(&partner) = self.slots.get(&partner)
            && self.leg(partner).is_some_and(|p| p.hears == Hears::Bridge(id))
        {
            self.hear(partner, Hears::Nothing);
        }
    }

    /// Sets what a leg hears and plans it.
    pub(super) fn hear(&mut self, slot: u32, hears: Hears) {
        for source in self.sources(slot) {
            if let Some(source) = self.leg_mut(source) {
                source.heard_by.retain(|&listener| listener != slot);
            }
        }
        let Some(leg) = self.leg_mut(slot) else { return };
        leg.hears = hears;
        for source in self.sources(slot) {
            if let Some(source) = self.leg_mut(source)
                && !source.heard_by.contains(&slot)
            {
                source.heard_by.push(slot);
            }
        }
        self.plan(slot);
    }

    /// Slots of the legs that a leg was told to hear, as far as they are there.
    fn sources(&self, slot: u32) -> Vec<u32> {
        let Some(leg) = self.leg(slot) else { return Vec::new() };
        match &leg.hears {
            Hears::Nothing => Vec::new(),
            Hears::Echo => vec![slot],
            Hears::Bridge(other) => self.slots.get(other).copied().into_iter().collect(),
            Hears::Mix(list) => list.iter().filter_map(|(id, _)| self.slots.get(id).copied()).collect(),
        }
    }

    /// Plans a leg that changed and all who hear it.
    pub(super) fn plan_around(&mut self, slot: u32) {
        self.plan(slot);
        let listeners = self.leg(slot).map(|leg| leg.heard_by.clone()).unwrap_or_default();
        for listener in listeners.into_iter().filter(|&l| l != slot) {
            self.plan(listener);
        }
    }

    /// Decides how what a leg hears is made.
    pub(super) fn plan(&mut self, slot: u32) {
        self.unplan(slot);
        let mode = self.choose(slot);
        match &mode {
            Mode::Fast(source) => {
                if let Some(source) = self.leg_mut(*source) {
                    source.fast_to = Some(slot);
                }
            }
            Mode::Mix(edges) => {
                for source in edges.iter().map(|e| e.source).collect::<Vec<_>>() {
                    self.need_decoded(source);
                }
            }
            Mode::Mute | Mode::Play => {}
        }
        let Some(leg) = self.leg_mut(slot) else { return };
        if matches!(mode, Mode::Mute | Mode::Fast(_)) {
            leg.encoder = None;
        }
        leg.mode = mode;
        self.update_ticking(slot);
    }

    /// Takes a leg out of its sources' lists of direct listeners.
    pub(super) fn unplan(&mut self, slot: u32) {
        let Some(leg) = self.leg_mut(slot) else { return };
        match std::mem::replace(&mut leg.mode, Mode::Mute) {
            Mode::Mute | Mode::Play => {}
            Mode::Fast(source) => {
                if let Some(source) = self.leg_mut(source)
                    && source.fast_to == Some(slot)
                {
                    source.fast_to = None;
                }
            }
            Mode::Mix(edges) => {
                for edge in edges {
                    if let Some(source) = self.leg_mut(edge.source) {
                        source.decoded_for = source.decoded_for.saturating_sub(1);
                        if source.decoded_for == 0 {
                            source.decoding = None;
                        }
                    }
                    self.update_ticking(edge.source);
                }
            }
        }
    }

    fn choose(&self, slot: u32) -> Mode {
        let Some(leg) = self.leg(slot) else { return Mode::Mute };
        if leg.player.is_some() {
            return Mode::Play;
        }
        if !leg.agreed.send {
            return Mode::Mute;
        }
        let edge = |source: u32, thousandths: u16| {
            let codec_in = self.leg(source).filter(|s| s.agreed.receive)?.agreed.codec_in;
            Some(Edge::new(source, thousandths, codec_in.pcm_rate(), leg.agreed.codec_out.pcm_rate()))
        };
        match &leg.hears {
            Hears::Nothing => Mode::Mute,
            Hears::Echo => self.direct(slot, slot, edge(slot, 1000)),
            Hears::Bridge(other) => match self.slots.get(other) {
                Some(&source) => self.direct(slot, source, edge(source, 1000)),
                None => Mode::Mute,
            },
            Hears::Mix(list) => {
                let found = |(id, gain): &(LegId, u16)| edge(*self.slots.get(id).filter(|&&s| s != slot)?, *gain);
                Mode::Mix(list.iter().filter_map(found).collect())
            }
        }
    }

    /// One source: as its packets come, where the codecs agree and nobody else has them so already.
    fn direct(&self, slot: u32, source: u32, edge: Option<Edge>) -> Mode {
        let (Some(edge), Some(leg), Some(from)) = (edge, self.leg(slot), self.leg(source)) else { return Mode::Mute };
        let free = from.fast_to.is_none_or(|to| to == slot);
        if free && from.agreed.codec_in == leg.agreed.codec_out { Mode::Fast(source) } else { Mode::Mix(vec![edge]) }
    }

    fn need_decoded(&mut self, slot: u32) {
        let Some(leg) = self.leg_mut(slot) else { return };
        leg.decoded_for += 1;
        // The far end may have changed its codec since.
        if leg.decoding.as_ref().is_none_or(|d| d.codec() != leg.agreed.codec_in) {
            leg.decoding = Decoding::new(leg.agreed.codec_in).map(Box::new);
        }
        self.update_ticking(slot);
    }
}
