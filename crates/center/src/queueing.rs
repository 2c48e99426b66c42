//! Waiting for an agent: into the queue, offers, announcements, and out again.

use std::time::Duration;

use acd::{AgentView, LeaveReason, NoAgentPolicy, OfferEnd, Output, Rejection, SkillRequirement, Ticket, Wishes};
use flow::{Input, QueueOutcome, TransferOutcome, speech};
use types::lease::ExpiredLease;
use types::leg::Sound;
use types::record::{Decision, LegRole, Promise, SegmentKind};
use types::{AgentId, Cause, EndedBy, InteractionId, LegId, Mono, Now, QueueId, TenantId};

use crate::Center;
use crate::interaction::{Announcements, Engaged, Playing, Stage};
use crate::ledger::Doing;
use crate::remembered::earlier;
use crate::replay::Basis;

/// The first announcement of position comes soon, so that the customer knows what to expect.
const FIRST_ANNOUNCEMENT: Duration = Duration::from_secs(8);

/// Waits are told in minutes.
const MINUTE_MS: u64 = 60_000;

/// A telephone that rings says so sooner, even where a message of it is lost and comes again. One who is offered to it
/// hears music from then on, whether it rings or not.
const RINGS_WITHIN: Duration = Duration::from_secs(2);

/// What an agent's telephone has said of an offer.
pub(crate) const fn rejection(cause: Cause) -> Rejection {
    match cause {
        Cause::Declined => Rejection::Declined,
        Cause::NoAnswer => Rejection::NoAnswer,
        Cause::Busy => Rejection::Busy,
        _ => Rejection::Failed,
    }
}

fn seconds(s: u32) -> Duration {
    Duration::from_secs(s.into())
}

impl Center {
    /// Puts the customer in a queue. `front`: it comes back after it lost its agent.
    pub(crate) fn enqueue(&mut self, now: Now, id: InteractionId, queue: QueueId, priority: i32, front: bool) {
        let Some(interaction) = self.interactions.get_mut(&id).filter(|i| i.stage != Stage::Ending) else { return };
        let Some(tenant) = self.tenants.get_mut(&interaction.tenant) else { return };
        let Some(config) = tenant.queues.get(&queue) else {
            return self.queue_outcome(now, id, QueueOutcome::NoAgent);
        };
        if interaction.walk.is_some() && !interaction.call.is_answered() {
            // The flow wants it so: the caller hears ringing until an agent answers.
            interaction.call.ring();
        } else {
            interaction.call.answer();
        }
        interaction.stage = Stage::Queued { queue };
        let first = |every: Option<u32>| every.map(|_| now.mono + FIRST_ANNOUNCEMENT);
        interaction.announcements = Announcements {
            position: first(config.announce_position_s),
            wait: first(config.announce_wait_s),
            music: None,
        };
        let number = &interaction.caller.number;
        let at = if front {
            earlier(now, interaction.waited)
        } else {
            let (keep, longest) = (config.keep_place_s.map(seconds), config.max_wait_s.map(seconds));
            keep.and_then(|keep| tenant.remembered.place(number, queue, now, keep, longest)).unwrap_or(now)
        };
        let priority = priority.saturating_add(tenant.priority_of(number.reveal(), interaction.dialled.reveal()));
        let skills = interaction.wants.iter();
        let wishes = Wishes {
            skills: skills.map(|want| SkillRequirement { skill: want.skill.clone(), min: want.min }).collect(),
            agent: config.last_agent_wait_s.filter(|_| !front).and_then(|_| tenant.remembered.last_agent(number)),
        };
        interaction.waited_from = Some(at);
        let ticket = Ticket { interaction: id, queue, priority, at, front, callback: false };
        let tenant_id = interaction.tenant;
        self.pump_call_commands(now, id);
        let doing = Doing { kind: SegmentKind::Queued, queue: Some(queue), agent: None };
        self.enter(now, id, doing);
        self.waits_by_itself(now, id, queue);
        let refused =
            self.tenants.get_mut(&tenant_id).is_none_or(|t| t.router.enqueue_with(now, ticket, wishes).is_err());
        if refused {
            self.alarm(now, tenant_id, "queue_refused", id.to_string());
            self.end(now, id, EndedBy::System, Cause::Internal);
        }
        self.touch_router(tenant_id);
        // An agent who is free at once and answers at once is heard without a beat of music before;
        // where its telephone rings, music begins then.
        self.pump_router(now, tenant_id);
        match self.get(id).map(|i| (i.stage, &mut i.announcements)) {
            Some((Stage::Queued { .. }, _)) => {
                self.note_wait(now, id);
                self.reckon(now, id, queue);
                self.play_music(now, id);
            }
            Some((Stage::Offered { .. }, told)) => told.music = Some(now.mono + RINGS_WITHIN),
            _ => {}
        }
        self.touch(id);
    }

    /// What holds up one who waits is kept, so that it can be told why it waited.
    fn note_wait(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let note = self.tenants.get(&interaction.tenant).and_then(|tenant| tenant.router.wait_note(now, id));
        interaction.ledger.waits(note);
    }

    /// What the queue reckons when a customer begins to wait is kept, so that it can be held against what came of it.
    fn reckon(&mut self, now: Now, id: InteractionId, queue: QueueId) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let Some(tenant) = self.tenants.get(&interaction.tenant) else { return };
        let Some(wait) = tenant.router.estimate(id) else { return };
        let position = tenant.router.position(id).and_then(|position| u32::try_from(position).ok());
        let wait_ms = u64::try_from(wait.as_millis()).ok();
        interaction.ledger.promised(Promise { at: now.wall, queue, position, wait_ms, told: false });
    }

    /// Takes the customer out of whatever queue it is in.
    pub(crate) fn leave_queue(&mut self, now: Now, id: InteractionId, reason: LeaveReason) {
        let Some(interaction) = self.get(id) else { return };
        if matches!(interaction.stage, Stage::Queued { .. } | Stage::Offered { .. } | Stage::Announcing { .. }) {
            let tenant = interaction.tenant;
            let reason = if interaction.callback { LeaveReason::Redirected } else { reason };
            let (number, since) = (interaction.caller.number.clone(), interaction.waited_from);
            let waits_in = match interaction.stage {
                Stage::Queued { queue } | Stage::Offered { queue, .. } => Some(queue),
                _ => None,
            };
            if let Stage::Announcing { agent, leg, .. } = interaction.stage {
                // The agent has taken the call: whoever leaves now was answered, and the agent has its wrap-up.
                let begun = self.begin_talk(now, id, agent);
                let Some(interaction) = self.get(id) else { return };
                interaction.call.hang_up_leg(leg, Cause::Cancelled);
                self.pump_call_commands(now, id);
                if begun {
                    return;
                }
            }
            let lost = waits_in.zip(since).filter(|_| reason == LeaveReason::Abandoned);
            if let Some(t) = self.tenants.get_mut(&tenant) {
                if let Some((queue, since)) = lost.filter(|(queue, _)| t.keeps_places(*queue)) {
                    t.remembered.lost(&number, queue, since, now.mono);
                }
                // The router may have let it go in the same moment; then there is nothing to leave.
                let _ = t.router.leave(now, id, reason);
            }
            if let Some((queue, since)) = lost {
                self.miss(now, id, queue, since);
            }
            self.touch_router(tenant);
        }
    }

    pub(crate) fn on_router(&mut self, now: Now, tenant: TenantId, output: Output) {
        match output {
            Output::Offer { interaction, agent, queue, decision, ring_until } => {
                self.on_offer(now, tenant, (interaction, queue), agent, *decision, ring_until);
            }
            Output::OfferOver { interaction, agent, why, goes_on: true, .. } => {
                self.rings_on_without(now, interaction, agent, why);
            }
            Output::OfferOver { interaction, queue, why, .. } => {
                self.on_offer_over(now, tenant, interaction, queue, why);
            }
            Output::AgentState {
                agent,
                state,
                reason,
                since,
                until,
                interaction,
                next,
                queue,
                clock,
                worked,
                need,
            } => {
                let view = AgentView { agent, state, reason, since, until, interaction, next };
                self.on_agent_state(now, tenant, view, Basis { queue, clock, worked, need });
            }
            Output::AsksLess { interaction, .. } => self.note_wait(now, interaction),
            Output::Settings(change) => self.on_routing_change(now, tenant, *change),
            Output::WaitTooLong { interaction, .. } => self.queue_outcome(now, interaction, QueueOutcome::TooLong),
            Output::NoAgent { interaction, .. } => {
                self.callback_turned_away(tenant, interaction);
                self.queue_outcome(now, interaction, QueueOutcome::NoAgent);
            }
            Output::QueueFull { interaction, .. } => self.queue_outcome(now, interaction, QueueOutcome::Full),
            Output::LeaseExpired { agent, lease, since, interaction } => {
                self.lease_expired(now, tenant, ExpiredLease { lease, agent: Some(agent), interaction, since });
                self.alarm(now, tenant, "lease_expired", format!("{} {agent} {interaction}", lease.as_str()));
            }
        }
    }

    fn on_offer(
        &mut self,
        now: Now,
        tenant: TenantId,
        (id, queue): (InteractionId, QueueId),
        agent: AgentId,
        mut why: Decision,
        until: Mono,
    ) {
        let all: Vec<_> = std::iter::once(agent).chain(why.together.iter().copied()).collect();
        if !self.interactions.contains_key(&id) {
            return self.offer_callback(now, tenant, (id, queue), &all, why, until);
        }
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let Some(tenant) = self.tenants.get_mut(&interaction.tenant) else { return };
        if interaction.stage != (Stage::Queued { queue }) {
            // It has left the queue in the same moment: the router's word about that follows.
            return;
        }
        why.rules = Some(tenant.versions.of(queue, &tenant.settings));
        interaction.ledger.decided(why);
        let ring_for = until.since(now.mono);
        let tenant_id = interaction.tenant;
        let mut rung = Vec::new();
        for &agent in &all {
            let targets = tenant.targets_of(agent);
            if targets.is_empty() {
                // Its telephone went away in this very moment; without another's the customer waits on.
                let _ = tenant.router.offer_rejected(now, id, agent, Rejection::Failed);
            } else {
                rung.push((agent, targets));
            }
        }
        let Some(&(agent, _)) = rung.first() else { return self.touch_router(tenant_id) };
        if rung.len() < all.len() {
            self.touch_router(tenant_id);
        }
        if let Some(interaction) = self.get(id) {
            interaction.stage = Stage::Offered { queue, agent };
        }
        self.enter(now, id, Doing { kind: SegmentKind::Ringing, queue: Some(queue), agent: Some(agent) });
        // No agent's many telephones take the place of another's only one.
        let each = call::MAX_FORKS / rung.len();
        let mut dials = Vec::new();
        for (agent, mut targets) in rung {
            targets.truncate(each);
            dials.extend(self.dials(now, id, LegRole::Agent, Some(agent), targets));
        }
        if let Some(interaction) = self.get(id) {
            interaction.call.attempt(now, dials, ring_for + Duration::from_millis(500));
        }
        self.touch(id);
    }

    fn on_offer_over(&mut self, now: Now, tenant: TenantId, id: InteractionId, queue: QueueId, why: OfferEnd) {
        let Some(interaction) = self.get(id) else { return };
        if interaction.callback_of.is_some() && why != OfferEnd::Left {
            return self.on_callback_withdrawn(now, tenant, id);
        }
        let cause = if why == OfferEnd::NoAnswer { Cause::NoAnswer } else { Cause::Cancelled };
        interaction.call.cancel_attempt(cause);
        if let Stage::Announcing { leg, .. } = interaction.stage {
            interaction.engaged.retain(|e| e.leg != leg);
            interaction.call.hang_up_leg(leg, cause);
        }
        if why != OfferEnd::Left && interaction.stage != Stage::Ending {
            self.back_in_queue(now, id, queue);
        }
        self.touch(id);
    }

    /// The customer waits on after an offer that came to nothing.
    pub(crate) fn back_in_queue(&mut self, now: Now, id: InteractionId, queue: QueueId) {
        let Some(interaction) = self.get(id) else { return };
        interaction.stage = Stage::Queued { queue };
        self.enter(now, id, Doing { kind: SegmentKind::Queued, queue: Some(queue), agent: None });
        self.note_wait(now, id);
        if self.get(id).is_some_and(|i| i.customer_hears().is_none()) {
            self.play_music(now, id);
        }
    }

    /// The agent's telephone answered an offer.
    pub(crate) fn on_offer_answered(
        &mut self,
        now: Now,
        id: InteractionId,
        queue: QueueId,
        agent: AgentId,
        leg: LegId,
    ) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let Some(tenant) = self.tenants.get_mut(&interaction.tenant) else { return };
        if tenant.router.offer_accepted(now, id, agent).is_err() {
            // The offer lapsed while the answer was on its way.
            interaction.call.hang_up_leg(leg, Cause::NoAnswer);
            return self.touch(id);
        }
        interaction.engaged.push(Engaged { queue: Some(queue), ..Engaged::unqueued(agent, leg) });
        interaction.stage = Stage::Announcing { queue, agent, leg };
        interaction.announcements = Announcements::default();
        interaction.record |= tenant.queues.get(&queue).is_some_and(|q| q.record);
        let announce = tenant.queues.get(&queue).is_some_and(|q| q.announce_agent_number);
        let number = tenant.directory.agent(agent).map(|a| a.number.clone());
        let tenant_id = interaction.tenant;
        let language = interaction.language.clone();
        match number.filter(|_| announce) {
            Some(number) => {
                interaction.call.answer();
                interaction.ledger.connected(now.wall);
                self.enter(now, id, Doing { kind: SegmentKind::Talking, queue: None, agent: Some(agent) });
                self.pump_call_commands(now, id);
                self.keep_recording(now, id, leg);
                let sounds = speech::agent_number(&language, &number);
                self.play(now, id, Playing::AgentNumber, sounds, false, false);
            }
            None => self.bridge_agent(now, id),
        }
        self.touch_router(tenant_id);
    }

    /// The router and the memory of callers learn that the talk begins; whether the router still knew of it.
    pub(crate) fn begin_talk(&mut self, now: Now, id: InteractionId, agent: AgentId) -> bool {
        let Some(interaction) = self.interactions.get_mut(&id) else { return false };
        let Some(tenant) = self.tenants.get_mut(&interaction.tenant) else { return false };
        let tenant_id = interaction.tenant;
        if tenant.router.talk_started(now, id, agent).is_err() {
            return false;
        }
        tenant.remembered.served(&interaction.caller.number, agent);
        interaction.waited = interaction.waited_from.take().map_or(Duration::ZERO, |from| now.mono - from.mono);
        self.touch_router(tenant_id);
        true
    }

    /// The announcement is over: customer and agent hear each other.
    pub(crate) fn bridge_agent(&mut self, now: Now, id: InteractionId) {
        let Some(Stage::Announcing { queue, agent, leg }) = self.get(id).map(|i| i.stage) else { return };
        let begun = self.begin_talk(now, id, agent);
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        if !begun {
            interaction.engaged.retain(|e| e.leg != leg);
            interaction.call.hang_up_leg(leg, Cause::Internal);
            self.back_in_queue(now, id, queue);
            return self.touch(id);
        }
        self.stop_playing(id);
        self.watch_leases(now, id);
        self.connect(now, id, leg);
    }

    /// A queue is left without an agent: the flow says what comes next.
    pub(crate) fn queue_outcome(&mut self, now: Now, id: InteractionId, outcome: QueueOutcome) {
        let Some(interaction) = self.get(id) else { return };
        if interaction.stage == Stage::Ending {
            return;
        }
        interaction.stage = Stage::Walking;
        interaction.announcements = Announcements::default();
        interaction.stood = interaction.waited_from.take();
        interaction.call.cancel_attempt(Cause::Cancelled);
        self.stop_playing(id);
        self.enter(now, id, Doing::just(SegmentKind::Menu));
        let walk = self.get(id).and_then(|i| i.walk.as_mut()).filter(|w| !w.is_over());
        let rests_at = walk.as_ref().and_then(|w| w.node()).map(|(_, kind)| kind);
        match walk.zip(rests_at) {
            // Whom the flow had transferred the customer to has handed it on to this queue: that talk is over.
            Some((walk, "transfer")) => walk.handle(now, Input::Transfer(TransferOutcome::TargetLeft)),
            Some((walk, _)) => walk.handle(now, Input::Queue(outcome)),
            None => self.end(now, id, EndedBy::System, Cause::Unreachable),
        }
        self.touch(id);
    }

    /// Position and expected wait, each when its time has come, then music again.
    pub(crate) fn announce_in_queue(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let due = |at: Option<Mono>| at.is_some_and(|at| at <= now.mono);
        let (position_due, wait_due) = (due(interaction.announcements.position), due(interaction.announcements.wait));
        // Nothing else may be left due: it would be asked for again and again.
        let announcements = std::mem::take(&mut interaction.announcements);
        let (Stage::Queued { queue } | Stage::Offered { queue, .. }) = interaction.stage else { return };
        let Some(tenant) = self.tenants.get(&interaction.tenant) else { return };
        let Some(config) = tenant.queues.get(&queue) else { return };
        let again = |due: bool, at: Option<Mono>, every: Option<u32>| match every {
            Some(every) if due => Some(now.mono + Duration::from_secs(u64::from(every))),
            _ => at.filter(|_| !due),
        };
        interaction.announcements = Announcements {
            position: again(position_due, announcements.position, config.announce_position_s),
            wait: again(wait_due, announcements.wait, config.announce_wait_s),
            music: announcements.music.filter(|at| *at > now.mono),
        };
        if due(announcements.music) && interaction.customer_hears().is_none() {
            return self.play_music(now, id);
        }
        if interaction.stage != (Stage::Queued { queue }) || !interaction.call.is_answered() {
            // While an agent's telephone rings there is no position to tell, and one who is not
            // taken yet hears ringing.
            return;
        }
        let mut sounds = Vec::new();
        let mut promise = Promise { at: now.wall, queue, position: None, wait_ms: None, told: true };
        if position_due && let Some(position) = tenant.router.position(id) {
            sounds.extend(speech::position(&interaction.language, position as u32));
            promise.position = Some(position as u32);
        }
        if wait_due && let Some(wait) = tenant.router.estimate(id) {
            let minutes = wait.as_secs().div_ceil(60) as u32;
            sounds.extend(speech::wait(&interaction.language, minutes));
            promise.wait_ms = Some(u64::from(minutes) * MINUTE_MS);
        }
        if !sounds.is_empty() {
            interaction.ledger.promised(promise);
        }
        interaction.ledger.waits(tenant.router.wait_note(now, id));
        if sounds.is_empty() {
            let id_text = if config.no_agent == NoAgentPolicy::Wait { "comfort" } else { "all_busy" };
            sounds.push(Sound::Prompt { language: interaction.language.clone(), id: id_text.into() });
        }
        self.play(now, id, Playing::Announcement, sounds, false, false);
    }

    pub(crate) fn play_music(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.interactions.get(&id) else { return };
        let queue = match interaction.stage {
            Stage::Queued { queue } | Stage::Offered { queue, .. } => queue,
            _ => return,
        };
        if !interaction.call.is_answered() {
            return;
        }
        let queues = self.tenants.get(&interaction.tenant).map(|t| &t.queues);
        let music = queues.and_then(|q| q.get(&queue)).map_or_else(|| "default".into(), |q| q.music.clone());
        self.play(now, id, Playing::Music, vec![Sound::Music(music)], true, false);
    }
}
