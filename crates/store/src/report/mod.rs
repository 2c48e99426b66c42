//! Reports: interactions and agents' time, counted by what they touched and when. Made from the journal.
//!
//! Each interaction has one [`Contact`] for each subject that it touched: a queue, an agent, a team, a flow, a number, and
//! its direction. A roll-up is the sum of the contacts of one subject that began in one quarter of an hour, or on one day
//! of the tenant's; so a figure and the list of interactions under it can't differ. `docs/operating` says what counts as
//! what.

mod books;
mod contact;
mod days;
mod query;
mod staffing;
mod stay;

pub(crate) use books::{Books, Entry, rewind};
pub(crate) use contact::Outline;
pub(crate) use query::under;
pub use query::{Line, Report, Time, Under, is_quarter};
pub(crate) use staffing::Passed;

/// Length of the shortest interval, milliseconds.
pub const QUARTER_MS: i64 = 15 * 60_000;
const DAY_MS: i64 = 24 * 3_600_000;

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// All there are.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The stable name used in SQL, the API and on screens.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The value of a stable name.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }
    };
}

names! {
    /// By what a report counts.
    Dimension {
        /// Who began it: each interaction has exactly one, so the sum over all of them is the centre's.
        Direction = "direction",
        /// Each queue that it waited in.
        Queue = "queue",
        /// Each agent who had a part in it, be it that a telephone rang.
        Agent = "agent",
        /// Each team of these agents.
        Team = "team",
        /// Each flow that it walked.
        Flow = "flow",
        /// The number that a customer dialled.
        Number = "number",
    }
}

names! {
    /// What is counted or summed of a contact. Counts are 0 or 1 for one contact.
    Figure {
        /// It touched the subject.
        Contacts = "contacts",
        /// It waited for a person there.
        Offered = "offered",
        /// A person took it there.
        Answered = "answered",
        /// Of the answered: within the target of its queue at that time.
        AnsweredInTarget = "answered_in_target",
        /// The customer gave up while waiting there, short ones included.
        Abandoned = "abandoned",
        /// Of the abandoned: after so short a wait that it was hardly one.
        AbandonedShort = "abandoned_short",
        /// Of the abandoned: within the target.
        AbandonedInTarget = "abandoned_in_target",
        /// Offered, and neither answered nor abandoned there: it went on elsewhere.
        WentOn = "went_on",
        /// It rang at an agent, and nobody took it there.
        Missed = "missed_ring",
        /// After a talk there it went on to somebody else.
        Transferred = "transferred",
        /// Answered, from a customer whose number is known.
        Resolvable = "resolvable",
        /// Of these: the customer was back in the same queue soon.
        Repeated = "repeated",
        /// Time waited, milliseconds.
        WaitedMs = "waited_ms",
        /// Of the answered: time waited before the first answer, milliseconds.
        AnswerWaitMs = "answer_wait_ms",
        /// Time talked, milliseconds.
        TalkingMs = "talking_ms",
        /// Time on hold, milliseconds.
        HoldingMs = "holding_ms",
        /// The agents' work afterwards, milliseconds.
        WrappingMs = "wrapping_ms",
    }
}

const FIGURES: usize = Figure::ALL.len();

/// All figures of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums([i64; FIGURES]);

impl Sums {
    /// One figure; never negative in a roll-up.
    pub const fn get(&self, figure: Figure) -> u64 {
        self.0[figure as usize].cast_unsigned()
    }

    const fn set(&mut self, figure: Figure, value: u64) {
        self.0[figure as usize] = value.cast_signed();
    }

    fn flag(&mut self, figure: Figure, value: bool) {
        self.set(figure, u64::from(value));
    }

    /// Adds another's, figure by figure.
    pub fn add(&mut self, more: &Self) {
        self.0.iter_mut().zip(more.0).for_each(|(sum, more)| *sum += more);
    }

    fn subtract(&mut self, less: &Self) {
        self.0.iter_mut().zip(less.0).for_each(|(sum, less)| *sum -= less);
    }
}

/// How long an interval of a stored sum is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Grain {
    Quarter,
    /// From the tenant's midnight to the next.
    Day,
}

impl Grain {
    const ALL: [Self; 2] = [Self::Quarter, Self::Day];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Quarter => "quarter",
            Self::Day => "day",
        }
    }

    /// The start of the interval that a moment lies in.
    const fn start(self, at: i64, utc_offset_min: i32) -> i64 {
        match self {
            Self::Quarter => at.div_euclid(QUARTER_MS) * QUARTER_MS,
            Self::Day => {
                let offset = utc_offset_min as i64 * 60_000;
                (at + offset).div_euclid(DAY_MS) * DAY_MS - offset
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_the_tenants_midnight() {
        let shanghai = 8 * 60;
        // 2026-03-02 00:00 in China.
        let midnight = 1_772_380_800_000;
        assert_eq!(Grain::Day.start(midnight, shanghai), midnight);
        assert_eq!(Grain::Day.start(midnight - 1, shanghai), midnight - DAY_MS);
        assert_eq!(Grain::Day.start(midnight, 0), midnight - 16 * 3_600_000);
        assert_eq!(Grain::Quarter.start(midnight + QUARTER_MS - 1, shanghai), midnight);
    }

    #[test]
    fn sums_are_taken_back_as_they_were_added() {
        let mut one = Sums::default();
        one.flag(Figure::Offered, true);
        one.set(Figure::WaitedMs, 700);
        let mut sum = Sums::default();
        sum.add(&one);
        sum.add(&one);
        assert_eq!((sum.get(Figure::Offered), sum.get(Figure::WaitedMs)), (2, 1_400));
        sum.subtract(&one);
        sum.subtract(&one);
        assert_eq!(sum, Sums::default());
    }
}
