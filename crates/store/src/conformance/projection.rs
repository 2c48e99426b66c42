//! The journal becomes rows: each event once, in any division into batches, again after a rebuild.

use types::alert::{Alert, Level, Measure};
use types::cause::{Cause, EndedBy};
use types::event::{Event, Happening};
use types::record::{CallbackNews, CallbackStatus, Disposition, Outcome, RecordingRecord};
use types::voicemail::{Mailbox, MessageStatus};
use types::{AgentId, AlertId, InteractionId, LegId, QueueId, RecordingId, TenantId, Title, Wall};

use super::fixtures::{Journal, ended, missed_wish, record, wish, wrapped};
use crate::aftermath::Aftermath;
use crate::callbacks::Callback;
use crate::error::Error;
use crate::interactions::{Filter, Interaction};
use crate::projection::{Applied, Fact, Projector};
use crate::store::Store;
use crate::voicemail::Voicemail;

const T: TenantId = TenantId(200);

pub(super) async fn run(store: &Store) {
    a_record_becomes_a_row_once(store).await;
    wrap_up_is_summed_whenever_it_comes(store).await;
    many_records_in_batches(store).await;
    an_unreadable_event_stops_nothing(store).await;
    a_rebuild_brings_everything_back(store).await;
    what_is_said_afterwards_is_kept(store).await;
    messages_are_listed_by_mailbox_until_they_are_deleted(store).await;
    alerts_are_listed_and_those_that_stand_are_found(store).await;
}

async fn row(store: &Store, id: u64) -> Option<Interaction> {
    store.get::<Interaction>(T, InteractionId(id)).await.expect("read")
}

async fn a_record_becomes_a_row_once(store: &Store) {
    let mut first = record(T.0, 1, 1_000, "13800138000", "95004");
    (first.queue, first.agent) = (Some(QueueId(7)), Some(AgentId(8)));
    first.connected = Some(Wall(1_500));
    let tracks = vec![];
    first.recordings =
        vec![RecordingRecord { id: RecordingId(1), started: Wall(0), ended: None, tracks, gaps: vec![] }];
    let mut second = record(T.0, 2, 2_000, "", "95\"4\\\n");
    (second.outcome, second.ended_by, second.cause) = (Outcome::Abandoned, EndedBy::System, Cause::NoAnswer);
    second.answered = None;
    let journal = Journal::new(1, [ended(first.clone()), ended(second.clone()), wish(T.0, 1, 77, "1380")]);
    let mut projector = Projector::open(store.clone()).await.expect("opened");
    assert_eq!(projector.cursor(), 0);
    let applied = projector.apply(journal.facts()).await.expect("applied");
    assert_eq!((applied, projector.cursor()), (Applied { interactions: 2, unreadable: 0 }, 3));
    let of_recording = |id| store.interaction_of(T, RecordingId(id));
    assert_eq!(of_recording(1).await.expect("read"), Some(first.id), "a recording leads to its interaction");
    assert_eq!(of_recording(2).await.expect("read"), None);
    let mut projector = Projector::open(store.clone()).await.expect("opened");
    assert_eq!(projector.cursor(), 3, "the cursor is kept with the rows");
    assert_eq!(projector.apply(journal.facts()).await.expect("applied"), Applied::default(), "given again: nothing");

    let expected = Interaction {
        id: first.id,
        tenant: T,
        channel: first.channel,
        direction: first.direction,
        from: first.from.clone(),
        to: first.to.clone(),
        queue: first.queue,
        agent: first.agent,
        started: first.started,
        answered: first.answered,
        connected: first.connected,
        ended: first.ended,
        wait_ms: 1,
        talk_ms: 2,
        hold_ms: 3,
        wrap_up_ms: 0,
        outcome: first.outcome,
        ended_by: first.ended_by,
        cause: first.cause,
        has_recording: true,
        disposition: None,
    };
    assert_eq!(row(store, 1).await, Some(expected));
    let other = row(store, 2).await.expect("there");
    assert_eq!((other.outcome, other.ended_by, other.cause), (Outcome::Abandoned, EndedBy::System, Cause::NoAnswer));
    assert_eq!((other.answered, other.queue, other.has_recording), (None, None, false));
    assert_eq!(store.record(T, InteractionId(1)).await.expect("read"), Some(first));
    assert_eq!(store.record(T, InteractionId(2)).await.expect("read"), Some(second));
    assert_eq!(store.record(T, InteractionId(3)).await.expect("read"), None);
}

async fn what_is_said_afterwards_is_kept(store: &Store) {
    let (id, at) = (InteractionId(50), Wall(900));
    let event = |what| Event { tenant: T, at, what };
    let disposed = |code: &str| {
        let disposition = Disposition::new(code, " 请周一回电 ", "1001".into(), at).expect("fits");
        event(Happening::Disposed { id, disposition })
    };
    let changed = |callback, status| event(Happening::CallbackChanged { callback, status, by: "2001".into() });
    let followed = |attempts, news, status| {
        let (id, next) = (Some(InteractionId(51)), Some(Wall(990)));
        event(Happening::CallbackFollowed { of: InteractionId(50), id, news, status, attempts, next })
    };
    let answered = event(Happening::SurveyAnswered { id, question: "csat".into(), answer: "1".into() });
    let journal = Journal::new(
        5_000,
        [
            disposed("solved"),
            wish(T.0, 50, 77, "1380"),
            missed_wish(T.0, 50, 78, "1381"),
            changed(5_001, CallbackStatus::GivenUp),
            changed(5_001, CallbackStatus::Done),
            followed(1, CallbackNews::Unreached, CallbackStatus::Asked),
            answered,
            ended(record(T.0, 50, 7_000, "1", "2")),
            wrapped(T.0, 50, 8, 12_000, 30),
        ],
    );
    let mut projector = Projector::open(store.clone()).await.expect("opened");
    projector.apply(journal.facts()).await.expect("applied");
    assert_eq!(row(store, 50).await.expect("there").disposition.as_deref(), Some("solved"));
    let later = Journal::new(5_100, [disposed("complaint")]);
    projector.apply(later.facts()).await.expect("applied");
    assert_eq!(row(store, 50).await.expect("there").disposition.as_deref(), Some("complaint"), "the last word counts");

    let found = store.aftermath(T, id).await.expect("read");
    let disposition = found.disposition.expect("said");
    assert_eq!((&*disposition.code, &**disposition.note.reveal()), ("complaint", "请周一回电"));
    let wish = |pos, number: &str, requested, status, by: Option<&str>| Callback {
        pos,
        tenant: T,
        interaction: id,
        number: number.into(),
        queue: Some(QueueId(5)),
        requested: Wall(requested),
        status,
        changed: by.map(|_| at),
        changed_by: by.map(Into::into),
        since: None,
        wants: "[]".into(),
        attempts: 0,
        news: None,
        called_by: None,
        next: None,
        missed: false,
    };
    let done = wish(5_001, "1380", 77, CallbackStatus::Done, Some("2001"));
    let open = Callback {
        attempts: 1,
        news: Some(CallbackNews::Unreached),
        called_by: Some(InteractionId(51)),
        next: Some(Wall(990)),
        changed: Some(at),
        missed: true,
        ..wish(5_002, "1381", 78, CallbackStatus::Asked, None)
    };
    assert_eq!(found.callbacks, [done.clone(), open.clone()]);
    assert_eq!(found.answers.iter().map(|a| (&*a.question, &*a.answer)).collect::<Vec<_>>(), [("csat", "1")]);
    assert_eq!(found.wrap_ups.iter().map(|w| (w.agent.0, w.at.0, w.wrap_up_ms)).collect::<Vec<_>>(), [(8, 12_000, 30)]);
    assert_eq!(store.aftermath(TenantId(T.0 + 1), id).await.expect("read"), Aftermath::default());

    let page = |status, cursor| store.callbacks(T, status, cursor, 1);
    let asked = page(Some(CallbackStatus::Asked), None).await.expect("read");
    assert_eq!(
        asked.rows.iter().map(|c| c.interaction.0).collect::<Vec<_>>(),
        [1],
        "who has waited longest comes first"
    );
    let next = page(Some(CallbackStatus::Asked), asked.next.as_deref()).await.expect("read");
    assert_eq!((&next.rows, next.next), (&vec![open], None));
    let counts = store.callback_counts(T, types::Wall(0)).await.expect("read");
    for expected in
        [(false, CallbackStatus::Asked, 1), (true, CallbackStatus::Asked, 1), (false, CallbackStatus::Done, 1)]
    {
        assert!(counts.contains(&expected), "{expected:?} of {counts:?}");
    }
    assert!(!store.callback_counts(T, types::Wall(78)).await.expect("read").contains(&(
        false,
        CallbackStatus::Done,
        1
    )));
    assert_eq!(store.callback_counts(TenantId(T.0 + 1), types::Wall(0)).await.expect("read"), []);
    assert_eq!(store.open_callbacks(T, 10).await.expect("read").last(), next.rows.last());
    assert_eq!(page(Some(CallbackStatus::Done), None).await.expect("read").rows, [done]);
    assert!(matches!(page(None, Some("x")).await, Err(Error::BadCursor)));
}

async fn messages_are_listed_by_mailbox_until_they_are_deleted(store: &Store) {
    let event = |what| Event { tenant: T, at: Wall(950), what };
    let left = |id, mailbox| {
        let (recording, leg, from) = (RecordingId(id), LegId(id), "1380".into());
        event(Happening::VoicemailLeft { id: InteractionId(id), recording, mailbox, from, leg, duration_ms: 3_000 })
    };
    let (agent, queue) = (Mailbox::Agent(AgentId(8)), Mailbox::Queue(QueueId(8)));
    let changed = |id, status| {
        let (recording, by, mailbox) = (RecordingId(id), "li".into(), Some(agent));
        event(Happening::VoicemailChanged { recording, status, mailbox, by, agent: Some(AgentId(9)) })
    };
    let journal =
        Journal::new(5_200, [left(61, agent), left(62, queue), left(63, agent), changed(61, MessageStatus::Heard)]);
    let mut projector = Projector::open(store.clone()).await.expect("opened");
    projector.apply(journal.facts()).await.expect("applied");
    let list = async |mailboxes: Option<&[Mailbox]>, status, cursor: Option<&str>| {
        let page = store.voicemails(T, mailboxes, status, cursor, 2).await.expect("read");
        (page.rows.iter().map(|row| row.recording.0).collect::<Vec<_>>(), page.next)
    };
    let (first, next) = list(None, None, None).await;
    assert_eq!(first, [63, 62], "the newest first");
    assert_eq!(list(None, None, next.as_deref()).await, (vec![61], None));
    assert_eq!(list(Some(&[agent]), None, None).await.0, [63, 61]);
    assert_eq!(list(Some(&[queue]), None, None).await.0, [62], "a queue is no agent of the same number");
    assert_eq!(list(Some(&[]), None, None).await.0, Vec::<u64>::new());
    assert_eq!(list(None, Some(MessageStatus::Heard), None).await.0, [61]);
    let row = store.get::<Voicemail>(T, RecordingId(61)).await.expect("read").expect("there");
    assert_eq!((row.status, row.changed_by.as_deref()), (MessageStatus::Heard, Some("li")));
    assert_eq!(row.changed_by_agent, Some(AgentId(9)));
    assert_eq!((row.mailbox(), row.from.reveal().as_ref(), row.duration_ms), (Some(agent), "1380", 3_000));
    let other = store.voicemails(TenantId(T.0 + 1), None, None, None, 9).await.expect("read");
    assert!(other.rows.is_empty(), "another tenant's");
    let deleted = Journal::new(5_300, [changed(63, MessageStatus::Deleted)]);
    projector.apply(deleted.facts()).await.expect("applied");
    assert_eq!(list(None, None, None).await.0, [62, 61]);
    let kept = store.kept_voicemails(T).await.expect("read");
    assert_eq!(kept.iter().map(|row| row.recording.0).collect::<Vec<_>>(), [61, 62], "the oldest first");
}

async fn alerts_are_listed_and_those_that_stand_are_found(store: &Store) {
    let event = |at, what| Event { tenant: T, at: Wall(at), what };
    let alert = |id, level, value| Alert {
        id: AlertId(id),
        threshold: "waiting".into(),
        title: Title::new("排队过多", ""),
        queue: Some(QueueId(7)),
        measure: Measure::Waiting,
        level,
        value,
        limit: 5,
    };
    let (warning, critical) = (Level::Warning, Level::Critical);
    let acknowledged = |id| Happening::AlertAcknowledged { id: AlertId(id), by: "li".into() };
    let journal = Journal::new(
        5_400,
        [
            event(1, Happening::AlertRaised { alert: alert(71, warning, 6) }),
            event(2, acknowledged(71)),
            event(3, Happening::AlertChanged { alert: alert(71, critical, 60) }),
            event(4, Happening::AlertRaised { alert: alert(72, critical, 70) }),
            event(5, Happening::AlertChanged { alert: alert(71, warning, 8) }),
            event(6, acknowledged(72)),
            event(7, Happening::AlertCleared { alert: alert(72, critical, 0) }),
        ],
    );
    let mut projector = Projector::open(store.clone()).await.expect("opened");
    projector.apply(journal.facts()).await.expect("applied");
    let standing = store.standing_alerts(T).await.expect("read");
    assert_eq!(standing.len(), 1);
    let row = &standing[0];
    assert_eq!((row.id, row.level, row.worst, row.value), (AlertId(71), warning, critical, 8));
    assert_eq!(row.acknowledged, None, "it became worse since");
    let page = store.alerts(T, None, None, 1).await.expect("read");
    let over = &page.rows[0];
    assert_eq!((over.id, over.cleared, over.acknowledged), (AlertId(72), Some(Wall(7)), Some(Wall(6))));
    assert_eq!((over.acknowledged_by.as_deref(), over.value), (Some("li"), 70));
    let rest = store.alerts(T, Some(true), page.next.as_deref(), 1).await.expect("read");
    assert_eq!((rest.rows[0].id, rest.next), (AlertId(71), None));
    assert!(store.alerts(TenantId(T.0 + 1), None, None, 9).await.expect("read").rows.is_empty(), "another tenant's");
}

async fn wrap_up_is_summed_whenever_it_comes(store: &Store) {
    let mut projector = Projector::open(store.clone()).await.expect("opened");
    // One agent is done before the call of the other ends; one of another tenant never counts.
    let before = Journal::new(10, [wrapped(T.0, 20, 1, 500, 3_000), wrapped(T.0 + 1, 20, 1, 501, 9_000)]);
    projector.apply(before.facts()).await.expect("applied");
    let end = Journal::new(12, [ended(record(T.0, 20, 3_000, "1", "2"))]);
    projector.apply(end.facts()).await.expect("applied");
    assert_eq!(row(store, 20).await.expect("there").wrap_up_ms, 3_000);
    let after = Journal::new(13, [wrapped(T.0, 20, 2, 600, 4_000)]);
    projector.apply(after.facts()).await.expect("applied");
    assert_eq!(row(store, 20).await.expect("there").wrap_up_ms, 7_000);
    let same = Journal::new(14, [ended(record(T.0, 21, 3_001, "1", "2")), wrapped(T.0, 21, 1, 700, 5)]);
    projector.apply(same.facts()).await.expect("applied");
    assert_eq!(row(store, 21).await.expect("there").wrap_up_ms, 5);
}

async fn many_records_in_batches(store: &Store) {
    let other = TenantId(T.0 + 5);
    let records = (0..1_234).map(|i| ended(record(other.0, 5_000 + i, i as i64, "1", "2")));
    let journal = Journal::new(100, records);
    let mut projector = Projector::open(store.clone()).await.expect("opened");
    let applied = projector.apply(journal.facts()).await.expect("applied");
    assert_eq!((applied.interactions, projector.cursor()), (1_234, 1_333));
    let (mut count, mut cursor) = (0, None);
    loop {
        let page = store.interactions(other, &Filter::default(), cursor.as_deref(), 500).await.expect("read");
        count += page.rows.len();
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(count, 1_234);
    // Of two records of one interaction the later counts, within a batch and across.
    let mut later = record(other.0, 5_000, 0, "9", "2");
    later.talk_ms = 99;
    let again = Journal::new(2_000, [ended(record(other.0, 5_000, 0, "8", "2")), ended(later.clone())]);
    projector.apply(again.facts()).await.expect("applied");
    assert_eq!(store.record(other, later.id).await.expect("read"), Some(later));
}

async fn an_unreadable_event_stops_nothing(store: &Store) {
    let mut projector = Projector::open(store.clone()).await.expect("opened");
    let good = Journal::new(3_001, [ended(record(T.0, 30, 4_000, "1", "2"))]);
    let damaged = [&br#"{"type":"interaction.ended","record":{"id":7}}"#[..], b"", br#"{"type":"of.tomorrow"}"#];
    let facts = damaged.iter().zip(2_998..).map(|(json, pos)| Fact { pos, tenant: T, at: Wall(0), json });
    let applied = projector.apply(facts.chain(good.facts())).await.expect("applied");
    assert_eq!(applied, Applied { interactions: 1, unreadable: 1 });
    assert!(row(store, 30).await.is_some());
}

async fn a_rebuild_brings_everything_back(store: &Store) {
    let events = (40..45).map(|id| ended(record(T.0, id, 5_000, "1", "2")));
    let journal = Journal::new(4_000, events.chain([wrapped(T.0, 41, 1, 800, 6)]));
    let mut projector = Projector::open(store.clone()).await.expect("opened");
    projector.apply(journal.facts()).await.expect("applied");
    projector.rewind(4_001).await.expect("rewound");
    assert!(row(store, 1).await.is_some() && row(store, 41).await.is_some(), "older than the journal: they stay");
    assert!(row(store, 42).await.is_none() && row(store, 44).await.is_none());
    assert_eq!(projector.cursor(), 4_001);
    let again = Projector::open(store.clone()).await.expect("opened");
    assert_eq!((again.cursor(), again.newest()), (4_001, 4_005), "positions that were given are never given again");
    projector.apply(journal.facts()).await.expect("applied");
    assert_eq!(row(store, 41).await.expect("there").wrap_up_ms, 6);
    assert!(row(store, 44).await.is_some());
}
