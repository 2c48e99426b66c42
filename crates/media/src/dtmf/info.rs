//! Digits in the body of a SIP INFO: the two forms that phones and exchanges send, both without a standard.

use super::Digit;

/// Length taken for a press that tells none, in milliseconds.
const DEFAULT_MS: u32 = 160;
/// Longest press believed, in milliseconds.
const MAX_MS: u32 = 10_000;

/// The digit and length in milliseconds of an INFO body. `application/dtmf-relay` has lines `Signal=5` and
/// `Duration=160`; `application/dtmf` is the digit alone (some send the former under the latter's name). Event codes
/// 10 and 11 stand for `*` and `#`.
pub fn parse_info(content_type: &str, body: &[u8]) -> Option<(Digit, u32)> {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/dtmf-relay")
        && !media_type.eq_ignore_ascii_case("application/dtmf")
    {
        return None;
    }
    let text = std::str::from_utf8(body).ok()?;
    if !text.contains('=') {
        return Some((signal(text.trim())?, DEFAULT_MS));
    }
    let value = |name: &str| {
        text.lines().find_map(|line| {
            let (key, value) = line.split_once('=')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let ms = value("Duration").and_then(|d| d.parse::<u32>().ok()).map_or(DEFAULT_MS, |ms| ms.min(MAX_MS));
    Some((signal(value("Signal")?)?, ms))
}

fn signal(text: &str) -> Option<Digit> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Digit::from_char(c),
        _ => Digit::from_event(text.parse().ok()?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_info_are_read() {
        let relay = "application/dtmf-relay";
        for (content_type, body, expected) in [
            (relay, "Signal=5\r\nDuration=160\r\n", Some(('5', 160))),
            (relay, "Signal= #\r\nDuration= 250\r\n", Some(('#', 250))),
            (relay, "signal=*", Some(('*', 160))),
            (relay, "Signal=10\nDuration=4000000000", Some(('*', 10_000))),
            (relay, "Duration=160\r\n", None),
            (relay, "Signal=77", None),
            (relay, "Signal=", None),
            ("application/dtmf", "9", Some(('9', 160))),
            ("Application/DTMF; charset=utf-8", "11\r\n", Some(('#', 160))),
            ("application/dtmf", "Signal=d\r\nDuration=90", Some(('D', 90))),
            ("application/sdp", "5", None),
            ("application/dtmf", "", None),
        ] {
            let got = parse_info(content_type, body.as_bytes()).map(|(d, ms)| (d.as_char(), ms));
            assert_eq!(got, expected, "{content_type} {body:?}");
        }
        assert_eq!(parse_info("application/dtmf", &[0xff]), None);
    }
}
