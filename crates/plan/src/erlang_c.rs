//! Erlang C: calls that find all agents busy wait for as long as it takes.

use crate::erlang_b::{Blocking, blocking};
use crate::load::{Figures, Load};

/// Figures with so many agents. With no more agents than erlangs the queue never ends.
pub(crate) fn figures(load: &Load, agents: u32, target_s: f64) -> Figures {
    of(load, agents, blocking(load.erlangs, agents), target_s)
}

/// The fewest agents at which the share is answered in time.
pub(crate) fn least_agents(load: &Load, target_s: f64, service_level: f64) -> u32 {
    let enough = |&(agents, lost): &(u32, f64)| of(load, agents, lost, target_s).service_level >= service_level;
    Blocking::new(load.erlangs).find(enough).map_or(u32::MAX, |(agents, _)| agents)
}

/// `lost`: what as many lines would lose.
fn of(load: &Load, agents: u32, lost: f64, target_s: f64) -> Figures {
    let (erlangs, servers) = (load.erlangs, f64::from(agents));
    if erlangs == 0.0 {
        return Figures::IDLE;
    }
    let spare = servers - erlangs;
    if spare <= 0.0 {
        return Figures::ENDLESS;
    }
    let wait_probability = servers * lost / (spare + erlangs * lost);
    let asa_s = wait_probability * load.aht_s / spare;
    Figures {
        wait_probability,
        abandon_probability: 0.0,
        service_level: 1.0 - wait_probability * (-spare * target_s / load.aht_s).exp(),
        asa_s,
        mean_wait_s: asa_s,
        occupancy: erlangs / servers,
    }
}
