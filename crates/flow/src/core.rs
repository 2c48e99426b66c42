//! What the nodes of a walk share: the caller's keys, playback, the clock, variables, and the
//! little that the current node remembers between two inputs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::time::Duration;

use types::leg::Text;
use types::time::civil;
use types::{Cause, Mono, Now, Private};

use crate::action::{Action, MailboxOutcome, QueueFigures, QueueOutcome, TransferOutcome};
use crate::expression::{Expression, Scope};
use crate::lookup::{LookupAnswer, LookupRequest};
use crate::say::Say;
use crate::value::Value;

/// Digits typed ahead that are kept; a card number and a PIN are 23.
pub const DIGITS_MAX: usize = 32;
/// A playback that has not reported its end by then is taken for done: the report was lost.
const PLAY_MAX: Duration = Duration::from_secs(900);
/// Variables of a walk; flows that set more are broken.
const VARS_MAX: usize = 200;

const MINUTE_MS: i64 = 60_000;
const DAY_MIN: i64 = 24 * 60;

/// What the current node is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It has just been entered.
    #[default]
    Start,
    /// Its prompt plays.
    Asking,
    /// It waits for a key or a time.
    Waiting,
    /// The caller talks with somebody.
    Connected,
    /// Its last words play.
    Closing,
}

/// What a node is told, once the walk has sorted out what is meant for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    PlayDone,
    /// A digit is there to be taken.
    Digit,
    Timeout,
    Queue(QueueOutcome),
    Transfer(TransferOutcome),
    Mailbox(MailboxOutcome),
    /// How the queues stand has been told.
    Queues,
    /// The answer that was waited for is there.
    Looked,
    /// Nothing has been said for long enough.
    Hushed,
}

#[derive(Clone, Copy, Debug)]
struct Playing {
    number: u32,
    barge_in: bool,
    until: Mono,
}

pub(crate) struct Core {
    pub(crate) now: Now,
    pub(crate) language: Text,
    pub(crate) utc_offset_min: i32,
    pub(crate) caller: Private<Text>,
    pub(crate) dialled: Private<Text>,
    pub(crate) vars: BTreeMap<Text, Value>,
    /// How queues stand, as far as the current node has asked.
    pub(crate) queues: BTreeMap<Text, QueueFigures>,
    /// The number of the last question to another system.
    asks: u32,
    /// Its answer.
    pub(crate) looked: Option<LookupAnswer>,
    digits: VecDeque<char>,
    actions: VecDeque<Action>,
    pub(crate) answered: bool,
    /// The centre, or the flow, is closed for an emergency.
    pub(crate) closed: bool,
    /// The caller has hung up.
    pub(crate) gone: bool,
    plays: u32,
    playing: Option<Playing>,
    deadline: Option<Mono>,
    pub(crate) phase: Phase,
    pub(crate) tries: u8,
    pub(crate) typed: String,
    /// For the trace.
    pub(crate) detail: String,
    /// Why the call ends if the outlet leads nowhere.
    pub(crate) cause: Cause,
}

/// Leaves out what the caller keyed: it may be a card number.
impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("phase", &self.phase)
            .field("tries", &self.tries)
            .field("playing", &self.playing)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

impl Core {
    /// Nobody's, in China, with nothing set.
    pub(crate) fn new(now: Now, language: Text) -> Self {
        let nobody = || Private::new(Text::from(""));
        Self {
            now,
            language,
            utc_offset_min: 480,
            caller: nobody(),
            dialled: nobody(),
            vars: BTreeMap::new(),
            queues: BTreeMap::new(),
            asks: 0,
            looked: None,
            digits: VecDeque::new(),
            actions: VecDeque::new(),
            answered: false,
            closed: false,
            gone: false,
            plays: 0,
            playing: None,
            deadline: None,
            phase: Phase::Start,
            tries: 0,
            typed: String::new(),
            detail: String::new(),
            cause: Cause::Normal,
        }
    }

    /// Forgets what the last node remembered, and silences it.
    pub(crate) fn fresh(&mut self) {
        self.stop();
        self.deadline = None;
        self.phase = Phase::Start;
        self.tries = 0;
        self.typed.clear();
        self.queues.clear();
        self.looked = None;
        self.detail.clear();
        self.cause = Cause::Normal;
    }

    pub(crate) fn act(&mut self, action: Action) {
        self.actions.push_back(action);
    }

    pub(crate) fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// Asks another system.
    pub(crate) fn lookup(&mut self, request: LookupRequest) {
        self.asks = self.asks.wrapping_add(1);
        self.act(Action::Lookup { ask: self.asks, request: Box::new(request) });
    }

    /// An answer has come; an old question's is worth nothing.
    pub(crate) fn take_answer(&mut self, answer: LookupAnswer) -> Option<Event> {
        (answer.ask == self.asks).then(|| {
            self.looked = Some(answer);
            Event::Looked
        })
    }

    pub(crate) fn answer(&mut self) {
        if !self.answered && !self.gone {
            self.answered = true;
            self.act(Action::Answer);
        }
    }

    /// Plays these one after the other; false when there is nothing to play or nobody to hear it.
    pub(crate) fn say(&mut self, parts: &[&Say], barge_in: bool) -> bool {
        let mut sounds = Vec::new();
        for part in parts {
            part.sounds(&self.language, &|value| self.value(value), &mut sounds);
        }
        self.play(sounds, barge_in)
    }

    /// As [`Self::say`], for sounds made otherwise.
    pub(crate) fn play(&mut self, sounds: Vec<types::leg::Sound>, barge_in: bool) -> bool {
        if sounds.is_empty() || self.gone {
            return false;
        }
        self.answer();
        self.deadline = None;
        self.plays = self.plays.wrapping_add(1);
        self.playing = Some(Playing { number: self.plays, barge_in, until: self.now.mono + PLAY_MAX });
        self.act(Action::Play { play: self.plays, sounds: sounds.into(), barge_in });
        true
    }

    /// Asks for keys: plays, then waits; or waits at once when there is nothing to play, or when
    /// keys are there already and may cut the prompt short.
    pub(crate) fn ask(&mut self, parts: &[&Say], barge_in: bool, wait_s: u32) {
        self.answer();
        let ahead = barge_in && !self.digits.is_empty();
        if !ahead && self.say(parts, barge_in) {
            self.phase = Phase::Asking;
        } else {
            self.phase = Phase::Waiting;
            self.wait(wait_s);
        }
    }

    /// Takes a key, if there is one and the prompt may be cut short.
    pub(crate) fn key(&mut self) -> Option<char> {
        if self.playing.is_some_and(|playing| !playing.barge_in) {
            return None;
        }
        let key = self.digits.pop_front()?;
        self.stop();
        Some(key)
    }

    pub(crate) fn stop(&mut self) {
        if self.playing.take().is_some() && !self.gone {
            self.act(Action::StopPlay);
        }
    }

    /// Keeps a key that was pressed; beyond the bound the newest is dropped.
    pub(crate) fn press(&mut self, key: char) {
        if self.digits.len() < DIGITS_MAX {
            self.digits.push_back(key);
        }
    }

    pub(crate) fn has_key(&self) -> bool {
        !self.digits.is_empty()
    }

    pub(crate) fn forget_keys(&mut self) {
        self.digits.clear();
    }

    pub(crate) fn wait(&mut self, seconds: u32) {
        self.deadline = Some(self.now.mono + Duration::from_secs(seconds.into()));
    }

    pub(crate) fn timeout(&self) -> Option<Mono> {
        [self.playing.map(|playing| playing.until), self.deadline].into_iter().flatten().min()
    }

    /// What a playback's end is worth: nothing if it is not the current one's.
    pub(crate) fn played(&mut self, number: u32) -> Option<Event> {
        self.playing.take_if(|playing| playing.number == number).map(|_| Event::PlayDone)
    }

    /// What has come to its time.
    pub(crate) fn due(&mut self) -> Option<Event> {
        let now = self.now.mono;
        if self.playing.is_some_and(|playing| playing.until <= now) {
            self.stop();
            return Some(Event::PlayDone);
        }
        self.deadline.take_if(|at| *at <= now).map(|_| Event::Timeout)
    }

    /// What `value` stands for; a variable that is not set is an empty text.
    pub(crate) fn value(&self, value: &Value) -> Value {
        let Some(name) = value.reference() else { return value.clone() };
        self.variable(name).unwrap_or_else(|| Value::text(""))
    }

    pub(crate) fn variable(&self, name: &str) -> Option<Value> {
        self.vars.get(name).cloned().or_else(|| match name {
            "caller" => Some(Value::Text(self.caller.clone())),
            "dialled" => Some(Value::Text(self.dialled.clone())),
            "language" => Some(Value::Text(Private::new(self.language.clone()))),
            _ => self.clock(name),
        })
    }

    /// The tenant's own time.
    fn clock(&self, name: &str) -> Option<Value> {
        let minutes = self.now.wall.0.div_euclid(MINUTE_MS) + i64::from(self.utc_offset_min);
        let (days, minute) = (minutes.div_euclid(DAY_MIN), minutes.rem_euclid(DAY_MIN));
        Some(match name {
            "hour" => Value::Number(minute / 60),
            "minute" => Value::Number(minute % 60),
            // Monday is 1; 1970-01-01 was a Thursday.
            "weekday" => Value::Number((days + 3).rem_euclid(7) + 1),
            "time" => Value::text(&format!("{:02}:{:02}", minute / 60, minute % 60)),
            "date" => {
                let (year, month, day) = civil(days);
                Value::text(&format!("{year:04}-{month:02}-{day:02}"))
            }
            _ => return None,
        })
    }

    /// Asks how the queues stand that these look at; false when they look at none, or when nobody is there to wait.
    pub(crate) fn look_at_queues<'a>(&mut self, expressions: impl IntoIterator<Item = &'a Expression>) -> bool {
        let queues: BTreeSet<_> = expressions.into_iter().flat_map(Expression::queues).cloned().collect();
        if queues.is_empty() || self.gone {
            return false;
        }
        self.act(Action::LookAtQueues(queues.into_iter().collect()));
        true
    }

    pub(crate) fn set(&mut self, name: &Text, value: Value) {
        if self.vars.len() < VARS_MAX || self.vars.contains_key(name) {
            self.vars.insert(name.clone(), value);
        }
    }
}

impl Scope for Core {
    fn variable(&self, name: &str) -> Option<Value> {
        Self::variable(self, name)
    }
    fn queue(&self, name: &str) -> Option<QueueFigures> {
        self.queues.get(name).copied()
    }
}
