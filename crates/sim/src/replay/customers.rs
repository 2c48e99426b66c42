//! What nobody recorded of customers is drawn.

use std::collections::HashMap;
use std::time::Duration;

use types::QueueId;

use super::{Arrival, End, RecordedDay, Service, WrapUp};
use crate::rng::Rng;

/// What a talk is on a day without a single one: short, so that a policy that serves somebody can be seen.
const NO_TALK_KNOWN: Service =
    Service { ring: Duration::from_secs(5), talk: Duration::from_secs(180), wrap_up: WrapUp::AsSet };
/// Customers who gave up in a queue, from whom on its patience is its own and not that of all queues together.
const OWN_PATIENCE: usize = 20;

/// A customer, with what nobody recorded drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Customer {
    /// When it gives up; none for never.
    pub(super) patience: Option<Duration>,
    /// When it leaves by its own will.
    pub(super) leaves: Option<Duration>,
    pub(super) service: Service,
}

/// In the day's order: no policy changes what is drawn.
pub(super) fn customers(day: &RecordedDay, seed: u64) -> Vec<Customer> {
    let mut rng = Rng::new(seed);
    let all = mean_patience_s(day.arrivals.iter());
    let mut by_queue: HashMap<QueueId, Vec<&Arrival>> = HashMap::new();
    day.arrivals.iter().for_each(|arrival| by_queue.entry(arrival.queue).or_default().push(arrival));
    let gave_up = |some: &[&Arrival]| some.iter().filter(|arrival| arrival.end == End::GaveUp).count();
    let patience: HashMap<QueueId, Option<f64>> = by_queue
        .iter()
        .map(|(queue, some)| {
            let own = gave_up(some) >= OWN_PATIENCE;
            (*queue, if own { mean_patience_s(some.iter().copied()) } else { all })
        })
        .collect();
    let known: HashMap<QueueId, Vec<Service>> =
        by_queue.iter().map(|(queue, some)| (*queue, some.iter().filter_map(|a| served(a)).collect())).collect();
    let mut customer = |arrival: &Arrival| {
        // One draw of each kind for everybody, so that one customer's end does not shift another's draws.
        let (more, pick) = (rng.exponential(1.0), rng.unit());
        let mean_s = patience.get(&arrival.queue).copied().flatten();
        let longer = mean_s.map(|mean_s| arrival.waited + more.mul_f64(mean_s));
        let (patience, leaves) = match arrival.end {
            End::GaveUp => (Some(arrival.waited), None),
            End::Left => (None, Some(arrival.waited)),
            End::Served(_) | End::TurnedAway => (longer, None),
        };
        let others = known.get(&arrival.queue).map_or(&[][..], Vec::as_slice);
        let another = others.get((pick * others.len() as f64) as usize).copied();
        let service = served(arrival).or(another).unwrap_or(NO_TALK_KNOWN);
        Customer { patience, leaves, service }
    };
    day.arrivals.iter().map(&mut customer).collect()
}

fn served(arrival: &Arrival) -> Option<Service> {
    match arrival.end {
        End::Served(service) => Some(service),
        _ => None,
    }
}

/// Exponential patience, of which most waits show only the beginning: the likeliest mean, seconds.
fn mean_patience_s<'a>(arrivals: impl Iterator<Item = &'a Arrival>) -> Option<f64> {
    let (mut waited_s, mut gave_up) = (0.0, 0_u64);
    for arrival in arrivals {
        waited_s += arrival.waited.as_secs_f64();
        gave_up += u64::from(arrival.end == End::GaveUp);
    }
    (gave_up > 0).then(|| waited_s / gave_up as f64)
}
