//! Erlang A (M/M/n+M): callers who find all agents busy wait as long as their patience lasts.
//!
//! With time counted in handling times, `a` erlangs and patience of mean 1/t, somebody who would wait for ever has the
//! wait x with density a p φ(x), where φ(x) = exp(a (1 - exp(-t x)) / t - n x) and p is the probability that all
//! agents but one are busy (Baccelli and Hebuterne 1981; Zeltyn and Mandelbaum 2005). All figures are integrals of
//! positive functions with φ in them: nothing cancels, for any patience, also with more work than agents.

use crate::erlang_b::blocking;
use crate::load::{Figures, Load};
use crate::quadrature::integrate;

/// φ is left out where it is so far below its highest value, in powers of e: 10⁻²¹ of it.
const DROP: f64 = 48.0;
/// Halvings by which an end is found: more than a float has bits in its fraction.
const HALVINGS: usize = 60;

/// Figures with so many agents, one at least.
pub(crate) fn figures(load: &Load, agents: u32, patience_s: f64, target_s: f64) -> Figures {
    if load.erlangs == 0.0 {
        return Figures::IDLE;
    }
    let wait = Wait::new(load.erlangs, f64::from(agents), load.aht_s / patience_s);
    let (from, to) = wait.ends();
    let cut = (target_s / load.aht_s).clamp(from, to);
    let early = wait.between(from, cut);
    let late = wait.between(cut, to);
    let all = |part: usize| load.erlangs * (early[part] + late[part]);
    // What no wait weighs against these: nobody waits who finds one agent free, or more.
    let free = (-wait.highest).exp() / blocking(load.erlangs, agents - 1);
    let free = if free.is_nan() { 0.0 } else { free };
    let total = free + all(0);
    if total.is_infinite() {
        return Figures { occupancy: load.erlangs / f64::from(agents), ..Figures::IDLE };
    }
    let abandon_probability = all(1) / total;
    let answered = 1.0 - abandon_probability;
    Figures {
        wait_probability: all(0) / total,
        abandon_probability,
        service_level: (free + load.erlangs * early[2]) / total,
        asa_s: load.aht_s * all(3) / total / answered,
        mean_wait_s: abandon_probability * patience_s,
        occupancy: load.erlangs * answered / f64::from(agents),
    }
}

/// The wait of somebody who would wait for ever; time in handling times.
struct Wait {
    erlangs: f64,
    agents: f64,
    /// One over the mean patience.
    leaving: f64,
    /// The wait at which φ is highest.
    peak: f64,
    /// The logarithm of φ there.
    highest: f64,
}

impl Wait {
    fn new(erlangs: f64, agents: f64, leaving: f64) -> Self {
        let over = ((erlangs - agents) / agents).ln_1p().max(0.0);
        Self { erlangs, agents, leaving, peak: over / leaving, highest: agents / leaving * excess(over) }
    }

    /// The logarithm of φ, against its highest value. Written around the peak, so that no large numbers cancel.
    fn log(&self, x: f64) -> f64 {
        if self.peak > 0.0 {
            return -self.agents / self.leaving * excess(-self.leaving * (x - self.peak));
        }
        (self.erlangs - self.agents) * x - self.erlangs / self.leaving * excess(-self.leaving * x)
    }

    /// φ itself, what of it gives up, what of it is answered, and that times the wait.
    fn parts(&self, x: f64) -> [f64; 4] {
        let all = self.log(x).exp();
        let gone = -(-self.leaving * x).exp_m1();
        let answered = all * (-self.leaving * x).exp();
        [all, all * gone, answered, x * answered]
    }

    /// The integrals of the parts.
    fn between(&self, from: f64, to: f64) -> [f64; 4] {
        // With little patience what is answered after a wait stands all at the beginning.
        let bend = (DROP / self.leaving).clamp(from, to);
        let near = integrate(|x| self.parts(x), from, bend);
        let far = integrate(|x| self.parts(x), bend, to);
        std::array::from_fn(|part| near[part] + far[part])
    }

    /// Between which waits φ counts.
    fn ends(&self) -> (f64, f64) {
        let counts = |x: f64| self.log(x) > -DROP;
        let mut far = 1.0 / self.agents;
        while counts(self.peak + far) {
            far *= 2.0;
        }
        let to = border(self.peak, self.peak + far, counts);
        let from = if self.peak == 0.0 || counts(0.0) { 0.0 } else { border(self.peak, 0.0, counts) };
        (from, to)
    }
}

/// Where something ends that holds at one place and not at the other.
fn border(mut holds: f64, mut fails: f64, is: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..HALVINGS {
        let middle = holds + (fails - holds) / 2.0;
        if is(middle) {
            holds = middle;
        } else {
            fails = middle;
        }
    }
    fails
}

/// e^y - 1 - y, also where nearly nothing is left of it.
fn excess(y: f64) -> f64 {
    if y.abs() > 0.5 {
        return y.exp_m1() - y;
    }
    // y²/2! + y³/3! + …: at one half the twentieth term is below the last bit of the first.
    let mut term = y * y / 2.0;
    let mut sum = term;
    for k in 3..20 {
        term *= y / f64::from(k);
        sum += term;
    }
    sum
}
