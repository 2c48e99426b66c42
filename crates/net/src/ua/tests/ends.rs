//! A leg's end, and what is still said of its media.

use std::time::Duration;

use media::engine::MediaEvent;
use types::leg::{MediaQuality, Target};
use types::register::DigestChoice;
use types::{LegEvent, Private};

use super::lab::{LEG, Lab, SDP, answer, bye};

/// Longer than figures are waited for.
const LATE: Duration = Duration::from_secs(1);

/// A call whose far end was heard and hangs up; what the mind is told then.
fn ended(heard: bool) -> Lab {
    let mut lab = Lab::new(DigestChoice::Both);
    let next_hop = Some("sip:203.0.113.1:5060".into());
    let sent = lab.dial(Target { uri: Private::new("sip:1001@10.0.0.9".into()), next_hop, ..Target::default() });
    let (flow, invite) = &sent[0];
    lab.hear(*flow, &answer(invite, 200, Some(SDP)));
    if heard {
        lab.ua.handle_media(lab.now, MediaEvent::Started(LEG));
    }
    lab.ua.mind().events.clear();
    let answers = lab.hear(*flow, &bye(invite));
    assert_eq!(answers[0].1.status(), Some(200));
    lab
}

fn told(lab: &mut Lab) -> Vec<String> {
    let events = std::mem::take(&mut lab.ua.mind().events);
    let name = |event: &LegEvent| match event {
        LegEvent::Ended { measured, .. } => format!("ended {measured}"),
        LegEvent::Measured { quality, .. } => format!("measured {:?}", quality.as_ref().map(|q| q.received)),
        other => format!("{other:?}"),
    };
    events.iter().map(name).collect()
}

#[test]
fn the_end_is_told_at_the_goodbye_and_the_figures_when_they_come() {
    let mut lab = ended(true);
    assert_eq!(told(&mut lab), ["ended true"]);
    let quality = Some(Box::new(MediaQuality { received: 7, ..MediaQuality::default() }));
    lab.ua.handle_media(lab.now, MediaEvent::Ended { leg: LEG, quality });
    assert_eq!(told(&mut lab), ["measured Some(7)"]);
    lab.wait(LATE);
    assert_eq!(told(&mut lab), Vec::<String>::new(), "once");
}

#[test]
fn figures_that_do_not_come_are_told_missing() {
    let mut lab = ended(true);
    lab.wait(LATE);
    assert_eq!(told(&mut lab), ["ended true", "measured None"]);
    let mut silent = ended(false);
    silent.wait(LATE);
    assert_eq!(told(&mut silent), ["ended false"], "nothing was heard, so there is nothing to measure");
}
