//! Where a dialled number leads.

use std::collections::HashMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use types::leg::Text;
use types::{AgentId, FlowId, QueueId, TenantId, TrunkId};

use crate::number::{is_emergency, is_feature_code};
use crate::numbering::{Kind, Number, Numbering};
use crate::shown::{OwnNumbers, Shown, Wishes};
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
    /// Numbers with this prefix, as they are dialled in China, or in E.164 where it begins with a plus; the longest
    /// prefix wins. Empty for all.
    pub prefix: Text,
    /// The trunk.
    pub trunk: TrunkId,
    /// Among routes of the same prefix the lowest comes first.
    #[serde(default)]
    pub priority: u16,
    /// The number of ours that is shown where neither agent nor queue asks for another; `anonymous` for none.
    #[serde(default)]
    pub caller_id: Option<Text>,
}

/// One way to a number outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Way<'a> {
    /// The trunk.
    pub trunk: &'a Trunk,
    /// The number that the route shows.
    pub caller_id: Option<&'a Text>,
}

/// What a dialled number is, for one tenant.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialled<'a> {
    /// A number of ours.
    Did(&'a DidTarget),
    /// A feature code.
    Feature(&'a str),
    /// Outside: the ways to try in this order.
    Outside {
        /// The number as it was read.
        number: Number,
        /// Ways, the best first.
        ways: Vec<Way<'a>>,
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
    /// A route shows a number that is not ours.
    #[error("route `{route}` shows {number}, which is no number of ours")]
    NotOurs {
        /// The route's prefix.
        route: Text,
        /// The number.
        number: Text,
    },
}

/// One tenant's numbers, trunks and routes.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    trunks: Vec<Trunk>,
    numbers: HashMap<Text, DidTarget>,
    /// The same by their canonical texts.
    canonical: HashMap<Text, DidTarget>,
    routes: Vec<Route>,
    numbering: Numbering,
    own: OwnNumbers,
}

impl Plan {
    /// Checks and takes the parts.
    ///
    /// # Errors
    /// See [`PlanError`].
    pub fn new(
        numbering: Numbering,
        trunks: Vec<Trunk>,
        dids: Vec<Did>,
        mut routes: Vec<Route>,
    ) -> Result<Self, PlanError> {
        let (mut numbers, mut canonical) = (HashMap::new(), HashMap::new());
        for did in dids {
            canonical.entry(numbering.received(&did.number).text().clone()).or_insert_with(|| did.target.clone());
            if numbers.insert(did.number.clone(), did.target).is_some() {
                return Err(PlanError::DuplicateNumber(did.number));
            }
        }
        if let Some(bad) = routes.iter().find(|r| !trunks.iter().any(|t| t.id == r.trunk)) {
            return Err(PlanError::UnknownTrunk(bad.prefix.clone()));
        }
        let shown = trunks.iter().flat_map(|trunk| &trunk.caller_ids).chain(numbers.keys());
        let own = OwnNumbers::new(shown.map(|number| &**number), &numbering);
        for route in &routes {
            if let Some(number) = route.caller_id.clone().filter(|number| !own.holds(number, &numbering)) {
                return Err(PlanError::NotOurs { route: route.prefix.clone(), number });
            }
        }
        routes.sort_by_key(|r| (std::cmp::Reverse(r.prefix.len()), r.priority));
        Ok(Self { trunks, numbers, canonical, routes, numbering, own })
    }

    /// How numbers are read here.
    pub const fn numbering(&self) -> &Numbering {
        &self.numbering
    }

    /// Whether a number may be shown to those whom we call.
    pub fn is_ours(&self, number: &str) -> bool {
        self.own.holds(number, &self.numbering)
    }

    /// What is shown to those who are called by a way.
    pub fn shown(&self, way: Way<'_>, wishes: Wishes<'_>) -> Shown {
        self.own.shown(way.trunk, Wishes { route: way.caller_id, ..wishes }, &self.numbering)
    }

    /// The trunk that accepts calls from this address.
    pub fn trunk_from(&self, ip: IpAddr) -> Option<&Trunk> {
        self.trunks.iter().find(|t| t.accept_from.iter().any(|n| n.contains(ip)))
    }

    /// A trunk.
    pub fn trunk(&self, id: TrunkId) -> Option<&Trunk> {
        self.trunks.iter().find(|t| t.id == id)
    }

    /// All trunks.
    pub fn trunks(&self) -> &[Trunk] {
        &self.trunks
    }

    /// The number that leads straight into a queue; the first one where there are several.
    pub fn number_of_queue(&self, queue: QueueId) -> Option<&Text> {
        let leads_there = |(_, target): &(&Text, &DidTarget)| **target == DidTarget::Queue(queue);
        self.numbers.iter().filter(leads_there).map(|(number, _)| number).min()
    }

    /// What `number` is when a customer or carrier dials it: only the tenant's own numbers count,
    /// so a stranger can never place a call to the outside.
    pub fn from_outside(&self, number: &str) -> Dialled<'_> {
        self.did(number, &self.numbering.received(number)).map_or(Dialled::Unknown, Dialled::Did)
    }

    /// What `number` is when a device of the tenant dials it. An emergency number is one whatever else there is.
    pub fn from_inside<'a>(&'a self, number: &'a str) -> Dialled<'a> {
        if is_feature_code(number) {
            return Dialled::Feature(number);
        }
        let read = self.numbering.dialled(number);
        if !is_emergency(number)
            && let Some(target) = self.did(number, &read)
        {
            return Dialled::Did(target);
        }
        let ways = self.ways(&read);
        if ways.is_empty() { Dialled::Unknown } else { Dialled::Outside { number: read, ways } }
    }

    /// One of our numbers, as it is written or however else.
    fn did(&self, written: &str, read: &Number) -> Option<&DidTarget> {
        self.numbers.get(written).or_else(|| self.canonical.get(read.text()))
    }

    /// The ways to a number, the best first; each trunk once. An emergency call may take any trunk, those that a route
    /// names first.
    fn ways(&self, number: &Number) -> Vec<Way<'_>> {
        let emergency = number.kind() == Kind::Emergency;
        let (fits, others): (Vec<&Route>, Vec<&Route>) =
            self.routes.iter().partition(|r| number.begins_with(&r.prefix));
        let routed = fits.into_iter().chain(others.into_iter().filter(|_| emergency));
        let routed = routed.filter_map(|r| Some(Way { trunk: self.trunk(r.trunk)?, caller_id: r.caller_id.as_ref() }));
        let any = self.trunks.iter().filter(|_| emergency).map(|trunk| Way { trunk, caller_id: None });
        let mut ways: Vec<Way<'_>> = Vec::new();
        for way in routed.chain(any).filter(|way| way.trunk.send_to.is_some()) {
            if ways.iter().all(|known| known.trunk.id != way.trunk.id) {
                ways.push(way);
            }
        }
        ways
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trunk(id: u64) -> Trunk {
        let accept_from = vec!["192.0.2.0/24".parse().unwrap()];
        let send_to = Some("sip:carrier.example".into());
        Trunk { accept_from, send_to, ..Trunk::new(TrunkId(id), TenantId(1), "t") }
    }

    fn route(prefix: &str, trunk: u64, priority: u16) -> Route {
        Route { prefix: prefix.into(), trunk: TrunkId(trunk), priority, caller_id: None }
    }

    fn did(number: &str) -> Did {
        Did { number: number.into(), tenant: TenantId(1), target: DidTarget::Flow(FlowId(1)) }
    }

    fn plan() -> Plan {
        let numbering = Numbering::from_settings(|name| (name == Numbering::AREA_CODE).then_some("010")).unwrap();
        let routes = vec![route("0", 1, 1), route("010", 2, 0), route("0", 3, 0), route("+44", 3, 0)];
        let dids = vec![did("95000"), did("+861062345678")];
        Plan::new(numbering, vec![trunk(1), trunk(2), trunk(3), trunk(4)], dids, routes).unwrap()
    }

    fn trunks(dialled: &Dialled<'_>) -> Vec<u64> {
        match dialled {
            Dialled::Outside { ways, .. } => ways.iter().map(|way| way.trunk.id.0).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_stranger_reaches_only_the_tenants_own_numbers_however_they_are_written() {
        let plan = plan();
        for number in ["95000", "+861062345678", "01062345678", "010-6234 5678", "62345678"] {
            assert!(matches!(plan.from_outside(number), Dialled::Did(_)), "{number}");
            assert!(matches!(plan.from_inside(number), Dialled::Did(_)), "{number}");
        }
        for number in ["01012345678", "110", "*50", ""] {
            assert_eq!(plan.from_outside(number), Dialled::Unknown, "{number}");
        }
    }

    #[test]
    fn the_longest_prefix_wins_then_the_priority() {
        let plan = plan();
        assert_eq!(trunks(&plan.from_inside("010 8234 5678")), [2, 3, 1]);
        assert_eq!(trunks(&plan.from_inside("82345678")), [2, 3, 1], "a local number");
        assert_eq!(trunks(&plan.from_inside("+8675586261111")), [3, 1]);
        assert_eq!(trunks(&plan.from_inside("0044 2079460018")), [3, 1]);
        assert_eq!(plan.from_inside("4001"), Dialled::Unknown);
    }

    #[test]
    fn an_emergency_number_takes_any_trunk_and_nothing_stands_for_it() {
        let plan = plan();
        assert_eq!(trunks(&plan.from_inside("119")), [2, 3, 1, 4]);
        let taken = Plan::new(Numbering::default(), vec![trunk(1)], vec![did("119")], vec![]).unwrap();
        assert_eq!(trunks(&taken.from_inside("119")), [1]);
    }

    #[test]
    fn a_wrong_plan_is_refused() {
        let refused = |dids, routes| Plan::new(Numbering::default(), vec![trunk(1)], dids, routes).unwrap_err();
        assert_eq!(refused(vec![did("1"), did("1")], vec![]), PlanError::DuplicateNumber("1".into()));
        assert_eq!(refused(vec![], vec![route("9", 8, 0)]), PlanError::UnknownTrunk("9".into()));
        let shows = |number: &str| Route { caller_id: Some(number.into()), ..route("9", 1, 0) };
        assert_eq!(
            refused(vec![did("95000")], vec![shows("95001")]),
            PlanError::NotOurs { route: "9".into(), number: "95001".into() }
        );
        assert!(Plan::new(Numbering::default(), vec![trunk(1)], vec![did("95000")], vec![shows("95000")]).is_ok());
    }
}
