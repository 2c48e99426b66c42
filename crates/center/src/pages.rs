//! What is known of the pages that are agents' telephones: which is at which leg's far end, and which one is away.

use types::event::Binding;
use types::leg::Text;
use types::{AgentId, DeviceId, LegId, Mono};

use crate::tenant::Tenant;

/// The page at a leg's far end.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) device: DeviceId,
    /// The connection by which it was rung, or called.
    pub(crate) flow: u64,
    /// The Call-ID of its registrations: another one after it was loaded anew (RFC 3261 section 10.2).
    pub(crate) registration: Text,
}

/// A page that is away.
#[derive(Clone, Debug)]
pub(crate) struct Missing {
    /// The leg that it had; it may have ended since then.
    pub(crate) leg: LegId,
    pub(crate) device: DeviceId,
    pub(crate) until: Mono,
    /// The registration that was tried last, or that is no news.
    pub(crate) tried: Option<(Text, u32)>,
    /// The leg by which it is called back.
    pub(crate) dialled: Option<LegId>,
    /// The old leg is heard again.
    pub(crate) heard: bool,
    pub(crate) holds: bool,
    /// By order, it had stepped out of the talk, and was not heard.
    pub(crate) stepped_out: bool,
    pub(crate) muted: bool,
}

/// What is known of the pages in a call.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    pub(crate) known: Vec<(LegId, Page)>,
    pub(crate) missing: Option<Missing>,
    /// This leg counts as holding until it says so itself, or not in time.
    pub(crate) holds_until: Option<(LegId, Mono)>,
}

impl Pages {
    pub(crate) fn note(&mut self, leg: LegId, page: Page) {
        self.known.push((leg, page));
    }

    pub(crate) const fn is_one_missing(&self) -> bool {
        self.missing.is_some()
    }

    pub(crate) fn is_missing(&self, leg: LegId) -> bool {
        self.missing.as_ref().is_some_and(|m| m.leg == leg)
    }

    /// Whether this leg calls the page back that is away.
    pub(crate) fn calls_back(&self, leg: LegId) -> bool {
        self.missing.as_ref().is_some_and(|m| m.dialled == Some(leg))
    }

    pub(crate) fn deadline(&self) -> Option<Mono> {
        [self.missing.as_ref().map(|m| m.until), self.holds_until.map(|(_, at)| at)].into_iter().flatten().min()
    }

    /// A leg has said whether it holds.
    pub(crate) fn hold_told(&mut self, leg: LegId) {
        self.holds_until.take_if(|(l, _)| *l == leg);
    }

    pub(crate) fn of(&self, leg: LegId) -> Option<&Page> {
        self.known.iter().find(|(l, _)| *l == leg).map(|(_, page)| page)
    }
}

/// What tells one registration from the next.
pub(crate) fn name_of(binding: &Binding) -> (Text, u32) {
    (binding.call_id.clone(), binding.cseq)
}

impl Tenant {
    /// The page of an agent's that has registered by this connection.
    pub(crate) fn page_at(&self, agent: AgentId, flow: u64) -> Option<Page> {
        let mut devices = self.directory.devices_of(agent).iter();
        devices.find_map(|device| {
            let by_flow = |b: &&Binding| b.browser && b.flow == Some(flow);
            let binding = self.registrations.of(*device).iter().find(by_flow)?;
            Some(Page { device: *device, flow, registration: binding.call_id.clone() })
        })
    }

    pub(crate) fn newest_page(&self, device: DeviceId) -> Option<&Binding> {
        self.registrations.of(device).iter().rfind(|b| b.browser && b.flow.is_some())
    }
}
