//! Telephones that are told to answer.

use sip::header::HeaderName;
use sip::message::Message;
use types::leg::Target;
use types::register::DigestChoice;
use types::{LegCommand, LegEvent, Private};

use super::lab::{LEG, Lab};

/// The device rings, with these events in its Allow-Events.
fn ringing(events: Option<&str>) -> (Lab, Message) {
    let mut lab = Lab::new(DigestChoice::Both);
    let target = Target { uri: Private::new("sip:1001@10.0.0.9:5060".into()), ..Target::default() };
    let (at, invite) = lab.dial(target).remove(0);
    let ring = || {
        let builder = sip::MessageBuilder::reply_to(&invite, 180, Some("theirs"), None);
        let builder = builder.header(HeaderName::Contact, "<sip:1001@10.0.0.9>");
        events.into_iter().fold(builder, |builder, events| builder.header(HeaderName::AllowEvents, events)).finish()
    };
    for _ in 0..2 {
        lab.hear(at, &ring());
    }
    (lab, invite)
}

fn told(lab: &mut Lab) -> Vec<&'static str> {
    let events = lab.ua.mind().events.iter().map(|event| match event {
        LegEvent::Dialled { .. } => "dialled",
        LegEvent::Answerable { leg } if *leg == LEG => "answerable",
        LegEvent::Ringing { .. } => "ringing",
        _ => "other",
    });
    events.collect()
}

#[test]
fn a_telephone_that_takes_the_event_is_told_once_it_is_wanted() {
    let (mut lab, invite) = ringing(Some("conference, Talk,hold"));
    assert_eq!(told(&mut lab), ["dialled", "answerable", "ringing"]);
    let sent = lab.command(LegCommand::AskToAnswer(LEG));
    let methods: Vec<_> = sent.iter().map(|(_, message)| message.method_text().to_owned()).collect();
    assert_eq!(methods, ["NOTIFY"]);
    let notify = &sent[0].1;
    assert_eq!((notify.call_id(), notify.to_tag()), (invite.call_id(), Some("theirs")));
    assert_eq!(notify.header(HeaderName::Event), Some(&b"talk"[..]));
}

#[test]
fn another_one_is_never_told() {
    for events in [None, Some("hold, conference"), Some("talkative")] {
        let (mut lab, _) = ringing(events);
        assert_eq!(told(&mut lab), ["dialled", "ringing"], "{events:?}");
        assert!(lab.command(LegCommand::AskToAnswer(LEG)).is_empty());
    }
}
