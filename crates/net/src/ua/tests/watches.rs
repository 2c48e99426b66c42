//! SUBSCRIBE for a lamp and the NOTIFYs that follow, as a telephone sees them.

use std::sync::Arc;
use std::time::Duration;

use sip::digest::{Challenge, ClientAuth};
use sip::flow::{Flow, Transport};
use sip::header::HeaderName;
use sip::message::Message;
use types::LegId;
use types::leg::Target;
use types::register::DigestChoice;
use types::watch::{DialogPhase, Summary, Watched, WatchedDialog};

use super::lab::{DEVICE, Lab, answer, flow};

const URI: &str = "sip:1002@demo";

/// A telephone and what it has been told.
struct Phone {
    lab: Lab,
    flow: Flow,
    seq: u32,
    /// The tag of the one that notifies.
    tag: String,
}

impl Phone {
    fn new() -> Self {
        Self { lab: Lab::new(DigestChoice::Both), flow: flow(Transport::Udp, 0), seq: 0, tag: String::new() }
    }

    fn send(&mut self, uri: &str, fields: &str) -> Vec<Message> {
        self.seq += 1;
        let (seq, tag) = (self.seq, if self.tag.is_empty() { String::new() } else { format!(";tag={}", self.tag) });
        let text = format!(
            "SUBSCRIBE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKs{seq};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:1001@demo>;tag=1\r\nTo: <{URI}>{tag}\r\nCall-ID: s\r\nCSeq: {seq} SUBSCRIBE\r\n\
             Contact: <sip:1001@10.0.0.9>\r\n{fields}Content-Length: 0\r\n\r\n"
        );
        let out = self.lab.hear(self.flow, text.as_bytes());
        out.into_iter().map(|(_, message)| message).collect()
    }

    /// With a proof of who it is.
    fn prove(&mut self, uri: &str, fields: &str) -> Vec<Message> {
        let asked = self.send(uri, fields).remove(0);
        assert_eq!(asked.status(), Some(401), "nobody watches who has not proved who it is");
        let challenge = Challenge::of(&asked).expect("a challenge");
        let (name, value) = ClientAuth::new(challenge, "1001", "secret").authorize("SUBSCRIBE", uri, 7);
        self.send(uri, &format!("{}: {value}\r\n{fields}", name.as_str()))
    }

    /// Subscribes, and gives the first NOTIFY.
    fn subscribe(&mut self, expires_s: u32) -> Message {
        let mut told = self.prove(URI, &format!("Event: dialog\r\nExpires: {expires_s}\r\n"));
        assert_eq!((told[0].status(), told.len()), (Some(200), 2));
        self.tag = told[0].to_tag().expect("a tag").to_owned();
        told.remove(1)
    }

    /// Answers a NOTIFY; what comes then.
    fn answers(&mut self, notify: &Message, status: u16) -> Vec<Message> {
        let out = self.lab.hear(self.flow, &answer(notify, status, None));
        out.into_iter().map(|(_, message)| message).collect()
    }

    /// The colleague has these calls from now on; what the telephone is told at once.
    fn becomes(&mut self, dialogs: &[(u64, DialogPhase)]) -> Vec<Message> {
        let dialog = |&(leg, phase)| WatchedDialog { leg: LegId(leg), initiator: false, phase };
        let state = Arc::new(Watched::Dialogs(dialogs.iter().map(dialog).collect()));
        let mind = self.lab.ua.mind();
        mind.watched.extend(mind.watches.iter().map(|watch| (*watch, state.clone())));
        self.lab.turn().into_iter().map(|(_, message)| message).collect()
    }
}

/// The state of the subscription, which document it is, and each call with its state.
fn read(notify: &Message) -> (String, String, Vec<String>) {
    assert_eq!(notify.method_text(), "NOTIFY");
    let body = String::from_utf8(notify.body().to_vec()).unwrap();
    let between = |text: &str, from: &str, to: &str| {
        text.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map(|(found, _)| found.to_owned())
    };
    let state = notify.header_text(HeaderName::SubscriptionState).unwrap().to_owned();
    let document = format!("{} {}", between(&body, "version=\"1.0\"?>\r\n<", " xmlns").unwrap(), {
        let rest = body.split_once("dialog-info\" version=").unwrap().1;
        between(rest, "\"", "\" entity").unwrap().replace("\" state=\"", " ")
    });
    let dialogs = body.split("<dialog id=\"").skip(1);
    let dialogs = dialogs.map(|d| between(d, "<state>", "</state>").unwrap()).collect();
    (state, document, dialogs)
}

fn told(notify: &Message) -> (String, Vec<String>) {
    let (_, document, dialogs) = read(notify);
    (document, dialogs)
}

fn document(text: &str, dialogs: &[&str]) -> (String, Vec<String>) {
    (format!("dialog-info {text}"), dialogs.iter().map(|d| (*d).to_owned()).collect())
}

#[test]
fn a_lamp_is_told_whole_then_what_changes_and_whole_again_at_each_refresh() {
    let mut phone = Phone::new();
    let first = phone.subscribe(3600);
    let (state, ..) = read(&first);
    assert_eq!(state, "active;expires=600", "no longer than ours");
    assert_eq!(told(&first), document("0 full", &[]));
    assert!(phone.answers(&first, 200).is_empty());
    let rings = phone.becomes(&[(7, DialogPhase::Early)]);
    assert_eq!(told(&rings[0]), document("1 partial", &["early"]));
    phone.answers(&rings[0], 200);
    let second = phone.becomes(&[(7, DialogPhase::Early), (8, DialogPhase::Trying)]);
    assert_eq!(told(&second[0]), document("2 partial", &["trying"]), "only what has changed");
    phone.answers(&second[0], 200);
    let refreshed = phone.send("sip:1002@192.0.2.1", "Event: dialog\r\nExpires: 600\r\n");
    assert_eq!(refreshed[0].status(), Some(200));
    assert_eq!(told(&refreshed[1]), document("3 full", &["early", "trying"]));
    phone.answers(&refreshed[1], 200);
    let over = phone.becomes(&[]);
    assert_eq!(told(&over[0]), document("4 partial", &["terminated", "terminated"]));
}

#[test]
fn what_changes_before_a_telephone_has_answered_is_told_at_once_and_in_one() {
    let mut phone = Phone::new();
    let first = phone.subscribe(600);
    assert!(phone.becomes(&[(7, DialogPhase::Early)]).is_empty(), "one thing at a time");
    assert!(phone.becomes(&[(7, DialogPhase::Confirmed)]).is_empty());
    let next = phone.answers(&first, 200);
    assert_eq!(told(&next[0]), document("1 partial", &["confirmed"]));
    assert!(phone.answers(&next[0], 200).is_empty(), "it knows all");
}

#[test]
fn a_telephone_ends_its_subscription_or_lets_it_lapse_and_hears_a_last_word() {
    let mut phone = Phone::new();
    let first = phone.subscribe(600);
    phone.answers(&first, 200);
    let ended = phone.send("sip:1002@192.0.2.1", "Event: dialog\r\nExpires: 0\r\n");
    assert_eq!(read(&ended[1]).0, "terminated;reason=timeout");
    assert!(phone.lab.ua.mind().watches.is_empty());

    let mut phone = Phone::new();
    let first = phone.subscribe(60);
    phone.answers(&first, 200);
    let early: Vec<_> = phone.lab.wait(Duration::from_secs(59)).into_iter().map(|(_, m)| m.raw().clone()).collect();
    assert!(early.is_empty(), "{early:?}");
    let out = phone.lab.wait(Duration::from_secs(2));
    assert_eq!(out[0].1.header_text(HeaderName::SubscriptionState), Some("terminated;reason=timeout"));
    assert!(phone.lab.ua.mind().watches.is_empty());
}

#[test]
fn one_that_asks_once_is_told_once() {
    let mut phone = Phone::new();
    let told = phone.prove(URI, "Event: dialog\r\nExpires: 0\r\n");
    assert_eq!((told[0].status(), told.len()), (Some(200), 2));
    assert_eq!(read(&told[1]).0, "terminated;reason=timeout");
    assert!(phone.lab.ua.mind().watches.is_empty());
}

#[test]
fn one_that_knows_nothing_of_it_any_more_is_told_no_more() {
    let mut phone = Phone::new();
    let first = phone.subscribe(600);
    assert!(phone.answers(&first, 481).is_empty());
    assert!(phone.lab.ua.mind().watches.is_empty());
    let lost = phone.send("sip:1002@192.0.2.1", "Event: dialog\r\nExpires: 600\r\n");
    assert_eq!(lost[0].status(), Some(481), "so it subscribes anew");
}

#[test]
fn what_cannot_be_watched_is_refused_with_a_reason() {
    let refused = |uri: &str, fields: &str| {
        let mut phone = Phone::new();
        let told = phone.prove(uri, fields);
        assert!(phone.lab.ua.mind().watches.is_empty());
        told[0].status()
    };
    assert_eq!(refused("sip:4711@demo", "Event: dialog\r\n"), Some(404));
    assert_eq!(refused("sip:demo", "Event: dialog\r\n"), Some(404));
    assert_eq!(refused(URI, "Event: dialog\r\nAccept: application/pidf+xml\r\n"), Some(406));
    assert_eq!(refused(URI, "Event: dialog\r\nExpires: 5\r\n"), Some(423));
    assert_eq!(refused(URI, "Event: refer\r\n"), Some(489));
    let weather = Phone::new().send(URI, "Event: presence\r\n").remove(0);
    assert_eq!(weather.status(), Some(489));
    assert_eq!(weather.header_named("Allow-Events"), Some(&b"dialog, message-summary, refer"[..]));
}

#[test]
fn a_mailbox_is_told_in_its_own_words_and_what_is_gone_ends() {
    let mut phone = Phone::new();
    let told =
        phone.prove(URI, "Event: message-summary\r\nAccept: application/simple-message-summary\r\nExpires: 600\r\n");
    assert_eq!(told[0].status(), Some(200));
    phone.tag = told[0].to_tag().expect("a tag").to_owned();
    phone.answers(&told[1], 200);
    let mind = phone.lab.ua.mind();
    let watch = mind.watches[0];
    mind.watched.push_back((watch, Arc::new(Watched::Messages { new: 2, old: 1 })));
    let sent = phone.lab.turn();
    let body = String::from_utf8(sent[0].1.body().to_vec()).unwrap();
    assert_eq!(body, "Messages-Waiting: yes\r\nMessage-Account: sip:1002@demo\r\nVoice-Message: 2/1\r\n");
    assert_eq!(field(&sent[0].1, "Content-Type"), "application/simple-message-summary");
    assert_eq!(field(&sent[0].1, "Event"), "message-summary");
    phone.answers(&sent[0].1, 200);
    let mind = phone.lab.ua.mind();
    mind.watched.push_back((watch, Arc::new(Watched::Messages { new: 2, old: 1 })));
    mind.watched.push_back((watch, Arc::new(Watched::Gone)));
    let sent = phone.lab.turn();
    assert_eq!(sent.len(), 1, "what is known is not told again");
    assert_eq!(field(&sent[0].1, "Subscription-State"), "terminated;reason=noresource");
    assert!(phone.lab.ua.mind().watches.is_empty());
}

fn field(message: &Message, name: &str) -> String {
    String::from_utf8_lossy(message.header_named(name).unwrap()).into_owned()
}

/// What the telephone is sent when it is told of a message without having asked.
fn unasked(lab: &mut Lab) -> Message {
    let target =
        Target { uri: "sip:1001@10.0.0.9;x=1".into(), next_hop: Some("sip:10.0.0.9:5070".into()), ..Target::default() };
    let summary = Summary { device: DEVICE, target, account: "1001".into(), new: 2, old: 1 };
    lab.ua.mind().summaries.push_back(Box::new(summary));
    let sent = lab.turn();
    assert_eq!((sent.len(), sent[0].0.remote), (1, "10.0.0.9:5070".parse().unwrap()));
    sent.into_iter().next().unwrap().1
}

#[test]
fn a_telephone_that_has_not_asked_is_told_of_messages_where_it_has_registered() {
    let mut lab = Lab::new(DigestChoice::Both);
    let notify = unasked(&mut lab);
    assert_eq!((notify.method_text(), notify.request_uri_text()), ("NOTIFY", "sip:1001@10.0.0.9;x=1"));
    assert_eq!(field(&notify, "Event"), "message-summary");
    assert_eq!(notify.header_text(HeaderName::SubscriptionState), Some("terminated"));
    assert!(field(&notify, "Contact").starts_with("<sip:"), "RFC 6665 wants one");
    let body = String::from_utf8(notify.body().to_vec()).unwrap();
    assert!(body.starts_with("Messages-Waiting: yes\r\n") && body.contains("Voice-Message: 2/1\r\n"), "{body}");
    let flow = flow(Transport::Udp, 0);
    assert!(lab.hear(flow, &answer(&notify, 200, None)).is_empty());
    assert_eq!(lab.ua.mind().untold, []);
    for (status, refused) in [(489, true), (481, true), (480, false)] {
        let notify = unasked(&mut lab);
        lab.hear(flow, &answer(&notify, status, None));
        assert_eq!(lab.ua.mind().untold.pop(), Some((DEVICE, refused)), "{status}");
    }
}

#[test]
fn a_telephone_that_cannot_be_reached_with_messages_is_said_to_be_so() {
    let mut lab = Lab::new(DigestChoice::Both);
    let target = Target { uri: "sip:1001@10.0.0.9".into(), flow: Some(77), ..Target::default() };
    let summary = Summary { device: DEVICE, target, account: "1001".into(), new: 1, old: 0 };
    lab.ua.mind().summaries.push_back(Box::new(summary));
    assert!(lab.turn().is_empty());
    assert_eq!(lab.ua.mind().untold, [(DEVICE, false)]);
}
