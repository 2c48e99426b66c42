//! Session timers (RFC 4028): a call whose peer has vanished does not stand for ever.

use std::time::Duration;

use types::Mono;

use crate::config::SessionConfig;
use crate::header::HeaderName;
use crate::header::timing::{Refresher, SessionExpires};
use crate::message::Message;
use crate::timers::NEVER;

/// The least that RFC 4028 lets anybody ask for, in seconds.
pub(crate) const LEAST_MIN_SE_S: u32 = 90;

/// The agreement of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionTimer {
    /// The session's interval; 0 while there is none.
    pub(crate) interval_s: u32,
    /// Whether we refresh.
    pub(crate) we_refresh: bool,
    /// The shortest interval that the path accepts, as 422 and Min-SE taught us.
    pub(crate) min_se_s: u32,
    pub(crate) refresh_at: Mono,
    pub(crate) expires_at: Mono,
}

impl Default for SessionTimer {
    fn default() -> Self {
        Self { interval_s: 0, we_refresh: false, min_se_s: LEAST_MIN_SE_S, refresh_at: NEVER, expires_at: NEVER }
    }
}

/// What to write into a 2xx.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) interval_s: u32,
    pub(crate) refresher: Refresher,
    /// Whether the 2xx requires `timer`: the caller refreshes and knows how.
    pub(crate) require: bool,
}

/// The interval is too short for us: 422 with this Min-SE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooShort(pub(crate) u32);

impl SessionTimer {
    /// Decides on a request (INVITE or UPDATE) of the peer's.
    pub(crate) fn decide(&self, request: &Message, config: &SessionConfig) -> Result<Option<Grant>, TooShort> {
        let knows = request.lists(HeaderName::Supported, "timer") || request.lists(HeaderName::Require, "timer");
        let least = config.min_se_s.max(LEAST_MIN_SE_S);
        let wish = request.header(HeaderName::SessionExpires).and_then(|value| SessionExpires::parse(value).ok());
        let min_se = request.number(HeaderName::MinSe).unwrap_or(LEAST_MIN_SE_S).max(least);
        match wish {
            Some(wish) if wish.seconds < least && knows => Err(TooShort(least)),
            Some(wish) => {
                // A caller that knows no timers had its Session-Expires put in by a proxy: we refresh.
                let refresher = if knows { wish.refresher.unwrap_or(Refresher::Uac) } else { Refresher::Uas };
                let interval_s = wish.seconds.max(least);
                Ok(Some(Grant { interval_s, refresher, require: knows }))
            }
            None if config.expires_s == 0 => Ok(None),
            None => {
                let interval_s = config.expires_s.max(min_se);
                Ok(Some(Grant { interval_s, refresher: Refresher::Uas, require: false }))
            }
        }
    }

    /// Takes over what we granted.
    pub(crate) fn granted(&mut self, now: Mono, grant: Option<Grant>) {
        match grant {
            Some(grant) => self.start(now, grant.interval_s, grant.refresher == Refresher::Uas),
            None => self.stop(),
        }
    }

    /// Takes over what a 2xx to our request says.
    pub(crate) fn answered(&mut self, now: Mono, response: &Message) {
        let agreed = response.header(HeaderName::SessionExpires).and_then(|value| SessionExpires::parse(value).ok());
        match agreed {
            // A 2xx must name the refresher; one that does not leaves it to whoever asked.
            Some(agreed) => self.start(now, agreed.seconds, agreed.refresher != Some(Refresher::Uas)),
            None => self.stop(),
        }
    }

    fn start(&mut self, now: Mono, interval_s: u32, we_refresh: bool) {
        let interval = Duration::from_secs(interval_s.max(LEAST_MIN_SE_S).into());
        self.interval_s = interval_s;
        self.we_refresh = we_refresh;
        self.refresh_at = if we_refresh { now + interval / 2 } else { NEVER };
        // Section 10: BYE goes out somewhat before the end, by a third of the interval or 32 s, whichever is less.
        self.expires_at = now + (interval - (interval / 3).min(Duration::from_secs(32)));
    }

    pub(crate) fn stop(&mut self) {
        *self = Self { min_se_s: self.min_se_s, ..Self::default() };
    }

    /// Learns from a 422.
    pub(crate) fn too_short(&mut self, response: &Message) -> bool {
        let Some(min_se) = response.number(HeaderName::MinSe).filter(|min_se| *min_se > self.min_se_s) else {
            return false;
        };
        self.min_se_s = min_se;
        true
    }

    /// What we write into a request: the interval, and who refreshes once that is agreed. `as_uac` is whether it is a
    /// first INVITE, where the peer may choose.
    pub(crate) fn wish(&self, config: &SessionConfig) -> Option<(u32, Option<Refresher>)> {
        if self.interval_s != 0 {
            let refresher = if self.we_refresh { Refresher::Uac } else { Refresher::Uas };
            return Some((self.interval_s.max(self.min_se_s), Some(refresher)));
        }
        (config.expires_s != 0).then(|| (config.expires_s.max(self.min_se_s), None))
    }
}

/// The value of Session-Expires.
pub(crate) fn value(interval_s: u32, refresher: Option<Refresher>) -> String {
    match refresher {
        Some(Refresher::Uac) => format!("{interval_s};refresher=uac"),
        Some(Refresher::Uas) => format!("{interval_s};refresher=uas"),
        None => interval_s.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invite(headers: &str) -> Message {
        let text = format!(
            "INVITE sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\n\
             Call-ID: c\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n{headers}Content-Length: 0\r\n\r\n"
        );
        Message::parse(text.into_bytes()).unwrap()
    }

    #[test]
    fn the_answer_follows_table_2_of_the_standard() {
        let config = SessionConfig { expires_s: 1800, min_se_s: 120 };
        let off = SessionConfig { expires_s: 0, ..config };
        let grant = |interval_s, refresher, require| Ok(Some(Grant { interval_s, refresher, require }));
        let cases = [
            ("Supported: timer\r\nSession-Expires: 600\r\n", config, grant(600, Refresher::Uac, true)),
            ("Supported: timer\r\nSession-Expires: 600;refresher=uas\r\n", config, grant(600, Refresher::Uas, true)),
            ("Session-Expires: 600;refresher=uac\r\n", config, grant(600, Refresher::Uas, false)),
            ("Session-Expires: 100\r\n", config, grant(120, Refresher::Uas, false)),
            ("Supported: timer\r\nSession-Expires: 100\r\n", config, Err(TooShort(120))),
            ("Supported: timer\r\n", config, grant(1800, Refresher::Uas, false)),
            ("Supported: timer\r\nMin-SE: 3600\r\n", config, grant(3600, Refresher::Uas, false)),
            ("", off, Ok(None)),
        ];
        for (headers, config, wanted) in cases {
            assert_eq!(SessionTimer::default().decide(&invite(headers), &config), wanted, "{headers}");
        }
    }

    #[test]
    fn the_refresher_refreshes_half_way_and_both_end_it_in_time() {
        let mut timer = SessionTimer::default();
        timer.start(Mono(0), 90, true);
        assert_eq!((timer.refresh_at.as_millis(), timer.expires_at.as_millis()), (45_000, 60_000));
        timer.start(Mono(0), 1800, false);
        assert_eq!((timer.refresh_at, timer.expires_at.as_millis()), (NEVER, 1_768_000));
    }
}
