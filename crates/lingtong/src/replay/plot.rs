//! A replay as a drawing.

use std::fmt::Write;

use sim::{Comparison, Outcomes, WaitFigures};

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 720.0;
/// Where panels begin and end from left to right.
const LEFT: f64 = 72.0;
const RIGHT: f64 = WIDTH - 32.0;
const PANEL: f64 = 150.0;
/// Where each panel begins from above.
const TOPS: [f64; 3] = [110.0, 316.0, 522.0];

/// Chinese, English.
type Words = (&'static str, &'static str);

/// A run: its class in the drawing, its words, its figures.
type Drawn<'a> = (&'static str, Words, &'a Outcomes);

const STYLE: &str = "\
text{font:13px system-ui,'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif;fill:#1f2329}\
.title{font-size:20px;font-weight:600}.panel{font-size:14px;font-weight:600}.tick{font-size:11px;fill:#646a73}\
.back{fill:#fff}.grid{stroke:#e5e6eb;stroke-width:1}.line{fill:none;stroke-width:2.5;stroke-linejoin:round;stroke-linecap:round}\
.actual{stroke:#8f959e;stroke-dasharray:2 6}.recorded{stroke:#3370ff}.file{stroke:#f77234}\
.dot.actual{fill:#8f959e}.dot.recorded{fill:#3370ff}.dot.file{fill:#f77234}.dot{stroke:none}\
@media (prefers-color-scheme:dark){text{fill:#ebebeb}.tick{fill:#a6a6a6}.back{fill:#1a1a1a}.grid{stroke:#373737}}";

/// A panel: its title, what it shows of a policy's figures, and the most there can be of it.
type Panel<'a> = (Words, &'a dyn Fn(&WaitFigures) -> Option<f64>, Option<f64>);

/// The drawing: service level, the wait of nine in ten, and those who gave up, by the time of the day.
pub(super) fn svg(date: &str, comparison: &Comparison, chinese: bool) -> String {
    let say = |words: Words| if chinese { words.0 } else { words.1 };
    let runs: [Drawn<'_>; 3] = [
        ("actual", ("实际", "actual"), &comparison.actual),
        ("recorded", ("重演当日设置", "own policy replayed"), &comparison.recorded),
        ("file", ("重演文件设置", "file replayed"), &comparison.draft),
    ];
    let mut out = String::new();
    // Writing to a text can't fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\"><style>{STYLE}</style>\
         <rect class=\"back\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\
         <text class=\"title\" x=\"{LEFT}\" y=\"42\">{} {date}</text>",
        say(("重演", "Replay of"))
    );
    let mut x = LEFT;
    for (class, words, run) in runs {
        let level = run.sum.service_level.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0));
        let _ = write!(
            out,
            "<line class=\"line {class}\" x1=\"{x}\" y1=\"66\" x2=\"{}\" y2=\"66\"/><text x=\"{}\" y=\"70\">{}: {level}</text>",
            x + 26.0,
            x + 34.0,
            say(words),
        );
        x += 270.0;
    }
    let percent = |share: Option<f64>| share.map(|share| share * 100.0);
    let panels: [Panel<'_>; 3] = [
        (("服务水平，%", "Service level, %"), &|it| percent(it.service_level), Some(100.0)),
        (("九成来电的等待，秒", "Wait of nine in ten, s"), &|it| it.wait_p90_s, None),
        (("放弃的来电", "Callers who gave up"), &|it| Some(it.abandoned as f64), None),
    ];
    let span = hours(&runs);
    for (top, (words, figure, most)) in TOPS.into_iter().zip(panels) {
        let _ = write!(out, "<text class=\"panel\" x=\"{LEFT}\" y=\"{}\">{}</text>", top - 10.0, say(words));
        panel(&mut out, (top, span), &runs, figure, most);
    }
    out.push_str("</svg>\n");
    out
}

/// The part of the day in which somebody came, minutes, whole hours.
fn hours(runs: &[Drawn<'_>]) -> (f64, f64) {
    let minutes = || runs.iter().flat_map(|(.., run)| &run.intervals).map(|part| part.from_min);
    let (first, last) = (minutes().min().unwrap_or(0), minutes().max().unwrap_or(0));
    (f64::from(first / 60 * 60), f64::from((last / 60 + 1) * 60))
}

fn panel(
    out: &mut String,
    (top, (from, to)): (f64, (f64, f64)),
    runs: &[Drawn<'_>],
    figure: &dyn Fn(&WaitFigures) -> Option<f64>,
    most: Option<f64>,
) {
    let values = || runs.iter().flat_map(|(.., run)| &run.intervals).filter_map(|part| figure(&part.figures));
    let most = most.unwrap_or_else(|| round_up(values().fold(0.0, f64::max)));
    let x_of = |minutes: f64| LEFT + (minutes - from) / (to - from) * (RIGHT - LEFT);
    let y_of = |value: f64| top + PANEL - value / most * PANEL;
    for part in 0..=2 {
        let value = most * f64::from(part) / 2.0;
        let y = y_of(value);
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{RIGHT}\" y2=\"{y:.1}\"/>\
             <text class=\"tick\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{value}</text>",
            LEFT - 8.0,
            y + 4.0,
        );
    }
    // No more hours than fit beside one another.
    let step = if to - from > 720.0 { 120.0 } else { 60.0 };
    let mut hour = from;
    while hour <= to {
        let _ = write!(
            out,
            "<text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{:02}:00</text>",
            x_of(hour),
            top + PANEL + 18.0,
            hour / 60.0
        );
        hour += step;
    }
    let half = sim::INTERVAL.as_secs_f64() / 120.0;
    for (class, _, run) in runs {
        let points = run
            .intervals
            .iter()
            .filter_map(|part| figure(&part.figures).map(|value| (x_of(f64::from(part.from_min) + half), y_of(value))));
        let (mut line, mut dots) = (String::new(), String::new());
        for (x, y) in points {
            let _ = write!(line, "{x:.1},{y:.1} ");
            let _ = write!(dots, "<circle class=\"dot {class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>");
        }
        let _ = write!(out, "<polyline class=\"line {class}\" points=\"{}\"/>{dots}", line.trim_end());
    }
}

/// A round figure that is no less: twice 1, 2 or 5 times a power of ten.
fn round_up(value: f64) -> f64 {
    let power = 10_f64.powf((value.max(1.0) / 2.0).log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| 2.0 * step * power);
    steps.into_iter().find(|most| *most >= value.max(1.0)).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_figure() {
        for (value, most) in
            [(0.0, 1.0), (1.0, 1.0), (3.0, 4.0), (7.0, 10.0), (44.0, 100.0), (38.0, 40.0), (900.0, 1000.0)]
        {
            assert!((round_up(value) - most).abs() < 1e-9, "{value}: {}", round_up(value));
        }
    }
}
