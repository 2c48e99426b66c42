//! A walk in virtual time: what a flow does when a caller does this and that.

use std::sync::Arc;
use std::time::Duration;

use types::leg::Text;
use types::record::TraceStep;
use types::{Cause, Now};

use crate::action::{Action, Input, MailboxOutcome, QueueFigures, QueueOutcome, TransferOutcome};
use crate::lookup::{LookupAnswer, LookupOutcome, Taken};
use crate::model::Flow;
use crate::value::Value;
use crate::walk::{Context, Walk};

/// Things that happen in one rehearsal: nobody stays in a menu for longer.
pub const STIMULI_MAX: usize = 200;
/// A prompt is taken to last so long; what it lasts in truth changes nothing but the times of the trace.
const PROMPT: Duration = Duration::from_secs(3);
/// A key is pressed, and another party acts, after so long.
const MOMENT: Duration = Duration::from_secs(1);

/// Something that happens to a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stimulus {
    /// The caller presses a key.
    Key(char),
    /// The caller says and does nothing: what plays comes to its end, then the walk's own patience.
    Silence,
    /// What plays comes to its end.
    Played,
    /// What becomes of waiting in a queue.
    Queue(QueueOutcome),
    /// What becomes of a transfer.
    Transfer(TransferOutcome),
    /// Whether there is room for a message.
    Mailbox(MailboxOutcome),
    /// What becomes of asking another system.
    Lookup(RehearsedLookup),
    /// The caller's message is over.
    Hushed,
    /// The caller hangs up.
    Hangup,
}

/// What becomes of asking another system, in a rehearsal: nobody is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RehearsedLookup {
    /// The caller is known; each variable holds its own name.
    Found,
    /// It is not.
    NotFound,
    /// There is no answer.
    Failed,
}

/// What a walk does after one thing has happened, or at its start.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// What it wants done.
    pub actions: Vec<Action>,
    /// Steps of the trace that there are by then.
    pub steps: usize,
}

/// What a walk waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The node's id.
    pub node: Text,
    /// Its kind.
    pub kind: &'static str,
    /// Something plays.
    pub playing: bool,
    /// Its patience comes to an end by itself.
    pub timed: bool,
}

/// A rehearsal.
#[derive(Clone, Debug, PartialEq)]
pub struct Rehearsed {
    /// One for the start, and one for each thing that happened while the walk went on.
    pub turns: Vec<Turn>,
    /// The whole trace.
    pub trace: Vec<TraceStep>,
    /// Absent when the walk is over.
    pub waiting: Option<Waiting>,
    /// Why the call ended, where the walk ended it.
    pub cause: Option<Cause>,
    /// The caller's language by then.
    pub language: Text,
}

struct Stage {
    walk: Walk,
    now: Now,
    playing: Option<u32>,
    /// The question to another system that is not answered.
    asked: Option<(u32, Arc<Taken>)>,
    cause: Option<Cause>,
    /// Of this turn, so far.
    actions: Vec<Action>,
    turns: Vec<Turn>,
}

/// Walks a flow through things that happen; what comes after its end is left out.
pub fn rehearse(flow: &Arc<Flow>, context: Context, happens: &[Stimulus]) -> Rehearsed {
    let now = context.now;
    let walk = Walk::start(flow, context);
    let mut stage =
        Stage { walk, now, playing: None, asked: None, cause: None, actions: Vec::new(), turns: Vec::new() };
    stage.turn();
    for stimulus in happens.iter().take(STIMULI_MAX) {
        if stage.walk.is_over() {
            break;
        }
        stage.feel(*stimulus);
        stage.turn();
    }
    let Stage { mut walk, playing, cause, turns, .. } = stage;
    let waiting = walk.node().filter(|_| !walk.is_over()).map(|(node, kind)| Waiting {
        node,
        kind,
        playing: playing.is_some(),
        timed: walk.poll_timeout().is_some(),
    });
    Rehearsed { turns, waiting, cause, language: walk.language().clone(), trace: walk.take_trace() }
}

impl Stage {
    fn pass(&mut self, time: Duration) {
        self.now.mono = self.now.mono + time;
        self.now.wall.0 = self.now.wall.0.saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX));
    }

    fn feel(&mut self, stimulus: Stimulus) {
        match stimulus {
            Stimulus::Played => self.played(),
            Stimulus::Silence => {
                self.played();
                if let Some(at) = self.walk.poll_timeout() {
                    self.pass(at.since(self.now.mono));
                    self.walk.handle(self.now, Input::Timeout);
                }
            }
            Stimulus::Key(key) => self.tell(Input::Digit(key)),
            Stimulus::Queue(outcome) => self.tell(Input::Queue(outcome)),
            Stimulus::Transfer(outcome) => self.tell(Input::Transfer(outcome)),
            Stimulus::Mailbox(outcome) => self.tell(Input::Mailbox(outcome)),
            Stimulus::Lookup(outcome) => self.look_up(outcome),
            Stimulus::Hushed => self.tell(Input::Hushed),
            Stimulus::Hangup => self.tell(Input::Hangup),
        }
    }

    fn tell(&mut self, input: Input) {
        self.pass(MOMENT);
        self.walk.handle(self.now, input);
    }

    fn look_up(&mut self, outcome: RehearsedLookup) {
        let Some((ask, taken)) = self.asked.take() else { return };
        let outcome = match outcome {
            RehearsedLookup::Found => {
                LookupOutcome::Found(taken.names().map(|name| (name.clone(), Value::text(name))).collect())
            }
            RehearsedLookup::NotFound => LookupOutcome::NotFound,
            RehearsedLookup::Failed => LookupOutcome::Failed,
        };
        self.tell(Input::Looked(Box::new(LookupAnswer { ask, outcome, detail: String::new() })));
    }

    fn played(&mut self) {
        if let Some(play) = self.playing.take() {
            self.pass(PROMPT);
            self.walk.handle(self.now, Input::PlayDone(play));
            // What silence means is judged by what plays now.
            self.collect();
        }
    }

    fn collect(&mut self) {
        while let Some(action) = self.walk.poll_action() {
            match &action {
                Action::Play { play, .. } => self.playing = Some(*play),
                Action::StopPlay => self.playing = None,
                Action::Lookup { ask, request } => self.asked = Some((*ask, request.taken.clone())),
                Action::LookAtQueues(names) => {
                    // In a rehearsal nobody waits, and nobody is signed in.
                    let figures = names.iter().map(|name| (name.clone(), QueueFigures::default())).collect();
                    self.walk.handle(self.now, Input::Queues(figures));
                }
                Action::Hangup(cause) => self.cause = Some(*cause),
                _ => {}
            }
            self.actions.push(action);
        }
    }

    fn turn(&mut self) {
        self.collect();
        let actions = std::mem::take(&mut self.actions);
        self.turns.push(Turn { actions, steps: self.walk.trace().len() });
    }
}

#[cfg(test)]
mod tests {
    use types::{Mono, Wall};

    use super::*;

    const FLOW: &str = r#"{"version": 1, "id": "f", "name": "F", "language": "zh", "start": "hi", "nodes": {
        "hi": {"kind": "play", "prompt": "greeting_main", "outlets": {"done": "menu"}},
        "menu": {"kind": "menu", "prompt": "menu_main", "retries": 0, "outlets": {"1": "sales", "timeout": "bye"}},
        "sales": {"kind": "queue", "queue": "sales", "outlets": {"no_agent": "bye"}},
        "bye": {"kind": "hangup"}}}"#;

    fn walk(happens: &[Stimulus]) -> Rehearsed {
        let flow = Arc::new(Flow::parse(FLOW).unwrap());
        let now = Now { mono: Mono(0), wall: Wall(1_700_000_000_000) };
        rehearse(&flow, Context::new(now, "13800138000", "95000"), happens)
    }

    fn path(rehearsed: &Rehearsed) -> Vec<&str> {
        rehearsed.trace.iter().map(|step| &*step.node).collect()
    }

    #[test]
    fn a_caller_who_chooses_waits_in_the_queue_and_goes_on_when_nobody_is_there() {
        let waits = walk(&[Stimulus::Played, Stimulus::Key('1')]);
        assert_eq!(path(&waits), ["hi", "menu", "sales"]);
        assert_eq!(waits.waiting.as_ref().map(|w| (&*w.node, w.kind)), Some(("sales", "queue")));
        assert_eq!(waits.turns.iter().map(|turn| turn.steps).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(waits.trace[0].flow.as_deref(), Some("f"));
        assert_eq!(waits.trace[1].flow, None);
        let over =
            walk(&[Stimulus::Played, Stimulus::Key('1'), Stimulus::Queue(QueueOutcome::NoAgent), Stimulus::Key('1')]);
        assert_eq!((path(&over), over.waiting.clone()), (vec!["hi", "menu", "sales", "bye"], None));
        assert_eq!((over.cause, over.turns.len()), (Some(Cause::Normal), 4));
    }

    #[test]
    fn silence_is_as_long_as_the_flow_is_patient() {
        let silent = walk(&[Stimulus::Played, Stimulus::Silence]);
        assert_eq!(path(&silent), ["hi", "menu", "bye"]);
        assert!(silent.trace[2].at.0 - silent.trace[1].at.0 >= 5_000, "{:?}", silent.trace);
    }
}
