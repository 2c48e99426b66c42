//! Where real calls went in a flow.

use flow::heat::Heat;
use serde::Serialize;
use types::Wall;
use utoipa::ToSchema;

/// Where the calls of a time went in a flow.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowHeat {
    /// The first moment that is counted, RFC 3339.
    pub(crate) from: String,
    /// Before this moment.
    pub(crate) to: String,
    /// Whether all calls of the time that was asked for are counted; else it began so late.
    pub(crate) complete: bool,
    /// Calls that came into the flow.
    pub(crate) calls: u64,
    /// Callers who hung up in it, with nobody to speak with.
    pub(crate) left: u64,
    /// The versions that calls walked in this time.
    pub(crate) versions: Vec<FlowHeatVersion>,
    pub(crate) days: Vec<FlowHeatDay>,
    pub(crate) nodes: Vec<FlowHeatNode>,
    pub(crate) ways: Vec<FlowHeatWay>,
}

/// How many calls walked a version.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowHeatVersion {
    /// Absent for calls of which it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<u32>,
    pub(crate) calls: u64,
}

/// The calls that began on one day of the tenant's.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowHeatDay {
    /// Such as `2026-11-23`.
    pub(crate) day: String,
    pub(crate) calls: u64,
    pub(crate) left: u64,
}

/// What became of calls at a node.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowHeatNode {
    pub(crate) node: String,
    /// How many times a call came here.
    pub(crate) visits: u64,
    /// How many callers hung up here, with nobody to speak with.
    pub(crate) left: u64,
    /// The time that half of the calls stayed for at most, milliseconds.
    pub(crate) median_ms: u32,
}

/// How many times calls went on by an outlet of a node.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowHeatWay {
    pub(crate) node: String,
    pub(crate) outlet: String,
    pub(crate) calls: u64,
}

impl FlowHeat {
    pub(crate) fn new(heat: &Heat, from: Wall, to: Wall, complete: bool, days: Vec<FlowHeatDay>) -> Self {
        let versions =
            heat.versions.iter().map(|(version, calls)| FlowHeatVersion { version: *version, calls: *calls });
        let nodes = heat.nodes.iter().map(|(node, heat)| FlowHeatNode {
            node: node.to_string(),
            visits: heat.visits,
            left: heat.left,
            median_ms: heat.median_ms(),
        });
        let ways = heat.ways.iter().map(|((node, outlet), calls)| FlowHeatWay {
            node: node.to_string(),
            outlet: outlet.to_string(),
            calls: *calls,
        });
        Self {
            from: from.to_string(),
            to: to.to_string(),
            complete,
            calls: heat.calls,
            left: heat.left,
            versions: versions.collect(),
            days,
            nodes: nodes.collect(),
            ways: ways.collect(),
        }
    }
}
