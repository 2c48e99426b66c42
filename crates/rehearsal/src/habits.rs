//! What people do on average, as it shows in calls that have been.

use std::collections::{BTreeMap, HashMap};

use resource::{Rows, shipped_prompts};
use sim::rehearse::{Habits, Work};
use store::Past;
use types::QueueId;
use types::cause::EndedBy;
use types::leg::Text;
use types::record::Outcome;

use crate::history::Call;

/// Fewer calls of one queue say less about it than all calls together.
const ENOUGH: u64 = 20;
/// Characters of Chinese, and of English, that a voice speaks in a second; and the pause around a prompt, seconds.
const ZH_CHARS_A_SECOND: f64 = 4.5;
const EN_CHARS_A_SECOND: f64 = 15.0;
const PAUSE_S: f64 = 0.3;
/// A ring shorter or longer than this on average is no agent's doing, seconds.
const RING_RANGE_S: (f64, f64) = (0.5, 60.0);

/// Sums over calls that waited in a queue.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    calls: u64,
    waited_ms: u64,
    abandoned: u64,
    served: u64,
    talk_ms: u64,
    wrap_up_ms: u64,
    ring_ms: u64,
}

impl Sums {
    fn add(&mut self, call: &Past<Call>) {
        let record = &call.record;
        self.calls += 1;
        self.waited_ms += record.wait_ms;
        self.abandoned += u64::from(record.outcome == Outcome::Abandoned);
        if record.connected.is_some() {
            self.served += 1;
            self.talk_ms += record.talk_ms + record.hold_ms;
            self.wrap_up_ms += call.wrap_up_ms;
            self.ring_ms += record.ring_ms;
        }
    }

    fn mean_s(&self, sum_ms: u64, least: u64) -> Option<f64> {
        (self.served >= least.max(1)).then(|| sum_ms as f64 / 1000.0 / self.served as f64)
    }

    fn patience_s(&self, least: u64) -> Option<f64> {
        let enough = self.abandoned >= least.max(1);
        enough
            .then(|| plan::fit_patience(self.waited_ms as f64 / 1000.0, self.abandoned))
            .flatten()
            .map(|p| p.patience_s)
    }
}

/// The habits that these calls show; what they don't is as usual.
pub(crate) fn learn(rows: &Rows, calls: &[Past<Call>]) -> Habits {
    let usual = Habits::default();
    let (mut all, mut by_queue) = (Sums::default(), BTreeMap::<QueueId, Sums>::new());
    let mut seen = Ways::default();
    for call in calls {
        if let Some(queue) = call.record.queue {
            all.add(call);
            by_queue.entry(queue).or_default().add(call);
        }
        seen.add(&call.record);
    }
    let name = |id: QueueId| rows.queues.iter().find(|queue| queue.id == id).map(|queue| queue.name.clone());
    let work = |sums: &Sums| Work {
        talk_s: sums.mean_s(sums.talk_ms, ENOUGH),
        wrap_up_s: sums.mean_s(sums.wrap_up_ms, ENOUGH),
        patience_s: sums.patience_s(ENOUGH),
    };
    let queues = by_queue.iter().filter_map(|(id, sums)| Some((name(*id)?, work(sums)))).collect();
    Habits {
        // Where calls are known and nobody has given up, nobody does.
        patience_s: if all.calls == 0 { usual.patience_s } else { all.patience_s(1) },
        talk_s: all.mean_s(all.talk_ms, 1).unwrap_or(usual.talk_s).max(1.0),
        wrap_up_s: all.mean_s(all.wrap_up_ms, ENOUGH),
        ring_s: all.mean_s(all.ring_ms, 1).unwrap_or(usual.ring_s).clamp(RING_RANGE_S.0, RING_RANGE_S.1),
        missed: 0.0,
        queues,
        ways: seen.by_node,
        menus: seen.menus,
        prompts_s: prompts(rows),
    }
}

/// By which outlets calls left nodes, and how often.
#[derive(Default)]
struct Ways {
    /// By flow and node.
    by_node: HashMap<(Text, Text), BTreeMap<Text, u64>>,
    /// Of all menus together.
    menus: BTreeMap<Text, u64>,
}

impl Ways {
    fn add(&mut self, call: &Call) {
        let mut flow: Option<Text> = None;
        for (at, step) in call.trace.iter().enumerate() {
            flow = step.flow.clone().or(flow);
            let Some(flow) = flow.clone() else { continue };
            let is_last = at + 1 == call.trace.len();
            let left = is_last && call.connected.is_none() && call.ended_by == EndedBy::Caller;
            let outlet = match (&step.outlet, left) {
                (Some(outlet), _) => outlet.clone(),
                (None, true) => Text::from(""),
                (None, false) => continue,
            };
            if &*step.kind == "menu" {
                *self.menus.entry(outlet.clone()).or_default() += 1;
            }
            *self.by_node.entry((flow, step.node.clone())).or_default().entry(outlet).or_default() += 1;
        }
    }
}

/// How long prompts take to be said, by what they say.
fn prompts(rows: &Rows) -> HashMap<(Text, Text), f64> {
    let spoken = |language: &str, words: &str| {
        let rate = if language == "zh" { ZH_CHARS_A_SECOND } else { EN_CHARS_A_SECOND };
        PAUSE_S + words.chars().count() as f64 / rate
    };
    let shipped = shipped_prompts().iter().map(|(id, [zh, en])| (Text::from(*id), *zh, *en));
    let own = rows.prompts.iter().map(|p| (Text::from(p.name.as_str()), &*p.words.zh, &*p.words.en));
    let mut all = HashMap::new();
    for (id, zh, en) in shipped.chain(own) {
        for (language, words) in [("zh", zh), ("en", en)] {
            if !words.is_empty() {
                all.insert((Text::from(language), id.clone()), spoken(language, words));
            }
        }
    }
    all
}
