//! What legs report and what the call brain makes of it.

use std::time::Duration;

use call::Happened;
use flow::{Input, QueueOutcome, TransferOutcome};
use types::leg::{Sound, Tone};
use types::record::{LegRole, Outcome, SegmentKind};
use types::{AgentId, Cause, EndedBy, InteractionId, LegEvent, LegId, Now, PlayId, QueueId};

use crate::callback::news_of;
use crate::interaction::{Errand, Playing, Stage};
use crate::ledger::Doing;
use crate::order::ENDED_KEPT;
use crate::outside::is_worth_another_trunk;
use crate::queueing::rejection;
use crate::{Center, Who};
use types::event::Happening;

/// After media has stopped, how long its return is awaited before the leg counts as gone. Together
/// with the media plane's own time-out the customer hears music within seconds, never silence.
const MEDIA_GRACE: Duration = Duration::from_secs(5);
/// One who holds may send nothing for as long as it holds. After the session interval that RFC 4028
/// recommends it counts as gone all the same, so that no customer hears music for ever.
const HOLD_GRACE: Duration = Duration::from_secs(1800);

const fn grace(holds: bool) -> Duration {
    if holds { HOLD_GRACE } else { MEDIA_GRACE }
}

impl Center {
    pub(crate) fn on_leg(&mut self, now: Now, id: InteractionId, event: &LegEvent) {
        self.note_in_record(now, id, event);
        let Some(interaction) = self.get(id) else { return };
        let customer = interaction.call.customer();
        match *event {
            LegEvent::Digit { leg, ref digit, .. } if leg == customer => {
                if let Some(walk) = interaction.walk.as_mut() {
                    walk.handle(now, Input::Digit(*digit.reveal()));
                }
                self.mailbox_key(now, id, *digit.reveal());
            }
            LegEvent::Hushed { leg, .. } if leg == customer => {
                if let Some(walk) = interaction.walk.as_mut() {
                    walk.handle(now, Input::Hushed);
                }
            }
            LegEvent::PlayDone { play, .. } => self.on_play_done(now, id, play),
            LegEvent::MediaLost { leg } => self.on_media_lost(now, id, leg),
            LegEvent::MediaBack { leg } => self.on_media_back(now, id, leg),
            LegEvent::HeldByPeer { leg, .. } => interaction.pages.hold_told(leg),
            LegEvent::Redirected { leg, ref target } => self.on_redirected(now, id, leg, target.reveal()),
            _ => {}
        }
        if let LegEvent::Ended { leg, cause, measured, .. } = *event {
            self.legs.remove(&leg);
            if measured {
                self.await_figures(now, id, leg);
            }
            self.leave_line(id, leg);
            if let Some(interaction) = self.get(id) {
                interaction.bounds.ended(leg);
                interaction.playing.retain(|p| p.leg != leg);
                interaction.media_lost.retain(|(l, _)| *l != leg);
            }
            if let Some(Stage::Announcing { queue, agent, leg: announced }) = self.get(id).map(|i| i.stage)
                && announced == leg
            {
                self.agent_lost_while_announcing(now, id, queue, agent);
            }
            let rung = self.get(id).and_then(|i| i.dialled_agents.iter().find(|(l, _)| *l == leg).map(|(_, a)| *a));
            if !self.page_leg_ended(now, id, leg, is_vanished(cause)) {
                self.release_agent(now, id, leg, cause);
            }
            if let Some(agent) = rung {
                self.rings_no_more(now, id, agent, cause);
            }
            self.supervisor_left(now, id, leg);
        }
        if let Some(interaction) = self.get(id) {
            interaction.call.handle(event);
        }
        self.touch(id);
    }

    pub(crate) fn note_in_record(&mut self, now: Now, id: InteractionId, event: &LegEvent) {
        let Some(interaction) = self.get(id) else { return };
        let ledger = &mut interaction.ledger;
        if let LegEvent::RecordingGap { gap_ms, .. } = *event {
            ledger.recording_gap(now.wall, gap_ms);
            return;
        }
        let Some(leg) = ledger.leg(event.leg()) else { return };
        match event {
            LegEvent::Dialled { sip_call_id, .. } => leg.sip_call_id = Some(sip_call_id.clone()),
            LegEvent::Ringing { .. } => {
                leg.ringing.get_or_insert(now.wall);
            }
            LegEvent::Answered { .. } => {
                leg.answered.get_or_insert(now.wall);
            }
            LegEvent::Ended { cause, status, by_peer, .. } => {
                leg.ended = Some(now.wall);
                leg.cause = Some(*cause);
                leg.status = *status;
                leg.by_peer = *by_peer;
            }
            LegEvent::Measured { quality, .. } => leg.media = quality.as_deref().copied(),
            _ => {}
        }
    }

    fn on_play_done(&mut self, now: Now, id: InteractionId, play: PlayId) {
        let Some(interaction) = self.get(id) else { return };
        let leg = interaction.playing.iter().find(|p| p.play == play).map(|p| p.leg);
        let Some((what, leg)) = interaction.played(play).zip(leg) else { return };
        match what {
            Playing::Slot => self.slot_told(id, leg),
            Playing::Mailbox => self.mailbox_played(now, id),
            Playing::Flow(number) => {
                if let Some(walk) = interaction.walk.as_mut() {
                    walk.handle(now, Input::PlayDone(number));
                }
            }
            Playing::Announcement => self.play_music(now, id),
            Playing::AgentNumber => self.bridge_agent(now, id),
            Playing::Farewell => self.end(now, id, EndedBy::System, Cause::Normal),
            Playing::Music | Playing::Hold | Playing::Ringback => {}
        }
    }

    pub(crate) fn on_happened(&mut self, now: Now, id: InteractionId, happened: Happened) {
        match happened {
            Happened::Ringing { leg, heard } => self.on_ringing(now, id, leg, heard),
            Happened::Reached { leg } => self.on_reached(now, id, leg),
            Happened::AttemptFailed { cause, status, rang } => {
                let again = is_worth_another_trunk(cause, status, rang);
                self.on_attempt_failed(now, id, cause, again);
            }
            Happened::TransferUnreached { by, cause, status, rang } => {
                let again = is_worth_another_trunk(cause, status, rang);
                let goes_on = again && self.transfer_next(now, id, by) || self.lead_on_after(now, id, cause);
                if !goes_on {
                    self.not_reached(now, id, cause, Errand::Transfer { by, begun: true });
                }
            }
            Happened::PartnerLeft { leg, cause, by_peer: _ } => self.on_partner_left(now, id, leg, cause),
            Happened::CustomerLeft { cause, by_peer } => {
                let swapped = self.get(id).is_some_and(|i| i.swapped);
                let by = match (by_peer && !is_vanished(cause), swapped) {
                    (true, false) => EndedBy::Caller,
                    (true, true) => EndedBy::Callee,
                    (false, _) => EndedBy::System,
                };
                self.end(now, id, by, cause);
            }
            Happened::Held { by, held } => self.on_held(now, id, by, held),
            Happened::TransferAsked { by, target, replaces } => self.on_transfer_asked(now, id, by, &target, replaces),
            Happened::Transferred { by: _, to } => self.on_transferred(now, id, to),
            Happened::TransferFailed { stranded, cause } => self.on_transfer_failed(now, id, stranded, cause),
            Happened::Originated { leg } => self.on_originated(now, id, leg),
            Happened::OriginateFailed { cause } if self.get(id).is_some_and(|i| i.callback_of.is_some()) => {
                self.on_callback_untaken(now, id, cause);
            }
            Happened::OriginateFailed { cause } => self.end(now, id, EndedBy::System, cause),
            Happened::ConsultRinging { heard } => self.on_consult_ringing(now, id, heard),
            Happened::Consulting { leg } => self.on_consulting(now, id, leg),
            Happened::ConsultFailed { cause, status, rang } => {
                let again = is_worth_another_trunk(cause, status, rang);
                self.on_consult_failed(now, id, cause, again);
            }
            Happened::ConsultLeft { .. } | Happened::PartnerChanged { .. } | Happened::MemberLeft { .. } => {
                self.room_changed(now, id);
            }
            Happened::Watching { leg } => self.on_watching(now, id, leg),
            Happened::Over => self.over(now, id),
        }
    }

    fn on_ringing(&mut self, now: Now, id: InteractionId, leg: LegId, heard: bool) {
        let Some(interaction) = self.get(id) else { return };
        if interaction.stage == Stage::Reaching {
            let answered = interaction.call.is_answered();
            let agent = interaction.agent_of(leg);
            self.enter(now, id, Doing { kind: SegmentKind::Ringing, queue: None, agent });
            if heard {
                self.stop_playing(id);
            } else if answered {
                // Whose call is taken already hears no ringing but ours.
                self.play(now, id, Playing::Ringback, vec![Sound::Tone(Tone::Ringback)], false, false);
            }
        } else if matches!(interaction.stage, Stage::Offered { .. }) && interaction.customer_hears().is_none() {
            self.play_music(now, id);
        }
    }

    fn on_reached(&mut self, now: Now, id: InteractionId, leg: LegId) {
        let Some(interaction) = self.get(id) else { return };
        if interaction.pages.calls_back(leg) {
            return self.page_returned(now, id, leg);
        }
        match interaction.stage {
            Stage::Offered { queue, agent } => {
                // Of several who ring together it is whoever has answered.
                let agent = interaction.agent_of(leg).unwrap_or(agent);
                self.on_offer_answered(now, id, queue, agent, leg);
            }
            Stage::Reaching => {
                interaction.further_ways.clear();
                self.engage(now, id, leg);
                self.connect(now, id, leg);
            }
            _ => interaction.call.hang_up_leg(leg, Cause::Cancelled),
        }
    }

    /// Customer and partner hear each other from now on.
    pub(crate) fn connect(&mut self, now: Now, id: InteractionId, leg: LegId) {
        let Some(interaction) = self.get(id) else { return };
        let from_queue = interaction.engaged.iter().any(|e| e.leg == leg && e.queue.is_some());
        self.stop_playing(id);
        let Some(interaction) = self.get(id) else { return };
        interaction.stage = Stage::Talking;
        interaction.arrived();
        interaction.call.connect(leg);
        self.pump_call_commands(now, id);
        let Some(interaction) = self.get(id) else { return };
        if let Some(walk) = interaction.walk.as_mut() {
            let queue = Input::Queue(QueueOutcome::Answered);
            walk.handle(now, if from_queue { queue } else { Input::Transfer(TransferOutcome::Answered) });
        }
        interaction.ledger.connected(now.wall);
        // A call of the agent's own making was never taken: it counts from the other one's answer.
        if interaction.ledger.answered(now.wall) {
            let tenant = interaction.tenant;
            self.journal(now, tenant, Happening::InteractionAnswered { id });
        }
        self.talk_or_hold(now, id);
        self.keep_recording(now, id, leg);
        self.touch(id);
    }

    fn on_attempt_failed(&mut self, now: Now, id: InteractionId, cause: Cause, again: bool) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let (tenant, stage) = (interaction.tenant, interaction.stage);
        match stage {
            Stage::Offered { queue, agent } => {
                let why = rejection(cause);
                let known = self.tenants.get_mut(&tenant).map(|t| t.router.offer_rejected(now, id, agent, why));
                self.touch_router(tenant);
                if known.is_some_and(|k| k.is_ok()) {
                    self.back_in_queue(now, id, queue);
                }
            }
            Stage::Reaching if again && self.reach_next(now, id) => {}
            Stage::Reaching if self.lead_on_after(now, id, cause) => {}
            Stage::Reaching => self.not_reached(now, id, cause, Errand::Reach),
            _ => {}
        }
    }

    pub(crate) fn target_unreached(&mut self, now: Now, id: InteractionId, cause: Cause) {
        let Some(interaction) = self.get(id) else { return };
        let outcome = match cause {
            Cause::Busy | Cause::Declined => TransferOutcome::Busy,
            Cause::NoAnswer => TransferOutcome::NoAnswer,
            _ => TransferOutcome::Failed,
        };
        match interaction.walk.as_mut().filter(|w| !w.is_over()) {
            Some(walk) => {
                interaction.stage = Stage::Walking;
                walk.handle(now, Input::Transfer(outcome));
                let answered = interaction.ledger.record().answered.is_some();
                let kind = if answered { SegmentKind::Menu } else { SegmentKind::Setup };
                self.enter(now, id, Doing::just(kind));
            }
            None => self.end(now, id, EndedBy::Callee, cause),
        }
        self.touch(id);
    }

    /// The other party is gone while the customer is still there. One that vanished without a
    /// goodbye is replaced: the customer goes back to the front of the queue it came from.
    pub(crate) fn on_partner_left(&mut self, now: Now, id: InteractionId, leg: LegId, cause: Cause) {
        let Some(interaction) = self.get(id) else { return };
        if interaction.stage == Stage::Ending || interaction.pages.is_missing(leg) {
            return;
        }
        let role = interaction.ledger.leg(leg).map_or(LegRole::Target, |l| l.role);
        let engaged = interaction.engaged.iter().chain(&interaction.departed).find(|e| e.leg == leg);
        // One who was reached by transfer stands in for the agent whom the queue had found.
        let queue = engaged.and_then(|e| e.queue).or(interaction.ledger.record().queue);
        self.stop_playing(id);
        if let Some(queue) = queue.filter(|_| role == LegRole::Agent && is_vanished(cause)) {
            return self.return_to_queue(now, id, queue);
        }
        let Some(interaction) = self.get(id) else { return };
        let by = match role {
            _ if is_vanished(cause) => EndedBy::System,
            _ if interaction.swapped => EndedBy::Caller,
            LegRole::Agent => EndedBy::Agent,
            _ => EndedBy::Callee,
        };
        // The flow rests at the node that led to the talk, whoever stood in for whom since then.
        let left = match interaction.walk.as_ref().filter(|w| !w.is_over()).and_then(flow::Walk::node) {
            Some((_, "queue")) => Some(Input::Queue(QueueOutcome::AgentLeft)),
            Some((_, "transfer")) => Some(Input::Transfer(TransferOutcome::TargetLeft)),
            _ => None,
        };
        match interaction.walk.as_mut().zip(left) {
            Some((walk, left)) => {
                interaction.stage = Stage::Walking;
                walk.handle(now, left);
                // Should the flow end it now, it was the other party's goodbye that ended the talk.
                interaction.ledger.talk_ended_by(by, cause);
                self.enter(now, id, Doing::just(SegmentKind::Menu));
            }
            None => self.end_others(now, id, by, cause),
        }
        self.touch(id);
    }

    /// The agent has gone while the customer was told who serves: that talk is over, and the customer is next in line.
    fn agent_lost_while_announcing(&mut self, now: Now, id: InteractionId, queue: QueueId, agent: AgentId) {
        if self.begin_talk(now, id, agent)
            && let Some(interaction) = self.get(id)
        {
            interaction.stage = Stage::Talking;
        }
        self.stop_playing(id);
        self.return_to_queue(now, id, queue);
    }

    fn return_to_queue(&mut self, now: Now, id: InteractionId, queue: types::QueueId) {
        self.enqueue(now, id, queue, 0, true);
        let Some(language) = self.get(id).map(|i| i.language.clone()) else { return };
        if self.get(id).is_some_and(|i| matches!(i.stage, Stage::Queued { .. } | Stage::Offered { .. })) {
            let prompt = Sound::Prompt { language, id: "agent_back_soon".into() };
            self.play(now, id, Playing::Announcement, vec![prompt], false, false);
        }
    }

    fn on_held(&mut self, now: Now, id: InteractionId, by: LegId, held: bool) {
        let Some(interaction) = self.get(id) else { return };
        for (_, at) in interaction.media_lost.iter_mut().filter(|(lost, _)| *lost == by) {
            *at = now.mono + grace(held);
        }
        // While the customer is being handed on it hears ringing; what holds then shows afterwards.
        if interaction.stage == Stage::Talking && !interaction.call.is_attempting() {
            self.talk_or_hold(now, id);
        }
    }

    // ---- media that stops without a goodbye ----

    fn on_media_lost(&mut self, now: Now, id: InteractionId, leg: LegId) {
        let Some(interaction) = self.get(id) else { return };
        let Some(holds) = interaction.call.leg(leg).map(|l| l.holds) else { return };
        if interaction.stage == Stage::Ending || self.page_lost(now, id, leg) {
            return;
        }
        let Some(interaction) = self.get(id) else { return };
        interaction.media_lost.retain(|(lost, _)| *lost != leg);
        interaction.media_lost.push((leg, now.mono + grace(holds)));
        if !holds && interaction.stage == Stage::Talking && interaction.call.partner() == Some(leg) {
            self.bridge_silence(now, id);
        }
    }

    fn on_media_back(&mut self, now: Now, id: InteractionId, leg: LegId) {
        if self.page_heard(now, id, leg) {
            return;
        }
        let Some(interaction) = self.get(id) else { return };
        let before = interaction.media_lost.len();
        interaction.media_lost.retain(|(lost, _)| *lost != leg);
        let talks = interaction.stage == Stage::Talking && !interaction.call.is_attempting();
        if interaction.media_lost.len() < before && talks && interaction.call.partner() == Some(leg) {
            self.talk_or_hold(now, id);
        }
    }

    pub(crate) fn check_media_lost(&mut self, now: Now, id: InteractionId) {
        while let Some(interaction) = self.get(id) {
            let Some(at) = interaction.media_lost.iter().position(|(_, at)| *at <= now.mono) else { return };
            let (leg, _) = interaction.media_lost.remove(at);
            if leg == interaction.call.customer() {
                interaction.call.hang_up_leg(leg, Cause::MediaLost);
                self.end_others(now, id, EndedBy::System, Cause::MediaLost);
            } else if interaction.call.partner() == Some(leg) {
                // While it hands the customer on, that goes on without it.
                let handing_over = interaction.call.is_attempting();
                interaction.call.hang_up_leg(leg, Cause::MediaLost);
                // In a room of several somebody else has its place.
                if !handing_over && interaction.call.partner().is_none() {
                    self.on_partner_left(now, id, leg, Cause::MediaLost);
                }
            } else {
                interaction.call.hang_up_leg(leg, Cause::MediaLost);
            }
        }
    }

    // ---- the end ----

    /// All is known of it: the record is closed and written.
    pub(crate) fn close(&mut self, now: Now, id: InteractionId) {
        let Some(mut interaction) = self.interactions.remove(&id) else { return };
        self.disarm(Who::Interaction(id), &mut interaction.armed);
        self.lamps.follow(&interaction, true, &mut self.effects);
        let ended = interaction.unmeasured.over(now);
        if let Some(walk) = interaction.walk.as_mut() {
            walk.handle(now, Input::Hangup);
        }
        if let Some(since) = interaction.paused {
            interaction.ledger.recording_paused(since, ended);
        }
        interaction.leave_flow();
        let outcome = outcome(&interaction);
        let tenant = interaction.tenant;
        let record = interaction.ledger.close(ended, outcome);
        let calls_back = interaction.callback_of.map(|_| (news_of(&record), record.agent));
        if let Some(t) = self.tenants.get_mut(&tenant) {
            if t.ended.len() == ENDED_KEPT {
                t.ended.pop_front();
            }
            t.ended.push_back(id);
        }
        self.journal(now, tenant, Happening::InteractionEnded { record });
        match calls_back {
            Some(news) => self.after_callback(now, tenant, id, news),
            None => self.asker_has_gone(now, tenant, id),
        }
    }
}

/// Whether a party went without a goodbye.
pub(crate) const fn is_vanished(cause: Cause) -> bool {
    matches!(cause, Cause::MediaLost | Cause::SessionExpired | Cause::PeerFailed | Cause::Unreachable)
}

pub(crate) fn outcome(interaction: &crate::interaction::Interaction) -> Outcome {
    let record = interaction.ledger.record();
    let (by, cause) = interaction.ledger.end_so_far();
    if record.connected.is_some() {
        return Outcome::Answered;
    }
    if interaction.callback {
        return Outcome::Callback;
    }
    if interaction.left_message {
        return Outcome::Voicemail;
    }
    match cause {
        Cause::NotFound | Cause::Forbidden | Cause::DoNotCall | Cause::Overload | Cause::Shutdown
            if record.answered.is_none() && record.legs.len() == 1 =>
        {
            Outcome::Rejected
        }
        _ if by == EndedBy::Caller && (record.queue.is_some() || record.legs.len() > 1) => Outcome::Abandoned,
        _ if record.queue.is_none() && record.answered.is_some() && cause == Cause::Normal => Outcome::SelfServed,
        _ if by == EndedBy::Caller => Outcome::Abandoned,
        _ => Outcome::Failed,
    }
}
