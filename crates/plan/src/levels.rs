//! Service level of calls that were, by the four formulas in use. They differ in what becomes of callers who gave up.

/// Calls of a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Answered within the target.
    pub answered_in_time: u64,
    /// Answered after the target.
    pub answered_late: u64,
    /// Gave up within the target.
    pub abandoned_in_time: u64,
    /// Gave up after the target.
    pub abandoned_late: u64,
}

/// How a service level is reckoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    /// Answered in time, of all calls: every caller who gives up counts against it. The strictest.
    OfOffered,
    /// Answered in time, of the answered: callers who give up do not count.
    OfAnswered,
    /// Answered in time, of all but those who gave up within the target, for whom nothing could be done.
    WithoutShortAbandons,
    /// Answered or given up in time, of all: nobody waited too long. The mildest.
    NobodyTooLong,
}

impl Formula {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::OfOffered, Self::WithoutShortAbandons, Self::OfAnswered, Self::NobodyTooLong];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OfOffered => "of_offered",
            Self::OfAnswered => "of_answered",
            Self::WithoutShortAbandons => "without_short_abandons",
            Self::NobodyTooLong => "nobody_too_long",
        }
    }

    /// The service level, 0 to 1; none where no call counts.
    pub fn level(self, counts: &Counts) -> Option<f64> {
        let Counts { answered_in_time, answered_late, abandoned_in_time, abandoned_late } = *counts;
        let answered = answered_in_time + answered_late;
        let all = answered + abandoned_in_time + abandoned_late;
        let (good, of) = match self {
            Self::OfOffered => (answered_in_time, all),
            Self::OfAnswered => (answered_in_time, answered),
            Self::WithoutShortAbandons => (answered_in_time, all - abandoned_in_time),
            Self::NobodyTooLong => (answered_in_time + abandoned_in_time, all),
        };
        (of > 0).then(|| good as f64 / of as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_formula_counts_those_who_gave_up_in_its_own_way() {
        let day = Counts { answered_in_time: 80, answered_late: 10, abandoned_in_time: 4, abandoned_late: 6 };
        let levels = Formula::ALL.map(|formula| formula.level(&day).unwrap());
        assert_eq!(levels, [0.8, 80.0 / 96.0, 80.0 / 90.0, 0.84]);
        let nobody = Counts { abandoned_in_time: 3, ..Counts::default() };
        let levels = Formula::ALL.map(|formula| formula.level(&nobody));
        assert_eq!(levels, [Some(0.0), None, None, Some(1.0)]);
        assert_eq!(Formula::ALL.map(|formula| formula.level(&Counts::default())), [None; 4]);
    }
}
