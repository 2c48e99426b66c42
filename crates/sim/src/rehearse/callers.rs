//! What customers do: with what they hear, while they wait, and when they talk.

use std::time::Duration;

use center::Lookup;
use flow::{Asks, LookupAnswer, LookupOutcome, Value};
use types::leg::{DigitSource, Text};
use types::record::SegmentKind;
use types::{InteractionId, LegEvent, LegId, Mono, QueueId};

use super::choice::{Choice, choose, fingerprint, wrong_key};
use super::stage::{Act, Stage};
use super::{Script, Work};
use crate::leg::Leg;
use crate::rng::Rng;

/// Nobody lets it ring for longer where nothing answers.
pub(super) const RINGS_AT_MOST: Duration = Duration::from_secs(90);
/// The longest patience and talk: two talks and a wait are less than what the day lasts after its last caller.
const PATIENCE_MAX: Duration = Duration::from_secs(3_000);
const TALK_MAX: Duration = Duration::from_secs(1_900);
/// The share of talks that the customer ends.
const CUSTOMER_ENDS: f64 = 0.55;
/// Of those who would give up, so many press a key instead that leads out of the line and that nobody was offered before.
const NEW_WAY_OUT: f64 = 0.15;
/// Between two keys of a number.
const KEY_GAP: Duration = Duration::from_millis(400);
/// The keys of a number that a caller types.
const TYPED: &str = "13900001111390000111";

/// A customer on the telephone.
#[derive(Debug)]
pub(super) struct Customer {
    /// Its place in the script.
    index: usize,
    /// Its own chance: what others do changes nothing in it.
    pub(super) rng: Rng,
    /// The same for its talks, and for the work after them: how often it rang changes nothing in these.
    talks: Rng,
    works: Rng,
    /// How patient it is, in means.
    patience: f64,
    /// How long it has waited before this wait.
    waited: Duration,
    waits_since: Option<Mono>,
    /// Which wait it is.
    spell: u32,
    /// The queue it was in last.
    queue: Option<QueueId>,
    /// It has talked with somebody.
    talked: bool,
}

impl Customer {
    pub(super) fn new(script: &Script, index: usize) -> Self {
        let chance = |of: &str| Rng::new(fingerprint(script.seed, &[of], &[index as u64]));
        Self {
            index,
            rng: chance("caller"),
            talks: chance("talks"),
            works: chance("works"),
            patience: chance("patience").exponential(1.0).as_secs_f64(),
            waited: Duration::ZERO,
            waits_since: None,
            spell: 0,
            queue: None,
            talked: false,
        }
    }
}

impl Stage<'_> {
    /// How many steps the caller's walk has taken, while it listens.
    pub(super) fn step_of(&self, leg: LegId) -> Option<usize> {
        self.legs.get(&leg).filter(|l| !l.ended)?;
        Some(self.center.walk_of(leg)?.trace().len())
    }

    fn habits_of(&self, queue: Option<QueueId>) -> Work {
        let name = queue.and_then(|queue| self.queues.get(&queue));
        name.and_then(|name| self.script.habits.queues.get(name)).copied().unwrap_or_default()
    }

    /// What this caller does at a node, the same in every run.
    fn choice_at(&self, index: usize, flow: &Text, (node, kind): (&Text, &str), visit: usize, keys: &str) -> Choice {
        let seed = fingerprint(self.script.seed, &[&**flow, &**node], &[index as u64, visit as u64]);
        let habits = &self.script.habits;
        let own = habits.ways.get(&(flow.clone(), node.clone()));
        let recorded = own.or(Some(&habits.menus).filter(|ways| kind == "menu" && !ways.is_empty()));
        choose(keys, recorded, &mut Rng::new(seed))
    }

    /// A caller hears this, and does what it is asked for, or not.
    pub(super) fn on_heard(&mut self, leg: LegId, length: Duration) {
        let Some(customer) = self.customers.get(&leg) else { return };
        let Some(walk) = self.center.walk_of(leg) else { return };
        let asks = walk.asks();
        let keys = match &asks {
            Asks::Key(keys) => keys.clone(),
            // Whether it types at all.
            Asks::Digits { .. } => String::new(),
            Asks::Nothing | Asks::Aside(_) => return,
        };
        let (Some(flow), Some((node, kind))) = (walk.flow(), walk.node()) else { return };
        let step = walk.trace().len();
        let visit = walk.trace().iter().filter(|s| s.node == node).count();
        let choice = self.choice_at(customer.index, flow, (&node, kind), visit, &keys);
        let thinks = self.thinks(leg, length);
        match (choice, asks) {
            (Choice::Leave, _) => self.plan(thinks, Act::Leave(leg, step)),
            (Choice::Press(key), Asks::Key(_)) => self.plan(thinks, Act::Press(leg, key, step)),
            (Choice::Wrong, Asks::Key(keys)) => {
                if let Some(key) = wrong_key(&keys) {
                    self.plan(thinks, Act::Press(leg, key, step));
                }
            }
            (_, Asks::Digits { least, most, end }) if !self.stays_silent(leg, step) => {
                let count = TYPED.len().min(11).clamp(least, most);
                let typed: String = TYPED.chars().cycle().take(count).collect();
                let end = end.chars().next().filter(|_| count < most);
                for (key, at) in typed.chars().chain(end).zip(0..) {
                    self.plan(thinks + KEY_GAP * at, Act::Press(leg, key, step));
                }
            }
            _ => {}
        }
    }

    /// Whether a caller types nothing where a number is asked for, by how often that came to nothing.
    fn stays_silent(&self, leg: LegId, step: usize) -> bool {
        let Some(index) = self.customers.get(&leg).map(|customer| customer.index) else { return true };
        let Some(walk) = self.center.walk_of(leg) else { return true };
        let (Some(flow), Some((node, _))) = (walk.flow(), walk.node()) else { return true };
        let Some(ways) = self.script.habits.ways.get(&(flow.clone(), node.clone())) else { return false };
        let of = |names: &[&str]| names.iter().filter_map(|name| ways.get(*name)).sum::<u64>() as f64;
        let (typed, not) = (of(&["done"]), of(&["timeout", "failed"]));
        let seed = fingerprint(self.script.seed, &["typed", &**flow, &*node], &[index as u64, step as u64]);
        typed + not > 0.0 && Rng::new(seed).chance(not / (typed + not))
    }

    /// The moment at which a caller acts on what it hears: towards the end of it, or shortly after.
    fn thinks(&mut self, leg: LegId, length: Duration) -> Duration {
        let Some(customer) = self.customers.get_mut(&leg) else { return length };
        customer.rng.between(0.5 * length.as_secs_f64(), length.as_secs_f64() + 2.0) + Duration::from_millis(500)
    }

    pub(super) fn press(&mut self, leg: LegId, key: char) {
        if self.legs.get(&leg).is_some_and(|l| l.up && !l.ended) {
            let event = LegEvent::Digit { leg, digit: key.into(), source: DigitSource::Rtp };
            self.emit(event, Duration::from_millis(60));
        }
    }

    // ---- waiting ----

    pub(super) fn on_customer_state(&mut self, id: InteractionId, state: SegmentKind, queue: Option<QueueId>) {
        let Some(&leg) = self.of.get(&id) else { return };
        let now = self.now.mono;
        let Some(customer) = self.customers.get_mut(&leg) else { return };
        customer.queue = queue.or(customer.queue);
        let waits = matches!(state, SegmentKind::Queued | SegmentKind::Ringing);
        match (waits, customer.waits_since) {
            (true, None) => {
                customer.waits_since = Some(now);
                self.waits(leg);
            }
            (false, Some(since)) => {
                customer.waited += now - since;
                customer.waits_since = None;
                customer.spell += 1;
            }
            _ => {}
        }
    }

    /// A caller begins to wait: for as long as its patience lasts, or until a key leads it elsewhere.
    fn waits(&mut self, leg: LegId) {
        let Some(customer) = self.customers.get(&leg) else { return };
        let (index, spell) = (customer.index, customer.spell);
        let mean_s = self.habits_of(customer.queue).patience_s.or(self.script.habits.patience_s);
        let drawn = mean_s.map(|mean_s| Duration::from_secs_f64(mean_s * customer.patience));
        let patience = self.script.arrivals[index].patience.or(drawn).unwrap_or(PATIENCE_MAX).min(PATIENCE_MAX);
        let left = patience.saturating_sub(customer.waited);
        self.plan(left, Act::GiveUp(leg, spell));
        let Some(walk) = self.center.walk_of(leg) else { return };
        let (Asks::Aside(keys), Some(flow), Some((node, _))) = (walk.asks(), walk.flow(), walk.node()) else { return };
        let Some(ways) = self.script.habits.ways.get(&(flow.clone(), node.clone())) else { return };
        let (step, all) = (walk.trace().len(), ways.values().sum::<u64>() as f64);
        let mut rng =
            Rng::new(fingerprint(self.script.seed, &["aside", &**flow, &*node], &[index as u64, step as u64]));
        let mut drawn = rng.unit() * all;
        for key in keys.chars() {
            drawn -= ways.get(&*key.to_string()).copied().unwrap_or(0) as f64;
            if drawn < 0.0 {
                return self.plan(left.mul_f64(rng.unit()), Act::Press(leg, key, step));
            }
        }
    }

    /// A caller has waited for long enough.
    pub(super) fn on_patience_over(&mut self, leg: LegId, spell: u32) {
        let Some(customer) = self.customers.get_mut(&leg).filter(|c| c.spell == spell && c.waits_since.is_some())
        else {
            return;
        };
        let index = customer.index;
        if let Some(key) = self.new_way_out(leg, index) {
            return self.press(leg, key);
        }
        self.hang_up(leg);
    }

    /// The key that a caller presses in place of giving up, where it is offered one of which nothing is known.
    fn new_way_out(&self, leg: LegId, index: usize) -> Option<char> {
        let walk = self.center.walk_of(leg)?;
        let Asks::Aside(keys) = walk.asks() else { return None };
        let (flow, (node, _)) = (walk.flow()?, walk.node()?);
        let ways = self.script.habits.ways.get(&(flow.clone(), node.clone()));
        let is_new = |key: &char| ways.is_none_or(|ways| !ways.contains_key(&*key.to_string()));
        let key = keys.chars().find(is_new)?;
        let seed = fingerprint(self.script.seed, &["new", &**flow, &*node], &[index as u64]);
        Rng::new(seed).chance(NEW_WAY_OUT).then_some(key)
    }

    // ---- talking ----

    /// Two people hear each other from now on.
    pub(super) fn begin_talk(&mut self, a: LegId, b: LegId) {
        let (customer, other) = if self.customers.contains_key(&a) { (a, b) } else { (b, a) };
        let usual_s = self.script.habits.talk_s;
        let queue = self.customers.get(&customer).and_then(|c| c.queue);
        let mean_s = self.habits_of(queue).talk_s.unwrap_or(usual_s);
        let Some(who) = self.customers.get_mut(&customer) else { return };
        // Drawn also where it is known, so that what comes after it is the same.
        let drawn = who.talks.human(mean_s);
        let first = !std::mem::replace(&mut who.talked, true);
        let known = self.script.arrivals[who.index].talk.filter(|_| first);
        let hangs_up = if who.talks.chance(CUSTOMER_ENDS) { customer } else { other };
        if let Some(epoch) = self.legs.get(&hangs_up).map(|l: &Leg| l.epoch) {
            self.plan(known.unwrap_or(drawn).min(TALK_MAX), Act::HangUp(hangs_up, epoch));
        }
    }

    /// How long the work after this talk takes, where something is known of it.
    pub(super) fn wrap_up_of(&mut self, id: InteractionId) -> Option<Duration> {
        let leg = *self.of.get(&id)?;
        let queue = self.customers.get(&leg)?.queue;
        let mean_s = self.habits_of(queue).wrap_up_s.or(self.script.habits.wrap_up_s)?;
        Some(self.customers.get_mut(&leg)?.works.human(mean_s))
    }

    // ---- other systems ----

    /// Another system answers as often as it did.
    pub(super) fn on_lookup(&mut self, lookup: &Lookup) {
        let outcome = self.answer_of(lookup).unwrap_or(LookupOutcome::Failed);
        let answer = LookupAnswer { ask: lookup.ask, outcome, detail: "rehearsed".to_owned() };
        self.center.looked(self.now, lookup.interaction, answer);
    }

    fn answer_of(&self, lookup: &Lookup) -> Option<LookupOutcome> {
        let leg = *self.of.get(&lookup.interaction)?;
        let index = self.customers.get(&leg)?.index;
        let walk = self.center.walk_of(leg)?;
        let (flow, (node, _)) = (walk.flow()?, walk.node()?);
        let ways = self.script.habits.ways.get(&(flow.clone(), node.clone()));
        let of = |name: &str| ways.and_then(|ways| ways.get(name)).copied().unwrap_or(0) as f64;
        let shares = [of("found"), of("not_found"), of("failed")];
        // What has never been asked is taken to answer.
        let shares = if shares.iter().sum::<f64>() > 0.0 { shares } else { [1.0, 0.0, 0.0] };
        let step = walk.trace().len() as u64;
        let seed = fingerprint(self.script.seed, &["asked", &**flow, &*node], &[index as u64, step]);
        Some(match Rng::new(seed).weighted(&shares) {
            // What it would say of the caller is not known: each variable holds its own name.
            0 => LookupOutcome::Found(
                lookup.request.taken.names().map(|name| (name.clone(), Value::text(name))).collect(),
            ),
            1 => LookupOutcome::NotFound,
            _ => LookupOutcome::Failed,
        })
    }
}
