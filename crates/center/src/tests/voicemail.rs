//! Messages: left by flow and by rule, kept or not, found again, marked and deleted.

use types::forward::{ForwardTo, Forwarding};
use types::leg::{LegEvent, Origin};
use types::voicemail::{Mailbox, MessageStatus};
use types::watch::{WatchId, WatchKind, WatchRefused, WatchRequest};
use types::{RecordingId, TenantId};

use super::lab::{Lab, SALES, T, agent, device};
use crate::{Message, Refused};

impl Lab {
    /// All calls of an agent go to its mailbox.
    fn away(&mut self, number: u64) {
        let rules = Forwarding { always: Some(ForwardTo::Voicemail), ..Forwarding::default() };
        let now = self.now;
        self.center.set_forwarding(now, T, agent(number), rules, "boss".into()).unwrap();
        self.trace();
    }

    /// What the journal got of messages, by the names of its events, with the length where there is one.
    fn messages(&self) -> Vec<String> {
        let of = |text: &String| {
            let event: serde_json::Value = serde_json::from_str(text).unwrap();
            let what = &event["what"];
            let name = what["type"].as_str()?.strip_prefix("voicemail.")?.to_owned();
            Some(what["duration_ms"].as_u64().map_or(name.clone(), |ms| format!("{name} {ms}")))
        };
        self.written.iter().filter_map(of).collect()
    }

    fn last_message(&self) -> RecordingId {
        self.records.last().unwrap().recordings.last().unwrap().id
    }
}

/// A caller of agent 1002, who is away, has heard the greeting and the tone.
fn at_the_tone() -> Lab {
    let mut lab = Lab::with(&[1001]);
    lab.away(1002);
    lab.caller("95004");
    assert_eq!(lab.told(&["answer ", "play", "record"]), ["answer c1", "play c1 voicemail Comfort"]);
    lab.played("c1");
    assert_eq!(lab.told(&["record"]), ["recording", "record c1 0"]);
    lab
}

#[test]
fn a_message_is_kept_with_its_length_and_the_record_says_so() {
    let mut lab = at_the_tone();
    lab.wait(7);
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!(lab.messages(), ["begun", "left 7000"]);
    let record = lab.records.last().unwrap();
    assert_eq!((record.outcome.as_str(), record.forwards.len()), ("voicemail", 1));
    assert_eq!(record.recordings.len(), 1);
    assert!(record.recordings[0].ended.is_some());
}

#[test]
fn who_says_nothing_or_hangs_up_at_the_tone_has_left_nothing() {
    let mut lab = at_the_tone();
    lab.wait(1);
    lab.hangs_up("c1");
    lab.settle();
    let mut silent = at_the_tone();
    silent.wait(6);
    let (leg, recording) = (silent.leg("c1"), RecordingId(0));
    silent.event(LegEvent::Hushed { leg, recording });
    silent.played("c1");
    silent.settle();
    for lab in [lab, silent] {
        assert_eq!(lab.messages(), ["begun", "dropped"]);
        assert_ne!(lab.records.last().unwrap().outcome.as_str(), "voicemail");
    }
}

#[test]
fn silence_and_the_key_end_a_message_and_silence_does_not_count() {
    let mut lab = at_the_tone();
    lab.wait(9);
    let (leg, recording) = (lab.leg("c1"), RecordingId(0));
    lab.event(LegEvent::Hushed { leg, recording });
    assert_eq!(lab.told(&["play"]), ["play c1 voicemail_saved"]);
    assert_eq!(lab.messages(), ["begun", "left 4000"]);
    let mut lab = at_the_tone();
    lab.wait(3);
    lab.presses("c1", '#');
    assert_eq!(lab.messages(), ["begun", "left 3000"]);
    lab.played("c1");
    assert_eq!(lab.told(&["hangup"]), ["hangup c1 normal"]);
}

#[test]
fn a_colleague_who_calls_leaves_a_message_too_and_a_code_leads_there() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.call(Origin::Device(device(1002)), "*72");
    lab.played("c1");
    lab.settle();
    lab.trace();
    lab.call(Origin::Device(device(1001)), "1002");
    assert_eq!(lab.told(&["dial", "play"]), ["play c2 voicemail Comfort"]);
    lab.call(Origin::Device(device(1002)), "*73");
    lab.played("c3");
    lab.settle();
    lab.trace();
    lab.caller("95004");
    assert_eq!(lab.told(&["dial"]).len(), 1, "it rings again");
}

#[test]
fn messages_are_marked_and_deleted_by_their_own_tenant_alone_and_full_is_full() {
    let mut lab = at_the_tone();
    lab.wait(4);
    lab.hangs_up("c1");
    lab.settle();
    let (now, id) = (lab.now, lab.last_message());
    let mut mark = |tenant, status| lab.center.mark_message(now, tenant, id, status, "boss".into());
    assert_eq!(mark(TenantId(2), MessageStatus::Heard), Err(Refused::NotFound));
    mark(T, MessageStatus::Heard).unwrap();
    mark(T, MessageStatus::Heard).unwrap();
    mark(T, MessageStatus::Deleted).unwrap();
    assert_eq!(mark(T, MessageStatus::New), Err(Refused::NotFound));
    lab.trace();
    assert_eq!(lab.messages(), ["begun", "left 4000", "changed", "changed"], "what is no news is not written");
    let message = |n| Message {
        recording: RecordingId(n),
        leg: types::LegId(n),
        from: "".into(),
        at: lab.now.wall,
        is_new: true,
    };
    for n in 0..200 {
        lab.center.restore_message(T, Mailbox::Agent(agent(1002)), message(n));
    }
    lab.caller("95004");
    assert_eq!(lab.told(&["play"]), ["play c2 voicemail_full"]);
    lab.played("c2");
    assert_eq!(lab.told(&["hangup"]), ["hangup c2 normal"]);
}

#[test]
fn an_agents_business_is_its_own_mailbox_and_those_of_its_queues() {
    let lab = Lab::new();
    let mailboxes = lab.center.mailboxes_of(T, agent(1001));
    assert_eq!(mailboxes, [Mailbox::Agent(agent(1001)), Mailbox::Queue(SALES)]);
    assert!(lab.center.mailboxes_of(TenantId(9), agent(1001)).is_empty());
}

#[test]
fn the_lamp_of_a_mailbox_shows_what_waits_and_only_to_its_owner() {
    let mut lab = at_the_tone();
    let asks = |by: u64, target: &str, watch| WatchRequest {
        watch: WatchId(watch),
        device: device(by),
        kind: WatchKind::Messages,
        target: target.into(),
    };
    lab.center.watch(T, &asks(1002, "1002", 1)).unwrap();
    assert_eq!(lab.center.watch(T, &asks(1001, "1002", 2)), Err(WatchRefused::NotFound));
    assert_eq!(lab.told(&["lamp"]), ["lamp 1 messages 0/0"]);
    lab.wait(5);
    lab.presses("c1", '#');
    assert_eq!(lab.told(&["lamp"]), ["lamp 1 messages 1/0"]);
    lab.played("c1");
    lab.settle();
    let (now, id) = (lab.now, lab.last_message());
    lab.center.mark_message(now, T, id, MessageStatus::Heard, "x".into()).unwrap();
    assert_eq!(lab.told(&["lamp"]), ["lamp 1 messages 0/1"]);
    lab.center.mark_message(now, T, id, MessageStatus::Deleted, "x".into()).unwrap();
    assert_eq!(lab.told(&["lamp"]), ["lamp 1 messages 0/0"]);
}

/// Agent 1002 has two messages and listens to them.
fn listens() -> Lab {
    let mut lab = Lab::with(&[1002]);
    for (n, is_new) in [(1, false), (2, true)] {
        let (recording, leg, at) = (RecordingId(n), types::LegId(n), lab.now.wall);
        let message = Message { recording, leg, from: "".into(), at, is_new };
        lab.center.restore_message(T, Mailbox::Agent(agent(1002)), message);
    }
    lab.call(Origin::Device(device(1002)), "*98");
    let told = lab.told(&["answer ", "play"]);
    let count = "play c1 mailbox_prefix num_1 mailbox_new_suffix num_1 mailbox_heard_suffix";
    assert_eq!(told, ["answer c1", count]);
    lab
}

#[test]
fn an_agent_listens_to_its_messages_by_telephone_one_after_the_other() {
    let mut lab = listens();
    lab.played("c1");
    assert_eq!(lab.told(&["play"]), ["play c1 message mailbox_menu"]);
    lab.played("c1");
    lab.presses("c1", '1');
    assert_eq!(lab.told(&["play"]), ["play c1 message mailbox_menu"], "once more");
    lab.played("c1");
    lab.presses("c1", '7');
    assert_eq!(lab.told(&["play"]), ["play c1 mailbox_deleted"]);
    lab.played("c1");
    assert_eq!(lab.told(&["play"]), ["play c1 mailbox_new message mailbox_menu"]);
    lab.played("c1");
    assert_eq!(lab.messages(), ["changed", "changed"], "one deleted, one heard to its end");
    lab.wait(6);
    assert_eq!(lab.told(&["play"]), ["play c1 mailbox_end"], "no key goes on too");
    lab.played("c1");
    lab.settle();
    assert_eq!(lab.center.in_progress(), 0);
    assert_eq!(lab.state(1002), "ready");
}

#[test]
fn keys_save_and_skip_and_an_empty_mailbox_says_so() {
    let mut lab = listens();
    lab.presses("c1", '#');
    assert_eq!(lab.told(&["play"]), ["play c1 message mailbox_menu"]);
    lab.presses("c1", '#');
    assert_eq!(lab.told(&["play"]), ["play c1 mailbox_new message mailbox_menu"]);
    lab.presses("c1", '9');
    assert_eq!(
        (lab.told(&["play"]), lab.messages()),
        (vec!["play c1 mailbox_kept".to_owned()], vec!["changed".to_owned()])
    );
    lab.hangs_up("c1");
    lab.settle();
    lab.register(1003, 3600);
    lab.trace();
    lab.call(Origin::Device(device(1003)), "*98");
    assert_eq!(lab.told(&["play"]), ["play c2 mailbox_none"]);
}
