//! Settings that are a number of seconds.

use std::ops::RangeInclusive;
use std::time::Duration;

/// A named value of a tenant that says how long something may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seconds {
    /// Its stable name.
    pub name: &'static str,
    /// What it is for, for people.
    pub what: &'static str,
    /// What holds where it is not set, seconds.
    pub usual: u64,
    /// What makes sense, seconds.
    pub range: RangeInclusive<u64>,
}

impl Seconds {
    /// The longest that a call may last. Less than a minute ends ordinary calls, more than a day bounds nothing.
    pub const LONGEST_CALL: Self =
        Self { name: "call.longest_s", what: "the longest that a call may last", usual: 4 * 3600, range: 60..=86_400 };
    /// How long the page of an agent who talks is awaited when it has gone. One is loaded within two seconds, and a lost
    /// network found again within twenty-five more often than not; 0 waits for nobody, and after five minutes no
    /// customer is there any more.
    pub const PAGE_AWAY: Self = Self {
        name: "anchor.wait_s",
        what: "how long a customer is kept for an agent whose page has gone in the middle of a talk",
        usual: 30,
        range: 0..=300,
    };
    /// Up to when a customer who gives up has hardly come: reports tell such calls apart. Beyond a minute it is waiting.
    pub const SHORT_ABANDON: Self = Self {
        name: "report.short_abandon_s",
        what: "how long a customer waits at most for giving up to count as a short abandon",
        usual: 5,
        range: 0..=60,
    };
    /// How soon a customer has to be back for the first call to count as not resolved. Below an hour it is the same call
    /// that broke off; after a month it is another matter.
    pub const REPEAT: Self = Self {
        name: "report.repeat_s",
        what: "how soon a customer has to call the same queue again for the call before to count as not resolved",
        usual: 7 * 86_400,
        range: 3_600..=31 * 86_400,
    };
    /// All of them.
    pub const ALL: [Self; 4] = [Self::LONGEST_CALL, Self::PAGE_AWAY, Self::SHORT_ABANDON, Self::REPEAT];

    /// The time that a text stands for; without one the usual time.
    ///
    /// # Errors
    /// Why it is no such time, in words.
    pub fn parse(&self, text: Option<&str>) -> Result<Duration, String> {
        let Some(text) = text else { return Ok(Duration::from_secs(self.usual)) };
        let seconds = text.parse().ok().filter(|s| self.range.contains(s));
        let (least, most) = (self.range.start(), self.range.end());
        seconds.map(Duration::from_secs).ok_or_else(|| format!("must be {least} to {most} seconds, is {text}"))
    }
}
