//! Messages: left by flow and by rule, kept or not, found again, marked and deleted.

use types::forward::{ForwardTo, Forwarding};
use types::leg::{LegEvent, Origin};
use types::voicemail::{Mailbox, MarkedBy, MessageStatus};
use types::watch::{WatchId, WatchKind, WatchRefused, WatchRequest};
use types::{RecordingId, TenantId};

use super::lab::{Lab, SALES, T, agent, device};
use crate::{Message, Refused};

fn by(name: &str) -> MarkedBy {
    MarkedBy { name: name.into(), agent: None }
}

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
    let mut mark = |tenant, status| lab.center.mark_message(now, tenant, id, status, by("boss"));
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
    lab.center.mark_message(now, T, id, MessageStatus::Heard, by("x")).unwrap();
    assert_eq!(lab.told(&["lamp"]), ["lamp 1 messages 0/1"]);
    lab.center.mark_message(now, T, id, MessageStatus::Deleted, by("x")).unwrap();
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

/// A message in the mailbox of the sales queue.
fn for_sales(lab: &mut Lab, n: u64, is_new: bool) -> RecordingId {
    let (recording, leg, at) = (RecordingId(n), types::LegId(n), lab.now.wall);
    let message = Message { recording, leg, from: "".into(), at, is_new };
    lab.center.restore_message(T, Mailbox::Queue(SALES), message);
    recording
}

fn asks(by: u64, target: &str, watch: u64) -> WatchRequest {
    WatchRequest { watch: WatchId(watch), device: device(by), kind: WatchKind::Messages, target: target.into() }
}

#[test]
fn those_who_share_a_mailbox_see_its_messages_on_their_own_lamp_and_on_one_of_its_own() {
    let mut lab = Lab::with(&[1001, 1002]);
    let id = for_sales(&mut lab, 1, true);
    for (watch, target) in [(1, "1001"), (2, "sales")] {
        lab.center.watch(T, &asks(1001, target, watch)).unwrap();
    }
    assert_eq!(lab.center.watch(T, &asks(1002, "sales", 3)), Err(WatchRefused::NotFound), "serves another queue");
    assert_eq!(lab.center.watch(T, &asks(1001, "8002", 4)), Err(WatchRefused::NotFound));
    lab.center.watch(T, &asks(1002, "8002", 5)).unwrap();
    assert_eq!(lab.told(&["lamp"]), ["lamp 1 messages 1/0", "lamp 2 messages 1/0", "lamp 5 messages 0/0"]);
    lab.center.mark_message(lab.now, T, id, MessageStatus::Heard, by("li")).unwrap();
    assert_eq!(lab.told(&["lamp"]), ["lamp 1 messages 0/1", "lamp 2 messages 0/1"]);
}

#[test]
fn a_queues_mailbox_can_be_that_of_some_agents_alone_and_the_lamps_follow_at_once() {
    let mut lab = Lab::with(&[1001, 1002, 1003]);
    for_sales(&mut lab, 1, true);
    lab.center.watch(T, &asks(1001, "1001", 1)).unwrap();
    lab.center.watch(T, &asks(1001, "sales", 2)).unwrap();
    lab.center.watch(T, &asks(1002, "1002", 3)).unwrap();
    lab.told(&["lamp"]);
    let mut setup = super::lab::setup(T);
    setup.mailbox_agents.insert(SALES, vec![agent(1002)]);
    lab.center.set_tenant(lab.now, setup).unwrap();
    let mut told = lab.told(&["lamp"]);
    told.sort_unstable();
    assert_eq!(told, ["lamp 1 messages 0/0", "lamp 2 gone", "lamp 3 messages 1/0"]);
    assert_eq!(lab.center.mailboxes_of(T, agent(1002)).len(), 3, "its own, its queue's, and that of sales");
    assert_eq!(lab.center.mailboxes_of(T, agent(1001)), [Mailbox::Agent(agent(1001))]);
}

#[test]
fn a_telephone_that_becomes_another_agents_no_longer_shows_the_messages_of_the_first() {
    let mut lab = Lab::with(&[1001]);
    lab.center.watch(T, &asks(1001, "1001", 1)).unwrap();
    lab.told(&["lamp"]);
    let mut setup = super::lab::setup(T);
    let before = setup.directory.device(device(1001)).unwrap().clone();
    let mut directory = directory::Directory::new(setup.directory.tenant().clone());
    setup.directory.agents().for_each(|agent| directory.add_agent(agent.clone()).unwrap());
    directory.add_device(directory::Device { agent: Some(agent(1002)), ..before }).unwrap();
    setup.directory = directory;
    lab.center.set_tenant(lab.now, setup).unwrap();
    assert_eq!(lab.told(&["lamp"]), ["lamp 1 gone"]);
}

#[test]
fn messages_of_a_shared_mailbox_are_heard_by_telephone_and_one_that_is_gone_is_passed_over() {
    let mut lab = Lab::with(&[1001]);
    let (gone, _) = (for_sales(&mut lab, 1, true), for_sales(&mut lab, 2, true));
    lab.call(Origin::Device(device(1001)), "*98");
    assert_eq!(lab.told(&["play"]), ["play c1 mailbox_prefix num_liang mailbox_new_suffix"]);
    lab.center.mark_message(lab.now, T, gone, MessageStatus::Deleted, by("li")).unwrap();
    lab.played("c1");
    assert_eq!(lab.told(&["play"]), ["play c1 mailbox_new message mailbox_menu"]);
    lab.played("c1");
    let heard: serde_json::Value = serde_json::from_str(lab.written.last().unwrap()).unwrap();
    let what = &heard["what"];
    assert_eq!((&what["recording"], &what["by"]), (&serde_json::json!(RecordingId(2)), &serde_json::json!("phone")));
    assert_eq!(what["agent"], serde_json::json!(agent(1001)), "who it was");
    lab.wait(6);
    assert_eq!(lab.told(&["play"]), ["play c1 mailbox_end"]);
}

#[test]
fn a_telephone_that_never_asks_is_told_when_it_registers_and_at_each_change() {
    let mut lab = Lab::new();
    lab.register(1001, 3600);
    assert_eq!(lab.told(&["summary"]), Vec::<String>::new(), "a dark lamp stays dark");
    let id = for_sales(&mut lab, 1, true);
    lab.register(1003, 3600);
    assert_eq!(lab.told(&["summary"]), ["summary 1003 1/0"]);
    lab.center.mark_message(lab.now, T, id, MessageStatus::Heard, by("li")).unwrap();
    let mut told = lab.told(&["summary"]);
    told.sort_unstable();
    assert_eq!(told, ["summary 1001 0/1", "summary 1003 0/1"]);
    lab.center.summary_failed(device(1003), true);
    lab.center.summary_failed(device(1001), false);
    lab.register(1001, 3600);
    lab.register(1003, 3600);
    assert_eq!(lab.told(&["summary"]), ["summary 1001 0/1"], "what was lost is told again, what is not wanted never");
    lab.center.watch(T, &asks(1001, "1001", 1)).unwrap();
    lab.center.mark_message(lab.now, T, id, MessageStatus::Deleted, by("li")).unwrap();
    assert_eq!(lab.told(&["summary", "lamp"]), ["lamp 1 messages 0/1", "lamp 1 messages 0/0"], "it asks now");
}

#[test]
fn a_lamp_that_is_turned_off_goes_dark_and_stays_dark() {
    let mut lab = Lab::new();
    for_sales(&mut lab, 1, true);
    lab.register(1003, 3600);
    lab.center.watch(T, &asks(1001, "1001", 1)).unwrap();
    assert_eq!(lab.told(&["summary", "lamp"]), ["summary 1003 1/0", "lamp 1 messages 1/0"]);
    let mut setup = super::lab::setup(T);
    let mut directory = directory::Directory::new(setup.directory.tenant().clone());
    setup.directory.agents().for_each(|agent| directory.add_agent(agent.clone()).unwrap());
    let dark = |device: &directory::Device| directory::Device { message_lamp: false, ..device.clone() };
    setup.directory.devices().for_each(|device| directory.add_device(dark(device)).unwrap());
    setup.directory = directory;
    lab.center.set_tenant(lab.now, setup).unwrap();
    assert_eq!(lab.told(&["summary", "lamp"]), ["lamp 1 gone", "summary 1003 0/0"]);
    assert_eq!(lab.center.watch(T, &asks(1001, "1001", 2)), Err(WatchRefused::NotFound));
    for_sales(&mut lab, 2, true);
    lab.register(1003, 3600);
    assert_eq!(lab.told(&["summary"]), Vec::<String>::new());
}

#[test]
fn telephones_are_not_told_where_the_setting_says_so() {
    let mut lab = Lab::changed(|setup| {
        setup.settings.insert("voicemail.notify_unasked".into(), "false".into());
    });
    for_sales(&mut lab, 1, true);
    lab.register(1001, 3600);
    assert_eq!(lab.told(&["summary"]), Vec::<String>::new());
}
