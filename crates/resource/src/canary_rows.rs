//! A version of a flow that a share of the callers walks: what is kept of it.

use std::sync::Arc;

use flow::{Canary, Flow};
use store::{FlowCanary, FlowVersion};
use types::{FlowId, TenantId, Wall};

use crate::canary::{CanarySpec, rules_of};
use crate::rows::Rows;

impl Rows {
    /// The version of a flow that all callers walk, or all whom no canary takes.
    pub fn published(&self, name: &str) -> Option<&FlowVersion> {
        self.flows.iter().find(|flow| flow.published && &*flow.name == name)
    }

    /// The flow's version that a share of the callers walks, and its rules.
    pub fn canary_of(&self, flow: FlowId) -> Option<(&FlowCanary, &FlowVersion)> {
        let row = self.canaries.iter().find(|row| row.flow == flow)?;
        Some((row, self.flows.iter().find(|version| version.id == flow && version.version == row.version)?))
    }

    pub(crate) fn canary_spec(&self, flow: FlowId) -> Option<CanarySpec> {
        let (row, version) = self.canary_of(flow)?;
        Some(CanarySpec::new(version.definition.clone(), rules_of(row)))
    }

    /// Takes what a flow says of it. `same`: the version that all others walk is the same as before; what is compared with
    /// another one is another trial, and has a version of its own.
    pub(crate) fn set_canary(&mut self, walked: &FlowVersion, same: bool, spec: Option<&CanarySpec>) {
        let (flow, tenant): (FlowId, TenantId) = (walked.id, walked.tenant);
        let Some(spec) = spec else { return self.canaries.retain(|row| row.flow != flow) };
        let config = serde_json::to_value(spec.rules()).unwrap_or_default();
        let goes_on = self.canary_of(flow).is_some_and(|(_, version)| same && version.definition == spec.definition);
        if goes_on {
            self.canaries.iter_mut().filter(|row| row.flow == flow).for_each(|row| row.config = config.clone());
            return;
        }
        self.canaries.retain(|row| row.flow != flow);
        let newest = self.flows.iter().filter(|row| row.id == flow).map(|row| row.version).max();
        let version = newest.map_or(1, |newest| newest + 1);
        let definition = spec.definition.clone();
        self.flows.push(FlowVersion { version, definition, published: false, ..walked.clone() });
        // Whoever writes the rows knows the moment.
        self.canaries.push(FlowCanary { flow, version, tenant, config, started: NOT_YET });
    }

    /// Canaries that are new begin now.
    pub fn start_canaries(&mut self, now: Wall) {
        self.canaries.iter_mut().filter(|row| row.started == NOT_YET).for_each(|row| row.started = now);
    }
}

/// Of a canary that has not begun.
const NOT_YET: Wall = Wall(0);

/// What the center is given of it; the definition's problems where there are any.
pub(crate) fn canary(rows: &Rows, flow: FlowId) -> Result<Option<Canary>, Vec<flow::Problem>> {
    let Some((row, version)) = rows.canary_of(flow) else { return Ok(None) };
    let mut flow = Flow::parse(&version.definition.to_string())?;
    flow.revision = version.version;
    Ok(Some(Canary { share_percent: rules_of(row).share_percent, flow: Arc::new(flow) }))
}
