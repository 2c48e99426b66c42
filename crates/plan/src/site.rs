//! What comes to a centre, and what it is to be built for.

use crate::check::{Invalid, Why, within};
use crate::codec::Codec;
use crate::curve::Curve;

/// A centre in figures. [`Site::default`] is one with 20,000 calls a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Calls a day, 1 to 10,000,000.
    pub calls: f64,
    /// When they come.
    pub curve: Curve,
    /// The share of the day's calls that the busiest hour has; none: as the curve says.
    pub peak_share: Option<f64>,
    /// How much more than that is planned for, as a share: 0.3 is 30 %, up to 10.
    pub headroom: f64,
    /// Mean time that a call keeps an agent busy: talk, hold and the work after it; seconds, 1 to 14,400.
    pub aht_s: f64,
    /// How much of that is work after the talk, when the line is free again, seconds; less than `aht_s`.
    pub wrap_up_s: f64,
    /// How long a caller is in menus and announcements before the queue, seconds, 0 to 3,600.
    pub menu_s: f64,
    /// Within how many seconds a call should be answered, 0 to 3,600.
    pub target_s: f64,
    /// The share that is to be answered within that time, 0 to 0.9999.
    pub service_level: f64,
    /// The share of their time that agents may be busy, 0.05 to 1.
    pub max_occupancy: f64,
    /// How long callers wait before they give up, on average, seconds; none: for as long as it takes.
    pub patience_s: Option<f64>,
    /// The share of paid time in which agents take no calls: breaks, training, illness; 0 to 0.9.
    pub shrinkage: f64,
    /// Seats that there are, whose worth is to be told.
    pub seats: Option<u32>,
    /// The share of calls that may find all lines taken, 10⁻⁹ to 1.
    pub blocking: f64,
    /// What calls are carried in.
    pub codec: Codec,
    /// Sound in a packet, milliseconds, 10 to 60.
    pub frame_ms: f64,
    /// The share of calls that is recorded, 0 to 1.
    pub recorded: f64,
    /// How long recordings are kept, days, 0 to 36,500.
    pub retention_days: f64,
    /// On how many days a year calls come, 1 to 366.
    pub days_a_year: f64,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            calls: 20_000.0,
            curve: Curve::default(),
            peak_share: None,
            headroom: 0.3,
            aht_s: 200.0,
            wrap_up_s: 20.0,
            menu_s: 20.0,
            target_s: 20.0,
            service_level: 0.8,
            max_occupancy: 0.85,
            patience_s: None,
            shrinkage: 0.3,
            seats: None,
            blocking: 0.001,
            codec: Codec::Pcma,
            frame_ms: 20.0,
            recorded: 1.0,
            retention_days: 180.0,
            days_a_year: 365.0,
        }
    }
}

impl Site {
    /// What [`crate::Goal`], [`crate::Load`], [`crate::Model`] and [`crate::rostered`] do not look at.
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        within("calls", self.calls, 1.0..=1e7)?;
        if let Some(share) = self.peak_share {
            within("peak_share", share, 0.0..=1.0)?;
        }
        within("headroom", self.headroom, 0.0..=10.0)?;
        within("aht_s", self.aht_s, 1.0..=14_400.0)?;
        within("wrap_up_s", self.wrap_up_s, 0.0..=14_400.0)?;
        if self.wrap_up_s >= self.aht_s {
            return Err(Invalid { field: "wrap_up_s", why: Why::Below("aht_s") });
        }
        within("menu_s", self.menu_s, 0.0..=3600.0)?;
        if let Some(seats) = self.seats {
            within("seats", seats.into(), 1.0..=100_000.0)?;
        }
        within("blocking", self.blocking, 1e-9..=1.0)?;
        within("frame_ms", self.frame_ms, 10.0..=60.0)?;
        within("recorded", self.recorded, 0.0..=1.0)?;
        within("retention_days", self.retention_days, 0.0..=36_500.0)?;
        within("days_a_year", self.days_a_year, 1.0..=366.0).map(drop)
    }
}
