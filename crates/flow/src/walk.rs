//! One interaction's way through its flow.

use std::collections::BTreeMap;
use std::sync::Arc;

use types::leg::Text;
use types::record::TraceStep;
use types::{Cause, Mono, Now, Private, Title};

use crate::action::{Action, Input};
use crate::core::{Core, Event};
use crate::model::{Flow, Library, Node};
use crate::nodes::{Asks, Next};
use crate::value::Value;

/// Nodes that one walk may enter, sub-flows included. A patient caller in a menu takes some dozens;
/// a flow that runs in circles ends here, with the cause `internal`.
pub const STEPS_MAX: usize = 1000;
/// Sub-flows within sub-flows.
const DEPTH_MAX: usize = 8;

/// With what a walk begins.
#[derive(Clone, Debug)]
pub struct Context {
    /// The moment.
    pub now: Now,
    /// The caller's number; empty when withheld. Variable `$caller`.
    pub caller: Private<Text>,
    /// The number dialled. Variable `$dialled`.
    pub dialled: Private<Text>,
    /// The caller's language, where it is known; else the flow's.
    pub language: Option<Text>,
    /// The call has been taken already.
    pub answered: bool,
    /// The centre, or this flow, is closed for an emergency.
    pub closed: bool,
    /// The tenant's offset from UTC, minutes.
    pub utc_offset_min: i32,
    /// Variables.
    pub vars: BTreeMap<Text, Value>,
    /// The tenant's flows, for sub-flows.
    pub library: Arc<Library>,
    /// Who walks, where new versions of flows are for a share of the callers: a number, or what tells this call from others
    /// without one.
    pub lot: Private<Text>,
}

impl Context {
    /// A context without language, variables and sub-flows, in China.
    pub fn new(now: Now, caller: &str, dialled: &str) -> Self {
        Self {
            now,
            caller: caller.into(),
            dialled: dialled.into(),
            language: None,
            answered: false,
            closed: false,
            utc_offset_min: 480,
            vars: BTreeMap::new(),
            library: Arc::default(),
            lot: caller.into(),
        }
    }
}

#[derive(Debug)]
struct Frame {
    flow: Arc<Flow>,
    node: Text,
}

/// A walk: see the crate's page for the order of calls.
#[derive(Debug)]
pub struct Walk {
    core: Core,
    frames: Vec<Frame>,
    library: Arc<Library>,
    lot: Private<Text>,
    trace: Vec<TraceStep>,
    /// The flow and version that the last step of the trace is of.
    traced: Option<(Text, u32)>,
    over: bool,
}

impl Walk {
    /// Enters the flow's first node.
    pub fn start(flow: &Arc<Flow>, context: Context) -> Self {
        let language = context.language.unwrap_or_else(|| flow.language.clone());
        let mut core = Core::new(context.now, language);
        core.utc_offset_min = context.utc_offset_min;
        core.caller = context.caller;
        core.dialled = context.dialled;
        core.vars = context.vars;
        core.answered = context.answered;
        core.closed = context.closed;
        let frames = vec![Frame { flow: flow.clone(), node: flow.start.clone() }];
        let (library, lot) = (context.library, context.lot);
        let mut walk = Self { core, frames, library, lot, trace: Vec::new(), traced: None, over: false };
        let next = walk.enter();
        walk.follow(next);
        walk
    }

    /// Something happened.
    pub fn handle(&mut self, now: Now, input: Input) {
        if self.over {
            return;
        }
        self.core.now = now;
        let event = match input {
            Input::Hangup => return self.hung_up(),
            Input::PlayDone(number) => self.core.played(number),
            Input::Timeout => self.core.due(),
            Input::Digit(key) if matches!(key, '0'..='9' | '*' | '#' | 'A'..='D') => {
                self.core.press(key);
                Some(Event::Digit)
            }
            Input::Digit(_) => None,
            Input::Queue(outcome) => Some(Event::Queue(outcome)),
            Input::Transfer(outcome) => Some(Event::Transfer(outcome)),
            Input::Mailbox(outcome) => Some(Event::Mailbox(outcome)),
            Input::Hushed => Some(Event::Hushed),
            Input::Looked(answer) => self.core.take_answer(*answer),
            Input::Queues(queues) => {
                self.core.queues = queues;
                Some(Event::Queues)
            }
        };
        let Some((event, node)) = event.zip(self.current()) else { return };
        let next = node.get().kind.node().event(&node.get().outlets, &mut self.core, event);
        self.follow(next);
    }

    /// The next thing to do, until there is none.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.core.next_action()
    }

    /// When [`Input::Timeout`] is wanted.
    pub fn poll_timeout(&self) -> Option<Mono> {
        if self.over { None } else { self.core.timeout() }
    }

    /// Whether it has ended; it ignores all inputs then.
    pub const fn is_over(&self) -> bool {
        self.over
    }

    /// The steps so far, [`STEPS_MAX`] at most.
    pub fn trace(&self) -> &[TraceStep] {
        &self.trace
    }

    /// The steps, for the record.
    pub fn take_trace(&mut self) -> Vec<TraceStep> {
        std::mem::take(&mut self.trace)
    }

    /// The caller's language now.
    pub const fn language(&self) -> &Text {
        &self.core.language
    }

    /// A variable's value now.
    pub fn variable(&self, name: &str) -> Option<Value> {
        self.core.variable(name)
    }

    /// The node the walk is at: its id and kind.
    pub fn node(&self) -> Option<(Text, &'static str)> {
        let node = self.current()?;
        Some((self.frames.last()?.node.clone(), node.get().kind.name()))
    }

    /// The flow that the walk is in.
    pub fn flow(&self) -> Option<&Text> {
        Some(&self.frames.last()?.flow.id)
    }

    /// What the node that the walk is at asks the caller for.
    pub fn asks(&self) -> Asks {
        let asks = |here: Here| here.get().kind.node().asks(&here.get().outlets);
        self.current().filter(|_| !self.over).map(asks).unwrap_or_default()
    }

    fn current(&self) -> Option<Here> {
        let frame = self.frames.last()?;
        frame.flow.nodes.contains_key(&frame.node).then(|| Here { flow: frame.flow.clone(), node: frame.node.clone() })
    }

    /// The caller has gone: what can be done without it is done (`caller_left` of a queue, notes),
    /// then the walk is over.
    fn hung_up(&mut self) {
        self.core.gone = true;
        let next = match self.current() {
            Some(node) => node.get().kind.node().caller_left(&node.get().outlets, &mut self.core),
            None => Next::End(Cause::Normal),
        };
        if next == Next::Stay { self.end(Cause::Normal) } else { self.follow(next) }
    }

    /// Goes on until a node waits or the walk is over.
    fn follow(&mut self, mut next: Next) {
        loop {
            next = match next {
                Next::Stay => return,
                Next::End(cause) => return self.end(cause),
                Next::Out(name) => self.leave(name),
                Next::Sub(id) => self.descend(&id),
                Next::Return(name) => self.go_back(&name),
            };
        }
    }

    /// Takes an outlet of the current node.
    fn leave(&mut self, name: &str) -> Next {
        let Some(here) = self.current() else { return Next::End(Cause::Normal) };
        let node = here.get();
        self.mark(name);
        let fallback = || node.kind.node().fallback(name).and_then(|name| node.outlets.get(name));
        let Some(target) = node.outlets.get(name).or_else(fallback) else { return Next::End(self.core.cause) };
        if let Some(frame) = self.frames.last_mut() {
            frame.node = target.clone();
        }
        self.enter()
    }

    fn enter(&mut self) -> Next {
        self.core.fresh();
        let Some(here) = self.current() else {
            return Next::End(Cause::Internal);
        };
        let kind = here.get().kind.node();
        if self.core.gone && !kind.is_silent() {
            return Next::End(Cause::Normal);
        }
        if !self.step() {
            return Next::End(Cause::Internal);
        }
        kind.enter(&here.get().outlets, &mut self.core)
    }

    fn descend(&mut self, id: &Text) -> Next {
        let flow = self.library.get(id).filter(|_| self.frames.len() < DEPTH_MAX).cloned();
        let Some(flow) = flow else {
            self.core.detail = "no such flow, or too deep".to_owned();
            return Next::End(Cause::Internal);
        };
        let flow = flow.for_caller(self.lot.reveal());
        self.mark("");
        self.frames.push(Frame { node: flow.start.clone(), flow });
        self.enter()
    }

    /// Back in the calling flow, leaves the node that called. Its step is not the last one any more,
    /// so it gets a new one, which says how it went.
    fn go_back(&mut self, outlet: &str) -> Next {
        self.mark(outlet);
        if self.frames.len() < 2 {
            return Next::End(Cause::Normal);
        }
        self.frames.pop();
        if self.step() { self.leave(outlet) } else { Next::End(Cause::Internal) }
    }

    /// Begins a step of the trace; false when there were too many.
    fn step(&mut self) -> bool {
        let Some((node, kind)) = self.node() else { return false };
        let title = self.current().map(|here| here.get().titles.own.clone()).unwrap_or_default();
        if self.trace.len() >= STEPS_MAX {
            self.core.detail = "too many steps".to_owned();
            return false;
        }
        let flow = self.frames.last().map(|frame| frame.flow.clone()).filter(|flow| {
            let same = self.traced.as_ref().is_some_and(|(id, revision)| *id == flow.id && *revision == flow.revision);
            !same
        });
        if let Some(flow) = &flow {
            self.traced = Some((flow.id.clone(), flow.revision));
        }
        self.trace.push(TraceStep {
            at: self.core.now.wall,
            node,
            title,
            kind: kind.into(),
            detail: Text::from(""),
            outlet: None,
            choice: Title::default(),
            version: flow.as_ref().map(|flow| flow.revision).filter(|revision| *revision > 0),
            flow: flow.map(|flow| flow.id.clone()),
        });
        true
    }

    /// Completes the last step; without a name, only with what happened.
    fn mark(&mut self, outlet: &str) {
        let choice = self.current().and_then(|here| here.get().titles.choices.get(outlet).cloned());
        if let Some(step) = self.trace.last_mut() {
            if !self.core.detail.is_empty() {
                step.detail = std::mem::take(&mut self.core.detail).into();
            }
            if !outlet.is_empty() {
                step.outlet = Some(outlet.into());
                step.choice = choice.unwrap_or_default();
            }
        }
    }

    fn end(&mut self, cause: Cause) {
        if self.over {
            return;
        }
        self.mark("");
        self.core.fresh();
        self.over = true;
        if !self.core.gone {
            self.core.act(Action::Hangup(cause));
        }
    }
}

/// The current node, held apart from the walk so that both can be used at once.
struct Here {
    flow: Arc<Flow>,
    node: Text,
}

impl Here {
    fn get(&self) -> &Node {
        &self.flow.nodes[&self.node]
    }
}
