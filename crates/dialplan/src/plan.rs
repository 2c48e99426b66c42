//! Where a dialled number leads.

use std::collections::HashMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use types::leg::Text;
use types::{AgentId, FlowId, QueueId, TenantId, TrunkId};

use crate::number::{is_emergency, is_feature_code};
use crate::trunk::Trunk;

/// A number of the tenant's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Did {
    /// The number as it is dialled.
    pub number: Text,
    /// Whose.
    pub tenant: TenantId,
    /// Where it leads.
    pub target: DidTarget,
}

/// Where a number leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DidTarget {
    /// Into a flow.
    Flow(FlowId),
    /// Straight into a queue.
    Queue(QueueId),
    /// To one agent.
    Agent(AgentId),
}

/// Which trunk takes which outbound numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Numbers with this prefix; the longest prefix wins. Empty for all.
    pub prefix: Text,
    /// The trunk.
    pub trunk: TrunkId,
    /// Among routes of the same prefix the lowest comes first.
    #[serde(default)]
    pub priority: u16,
}

/// What a dialled number is, for one tenant.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialled<'a> {
    /// A number of ours.
    Did(&'a DidTarget),
    /// A feature code.
    Feature(&'a str),
    /// Outside: the trunks to try in this order.
    Outside {
        /// Trunks, the best first.
        trunks: Vec<&'a Trunk>,
        /// No limit and no lock may stop it.
        emergency: bool,
    },
    /// Leads nowhere.
    Unknown,
}

/// Why a plan is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Two entries for one number.
    #[error("number {0} is given twice")]
    DuplicateNumber(Text),
    /// A route to a trunk that there is not.
    #[error("route `{0}` names a trunk that does not exist")]
    UnknownTrunk(Text),
}

/// One tenant's numbers, trunks and routes.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    trunks: Vec<Trunk>,
    numbers: HashMap<Text, DidTarget>,
    routes: Vec<Route>,
}

impl Plan {
    /// Checks and takes the parts.
    ///
    /// # Errors
    /// See [`PlanError`].
    pub fn new(trunks: Vec<Trunk>, dids: Vec<Did>, mut routes: Vec<Route>) -> Result<Self, PlanError> {
        let mut numbers = HashMap::new();
        for did in dids {
            if numbers.insert(did.number.clone(), did.target).is_some() {
                return Err(PlanError::DuplicateNumber(did.number));
            }
        }
        if let Some(bad) = routes.iter().find(|r| !trunks.iter().any(|t| t.id == r.trunk)) {
            return Err(PlanError::UnknownTrunk(bad.prefix.clone()));
        }
        routes.sort_by_key(|r| (std::cmp::Reverse(r.prefix.len()), r.priority));
        Ok(Self { trunks, numbers, routes })
    }

    /// The trunk that accepts calls from this address.
    pub fn trunk_from(&self, ip: IpAddr) -> Option<&Trunk> {
        self.trunks.iter().find(|t| t.accept_from.iter().any(|n| n.contains(ip)))
    }

    /// A trunk.
    pub fn trunk(&self, id: TrunkId) -> Option<&Trunk> {
        self.trunks.iter().find(|t| t.id == id)
    }

    /// The number that leads straight into a queue; the first one where there are several.
    pub fn number_of_queue(&self, queue: QueueId) -> Option<&Text> {
        let leads_there = |(_, target): &(&Text, &DidTarget)| **target == DidTarget::Queue(queue);
        self.numbers.iter().filter(leads_there).map(|(number, _)| number).min()
    }

    /// What `number` is when a customer or carrier dials it: only the tenant's own numbers count,
    /// so a stranger can never place a call to the outside.
    pub fn from_outside(&self, number: &str) -> Dialled<'_> {
        self.numbers.get(number).map_or(Dialled::Unknown, Dialled::Did)
    }

    /// What `number` is when a device of the tenant dials it.
    pub fn from_inside<'a>(&'a self, number: &'a str) -> Dialled<'a> {
        if is_feature_code(number) {
            return Dialled::Feature(number);
        }
        if let Some(target) = self.numbers.get(number) {
            return Dialled::Did(target);
        }
        let emergency = is_emergency(number);
        let matching = self.routes.iter().filter(|r| emergency || number.starts_with(&*r.prefix));
        let mut trunks: Vec<&Trunk> = Vec::new();
        for trunk in matching.filter_map(|r| self.trunk(r.trunk)).filter(|t| t.send_to.is_some()) {
            if trunks.iter().all(|t| t.id != trunk.id) {
                trunks.push(trunk);
            }
        }
        if trunks.is_empty() { Dialled::Unknown } else { Dialled::Outside { trunks, emergency } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trunk(id: u64) -> Trunk {
        Trunk {
            id: TrunkId(id),
            tenant: TenantId(1),
            name: "t".into(),
            accept_from: vec!["192.0.2.0/24".parse().unwrap()],
            send_to: Some("sip:carrier.example".into()),
            credentials: None,
            max_calls: 0,
        }
    }

    fn plan() -> Plan {
        let route = |prefix: &str, trunk, priority| Route { prefix: prefix.into(), trunk: TrunkId(trunk), priority };
        let did = Did { number: "95000".into(), tenant: TenantId(1), target: DidTarget::Flow(FlowId(1)) };
        let routes = vec![route("0", 1, 1), route("010", 2, 0), route("0", 3, 0)];
        Plan::new(vec![trunk(1), trunk(2), trunk(3)], vec![did], routes).unwrap()
    }

    #[test]
    fn a_stranger_reaches_only_the_tenants_own_numbers() {
        let plan = plan();
        assert!(matches!(plan.from_outside("95000"), Dialled::Did(_)));
        for number in ["01012345678", "110", "*50", ""] {
            assert_eq!(plan.from_outside(number), Dialled::Unknown, "{number}");
        }
    }

    #[test]
    fn the_longest_prefix_wins_then_the_priority() {
        let plan = plan();
        let Dialled::Outside { trunks, emergency: false } = plan.from_inside("01012345678") else { panic!() };
        assert_eq!(trunks.iter().map(|t| t.id.0).collect::<Vec<_>>(), [2, 3, 1]);
        assert_eq!(plan.from_inside("4001"), Dialled::Unknown);
    }

    #[test]
    fn an_emergency_number_takes_any_trunk() {
        let plan = plan();
        assert!(
            matches!(plan.from_inside("119"), Dialled::Outside { emergency: true, ref trunks } if trunks.len() == 3)
        );
    }

    #[test]
    fn a_wrong_plan_is_refused() {
        let did = Did { number: "1".into(), tenant: TenantId(1), target: DidTarget::Queue(QueueId(1)) };
        assert_eq!(
            Plan::new(vec![], vec![did.clone(), did], vec![]).unwrap_err(),
            PlanError::DuplicateNumber("1".into())
        );
        let route = Route { prefix: "9".into(), trunk: TrunkId(8), priority: 0 };
        assert_eq!(Plan::new(vec![], vec![], vec![route]).unwrap_err(), PlanError::UnknownTrunk("9".into()));
    }
}
