//! What a centre takes, and what came to it so far.

use plan::{BoundBy, Codec, Curve, Figures, Invalid, Plan, Point, Site};
use serde::{Deserialize, Serialize};
use store::Demand;
use types::Wall;
use utoipa::ToSchema;

use super::mirror;

/// Minutes of an interval of what came.
pub(crate) const BASIS_INTERVAL_MIN: u32 = 30;

mirror! {
    /// A codec that calls are carried in.
    PlanCodec of Codec { Pcma = "pcma", Pcmu = "pcmu", G722 = "g722", Opus = "opus" }
}

mirror! {
    /// Which goal took more agents.
    PlanBoundBy of BoundBy { ServiceLevel = "service_level", MaxOccupancy = "max_occupancy" }
}

/// When in a day calls come; only their relation to each other counts. As in a day file of `lingtong simulate`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanCurve {
    /// The time at which the first interval begins, `HH:MM`.
    opens: String,
    /// 15, 30 or 60.
    interval_min: u32,
    /// Calls in each interval.
    arrivals: Vec<f64>,
}

impl PlanCurve {
    fn read(self) -> Result<Curve, &'static str> {
        let opens_min = minutes(&self.opens).ok_or("curve.opens")?;
        Curve::new(opens_min, self.interval_min, self.arrivals).map_err(|invalid: Invalid| invalid.field)
    }
}

/// A centre in figures. What is left out is as in the worked example of 20,000 calls a day.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanRequest {
    /// Calls a day.
    calls: Option<f64>,
    /// A working day of a service centre from 8 to 22 where left out.
    curve: Option<PlanCurve>,
    /// The share of the day's calls in the busiest hour, 0 to 1; as the curve says where left out.
    peak_share: Option<f64>,
    /// How much more is planned for, as a share: 0.3 is 30 %.
    headroom: Option<f64>,
    /// Mean time that a call keeps an agent busy, seconds, the work after the talk with it.
    aht_s: Option<f64>,
    /// The work after the talk in it, seconds.
    wrap_up_s: Option<f64>,
    /// Time in menus before the queue, seconds.
    menu_s: Option<f64>,
    /// Within how many seconds a call should be answered.
    target_s: Option<f64>,
    /// The share that is to be answered within that time, 0 to 0.9999.
    service_level: Option<f64>,
    /// The share of their time that agents may be busy, 0.05 to 1.
    max_occupancy: Option<f64>,
    /// How long callers wait before they give up, on average, seconds (Erlang A); for as long as it takes (Erlang C) where
    /// left out.
    patience_s: Option<f64>,
    /// The share of paid time in which agents take no calls, 0 to 0.9.
    shrinkage: Option<f64>,
    /// Seats that there are, whose worth is to be told.
    seats: Option<u32>,
    /// The share of calls that may find all lines taken.
    blocking: Option<f64>,
    /// `pcma`, `pcmu`, `g722` or `opus`.
    codec: Option<String>,
    /// Sound in a packet, milliseconds.
    frame_ms: Option<f64>,
    /// The share of calls that is recorded, 0 to 1.
    recorded: Option<f64>,
    /// How long recordings are kept, days.
    retention_days: Option<f64>,
    /// On how many days a year calls come.
    days_a_year: Option<f64>,
}

impl PlanRequest {
    /// The centre that it describes, or the field that is wrong.
    pub(crate) fn site(self) -> Result<Site, &'static str> {
        let usual = Site::default();
        let codec = self.codec.map(|name| Codec::parse(&name).ok_or("codec")).transpose()?;
        Ok(Site {
            calls: self.calls.unwrap_or(usual.calls),
            curve: self.curve.map(PlanCurve::read).transpose()?.unwrap_or(usual.curve),
            peak_share: self.peak_share,
            headroom: self.headroom.unwrap_or(usual.headroom),
            aht_s: self.aht_s.unwrap_or(usual.aht_s),
            wrap_up_s: self.wrap_up_s.unwrap_or(usual.wrap_up_s),
            menu_s: self.menu_s.unwrap_or(usual.menu_s),
            target_s: self.target_s.unwrap_or(usual.target_s),
            service_level: self.service_level.unwrap_or(usual.service_level),
            max_occupancy: self.max_occupancy.unwrap_or(usual.max_occupancy),
            patience_s: self.patience_s,
            shrinkage: self.shrinkage.unwrap_or(usual.shrinkage),
            seats: self.seats,
            blocking: self.blocking.unwrap_or(usual.blocking),
            codec: codec.unwrap_or(usual.codec),
            frame_ms: self.frame_ms.unwrap_or(usual.frame_ms),
            recorded: self.recorded.unwrap_or(usual.recorded),
            retention_days: self.retention_days.unwrap_or(usual.retention_days),
            days_a_year: self.days_a_year.unwrap_or(usual.days_a_year),
        })
    }
}

/// What callers meet, and how busy agents are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanFigures {
    /// The share that finds no agent free.
    wait_probability: f64,
    /// The share that gives up.
    abandon_probability: f64,
    /// The share of all that is answered within the target.
    service_level: f64,
    /// Mean wait of the answered, seconds; null where the queue never ends.
    asa_s: Option<f64>,
    /// The share of their time that agents have a call.
    occupancy: f64,
}

impl From<Figures> for PlanFigures {
    fn from(figures: Figures) -> Self {
        Self {
            wait_probability: figures.wait_probability,
            abandon_probability: figures.abandon_probability,
            service_level: figures.service_level,
            asa_s: Some(figures.asa_s).filter(|s| s.is_finite()),
            occupancy: figures.occupancy,
        }
    }
}

/// An interval of the day, with the headroom.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanInterval {
    /// `HH:MM`.
    from: String,
    calls: f64,
    /// Calls at work at once.
    erlangs: f64,
    /// Agents at work.
    agents: u32,
    /// Agents on the roster, of whom some are not at work.
    agents_scheduled: u32,
    #[serde(flatten)]
    figures: PlanFigures,
}

/// What a number of agents gives in the busiest interval.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanPoint {
    agents: u32,
    #[serde(flatten)]
    figures: PlanFigures,
}

impl From<Point> for PlanPoint {
    fn from(point: Point) -> Self {
        Self { agents: point.agents, figures: point.figures.into() }
    }
}

/// What the seats that there are can do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanOfSeats {
    seats: u32,
    /// Calls a day that they can take within all goals, the headroom besides.
    calls: f64,
    #[serde(flatten)]
    figures: PlanFigures,
}

/// Lines to the outside.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanTrunks {
    erlangs: f64,
    /// How long a call keeps a line: menu, wait and talk.
    hold_s: f64,
    lines: u32,
    /// The share of calls that find all lines taken.
    blocking: f64,
}

/// A codec on the network when all lines and seats are busy; the same again in the other direction.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanWidth {
    codec: PlanCodec,
    /// The sound of a call alone.
    sound_kbps: f64,
    /// With IP, UDP and RTP.
    call_kbps: f64,
    /// With SRTP and Ethernet besides.
    link_kbps: f64,
    trunks_mbps: f64,
    agents_mbps: f64,
}

/// What recordings take.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanDisk {
    call_bytes: f64,
    day_bytes: f64,
    year_bytes: f64,
    /// All that is kept at once.
    kept_bytes: f64,
}

/// The server.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanMachine {
    /// With a third of them free.
    cores: u32,
    memory_mib: f64,
    /// UDP ports for sound.
    ports: u32,
    calls_a_second: f64,
}

/// What a centre takes.
#[derive(Debug, Serialize, ToSchema)]
pub struct SitePlan {
    /// Places to work at: the agents of the busiest interval.
    seats: u32,
    /// People on its roster.
    agents_scheduled: u32,
    /// Which goal took so many.
    bound_by: PlanBoundBy,
    /// The interval that they are for.
    busiest: PlanInterval,
    /// The same seats on a day as it was given, without the headroom.
    ordinary: PlanFigures,
    /// The share of the day's calls in the busiest hour.
    peak_share: f64,
    interval_min: u32,
    intervals: Vec<PlanInterval>,
    /// What more or fewer seats would give.
    curve: Vec<PlanPoint>,
    /// Hours to be paid in a day.
    paid_hours: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    of_seats: Option<PlanOfSeats>,
    trunks: PlanTrunks,
    bandwidth: Vec<PlanWidth>,
    disk: PlanDisk,
    machine: PlanMachine,
}

impl From<Plan> for SitePlan {
    fn from(plan: Plan) -> Self {
        let interval = |one: &plan::Interval| PlanInterval {
            from: clock(one.from_min),
            calls: one.calls,
            erlangs: one.erlangs,
            agents: one.staff.agents,
            agents_scheduled: one.scheduled,
            figures: one.staff.figures.into(),
        };
        let width = |one: plan::Width| PlanWidth {
            codec: one.codec.into(),
            sound_kbps: one.sound_kbps,
            call_kbps: one.call_kbps,
            link_kbps: one.link_kbps,
            trunks_mbps: one.trunks_mbps,
            agents_mbps: one.agents_mbps,
        };
        let busiest = plan.intervals[plan.peak];
        let (trunks, disk, machine) = (plan.trunks, plan.disk, plan.machine);
        Self {
            seats: busiest.staff.agents,
            agents_scheduled: busiest.scheduled,
            bound_by: busiest.staff.bound_by.into(),
            busiest: interval(&busiest),
            ordinary: plan.ordinary.into(),
            peak_share: plan.peak_share,
            interval_min: plan.interval_min,
            intervals: plan.intervals.iter().map(interval).collect(),
            curve: plan.curve.into_iter().map(Into::into).collect(),
            paid_hours: plan.paid_hours,
            of_seats: plan.of_seats.map(|of| PlanOfSeats {
                seats: of.seats,
                calls: of.calls,
                figures: of.figures.into(),
            }),
            trunks: PlanTrunks {
                erlangs: trunks.erlangs,
                hold_s: trunks.hold_s,
                lines: trunks.lines,
                blocking: trunks.blocking,
            },
            bandwidth: plan.widths.into_iter().map(width).collect(),
            disk: PlanDisk {
                call_bytes: disk.call_bytes,
                day_bytes: disk.day_bytes,
                year_bytes: disk.year_bytes,
                kept_bytes: disk.kept_bytes,
            },
            machine: PlanMachine {
                cores: machine.cores,
                memory_mib: machine.memory_mib,
                ports: machine.ports,
                calls_a_second: machine.calls_a_second,
            },
        }
    }
}

/// Patience, from the waits of callers who gave up and of those who were answered first.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct PlanPatience {
    /// Mean.
    patience_s: f64,
    /// With 95 % confidence no less.
    low_s: f64,
    /// With 95 % confidence no more.
    high_s: f64,
}

/// What came to the centre's own queues.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanBasis {
    from: String,
    to: String,
    /// Days on which calls came.
    days: u64,
    /// Calls that waited in a queue, for however short a time.
    calls: u64,
    /// Those that gave up.
    abandoned: u64,
    /// Calls on such a day, on average; null where none came.
    calls_a_day: Option<f64>,
    /// Mean time that a call kept an agent busy; null where none was taken.
    aht_s: Option<f64>,
    /// The work after the talk in it.
    wrap_up_s: Option<f64>,
    /// Null where nobody gave up.
    patience: Option<PlanPatience>,
    /// When calls came, all days together; null where none came.
    curve: Option<PlanCurve>,
}

impl PlanBasis {
    /// What came from one moment until before another, by intervals of [`BASIS_INTERVAL_MIN`].
    pub(crate) fn new((from, to): (Wall, Wall), demand: &[Demand], days: u64) -> Self {
        let sum = |of: fn(&Demand) -> u64| demand.iter().map(of).sum::<u64>();
        let (calls, abandoned, served) = (sum(|d| d.calls), sum(|d| d.abandoned), sum(|d| d.served));
        let mean_s = |ms: u64| (served > 0).then(|| ms as f64 / 1000.0 / served as f64);
        let patience = plan::fit_patience(sum(|d| d.waited_ms) as f64 / 1000.0, abandoned);
        let patience = patience.map(|p| PlanPatience { patience_s: p.patience_s, low_s: p.low_s, high_s: p.high_s });
        Self {
            from: from.to_string(),
            to: to.to_string(),
            days,
            calls,
            abandoned,
            calls_a_day: (days > 0).then(|| calls as f64 / days as f64),
            aht_s: mean_s(sum(|d| d.busy_ms)),
            wrap_up_s: mean_s(sum(|d| d.wrap_up_ms)),
            patience,
            curve: curve(demand),
        }
    }
}

impl PlanBasis {
    /// Mean patience, seconds; none where nobody gave up.
    pub fn patience_s(&self) -> Option<f64> {
        self.patience.map(|patience| patience.patience_s)
    }
}

/// From the first interval with calls to the last.
fn curve(demand: &[Demand]) -> Option<PlanCurve> {
    let (first, last) = (demand.first()?.interval, demand.last()?.interval);
    let mut arrivals = vec![0.0; (last - first) as usize + 1];
    for one in demand {
        arrivals[(one.interval - first) as usize] = one.calls as f64;
    }
    let opens = clock(first as u32 * BASIS_INTERVAL_MIN);
    Some(PlanCurve { opens, interval_min: BASIS_INTERVAL_MIN, arrivals })
}

fn clock(minutes: u32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn minutes(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |t: &str| t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit());
    let (h, m): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (two(hours) && two(minutes) && h < 24 && m < 60).then_some(h * 60 + m)
}
