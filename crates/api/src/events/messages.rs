//! What happens in mailboxes, for those whose business it is.

use directory::Permission;
use journal::Stored;
use types::event::Happening;
use types::voicemail::{Mailbox, MessageStatus};

use crate::dto::{AgentRef, Event, Voicemail};
use crate::names::Names;
use crate::state::Shared;
use crate::viewer::Viewer;

/// A message was left, for those in whose mailbox it is and who may hear all recordings.
pub(super) async fn message_left(
    app: &Shared,
    viewer: &Viewer,
    names: &Names,
    stored: &Stored,
    what: Happening,
) -> Option<Event> {
    let Happening::VoicemailLeft { id: interaction, recording, mailbox, from, leg, duration_ms } = what else {
        return None;
    };
    let own = is_own(app, viewer, Some(mailbox)).await;
    if !own && !viewer.may(Permission::RecordingsListen) {
        return None;
    }
    let (agent, queue) = match mailbox {
        Mailbox::Agent(agent) => (Some(agent), None),
        Mailbox::Queue(queue) => (None, Some(queue)),
    };
    // As the store will have it in a moment.
    let row = store::Voicemail {
        recording,
        tenant: stored.tenant,
        pos: stored.pos,
        interaction,
        agent,
        queue,
        leg,
        from,
        left: stored.at,
        duration_ms,
        status: MessageStatus::New,
        changed: None,
        changed_by: None,
        changed_by_agent: None,
    };
    let clear = own || viewer.may(Permission::InteractionsReadAll);
    let (id, at) = (stored.seq.to_string(), stored.at.to_string());
    Some(Event::VoicemailLeft { id, at, voicemail: Voicemail::new(&row, names, clear), own })
}

/// Somebody said what has become of a message, for the same.
pub(super) async fn message_changed(
    app: &Shared,
    viewer: &Viewer,
    names: &Names,
    stored: &Stored,
    what: Happening,
) -> Option<Event> {
    let Happening::VoicemailChanged { recording, status, mailbox, by, agent } = what else { return None };
    if !viewer.may(Permission::RecordingsListen) && !is_own(app, viewer, mailbox).await {
        return None;
    }
    let (id, at) = (stored.seq.to_string(), stored.at.to_string());
    let (voicemail_id, by) = (recording.to_string(), by.to_string());
    let by_agent = agent.map(|agent| AgentRef::new(agent, names));
    Some(Event::VoicemailChanged { id, at, voicemail_id, status: status.into(), by, by_agent })
}

/// Whether a mailbox is this person's business right now. Nobody is told what nobody can say.
async fn is_own(app: &Shared, viewer: &Viewer, mailbox: Option<Mailbox>) -> bool {
    let (Some(mailbox), Some(agent)) = (mailbox, viewer.user.agent) else { return false };
    app.backend.mailboxes(viewer.tenant(), agent).await.is_ok_and(|own| own.contains(&mailbox))
}
