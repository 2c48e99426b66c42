//! Erlang B: calls that find all lines taken are turned away.

use crate::check::{Invalid, MAX_ERLANGS, MAX_LINES, within};

/// The share of calls that find all lines taken.
///
/// # Errors
/// `erlangs` is not 0 to [`MAX_ERLANGS`], or there are more than [`MAX_LINES`] lines.
pub fn erlang_b(erlangs: f64, lines: u32) -> Result<f64, Invalid> {
    within("erlangs", erlangs, 0.0..=MAX_ERLANGS)?;
    within("lines", lines.into(), 0.0..=MAX_LINES.into())?;
    Ok(blocking(erlangs, lines))
}

/// The fewest lines at which no more than a share of calls finds all taken.
///
/// # Errors
/// `erlangs` is not 0 to [`MAX_ERLANGS`], or `blocking` not 10⁻⁹ to 1.
pub fn least_lines(erlangs: f64, blocking: f64) -> Result<u32, Invalid> {
    within("erlangs", erlangs, 0.0..=MAX_ERLANGS)?;
    within("blocking", blocking, 1e-9..=1.0)?;
    let found = Blocking::new(erlangs).take_while(|(_, lost)| *lost > blocking).last();
    Ok(found.map_or(0, |(lines, _)| lines + 1))
}

/// As [`erlang_b`], of figures that were checked.
pub(crate) fn blocking(erlangs: f64, lines: u32) -> f64 {
    // Underflow ends the walk: from there on nothing is ever lost.
    let reached = Blocking::new(erlangs).take_while(|(_, lost)| *lost > 0.0).nth(lines as usize);
    reached.map_or(0.0, |(_, lost)| lost)
}

/// The loss with no line, one, two and so on: B(n) = a B(n-1) / (n + a B(n-1)). Each step adds and multiplies positive
/// numbers alone, so that rounding grows with the steps and no faster.
pub(crate) struct Blocking {
    erlangs: f64,
    lines: u32,
    lost: f64,
}

impl Blocking {
    pub(crate) fn new(erlangs: f64) -> Self {
        Self { erlangs, lines: 0, lost: 1.0 }
    }
}

impl Iterator for Blocking {
    type Item = (u32, f64);

    fn next(&mut self) -> Option<Self::Item> {
        let now = (self.lines, self.lost);
        self.lines = self.lines.checked_add(1)?;
        let carried = self.erlangs * self.lost;
        self.lost = carried / (f64::from(self.lines) + carried);
        Some(now)
    }
}
