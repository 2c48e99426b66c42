//! The journal's events in the words of the interface.

use center::AgentStatus;
use directory::Permission;
use journal::Stored;
use types::event::{Event as Written, Happening};
use types::leg::Text;
use types::record::{Direction, InteractionRecord, SegmentKind};
use types::{AgentId, InteractionId, Private, QueueId, TenantId, Wall};

use super::alarm::{alarm, emergency};
use super::messages::{message_changed, message_left};
use crate::dto::{Channel, Event, ExpiredLease, LiveAgent, LiveAlert, LiveInteraction};
use crate::names::Names;
use crate::privacy::Sight;
use crate::state::Shared;
use crate::subjects::Subject;
use crate::viewer::Viewer;

/// What leaves. Everything else, such as saved dialogs and telephones' addresses, stays within.
const SHOWN: [&str; 25] = [
    "alert.raised",
    "alert.changed",
    "alert.cleared",
    "alert.acknowledged",
    "interaction.started",
    "interaction.state",
    "interaction.ended",
    "interaction.wrapped",
    "interaction.supervised",
    "interaction.answer_asked",
    "recording.paused",
    "agent.state",
    "alarm",
    "lease.expired",
    "emergency.called",
    "callback.requested",
    "callback.changed",
    "callback.followed",
    "order.given",
    "survey.answered",
    "interaction.disposition",
    "settings.changed",
    "flow.canary",
    "voicemail.left",
    "voicemail.changed",
];

/// Whether an event is for screens, told without parsing it.
pub(super) fn is_shown(stored: &Stored) -> bool {
    SHOWN.contains(&stored.kind())
}

/// Whether queues' figures may have changed.
pub(super) fn moves_queues(event: &Event) -> bool {
    matches!(
        event,
        Event::AgentState { .. }
            | Event::InteractionStarted { .. }
            | Event::InteractionState { .. }
            | Event::InteractionEnded { .. }
            | Event::InteractionWrapped { .. }
    )
}

fn order_given(id: String, at: String, what: Happening) -> Option<Event> {
    let Happening::OrderGiven { by, order, reason, agent, id: of } = what else { return None };
    let (by, order, reason) = (by.to_string(), order.to_string(), reason.map(|reason| reason.to_string()));
    let (agent_id, interaction_id) = (agent.map(|a| a.to_string()), of.map(|of| of.to_string()));
    Some(Event::OrderGiven { id, at, by, order, reason, agent_id, interaction_id })
}

/// One event for one reader; none where there is nothing to tell.
pub(super) async fn translate(app: &Shared, viewer: &Viewer, names: &Names, stored: &Stored) -> Option<Event> {
    let Written { tenant, at: when, what } = match stored.event() {
        Ok(event) => event,
        Err(error) => {
            tracing::warn!(%error, "an event of the journal was passed over");
            return None;
        }
    };
    let (id, at) = (stored.seq.to_string(), when.to_string());
    let sight = viewer.sight();
    Some(match what {
        Happening::AgentState { agent, .. } if names.is_hidden(agent) => return None,
        Happening::AgentState { agent, state, reason, until, interaction, since, next, .. } => {
            let since = since.unwrap_or(when);
            let status = AgentStatus { agent, state, reason, since, until, interaction, next };
            let agent = changed_agent(names, status);
            Event::AgentState { id, at, agent }
        }
        Happening::InteractionStarted { id: of, direction, from, to, callback_of, .. } => {
            let subject = Subject { direction, from, to, started: when, callback_of };
            app.subjects.remember(tenant, of, subject.clone());
            let doing = Doing { state: SegmentKind::Setup, queue: None, agent: None, slot: None };
            Event::InteractionStarted { id, at, interaction: doing.of(viewer, of, &subject, when) }
        }
        Happening::InteractionState { id: of, state, queue, agent, slot } => {
            let subject = subject_of(app, tenant, of).await.unwrap_or_else(|| unknown(when));
            let doing = Doing { state, queue, agent, slot };
            Event::InteractionState { id, at, interaction: doing.of(viewer, of, &subject, when) }
        }
        Happening::InteractionEnded { record } => {
            let InteractionRecord { id: of, direction, from, to, started, queue, agent, .. } = *record;
            let subject = Subject { direction, from, to, started, callback_of: None };
            let doing = Doing { state: SegmentKind::Ending, queue, agent, slot: None };
            Event::InteractionEnded { id, at, interaction: doing.of(viewer, of, &subject, when) }
        }
        Happening::Wrapped { id: of, agent, wrap_up_ms, .. } => {
            let (interaction_id, agent_id) = (of.to_string(), agent.to_string());
            Event::InteractionWrapped { id, at, interaction_id, agent_id, wrap_up_ms }
        }
        Happening::Supervised { agent, .. } if !viewer.sees_supervision(names, agent) => return None,
        Happening::Supervised { id: of, by, agent, mode } => {
            let (interaction_id, by_agent_id) = (of.to_string(), by.to_string());
            let agent_id = agent.map(|a| a.to_string());
            Event::InteractionSupervised { id, at, interaction_id, by_agent_id, agent_id, mode: mode.into() }
        }
        Happening::AnswerAsked { id: of, agent } if viewer.user.agent == Some(agent) => {
            Event::InteractionAnswerAsked { id, at, interaction_id: of.to_string(), agent_id: agent.to_string() }
        }
        Happening::RecordingPaused { id: of, recording, paused, .. } => {
            let (interaction_id, recording_id) = (of.to_string(), recording.to_string());
            Event::RecordingPaused { id, at, interaction_id, recording_id, paused }
        }
        Happening::EmergencyCalled { id: of, agent, from, number } => {
            let agent = agent.map(|agent| names.agent(agent).0);
            Event::Alarm { id, at, alarm: emergency(of, agent.as_deref(), from.reveal(), &number, when) }
        }
        Happening::Alarm { code, detail, raised } => {
            Event::Alarm { id, at, alarm: alarm(&code, &detail, raised, when) }
        }
        Happening::AlertRaised { .. }
        | Happening::AlertChanged { .. }
        | Happening::AlertCleared { .. }
        | Happening::AlertAcknowledged { .. }
            if !viewer.may(Permission::InteractionsReadAll) =>
        {
            return None;
        }
        Happening::AlertRaised { alert } => {
            Event::AlertRaised { id, at, alert: LiveAlert::new(alert, when, None, names) }
        }
        // Since when it stands is known to whoever heard of its raising.
        Happening::AlertChanged { alert } => {
            Event::AlertChanged { id, at, alert: LiveAlert::new(alert, when, None, names) }
        }
        Happening::AlertCleared { alert } => {
            Event::AlertCleared { id, at, alert: LiveAlert::new(alert, when, None, names) }
        }
        Happening::AlertAcknowledged { id: alert, by } => {
            Event::AlertAcknowledged { id, at, alert_id: alert.to_string(), by: by.to_string() }
        }
        Happening::LeaseExpired { expired } if viewer.may(Permission::Supervise) => {
            Event::LeaseExpired { id, at, expired: ExpiredLease::new(when, &expired, names) }
        }
        Happening::Disposed { id: of, disposition } => {
            let (code, by) = (disposition.code.to_string(), disposition.by.to_string());
            Event::InteractionDisposition { id, at, interaction_id: of.to_string(), code, by }
        }
        Happening::SurveyAnswered { id: of, question, answer } => {
            let (question, answer) = (question.to_string(), answer.to_string());
            Event::SurveyAnswered { id, at, interaction_id: of.to_string(), question, answer }
        }
        told @ (Happening::CallbackRequested { .. }
        | Happening::CallbackFollowed { .. }
        | Happening::CallbackChanged { .. }) => return callback_told(id, at, stored.pos, sight, told),
        given @ Happening::OrderGiven { .. } if viewer.may(Permission::AuditRead) => return order_given(id, at, given),
        Happening::SettingsChanged { kind, name, action, by, .. } if viewer.may(Permission::SettingsRead) => {
            let text = |text: Text| text.to_string();
            let (kind, name, action, by) = (text(kind), text(name), text(action), text(by));
            Event::SettingsChanged { id, at, kind, name, action, by }
        }
        Happening::FlowCanary { flow, version, what, guard, by } if viewer.may(Permission::SettingsRead) => {
            let (flow, what, by) = (flow.to_string(), what.to_string(), by.to_string());
            Event::FlowCanary { id, at, flow, version, what, guard: guard.map(|guard| guard.to_string()), by }
        }
        left @ Happening::VoicemailLeft { .. } => return message_left(app, viewer, names, stored, left).await,
        changed @ Happening::VoicemailChanged { .. } => {
            return message_changed(app, viewer, names, stored, changed).await;
        }
        _ => return None,
    })
}

/// What is known of an interaction, wherever it is known.
async fn subject_of(app: &Shared, tenant: TenantId, id: InteractionId) -> Option<Subject> {
    if let Some(subject) = app.subjects.get(tenant, id) {
        return Some(subject);
    }
    let row = app.store.get::<store::Interaction>(tenant, id).await.ok().flatten();
    if let Some(row) = row {
        let subject =
            Subject { direction: row.direction, from: row.from, to: row.to, started: row.started, callback_of: None };
        app.subjects.remember(tenant, id, subject.clone());
        return Some(subject);
    }
    // It lives, and began before anybody looked.
    let (_, live) = app.backend.live(tenant).await?;
    for live in live.interactions {
        let subject = Subject {
            direction: live.direction,
            from: live.from,
            to: live.to,
            started: live.started,
            callback_of: live.callback_of,
        };
        app.subjects.remember(tenant, live.id, subject);
    }
    app.subjects.get(tenant, id)
}

/// An interaction that has just ended and is not in the store yet: better told without its numbers than not at all.
fn unknown(started: Wall) -> Subject {
    Subject { direction: Direction::Inbound, from: "".into(), to: "".into(), started, callback_of: None }
}

fn changed_agent(names: &Names, status: AgentStatus) -> LiveAgent {
    let (number, name) = names.agent(status.agent);
    let queues = names.queues_of(status.agent).to_vec();
    center::LiveAgent { number: number.into(), name: Private::new(name.into()), queues, status }.into()
}

fn callback_told(id: String, at: String, pos: u64, sight: Sight, what: Happening) -> Option<Event> {
    Some(match what {
        Happening::CallbackRequested { id: of, number, queue, .. } => Event::CallbackRequested {
            id,
            at,
            callback_id: pos.to_string(),
            interaction_id: of.to_string(),
            number: sight.number(number.reveal(), None),
            queue_id: queue.map(|q| q.to_string()),
        },
        Happening::CallbackFollowed { of, id: by, news, status, attempts, next } => Event::CallbackFollowed {
            id,
            at,
            interaction_id: of.to_string(),
            called_by: by.map(|by| by.to_string()),
            news: news.into(),
            status: status.into(),
            attempts,
            next_at: next.map(|at| at.to_string()),
        },
        Happening::CallbackChanged { callback, status, by } => Event::CallbackChanged {
            id,
            at,
            callback_id: callback.to_string(),
            status: status.into(),
            by: by.to_string(),
        },
        _ => return None,
    })
}

/// What an interaction does from a moment on.
struct Doing {
    state: SegmentKind,
    queue: Option<QueueId>,
    agent: Option<AgentId>,
    slot: Option<u16>,
}

impl Doing {
    fn of(self, viewer: &Viewer, id: InteractionId, subject: &Subject, since: Wall) -> LiveInteraction {
        let sight = viewer.sight();
        LiveInteraction {
            id: id.to_string(),
            channel: Channel::Voice,
            direction: subject.direction.into(),
            state: self.state.into(),
            from: sight.number(subject.from.reveal(), self.agent),
            to: sight.number(subject.to.reveal(), self.agent),
            queue_id: self.queue.map(|q| q.to_string()),
            agent_id: self.agent.map(|a| a.to_string()),
            started_at: subject.started.to_string(),
            state_since: since.to_string(),
            slot: self.slot,
            // Places change with each call that leaves: the snapshot has them.
            position: None,
            callback_of: subject.callback_of.map(|of| of.to_string()),
            supervisors: Vec::new(),
        }
    }
}
