//! Seats for a load: what a number of agents gives, and how many a goal takes.

use crate::check::{Invalid, MAX_LINES, within};
use crate::load::{Figures, Load};
use crate::{erlang_a, erlang_c};

/// How far a share may be below its goal and still count as met: what rounding may take away.
const ROUNDING: f64 = 1e-12;

/// How callers wait.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Model {
    /// For as long as it takes: Erlang C.
    Patient,
    /// As long as a patience of this mean, seconds; exponential: Erlang A.
    Impatient(f64),
}

impl Model {
    /// # Errors
    /// `patience_s` is not 10⁻⁶ to 10⁹.
    pub fn of_patience(patience_s: f64) -> Result<Self, Invalid> {
        within("patience_s", patience_s, 1e-6..=1e9).map(Self::Impatient)
    }
}

/// What is aimed at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goal {
    /// Within how many seconds a call should be answered.
    pub(crate) target_s: f64,
    /// The share of calls that is to be answered within that time.
    pub(crate) service_level: f64,
    /// The share of their time that agents may have a call.
    pub(crate) max_occupancy: f64,
}

impl Goal {
    /// # Errors
    /// A figure is out of its range: `target_s` 0 to 3,600, `service_level` 0 to 0.9999, `max_occupancy` 0.05 to 1.
    pub fn new(target_s: f64, service_level: f64, max_occupancy: f64) -> Result<Self, Invalid> {
        within("target_s", target_s, 0.0..=3600.0)?;
        within("service_level", service_level, 0.0..=0.9999)?;
        within("max_occupancy", max_occupancy, 0.05..=1.0)?;
        Ok(Self { target_s, service_level, max_occupancy })
    }

    /// Whether the figures meet it.
    pub(crate) fn is_met(&self, figures: &Figures) -> bool {
        figures.service_level >= self.service_level - ROUNDING && self.is_bearable(figures)
    }

    fn is_bearable(&self, figures: &Figures) -> bool {
        figures.occupancy <= self.max_occupancy + ROUNDING
    }
}

/// Which of two goals took more agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoundBy {
    /// The share that is to be answered in time.
    ServiceLevel,
    /// The share of their time that agents may be busy.
    MaxOccupancy,
}

/// How many agents it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Staff {
    /// Agents at work.
    pub agents: u32,
    /// What they give.
    pub figures: Figures,
    /// Why it is so many.
    pub bound_by: BoundBy,
}

/// What so many agents give.
///
/// # Errors
/// `agents` is not 1 to [`MAX_LINES`], or `target_s` not 0 to 3,600.
pub fn figures(model: Model, load: &Load, agents: u32, target_s: f64) -> Result<Figures, Invalid> {
    within("agents", agents.into(), 1.0..=MAX_LINES.into())?;
    within("target_s", target_s, 0.0..=3600.0)?;
    Ok(of(model, load, agents, target_s))
}

/// As [`figures`], of what was checked.
pub(crate) fn of(model: Model, load: &Load, agents: u32, target_s: f64) -> Figures {
    match model {
        Model::Patient => erlang_c::figures(load, agents, target_s),
        Model::Impatient(patience_s) => erlang_a::figures(load, agents, patience_s, target_s),
    }
}

/// The fewest agents that meet the goal; none where nothing comes.
pub fn least_agents(model: Model, load: &Load, goal: &Goal) -> Staff {
    if load.erlangs == 0.0 {
        return Staff { agents: 0, figures: Figures::IDLE, bound_by: BoundBy::ServiceLevel };
    }
    let figures = |agents| of(model, load, agents, goal.target_s);
    let in_time = match model {
        Model::Patient => erlang_c::least_agents(load, goal.target_s, goal.service_level - ROUNDING),
        Model::Impatient(_) => fewest(load, 1, |agents| figures(agents).service_level >= goal.service_level - ROUNDING),
    };
    if goal.is_bearable(&figures(in_time)) {
        return Staff { agents: in_time, figures: figures(in_time), bound_by: BoundBy::ServiceLevel };
    }
    let agents = fewest(load, in_time, |agents| goal.is_bearable(&figures(agents)));
    Staff { agents, figures: figures(agents), bound_by: BoundBy::MaxOccupancy }
}

/// The fewest agents at which something holds that holds with more of them too.
fn fewest(load: &Load, least: u32, holds: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (least.saturating_sub(1), least.max(load.erlangs as u32).max(1));
    while !holds(high) {
        (low, high) = (high, high.saturating_mul(2));
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}
