//! Numbers and times: Max-Forwards, Expires, Session-Expires, Min-SE, Retry-After, Date.

use crate::error::Malformed;
use crate::params::Params;
use crate::scan::{Cursor, number, trim};

/// A header that is one number (Expires, Min-Expires, RSeq, Content-Length, Max-Forwards).
///
/// # Errors
/// Anything but digits, or more than 32 bits.
pub fn parse_number(value: &[u8]) -> Result<u32, Malformed> {
    number(trim(value))
}

/// Max-Forwards; what is larger than 255 counts as 255.
///
/// # Errors
/// Anything but digits.
pub fn parse_max_forwards(value: &[u8]) -> Result<u8, Malformed> {
    let digits = trim(value);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Malformed);
    }
    Ok(number(digits).map_or(u8::MAX, |hops| u8::try_from(hops).unwrap_or(u8::MAX)))
}

/// Who sends the refreshing requests (RFC 4028).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresher {
    /// The caller of the transaction.
    Uac,
    /// The called side of the transaction.
    Uas,
}

/// Session-Expires or Min-SE (RFC 4028 sections 4 and 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionExpires {
    /// Seconds.
    pub seconds: u32,
    /// Who refreshes, if told. Never in Min-SE.
    pub refresher: Option<Refresher>,
}

impl SessionExpires {
    /// Reads the value.
    ///
    /// # Errors
    /// Any breach of the grammar, an unknown refresher included.
    pub fn parse(value: &[u8]) -> Result<Self, Malformed> {
        let (seconds, params) = delta_seconds(value)?;
        let refresher = match params.find("refresher").flatten() {
            None => None,
            Some(side) if side.eq_ignore_ascii_case(b"uac") => Some(Refresher::Uac),
            Some(side) if side.eq_ignore_ascii_case(b"uas") => Some(Refresher::Uas),
            Some(_) => return Err(Malformed),
        };
        Ok(Self { seconds, refresher })
    }
}

/// Seconds of a Retry-After (RFC 3261 section 20.33); its comment is ignored.
///
/// # Errors
/// Any breach of the grammar.
pub fn parse_retry_after(value: &[u8]) -> Result<u32, Malformed> {
    let mut cursor = Cursor::new(trim(value));
    number(cursor.take_while(|byte| byte.is_ascii_digit()))
}

fn delta_seconds(value: &[u8]) -> Result<(u32, Params<'_>), Malformed> {
    let mut cursor = Cursor::new(trim(value));
    let seconds = number(cursor.take_while(|byte| byte.is_ascii_digit()))?;
    let params = Params::read(&mut cursor)?;
    if cursor.at_end() { Ok((seconds, params)) } else { Err(Malformed) }
}

/// Whether a Date has the form of RFC 3261 section 20.17 (`Sat, 13 Nov 2010 23:29:00 GMT`).
pub fn is_sip_date(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(trim(value)) else { return false };
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    let [week_day, day, month, year, time, zone] = fields[..] else { return false };
    const DAYS: [&str; 7] = ["Mon,", "Tue,", "Wed,", "Thu,", "Fri,", "Sat,", "Sun,"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let clock: Vec<&str> = time.split(':').collect();
    DAYS.contains(&week_day)
        && digits(day, 2)
        && MONTHS.contains(&month)
        && digits(year, 4)
        && clock.len() == 3
        && clock.iter().all(|part| digits(part, 2))
        && zone == "GMT"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hops_are_clamped_not_counted_with() {
        for (text, hops) in [("0068", 68), ("255", 255), ("300", 255), ("99999999999", 255), ("0", 0)] {
            assert_eq!(parse_max_forwards(text.as_bytes()), Ok(hops));
        }
        assert!(parse_max_forwards(b"-1").is_err());
        assert!(parse_max_forwards(b"").is_err());
    }

    #[test]
    fn session_timers() {
        let expected = SessionExpires { seconds: 1800, refresher: Some(Refresher::Uas) };
        assert_eq!(SessionExpires::parse(b" 1800 ; refresher=UAS"), Ok(expected));
        assert_eq!(SessionExpires::parse(b"90").unwrap().refresher, None);
        assert!(SessionExpires::parse(b"90;refresher=me").is_err());
        assert!(SessionExpires::parse(b"90 s").is_err());
        assert_eq!(parse_retry_after(b"18000 (in a meeting);duration=60"), Ok(18000));
    }

    #[test]
    fn dates_are_in_gmt() {
        assert!(is_sip_date(b"Sat, 13 Nov 2010 23:29:00 GMT"));
        assert!(!is_sip_date(b"Fri, 01 Jan 2010 16:00:00 EST"));
        assert!(!is_sip_date(b"yesterday"));
    }
}
