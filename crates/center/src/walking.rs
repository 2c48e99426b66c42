//! Carries out what a flow wants.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use acd::LeaveReason;
use flow::{
    Action, Closure, Database, Flow, Input, LookupAnswer, LookupRequest, TransferOutcome, TransferTarget, Walk,
};
use types::event::Happening;
use types::leg::{Connection, Text};
use types::record::SegmentKind;
use types::{Cause, EndedBy, FlowId, InteractionId, LegCommand, LegId, Now, TenantId};

use crate::interaction::{Errand, Playing, Stage};
use crate::ledger::Doing;
use crate::{Center, Effect, Lookup, LookupGrant};

/// The setting that names hosts within the own network that flows may ask.
const ALLOWED_HOSTS: &str = "lookup.allowed_hosts";

fn is_closed(settings: &HashMap<Text, Text>, flow: &Flow) -> bool {
    settings.get(Closure::SETTING).is_some_and(|closed| Closure::parse(closed).holds(&flow.id))
}

impl Center {
    /// The walk of the interaction that a leg belongs to, while it is in progress; for whoever plays the caller.
    pub fn walk_of(&self, leg: LegId) -> Option<&Walk> {
        self.interactions.get(self.legs.get(&leg)?)?.walk.as_ref()
    }

    /// The customer enters a flow.
    pub(crate) fn start_flow(&mut self, now: Now, id: InteractionId, flow_id: FlowId) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let Some(tenant) = self.tenants.get(&interaction.tenant) else { return };
        let Some(flow) = tenant.flows.get(&flow_id) else {
            let tenant = interaction.tenant;
            self.alarm(now, tenant, "flow_missing", flow_id.to_string());
            return self.end(now, id, EndedBy::System, Cause::Internal);
        };
        let flow = flow.for_caller(interaction.lot().reveal());
        interaction.ledger.walks(flow_id);
        match self.announcement_instead(now, id, &flow) {
            Some(announcement) => self.walk_along(now, id, &announcement),
            None => self.walk_along(now, id, &flow),
        }
    }

    /// What callers of a flow that is closed for an emergency hear in its place; none where it is open, or leads them
    /// elsewhere by itself.
    fn announcement_instead(&mut self, now: Now, id: InteractionId, flow: &Flow) -> Option<Arc<Flow>> {
        let tenant = self.tenant_of(id)?;
        let settings = &self.tenants.get(&tenant)?.settings;
        if flow.knows_closure() || !is_closed(settings, flow) {
            return None;
        }
        let prompt = settings.get(Closure::PROMPT_SETTING).map_or(Closure::PROMPT, |prompt| &**prompt);
        let prompt = if prompt.is_empty() { Closure::PROMPT } else { prompt };
        match Closure::announcement(&flow.language, prompt) {
            Ok(announcement) => Some(announcement),
            Err(problems) => {
                let why = problems.first().map(flow::Problem::en).unwrap_or_default();
                self.alarm(now, tenant, "flow_missing", why);
                None
            }
        }
    }

    pub(crate) fn walk_along(&mut self, now: Now, id: InteractionId, flow: &Arc<Flow>) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let Some(tenant) = self.tenants.get(&interaction.tenant) else { return };
        let context = flow::Context {
            answered: interaction.call.is_answered(),
            utc_offset_min: tenant.directory.tenant().utc_offset_min,
            closed: is_closed(&tenant.settings, flow),
            library: tenant.library.clone(),
            lot: interaction.lot(),
            ..flow::Context::new(now, interaction.caller.number.reveal(), interaction.dialled.reveal())
        };
        interaction.leave_flow();
        interaction.language = flow.language.clone();
        interaction.stage = Stage::Walking;
        let answered = context.answered;
        interaction.walk = Some(Walk::start(flow, context));
        if answered {
            // Handed on by somebody who talked with it.
            self.enter(now, id, Doing::just(SegmentKind::Menu));
        }
        self.touch(id);
    }

    pub(crate) fn on_flow_action(&mut self, now: Now, id: InteractionId, action: Action) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        if interaction.stage == Stage::Ending {
            return;
        }
        let leg = interaction.call.customer();
        match action {
            Action::Answer => {
                interaction.call.answer();
                self.pump_call_commands(now, id);
                self.enter(now, id, Doing::just(SegmentKind::Menu));
            }
            Action::Play { play: number, sounds, barge_in } => {
                let play = self.new_play(now);
                if let Some(interaction) = self.get(id) {
                    interaction.note_playing(leg, play, Playing::Flow(number));
                }
                self.command(LegCommand::Play { leg, play, sounds, repeat: false, barge_in });
            }
            Action::StopPlay => self.stop_playing(id),
            Action::Echo(on) => {
                let to = if on { Connection::Echo } else { Connection::Silent };
                self.command(LegCommand::Connect { leg, to });
            }
            Action::Enqueue { queue, priority, skills } => {
                if let Some(interaction) = self.get(id) {
                    interaction.wants = skills;
                }
                self.enqueue_by_name(now, id, &queue, priority);
            }
            Action::Lookup { ask, request } => self.look_up(id, ask, request),
            Action::LookAtQueues(names) => self.tell_queues(now, id, &names),
            Action::LeaveQueue => {
                self.leave_queue(now, id, LeaveReason::Redirected);
                self.stop_playing(id);
                if let Some(interaction) = self.get(id) {
                    interaction.stage = Stage::Walking;
                    interaction.call.cancel_attempt(Cause::Cancelled);
                }
                self.enter(now, id, Doing::just(SegmentKind::Menu));
            }
            Action::Transfer { target, ring_timeout_s } => {
                interaction.ring_for = Duration::from_secs(ring_timeout_s.into());
                self.flow_transfer(now, id, target);
            }
            note @ (Action::RequestCallback { .. } | Action::Survey { .. } | Action::Tag(_)) => {
                self.note(now, id, note)
            }
            Action::OpenMailbox(name) => self.open_mailbox(now, id, &name),
            Action::TakeMessage { silence_s } => self.take_message(now, id, silence_s),
            Action::EndMessage { silence_s } => self.end_message(now, id, Duration::from_secs(silence_s.into())),
            Action::SetLanguage(language) => interaction.language = language,
            Action::Record(on) => {
                interaction.record = on;
                interaction.record_refused &= !on;
            }
            Action::RefuseRecording => {
                interaction.record_refused = true;
                // What an earlier talk of this call began goes no further.
                self.pause_recording(now, id, true, None);
            }
            Action::Hangup(cause) => self.end(now, id, EndedBy::System, cause),
        }
    }

    /// What a flow notes needs no customer on the line.
    fn note(&mut self, now: Now, id: InteractionId, action: Action) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let tenant = interaction.tenant;
        match action {
            Action::RequestCallback { number, queue } => {
                let queues = self.tenants.get(&tenant).map(|t| &t.queue_names);
                let queue = queue.and_then(|q| queues.and_then(|n| n.get(&q).copied()));
                self.ask_callback(now, id, number, queue);
            }
            Action::Tag(words) => interaction.ledger.tag(words),
            Action::Survey { question, answer } => {
                self.journal(now, tenant, Happening::SurveyAnswered { id, question, answer });
            }
            _ => {}
        }
    }

    /// The customer leaves the flow without its doing. Its steps stay in the record.
    pub(crate) fn leave_flow(&mut self, id: InteractionId) {
        if let Some(interaction) = self.get(id) {
            interaction.leave_flow();
        }
    }

    /// The customer has gone: the flow does what it can do without it.
    pub(crate) fn finish_flow(&mut self, now: Now, id: InteractionId) {
        if let Some(walk) = self.get(id).and_then(|i| i.walk.as_mut()) {
            walk.handle(now, Input::Hangup);
        }
        while let Some(action) = self.get(id).and_then(|i| i.walk.as_mut()).and_then(Walk::poll_action) {
            self.note(now, id, action);
        }
    }

    fn enqueue_by_name(&mut self, now: Now, id: InteractionId, queue: &Text, priority: i32) {
        let Some(tenant) = self.tenant_of(id).and_then(|t| self.tenants.get(&t)) else { return };
        match tenant.queue_names.get(queue).copied() {
            Some(queue) => self.enqueue(now, id, queue, priority, false),
            None => self.queue_outcome(now, id, flow::QueueOutcome::NoAgent),
        }
    }

    /// A flow asks another system.
    fn look_up(&mut self, id: InteractionId, ask: u32, request: Box<LookupRequest>) {
        let Some(tenant) = self.tenant_of(id) else { return };
        let grant = self.lookup_grant(tenant, &request);
        self.effects.push_back(Effect::Lookup(Box::new(Lookup { interaction: id, tenant, ask, request, grant })));
    }

    /// What a tenant grants such a request.
    pub fn lookup_grant(&self, tenant: TenantId, request: &LookupRequest) -> LookupGrant {
        let Some(tenant) = self.tenants.get(&tenant) else { return LookupGrant::default() };
        let given = |name: &Text| tenant.secrets.get(name).filter(|secret| !secret.reveal().is_empty());
        let secret = |name: &Text| Some((name.clone(), given(name)?.clone()));
        let database = request.database().and_then(|name| tenant.databases.get(name));
        LookupGrant {
            allowed: tenant.settings.get(ALLOWED_HOSTS).cloned().unwrap_or_default(),
            secrets: request.secrets().chain(database.and_then(Database::secret)).filter_map(secret).collect(),
            database: database.cloned(),
            tenant: tenant.directory.tenant().name.clone(),
        }
    }

    /// Another system has answered a flow, or could not be asked.
    pub fn looked(&mut self, now: Now, id: InteractionId, answer: LookupAnswer) {
        if let Some(walk) = self.get(id).and_then(|i| i.walk.as_mut()) {
            walk.handle(now, Input::Looked(Box::new(answer)));
            self.touch(id);
        }
        self.pump(now);
    }

    /// A flow asks how queues stand; one that is not there is left out.
    fn tell_queues(&mut self, now: Now, id: InteractionId, names: &[Text]) {
        let Some(tenant) = self.tenant_of(id).and_then(|t| self.tenants.get(&t)) else { return };
        let figures = |name: &Text| {
            let queue = tenant.router.snapshot(now, *tenant.queue_names.get(name)?)?;
            let longest_ms = queue.longest_wait_since.map_or(0, |since| now.wall.ms_since(since));
            let figures = flow::QueueFigures {
                waiting: queue.waiting,
                longest_wait_s: u32::try_from(longest_ms / 1_000).unwrap_or(u32::MAX),
                agents: queue.ready + queue.ringing + queue.talking + queue.wrap_up + queue.not_ready,
                ready: queue.ready,
            };
            Some((name.clone(), figures))
        };
        let queues = names.iter().filter_map(figures).collect();
        if let Some(walk) = self.get(id).and_then(|i| i.walk.as_mut()) {
            walk.handle(now, Input::Queues(queues));
        }
        self.touch(id);
    }

    fn flow_transfer(&mut self, now: Now, id: InteractionId, target: TransferTarget) {
        let Some(tenant) = self.tenant_of(id).and_then(|t| self.tenants.get(&t)) else { return };
        match target {
            TransferTarget::Agent(number) => match tenant.directory.agent_by_number(&number).map(|a| a.id) {
                Some(agent) => self.call_agent(now, id, agent, Errand::Reach),
                None => self.transfer_outcome(now, id, TransferOutcome::Failed),
            },
            TransferTarget::Number(number) => {
                if tenant.directory.agent_by_number(number.reveal()).is_some() {
                    return self.flow_transfer(now, id, TransferTarget::Agent(number.into_inner()));
                }
                self.reach_number(now, id, number.reveal());
            }
            TransferTarget::Uri(uri) => self.reach_address(now, id, uri),
            TransferTarget::Setting(name) => match tenant.settings.get(&name).cloned() {
                Some(uri) => self.reach_address(now, id, uri.into()),
                None => self.transfer_outcome(now, id, TransferOutcome::Failed),
            },
        }
    }

    fn transfer_outcome(&mut self, now: Now, id: InteractionId, outcome: TransferOutcome) {
        if let Some(walk) = self.get(id).and_then(|i| i.walk.as_mut()) {
            walk.handle(now, Input::Transfer(outcome));
        }
        self.touch(id);
    }

    /// Lets the call's commands out before what comes next is decided, so that an answer precedes
    /// the first prompt.
    pub(crate) fn pump_call_commands(&mut self, now: Now, id: InteractionId) {
        while let Some(command) = self.get(id).and_then(|i| i.call.poll_command()) {
            self.on_call_command(now, id, command);
        }
    }
}
