//! The columns of a report that leaves as a file: what each is called, what it means, and where it is read.

use sheet::Cell;
use store::report::Dimension;
use types::service::ServiceLevel;

use crate::dto::ReportLine;
use crate::language::Language;

/// Chinese and English.
type Words = (&'static str, &'static str);

/// The words of a language.
pub(super) const fn say(words: Words, language: Language) -> &'static str {
    match language {
        Language::Chinese => words.0,
        Language::English => words.1,
    }
}

/// Who has a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    All,
    /// Those in whose name somebody waits: all but agents and teams.
    Waited,
    /// Agents and teams.
    Worked,
}

/// One figure.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) id: &'static str,
    of: Of,
    /// Shown until somebody chooses.
    usual: bool,
    pub(super) name: Words,
    about: Words,
    read: fn(&ReportLine, ServiceLevel) -> Cell,
}

impl Column {
    pub(super) fn cell(&self, line: &ReportLine, level: ServiceLevel) -> Cell {
        (self.read)(line, level)
    }

    /// What it means; the service level by the formula in use.
    pub(super) fn about(&self, level: ServiceLevel, language: Language) -> &'static str {
        say(if self.id == "service_level" { formula(level) } else { self.about }, language)
    }
}

/// The formula of a service level in words.
const fn formula(level: ServiceLevel) -> Words {
    match level {
        ServiceLevel::OfOffered => ("目标时间内接起 ÷ 进入队列", "answered in target ÷ offered"),
        ServiceLevel::WithoutEarlyAbandons => {
            ("目标时间内接起 ÷（进入队列 − 目标时间内放弃）", "answered in target ÷ (offered − abandoned in target)")
        }
        ServiceLevel::OfAnswered => ("目标时间内接起 ÷ 接起", "answered in target ÷ answered"),
        ServiceLevel::AbandonsAsServed => {
            ("（目标时间内接起 + 目标时间内放弃）÷ 进入队列", "(answered in target + abandoned in target) ÷ offered")
        }
    }
}

fn span(ms: u64) -> Cell {
    Cell::Span(ms as f64)
}

fn mean(ms: Option<f64>) -> Cell {
    ms.map_or(Cell::None, Cell::Span)
}

fn share(share: Option<f64>) -> Cell {
    share.map_or(Cell::None, Cell::Share)
}

const fn level_of(line: &ReportLine, level: ServiceLevel) -> Option<f64> {
    let levels = &line.service_level;
    match level {
        ServiceLevel::OfOffered => levels.of_offered,
        ServiceLevel::WithoutEarlyAbandons => levels.without_early_abandons,
        ServiceLevel::OfAnswered => levels.of_answered,
        ServiceLevel::AbandonsAsServed => levels.abandons_as_served,
    }
}

macro_rules! columns {
    ($($id:literal $of:ident $usual:literal ($name:literal, $english:literal) ($about:literal, $meaning:literal) $read:expr;)+) => {
        const COLUMNS: &[Column] = &[$(Column {
            id: $id,
            of: Of::$of,
            usual: $usual,
            name: ($name, $english),
            about: ($about, $meaning),
            read: $read,
        }),+];
    };
}

columns! {
    "contacts" Worked true ("通话", "Contacts") ("与其有关的通话", "calls that touched it") |line, _| Cell::Count(line.contacts);
    "contacts" Waited false ("通话", "Contacts") ("与其有关的通话", "calls that touched it") |line, _| Cell::Count(line.contacts);
    "offered" Waited true ("进入队列", "Offered") ("接起、放弃与转往他处之和", "answered, abandoned and went on together")
        |line, _| Cell::Count(line.offered);
    "offered" Worked false ("振铃", "Offered") ("振铃到其话机的通话", "calls that rang there") |line, _| Cell::Count(line.offered);
    "answered" All true ("接起", "Answered") ("由人工接起", "a person took it") |line, _| Cell::Count(line.answered);
    "answered_in_target" Waited false ("目标内接起", "Answered in target")
        ("在当时该队列的目标时间内接起", "within the queue's target as it was then") |line, _| Cell::Count(line.answered_in_target);
    "abandoned" Waited true ("放弃", "Abandoned")
        ("客户在等待中挂断，含短放弃", "the customer hung up while waiting, short abandons included") |line, _| Cell::Count(line.abandoned);
    "abandoned_short" Waited false ("短放弃", "Short abandons")
        ("等待不足设定秒数就挂断", "hung up after less than the set seconds") |line, _| Cell::Count(line.abandoned_short);
    "went_on" All false ("转往他处", "Went on") ("既未接起也未放弃", "neither answered nor abandoned there")
        |line, _| Cell::Count(line.went_on);
    "missed_ring" Waited false ("振铃未接", "Missed rings") ("话机振铃而无人接起", "a telephone rang, and nobody took it there")
        |line, _| Cell::Count(line.missed_ring);
    "missed_ring" Worked true ("振铃未接", "Missed rings") ("话机振铃而无人接起", "a telephone rang, and nobody took it there")
        |line, _| Cell::Count(line.missed_ring);
    "transferred" All false ("转接", "Transferred") ("通话后又转给他人", "went on to somebody else after a talk")
        |line, _| Cell::Count(line.transferred);
    "resolvable" All false ("可判解决", "Resolvable") ("已接起且号码已知", "answered, of a customer whose number is known")
        |line, _| Cell::Count(line.resolvable);
    "repeated" All false ("重复来电", "Repeat callers")
        ("同一客户在设定时间内又为同一队列来电", "the same customer was back in the same queue within the set time")
        |line, _| Cell::Count(line.repeated);
    "service_level" Waited true ("服务水平", "Service level") ("", "") |line, level| share(level_of(line, level));
    "abandon_rate" Waited true ("放弃率", "Abandon rate")
        ("放弃 ÷ 进入队列，两边都不计短放弃", "abandoned ÷ offered, short abandons left out on both sides") |line, _| share(line.abandon_rate);
    "transfer_rate" All true ("转接率", "Transfer rate") ("转接 ÷ 接起", "transferred ÷ answered") |line, _| share(line.transfer_rate);
    "resolution" All true ("首次解决率", "FCR") ("1 − 重复来电 ÷ 可判解决", "first contact resolution: 1 − repeat callers ÷ resolvable")
        |line, _| share(line.resolution);
    "answer_speed" Waited true ("平均应答", "Speed of answer")
        ("接起的通话首次接起前的平均等待", "average wait of the answered until the first answer") |line, _| mean(line.answer_speed_ms);
    "longest_wait" Waited true ("最长等待", "Longest wait") ("等得最久的一通", "the call that waited longest")
        |line, _| span(line.longest_wait_ms);
    "handle_time" All true ("平均处理", "Handle time") ("（通话 + 保持 + 话后）÷ 接起", "(talk + hold + wrap-up) ÷ answered")
        |line, _| mean(line.handle_time_ms);
    "talking" Waited false ("通话时长", "Talk time") ("通话时长合计", "all time talked") |line, _| span(line.talking_ms);
    "talking" Worked true ("通话时长", "Talk time") ("通话时长合计", "all time talked") |line, _| span(line.talking_ms);
    "holding" All false ("保持时长", "Hold time") ("保持时长合计", "all time on hold") |line, _| span(line.holding_ms);
    "wrapping" All false ("话后时长", "Wrap-up time") ("话后整理时长合计", "all work after calls") |line, _| span(line.wrapping_ms);
    "occupancy" Worked true ("忙碌率", "Occupancy")
        ("（振铃 + 通话 + 话后）÷（其和 + 就绪）", "(ringing + talking + wrap-up) ÷ (these + ready)")
        |line, _| share(line.times.as_ref().and_then(|times| times.occupancy));
    "ready" Worked true ("就绪时长", "Time ready") ("就绪而等待来电", "waiting for calls")
        |line, _| line.times.as_ref().map_or(Cell::None, |times| span(times.ready_ms));
    "not_ready" Worked true ("未就绪时长", "Time not ready") ("小休、培训等", "on breaks, in training and so on")
        |line, _| line.times.as_ref().map_or(Cell::None, |times| span(times.not_ready_ms));
}

fn has(by: Dimension, column: &Column) -> bool {
    let staff = matches!(by, Dimension::Agent | Dimension::Team);
    match column.of {
        Of::All => true,
        Of::Waited => !staff,
        Of::Worked => staff,
    }
}

/// Whether there is a figure of this name at all.
pub(super) fn is_column(id: &str) -> bool {
    COLUMNS.iter().any(|column| column.id == id)
}

/// The chosen columns that a report by this has, in their order; the usual ones when none is chosen.
pub(super) fn chosen(by: Dimension, ids: &[String]) -> Vec<&'static Column> {
    let all = || COLUMNS.iter().filter(|column| has(by, column));
    let found: Vec<_> = all().filter(|column| ids.iter().any(|id| id == column.id)).collect();
    if found.is_empty() { all().filter(|column| column.usual).collect() } else { found }
}

/// What a report is by.
pub(super) const fn by_words(by: Dimension) -> Words {
    match by {
        Dimension::Direction => ("全中心", "Whole centre"),
        Dimension::Queue => ("队列", "Queue"),
        Dimension::Agent => ("坐席", "Agent"),
        Dimension::Team => ("班组", "Team"),
        Dimension::Flow => ("流程", "Flow"),
        Dimension::Number => ("号码", "Number"),
    }
}

/// What a direction is called; none for anything else.
pub(super) fn direction(id: &str) -> Option<Words> {
    Some(match id {
        "inbound" => ("呼入", "Inbound"),
        "outbound" => ("呼出", "Outbound"),
        "internal" => ("内部", "Internal"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_subject_has_a_figure_once() {
        for by in Dimension::ALL {
            let ids: Vec<_> = COLUMNS.iter().filter(|column| has(*by, column)).map(|column| column.id).collect();
            let once: std::collections::BTreeSet<_> = ids.iter().collect();
            assert_eq!(once.len(), ids.len(), "{by:?}: {ids:?}");
        }
    }
}
