//! Reports.

use serde::{Deserialize, Serialize};
use store::report::{Figure, Line, Time};
use types::Wall;
use types::record::AgentState;
use types::service::{Served, ServiceLevel, abandon_rate, occupancy, ratio, resolution};
use utoipa::ToSchema;

use super::Title;

/// Figures of a time, by what was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Report {
    /// The offset from UTC by which days, weeks and months begin, minutes.
    pub(crate) utc_offset_min: i32,
    /// In the order of time, then of their subjects' ids. An interval in which nothing happened has no line.
    pub(crate) items: Vec<ReportLine>,
}

/// A report that somebody keeps under a name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportViewItem {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Whether all see it who may see reports.
    pub(crate) shared: bool,
    /// Whether it is the own: others' can't be changed.
    pub(crate) own: bool,
    /// The user name of who keeps it; empty when that user was removed.
    pub(crate) owner: String,
    /// What the page's address says of it.
    pub(crate) query: String,
    pub(crate) saved_at: String,
}

/// Reports that are kept, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportViewList {
    pub(crate) items: Vec<ReportViewItem>,
}

/// A report to be kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportViewWish {
    /// 80 characters at most.
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) shared: bool,
    /// What the page's address says of it, 4,000 bytes at most.
    pub(crate) query: String,
}

/// What a line is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReportSubject {
    /// An id; of a number the number, of a direction its name.
    pub(crate) id: String,
    /// A name, an agent's number; empty when it was removed.
    pub(crate) name: String,
    pub(crate) title: Title,
}

/// The share served in time, 0 to 1, by the usual four formulas. Absent where there is nothing to divide by.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceLevels {
    /// Answered in target / offered.
    pub(crate) of_offered: Option<f64>,
    /// Answered in target / (offered − abandoned in target).
    pub(crate) without_early_abandons: Option<f64>,
    /// Answered in target / answered.
    pub(crate) of_answered: Option<f64>,
    /// (Answered in target + abandoned in target) / offered.
    pub(crate) abandons_as_served: Option<f64>,
}

/// What agents spent their time on. A state counts once it is over.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct ReportTimes {
    pub(crate) ready_ms: u64,
    pub(crate) ringing_ms: u64,
    pub(crate) talking_ms: u64,
    pub(crate) wrap_up_ms: u64,
    pub(crate) not_ready_ms: u64,
    /// `not_ready_ms` by reason, the longest first.
    pub(crate) not_ready: Vec<NotReady>,
    /// Ringing, talking and wrapping up, of these and ready.
    pub(crate) occupancy: Option<f64>,
}

/// Time not ready for one reason.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NotReady {
    pub(crate) reason: String,
    pub(crate) ms: u64,
}

/// The interactions of one subject that began in one interval. Every count is the length of the list of interactions with
/// `by`, `subject`, `figure` (the field's name), `from` and `to`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportLine {
    pub(crate) from: String,
    /// Before this moment.
    pub(crate) to: String,
    pub(crate) subject: ReportSubject,
    /// All that touched the subject.
    pub(crate) contacts: u64,
    /// Those that waited for a person: answered, abandoned and went on together.
    pub(crate) offered: u64,
    pub(crate) answered: u64,
    pub(crate) answered_in_target: u64,
    /// Given up by the customer, short ones included.
    pub(crate) abandoned: u64,
    /// Of these: after hardly any wait.
    pub(crate) abandoned_short: u64,
    pub(crate) abandoned_in_target: u64,
    /// Neither answered nor abandoned there.
    pub(crate) went_on: u64,
    /// Rang at an agent, and nobody took it there.
    pub(crate) missed_ring: u64,
    pub(crate) transferred: u64,
    /// Answered, from a customer whose number is known.
    pub(crate) resolvable: u64,
    /// Of these: the customer was back in the same queue soon.
    pub(crate) repeated: u64,
    pub(crate) waited_ms: u64,
    pub(crate) longest_wait_ms: u64,
    pub(crate) answer_wait_ms: u64,
    pub(crate) talking_ms: u64,
    pub(crate) holding_ms: u64,
    pub(crate) wrapping_ms: u64,
    pub(crate) service_level: ServiceLevels,
    /// Average handle time: talk, hold and the work afterwards, per answered.
    pub(crate) handle_time_ms: Option<f64>,
    /// Average speed of answer.
    pub(crate) answer_speed_ms: Option<f64>,
    /// Without short ones on either side of the division.
    pub(crate) abandon_rate: Option<f64>,
    pub(crate) transfer_rate: Option<f64>,
    /// First contact resolution.
    pub(crate) resolution: Option<f64>,
    /// Of agents and teams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) times: Option<ReportTimes>,
}

impl ServiceLevels {
    fn new(counts: &Served) -> Self {
        Self {
            of_offered: ServiceLevel::OfOffered.of(counts),
            without_early_abandons: ServiceLevel::WithoutEarlyAbandons.of(counts),
            of_answered: ServiceLevel::OfAnswered.of(counts),
            abandons_as_served: ServiceLevel::AbandonsAsServed.of(counts),
        }
    }
}

impl ReportTimes {
    /// From what one subject spent in one interval.
    pub(crate) fn new<'a>(times: impl Iterator<Item = &'a Time>) -> Self {
        let mut all = Self::default();
        for time in times {
            match time.state {
                AgentState::Offline => {}
                AgentState::Ready => all.ready_ms += time.ms,
                AgentState::Ringing => all.ringing_ms += time.ms,
                AgentState::Talking => all.talking_ms += time.ms,
                AgentState::WrapUp => all.wrap_up_ms += time.ms,
                AgentState::NotReady => {
                    all.not_ready_ms += time.ms;
                    match all.not_ready.iter_mut().find(|known| known.reason == time.reason) {
                        Some(known) => known.ms += time.ms,
                        None => all.not_ready.push(NotReady { reason: time.reason.clone(), ms: time.ms }),
                    }
                }
            }
        }
        all.not_ready.sort_by_key(|reason| std::cmp::Reverse(reason.ms));
        all.occupancy = occupancy(all.ringing_ms + all.talking_ms + all.wrap_up_ms, all.ready_ms);
        all
    }
}

impl ReportLine {
    /// `to`: the end of its interval.
    pub(crate) fn new(line: &Line, to: Wall, subject: ReportSubject, times: Option<ReportTimes>) -> Self {
        let of = |figure| line.sums.get(figure);
        let (offered, answered, abandoned) = (of(Figure::Offered), of(Figure::Answered), of(Figure::Abandoned));
        let (answered_in_target, short) = (of(Figure::AnsweredInTarget), of(Figure::AbandonedShort));
        let abandoned_in_target = of(Figure::AbandonedInTarget);
        let (talking_ms, holding_ms) = (of(Figure::TalkingMs), of(Figure::HoldingMs));
        let wrapping_ms = of(Figure::WrappingMs);
        let (resolvable, repeated) = (of(Figure::Resolvable), of(Figure::Repeated));
        Self {
            from: line.start.to_string(),
            to: to.to_string(),
            subject,
            contacts: of(Figure::Contacts),
            offered,
            answered,
            answered_in_target,
            abandoned,
            abandoned_short: short,
            abandoned_in_target,
            went_on: of(Figure::WentOn),
            missed_ring: of(Figure::Missed),
            transferred: of(Figure::Transferred),
            resolvable,
            repeated,
            waited_ms: of(Figure::WaitedMs),
            longest_wait_ms: line.longest_wait_ms,
            answer_wait_ms: of(Figure::AnswerWaitMs),
            talking_ms,
            holding_ms,
            wrapping_ms,
            service_level: ServiceLevels::new(&Served { offered, answered, answered_in_target, abandoned_in_target }),
            handle_time_ms: ratio(talking_ms + holding_ms + wrapping_ms, answered),
            answer_speed_ms: ratio(of(Figure::AnswerWaitMs), answered),
            abandon_rate: abandon_rate(offered, abandoned, short),
            transfer_rate: ratio(of(Figure::Transferred), answered),
            resolution: resolution(resolvable, repeated),
            times,
        }
    }
}
