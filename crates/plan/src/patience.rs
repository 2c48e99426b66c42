//! Patience, from who gave up and who was answered first.

/// How far the true value may be off, in standard deviations: 95 of 100 times it is within.
const CONFIDENT: f64 = 1.96;

/// Patience as it shows in waits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patience {
    /// Mean, seconds.
    pub patience_s: f64,
    /// With 95 % confidence it is no less, seconds.
    pub low_s: f64,
    /// With 95 % confidence it is no more, seconds.
    pub high_s: f64,
}

/// The mean patience of callers who waited, together, so many seconds, and of whom so many gave up; none where nobody
/// gave up, or nobody waited.
///
/// Who was answered would have waited on: of that patience only the least is known. For an exponential patience the
/// likeliest mean is then the time waited by all, over the number of those who gave up; the logarithm of it has the
/// standard error 1/√number.
pub fn fit_patience(waited_s: f64, abandoned: u64) -> Option<Patience> {
    if abandoned == 0 || !waited_s.is_finite() || waited_s <= 0.0 {
        return None;
    }
    let patience_s = waited_s / abandoned as f64;
    let off = (CONFIDENT / (abandoned as f64).sqrt()).exp();
    Some(Patience { patience_s, low_s: patience_s / off, high_s: patience_s * off })
}
