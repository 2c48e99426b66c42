//! One cell, and how it reads.

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing: there is no such figure.
    None,
    /// Words; never a formula.
    Text(String),
    /// A count.
    Count(u64),
    /// A share, 0 to 1.
    Share(f64),
    /// A length of time, milliseconds.
    Span(f64),
    /// A moment: milliseconds since 1970 on the reader's wall clock.
    Moment(i64),
}

const DAY_MS: i64 = 86_400_000;

impl Cell {
    /// As it reads, in every language.
    pub fn text(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Share(share) => format!("{:.1}%", share * 100.0),
            Self::Span(ms) => {
                let seconds = (ms / 1_000.0).round().max(0.0) as u64;
                format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
            }
            Self::Moment(at) => {
                let (year, month, day) = civil(at.div_euclid(DAY_MS));
                let minutes = at.rem_euclid(DAY_MS) / 60_000;
                format!("{year:04}-{month:02}-{day:02} {:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }

    /// Whether it stands at the left.
    pub(crate) const fn is_words(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Moment(_))
    }
}

/// Year, month and day of a number of days since 1970-01-01, in the Gregorian calendar.
///
/// Years begin in March here, so that the leap day is the last one; 400 of them are 146,097 days.
const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let month = if march < 10 { march + 3 } else { march - 9 };
    (era * 400 + year + (month <= 2) as i64, month, of_year - (153 * march + 2) / 5 + 1)
}
