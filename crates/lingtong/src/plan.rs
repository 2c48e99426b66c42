//! `lingtong plan`: what a centre takes, as JSON.

use std::path::{Path, PathBuf};

use ::plan::{Codec, Curve, Goal, Invalid, Load, Model, Site};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use types::Wall;

use crate::tenant::{OfTenant, Place, now};

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// Commands that reckon what a centre takes. Each prints one JSON object.
#[derive(Subcommand)]
pub(crate) enum Plan {
    /// The share of calls that find all lines taken.
    #[command(allow_negative_numbers = true)]
    ErlangB {
        /// Calls at once, if there were lines without end.
        #[arg(long, value_name = "E")]
        erlangs: f64,
        /// Lines.
        #[arg(long, value_name = "N")]
        lines: u32,
    },
    /// Agents for a goal, where callers wait for as long as it takes.
    #[command(allow_negative_numbers = true)]
    ErlangC {
        #[command(flatten)]
        load: Calls,
        /// The share that is to be answered within the target, 0 to 0.9999.
        #[arg(long, value_name = "SHARE", default_value_t = 0.8)]
        service_level: f64,
        /// The share of their time that agents may be busy, 0.05 to 1.
        #[arg(long, value_name = "SHARE", default_value_t = 0.85)]
        max_occupancy: f64,
        /// The share of paid time in which agents take no calls, 0 to 0.9.
        #[arg(long, value_name = "SHARE", default_value_t = 0.3)]
        shrinkage: f64,
    },
    /// What a number of agents gives, where callers give up.
    #[command(allow_negative_numbers = true)]
    ErlangA {
        #[command(flatten)]
        load: Calls,
        /// How long callers wait before they give up, on average, seconds.
        #[arg(long, value_name = "S")]
        patience_s: f64,
        /// Agents.
        #[arg(long, value_name = "N")]
        agents: u32,
    },
    /// A whole centre: seats by interval, lines, bandwidth, disk, a machine. Without flags, one of 20,000 calls a day.
    #[command(allow_negative_numbers = true)]
    Site(Box<SiteFlags>),
    /// What came to a centre's queues, also while the server runs: calls a day, when they come, handling time, patience.
    Basis {
        #[command(flatten)]
        of: OfTenant,
        /// How many days back, 1 to 92.
        #[arg(long, default_value_t = 28, value_parser = clap::value_parser!(i64).range(1..=92))]
        days: i64,
    },
}

/// Calls of an interval.
#[derive(Args)]
pub(crate) struct Calls {
    /// Calls in the interval.
    #[arg(long, value_name = "N")]
    calls: f64,
    /// Its length, minutes.
    #[arg(long, value_name = "MIN", default_value_t = 30.0)]
    interval_min: f64,
    /// Mean time that a call keeps an agent busy, seconds.
    #[arg(long, value_name = "S")]
    aht_s: f64,
    /// Within how many seconds a call should be answered.
    #[arg(long, value_name = "S", default_value_t = 20.0)]
    target_s: f64,
}

impl Calls {
    fn load(&self) -> Result<Load, String> {
        Load::new(self.calls, self.interval_min, self.aht_s).map_err(by_flag)
    }
}

/// Flags of `plan site`. What is not said is as in the worked example.
#[derive(Args)]
pub(crate) struct SiteFlags {
    /// Calls a day [default: 20000].
    #[arg(long, value_name = "N")]
    calls: Option<f64>,
    /// The share of the day's calls in the busiest hour [default: as the day says].
    #[arg(long, value_name = "SHARE")]
    peak_share: Option<f64>,
    /// A JSON file that says when calls come, as of `simulate`, with intervals of 15, 30 or 60 minutes [default: 8 to 22].
    #[arg(long, value_name = "FILE")]
    day: Option<PathBuf>,
    /// How much more is planned for [default: 0.3].
    #[arg(long, value_name = "SHARE")]
    headroom: Option<f64>,
    /// Mean time that a call keeps an agent busy, the work after the talk with it, seconds [default: 200].
    #[arg(long, value_name = "S")]
    aht_s: Option<f64>,
    /// The work after the talk in it, seconds [default: 20].
    #[arg(long, value_name = "S")]
    wrap_up_s: Option<f64>,
    /// Time in menus before the queue, seconds [default: 20].
    #[arg(long, value_name = "S")]
    menu_s: Option<f64>,
    /// Within how many seconds a call should be answered [default: 20].
    #[arg(long, value_name = "S")]
    target_s: Option<f64>,
    /// The share that is to be answered within that time [default: 0.8].
    #[arg(long, value_name = "SHARE")]
    service_level: Option<f64>,
    /// The share of their time that agents may be busy [default: 0.85].
    #[arg(long, value_name = "SHARE")]
    max_occupancy: Option<f64>,
    /// How long callers wait before they give up, on average, seconds [default: for as long as it takes].
    #[arg(long, value_name = "S")]
    patience_s: Option<f64>,
    /// Take the patience from the calls of the last 28 days in this data folder, where it is not given.
    #[arg(long, value_name = "DIR")]
    patience_from: Option<PathBuf>,
    /// The tenant there; may be left out where there is only one.
    #[arg(long, value_name = "NAME", requires = "patience_from")]
    tenant: Option<String>,
    /// The share of paid time in which agents take no calls [default: 0.3].
    #[arg(long, value_name = "SHARE")]
    shrinkage: Option<f64>,
    /// Seats that there are, whose worth is to be told.
    #[arg(long, value_name = "N")]
    seats: Option<u32>,
    /// The share of calls that may find all lines taken [default: 0.001].
    #[arg(long, value_name = "SHARE")]
    blocking: Option<f64>,
    /// pcma, pcmu, g722 or opus [default: pcma].
    #[arg(long, value_parser = codec)]
    codec: Option<Codec>,
    /// Sound in a packet, milliseconds [default: 20].
    #[arg(long, value_name = "MS")]
    frame_ms: Option<f64>,
    /// The share of calls that is recorded [default: 1].
    #[arg(long, value_name = "SHARE")]
    recorded: Option<f64>,
    /// How long recordings are kept, days [default: 180].
    #[arg(long, value_name = "DAYS")]
    retention_days: Option<f64>,
    /// On how many days a year calls come [default: 365].
    #[arg(long, value_name = "DAYS")]
    days_a_year: Option<f64>,
}

fn codec(name: &str) -> Result<Codec, String> {
    Codec::parse(name).ok_or_else(|| "one of pcma, pcmu, g722, opus".to_owned())
}

/// Reckons and prints.
pub(crate) fn run(command: Plan) -> Result<(), String> {
    let line = match command {
        Plan::ErlangB { erlangs, lines } => json!({"blocking": ::plan::erlang_b(erlangs, lines).map_err(by_flag)?}),
        Plan::ErlangC { load, service_level, max_occupancy, shrinkage } => {
            let goal = Goal::new(load.target_s, service_level, max_occupancy).map_err(by_flag)?;
            erlang_c(&load.load()?, &goal, shrinkage)?
        }
        Plan::ErlangA { load, patience_s, agents } => {
            let model = Model::of_patience(patience_s).map_err(by_flag)?;
            let figures = ::plan::figures(model, &load.load()?, agents, load.target_s).map_err(by_flag)?;
            json!({
                "wait_probability": figures.wait_probability,
                "abandon_probability": figures.abandon_probability,
                "asa_s": figures.asa_s,
                "mean_wait_s": figures.mean_wait_s,
                "service_level": figures.service_level,
                "occupancy": figures.occupancy,
            })
        }
        Plan::Site(flags) => {
            let plan = ::plan::plan(&flags.site()?).map_err(by_flag)?;
            serde_json::to_value(api::SitePlan::from(plan)).map_err(|e| e.to_string())?
        }
        Plan::Basis { of, days } => serde_json::to_value(basis(&of, days)?).map_err(|e| e.to_string())?,
    };
    println!("{line}");
    Ok(())
}

fn erlang_c(load: &Load, goal: &Goal, shrinkage: f64) -> Result<Value, String> {
    let staff = ::plan::least_agents(Model::Patient, load, goal);
    let scheduled = ::plan::rostered(staff.agents, shrinkage).map_err(by_flag)?;
    Ok(json!({
        "agents": staff.agents,
        "agents_scheduled": scheduled,
        "service_level": staff.figures.service_level,
        "occupancy": staff.figures.occupancy,
        "wait_probability": staff.figures.wait_probability,
        "asa_s": staff.figures.asa_s,
    }))
}

impl SiteFlags {
    fn site(&self) -> Result<Site, String> {
        let usual = Site::default();
        Ok(Site {
            calls: self.calls.unwrap_or(usual.calls),
            curve: self.day.as_deref().map(curve).transpose()?.unwrap_or(usual.curve),
            peak_share: self.peak_share,
            headroom: self.headroom.unwrap_or(usual.headroom),
            aht_s: self.aht_s.unwrap_or(usual.aht_s),
            wrap_up_s: self.wrap_up_s.unwrap_or(usual.wrap_up_s),
            menu_s: self.menu_s.unwrap_or(usual.menu_s),
            target_s: self.target_s.unwrap_or(usual.target_s),
            service_level: self.service_level.unwrap_or(usual.service_level),
            max_occupancy: self.max_occupancy.unwrap_or(usual.max_occupancy),
            patience_s: self.patience()?,
            shrinkage: self.shrinkage.unwrap_or(usual.shrinkage),
            seats: self.seats,
            blocking: self.blocking.unwrap_or(usual.blocking),
            codec: self.codec.unwrap_or(usual.codec),
            frame_ms: self.frame_ms.unwrap_or(usual.frame_ms),
            recorded: self.recorded.unwrap_or(usual.recorded),
            retention_days: self.retention_days.unwrap_or(usual.retention_days),
            days_a_year: self.days_a_year.unwrap_or(usual.days_a_year),
        })
    }

    fn patience(&self) -> Result<Option<f64>, String> {
        let Some(data) = self.patience_from.clone().filter(|_| self.patience_s.is_none()) else {
            return Ok(self.patience_s);
        };
        let found = basis(&OfTenant { data, tenant: self.tenant.clone() }, 28)?.patience_s();
        let none = "--patience-from: nobody gave up there in the last 28 days; give --patience-s";
        found.map(Some).ok_or_else(|| none.to_owned())
    }
}

/// When calls come, by a day file.
fn curve(path: &Path) -> Result<Curve, String> {
    let day = crate::simulate::day(path)?;
    let (opens_min, interval_min, arrivals) = day.arrivals();
    Curve::new(opens_min, interval_min, arrivals.to_vec()).map_err(|e| format!("--day: {}: {e}", path.display()))
}

fn basis(of: &OfTenant, days: i64) -> Result<api::PlanBasis, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let place = Place::open(of).await?;
        let to = now();
        let between = (Wall(to.0 - days * DAY_MS), to);
        api::basis(&place.store, &place.tenant, between).await.map_err(|e| e.to_string())
    })
}

/// The flag has the name of the figure.
fn by_flag(invalid: Invalid) -> String {
    format!("--{}: {}", invalid.field.replace('_', "-"), invalid.why)
}
