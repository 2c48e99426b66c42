//! What a centre takes.

use crate::check::{Invalid, within};
use crate::codec::Codec;
use crate::erlang_b::{blocking, least_lines};
use crate::load::{Figures, Load};
use crate::model::{Goal, Model, Staff, least_agents, of};
use crate::site::Site;

/// Processor time that 100 standing calls take of a core, by docs/performance.md: recorded and not. Measured with 300
/// and 500 calls; the worse of the runs.
const RECORDED_CORE: f64 = 0.076;
const PLAIN_CORE: f64 = 0.066;
/// Processor time that a call through a menu and a queue takes besides, seconds; the same.
const CALL_CORE_S: f64 = 1.26e-3;
/// What of a core may be busy: what is late is heard.
const CORE_BUSY: f64 = 2.0 / 3.0;
/// The least that a server has.
const MIN_CORES: u32 = 2;
/// Memory of the process at rest and under signalling, and of a standing call; the same.
const BASE_MIB: f64 = 512.0;
const CALL_KIB: f64 = 60.0;
/// RTP and RTCP of two legs.
const PORTS_A_CALL: u32 = 4;
/// How far the curve over seats reaches to either side, as a share of the seats, and the least.
const REACH: f64 = 0.1;
const MIN_REACH: u32 = 8;
/// Points of that curve to either side, at most.
const POINTS: u32 = 20;
/// Halvings by which the calls that seats can take are found.
const HALVINGS: usize = 50;

/// What a centre takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The share of the day's calls that the busiest hour has.
    pub peak_share: f64,
    /// Minutes of an interval.
    pub interval_min: u32,
    /// Each interval, with the headroom.
    pub intervals: Vec<Interval>,
    /// Which of them is the busiest; its agents are the seats.
    pub peak: usize,
    /// The busiest interval with as many seats on a day as it was given, without the headroom.
    pub ordinary: Figures,
    /// What more or fewer seats give in the busiest interval.
    pub curve: Vec<Point>,
    /// Hours that have to be paid in a day.
    pub paid_hours: f64,
    /// What the seats that there are can do.
    pub of_seats: Option<OfSeats>,
    /// Lines to the outside.
    pub trunks: Trunks,
    /// What the sound takes on the network.
    pub widths: Vec<Width>,
    /// What the recordings take.
    pub disk: Disk,
    /// The server.
    pub machine: Machine,
}

/// An interval of the day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Minutes from midnight.
    pub from_min: u32,
    /// Calls, with the headroom.
    pub calls: f64,
    /// Work at once.
    pub erlangs: f64,
    /// Agents at work, and what they give.
    pub staff: Staff,
    /// Agents on the roster, of whom some are not at work.
    pub scheduled: u32,
}

/// What a number of agents gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Agents at work.
    pub agents: u32,
    /// What they give.
    pub figures: Figures,
}

/// What the seats that there are can do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OfSeats {
    /// How many.
    pub seats: u32,
    /// The busiest interval, with the headroom.
    pub figures: Figures,
    /// Calls a day that they can take within all goals, the headroom besides.
    pub calls: f64,
}

/// Lines to the outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trunks {
    /// Calls at once in the busiest interval.
    pub erlangs: f64,
    /// How long a call keeps a line, on average: menu, wait and talk, seconds.
    pub hold_s: f64,
    /// Lines.
    pub lines: u32,
    /// The share of calls that find all taken.
    pub blocking: f64,
}

/// What a codec takes on the network when all lines and all seats are busy; the same again in the other direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Width {
    /// The codec.
    pub codec: Codec,
    /// The sound alone, kbit/s a call.
    pub sound_kbps: f64,
    /// With IP, UDP and RTP, kbit/s a call.
    pub call_kbps: f64,
    /// With SRTP and Ethernet besides, kbit/s a call.
    pub link_kbps: f64,
    /// All lines, with IP, UDP and RTP, Mbit/s.
    pub trunks_mbps: f64,
    /// All seats, with SRTP besides, Mbit/s.
    pub agents_mbps: f64,
}

/// What recordings take, bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disk {
    /// A call.
    pub call_bytes: f64,
    /// A day.
    pub day_bytes: f64,
    /// A year.
    pub year_bytes: f64,
    /// All that is kept at once.
    pub kept_bytes: f64,
}

/// The server.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Machine {
    /// Processor cores, with a third of them free.
    pub cores: u32,
    /// Memory that the program takes, MiB.
    pub memory_mib: f64,
    /// UDP ports for sound.
    pub ports: u32,
    /// Calls a second in the busiest interval.
    pub calls_a_second: f64,
}

/// Plans a centre.
///
/// # Errors
/// A figure is out of its range, or all of them together make more work than can be reckoned with.
pub fn plan(site: &Site) -> Result<Plan, Invalid> {
    site.check()?;
    let goal = Goal::new(site.target_s, site.service_level, site.max_occupancy)?;
    let model = site.patience_s.map_or(Ok(Model::Patient), Model::of_patience)?;
    let curve = match site.peak_share {
        Some(share) => site.curve.with_peak_share(share)?,
        None => site.curve.clone(),
    };
    let minutes = f64::from(curve.interval_min());
    let of_interval = |(from_min, share): (u32, f64)| {
        let calls = site.calls * (1.0 + site.headroom) * share;
        let load = Load::new(calls, minutes, site.aht_s)?;
        let staff = least_agents(model, &load, &goal);
        let scheduled = rostered(staff.agents, site.shrinkage)?;
        Ok(Interval { from_min, calls, erlangs: load.erlangs, staff, scheduled })
    };
    let intervals = curve.shares().map(of_interval).collect::<Result<Vec<_>, Invalid>>()?;
    let peak = (0..intervals.len()).rev().max_by(|a, b| intervals[*a].erlangs.total_cmp(&intervals[*b].erlangs));
    let peak = peak.unwrap_or_default();
    let busiest = intervals[peak];
    let seats = busiest.staff.agents;
    let load = Load { erlangs: busiest.erlangs, aht_s: site.aht_s };
    let usual = Load { erlangs: busiest.erlangs / (1.0 + site.headroom), ..load };
    let trunks = trunks(site, &busiest, minutes)?;
    Ok(Plan {
        peak_share: curve.peak_share(),
        interval_min: curve.interval_min(),
        peak,
        ordinary: of(model, &usual, seats, site.target_s),
        curve: around(model, &load, seats, site),
        paid_hours: intervals.iter().map(|one| f64::from(one.scheduled)).sum::<f64>() * minutes / 60.0,
        of_seats: site.seats.map(|seats| of_seats(model, &load, seats, &goal, site.calls)),
        trunks,
        widths: widths(site, trunks.lines, seats),
        disk: disk(site),
        machine: machine(site, &trunks, busiest.calls / (minutes * 60.0)),
        intervals,
    })
}

/// People on the roster, so that so many are at work; `shrinkage` is the share of paid time in which they take no calls.
///
/// # Errors
/// `shrinkage` is not 0 to 0.9.
pub fn rostered(agents: u32, shrinkage: f64) -> Result<u32, Invalid> {
    within("shrinkage", shrinkage, 0.0..=0.9)?;
    // A quotient of what are whole numbers in decimal may come out a little above one.
    Ok((f64::from(agents) / (1.0 - shrinkage) - 1e-9).ceil().max(0.0) as u32)
}

fn around(model: Model, load: &Load, seats: u32, site: &Site) -> Vec<Point> {
    let reach = ((f64::from(seats) * REACH) as u32).max(MIN_REACH);
    let step = reach.div_ceil(POINTS) as usize;
    let below = (seats.saturating_sub(reach)..seats).rev().step_by(step).filter(|agents| *agents > 0);
    let mut all: Vec<u32> = below.chain((seats.max(1)..=seats + reach).step_by(step)).collect();
    all.sort_unstable();
    all.into_iter().map(|agents| Point { agents, figures: of(model, load, agents, site.target_s) }).collect()
}

fn of_seats(model: Model, load: &Load, seats: u32, goal: &Goal, calls: f64) -> OfSeats {
    let at = |erlangs: f64| of(model, &Load { erlangs, ..*load }, seats, goal.target_s);
    let (mut low, mut high) = (0.0, f64::from(seats) * 2.0);
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        if goal.is_met(&at(middle)) {
            low = middle;
        } else {
            high = middle;
        }
    }
    OfSeats { seats, figures: at(load.erlangs), calls: calls * low / load.erlangs }
}

fn trunks(site: &Site, busiest: &Interval, minutes: f64) -> Result<Trunks, Invalid> {
    let figures = busiest.staff.figures;
    let talk_s = (1.0 - figures.abandon_probability) * (site.aht_s - site.wrap_up_s);
    let hold_s = site.menu_s + figures.mean_wait_s + talk_s;
    let erlangs = busiest.calls * hold_s / (minutes * 60.0);
    let lines = least_lines(erlangs, site.blocking)?;
    Ok(Trunks { erlangs, hold_s, lines, blocking: blocking(erlangs, lines) })
}

fn widths(site: &Site, lines: u32, seats: u32) -> Vec<Width> {
    let width = |codec: Codec| Width {
        codec,
        sound_kbps: codec.sound_kbps(),
        call_kbps: codec.ip_kbps(site.frame_ms),
        link_kbps: codec.link_kbps(site.frame_ms),
        trunks_mbps: f64::from(lines) * codec.ip_kbps(site.frame_ms) / 1000.0,
        agents_mbps: f64::from(seats) * codec.srtp_kbps(site.frame_ms) / 1000.0,
    };
    Codec::ALL.into_iter().map(width).collect()
}

/// Both parties of each recorded call, from the answer to the end.
fn disk(site: &Site) -> Disk {
    let call_bytes = 2.0 * site.codec.recorded_bytes(site.frame_ms) * (site.aht_s - site.wrap_up_s);
    let day_bytes = call_bytes * site.calls * (1.0 + site.headroom) * site.recorded;
    let year_bytes = day_bytes * site.days_a_year;
    Disk { call_bytes, day_bytes, year_bytes, kept_bytes: year_bytes * site.retention_days / 365.0 }
}

fn machine(site: &Site, trunks: &Trunks, calls_a_second: f64) -> Machine {
    let calls = f64::from(trunks.lines);
    let sound = calls / 100.0 * (RECORDED_CORE * site.recorded + PLAIN_CORE * (1.0 - site.recorded));
    let cores = (sound + calls_a_second * CALL_CORE_S) / CORE_BUSY;
    Machine {
        cores: (cores.ceil() as u32).max(MIN_CORES),
        memory_mib: BASE_MIB + calls * CALL_KIB / 1024.0,
        ports: trunks.lines.saturating_mul(PORTS_A_CALL),
        calls_a_second,
    }
}
