//! The loop: the next thing that happens is told to the center, its effects are carried out.

use std::collections::HashMap;
use std::time::Duration;

use center::{AgentOrder, Center, Effect};
use flow::{LookupAnswer, LookupOutcome};
use types::event::Event;
use types::leg::{Incoming, Origin, Text};
use types::{Cause, LegEvent, LegId, Mono, Now, Wall};

use crate::acts::{Act, Person, TalkAct, at};
use crate::agenda::Agenda;
use crate::check::Checks;
use crate::fault::{Of, Planted};
use crate::leg::{Caller, Leg, Party};
use crate::people::People;
use crate::platinum::Watch;
use crate::report::Report;
use crate::rng::Rng;
use crate::{Options, world};

/// Monday 2026-03-02, midnight in China.
const MIDNIGHT: Wall = Wall(1_772_380_800_000);
const DAY_MS: i64 = 24 * 3_600_000;
/// Longer than any call of the day lasts after the last caller came, and still before midnight.
const TAIL: Duration = Duration::from_secs(7_000);
/// How often the states are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(60);

pub(crate) struct Sim {
    pub(crate) now: Now,
    pub(crate) rng: Rng,
    pub(crate) agenda: Agenda<Act>,
    pub(crate) center: Center,
    pub(crate) legs: HashMap<LegId, Leg>,
    pub(crate) staff: Vec<Person>,
    pub(crate) checks: Checks,
    pub(crate) planted: Option<Planted>,
    pub(crate) day: crate::Day,
    /// No shift goes on beyond this.
    pub(crate) closes: Mono,
    events: u64,
    pub(crate) options: Options,
    callers: u64,
    /// The midnight at which the day begins.
    midnight: Wall,
    /// What was written in the journal, where somebody wants it.
    told: Option<Vec<Event>>,
    platinum: Watch,
}

impl Sim {
    /// `days`: after the first one. `tells`: what is written in the journal is kept.
    pub(crate) fn new(options: &Options, days: u16, tells: bool) -> Self {
        let midnight = Wall(MIDNIGHT.0 + i64::from(days) * DAY_MS);
        let agents = options.agents.clamp(1, 2000) as usize;
        let day = options.day.clone();
        let opens = day.opens_s();
        let start = Now { mono: at((opens - 1800.0).max(0.0)), wall: midnight };
        let mut setup = world::setup(options.seed, agents);
        if options.drawn {
            crate::drawn::draw(options.seed, &mut setup);
        }
        let mut sim = Self {
            now: Now { wall: Wall(midnight.0 + start.mono.as_millis() as i64), ..start },
            rng: Rng::new(options.seed ^ 0x51a1_1ab5),
            agenda: Agenda::new(),
            center: Center::new(1),
            legs: HashMap::new(),
            staff: (0..agents).map(Person::new).collect(),
            checks: Checks::new(People::new(world::TENANT, (0..agents).map(world::agent_id).collect()), &setup),
            planted: options.fault.map(|fault| Planted::new(fault, at(opens))),
            closes: at(day.closes_s()),
            day,
            events: 0,
            options: Options { trouble: options.trouble.clamp(0.0, 10.0), ..options.clone() },
            callers: 0,
            midnight,
            told: tells.then(Vec::new),
            platinum: Watch::default(),
        };
        sim.center.add_tenant(sim.now, setup).expect("the world is consistent");
        for _ in 0..options.calls {
            let when = at(sim.day.arrival(&mut sim.rng));
            sim.agenda.plan(when, Act::Arrive);
        }
        sim.plan_shifts(opens);
        let look = sim.now.mono;
        sim.agenda.plan(look, Act::Look);
        sim
    }

    /// Runs the day to its end.
    pub(crate) fn run(mut self) -> (Report, Vec<Event>) {
        self.drain();
        let end = self.closes + TAIL;
        loop {
            let timer = self.center.poll_timeout();
            let timer = timer.filter(|_| !self.planted.as_ref().is_some_and(|p| p.swallows_timer(self.now.mono)));
            let next = self.agenda.next();
            let Some(moment) = next.into_iter().chain(timer).min() else { break };
            if moment > end {
                break;
            }
            self.events += 1;
            self.advance(moment);
            if next == Some(moment) {
                if let Some(act) = self.agenda.pop() {
                    self.perform(act);
                }
            } else {
                self.center.handle_timeout(self.now);
            }
            self.drain();
        }
        self.finish(end)
    }

    fn advance(&mut self, to: Mono) {
        // What comes due in the past (a deadline set for a moment gone by) comes now.
        let to = to.max(self.now.mono);
        let skew = self.planted.as_ref().map_or(0, |p| p.wall_skew_ms(to));
        self.now = Now { mono: to, wall: Wall(self.midnight.0 + to.as_millis() as i64 - skew) };
    }

    fn finish(mut self, end: Mono) -> (Report, Vec<Event>) {
        self.advance(end);
        let queues = self.center.queues_live(self.now, world::TENANT);
        self.checks.at_the_end(self.now, &self.center, &self.legs, &queues);
        let figures = self.checks.figures(&queues);
        let report = Report::new(&self.options, figures, self.events, self.checks.broken(), self.platinum.seen);
        (report, self.told.unwrap_or_default())
    }

    /// Carries out what the center wants.
    pub(crate) fn drain(&mut self) {
        while let Some(effect) = self.center.poll_effect() {
            let effects = match &mut self.planted {
                Some(planted) => planted.on_effect(effect, &self.legs),
                None => [Some(effect), None],
            };
            for effect in effects.into_iter().flatten() {
                match effect {
                    Effect::Leg(command) => {
                        self.checks.on_command(self.now, &command, &self.legs, &self.center);
                        self.on_command(command);
                    }
                    Effect::Journal(event) => {
                        self.checks.on_journal(self.now, &event);
                        self.on_journal(&event.what);
                        self.platinum.on_journal(self.now, &self.center, &event.what);
                        if let Some(told) = &mut self.told {
                            told.push(*event);
                        }
                    }
                    // Nobody in a simulated day is there to be asked.
                    Effect::Lookup(lookup) => {
                        let detail = "simulated".to_owned();
                        let answer = LookupAnswer { ask: lookup.ask, outcome: LookupOutcome::Failed, detail };
                        self.center.looked(self.now, lookup.interaction, answer);
                    }
                    // Nobody in a simulated day looks at lamps.
                    Effect::Watched { .. } | Effect::Summary(_) => {}
                }
            }
        }
    }

    fn perform(&mut self, act: Act) {
        match act {
            Act::Arrive => self.on_arrive(),
            Act::Deliver(event) => self.deliver(event),
            Act::PlayOver(leg, play) => self.on_play_over(leg, play),
            Act::Press(leg, key) => self.on_press(leg, key),
            Act::GiveUp(leg) => self.on_give_up(leg),
            Act::StopRinging(leg) => {
                if self.legs.get(&leg).is_some_and(|l| !l.up) {
                    self.end_leg(leg, Cause::Cancelled, Some(487), true, 0.02);
                }
            }
            Act::Expire(leg) => self.end_leg(leg, Cause::SessionExpired, None, false, 0.0),
            Act::Answer(leg) => self.on_answer(leg),
            Act::Refuse(leg, cause, status) => {
                if self.legs.get(&leg).is_some_and(|l| !l.up) {
                    self.end_leg(leg, cause, Some(status), true, 0.02);
                }
            }
            Act::Talk(leg, epoch, act) => {
                if self.legs.get(&leg).is_some_and(|l| l.epoch == epoch && l.up && !l.ended && !l.vanished) {
                    self.on_talk_act(leg, act);
                }
            }
            Act::Staff(agent, act) => self.on_staff_act(agent, act),
            // It may be over in the same moment.
            Act::Force(id) => drop(self.center.hang_up(self.now, world::TENANT, id)),
            Act::Look => {
                self.checks.look(self.now, &self.center, &self.legs);
                if self.now.mono < self.closes + TAIL {
                    self.agenda.plan(self.now.mono + LOOK_EVERY, Act::Look);
                }
            }
        }
    }

    /// A report reaches the center.
    fn deliver(&mut self, event: LegEvent) {
        let leg = event.leg();
        let of = match self.legs.get(&leg) {
            Some(Leg { party: Party::Phone { .. }, .. }) => Of::Agent,
            Some(Leg { party: Party::Caller(_), up: true, .. }) => Of::Customer,
            _ => Of::Other,
        };
        match &event {
            LegEvent::Ended { measured, .. } => {
                // Now and then the figures' word is lost.
                if *measured && !self.goes_wrong(0.01) {
                    let after = self.rng.between(0.0, 0.5);
                    self.plan(after, Act::Deliver(LegEvent::Measured { leg, quality: None }));
                }
                self.unbridge(leg);
                if let Some(gone) = self.legs.remove(&leg) {
                    self.checks.leg_ended(leg);
                    self.after_leg(leg, &gone);
                }
            }
            LegEvent::Answered { .. } => {
                if let Some(leg) = self.legs.get_mut(&leg) {
                    leg.up_known = true;
                }
            }
            _ => {}
        }
        let events = match &mut self.planted {
            Some(planted) => planted.on_event(event, of),
            None => vec![event],
        };
        for event in events {
            self.center.handle(self.now, event);
            self.drain();
        }
    }

    /// An order may come too late or find no telephone; then it is refused, and nothing changes.
    pub(crate) fn order(&mut self, agent: usize, order: AgentOrder) {
        let _ = self.center.order(self.now, world::TENANT, world::agent_id(agent), order);
    }

    /// Whether something goes wrong that does so with the chance `p` on an ordinary day.
    pub(crate) fn goes_wrong(&mut self, p: f64) -> bool {
        self.rng.chance((p * self.options.trouble).min(0.9))
    }

    /// One of several things; the first is the ordinary one.
    pub(crate) fn ordinary_or(&mut self, ordinary: f64, others: &[f64]) -> usize {
        let trouble = self.options.trouble;
        let weights: Vec<f64> = std::iter::once(ordinary).chain(others.iter().map(|w| w * trouble)).collect();
        self.rng.weighted(&weights)
    }

    pub(crate) fn plan(&mut self, after: Duration, act: Act) {
        self.agenda.plan(self.now.mono + after, act);
    }

    pub(crate) fn plan_talk(&mut self, after: Duration, leg: LegId, act: TalkAct) {
        if let Some(epoch) = self.legs.get(&leg).map(|l| l.epoch) {
            self.plan(after, Act::Talk(leg, epoch, act));
        }
    }

    /// A customer calls.
    fn on_arrive(&mut self) {
        self.callers += 1;
        let support = self.rng.chance(self.day.support_share);
        let wish = match self.rng.weighted(&[0.86, 0.05, 0.04, 0.02, 0.02, 0.01]) {
            0 if support => '2',
            0 => '1',
            1 => '0',
            2 => '-',
            3 => '7',
            4 => '9',
            _ => '3',
        };
        let number = match self.rng.weighted(&[0.75, 0.1, 0.09, 0.03, 0.02, 0.01]) {
            0 => world::MENU_NUMBER,
            1 => world::SALES_NUMBER,
            2 => world::SUPPORT_NUMBER,
            3 => world::BOSS_NUMBER,
            4 => world::CARRIER_NUMBER,
            _ => "95099",
        };
        let platinum = self.options.platinum > 0.0 && self.rng.chance(self.options.platinum);
        let from: Text = match platinum {
            true => format!("{}{:07}", world::PLATINUM, self.callers).into(),
            false => format!("139{:08}", self.callers).into(),
        };
        let from = if self.options.drawn && self.rng.chance(0.3) {
            // It has called before, perhaps.
            format!("139{:08}", 1 + self.rng.below(self.callers as usize)).into()
        } else {
            from
        };
        let party = Party::Caller(Caller { wish, waiting: false });
        let leg = self.call_in(party, Origin::Trunk(world::CARRIER), from, number.into(), None);
        let patience = self.rng.between(40.0, 90.0);
        self.plan(patience, Act::StopRinging(leg));
        if self.goes_wrong(0.01) {
            // Dialled the wrong number: hangs up at once, about when we answer.
            let soon = self.rng.between(0.001, 0.2);
            self.plan(soon, Act::GiveUp(leg));
        }
    }

    /// A call comes in.
    pub(crate) fn call_in(
        &mut self,
        party: Party,
        origin: Origin,
        from: Text,
        dialled: Text,
        replaces: Option<LegId>,
    ) -> LegId {
        let id = self.center.new_leg(self.now);
        let mut leg = Leg::new(party, self.now.mono);
        let party_page = leg.agent().filter(|agent| world::has_page(*agent));
        if let Party::Dialling { agent, .. } = leg.party {
            self.staff[agent].legs.push(id);
        }
        self.checks.leg_began(id, true);
        leg.up = false;
        self.legs.insert(id, leg);
        let browser = party_page.map(|agent| self.staff[agent].flow);
        let call = Incoming {
            tenant: world::TENANT,
            origin,
            dialled: dialled.into(),
            caller: from.into(),
            caller_name: types::Private::new("".into()),
            sip_call_id: id.to_string().into(),
            peer: ([192, 0, 2, 1], 5060).into(),
            replaces,
            browser,
        };
        self.plan(Duration::ZERO, Act::Deliver(LegEvent::Incoming { leg: id, call: Box::new(call) }));
        id
    }
}
