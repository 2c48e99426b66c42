//! What agents and their telephones do all day, apart from talking.

use std::time::Duration;

use center::AgentOrder;
use types::event::Happening;
use types::leg::Text;
use types::record::AgentState;
use types::register::{Contact, RegisterChange, RegisterRequest};

use crate::acts::{Act, StaffAct, at};
use crate::leg::Why;
use crate::sim::Sim;
use crate::world;

/// How long a registration holds, and how often telephones renew it.
const EXPIRES_S: u32 = 900;
const RENEW: (f64, f64) = (500.0, 700.0);
/// One in so many telephones has a second contact.
const SECOND_CONTACT: usize = 10;

impl Sim {
    /// Who works when: all day with two breaks, a few with a doctor's appointment.
    pub(crate) fn plan_shifts(&mut self, opens: f64) {
        let closes = self.day.closes_s();
        for agent in 0..self.staff.len() {
            let begin = self.rng.between(opens - 1200.0, opens - 60.0).as_secs_f64();
            self.agenda.plan(at(begin), Act::Staff(agent, StaffAct::Register));
            for _ in 0..2 {
                let from = self.rng.between(opens, closes).as_secs_f64();
                let length = self.rng.between(300.0, 1200.0).as_secs_f64();
                self.agenda.plan(at(from), Act::Staff(agent, StaffAct::Break));
                self.agenda.plan(at(from + length), Act::Staff(agent, StaffAct::Ready));
            }
            if self.rng.chance(0.05) {
                let from = self.rng.between(opens, closes).as_secs_f64();
                self.agenda.plan(at(from), Act::Staff(agent, StaffAct::SignOut));
                self.agenda.plan(at(from + 1800.0), Act::Staff(agent, StaffAct::Ready));
            }
            if self.goes_wrong(0.3) {
                let when = self.rng.between(opens, closes).as_secs_f64();
                let number = self.number_to_call(agent);
                self.agenda.plan(at(when), Act::Staff(agent, StaffAct::Call(number)));
            }
            let end = self.rng.between(closes + 300.0, closes + 1500.0).as_secs_f64();
            self.agenda.plan(at(end), Act::Staff(agent, StaffAct::Leave));
        }
    }

    fn number_to_call(&mut self, agent: usize) -> Text {
        match self.rng.below(6) {
            0 => "*51".into(),
            1 => "*50".into(),
            2 => "110".into(),
            3 | 4 => world::agent_number((agent + 1 + self.rng.below(self.staff.len())) % self.staff.len()),
            _ => "13900002222".into(),
        }
    }

    pub(crate) fn on_staff_act(&mut self, agent: usize, act: StaffAct) {
        match act {
            StaffAct::Register => self.register(agent),
            StaffAct::Renew(cseq) => {
                if self.staff[agent].alive && self.staff[agent].cseq == cseq {
                    self.register(agent);
                }
            }
            StaffAct::Unregister => self.unregister(agent),
            StaffAct::FlowCloses => self.flow_closes(agent),
            StaffAct::PageLoaded => {
                self.staff[agent].loads += 1;
                self.register(agent);
            }
            StaffAct::Ready if self.staff[agent].on_shift => self.order(agent, AgentOrder::Ready),
            StaffAct::Break if self.staff[agent].on_shift => {
                self.order(agent, AgentOrder::NotReady("break".into()));
            }
            StaffAct::Ready | StaffAct::Break => {}
            StaffAct::SignOut => self.order(agent, AgentOrder::SignOut),
            StaffAct::More => self.order(agent, AgentOrder::ExtendWrapUp(Duration::from_secs(30))),
            StaffAct::Call(number) => {
                if self.staff[agent].alive && self.staff[agent].legs.is_empty() {
                    self.dial_from(agent, Why::Call, number, None);
                }
            }
            StaffAct::Leave => {
                self.staff[agent].on_shift = false;
                self.order(agent, AgentOrder::SignOut);
                self.plan(Duration::from_secs(5), Act::Staff(agent, StaffAct::Unregister));
            }
        }
    }

    /// A telephone dies; some minutes later its agent has found the plug.
    pub(crate) fn phone_dies(&mut self, agent: usize) {
        self.staff[agent].alive = false;
        let repaired = self.rng.between(60.0, 1500.0);
        self.plan(repaired, Act::Staff(agent, StaffAct::Register));
    }

    fn register(&mut self, agent: usize) {
        let begins = self.now.mono < self.closes;
        let person = &mut self.staff[agent];
        if !person.on_shift && !begins {
            return;
        }
        person.on_shift = true;
        person.alive = true;
        person.cseq += 1;
        let flow = world::has_page(agent).then_some(person.flow);
        let lines = if agent.is_multiple_of(SECOND_CONTACT) { 2 } else { 1 };
        let contact = |line| {
            let source: Text = format!("192.0.2.{}:5060", agent % 250 + 1).into();
            let source = source.into();
            let (uri, browser) = (world::contact(agent, line).into(), flow.is_some());
            (Contact { uri, flow, source, browser, ..Contact::default() }, EXPIRES_S)
        };
        let change = RegisterChange::Update((0..lines).map(contact).collect());
        self.send_register(agent, change);
        // A renewal that is lost lets the registration lapse.
        let next =
            if self.goes_wrong(0.01) { self.rng.between(920.0, 1200.0) } else { self.rng.between(RENEW.0, RENEW.1) };
        let cseq = self.staff[agent].cseq;
        self.plan(next, Act::Staff(agent, StaffAct::Renew(cseq)));
        if flow.is_some() && self.goes_wrong(0.01) {
            let soon = self.rng.between(1.0, 400.0);
            self.plan(soon, Act::Staff(agent, StaffAct::FlowCloses));
        }
    }

    fn unregister(&mut self, agent: usize) {
        self.staff[agent].cseq += 1;
        self.send_register(agent, RegisterChange::Clear);
    }

    fn send_register(&mut self, agent: usize, change: RegisterChange) {
        let call_id = format!("r{agent}-{}", self.staff[agent].loads).into();
        let request = RegisterRequest { call_id, cseq: self.staff[agent].cseq, change };
        let done = self.center.register(self.now, world::TENANT, world::device_id(agent), &request);
        debug_assert!(done.is_ok(), "{done:?}");
    }

    /// The browser's connection breaks and comes back.
    fn flow_closes(&mut self, agent: usize) {
        self.page_closes(agent);
        let back = self.rng.between(2.0, 20.0);
        self.plan(back, Act::Staff(agent, StaffAct::Register));
    }

    pub(crate) fn page_closes(&mut self, agent: usize) {
        let flow = self.staff[agent].flow;
        self.staff[agent].flow += 1_000_000;
        self.center.flow_closed(self.now, flow);
    }

    /// What people do when they see their state change.
    pub(crate) fn on_journal(&mut self, what: &Happening) {
        match what {
            Happening::AgentState { agent, state: AgentState::NotReady, reason: Some(reason), .. } => {
                // Missed one; comes back when it notices.
                let agent = world::agent_index(*agent);
                if matches!(&**reason, "rona" | "declined" | "phone_busy" | "phone_failed" | "phone_lost") {
                    let notices = self.rng.between(5.0, 90.0);
                    self.plan(notices, Act::Staff(agent, StaffAct::Ready));
                }
            }
            Happening::AgentState { agent, state: AgentState::WrapUp, .. } => {
                let agent = world::agent_index(*agent);
                let soon = self.rng.between(0.5, 12.0);
                match self.rng.weighted(&[0.85, 0.1, 0.05]) {
                    0 => {}
                    1 => self.plan(soon, Act::Staff(agent, StaffAct::Ready)),
                    _ => self.plan(soon, Act::Staff(agent, StaffAct::More)),
                }
            }
            Happening::CallbackRequested { number, .. } => {
                let (agent, number) = (self.rng.below(self.staff.len()), number.reveal().clone());
                let later = self.rng.between(60.0, 3600.0);
                if self.now.mono + later < self.closes {
                    self.plan(later, Act::Staff(agent, StaffAct::Call(number)));
                }
            }
            Happening::InteractionStarted { id, .. } if self.goes_wrong(0.002) => {
                let when = self.rng.between(1.0, 200.0);
                self.plan(when, Act::Force(*id));
            }
            _ => {}
        }
    }
}
