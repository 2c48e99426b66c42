//! A page that is an agent's telephone goes away in the middle of a talk, and comes back: loaded anew, crashed, out of
//! reach of its network.
//!
//! Here the talk stands on. The customer hears music, the agent stays the customer's, and once its telephone registers
//! again it is rung by a new leg, which the page takes by itself. The old leg is given up then. Who does not come back
//! in time counts as any telephone that has vanished.

use std::time::Duration;

use types::leg::Text;
use types::record::{LegRole, SegmentKind};
use types::{Cause, DeviceId, InteractionId, LegEvent, LegId, Now, TenantId};

use crate::Center;
use crate::interaction::Stage;
use crate::ledger::Doing;
use crate::pages::{Missing, name_of};
use crate::targets::target_of;

/// A page that had its customer on hold says so again as soon as it has the call back, by one request. Until then, and
/// for this long at most, the customer stays on hold: what is said near an agent who holds is not meant for it.
const HOLD_CONFIRMED: Duration = Duration::from_secs(2);
/// The attempt is bounded by the time that the page has; its own bound comes only after that.
const AFTERWARDS: Duration = Duration::from_millis(500);

impl Center {
    /// A leg's far end has gone without a goodbye. When it is the page of an agent who talks, its return is awaited:
    /// whether that is so.
    pub(crate) fn page_lost(&mut self, now: Now, id: InteractionId, leg: LegId) -> bool {
        let Some(interaction) = self.interactions.get_mut(&id) else { return false };
        if let Some(missing) = interaction.pages.missing.as_mut().filter(|m| m.leg == leg) {
            missing.heard = false;
            return true;
        }
        let Some(tenant) = self.tenants.get(&interaction.tenant) else { return false };
        let Some(page) = interaction.pages.of(leg).cloned() else { return false };
        let served = interaction.call.customer() == leg && interaction.call.partner().is_some();
        let talks = interaction.stage == Stage::Talking && !interaction.call.is_attempting();
        let awaited = talks
            && !tenant.reconnect.is_zero()
            && !interaction.pages.is_one_missing()
            && !interaction.call.is_several()
            && interaction.engaged.iter().any(|e| e.leg == leg)
            && (served || interaction.call.partner() == Some(leg));
        if !awaited {
            return false;
        }
        let newest = tenant.newest_page(page.device);
        let back = newest.is_some_and(|b| b.flow != Some(page.flow));
        let missing = Missing {
            leg,
            device: page.device,
            until: now.mono + tenant.reconnect,
            tried: newest.map(name_of),
            dialled: None,
            heard: false,
            holds: interaction.call.leg(leg).is_some_and(|l| l.holds),
            stepped_out: interaction.call.is_stepped_out(),
            muted: interaction.call.leg(leg).is_some_and(|l| l.muted),
        };
        interaction.media_lost.retain(|(lost, _)| *lost != leg);
        interaction.pages.missing = Some(missing);
        interaction.pages.hold_told(leg);
        self.serve_from(id, leg);
        let agent = self.get(id).and_then(|i| i.agent_of(leg));
        self.enter(now, id, Doing { kind: SegmentKind::Away, queue: None, agent });
        self.bridge_silence(now, id);
        if back {
            self.call_back(now, id);
        }
        self.touch(id);
        true
    }

    /// Rings the page that is away where it has registered last.
    fn call_back(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let Some(missing) = interaction.pages.missing.as_mut() else { return };
        let Some(tenant) = self.tenants.get(&interaction.tenant) else { return };
        let Some(binding) = tenant.newest_page(missing.device) else { return };
        missing.tried = Some(name_of(binding));
        let (leg, ring_for) = (missing.leg, missing.until - now.mono + AFTERWARDS);
        let target = target_of(missing.device, binding);
        let agent = interaction.engaged.iter().find(|e| e.leg == leg).map(|e| e.agent);
        let mut dials = self.dials(now, id, LegRole::Agent, agent, vec![target]);
        for page in dials.iter_mut().filter_map(|dial| dial.target.page.as_mut()) {
            page.returns = true;
        }
        let Some(interaction) = self.get(id) else { return };
        if let Some(missing) = interaction.pages.missing.as_mut() {
            missing.dialled = dials.first().map(|dial| dial.leg);
        }
        interaction.call.attempt(now, dials, ring_for);
        self.touch(id);
    }

    /// What a device has registered has changed: a page that was away may be back, and one that went without a word
    /// is replaced by the one that came after it.
    pub(crate) fn follow_pages(&mut self, now: Now, tenant: TenantId, device: DeviceId) {
        let Some(t) = self.tenants.get(&tenant) else { return };
        let Some(newest) = t.newest_page(device).map(name_of) else { return };
        let stands = |registration: &Text| t.registrations.of(device).iter().any(|b| b.call_id == *registration);
        let mut back = Vec::new();
        let mut gone = Vec::new();
        for interaction in self.interactions.values().filter(|i| i.tenant == tenant) {
            match &interaction.pages.missing {
                Some(missing) if missing.device == device && missing.tried.as_ref() != Some(&newest) => {
                    back.push(interaction.id);
                }
                Some(_) => {}
                None => {
                    let pages = interaction.pages.known.iter();
                    let lost = pages.filter(|(_, page)| page.device == device && !stands(&page.registration));
                    gone.extend(lost.map(|(leg, _)| (interaction.id, *leg)));
                }
            }
        }
        back.sort_unstable();
        gone.sort_unstable();
        for id in back {
            self.call_back(now, id);
        }
        for (id, leg) in gone {
            self.page_lost(now, id, leg);
        }
    }

    /// The page has taken its call back.
    pub(crate) fn page_returned(&mut self, now: Now, id: InteractionId, leg: LegId) {
        let Some(interaction) = self.get(id) else { return };
        let Some(missing) = interaction.pages.missing.take() else { return };
        for engaged in interaction.engaged.iter_mut().filter(|e| e.leg == missing.leg) {
            engaged.leg = leg;
        }
        interaction.playing.retain(|p| p.leg != missing.leg);
        interaction.call.hang_up_leg(missing.leg, Cause::MediaLost);
        interaction.call.connect(leg);
        interaction.call.step_out(missing.stepped_out);
        interaction.call.mute(leg, missing.muted);
        self.pump_call_commands(now, id);
        if missing.holds {
            self.say_held(now, id, leg, true);
            if let Some(interaction) = self.get(id) {
                interaction.pages.holds_until = Some((leg, now.mono + HOLD_CONFIRMED));
            }
        }
        self.talk_or_hold(now, id);
        self.keep_recording(now, id, leg);
        self.touch(id);
    }

    fn say_held(&mut self, now: Now, id: InteractionId, leg: LegId, held: bool) {
        self.on_leg(now, id, &LegEvent::HeldByPeer { leg, held });
    }

    /// The old leg of a page that was away is heard again; whether it was away.
    pub(crate) fn page_heard(&mut self, now: Now, id: InteractionId, leg: LegId) -> bool {
        let Some(interaction) = self.get(id) else { return false };
        let Some(missing) = interaction.pages.missing.as_mut().filter(|m| m.leg == leg) else { return false };
        missing.heard = true;
        self.stay_with_old(now, id);
        true
    }

    /// The old leg does, unless the page is being called back.
    fn stay_with_old(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.get(id) else { return };
        if interaction.pages.missing.take_if(|m| m.heard && m.dialled.is_none()).is_some() {
            self.talk_or_hold(now, id);
        }
    }

    /// A leg has ended. Whether the agent stays engaged all the same, since its page is awaited.
    pub(crate) fn page_leg_ended(&mut self, now: Now, id: InteractionId, leg: LegId, vanished: bool) -> bool {
        let awaited = self.get(id).is_some_and(|i| i.pages.is_missing(leg)) || vanished && self.page_lost(now, id, leg);
        let Some(interaction) = self.get(id) else { return false };
        interaction.pages.known.retain(|(l, _)| *l != leg);
        interaction.pages.hold_told(leg);
        if let Some(missing) = interaction.pages.missing.as_mut() {
            missing.heard &= missing.leg != leg;
            if missing.dialled.take_if(|dialled| *dialled == leg).is_some() {
                self.stay_with_old(now, id);
            }
        }
        awaited
    }

    pub(crate) fn check_pages(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.get(id) else { return };
        if let Some((leg, _)) = interaction.pages.holds_until.take_if(|(_, at)| *at <= now.mono) {
            self.say_held(now, id, leg, false);
        }
        let Some(interaction) = self.get(id) else { return };
        let overdue = interaction.pages.missing.as_ref().filter(|m| m.until <= now.mono).map(|m| m.leg);
        if let Some(leg) = overdue {
            self.await_no_page(now, id, Cause::MediaLost);
            if let Some(interaction) = self.get(id) {
                interaction.call.hang_up_leg(leg, Cause::MediaLost);
            }
            self.on_partner_left(now, id, leg, Cause::MediaLost);
        }
    }

    /// The page that is away is not waited for any more.
    pub(crate) fn await_no_page(&mut self, now: Now, id: InteractionId, cause: Cause) {
        let Some(interaction) = self.get(id) else { return };
        let Some(missing) = interaction.pages.missing.take() else { return };
        interaction.call.cancel_attempt(Cause::Cancelled);
        if !self.legs.contains_key(&missing.leg) {
            // Its end has been told, when the agent was still awaited.
            self.release_agent(now, id, missing.leg, cause);
        }
    }
}
