//! A replay as a table for people.

use std::fmt::Write;

use api::Recorded;
use sim::{Comparison, Outcomes, WaitFigures};

/// Columns of the first one, which says whom a line is about and under which policy.
const FIRST: usize = 26;
/// Columns of each figure.
const FIGURE: usize = 11;

/// Chinese, English.
type Words = (&'static str, &'static str);

const HEAD: [Words; 9] = [
    ("来电", "offered"),
    ("接听", "answered"),
    ("放弃", "abandoned"),
    ("服务水平", "SL"),
    ("放弃率", "abandon %"),
    ("平均等待", "ASA s"),
    ("等待P50", "wait p50"),
    ("等待P90", "wait p90"),
    ("最长等待", "longest s"),
];
const ACTUAL: Words = ("  实际", "  actual");
const RECORDED: Words = ("  重演当日设置", "  own policy replayed");
const FILE: Words = ("  重演文件设置", "  file replayed");

/// The table.
pub(super) fn text(recorded: &Recorded, comparison: &Comparison, chinese: bool) -> String {
    let say = |words: Words| if chinese { words.0 } else { words.1 };
    let mut out = String::new();
    // Writing to a text can't fail.
    let _ = writeln!(out, "{} {}", say(("重演", "Replay of")), recorded.date);
    let mut head = fitted("", FIRST);
    HEAD.iter().for_each(|words| head.push_str(&right(say(*words))));
    let _ = writeln!(out, "{head}");
    let runs = [(ACTUAL, &comparison.actual), (RECORDED, &comparison.recorded), (FILE, &comparison.draft)];
    let mut group = |name: &str, of: &dyn Fn(&Outcomes) -> Option<WaitFigures>| {
        let _ = writeln!(out, "{name}");
        for (words, run) in runs {
            if let Some(figures) = of(run) {
                let _ = writeln!(out, "{}{}", fitted(say(words), FIRST), cells(&figures));
            }
        }
    };
    group(say(("全部", "All")), &|run| Some(run.sum.clone()));
    for (name, _) in &comparison.actual.queues {
        let of = |run: &Outcomes| run.queues.iter().find(|(other, _)| other == name).map(|(_, it)| it.clone());
        group(&format!("{} {name}", say(("队列", "Queue"))), &of);
    }
    if comparison.actual.classes.len() > 1 {
        for (class, _) in &comparison.actual.classes {
            let of = |run: &Outcomes| run.classes.iter().find(|(other, _)| other == class).map(|(_, it)| it.clone());
            let (own, file) = (class.recorded, class.draft);
            let priority = if own == file { own.to_string() } else { format!("{own} → {file}") };
            group(&format!("{} {priority}", say(("优先级", "Priority"))), &of);
        }
    }
    let occupancy = |run: &Outcomes| share(run.occupancy);
    let _ = writeln!(
        out,
        "{}: {} {}, {} {}, {} {}",
        say(("坐席占用率", "Occupancy")),
        say(ACTUAL).trim(),
        occupancy(&comparison.actual),
        say(RECORDED).trim(),
        occupancy(&comparison.recorded),
        say(FILE).trim(),
        occupancy(&comparison.draft),
    );
    out.push_str(say((
        "“实际”与“重演当日设置”之差即重演的误差：两种设置之差若不明显大于它，就说明不了什么。\n",
        "What `own policy replayed` differs from `actual` by is the error of replaying: a difference of the two policies \
         that is not clearly greater says nothing.\n",
    )));
    if !recorded.is_told {
        out.push_str(say((
            "日志中没有当日的设置，故以现在的设置作为当日设置。\n",
            "The journal does not tell of the day's policy: the present settings stand for it.\n",
        )));
    }
    if !recorded.differs.is_empty() {
        let words = ("当日以来另有改动", "Set up otherwise since that day");
        let _ = writeln!(out, "{}: {}", say(words), recorded.differs.join(", "));
    }
    out
}

fn cells(figures: &WaitFigures) -> String {
    let seconds = |s: Option<f64>| s.map_or_else(|| "–".to_owned(), |s| format!("{s:.1}"));
    let cells = [
        figures.offered.to_string(),
        figures.answered.to_string(),
        figures.abandoned.to_string(),
        share(figures.service_level),
        share(figures.abandon_share),
        seconds(figures.asa_s),
        seconds(figures.wait_p50_s),
        seconds(figures.wait_p90_s),
        seconds(Some(figures.longest_wait_s)),
    ];
    cells.iter().map(|cell| right(cell)).collect()
}

fn share(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

fn right(text: &str) -> String {
    format!("{}{text}", " ".repeat(FIGURE.saturating_sub(width(text))))
}

fn fitted(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Columns on a terminal: Chinese characters and their punctuation take two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum()
}
