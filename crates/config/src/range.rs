//! A range of UDP ports.

use std::fmt;
use std::str::FromStr;

/// Ports `low` to `high`, both included. An RTP stream takes an even port and the odd one above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortRange {
    /// The lowest.
    pub low: u16,
    /// The highest.
    pub high: u16,
}

impl FromStr for PortRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is no port range such as 40000-59999");
        let (low, high) = text.split_once('-').ok_or_else(bad)?;
        let range = Self { low: low.trim().parse().map_err(|_| bad())?, high: high.trim().parse().map_err(|_| bad())? };
        if range.low < 1024 || u32::from(range.high) < u32::from(range.low) + 3 {
            return Err(format!("`{text}`: the range begins at 1024 or above and holds four ports at least"));
        }
        Ok(range)
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.low, self.high)
    }
}
