//! Days of a tenant.

use std::fmt;

use directory::Tenant;
use types::Wall;
use types::time::{civil, days_from_civil};

/// Milliseconds of a day.
pub(crate) const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i64);

impl Date {
    /// Reads `2026-11-23`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let digits = |range: std::ops::Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' || !(digits(0..4) && digits(5..7) && digits(8..10))
        {
            return None;
        }
        let (y, m, d) = (text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?);
        let day = Self(days_from_civil(y, m, d));
        // No thirtieth of February.
        ((1..=12).contains(&m) && civil(day.0) == (y, m, d)).then_some(day)
    }

    /// So many days after 1970-01-01.
    pub(crate) const fn of_days(days: i64) -> Self {
        Self(days)
    }

    /// So many days later, or earlier.
    #[must_use]
    pub const fn plus(self, days: i64) -> Self {
        Self(self.0 + days)
    }

    /// The tenant's midnight at which it begins.
    pub fn midnight(self, tenant: &Tenant) -> Wall {
        Wall(self.0 * DAY_MS - i64::from(tenant.utc_offset_min) * MINUTE_MS)
    }

    /// From its beginning to the next day's.
    pub(crate) fn bounds(self, tenant: &Tenant) -> (Wall, Wall) {
        (self.midnight(tenant), self.plus(1).midnight(tenant))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = civil(self.0);
        write!(f, "{y:04}-{m:02}-{d:02}")
    }
}

/// The tenant's day at a moment.
pub fn day_of(tenant: &Tenant, at: Wall) -> Date {
    Date((at.0 + i64::from(tenant.utc_offset_min) * MINUTE_MS).div_euclid(DAY_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_strictly_and_begin_at_the_tenants_midnight() {
        let tenant =
            Tenant { id: types::TenantId(1), name: "t".into(), title: "t".into(), demo: false, utc_offset_min: 480 };
        let day = Date::parse("2026-11-23").unwrap();
        assert_eq!(
            (day.to_string().as_str(), day.midnight(&tenant).to_string()),
            ("2026-11-23", "2026-11-22T16:00:00.000Z".into())
        );
        assert_eq!(day_of(&tenant, day.midnight(&tenant)), day);
        assert_eq!(day_of(&tenant, Wall(day.midnight(&tenant).0 - 1)), day.plus(-1));
        for bad in ["2026-02-30", "2026-1-01", "2026-13-01", "20261123", "2026-11-2é", ""] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
    }
}
