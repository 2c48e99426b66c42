//! What a contact centre's service is measured by, as pure functions of counts. A figure of nothing is absent, never 0.

/// The usual ways to say how many were served in time. Centres mean different ones by "80/20": a figure is only worth
/// something with the name of its formula.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ServiceLevel {
    /// Answered in target / offered: who gave up, or was sent elsewhere, counts as not served.
    #[default]
    OfOffered,
    /// Answered in target / (offered − abandoned in target): who gave up before there was a promise to break counts not.
    WithoutEarlyAbandons,
    /// Answered in target / answered: of those served alone.
    OfAnswered,
    /// (Answered in target + abandoned in target) / offered: whoever was dealt with in time, one way or the other.
    AbandonsAsServed,
}

impl ServiceLevel {
    /// All there are, the default first.
    pub const ALL: &[Self] = &[Self::OfOffered, Self::WithoutEarlyAbandons, Self::OfAnswered, Self::AbandonsAsServed];

    /// The stable name used in the API and on screens.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OfOffered => "of_offered",
            Self::WithoutEarlyAbandons => "without_early_abandons",
            Self::OfAnswered => "of_answered",
            Self::AbandonsAsServed => "abandons_as_served",
        }
    }

    /// The formula of a stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|formula| formula.as_str() == text)
    }

    /// The share of those served in time, 0 to 1.
    pub fn of(self, counts: &Served) -> Option<f64> {
        let Served { offered, answered, answered_in_target, abandoned_in_target } = *counts;
        match self {
            Self::OfOffered => ratio(answered_in_target, offered),
            Self::WithoutEarlyAbandons => ratio(answered_in_target, offered.saturating_sub(abandoned_in_target)),
            Self::OfAnswered => ratio(answered_in_target, answered),
            Self::AbandonsAsServed => ratio(answered_in_target + abandoned_in_target, offered),
        }
    }
}

/// What a service level is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// Contacts that waited for a person.
    pub offered: u64,
    /// Of these, answered by one.
    pub answered: u64,
    /// Of the answered, within the target.
    pub answered_in_target: u64,
    /// Given up by the customer within the target.
    pub abandoned_in_target: u64,
}

/// A share or an average: of nothing it is absent.
pub fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The share of customers who gave up, 0 to 1. Who hung up after so short a wait that it was hardly one (`short`, a part of
/// `abandoned`) counts on neither side.
pub fn abandon_rate(offered: u64, abandoned: u64, short: u64) -> Option<f64> {
    ratio(abandoned.saturating_sub(short), offered.saturating_sub(short))
}

/// First contact resolution, 0 to 1: of the contacts answered whose customer is known (`resolvable`), those whose customer
/// did not come back to the same queue soon (`repeated` did).
pub fn resolution(resolvable: u64, repeated: u64) -> Option<f64> {
    ratio(resolvable.saturating_sub(repeated), resolvable)
}

/// The share of an agent's working time that work filled, 0 to 1. `busy_ms`: ringing, talking and wrapping up;
/// `ready_ms`: free for work. Time that is neither, a break, counts on neither side.
pub fn occupancy(busy_ms: u64, ready_ms: u64) -> Option<f64> {
    ratio(busy_ms, busy_ms + ready_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_formulas_tell_one_day_in_four_ways() {
        let day = Served { offered: 100, answered: 80, answered_in_target: 60, abandoned_in_target: 10 };
        let levels: Vec<Option<f64>> = ServiceLevel::ALL.iter().map(|formula| formula.of(&day)).collect();
        assert_eq!(levels, [Some(0.6), Some(60.0 / 90.0), Some(0.75), Some(0.7)]);
    }

    #[test]
    fn nothing_has_no_level() {
        assert!(ServiceLevel::ALL.iter().all(|formula| formula.of(&Served::default()).is_none()));
        let gone = Served { offered: 3, abandoned_in_target: 3, ..Served::default() };
        assert_eq!(ServiceLevel::WithoutEarlyAbandons.of(&gone), None);
        assert_eq!(ServiceLevel::OfOffered.of(&gone), Some(0.0));
        assert_eq!((occupancy(0, 0), occupancy(3, 1)), (None, Some(0.75)));
        assert_eq!((abandon_rate(10, 4, 2), abandon_rate(2, 2, 2)), (Some(0.25), None));
        assert_eq!((resolution(4, 1), resolution(0, 0)), (Some(0.75), None));
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for formula in ServiceLevel::ALL {
            assert_eq!(ServiceLevel::parse(formula.as_str()), Some(*formula));
        }
        assert_eq!(ServiceLevel::parse("80/20"), None);
    }
}
