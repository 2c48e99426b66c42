//! Who led a call on, for carriers and telephones: Diversion (RFC 5806), and History-Info (RFC 7044) with the causes of
//! RFC 4458.

use std::fmt::Write;

use sip::uri::escape_user;
use types::forward::{Diverted, ForwardReason};

/// `reason` of RFC 5806, and the status that stands for it.
const fn words(why: ForwardReason) -> (&'static str, u16) {
    match why {
        ForwardReason::Always => ("unconditional", 302),
        ForwardReason::Busy => ("user-busy", 486),
        ForwardReason::NoAnswer => ("no-answer", 408),
        ForwardReason::Unreachable => ("unavailable", 503),
        ForwardReason::Device => ("deflection", 480),
    }
}

/// The headers of an INVITE to `target` for a call that these led on, the first one first.
pub(super) fn headers(diverted: &[Diverted], host: &str, target: &str) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    let (mut history, mut index) = (String::new(), String::from("1"));
    for (at, step) in diverted.iter().enumerate() {
        let (reason, status) = words(step.why);
        let user = escape_user(step.number.reveal());
        // The last one to lead it on comes first.
        fields.insert(0, ("Diversion", format!("<sip:{user}@{host}>;reason={reason};counter=1;privacy=off")));
        let why_here = if at == 0 { String::new() } else { cause(diverted[at - 1].why) };
        let _ = write!(history, "<sip:{user}@{host}{why_here}?Reason=SIP%3Bcause%3D{status}>;index={index}");
        if at > 0 {
            let _ = write!(history, ";mp={}", &index[..index.len() - 2]);
        }
        history.push_str(", ");
        index.push_str(".1");
    }
    if let Some(last) = diverted.last() {
        let _ = write!(history, "<{target}{}>;index={index};mp={}", cause(last.why), &index[..index.len() - 2]);
        fields.push(("History-Info", history));
    }
    fields
}

fn cause(why: ForwardReason) -> String {
    format!(";cause={}", words(why).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(number: &str, why: ForwardReason) -> Diverted {
        Diverted { number: number.into(), why }
    }

    #[test]
    fn a_call_that_nobody_led_on_says_nothing() {
        assert!(headers(&[], "h", "sip:1@h").is_empty());
    }

    #[test]
    fn the_last_diversion_comes_first_and_the_history_goes_the_way_of_the_call() {
        let path = [by("95004", ForwardReason::Always), by("1002", ForwardReason::Busy)];
        let fields = headers(&path, "10.0.0.1:5060", "sip:13900001111@carrier");
        let named = |name| fields.iter().filter(|(n, _)| *n == name).map(|(_, v)| v.as_str()).collect::<Vec<_>>();
        assert_eq!(
            named("Diversion"),
            [
                "<sip:1002@10.0.0.1:5060>;reason=user-busy;counter=1;privacy=off",
                "<sip:95004@10.0.0.1:5060>;reason=unconditional;counter=1;privacy=off",
            ]
        );
        assert_eq!(
            named("History-Info"),
            ["<sip:95004@10.0.0.1:5060?Reason=SIP%3Bcause%3D302>;index=1, \
              <sip:1002@10.0.0.1:5060;cause=302?Reason=SIP%3Bcause%3D486>;index=1.1;mp=1, \
              <sip:13900001111@carrier;cause=486>;index=1.1.1;mp=1.1"]
        );
    }
}
