//! What a figure may be.

use std::ops::RangeInclusive;

/// The most work at once that is planned for, erlangs: ten times the largest centre, and a tenth of a second of
/// computing.
pub const MAX_ERLANGS: f64 = 100_000.0;
/// The most lines or agents that are reckoned with.
pub const MAX_LINES: u32 = 1_000_000;

/// A figure that can't be planned with.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct Invalid {
    /// The figure's name, as in [`crate::Site`].
    pub field: &'static str,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with a figure.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Why {
    /// Too small, too large, or no number.
    #[error("has to be from {least} to {most}")]
    Range {
        /// The least that it may be.
        least: f64,
        /// The most that it may be.
        most: f64,
    },
    /// It has to be below another figure.
    #[error("has to be below {0}")]
    Below(&'static str),
    /// One of a few values.
    #[error("has to be one of {0}")]
    OneOf(&'static str),
    /// Together the figures make more work than is planned for.
    #[error("makes more than {} erlangs of work at once", MAX_ERLANGS)]
    TooMuch,
    /// Intervals that reach beyond a day, or hold nothing.
    #[error("needs intervals within one day, and calls in one of them at least")]
    Curve,
}

/// # Errors
/// The value is outside of the range, or no number.
pub(crate) fn within(field: &'static str, value: f64, range: RangeInclusive<f64>) -> Result<f64, Invalid> {
    let (least, most) = (*range.start(), *range.end());
    if range.contains(&value) { Ok(value) } else { Err(Invalid { field, why: Why::Range { least, most } }) }
}
